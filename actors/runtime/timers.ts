// Durable timers: the records under `t!deadline!actor!timer`, armed in memory, fired into the engine.
import type { EventObject } from 'xstate';
import { pad } from './durable.js';

/** The value of a timer record. */
export interface Timer {
  readonly actor: string;
  readonly id: string;
  readonly event: EventObject;
}

/** The last instant that fits the nine base-36 digits of a key: the year 5188. */
const LAST_MS = 36 ** 9 - 1;
const LONGEST_MS = 0x7fffffff;

/** Deadlines in whole ms since the epoch, first in the key so that the nearest stands first in the store. */
export function timerKey(deadlineMs: number, actor: string, id: string): string {
  return `t!${pad(Math.min(Math.ceil(deadlineMs), LAST_MS))}!${actor}!${id}`;
}

/** The deadline in a timer's key, in ms since the epoch. */
export function timerDeadline(key: string): number {
  return parseInt(key.slice(2, key.indexOf('!', 2)), 36);
}

export class Timers {
  readonly #armed = new Map<string, NodeJS.Timeout>();
  readonly #now: () => number;
  readonly #fire: (key: string, timer: Timer) => void;

  constructor(now: () => number, fire: (key: string, timer: Timer) => void) {
    this.#now = now;
    this.#fire = fire;
  }

  get size(): number {
    return this.#armed.size;
  }

  /** Arms a durable timer; one already late fires on the next turn. Longer than 24 days is waited for in pieces. */
  arm(key: string, timer: Timer): void {
    const leftMs = Math.max(0, timerDeadline(key) - this.#now());
    const handle = setTimeout(() => {
      if (leftMs > LONGEST_MS) return this.arm(key, timer);
      this.#armed.delete(key);
      this.#fire(key, timer);
    }, Math.min(leftMs, LONGEST_MS));
    clearTimeout(this.#armed.get(key));
    this.#armed.set(key, handle);
  }

  disarm(key: string): void {
    clearTimeout(this.#armed.get(key));
    this.#armed.delete(key);
  }

  close(): void {
    for (const handle of this.#armed.values()) clearTimeout(handle);
    this.#armed.clear();
  }
}

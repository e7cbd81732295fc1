// The outbox: runs durable effect intents until they are answered, retrying with back-off; the reply removes the intent.
import type { EventObject } from 'xstate';
import type { Registry } from '../../machines/definition.js';
import { Terminal, type Effect, type Effects, type EffectFailed } from './effect.js';
import { Fault } from './fault.js';

/** The record under `o!actor!seq!n`. */
export interface Intent {
  readonly key: string;
  readonly actor: string;
  readonly kind: string;
  readonly op: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** How far an effect has come in this process. Times in ms since the epoch. */
export interface Attempts {
  /** 0 while it waits for its lane. */
  attempt: number;
  /** What the last attempt failed with, and when the next begins. */
  error?: string;
  nextAt?: number;
}

export interface OutboxOptions {
  readonly effects: Effects;
  readonly machines: Registry;
  /** Commits the reply (if any) and the removal of the intent in one batch; false when the actor did not take the event. */
  readonly answer: (intent: Intent, reply: EventObject | undefined) => Promise<boolean>;
  readonly log: (line: Record<string, unknown>) => void;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 30_000;

/** Effects of one actor start in commit order and may overlap, save those its machine names `serial`. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #running = new Map<string, Attempts>();
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #waits = new Set<NodeJS.Timeout>();
  #closed = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** How many effects are under way or waiting for a retry. */
  get size(): number {
    return this.#running.size;
  }

  /** Undefined for an effect that is not under way here. */
  attempts(key: string): Attempts | undefined {
    return this.#running.get(key);
  }

  /** Runs an intent that is durable already. Resolves when its answer is durable; never rejects. */
  run(intent: Intent, again: boolean): Promise<void> {
    if (this.#closed || this.#running.has(intent.key)) return Promise.resolve();
    this.#running.set(intent.key, { attempt: 0 });
    const serial = this.#options.machines[intent.kind]?.serial?.includes(intent.op);
    const done = serial ? this.#inLane(intent, again) : this.#attempts(intent, again);
    return done.finally(() => this.#running.delete(intent.key));
  }

  #inLane(intent: Intent, again: boolean): Promise<void> {
    const before = this.#lanes.get(intent.actor);
    const mine = before ? before.then(() => this.#attempts(intent, again)) : this.#attempts(intent, again);
    this.#lanes.set(intent.actor, mine);
    return mine.finally(() => {
      if (this.#lanes.get(intent.actor) === mine) this.#lanes.delete(intent.actor);
    });
  }

  async #attempts(intent: Intent, again: boolean): Promise<void> {
    for (let attempt = 1; !this.#closed; attempt++) {
      const progress = this.#running.get(intent.key);
      if (progress) Object.assign(progress, { attempt, nextAt: undefined });
      try {
        const reply = await this.#once({ ...intent, again: again || attempt > 1, attempt });
        await this.#answer(intent, reply);
        return;
      } catch (error) {
        if (this.#closed) return;
        if (error instanceof Terminal || error instanceof Fault) {
          await this.#fail(intent, error);
          return;
        }
        const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LAST_RETRY_MS);
        if (progress) Object.assign(progress, { error: String(error), nextAt: Date.now() + waitMs });
        this.#options.log({ level: 'warn', message: 'effect failed, will be retried', key: intent.key, op: intent.op, attempt, waitMs, error: String(error) });
        await this.#wait(waitMs);
      }
    }
  }

  async #once(effect: Effect): Promise<EventObject | undefined> {
    const run = this.#options.effects[effect.kind]?.[effect.op];
    if (!run) throw new Terminal(`nobody carries out ${effect.kind} ${effect.op}`);
    return (await run(effect)) ?? undefined;
  }

  async #answer(intent: Intent, reply: EventObject | undefined): Promise<boolean> {
    if (this.#closed) return true;
    return this.#options.answer(intent, reply);
  }

  async #fail(intent: Intent, error: Error): Promise<void> {
    const failed: EffectFailed = { type: 'EFFECT_FAILED', op: intent.op, error: error.message, params: intent.params };
    const taken = await this.#answer(intent, failed);
    if (!taken) this.#options.log({ level: 'error', message: 'effect failed for good', key: intent.key, op: intent.op, error: error.message });
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waits.delete(timer);
        resolve();
      }, ms);
      this.#waits.add(timer);
    });
  }

  /** Stops retries; effects under way are left to end by themselves and their answers are dropped, as in a crash. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#waits) clearTimeout(timer);
  }
}

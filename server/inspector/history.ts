// An actor's past from its journal: each event with where it led and how long things took, and the whole state after any of them.
import type { EventObject, StateValue } from 'xstate';
import type { Durable, JournalEntry } from '../../actors/runtime/durable.js';
import { Fault } from '../../actors/runtime/fault.js';
import { valueLabel } from '../../machines/explore.js';

/** One event of an actor's life. */
export interface Chapter {
  readonly seq: number;
  /** ms since the epoch. */
  readonly at: number;
  readonly event: EventObject;
  /** State values on one line; `from` is undefined at birth, and at the oldest line of a journal that has lost its beginning. */
  readonly from: string | undefined;
  readonly to: string;
  readonly effects: readonly string[];
  /** Keys of the context that changed. */
  readonly changed: readonly string[];
  /** How long the state before lasted, in ms; 0 at birth. */
  readonly afterMs: number;
}

export function chapters(journal: readonly JournalEntry[]): Chapter[] {
  return journal.map(({ seq, at, event, to, effects, was }, n) => {
    const before = journal[n - 1];
    return { seq, at, event, from: before && valueLabel(before.to), to: valueLabel(to), effects, changed: Object.keys(was ?? {}), afterMs: before ? at - before.at : 0 };
  });
}

/** A state that was. */
export interface Moment {
  readonly seq: number;
  readonly at: number;
  readonly value: StateValue;
  readonly state: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly event: EventObject;
  readonly from: StateValue | undefined;
  /** What the context held before this event, for the keys that it changed. */
  readonly was: Readonly<Record<string, unknown>>;
  readonly effects: readonly string[];
}

/**
 * The state after event `seq`: back from the present one, line by line, each of which says what it replaced.
 * Throws Fault `not-found` for what the journal does not reach.
 */
export function moment({ context: present }: Durable, journal: readonly JournalEntry[], seq: number): Moment {
  const index = journal.findIndex((entry) => entry.seq === seq);
  const entry = journal[index];
  if (!entry) throw new Fault('not-found', `event ${seq} is not in the journal, which holds ${journal[0]?.seq ?? 0} to ${journal.at(-1)?.seq ?? 0}`);
  let context = present;
  for (const later of journal.slice(index + 1).toReversed()) if (later.was) context = { ...context, ...later.was };
  return { seq, at: entry.at, value: entry.to, state: valueLabel(entry.to), context, event: entry.event, from: journal[index - 1]?.to, was: entry.was ?? {}, effects: entry.effects };
}

// What is still to happen to an actor: effects without an answer, timers that run.
import { snapshotKey, type StoredActor } from './durable.js';
import type { Attempts, Intent, Outbox } from './outbox.js';
import type { Store } from './store.js';
import { timerDeadline } from './timers.js';

/** An effect that was meant and is not answered yet. `attempt` is 0 while it waits for its turn. */
export interface PendingEffect extends Intent, Attempts {}

/** `at`: when it goes off, in ms since the epoch. */
export interface RunningTimer {
  readonly id: string;
  readonly at: number;
}

export interface Outlook {
  readonly effects: readonly PendingEffect[];
  readonly timers: readonly RunningTimer[];
}

/** Read from the store: what a crash at this moment would find again. */
export async function outlook(store: Store, outbox: Outbox, id: string): Promise<Outlook> {
  const effects: PendingEffect[] = [];
  for await (const [, text] of store.entries(`o!${id}!`)) {
    const intent = JSON.parse(text) as Intent;
    effects.push({ ...intent, ...(outbox.attempts(intent.key) ?? { attempt: 0 }) });
  }
  const stored = store.getSync(snapshotKey(id));
  const timers = stored === undefined ? {} : (JSON.parse(stored) as StoredActor).timers;
  return { effects, timers: Object.entries(timers).map(([timer, key]) => ({ id: timer, at: timerDeadline(key) })) };
}

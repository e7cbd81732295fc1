// The feed: every commit in order, after it is durable; indexes, inspector and waiting callers live on it.
import type { EventObject, StateValue } from 'xstate';
import type { StoredAnnouncement } from './announcement.js';
import type { Durable } from './durable.js';

/** One durable commit. Commits without an actor (image tags) have `kind` and `id` empty and no snapshot. */
export interface Commit {
  /** Rises with every commit, over restarts too (with gaps). */
  readonly seq: number;
  /** ms since the epoch. */
  readonly at: number;
  readonly kind: string;
  readonly id: string;
  readonly event: EventObject;
  /** State values before and after; `from` is undefined at birth. */
  readonly from: StateValue | undefined;
  readonly to: StateValue | undefined;
  readonly snapshot: Durable | undefined;
  /** Former values of the context's keys that this event changed. */
  readonly was: Readonly<Record<string, unknown>> | undefined;
  readonly effects: readonly { readonly op: string; readonly key: string; readonly params: Readonly<Record<string, unknown>> }[];
  readonly announcements: readonly StoredAnnouncement[];
  /** The actor reached a final state; its records went with this very batch. */
  readonly gone: boolean;
}

export type FeedListener = (commit: Commit) => void;

/** A listener that throws is a defect in a read model: memory would disagree with disk, so it is let through to the engine. */
export class Feed {
  readonly #all = new Set<FeedListener>();
  readonly #byActor = new Map<string, Set<FeedListener>>();

  subscribe(listener: FeedListener): () => void {
    this.#all.add(listener);
    return () => {
      this.#all.delete(listener);
    };
  }

  /** Only the commits of one actor. */
  watch(id: string, listener: FeedListener): () => void {
    let listeners = this.#byActor.get(id);
    if (!listeners) this.#byActor.set(id, (listeners = new Set()));
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#byActor.get(id) === listeners) this.#byActor.delete(id);
    };
  }

  publish(commit: Commit): void {
    for (const listener of this.#all) listener(commit);
    const watching = this.#byActor.get(commit.id);
    if (watching) for (const listener of watching) listener(commit);
  }
}

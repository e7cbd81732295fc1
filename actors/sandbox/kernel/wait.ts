// Blocking: a process is a generator, and what it yields says what it waits for.

/** Something a process can be blocked on. `subscribe` arranges for `wake` to be called once it may go on; the result undoes that. */
export interface Wait {
  subscribe(wake: () => void): () => void;
}

/** Yielded instead of a Wait by long computations: "I could go on, but let others and signals have their turn". */
export const PREEMPT = Symbol('preempt');

/**
 * Code that runs as (part of) a process: plain code until it must block, then a `yield` of what it waits for. A system call that
 * blocks is a Task and called with `yield*`; the rest are ordinary functions. Waking is a hint, never a promise: callers loop and try
 * again. `finally` blocks run when the process is killed, so they must not yield.
 */
export type Task<T = void> = Generator<Wait | typeof PREEMPT, T, void>;

/** The processes blocked on one condition. */
export class WaitQueue implements Wait {
  readonly #wakers = new Set<() => void>();

  subscribe(wake: () => void): () => void {
    this.#wakers.add(wake);
    return () => this.#wakers.delete(wake);
  }

  /** Wakes everybody; whoever comes too late tries, fails and waits again. */
  wake(): void {
    if (this.#wakers.size === 0) return;
    const wakers = [...this.#wakers];
    this.#wakers.clear();
    for (const wake of wakers) wake();
  }

  get size(): number {
    return this.#wakers.size;
  }
}

/** A Wait that is over as soon as one of several is. */
export function anyOf(waits: readonly Wait[]): Wait {
  return {
    subscribe(wake) {
      const undo = waits.map((wait) => wait.subscribe(wake));
      return () => {
        for (const off of undo) off();
      };
    },
  };
}

/** A Wait for a moment, in ms from now. */
export function timer(delayMs: number): Wait {
  return {
    subscribe(wake) {
      const handle = setTimeout(wake, Math.min(Math.max(0, delayMs), 0x7fffffff));
      return () => clearTimeout(handle);
    },
  };
}

/** Blocks until the promise is settled; its rejection is thrown. For the few things that only exist asynchronously (zlib, network). */
export function* settle<T>(promise: Promise<T>): Task<T> {
  let outcome: { value: T } | { error: unknown } | undefined;
  const done = new WaitQueue();
  promise.then(
    (value) => {
      outcome = { value };
      done.wake();
    },
    (error: unknown) => {
      outcome = { error };
      done.wake();
    },
  );
  while (outcome === undefined) yield done;
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

// Promises that need what only a process can do: read its input, run a program. Its calls are made in between.
import { type Task, WaitQueue } from '../../kernel/wait.js';

/** Has the process carry out a task; resolves with its result. */
export type Perform = <R>(task: () => Task<R>) => Promise<R>;

interface Request {
  readonly task: () => Task<unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** Waits for a promise, as `settle` does, and carries out what it asks for meanwhile. */
export function* settleWith<T>(begin: (perform: Perform) => Promise<T>): Task<T> {
  const woken = new WaitQueue();
  const requests: Request[] = [];
  let outcome: { value: T } | { error: unknown } | undefined;
  begin((task) => new Promise((resolve, reject) => {
    requests.push({ task, resolve: resolve as (value: never) => void, reject });
    woken.wake();
  })).then((value) => {
    outcome = { value };
    woken.wake();
  }, (error: unknown) => {
    outcome = { error };
    woken.wake();
  });
  while (outcome === undefined) {
    const request = requests.shift();
    if (!request) {
      yield woken;
      continue;
    }
    try {
      request.resolve((yield* request.task()) as never);
    } catch (error) {
      request.reject(error);
    }
  }
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

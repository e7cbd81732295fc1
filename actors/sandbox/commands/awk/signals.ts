// How awk statements end: normally, or by leaving what is around them.
import type { Task } from '../../kernel/wait.js';

export const NORMAL = 0, BREAK = 1, CONTINUE = 2, NEXT = 3, EXIT = 4, RETURN = 5, NEXTFILE = 6;
export type Signal = typeof NORMAL | typeof BREAK | typeof CONTINUE | typeof NEXT | typeof EXIT | typeof RETURN | typeof NEXTFILE;

/** A compiled statement: `run` where it may block or take long, `exec` otherwise. */
export interface StatementCode {
  exec(): Signal;
  run?: () => Task<Signal>;
}

/** next, nextfile or exit on its way out of a function. */
export class Transfer extends Error {
  readonly signal: Signal;
  constructor(signal: Signal) {
    super('transfer');
    this.signal = signal;
  }
}

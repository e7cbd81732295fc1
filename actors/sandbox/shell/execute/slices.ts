// What is done between commands: the thread is given to others when this shell's slice is over, and what arrived is attended to.
import { PREEMPT, type Task } from '../../kernel/wait.js';
import type { Shell } from '../shell.js';

/** How many turns of loops go by between two looks at the clock. */
const CLOCK_MASK = 255;
const SLICE_MS = 5;
let turns = 0;
let sliceBegan = 0;

/** Runs traps of signals that arrived and writes what had to wait. */
export function* attend(shell: Shell): Task {
  if (shell.backlog.length > 0) yield* shell.flushBacklog();
  if (shell.traps.pending.length > 0) yield* shell.execution.runTraps();
}

/** Asked once per turn of a loop. True when the caller should `yield* pause(shell)`. */
export function isDue(shell: Shell): boolean {
  if (shell.traps.pending.length > 0 || shell.backlog.length > 0) return true;
  if ((++turns & CLOCK_MASK) !== 0) return false;
  return performance.now() - sliceBegan > SLICE_MS;
}

export function* pause(shell: Shell): Task {
  if (performance.now() - sliceBegan > SLICE_MS) {
    yield PREEMPT;
    sliceBegan = performance.now();
  }
  yield* attend(shell);
}

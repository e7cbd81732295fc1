// The life of a forked shell: what it was forked for, then its EXIT trap.
import { Errno } from '../../kernel/errno.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import type { Shell } from '../shell.js';

export function* subshellMain(shell: Shell, body: (child: Shell) => Task<number>): Task<number> {
  let status: number;
  try {
    status = yield* body(shell);
    if (shell.traps.pending.length > 0) yield* shell.execution.runTraps();
  } catch (error) {
    if (error instanceof Errno) {
      if (error.code === 'EPIPE') yield PREEMPT;
      return 1;
    }
    status = shell.execution.statusOf(error);
  }
  return yield* shell.execution.runExitTrap(status);
}

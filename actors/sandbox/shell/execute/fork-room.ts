// A full process table, as shells meet it: bash tries again for 15 seconds, the others give up at once.
import { Errno } from '../../kernel/errno.js';
import { canFork } from '../../kernel/limit-checks.js';
import type { Task } from '../../kernel/wait.js';
import { ShellExit } from '../flow.js';
import type { Shell } from '../shell.js';

/** What bash waits at most between two tries. */
const RETRY_MAX_MS = 8000;
const BASH_GIVES_UP = 254;

/** Waits until `count` processes can be forked; the shell ends with a complaint where they cannot. */
export function* awaitRoom(shell: Shell, count = 1): Task {
  for (let delayMs = 1000; !canFork(shell.process, count); delayMs *= 2) {
    if (!shell.isBash || delayMs > RETRY_MAX_MS) throw cannotFork(shell);
    shell.warnRaw(`${shell.name}: fork: retry: Resource temporarily unavailable\n`);
    yield* shell.flushBacklog();
    try {
      yield* shell.process.sleep(delayMs);
    } catch (error) {
      if (!(error instanceof Errno && error.code === 'EINTR')) throw error;
    }
  }
}

/** The end of a shell that could not fork. */
export function cannotFork(shell: Shell): ShellExit {
  if (shell.isBash) shell.warnRaw(`${shell.name}: fork: Resource temporarily unavailable\n`);
  else shell.complain(shell.dialect === 'ash' ? "can't fork: Resource temporarily unavailable" : 'Cannot fork');
  return new ShellExit(shell.isBash ? BASH_GIVES_UP : 2);
}

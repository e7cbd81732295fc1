// What becomes of a shell whose text cannot be read: whether it goes on, and else the status it ends with.
import type { Shell } from '../shell.js';
import type { ShellSyntaxError } from '../syntax/errors.js';

/** Whether the next line runs nevertheless. */
export function givesUpLine(shell: Shell, { failure }: ShellSyntaxError): boolean {
  return failure.discards === true && !shell.options.posix && !shell.options.errexit;
}

/** How a script ends that cannot be read on. */
export function statusAfter(shell: Shell, { failure, atEnd }: ShellSyntaxError): number {
  if (shell.options.errexit) return 2;
  if (failure.discards === true) return shell.options.posix && shell.commandString !== undefined ? 127 : 1;
  if (!shell.isBash) return 2;
  if (failure.inSubstitution === true && shell.commandString !== undefined) return statusOfSubstitution(shell);
  if (failure.keepsStatus !== true) return 2;
  // Nothing but an end that comes too early is an error even after success.
  return shell.status || (failure.inSubstitution === true ? 1 : atEnd ? 2 : 0);
}

/** What a shell ends with where a substitution cannot be read. */
export function statusOfSubstitution(shell: Shell): number {
  if (shell.options.errexit) return 2;
  return shell.commandString === undefined || shell.subshellDepth > 0 ? 1 : 127;
}

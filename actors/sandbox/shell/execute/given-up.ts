// Which errors end a shell, and which only the command that it had read: then the next command of its text runs.
import { CommandAbort, ExpansionError, ShellExit } from '../flow.js';
import type { Shell } from '../shell.js';
import { AssignmentError } from '../variables/variables.js';

/** Whether the next command of the text runs after such an error. */
export function goesOnAfter(shell: Shell, error: unknown): boolean {
  // `exit` is meant, at a prompt as in a script.
  if (error instanceof ShellExit) return false;
  // dash: an error ends the text of -c, also where that is interactive.
  if (shell.isInteractive) return shell.isBash || shell.commandString === undefined;
  return shell.isBash && survives(shell, error) && (!shell.options.errexit || outlivesErrexit(error));
}

/**
 * Whether an error ends the shell where it is: its EXIT trap then sees the local variables of the functions that were running and, in bash,
 * their parameters, their names and the redirections around them.
 */
export function endsInPlace(shell: Shell, error: unknown): boolean {
  // Behind `command` the shell goes on.
  if (error instanceof ShellExit) return !error.bySpecial;
  if (!(error instanceof CommandAbort || error instanceof ExpansionError || error instanceof AssignmentError)) return false;
  // bash goes back to its top first, unless errexit is set.
  return !goesOnAfter(shell, error) && (!shell.isBash || shell.options.errexit);
}

export function isFatal(shell: Shell, error: ExpansionError): boolean {
  return error.isFatal || (error.endsPosix && endsScript(shell));
}

/** bash in posix mode, running a script: what is an error to POSIX ends it. */
export function endsScript({ isBash, options, isInteractive }: Shell): boolean {
  return isBash && options.posix && !isInteractive;
}

function survives(shell: Shell, error: unknown): boolean {
  if (error instanceof AssignmentError) return !endsScript(shell);
  if (error instanceof CommandAbort) return !(error.endsText && shell.commandString !== undefined);
  return error instanceof ExpansionError && !isFatal(shell, error) && !(error.isSubscript && shell.commandString !== undefined);
}

function outlivesErrexit(error: unknown): boolean {
  return (error instanceof CommandAbort && error.endsText) || (error instanceof ExpansionError && error.outlivesErrexit);
}

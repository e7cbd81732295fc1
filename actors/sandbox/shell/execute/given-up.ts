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

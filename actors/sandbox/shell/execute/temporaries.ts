// Assignments in front of a command, and what becomes of those that cannot be.
import { complainOfElement } from '../expand/assignment.js';
import { CommandAbort, ShellExit } from '../flow.js';
import type { Shell } from '../shell.js';
import type { Assignment, SimpleCommand } from '../syntax/ast.js';
import { EXPORTED, READONLY, WATCHED } from '../variables/variable.js';
import { AssignmentError } from '../variables/variables.js';
import { refusal } from '../variables/assignment-error.js';
import { traceTemporary } from './trace.js';

/** Where such assignments go: the scope of a command of the shell or of a program, or the shell's own variables, for bash and for exec of dash exported. */
export type Stay = 'command' | 'program' | 'shell' | 'exported';

/** A read-only variable ends the command read from the script (dash: the shell). */
export function assignGuarded(shell: Shell, assign: () => void): void {
  try {
    assign();
  } catch (error) {
    if (!(error instanceof AssignmentError)) throw error;
    shell.complain(refusal(error, shell.isBash));
    if (shell.isBash && shell.options.posix && !shell.isInteractive) throw new ShellExit(shell.commandString === undefined ? 1 : 127);
    throw new CommandAbort(shell.isBash ? 1 : 2);
  }
}

/** `x=1 command`: an exported variable in the scope of the command. */
export function assignTemporary(shell: Shell, assignment: Assignment, value: string, stay: Stay): void {
  const { variables } = shell;
  if (assignment.index !== undefined) return complainOfElement(shell, assignment, stay === 'shell' || stay === 'exported');
  if (stay === 'shell' || (stay === 'exported' && !shell.isBash)) {
    traceTemporary(shell, assignment.name, value);
    assignGuarded(shell, () => variables.set(assignment.name, value, assignment.append));
    if (stay === 'exported') variables.mark(variables.writable(assignment.name), EXPORTED);
    return;
  }
  const outer = variables.find(assignment.name);
  if (outer?.has(READONLY) === true) {
    if (!shell.isBash || stay === 'exported') return assignGuarded(shell, () => variables.set(assignment.name, value));
    shell.complain(`${assignment.name}: readonly variable`);
    if (shell.options.posix) throw new CommandAbort(1);
    if (shell.options.errexit) throw new ShellExit(1);
    return;
  }
  const { name } = variables.follow(assignment.name);
  const variable = variables.bindAt(variables.depth, name);
  if (outer?.special && stay === 'command') variable.special = outer.special;
  if (assignment.append && outer) {
    // What is added is added as the variable's attributes say.
    variable.value = outer.text;
    variable.attributes = outer.attributes & WATCHED;
    variables.assign(variable, value, true);
  } else variables.assign(variable, value);
  traceTemporary(shell, assignment.name, variable.text ?? '');
  variables.mark(variable, EXPORTED, WATCHED);
  variable.isKept = stay === 'exported';
}

/** Whether the assignments have a scope of their own. */
export function isScoped(shell: Shell, { assignments }: SimpleCommand, stay: Stay): boolean {
  return assignments.length > 0 && (stay === 'command' || (stay === 'exported' && shell.isBash));
}

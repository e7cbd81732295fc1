// Simple commands: expansion, assignments, then a function, a built-in or a program.
import { type Task } from '../../kernel/wait.js';
import { subscriptBlocks } from '../expand/lookup.js';
import { complainOfElement, expandArgument, expandArgumentTask, type ExpandedAssignment, temporaryText } from '../expand/assignment.js';
import { DECLARATIONS, runDeclaration } from '../builtins/declare.js';
import type { Builtin, Outcome, Shell, Undo } from '../shell.js';
import type { Assignment, SimpleCommand } from '../syntax/ast.js';
import { EXPORTED } from '../variables/variable.js';
import { AssignmentError } from '../variables/variables.js';
import { CommandAbort, ShellExit } from '../flow.js';
import { runExternal } from './external.js';
import { callFunction } from './functions.js';
import { closeSubstitutions } from './process-files.js';
import { traceAssignment, traceCommand, traceDeclaration } from './trace.js';

/** POSIX special built-ins: in dash and posix mode their assignments stay, and functions do not hide them. */
const SPECIAL: ReadonlySet<string> = new Set([
  'break', ':', 'continue', '.', 'eval', 'exec', 'exit', 'export', 'readonly', 'return', 'set', 'shift', 'times', 'trap', 'unset', 'source',
]);

/** The words of a command, expanded; an argument of a declaration built-in that assigns is kept in parts. */
export type Argument = string | ExpandedAssignment;

function blocks(node: SimpleCommand): boolean {
  for (const word of node.words) if (word.blocking || (word.assignment !== undefined && word.assignment.array !== undefined)) return true;
  for (const { value, array, index } of node.assignments) if (value === undefined || value.blocking || array !== undefined || (index !== undefined && subscriptBlocks(index))) return true;
  for (const { target, document } of node.redirects) if (target.blocking || document?.blocking === true) return true;
  return false;
}

export function runSimple(shell: Shell, node: SimpleCommand): Outcome {
  shell.line = node.line;
  if (shell.trapDepth === 0) shell.currentCommand = node;
  if (blocks(node) || shell.traps.has('DEBUG')) return runSimpleTask(shell, node);
  shell.substitutionStatus = undefined;
  const isDeclaration = declares(shell, node);
  const argv = isDeclaration ? declarationArguments(shell, node) : shell.expansion.fields(node.words);
  if (argv.length === 0) return assignAll(shell, node);
  if (isDeclaration) return dispatchDeclaration(shell, node, argv);
  return dispatch(shell, node, argv as string[]);
}

function* runSimpleTask(shell: Shell, node: SimpleCommand): Task<number> {
  if (shell.traps.has('DEBUG')) {
    yield* shell.execution.runEventTrap('DEBUG');
    shell.line = node.line;
  }
  shell.substitutionStatus = undefined;
  const files = shell.substitutionFiles.length;
  try {
    const isDeclaration = declares(shell, node);
    const argv = isDeclaration ? yield* declarationArgumentsTask(shell, node) : yield* argumentsTask(shell, node);
    let outcome: Outcome;
    if (argv.length === 0) outcome = assignAllTask(shell, node);
    else if (isDeclaration) outcome = dispatchDeclaration(shell, node, argv);
    else outcome = dispatch(shell, node, argv as string[]);
    return typeof outcome === 'number' ? outcome : yield* outcome;
  } finally {
    if (shell.substitutionFiles.length > files) closeSubstitutions(shell, files);
  }
}

// --- declaration built-ins --------------------------------------------------------------------------------------------------------

/** The words of any other command. `let x=(1+2)` and `eval a=(b c)` take what looks like an array as text. */
function* argumentsTask(shell: Shell, { words }: SimpleCommand): Task<string[]> {
  if (!words.some(({ assignment }) => assignment?.array !== undefined)) return yield* shell.expansion.fieldsTask(words);
  const argv: string[] = [];
  for (const word of words) argv.push(...(word.assignment?.array === undefined ? yield* shell.expansion.fieldsTask([word]) : [word.source]));
  return argv;
}

/** Whether arguments like `name=value` are assignments here. */
function declares(shell: Shell, node: SimpleCommand): boolean {
  const first = node.words[0]?.literal;
  if (first === undefined || !node.words.some((word) => word.assignment !== undefined)) return false;
  let at = 0;
  // bash: after `command` and `builtin` the arguments are words like any others.
  if (!shell.isBash) while (node.words[at]?.literal === 'command') at++;
  const name = node.words[at]?.literal;
  if (name === undefined || !DECLARATIONS.has(name)) return false;
  if (shell.functions.has(name) && at === 0) return false;
  return shell.isBash || name === 'export' || name === 'readonly' || name === 'local';
}

/** `declare -A`: subscripts stay subscripts whatever the elements are. */
function asksMap({ words }: SimpleCommand): boolean {
  return words.some(({ literal }) => /^-\w*A/.test(literal ?? ''));
}

function declarationArguments(shell: Shell, node: SimpleCommand): Argument[] {
  const argv: Argument[] = [];
  for (const word of node.words) {
    if (word.assignment && !word.braces) argv.push(expandArgument(shell, word.assignment, asksMap(node)));
    else argv.push(...shell.expansion.fields([word]));
  }
  return argv;
}

function* declarationArgumentsTask(shell: Shell, node: SimpleCommand): Task<Argument[]> {
  const argv: Argument[] = [];
  for (const word of node.words) {
    if (word.assignment && !word.braces) argv.push(yield* expandArgumentTask(shell, word.assignment, asksMap(node)));
    else argv.push(...(yield* shell.expansion.fieldsTask([word])));
  }
  return argv;
}

function dispatchDeclaration(shell: Shell, node: SimpleCommand, argv: readonly Argument[]): Outcome {
  let words = argv;
  while (words[0] === 'command' || words[0] === 'builtin') words = words.slice(1);
  if (shell.options.xtrace) traceDeclaration(shell, argv, argumentText);
  const last = argv.at(-1)!;
  const name = typeof last === 'string' ? last : last.elements ? last.name : argumentText(last);
  return finish(shell, node, [name], withTemporaries(shell, node, () => runDeclaration(shell, words), false));
}

function argumentText(argument: Argument): string {
  if (typeof argument === 'string') return argument;
  const { name, subscript, append, value, elements } = argument;
  const right = elements ? `(${elements.map((element) => element.value).join(' ')})` : value;
  return `${name}${subscript === undefined ? '' : `[${subscript}]`}${append ? '+' : ''}=${right}`;
}

// --- assignments alone --------------------------------------------------------------------------------------------------------

function assignAll(shell: Shell, node: SimpleCommand): Outcome {
  for (const assignment of node.assignments) {
    assignGuarded(shell, () => shell.expansion.assign(assignment));
    if (shell.options.xtrace) traceAssignment(shell, assignment);
  }
  if (node.redirects.length > 0) {
    const undo = shell.redirection.apply(node.redirects);
    if (!undo) return shell.execution.settle(shell.redirectionStatus);
    undo();
  }
  shell.lastArgument = '';
  return shell.execution.settle(shell.substitutionStatus ?? 0);
}

function* assignAllTask(shell: Shell, node: SimpleCommand): Task<number> {
  for (const assignment of node.assignments) {
    try {
      yield* shell.expansion.assignTask(assignment);
    } catch (error) {
      assignGuarded(shell, () => {
        throw error;
      });
    }
    if (shell.options.xtrace) traceAssignment(shell, assignment);
  }
  if (node.redirects.length > 0) {
    const undo = yield* shell.redirection.applyTask(node.redirects);
    if (!undo) {
      const failed = shell.execution.settle(shell.redirectionStatus);
      return typeof failed === 'number' ? failed : yield* failed;
    }
    undo();
  }
  shell.lastArgument = '';
  const outcome = shell.execution.settle(shell.substitutionStatus ?? 0);
  return typeof outcome === 'number' ? outcome : yield* outcome;
}

/** A read-only variable ends the command read from the script (dash: the shell). */
function assignGuarded(shell: Shell, assign: () => void): void {
  try {
    assign();
  } catch (error) {
    if (!(error instanceof AssignmentError)) throw error;
    shell.complain(shell.isBash ? error.message : error.message.replace(': readonly variable', ': is read only'));
    if (shell.isBash && shell.options.posix && !shell.isInteractive) throw new ShellExit(shell.commandString === undefined ? 1 : 127);
    throw new CommandAbort(shell.isBash ? 1 : 2);
  }
}

// --- commands -----------------------------------------------------------------------------------------------------------------

function dispatch(shell: Shell, node: SimpleCommand, argv: string[]): Outcome {
  const name = argv[0]!;
  if (shell.options.xtrace) {
    for (const assignment of node.assignments) traceAssignment(shell, assignment);
    traceCommand(shell, argv);
  }
  const persists = !shell.isBash || shell.options.posix;
  const isSpecial = persists && SPECIAL.has(name);
  const called = isSpecial ? undefined : shell.functions.get(name);
  if (called) {
    // A function that sets the ERR trap does not spring it by failing.
    const springs = shell.traps.has('ERR');
    return finish(shell, node, argv, withTemporaries(shell, node, () => callFunction(shell, called, argv, node.line), false), springs);
  }
  const builtin = shell.disabledBuiltins.has(name) ? undefined : shell.builtins.get(name);
  if (!builtin) return finish(shell, node, argv, runExternal(shell, node, argv));
  const forked = shell.forkedFor === node && shell.isBash;
  if (node.assignments.length === 0 && node.redirects.length === 0) return finish(shell, node, argv, forked ? runForked(shell, argv, builtin) : builtin(shell, argv));
  return finish(shell, node, argv, withTemporaries(shell, node, () => (forked ? runForked(shell, argv, builtin) : builtin(shell, argv)), isSpecial, name === 'exec'));
}

/**
 * A built-in that a shell was forked for. As in bash, what it runs (`: | eval 'false; …'`) does not know that the pipeline is a condition,
 * and when errexit ends it the status is 1, whatever failed.
 */
function* runForked(shell: Shell, argv: string[], builtin: Builtin): Task<number> {
  shell.unchecked = 0;
  try {
    const outcome = builtin(shell, argv);
    return typeof outcome === 'number' ? outcome : yield* outcome;
  } catch (error) {
    if (error instanceof ShellExit && error.byErrexit) throw new ShellExit(1);
    throw error;
  }
}

/** Notes the outcome of a command: `$?`, `$_`, errexit. */
function finish(shell: Shell, node: SimpleCommand, argv: readonly string[], outcome: Outcome, springs = true): Outcome {
  if (typeof outcome !== 'number') return finishTask(shell, node, argv, outcome, springs);
  shell.lastArgument = argv[argv.length - 1]!;
  return conclude(shell, node, outcome, springs);
}

function* finishTask(shell: Shell, node: SimpleCommand, argv: readonly string[], running: Task<number>, springs: boolean): Task<number> {
  const status = yield* running;
  shell.lastArgument = argv[argv.length - 1]!;
  const outcome = conclude(shell, node, status, springs);
  return typeof outcome === 'number' ? outcome : yield* outcome;
}

/** The failure of `return` is its function's, that of a command which a shell was forked for is its pipeline's or job's: no ERR trap. */
function conclude(shell: Shell, node: SimpleCommand, status: number, springs: boolean): Outcome {
  const { execution, traps } = shell;
  if (status === 0 || !traps.has('ERR') || (springs && shell.forkedFor !== node && shell.flow?.type !== 'return')) return execution.settle(status);
  const trap = traps.suspend('ERR');
  try {
    return execution.settle(status);
  } finally {
    traps.resume('ERR', trap);
  }
}

/** Runs a body within the command's redirections and temporary assignments. `stays`: the assignments are permanent. */
function withTemporaries(shell: Shell, node: SimpleCommand, body: () => Outcome, stays: boolean, keepsFiles = false): Outcome {
  if (node.assignments.length === 0 && node.redirects.length === 0) return body();
  if (needsTask(node)) return withTemporariesTask(shell, node, body, stays, keepsFiles);
  const scoped = node.assignments.length > 0 && !stays;
  const assign = (): void => {
    for (const assignment of node.assignments) assignTemporary(shell, assignment, assignment.index === undefined ? shell.expansion.text(assignment.value!) : '', stays);
  };
  let undo: Undo | undefined;
  let outcome: Outcome = 1;
  let isOver = true;
  const end = (): void => {
    if (scoped) shell.variables.pop();
    if (keepsFiles) undo?.keep();
    else undo?.();
  };
  if (scoped) shell.variables.push('temporary');
  try {
    // bash assigns before it redirects, dash after.
    if (shell.isBash) assign();
    undo = shell.redirection.apply(node.redirects);
    if (!undo) return redirectFailure(shell, node);
    if (!shell.isBash) assign();
    outcome = body();
    isOver = typeof outcome === 'number';
  } catch (error) {
    if (undo) shell.report(error);
    throw error;
  } finally {
    if (isOver) end();
  }
  return typeof outcome === 'number' ? outcome : ending(shell, outcome, end);
}

function needsTask({ assignments, redirects }: SimpleCommand): boolean {
  return assignments.some(({ value }) => value === undefined || value.blocking) || redirects.some(({ target, document }) => target.blocking || document?.blocking === true);
}

function* withTemporariesTask(shell: Shell, node: SimpleCommand, body: () => Outcome, stays: boolean, keepsFiles: boolean): Task<number> {
  const scoped = node.assignments.length > 0 && !stays;
  let undo: Undo | undefined;
  if (scoped) shell.variables.push('temporary');
  try {
    if (shell.isBash) yield* assignTemporaries(shell, node, stays);
    undo = yield* shell.redirection.applyTask(node.redirects);
    if (!undo) return redirectFailure(shell, node);
    if (!shell.isBash) yield* assignTemporaries(shell, node, stays);
    const outcome = body();
    return typeof outcome === 'number' ? outcome : yield* outcome;
  } catch (error) {
    if (undo) shell.report(error);
    throw error;
  } finally {
    if (scoped) shell.variables.pop();
    if (keepsFiles) undo?.keep();
    else undo?.();
  }
}

function* assignTemporaries(shell: Shell, { assignments }: SimpleCommand, stays: boolean): Task {
  for (const assignment of assignments) {
    const value = assignment.index !== undefined ? '' : yield* temporaryText(shell, assignment);
    assignTemporary(shell, assignment, value, stays);
  }
}

function* ending(shell: Shell, running: Task<number>, end: () => void): Task<number> {
  try {
    return yield* running;
  } catch (error) {
    shell.report(error);
    throw error;
  } finally {
    end();
  }
}

/** A failed redirection of a special built-in ends a POSIX shell. */
function redirectFailure(shell: Shell, node: SimpleCommand): number {
  const name = node.words[0]?.literal;
  if (name !== undefined && SPECIAL.has(name) && (!shell.isBash || shell.options.posix)) throw new CommandAbort(shell.redirectionStatus);
  return shell.redirectionStatus;
}

/** `x=1 command`: an exported variable in the scope of the command. */
export function assignTemporary(shell: Shell, assignment: Assignment, value: string, stays: boolean): void {
  const { variables } = shell;
  if (assignment.index !== undefined) {
    return complainOfElement(shell, assignment);
  }
  if (stays) {
    assignGuarded(shell, () => variables.set(assignment.name, value, assignment.append));
    return;
  }
  const outer = variables.find(assignment.name);
  if (outer?.has(2) === true) {
    shell.complain(`${assignment.name}: readonly variable`);
    return;
  }
  const { name } = variables.follow(assignment.name);
  const variable = variables.bindAt(variables.depth, name);
  variable.attributes = EXPORTED;
  if (outer?.special) variable.special = outer.special;
  variables.assign(variable, assignment.append ? (outer?.text ?? '') + value : value);
}

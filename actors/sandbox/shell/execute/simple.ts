// Simple commands: expansion, assignments, then a function, a built-in or a program.
import { type Task } from '../../kernel/wait.js';
import { subscriptBlocks } from '../expand/lookup.js';
import { expandArgument, expandArgumentTask, type ExpandedAssignment, temporaryText } from '../expand/assignment.js';
import { DECLARATIONS, runDeclaration } from '../builtins/declare.js';
import { failSpecial } from '../builtins/output.js';
import type { Builtin, Outcome, Shell, Undo } from '../shell.js';
import type { SimpleCommand } from '../syntax/ast.js';
import { CommandAbort, ExpansionError, ShellExit } from '../flow.js';
import { runExternal } from './external.js';
import { callFunction } from './functions.js';
import { closeSubstitutions } from './process-files.js';
import { SPECIAL_BUILTINS } from './special-builtins.js';
import { assignGuarded, assignTemporary, type Stay } from './temporaries.js';
import { traceAssignment, traceCommand, traceDeclaration } from './trace.js';

const POSIX_DECLARATIONS: ReadonlySet<string> = new Set(['export', 'readonly', 'local', 'alias']);

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
  const isDeclaration = shell.isBash && declares(shell, node);
  const argv = isDeclaration ? declarationArguments(shell, node) : !shell.isBash && hasAssignment(node) ? posixArguments(shell, node) : shell.expansion.fields(node.words);
  if (argv.length === 0) return assignAll(shell, node);
  if (isDeclaration) return dispatchDeclaration(shell, node, argv);
  return dispatch(shell, node, argv as string[]);
}

function* runSimpleTask(shell: Shell, node: SimpleCommand): Task<number> {
  if (shell.traps.has('DEBUG') && shell.forkedFor !== node) {
    yield* shell.execution.runEventTrap('DEBUG');
    shell.line = node.line;
  }
  shell.substitutionStatus = undefined;
  const files = shell.substitutionFiles.length;
  try {
    const isDeclaration = shell.isBash && declares(shell, node);
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
function* argumentsTask(shell: Shell, node: SimpleCommand): Task<string[]> {
  const { words } = node;
  if (!shell.isBash && hasAssignment(node)) return yield* posixArgumentsTask(shell, node);
  if (!words.some(({ assignment }) => assignment?.array !== undefined)) return yield* shell.expansion.fieldsTask(words);
  const argv: string[] = [];
  for (const word of words) argv.push(...(word.assignment?.array === undefined ? yield* shell.expansion.fieldsTask([word]) : [word.source]));
  return argv;
}

/** Whether arguments like `name=value` are assignments here; bash: after `command` and `builtin` they are words like any others. */
function declares(shell: Shell, node: SimpleCommand): boolean {
  const name = node.words[0]?.literal;
  return name !== undefined && DECLARATIONS.has(name) && hasAssignment(node) && !shell.functions.has(name);
}

function hasAssignment({ words }: SimpleCommand): boolean {
  return words.some(({ assignment }) => assignment !== undefined);
}

/**
 * In dash and ash what a command's words have become so far decides whether the next one assigns: `$e x=$y` does where `$e` is export,
 * and so does `command export x=$y`.
 */
function assignsNext(shell: Shell, argv: readonly string[]): boolean {
  let at = 0;
  while (argv[at] === 'command') {
    at++;
    while (/^-p+$/.test(argv[at] ?? '')) at++;
    if (argv[at] === '--') at++;
  }
  const name = argv[at];
  if (name === undefined || !POSIX_DECLARATIONS.has(name)) return false;
  return at > 0 || SPECIAL_BUILTINS[shell.dialect].has(name) || !shell.functions.has(name);
}

function posixArguments(shell: Shell, { words }: SimpleCommand): string[] {
  const argv: string[] = [];
  for (const word of words) {
    if (word.assignment && assignsNext(shell, argv)) argv.push(`${word.assignment.name}=${shell.expansion.text(word.assignment.value!)}`);
    else argv.push(...shell.expansion.fields([word]));
  }
  return argv;
}

function* posixArgumentsTask(shell: Shell, { words }: SimpleCommand): Task<string[]> {
  const argv: string[] = [];
  for (const word of words) {
    if (word.assignment && assignsNext(shell, argv)) argv.push(`${word.assignment.name}=${yield* shell.expansion.textTask(word.assignment.value!)}`);
    else argv.push(...(yield* shell.expansion.fieldsTask([word])));
  }
  return argv;
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
  if (shell.options.xtrace) traceDeclaration(shell, argv, argumentText);
  const last = argv.at(-1)!;
  const name = typeof last === 'string' ? last : last.elements ? last.name : argumentText(last);
  return finish(shell, node, [name], withTemporaries(shell, node, () => runDeclaration(shell, argv), stayOf(shell, argv[0] as string, argv.length)));
}

function argumentText(argument: Argument): string {
  if (typeof argument === 'string') return argument;
  const { name, subscript, append, value, elements } = argument;
  const right = elements ? `(${elements.map((element) => element.value).join(' ')})` : value;
  return `${name}${subscript === undefined ? '' : `[${subscript}]`}${append ? '+' : ''}=${right}`;
}

// --- assignments alone --------------------------------------------------------------------------------------------------------

/** bash assigns before it redirects, dash after. */
function assignAll(shell: Shell, node: SimpleCommand): Outcome {
  const assign = (): void => {
    for (const assignment of node.assignments) {
      assignGuarded(shell, () => shell.expansion.assign(assignment));
      if (shell.options.xtrace) traceAssignment(shell, assignment);
    }
  };
  if (shell.isBash) assign();
  if (node.redirects.length > 0) {
    const undo = shell.redirection.apply(node.redirects);
    if (!undo) return shell.execution.settle(shell.redirectionStatus);
    try {
      if (!shell.isBash) assign();
    } finally {
      undo();
    }
  } else if (!shell.isBash) assign();
  shell.lastArgument = '';
  return shell.execution.settle(shell.substitutionStatus ?? 0);
}

function* assignAllTask(shell: Shell, node: SimpleCommand): Task<number> {
  if (shell.isBash) yield* assignEach(shell, node);
  if (node.redirects.length > 0) {
    const undo = yield* shell.redirection.applyTask(node.redirects);
    if (!undo) {
      const failed = shell.execution.settle(shell.redirectionStatus);
      return typeof failed === 'number' ? failed : yield* failed;
    }
    try {
      if (!shell.isBash) yield* assignEach(shell, node);
    } finally {
      undo();
    }
  } else if (!shell.isBash) yield* assignEach(shell, node);
  shell.lastArgument = '';
  const outcome = shell.execution.settle(shell.substitutionStatus ?? 0);
  return typeof outcome === 'number' ? outcome : yield* outcome;
}

function* assignEach(shell: Shell, { assignments }: SimpleCommand): Task {
  for (const assignment of assignments) {
    try {
      yield* shell.expansion.assignTask(assignment);
    } catch (error) {
      assignGuarded(shell, () => {
        throw error;
      });
    }
    if (shell.options.xtrace) traceAssignment(shell, assignment);
  }
}

// --- commands -----------------------------------------------------------------------------------------------------------------

function dispatch(shell: Shell, node: SimpleCommand, argv: string[]): Outcome {
  const name = argv[0]!;
  if (shell.options.xtrace) {
    for (const assignment of node.assignments) traceAssignment(shell, assignment);
    traceCommand(shell, argv);
  }
  if (shell.forkedFor === node) shell.subshellLevel = shell.subshellLevelWithin;
  const isSpecial = isSpecialBuiltin(shell, name);
  const called = isSpecial ? undefined : shell.functions.get(name);
  if (called) {
    // A function that sets the ERR trap does not spring it by failing.
    const springs = shell.traps.has('ERR');
    return finish(shell, node, argv, withTemporaries(shell, node, () => callFunction(shell, called, argv, node.line), 'command'), springs);
  }
  const builtin = shell.disabledBuiltins.has(name) ? undefined : shell.builtins.get(name);
  if (!builtin) return finish(shell, node, argv, runExternal(shell, node, argv));
  const run = shell.isBash ? (shell.forkedFor === node ? runForked : runBuiltin) : isSpecial ? runBuiltin : runRegular;
  if (node.assignments.length === 0 && node.redirects.length === 0) return finish(shell, node, argv, run(shell, argv, builtin));
  return finish(shell, node, argv, withTemporaries(shell, node, () => run(shell, argv, builtin), stayOf(shell, name, argv.length), isExec(argv)));
}

/** Whether redirections stay: `exec`, also as `command exec`. */
function isExec(argv: readonly string[]): boolean {
  return argv.find((word) => !['command', 'builtin', '-p', '--'].includes(word)) === 'exec';
}

function isSpecialBuiltin(shell: Shell, name: string): boolean {
  return (!shell.isBash || shell.options.posix) && SPECIAL_BUILTINS[shell.dialect].has(name);
}

/** The assignments before a special built-in are permanent, in bash also exported. */
function stayOf(shell: Shell, name: string, words: number): Stay {
  if (!isSpecialBuiltin(shell, name)) return 'command';
  if (shell.isBash) return 'exported';
  return name === 'exec' && words > 1 && shell.dialect === 'dash' ? 'exported' : 'shell';
}

function runBuiltin(shell: Shell, argv: string[], builtin: Builtin): Outcome {
  return builtin(shell, argv);
}

/** dash and ash: an error in a built-in that is not special ends the command, not the shell; so it is with all that `command eval` runs. */
function runRegular(shell: Shell, argv: string[], builtin: Builtin): Outcome {
  try {
    const outcome = builtin(shell, argv);
    return typeof outcome === 'number' ? outcome : runRegularTask(shell, outcome);
  } catch (error) {
    return givenUp(shell, error);
  }
}

function* runRegularTask(shell: Shell, running: Task<number>): Task<number> {
  try {
    return yield* running;
  } catch (error) {
    return givenUp(shell, error);
  }
}

function givenUp(shell: Shell, error: unknown): number {
  if (!(error instanceof CommandAbort || error instanceof ExpansionError)) throw error;
  return shell.execution.statusOf(error);
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

/** Runs a body within the command's redirections and temporary assignments. */
function withTemporaries(shell: Shell, node: SimpleCommand, body: () => Outcome, stay: Stay, keepsFiles = false): Outcome {
  if (node.assignments.length === 0 && node.redirects.length === 0) return body();
  if (needsTask(node)) return withTemporariesTask(shell, node, body, stay, keepsFiles);
  const scoped = node.assignments.length > 0 && stay === 'command';
  const assign = (): void => {
    for (const assignment of node.assignments) assignTemporary(shell, assignment, assignment.index === undefined ? shell.expansion.text(assignment.value!) : '', stay);
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

function* withTemporariesTask(shell: Shell, node: SimpleCommand, body: () => Outcome, stay: Stay, keepsFiles: boolean): Task<number> {
  const scoped = node.assignments.length > 0 && stay === 'command';
  let undo: Undo | undefined;
  if (scoped) shell.variables.push('temporary');
  try {
    if (shell.isBash) yield* assignTemporaries(shell, node, stay);
    undo = yield* shell.redirection.applyTask(node.redirects);
    if (!undo) return redirectFailure(shell, node);
    if (!shell.isBash) yield* assignTemporaries(shell, node, stay);
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

function* assignTemporaries(shell: Shell, { assignments }: SimpleCommand, stay: Stay): Task {
  for (const assignment of assignments) {
    const value = assignment.index !== undefined ? '' : yield* temporaryText(shell, assignment);
    assignTemporary(shell, assignment, value, stay);
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
  if (name === undefined || !isSpecialBuiltin(shell, name)) return shell.redirectionStatus;
  if (!shell.isBash) throw new CommandAbort(shell.redirectionStatus);
  return failSpecial(shell, name, shell.redirectionStatus);
}

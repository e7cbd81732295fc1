// Simple commands: expansion, assignments, then a function, a built-in or a program.
import { type Task } from '../../kernel/wait.js';
import { subscriptBlocks } from '../expand/lookup.js';
import { withSubscriptsWhereMet } from '../expand/run-time-subscripts.js';
import { temporaryText } from '../expand/assignment.js';
import { runDeclaration } from '../builtins/declare.js';
import { helpOf } from '../builtins/help.js';
import { failSpecial, print } from '../builtins/output.js';
import type { Builtin, Outcome, Undo } from '../parts.js';
import type { Shell } from '../shell.js';
import type { SimpleCommand } from '../syntax/ast.js';
import { CommandAbort, ExpansionError, ShellExit } from '../flow.js';
import { type Argument, argumentsTask, argumentText, declarationArguments, declarationArgumentsTask, declares, elementArguments, hasAssignment, namesElements, posixArguments } from './arguments.js';
import { runExternal } from './external.js';
import { callFunction } from './functions.js';
import { endsInPlace } from './given-up.js';
import { closeSubstitutions } from './process-files.js';
import { SPECIAL_BUILTINS } from './special-builtins.js';
import { assignGuarded, assignTemporary, isScoped, type Stay } from './temporaries.js';
import { TOLD_AFTER, traceAssigning, traceCommand, traceDeclaration } from './trace.js';

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
  return withSubscriptsWhereMet(shell, () => runNow(shell, node));
}

function runNow(shell: Shell, node: SimpleCommand): Outcome {
  const isDeclaration = shell.isBash && declares(shell, node);
  const argv = isDeclaration ? declarationArguments(shell, node)
    : !shell.isBash && hasAssignment(node) ? posixArguments(shell, node)
    : shell.isBash && namesElements(node) ? elementArguments(shell, node) : shell.expansion.fields(node.words);
  if (argv.length === 0) return assignAll(shell, node);
  if (isDeclaration) return dispatchDeclaration(shell, node, argv);
  return dispatch(shell, node, argv as string[]);
}

function* runSimpleTask(shell: Shell, node: SimpleCommand): Task<number> {
  if (shell.traps.has('DEBUG') && shell.forkedFor !== node) {
    const status = yield* shell.execution.runEventTrap('DEBUG');
    // A debugger skips the command by failing.
    if (status !== 0 && shell.options.has('extdebug')) return 0;
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

function dispatchDeclaration(shell: Shell, node: SimpleCommand, argv: readonly Argument[]): Outcome {
  const last = argv.at(-1)!;
  const name = typeof last === 'string' ? last : last.elements ? last.name : argumentText(last);
  return finish(shell, node, [name], withTemporaries(shell, node, () => runDeclaration(shell, argv), stayOf(shell, argv[0] as string, argv.length), { tell: () => traceDeclaration(shell, argv, argumentText) }));
}

// --- assignments alone --------------------------------------------------------------------------------------------------------

/** bash assigns before it redirects, dash after. */
function assignAll(shell: Shell, node: SimpleCommand): Outcome {
  shell.entered = undefined;
  const assign = (): void => {
    for (const assignment of node.assignments) {
      assignGuarded(shell, () => shell.expansion.assign(assignment));
    }
    traceAssigned(shell, node);
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
  shell.entered = undefined;
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

function* assignEach(shell: Shell, node: SimpleCommand): Task {
  for (const assignment of node.assignments) {
    try {
      yield* shell.expansion.assignTask(assignment);
    } catch (error) {
      assignGuarded(shell, () => {
        throw error;
      });
    }
  }
  traceAssigned(shell, node);
}

function traceAssigned(shell: Shell, { assignments }: SimpleCommand): void {
  if (!shell.isBash && shell.options.xtrace) traceAssigning(shell, assignments, []);
}

// --- commands -----------------------------------------------------------------------------------------------------------------

function dispatch(shell: Shell, node: SimpleCommand, argv: string[]): Outcome {
  const name = argv[0]!;
  const tell = (): void => {
    if (!shell.isBash && node.assignments.length > 0) traceAssigning(shell, node.assignments, argv);
    else if (TOLD_AFTER.has(name)) traceDeclaration(shell, argv, String);
    else traceCommand(shell, argv);
  };
  if (shell.forkedFor === node) shell.subshellLevel = shell.subshellLevelWithin;
  const isSpecial = isSpecialBuiltin(shell, name);
  const called = isSpecial ? undefined : shell.functions.get(name);
  if (called) {
    // A function that sets the ERR trap does not spring it by failing.
    const springs = shell.traps.has('ERR');
    return finish(shell, node, argv, withTemporaries(shell, node, () => callFunction(shell, called, argv, node.line), 'command', { tell }), springs);
  }
  // bash: a job in place of a command goes on in the foreground.
  if (shell.isBash && name.startsWith('%') && shell.forkedFor !== node) return finish(shell, node, argv, shell.builtins.get('fg')!(shell, ['fg', ...argv]));
  const found = shell.disabledBuiltins.has(name) ? undefined : shell.builtins.get(name);
  const builtin = found && argv[1] === '--help' && shell.isBash && !WITHOUT_HELP.has(name) ? tellHelp : found;
  if (!builtin) return finish(shell, node, argv, runExternal(shell, node, argv, { tell }));
  const run = shell.isBash ? (shell.forkedFor === node ? runForked : runBuiltin) : isSpecial ? runBuiltin : runRegular;
  if (node.assignments.length === 0 && node.redirects.length === 0) {
    if (shell.options.xtrace) tell();
    return finish(shell, node, argv, run(shell, argv, builtin));
  }
  return finish(shell, node, argv, withTemporaries(shell, node, () => run(shell, argv, builtin), stayOf(shell, name, argv.length), { tell, keepsFiles: isExec(argv) }));
}

/** To these `--help` is an argument like others. */
const WITHOUT_HELP: ReadonlySet<string> = new Set([':', 'true', 'false', 'echo', 'test', '[', 'times']);

/** `cd --help` */
function* tellHelp(shell: Shell, [name = '']: readonly string[]): Task<number> {
  const printed = print(shell, name, helpOf(name) ?? '');
  if (typeof printed !== 'number') yield* printed;
  return 2;
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
  if (shell.isBash && shell.traps.pending.length > 0 && shell.flow === undefined) yield* runAwaited(shell, status);
  const outcome = conclude(shell, node, status, springs);
  return typeof outcome === 'number' ? outcome : yield* outcome;
}

/** What waited for a command to end goes before what follows from its failure. */
function* runAwaited(shell: Shell, status: number): Task {
  shell.status = status;
  yield* shell.execution.runTraps();
}

/** The failure of a command that a shell was forked for is its pipeline's or job's: no ERR trap. */
function conclude(shell: Shell, node: SimpleCommand, status: number, springs: boolean): Outcome {
  const { execution, traps } = shell;
  shell.entered = undefined;
  // That of `return` counts when its function is over.
  if (shell.flow?.type === 'return' && shell.isBash) {
    shell.status = status;
    return status;
  }
  if (status === 0 || !traps.has('ERR') || (springs && shell.forkedFor !== node)) return execution.settle(status);
  const trap = traps.suspend('ERR');
  try {
    return execution.settle(status);
  } finally {
    traps.resume('ERR', trap);
  }
}

interface Within {
  /** `set -x`: tells of the command, in bash once its assignments are told. */
  readonly tell: () => void;
  /** The redirections stay. */
  readonly keepsFiles?: boolean;
}

/** Runs a body within the command's redirections and temporary assignments. */
function withTemporaries(shell: Shell, node: SimpleCommand, body: () => Outcome, stay: Stay, within: Within): Outcome {
  const tell = shell.options.xtrace ? within.tell : undefined;
  if (node.assignments.length === 0 || !shell.isBash) tell?.();
  if (node.assignments.length === 0 && node.redirects.length === 0) return body();
  if (needsTask(node)) return withTemporariesTask(shell, node, body, stay, within);
  const { keepsFiles } = within;
  const scoped = isScoped(shell, node, stay);
  const assign = (): void => {
    for (const assignment of node.assignments) assignTemporary(shell, assignment, assignment.index === undefined ? shell.expansion.assigned(assignment.value!) : '', stay);
  };
  let undo: Undo | undefined;
  let outcome: Outcome;
  const end = (): void => {
    if (scoped) shell.variables.pop();
    if (keepsFiles) undo?.keep();
    else undo?.();
  };
  if (scoped) shell.variables.push('temporary');
  try {
    // bash assigns before it redirects, dash after.
    if (shell.isBash) {
      assign();
      if (node.assignments.length > 0) tell?.();
    }
    const show = hidesFrom(shell, node, scoped);
    undo = shell.redirection.apply(node.redirects);
    show?.();
    if (undo && !shell.isBash) assign();
    outcome = undo ? body() : redirectFailure(shell, node);
  } catch (error) {
    abandon(shell, error, undo, end);
    throw error;
  }
  if (typeof outcome !== 'number') return ending(shell, outcome, undo, end);
  end();
  return outcome;
}

/** What an error has cut short, in a shell that may end where it is. errexit comes when the command itself is over. */
function abandon(shell: Shell, error: unknown, undo: Undo | undefined, end: () => void): void {
  if (undo) shell.report(error);
  if (!endsInPlace(shell, error)) end();
  else if (!shell.isBash || (error instanceof ShellExit && error.byErrexit)) undo?.();
  else undo?.keep();
}

/** In bash the redirections of a command do not see the assignments in front of it. */
function hidesFrom({ isBash, variables }: Shell, { redirects }: SimpleCommand, scoped: boolean): (() => void) | undefined {
  return isBash && scoped && redirects.length > 0 ? variables.hide() : undefined;
}

function needsTask({ assignments, redirects }: SimpleCommand): boolean {
  return assignments.some(({ value }) => value === undefined || value.blocking) || redirects.some(({ target, document }) => target.blocking || document?.blocking === true);
}

function* withTemporariesTask(shell: Shell, node: SimpleCommand, body: () => Outcome, stay: Stay, { tell, keepsFiles }: Within): Task<number> {
  const scoped = isScoped(shell, node, stay);
  let undo: Undo | undefined;
  const end = (): void => {
    if (scoped) shell.variables.pop();
    if (keepsFiles) undo?.keep();
    else undo?.();
  };
  if (scoped) shell.variables.push('temporary');
  let isAbandoned = false;
  try {
    if (shell.isBash) {
      yield* assignTemporaries(shell, node, stay);
      if (node.assignments.length > 0 && shell.options.xtrace) tell();
    }
    const show = hidesFrom(shell, node, scoped);
    undo = yield* shell.redirection.applyTask(node.redirects);
    show?.();
    if (undo && !shell.isBash) yield* assignTemporaries(shell, node, stay);
    const outcome = undo ? body() : redirectFailure(shell, node);
    return typeof outcome === 'number' ? outcome : yield* outcome;
  } catch (error) {
    isAbandoned = true;
    abandon(shell, error, undo, end);
    throw error;
  } finally {
    if (!isAbandoned) end();
  }
}

function* assignTemporaries(shell: Shell, { assignments }: SimpleCommand, stay: Stay): Task {
  for (const assignment of assignments) {
    const value = assignment.index !== undefined ? '' : yield* temporaryText(shell, assignment);
    assignTemporary(shell, assignment, value, stay);
  }
}

function* ending(shell: Shell, running: Task<number>, undo: Undo | undefined, end: () => void): Task<number> {
  let isAbandoned = false;
  try {
    return yield* running;
  } catch (error) {
    isAbandoned = true;
    abandon(shell, error, undo, end);
    throw error;
  } finally {
    if (!isAbandoned) end();
  }
}

/** A failed redirection of a special built-in ends a POSIX shell. */
function redirectFailure(shell: Shell, node: SimpleCommand): number {
  const name = node.words[0]?.literal;
  if (name === undefined || !isSpecialBuiltin(shell, name)) return shell.redirectionStatus;
  if (!shell.isBash) throw new CommandAbort(shell.redirectionStatus);
  return failSpecial(shell, name, shell.redirectionStatus);
}

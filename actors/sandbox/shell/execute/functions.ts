// Shell functions: defining them, and calling them with a scope, positional parameters and a frame of their own.
import type { Task } from '../../kernel/wait.js';
import { applyOption } from '../builtins/options.js';
import { restartGetopts } from '../builtins/dash/getopts.js';
import { giveUp } from '../builtins/output.js';
import { ShellExit } from '../flow.js';
import type { Outcome, ShellFunction } from '../parts.js';
import type { Shell } from '../shell.js';
import type { FunctionDefinition } from '../syntax/ast.js';
import { isName } from '../variables/variables.js';
import { endsInPlace, endsScript } from './given-up.js';
import { SPECIAL_BUILTINS } from './special-builtins.js';

/** Beyond this the JavaScript stack could run out; bash itself would crash some thousands of calls later. */
const NESTING_MAX = 900;
/** dash's own limit; it ends the shell. */
const DASH_NESTING_MAX = 1000;

export function defineFunction(shell: Shell, definition: FunctionDefinition): Outcome {
  const { name } = definition;
  shell.line = shell.isBash ? shell.lineRead : definition.line;
  if (shell.isBash && (/[$`'"\\]/.test(name) || (shell.options.posix && !isName(name)))) {
    shell.complain(`\`${name}': not a valid identifier`);
    if (endsScript(shell)) throw new ShellExit(2);
    return shell.execution.settle(1);
  }
  if (shell.isBash && shell.options.posix && SPECIAL_BUILTINS[shell.dialect].has(name)) {
    shell.complain(`\`${name}': is a special builtin`);
    throw new ShellExit(2);
  }
  const old = shell.functions.get(name);
  if (old?.isReadonly === true) {
    shell.complain(`${name}: readonly function`);
    return shell.execution.settle(1);
  }
  shell.functions.set(name, { definition, source: shell.currentSource, isExported: old?.isExported ?? false, isReadonly: false, isTraced: false });
  return shell.execution.settle(0);
}

/** What a call changes and gives back. */
interface Saved {
  lineRead: number;
  positional: string[];
  loopDepth: number;
  getoptsOffset: number;
  getoptsIndex: number;
  debug: string | undefined;
  errtrap: string | undefined;
  returnTrap: string | undefined;
  inverted: number;
}

function enter(shell: Shell, called: ShellFunction, argv: readonly string[], line: number): Saved {
  const saved: Saved = {
    lineRead: shell.lineRead, positional: shell.positional, loopDepth: shell.loopDepth, getoptsOffset: shell.getoptsOffset, getoptsIndex: shell.getoptsIndex, debug: undefined, errtrap: undefined, returnTrap: undefined, inverted: shell.inverted,
  };
  const { options, traps } = shell;
  if (!options.functrace && !called.isTraced) {
    saved.debug = traps.suspend('DEBUG');
    saved.returnTrap = traps.suspend('RETURN');
  }
  if (!options.errtrace) saved.errtrap = traps.suspend('ERR');
  shell.entered = argv[0];
  shell.lineRead = called.definition.body.line;
  shell.variables.push('function');
  shell.frames.push({ name: argv[0]!, source: called.source, callLine: line, kind: 'function', callArguments: options.has('extdebug') ? argv.slice(1) : undefined });
  shell.positional = argv.slice(1);
  shell.loopDepth = 0;
  if (!shell.isBash) restartGetopts(shell);
  shell.unchecked -= saved.inverted;
  shell.inverted = 0;
  return saved;
}

/** The end of a call that an error has cut short. */
function abandon(shell: Shell, saved: Saved, error: unknown): void {
  if (!endsInPlace(shell, error)) leave(shell, saved);
  else if (!shell.isBash) shell.positional = saved.positional;
}

function leave(shell: Shell, saved: Saved): void {
  shell.lineRead = saved.lineRead;
  shell.positional = saved.positional;
  shell.loopDepth = saved.loopDepth;
  shell.unchecked += saved.inverted - shell.inverted;
  shell.inverted = saved.inverted;
  shell.frames.pop();
  const options = shell.variables.localOptions();
  // A local OPTIND had a place in its word of its own.
  if (!shell.isBash || shell.variables.isLocal('OPTIND')) shell.getoptsOffset = saved.getoptsOffset;
  shell.getoptsIndex = saved.getoptsIndex;
  shell.variables.pop();
  if (options) {
    const ignoredEof = shell.options.isSet('ignoreeof');
    shell.options = options;
    if (ignoredEof !== options.isSet('ignoreeof')) applyOption(shell, 'ignoreeof', !ignoredEof);
  }
  shell.traps.resume('DEBUG', saved.debug);
  shell.traps.resume('RETURN', saved.returnTrap);
  shell.traps.resume('ERR', saved.errtrap);
  if (shell.flow?.type === 'return') shell.flow = undefined;
}

/** Whether one more call would be too deep, which is told; dash ends there. */
function isTooDeep(shell: Shell, name: string): boolean {
  const depth = shell.frames.length;
  if (shell.dialect === 'dash') {
    if (depth >= DASH_NESTING_MAX) giveUp(shell, undefined, `Maximum function recursion depth (${DASH_NESTING_MAX}) reached`);
    return false;
  }
  const asked = Number(shell.variables.get('FUNCNEST') ?? 0);
  const max = asked > 0 ? asked : NESTING_MAX;
  if (depth < max) return false;
  shell.complain(`${name}: maximum function nesting level exceeded (${max})`);
  return true;
}

export function callFunction(shell: Shell, called: ShellFunction, argv: readonly string[], line: number): Outcome {
  if (isTooDeep(shell, argv[0]!)) return 1;
  const saved = enter(shell, called, argv, line);
  let outcome: Outcome;
  try {
    outcome = shell.traps.has('DEBUG') ? runTraced(shell, called) : shell.execution.run(called.definition.body);
  } catch (error) {
    shell.report(error);
    abandon(shell, saved, error);
    shell.line = line;
    throw error;
  }
  if (typeof outcome !== 'number' || shell.traps.has('RETURN')) return finishCall(shell, called, outcome, saved, line);
  const status = shell.flow?.type === 'return' ? shell.status : outcome;
  leave(shell, saved);
  shell.line = line;
  return status;
}

/** A traced function springs the DEBUG trap once more as it begins. */
function* runTraced(shell: Shell, { definition }: ShellFunction): Task<number> {
  shell.line = definition.body.line;
  yield* shell.execution.runEventTrap('DEBUG');
  const outcome = shell.execution.run(definition.body);
  return typeof outcome === 'number' ? outcome : yield* outcome;
}

function* finishCall(shell: Shell, { definition }: ShellFunction, begun: Outcome, saved: Saved, line: number): Task<number> {
  let status: number;
  try {
    status = typeof begun === 'number' ? begun : yield* begun;
    if (shell.flow?.type === 'return') {
      status = shell.status;
      shell.flow = undefined;
    } else {
      shell.line = definition.body.line;
    }
    if (shell.traps.has('RETURN')) yield* shell.execution.runEventTrap('RETURN');
  } catch (error) {
    shell.report(error);
    abandon(shell, saved, error);
    shell.line = line;
    throw error;
  }
  leave(shell, saved);
  shell.line = line;
  return status;
}

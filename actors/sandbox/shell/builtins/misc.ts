// unset, let, getopts, times, caller, help.
import { UnreadSubscript } from '../expand/run-time-subscripts.js';
import { CommandAbort, ExpansionError } from '../flow.js';
import type { Builtin } from '../parts.js';
import type { Shell } from '../shell.js';
import { AssignmentError, isName, parseReference, wholeReference } from '../variables/variables.js';
import { NAMEREF } from '../variables/variable.js';
import { fail, print, readOptions, showUsage, usage } from './output.js';

export const unset: Builtin = (shell, argv) => {
  const options = readOptions(shell, argv, shell.isBash ? 'fvn' : 'fv', 'unset [-f] [-v] [-n] [name ...]');
  if (!options) return 2;
  const { flags, operands } = options;
  const { elementNames } = shell;
  shell.elementNames = undefined;
  if (flags.includes('f') && flags.includes('v')) return fail(shell, 'unset', 'cannot simultaneously unset a function and a variable');
  let status = 0;
  for (const operand of operands) {
    try {
      status = unsetOne(shell, operand, flags, elementNames?.has(operand)) || status;
    } catch (error) {
      if (!(error instanceof AssignmentError)) throw error;
      status = fail(shell, 'unset', shell.isBash ? error.message : error.message.replace(': cannot unset: readonly variable', ': is read only'));
      if (!shell.isBash) throw new CommandAbort(2);
    }
  }
  return status;
};

function unsetOne(shell: Shell, operand: string, flags: string, isKey: boolean | undefined): number {
  const { variables } = shell;
  if (flags.includes('f')) {
    if (shell.functions.get(operand)?.isReadonly === true) return fail(shell, 'unset', `${operand}: cannot unset: readonly function`);
    shell.functions.delete(operand);
    return 0;
  }
  const reference = isKey ? wholeReference(operand) : parseReference(operand);
  if (!reference) {
    // bash: what can be no variable may be a function.
    if (shell.isBash && !flags.includes('v')) {
      shell.functions.delete(operand);
      return 0;
    }
    const status = fail(shell, 'unset', shell.isBash ? `\`${operand}': not a valid identifier` : `${operand}: bad variable name`);
    if (!shell.isBash) throw new CommandAbort(2);
    return status;
  }
  const bound = variables.binding(reference.name);
  if (flags.includes('n') && bound && !bound.has(NAMEREF)) return 0;
  const target = flags.includes('n') || !bound?.has(NAMEREF) ? { name: reference.name, subscript: undefined } : variables.follow(reference.name);
  const subscript = reference.subscript ?? target.subscript;
  const variable = variables.binding(target.name);
  if (subscript === undefined) {
    if (variable === undefined && !flags.includes('v') && shell.isBash) shell.functions.delete(operand);
    else variables.unset(target.name);
    return 0;
  }
  if (!variable) return 0;
  const isAll = subscript === '@' || subscript === '*';
  if (isAll && variable.isArray && isOlder(shell)) variables.unset(target.name);
  else if (isAll && variable.list) variables.assignList(variables.writable(target.name), []);
  else if (isAll && !variable.map) return 0;
  else variables.unsetElement(target.name, variables.elementKey(variable, subscript, isKey));
  return 0;
}

/** $BASH_COMPAT asks for bash 5.1 or older, in which `unset a[@]` unsets the array. */
function isOlder({ variables }: Shell): boolean {
  const level = /^(\d)\.?(\d)$/.exec(variables.get('BASH_COMPAT') ?? '');
  return level !== null && Number(level[1]! + level[2]!) <= 51;
}

export const letBuiltin: Builtin = (shell, argv) => {
  const words = argv[1] === '--' ? argv.slice(2) : argv.slice(1);
  if (words.length === 0) return fail(shell, 'let', 'expression expected', shell.isBash ? 1 : 2);
  let value: number | bigint = 0;
  for (const word of words) {
    shell.givesKeys = shell.options.has('assoc_expand_once');
    try {
      value = shell.expansion.evaluate(word);
    } catch (error) {
      if (error instanceof AssignmentError && shell.isBash) {
        shell.complain(error.message);
        return 1;
      }
      if (!(error instanceof ExpansionError) || error.isFatal || error.isInner || error instanceof UnreadSubscript) throw error;
      return fail(shell, 'let', error.message, shell.isBash ? 1 : 2);
    } finally {
      shell.givesKeys = false;
    }
  }
  return value === 0 || value === 0n ? 1 : 0;
};

const GETOPTS_SYNOPSIS = 'getopts optstring name [arg ...]';

export const getopts: Builtin = (shell, argv) => {
  const words = argv[1] === '--' ? argv.slice(2) : argv.slice(1);
  const [optstring, name, ...given] = words;
  if (shell.isBash && argv[1] !== '--' && /^-./.test(argv[1] ?? '')) return usage(shell, 'getopts', `${argv[1]!.slice(0, 2)}: invalid option`, GETOPTS_SYNOPSIS);
  if (optstring === undefined || name === undefined) return shell.isBash ? showUsage(shell, 'getopts', GETOPTS_SYNOPSIS) : usage(shell, 'getopts', GETOPTS_SYNOPSIS, GETOPTS_SYNOPSIS);
  const args = words.length > 2 ? given : shell.positional;
  const silent = optstring.startsWith(':');
  const letters = silent ? optstring.slice(1) : optstring;
  const { variables } = shell;
  let index = Math.max(1, Number(variables.get('OPTIND') ?? 1) || 1);
  if (shell.isBash) index = Math.min(index, args.length + 1);
  const offset = shell.getoptsOffset;
  // dash counts a word as done once it is begun.
  const begun = shell.dialect === 'dash' ? 1 : 0;
  if (offset !== 0) index -= begun;
  /** A read-only variable is complained of and left alone. */
  const assign = (target: string, value: string): boolean => {
    try {
      variables.set(target, value);
      return true;
    } catch (error) {
      if (!(error instanceof AssignmentError) || !shell.isBash) throw error;
      shell.complain(error.message);
      return false;
    }
  };
  const finish = (value: string, status: number, next: number, nextOffset: number): number => {
    variables.set('OPTIND', String(nextOffset === 0 ? next : next + begun));
    shell.getoptsOffset = nextOffset;
    if (!isName(name)) return fail(shell, 'getopts', `\`${name}': not a valid identifier`);
    return assign(name, value) ? status : 2;
  };
  const word = args[index - 1];
  if (offset === 0) {
    if (word === undefined || word === '-' || !word.startsWith('-')) {
      variables.discard('OPTARG');
      return finish('?', 1, index, 0);
    }
    if (word === '--') {
      variables.discard('OPTARG');
      return finish('?', 1, index + 1, 0);
    }
  }
  const at = offset === 0 ? 1 : offset;
  const letter = word?.[at];
  if (word === undefined || letter === undefined) return finish('?', 1, index, 0);
  const last = at + 1 >= word.length;
  const advance = (): [number, number] => (last ? [index + 1, 0] : [index, at + 1]);
  const place = letters.indexOf(letter);
  if (place < 0 || letter === ':') {
    if (silent) assign('OPTARG', letter);
    else {
      variables.discard('OPTARG');
      if (variables.get('OPTERR') !== '0') shell.warnRaw(`${shell.isBash ? `${shell.messageName}: illegal option -- ${letter}` : `Illegal option -${letter}`}\n`);
    }
    return finish('?', 0, ...advance());
  }
  if (letters[place + 1] !== ':') {
    variables.discard('OPTARG');
    return finish(letter, 0, ...advance());
  }
  if (!last) {
    assign('OPTARG', word.slice(at + 1));
    return finish(letter, 0, index + 1, 0);
  }
  index++;
  const value = args[index - 1];
  if (value !== undefined) {
    assign('OPTARG', value);
    return finish(letter, 0, index + 1, 0);
  }
  if (silent) {
    assign('OPTARG', letter);
    return finish(':', 0, index, 0);
  }
  variables.discard('OPTARG');
  if (variables.get('OPTERR') !== '0') shell.warnRaw(`${shell.isBash ? `${shell.messageName}: option requires an argument -- ${letter}` : `No arg for -${letter} option`}\n`);
  return finish('?', 0, index, 0);
};

export const times: Builtin = (shell) => {
  const digits = shell.dialect === 'dash' ? 6 : 3;
  const clock = (ms: number): string => `${Math.floor(ms / 60_000)}m${((ms % 60_000) / 1000).toFixed(digits)}s`;
  return print(shell, 'times', `${clock(shell.process.usage.cpuMs)} ${clock(0)}\n${clock(0)} ${clock(0)}\n`);
};

export const caller: Builtin = (shell, argv) => {
  if (shell.frames.length > 0 && argv[1] !== undefined && !/^[-+]?\d+$/.test(argv[1])) return usage(shell, 'caller', `${argv[1]}: invalid number`, 'caller [expr]');
  const depth = argv[1] === undefined ? 0 : Number(argv[1]);
  const frame = shell.frames.at(-1 - depth);
  if (!frame) return argv[1] === undefined && shell.scriptPath !== undefined ? print(shell, 'caller', '0 NULL\n') : 1;
  const outer = shell.frames.at(-2 - depth);
  const source = outer?.source ?? shell.scriptPath;
  if (source === undefined && argv[1] !== undefined) return 1;
  return print(shell, 'caller', argv[1] === undefined ? `${frame.callLine} ${source ?? 'NULL'}\n` : `${frame.callLine} ${outer?.name ?? 'main'} ${source}\n`);
};

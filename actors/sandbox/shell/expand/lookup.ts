// What a parameter stands for before its operation: special parameters, positional ones, variables, elements, whole arrays.
import { ExpansionError, ShellExit } from '../flow.js';
import type { Shell } from '../shell.js';
import type { Parameter, Subscript } from '../syntax/ast.js';
import { type Integer, sum } from '../syntax/constant.js';
import { knownKey, UnreadSubscript } from './run-time-subscripts.js';
import type { Key } from '../variables/arrays.js';
import { NAMEREF, type Variable } from '../variables/variable.js';
import { isName, parseReference } from '../variables/variables.js';

/** The value of a parameter: one text (undefined: unset), or a list for `@` and `*`. */
export interface Value {
  text: string | undefined;
  list: readonly string[] | undefined;
  /** For lists: `*` rather than `@`. */
  star: boolean;
  /** The variable behind it, where there is one. */
  variable: Variable | undefined;
  /** How an assignment reaches it: name and element. */
  name: string;
  key: Key | undefined;
  /** `$@` and `$*` themselves. */
  isPositional: boolean;
}

function scalar(text: string | undefined, name: string): Value {
  return { text, list: undefined, star: false, variable: undefined, name, key: undefined, isPositional: false };
}

function listOf(list: readonly string[], name: string, star: boolean, variable?: Variable): Value {
  return { text: undefined, list, star, variable, name, key: undefined, isPositional: variable === undefined };
}

/** The value of `$name` for a name without subscript: the quick way for the most common expansion. */
export function plainValue(shell: Shell, name: string): string | undefined {
  const code = name.charCodeAt(0);
  if (code >= 65 || code === 95) return name === '_' && shell.isBash ? shell.lastArgument : shell.variables.get(name);
  if (code >= 48 && code <= 57) return name === '0' ? shell.name : shell.positional[Number(name) - 1];
  switch (name) {
    case '?':
      return String(shell.status);
    case '#':
      return String(shell.positional.length);
    case '$':
      return String(shell.shellPid);
    case '!':
      return shell.backgroundPid === undefined ? undefined : String(shell.backgroundPid);
    case '-':
      return shell.letters;
    default:
      return undefined;
  }
}

/** Whether a name is a nameref that stands for all elements of an array: `declare -n r='a[@]'`. */
export function namesList({ variables }: Shell, name: string): boolean {
  if (variables.binding(name)?.has(NAMEREF) !== true) return false;
  const { subscript } = variables.follow(name);
  return subscript === '@' || subscript === '*';
}

/** The key that a subscript means for a variable: the word's text for associative arrays, a number otherwise. */
export function keyOf(shell: Shell, index: Subscript, variable: Variable | undefined): Key {
  if (variable?.map && shell.givesKeys) return index.word.source;
  if (subscriptBlocks(index)) {
    const known = knownKey(shell, index);
    if (known === undefined) throw new UnreadSubscript(index, variable?.map !== undefined);
    return known;
  }
  if (variable?.map) return shell.expansion.text(index.word);
  try {
    return shell.expansion.arithmetic(index.arithmetic);
  } catch (error) {
    if (error instanceof ExpansionError) {
      error.isSubscript = true;
      error.isInner = true;
    }
    throw error;
  }
}

/** Whether finding out the key runs commands. */
export function subscriptBlocks({ word, arithmetic }: Subscript): boolean {
  return word.blocking || arithmetic.blocking;
}

/** Looks a name with an optional evaluated key up. `all` for `[@]` and `[*]`. */
export function lookUp(shell: Shell, name: string, all: '@' | '*' | undefined, key: Key | undefined): Value {
  if (name === '@' || name === '*') return listOf(shell.positional, name, name === '*');
  if (!isName(name)) return scalar(plainValue(shell, name), name);
  const reference = shell.variables.follow(name);
  // What a nameref to an element stands for has no elements.
  const isElement = reference.subscript !== undefined && (all !== undefined || key !== undefined);
  const variable = isElement ? undefined : shell.variables.binding(reference.name);
  if (all !== undefined) return listOf(variable?.elements ?? [], reference.name, all === '*', variable ?? MISSING);
  if (key !== undefined) return { ...scalar(elementOf(shell, variable, key, name), reference.name), variable, key };
  if (reference.subscript !== undefined) return lookUpText(shell, `${reference.name}[${reference.subscript}]`);
  const text = name === '_' && shell.isBash ? shell.lastArgument : variable && (variable.attributes & NAMEREF) === 0 ? variable.text : undefined;
  return { ...scalar(text, reference.name), variable };
}

const MISSING = undefined as unknown as Variable;

/** Whether an index counts back to before the beginning. */
export function isBefore(variable: Variable | undefined, index: Integer): boolean {
  return index < 0 && sum(sum(variable?.list?.last ?? 0, 1), index) < 0;
}

/** An index before the beginning is complained of, and nothing is there. */
function elementOf(shell: Shell, variable: Variable | undefined, key: Key, name: string): string | undefined {
  if (!variable) return undefined;
  if (variable.map && key === '') return badSubscript(shell, name);
  if (!variable.map && typeof key !== 'string' && isBefore(variable, key)) return badSubscript(shell, name);
  return variable.element(key);
}

/** With errexit bash gives up here, wherever it is. */
export function badSubscript(shell: Shell, name: string): undefined {
  shell.complain(`${name}: bad array subscript`);
  if (shell.options.errexit) throw new ShellExit(1);
  return undefined;
}

/** Looks up what text names: `x`, `1`, `@`, `a[i]`, `a[@]`. Used by indirection and namerefs. */
export function lookUpText(shell: Shell, text: string): Value {
  const reference = parseReference(text);
  if (reference?.subscript === undefined) {
    if (reference === undefined && !/^(?:\d+|[@*#?$!-])$/.test(text)) throw new ExpansionError(`${text}: invalid variable name`);
    return lookUp(shell, text, undefined, undefined);
  }
  if (reference.subscript === '@' || reference.subscript === '*') return lookUp(shell, reference.name, reference.subscript, undefined);
  const { name } = shell.variables.follow(reference.name);
  const key = shell.variables.elementKey(shell.variables.binding(name), reference.subscript);
  return { ...lookUp(shell, reference.name, undefined, key) };
}

/** The parameter that `${!name}` names. */
export function lookUpIndirect(shell: Shell, parameter: Parameter, key: Key | undefined): Value {
  const direct = parameter.index === undefined ? shell.variables.binding(parameter.name) : undefined;
  if (direct && (direct.attributes & NAMEREF) !== 0) return scalar(direct.value, parameter.name);
  const pointer = lookUp(shell, parameter.name, parameter.index?.all, key);
  // Of no values at all: nothing.
  if (pointer.list?.length === 0 && (pointer.variable !== undefined || pointer.isPositional)) return scalar(undefined, parameter.name);
  const text = pointer.list ? pointer.list.join(' ') : pointer.text;
  if (text === undefined || text === '') {
    if (pointer.isPositional && parameter.index === undefined) throw new ExpansionError(': invalid variable name');
    if (pointer.variable === undefined && text === undefined && !isName(parameter.name)) return scalar(undefined, parameter.name);
    if (pointer.variable === undefined || (text === undefined && parameter.index === undefined && (pointer.variable.attributes & NAMEREF) === 0 && !pointer.variable.isArray)) throw new ExpansionError(`${parameter.name}: invalid indirect expansion`);
    if (text === '') throw new ExpansionError(`${text}: invalid variable name`);
    return scalar(undefined, parameter.name);
  }
  return lookUpText(shell, text);
}

// The functions of makefiles by name (https://www.gnu.org/software/make/manual/html_node/Functions.html).
import type { Task } from '../../kernel/wait.js';
import type { Build } from './build.js';
import { callExpanded, expand, valueNamed } from './expand.js';
import { MakeFatal } from './errors.js';
import { fileFunctions } from './file-functions.js';
import { textFunctions } from './text-functions.js';
import type { Scope, VariableSet } from './variables.js';
import { wordsOf } from './words.js';

export interface MakeFunction {
  readonly least: number;
  /** The last argument takes the rest; 0 for no limit. */
  readonly most: number;
  /** Its arguments come as they are written. */
  readonly expandsItself?: true;
  readonly run: (words: readonly string[], build: Build, scope: Scope) => Task<string>;
}

const simple = (value: string, name: string): VariableSet => new Map([[name, { name, value, isRecursive: false, origin: 'automatic', exported: undefined, isPrivate: false, appends: false, expanding: 0, location: undefined }]]);

function* call(words: readonly string[], build: Build, scope: Scope): Task<string> {
  const name = words[0]!.trim();
  if (name === '') return '';
  if (Object.hasOwn(functions, name)) {
    const values = words.slice(1);
    if (functions[name]!.expandsItself !== true) return yield* callExpanded(build, scope, name, values);
    return yield* functions[name]!.run(values, build, scope);
  }
  const variable = build.variables.find(scope, name);
  if (variable === undefined) return yield* valueNamed(build, scope, name);
  const frame: VariableSet = new Map();
  const given = [name, ...words.slice(1)];
  // Arguments of a call around this one are not seen in it.
  for (let i = 0; i < Math.max(given.length, build.callArguments); i++) for (const [key, value] of simple(given[i] ?? '', String(i))) frame.set(key, value);
  const callArguments = build.callArguments;
  build.callArguments = given.length;
  build.calling.push(variable);
  try {
    return yield* valueNamed(build, { set: frame, outer: scope }, name);
  } finally {
    build.calling.pop();
    build.callArguments = callArguments;
  }
}

function* foreach(words: readonly string[], build: Build, scope: Scope): Task<string> {
  const name = (yield* expand(build, scope, words[0]!)).trim();
  const results: string[] = [];
  for (const word of wordsOf(yield* expand(build, scope, words[1]!))) results.push(yield* expand(build, { set: simple(word, name), outer: scope }, words[2]!));
  return results.join(' ');
}

function* choose(words: readonly string[], build: Build, scope: Scope): Task<string> {
  const condition = yield* expand(build, scope, words[0]!.trim());
  if (condition !== '') return yield* expand(build, scope, words[1]!);
  return words[2] === undefined ? '' : yield* expand(build, scope, words[2]);
}

function* or(words: readonly string[], build: Build, scope: Scope): Task<string> {
  for (const word of words) {
    const value = yield* expand(build, scope, word.trim());
    if (value !== '') return value;
  }
  return '';
}

function* and(words: readonly string[], build: Build, scope: Scope): Task<string> {
  let value = '';
  for (const word of words) {
    value = yield* expand(build, scope, word.trim());
    if (value === '') return '';
  }
  return value;
}

const words = (least: number, most: number, run: MakeFunction['run']): MakeFunction => ({ least, most, run });
const raw = (least: number, most: number, run: MakeFunction['run']): MakeFunction => ({ least, most, expandsItself: true, run });

export const functions: Readonly<Record<string, MakeFunction>> = {
  ...textFunctions,
  ...fileFunctions,
  if: raw(2, 3, choose),
  or: raw(1, 0, or),
  and: raw(1, 0, and),
  foreach: raw(3, 3, foreach),
  call: words(1, 0, call),
  error: words(0, 1, function* error(given, build) {
    throw new MakeFatal(given[0]!, build.location);
  }),
  warning: words(0, 1, function* warning(given, build) {
    yield* build.warn(given[0]!, build.location);
    return '';
  }),
  info: words(0, 1, function* info(given, build) {
    yield* build.say(given[0]!);
    return '';
  }),
  origin: words(0, 1, function* origin(given, build, scope) {
    return build.variables.find(scope, given[0]!)?.origin ?? 'undefined';
  }),
  flavor: words(0, 1, function* flavor(given, build, scope) {
    const variable = build.variables.find(scope, given[0]!);
    return variable === undefined ? 'undefined' : variable.isRecursive ? 'recursive' : 'simple';
  }),
  value: words(0, 1, function* value(given, build, scope) {
    return build.variables.find(scope, given[0]!)?.value ?? '';
  }),
  eval: words(0, 1, function* evaluate(given, build) {
    yield* build.evaluate(given[0]!);
    return '';
  }),
  shell: words(0, 1, function* shell(given, build, scope) {
    return yield* build.captureShell(given[0]!, scope);
  }),
};

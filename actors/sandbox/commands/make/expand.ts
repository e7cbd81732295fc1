// What makefile text comes to: variable references, substitution references and calls of functions.
import type { Task } from '../../kernel/wait.js';
import { PREEMPT } from '../../kernel/wait.js';
import type { Build } from './build.js';
import { MakeFatal } from './errors.js';
import type { MakeFunction } from './functions.js';
import { patternOf, referenceEnd, substitutePattern, wordsOf } from './words.js';
import type { Scope, Variable } from './variables.js';

const FUNCTION_CALL = /[a-z][a-z-]*(?=[ \t\n\v\f\r])[ \t\n\v\f\r]+/y;
const MAX_DEPTH = 1000;

/** The text with everything expanded in the scope. */
export function* expand(build: Build, scope: Scope, text: string): Task<string> {
  let at = text.indexOf('$');
  if (at < 0) return text;
  if (build.pace.due) yield PREEMPT;
  if (++build.expansionDepth > MAX_DEPTH) throw new MakeFatal('expansions are nested too deeply', build.place);
  let result = '';
  let from = 0;
  for (; at >= 0; at = text.indexOf('$', from)) {
    result += text.slice(from, at);
    const next = text[at + 1];
    if (next === '(' || next === '{') {
      const expanded = yield* parenthesised(build, scope, text, at + 1);
      result += expanded.text;
      from = expanded.next;
    } else {
      if (next === '$') result += '$';
      else if (next !== undefined && !/\s/.test(next)) result += yield* valueNamed(build, scope, next);
      from = Math.min(at + 2, text.length);
    }
    build.checkSize(result);
  }
  build.expansionDepth--;
  return result + text.slice(from);
}

function* parenthesised(build: Build, scope: Scope, text: string, open: number): Task<{ text: string; next: number }> {
  FUNCTION_CALL.lastIndex = open + 1;
  const call = FUNCTION_CALL.exec(text);
  const name = call?.[0].trimEnd();
  if (call !== null && Object.hasOwn(build.functions, name!)) {
    const end = referenceEnd(text, open);
    if (end === text.length) throw new MakeFatal(`unterminated call to function '${name}': missing '${text[open] === '(' ? ')' : '}'}'`, build.place);
    const words = splitArguments(text.slice(open + 1 + call[0].length, end), text[open]!, build.functions[name!]!.most);
    return { text: yield* callFunction(build, scope, name!, words), next: end + 1 };
  }
  let close = text.indexOf(text[open] === '(' ? ')' : '}', open);
  if (close < 0) throw new MakeFatal('unterminated variable reference', build.place);
  if (text.slice(open, close).includes('$')) close = referenceEnd(text, open);
  const inside = text.slice(open + 1, close);
  const reference = inside.includes('$') ? yield* expand(build, scope, inside) : inside;
  return { text: yield* dereference(build, scope, reference), next: close + 1 };
}

/** Between commas outside of parentheses of the kind that encloses; the last of `most` takes all the rest. */
function splitArguments(text: string, opening: string, most: number): string[] {
  const closing = opening === '(' ? ')' : '}';
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === opening) depth++;
    else if (character === closing) depth--;
    else if (character === ',' && depth === 0 && (most === 0 || found.length + 1 < most)) {
      found.push(text.slice(start, at));
      start = at + 1;
    }
  }
  found.push(text.slice(start));
  return found;
}

function* callFunction(build: Build, scope: Scope, name: string, words: readonly string[]): Task<string> {
  const { least, expandsItself, run }: MakeFunction = build.functions[name]!;
  if (words.length < least) throw new MakeFatal(`insufficient number of arguments (${words.length}) to function '${name}'`, build.place);
  const values: string[] = [];
  for (const word of words) values.push(expandsItself === true ? word : yield* expand(build, scope, word));
  return yield* run(values, build, scope);
}

/** Calls a built-in function with arguments that are expanded already (`$(call subst,…)`). */
export function* callExpanded(build: Build, scope: Scope, name: string, values: readonly string[]): Task<string> {
  const { least, most, run } = build.functions[name]!;
  if (values.length < least) throw new MakeFatal(`insufficient number of arguments (${values.length}) to function '${name}'`, build.place);
  const given = most > 0 && values.length > most ? [...values.slice(0, most - 1), values.slice(most - 1).join(',')] : [...values];
  return yield* run(given, build, scope);
}

/** `NAME` or `NAME:from=to`. */
function* dereference(build: Build, scope: Scope, reference: string): Task<string> {
  const colon = reference.indexOf(':');
  const equals = colon < 0 ? -1 : reference.indexOf('=', colon);
  if (equals < 0) return yield* valueNamed(build, scope, reference);
  const value = yield* valueNamed(build, scope, reference.slice(0, colon));
  const from = reference.slice(colon + 1, equals);
  const to = reference.slice(equals + 1);
  const isPattern = !patternOf(from).isPlain;
  return substitutePattern(wordsOf(value), isPattern ? from : `%${from}`, isPattern ? to : `%${to}`).join(' ');
}

export function* valueNamed(build: Build, scope: Scope, name: string): Task<string> {
  const variable = build.variables.find(scope, name);
  if (variable === undefined) {
    if (name === '.VARIABLES') return [...build.variables.global.keys()].join(' ');
    if (build.options.warnsUndefined) yield* build.warn(`warning: undefined variable '${name}'`, build.location);
    return '';
  }
  return yield* valueOf(build, scope, variable);
}

/** The value, a recursive one expanded. */
export function* valueOf(build: Build, scope: Scope, variable: Variable): Task<string> {
  if (!variable.isRecursive && !variable.appends) return variable.value;
  if (variable.expanding > 0 && !build.isCalled(variable)) {
    throw new MakeFatal(`Recursive variable '${variable.name}' references itself (eventually)`, variable.location ?? build.place);
  }
  const { expanding } = build;
  if (variable.location !== undefined) build.expanding = variable.location;
  variable.expanding++;
  try {
    const own = variable.isRecursive ? yield* expand(build, scope, variable.value) : variable.value;
    if (!variable.appends) return own;
    const behind = build.variables.findBehind(scope, variable);
    if (behind === undefined) return own;
    return `${yield* valueOf(build, behind.found.appends ? behind.scope : scope, behind.found)} ${own}`;
  } finally {
    variable.expanding--;
    build.expanding = expanding;
  }
}

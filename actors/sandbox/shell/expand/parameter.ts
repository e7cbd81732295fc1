// `${…}`: decides whether an operand word is needed, and applies the operation to a value once its operands are known.
import { encode } from '../../kernel/text.js';
import { ExpansionError } from '../flow.js';
import { bytesOf } from '../patterns.js';
import type { Shell } from '../shell.js';
import type { Key } from '../variables/arrays.js';
import { joinBytes } from '../syntax/ansi.js';
import type { Parameter, Word } from '../syntax/ast.js';
import { isName } from '../variables/variables.js';
import { isNullList, trimParts } from './dash-lists.js';
import { lookUp, lookUpIndirect, type Value } from './lookup.js';
import { countsBytes, lengthIsOfBytes } from '../locale.js';
import { belowZero, changeCase, compilePattern, lengthOf, replace, slice, sliceList, trim } from './operations.js';
import type { Sink } from './sinks.js';
import { transform, transformList } from './transform.js';

/** The operands of an operation, already expanded. */
export interface Operands {
  word?: string;
  pattern?: string;
  replacement?: string;
  offset?: number;
  length?: number;
}

export interface Decision {
  value: Value;
  /** The operand of `- = ? +` when it is needed; undefined when the value itself goes on. */
  word?: Word;
  /** What the operand is for: to stand in place of the value, or to be assigned or printed. */
  use?: 'pour' | 'assign' | 'error';
  /** `${x+…}` of an unset x: nothing at all. */
  nothing?: boolean;
}

/** The outcome for an unset plain parameter: '' or, with `set -u`, an error. */
export function unbound(shell: Shell, { name, index, braced, indirect }: Parameter): string {
  if (!shell.options.nounset || (!indirect && (name === '@' || name === '*'))) return '';
  const subject = indirect ? `!${name}${index ? `[${index.word.source}]` : ''}` : /^\d+$/.test(name) ? `${braced ? '' : '$'}${name}` : name === '!' ? '$!' : index ? `${name}[${index.word.source}]` : name;
  throw new ExpansionError(shell.isBash ? `${subject}: unbound variable` : `${name}: parameter not set`, { fatal: true, status: shell.isBash ? 127 : 2 });
}

/** Looks the parameter up and finds out what is to be done. `key` is its evaluated subscript; `isText`: it becomes part of one text. */
export function decide(shell: Shell, part: Parameter, key: Key | undefined, quoted: boolean, isText: boolean): Decision {
  const { operation } = part;
  if (operation?.type === 'bad') throw new ExpansionError(badSubstitution(shell, part), { endsPosix: true });
  if (operation?.type === 'keys' || operation?.type === 'names') return { value: lookUp(shell, operation.type === 'names' ? '0' : part.name, part.index?.all, key) };
  const value = part.indirect ? lookUpIndirect(shell, part, key) : lookUp(shell, part.name, part.index?.all, key);
  if (operation?.type !== 'default' && operation?.type !== 'assign' && operation?.type !== 'error' && operation?.type !== 'alternate') return { value };
  const isUnset = value.list ? value.list.length === 0 : value.text === undefined;
  // In dash and ash `$@` and `$*` are set even where there are no parameters.
  const isDashList = value.list !== undefined && !shell.isBash;
  const isNull = isDashList ? operation.colon && isNullList(shell, part, value, quoted, isText) : isUnset || (operation.colon && !(part.indirect && value.list) && (value.list ? value.list.join(value.star && quoted ? (shell.variables.get('IFS') ?? ' ').slice(0, 1) : ' ') === '' : value.text === ''));
  if (operation.type === 'alternate') return isNull ? { value, nothing: true } : { value, word: operation.word, use: 'pour' };
  if (!isNull) return { value };
  return { value, word: operation.word, use: operation.type === 'default' ? 'pour' : operation.type };
}

function badSubstitution(shell: Shell, { source }: Parameter): string {
  return shell.isBash ? `${source}: bad substitution` : 'Bad substitution';
}

/** Applies the operation and pours the outcome. */
export function finish(shell: Shell, part: Parameter, decision: Decision, operands: Operands, sink: Sink, quoted: boolean): void {
  const { operation } = part;
  if (!shell.isBash && decision.value.list !== undefined && (operation?.type === 'trim' || operation?.type === 'length')) return finishWhole(shell, part, decision.value, operands, sink, quoted);
  const value = operation?.type === 'slice' || operation?.type === 'transform' ? single(decision.value) : decision.value;
  if (decision.nothing === true) return;
  if (decision.use === 'error') return fail(shell, part, operands.word!);
  if (decision.use === 'assign') {
    assignDefault(shell, part, value, operands.word!);
    // What the variable made of it (declare -i, -u).
    const assigned = value.key === undefined && shell.isBash ? shell.variables.get(value.name) : undefined;
    return pourText(assigned ?? operands.word!, sink, quoted);
  }
  if (operation?.type === 'keys') return pourNames(keysOf(shell, part), part.index?.all === '*', ' ', sink, quoted, shell);
  if (operation?.type === 'names') return pourNames(namesFrom(shell, part.name), operation.all === '*', '', sink, quoted, shell);
  if (operation?.type === 'length' && part.index !== undefined && value.key === '' && value.variable?.map) throw new ExpansionError(`${part.index.word.source}]: bad array subscript`);
  if (operation?.type === 'length') return pourText(String(lengthOfValue(shell, part, value)), sink, quoted);
  if (operation?.type === 'transform') {
    if (value.list) return pourChanged(transformList(shell, part, value, operation.operator, quoted), value.star, sink, quoted, shell, true);
    const changed = transform(shell, part, value, operation.operator);
    return changed === undefined ? void (value.text === undefined && unbound(shell, part)) : pourText(changed, sink, quoted);
  }
  // Beyond the end `${s[@]:9}` is no word at all.
  if (operation?.type === 'slice' && value !== decision.value && operands.offset! > lengthOf(value.text ?? '')) return;
  if (value.list && CHANGES.has(operation?.type ?? '')) return pourChanged(applyToList(shell, part, value, operands), value.star, sink, quoted, shell, operation?.type === 'trim');
  if (value.list) return pourList(applyToList(shell, part, value, operands), value.star, sink, quoted, shell, value.isPositional);
  const text = value.text ?? (operation?.type === 'default' || operation?.type === 'alternate' ? '' : unbound(shell, part));
  // Of an unset parameter there is nothing to replace, not even by `*`.
  if (value.text === undefined && operation?.type === 'replace') return pourText('', sink, quoted);
  pourText(apply(shell, part, text, operands), sink, quoted);
}

/** dash and ash trim and measure `$@` and `$*` as one text. */
function finishWhole(shell: Shell, part: Parameter, { list, star }: Value, operands: Operands, sink: Sink, quoted: boolean): void {
  const ifs = shell.separators;
  const joins = part.operation?.type === 'length' || sink.isText === true || (quoted && star);
  const joint = joins ? ifs.slice(0, 1) : quoted || shell.variables.get('IFS') !== undefined ? '\0' : ' ';
  const text = list!.join(joint);
  if (part.operation?.type === 'length') return pourText(String(encode(text).length), sink, quoted);
  if (joint === '\0' && part.operation?.type === 'trim') pourList(trimParts(list!, operands.pattern!, part.operation.side, part.operation.greedy), star, sink, quoted, shell);
  else pourText(apply(shell, part, text, operands), sink, quoted);
}

/** To slices and transformations, `[@]` of what is no array is its one text. */
function single(value: Value): Value {
  const { variable } = value;
  return value.list !== undefined && variable !== undefined && !variable.isArray && !value.isPositional ? { ...value, list: undefined, text: variable.text } : value;
}

function fail(shell: Shell, { name, operation, index, source }: Parameter, message: string): never {
  const subject = index ? source.slice(2).replace(/\].*$/s, ']') : name;
  const isNullToo = operation?.type === 'error' && operation.colon;
  const text = message !== '' ? message : shell.isBash ? `parameter ${isNullToo ? 'null or ' : ''}not set` : `parameter not set${isNullToo ? ' or null' : ''}`;
  throw new ExpansionError(`${subject}: ${text}`, { fatal: true, status: shell.isBash ? 127 : 2 });
}

function assignDefault(shell: Shell, part: Parameter, value: Value, text: string): void {
  if (!isName(value.name) || value.list) throw shell.isBash ? new ExpansionError(`$${part.name}: cannot assign in this way`) : new ExpansionError(`${part.name}: bad variable name`, { fatal: true, status: 2 });
  if (value.key === undefined) shell.variables.set(value.name, text);
  else shell.variables.assignElement(shell.variables.writable(value.name), value.key, text);
}

function keysOf(shell: Shell, part: Parameter): readonly string[] {
  const { name, subscript } = shell.variables.follow(part.name);
  return subscript === undefined ? shell.variables.binding(name)?.keys ?? [] : [];
}

/** The variables whose names begin so, and that were assigned. */
function namesFrom({ variables }: Shell, prefix: string): string[] {
  return variables.names().filter((name) => {
    const variable = name.startsWith(prefix) ? variables.binding(name)! : undefined;
    return variable !== undefined && (variable.isSet || (variable.isArray && !variable.isUnassigned));
  });
}

function lengthOfValue(shell: Shell, part: Parameter, value: Value): number {
  // bash: with nounset, what is no array has no elements to count.
  if (shell.options.nounset && shell.isBash && part.index !== undefined && value.variable?.isArray !== true) unbound(shell, part);
  if (value.list) return value.list.length;
  // An element that is not set has the length 0 even with `set -u`.
  const text = value.text ?? (part.index === undefined ? unbound(shell, part) : '');
  return lengthIsOfBytes(shell, text) ? encode(text).length : lengthOf(text);
}

function apply(shell: Shell, part: Parameter, text: string, operands: Operands): string {
  if (!countsBytes(shell, text)) return applyTo(shell, part, text, operands, false);
  const { replacement } = operands;
  return joinBytes(applyTo(shell, part, bytesOf(text), replacement === undefined ? operands : { ...operands, replacement: bytesOf(replacement) }, true));
}

/** `bytes`: each character of the text is a byte. */
function applyTo(shell: Shell, { operation, source }: Parameter, text: string, operands: Operands, bytes: boolean): string {
  const pattern = operands.pattern ?? '';
  switch (operation?.type) {
    case 'trim':
      return trim(text, patternOf(shell, pattern, bytes), operation.side, operation.greedy);
    case 'replace':
      if (pattern === '' && (operation.scope === 'first' || operation.scope === 'all')) return text;
      return replace(text, patternOf(shell, pattern, bytes, true), pattern, operation.scope, operands.replacement!, shell.options.has('patsub_replacement'));
    case 'case':
      return changeCase(text, operation.change, operation.all, operands.pattern === undefined ? undefined : compilePattern(pattern, { extglob: true, bytes }));
    case 'slice':
      return slice(text, operands.offset!, operands.length, operation.length?.source ?? source);
    default:
      return text;
  }
}

function applyToList(shell: Shell, part: Parameter, value: Value, operands: Operands): readonly string[] {
  if (part.operation === undefined) return value.list!;
  if (part.operation.type !== 'slice') return value.list!.map((text) => apply(shell, part, text, operands));
  const subject = part.operation.length?.source ?? part.source;
  if (!value.isPositional) {
    const keys = value.variable?.map ? value.list!.map((_, index) => index + 1) : (value.variable?.keys ?? []).map(Number);
    // bash takes one element of an associative array even where none is asked for.
    const length = value.variable?.map && operands.length === 0 ? 1 : operands.length;
    return sliceList(keys, value.list!, (keys.at(-1) ?? -1) + 1, operands.offset!, length, subject);
  }
  const all = [shell.name, ...value.list!];
  if (operands.offset === all.length && operands.length !== undefined && operands.length < 0) throw belowZero(subject);
  return sliceList(all.map((_, index) => index), all, all.length, operands.offset!, operands.length, subject);
}

/** Patterns of `${…}`: extended ones always parse where bash has extglob on. */
function patternOf(shell: Shell, text: string, bytes: boolean, replaces = false): ReturnType<typeof compilePattern> {
  return compilePattern(text, { extglob: shell.options.extglob, nocase: replaces && shell.options.nocasematch, bytes, dashSets: shell.dialect === 'dash' });
}

function pourText(text: string, sink: Sink, quoted: boolean): void {
  if (quoted) sink.quoted(text);
  else sink.split(text);
}

/** `${!x*}` and `${!x[*]}`: where IFS is empty they are one text even outside quotes. */
function pourNames(names: readonly string[], star: boolean, joint: string, sink: Sink, quoted: boolean, shell: Shell): void {
  if (star && !quoted && shell.separators === '' && sink.joins === undefined) sink.split(names.join(joint));
  else if (quoted && !star && sink.changed !== undefined) sink.changed(names);
  else pourList(names, star, sink, quoted, shell);
}

function pourList(values: readonly string[], star: boolean, sink: Sink, quoted: boolean, shell: Shell, positional = false): void {
  if (!quoted) return sink.splitList(values, star);
  if (!star) return sink.list(values);
  const ifs = shell.separators;
  if (sink.star !== undefined && positional) return sink.star(values);
  sink.quoted(values.join(ifs === '' ? '' : String.fromCodePoint(ifs.codePointAt(0)!)));
}

const CHANGES: ReadonlySet<string> = new Set(['trim', 'slice', 'replace', 'case', 'transform']);

/** `"${*#x}"` and its like: as in bash it is split where a `"$@"` stands within the same quotes. */
function pourChanged(values: readonly string[], star: boolean, sink: Sink, quoted: boolean, shell: Shell, joins = false): void {
  if (sink.changed !== undefined && !star && (quoted || joins)) return sink.changed(values);
  if (quoted && star && sink.besideList !== undefined && shell.separators !== '') return sink.besideList(/^[ \t\n]/.test(shell.separators) ? values.filter((value) => value !== '') : values);
  pourList(values, star, sink, quoted, shell);
}

/** Whether an offset lies within the value; the length is not looked at where it does not. */
export function reaches(shell: Shell, value: Value, offset: number): boolean {
  const { text, list, variable } = single(value);
  const size = text !== undefined ? (countsBytes(shell, text) ? encode(text).length : lengthOf(text)) : variable?.list ? Number(variable.list.last) + 1 : list!.length + 1;
  return offset < 0 ? size + offset >= 0 : offset <= size;
}

/** bash: `$@` in an unquoted operand is one text before IFS divides it; where nothing does, `$*` in what becomes a text is joined by blanks, too. */
export function isJoined(shell: Shell, { value }: Decision, { isText }: Sink): boolean {
  return shell.isBash && value.list !== undefined && (shell.separators === '' ? value.star && isText === true : !value.star);
}

/** bash does not look at the operands of what works on a value where there is none. */
export function isWithoutOperands(shell: Shell, { operation }: Parameter, { value }: Decision): boolean {
  if (!shell.isBash || (operation?.type !== 'trim' && operation?.type !== 'replace' && operation?.type !== 'case')) return false;
  if (value.list !== undefined) return value.list.length === 0;
  return value.text === undefined || (operation.type === 'trim' && value.text === '');
}

/** The numbers of a slice are not looked at where there is nothing to cut. */
export function isUnsetSlice({ operation }: Parameter, { value }: Decision): boolean {
  return operation?.type === 'slice' && (value.list === undefined ? value.text === undefined : value.list.length === 0 && !value.isPositional);
}

/** A slice's arithmetic errors are told with the parameter's name. */
export function ofParameter<T>(name: string, evaluate: () => T): T {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof ExpansionError && !error.isFatal && !error.isInner) error.message = `${name}: ${error.message}`;
    throw error;
  }
}

/** What might have been a list is a text after all, which makes a field even when it is empty. */
export function isText(part: Parameter, { value, use }: Decision): boolean {
  return isAtList(part) && (use === 'pour' || (part.indirect && (value.list === undefined || value.star)));
}

/** Whether it stands for several fields within quotes, as things are. */
export function isListNow({ variables }: Shell, part: Parameter): boolean {
  return isAtList(part) && (!part.indirect || part.operation?.type === 'keys' || part.operation?.type === 'names' || /^@$|\[@\]$/.test(part.index === undefined ? variables.get(part.name) ?? '@' : '@'));
}

/** Whether it may stand for several fields within quotes. */
export function isAtList({ name, index, operation, indirect }: Parameter): boolean {
  if (operation?.type === 'length') return false;
  if (operation?.type === 'keys') return index?.all === '@';
  if (operation?.type === 'names') return operation.all === '@';
  if (indirect) return true;
  return name === '@' || index?.all === '@';
}

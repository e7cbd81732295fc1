// awk's functions on strings and numbers.
import type { CompiledRegex } from '../../regex/posix-regex.js';
import { formatValues } from './format.js';
import type { Runtime } from './runtime.js';
import { awkRegex } from './regex.js';
import { piecesOf, splitterOf } from './split.js';
import { formatTime, parseTime } from './time.js';
import { AwkFatal, InputText, textLength, toBoolean, toNumber, type Value } from './values.js';

/** What strftime() says without a format. */
export const DATE_FORMAT = '%a %b %e %H:%M:%S %Z %Y';
const ASTRAL = /[\ud800-\udbff]/;

/** Characters from `start` on, the first where that is before it; fractions are cut off, as all awks do. */
export function substring(text: string, start: number, length: number): string {
  const low = start >= 1 ? Math.trunc(start) - 1 : 0;
  const high = length >= 1 ? low + Math.trunc(length) : low;
  return ASTRAL.test(text) ? [...text].slice(low, high === Infinity ? undefined : high).join('') : text.slice(low, high === Infinity ? undefined : high);
}

function position(text: string, index: number): number {
  return ASTRAL.test(text) ? textLength(text.slice(0, index)) : index;
}

/** 1-based, 0 for not found. */
export function indexOf(text: string, part: string): number {
  return position(text, text.indexOf(part)) + 1;
}

/** match(): sets RSTART and RLENGTH, and (gawk) an array of the groups. */
export function match(runtime: Runtime, text: string, regex: CompiledRegex, array: Map<string, Value> | undefined): number {
  const found = regex.exec(text);
  const start = found ? position(text, found.index) + 1 : 0;
  runtime.cell('RSTART').value = start;
  runtime.cell('RLENGTH').value = found ? textLength(found[0]) : -1;
  if (!array) return start;
  array.clear();
  found?.forEach((group, i) => {
    if (group === undefined) return;
    array.set(String(i), new InputText(group));
    const at = i === 0 ? start : position(text, text.indexOf(group, found.index)) + 1;
    array.set(`${i}${runtime.subsep}start`, at);
    array.set(`${i}${runtime.subsep}length`, textLength(group));
  });
  return start;
}

/** A separator as an expression, to tell what stood between; undefined where nothing does. */
function separatorRegex(separator: string, ignoreCase: boolean): CompiledRegex | undefined {
  if (separator === '') return undefined;
  if (separator === ' ') return awkRegex('[ \t\n]+');
  return awkRegex(separator.length === 1 ? separator.replace(/[.*[\]^$+?(){}|\\]/, '\\$&') : separator, ignoreCase && separator.length > 1);
}

/** patsplit(): the pieces that match, and what is around them. */
export function patternSplit(text: string, array: Map<string, Value>, pattern: CompiledRegex, separators?: Map<string, Value>): number {
  const between: string[] = [];
  const pieces = piecesOf(text, pattern, between);
  array.clear();
  separators?.clear();
  pieces.forEach((piece, i) => array.set(String(i + 1), new InputText(piece)));
  if (separators) between.forEach((piece, i) => separators.set(String(i), piece));
  return pieces.length;
}

/** split(): by a separator string, or an expression. */
export function split(text: string, array: Map<string, Value>, separator: string | CompiledRegex, separators?: Map<string, Value>, ignoreCase = false): number {
  array.clear();
  separators?.clear();
  if (typeof separator === 'string') {
    const between = separators && separatorRegex(separator, ignoreCase);
    if (between && separator === ' ') {
      const [, before = '', own = '', after = ''] = /^([ \t\n]*)([^]*?)([ \t\n]*)$/.exec(text)!;
      const count = split(own, array, between, separators);
      if (before !== '') separators.set('0', before);
      if (after !== '') separators.set(String(count), after);
      return count;
    }
    if (between) return split(text, array, between, separators);
    const pieces = splitterOf(separator, ignoreCase)(text);
    pieces.forEach((piece, i) => array.set(String(i + 1), new InputText(piece)));
    if (separator === '') pieces.slice(1).forEach((_, i) => separators?.set(String(i + 1), ''));
    return pieces.length;
  }
  if (text === '') return 0;
  let count = 0;
  let start = 0;
  for (let at = 0; at <= text.length; ) {
    const found = separator.exec(text, at);
    if (!found) break;
    if (found[0] === '') {
      at = found.index + 1;
      continue;
    }
    array.set(String(++count), new InputText(text.slice(start, found.index)));
    separators?.set(String(count), found[0]);
    start = at = found.index + found[0].length;
  }
  array.set(String(++count), new InputText(text.slice(start)));
  return count;
}

/** The pieces of a replacement: text, and where the match goes (`&`). Backslashes mean something before an ampersand only: two are one, and one that is left takes its meaning. */
function replacementParts(text: string): (string | undefined)[] {
  if (!text.includes('&')) return [text];
  const parts: (string | undefined)[] = [];
  let literal = '';
  let at = 0;
  for (const { 0: found, 1: backslashes = '', index } of text.matchAll(/(\\*)&/g)) {
    literal += text.slice(at, index) + '\\'.repeat(backslashes.length >> 1);
    at = index + found.length;
    if (backslashes.length % 2 === 1) {
      literal += '&';
    } else {
      parts.push(literal, undefined);
      literal = '';
    }
  }
  return [...parts, literal + text.slice(at)];
}

/** sub() and gsub(): the new text and how often; `which` is `all` or the number of the one to replace. */
export function substitute(text: string, regex: CompiledRegex, replacement: string | ((match: RegExpExecArray) => string), which: number | 'all'): { text: string; count: number } {
  const parts = typeof replacement === 'string' ? replacementParts(replacement) : [];
  const plain = parts.length === 1 ? parts[0]! : undefined;
  let out = '';
  let copied = 0;
  let seen = 0;
  let count = 0;
  let previousEnd = -1;
  for (let at = 0; at <= text.length; ) {
    const found = regex.exec(text, at);
    if (!found) break;
    const start = found.index;
    const end = start + found[0].length;
    if (end > start || start !== previousEnd) {
      seen++;
      if (which === 'all' || seen === which) {
        const piece = typeof replacement === 'function' ? replacement(found) : (plain ?? parts.map((part) => part ?? found[0]).join(''));
        out += text.slice(copied, start) + piece;
        copied = end;
        count++;
        if (which !== 'all') break;
      }
    }
    previousEnd = end;
    at = end > start ? end : end + 1;
  }
  return { text: count === 0 ? text : out + text.slice(copied), count };
}

/** gensub(): `\N` and `&` in the replacement, the N-th or all (`g`) matches. */
export function gensub(regex: CompiledRegex, replacement: string, how: Value, text: string, runtime: Runtime): string {
  const all = /^[gG]/.test(runtime.text(how));
  const which = all ? ('all' as const) : Math.max(1, Math.trunc(toNumber(how)));
  return substitute(text, regex, (found) => replacement.replace(/\\(\d|[^])|&/g, (whole, escaped?: string) => {
    if (escaped === undefined) return found[0];
    return /\d/.test(escaped) ? (found[Number(escaped)] ?? '') : escaped === '&' ? '&' : escaped === '\\' ? '\\' : whole;
  }), which).text;
}

/** rand(): the same sequence in every run until srand. */
export class Random {
  #state = 0x2545f491;
  #seed = 0;

  next(): number {
    // xorshift32, twice: 53 bits would show its short period less than 32.
    const step = (): number => {
      this.#state ^= this.#state << 13;
      this.#state ^= this.#state >>> 17;
      this.#state ^= this.#state << 5;
      return this.#state >>> 0;
    };
    return (step() * 2097152 + (step() >>> 11)) / 2 ** 53;
  }

  /** Answers with the seed before. */
  seed(seed: number): number {
    const before = this.#seed;
    this.#seed = seed;
    this.#state = (Math.imul(Math.trunc(seed) + 1, 0x9e3779b1) ^ 0x6d2b79f5) | 1;
    for (let i = 0; i < 4; i++) this.next();
    return before;
  }
}

type Plain = (runtime: Runtime, args: readonly Value[]) => Value;

function integer(value: Value): bigint {
  return BigInt(Math.trunc(toNumber(value)) || 0);
}

/** The functions that take values and give one. */
export const PLAIN_BUILTINS: Readonly<Record<string, Plain>> = {
  sin: (_, [x]) => Math.sin(toNumber(x)),
  cos: (_, [x]) => Math.cos(toNumber(x)),
  atan2: (_, [y, x]) => Math.atan2(toNumber(y), toNumber(x)),
  exp: (_, [x]) => Math.exp(toNumber(x)),
  log: (_, [x]) => Math.log(toNumber(x)),
  sqrt: (_, [x]) => Math.sqrt(toNumber(x)),
  int: (_, [x]) => Math.trunc(toNumber(x)),
  tolower: (runtime, [text]) => runtime.text(text).toLowerCase(),
  toupper: (runtime, [text]) => runtime.text(text).toUpperCase(),
  index: (runtime, [text, part]) => indexOf(runtime.text(text), runtime.text(part)),
  sprintf: (runtime, [format, ...args]) => formatValues(runtime.text(format), args, runtime.convfmt, runtime.manners === 'gnu'),
  systime: () => Math.floor(Date.now() / 1000),
  mktime: (runtime, [spec, utc]) => parseTime(runtime.text(spec), toNumber(utc) !== 0, runtime.process.env.get('TZ')),
  strftime: (runtime, [format, time, utc]) => formatTime(runtime.text(format ?? runtime.cell('PROCINFO').array.get('strftime') ?? DATE_FORMAT), time === undefined ? Math.floor(Date.now() / 1000) : toNumber(time), toNumber(utc) !== 0, runtime.process.env.get('TZ')),
  and: (_, args) => Number(args.map(integer).reduce((a, b) => a & b)),
  or: (_, args) => Number(args.map(integer).reduce((a, b) => a | b)),
  xor: (_, args) => Number(args.map(integer).reduce((a, b) => a ^ b)),
  lshift: (_, [x, by]) => Number(integer(x) << integer(by)),
  rshift: (_, [x, by]) => Number(integer(x) >> integer(by)),
  compl: (_, [x]) => Number(BigInt.asUintN(53, ~integer(x))),
  mkbool: (_, [x]) => (toBoolean(x) ? 1 : 0),
  // There are no catalogues of messages here.
  dcgettext: (runtime, [text]) => runtime.text(text),
  dcngettext: (runtime, [one, many, count]) => runtime.text(toNumber(count) === 1 ? one : many),
  bindtextdomain: (runtime, [folder]) => runtime.text(folder),
  strtonum: (runtime, [x]) => {
    const text = runtime.text(x).trim();
    if (/^0[xX][0-9a-fA-F]+/.test(text)) return parseInt(text, 16);
    return /^0[0-7]+$/.test(text) ? parseInt(text, 8) : toNumber(x);
  },
};

/** How many arguments a function takes at least, for the complaint about too few. */
export function requireArguments(name: string, count: number, least: number): void {
  if (count < least) throw new AwkFatal(`${count} is invalid as number of arguments for ${name}`);
}

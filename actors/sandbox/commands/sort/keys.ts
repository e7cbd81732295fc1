// Sort keys: where in a line they are (`-k 2.3b,4n`), what is compared of them, and how.
import { createHash } from 'node:crypto';
import { UsageError } from '../../programs/stdio.js';
import { compareVersions } from './version.js';

/** Letters of an ordering: b d f g h i M n R r V. */
export interface Ordering {
  flags: ReadonlySet<string>;
}

export interface SortKey extends Ordering {
  startField: number;
  startCharacter: number;
  /** Infinity: to the end of the line. */
  endField: number;
  endCharacter: number;
  startSkipsBlanks: boolean;
  endSkipsBlanks: boolean;
}

/** Old scripts' `sort +1 -2`: fields and characters counted from 0, the end's not among them. */
export function modernKeys(argv: readonly string[]): string[] {
  const words: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const start = i > 0 && argv[i - 1] !== '-o' ? /^\+(\d+)(?:\.(\d+))?([bdfghiMnRrV]*)$/.exec(argv[i]!) : null;
    if (!start) {
      words.push(argv[i]!);
      continue;
    }
    const end = /^-(\d+)(?:\.(\d+))?([bdfghiMnRrV]*)$/.exec(argv[i + 1] ?? '');
    const from = `${Number(start[1]) + 1}.${Number(start[2] ?? 0) + 1}${start[3]!}`;
    const to = end && (Number(end[2] ?? 0) === 0 ? `${end[1]!}${end[3]!}` : `${Number(end[1]) + 1}.${end[2]!}${end[3]!}`);
    words.push('-k', to ? `${from},${to}` : from);
    if (end) i++;
  }
  return words;
}

const SPEC = /^(\d+)(?:\.(\d+))?([bdfghiMnRrV]*)(?:,(\d+)(?:\.(\d+))?([bdfghiMnRrV]*))?$/;

/** Parses the argument of -k; flags of its own replace the global ones. */
export function parseKey(spec: string, global: ReadonlySet<string>): SortKey {
  const match = SPEC.exec(spec);
  if (!match) {
    if (/^\d[^,]*,(?!\d)/.test(spec)) throw new UsageError(`invalid number after ',': invalid count at start of '${spec.slice(spec.indexOf(',') + 1)}'`, 2);
    if (/^\d/.test(spec)) throw new UsageError(`stray character in field spec: invalid field specification '${spec}'`, 2);
    throw new UsageError(`invalid number at field start: invalid count at start of '${spec}'`, 2);
  }
  const [, field, character, startFlags = '', endField, endCharacter, endFlags = ''] = match;
  if (Number(field) === 0 || endField === '0') throw new UsageError(`field number is zero: invalid field specification '${spec}'`, 2);
  if (character === '0') throw new UsageError(`character offset is zero: invalid field specification '${spec}'`, 2);
  const own = new Set([...startFlags, ...endFlags]);
  const flags = own.size > 0 ? own : global;
  return {
    flags,
    startField: Number(field) - 1,
    startCharacter: character === undefined ? 0 : Number(character) - 1,
    endField: endField === undefined ? Infinity : Number(endField) - 1,
    endCharacter: endCharacter === undefined ? 0 : Number(endCharacter),
    startSkipsBlanks: own.size > 0 ? startFlags.includes('b') : global.has('b'),
    endSkipsBlanks: own.size > 0 ? endFlags.includes('b') : global.has('b'),
  };
}

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 32 || code === 9 || code === 10;
}

function skipBlanks(line: string, at: number): number {
  let i = at;
  while (i < line.length && isBlank(line, i)) i++;
  return i;
}

function skipField(line: string, at: number): number {
  let i = skipBlanks(line, at);
  while (i < line.length && !isBlank(line, i)) i++;
  return i;
}

/** The part of a line that a key names. */
export function keyText(line: string, key: SortKey, tab: string | undefined): string {
  let start = 0;
  for (let left = key.startField; left > 0 && start < line.length; left--) {
    if (tab === undefined) {
      start = skipField(line, start);
    } else {
      const at = line.indexOf(tab, start);
      start = at < 0 ? line.length : at + 1;
    }
  }
  if (key.startSkipsBlanks) start = skipBlanks(line, start);
  start = Math.min(line.length, start + key.startCharacter);
  if (key.endField === Infinity) return line.slice(start);
  return line.slice(start, Math.max(start, keyEnd(line, key, tab)));
}

function keyEnd(line: string, key: SortKey, tab: string | undefined): number {
  const whole = key.endCharacter === 0;
  let end = 0;
  for (let left = key.endField + (whole ? 1 : 0); left > 0 && end < line.length; left--) {
    if (tab === undefined) {
      end = skipField(line, end);
      continue;
    }
    const at = line.indexOf(tab, end);
    end = at < 0 ? line.length : left > 1 || !whole ? at + 1 : at;
  }
  if (whole) return end;
  if (key.endSkipsBlanks) end = skipBlanks(line, end);
  return Math.min(line.length, end + key.endCharacter);
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** -n: an optional minus and a decimal number after blanks; anything else is 0. */
function decimal(text: string): number {
  // Plain digits are what nearly all numbers are.
  let plain = 0;
  let at = 0;
  for (; at < text.length && at < 15; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) break;
    plain = plain * 10 + digit;
  }
  if (at > 0 && at === text.length) return plain;
  const match = /^[ \t\n]*(-?\d*\.?\d*)/.exec(text)!;
  const value = Number(match[1]);
  return Number.isNaN(value) ? 0 : value;
}

/** -h: first by sign and suffix, then by number. */
function human(text: string): number {
  const match = /^[ \t\n]*(-?)(\d*\.?\d*)([kKMGTPEZYRQ]?)/.exec(text)!;
  const value = Number(match[2]) || 0;
  if (value === 0) return 0;
  const power = match[3] === '' ? 0 : 'KMGTPEZYRQ'.indexOf(match[3]!.toUpperCase()) + 1;
  return (match[1] === '-' ? -1 : 1) * (power * 1e15 + Math.min(value, 1e15 - 1));
}

/** A NaN is below all numbers and above what is no number; infinities get the places next to them. */
const NOT_A_NUMBER = -Infinity;
const NAN = -Number.MAX_VALUE;
const MINUS_INFINITY = -1.7976931348623155e308;

/** -g: as strtod. */
function general(text: string): number {
  const match = /^\s*([-+]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|inf(?:inity)?|nan))/i.exec(text);
  if (!match) return NOT_A_NUMBER;
  const word = match[1]!.toLowerCase();
  if (word.includes('inf')) return word.startsWith('-') ? MINUS_INFINITY : Infinity;
  if (word.includes('nan')) return NAN;
  return Number(word);
}

/** -R: equal texts stay together, in an order that the salt alone decides. */
function scramble(text: string, salt: Uint8Array): string {
  return createHash('md5').update(salt).update(text, 'latin1').digest('binary');
}

export type KeyValue = string | number;

/** What of a key's text is kept for comparison. */
export function keyValue({ flags }: Ordering, salt: Uint8Array): (text: string) => KeyValue {
  if (flags.has('n')) return decimal;
  if (flags.has('g')) return general;
  if (flags.has('h')) return human;
  if (flags.has('M')) return (text) => MONTHS.indexOf(text.trimStart().slice(0, 3).toUpperCase()) + 1;
  if (flags.has('R')) return (text) => scramble(text, salt);
  const folds = flags.has('f');
  const dictionary = flags.has('d');
  const printing = flags.has('i');
  if (!folds && !dictionary && !printing) return (text) => text;
  return (text) => {
    let value = text;
    if (dictionary) value = value.replace(/[^A-Za-z0-9 \t\n]/g, '');
    else if (printing) value = value.replace(/[^ -~]/g, '');
    return folds ? value.replace(/[a-z]+/g, (part) => part.toUpperCase()) : value;
  };
}

/** Compares two values of one key. */
export function keyComparison({ flags }: Ordering): (a: KeyValue, b: KeyValue) => number {
  const plain = (a: KeyValue, b: KeyValue): number => (a < b ? -1 : a > b ? 1 : 0);
  const numeric = ['n', 'g', 'h', 'M', 'R'].some((flag) => flags.has(flag));
  const compare = flags.has('V') && !numeric ? (a: KeyValue, b: KeyValue) => compareVersions(a as string, b as string) : plain;
  return flags.has('r') ? (a, b) => compare(b, a) : compare;
}

// The sets of tr: ranges, classes, escapes, `[x*n]`, expanded to bytes.
import { decode } from '../kernel/text.js';
import { UsageError } from '../programs/stdio.js';

export interface TrSet {
  bytes: number[];
  /** Where `[x*]` stands, and the byte it repeats as often as needed. */
  fillAt?: number;
  fill?: number;
  /** Whether it has a class other than upper and lower. */
  hasClass: boolean;
  /** Where its classes of one case stand. */
  cases: { at: number; isUpper: boolean }[];
}

const CLASSES: Readonly<Record<string, (byte: number) => boolean>> = {
  alpha: (b) => (b >= 65 && b <= 90) || (b >= 97 && b <= 122),
  digit: (b) => b >= 48 && b <= 57,
  alnum: (b) => (b >= 48 && b <= 57) || (b >= 65 && b <= 90) || (b >= 97 && b <= 122),
  upper: (b) => b >= 65 && b <= 90,
  lower: (b) => b >= 97 && b <= 122,
  space: (b) => b === 32 || (b >= 9 && b <= 13),
  blank: (b) => b === 32 || b === 9,
  punct: (b) => (b >= 33 && b <= 47) || (b >= 58 && b <= 64) || (b >= 91 && b <= 96) || (b >= 123 && b <= 126),
  print: (b) => b >= 32 && b <= 126,
  graph: (b) => b >= 33 && b <= 126,
  cntrl: (b) => b < 32 || b === 127,
  xdigit: (b) => (b >= 48 && b <= 57) || (b >= 65 && b <= 70) || (b >= 97 && b <= 102),
};

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92 };

/** Throws UsageError in GNU's words. */
export function expandSet(text: Uint8Array, options: { allowFill: boolean }): TrSet {
  const set: TrSet = { bytes: [], hasClass: false, cases: [] };
  for (let at = 0; at < text.length; ) {
    const next = bracketed(text, at, set, options);
    if (next !== undefined) {
      at = next;
      continue;
    }
    const [low, after] = byteAt(text, at);
    if (text[after] !== 45 || after + 1 >= text.length) {
      set.bytes.push(low);
      at = after;
      continue;
    }
    const [high, end] = byteAt(text, after + 1);
    if (high < low) {
      const range = Buffer.from(text.subarray(at, end)).toString('latin1');
      throw new UsageError(`range-endpoints of '${range}' are in reverse collating sequence order`);
    }
    for (let byte = low; byte <= high; byte++) set.bytes.push(byte);
    at = end;
  }
  return set;
}

function byteAt(text: Uint8Array, at: number): [number, number] {
  if (text[at] !== 92 || at + 1 >= text.length) return [text[at]!, at + 1];
  const octal = /^[0-7]{1,3}/.exec(Buffer.from(text.subarray(at + 1, at + 4)).toString('latin1'));
  if (octal) {
    const value = parseInt(octal[0], 8);
    return value > 255 ? [value >> 3, at + octal[0].length] : [value, at + 1 + octal[0].length];
  }
  const letter = String.fromCharCode(text[at + 1]!);
  return [ESCAPES[letter] ?? text[at + 1]!, at + 2];
}

/** `[:class:]`, `[=c=]` or `[c*n]` at `at`: adds it and answers where it ends. */
function bracketed(text: Uint8Array, at: number, set: TrSet, { allowFill }: { allowFill: boolean }): number | undefined {
  if (text[at] !== 91) return undefined;
  const rest = Buffer.from(text.subarray(at)).toString('latin1');
  const named = /^\[:([a-z]*):\]/.exec(rest);
  if (named) {
    const members = Object.hasOwn(CLASSES, named[1]!) ? CLASSES[named[1]!]! : undefined;
    if (!members) throw new UsageError(`invalid character class '${named[1]!}'`);
    if (named[1] !== 'upper' && named[1] !== 'lower') set.hasClass = true;
    else set.cases.push({ at: set.bytes.length, isUpper: named[1] === 'upper' });
    for (let byte = 0; byte < 256; byte++) if (members(byte)) set.bytes.push(byte);
    return at + named[0].length;
  }
  const same = /^\[=([^]+?)=\]/.exec(rest);
  if (same) {
    if (same[1]!.length > 1) throw new UsageError(`${decode(Buffer.from(same[1]!, 'latin1'))}: equivalence class operand must be a single character`);
    set.bytes.push(same[1]!.charCodeAt(0));
    return at + same[0].length;
  }
  if (at + 1 >= text.length) return undefined;
  const [byte, after] = byteAt(text, at + 1);
  const repeat = /^\*(\d*)\]/.exec(rest.slice(after - at));
  if (!repeat) return undefined;
  const digits = repeat[1]!;
  if (digits.startsWith('0') && /[89]/.test(digits)) throw new UsageError(`invalid repeat count '${digits}' in [c*n] construct`);
  if (!allowFill && Number(digits) === 0) throw new UsageError('the [c*] repeat construct may not appear in string1');
  const count = digits.startsWith('0') ? parseInt(digits, 8) : Number(digits);
  if (digits === '' || count === 0) {
    set.fillAt = set.bytes.length;
    set.fill = byte;
  } else {
    for (let i = 0; i < count; i++) set.bytes.push(byte);
  }
  return after + repeat[0].length;
}

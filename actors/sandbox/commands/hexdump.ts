// hexdump and hd: bytes in hexadecimal (-C, -e and the fixed layouts).
import type { Main } from '../kernel/program.js';
import { command, complain, parseOptions, readAll, UsageError } from '../programs/stdio.js';
import { convertNumber } from './awk/conversions.js';
import { BLOCKS, parseSize } from './common/sizes.js';
import { Inputs, Pace } from './text-input.js';

const ROW = 16;

function printable(byte: number): string {
  return byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.';
}

function canonical(row: Uint8Array, offset: number): string {
  const cell = (i: number): string => (i < row.length ? row[i]!.toString(16).padStart(2, '0') : '  ');
  const half = (from: number): string => Array.from({ length: 8 }, (_, i) => cell(from + i)).join(' ');
  return `${offset.toString(16).padStart(8, '0')}  ${half(0)}  ${half(8)}  |${Array.from(row, printable).join('')}|\n`;
}

/** Two-byte words, least byte first. */
function words(row: Uint8Array, offset: number, show: (word: number) => string): string {
  const cells = Array.from({ length: Math.ceil(row.length / 2) }, (_, i) => show(row[i * 2]! | ((row[i * 2 + 1] ?? 0) << 8)));
  return `${offset.toString(16).padStart(7, '0')}${cells.join('').padEnd(8 * show(0).length)}\n`;
}

interface Unit {
  count: number;
  size: number;
  format: string;
  /** Whether the count was given; the last unit of a format that has none fills up the block. */
  isCounted: boolean;
}

const ESCAPED: Readonly<Record<number, string>> = { 0: '\\0', 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r' };
const CONTROLS = ['nul', 'soh', 'stx', 'etx', 'eot', 'enq', 'ack', 'bel', 'bs', 'ht', 'lf', 'vt', 'ff', 'cr', 'so', 'si', 'dle', 'dc1', 'dc2', 'dc3', 'dc4', 'nak', 'syn', 'etb', 'can', 'em', 'sub', 'esc', 'fs', 'gs', 'rs', 'us'];

/** `%_c`: as C writes it, octal where C has no letter for it. */
function escaped(byte: number): string {
  return ESCAPED[byte] ?? (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : byte.toString(8).padStart(3, '0'));
}

/** `%_u`: control characters by name. */
function named(byte: number): string {
  return CONTROLS[byte] ?? (byte === 127 ? 'del' : byte < 127 ? String.fromCharCode(byte) : byte.toString(16).padStart(2, '0'));
}

/** -c: each byte as a character. */
function characters(row: Uint8Array, offset: number): string {
  return `${offset.toString(16).padStart(7, '0')} ${Array.from(row, (byte) => escaped(byte).padStart(3)).join(' ').padEnd(63)}\n`;
}

/** `4/1 "%02x " "\n"`. */
function parseFormat(text: string): Unit[] {
  const units: Unit[] = [];
  for (const [, count, size, format] of text.matchAll(/(?:(\d+)?(?:\/(\d+))?\s*)?"((?:[^"\\]|\\.)*)"/g)) {
    const plain = format!.replace(/\\([ntrabfv\\"])/g, (_, letter: string) => ({ n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' })[letter] ?? letter);
    const wide = /%[^%]*?[cs_]/.test(plain) ? 1 : 4;
    const converts = /%(?!%|[-+ #0]*\d*(?:\.\d+)?_[aA])/.test(plain.replaceAll('%%', ''));
    units.push({ count: Number(count ?? 1), size: converts ? Number(size ?? wide) : 0, format: plain, isCounted: count !== undefined });
  }
  if (units.length === 0) throw new UsageError(`bad format {${text}}`);
  return units;
}

const CONVERSION = /%([-+ #0]*)(\d*)(?:\.(\d+))?(_[aAcpu][dox]?|[a-zA-Z])/g;

/** Offsets are in hexadecimal unless the conversion says otherwise. */
function addressText(letter: string, address: number): string {
  return address.toString(letter[2] === 'd' ? 10 : letter[2] === 'o' ? 8 : 16);
}

function unitText(format: string, bytes: Uint8Array, last: boolean, address: number): string {
  const value = bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
  const text = format.replace(CONVERSION, (_, flags: string, width: string, precision: string | undefined, letter: string) => {
    if (letter.startsWith('_a') || letter.startsWith('_A')) return addressText(letter, address).padStart(Math.max(Number(width), Number(precision ?? 0)), flags.includes('0') || precision !== undefined ? '0' : ' ');
    if (letter === 'c') return String.fromCharCode(value).padStart(Number(width));
    if (letter.startsWith('_p')) return printable(value).padStart(Number(width));
    if (letter.startsWith('_c')) return escaped(value).padStart(Number(width));
    if (letter.startsWith('_u')) return named(value).padStart(Number(width));
    if (letter === 's') return Buffer.from(bytes).toString('latin1');
    return convertNumber({ flags, width: Number(width), precision: precision === undefined ? undefined : Number(precision), letter }, value);
  });
  return last ? text.replace(/ +$/, '') : text;
}

/** A unit without a value: its conversions blank. */
function blanked(format: string, last: boolean): string {
  const shown = last ? format.replace(/ +$/, '') : format;
  return shown.replace(CONVERSION, (_conversion, _flags: string, width: string) => ' '.repeat(Number(width)));
}

/** What a format takes from the input in one turn; the last unit without a count of its own is repeated to fill the block. */
function fill(units: readonly Unit[], block: number): Unit[] {
  const taken = sizeOf(units);
  const last = units.findLast(({ size }) => size > 0);
  return units.map((unit) => (unit === last && !unit.isCounted && taken < block ? { ...unit, count: unit.count + Math.floor((block - taken) / unit.size) } : unit));
}

function sizeOf(units: readonly Unit[]): number {
  return units.reduce((sum, { count, size }) => sum + count * size, 0);
}

/** Applies the formats to block after block; each of them sees the whole block. */
function custom(bytes: Uint8Array, formats: readonly (readonly Unit[])[], squeezes: boolean, base: number): string {
  const block = Math.max(1, ...formats.map(sizeOf));
  const filled = formats.map((units) => fill(units, block));
  let out = '';
  let starred = false;
  for (let at = 0; at < bytes.length; at += block) {
    if (squeezes && at >= block && at + block <= bytes.length && Buffer.compare(bytes.subarray(at, at + block), bytes.subarray(at - block, at)) === 0) {
      if (!starred) out += '*\n';
      starred = true;
      continue;
    }
    starred = false;
    for (const units of filled) out += formatted(bytes, at, units, base);
  }
  return out + filled.flat().filter(({ format }) => /%[-+ #0]*\d*(?:\.\d+)?_A/.test(format)).map(({ format }) => unitText(format, NONE, false, base + bytes.length)).join('');
}

const NONE = new Uint8Array(0);

function formatted(bytes: Uint8Array, start: number, units: readonly Unit[], base: number): string {
  let out = '';
  let at = start;
  for (const { count, size, format } of units) {
    if (/%[-+ #0]*\d*(?:\.\d+)?_A/.test(format)) continue;
    if (size === 0) out += unitText(format, NONE, false, base + at).repeat(count);
    for (let i = 0; size > 0 && i < count; i++) {
      const last = i === count - 1 && count > 1;
      // Behind the end of the input the layout is kept: blanks for what would be converted, the rest as it is.
      out += at < bytes.length ? unitText(format, bytes.subarray(at, at + size), last, base + at) : blanked(format, last);
      at += size;
    }
  }
  return out;
}

export const hexdump: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'bcCde:f:n:os:vx', { canonical: 'no', length: 'required', skip: 'required', 'no-squeezing': 'no' });
  const skip = parseSize(options.value('s', 'skip') ?? '0', BLOCKS) ?? Number(options.value('s', 'skip'));
  const length = options.value('n', 'length') === undefined ? Infinity : (parseSize(options.value('n', 'length')!, BLOCKS) ?? Number(options.value('n', 'length')));
  const parts: Uint8Array[] = [];
  const inputs = new Inputs(process, options.operands);
  for (let file = yield* inputs.next(); file; file = yield* inputs.next()) parts.push(yield* readAll(process, file.fd));
  if (inputs.failed && parts.length === 0) {
    yield* complain(process, 'all input file arguments failed');
    return 1;
  }
  const all = Buffer.concat(parts);
  const bytes = all.subarray(skip, Math.min(all.length, skip + length));
  const formats = options.given.get('e') ?? [];
  if (formats.length > 0) {
    output.print(Buffer.from(custom(bytes, formats.map(parseFormat), !options.has('v', 'no-squeezing'), skip), 'latin1'));
    return inputs.failed ? 1 : 0;
  }
  const canonicalRows = options.has('C', 'canonical') || process.argv[0]!.endsWith('hd');
  const show = options.has('d') ? (word: number) => `   ${String(word).padStart(5, '0')}` : options.has('o') ? (word: number) => `  ${word.toString(8).padStart(6, '0')}`
    : options.has('x') ? (word: number) => `    ${word.toString(16).padStart(4, '0')}` : (word: number) => ` ${word.toString(16).padStart(4, '0')}`;
  const row = canonicalRows ? canonical : options.has('c') ? characters : options.has('b')
    ? (data: Uint8Array, offset: number) => `${offset.toString(16).padStart(7, '0')} ${Array.from(data, (byte) => byte.toString(8).padStart(3, '0')).join(' ').padEnd(63)}\n`
    : (data: Uint8Array, offset: number) => words(data, offset, show);
  const pace = new Pace();
  let starred = false;
  for (let at = 0; at < bytes.length; at += ROW) {
    const data = bytes.subarray(at, at + ROW);
    const repeats = at > 0 && data.length === ROW && !options.has('v', 'no-squeezing') && Buffer.compare(data, bytes.subarray(at - ROW, at)) === 0;
    if (!repeats) output.print(row(data, skip + at));
    else if (!starred) output.print('*\n');
    starred = repeats;
    if (!output.isFull) continue;
    yield* output.flush();
    yield* pace.turn();
  }
  if (bytes.length > 0) output.print(`${(skip + bytes.length).toString(16).padStart(canonicalRows ? 8 : 7, '0')}\n`);
  return inputs.failed ? 1 : 0;
});

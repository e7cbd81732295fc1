// hexdump and hd: bytes in hexadecimal (-C, -e and the fixed layouts).
import type { Main } from '../kernel/program.js';
import { command, parseOptions, readAll, UsageError } from '../programs/stdio.js';
import { convertNumber } from './awk/conversions.js';
import { Inputs, Pace } from './text-input.js';
import { parseSize } from './text-size.js';

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
}

/** `4/1 "%02x " "\n"`. */
function parseFormat(text: string): Unit[] {
  const units: Unit[] = [];
  for (const [, count, size, format] of text.matchAll(/(?:(\d+)?(?:\/(\d+))?\s*)?"((?:[^"\\]|\\.)*)"/g)) {
    const plain = format!.replace(/\\([ntrabfv\\"])/g, (_, letter: string) => ({ n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' })[letter] ?? letter);
    const wide = /%[^%]*?[cs_]/.test(plain) ? 1 : 4;
    units.push({ count: Number(count ?? 1), size: /%/.test(plain) ? Number(size ?? wide) : 0, format: plain });
  }
  if (units.length === 0) throw new UsageError(`bad format {${text}}`);
  return units;
}

const CONVERSION = /%([-+ #0]*)(\d*)(?:\.(\d+))?(_[aAcpu][dox]?|[a-zA-Z])/g;

function unitText(format: string, bytes: Uint8Array, last: boolean): string {
  const value = bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
  const text = format.replace(CONVERSION, (_, flags: string, width: string, precision: string | undefined, letter: string) => {
    if (letter === 'c') return String.fromCharCode(value).padStart(Number(width));
    if (letter.startsWith('_p')) return printable(value).padStart(Number(width));
    if (letter.startsWith('_c') || letter.startsWith('_u')) return (value >= 32 && value < 127 ? String.fromCharCode(value) : value.toString(8).padStart(3, '0')).padStart(Number(width));
    if (letter === 's') return Buffer.from(bytes).toString('latin1');
    return convertNumber({ flags, width: Number(width), precision: precision === undefined ? undefined : Number(precision), letter }, value);
  });
  return last ? text.replace(/ +$/, '') : text;
}

/** A unit without a value: its conversions blank. */
function blanked(format: string, last: boolean): string {
  const shown = last ? format.replace(/ +$/, '') : format;
  return shown.replace(CONVERSION, (conversion, _: string, width: string) => ' '.repeat(Number(width) || unitText(conversion, Uint8Array.of(0), false).length));
}

/** Applies the units again and again until the bytes are used up. */
function custom(bytes: Uint8Array, units: readonly Unit[], squeezes: boolean): string {
  let out = '';
  const block = units.reduce((sum, { count, size }) => sum + count * size, 0);
  let starred = false;
  for (let at = 0; at < bytes.length; ) {
    const before = at;
    if (squeezes && at >= block && at + block <= bytes.length && Buffer.compare(bytes.subarray(at, at + block), bytes.subarray(at - block, at)) === 0) {
      if (!starred) out += '*\n';
      starred = true;
      at += Math.max(1, block);
      continue;
    }
    starred = false;
    for (const { count, size, format } of units) {
      if (size === 0) out += format.repeat(count);
      for (let i = 0; size > 0 && i < count; i++) {
        const last = i === count - 1 && count > 1;
        const text = unitText(format, bytes.subarray(at, at + size), last);
        // Behind the end of the input the layout is kept: blanks for what would be converted, the rest as it is.
        out += at < bytes.length ? text : blanked(format, last);
        at += size;
      }
    }
    if (at === before) break;
  }
  return out;
}

export const hexdump: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'bcCde:f:n:os:vx', { canonical: 'no', length: 'required', skip: 'required', 'no-squeezing': 'no' });
  const skip = parseSize(options.value('s', 'skip') ?? '0') ?? Number(options.value('s', 'skip'));
  const length = options.value('n', 'length') === undefined ? Infinity : (parseSize(options.value('n', 'length')!) ?? Number(options.value('n', 'length')));
  const parts: Uint8Array[] = [];
  const inputs = new Inputs(process, options.operands);
  for (let file = yield* inputs.next(); file; file = yield* inputs.next()) parts.push(yield* readAll(process, file.fd));
  const all = Buffer.concat(parts);
  const bytes = all.subarray(skip, Math.min(all.length, skip + length));
  const format = options.value('e');
  if (format !== undefined) {
    output.print(Buffer.from(custom(bytes, parseFormat(format), !options.has('v', 'no-squeezing')), 'latin1'));
    return inputs.failed ? 1 : 0;
  }
  const canonicalRows = options.has('C', 'canonical') || process.argv[0]!.endsWith('hd');
  const show = options.has('d') ? (word: number) => `   ${String(word).padStart(5, '0')}` : options.has('o') ? (word: number) => `  ${word.toString(8).padStart(6, '0')}`
    : options.has('x') ? (word: number) => `    ${word.toString(16).padStart(4, '0')}` : (word: number) => ` ${word.toString(16).padStart(4, '0')}`;
  const row = canonicalRows ? canonical : options.has('b')
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

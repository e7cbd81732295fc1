// od: dumps bytes in octal and other forms.
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import type { Task } from '../kernel/wait.js';
import { isBusybox } from '../programs/flavour.js';
import { command, complain, type Options, parseOptions, UsageError } from '../programs/stdio.js';
import { convertNumber, floating } from './awk/conversions.js';
import { choose } from './common/choice.js';
import { quoteName } from './common/quote.js';
import { BLOCKS, parseSize } from './common/sizes.js';
import { Inputs, Pace } from './text-input.js';

interface Type {
  size: number;
  /** Columns of one value, without the blank before it. */
  width: number;
  show: (bytes: DataView) => string;
  /** `z`: the characters at the end of the row. */
  text: boolean;
}

const NAMES = ['nul', 'soh', 'stx', 'etx', 'eot', 'enq', 'ack', 'bel', 'bs', 'ht', 'nl', 'vt', 'ff', 'cr', 'so', 'si', 'dle', 'dc1', 'dc2', 'dc3', 'dc4', 'nak', 'syn', 'etb', 'can', 'em', 'sub', 'esc', 'fs', 'gs', 'rs', 'us', 'sp'];
const ESCAPES: Readonly<Record<number, string>> = { 0: '\\0', 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r' };

function character(byte: number): string {
  return ESCAPES[byte] ?? (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : byte.toString(8).padStart(3, '0'));
}

function unsigned(view: DataView, size: number): bigint {
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(i < view.byteLength ? view.getUint8(i) : 0);
  return value;
}

/** The bytes of each value in reverse order; what is missing of the last one is zeros at its end. */
function bigEndian({ size, show, ...type }: Type): Type {
  return {
    ...type, size,
    show: (view) => {
      const bytes = new Uint8Array(size);
      bytes.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
      return show(new DataView(bytes.reverse().buffer));
    },
  };
}

function floatValue(view: DataView, size: number): number {
  const bytes = new DataView(new ArrayBuffer(8));
  for (let i = 0; i < view.byteLength; i++) bytes.setUint8(i, view.getUint8(i));
  return size === 4 ? bytes.getFloat32(0, true) : bytes.getFloat64(0, true);
}

function float(view: DataView, size: number): string {
  const value = floatValue(view, size);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf';
  for (let precision = size === 4 ? 6 : 15; ; precision++) {
    const text = (value < 0 || Object.is(value, -0) ? '-' : '') + floating('g', Math.abs(value), precision);
    if (precision >= 17 || (size === 4 ? Math.fround(Number(text)) : Number(text)) === value) return text;
  }
}

/** busybox writes all of them with an exponent. */
function exponential(view: DataView, size: number): string {
  const value = floatValue(view, size);
  return Number.isFinite(value) ? convertNumber({ flags: '', width: 0, precision: size === 4 ? 7 : 14, letter: 'e' }, value) : float(view, size);
}

function typeOf(letter: string, size: number, text: boolean, scientific: boolean): Type {
  const digits = (base: number): number => ((1n << BigInt(size * 8)) - 1n).toString(base).length;
  switch (letter) {
    case 'a': return { size: 1, width: 3, text, show: (view) => { const byte = view.getUint8(0) & 127; return byte === 127 ? 'del' : (NAMES[byte] ?? String.fromCharCode(byte)); } };
    case 'c': return { size: 1, width: 3, text, show: (view) => character(view.getUint8(0)) };
    case 'd': return { size, width: digits(10) + (size === 8 ? 0 : 1), text, show: (view) => BigInt.asIntN(size * 8, unsigned(view, size)).toString() };
    case 'u': return { size, width: digits(10), text, show: (view) => unsigned(view, size).toString() };
    case 'o': return { size, width: digits(8), text, show: (view) => unsigned(view, size).toString(8).padStart(digits(8), '0') };
    case 'x': return { size, width: size * 2, text, show: (view) => unsigned(view, size).toString(16).padStart(size * 2, '0') };
    default: return { size, width: size === 4 ? 15 : 24, text, show: (view) => (scientific ? exponential(view, size) : float(view, size)) };
  }
}

const TRADITIONAL: Readonly<Record<string, string>> = { a: 'a', b: 'o1', c: 'c', d: 'u2', f: 'fF', i: 'dI', l: 'dL', o: 'o2', s: 'd2', x: 'x2', h: 'x2', D: 'u4', X: 'x4', O: 'o4', e: 'fD', F: 'fD', I: 'dL', H: 'x4', L: 'dL', B: 'o2' };
const SIZES: Readonly<Record<string, number>> = { C: 1, S: 2, I: 4, L: 8, F: 4, D: 8 };

function parseTypes(text: string, busybox: boolean): Type[] {
  const types: Type[] = [];
  const pattern = /([acdfoux])(\d+|[CSILFD])?(z?)/y;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match) throw new UsageError(`invalid character '${text[at]!}' in type string ${quoteName(text)}`);
    const [, letter, sizeText, z] = match;
    const size = sizeText === undefined ? (letter === 'f' ? 8 : 4) : (SIZES[sizeText] ?? Number(sizeText));
    if (![1, 2, 4, 8].includes(size) || (letter === 'f' && size < 4)) throw new UsageError(`invalid type string '${text}';\nthis system doesn't provide a ${size}-byte ${letter === 'f' ? 'floating point' : 'integral'} type`);
    types.push(typeOf(letter!, size, z === 'z', busybox));
  }
  return types;
}

function typesOf(argv: readonly string[], busybox: boolean): Type[] {
  const types: Type[] = [];
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i]!;
    if (word.startsWith('--format')) types.push(...parseTypes(word.includes('=') ? word.slice(word.indexOf('=') + 1) : (argv[++i] ?? ''), busybox));
    if (!/^-[a-zA-Z]/.test(word)) continue;
    for (let at = 1; at < word.length; at++) {
      const letter = word[at]!;
      if (letter === 't') types.push(...parseTypes(word.slice(at + 1) || (argv[++i] ?? ''), busybox));
      else if ('AjNS'.includes(letter) && at === word.length - 1) i++;
      if ('tAjNwS'.includes(letter)) break;
      const spec = TRADITIONAL[letter];
      if (spec !== undefined) types.push(...parseTypes(spec, busybox));
    }
  }
  return types.length > 0 ? types : parseTypes('o2', busybox);
}

/** The rows of one offset: a line per type, the columns of all types kept in step. */
function rows(bytes: Uint8Array, address: string, types: readonly Type[], width: number): string {
  const unit = Math.max(...types.map(({ size, width: columns }) => (columns + 1) / size));
  return types.map(({ size, show, text, width: columns }, index) => {
    let line = index === 0 ? address : ' '.repeat(address.length);
    const cell = Math.max(columns + 1, Math.ceil(unit * size));
    for (let at = 0; at < bytes.length; at += size) {
      const part = bytes.subarray(at, Math.min(bytes.length, at + size));
      line += show(new DataView(part.buffer, part.byteOffset, part.length)).padStart(cell);
    }
    if (!text) return `${line}\n`;
    const missing = (width - Math.ceil(bytes.length / size) * size) / size;
    return `${line}${' '.repeat(Math.max(0, missing * cell))}  >${Array.from(bytes, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('')}<\n`;
  }).join('');
}

const CHUNK_BYTES = 1 << 18;

/** A number of bytes as od reads it. */
function count(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = /^0x[0-9a-f]+$/i.test(text) ? parseInt(text, 16) : parseSize(text, BLOCKS);
  if (value === undefined) throw new UsageError(`invalid ${option} argument ${quoteName(text)}`);
  return value;
}

/** Bytes per row: a multiple of what all types take. */
function* widthOf(process: Process, text: string | undefined, types: readonly Type[]): Task<number> {
  const least = Math.max(...types.map(({ size }) => size));
  if (text === undefined) return Math.max(16, least);
  const width = text === '' ? 32 : count('-w', text)!;
  if (width > 0 && width % least === 0) return width;
  yield* complain(process, `warning: invalid width ${width}; using ${least} instead`);
  return least;
}

/** The old way to say where to begin: `od FILE [+]OFFSET[b]`, octal or with 0x. */
function operandsOf(options: Options): { names: readonly string[]; offset: number } {
  const { operands } = options;
  const last = operands.at(-1) ?? '';
  const match = /^\+?(?:0x([0-9a-f]+)|([0-7]+))(b?)$/i.exec(last);
  const isModern = options.has('A', 'address-radix', 'j', 'skip-bytes', 'N', 'read-bytes', 't', 'format', 'v', 'output-duplicates', 'w', 'width', 'S', 'strings', 'endian');
  if (!match || isModern || operands.length > 2 || (operands.length === 1 && !last.startsWith('+'))) return { names: operands, offset: 0 };
  const value = match[1] !== undefined ? parseInt(match[1], 16) : parseInt(match[2]!, 8);
  return { names: operands.slice(0, -1), offset: value * (match[3] === '' ? 1 : 512) };
}

/** -S: texts of at least so many graphic characters that end in a NUL. */
function strings(bytes: Uint8Array, skip: number, least: number, address: (at: number) => string): string {
  let out = '';
  let start = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte >= 32 && byte < 127) continue;
    if (byte === 0 && at - start >= least) out += `${address(skip + start)} ${Buffer.from(bytes.subarray(start, at)).toString('latin1')}\n`;
    start = at + 1;
  }
  return out;
}

export const od: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'A:abcDdeFfhHiIj:lLN:oOsS:t:vw::xXB', {
    'address-radix': 'required', 'skip-bytes': 'required', 'read-bytes': 'required', format: 'required', 'output-duplicates': 'no', width: 'optional', endian: 'required', strings: 'optional', traditional: 'no',
  });
  const radixLetter = options.value('A', 'address-radix') ?? 'o';
  if (!'doxn'.includes(radixLetter)) throw new UsageError(`invalid output address radix '${radixLetter}'; it must be one character from [doxn]`);
  const skipText = options.value('j', 'skip-bytes');
  const limit = count('-N', options.value('N', 'read-bytes'));
  const endian = options.value('endian');
  const isBig = endian !== undefined && choose(process.argv, '--endian', endian, ['little', 'big']) === 'big';
  const types = typesOf(process.argv, isBusybox(process)).map((type) => (isBig ? bigEndian(type) : type));
  const width = yield* widthOf(process, options.value('w', 'width'), types);
  const { names, offset } = operandsOf(options);
  const parts: Uint8Array[] = [];
  const inputs = new Inputs(process, names);
  const pace = new Pace();
  const skip = count('-j', skipText) ?? offset;
  let left = skip + (limit ?? Infinity);
  for (let file = yield* inputs.next(); file; file = left > 0 ? yield* inputs.next() : undefined) {
    // No further than it is asked for: what follows may be read by others.
    for (let part = yield* process.read(file.fd, Math.min(left, CHUNK_BYTES)); part.length > 0; part = left > 0 ? yield* process.read(file.fd, Math.min(left, CHUNK_BYTES)) : new Uint8Array(0)) {
      parts.push(part);
      left -= part.length;
      yield* pace.turn();
    }
  }
  if (inputs.failed && parts.length === 0) return 1;
  const all = Buffer.concat(parts);
  if (skip > all.length) throw new UsageError('cannot skip past end of combined input');
  const bytes = all.subarray(skip, Math.min(all.length, skip + (limit ?? Infinity)));
  const address = (at: number): string => (radixLetter === 'n' ? '' : radixLetter === 'x' ? at.toString(16).padStart(6, '0') : radixLetter === 'd' ? String(at).padStart(7, '0') : at.toString(8).padStart(7, '0'));
  if (options.has('S', 'strings')) {
    output.print(strings(bytes, skip, count('-S', options.value('S', 'strings') || '3')!, address));
    return inputs.failed ? 1 : 0;
  }
  let starred = false;
  for (let at = 0; at < bytes.length; at += width) {
    const row = bytes.subarray(at, at + width);
    const repeats = at > 0 && row.length === width && !options.has('v', 'output-duplicates') && Buffer.compare(row, bytes.subarray(at - width, at)) === 0;
    if (!repeats) output.print(rows(row, address(skip + at), types, width));
    else if (!starred) output.print('*\n');
    starred = repeats;
    if (!output.isFull) continue;
    yield* output.flush();
    yield* pace.turn();
  }
  if (radixLetter !== 'n') output.print(`${address(skip + bytes.length)}\n`);
  return inputs.failed ? 1 : 0;
});

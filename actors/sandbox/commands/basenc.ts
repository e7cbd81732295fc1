// base64, base32, basenc: bytes as letters and back.
import type { Main } from '../kernel/program.js';
import { command, complain, type Options, parseOptions, readAll, UsageError, usageError } from '../programs/stdio.js';
import { quoteName } from './common/quote.js';
import { openInput, Pace } from './text-input.js';

type Encoding = 'base64' | 'base64url' | 'base32' | 'base32hex' | 'base16' | 'base2msbf' | 'base2lsbf';

const ALPHABET32 = { base32: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', base32hex: '0123456789ABCDEFGHIJKLMNOPQRSTUV' };
const NAMES: readonly Encoding[] = ['base64', 'base64url', 'base32', 'base32hex', 'base16', 'base2msbf', 'base2lsbf'];

const LINES_AT_ONCE = 1024;

function encode32(bytes: Uint8Array, alphabet: string): string {
  let out = '';
  for (let at = 0; at < bytes.length; at += 5) {
    const group = bytes.subarray(at, at + 5);
    let bits = 0n;
    for (let i = 0; i < 5; i++) bits = (bits << 8n) | BigInt(group[i] ?? 0);
    const letters = Math.ceil((group.length * 8) / 5);
    for (let i = 0; i < 8; i++) out += i < letters ? alphabet[Number((bits >> BigInt(35 - i * 5)) & 31n)]! : '=';
  }
  return out;
}

function decode32(text: string, alphabet: string): Uint8Array | undefined {
  if (text.length % 8 !== 0 || !/^[^=]*={0,6}$/.test(text)) return undefined;
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  for (const letter of text.replace(/=+$/, '')) {
    const value = alphabet.indexOf(letter);
    if (value < 0) return undefined;
    bits = ((bits << 5) | value) & 0xffff;
    count += 5;
    if (count >= 8) bytes.push((bits >> (count -= 8)) & 0xff);
  }
  return Uint8Array.from(bytes);
}

/**
 * Line ends among the letters, as nearly all base64 has them: the decoder passes over what is no letter, so that nothing but line ends was
 * passed over where the bytes are as many as the letters make. Undefined where that is not so, or `=` stands elsewhere than at the end.
 */
function decodeLines(text: string): Uint8Array | undefined {
  const padding = text.indexOf('=');
  if (text.includes('-') || text.includes('_') || (padding >= 0 && !/^==?\n*$/.test(text.slice(padding, padding + 200)))) return undefined;
  const bytes = Buffer.from(text, 'base64');
  let letters = padding < 0 ? text.length : padding;
  for (let at = text.indexOf('\n'); at >= 0 && (padding < 0 || at < padding); at = text.indexOf('\n', at + 1)) letters--;
  const missing = padding < 0 ? 0 : text[padding + 1] === '=' ? 2 : 1;
  return (letters + missing) % 4 === 0 && bytes.length === ((letters + missing) / 4) * 3 - missing ? bytes : undefined;
}

/** Lines of `width` letters. */
function wrapped(letters: string, width: number): Uint8Array {
  const source = Buffer.from(letters, 'latin1');
  const lines = Buffer.allocUnsafe(source.length + Math.ceil(source.length / width));
  let size = 0;
  for (let at = 0; at < source.length; at += width) {
    const end = Math.min(source.length, at + width);
    for (let i = at; i < end; i++) lines[size++] = source[i]!;
    lines[size++] = 10;
  }
  return lines;
}

/** Several padded pieces one after another are one. `isWhole` is false where the text is no base64; the bytes are then those before the fault. */
function decode64(text: string): { bytes: Uint8Array; isWhole: boolean } {
  const fault = text.search(/[^A-Za-z0-9+/=]/);
  const letters = fault < 0 ? text : text.slice(0, fault);
  const pieces: Buffer[] = [];
  let at = 0;
  while (at < letters.length) {
    const padding = letters.indexOf('=', at);
    const whole = padding < 0 ? letters.length - (letters.length % 4) : padding - (padding % 4);
    if (whole > at) pieces.push(Buffer.from(letters.slice(at, whole), 'base64'));
    at = whole;
    const group = letters.slice(at, at + 4);
    if (group.length < 4 || !/^[^=]{2}(?:==|[^=]=)$/.test(group)) break;
    pieces.push(Buffer.from(group, 'base64'));
    at += 4;
  }
  const isWhole = at >= text.length;
  // Of a group at fault the letters before the fault count as far as they make bytes.
  if (!isWhole) pieces.push(Buffer.from(/^[^=]*/.exec(letters.slice(at, at + 4))![0], 'base64'));
  return { bytes: pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces), isWhole };
}

function bitText(byte: number, leastFirst: boolean): string {
  const text = byte.toString(2).padStart(8, '0');
  return leastFirst ? [...text].reverse().join('') : text;
}

function encode(bytes: Uint8Array, encoding: Encoding): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  switch (encoding) {
    case 'base64': return buffer.toString('base64');
    case 'base64url': return buffer.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
    case 'base16': return buffer.toString('hex').toUpperCase();
    case 'base32': case 'base32hex': return encode32(bytes, ALPHABET32[encoding]);
    default: return Array.from(bytes, (byte) => bitText(byte, encoding === 'base2lsbf')).join('');
  }
}

/** Undefined for what is no such encoding. */
function decode(text: string, encoding: Encoding): Uint8Array | undefined {
  switch (encoding) {
    case 'base64': case 'base64url': {
      const plain = encoding === 'base64url' ? text.replaceAll('-', '+').replaceAll('_', '/') : text;
      const { bytes, isWhole } = decode64(plain);
      return isWhole ? bytes : undefined;
    }
    case 'base16': return text.length % 2 === 0 && !/[^0-9A-Fa-f]/.test(text) ? Buffer.from(text, 'hex') : undefined;
    case 'base32': case 'base32hex': return decode32(text, ALPHABET32[encoding]);
    default: {
      if (text.length % 8 !== 0 || /[^01]/.test(text)) return undefined;
      return Uint8Array.from(text.match(/.{8}/g) ?? [], (bits) => parseInt(encoding === 'base2lsbf' ? [...bits].reverse().join('') : bits, 2));
    }
  }
}

function encodingOf(name: string, options: Options): Encoding {
  if (name === 'base64' || name === 'base32') return name;
  const given = NAMES.find((one) => options.has(one));
  if (!given) throw usageError(process.argv, 'missing encoding type');
  return given;
}

export const basenc: Main = command(function* (process, output) {
  const long = { decode: 'no', 'ignore-garbage': 'no', wrap: 'required', ...Object.fromEntries(NAMES.map((name) => [name, 'no' as const])) } as const;
  const options = parseOptions(process.argv, 'dDiw:', long);
  const name = process.argv[0]!.split('/').at(-1)!;
  const encoding = encodingOf(name, options);
  const [file = '-', extra] = options.operands;
  if (extra !== undefined) throw usageError(process.argv, `extra operand ${quoteName(extra)}`);
  let fd: number;
  try {
    fd = openInput(process, file);
  } catch (error) {
    throw error instanceof Error ? new UsageError(`${file}: ${error.message}`) : error;
  }
  const bytes = yield* readAll(process, fd);
  if (options.has('d', 'D', 'decode')) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    const whole = encoding === 'base64' ? decodeLines(text) : undefined;
    if (whole) {
      output.print(whole);
      return 0;
    }
    const letters = options.has('i', 'ignore-garbage') ? text.replace(/[^A-Za-z0-9+/=_-]/g, '') : text.replaceAll('\n', '');
    const plain = decode(letters, encoding);
    if (plain) {
      output.print(plain);
      return 0;
    }
    // What comes before the fault is still given out, as the real ones do.
    if (encoding === 'base64') output.print(decode64(letters).bytes);
    yield* output.flush();
    yield* complain(process, 'invalid input');
    return 1;
  }
  const wrapText = options.value('w', 'wrap') ?? '76';
  if (!/^\d+$/.test(wrapText)) throw new UsageError(`invalid wrap size: '${wrapText}'`);
  const wrap = Number(wrapText);
  const text = encode(bytes, encoding);
  if (wrap === 0) output.print(text);
  else {
    const pace = new Pace();
    for (let at = 0; at < text.length; at += wrap * LINES_AT_ONCE) {
      output.print(wrapped(text.slice(at, at + wrap * LINES_AT_ONCE), wrap));
      yield* output.flush();
      yield* pace.turn();
    }
  }
  return 0;
});

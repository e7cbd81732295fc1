// Bytes and strings: UTF-8, with every invalid byte kept as a lone surrogate (U+DC80 + byte - 0x80), so that nothing is ever lost.
import { TooBig } from './memory-limit.js';

const REPLACEMENT = '\ufffd';
const ESCAPED = /[\udc80-\udcff]/;
const HIGH = /[\x80-\xff]/;
const HIGH_ALL = /[\x80-\xff]/g;

/** Bytes to a string. Invalid UTF-8 survives a round trip through `encode` (the idea of Python's surrogateescape, PEP 383). */
export function decode(bytes: Uint8Array): string {
  const buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = buffer.toString('utf8');
  return text.includes(REPLACEMENT) ? decodeSlowly(buffer) : text;
}

/** Bytes to a string in which each byte is a character: those above ASCII as `decode` keeps invalid ones. */
export function decodeBytes(bytes: Uint8Array): string {
  const buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = buffer.toString('latin1');
  return HIGH.test(text) ? text.replace(HIGH_ALL, (byte) => String.fromCharCode(0xdc00 + byte.charCodeAt(0))) : text;
}

/** A string to bytes; the inverse of `decode` and of `decodeBytes`. */
export function encode(text: string): Uint8Array {
  if (!ESCAPED.test(text)) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00) {
      i++;
    } else if (unit >= 0xdc80 && unit <= 0xdcff) {
      parts.push(Buffer.from(text.slice(start, i), 'utf8'), Buffer.of(unit - 0xdc00));
      start = i + 1;
    }
  }
  parts.push(Buffer.from(text.slice(start), 'utf8'));
  return Buffer.concat(parts);
}

/** How many bytes `encode` makes. */
export function byteLength(text: string): number {
  return ESCAPED.test(text) ? encode(text).length : Buffer.byteLength(text);
}

function decodeSlowly(bytes: Buffer): string {
  let text = '';
  let start = 0;
  for (let i = 0; i < bytes.length; ) {
    const size = sequenceLength(bytes, i);
    if (size > 0) {
      i += size;
      continue;
    }
    text += bytes.toString('utf8', start, i) + String.fromCharCode(0xdc00 + bytes[i]!);
    start = ++i;
  }
  return text + bytes.toString('utf8', start);
}

/** Length of the valid UTF-8 sequence at `at`, 0 when there is none (overlong forms, surrogates and > U+10FFFF are invalid). */
function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const size = first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
  if (size === 0 || at + size > bytes.length) return 0;
  const second = bytes[at + 1]!;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i = 2; i < size; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0;
  return size;
}

/** More pieces at a time nobody can hold: a larger array could not grow any more, which V8 answers with the end of the whole process. */
const PIECES_MAX = 2 ** 26;

/** `text.split(delimiter)`; throws TooBig. */
export function splitText(text: string, delimiter: string): string[] {
  let count = 0;
  // A shorter text cannot have so many.
  if (text.length > PIECES_MAX) for (let at = text.indexOf(delimiter); at >= 0; at = text.indexOf(delimiter, at + 1)) if (++count > PIECES_MAX) throw new TooBig();
  return text.split(delimiter);
}

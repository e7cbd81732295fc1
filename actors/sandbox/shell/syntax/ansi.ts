// The escapes of `$'…'` (bash, "ANSI-C Quoting"), which `echo -e` and `printf %b` share in part.
import { decode } from '../../kernel/text.js';

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07', b: '\b', e: '\x1b', E: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', "'": "'", '"': '"', '?': '?',
};

const ESCAPE = /\\(?:([0-7]{1,3})|x(\{[0-9a-fA-F]*\}?|[0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|c(\\\\|[^])|([^]))/g;

/** Text between `$'` and `'` to what it means. Bytes made by `\nnn` and `\xhh` join into UTF-8 characters; a NUL ends the text, as in C. */
export function decodeAnsi(text: string): string {
  if (!text.includes('\\')) return text;
  let bytesSeen = false;
  const out = text.replace(ESCAPE, (whole, octal?: string, hex?: string, u?: string, U?: string, control?: string, other?: string) => {
    if (octal !== undefined || hex !== undefined) {
      // Of the digits between braces the last two count.
      const value = octal !== undefined ? parseInt(octal, 8) & 0xff : parseInt(hex!.replace(/[{}]/g, '').slice(-2) || '0', 16);
      bytesSeen ||= value >= 0x80;
      return byteText(value);
    }
    if (u !== undefined || U !== undefined) return codePointText(parseInt((u ?? U)!, 16));
    if (control !== undefined) return String.fromCharCode(control.charCodeAt(0) === 0x3f ? 0x7f : control.charCodeAt(0) & 0x1f);
    return SIMPLE[other!] ?? whole;
  });
  const end = out.indexOf('\0');
  const ended = end < 0 ? out : out.slice(0, end);
  return bytesSeen ? joinBytes(ended) : ended;
}

/** One byte as text: itself if ASCII, else the lone surrogate that kernel/text.ts gives an undecoded byte. */
export function byteText(value: number): string {
  return String.fromCharCode(value < 0x80 ? value : 0xdc00 + value);
}

export function codePointText(value: number): string {
  if (value > 0x10ffff) return '\ufffd';
  return String.fromCodePoint(value);
}

const BYTE_RUN = /[\udc80-\udcff]+/g;

/** Runs of undecoded bytes that together are valid UTF-8 become the characters they are. */
export function joinBytes(text: string): string {
  return text.replace(BYTE_RUN, (run, at: number) => {
    const before = text.charCodeAt(at - 1);
    const paired = before >= 0xd800 && before < 0xdc00;
    const bytes = Uint8Array.from(paired ? run.slice(1) : run, (unit) => unit.charCodeAt(0) - 0xdc00);
    return (paired ? run[0]! : '') + decode(bytes);
  });
}

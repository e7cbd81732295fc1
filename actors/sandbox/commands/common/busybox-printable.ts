// Names as busybox shows them: a question mark for each character that it takes for unprintable, or does not know.
import { encode } from '../../kernel/text.js';

/** CONFIG_LAST_SUPPORTED_WCHAR of Debian's build, and busybox's default. */
const LAST_KNOWN = 767;
const REPLACED = '?';

/** Whether busybox takes the locale for one of UTF-8. */
export function isBusyboxUnicode(env: ReadonlyMap<string, string>): boolean {
  return /\.(?:utf|UTF)/.test(env.get('LC_ALL') ?? env.get('LC_CTYPE') ?? env.get('LANG') ?? '');
}

/** How many bytes a character of up to six takes, and which it is; undefined for what is none (https://git.busybox.net/busybox/tree/libbb/unicode.c, mbstowc_internal). */
function characterAt(bytes: Uint8Array, at: number): { size: number; code: number | undefined } {
  const first = bytes[at]!;
  if (first < 0x80) return { size: 1, code: first };
  const count = Math.min(Math.clz32(~first << 24), 6);
  if (count === 1) return { size: 1, code: undefined };
  let code = (first << count & 0xff) >> count;
  for (let i = 1; i < count; i++) {
    const next = bytes[at + i] ?? 0;
    if ((next & 0xc0) !== 0x80) return { size: i, code: undefined };
    code = code * 64 + (next & 0x3f);
  }
  return { size: count, code: code < 0x80 ? undefined : code };
}

const isPrintable = (code: number): boolean => (code >= 0x20 && code < 0x7f) || (code >= 0xa0 && code <= LAST_KNOWN);

export function busyboxPrintable(name: string, isUnicode: boolean): string {
  const bytes = encode(name);
  let shown = '';
  for (let at = 0; at < bytes.length; ) {
    const { size, code } = isUnicode ? characterAt(bytes, at) : { size: 1, code: bytes[at]! < 0x80 ? bytes[at] : undefined };
    shown += code !== undefined && isPrintable(code) ? String.fromCharCode(code) : REPLACED;
    at += size;
  }
  return shown;
}

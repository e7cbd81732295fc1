// The shell's ways of writing a text so that reading it gives the text back; each built-in has its own (bash, lib/sh/shquote.c).
import { encode } from '../kernel/text.js';

/** Cannot be shown as it is: control characters, invalid bytes, separators that are not printable. */
const UNPRINTABLE = /[\0-\x1f\x7f-\x9f\u2028\u2029\udc80-\udcff]/u;
const UNPRINTABLE_ALL = /[\0-\x1f\x7f-\x9f\u2028\u2029\udc80-\udcff\\']/gu;
const TRACE_UNPRINTABLE = /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\udc80-\udcff]/u;
const BACKSLASHED = /[ !"$&'()*,;<>?[\\\]^`{|}]|^[#~]|(?<=[:=])~/g;
const META = /[ \t\n'"\\|&;()<>!{}*[\]?^$`]|^[#~]|[:=]~/;

const LETTERS: Readonly<Record<string, string>> = {
  '\x07': '\\a', '\b': '\\b', '\x1b': '\\E', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v', '\\': '\\\\', "'": "\\'",
};

function ansi(text: string): string {
  const inside = text.replace(UNPRINTABLE_ALL, (char) => LETTERS[char] ?? Array.from(encode(char), (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''));
  return `$'${inside}'`;
}

/** `'a b'`: as `trap -p` and `alias` write. */
export function quoteSingle(text: string): string {
  return text === "'" ? "\\'" : `'${text.replaceAll("'", "'\\''")}'`;
}

/** `'a'"'"'b'`: how dash and busybox write a text. */
export function quoteDash(text: string): string {
  return text === '' ? "''" : text.replace(/([^']*)('*)/g, (_all, plain: string, marks: string) => (plain === '' && marks === '' ? '' : `'${plain}'${marks === '' ? '' : `"${marks}"`}`));
}

/** `'a b'`, or `$'…'` when something could not be seen: `${x@Q}`. */
export function quoteArgument(text: string): string {
  return UNPRINTABLE.test(text) ? ansi(text) : quoteSingle(text);
}

/** `"a b"`, or `$'…'`: `declare -p`, `export -p`. */
export function quoteValue(text: string): string {
  return UNPRINTABLE.test(text) ? ansi(text) : `"${text.replace(/["$`\\]/g, '\\$&')}"`;
}

/** As it is, or `$'…'` where something in it could not be seen: names in messages (`$'ls\r': command not found`). */
export function quoteUnprintable(text: string): string {
  return UNPRINTABLE.test(text) ? ansi(text) : text;
}

/** `a\ b`, or `$'…'`, and `''` for nothing: `printf %q`. */
export function quoteBackslash(text: string): string {
  if (text === '') return "''";
  return UNPRINTABLE.test(text) ? ansi(text) : text.replace(BACKSLASHED, '\\$&');
}

/** Bare when nothing in it is special, else as `quoteArgument`: the values `set` lists. */
export function quoteIfSpecial(text: string): string {
  if (UNPRINTABLE.test(text)) return ansi(text);
  return META.test(text) ? quoteSingle(text) : text;
}

/** As `quoteIfSpecial`, but tabs and newlines are shown, and nothing is `''`: `set -x`. */
export function quoteTrace(text: string): string {
  if (text === '') return "''";
  if (TRACE_UNPRINTABLE.test(text)) return ansi(text);
  return META.test(text) ? quoteSingle(text) : text;
}

/** The key of an associative array as listings show it: bare where nothing in it is special. */
export function quoteKey(key: string): string {
  return META.test(key) || UNPRINTABLE.test(key) || key === '@' || key === '*' || key === '' ? quoteValue(key) : key;
}

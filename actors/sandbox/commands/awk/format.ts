// awk's printf formats.
import { type Conversion, convertNumber, pad } from './conversions.js';
import { toNumber, toText, type Value } from './values.js';

const CONVERSION = /%([-+ #0']*)(\*|\d+)?(?:\.(\*|-?\d*))?(?:hh|h|ll|l|L|q|j|z|t)?([a-zA-Z%])/g;

/** sprintf; `convfmt` is how numbers become strings for %s. */
export function formatValues(format: string, args: readonly Value[], convfmt: string): string {
  if (!format.includes('%')) return format;
  let next = 0;
  let out = '';
  let at = 0;
  CONVERSION.lastIndex = 0;
  for (let match = CONVERSION.exec(format); match; match = CONVERSION.exec(format)) {
    out += format.slice(at, match.index);
    at = match.index + match[0].length;
    const letter = match[4]!;
    if (letter === '%') {
      out += '%';
      continue;
    }
    let flags = match[1]!;
    let width = match[2] === '*' ? Math.trunc(toNumber(args[next++])) : Number(match[2] ?? 0);
    if (width < 0) {
      flags += '-';
      width = -width;
    }
    const precision = match[3] === undefined ? undefined : match[3] === '*' ? Math.trunc(toNumber(args[next++])) : Number(match[3] || 0);
    const known = 'diouxXcsfFeEgGaA'.includes(letter);
    out += known ? one({ flags, width: Math.min(width, 1 << 24), precision: precision !== undefined && precision < 0 ? undefined : precision, letter }, args[next++], convfmt) : match[0];
    const saved = at;
    CONVERSION.lastIndex = saved;
  }
  return out + format.slice(at);
}

function one(conversion: Conversion, value: Value, convfmt: string): string {
  const { letter, precision } = conversion;
  if (letter === 's') {
    const text = toText(value, convfmt);
    return pad(precision === undefined ? text : cut(text, precision), conversion);
  }
  if (letter === 'c') {
    if (typeof value === 'number') return pad(characterOf(value), conversion);
    return pad(cut(toText(value, convfmt), 1) || '\0', conversion);
  }
  return convertNumber(conversion, toNumber(value));
}

function cut(text: string, count: number): string {
  return /[\ud800-\udbff]/.test(text) ? [...text].slice(0, count).join('') : text.slice(0, count);
}

/** Up to 255 a byte, above that a character. */
function characterOf(number: number): string {
  const code = Math.trunc(number);
  if (code < 0) return '';
  if (code < 256) return String.fromCharCode(code < 128 ? code : 0xdc00 + code);
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

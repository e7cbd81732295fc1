// awk's printf formats.
import { type Conversion, convertNumber, pad } from './conversions.js';
import { AwkFatal, InputText, looksNumeric, toNumber, toText, type Value } from './values.js';

const CONVERSION = /%([-+ #0']*)(\*|\d+)?(?:\.(\*|-?\d*))?(?:hh|h|ll|l|L|q|j|z|t)?([a-zA-Z%])/g;

/** A format taken apart: text, and conversions; a width or precision of `*` comes from an argument. */
type Piece = string | { readonly flags: string; readonly width: string; readonly precision: string | undefined; readonly letter: string; readonly fixed: Conversion | undefined; /** Where in the format it ends. */ readonly end: number };

const CACHE_MAX = 200;
const cache = new Map<string, readonly Piece[]>();

function piecesOf(format: string): readonly Piece[] {
  const known = cache.get(format);
  if (known) return known;
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of format.matchAll(CONVERSION)) {
    if (match.index > at) pieces.push(format.slice(at, match.index));
    at = match.index + match[0].length;
    const [whole, flags = '', width = '0', precision, letter = ''] = match;
    const isFixed = width !== '*' && precision !== '*';
    if (letter === '%') pieces.push('%');
    else if (!'diouxXcsfFeEgGaA'.includes(letter)) pieces.push(whole);
    else pieces.push({ flags, width, precision, letter, fixed: isFixed ? conversionOf(flags, Number(width), precision === undefined ? undefined : Number(precision || 0), letter) : undefined, end: at });
  }
  pieces.push(format.slice(at));
  if (cache.size >= CACHE_MAX) cache.clear();
  cache.set(format, pieces);
  return pieces;
}

function conversionOf(flags: string, width: number, precision: number | undefined, letter: string): Conversion {
  return { flags: width < 0 ? `${flags}-` : flags, width: Math.min(Math.abs(width), 1 << 24), precision: precision !== undefined && precision < 0 ? undefined : precision, letter };
}

/** Points at the conversion that there is no argument for. */
function tooFew(format: string, end: number): AwkFatal {
  return new AwkFatal(`not enough arguments to satisfy format string\n\t\`${format}'\n\t${' '.repeat(end - 1)}^ ran out for this one`);
}

/** sprintf; `convfmt` is how numbers become strings for %s. Arguments that are not there are empty, or (`strict`) an error. */
export function formatValues(format: string, args: readonly Value[], convfmt: string, strict: boolean): string {
  if (!format.includes('%')) return format;
  let next = 0;
  let out = '';
  for (const piece of piecesOf(format)) {
    if (typeof piece === 'string') {
      out += piece;
      continue;
    }
    let conversion = piece.fixed;
    if (conversion === undefined) {
      const width = piece.width === '*' ? Math.trunc(toNumber(args[next++])) : Number(piece.width);
      const precision = piece.precision === '*' ? Math.trunc(toNumber(args[next++])) : piece.precision === undefined ? undefined : Number(piece.precision || 0);
      conversion = conversionOf(piece.flags, width, precision, piece.letter);
    }
    if (strict && next >= args.length) throw tooFew(format, piece.end);
    out += one(conversion, args[next++], convfmt);
  }
  return out;
}

function one(conversion: Conversion, value: Value, convfmt: string): string {
  const { letter, precision } = conversion;
  if (letter === 's') {
    const text = toText(value, convfmt);
    return pad(precision === undefined ? text : cut(text, precision), conversion);
  }
  if (letter === 'c') {
    if (typeof value === 'number' || (value instanceof InputText && looksNumeric(value.text))) return pad(characterOf(toNumber(value)), conversion);
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

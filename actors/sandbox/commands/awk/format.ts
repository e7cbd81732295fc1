// awk's printf formats.
import { toNumber, toText, type Value } from './values.js';

interface Conversion {
  flags: string;
  width: number;
  precision: number | undefined;
  letter: string;
}

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
    return pad(cut(toText(value, convfmt), 1), conversion);
  }
  const number = toNumber(value);
  if (!Number.isFinite(number)) return pad(signed(Number.isNaN(number) ? 'nan' : 'inf', number < 0, conversion), { ...conversion, flags: conversion.flags.replace('0', '') });
  if ('diouxX'.includes(letter)) return integer(conversion, number);
  return zeroPad(signed(floating(letter, Math.abs(number), precision ?? 6, conversion.flags.includes('#')), number < 0 || Object.is(number, -0), conversion), conversion);
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

function signed(digits: string, negative: boolean, { flags }: Conversion): string {
  return (negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') + digits;
}

function integer(conversion: Conversion, number: number): string {
  const { letter, flags, precision } = conversion;
  const whole = Math.trunc(number);
  const negative = whole < 0;
  let big = Math.abs(whole) < 2 ** 53 ? Math.abs(whole) : BigInt(Math.abs(whole));
  if (negative && letter !== 'd' && letter !== 'i') big = BigInt.asUintN(64, BigInt(whole));
  let digits = big.toString(letter === 'o' ? 8 : letter === 'x' || letter === 'X' ? 16 : 10);
  if (precision !== undefined) digits = precision === 0 && whole === 0 ? '' : digits.padStart(precision, '0');
  if (flags.includes('#') && whole !== 0) digits = (letter === 'o' ? '0' : letter === 'x' || letter === 'X' ? '0x' : '') + digits;
  if (letter === 'X') digits = digits.toUpperCase();
  const text = letter === 'd' || letter === 'i' ? signed(digits, negative, conversion) : digits;
  return precision === undefined ? zeroPad(text, conversion) : pad(text, conversion);
}

function zeroPad(text: string, conversion: Conversion): string {
  if (!conversion.flags.includes('0') || conversion.flags.includes('-')) return pad(text, conversion);
  const sign = /^(?:[-+ ])?(?:0[xX])?/.exec(text)![0];
  return sign + text.slice(sign.length).padStart(conversion.width - sign.length, '0');
}

function pad(text: string, { flags, width }: Conversion): string {
  if (width === 0) return text;
  const length = /[\ud800-\udbff]/.test(text) ? [...text].length : text.length;
  const blanks = ' '.repeat(Math.max(0, width - length));
  return flags.includes('-') ? text + blanks : blanks + text;
}

function exponential(value: number, precision: number): string {
  return value.toExponential(Math.min(100, precision)).replace(/e([-+])(\d)$/, 'e$10$2');
}

/** %f %e %g (and their capitals) of a value that is not negative. */
export function floating(letter: string, value: number, precision: number, alternate = false): string {
  const lower = letter.toLowerCase();
  let text: string;
  if (lower === 'f') text = fixed(value, precision);
  else if (lower === 'e') text = exponential(value, precision);
  else if (lower === 'a') text = `0x${value.toString(16)}p+0`;
  else {
    const digits = precision === 0 ? 1 : precision;
    const exponent = value === 0 ? 0 : Number(value.toExponential(Math.min(100, digits - 1)).split('e')[1]);
    text = exponent < -4 || exponent >= digits ? exponential(value, digits - 1) : fixed(value, digits - 1 - exponent);
    if (!alternate && text.includes('.')) text = text.replace(/\.?0+(e|$)/, '$1');
  }
  return letter === lower ? text : text.toUpperCase();
}

function fixed(value: number, precision: number): string {
  const digits = Math.min(100, precision);
  if (value < 1e21) return value.toFixed(digits);
  return BigInt(value).toString() + (digits > 0 ? `.${'0'.repeat(digits)}` : '');
}

/** A number by CONVFMT or OFMT. */
export function formatNumber(format: string, value: number): string {
  if (format === '%.6g') return value < 0 ? `-${floating('g', -value, 6)}` : floating('g', value, 6);
  return formatValues(format, [value], '%.6g');
}

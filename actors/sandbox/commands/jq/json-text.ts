// JSON out: as jq prints it, compact or indented, sorted, coloured.
import { isArray, isObject, kindOf, sortedKeys, type Value } from './value.js';

export interface Style {
  /** Spaces a level, 0 for one line; '\t' for tabs. */
  indent: number | '\t';
  sortKeys: boolean;
  ascii: boolean;
  /** Escape sequences for null, false, true, numbers, strings, arrays, objects, keys; undefined without colours. */
  colors: readonly string[] | undefined;
}

const COMPACT: Style = { indent: 0, sortKeys: false, ascii: false, colors: undefined };
const RESET = '\x1b[0m';

/** At most 17 digits, exponents of two digits at least; NaN is null, what is infinite is the largest double. */
export function numberText(value: number): string {
  if (Number.isSafeInteger(value) && Math.abs(value) < 1e16) return Object.is(value, -0) ? '-0' : String(value);
  if (Number.isNaN(value)) return 'null';
  if (!Number.isFinite(value)) return value > 0 ? '1.7976931348623157e+308' : '-1.7976931348623157e+308';
  const [mantissa, power] = Math.abs(value).toExponential().split('e') as [string, string];
  const digits = mantissa.replace('.', '');
  const point = Number(power) + 1;
  const sign = value < 0 ? '-' : '';
  if (point <= -4 || point > digits.length + 15) {
    const size = String(Math.abs(point - 1)).padStart(2, '0');
    return `${sign}${digits[0]!}${digits.length > 1 ? `.${digits.slice(1)}` : ''}e${point < 1 ? '-' : '+'}${size}`;
  }
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return sign + (point >= digits.length ? digits.padEnd(point, '0') : `${digits.slice(0, point)}.${digits.slice(point)}`);
}

// oxlint-disable-next-line no-control-regex
const NEEDS_WORK = /[\x7f\ud800-\udfff]/;

/** A string in quotes; lone surrogates, which stand for what was no UTF-8, become U+FFFD. */
export function quote(text: string, ascii = false): string {
  let quoted = JSON.stringify(text);
  if (NEEDS_WORK.test(text)) quoted = quoted.replaceAll('\x7f', '\\u007f').replace(/\\ud[89a-f][0-9a-f]{2}/g, '\ufffd');
  return ascii ? quoted.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`) : quoted;
}

function scalar(value: Value, style: Style): string {
  if (typeof value === 'string') return quote(value, style.ascii);
  if (typeof value === 'number') return numberText(value);
  return String(value);
}

function colorOf(value: Value, colors: readonly string[]): string {
  const kind = kindOf(value);
  return colors[kind === 'null' ? 0 : value === false ? 1 : value === true ? 2 : kind === 'number' ? 3 : kind === 'string' ? 4 : kind === 'array' ? 5 : 6]!;
}

/** The text of a value on one line. */
export function toJson(value: Value): string {
  return jsonText(value, COMPACT);
}

/** As messages show values: at most `limit` - 1 bytes, the last three of them dots when it was longer. */
export function shortText(value: Value, limit = 15): string {
  const bytes = Buffer.from(toJson(value));
  return bytes.length < limit ? bytes.toString() : `${bytes.toString('latin1', 0, limit - 4)}...`;
}

export function jsonText(value: Value, style: Style): string {
  const parts: string[] = [];
  if (style.colors) writeColored(value, style, style.colors, 0, parts);
  else write(value, style, '\n', parts);
  return parts.join('');
}

function write(value: Value, style: Style, newLine: string, parts: string[]): void {
  if (isArray(value)) {
    if (value.length === 0) return void parts.push('[]');
    const inner = style.indent === 0 ? '' : newLine + unit(style);
    for (let i = 0; i < value.length; i++) {
      parts.push(i === 0 ? '[' : ',', inner);
      write(value[i]!, style, inner, parts);
    }
    parts.push(style.indent === 0 ? ']' : `${newLine}]`);
  } else if (isObject(value)) {
    if (value.size === 0) return void parts.push('{}');
    const inner = style.indent === 0 ? '' : newLine + unit(style);
    let opener = '{';
    for (const key of style.sortKeys ? sortedKeys(value) : value.keys()) {
      parts.push(opener, inner, quote(key, style.ascii), style.indent === 0 ? ':' : ': ');
      write(value.get(key)!, style, inner, parts);
      opener = ',';
    }
    parts.push(style.indent === 0 ? '}' : `${newLine}}`);
  } else parts.push(scalar(value, style));
}

function unit(style: Style): string {
  return style.indent === '\t' ? '\t' : ' '.repeat(style.indent);
}

/** The very sequences that jq 1.6 writes. */
function writeColored(value: Value, style: Style, colors: readonly string[], level: number, parts: string[]): void {
  const color = colorOf(value, colors);
  const line = (at: number): string => (style.indent === 0 ? '' : `\n${unit(style).repeat(at)}`);
  if (isArray(value) && value.length === 0) parts.push(color, '[]', RESET);
  else if (isObject(value) && value.size === 0) parts.push(color, '{}', RESET);
  else if (isArray(value)) {
    parts.push(color, '[');
    value.forEach((item, i) => {
      if (i > 0) parts.push(color, ',');
      parts.push(line(level + 1));
      writeColored(item, style, colors, level + 1, parts);
    });
    if (value.length > 0) parts.push(color, line(level));
    parts.push(color, ']', RESET);
  } else if (isObject(value)) {
    parts.push(color, '{');
    let isFirst = true;
    for (const key of style.sortKeys ? sortedKeys(value) : value.keys()) {
      if (!isFirst) parts.push(color, ',');
      parts.push(line(level + 1), RESET, colors[7]!, quote(key, style.ascii), RESET, color, style.indent === 0 ? ':' : ': ', RESET);
      writeColored(value.get(key)!, style, colors, level + 1, parts);
      isFirst = false;
    }
    if (value.size > 0) parts.push(color, line(level));
    parts.push(color, '}', RESET);
  } else parts.push(color, scalar(value, style), RESET);
}

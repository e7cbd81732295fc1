// awk's values: numbers, strings, text from outside that may count as a number, and nothing yet.
import { formatNumber } from './conversions.js';

/** Text from input: a number in comparisons if it looks like one (POSIX's numeric string). */
export class InputText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Value = number | string | InputText | undefined;

/** A scalar or array by name; a function's parameter that nothing is known of yet remembers whose it was. */
export class Cell {
  value: Value = undefined;
  #array: Map<string, Value> | undefined;
  readonly #origin: Cell | undefined;

  constructor(origin?: Cell) {
    this.#origin = origin;
  }

  /** The array, made on first use as one. */
  get array(): Map<string, Value> {
    return (this.#array ??= this.#origin ? this.#origin.array : new Map());
  }

  get isArray(): boolean {
    return this.#array !== undefined || this.#origin?.isArray === true;
  }
}

const NUMBER_START = /^[ \t\n\r\f\v]*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/;
const SPECIAL_START = /^[ \t\n\r\f\v]*([-+])(inf|nan)(?:inity)?/i;
const WHOLE_NUMBER = /^[ \t\n\r\f\v]*[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)[ \t\n\r\f\v]*$/;

/** The number a text begins with, 0 where it begins with none. */
export function numberOf(text: string): number {
  const first = text.charCodeAt(0);
  // Plain small integers are what nearly all input is.
  if (first >= 48 && first <= 57 && text.length < 16) {
    let value = first - 48;
    for (let i = 1; ; i++) {
      const code = text.charCodeAt(i);
      if (code >= 48 && code <= 57) value = value * 10 + code - 48;
      else if (i === text.length) return value;
      else break;
    }
  }
  const match = NUMBER_START.exec(text);
  if (match) return Number(match[1]);
  const special = SPECIAL_START.exec(text);
  if (!special) return 0;
  return special[2]!.toLowerCase() === 'inf' ? (special[1] === '-' ? -Infinity : Infinity) : NaN;
}

export function looksNumeric(text: string): boolean {
  return WHOLE_NUMBER.test(text) || /^\s*[-+](?:inf|nan)\s*$/i.test(text);
}

export function toNumber(value: Value): number {
  if (typeof value === 'number') return value;
  if (value === undefined) return 0;
  return numberOf(typeof value === 'string' ? value : value.text);
}

/** An integer as it is, any other number by `format` (CONVFMT or OFMT). */
export function numberText(value: number, format: string): string {
  if (Number.isInteger(value)) return Math.abs(value) < 2 ** 53 ? String(value) : BigInt(value).toString();
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return formatNumber(format, value);
}

export function toText(value: Value, format: string): string {
  if (typeof value === 'string') return value;
  if (value === undefined) return '';
  return typeof value === 'number' ? numberText(value, format) : value.text;
}

export function toBoolean(value: Value): boolean {
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'string') return value !== '';
  if (value === undefined) return false;
  return looksNumeric(value.text) ? numberOf(value.text) !== 0 : value.text !== '';
}

function isNumeric(value: Value): boolean {
  return typeof value !== 'string' && (typeof value !== 'object' || looksNumeric(value.text));
}

/** Negative, zero or positive; as numbers where both sides are. */
export function compareValues(a: Value, b: Value, format: string, ignoreCase = false): number {
  if (isNumeric(a) && isNumeric(b)) {
    const x = toNumber(a);
    const y = toNumber(b);
    return x < y ? -1 : x > y ? 1 : x === y ? 0 : NaN;
  }
  return compareTexts(toText(a, format), toText(b, format), ignoreCase);
}

export function compareTexts(a: string, b: string, ignoreCase: boolean): number {
  const x = ignoreCase ? a.toLowerCase() : a;
  const y = ignoreCase ? b.toLowerCase() : b;
  return x < y ? -1 : x > y ? 1 : 0;
}

/** How many characters: a surrogate pair is one. */
export function textLength(text: string): number {
  return /[\ud800-\udbff]/.test(text) ? [...text].length : text.length;
}

// awk's values: numbers, strings, text from outside that may count as a number, and nothing yet.
import { formatNumber, unusualText } from './conversions.js';

/** Text from input: a number in comparisons if it looks like one (POSIX's numeric string). */
export class InputText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A field that is not there: no number in comparisons. */
export const NO_FIELD = new InputText('');

/** A regular expression as a value (gawk's `@/…/`): text wherever text is wanted. */
export class RegexText extends InputText {}

/** An array's elements; an element may be an array itself. */
export type AwkArray = Map<string, Value>;

/** `undefined` may still become anything, an array too; `null` is nothing that has been looked at as a scalar. */
export type Value = number | string | InputText | AwkArray | undefined | null;

/** What ends a program at run time; whoever reports it knows where that was. */
export class AwkFatal extends Error {}

export function scalarContext(name: string): AwkFatal {
  return new AwkFatal(`attempt to use array \`${name}' in a scalar context`);
}

/** A variable, a function's parameter, or (as an argument) an element; a parameter that nothing is known of yet remembers whose it was. */
export class Cell {
  value: Value = undefined;
  readonly name: string;
  readonly origin: Cell | undefined;
  readonly #isParameter: boolean;

  constructor(name: string, origin?: Cell, isParameter = false) {
    this.name = name;
    this.origin = origin;
    this.#isParameter = isParameter;
  }

  /** The array, made on first use as one. */
  get array(): AwkArray {
    const { value } = this;
    if (value instanceof Map) return value;
    if (value !== undefined || (this.#isParameter && this.origin?.isScalar === true)) {
      throw new AwkFatal(`attempt to use scalar ${this.#isParameter ? 'parameter ' : ''}\`${this.name}' as an array`);
    }
    const array = this.origin ? this.origin.array : this.make();
    this.value = array;
    return array;
  }

  protected make(): AwkArray {
    return new Map();
  }

  get isArray(): boolean {
    return this.value instanceof Map || (this.value === undefined && this.origin?.isArray === true);
  }

  get isScalar(): boolean {
    return this.value === undefined ? this.origin?.isScalar === true : !(this.value instanceof Map);
  }

  /** What it is read as where no array may stand; nothing yet is nothing from then on. */
  get scalar(): Value {
    if (this.isArray) throw scalarContext(this.chain);
    return (this.value ??= null);
  }

  /** Assigns; an array stays one. */
  set scalar(value: Value) {
    if (this.isArray) throw scalarContext(this.chain);
    this.value = value;
  }

  /** Its name, and of a parameter whose it was: `c (from b, from a)`. */
  get chain(): string {
    const from: string[] = [];
    for (let cell = this.origin; cell; cell = cell.origin) from.push(`from ${cell.name}`);
    return from.length > 0 ? `${this.name} (${from.join(', ')})` : this.name;
  }
}

/** An element as the argument of a call: an array made there is kept in it. */
export class ElementCell extends Cell {
  readonly #home: AwkArray;
  readonly #key: string;

  constructor(name: string, home: AwkArray, key: string) {
    super(name);
    this.#home = home;
    this.#key = key;
    if (!home.has(key)) home.set(key, undefined);
    this.value = home.get(key);
  }

  protected override make(): AwkArray {
    const known = this.#home.get(this.#key);
    if (known instanceof Map) return known;
    const array: AwkArray = new Map();
    this.#home.set(this.#key, array);
    return array;
  }
}

const NUMBER_START = /^[ \t\n\r\f\v]*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/;
const SPECIAL_START = /^[ \t\n\r\f\v]*([-+])(inf|nan)(?:inity)?(?![\w.])/i;
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

/** A value whose name is not known where it is used. */
function isArray(): never {
  throw new AwkFatal('attempt to use an array in a scalar context');
}

export function toNumber(value: Value): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return numberOf(value);
  return value instanceof InputText ? numberOf(value.text) : value instanceof Map ? isArray() : 0;
}

/** An integer as it is, any other number by `format` (CONVFMT or OFMT). */
export function numberText(value: number, format: string): string {
  if (Number.isInteger(value)) return Math.abs(value) < 2 ** 53 ? String(value) : BigInt(value).toString();
  if (!Number.isFinite(value)) return unusualText(value);
  return formatNumber(format, value);
}

export function toText(value: Value, format: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberText(value, format);
  return value instanceof InputText ? value.text : value instanceof Map ? isArray() : '';
}

export function toBoolean(value: Value): boolean {
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'string') return value !== '';
  if (!(value instanceof InputText)) return value instanceof Map ? isArray() : false;
  return looksNumeric(value.text) ? numberOf(value.text) !== 0 : value.text !== '';
}

function isNumeric(value: Value): boolean {
  return typeof value !== 'string' && (!(value instanceof InputText) || looksNumeric(value.text));
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

// Where the calculators differ: GNU's bc and dc, and busybox's.
import { isZero, type Decimal, DecimalFault, add, lengthOf, negate, power, power10, subtract, ZERO } from './decimal.js';

export interface Arithmetic {
  add(left: Decimal, right: Decimal): Decimal;
  subtract(left: Decimal, right: Decimal): Decimal;
  power(base: Decimal, exponent: Decimal, scale: number): Decimal;
  /** bc's `length`, dc's `Z`. */
  length(value: Decimal): number;
}

/** The digits from the first that is not zero. */
function significantLength({ digits }: Decimal): number {
  return (digits < 0n ? -digits : digits).toString().length;
}

/** Zero to a negative power is zero. */
function lenientPower(base: Decimal, exponent: Decimal, scale: number): Decimal {
  try {
    return power(base, exponent, scale);
  } catch (error) {
    if (error instanceof DecimalFault && isZero(base)) return ZERO;
    throw error;
  }
}

export const GNU_BC: Arithmetic = { add, subtract, power, length: lengthOf };

export const GNU_DC: Arithmetic = { add, subtract, power: lenientPower, length: significantLength };

/** A zero that is added leaves the other's scale. */
const BUSYBOX: Omit<Arithmetic, 'length'> = {
  add: (left, right) => (isZero(left) ? right : isZero(right) ? left : add(left, right)),
  subtract: (left, right) => (isZero(left) ? negate(right) : isZero(right) ? left : subtract(left, right)),
  power(base, exponent, scale) {
    if (exponent.digits % power10(exponent.scale) !== 0n) throw new DecimalFault('not an integer');
    return lenientPower(base, exponent, scale);
  },
};

export const BUSYBOX_BC: Arithmetic = { ...BUSYBOX, length: (value) => (isZero(value) ? Math.max(1, value.scale) : significantLength(value)) };

export const BUSYBOX_DC: Arithmetic = { ...BUSYBOX, length: significantLength };

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', e: '\\', '\\': '\\' };

/** The escapes that busybox's print turns, bc's as dc's. */
export function busyboxUnescape(text: string): string {
  return text.replace(/\\(.)/g, (all, letter: string) => ESCAPES[letter] ?? all);
}

/** What busybox's end with at the first fault; GNU's tell of it and go on. */
export class BusyboxStop extends Error {}

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/by zero$/, 'divide by zero'], [/^Square root of a negative|scale must be|Array index out of bounds/, 'negative number'], [/^stack (?:register .*)?(?:is )?empty$/, 'stack has too few elements'],
  [/^non-numeric value$|^register .* is empty$|Parameter type mismatch/, 'variable is wrong type'], [/Function .* not defined\.$/, 'undefined function'], [/^input base|ibase too/, 'bad ibase; must be [2,16]'], [/^output base|obase too/, 'bad obase; must be [2,999]'],
  [/^'!' needs a shell/, "bad character '!'"],
];

/** busybox's words for what GNU's say. */
export function busyboxWords(message: string): string {
  return WORDS.find(([pattern]) => pattern.test(message))?.[1] ?? message;
}

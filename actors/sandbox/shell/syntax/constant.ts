// Integer constants of shell arithmetic: decimal, 0octal, 0xhex, base#digits; 64 bits, wrapping around.
import { ArithmeticError } from './arithmetic-error.js';
import type { Dialect } from './ast.js';

const DECIMAL = /^(?:0|[1-9][0-9]{0,14})$/;
const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_';

/** A 64-bit integer: a number when that is exact, else a bigint. */
export type Integer = number | bigint;

/** The sum, wrapped to 64 bits. */
export function sum(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') {
    const exact = a + b;
    if (Number.isSafeInteger(exact)) return exact;
  }
  return toInteger(BigInt(a) + BigInt(b));
}

/** Wraps to 64 bits and prefers numbers. */
export function toInteger(value: bigint): Integer {
  const wrapped = BigInt.asIntN(64, value);
  const small = Number(wrapped);
  return Number.isSafeInteger(small) ? small : wrapped;
}

/** The value of a constant. `expression` is what it stands in, for the message. Throws ArithmeticError. */
export function parseConstant(text: string, expression: string, dialect: Dialect): Integer {
  if (DECIMAL.test(text)) return Number(text);
  const hash = text.indexOf('#');
  if (hash >= 0) {
    const base = /^[1-9][0-9]*$/.test(text.slice(0, hash)) ? Number(text.slice(0, hash)) : 0;
    if (base === 0) throw new ArithmeticError(expression, 'invalid number', text);
    if (base < 2 || base > 64) throw new ArithmeticError(expression, 'invalid arithmetic base', text);
    if (hash === text.length - 1 && dialect !== 'ash') throw new ArithmeticError(expression, 'invalid integer constant', text);
    return digitsValue(text.slice(hash + 1), base, text, expression);
  }
  if (/^0[xX]/.test(text)) return text.length === 2 ? 0 : digitsValue(text.slice(2), 16, text, expression);
  if (text.startsWith('0')) return digitsValue(text.slice(1), 8, text, expression);
  return digitsValue(text, 10, text, expression);
}

/** strtoimax(3) of a whole number with base 0: too large ones are the largest. */
export function posixInteger(text: string): Integer {
  const sign = text.startsWith('-') ? -1n : 1n;
  const digits = text.replace(/^[-+]/, '');
  const value = sign * BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return toInteger(value > 0x7fffffffffffffffn ? 0x7fffffffffffffffn : value < -0x8000000000000000n ? -0x8000000000000000n : value);
}

function digitsValue(digits: string, base: number, text: string, expression: string): Integer {
  let value = 0n;
  const wide = BigInt(base);
  for (const char of digits) {
    let digit = DIGITS.indexOf(char);
    if (base <= 36 && digit >= 36 && digit < 62) digit -= 26;
    if (digit < 0) throw new ArithmeticError(expression, 'invalid number', text);
    if (digit >= base) throw new ArithmeticError(expression, 'value too great for base', text);
    value = BigInt.asIntN(64, value * wide + BigInt(digit));
  }
  return toInteger(value);
}

// jq's operators over values of any kind.
import { shortText } from './json-text.js';
import { compare, equals, isArray, isNumber, isObject, JqError, type JsonObject, kindOf, type Value, withKey } from './value.js';

const REPEATED_MAX = 1 << 28;

/** `number (1) cannot be …`. */
export function typeError(value: Value, message: string): JqError {
  return new JqError(`${kindOf(value)} (${shortText(value)}) ${message}`);
}

export function typeErrorOfTwo(left: Value, right: Value, message: string): JqError {
  return new JqError(`${kindOf(left)} (${shortText(left)}) and ${kindOf(right)} (${shortText(right)}) ${message}`);
}

export function add(left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') return left + right;
  if (typeof left === 'string' && typeof right === 'string') return left + right;
  if (left === null) return right;
  if (right === null) return left;
  if (isArray(left) && isArray(right)) return left.concat(right);
  if (isObject(left) && isObject(right)) {
    if (right.size > left.size) return new Map([...left, ...right]);
    let sum: JsonObject = left;
    for (const [key, value] of right) sum = withKey(sum, key, value);
    return sum;
  }
  throw typeErrorOfTwo(left, right, 'cannot be added');
}

function subtract(left: Value, right: Value): Value {
  if (isNumber(left) && isNumber(right)) return left - right;
  if (isArray(left) && isArray(right)) return left.filter((item) => !right.some((other) => equals(item, other)));
  throw typeErrorOfTwo(left, right, 'cannot be subtracted');
}

function mergeDeeply(left: JsonObject, right: JsonObject): JsonObject {
  const merged = new Map(left);
  for (const [key, value] of right) {
    const old = merged.get(key);
    merged.set(key, old !== undefined && isObject(old) && isObject(value) ? mergeDeeply(old, value) : value);
  }
  return merged;
}

function multiply(left: Value, right: Value): Value {
  if (isNumber(left) && isNumber(right)) return left * right;
  if (isNumber(left) && typeof right === 'string') return multiply(right, left);
  if (typeof left === 'string' && isNumber(right)) {
    if (!(right > 0)) return null;
    const times = Math.max(1, Math.trunc(right));
    if (left.length * times > REPEATED_MAX) throw new JqError('Repeat string result too long');
    return left.repeat(times);
  }
  if (isObject(left) && isObject(right)) return mergeDeeply(left, right);
  throw typeErrorOfTwo(left, right, 'cannot be multiplied');
}

function divide(left: Value, right: Value): Value {
  if (isNumber(left) && isNumber(right)) {
    if (right === 0) throw typeErrorOfTwo(left, right, 'cannot be divided because the divisor is zero');
    return left / right;
  }
  if (typeof left === 'string' && typeof right === 'string') return splitText(left, right);
  throw typeErrorOfTwo(left, right, 'cannot be divided');
}

function remainder(left: Value, right: Value): Value {
  if (!isNumber(left) || !isNumber(right)) throw typeErrorOfTwo(left, right, 'cannot be divided (remainder)');
  if (Number.isNaN(left) || Number.isNaN(right)) return NaN;
  // What is beyond 64 bits becomes the least integer, as the processor converts it.
  const whole = (value: number): number => (Math.abs(value) >= 2 ** 63 ? -(2 ** 63) : Math.trunc(value));
  if (whole(right) === 0) throw typeErrorOfTwo(left, right, 'cannot be divided (remainder) because the divisor is zero');
  return whole(left) % whole(right) + 0;
}

export function splitText(text: string, separator: string): Value[] {
  if (text === '') return [];
  return separator === '' ? [...text] : text.split(separator);
}

function negate(value: Value): Value {
  if (!isNumber(value)) throw typeError(value, 'cannot be negated');
  return -value;
}

export const operations: Readonly<Record<string, (left: Value, right: Value) => Value>> = {
  '+': add, '-': subtract, '*': multiply, '/': divide, '%': remainder, negate,
  '==': equals, '!=': (left, right) => !equals(left, right),
  '<': (left, right) => compare(left, right) < 0, '<=': (left, right) => compare(left, right) <= 0,
  '>': (left, right) => compare(left, right) > 0, '>=': (left, right) => compare(left, right) >= 0,
};

// JSON values as jq handles them: their kinds and their order.

import { VersionedMap } from './versioned-map.js';

export type Value = null | boolean | number | string | readonly Value[] | ReadonlyMap<string, Value>;
export type Kind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';
export type JsonObject = ReadonlyMap<string, Value>;

/** What `error` raises and `try` catches. */
export class JqError extends Error {
  readonly value: Value;
  constructor(value: Value) {
    super(typeof value === 'string' ? value : 'an error that is no string');
    this.value = value;
  }
}

export function kindOf(value: Value): Kind {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    default:
      return value === null ? 'null' : Array.isArray(value) ? 'array' : 'object';
  }
}

export const isArray = (value: Value): value is readonly Value[] => Array.isArray(value);
export const isObject = (value: Value): value is JsonObject => value instanceof Map;
export const isNumber = (value: Value): value is number => typeof value === 'number';

export function isTrue(value: Value): boolean {
  return value !== null && value !== false;
}

const RANKS: Readonly<Record<Kind, number>> = { null: 0, boolean: 1, number: 3, string: 4, array: 5, object: 6 };

function rank(value: Value): number {
  return value === true ? 2 : RANKS[kindOf(value)];
}

const SURROGATE = /[\ud800-\udfff]/;

/** By code points, which differs from JavaScript's order only where there are surrogates. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  if (!SURROGATE.test(a) && !SURROGATE.test(b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export function sortedKeys(object: JsonObject): string[] {
  return [...object.keys()].sort(compareStrings);
}

/** jq's total order: null, false, true, numbers, strings, arrays, objects (first by their sorted keys, then by their values). */
export function compare(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a < b || Number.isNaN(a) ? -1 : a === b ? 0 : 1;
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  const ranks = rank(a) - rank(b);
  if (ranks !== 0) return ranks;
  if (isArray(a) && isArray(b)) {
    for (let i = 0; i < a.length && i < b.length; i++) {
      const order = compare(a[i]!, b[i]!);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  if (isObject(a) && isObject(b)) {
    const keys = sortedKeys(a);
    const order = compare(keys, sortedKeys(b));
    if (order !== 0) return order;
    for (const key of keys) {
      const values = compare(a.get(key)!, b.get(key)!);
      if (values !== 0) return values;
    }
  }
  return 0;
}

export function equals(a: Value, b: Value): boolean {
  return a === b || compare(a, b) === 0;
}

/** From this size on an object's versions share a table. */
const SHARED_SIZE = 16;

/** The object with that value at the key. */
export function withKey(object: JsonObject, key: string, value: Value): JsonObject {
  return object.size < SHARED_SIZE ? new Map(object).set(key, value) : VersionedMap.with(object, key, value);
}

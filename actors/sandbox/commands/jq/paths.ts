// Reading, writing and deleting what a key or a path leads to, with jq's messages.
import { compare, isArray, isNumber, isObject, JqError, type JsonObject, kindOf, type Value, withKey } from './value.js';
import { shortText } from './json-text.js';

const ARRAY_SIZE_MAX = 536_870_911;

/** The bounds of `{"start": …, "end": …}` in something of that length. */
function bounds(key: JsonObject, length: number): [number, number] | undefined {
  const bound = (name: string, otherwise: number): Value | undefined => (key.get(name) === null ? otherwise : key.get(name));
  const start = bound('start', 0);
  const end = bound('end', length);
  if (typeof start !== 'number' || typeof end !== 'number') return undefined;
  const clamp = (value: number): number => Math.min(Math.max(value < 0 ? value + length : value, 0), length);
  const from = Math.floor(clamp(start));
  return [from, Math.max(from, Math.ceil(clamp(end)))];
}

/** All places where `pattern` begins in `target`. */
function placesOf(target: readonly Value[], pattern: readonly Value[]): Value[] {
  if (pattern.length === 0) return [];
  const places: number[] = [];
  for (let at = 0; at + pattern.length <= target.length; at++) {
    if (pattern.every((item, i) => compare(item, target[at + i]!) === 0)) places.push(at);
  }
  return places;
}

export function slice(target: Value, key: JsonObject): Value {
  if (target === null) return null;
  if (typeof target === 'string') {
    const points = [...target];
    const range = bounds(key, points.length);
    if (!range) throw new JqError('Start and end indices of an string slice must be numbers');
    return points.slice(...range).join('');
  }
  if (!isArray(target)) throw new JqError(`Cannot index ${kindOf(target)} with object`);
  const range = bounds(key, target.length);
  if (!range) throw new JqError('Start and end indices of an array slice must be numbers');
  return target.slice(...range);
}

/** `target[key]`. */
export function get(target: Value, key: Value): Value {
  if (typeof key === 'string') {
    if (isObject(target)) return target.get(key) ?? null;
    if (target === null) return null;
    throw new JqError(`Cannot index ${kindOf(target)} with string "${key}"`);
  }
  if (isNumber(key)) {
    if (isArray(target)) {
      const at = Math.floor(key);
      return target[at < 0 ? at + target.length : at] ?? null;
    }
    if (target === null) return null;
  } else if (isObject(key) && (target === null || isArray(target) || typeof target === 'string')) return slice(target, key);
  else if (isArray(key) && isArray(target)) return placesOf(target, key);
  throw new JqError(`Cannot index ${kindOf(target)} with ${kindOf(key)}`);
}

/** `target` with `value` at `key`. */
export function set(target: Value, key: Value, value: Value): Value {
  if (typeof key === 'string' && (target === null || isObject(target))) return target === null ? new Map([[key, value]]) : withKey(target, key, value);
  if (isNumber(key) && (target === null || isArray(target))) {
    const items = target === null ? [] : target.slice();
    let at = Math.floor(key);
    if (at < 0) {
      at += items.length;
      if (at < 0) throw new JqError('Out of bounds negative array index');
    }
    if (at > ARRAY_SIZE_MAX) throw new JqError('Array index too large');
    while (items.length < at) items.push(null);
    items[at] = value;
    return items;
  }
  if (isObject(key) && (target === null || isArray(target))) {
    const items = target ?? [];
    const range = bounds(key, items.length);
    if (!range) throw new JqError('Start and end indices of an array slice must be numbers');
    if (!isArray(value)) throw new JqError('A slice of an array can only be assigned another array');
    return [...items.slice(0, range[0]), ...value, ...items.slice(range[1])];
  }
  if (isArray(key) && isArray(target)) throw new JqError('Cannot update field at array index of array');
  if (isObject(key)) throw new JqError(`Cannot update field at object index of ${kindOf(target)}`);
  throw new JqError(typeof key === 'string' ? `Cannot index ${kindOf(target)} with string "${key}"` : `Cannot index ${kindOf(target)} with ${kindOf(key)}`);
}

export function has(target: Value, key: Value): boolean {
  if (isObject(target) && typeof key === 'string') return target.has(key);
  if (isArray(target) && isNumber(key)) return key >= 0 && Math.floor(key) < target.length;
  throw new JqError(`Cannot check whether ${kindOf(target)} has a ${kindOf(key)} key`);
}

function pathOf(path: Value): readonly Value[] {
  if (!isArray(path)) throw new JqError('Path must be specified as an array');
  return path;
}

export function getPath(target: Value, path: Value): Value {
  let value = target;
  for (const key of pathOf(path)) {
    if (value === null) return null;
    value = get(value, key);
  }
  return value;
}

export function setPath(target: Value, path: Value, value: Value): Value {
  return setFrom(target, pathOf(path), 0, value);
}

function setFrom(target: Value, path: readonly Value[], at: number, value: Value): Value {
  if (at === path.length) return value;
  const key = path[at]!;
  return set(target, key, setFrom(at + 1 === path.length ? null : get(target, key), path, at + 1, value));
}

/** Without the keys, all of which mean the target as it is. */
function deleteKeys(target: Value, keys: readonly Value[]): Value {
  if (target === null || keys.length === 0) return target;
  if (isObject(target)) {
    const copy = new Map(target);
    for (const key of keys) {
      if (typeof key !== 'string') throw new JqError(`Cannot delete ${kindOf(key)} field of object`);
      copy.delete(key);
    }
    return copy;
  }
  if (!isArray(target)) throw new JqError(`Cannot delete fields from ${kindOf(target)}`);
  const gone = new Set<number>();
  for (const key of keys) {
    if (isNumber(key)) gone.add(Math.floor(key) < 0 ? Math.floor(key) + target.length : Math.floor(key));
    else if (isObject(key)) {
      const range = bounds(key, target.length);
      if (!range) throw new JqError('Start and end indices of an array slice must be numbers');
      for (let at = range[0]; at < range[1]; at++) gone.add(at);
    } else throw new JqError(`Cannot delete ${kindOf(key)} element of array`);
  }
  return target.filter((_, i) => !gone.has(i));
}

/** Paths in order, all longer than `depth` and alike before it. */
function deleteSorted(target: Value, paths: readonly (readonly Value[])[], depth: number): Value {
  const keys: Value[] = [];
  let value = target;
  for (let end = paths.length; end > 0; ) {
    const key = paths[end - 1]![depth]!;
    let start = end - 1;
    while (start > 0 && compare(paths[start - 1]![depth]!, key) === 0) start--;
    if (paths[start]!.length === depth + 1) keys.push(key);
    else {
      const inner = value === null ? null : get(value, key);
      if (inner !== null) value = set(value, key, deleteSorted(inner, paths.slice(start, end), depth + 1));
    }
    end = start;
  }
  return deleteKeys(value, keys);
}

export function deletePaths(target: Value, paths: Value): Value {
  if (!isArray(paths)) throw new JqError('Paths must be specified as an array');
  for (const path of paths) if (!isArray(path)) throw new JqError(`Path must be specified as array, not ${kindOf(path)}`);
  const sorted = [...(paths as readonly (readonly Value[])[])].sort(compare);
  return sorted[0]?.length === 0 ? null : deleteSorted(target, sorted, 0);
}

/** `near attempt to …` of an invalid path expression. */
export function nearAccess(key: Value, target: Value): JqError {
  return new JqError(`Invalid path expression near attempt to access element ${shortText(key, 30)} of ${shortText(target, 30)}`);
}

// jq's functions that are no jq: over arrays, objects, errors and the surroundings; and all others by name.
import { add, typeError, typeErrorOfTwo } from './arithmetic.js';
import { shortText, toJson } from './json-text.js';
import { dateNatives } from './natives-dates.js';
import { mathNatives } from './natives-math.js';
import { textNatives } from './natives-text.js';
import { deletePaths, has, setPath } from './paths.js';
import { compare, equals, isArray, isNumber, isObject, isTrue, JqError, kindOf, sortedKeys, type Value } from './value.js';
import { Halt, type Vm } from './vm.js';

function iterated(input: Value): readonly Value[] {
  if (isArray(input)) return input;
  if (isObject(input)) return [...input.values()];
  throw new JqError(`Cannot iterate over ${kindOf(input)} (${shortText(input)})`);
}

function sorted(input: Value): readonly Value[] {
  if (!isArray(input)) throw typeError(input, 'cannot be sorted, as it is not an array');
  return [...input].sort(compare);
}

/** Items with their keys in order; equal ones keep theirs. */
function byKeys(input: Value, keys: Value): { key: Value; item: Value }[] {
  if (!isArray(input) || !isArray(keys) || input.length !== keys.length) throw typeErrorOfTwo(input, keys, 'cannot be sorted, as they are not both arrays');
  return input.map((item, i) => ({ key: keys[i]!, item })).sort((a, b) => compare(a.key, b.key));
}

function grouped(input: Value, keys: Value): Value[] {
  const groups: Value[][] = [];
  let last: Value | undefined;
  for (const { key, item } of byKeys(input, keys)) {
    if (last !== undefined && equals(last, key)) groups.at(-1)!.push(item);
    else groups.push([item]);
    last = key;
  }
  return groups;
}

function unique(input: Value): Value[] {
  const items = sorted(input);
  return items.filter((item, i) => i === 0 || !equals(item, items[i - 1]!));
}

/** The first least, or the last greatest. */
function extreme(input: Value, keys: Value, wantsGreatest: boolean): Value {
  if (!isArray(input) || !isArray(keys)) throw typeErrorOfTwo(input, keys, 'cannot be iterated over');
  if (input.length !== keys.length) throw typeErrorOfTwo(input, keys, 'have wrong length');
  let best = 0;
  for (let i = 1; i < input.length; i++) {
    const order = compare(keys[i]!, keys[best]!);
    if (wantsGreatest ? order >= 0 : order < 0) best = i;
  }
  return input[best] ?? null;
}

/** Sums without a copy for each item. */
function addAll(input: Value): Value {
  const items = iterated(input);
  if (items.length > 2 && items.every(isArray)) return (items as (readonly Value[])[]).flat() as Value[];
  if (items.length > 2 && items.every((item) => typeof item === 'string')) return (items as string[]).join('');
  if (items.length > 2 && items.every(isObject)) return new Map((items as ReadonlyMap<string, Value>[]).flatMap((item) => [...item]));
  let sum: Value = null;
  for (const item of items) sum = add(sum, item);
  return sum;
}

function flattened(input: Value, depth: number): Value[] {
  return iterated(input).flatMap((item) => (isArray(item) && depth !== 0 ? flattened(item, depth - 1) : [item]));
}

function lengthOf(input: Value): number {
  if (input === null) return 0;
  if (typeof input === 'string') return [...input].length;
  if (isNumber(input)) return Math.abs(input);
  if (isArray(input)) return input.length;
  if (isObject(input)) return input.size;
  throw typeError(input, 'has no length');
}

function keysOf(input: Value, inOrder: boolean): Value[] {
  if (isArray(input)) return input.map((_, i) => i);
  if (!isObject(input)) throw typeError(input, 'has no keys');
  return inOrder ? sortedKeys(input) : [...input.keys()];
}

function fromEntries(input: Value): Value {
  const result = new Map<string, Value>();
  for (const entry of iterated(input)) {
    const field = (...names: string[]): Value | undefined => {
      if (!isObject(entry)) throw new JqError(`Cannot index ${kindOf(entry)} with string "${names[0]!}"`);
      return names.map((name) => entry.get(name)).find((value) => value !== undefined && value !== null && value !== false);
    };
    const plain = isObject(entry) ? ['key', 'k', 'name', 'Name', 'Key', 'K'].map((name) => entry.get(name)).find((value) => value === false) : undefined;
    const key = field('key', 'k', 'name', 'Name', 'Key', 'K') ?? plain ?? null;
    const name = typeof key === 'string' ? key : key === null || isNumber(key) || typeof key === 'boolean' ? toJson(key) : undefined;
    if (name === undefined) throw new JqError(`Cannot use ${kindOf(key)} (${shortText(key)}) as object key`);
    const held = ['value', 'v', 'Value', 'V'].find((each) => isObject(entry) && entry.has(each));
    result.set(name, held === undefined ? null : (entry as ReadonlyMap<string, Value>).get(held)!);
  }
  return result;
}

function transposed(input: Value): Value {
  const rows = iterated(input) as readonly (readonly Value[])[];
  const width = rows.reduce((most, row) => Math.max(most, lengthOf(row)), 0);
  return Array.from({ length: width }, (_, i) => rows.map((row) => row[i] ?? null));
}

/** Where the target is, or -1 - where it would be. */
function search(input: Value, target: Value): number {
  if (!isArray(input)) throw typeError(input, 'cannot be searched from');
  let low = 0;
  let high = input.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = compare(input[middle]!, target);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return -1 - low;
}

const surroundings: Readonly<Record<string, (vm: Vm, input: Value, args: readonly Value[]) => Value>> = {
  'debug/0': (vm, input) => {
    vm.host.message(`${toJson(['DEBUG:', input])}\n`);
    return input;
  },
  'stderr/0': (vm, input) => {
    vm.host.message(toJson(input));
    return input;
  },
  'input_filename/0': (vm) => vm.host.fileName,
  'input_line_number/0': (vm) => vm.host.lineNumber,
  'halt/0': () => {
    throw new Halt(0, undefined);
  },
  'halt_error/1': (_, input, [code]) => {
    if (!isNumber(code!)) throw typeError(input, 'halt_error/1: number required');
    throw new Halt(Math.trunc(code) & 0xff, input);
  },
};

const plain: Readonly<Record<string, (input: Value, args: readonly Value[]) => Value>> = {
  'error/0': (input) => {
    throw new JqError(input);
  },
  'not/0': (input) => !isTrue(input),
  'type/0': kindOf,
  'length/0': lengthOf,
  'keys/0': (input) => keysOf(input, true),
  'keys_unsorted/0': (input) => keysOf(input, false),
  'has/1': (input, [key]) => has(input, key!),
  'setpath/2': (input, [path, value]) => setPath(input, path!, value!),
  'delpaths/1': (input, [paths]) => deletePaths(input, paths!),
  'add/0': addAll,
  'sort/0': sorted,
  '_sort_by/1': (input, [keys]) => byKeys(input, keys!).map(({ item }) => item),
  '_group_by/1': (input, [keys]) => grouped(input, keys!),
  'unique/0': unique,
  'min/0': (input) => extreme(input, input, false),
  'max/0': (input) => extreme(input, input, true),
  '_min_by/1': (input, [keys]) => extreme(input, keys!, false),
  '_max_by/1': (input, [keys]) => extreme(input, keys!, true),
  'reverse/0': (input) => {
    if (typeof input === 'string') return [...input].reverse().join('');
    if (input === null) return [];
    if (!isArray(input)) throw new JqError(`Cannot index ${kindOf(input)} with number`);
    return [...input].reverse();
  },
  'flatten/0': (input) => flattened(input, -1),
  'flatten/1': (input, [depth]) => {
    if (!isNumber(depth!)) throw new JqError('flatten depth must be a number');
    if (depth < 0) throw new JqError('flatten depth must not be negative');
    return flattened(input, depth);
  },
  'from_entries/0': fromEntries,
  'transpose/0': transposed,
  'bsearch/1': (input, [target]) => search(input, target!),
};

type AnyNative = (vm: Vm, input: Value, args: readonly Value[]) => Value;
const alone = (table: Readonly<Record<string, (input: Value, args: readonly Value[]) => Value>>): [string, AnyNative][] => Object.entries(table).map(([name, native]) => [name, (_, input, args) => native(input, args)]);

/** `name/arity` -> what it does. */
export const natives: Readonly<Record<string, AnyNative>> = Object.assign(Object.create(null) as Record<string, AnyNative>, Object.fromEntries([...alone(plain), ...alone(mathNatives), ...alone(textNatives)]), surroundings, dateNatives);

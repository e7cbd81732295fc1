// The order of an array's elements: gawk's PROCINFO["sorted_in"], asort and asorti, by a known name or by a function of the program's.
import type { Task } from '../../kernel/wait.js';
import { Pace } from '../text-input.js';
import type { Functions } from './functions.js';
import type { Runtime } from './runtime.js';
import { AwkFatal, compareTexts, InputText, looksNumeric, toNumber, type Value } from './values.js';

export type Entry = readonly [key: string, value: Value];
type Comparison = (a: Entry, b: Entry) => number;

const sign = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);

/** Where two are alike, the next decides. */
const firstOf = (...comparisons: Comparison[]): Comparison => (a, b) => {
  for (const compare of comparisons) {
    const order = compare(a, b);
    if (order !== 0) return order;
  }
  return 0;
};

/** gawk's orders; undefined for a name that is none of them. */
function knownOrder(runtime: Runtime, name: string): Comparison | undefined {
  const isNumeric = (value: Value): boolean => typeof value === 'number' || (value instanceof InputText && looksNumeric(value.text));
  const byKey: Comparison = ([a], [b]) => compareTexts(a, b, runtime.ignoresCase);
  const byKeyNumber: Comparison = ([a], [b]) => sign(toNumber(a), toNumber(b));
  // Arrays come last, whatever they hold.
  const scalarsFirst = (compare: Comparison): Comparison => (a, b) => {
    const [x, y] = [a[1] instanceof Map, b[1] instanceof Map];
    return x || y ? Number(x) - Number(y) : compare(a, b);
  };
  const byText: Comparison = scalarsFirst(([, a], [, b]) => compareTexts(runtime.text(a), runtime.text(b), runtime.ignoresCase));
  const byNumber: Comparison = scalarsFirst(([, a], [, b]) => sign(toNumber(a), toNumber(b)));
  // Numbers come before texts.
  const byType: Comparison = (a, b) => {
    const [x, y] = [isNumeric(a[1]), isNumeric(b[1])];
    return x && y ? byNumber(a, b) : x === y ? byText(a, b) : x ? -1 : 1;
  };
  const orders: Readonly<Record<string, Comparison>> = {
    ind_str: byKey, ind_num: firstOf(byKeyNumber, byKey), val_str: firstOf(byText, byKey), val_num: firstOf(byNumber, byText, byKey), val_type: firstOf(byType, byKeyNumber, byKey),
  };
  const match = /^@(\w+?)_(asc|desc)$/.exec(name);
  const order = match && orders[match[1]!];
  if (!order) return undefined;
  return match[2] === 'desc' ? (a, b) => -order(a, b) : order;
}

/** The entries of an array in the order of that name. */
export function* ordered(runtime: Runtime, functions: Functions, entries: Entry[], name: string): Task<Entry[]> {
  if (name === '' || name === '@unsorted') return entries;
  const order = knownOrder(runtime, name);
  if (order) return entries.sort(order);
  if (!functions.has(name)) throw new AwkFatal(`sort comparison function \`${name}' is not defined`);
  const pace = new Pace();
  return yield* merged(entries, function* compare(a, b) {
    yield* pace.turn();
    return toNumber(yield* functions.call(name, [a[0], a[1], b[0], b[1]]));
  });
}

/** Sorts by merging, as a comparison may wait for something. */
function* merged(entries: Entry[], compare: (a: Entry, b: Entry) => Task<number>): Task<Entry[]> {
  if (entries.length < 2) return entries;
  const half = entries.length >> 1;
  const left = yield* merged(entries.slice(0, half), compare);
  const right = yield* merged(entries.slice(half), compare);
  const all: Entry[] = [];
  let [i, j] = [0, 0];
  while (i < left.length && j < right.length) all.push((yield* compare(left[i]!, right[j]!)) <= 0 ? left[i++]! : right[j++]!);
  return [...all, ...left.slice(i), ...right.slice(j)];
}

// The two kinds of shell arrays: indexed (sparse) and associative (in bash's own order of enumeration).
import { encode } from '../../kernel/text.js';
import type { Integer } from '../syntax/constant.js';

/** What an element is found by: an index, or the text of a key. */
export type Key = string | Integer;

/** Beyond this gap an index goes to the sparse form, so that `a[999999999]=x` costs one entry. */
const GAP_MAX = 1024;

/** An indexed array: dense while its indices are close together, a sorted map otherwise. */
export class IndexedArray {
  #dense: (string | undefined)[] | undefined = [];
  #sparse: Map<Integer, string> | undefined;
  #sorted: Integer[] | undefined;
  #count = 0;

  static of(values: readonly string[]): IndexedArray {
    const array = new IndexedArray();
    array.#dense = [...values];
    array.#count = values.length;
    return array;
  }

  /** How many elements are set. */
  get size(): number {
    return this.#count;
  }

  get(index: Integer): string | undefined {
    return this.#dense ? this.#dense[Number(index)] : this.#sparse!.get(index);
  }

  has(index: Integer): boolean {
    return this.get(index) !== undefined;
  }

  set(index: Integer, value: string): void {
    if (this.#dense && (typeof index === 'bigint' || index < 0 || index > this.#dense.length + GAP_MAX)) this.#becomeSparse();
    if (this.#dense && typeof index === 'number') {
      while (this.#dense.length < index) this.#dense.push(undefined);
      if (this.#dense[index] === undefined) this.#count++;
      this.#dense[index] = value;
      return;
    }
    if (!this.#sparse!.has(index)) {
      this.#count++;
      if (this.#sorted && index > (this.#sorted.at(-1) ?? -1)) this.#sorted.push(index);
      else this.#sorted = undefined;
    }
    this.#sparse!.set(index, value);
  }

  #becomeSparse(): void {
    const sparse = new Map<Integer, string>();
    this.#dense!.forEach((value, index) => value !== undefined && sparse.set(index, value));
    this.#dense = undefined;
    this.#sparse = sparse;
    this.#sorted = undefined;
  }

  delete(index: Integer): void {
    if (this.get(index) === undefined) return;
    this.#count--;
    if (this.#dense) {
      this.#dense[Number(index)] = undefined;
      while (this.#dense.length > 0 && this.#dense.at(-1) === undefined) this.#dense.pop();
    } else {
      this.#sparse!.delete(index);
      this.#sorted = undefined;
    }
  }

  /** The set indices, ascending. */
  keys(): Integer[] {
    if (this.#dense) {
      if (this.#count === this.#dense.length) return Array.from(this.#dense, (_, index) => index);
      const keys: number[] = [];
      this.#dense.forEach((value, index) => value !== undefined && keys.push(index));
      return keys;
    }
    this.#sorted ??= [...this.#sparse!.keys()].sort((a, b) => (a < b ? -1 : 1));
    return this.#sorted;
  }

  values(): string[] {
    if (this.#dense) {
      return this.#count === this.#dense.length ? (this.#dense as string[]).slice() : this.#dense.filter((value) => value !== undefined);
    }
    return this.keys().map((key) => this.#sparse!.get(key)!);
  }

  /** The highest set index, -1 when empty. */
  get last(): Integer {
    return this.#dense ? this.#dense.length - 1 : this.keys().at(-1) ?? -1;
  }

  clone(): IndexedArray {
    const copy = new IndexedArray();
    copy.#dense = this.#dense?.slice();
    copy.#sparse = this.#sparse && new Map(this.#sparse);
    copy.#sorted = this.#sorted?.slice();
    copy.#count = this.#count;
    return copy;
  }
}

const BUCKETS = 1024;
/** Of a variable that becomes an associative array. */
export const BUCKETS_CONVERTED = 128;
const GROWTH = 4;

/** bash's hash of a key (FNV-1 over its bytes): scripts see it in the order of `${!map[@]}`. */
function hash(key: string): number {
  let value = 2166136261;
  for (const byte of encode(key)) value = Math.imul(value, 16777619) ^ ((byte << 24) >> 24);
  return value >>> 0;
}

/** Keys as one of bash's hash tables has them: bucket by bucket, in each the newest first. */
export function inHashOrder(keys: Iterable<string>, buckets: number): string[] {
  const placed = [...keys].map((key, age) => ({ key, age, bucket: hash(key) & (buckets - 1) }));
  return placed.sort((a, b) => a.bucket - b.bucket || b.age - a.age).map(({ key }) => key);
}

/** An associative array; enumerates in the order of bash's hash table, because scripts' output depends on it. */
export class AssociativeArray {
  readonly #entries: Map<string, string>;
  #ordered: string[] | undefined;

  readonly #buckets: number;

  /** bash has more buckets for one that is made as such than for a variable that becomes one. */
  constructor(entries: Iterable<readonly [string, string]> = [], buckets = BUCKETS) {
    this.#entries = new Map(entries);
    this.#buckets = buckets;
  }

  /** An empty one in its place. */
  emptied(): AssociativeArray {
    return new AssociativeArray([], this.#buckets);
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): string | undefined {
    return this.#entries.get(key);
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  set(key: string, value: string): void {
    if (!this.#entries.has(key)) this.#ordered = undefined;
    this.#entries.set(key, value);
  }

  delete(key: string): void {
    if (this.#entries.delete(key)) this.#ordered = undefined;
  }

  keys(): string[] {
    if (this.#ordered) return this.#ordered;
    let buckets = this.#buckets;
    while (this.#entries.size >= buckets * 2) buckets *= GROWTH;
    this.#ordered = inHashOrder(this.#entries.keys(), buckets);
    return this.#ordered;
  }

  values(): string[] {
    return this.keys().map((key) => this.#entries.get(key)!);
  }

  clone(): AssociativeArray {
    const copy = new AssociativeArray(this.#entries, this.#buckets);
    copy.#ordered = this.#ordered;
    return copy;
  }
}

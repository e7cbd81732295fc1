// An associative array that shows one of the shell's own tables, and adds to it: its elements are what the table holds at the moment.
import { AssociativeArray, inHashOrder } from './arrays.js';

export interface Table {
  /** How many buckets bash's table has: it decides the order. */
  readonly buckets: number;
  /** The texts now, by name, the oldest first. */
  texts(): ReadonlyMap<string, string>;
  /** Adds what was assigned, or complains. */
  add(key: string, value: string): void;
}

export class TableArray extends AssociativeArray {
  readonly #table: Table;

  constructor(table: Table) {
    super();
    this.#table = table;
  }

  override get size(): number {
    return this.#table.texts().size;
  }

  override get(key: string): string | undefined {
    return this.#table.texts().get(key);
  }

  override has(key: string): boolean {
    return this.#table.texts().has(key);
  }

  override set(key: string, value: string): void {
    this.#table.add(key, value);
  }

  /** As in bash, what is unset here stays in the table. */
  override delete(): void {}

  override keys(): string[] {
    // Made anew from the table's buckets, where the newest come first, each of them holds the oldest first.
    return inHashOrder([...this.#table.texts().keys()].reverse(), this.#table.buckets);
  }

  override values(): string[] {
    const texts = this.#table.texts();
    return this.keys().map((key) => texts.get(key)!);
  }

  /** There is but one table: a forked shell defines a view of its own. */
  override clone(): AssociativeArray {
    return this;
  }
}

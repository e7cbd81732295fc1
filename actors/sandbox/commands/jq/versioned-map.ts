// A map of which many versions share one table: setting a key is cheap, and old versions stay what they were
// (H. Baker, "Shallow binding makes functional arrays fast": the newest version holds the table, older ones what is different).

const ABSENT = Symbol('absent');

export class VersionedMap<V> extends Map<string, V> {
  /** Only in the version that was looked at or set last. */
  #table: Map<string, V> | undefined;
  #newer: VersionedMap<V> | undefined;
  #key = '';
  #old: V | typeof ABSENT = ABSENT;

  private constructor(table: Map<string, V>) {
    super();
    this.#table = table;
  }

  /** A version of `map` in which the key has that value. */
  static with<V>(map: ReadonlyMap<string, V>, key: string, value: V): VersionedMap<V> {
    const from = map instanceof VersionedMap ? (map as VersionedMap<V>) : new VersionedMap<V>(new Map(map));
    const table = from.#own();
    const to = new VersionedMap<V>(table);
    from.#yieldTo(to, key, table.has(key) ? table.get(key)! : ABSENT);
    table.set(key, value);
    return to;
  }

  #yieldTo(newer: VersionedMap<V>, key: string, old: V | typeof ABSENT): void {
    this.#table = undefined;
    this.#newer = newer;
    this.#key = key;
    this.#old = old;
  }

  /** Takes the table over, undoing what newer versions did. Keys that were added are the last ones, so their order comes back too. */
  #own(): Map<string, V> {
    if (this.#table) return this.#table;
    const chain: VersionedMap<V>[] = [];
    let at = this.#newer!;
    for (chain.push(this); !at.#table; at = at.#newer!) chain.push(at);
    for (const older of chain.reverse()) {
      const table = at.#table!;
      const current = table.has(older.#key) ? table.get(older.#key)! : ABSENT;
      if (older.#old === ABSENT) table.delete(older.#key);
      else table.set(older.#key, older.#old);
      at.#yieldTo(older, older.#key, current);
      older.#table = table;
      older.#newer = undefined;
      at = older;
    }
    return this.#table!;
  }

  override get size(): number {
    return this.#own().size;
  }

  override get(key: string): V | undefined {
    return this.#own().get(key);
  }

  override has(key: string): boolean {
    return this.#own().has(key);
  }

  override keys(): MapIterator<string> {
    return this.#own().keys();
  }

  override values(): MapIterator<V> {
    return this.#own().values();
  }

  override entries(): MapIterator<[string, V]> {
    return this.#own().entries();
  }

  override [Symbol.iterator](): MapIterator<[string, V]> {
    return this.#own().entries();
  }
}

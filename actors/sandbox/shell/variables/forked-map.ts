// A map that forked shells share: each sees the entries of the moment of the fork and its own changes, and only changes cost.

interface Base<V> {
  readonly entries: Map<string, V>;
  /** How many maps stand on it; the last one may change it in place. */
  users: number;
}

/** Beyond this many changes of its own a map is copied at a fork, not stacked. */
const CHANGES_MAX = 64;

export class ForkedMap<V extends object> {
  #base: Base<V> | undefined;
  /** All entries, or what differs from the base; undefined is an entry taken away. */
  #own = new Map<string, V | undefined>();

  get(name: string): V | undefined {
    const value = this.#own.get(name);
    if (value !== undefined || this.#base === undefined || this.#own.has(name)) return value;
    return this.#base.entries.get(name);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  set(name: string, value: V): void {
    this.#own.set(name, value);
  }

  delete(name: string): void {
    if (this.#base?.entries.has(name) === true) this.#own.set(name, undefined);
    else this.#own.delete(name);
  }

  *entries(): Generator<[string, V]> {
    for (const [name, value] of this.#base?.entries ?? []) {
      const own = this.#own.has(name) ? this.#own.get(name) : value;
      if (own !== undefined) yield [name, own];
    }
    for (const [name, value] of this.#own) if (value !== undefined && this.#base?.entries.has(name) !== true) yield [name, value];
  }

  fork(): ForkedMap<V> {
    this.#settle();
    if (this.#base !== undefined && this.#own.size > CHANGES_MAX) {
      const whole = new Map(this.entries());
      this.#base.users--;
      this.#base = undefined;
      this.#own = whole;
    }
    if (this.#base === undefined) {
      this.#base = { entries: this.#own as Map<string, V>, users: 1 };
      this.#own = new Map();
    }
    const copy = new ForkedMap<V>();
    copy.#base = this.#base;
    copy.#base.users++;
    copy.#own = new Map(this.#own);
    return copy;
  }

  /** Its shell has ended: others need not mind it any more. */
  release(): void {
    if (this.#base) this.#base.users--;
  }

  /** Alone again on its base, it takes its changes into it. */
  #settle(): void {
    const base = this.#base;
    if (base?.users !== 1) return;
    for (const [name, value] of this.#own) {
      if (value === undefined) base.entries.delete(name);
      else base.entries.set(name, value);
    }
    this.#own = base.entries;
    this.#base = undefined;
  }
}

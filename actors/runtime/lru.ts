// A map that forgets what was used longest ago.

export class LruMap<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #limit: number;
  /** Entries for which this is true are not forgotten, however old. */
  readonly #pinned: (value: Value) => boolean;

  constructor(limit: number, pinned: (value: Value) => boolean = () => false) {
    this.#limit = limit;
    this.#pinned = pinned;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Looks without touching. */
  peek(key: string): Value | undefined {
    return this.#entries.get(key);
  }

  get(key: string): Value | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, value);
    }
    return value;
  }

  set(key: string, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#limit) this.#evict();
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  #evict(): void {
    // A pinned head moves to the tail, so a run of pinned entries is not scanned again by the next call.
    // All but the newest are tried: what was just put in is about to be used, though nothing pins it yet.
    for (let tries = Math.min(8, this.#entries.size - 1); tries > 0 && this.#entries.size > this.#limit; tries--) {
      const [key, value] = this.#entries.entries().next().value!;
      this.#entries.delete(key);
      if (this.#pinned(value)) this.#entries.set(key, value);
    }
  }
}

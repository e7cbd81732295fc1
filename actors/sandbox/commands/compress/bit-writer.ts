// Bits into bytes, the highest first.
export class BitWriter {
  #bytes = new Uint8Array(65536);
  #size = 0;
  #buffer = 0;
  #held = 0;

  /** At most 24 bits at a time. */
  put(value: number, count: number): void {
    this.#buffer = (this.#buffer << count) | value;
    this.#held += count;
    while (this.#held >= 8) {
      this.#held -= 8;
      this.#byte((this.#buffer >>> this.#held) & 255);
    }
    this.#buffer &= (1 << this.#held) - 1;
  }

  put32(value: number): void {
    this.put(value >>> 16, 16);
    this.put(value & 0xffff, 16);
  }

  #byte(value: number): void {
    if (this.#size === this.#bytes.length) {
      const grown = new Uint8Array(this.#size * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes[this.#size++] = value;
  }

  /** Fills the last byte up with zeros. */
  finish(): void {
    if (this.#held > 0) this.put(0, 8 - this.#held);
  }

  /** The whole bytes so far. */
  take(): Uint8Array[] {
    if (this.#size === 0) return [];
    const whole = this.#bytes.slice(0, this.#size);
    this.#size = 0;
    return [whole];
  }
}

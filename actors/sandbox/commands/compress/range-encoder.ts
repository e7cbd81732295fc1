// LZMA's range coder: bits by their probability, which it learns.
const TOP = 0x1000000;
const PROBABILITY_BITS = 11;
const MOVE_BITS = 5;
export const HALF = 1 << (PROBABILITY_BITS - 1);

export const probabilities = (size: number): Uint16Array => new Uint16Array(size).fill(HALF);

export class RangeEncoder {
  readonly #out: number[] = [];
  #low = 0;
  #range = 0xffffffff;
  #cache = 0;
  #pending = 1;

  /** An upper bound of what `finish` will give. */
  get sizeBytes(): number {
    return this.#out.length + this.#pending + 5;
  }

  /** What is certain by now, once. */
  take(): Uint8Array {
    return Uint8Array.from(this.#out.splice(0));
  }

  bit(probs: Uint16Array, index: number, bit: number): void {
    const probability = probs[index]!;
    const bound = (this.#range >>> PROBABILITY_BITS) * probability;
    if (bit === 0) {
      this.#range = bound;
      probs[index] = probability + (((1 << PROBABILITY_BITS) - probability) >> MOVE_BITS);
    } else {
      this.#low += bound;
      this.#range = (this.#range - bound) >>> 0;
      probs[index] = probability - (probability >> MOVE_BITS);
    }
    while (this.#range < TOP) {
      this.#range = (this.#range << 8) >>> 0;
      this.#shift();
    }
  }

  direct(value: number, count: number): void {
    for (let at = count - 1; at >= 0; at--) {
      this.#range >>>= 1;
      if ((value >>> at) & 1) this.#low += this.#range;
      while (this.#range < TOP) {
        this.#range = (this.#range << 8) >>> 0;
        this.#shift();
      }
    }
  }

  /** The bits of a symbol, the highest first. */
  tree(probs: Uint16Array, base: number, bits: number, symbol: number): void {
    let node = 1;
    for (let at = bits - 1; at >= 0; at--) {
      const bit = (symbol >>> at) & 1;
      this.bit(probs, base + node, bit);
      node = (node << 1) | bit;
    }
  }

  /** The lowest first. */
  reverseTree(probs: Uint16Array, base: number, bits: number, symbol: number): void {
    let node = 1;
    for (let at = 0; at < bits; at++) {
      const bit = (symbol >>> at) & 1;
      this.bit(probs, base + node, bit);
      node = (node << 1) | bit;
    }
  }

  #shift(): void {
    if (this.#low < 0xff000000 || this.#low > 0xffffffff) {
      const carry = this.#low > 0xffffffff ? 1 : 0;
      for (; this.#pending > 0; this.#pending--) {
        this.#out.push((this.#cache + carry) & 255);
        this.#cache = 255;
      }
      this.#cache = Math.floor(this.#low / TOP) & 255;
    }
    this.#pending++;
    this.#low = (this.#low % TOP) * 256;
  }

  finish(): Uint8Array {
    for (let i = 0; i < 5; i++) this.#shift();
    return Uint8Array.from(this.#out);
  }
}

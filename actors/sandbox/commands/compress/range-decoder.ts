// Reads LZMA's range code: bits by their probability, which it learns.
import { Fault } from '../../../runtime/fault.js';

const TOP = 0x1000000;
const PROBABILITY_BITS = 11;
const MOVE_BITS = 5;

export class RangeDecoder {
  static readonly START_BYTES = 5;
  input: Uint8Array = new Uint8Array(0);
  at = 0;
  #range = 0xffffffff;
  #code = 0;

  /** Takes what it starts from; false where the first byte is not as it has to be. */
  begin(): boolean {
    if (this.#byte() !== 0) return false;
    for (let i = 1; i < RangeDecoder.START_BYTES; i++) this.#code = ((this.#code << 8) | this.#byte()) >>> 0;
    return this.#code !== 0xffffffff;
  }

  /** Whether what has been read can be all. */
  get isFinished(): boolean {
    return this.#code === 0;
  }

  #byte(): number {
    if (this.at >= this.input.length) throw new Fault('invalid', 'unexpected EOF');
    return this.input[this.at++]!;
  }

  #normalize(): void {
    if (this.#range >= TOP) return;
    this.#range = (this.#range << 8) >>> 0;
    this.#code = ((this.#code << 8) | this.#byte()) >>> 0;
  }

  bit(probs: Uint16Array, index: number): number {
    const probability = probs[index]!;
    const bound = (this.#range >>> PROBABILITY_BITS) * probability;
    const isOne = this.#code >= bound;
    if (isOne) {
      this.#code -= bound;
      this.#range -= bound;
      probs[index] = probability - (probability >> MOVE_BITS);
    } else {
      this.#range = bound;
      probs[index] = probability + (((1 << PROBABILITY_BITS) - probability) >> MOVE_BITS);
    }
    this.#normalize();
    return isOne ? 1 : 0;
  }

  direct(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) {
      this.#range >>>= 1;
      const isOne = this.#code >= this.#range;
      if (isOne) this.#code -= this.#range;
      value = value * 2 + (isOne ? 1 : 0);
      this.#normalize();
    }
    return value;
  }

  /** A symbol of so many bits, the highest first. */
  tree(probs: Uint16Array, base: number, bits: number): number {
    let node = 1;
    for (let i = 0; i < bits; i++) node = (node << 1) | this.bit(probs, base + node);
    return node - (1 << bits);
  }

  /** The lowest first. */
  reverseTree(probs: Uint16Array, base: number, bits: number): number {
    let node = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.bit(probs, base + node);
      node = (node << 1) | bit;
      value |= bit << i;
    }
    return value;
  }
}

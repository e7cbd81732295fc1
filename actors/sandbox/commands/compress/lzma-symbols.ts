// LZMA's symbols: literals, matches and repeated distances, found with chains of hashes and written with a range coder.
import { LengthModel, LzmaModel, nextState } from './lzma-model.js';
import type { RangeEncoder } from './range-encoder.js';

/** lc=3, lp=0, pb=2, as headers write them. */
export const PROPERTIES = 93;
const POSITION_MASK = 3;
const MATCH_MIN = 2;
const MATCH_MAX = 273;
const HASH_BITS = 16;
const NICE_LENGTH = 64;
const END_SLOT = 63;

function encodeLength(model: LengthModel, coder: RangeEncoder, length: number, place: number): void {
  const value = length - MATCH_MIN;
  if (value < 8) {
    coder.bit(model.choice, 0, 0);
    coder.tree(model.low, place << 3, 3, value);
  } else if (value < 16) {
    coder.bit(model.choice, 0, 1);
    coder.bit(model.choice, 1, 0);
    coder.tree(model.mid, place << 3, 3, value - 8);
  } else {
    coder.bit(model.choice, 0, 1);
    coder.bit(model.choice, 1, 1);
    coder.tree(model.high, 0, 8, value - 16);
  }
}

export class SymbolEncoder {
  readonly #data: Uint8Array;
  readonly #depth: number;
  readonly #heads = new Int32Array(1 << HASH_BITS).fill(-1);
  readonly #links: Int32Array;
  model: LzmaModel;
  /** What was found for the next byte while this one was looked at. */
  #ahead = { at: -1, length: 0, distance: 0 };
  #hashed: number;

  /** `depth` is how many earlier places are looked at for each byte; matches are sought from `start` on, what is before it may still be repeated. */
  constructor(data: Uint8Array, depth: number, start = 0, model = new LzmaModel()) {
    this.#data = data;
    this.#depth = depth;
    this.#links = new Int32Array(data.length);
    this.#hashed = start;
    this.model = model;
  }

  #lengthAt(at: number, distance: number, most: number): number {
    const data = this.#data;
    const from = at - distance - 1;
    if (from < 0) return 0;
    const limit = Math.min(MATCH_MAX, most - at);
    let length = 0;
    while (length < limit && data[from + length] === data[at + length]) length++;
    return length;
  }

  #hash(at: number): number {
    const data = this.#data;
    return (((data[at]! << 16) ^ (data[at + 1]! << 8) ^ data[at + 2]!) * 0x9e3779b1) >>> (32 - HASH_BITS);
  }

  /** Places before `end` can be found from now on. */
  #remember(end: number): void {
    const last = Math.min(end, this.#data.length - 2);
    for (; this.#hashed < last; this.#hashed++) {
      const hash = this.#hash(this.#hashed);
      this.#links[this.#hashed] = this.#heads[hash]!;
      this.#heads[hash] = this.#hashed;
    }
  }

  #longest(at: number, most: number): { length: number; distance: number } {
    let best = { length: 0, distance: 0 };
    if (this.#ahead.at === at) return this.#ahead;
    if (at + 3 > most) return best;
    this.#remember(at);
    let tries = this.#depth;
    for (let from = this.#heads[this.#hash(at)]!; from >= 0 && tries-- > 0; from = this.#links[from]!) {
      if (best.length > 0 && this.#data[from + best.length] !== this.#data[at + best.length]) continue;
      const length = this.#lengthAt(at, at - from - 1, most);
      if (length > best.length) best = { length, distance: at - from - 1 };
      if (best.length >= NICE_LENGTH) break;
    }
    this.#ahead = { at, ...best };
    return best;
  }

  /** Encodes a literal, a match or a repeated one, of what is before `most`; gives its length. */
  step(coder: RangeEncoder, at: number, most: number): number {
    const { model } = this;
    const place = at & POSITION_MASK;
    let rep = 0;
    let repLength = 0;
    for (let i = 0; i < 4; i++) {
      const length = this.#lengthAt(at, model.reps[i]!, most);
      if (length > repLength) [rep, repLength] = [i, length];
    }
    const match = repLength >= NICE_LENGTH ? { length: 0, distance: 0 } : this.#longest(at, most);
    // Far short matches cost more than they save.
    const isWorth = match.length >= 4 || (match.length === 3 && match.distance < 1 << 11);
    if (repLength >= 2 && repLength + 1 >= match.length) return this.#repeat(coder, rep, repLength, place);
    if (!isWorth || (at + 1 < most && match.length < NICE_LENGTH && this.#longest(at + 1, most).length > match.length + 1)) return this.#literal(coder, at, place);
    coder.bit(model.isMatch, (model.state << 4) + place, 1);
    coder.bit(model.isRep, model.state, 0);
    encodeLength(model.matchLength, coder, match.length, place);
    this.#distance(coder, match.distance, match.length);
    model.reps = [match.distance, ...model.reps.slice(0, 3)];
    model.state = nextState(model.state, 'match');
    return match.length;
  }

  #literal(coder: RangeEncoder, at: number, place: number): number {
    const { model } = this;
    coder.bit(model.isMatch, (model.state << 4) + place, 0);
    const previous = at > 0 ? this.#data[at - 1]! : 0;
    const base = 0x300 * (previous >> 5);
    const byte = this.#data[at]!;
    if (model.state < 7) coder.tree(model.literal, base, 8, byte);
    else {
      // What would have come had the match gone on is a hint.
      const expected = this.#data[at - model.reps[0]! - 1]!;
      let node = 1;
      let isAlike = true;
      for (let i = 7; i >= 0; i--) {
        const bit = (byte >> i) & 1;
        const hint = (expected >> i) & 1;
        coder.bit(model.literal, base + (isAlike ? ((1 + hint) << 8) + node : node), bit);
        node = (node << 1) | bit;
        isAlike &&= hint === bit;
      }
    }
    model.state = nextState(model.state, 'literal');
    return 1;
  }

  #repeat(coder: RangeEncoder, rep: number, length: number, place: number): number {
    const { model } = this;
    const { state } = model;
    coder.bit(model.isMatch, (state << 4) + place, 1);
    coder.bit(model.isRep, state, 1);
    if (rep === 0) {
      coder.bit(model.isRep0, state, 0);
      coder.bit(model.isRep0Long, (state << 4) + place, 1);
    } else {
      coder.bit(model.isRep0, state, 1);
      coder.bit(model.isRep1, state, rep === 1 ? 0 : 1);
      if (rep > 1) coder.bit(model.isRep2, state, rep - 2);
      const [distance] = model.reps.splice(rep, 1);
      model.reps.unshift(distance!);
    }
    encodeLength(model.repLength, coder, length, place);
    model.state = nextState(state, 'repetition');
    return length;
  }

  #distance(coder: RangeEncoder, distance: number, length: number): void {
    const { model } = this;
    const high = 31 - Math.clz32(distance);
    const slot = distance < 4 ? distance : (high << 1) | ((distance >>> (high - 1)) & 1);
    coder.tree(model.slot, Math.min(length - MATCH_MIN, 3) << 6, 6, slot);
    if (slot < 4) return;
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) << bits;
    const rest = distance - base;
    if (slot < 14) coder.reverseTree(model.special, base - slot, bits, rest);
    else {
      coder.direct(rest >>> 4, bits - 4);
      coder.reverseTree(model.align, 0, 4, rest & 15);
    }
  }

  /** The marker of the end: a match of the least length at a distance that there is not. */
  end(coder: RangeEncoder, at: number): void {
    const { model } = this;
    const place = at & POSITION_MASK;
    coder.bit(model.isMatch, (model.state << 4) + place, 1);
    coder.bit(model.isRep, model.state, 0);
    encodeLength(model.matchLength, coder, MATCH_MIN, place);
    coder.tree(model.slot, 0, 6, END_SLOT);
    coder.direct(0x3ffffff, 26);
    coder.reverseTree(model.align, 0, 4, 15);
  }
}

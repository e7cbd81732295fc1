// Reads .lzma: LZMA in its first container (https://tukaani.org/lzma/specs/lzma-file-format.txt), as it comes; no more than the dictionary is kept.
import { Fault } from '../../../runtime/fault.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { Pace } from '../common/pace.js';
import type { Source } from './coder.js';
import { LengthModel, LzmaModel, nextState } from './lzma-model.js';
import { RangeDecoder } from './range-decoder.js';

export const LZMA_HEADER_BYTES = 13;
/** What xz's highest level asks for; a file that wants more is refused before memory is taken. */
const DICTIONARY_MAX_BYTES = 1 << 26;
const DICTIONARY_MIN_BYTES = 4096;
const WINDOW_START_BYTES = 65536;
const CHUNK_BYTES = 32 * 1024;
/** No symbol takes more. */
const SYMBOL_MAX_BYTES = 24;
const PROPERTIES_MAX = 225;
const SIZE_MAX_BYTES = 2 ** 38;
const END_DISTANCE = 0xffffffff;
const corrupt = (): Fault => new Fault('invalid', 'lzma: invalid data');

interface Header {
  /** Bits of the byte before, bits of the place, that a literal's model depends on; bits of the place for the rest. */
  readonly lc: number;
  readonly lp: number;
  readonly pb: number;
  readonly dictionaryBytes: number;
  /** Undefined where an end marker says it. */
  readonly sizeBytes: number | undefined;
}

/** The header's fields; undefined where these bytes are none. There is no magic, so it takes what encoders write, as xz does. */
function headerOf(head: Uint8Array): Header | undefined {
  if (head.length < LZMA_HEADER_BYTES || head[0]! >= PROPERTIES_MAX) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const lc = head[0]! % 9;
  const rest = Math.floor(head[0]! / 9);
  const dictionaryBytes = view.getUint32(1, true);
  const isPower = (value: number): boolean => value > 0 && Number.isInteger(Math.log2(value));
  if (dictionaryBytes !== 0xffffffff && !isPower(dictionaryBytes) && !isPower(dictionaryBytes / 3)) return undefined;
  const isUnknown = view.getBigUint64(5, true) === 2n ** 64n - 1n;
  const sizeBytes = Number(view.getBigUint64(5, true));
  if (!isUnknown && sizeBytes >= SIZE_MAX_BYTES) return undefined;
  const header = { lc, lp: rest % 5, pb: Math.floor(rest / 5), dictionaryBytes, sizeBytes: isUnknown ? undefined : sizeBytes };
  return header.lc + header.lp > 4 ? undefined : header;
}

export function isLzma(head: Uint8Array): boolean {
  return headerOf(head) !== undefined;
}

/** Decodes a stream whose first bytes are `head`. `next` throws Fault invalid for broken input. */
export class LzmaSource implements Source {
  readonly #source: Source;
  readonly #header: Header;
  readonly #pace = new Pace();
  readonly #model: LzmaModel;
  readonly #coder = new RangeDecoder();
  readonly #dictionaryBytes: number;
  /** What came last, in a ring; it grows until it is as large as the dictionary. */
  #window: Uint8Array;
  #at = 0;
  #written = 0;
  #input: Uint8Array;
  #hasBegun = false;
  #isSourceEnded = false;
  #isEnded = false;
  #fault: Fault | undefined;
  /** What is left of a match that did not fit into the chunk before. */
  #pending = 0;

  constructor(source: Source, head: Uint8Array) {
    const header = headerOf(head);
    if (!header) throw corrupt();
    if (header.dictionaryBytes > DICTIONARY_MAX_BYTES) throw new Fault('invalid', 'Memory usage limit reached');
    this.#source = source;
    this.#header = header;
    this.#model = new LzmaModel(header.lc + header.lp);
    this.#dictionaryBytes = Math.max(DICTIONARY_MIN_BYTES, header.dictionaryBytes);
    this.#window = new Uint8Array(Math.min(this.#dictionaryBytes, WINDOW_START_BYTES));
    this.#input = head.slice(LZMA_HEADER_BYTES);
  }

  /** Has so many bytes ready, unless there are no more. */
  *#fill(count: number): Task {
    while (this.#input.length < count && !this.#isSourceEnded) {
      const chunk = yield* this.#source.next();
      if (chunk === undefined) this.#isSourceEnded = true;
      else this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk]);
    }
    this.#coder.input = this.#input;
    this.#coder.at = 0;
  }

  *next(): Task<Uint8Array | undefined> {
    if (this.#fault) throw this.#fault;
    if (this.#isEnded) return undefined;
    if (!this.#hasBegun) {
      yield* this.#fill(RangeDecoder.START_BYTES);
      if (!this.#coder.begin()) throw corrupt();
      this.#input = this.#input.subarray(this.#coder.at);
      this.#hasBegun = true;
    }
    const out = new Uint8Array(CHUNK_BYTES);
    let size = 0;
    try {
      while (size < CHUNK_BYTES && !this.#isEnded) {
        yield* this.#fill(SYMBOL_MAX_BYTES);
        const last = this.#isSourceEnded ? Infinity : this.#input.length - SYMBOL_MAX_BYTES;
        while (size < CHUNK_BYTES && !this.#isEnded && this.#coder.at <= last) {
          if (this.#pending > 0) size = this.#copy(out, size);
          else if (this.#written === this.#header.sizeBytes && this.#coder.isFinished) this.#isEnded = true;
          else if (this.#symbol()) out[size++] = this.#last();
          if (this.#pace.due) yield PREEMPT;
        }
        this.#input = this.#input.subarray(this.#coder.at);
      }
      if (this.#isEnded) yield* this.#checkEnd();
    } catch (error) {
      // What came before the fault is given first; the fault comes with the next call.
      if (!(error instanceof Fault) || size === 0) throw error;
      this.#fault = error;
    }
    return size === 0 ? undefined : out.subarray(0, size);
  }

  /** The stream is all there is. */
  *#checkEnd(): Task {
    yield* this.#fill(1);
    if (this.#input.length > 0) throw corrupt();
  }

  #last(): number {
    return this.#window[(this.#at === 0 ? this.#window.length : this.#at) - 1]!;
  }

  /** The byte that was written so far back, less one; zero before the first. */
  #byteAt(distance: number): number {
    if (distance >= this.#written) return 0;
    const from = this.#at - distance - 1;
    return this.#window[from < 0 ? from + this.#window.length : from]!;
  }

  #put(byte: number): void {
    if (this.#at === this.#window.length) {
      if (this.#window.length < this.#dictionaryBytes) {
        const grown = new Uint8Array(Math.min(this.#dictionaryBytes, this.#window.length * 4));
        grown.set(this.#window);
        this.#window = grown;
      } else this.#at = 0;
    }
    this.#window[this.#at++] = byte;
    this.#written++;
  }

  #copy(out: Uint8Array, from: number): number {
    const distance = this.#model.reps[0]!;
    const { sizeBytes } = this.#header;
    let size = from;
    for (; this.#pending > 0 && size < out.length; this.#pending--) {
      if (this.#written === sizeBytes) throw corrupt();
      const byte = this.#byteAt(distance);
      this.#put(byte);
      out[size++] = byte;
    }
    return size;
  }

  /** The next symbol: true for a literal, which is written; else a match is pending, or it was the end. */
  #symbol(): boolean {
    const model = this.#model;
    const coder = this.#coder;
    const { state } = model;
    const place = this.#written & ((1 << this.#header.pb) - 1);
    if (coder.bit(model.isMatch, (state << 4) + place) === 0) {
      if (this.#written === this.#header.sizeBytes) throw corrupt();
      this.#literal();
      return true;
    }
    if (coder.bit(model.isRep, state) === 0) {
      const length = this.#length(model.matchLength, place);
      const distance = this.#distance(length);
      if (distance === END_DISTANCE) {
        if (this.#header.sizeBytes !== undefined && this.#written !== this.#header.sizeBytes) throw corrupt();
        if (!coder.isFinished) throw corrupt();
        this.#isEnded = true;
        return false;
      }
      model.reps = [distance, ...model.reps.slice(0, 3)];
      model.state = nextState(state, 'match');
      this.#pending = length;
    } else {
      const rep = this.#repeated(place);
      if (rep === undefined) this.#pending = 1;
      else {
        const [distance] = model.reps.splice(rep, 1);
        model.reps.unshift(distance!);
        this.#pending = this.#length(model.repLength, place);
      }
      model.state = nextState(state, rep === undefined ? 'short repetition' : 'repetition');
    }
    if (model.reps[0]! >= this.#written || model.reps[0]! >= this.#dictionaryBytes) throw corrupt();
    return false;
  }

  /** Which of the last distances it is; undefined for one byte at the last of them. */
  #repeated(place: number): number | undefined {
    const model = this.#model;
    const coder = this.#coder;
    const { state } = model;
    if (coder.bit(model.isRep0, state) === 0) return coder.bit(model.isRep0Long, (state << 4) + place) === 0 ? undefined : 0;
    if (coder.bit(model.isRep1, state) === 0) return 1;
    return 2 + coder.bit(model.isRep2, state);
  }

  #literal(): void {
    const model = this.#model;
    const { lc, lp } = this.#header;
    const before = this.#byteAt(0);
    const base = 0x300 * (((this.#written & ((1 << lp) - 1)) << lc) + (before >> (8 - lc)));
    let node = 1;
    if (model.state >= 7) {
      const expected = this.#byteAt(model.reps[0]!);
      for (let i = 7; i >= 0 && node < 0x100; i--) {
        const hint = (expected >> i) & 1;
        const bit = this.#coder.bit(model.literal, base + ((1 + hint) << 8) + node);
        node = (node << 1) | bit;
        if (bit !== hint) break;
      }
    }
    while (node < 0x100) node = (node << 1) | this.#coder.bit(model.literal, base + node);
    this.#put(node & 0xff);
    model.state = nextState(model.state, 'literal');
  }

  #length(model: LengthModel, place: number): number {
    const coder = this.#coder;
    if (coder.bit(model.choice, 0) === 0) return 2 + coder.tree(model.low, place << 3, 3);
    if (coder.bit(model.choice, 1) === 0) return 10 + coder.tree(model.mid, place << 3, 3);
    return 18 + coder.tree(model.high, 0, 8);
  }

  #distance(length: number): number {
    const coder = this.#coder;
    const slot = coder.tree(this.#model.slot, Math.min(length - 2, 3) << 6, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) * 2 ** bits;
    if (slot < 14) return base + coder.reverseTree(this.#model.special, base - slot, bits);
    return base + coder.direct(bits - 4) * 16 + coder.reverseTree(this.#model.align, 0, 4);
  }
}

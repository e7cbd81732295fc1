// Writes .lzma (https://tukaani.org/lzma/specs/lzma-file-format.txt): one stream that ends with a marker.
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { Pace } from '../common/pace.js';
import { SEGMENT_BYTES } from './lzma2-encoder.js';
import { LzmaModel } from './lzma-model.js';
import { PROPERTIES, SymbolEncoder } from './lzma-symbols.js';
import { RangeEncoder } from './range-encoder.js';

/** A dictionary of 8 MiB, since distances are repeated over the border of two segments; the size is not told. */
const HEADER = Uint8Array.of(PROPERTIES, 0, 0, 0x80, 0, 255, 255, 255, 255, 255, 255, 255, 255);
const FIRST_BUFFER_BYTES = 65536;
const PIECE_BYTES = 65536;

export class LzmaEncoder {
  readonly #depth: number;
  readonly #coder = new RangeEncoder();
  readonly #model = new LzmaModel();
  readonly #pace = new Pace();
  #before = new Uint8Array(0);
  #segment = new Uint8Array(0);
  #size = 0;
  #hasBegun = false;

  constructor(level = 6) {
    this.#depth = 2 ** Math.max(1, Math.min(7, level));
  }

  *add(bytes: Uint8Array): Task<Uint8Array[]> {
    const out = this.#begin();
    for (let at = 0; at < bytes.length; ) {
      if (this.#size === this.#segment.length) this.#grow();
      const piece = bytes.subarray(at, at + this.#segment.length - this.#size);
      this.#segment.set(piece, this.#size);
      this.#size += piece.length;
      at += piece.length;
      if (this.#size === SEGMENT_BYTES) {
        yield* this.#encode(out);
      }
    }
    return out;
  }

  /** Small inputs need no large buffer. */
  #grow(): void {
    const grown = new Uint8Array(Math.min(SEGMENT_BYTES, Math.max(FIRST_BUFFER_BYTES, this.#segment.length * 4)));
    grown.set(this.#segment.subarray(0, this.#size));
    this.#segment = grown;
  }

  #begin(): Uint8Array[] {
    if (this.#hasBegun) return [];
    this.#hasBegun = true;
    return [HEADER];
  }

  /** The segment's symbols; what is before it may be repeated. */
  *#encode(out: Uint8Array[]): Task<SymbolEncoder> {
    const start = this.#before.length;
    const data = Buffer.concat([this.#before, this.#segment.subarray(0, this.#size)]);
    const symbols = new SymbolEncoder(data, this.#depth, start, this.#model);
    for (let at = start; at < data.length; ) {
      at += symbols.step(this.#coder, at, data.length);
      if (this.#coder.sizeBytes > PIECE_BYTES) out.push(this.#coder.take());
      if (this.#pace.due) yield PREEMPT;
    }
    this.#before = this.#segment.slice(0, this.#size);
    this.#size = 0;
    return symbols;
  }

  *end(): Task<Uint8Array[]> {
    const out = this.#begin();
    const rest = this.#size;
    const symbols = yield* this.#encode(out);
    symbols.end(this.#coder, rest);
    return [...out, this.#coder.finish()];
  }
}

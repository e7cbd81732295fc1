// LZMA2 (https://tukaani.org/xz/xz-file-format.txt, 5.3.1): segments that stand for themselves, each of chunks; what does not shrink is stored.
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { Pace } from '../common/pace.js';
import { LzmaModel } from './lzma-model.js';
import { PROPERTIES, SymbolEncoder } from './lzma-symbols.js';
import { RangeEncoder } from './range-encoder.js';

export const SEGMENT_BYTES = 1 << 22;
const PACKED_MAX = 65536;
const MARGIN = 64;
const CHUNK_MAX = 1 << 19;
const STORED_MAX = 65536;

export class Lzma2Segment {
  readonly #data: Uint8Array;
  readonly #pace = new Pace();
  readonly #symbols: SymbolEncoder;

  /** `depth` is how many earlier places are looked at for each byte. */
  constructor(data: Uint8Array, depth: number) {
    this.#data = data;
    this.#symbols = new SymbolEncoder(data, depth);
  }

  *encode(): Task<Uint8Array[]> {
    const out: Uint8Array[] = [];
    let reset: 'all' | 'properties' | 'state' | 'none' = 'all';
    for (let at = 0; at < this.#data.length; ) {
      const { packed, end } = yield* this.#chunk(at);
      const size = end - at;
      if (packed.length < size) {
        const control = { all: 0xe0, properties: 0xc0, state: 0xa0, none: 0x80 }[reset];
        const head = [control | ((size - 1) >> 16), ((size - 1) >> 8) & 255, (size - 1) & 255, ((packed.length - 1) >> 8) & 255, (packed.length - 1) & 255];
        if (control >= 0xc0) head.push(PROPERTIES);
        out.push(Uint8Array.from(head), packed);
        reset = 'none';
      } else {
        for (let from = at; from < end; from += STORED_MAX) {
          const piece = this.#data.subarray(from, Math.min(end, from + STORED_MAX));
          out.push(Uint8Array.of(reset === 'all' ? 1 : 2, (piece.length - 1) >> 8, (piece.length - 1) & 255), piece.slice());
          if (reset === 'all') reset = 'properties';
        }
        if (reset !== 'properties') reset = 'state';
        this.#symbols.model = new LzmaModel();
      }
      at = end;
      yield PREEMPT;
    }
    return out;
  }

  *#chunk(start: number): Task<{ packed: Uint8Array; end: number }> {
    const coder = new RangeEncoder();
    const most = Math.min(this.#data.length, start + CHUNK_MAX);
    let at = start;
    while (at < most && coder.sizeBytes < PACKED_MAX - MARGIN) {
      at += this.#symbols.step(coder, at, most);
      if (this.#pace.due) yield PREEMPT;
    }
    return { packed: coder.finish(), end: at };
  }
}

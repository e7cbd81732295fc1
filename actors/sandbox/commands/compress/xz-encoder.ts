// The .xz container (https://tukaani.org/xz/xz-file-format.txt) around LZMA2: one stream, one block, CRC32.
import { crc32 } from 'node:zlib';
import type { Task } from '../../kernel/wait.js';
import { Lzma2Segment, SEGMENT_BYTES } from './lzma2-encoder.js';

const FLAGS = Uint8Array.of(0, 1);
/** A block of LZMA2 with a dictionary of 4 MiB, as long as a segment. */
const BLOCK_HEAD = Uint8Array.of(2, 0, 0x21, 1, 20, 0, 0, 0);
const CHECK_BYTES = 4;

function littleEndian(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/** Seven bits a byte, the lowest first. */
function variable(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}

export class XzEncoder {
  readonly #depth: number;
  #segment = new Uint8Array(0);
  #size = 0;
  #crc = 0;
  #plainBytes = 0;
  #packedBytes = 0;
  #hasBegun = false;

  constructor(level = 6) {
    this.#depth = 2 ** Math.max(1, Math.min(7, level));
  }

  *add(bytes: Uint8Array): Task<Uint8Array[]> {
    const out: Uint8Array[] = [];
    this.#crc = crc32(bytes, this.#crc);
    this.#plainBytes += bytes.length;
    for (let at = 0; at < bytes.length; ) {
      if (this.#size === this.#segment.length) this.#grow();
      const piece = bytes.subarray(at, at + this.#segment.length - this.#size);
      this.#segment.set(piece, this.#size);
      this.#size += piece.length;
      at += piece.length;
      if (this.#size === SEGMENT_BYTES) out.push(...(yield* this.#flush()));
    }
    return out;
  }

  /** Small inputs need no large buffer. */
  #grow(): void {
    const grown = new Uint8Array(Math.min(SEGMENT_BYTES, Math.max(65536, this.#segment.length * 4)));
    grown.set(this.#segment.subarray(0, this.#size));
    this.#segment = grown;
  }

  *#flush(): Task<Uint8Array[]> {
    const head = this.#begin();
    if (this.#plainBytes > 0 && this.#packedBytes === 0) head.push(BLOCK_HEAD, littleEndian(crc32(BLOCK_HEAD)));
    const packed = yield* new Lzma2Segment(this.#segment.slice(0, this.#size), this.#depth).encode();
    this.#size = 0;
    this.#packedBytes += packed.reduce((sum, { length }) => sum + length, 0);
    return [...head, ...packed];
  }

  #begin(): Uint8Array[] {
    if (this.#hasBegun) return [];
    this.#hasBegun = true;
    return [Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), FLAGS, littleEndian(crc32(FLAGS))];
  }

  *end(): Task<Uint8Array[]> {
    const out = this.#size > 0 ? yield* this.#flush() : this.#begin();
    const records: number[] = [];
    if (this.#plainBytes > 0) {
      // The end of LZMA2's data is a byte of zero.
      const dataBytes = this.#packedBytes + 1;
      const unpadded = BLOCK_HEAD.length + 4 + dataBytes + CHECK_BYTES;
      out.push(new Uint8Array(1 + ((4 - (unpadded % 4)) % 4)), littleEndian(this.#crc));
      records.push(...variable(unpadded), ...variable(this.#plainBytes));
    }
    const plain = [0, this.#plainBytes > 0 ? 1 : 0, ...records];
    const index = Uint8Array.from([...plain, ...Array.from({ length: (4 - (plain.length % 4)) % 4 }, () => 0)]);
    const footer = Buffer.concat([littleEndian((index.length + 4) / 4 - 1), FLAGS]);
    out.push(index, littleEndian(crc32(index)), littleEndian(crc32(footer)), footer, Uint8Array.of(0x59, 0x5a));
    return out;
  }
}

// zstd without compression, for versions of Node.js that have no zstd of their own: frames of stored and repeated blocks.
import { Transform, type TransformCallback } from 'node:stream';

/** Magic number, no checksum, no size, a window as large as the largest block (RFC 8878, 3.1.1). */
const HEADER = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, 7 << 3);
const BLOCK_BYTES = 128 * 1024;
const RAW = 0;
const REPEATED = 1;

function blockHeader(sizeBytes: number, type: number, isLast: boolean): Uint8Array {
  const value = (sizeBytes << 3) | (type << 1) | (isLast ? 1 : 0);
  return Uint8Array.of(value & 0xff, (value >> 8) & 0xff, value >> 16);
}

/** A stream of one frame; see https://www.rfc-editor.org/rfc/rfc8878 */
export class StoredZstd extends Transform {
  #begun = false;

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.#begin();
    for (let at = 0; at < chunk.length; at += BLOCK_BYTES) this.#block(chunk.subarray(at, at + BLOCK_BYTES));
    done();
  }

  override _flush(done: TransformCallback): void {
    this.#begin();
    this.push(blockHeader(0, RAW, true));
    done();
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.push(HEADER);
  }

  #block(bytes: Uint8Array): void {
    const first = bytes[0]!;
    const isRepeated = bytes.length > 1 && bytes.every((byte) => byte === first);
    this.push(blockHeader(bytes.length, isRepeated ? REPEATED : RAW, false));
    this.push(isRepeated ? Uint8Array.of(first) : new Uint8Array(bytes));
  }
}

// The bytes of a file that lives in memory: sparse, in chunks.
import { Errno } from '../kernel/errno.js';
import type { Quota } from './quota.js';
import type { Content } from './tree-inode.js';

const CHUNK_BYTES = 1 << 16;

/** Chunks hold up to 64 KiB and may be shorter than their range or absent: what is missing is zeros. */
export class MemoryContent implements Content {
  sizeBytes = 0;
  chargedBytes = 0;
  readonly #quota: Quota;
  #chunks: (Uint8Array | undefined)[] = [];

  constructor(quota: Quota) {
    this.#quota = quota;
  }

  /** A copy, because a later write must not change what a pipe still holds. */
  readAt(offset: number, lengthBytes: number): Uint8Array {
    const result = Buffer.allocUnsafe(lengthBytes);
    for (let at = 0; at < lengthBytes; ) {
      const within = (offset + at) % CHUNK_BYTES;
      const count = Math.min(CHUNK_BYTES - within, lengthBytes - at);
      const chunk = this.#chunks[Math.floor((offset + at) / CHUNK_BYTES)];
      const have = chunk ? Math.max(0, Math.min(count, chunk.length - within)) : 0;
      if (have > 0) result.set(chunk!.subarray(within, within + have), at);
      if (have < count) result.fill(0, at + have, at + count);
      at += count;
    }
    return result;
  }

  writeAt(offset: number, bytes: Uint8Array): number {
    const part = this.#fitting(offset, bytes);
    for (let at = 0; at < part.length; ) {
      const index = Math.floor((offset + at) / CHUNK_BYTES);
      const within = (offset + at) % CHUNK_BYTES;
      const count = Math.min(CHUNK_BYTES - within, part.length - at);
      this.#chunk(index, within + count).set(part.subarray(at, at + count), within);
      at += count;
    }
    return part.length;
  }

  /** As much of the bytes as the quota lets in; charges them. */
  #fitting(offset: number, bytes: Uint8Array): Uint8Array {
    let part = bytes;
    for (;;) {
      const size = Math.max(this.sizeBytes, offset + part.length);
      const charged = Math.min(size, this.chargedBytes + part.length);
      try {
        this.#quota.recharge(this.chargedBytes, charged);
      } catch (error) {
        const room = Math.floor(this.#quota.freeBytes / 4096) * 4096 + (4096 - (this.chargedBytes % 4096 || 4096));
        if (!(error instanceof Errno) || room <= 0 || room >= part.length) throw error;
        part = part.subarray(0, room);
        continue;
      }
      this.sizeBytes = size;
      this.chargedBytes = charged;
      return part;
    }
  }

  #chunk(index: number, needBytes: number): Uint8Array {
    const chunk = this.#chunks[index];
    if (chunk && chunk.length >= needBytes) return chunk;
    // Small files stay small, growing ones double until the chunk is whole.
    const grown = new Uint8Array(Math.min(CHUNK_BYTES, chunk ? Math.max(needBytes, chunk.length * 2) : needBytes));
    if (chunk) grown.set(chunk);
    this.#chunks[index] = grown;
    return grown;
  }

  truncate(sizeBytes: number): void {
    if (sizeBytes < this.sizeBytes) {
      const last = Math.ceil(sizeBytes / CHUNK_BYTES);
      this.#chunks.length = Math.min(this.#chunks.length, last);
      const within = sizeBytes % CHUNK_BYTES;
      const chunk = this.#chunks[last - 1];
      if (chunk && within > 0 && chunk.length > within) this.#chunks[last - 1] = chunk.slice(0, within);
      const charged = Math.min(this.chargedBytes, sizeBytes);
      this.#quota.recharge(this.chargedBytes, charged);
      this.chargedBytes = charged;
    }
    this.sizeBytes = sizeBytes;
  }

  discard(): void {
    this.#quota.recharge(this.chargedBytes, 0);
    this.chargedBytes = this.sizeBytes = 0;
    this.#chunks = [];
  }
}

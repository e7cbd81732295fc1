// Pipes: 64 KiB of back-pressure between two ends, without copying.
import { Errno } from './errno.js';
import type { Inode, Stat } from './inode.js';
import { O_RDONLY, O_WRONLY, OpenFile } from './open-file.js';
import { type Wait, WaitQueue } from './wait.js';

/** As pipe(7): what fits before a writer blocks. */
export const PIPE_CAPACITY_BYTES = 65536;

let nextPipeNumber = 1;

/** The buffer and who is at its ends; a fifo's inode keeps one of these alive between openings. */
export class PipeBuffer {
  readonly number = nextPipeNumber++;
  readonly readable = new WaitQueue();
  readonly writable = new WaitQueue();
  readers = 0;
  writers = 0;
  sizeBytes = 0;
  readonly #chunks: Uint8Array[] = [];

  get hasRoom(): boolean {
    return this.sizeBytes < PIPE_CAPACITY_BYTES;
  }

  push(bytes: Uint8Array): number {
    const room = PIPE_CAPACITY_BYTES - this.sizeBytes;
    const part = bytes.length <= room ? bytes : bytes.subarray(0, room);
    this.#chunks.push(part);
    this.sizeBytes += part.length;
    this.readable.wake();
    return part.length;
  }

  pull(maxBytes: number): Uint8Array {
    const first = this.#chunks[0]!;
    let result = first;
    if (first.length > maxBytes) {
      result = first.subarray(0, maxBytes);
      this.#chunks[0] = first.subarray(maxBytes);
    } else if (first.length === maxBytes || this.#chunks.length === 1) {
      this.#chunks.shift();
    } else {
      result = this.#gather(maxBytes);
    }
    this.sizeBytes -= result.length;
    this.writable.wake();
    return result;
  }

  pullThrough(delimiter: number): Uint8Array {
    const first = this.#chunks[0]!;
    const end = first.indexOf(delimiter) + 1;
    return this.pull(end === 0 ? first.length : end);
  }

  /** Many small writes become one read, as on Linux: a reader must not pay per line. */
  #gather(maxBytes: number): Uint8Array {
    let size = 0;
    let count = 0;
    while (count < this.#chunks.length && size + this.#chunks[count]!.length <= maxBytes) size += this.#chunks[count++]!.length;
    const parts = this.#chunks.splice(0, Math.max(count, 1));
    return Buffer.concat(parts);
  }
}

/** One end of a pipe or fifo. */
export class PipeEnd extends OpenFile {
  readonly #buffer: PipeBuffer;
  override readonly readable: Wait;
  override readonly writable: Wait;

  constructor(buffer: PipeBuffer, flags: number, inode?: Inode) {
    super(flags, inode);
    this.#buffer = buffer;
    this.readable = buffer.readable;
    this.writable = buffer.writable;
    if (this.readsAllowed) buffer.readers++;
    if (this.writesAllowed) buffer.writers++;
  }

  get name(): string {
    return `pipe:[${this.#buffer.number}]`;
  }

  override stat(): Stat {
    if (this.inode) return this.inode.stat();
    return {
      device: 12, ino: this.#buffer.number, type: 'fifo', mode: 0o600, nlink: 1, uid: 0, gid: 0, rdevMajor: 0, rdevMinor: 0,
      sizeBytes: 0, blocks512: 0, atimeMs: 0, mtimeMs: 0, ctimeMs: 0,
    };
  }

  override get canRead(): boolean {
    return this.#buffer.sizeBytes > 0 || this.#buffer.writers === 0;
  }

  override get canWrite(): boolean {
    return this.#buffer.sizeBytes < PIPE_CAPACITY_BYTES || this.#buffer.readers === 0;
  }

  /** Bytes waiting to be read (FIONREAD). */
  get pendingBytes(): number {
    return this.#buffer.sizeBytes;
  }

  override read(maxBytes: number): Uint8Array | undefined {
    if (this.#buffer.sizeBytes > 0) return this.#buffer.pull(maxBytes);
    return this.#buffer.writers === 0 ? new Uint8Array(0) : undefined;
  }

  override readThrough(delimiter: number): Uint8Array | undefined {
    return this.#buffer.sizeBytes > 0 ? this.#buffer.pullThrough(delimiter) : this.read(1);
  }

  override write(bytes: Uint8Array): number | undefined {
    if (this.#buffer.readers === 0) throw new Errno('EPIPE');
    if (bytes.length === 0) return 0;
    const room = PIPE_CAPACITY_BYTES - this.#buffer.sizeBytes;
    // Writes of up to PIPE_BUF (4096) are never split, so lines of concurrent writers do not mix.
    if (room === 0 || (bytes.length <= 4096 && room < bytes.length)) return undefined;
    return this.#buffer.push(bytes);
  }

  protected override closed(): void {
    if (this.readsAllowed && --this.#buffer.readers === 0) this.#buffer.writable.wake();
    if (this.writesAllowed && --this.#buffer.writers === 0) this.#buffer.readable.wake();
  }
}

/** pipe(2): [read end, write end]. */
export function openPipe(): [PipeEnd, PipeEnd] {
  const buffer = new PipeBuffer();
  return [new PipeEnd(buffer, O_RDONLY), new PipeEnd(buffer, O_WRONLY)];
}

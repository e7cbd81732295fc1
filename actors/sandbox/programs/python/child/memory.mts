// The interpreter's memory, read and written as C lays things out.

export interface Exports {
  readonly memory: WebAssembly.Memory;
  malloc(sizeBytes: number): number;
  free(address: number): void;
  readonly [name: string]: any;
}

export class Memory {
  readonly #memory: () => WebAssembly.Memory;
  #bytes = Buffer.alloc(0);

  constructor(memory: () => WebAssembly.Memory) {
    this.#memory = memory;
  }

  /** Growing makes the old view useless: it is asked for each time. */
  get bytes(): Buffer {
    const { buffer } = this.#memory();
    if (this.#bytes.buffer !== buffer) this.#bytes = Buffer.from(buffer);
    return this.#bytes;
  }

  text(address: number): string {
    const at = address >>> 0;
    return this.bytes.toString('utf8', at, this.bytes.indexOf(0, at));
  }

  /** Without the end of it where there is no room; how much was put. */
  put(address: number, content: Uint8Array, maxBytes: number): number {
    const part = content.subarray(0, maxBytes);
    this.bytes.set(part, address >>> 0);
    return part.length;
  }

  int(address: number): number {
    return this.bytes.readInt32LE(address >>> 0);
  }

  setInt(address: number, value: number): void {
    this.bytes.writeInt32LE(value | 0, address >>> 0);
  }

  long(address: number): number {
    return Number(this.bytes.readBigInt64LE(address >>> 0));
  }

  setLong(address: number, value: number): void {
    this.bytes.writeBigInt64LE(BigInt(Math.trunc(value)), address >>> 0);
  }

  /** The pieces of an array of iovec. */
  vectors(address: number, count: number): { address: number; size: number }[] {
    return Array.from({ length: count }, (_, at) => ({ address: this.int(address + at * 8) >>> 0, size: this.int(address + at * 8 + 4) >>> 0 }));
  }
}

const SECOND_MS = 1000, NANOSECONDS = 1_000_000;

/** struct stat of musl for wasm32, from dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks and the times in ms. */
export function writeStat(memory: Memory, at: number, numbers: readonly number[]): void {
  const [device, mode, nlink, uid, gid, rdev, blockBytes, ino, size, blocks, ...times] = numbers as [number, number, number, number, number, number, number, number, number, number, ...number[]];
  [device, mode, nlink, uid, gid, rdev].forEach((value, field) => memory.setInt(at + field * 4, value));
  memory.setLong(at + 24, size);
  memory.setInt(at + 32, blockBytes);
  memory.setInt(at + 36, blocks);
  times.forEach((ms, field) => {
    const seconds = Math.floor(ms / SECOND_MS);
    memory.setLong(at + 40 + field * 16, seconds);
    memory.setInt(at + 48 + field * 16, Math.round((ms - seconds * SECOND_MS) * NANOSECONDS));
  });
  memory.setLong(at + 88, ino);
}

/** struct statfs, from type, bsize, blocks, bfree, bavail, files, ffree. */
export function writeFileSystem(memory: Memory, at: number, numbers: readonly number[]): void {
  const [type, blockBytes, ...counts] = numbers as [number, number, ...number[]];
  memory.bytes.fill(0, at, at + 80);
  memory.setInt(at, type);
  memory.setInt(at + 4, blockBytes);
  counts.forEach((count, field) => memory.setLong(at + 8 + field * 8, count));
  memory.setInt(at + 56, 255);
  memory.setInt(at + 60, blockBytes);
}

/** A struct dirent of this build: fixed size. */
export const ENTRY_BYTES = 280;
const NAME_AT = 19, NAME_MAX_BYTES = 255;
/** DT_ numbers by those of uv_dirent_type_t. */
const ENTRY_TYPES = [0, 8, 4, 10, 1, 12, 2, 6];

export interface Entry {
  readonly name: string;
  readonly type: number;
  readonly ino: number;
}

export function writeEntry(memory: Memory, at: number, { name, type, ino }: Entry, next: number): void {
  memory.setLong(at, ino);
  memory.setLong(at + 8, next);
  memory.bytes.writeUInt16LE(ENTRY_BYTES, at + 16);
  memory.bytes[at + 18] = ENTRY_TYPES[type] ?? 0;
  const size = memory.put(at + NAME_AT, Buffer.from(name), NAME_MAX_BYTES);
  memory.bytes[at + NAME_AT + size] = 0;
}

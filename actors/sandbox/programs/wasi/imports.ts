// The file calls of wasi_snapshot_preview1, over the container's kernel: memory in and out, one request each.
// https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md
import { ANSWER_BYTES, awaitAnswer, LISTING_PIECE, type WasiRequest } from './channel.js';
import { FAULT, INVAL, NOTSUP, SUCCESS, wasiErrno } from './errno.js';

const ALL_RIGHTS = 0xffffffffffffffffn;
const RIGHT_READ = 1n << 1n, RIGHT_WRITE = 1n << 6n;
const SUBSCRIPTION_BYTES = 48, EVENT_BYTES = 32;
/** As Linux: more pieces in one call are a mistake. */
const VECTORS_MAX = 1024;
type Listing = { name: string; ino: number; type: number }[];
interface StatAnswer { device: number; ino: number; type: number; nlink: number; size: number; atimeMs: number; mtimeMs: number; ctimeMs: number }

class Failed extends Error {
  readonly errno: number;
  constructor(errno: number) {
    super(`errno ${errno}`);
    this.errno = errno;
  }
}

/** Thrown out of a call to end a program that grew beyond its memory. */
export class OutOfMemory extends Error {}

export function fileImports(memory: () => WebAssembly.Memory, shared: SharedArrayBuffer, post: (request: WasiRequest, bytes?: Uint8Array) => void, memoryMaxBytes: number): Record<string, (...args: never[]) => number> {
  const view = (): DataView => new DataView(memory().buffer);
  const bytesAt = (pointer: number, length: number): Uint8Array => new Uint8Array(memory().buffer, pointer, length);
  const text = (pointer: number, length: number): string => Buffer.from(bytesAt(pointer, length)).toString('utf8');

  const ask = (op: string, args: WasiRequest['args'], bytes?: Uint8Array): { value: unknown; bytes: Uint8Array } => {
    if (memoryMaxBytes > 0 && memory().buffer.byteLength > memoryMaxBytes) throw new OutOfMemory('out of memory');
    const { answer, bytes: answered } = awaitAnswer(shared, memory().buffer.byteLength, () => post({ op, args }, bytes));
    if ('errno' in answer) throw new Failed(wasiErrno(answer.errno));
    return { value: answer.value, bytes: answered };
  };
  /** A call whose failure is its result. */
  const call = (body: () => void): number => {
    try {
      body();
      return SUCCESS;
    } catch (error) {
      if (error instanceof Failed) return error.errno;
      // A pointer or length that is not in the program's memory.
      if (error instanceof RangeError) return FAULT;
      throw error;
    }
  };
  const vectors = (pointer: number, count: number): { pointer: number; length: number }[] => {
    if (count > VECTORS_MAX) throw new Failed(INVAL);
    const data = view();
    return Array.from({ length: count }, (_, i) => ({ pointer: data.getUint32(pointer + i * 8, true), length: data.getUint32(pointer + i * 8 + 4, true) }));
  };
  const scatter = (iovs: { pointer: number; length: number }[], bytes: Uint8Array): void => {
    let at = 0;
    for (const { pointer, length } of iovs) {
      const part = bytes.subarray(at, at + length);
      bytesAt(pointer, part.length).set(part);
      at += part.length;
    }
  };
  const gather = (iovs: { pointer: number; length: number }[]): Uint8Array => {
    const total = Math.min(iovs.reduce((sum, { length }) => sum + length, 0), ANSWER_BYTES);
    const bytes = new Uint8Array(total);
    let at = 0;
    for (const { pointer, length } of iovs) {
      const part = bytesAt(pointer, Math.min(length, total - at));
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  };
  const total = (iovs: { length: number }[]): number => iovs.reduce((sum, { length }) => sum + length, 0);
  const nanoseconds = (ms: number): bigint => BigInt(Math.round(ms * 1e6));
  const writeStat = (pointer: number, stat: StatAnswer): void => {
    const data = view();
    data.setBigUint64(pointer, BigInt(stat.device), true);
    data.setBigUint64(pointer + 8, BigInt(stat.ino), true);
    data.setBigUint64(pointer + 16, 0n, true);
    data.setUint8(pointer + 16, stat.type);
    data.setBigUint64(pointer + 24, BigInt(stat.nlink), true);
    data.setBigUint64(pointer + 32, BigInt(stat.size), true);
    [stat.atimeMs, stat.mtimeMs, stat.ctimeMs].forEach((ms, i) => data.setBigUint64(pointer + 40 + i * 8, nanoseconds(ms), true));
  };
  /** fstflags: 1 atim, 2 atim now, 4 mtim, 8 mtim now. */
  const times = (atime: bigint, mtime: bigint, flags: number): object => ({
    ...((flags & 2) !== 0 ? { atimeMs: Date.now() } : (flags & 1) !== 0 ? { atimeMs: Number(atime) / 1e6 } : {}),
    ...((flags & 8) !== 0 ? { mtimeMs: Date.now() } : (flags & 4) !== 0 ? { mtimeMs: Number(mtime) / 1e6 } : {}),
  });
  const at = (dir: number, pointer: number, length: number): { dir: number; path: string } => ({ dir, path: text(pointer, length) });

  const pollOneoff = (input: number, output: number, count: number, written: number): number => call(() => {
    if (count === 0 || count > VECTORS_MAX) throw new Failed(INVAL);
    const data = view();
    const clocks: { index: number; dueMs: number }[] = [];
    const wanted: { fd: number; read: boolean; index: number }[] = [];
    for (let index = 0; index < count; index++) {
      const pointer = input + index * SUBSCRIPTION_BYTES;
      const tag = data.getUint8(pointer + 8);
      if (tag !== 0) {
        wanted.push({ fd: data.getUint32(pointer + 16, true), read: tag === 1, index });
        continue;
      }
      const timeoutMs = Number(data.getBigUint64(pointer + 24, true)) / 1e6;
      const absolute = (data.getUint16(pointer + 40, true) & 1) !== 0;
      const nowMs = data.getUint32(pointer + 16, true) === 0 ? Date.now() : performance.now();
      clocks.push({ index, dueMs: absolute ? Math.max(0, timeoutMs - nowMs) : timeoutMs });
    }
    const timeoutMs = clocks.length === 0 ? null : Math.min(...clocks.map(({ dueMs }) => dueMs));
    const ready = ask('poll', { wanted, timeoutMs }).value as number[];
    const indices = ready.length > 0 ? ready : clocks.filter(({ dueMs }) => dueMs <= timeoutMs!).map(({ index }) => index);
    const after = view();
    indices.forEach((index, i) => {
      const event = output + i * EVENT_BYTES;
      bytesAt(event, EVENT_BYTES).fill(0);
      after.setBigUint64(event, after.getBigUint64(input + index * SUBSCRIPTION_BYTES, true), true);
      after.setUint8(event + 10, after.getUint8(input + index * SUBSCRIPTION_BYTES + 8));
      after.setBigUint64(event + 16, 1n, true);
    });
    after.setUint32(written, indices.length, true);
  });

  const readdir = (fd: number, buffer: number, length: number, cookie: bigint, used: number): number => call(() => {
    let filled = 0;
    let listing: Listing = [];
    for (let index = Number(cookie), first = index; filled < length; index++) {
      if (index - first === listing.length) {
        if (index > first && listing.length < LISTING_PIECE) break;
        listing = ask('readdir', { fd, cookie: (first = index) }).value as Listing;
        if (listing.length === 0) break;
      }
      const { name, ino, type } = listing[index - first]!;
      const bytes = Buffer.from(name);
      const record = Buffer.alloc(24 + bytes.length);
      record.writeBigUInt64LE(BigInt(index + 1), 0);
      record.writeBigUInt64LE(BigInt(ino), 8);
      record.writeUInt32LE(bytes.length, 16);
      record.writeUInt8(type, 20);
      bytes.copy(record, 24);
      const part = record.subarray(0, length - filled);
      bytesAt(buffer + filled, part.length).set(part);
      filled += part.length;
    }
    view().setUint32(used, filled, true);
  });

  const imports = {
    fd_read: (fd: number, iovs: number, count: number, read: number) => call(() => {
      const parts = vectors(iovs, count);
      const { bytes } = ask('read', { fd, max: total(parts) });
      scatter(parts, bytes);
      view().setUint32(read, bytes.length, true);
    }),
    fd_pread: (fd: number, iovs: number, count: number, offset: bigint, read: number) => call(() => {
      const parts = vectors(iovs, count);
      const { bytes } = ask('pread', { fd, max: total(parts), offset: Number(offset) });
      scatter(parts, bytes);
      view().setUint32(read, bytes.length, true);
    }),
    fd_write: (fd: number, iovs: number, count: number, written: number) => call(() => {
      view().setUint32(written, ask('write', { fd }, gather(vectors(iovs, count))).value as number, true);
    }),
    fd_pwrite: (fd: number, iovs: number, count: number, offset: bigint, written: number) => call(() => {
      view().setUint32(written, ask('pwrite', { fd, offset: Number(offset) }, gather(vectors(iovs, count))).value as number, true);
    }),
    fd_close: (fd: number) => call(() => void ask('close', { fd })),
    fd_seek: (fd: number, offset: bigint, whence: number, result: number) => call(() => {
      if (whence > 2) throw new Failed(INVAL);
      view().setBigUint64(result, BigInt(ask('seek', { fd, offset: Number(offset), whence: ['set', 'current', 'end'][whence] }).value as number), true);
    }),
    fd_tell: (fd: number, result: number) => call(() => view().setBigUint64(result, BigInt(ask('seek', { fd, offset: 0, whence: 'current' }).value as number), true)),
    fd_fdstat_get: (fd: number, pointer: number) => call(() => {
      const { type, flags } = ask('fdstat', { fd }).value as { type: number; flags: number };
      bytesAt(pointer, 24).fill(0);
      const data = view();
      data.setUint8(pointer, type);
      data.setUint16(pointer + 2, flags, true);
      data.setBigUint64(pointer + 8, ALL_RIGHTS, true);
      data.setBigUint64(pointer + 16, ALL_RIGHTS, true);
    }),
    fd_fdstat_set_flags: (fd: number, flags: number) => call(() => void ask('setflags', { fd, append: (flags & 1) !== 0, nonblock: (flags & 4) !== 0 })),
    fd_fdstat_set_rights: () => SUCCESS,
    fd_filestat_get: (fd: number, pointer: number) => call(() => writeStat(pointer, ask('fstat', { fd }).value as StatAnswer)),
    fd_filestat_set_size: (fd: number, size: bigint) => call(() => void ask('ftruncate', { fd, size: Number(size) })),
    fd_filestat_set_times: (fd: number, atime: bigint, mtime: bigint, flags: number) => call(() => void ask('utimes', { fd, follow: true, ...times(atime, mtime, flags) })),
    fd_sync: (fd: number) => call(() => void ask('fdstat', { fd })),
    fd_datasync: (fd: number) => call(() => void ask('fdstat', { fd })),
    fd_advise: (fd: number) => call(() => void ask('fdstat', { fd })),
    fd_allocate: (fd: number, offset: bigint, length: bigint) => call(() => {
      const { size } = ask('fstat', { fd }).value as StatAnswer;
      if (Number(offset + length) > size) ask('ftruncate', { fd, size: Number(offset + length) });
    }),
    fd_renumber: (from: number, to: number) => call(() => void ask('renumber', { from, to })),
    fd_prestat_get: (fd: number, pointer: number) => call(() => {
      const name = ask('prestat', { fd }).value as string;
      view().setUint32(pointer, 0, true);
      view().setUint32(pointer + 4, Buffer.byteLength(name), true);
    }),
    fd_prestat_dir_name: (fd: number, pointer: number, length: number) => call(() => bytesAt(pointer, length).set(Buffer.from(ask('prestat', { fd }).value as string).subarray(0, length))),
    fd_readdir: readdir,
    path_open: (dir: number, lookup: number, path: number, length: number, oflags: number, rights: bigint, _inheriting: bigint, fdflags: number, result: number) => call(() => {
      const writes = (rights & RIGHT_WRITE) !== 0n;
      const { value } = ask('open', {
        ...at(dir, path, length), follow: (lookup & 1) !== 0, create: (oflags & 1) !== 0, directory: (oflags & 2) !== 0, exclusive: (oflags & 4) !== 0, truncate: (oflags & 8) !== 0,
        append: (fdflags & 1) !== 0, nonblock: (fdflags & 4) !== 0, reads: (rights & RIGHT_READ) !== 0n || !writes, writes,
      });
      view().setUint32(result, value as number, true);
    }),
    path_filestat_get: (dir: number, lookup: number, path: number, length: number, pointer: number) => call(() => writeStat(pointer, ask('stat', { ...at(dir, path, length), follow: (lookup & 1) !== 0 }).value as StatAnswer)),
    path_filestat_set_times: (dir: number, lookup: number, path: number, length: number, atime: bigint, mtime: bigint, flags: number) => call(() => void ask('utimes', { ...at(dir, path, length), follow: (lookup & 1) !== 0, ...times(atime, mtime, flags) })),
    path_create_directory: (dir: number, path: number, length: number) => call(() => void ask('mkdir', at(dir, path, length))),
    path_remove_directory: (dir: number, path: number, length: number) => call(() => void ask('rmdir', at(dir, path, length))),
    path_unlink_file: (dir: number, path: number, length: number) => call(() => void ask('unlink', at(dir, path, length))),
    path_rename: (dir: number, path: number, length: number, toDir: number, toPath: number, toLength: number) => call(() => void ask('rename', { ...at(dir, path, length), toDir, toPath: text(toPath, toLength) })),
    path_link: (dir: number, _lookup: number, path: number, length: number, toDir: number, toPath: number, toLength: number) => call(() => void ask('link', { ...at(dir, path, length), toDir, toPath: text(toPath, toLength) })),
    path_symlink: (target: number, targetLength: number, dir: number, path: number, length: number) => call(() => void ask('symlink', { ...at(dir, path, length), target: text(target, targetLength) })),
    path_readlink: (dir: number, path: number, length: number, buffer: number, size: number, used: number) => call(() => {
      const target = Buffer.from(ask('readlink', at(dir, path, length)).value as string).subarray(0, size);
      bytesAt(buffer, target.length).set(target);
      view().setUint32(used, target.length, true);
    }),
    poll_oneoff: pollOneoff,
    sock_accept: () => NOTSUP,
    sock_recv: () => NOTSUP,
    sock_send: () => NOTSUP,
    sock_shutdown: () => NOTSUP,
  };
  // What is 32 bits wide in this interface is unsigned; JavaScript gets it signed.
  const unsigned = (value: number | bigint): number | bigint => (typeof value === 'number' ? value >>> 0 : value);
  return Object.fromEntries(Object.entries(imports).map(([name, body]) => [name, (...args: (number | bigint)[]) => (body as (...all: (number | bigint)[]) => number)(...args.map(unsigned))]));
}

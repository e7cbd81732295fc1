// An open file description (open(2)): what descriptors of one or several processes point at.
import { Errno } from './errno.js';
import type { Inode, Stat } from './inode.js';
import type { Wait } from './wait.js';

export const O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0o100, O_EXCL = 0o200, O_NOCTTY = 0o400, O_TRUNC = 0o1000,
  O_APPEND = 0o2000, O_NONBLOCK = 0o4000, O_DIRECTORY = 0o200000, O_NOFOLLOW = 0o400000, O_CLOEXEC = 0o2000000;

/** Ready at once; for files that never block. */
export const READY: Wait = {
  subscribe(wake) {
    wake();
    return () => undefined;
  },
};

/**
 * Shared by dup and fork: `references` counts the descriptors. `read` and `write` never block: `undefined` means "not now", and
 * `readable` / `writable` say when to try again. An empty read is the end of the file.
 */
export abstract class OpenFile {
  flags: number;
  #references = 0;
  readonly #closeListeners: (() => void)[] = [];
  /** The inode behind it, where there is one (pipes and host streams have none). */
  readonly inode: Inode | undefined;

  constructor(flags: number, inode?: Inode) {
    this.flags = flags;
    this.inode = inode;
  }

  /** What /proc/PID/fd/N links to. */
  abstract readonly name: string;
  abstract stat(): Stat;
  readonly readable: Wait = READY;
  readonly writable: Wait = READY;

  get canRead(): boolean {
    return true;
  }

  get canWrite(): boolean {
    return true;
  }

  get isTerminal(): boolean {
    return false;
  }

  /** Up to `maxBytes`; empty at the end; undefined when it would block. The result must not be written to. */
  read(_maxBytes: number): Uint8Array | undefined {
    throw new Errno('EINVAL');
  }

  /**
   * The bytes up to and with `delimiter`, or as many as are at hand, and none behind it: what follows a line may belong to another reader.
   * Empty at the end; undefined when it would block.
   */
  readThrough(_delimiter: number): Uint8Array | undefined {
    return this.read(1);
  }

  /** How much was taken; undefined when it would block. The buffer is given away. */
  write(_bytes: Uint8Array): number | undefined {
    throw new Errno('EINVAL');
  }

  seek(_offset: number, _whence: 'set' | 'current' | 'end'): number {
    throw new Errno('ESPIPE');
  }

  truncate(_sizeBytes: number): void {
    throw new Errno('EINVAL');
  }

  /** The last descriptor went away. */
  protected closed(): void {
    return;
  }

  retain(): this {
    this.#references++;
    return this;
  }

  release(): void {
    if (--this.#references > 0) return;
    this.closed();
    for (const listener of this.#closeListeners.splice(0)) listener();
  }

  /** Called when the last descriptor has gone away. */
  onClosed(listener: () => void): void {
    this.#closeListeners.push(listener);
  }

  get readsAllowed(): boolean {
    return (this.flags & 3) !== O_WRONLY;
  }

  get writesAllowed(): boolean {
    return (this.flags & 3) !== O_RDONLY;
  }
}

/** How much of a file is looked at for the end of a line. */
const LINE_BLOCK_BYTES = 1024;

/** A regular file or a directory, opened. */
export class InodeFile extends OpenFile {
  offset = 0;
  readonly name: string;
  override readonly inode: Inode;

  constructor(inode: Inode, flags: number, name: string) {
    super(flags, inode);
    this.inode = inode;
    this.name = name;
    inode.retain?.();
  }

  override stat(): Stat {
    return this.inode.stat();
  }

  override read(maxBytes: number): Uint8Array {
    if (this.inode.type === 'directory') throw new Errno('EISDIR');
    const bytes = this.inode.readAt(this.offset, maxBytes);
    this.offset += bytes.length;
    return bytes;
  }

  override readThrough(delimiter: number): Uint8Array {
    if (this.inode.type !== 'file') return this.read(1);
    const bytes = this.read(LINE_BLOCK_BYTES);
    const end = bytes.indexOf(delimiter) + 1;
    if (end === 0) return bytes;
    this.offset -= bytes.length - end;
    return bytes.subarray(0, end);
  }

  override write(bytes: Uint8Array): number {
    if ((this.flags & O_APPEND) !== 0) this.offset = this.inode.stat().sizeBytes;
    const count = this.inode.writeAt(this.offset, bytes);
    this.offset += count;
    return count;
  }

  override seek(offset: number, whence: 'set' | 'current' | 'end'): number {
    const base = whence === 'set' ? 0 : whence === 'current' ? this.offset : this.inode.stat().sizeBytes;
    if (!Number.isSafeInteger(base + offset) || base + offset < 0) throw new Errno('EINVAL');
    this.offset = base + offset;
    return this.offset;
  }

  override truncate(sizeBytes: number): void {
    if (!this.writesAllowed) throw new Errno('EINVAL');
    this.inode.truncate(sizeBytes);
  }

  protected override closed(): void {
    this.inode.release?.();
  }
}

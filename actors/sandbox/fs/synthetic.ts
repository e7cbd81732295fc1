// File systems whose files are made up when looked at: the ground of /proc and /sys.
import { Errno } from '../kernel/errno.js';
import type { DirectoryEntry, FileSystem, FileSystemStat, FileType, Inode, Stat } from '../kernel/inode.js';
import { OpenFile } from '../kernel/open-file.js';
import type { Location } from '../kernel/path.js';
import type { Process } from '../kernel/process.js';
import { encode } from '../kernel/text.js';
import { deviceNumber } from './tree-inode.js';

export interface Owner {
  uid: number;
  gid: number;
}

const ROOT: Owner = { uid: 0, gid: 0 };

export class SyntheticFileSystem implements FileSystem {
  readonly type: string;
  readonly device = deviceNumber();
  readonly readOnly: boolean;
  readonly madeAtMs = Date.now();
  root!: SyntheticInode;
  #nextIno = 1;

  constructor(type: string, readOnly = false) {
    this.type = type;
    this.readOnly = readOnly;
  }

  takeIno(): number {
    return this.#nextIno++;
  }

  statfs(): FileSystemStat {
    return { type: this.type, totalBytes: 0, freeBytes: 0, files: 0 };
  }

  flush(): void {
    return;
  }

  dispose(): void {
    return;
  }
}

/** Nothing can be made, removed or changed. */
export abstract class SyntheticInode implements Inode {
  readonly fileSystem: SyntheticFileSystem;
  readonly ino: number;
  abstract readonly type: FileType;
  readonly mode: number;
  readonly owner: () => Owner;

  constructor(fileSystem: SyntheticFileSystem, mode: number, owner: () => Owner = () => ROOT) {
    this.fileSystem = fileSystem;
    this.ino = fileSystem.takeIno();
    this.mode = mode;
    this.owner = owner;
  }

  stat(): Stat {
    const { madeAtMs, device } = this.fileSystem;
    return {
      device, ino: this.ino, type: this.type, mode: this.mode, nlink: this.type === 'directory' ? 2 : 1, ...this.owner(),
      rdevMajor: 0, rdevMinor: 0, sizeBytes: 0, blocks512: 0, atimeMs: madeAtMs, mtimeMs: madeAtMs, ctimeMs: madeAtMs,
    };
  }

  setAttributes(): void {
    throw new Errno('EPERM');
  }
  lookup(_name: string): Inode | undefined {
    throw new Errno('ENOTDIR');
  }
  entries(): DirectoryEntry[] {
    throw new Errno('ENOTDIR');
  }
  create(): Inode {
    throw new Errno('ENOENT');
  }
  link(): void {
    throw new Errno('EPERM');
  }
  unlink(): void {
    throw new Errno('EPERM');
  }
  rmdir(): void {
    throw new Errno('EPERM');
  }
  rename(): void {
    throw new Errno('EPERM');
  }
  readAt(_offset: number, _lengthBytes: number): Uint8Array {
    throw new Errno('EINVAL');
  }
  writeAt(): number {
    throw new Errno('EACCES');
  }
  truncate(): void {
    return;
  }
  readlink(): string {
    throw new Errno('EINVAL');
  }
  xattrs(): ReadonlyMap<string, Uint8Array> {
    return new Map();
  }
  setXattr(): void {
    throw new Errno('EOPNOTSUPP');
  }
}

/** A fixed set of names, in their order. */
export class StaticDirectory extends SyntheticInode {
  readonly type = 'directory';
  readonly children = new Map<string, SyntheticInode>();

  add<T extends SyntheticInode>(name: string, inode: T): T {
    this.children.set(name, inode);
    return inode;
  }

  override lookup(name: string): Inode | undefined {
    return this.children.get(name);
  }

  override entries(): DirectoryEntry[] {
    return [...this.children].map(([name, { ino, type }]) => ({ name, ino, type }));
  }
}

/** What a text file says; `asking` is undefined for the daemon. */
export type TextSource = (asking: Process | undefined) => string | Uint8Array;

/** A file whose text is made when it is opened. `take`, where given, gets what is written to it. */
export class TextInode extends SyntheticInode {
  readonly type = 'file';
  readonly #source: TextSource;
  readonly #take: ((text: Uint8Array, process: Process) => void) | undefined;

  constructor(fileSystem: SyntheticFileSystem, source: TextSource, mode = 0o444, owner?: () => Owner, take?: (text: Uint8Array, process: Process) => void) {
    super(fileSystem, mode, owner);
    this.#source = source;
    this.#take = take;
  }

  bytes(asking: Process | undefined): Uint8Array {
    const text = this.#source(asking);
    return typeof text === 'string' ? encode(text) : text;
  }

  override readAt(offset: number, lengthBytes: number): Uint8Array {
    return this.bytes(undefined).subarray(offset, offset + lengthBytes);
  }

  openSpecial(process: Process, flags: number): OpenFile {
    const file = new TextFile(this, flags, process, this.#take);
    if (file.writesAllowed && !this.#take) throw new Errno('EACCES');
    return file;
  }
}

class TextFile extends OpenFile {
  override readonly inode: TextInode;
  readonly name: string;
  readonly #process: Process;
  readonly #take: ((text: Uint8Array, process: Process) => void) | undefined;
  #bytes: Uint8Array | undefined;
  #offset = 0;

  constructor(inode: TextInode, flags: number, process: Process, take?: (text: Uint8Array, process: Process) => void) {
    super(flags, inode);
    this.inode = inode;
    this.name = '/proc';
    this.#process = process;
    this.#take = take;
  }

  override stat(): Stat {
    return this.inode.stat();
  }

  override read(maxBytes: number): Uint8Array {
    // Made again at the start, so that programs which rewind (top) see what is new.
    if (this.#bytes === undefined || this.#offset === 0) this.#bytes = this.inode.bytes(this.#process);
    const part = this.#bytes.slice(this.#offset, this.#offset + maxBytes);
    this.#offset += part.length;
    return part;
  }

  override write(bytes: Uint8Array): number {
    if (!this.#take) throw new Errno('EACCES');
    this.#take(bytes, this.#process);
    return bytes.length;
  }

  override seek(offset: number, whence: 'set' | 'current' | 'end'): number {
    const at = whence === 'set' ? offset : whence === 'current' ? this.#offset + offset : -1;
    if (at < 0) throw new Errno('EINVAL');
    return (this.#offset = at);
  }
}

/** A symlink whose text is made when read; `leads` makes it a magic link. */
export class LinkInode extends SyntheticInode {
  readonly type = 'symlink';
  readonly #target: () => string;
  readonly jump?: (asking: Process | undefined, at: Location) => Location;

  constructor(fileSystem: SyntheticFileSystem, target: () => string, owner?: () => Owner, jump?: (asking: Process | undefined, at: Location) => Location) {
    super(fileSystem, 0o777, owner);
    this.#target = target;
    if (jump) this.jump = jump;
  }

  override readlink(): string {
    return this.#target();
  }
}

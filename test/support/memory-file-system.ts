// A small in-memory file system for tests: files, folders, links, fifos and a few devices, with nothing kept on disk.
import { randomFillSync } from 'node:crypto';
import { Errno } from '../../actors/sandbox/kernel/errno.js';
import type { Attributes, Creation, DirectoryEntry, FileSystem, FileType, Inode, Stat } from '../../actors/sandbox/kernel/inode.js';
import { O_RDWR, OpenFile } from '../../actors/sandbox/kernel/open-file.js';
import { Fifo } from '../../actors/sandbox/fs/fifo.js';
import type { Process } from '../../actors/sandbox/kernel/process.js';

let nextDevice = 40;

/** A file is one buffer here. */
const SIZE_MAX_BYTES = 1 << 30;

export class MemoryFileSystem implements FileSystem {
  readonly type = 'tmpfs';
  readonly device = nextDevice++;
  readonly readOnly = false;
  readonly root: MemoryInode;
  #nextIno = 1;

  constructor() {
    this.root = this.make({ type: 'directory', mode: 0o755, uid: 0, gid: 0 });
  }

  make(creation: Creation): MemoryInode {
    return new MemoryInode(this, this.#nextIno++, creation);
  }

  statfs(): { type: string; totalBytes: number; freeBytes: number; files: number } {
    return { type: 'tmpfs', totalBytes: 1 << 30, freeBytes: 1 << 29, files: this.#nextIno };
  }

  flush(): void {
    return;
  }

  dispose(): void {
    return;
  }
}

export class MemoryInode implements Inode {
  readonly fileSystem: MemoryFileSystem;
  readonly ino: number;
  readonly type: FileType;
  readonly #stat: Stat;
  readonly #children = new Map<string, Inode>();
  readonly #xattrs = new Map<string, Uint8Array>();
  readonly #target: string;
  #content: Buffer = Buffer.alloc(0);
  openSpecial?: (process: Process, flags: number) => OpenFile;

  constructor(fileSystem: MemoryFileSystem, ino: number, creation: Creation) {
    this.fileSystem = fileSystem;
    this.ino = ino;
    this.type = creation.type;
    this.#target = creation.target ?? '';
    const now = Date.now();
    this.#stat = {
      device: fileSystem.device, ino, type: creation.type, mode: creation.mode, nlink: creation.type === 'directory' ? 2 : 1,
      uid: creation.uid, gid: creation.gid, rdevMajor: creation.rdevMajor ?? 0, rdevMinor: creation.rdevMinor ?? 0,
      sizeBytes: creation.type === 'directory' ? 4096 : this.#target.length, blocks512: 0, atimeMs: now, mtimeMs: now, ctimeMs: now,
    };
    if (creation.type === 'fifo') {
      const fifo = new Fifo(this);
      this.openSpecial = (_process, flags) => fifo.open(flags);
    }
  }

  stat(): Stat {
    return { ...this.#stat, blocks512: Math.ceil(this.#stat.sizeBytes / 512) };
  }

  setAttributes(attributes: Attributes): void {
    Object.assign(this.#stat, attributes, { ctimeMs: Date.now() });
  }

  lookup(name: string): Inode | undefined {
    if (this.type !== 'directory') throw new Errno('ENOTDIR');
    return this.#children.get(name);
  }

  entries(): DirectoryEntry[] {
    return [...this.#children].map(([name, { ino, type }]) => ({ name, ino, type }));
  }

  create(name: string, creation: Creation): Inode {
    const inode = this.fileSystem.make(creation);
    this.put(name, inode);
    return inode;
  }

  /** Places any inode (a device of the test's own making) under a name. */
  put(name: string, inode: Inode): void {
    this.#children.set(name, inode);
    if (inode.type === 'directory') this.#stat.nlink++;
    this.#touch();
  }

  #touch(): void {
    this.#stat.mtimeMs = this.#stat.ctimeMs = Date.now();
  }

  link(name: string, inode: Inode): void {
    if (inode.type === 'directory') throw new Errno('EPERM');
    this.#children.set(name, inode);
    (inode as MemoryInode).#stat.nlink++;
    this.#touch();
  }

  unlink(name: string): void {
    const child = this.#children.get(name);
    if (!child) throw new Errno('ENOENT');
    this.#children.delete(name);
    (child as MemoryInode).#stat.nlink--;
    this.#touch();
  }

  rmdir(name: string): void {
    const child = this.#children.get(name);
    if (!child) throw new Errno('ENOENT');
    if (child.type !== 'directory') throw new Errno('ENOTDIR');
    if ((child as MemoryInode).#children.size > 0) throw new Errno('ENOTEMPTY');
    this.#children.delete(name);
    this.#stat.nlink--;
    this.#touch();
  }

  rename(name: string, newParent: Inode, newName: string): void {
    const child = this.#children.get(name);
    if (!child) throw new Errno('ENOENT');
    const target = newParent as MemoryInode;
    const replaced = target.#children.get(newName);
    if (replaced === child) return;
    if (replaced?.type === 'directory') {
      if (child.type !== 'directory') throw new Errno('EISDIR');
      target.rmdir(newName);
    } else if (replaced && child.type === 'directory') {
      throw new Errno('ENOTDIR');
    }
    this.#children.delete(name);
    target.#children.set(newName, child);
    this.#touch();
    target.#touch();
  }

  readAt(offset: number, lengthBytes: number): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#content, offset, Math.min(offset + lengthBytes, this.#stat.sizeBytes));
  }

  writeAt(offset: number, bytes: Uint8Array): number {
    const end = offset + bytes.length;
    this.#reserve(end);
    this.#content.set(bytes, offset);
    this.#stat.sizeBytes = Math.max(this.#stat.sizeBytes, end);
    this.#touch();
    return bytes.length;
  }

  /** The room past the size is always zero. */
  #reserve(sizeBytes: number): void {
    if (sizeBytes <= this.#content.length) return;
    if (sizeBytes > SIZE_MAX_BYTES) throw new Errno('EFBIG');
    const grown = Buffer.alloc(Math.max(sizeBytes, this.#content.length * 2, 64));
    this.#content.copy(grown, 0, 0, this.#stat.sizeBytes);
    this.#content = grown;
  }

  truncate(sizeBytes: number): void {
    this.#reserve(sizeBytes);
    if (sizeBytes < this.#stat.sizeBytes) this.#content.fill(0, sizeBytes, this.#stat.sizeBytes);
    this.#stat.sizeBytes = sizeBytes;
    this.#touch();
  }

  readlink(): string {
    return this.#target;
  }

  xattrs(): ReadonlyMap<string, Uint8Array> {
    return this.#xattrs;
  }

  setXattr(name: string, value: Uint8Array | undefined): void {
    if (value) this.#xattrs.set(name, value);
    else this.#xattrs.delete(name);
  }
}

/** A device that reads what `source` makes and swallows what is written, or refuses it with ENOSPC (/dev/full). */
export class DeviceFile extends OpenFile {
  readonly name: string;
  readonly #source: (maxBytes: number) => Uint8Array;
  readonly #isFull: boolean;
  readonly #inode: Inode;

  constructor(inode: Inode, name: string, source: (maxBytes: number) => Uint8Array, isFull = false, flags: number = O_RDWR) {
    super(flags, inode);
    this.#inode = inode;
    this.name = name;
    this.#source = source;
    this.#isFull = isFull;
  }

  override stat(): Stat {
    return this.#inode.stat();
  }

  override read(maxBytes: number): Uint8Array {
    return this.#source(maxBytes);
  }

  override write(bytes: Uint8Array): number {
    if (this.#isFull) throw new Errno('ENOSPC');
    return bytes.length;
  }
}

const zeros = (maxBytes: number): Uint8Array => new Uint8Array(maxBytes);
const nothing = (): Uint8Array => new Uint8Array(0);
const noise = (maxBytes: number): Uint8Array => randomFillSync(new Uint8Array(maxBytes));

/** /dev as programs need it: null, zero, full, urandom, random, stdin, stdout, stderr, fd/N. */
export function makeDevices(fileSystem: MemoryFileSystem): MemoryInode {
  const dev = fileSystem.make({ type: 'directory', mode: 0o755, uid: 0, gid: 0 });
  const device = (name: string, minor: number, source: (maxBytes: number) => Uint8Array, isFull = false): void => {
    const inode = fileSystem.make({ type: 'character', mode: 0o666, uid: 0, gid: 0, rdevMajor: 1, rdevMinor: minor });
    inode.openSpecial = (_process, flags) => new DeviceFile(inode, `/dev/${name}`, source, isFull, flags);
    dev.put(name, inode);
  };
  device('null', 3, nothing);
  device('zero', 5, zeros);
  device('full', 7, zeros, true);
  device('random', 8, noise);
  device('urandom', 9, noise);
  const descriptor = (fd: number): MemoryInode => {
    const inode = fileSystem.make({ type: 'character', mode: 0o666, uid: 0, gid: 0 });
    inode.openSpecial = (process) => {
      const file = process.descriptors.find(fd);
      if (!file) throw new Errno('ENOENT');
      return file;
    };
    return inode;
  };
  ['stdin', 'stdout', 'stderr'].forEach((name, fd) => dev.put(name, descriptor(fd)));
  const fds = fileSystem.make({ type: 'directory', mode: 0o555, uid: 0, gid: 0 });
  fds.lookup = (name) => (/^\d+$/.test(name) ? descriptor(Number(name)) : undefined);
  dev.put('fd', fds);
  return dev;
}

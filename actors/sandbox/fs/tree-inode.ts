// Inodes whose metadata and names live in memory: what tmpfs and the overlay have in common.
import { Errno } from '../kernel/errno.js';
import type {
  Attributes, Creation, DirectoryEntry, FileSystem, FileSystemStat, FileType, Inode, Stat,
} from '../kernel/inode.js';
import type { OpenFile } from '../kernel/open-file.js';
import type { Process } from '../kernel/process.js';
import { openDevice } from './device-files.js';
import { Fifo } from './fifo.js';
import { PAGE_BYTES, type Quota } from './quota.js';

/** The bytes of one regular file. Offsets and lengths are not negative; `readAt` never reads past `sizeBytes`. */
export interface Content {
  readonly sizeBytes: number;
  /** What the file is charged against the quota; less than `sizeBytes` where it has holes. */
  readonly chargedBytes: number;
  readAt(offset: number, lengthBytes: number): Uint8Array;
  /** All of it, or fewer bytes where a limit is reached on the way; ENOSPC when not even one fits. */
  writeAt(offset: number, bytes: Uint8Array): number;
  truncate(sizeBytes: number): void;
  /** The file is gone for good. */
  discard(): void;
}

const NAME_MAX_BYTES = 255;
const NO_ATTRIBUTES: ReadonlyMap<string, Uint8Array> = new Map();
/** Together per file, so that what is pending for the journal stays bounded. */
const XATTRS_MAX_BYTES = 65536;
const TARGET_MAX_BYTES = 4095;
let nextDevice = 40;

/** A number for st_dev, unique in this thread. */
export function deviceNumber(): number {
  return nextDevice++;
}

/** Refuses what can be no entry's name. */
export function checkName(name: string): void {
  if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0')) throw new Errno('EINVAL');
  if (name.length > NAME_MAX_BYTES || (name.length > 85 && Buffer.byteLength(name) > NAME_MAX_BYTES)) throw new Errno('ENAMETOOLONG');
}

/** The file system's side of a `TreeInode`. Hooks are called after the change in memory. */
export abstract class TreeFileSystem implements FileSystem {
  abstract readonly type: string;
  abstract readonly root: TreeInode;
  readonly device = deviceNumber();
  readonly readOnly: boolean;
  readonly quota: Quota;

  constructor(quota: Quota, readOnly = false) {
    this.quota = quota;
    this.readOnly = readOnly;
  }

  abstract newInode(creation: Creation): TreeInode;
  abstract newContent(inode: TreeInode): Content;
  /** The children of a directory that is looked into for the first time. */
  abstract load(directory: TreeInode): Map<string, TreeInode>;
  /** One child of a directory whose children are not loaded: the same object that `load` would give. */
  loadOne(directory: TreeInode, name: string): TreeInode | undefined {
    return directory.children.get(name);
  }
  /** Called before anything is changed. */
  beforeChange(): void {
    if (this.readOnly) throw new Errno('EROFS');
  }
  changed(_inode: TreeInode): void {
    return;
  }
  entryChanged(_directory: TreeInode, _name: string): void {
    return;
  }
  /** No name and no open description is left. */
  gone(_inode: TreeInode): void {
    return;
  }
  flush(): void {
    return;
  }
  dispose(): void {
    return;
  }

  statfs(): FileSystemStat {
    return { type: this.type, totalBytes: this.quota.totalBytes, freeBytes: this.quota.freeBytes, files: this.quota.inodes };
  }
}

export class TreeInode implements Inode {
  readonly fileSystem: TreeFileSystem;
  readonly ino: number;
  readonly type: FileType;
  mode: number;
  uid: number;
  gid: number;
  nlink = 0;
  rdevMajor: number;
  rdevMinor: number;
  atimeMs: number;
  mtimeMs: number;
  ctimeMs: number;
  target: string;
  extended: Map<string, Uint8Array> | undefined;
  /** Set for regular files as soon as somebody asks. */
  loadedContent: Content | undefined;
  /** Where a directory is; undefined at the root and for what has no place any more. */
  parent: TreeInode | undefined;
  openSpecial?(process: Process, flags: number): OpenFile;
  #children: Map<string, TreeInode> | undefined;
  #subdirectories = 0;
  #opens = 0;

  constructor(fileSystem: TreeFileSystem, ino: number, creation: Creation) {
    this.fileSystem = fileSystem;
    this.ino = ino;
    this.type = creation.type;
    this.mode = creation.mode & 0o7777;
    this.uid = creation.uid;
    this.gid = creation.gid;
    this.target = creation.target ?? '';
    this.rdevMajor = creation.rdevMajor ?? 0;
    this.rdevMinor = creation.rdevMinor ?? 0;
    this.atimeMs = this.mtimeMs = this.ctimeMs = Date.now();
    if (creation.type === 'fifo') {
      const fifo = new Fifo(this);
      this.openSpecial = (_process, flags) => fifo.open(flags);
    } else if (creation.type === 'character' || creation.type === 'block') {
      this.openSpecial = (process, flags) => openDevice(this, process, flags);
    }
  }

  // --- metadata ---------------------------------------------------------------------------------------------------------------

  stat(): Stat {
    const sizeBytes = this.#sizeBytes();
    return {
      device: this.fileSystem.device, ino: this.ino, type: this.type, mode: this.mode, uid: this.uid, gid: this.gid,
      nlink: this.type === 'directory' && this.nlink > 0 ? this.#directoryLinks() : this.nlink,
      rdevMajor: this.rdevMajor, rdevMinor: this.rdevMinor, sizeBytes,
      blocks512: this.type === 'file' ? Math.ceil(this.content.chargedBytes / PAGE_BYTES) * (PAGE_BYTES / 512) : 0,
      atimeMs: this.atimeMs, mtimeMs: this.mtimeMs, ctimeMs: this.ctimeMs,
    };
  }

  #sizeBytes(): number {
    if (this.type === 'file') return this.content.sizeBytes;
    if (this.type === 'directory') return PAGE_BYTES;
    return this.type === 'symlink' ? Buffer.byteLength(this.target) : 0;
  }

  #directoryLinks(): number {
    void this.children;
    return 2 + this.#subdirectories;
  }

  setAttributes(attributes: Attributes): void {
    this.fileSystem.beforeChange();
    const { mode, uid, gid, atimeMs, mtimeMs } = attributes;
    if (mode !== undefined && this.type !== 'symlink') this.mode = mode & 0o7777;
    if (uid !== undefined) this.uid = uid;
    if (gid !== undefined) this.gid = gid;
    if (atimeMs !== undefined) this.atimeMs = atimeMs;
    if (mtimeMs !== undefined) this.mtimeMs = mtimeMs;
    this.ctimeMs = Date.now();
    this.fileSystem.changed(this);
  }

  xattrs(): ReadonlyMap<string, Uint8Array> {
    return this.extended ?? NO_ATTRIBUTES;
  }

  setXattr(name: string, value: Uint8Array | undefined): void {
    this.fileSystem.beforeChange();
    if (value === undefined) {
      if (this.extended?.delete(name) !== true) throw new Errno('ENODATA');
    } else {
      let total = name.length + value.length;
      for (const [other, bytes] of this.extended ?? []) if (other !== name) total += other.length + bytes.length;
      if (name.length > NAME_MAX_BYTES) throw new Errno('ERANGE');
      if (total > XATTRS_MAX_BYTES) throw new Errno('ENOSPC');
      (this.extended ??= new Map()).set(name, value.slice());
    }
    this.ctimeMs = Date.now();
    this.fileSystem.changed(this);
  }

  readlink(): string {
    if (this.type !== 'symlink') throw new Errno('EINVAL');
    return this.target;
  }

  // --- content ----------------------------------------------------------------------------------------------------------------

  get content(): Content {
    if (this.type !== 'file') throw new Errno(this.type === 'directory' ? 'EISDIR' : 'EINVAL');
    return (this.loadedContent ??= this.fileSystem.newContent(this));
  }

  readAt(offset: number, lengthBytes: number): Uint8Array {
    const { content } = this;
    const length = Math.min(lengthBytes, content.sizeBytes - offset);
    return length > 0 ? content.readAt(offset, length) : new Uint8Array(0);
  }

  writeAt(offset: number, bytes: Uint8Array): number {
    this.fileSystem.beforeChange();
    const { content } = this;
    if (bytes.length === 0) return 0;
    if (!Number.isSafeInteger(offset + bytes.length)) throw new Errno('EFBIG');
    const count = content.writeAt(offset, bytes);
    this.#contentChanged();
    return count;
  }

  truncate(sizeBytes: number): void {
    this.fileSystem.beforeChange();
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) throw new Errno('EINVAL');
    this.content.truncate(sizeBytes);
    this.#contentChanged();
  }

  #contentChanged(): void {
    this.mtimeMs = this.ctimeMs = Date.now();
    this.fileSystem.changed(this);
  }

  // --- names ------------------------------------------------------------------------------------------------------------------

  /** The loaded children; ENOTDIR. Not to be changed from outside. */
  get children(): Map<string, TreeInode> {
    if (this.#children) return this.#children;
    if (this.type !== 'directory') throw new Errno('ENOTDIR');
    this.#children = this.fileSystem.load(this);
    for (const child of this.#children.values()) {
      if (child.type !== 'directory') continue;
      child.parent = this;
      this.#subdirectories++;
    }
    return this.#children;
  }

  lookup(name: string): TreeInode | undefined {
    if (this.#children) return this.#children.get(name);
    if (this.type !== 'directory') throw new Errno('ENOTDIR');
    const child = this.fileSystem.loadOne(this, name);
    if (child?.type === 'directory') child.parent = this;
    return child;
  }

  entries(): DirectoryEntry[] {
    const entries: DirectoryEntry[] = [];
    for (const [name, { ino, type }] of this.children) entries.push({ name, ino, type });
    return entries;
  }

  create(name: string, creation: Creation): TreeInode {
    this.#requireFree(name);
    if (creation.target !== undefined && Buffer.byteLength(creation.target) > TARGET_MAX_BYTES) throw new Errno('ENAMETOOLONG');
    const inode = this.fileSystem.newInode(creation);
    inode.nlink = 1;
    this.#put(name, inode);
    this.fileSystem.changed(inode);
    return inode;
  }

  link(name: string, inode: Inode): void {
    this.#requireFree(name);
    if (!(inode instanceof TreeInode) || inode.fileSystem !== this.fileSystem) throw new Errno('EXDEV');
    if (inode.type === 'directory') throw new Errno('EPERM');
    if (inode.nlink === 0) throw new Errno('ENOENT');
    inode.nlink++;
    inode.ctimeMs = Date.now();
    this.#put(name, inode);
    this.fileSystem.changed(inode);
  }

  /** An entry can be made here: the name is fit and free, the directory still has a place. */
  #requireFree(name: string): void {
    this.fileSystem.beforeChange();
    if (this.children.has(name)) throw new Errno('EEXIST');
    checkName(name);
    if (this.nlink === 0) throw new Errno('ENOENT');
  }

  #put(name: string, inode: TreeInode): void {
    this.children.set(name, inode);
    if (inode.type === 'directory') {
      inode.parent = this;
      this.#subdirectories++;
    }
    this.#entryChanged(name);
  }

  #entryChanged(name: string): void {
    this.mtimeMs = this.ctimeMs = Date.now();
    this.fileSystem.entryChanged(this, name);
    this.fileSystem.changed(this);
  }

  unlink(name: string): void {
    this.fileSystem.beforeChange();
    const inode = this.children.get(name);
    if (!inode) throw new Errno('ENOENT');
    if (inode.type === 'directory') throw new Errno('EISDIR');
    this.#remove(name, inode);
    inode.#dropLink();
  }

  rmdir(name: string): void {
    this.fileSystem.beforeChange();
    const inode = this.children.get(name);
    if (!inode) throw new Errno('ENOENT');
    if (inode.type !== 'directory') throw new Errno('ENOTDIR');
    if (inode.children.size > 0) throw new Errno('ENOTEMPTY');
    this.#remove(name, inode);
    inode.#dropLink();
  }

  #remove(name: string, inode: TreeInode): void {
    this.children.delete(name);
    if (inode.type === 'directory') {
      inode.parent = undefined;
      this.#subdirectories--;
    }
    this.#entryChanged(name);
  }

  #dropLink(): void {
    this.nlink--;
    this.ctimeMs = Date.now();
    this.fileSystem.changed(this);
    this.#leaveIfUnused();
  }

  rename(name: string, newParent: Inode, newName: string): void {
    this.fileSystem.beforeChange();
    const inode = this.children.get(name);
    if (!inode) throw new Errno('ENOENT');
    if (!(newParent instanceof TreeInode) || newParent.fileSystem !== this.fileSystem) throw new Errno('EXDEV');
    checkName(newName);
    const replaced = newParent.children.get(newName);
    if (replaced === inode) return;
    if (newParent.nlink === 0) throw new Errno('ENOENT');
    if (inode.type === 'directory') {
      for (let at: TreeInode | undefined = newParent; at; at = at.parent) if (at === inode) throw new Errno('EINVAL');
    }
    if (replaced) newParent.#requireReplaceable(inode, replaced);
    this.#remove(name, inode);
    if (replaced) {
      newParent.#remove(newName, replaced);
      replaced.#dropLink();
    }
    newParent.#put(newName, inode);
    inode.ctimeMs = Date.now();
    this.fileSystem.changed(inode);
  }

  #requireReplaceable(inode: TreeInode, replaced: TreeInode): void {
    if (inode.type === 'directory' && replaced.type !== 'directory') throw new Errno('ENOTDIR');
    if (inode.type !== 'directory' && replaced.type === 'directory') throw new Errno('EISDIR');
    if (replaced.type === 'directory' && replaced.children.size > 0) throw new Errno('ENOTEMPTY');
  }

  // --- life -------------------------------------------------------------------------------------------------------------------

  retain(): void {
    this.#opens++;
  }

  release(): void {
    this.#opens--;
    this.#leaveIfUnused();
  }

  #leaveIfUnused(): void {
    if (this.nlink > 0 || this.#opens > 0) return;
    this.fileSystem.quota.inodes--;
    if (this.type === 'file') this.content.discard();
    this.fileSystem.gone(this);
  }
}

// One file of the host inside a bind mount or volume. All calls go by handle or single name; see host-places.ts.
import fs from 'node:fs';
import { Errno, fromNodeError } from '../kernel/errno.js';
import type { Attributes, Creation, DirectoryEntry, FileType, Inode, Stat } from '../kernel/inode.js';
import type { OpenFile } from '../kernel/open-file.js';
import type { Process } from '../kernel/process.js';
import { decode, encode } from '../kernel/text.js';
import { Fifo } from './fifo.js';
import type { HostDirectory } from './host-directory.js';
import type { Override } from './host-ownership.js';
import type { Placed } from './host-places.js';
import { checkName } from './tree-inode.js';

const SMALL_READ_BYTES = 65536;

const { O_RDONLY, O_RDWR, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = fs.constants;
const NO_ATTRIBUTES: ReadonlyMap<string, Uint8Array> = new Map();
const SET_ID_BITS = 0o6000;

/** Runs a host call; its failure becomes ours. */
function host<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw fromNodeError(error);
  }
}

export class HostInode implements Inode, Placed {
  readonly fileSystem: HostDirectory;
  readonly ino: number;
  readonly hostIno: number;
  readonly hostDevice: number;
  readonly hostKind: number;
  readonly type: FileType;
  parent: HostInode | undefined;
  name: string;
  openSpecial?(process: Process, flags: number): OpenFile;
  #opens = 0;
  #fd: number | undefined;
  #fdWrites = false;

  constructor(fileSystem: HostDirectory, stat: fs.Stats, type: FileType, parent: HostInode | undefined, name: string) {
    this.fileSystem = fileSystem;
    this.ino = this.hostIno = stat.ino;
    this.hostDevice = stat.dev;
    this.hostKind = stat.mode & fs.constants.S_IFMT;
    this.type = type;
    this.parent = parent;
    this.name = name;
    if (type === 'fifo' && stat.isFile()) {
      const fifo = new Fifo(this);
      this.openSpecial = (_process, flags) => fifo.open(flags);
    } else if (type === 'fifo' || type === 'character' || type === 'block') {
      // Devices and fifos of the host are not ours to open: a mount has nodev, and a fifo would block the whole machine.
      this.openSpecial = () => {
        throw new Errno(type === 'fifo' ? 'ENXIO' : 'EACCES');
      };
    }
  }

  /** Where it was seen last. */
  moveTo(parent: HostInode | undefined, name: string): void {
    if (this.parent === parent && this.name === name) return;
    this.parent = parent;
    this.name = name;
  }

  // --- metadata ---------------------------------------------------------------------------------------------------------------

  #hostStat(): fs.Stats {
    return host(() => (this.#fd === undefined ? this.fileSystem.places.lstat(this) : fs.fstatSync(this.#fd)));
  }

  stat(): Stat {
    const stat = this.#hostStat();
    const override = this.fileSystem.ownership?.get(stat);
    const self = this.fileSystem.shownAsRoot;
    return {
      device: this.fileSystem.device, ino: this.ino, type: this.type, nlink: stat.nlink,
      mode: override?.mode ?? stat.mode & 0o7777,
      uid: override?.uid ?? (stat.uid === self?.uid ? 0 : stat.uid),
      gid: override?.gid ?? (stat.gid === self?.gid ? 0 : stat.gid),
      rdevMajor: (stat.rdev >>> 8) & 0xfff, rdevMinor: (stat.rdev & 0xff) | ((stat.rdev >>> 12) & 0xfff00),
      sizeBytes: stat.size, blocks512: stat.blocks, atimeMs: stat.atimeMs, mtimeMs: stat.mtimeMs, ctimeMs: stat.ctimeMs,
    };
  }

  setAttributes(attributes: Attributes): void {
    this.fileSystem.beforeChange();
    const { mode, uid, gid, atimeMs, mtimeMs } = attributes;
    host(() => {
      if (uid !== undefined || gid !== undefined) this.#chown(uid, gid);
      if (mode !== undefined && this.type !== 'symlink') this.#chmod(mode & 0o7777);
      if (atimeMs !== undefined || mtimeMs !== undefined) this.#utimes(atimeMs, mtimeMs);
    });
  }

  #chown(uid: number | undefined, gid: number | undefined): void {
    const now = this.stat();
    const wanted = { uid: uid ?? now.uid, gid: gid ?? now.gid };
    if (wanted.uid === now.uid && wanted.gid === now.gid) return;
    this.#orRemember({ ...wanted }, () => {
      const self = this.fileSystem.shownAsRoot;
      // Not being root we could at most change groups, and ids mean something else here than on the host.
      if (self) throw new Errno('EPERM');
      if (this.type === 'symlink') fs.lchownSync(this.fileSystem.places.entry(this.parent!, this.name), wanted.uid, wanted.gid);
      else if (this.#fd !== undefined) fs.fchownSync(this.#fd, wanted.uid, wanted.gid);
      else this.fileSystem.places.through(this, (path) => fs.chownSync(path, wanted.uid, wanted.gid));
    });
  }

  /** setuid and setgid of files stay out of the host: only the sidecar knows of them. */
  #chmod(mode: number): void {
    const hostMode = this.type === 'file' ? mode & ~SET_ID_BITS : mode;
    this.#orRemember({ mode }, () => {
      if (this.#fd !== undefined) fs.fchmodSync(this.#fd, hostMode);
      else this.fileSystem.places.through(this, (path) => fs.chmodSync(path, hostMode));
      const { ownership } = this.fileSystem;
      const known = ownership?.get(this.#hostStat())?.mode;
      if (ownership && (hostMode !== mode || (known !== undefined && known !== mode))) ownership.set(this.#hostStat(), { mode });
    });
  }

  /** What the host refuses is kept beside it, where there is a place for that. */
  #orRemember(override: Override, change: () => void): void {
    const { ownership } = this.fileSystem;
    try {
      change();
    } catch (error) {
      const errno = fromNodeError(error);
      if (!ownership || !['EPERM', 'EINVAL', 'EOPNOTSUPP'].includes(errno.code)) throw errno;
      ownership.set(this.#hostStat(), override);
      return;
    }
    const stat = this.#hostStat();
    if (override.uid !== undefined && ownership?.get(stat)?.uid !== undefined) ownership.set(stat, override);
  }

  #utimes(atimeMs: number | undefined, mtimeMs: number | undefined): void {
    const now = this.#hostStat();
    const atime = (atimeMs ?? now.atimeMs) / 1000;
    const mtime = (mtimeMs ?? now.mtimeMs) / 1000;
    if (this.#fd !== undefined) fs.futimesSync(this.#fd, atime, mtime);
    else if (this.type === 'symlink') fs.lutimesSync(this.fileSystem.places.entry(this.parent!, this.name), atime, mtime);
    else this.fileSystem.places.through(this, (path) => fs.utimesSync(path, atime, mtime));
  }

  /** Node cannot read the host's extended attributes: none are shown, and none can be set. */
  xattrs(): ReadonlyMap<string, Uint8Array> {
    return NO_ATTRIBUTES;
  }

  setXattr(): void {
    this.fileSystem.beforeChange();
    throw new Errno('EOPNOTSUPP');
  }

  readlink(): string {
    if (this.type !== 'symlink' || !this.parent) throw new Errno('EINVAL');
    return host(() => decode(fs.readlinkSync(this.fileSystem.places.entry(this.parent!, this.name), 'buffer')));
  }

  // --- content ----------------------------------------------------------------------------------------------------------------

  /** Open descriptions hold a descriptor of the host, so that a file lives on when its name goes. */
  retain(): void {
    if (this.type === 'file' && this.#opens === 0) this.#fd = host(() => this.#openForHolder());
    this.#opens++;
  }

  #openForHolder(): number {
    this.#fdWrites = false;
    try {
      return this.fileSystem.places.openFile(this, O_RDONLY);
    } catch (error) {
      if (fromNodeError(error).code !== 'EACCES' || this.fileSystem.readOnly) throw error;
      this.#fdWrites = true;
      return this.fileSystem.places.openFile(this, O_WRONLY);
    }
  }

  release(): void {
    if (--this.#opens > 0 || this.#fd === undefined) return;
    fs.closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** With a descriptor that can do it: the held one, else one for this call. */
  #withFile<T>(writes: boolean, call: (fd: number) => T): T {
    if (this.type !== 'file') throw new Errno(this.type === 'directory' ? 'EISDIR' : 'EINVAL');
    return host(() => {
      if (this.#fd !== undefined) return call(writes ? this.#writable(this.#fd) : this.#fd);
      const fd = this.fileSystem.places.openFile(this, writes ? O_RDWR : O_RDONLY);
      try {
        return call(fd);
      } finally {
        fs.closeSync(fd);
      }
    });
  }

  /** The held descriptor was for reading; the first write reopens the same file, even if it has no name any more. */
  #writable(fd: number): number {
    if (this.#fdWrites) return fd;
    const linux = process.platform === 'linux';
    const writable = linux ? fs.openSync(`/proc/self/fd/${fd}`, O_RDWR) : this.fileSystem.places.openFile(this, O_RDWR);
    fs.closeSync(fd);
    this.#fd = writable;
    this.#fdWrites = true;
    return writable;
  }

  readAt(offset: number, lengthBytes: number): Uint8Array {
    return this.#withFile(false, (fd) => {
      // Programs read with large buffers from files that are mostly small. Files of the host's kernel have content, but no size.
      const size = lengthBytes > SMALL_READ_BYTES ? fs.fstatSync(fd).size : 0;
      const wanted = size > 0 ? Math.min(lengthBytes, Math.max(0, size - offset)) : Math.min(lengthBytes, SMALL_READ_BYTES);
      const bytes = Buffer.allocUnsafe(wanted);
      const count = wanted === 0 ? 0 : fs.readSync(fd, bytes, 0, wanted, offset);
      return count === wanted ? bytes : bytes.subarray(0, count);
    });
  }

  writeAt(offset: number, bytes: Uint8Array): number {
    this.fileSystem.beforeChange();
    return bytes.length === 0 ? 0 : this.#withFile(true, (fd) => fs.writeSync(fd, bytes, 0, bytes.length, offset));
  }

  truncate(sizeBytes: number): void {
    this.fileSystem.beforeChange();
    this.#withFile(true, (fd) => fs.ftruncateSync(fd, sizeBytes));
  }

  // --- names ------------------------------------------------------------------------------------------------------------------

  #requireDirectory(): void {
    if (this.type !== 'directory') throw new Errno('ENOTDIR');
  }

  lookup(name: string): HostInode | undefined {
    this.#requireDirectory();
    checkName(name);
    return host(() => {
      const stat = fs.lstatSync(this.fileSystem.places.entry(this, name), { throwIfNoEntry: false });
      return stat && this.fileSystem.inode(stat, this, name);
    });
  }

  #existing(name: string): HostInode {
    const inode = this.lookup(name);
    if (!inode) throw new Errno('ENOENT');
    return inode;
  }

  entries(): DirectoryEntry[] {
    this.#requireDirectory();
    return host(() => {
      const directory = this.fileSystem.places.directory(this);
      const entries = fs.readdirSync(directory, { withFileTypes: true });
      if (!entries.some(({ name }) => name.includes('\ufffd'))) return entries.map((entry) => new HostEntry(this, entry.name, entry));
      // A name that is no UTF-8: all of them again, as bytes.
      return fs.readdirSync(directory, { encoding: 'buffer' }).map((bytes) => {
        const name = decode(bytes);
        const inode = this.#existing(name);
        return { name, ino: inode.ino, type: inode.type };
      });
    });
  }

  create(name: string, creation: Creation): HostInode {
    this.fileSystem.beforeChange();
    this.#requireDirectory();
    checkName(name);
    const { type, mode, uid, gid } = creation;
    const special = type !== 'file' && type !== 'directory' && type !== 'symlink';
    // Node cannot make fifos; a placeholder that the sidecar calls one serves all containers of the volume.
    if (special && !(type === 'fifo' && this.fileSystem.ownership)) throw new Errno('EPERM');
    if (type === 'file') return host(() => this.#createFile(name, creation));
    host(() => {
      const path = this.fileSystem.places.entry(this, name);
      if (type === 'directory') fs.mkdirSync(path, 0o700);
      else if (type === 'symlink') fs.symlinkSync(Buffer.from(encode(creation.target ?? '')), path);
      else fs.closeSync(fs.openSync(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600));
      if (special) this.fileSystem.ownership!.set(fs.lstatSync(path), { type });
    });
    const inode = this.#existing(name);
    inode.setAttributes({ uid, gid, mode });
    return inode;
  }

  /** The common case, with as few calls of the host as it takes. */
  #createFile(name: string, { mode, uid, gid }: Creation): HostInode {
    const fd = fs.openSync(this.fileSystem.places.entry(this, name), O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600);
    let inode: HostInode;
    try {
      const stat = fs.fstatSync(fd);
      inode = this.fileSystem.inode(stat, this, name);
      fs.fchmodSync(fd, mode & 0o7777 & ~SET_ID_BITS);
      const self = this.fileSystem.shownAsRoot;
      const owned = (stat.uid === self?.uid ? 0 : stat.uid) === uid && (stat.gid === self?.gid ? 0 : stat.gid) === gid;
      if (owned && (mode & SET_ID_BITS) === 0) return inode;
    } finally {
      fs.closeSync(fd);
    }
    inode.setAttributes({ uid, gid, ...((mode & SET_ID_BITS) === 0 ? {} : { mode }) });
    return inode;
  }

  link(name: string, inode: Inode): void {
    this.fileSystem.beforeChange();
    checkName(name);
    if (!(inode instanceof HostInode) || inode.fileSystem !== this.fileSystem || !inode.parent) throw new Errno('EXDEV');
    host(() => fs.linkSync(this.fileSystem.places.entry(inode.parent!, inode.name), this.fileSystem.places.entry(this, name)));
  }

  unlink(name: string): void {
    this.fileSystem.beforeChange();
    const inode = this.#existing(name);
    if (inode.type === 'directory') throw new Errno('EISDIR');
    const stat = inode.#hostStat();
    host(() => fs.unlinkSync(this.fileSystem.places.entry(this, name)));
    if (stat.nlink === 1) this.fileSystem.ownership?.forget(stat);
  }

  rmdir(name: string): void {
    this.fileSystem.beforeChange();
    const inode = this.#existing(name);
    if (inode.type !== 'directory') throw new Errno('ENOTDIR');
    const stat = inode.#hostStat();
    host(() => fs.rmdirSync(this.fileSystem.places.entry(this, name)));
    this.fileSystem.places.forget(inode);
    this.fileSystem.ownership?.forget(stat);
  }

  rename(name: string, newParent: Inode, newName: string): void {
    this.fileSystem.beforeChange();
    checkName(newName);
    const inode = this.#existing(name);
    if (!(newParent instanceof HostInode) || newParent.fileSystem !== this.fileSystem) throw new Errno('EXDEV');
    host(() => fs.renameSync(this.fileSystem.places.entry(this, name), this.fileSystem.places.entry(newParent, newName)));
    inode.moveTo(newParent, newName);
  }
}

/** A directory entry whose number is looked up only when somebody wants it. */
class HostEntry implements DirectoryEntry {
  readonly name: string;
  readonly type: FileType;
  readonly #directory: HostInode;

  constructor(directory: HostInode, name: string, entry: fs.Dirent) {
    this.#directory = directory;
    this.name = name;
    this.type = entry.isFile() ? 'file' : entry.isDirectory() ? 'directory' : entry.isSymbolicLink() ? 'symlink'
      : entry.isFIFO() ? 'fifo' : entry.isSocket() ? 'socket' : entry.isBlockDevice() ? 'block' : 'character';
  }

  get ino(): number {
    return this.#directory.lookup(this.name)?.ino ?? 0;
  }
}

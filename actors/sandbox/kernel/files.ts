// The file calls of a process: open(2) and its relatives, over the mount tree, with umask, permissions and descriptors.
import { type Credentials, isCapable } from './credentials.js';
import { Errno } from './errno.js';
import type { Attributes, Creation, Inode, Stat } from './inode.js';
import {
  InodeFile, O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY, type OpenFile,
} from './open-file.js';
import { type Location, MAY_EXECUTE, MAY_READ, MAY_WRITE, type MountTree, pathOf, permits } from './path.js';
import type { Process } from './process.js';

/** What chown and writing leave of a file's mode: the bits that would lend its owner's rights go. */
function withoutSetId(type: Inode['type'], mode: number): number {
  if (type !== 'file') return mode;
  return mode & ~0o4000 & ((mode & 0o010) === 0 ? ~0 : ~0o2000);
}

function dropSetId(inode: Inode): void {
  const { mode } = inode.stat();
  if ((mode & 0o6000) !== 0 && withoutSetId('file', mode) !== mode) inode.setAttributes({ mode: withoutSetId('file', mode) });
}

/** Relative paths start at `process.cwd`. One object per process; the commands and the shell call these. */
export class Files {
  readonly #process: Process;
  readonly #tree: MountTree;

  constructor(process: Process, tree: MountTree) {
    this.#process = process;
    this.#tree = tree;
  }

  /** Asked for right before each walk, which is then known to be this process's. */
  get #who(): Credentials {
    this.#tree.asking = this.#process;
    return this.#process.credentials;
  }

  /** The location of an existing file; symlinks at the end are followed unless told otherwise. */
  locate(path: string, follow = true): Location {
    return this.#tree.resolve(path, this.#process.cwd, this.#who, follow);
  }

  stat(path: string): Stat {
    return this.locate(path).inode.stat();
  }

  lstat(path: string): Stat {
    return this.locate(path, false).inode.stat();
  }

  exists(path: string): boolean {
    try {
      this.locate(path);
      return true;
    } catch (error) {
      if (error instanceof Errno) return false;
      throw error;
    }
  }

  /** access(2): a sum of MAY_READ, MAY_WRITE, MAY_EXECUTE; throws EACCES or EROFS. */
  access(path: string, wanted: number): void {
    const location = this.locate(path);
    if ((wanted & MAY_WRITE) !== 0 && location.inode.type === 'file') this.#tree.requireWritable(location);
    if (!permits(location.inode, this.#who, wanted)) throw new Errno('EACCES');
  }

  /** open(2) without a descriptor; `mode` is masked by umask when a file is made. */
  openFile(path: string, flags: number, mode = 0o666): OpenFile {
    const location = this.#locateOrCreate(path, flags, mode);
    const { inode } = location;
    const writes = (flags & 3) !== O_RDONLY;
    if (inode.type === 'symlink') throw new Errno('ELOOP');
    if (inode.type === 'directory' && (writes || (flags & O_CREAT) !== 0)) throw new Errno('EISDIR');
    if ((flags & O_DIRECTORY) !== 0 && inode.type !== 'directory') throw new Errno('ENOTDIR');
    if ((inode.type === 'character' || inode.type === 'block') && this.#tree.mountOf(location)?.noDev === true) throw new Errno('EACCES');
    if (inode.type === 'socket') throw new Errno('ENXIO');
    if (writes && inode.type === 'file') this.#tree.requireWritable(location);
    if (inode.openSpecial) return inode.openSpecial(this.#process, flags);
    if (writes && inode.type === 'file' && !isCapable(this.#who, 'FSETID')) dropSetId(inode);
    if ((flags & O_TRUNC) !== 0 && writes && inode.type === 'file') inode.truncate(0);
    return new InodeFile(inode, flags, pathOf(location));
  }

  #locateOrCreate(path: string, flags: number, mode: number): Location {
    const exclusive = (flags & (O_CREAT | O_EXCL)) === (O_CREAT | O_EXCL);
    const follow = !exclusive && (flags & O_NOFOLLOW) === 0;
    let found: Location | undefined;
    try {
      found = this.locate(path, follow);
    } catch (error) {
      if (!(error instanceof Errno && error.code === 'ENOENT' && (flags & O_CREAT) !== 0)) throw error;
    }
    if (found) {
      if (exclusive) throw new Errno('EEXIST');
      const access = flags & 3;
      const wanted = (access === O_RDONLY || access === O_RDWR ? MAY_READ : 0) | (access === O_WRONLY || access === O_RDWR ? MAY_WRITE : 0);
      if (!permits(found.inode, this.#who, wanted)) throw new Errno('EACCES');
      return found;
    }
    if (path.endsWith('/')) throw new Errno('EISDIR');
    return this.#create(this.#danglingTarget(path), { type: 'file', mode });
  }

  /** O_CREAT through a symlink that leads nowhere makes the file the link names. */
  #danglingTarget(path: string): string {
    let target = path;
    for (let hops = 0; hops < 40; hops++) {
      const { parent, name } = this.#tree.resolveParent(target, this.#process.cwd, this.#who);
      const inode = parent.inode.lookup(name);
      if (inode?.type !== 'symlink') return target;
      const link = inode.readlink();
      target = link.startsWith('/') ? link : `${pathOf(parent)}/${link}`;
    }
    throw new Errno('ELOOP');
  }

  #create(path: string, what: Omit<Creation, 'uid' | 'gid'>): Location {
    const { parent, name } = this.#tree.resolveParent(path, this.#process.cwd, this.#who);
    if (name === '' || name === '.' || name === '..' || this.#tree.child(parent, name)) throw new Errno('EEXIST');
    this.#requireEntryChange(parent);
    const { mode: parentMode, gid: parentGid } = parent.inode.stat();
    const inherits = (parentMode & 0o2000) !== 0;
    const mode = (what.type === 'symlink' ? 0o777 : what.mode & ~this.#process.umask) | (inherits && what.type === 'directory' ? 0o2000 : 0);
    const gid = inherits ? parentGid : this.#who.gid;
    const inode = parent.inode.create(name, { ...what, mode, uid: this.#who.uid, gid });
    return { inode, parent, name };
  }

  #requireEntryChange(parent: Location): void {
    if (!permits(parent.inode, this.#who, MAY_WRITE | MAY_EXECUTE)) throw new Errno('EACCES');
    this.#tree.requireWritable(parent);
  }

  /** In a sticky directory only the owner of the entry or of the directory may take it away. */
  #requireRemoval(parent: Location, inode: Inode): void {
    this.#requireEntryChange(parent);
    const directory = parent.inode.stat();
    if ((directory.mode & 0o1000) === 0 || isCapable(this.#who, 'FOWNER') || directory.uid === this.#who.uid) return;
    if (inode.stat().uid !== this.#who.uid) throw new Errno('EPERM');
  }

  mkdir(path: string, mode = 0o777): void {
    this.#create(path, { type: 'directory', mode });
  }

  symlink(target: string, path: string): void {
    if (target === '') throw new Errno('ENOENT');
    this.#create(path, { type: 'symlink', mode: 0o777, target });
  }

  /** mknod(2); devices need CAP_MKNOD. */
  mknod(path: string, type: 'fifo' | 'character' | 'block' | 'socket' | 'file', mode: number, rdevMajor = 0, rdevMinor = 0): void {
    if ((type === 'character' || type === 'block') && !isCapable(this.#who, 'MKNOD')) throw new Errno('EPERM');
    this.#create(path, { type, mode, rdevMajor, rdevMinor });
  }

  /** bind(2) of a Unix socket: gives it a name. EADDRINUSE where something has it. */
  bindSocket(path: string): void {
    try {
      this.#create(path, { type: 'socket', mode: 0o777 });
    } catch (error) {
      throw error instanceof Errno && error.code === 'EEXIST' ? new Errno('EADDRINUSE') : error;
    }
  }

  /** The Unix socket that a name means, for who may write to it. */
  socketAt(path: string): Inode {
    const { inode } = this.locate(path);
    if (!permits(inode, this.#who, MAY_WRITE)) throw new Errno('EACCES');
    if (inode.type !== 'socket') throw new Errno('ECONNREFUSED');
    return inode;
  }

  link(existing: string, path: string): void {
    const source = this.locate(existing, false);
    if (source.inode.type === 'directory') throw new Errno('EPERM');
    this.#requireLinkable(source.inode);
    const { parent, name } = this.#tree.resolveParent(path, this.#process.cwd, this.#who);
    if (this.#tree.child(parent, name)) throw new Errno('EEXIST');
    if (path.endsWith('/')) throw new Errno('ENOENT');
    this.#requireEntryChange(parent);
    if (parent.inode.fileSystem !== source.inode.fileSystem) throw new Errno('EXDEV');
    parent.inode.link(name, source.inode);
  }

  /** fs.protected_hardlinks, as hosts of containers have it: others' files only where one could write them anyway. */
  #requireLinkable(inode: Inode): void {
    const stat = inode.stat();
    const who = this.#who;
    if (isCapable(who, 'FOWNER') || who.uid === stat.uid) return;
    if (inode.type !== 'file' || withoutSetId('file', stat.mode) !== stat.mode || !permits(inode, who, MAY_READ | MAY_WRITE)) throw new Errno('EPERM');
  }

  unlink(path: string): void {
    const { parent, name, inode } = this.#entry(path);
    if (inode.type === 'directory') throw new Errno('EISDIR');
    if (path.endsWith('/')) throw new Errno('ENOTDIR');
    this.#requireNoMount(parent, name, inode);
    parent.inode.unlink(name);
  }

  /** A mount point can neither go away nor be replaced. */
  #requireNoMount(parent: Location, name: string, inode: Inode): void {
    if (this.#tree.cross({ inode, parent, name }).inode !== inode) throw new Errno('EBUSY');
  }

  rmdir(path: string): void {
    const { parent, name, inode } = this.#entry(path);
    if (inode.type !== 'directory') throw new Errno('ENOTDIR');
    this.#requireNoMount(parent, name, inode);
    parent.inode.rmdir(name);
  }

  #entry(path: string): { parent: Location; name: string; inode: Inode } {
    const { parent, name } = this.#tree.resolveParent(path, this.#process.cwd, this.#who);
    if (name === '') throw new Errno('EBUSY');
    if (name === '.') throw new Errno('EINVAL');
    if (name === '..') throw new Errno('ENOTEMPTY');
    const inode = parent.inode.lookup(name);
    if (!inode) throw new Errno('ENOENT');
    this.#requireRemoval(parent, inode);
    return { parent, name, inode };
  }

  rename(from: string, to: string): void {
    const source = this.#entry(from);
    const { parent, name } = this.#tree.resolveParent(to, this.#process.cwd, this.#who);
    if (name === '' || name === '.' || name === '..') throw new Errno('EBUSY');
    // A name that ends in a slash is a folder's.
    if (source.inode.type !== 'directory' && (from.endsWith('/') || to.endsWith('/'))) throw new Errno('ENOTDIR');
    this.#requireEntryChange(parent);
    if (parent.inode.fileSystem !== source.parent.inode.fileSystem) throw new Errno('EXDEV');
    for (let at: Location | undefined = parent; at; at = at.parent) if (at.inode === source.inode) throw new Errno('EINVAL');
    const target = parent.inode.lookup(name);
    if (target === source.inode) return;
    this.#requireNoMount(source.parent, source.name, source.inode);
    if (target) {
      this.#requireNoMount(parent, name, target);
      this.#requireRemoval(parent, target);
      if (source.inode.type === 'directory' && target.type !== 'directory') throw new Errno('ENOTDIR');
      if (source.inode.type !== 'directory' && target.type === 'directory') throw new Errno('EISDIR');
    }
    source.parent.inode.rename(source.name, parent.inode, name);
  }

  readlink(path: string): string {
    const { inode } = this.locate(path, false);
    if (inode.type !== 'symlink') throw new Errno('EINVAL');
    return inode.readlink();
  }

  /** Sorted by nothing: the order of the file system. `.` and `..` are not among them. */
  readdir(path: string): ReturnType<Inode['entries']> {
    const { inode } = this.locate(path);
    if (inode.type !== 'directory') throw new Errno('ENOTDIR');
    if (!permits(inode, this.#who, MAY_READ)) throw new Errno('EACCES');
    return inode.entries();
  }

  chmod(path: string, mode: number, follow = true): void {
    const location = this.locate(path, follow);
    const who = this.#who;
    const { gid, groups } = who;
    const owner = location.inode.stat();
    // Nobody gives a group's rights that are not theirs.
    const foreign = !isCapable(who, 'FSETID') && owner.gid !== gid && !groups.includes(owner.gid);
    this.#change(location, { mode: mode & (foreign ? 0o5777 : 0o7777) });
  }

  /** -1 leaves an id as it is. */
  chown(path: string, uid: number, gid: number, follow = true): void {
    const location = this.locate(path, follow);
    const stat = location.inode.stat();
    const ownGroup = (uid === -1 || uid === stat.uid) && stat.uid === this.#who.uid && (gid === this.#who.gid || this.#who.groups.includes(gid));
    if (!ownGroup && !isCapable(this.#who, 'CHOWN')) throw new Errno('EPERM');
    this.#tree.requireWritable(location);
    const mode = withoutSetId(location.inode.type, stat.mode);
    location.inode.setAttributes({ ...(uid === -1 ? {} : { uid }), ...(gid === -1 ? {} : { gid }) });
    if (mode !== stat.mode && (uid !== -1 || gid !== -1)) location.inode.setAttributes({ mode });
  }

  utimes(path: string, atimeMs: number | undefined, mtimeMs: number | undefined, follow = true): void {
    this.#change(this.locate(path, follow), { ...(atimeMs === undefined ? {} : { atimeMs }), ...(mtimeMs === undefined ? {} : { mtimeMs }) });
  }

  truncate(path: string, sizeBytes: number): void {
    const location = this.locate(path);
    if (location.inode.type === 'directory') throw new Errno('EISDIR');
    if (!permits(location.inode, this.#who, MAY_WRITE)) throw new Errno('EACCES');
    this.#tree.requireWritable(location);
    location.inode.truncate(sizeBytes);
  }

  #change(location: Location, attributes: Attributes): void {
    if (!isCapable(this.#who, 'FOWNER') && location.inode.stat().uid !== this.#who.uid) throw new Errno('EPERM');
    this.#tree.requireWritable(location);
    location.inode.setAttributes(attributes);
  }

  chdir(path: string): void {
    const location = this.locate(path);
    if (location.inode.type !== 'directory') throw new Errno('ENOTDIR');
    if (!permits(location.inode, this.#who, MAY_EXECUTE)) throw new Errno('EACCES');
    this.#process.cwd = location;
  }

  /** getcwd(3): where we are, without symlinks. */
  getcwd(): string {
    return pathOf(this.#process.cwd);
  }

  /** realpath(3): absolute, without symlinks; every component must exist. */
  realpath(path: string): string {
    return pathOf(this.locate(path));
  }

  /** The whole content of a file, for small configuration files (/etc/passwd, scripts). */
  readFile(path: string): Uint8Array {
    const file = this.openFile(path, O_RDONLY).retain();
    try {
      const parts: Uint8Array[] = [];
      for (let part = file.read(1 << 20); part !== undefined && part.length > 0; part = file.read(1 << 20)) parts.push(part);
      return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    } finally {
      file.release();
    }
  }

  /** Replaces (or appends to) a file's content. */
  writeFile(path: string, bytes: Uint8Array, options: { append?: boolean; mode?: number } = {}): void {
    const file = this.openFile(path, O_WRONLY | O_CREAT | (options.append === true ? O_APPEND : O_TRUNC), options.mode ?? 0o666).retain();
    try {
      for (let at = 0; at < bytes.length; ) at += file.write(bytes.subarray(at)) ?? 0;
    } finally {
      file.release();
    }
  }
}

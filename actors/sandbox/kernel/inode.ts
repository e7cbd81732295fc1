// The face of a mounted file system: inodes, in Linux's own terms. Every call is synchronous and throws Errno.
import type { OpenFile } from './open-file.js';
import type { Location } from './path.js';
import type { Process } from './process.js';

export type FileType = 'file' | 'directory' | 'symlink' | 'fifo' | 'character' | 'block' | 'socket';

/** As stat(2). Times are ms since the epoch with a fraction; `mode` holds the permission bits only (07777). */
export interface Stat {
  device: number;
  ino: number;
  type: FileType;
  mode: number;
  nlink: number;
  uid: number;
  gid: number;
  rdevMajor: number;
  rdevMinor: number;
  sizeBytes: number;
  blocks512: number;
  atimeMs: number;
  mtimeMs: number;
  ctimeMs: number;
}

/** What chmod, chown and utimensat change; absent fields stay. */
export interface Attributes {
  mode?: number;
  uid?: number;
  gid?: number;
  atimeMs?: number;
  mtimeMs?: number;
}

/** What a new directory entry is made of. `target` for symlinks, rdev for devices. */
export interface Creation {
  type: FileType;
  mode: number;
  uid: number;
  gid: number;
  target?: string;
  rdevMajor?: number;
  rdevMinor?: number;
}

export interface DirectoryEntry {
  name: string;
  ino: number;
  type: FileType;
}

/**
 * One file. The same file is the same object while anybody holds it (mount points are found by identity). Permissions and mounts are
 * the path walker's business, not the file system's. Calls that do not fit the type throw ENOTDIR, EISDIR, EINVAL as Linux does.
 */
export interface Inode {
  readonly fileSystem: FileSystem;
  readonly ino: number;
  readonly type: FileType;
  stat(): Stat;
  setAttributes(attributes: Attributes): void;
  lookup(name: string): Inode | undefined;
  entries(): DirectoryEntry[];
  create(name: string, creation: Creation): Inode;
  link(name: string, inode: Inode): void;
  unlink(name: string): void;
  rmdir(name: string): void;
  /** rename(2) within one file system; replaces a file or an empty directory. */
  rename(name: string, newParent: Inode, newName: string): void;
  /** Up to `lengthBytes` from `offset`; shorter at the end, empty past it. The result must not be written to; a whole buffer of 64 KiB or more is the caller's own. */
  readAt(offset: number, lengthBytes: number): Uint8Array;
  /** The buffer is given away: the caller does not touch it again. */
  writeAt(offset: number, bytes: Uint8Array): number;
  truncate(sizeBytes: number): void;
  readlink(): string;
  /**
   * Magic links (/proc/PID/fd/N, cwd, root): where following the symlink leads, which its text cannot always say. `asking` is the
   * process that walks, undefined for the daemon; `at` is the link itself. Throws EACCES where only the owner may follow.
   */
  jump?(asking: Process | undefined, at: Location): Location;
  /** Extended attributes; names as Linux spells them (`security.capability`, `user.x`). */
  xattrs(): ReadonlyMap<string, Uint8Array>;
  setXattr(name: string, value: Uint8Array | undefined): void;
  /** Files whose opening is more than content (fifos share a pipe, /proc makes its text, devices act). */
  openSpecial?(process: Process, flags: number): OpenFile;
  /** Called for each open description and its end, so that unlinked files live until closed. */
  retain?(): void;
  release?(): void;
}

export interface FileSystemStat {
  type: string;
  totalBytes: number;
  freeBytes: number;
  files: number;
}

export interface FileSystem {
  /** What it was made with, as /proc/mounts shows it: `size=65536k`. */
  readonly mountData?: readonly string[];
  /** overlay, tmpfs, proc, devtmpfs, bind … as /proc/mounts names it. */
  readonly type: string;
  readonly device: number;
  readonly readOnly: boolean;
  readonly root: Inode;
  statfs(): FileSystemStat;
  /** Everything changed so far survives SIGKILL of the server once this returns. */
  flush(): void;
  /** Let go of host resources (descriptors). */
  dispose(): void;
}

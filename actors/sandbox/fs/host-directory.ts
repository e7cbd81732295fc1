// A host directory (or one file) as a file system: bind mounts and named volumes.
import fs from 'node:fs';
import { Errno, fromNodeError } from '../kernel/errno.js';
import type { FileSystem, FileSystemStat, FileType } from '../kernel/inode.js';
import { HostInode } from './host-inode.js';
import { HostOwnership } from './host-ownership.js';
import { HostPlaces } from './host-places.js';
import { deviceNumber } from './tree-inode.js';

const KNOWN_SWEEP_AT = 4096;

export interface HostDirectoryOptions {
  /** The directory or file on the host. */
  path: string;
  /** A folder or file below it that is shown instead; symlinks in it are followed as far as they stay below. */
  subpath?: string;
  readOnly?: boolean;
  /** A file outside of it where owners are kept that the host refuses to store; without it chown fails with the host's own error. */
  ownershipPath?: string;
  type?: string;
}

/** The kind of a host file. */
export function hostType(stat: fs.Stats): FileType {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'directory';
  if (stat.isSymbolicLink()) return 'symlink';
  if (stat.isFIFO()) return 'fifo';
  if (stat.isSocket()) return 'socket';
  return stat.isBlockDevice() ? 'block' : 'character';
}

/**
 * Nothing is cached but descriptors and identities: what the host or another container changes is seen at once. A write is in the
 * host's page cache when it returns, so there is nothing to flush.
 */
export class HostDirectory implements FileSystem {
  readonly type: string;
  readonly device = deviceNumber();
  readonly readOnly: boolean;
  readonly root: HostInode;
  readonly places: HostPlaces;
  readonly ownership: HostOwnership | undefined;
  /** Who the server is on the host, where it is not root: its own files are shown as root's, as rootless Docker does. */
  readonly shownAsRoot: { uid: number; gid: number } | undefined;
  readonly #known = new Map<string, WeakRef<HostInode>>();
  #sweepAt = KNOWN_SWEEP_AT;

  /** Throws Errno when there is nothing at the path, Fault for a subpath that is not below it. */
  constructor(options: HostDirectoryOptions) {
    this.type = options.type ?? 'bind';
    this.readOnly = options.readOnly ?? false;
    this.places = new HostPlaces(options.path, options.subpath);
    this.ownership = options.ownershipPath === undefined ? undefined : new HostOwnership(options.ownershipPath);
    const uid = process.geteuid?.() ?? -1;
    this.shownAsRoot = uid === 0 ? undefined : { uid, gid: process.getegid?.() ?? -1 };
    this.root = this.inode(this.places.rootStat(), undefined, '');
  }

  /** The one object for a host file while anybody holds it. */
  inode(stat: fs.Stats, parent: HostInode | undefined, name: string): HostInode {
    const key = `${stat.dev}:${stat.ino}`;
    const type = this.ownership?.get(stat)?.type ?? hostType(stat);
    const known = this.#known.get(key)?.deref();
    if (known && known.type === type) {
      if (known !== this.root) known.moveTo(parent, name);
      return known;
    }
    const inode = new HostInode(this, stat, type, parent, name);
    this.#known.set(key, new WeakRef(inode));
    if (this.#known.size > this.#sweepAt) this.#sweep();
    return inode;
  }

  #sweep(): void {
    for (const [key, reference] of this.#known) if (reference.deref() === undefined) this.#known.delete(key);
    this.#sweepAt = Math.max(KNOWN_SWEEP_AT, this.#known.size * 2);
  }

  beforeChange(): void {
    if (this.readOnly) throw new Errno('EROFS');
  }

  statfs(): FileSystemStat {
    try {
      const { bsize, blocks, bavail, files } = fs.statfsSync(this.places.directory(this.root));
      return { type: this.type, totalBytes: bsize * blocks, freeBytes: bsize * bavail, files };
    } catch (error) {
      throw fromNodeError(error);
    }
  }

  flush(): void {
    return;
  }

  dispose(): void {
    this.places.dispose();
  }
}

// docker cp into a container: unpacks a tar stream into the mount tree, with dockerd's rules and words.
import { posix } from 'node:path';
import { Fault } from '../../runtime/fault.js';
import type { TarEntry, TarType } from '../../streams/tar-entry.js';
import { TarScanner } from '../../streams/tar-reader.js';
import { Errno } from '../kernel/errno.js';
import type { Attributes, FileType, Inode } from '../kernel/inode.js';
import { type Location, type MountTree, pathOf } from '../kernel/path.js';
import { containerPath, DAEMON } from './archive.js';

export interface ArchiveWriteOptions {
  /** Refuse to replace a directory by something else and the reverse. */
  noOverwriteDirNonDir?: boolean;
  /** Owner of everything that is written (the container's user, for copyUIDGID); the archive's own ids where absent. */
  owner?: { uid: number; gid: number };
}

const IMPLIED_MODE = 0o755;
const TYPES: Readonly<Record<Exclude<TarType, 'link'>, FileType>> = {
  file: 'file', symlink: 'symlink', char: 'character', block: 'block', dir: 'directory', fifo: 'fifo',
};

/**
 * Fed with tar bytes; each entry is in place when the next one begins. The first failure ends it: entries before stay, as in dockerd,
 * and further calls throw the same. Throws Fault in dockerd's words; ENOENT for a destination that is not there, which the API words.
 * @see https://github.com/moby/go-archive (the rules of Unpack)
 */
export class ArchiveWriter {
  readonly #tree: MountTree;
  readonly #options: ArchiveWriteOptions;
  readonly #to: Location;
  readonly #toPath: string;
  readonly #scanner: TarScanner;
  readonly #directoryTimes: [Inode, number][] = [];
  #file: { inode: Inode; path: string; offset: number; after: Attributes } | undefined;
  #lastParent: { path: string; location: Location } | undefined;
  #failure: unknown;

  constructor(tree: MountTree, path: string, options: ArchiveWriteOptions = {}) {
    this.#tree = tree;
    this.#options = options;
    this.#to = tree.resolve(containerPath(path), tree.root, DAEMON);
    if (this.#to.inode.type !== 'directory') throw new Fault('invalid', 'extraction point is not a directory');
    this.#toPath = pathOf(this.#to);
    this.#requireWritable();
    this.#scanner = new TarScanner({ entry: (entry) => this.#entry(entry), data: (bytes) => this.#data(bytes) });
  }

  #requireWritable(): void {
    try {
      this.#tree.requireWritable(this.#to);
    } catch {
      let onRoot = true;
      for (let at: Location | undefined = this.#to; at?.parent; at = at.parent) {
        if (this.#tree.mounts.some(({ root }, i) => i > 0 && root === at!.inode)) onRoot = false;
      }
      throw new Fault('invalid', onRoot ? 'container rootfs is marked read-only' : 'mounted volume is marked read-only');
    }
  }

  /** Takes any piece of the archive. */
  push(chunk: Uint8Array): void {
    this.#guard(() => this.#scanner.write(chunk));
  }

  /** The archive is over: `unexpected EOF` if it stopped inside an entry. */
  finish(): void {
    this.#guard(() => {
      this.#scanner.end();
      this.#finishFile();
      // Filling a directory changes its time, so these come last.
      for (const [inode, ms] of this.#directoryTimes.reverse()) inode.setAttributes({ atimeMs: ms, mtimeMs: ms });
    });
  }

  /** Nothing more will come. */
  abort(): void {
    this.#failure ??= new Fault('invalid', 'unexpected EOF');
    this.#file?.inode.release?.();
    this.#file = undefined;
  }

  #guard(call: () => void): void {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      call();
    } catch (error) {
      this.#failure = error;
      this.abort();
      throw error;
    }
  }

  /** Runs one step on a path; a failed system call is told as Go tells it. */
  #step<T>(call: string, path: string, step: () => T): T {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      const text = error.message.charAt(0).toLowerCase() + error.message.slice(1);
      throw new Fault(error.code === 'ENOSPC' || error.code === 'EIO' ? 'internal' : 'invalid', `${call} ${path}: ${text}`, { code: error.code });
    }
  }

  #data(bytes: Uint8Array): void {
    const file = this.#file;
    if (!file) return;
    this.#step('write', file.path, () => {
      for (let at = 0; at < bytes.length; ) {
        const count = file.inode.writeAt(file.offset, at === 0 ? bytes : bytes.subarray(at));
        at += count;
        file.offset += count;
      }
    });
  }

  #finishFile(): void {
    const file = this.#file;
    if (!file) return;
    this.#file = undefined;
    file.inode.setAttributes(file.after);
    file.inode.release?.();
  }

  #entry(entry: TarEntry): void {
    this.#finishFile();
    const name = this.#confined(entry.path, () => `"${entry.path}" is outside of "${this.#toPath}"`);
    const path = posix.join(this.#toPath, name);
    if (name === '') {
      if (entry.type === 'dir') this.#applyDirectory(this.#to.inode, entry);
      return;
    }
    const parent = this.#step('mkdir', posix.dirname(path), () => this.#parent(posix.dirname(name)));
    const base = posix.basename(name);
    this.#step('open', path, () => this.#tree.requireWritable(parent));
    const existing = this.#tree.child(parent, base);
    if (existing && this.#merges(existing.inode, entry, path)) return this.#applyDirectory(existing.inode, entry);
    if (existing) this.#step('unlinkat', path, () => this.#removeAll(parent, base, existing));
    if (entry.type === 'link') return this.#link(parent, base, entry, path);
    this.#make(parent, base, entry, path);
  }

  /** The entry's name below the destination; refused where `..` leads out. Absolute names count from the destination. */
  #confined(name: string, message: () => string): string {
    const clean = posix.normalize(name.replace(/^\/+/, '')).replace(/\/+$/, '');
    if (clean === '..' || clean.startsWith('../')) throw new Fault('invalid', message());
    return clean === '.' ? '' : clean;
  }

  /** Two directories become one; everything else is replaced, unless the client forbids it. */
  #merges(existing: Inode, entry: TarEntry, path: string): boolean {
    const was = existing.type === 'directory';
    const is = entry.type === 'dir';
    if (was !== is && this.#options.noOverwriteDirNonDir === true) {
      throw new Fault('invalid', was ? `cannot overwrite directory "${path}" with non-directory "${this.#toPath}"` : `cannot overwrite non-directory "${path}" with directory "${this.#toPath}"`);
    }
    return was && is;
  }

  #owner(entry: TarEntry): { uid: number; gid: number } {
    return this.#options.owner ?? { uid: entry.uid, gid: entry.gid };
  }

  #applyDirectory(inode: Inode, entry: TarEntry): void {
    inode.setAttributes({ ...this.#owner(entry), mode: entry.mode });
    this.#setXattrs(inode, entry);
    this.#directoryTimes.push([inode, milliseconds(entry)]);
  }

  #make(parent: Location, base: string, entry: TarEntry, path: string): void {
    const type = TYPES[entry.type as Exclude<TarType, 'link'>];
    if (entry.type === 'symlink') this.#requireInnerTarget(entry, path);
    const inode = this.#step(type === 'file' ? 'open' : type === 'directory' ? 'mkdir' : type === 'symlink' ? 'symlink' : 'mknod', path, () =>
      parent.inode.create(base, {
        type, mode: type === 'symlink' ? 0o777 : entry.mode, ...this.#owner(entry), target: entry.linkPath,
        rdevMajor: entry.devMajor, rdevMinor: entry.devMinor,
      }));
    this.#setXattrs(inode, entry);
    const ms = milliseconds(entry);
    if (type === 'directory') {
      this.#directoryTimes.push([inode, ms]);
      return;
    }
    const after = { atimeMs: ms, mtimeMs: ms };
    if (type !== 'file') return inode.setAttributes(after);
    inode.retain?.();
    this.#file = { inode, path, offset: 0, after };
  }

  /** dockerd refuses symlinks whose text leads out of the destination, even though nothing could be reached through them. */
  #requireInnerTarget(entry: TarEntry, path: string): void {
    const target = posix.join(posix.dirname(path), entry.linkPath);
    const inside = this.#toPath === '/' || target === this.#toPath || target.startsWith(`${this.#toPath}/`);
    if (!inside) throw new Fault('invalid', `invalid symlink "${path}" -> "${entry.linkPath}"`);
  }

  #link(parent: Location, base: string, entry: TarEntry, path: string): void {
    const name = this.#confined(entry.linkPath, () => `invalid hardlink "${posix.join(this.#toPath, entry.linkPath)}" -> "${entry.linkPath}"`);
    this.#step('link', `${posix.join(this.#toPath, name)} ${path}`, () => {
      const target = this.#tree.resolve(`${this.#toPath}/${name}`, this.#tree.root, DAEMON, false);
      if (target.inode.fileSystem !== parent.inode.fileSystem) throw new Errno('EXDEV');
      parent.inode.link(base, target.inode);
    });
  }

  #setXattrs(inode: Inode, entry: TarEntry): void {
    for (const [name, value] of Object.entries(entry.xattrs)) {
      try {
        inode.setXattr(name, value);
      } catch (error) {
        // As dockerd: a file system without extended attributes does not fail the copy.
        if (!(error instanceof Errno && error.code === 'EOPNOTSUPP')) throw error;
      }
    }
  }

  /** The directory an entry goes into; missing ones are made. Symlinks on the way are followed inside the container. */
  #parent(name: string): Location {
    if (name === '.') return this.#to;
    if (this.#lastParent?.path === name) return this.#lastParent.location;
    let at = this.#to;
    for (const part of name.split('/')) {
      const next = this.#tree.child(at, part);
      if (!next) {
        this.#tree.requireWritable(at);
        const inode = at.inode.create(part, { type: 'directory', mode: IMPLIED_MODE, uid: 0, gid: 0 });
        at = { inode, parent: at, name: part };
      } else {
        at = next.inode.type === 'symlink' ? this.#tree.resolve(part, at, DAEMON) : next;
        if (at.inode.type !== 'directory') throw new Errno('ENOTDIR');
      }
    }
    this.#lastParent = { path: name, location: at };
    return at;
  }

  #removeAll(parent: Location, name: string, location: Location): void {
    this.#lastParent = undefined;
    // A mount point cannot be replaced.
    if (parent.inode.lookup(name) !== location.inode) throw new Errno('EBUSY');
    if (location.inode.type !== 'directory') return parent.inode.unlink(name);
    for (const { name: child } of location.inode.entries()) {
      const below = this.#tree.child(location, child);
      if (below) this.#removeAll(location, child, below);
    }
    parent.inode.rmdir(name);
  }
}

function milliseconds(entry: TarEntry): number {
  return Number(entry.mtimeNs / 1000n) / 1000;
}

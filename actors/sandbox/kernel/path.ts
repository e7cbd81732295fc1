// From path to inode (path_resolution(7)): mounts, symlinks, `..`, permissions. Nothing outside the mount tree can be named.
import { type Credentials, isCapable } from './credentials.js';
import { Errno } from './errno.js';
import type { FileSystem, Inode } from './inode.js';
import type { Process } from './process.js';

/** Where a path led. `parent` is undefined only at the root of the tree, so `..` can never climb out. */
export interface Location {
  readonly inode: Inode;
  readonly parent: Location | undefined;
  readonly name: string;
}

export const MAY_READ = 4, MAY_WRITE = 2, MAY_EXECUTE = 1;
const NAME_MAX_BYTES = 255;
const PATH_MAX_BYTES = 4096;
const SYMLINKS_MAX = 40;

export interface MountOptions {
  readOnly?: boolean;
  /** No file of it is executed, no set-id bit of it counts, no device of it is opened. */
  noExec?: boolean;
  noSuid?: boolean;
  noDev?: boolean;
  /** What /proc/mounts shows as the source; the file system's type where absent. */
  source?: string;
}

export interface Mount extends MountOptions {
  readonly path: string;
  readonly fileSystem: FileSystem;
  /** A file mounted over a file, or the root of the mounted tree. */
  readonly root: Inode;
}

/** Whether `who` may do `wanted` (a sum of MAY_*) to the inode; CAP_DAC_OVERRIDE may, except execute what nobody may. */
export function permits(inode: Inode, who: Credentials, wanted: number): boolean {
  const overrides = isCapable(who, 'DAC_OVERRIDE');
  if (overrides && ((wanted & MAY_EXECUTE) === 0 || inode.type === 'directory')) return true;
  const { mode, uid, gid } = inode.stat();
  if (overrides) return (mode & 0o111) !== 0;
  const shift = uid === who.uid ? 6 : gid === who.gid || who.groups.includes(gid) ? 3 : 0;
  if (((mode >> shift) & wanted) === wanted) return true;
  return isCapable(who, 'DAC_READ_SEARCH') && (inode.type === 'directory' ? (wanted & MAY_WRITE) === 0 : wanted === MAY_READ);
}

/** Splits off the last component: where a new entry would be made. Trailing slashes are dropped; '' for '/' itself. */
export function splitPath(path: string): { parent: string; name: string } {
  const trimmed = path.replace(/\/+$/, '');
  const at = trimmed.lastIndexOf('/');
  if (at < 0) return { parent: '.', name: trimmed };
  return { parent: at === 0 ? '/' : trimmed.slice(0, at), name: trimmed.slice(at + 1) };
}

/** The absolute path of a location. */
export function pathOf(location: Location): string {
  const names: string[] = [];
  for (let at: Location | undefined = location; at?.parent; at = at.parent) names.push(at.name);
  return `/${names.reverse().join('/')}`;
}

/** The tree of mounts of one machine. */
export class MountTree {
  readonly #over = new Map<Inode, Mount[]>();
  readonly mounts: Mount[] = [];
  /** They may still be in use, and want to be let go of with the others. */
  readonly #detached = new Set<FileSystem>();
  readonly root: Location;
  /** The process whose system call is walking: what /proc/self means. Walks are synchronous, so there is one at a time. */
  asking: Process | undefined;

  constructor(root: FileSystem) {
    this.root = { inode: root.root, parent: undefined, name: '' };
    this.mounts.push({ path: '/', fileSystem: root, root: root.root });
  }

  /** Mounts over an existing location; `root` names a part of the file system (a file or folder of it). */
  mount(at: Location, fileSystem: FileSystem, options: MountOptions = {}, root: Inode = fileSystem.root): void {
    const mount = { ...options, path: pathOf(at), fileSystem, root };
    this.mounts.push(mount);
    // Keyed by what the walker sees there now, so a later mount at the same place covers an earlier one.
    this.#over.set(at.inode, [...(this.#over.get(at.inode) ?? []), mount]);
    at.inode.retain?.();
  }

  /** Takes the latest mount at its place away; what is open of it stays open. */
  unmount(mount: Mount): void {
    this.mounts.splice(this.mounts.lastIndexOf(mount), 1);
    for (const [inode, over] of this.#over) {
      const at = over.lastIndexOf(mount);
      if (at < 0) continue;
      if (over.length === 1) this.#over.delete(inode);
      else this.#over.set(inode, over.toSpliced(at, 1));
      inode.release?.();
    }
    this.#detached.add(mount.fileSystem);
  }

  /** What is or was mounted, each once however many places it was mounted at. */
  fileSystems(): Set<FileSystem> {
    return new Set([...this.mounts.map(({ fileSystem }) => fileSystem), ...this.#detached]);
  }

  /** What a location is on; undefined for what has no name any more. */
  mountOf(location: Location): Mount | undefined {
    for (let at: Location | undefined = location; at; at = at.parent) {
      const { inode } = at;
      // A folder that is mounted elsewhere too is a mount there only.
      const path = this.mounts.some(({ root }) => root === inode) ? pathOf(at) : undefined;
      const mount = path === undefined ? undefined : this.mounts.findLast((candidate) => candidate.root === inode && candidate.path === path);
      if (mount) return mount;
    }
    return undefined;
  }

  /** EROFS for anything on a read-only mount. */
  requireWritable(location: Location): void {
    const mount = this.mountOf(location);
    if (mount && (mount.readOnly === true || mount.fileSystem.readOnly)) throw new Errno('EROFS');
  }

  /** Follows `path` from `from` to an existing file. */
  resolve(path: string, from: Location, who: Credentials, followLast = true): Location {
    const found = this.#walk(path, from, who, followLast, { count: 0 });
    if (found === undefined) throw new Errno('ENOENT');
    return found;
  }

  /** The directory in which the last component is (or would be), and that component. Symlinks before it are followed. */
  resolveParent(path: string, from: Location, who: Credentials): { parent: Location; name: string } {
    if (path === '') throw new Errno('ENOENT');
    const { parent, name } = splitPath(path);
    if (Buffer.byteLength(name) > NAME_MAX_BYTES) throw new Errno('ENAMETOOLONG');
    const location = this.resolve(parent, from, who);
    if (location.inode.type !== 'directory') throw new Errno('ENOTDIR');
    return { parent: location, name };
  }

  /** What is mounted over a location, seen from outside. */
  cross(location: Location): Location {
    let inode = location.inode;
    for (let over = this.#over.get(inode); over; over = this.#over.get(inode)) {
      const top = over[over.length - 1]!.root;
      if (top === inode) break;
      inode = top;
    }
    return inode === location.inode ? location : { inode, parent: location.parent, name: location.name };
  }

  /** The entry `name` of a directory, mounts crossed; undefined when there is none. */
  child(parent: Location, name: string): Location | undefined {
    const inode = parent.inode.lookup(name);
    return inode && this.cross({ inode, parent, name });
  }

  #follow(target: string, from: Location, who: Credentials, links: { count: number }): Location {
    const found = this.#walk(target, from, who, true, links);
    if (found === undefined) throw new Errno('ENOENT');
    return found;
  }

  #walk(path: string, from: Location, who: Credentials, followLast: boolean, links: { count: number }): Location | undefined {
    if (path === '') throw new Errno('ENOENT');
    if (path.length > PATH_MAX_BYTES) throw new Errno('ENAMETOOLONG');
    let at: Location = path.startsWith('/') ? this.root : from;
    const names = path.split('/');
    for (let i = 0; i < names.length; i++) {
      const name = names[i]!;
      if (name === '') continue;
      if (at.inode.type !== 'directory') throw new Errno('ENOTDIR');
      if (name === '.') continue;
      if (!permits(at.inode, who, MAY_EXECUTE)) throw new Errno('EACCES');
      if (name === '..') {
        at = at.parent ?? at;
        continue;
      }
      const rest = names.slice(i + 1).some((later) => later !== '');
      const next = this.child(at, name);
      if (next === undefined) {
        if (Buffer.byteLength(name) > NAME_MAX_BYTES) throw new Errno('ENAMETOOLONG');
        if (rest) throw new Errno('ENOENT');
        return undefined;
      }
      const trailingSlash = i < names.length - 1;
      if (next.inode.type === 'symlink' && (rest || followLast || trailingSlash)) {
        if (++links.count > SYMLINKS_MAX) throw new Errno('ELOOP');
        at = next.inode.jump?.(this.asking, next) ?? this.#follow(next.inode.readlink(), at, who, links);
      } else {
        at = next;
      }
    }
    if (path.endsWith('/') && at.inode.type !== 'directory') throw new Errno('ENOTDIR');
    return at;
  }
}

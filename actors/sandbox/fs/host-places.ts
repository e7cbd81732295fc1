// How host files are reached: by directory descriptors and single names, so that no symlink of a container is followed by the host.
import fs from 'node:fs';
import { isAbsolute, join as joinPaths, relative } from 'node:path';
import { Fault } from '../../runtime/fault.js';
import { Errno, fromNodeError } from '../kernel/errno.js';
import { encode } from '../kernel/text.js';

const LINUX = process.platform === 'linux';
/** Linux's open(2) flag that Node has no name for: a handle on a file, whatever it is, without opening it. */
const O_PATH = 0o10000000;
const { O_DIRECTORY = 0, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_NOCTTY = 0 } = fs.constants;
const DIRECTORIES_MAX = 128;
const ESCAPED = /[\udc80-\udcff]/;

/** A file somewhere under the mounted one. `parent` is undefined for that one itself. */
export interface Placed {
  readonly parent: Placed | undefined;
  readonly name: string;
  readonly hostDevice: number;
  readonly hostIno: number;
  /** The file type bits of st_mode: an inode number may be used again for something else. */
  readonly hostKind: number;
}

/** A path as Node takes it: bytes where the name is no UTF-8. */
export type HostPath = string | Buffer;

function join(directory: string, name: string): HostPath {
  return ESCAPED.test(name) ? Buffer.concat([Buffer.from(`${directory}/`), encode(name)]) : `${directory}/${name}`;
}

/** What a subpath really names below `base`, symlinks followed. Throws Fault in dockerd's words (its safepath package). */
function namesBelow(base: string, subpath: string): string[] {
  const wanted = joinPaths(base, subpath);
  let found: string;
  try {
    found = fs.realpathSync(wanted);
  } catch (error) {
    throw new Fault('invalid', `cannot access path ${wanted}: lstat ${wanted}: ${fromNodeError(error).message.toLowerCase()}`);
  }
  const below = relative(base, found);
  if (below.split('/')[0] === '..' || isAbsolute(below)) throw new Fault('invalid', `path concatenation escapes the base directory, base: ${JSON.stringify(base)}, subpath: ${JSON.stringify(subpath)}`);
  return below.split('/').filter((name) => name !== '');
}

/** A descriptor of what is there now: name by name, so that what is swapped meanwhile leads nowhere. */
function openBelow(base: string, names: readonly string[]): number {
  let fd = fs.openSync(base, O_PATH);
  for (const [i, name] of names.entries()) {
    const parent = fd;
    try {
      fd = fs.openSync(`/proc/self/fd/${parent}/${name}`, O_PATH | O_NOFOLLOW | (i < names.length - 1 ? O_DIRECTORY : 0));
    } finally {
      fs.closeSync(parent);
    }
    if (fs.fstatSync(fd).isSymbolicLink()) {
      fs.closeSync(fd);
      throw new Errno('ENOENT');
    }
  }
  return fd;
}

/**
 * On Linux every directory is held by a descriptor that was opened by one name (O_NOFOLLOW) in the descriptor of its parent, through
 * /proc/self/fd: what others rename or replace meanwhile cannot lead us elsewhere. Other systems lack that; there each directory on
 * the way is checked right before its use.
 */
export class HostPlaces {
  readonly #root: string;
  readonly #rootFd: number | undefined;
  readonly #open = new Map<Placed, number>();

  /** `root` is the daemon's own word: symlinks in it are followed, once, now. Throws Errno; Fault for a subpath that leads nowhere or out. */
  constructor(root: string, subpath = '') {
    try {
      const base = fs.realpathSync(root);
      const names = subpath === '' ? [] : namesBelow(base, subpath);
      this.#root = joinPaths(base, ...names);
      this.#rootFd = LINUX ? openBelow(base, names) : undefined;
    } catch (error) {
      throw error instanceof Fault ? error : fromNodeError(error);
    }
  }

  rootStat(): fs.Stats {
    return this.#rootFd === undefined ? fs.statSync(this.#root) : fs.fstatSync(this.#rootFd);
  }

  /** A path of the host that names exactly this directory. */
  directory(place: Placed): string {
    if (place.parent === undefined) return this.#rootFd === undefined ? this.#root : `/proc/self/fd/${this.#rootFd}`;
    if (!LINUX) {
      const path = `${this.directory(place.parent)}/${place.name}`;
      this.#require(fs.lstatSync(path), place);
      return path;
    }
    let fd = this.#open.get(place);
    if (fd === undefined) {
      fd = fs.openSync(join(this.directory(place.parent), place.name), O_PATH | O_DIRECTORY | O_NOFOLLOW);
      try {
        this.#require(fs.fstatSync(fd), place);
      } catch (error) {
        fs.closeSync(fd);
        throw error;
      }
    } else {
      this.#open.delete(place);
    }
    this.#open.set(place, fd);
    if (this.#open.size > DIRECTORIES_MAX) this.forget(this.#open.keys().next().value!);
    return `/proc/self/fd/${fd}`;
  }

  /** Somebody put another file there: ours has no name that we know. */
  #require(stat: fs.Stats, place: Placed): void {
    if (stat.ino !== place.hostIno || stat.dev !== place.hostDevice || (stat.mode & fs.constants.S_IFMT) !== place.hostKind) throw new Errno('ENOENT');
  }

  /** The path of an entry, for calls that do not follow symlinks at the end. */
  entry(parent: Placed, name: string): HostPath {
    return join(this.directory(parent), name);
  }

  lstat(place: Placed): fs.Stats {
    if (place.parent === undefined) return this.rootStat();
    const stat = fs.lstatSync(this.entry(place.parent, place.name));
    this.#require(stat, place);
    return stat;
  }

  /** Calls with a path that names exactly this file and may be followed (for open, chmod, chown, utimes), and is good for the call only. */
  through<T>(place: Placed, call: (path: HostPath) => T): T {
    if (place.parent === undefined) return call(this.directory(place));
    const path = this.entry(place.parent, place.name);
    if (!LINUX) {
      this.#require(fs.lstatSync(path), place);
      return call(path);
    }
    const handle = fs.openSync(path, O_PATH | O_NOFOLLOW);
    try {
      this.#require(fs.fstatSync(handle), place);
      return call(`/proc/self/fd/${handle}`);
    } finally {
      fs.closeSync(handle);
    }
  }

  /** A descriptor of a regular file: exactly this one, or ENOENT. O_NONBLOCK and O_NOCTTY in case the host put something else there. */
  openFile(place: Placed, flags: number): number {
    const safe = flags | O_NONBLOCK | O_NOCTTY;
    if (place.parent === undefined) return fs.openSync(this.directory(place), safe);
    let fd: number;
    try {
      fd = fs.openSync(this.entry(place.parent, place.name), safe | O_NOFOLLOW);
    } catch (error) {
      // A symlink is in its place now.
      throw (error as NodeJS.ErrnoException).code === 'ELOOP' ? new Errno('ENOENT') : error;
    }
    try {
      this.#require(fs.fstatSync(fd), place);
    } catch (error) {
      fs.closeSync(fd);
      throw error;
    }
    return fd;
  }

  forget(place: Placed): void {
    const fd = this.#open.get(place);
    if (fd === undefined) return;
    this.#open.delete(place);
    fs.closeSync(fd);
  }

  dispose(): void {
    for (const place of this.#open.keys()) this.forget(place);
    if (this.#rootFd !== undefined) fs.closeSync(this.#rootFd);
  }
}

// docker cp and docker export on a mount tree: path stat, reading archives out. (Writing in: archive-writer.ts.)
import { posix } from 'node:path';
import { Errno } from '../kernel/errno.js';
import type { FileType, Inode, Stat } from '../kernel/inode.js';
import { SUPERUSER } from '../kernel/credentials.js';
import { type Location, MountTree, pathOf } from '../kernel/path.js';
import { type Children, ownChildren, sortedNames, TreePacker } from './pack-tree.js';

/** Docker's own hands: the daemon is root, and confined to the container's tree by the walker. */
export const DAEMON = SUPERUSER;

/** File systems that exist only while the container runs; `docker cp` does not see them, as in dockerd. */
const RUNTIME_TYPES = new Set(['proc', 'sysfs', 'tmpfs', 'devtmpfs', 'devpts', 'mqueue', 'cgroup2']);
const SYMLINKS_MAX = 40;

/** What X-Docker-Container-Path-Stat holds. */
export interface PathStat {
  name: string;
  size: number;
  /** Go's os.FileMode bits. */
  mode: number;
  /** RFC 3339 with nanoseconds. */
  mtime: string;
  linkTarget: string;
}

/** https://pkg.go.dev/io/fs#FileMode */
const GO_TYPE: Readonly<Record<FileType, number>> = {
  file: 0, directory: 2 ** 31, symlink: 2 ** 27, block: 2 ** 26, character: 2 ** 26 + 2 ** 21, fifo: 2 ** 25, socket: 2 ** 24,
};

export function goFileMode({ type, mode }: Pick<Stat, 'type' | 'mode'>): number {
  const special = ((mode & 0o4000) === 0 ? 0 : 2 ** 23) + ((mode & 0o2000) === 0 ? 0 : 2 ** 22) + ((mode & 0o1000) === 0 ? 0 : 2 ** 20);
  return GO_TYPE[type] + special + (mode & 0o777);
}

/** `2024-05-06T07:08:09.123456Z`, without trailing zeros, as Go's time.RFC3339Nano. */
export function rfc3339Nano(ms: number): string {
  const micros = Math.floor(ms * 1000);
  const seconds = Math.floor(micros / 1e6);
  const fraction = String(micros - seconds * 1e6).padStart(6, '0').replace(/0+$/, '');
  return `${new Date(seconds * 1000).toISOString().slice(0, -5)}${fraction === '' ? '' : `.${fraction}`}Z`;
}

/** The same tree without what exists only while the container runs. Volumes, bind mounts and single files stay. */
export function archiveView(tree: MountTree): MountTree {
  const [root, ...mounts] = tree.mounts;
  const view = new MountTree(root!.fileSystem);
  for (const mount of mounts) {
    if (RUNTIME_TYPES.has(mount.fileSystem.type)) continue;
    try {
      const at = view.resolve(mount.path, view.root, DAEMON);
      view.mount(at, mount.fileSystem, mount, mount.root);
    } catch (error) {
      // Its mount point is on something that is not part of the view.
      if (!(error instanceof Errno)) throw error;
    }
  }
  return view;
}

/** A client's path: absolute, `.` and `..` resolved as text, a trailing `/` or `/.` kept because it means "must be a directory". */
export function containerPath(path: string): string {
  const clean = posix.join('/', path);
  const kept = clean.endsWith('/') ? clean.slice(0, -1) : clean;
  if (/(^|\/)\.$/.test(path)) return `${kept}/.`;
  return path.endsWith('/') || kept === '' ? `${kept}/` : kept;
}

/** Where a path leads as far as it exists, like a broken symlink's target (Go's FollowSymlinkInScope). */
function evaluate(tree: MountTree, path: string): string {
  let at = tree.root;
  const todo = path.split('/').reverse();
  for (let links = 0; todo.length > 0; ) {
    const name = todo.pop()!;
    if (name === '' || name === '.') continue;
    if (name === '..') {
      at = at.parent ?? at;
      continue;
    }
    const next = at.inode.type === 'directory' ? tree.child(at, name) : undefined;
    if (!next) return posix.join(pathOf(at), name, ...todo.reverse());
    if (next.inode.type !== 'symlink') {
      at = next;
      continue;
    }
    if (++links > SYMLINKS_MAX) throw new Errno('ELOOP');
    const target = next.inode.readlink();
    if (target.startsWith('/')) at = tree.root;
    todo.push(...target.split('/').reverse());
  }
  return pathOf(at);
}

/** Archives of one container's tree. Paths are resolved as root inside the container; nothing else can be named. Throws Errno. */
export class Archive {
  readonly tree: MountTree;

  /** Give `archiveView` of a running machine's tree. */
  constructor(tree: MountTree) {
    this.tree = tree;
  }

  #locate(absolute: string): Location {
    return this.tree.resolve(absolute, this.tree.root, DAEMON, absolute.endsWith('/') || absolute.endsWith('/.'));
  }

  /** ENOENT when there is nothing; ENOTDIR for `file/`. */
  statPath(path: string): PathStat {
    const absolute = containerPath(path);
    const { inode } = this.#locate(absolute);
    const stat = inode.stat();
    return {
      name: absolute === '/' ? '/' : posix.basename(absolute), size: stat.sizeBytes, mode: goFileMode(stat), mtime: rfc3339Nano(stat.mtimeMs),
      linkTarget: inode.type === 'symlink' ? evaluate(this.tree, absolute) : '',
    };
  }

  /** A tar whose top entry is the path's last name (`.` for a path that ends in `/.`, with the contents below it). */
  readArchive(path: string): Generator<Uint8Array> {
    const absolute = containerPath(path);
    const location = this.#locate(absolute);
    const base = absolute === '/' || absolute === '/.' ? (absolute === '/' ? '/' : '.') : posix.basename(absolute);
    return pack(base, location.inode, this.#children(location));
  }

  /** Children with mounts crossed. Directories are walked depth first, so their locations are remembered on the way. */
  #children(from: Location): Children {
    const { tree } = this;
    const locations = new Map<Inode, Location>([[from.inode, from]]);
    return function* crossed(directory) {
      const at = locations.get(directory)!;
      for (const name of sortedNames(directory)) {
        const child = tree.child(at, name);
        if (!child) continue;
        if (child.inode.type === 'directory') locations.set(child.inode, child);
        yield [name, child.inode];
        locations.delete(child.inode);
      }
    };
  }

  /** docker export: the root file system alone; mount points are the empty directories (or files) that are under the mounts. */
  *exportTree(): Generator<Uint8Array> {
    const packer = new TreePacker();
    for (const [name, inode] of ownChildren(this.tree.mounts[0]!.root)) yield* packer.tree(name, inode, ownChildren);
    yield* packer.end();
  }
}

function* pack(name: string, inode: Inode, children: Children): Generator<Uint8Array> {
  const packer = new TreePacker();
  yield* packer.tree(name, inode, children);
  yield* packer.end();
}

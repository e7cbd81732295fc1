// Turns files of the machine into a tar stream, as dockerd's archiver does.
import type { FileType, Inode, Stat } from '../kernel/inode.js';
import { tarEntry, type TarEntry, type TarType } from '../../streams/tar-entry.js';
import { TAR_END, tarHeader, tarPadding } from '../../streams/tar-writer.js';

const READ_BYTES = 1 << 20;
/** Smaller pieces are gathered, so that a tree of little files does not become a message per header. */
const GATHER_BYTES = 1 << 16;

const TYPES: Readonly<Record<FileType, TarType | undefined>> = {
  file: 'file', directory: 'dir', symlink: 'symlink', fifo: 'fifo', character: 'char', block: 'block', socket: undefined,
};

/** How a tree is walked: which names a directory has, and what is found there (mounts crossed or not). */
export type Children = (directory: Inode) => Iterable<readonly [name: string, inode: Inode]>;

/** The plain walk within one file system, in the order of names. */
export const ownChildren: Children = function* own(directory) {
  for (const name of sortedNames(directory)) {
    const inode = directory.lookup(name);
    if (inode) yield [name, inode];
  }
};

/** Names in Go's (byte) order. */
export function sortedNames(directory: Inode): string[] {
  return directory.entries().map(({ name }) => name).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Go's archive holds whole seconds; so do ours, which also keeps PAX headers away. */
function wholeSeconds(ms: number): bigint {
  return BigInt(Math.floor(ms / 1000)) * 1_000_000_000n;
}

function headerOf(path: string, inode: Inode, stat: Stat, type: TarType): TarEntry {
  const xattrs = inode.xattrs();
  return tarEntry(path, {
    type, mode: stat.mode, uid: stat.uid, gid: stat.gid, mtimeNs: wholeSeconds(stat.mtimeMs),
    sizeBytes: type === 'file' ? stat.sizeBytes : 0, linkPath: type === 'symlink' ? inode.readlink() : '',
    devMajor: stat.rdevMajor, devMinor: stat.rdevMinor, ...(xattrs.size > 0 ? { xattrs: Object.fromEntries(xattrs) } : {}),
  });
}

/** One archive under way; hard links among what it packs are kept. */
export class TreePacker {
  readonly #links = new Map<Inode, string>();
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;

  /** The file under this path and, for directories, everything below. Sockets are left out, as dockerd does. */
  *tree(path: string, inode: Inode, children: Children): Generator<Uint8Array> {
    yield* this.file(path, inode);
    if (inode.type !== 'directory') return;
    const prefix = path === '' || path.endsWith('/') ? path : `${path}/`;
    for (const [name, child] of children(inode)) yield* this.tree(`${prefix}${name}`, child, children);
  }

  /** One file alone. */
  *file(path: string, inode: Inode): Generator<Uint8Array> {
    const type = TYPES[inode.type];
    if (type === undefined) return;
    const stat = inode.stat();
    if (stat.nlink > 1 && type !== 'dir') {
      const first = this.#links.get(inode);
      if (first !== undefined) {
        yield* this.#small(tarHeader({ ...headerOf(path, inode, stat, 'link'), linkPath: first }));
        return;
      }
      this.#links.set(inode, path);
    }
    const entry = headerOf(path, inode, stat, type);
    yield* this.#small(tarHeader(entry));
    if (entry.sizeBytes > 0) yield* this.#body(inode, entry.sizeBytes);
  }

  /** An entry without a file, e.g. a whiteout. */
  *marker(path: string): Generator<Uint8Array> {
    yield* this.#small(tarHeader(tarEntry(path, { mode: 0 })));
  }

  *#body(inode: Inode, sizeBytes: number): Generator<Uint8Array> {
    inode.retain?.();
    try {
      for (let at = 0; at < sizeBytes; ) {
        let bytes = inode.readAt(at, Math.min(READ_BYTES, sizeBytes - at));
        // It shrank meanwhile: the header has promised more.
        if (bytes.length === 0) bytes = new Uint8Array(Math.min(READ_BYTES, sizeBytes - at));
        at += bytes.length;
        yield* bytes.length < GATHER_BYTES ? this.#small(bytes) : this.#large(bytes);
      }
    } finally {
      inode.release?.();
    }
    yield* this.#small(tarPadding(sizeBytes));
  }

  *#small(bytes: Uint8Array): Generator<Uint8Array> {
    if (bytes.length === 0) return;
    this.#gathered.push(bytes);
    this.#gatheredBytes += bytes.length;
    if (this.#gatheredBytes >= GATHER_BYTES) yield this.#take();
  }

  *#large(bytes: Uint8Array): Generator<Uint8Array> {
    if (this.#gatheredBytes > 0) yield this.#take();
    yield bytes;
  }

  #take(): Uint8Array {
    const bytes = Buffer.concat(this.#gathered);
    this.#gathered = [];
    this.#gatheredBytes = 0;
    return bytes;
  }

  /** The end of the archive. */
  *end(): Generator<Uint8Array> {
    yield* this.#small(TAR_END);
    if (this.#gatheredBytes > 0) yield this.#take();
  }
}

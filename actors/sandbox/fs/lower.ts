// The layers of an image seen as one tree: whiteouts and opaque directories applied, directories merged.
import type { LayerEntry, LayerPaths } from '../../images/layer-index.js';
import type { TarType } from '../../streams/tar-entry.js';
import type { FileType } from '../kernel/inode.js';
import { Layer } from './layer.js';

/** A file of the merged tree. `below` lists the layers (top first) that a directory is merged from. */
export interface LowerNode {
  readonly path: string;
  readonly ino: number;
  readonly layer: Layer;
  readonly entry: LayerEntry;
  readonly below: readonly number[];
}

const TYPES: Readonly<Record<TarType, FileType>> = {
  file: 'file', link: 'file', symlink: 'symlink', char: 'character', block: 'block', dir: 'directory', fifo: 'fifo',
};

/** The inode type of a layer's entry. */
export function lowerType(entry: LayerEntry): FileType {
  return TYPES[entry.type];
}

const ROOT_ENTRY: LayerEntry = {
  path: '', type: 'dir', mode: 0o755, uid: 0, gid: 0, sizeBytes: 0, mtimeNs: 0n, linkPath: '', devMajor: 0, devMinor: 0, xattrs: {},
  dataOffset: 0, implied: true,
};

/**
 * Inode numbers: 1 is the root, each layer has a range of its own, and what the container makes comes after `inoEnd`. As layers never
 * change, a file keeps its number for the life of a container.
 * @see https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
 */
export class LowerTree {
  /** Top layer first. */
  readonly layers: readonly Layer[];
  readonly inoEnd: number;
  readonly root: LowerNode | undefined;
  /** Roughly how many files there are, for statfs. */
  readonly fileCount: number;
  readonly #bases: number[] = [];
  readonly #whiting: readonly number[];

  /** `paths` as images list them: the top layer last. */
  constructor(paths: readonly LayerPaths[]) {
    this.layers = paths.map((layer) => Layer.open(layer)).reverse();
    let base = 2;
    let count = 0;
    // Numbered from the bottom, so that the order of opening does not matter.
    for (let i = this.layers.length - 1; i >= 0; i--) {
      this.#bases[i] = base;
      base += this.layers[i]!.numbers;
      count += this.layers[i]!.index.entries.size;
    }
    this.inoEnd = base;
    this.fileCount = count;
    this.#whiting = this.layers.flatMap(({ index }, i) => (index.whiteouts.size > 0 ? [i] : []));
    this.root = this.layers.length > 0 ? this.#root() : undefined;
  }

  #root(): LowerNode {
    const all = this.layers.map((_, i) => i);
    const opaque = all.find((i) => this.layers[i]!.index.opaque.has(''));
    const below = opaque === undefined ? all : all.slice(0, opaque + 1);
    const explicit = below.find((i) => this.layers[i]!.index.get('')?.implied === undefined && this.layers[i]!.index.get('') !== undefined);
    const layer = this.layers[explicit ?? 0]!;
    return { path: '', ino: 1, layer, entry: (explicit === undefined ? undefined : layer.index.get('')) ?? ROOT_ENTRY, below };
  }

  /** One entry of a merged directory. */
  child(directory: LowerNode, name: string): LowerNode | undefined {
    const path = directory.path === '' ? name : `${directory.path}/${name}`;
    let top: number | undefined;
    let explicit: number | undefined;
    const below: number[] = [];
    for (const i of directory.below) {
      if (this.#isWhitedOut(path, i)) break;
      const { index } = this.layers[i]!;
      const entry = index.get(path);
      const usable = entry !== undefined && entry.type !== 'link';
      if (usable && entry.type !== 'dir') {
        if (top === undefined) return this.#node(path, i, below);
        break;
      }
      if (usable) {
        top ??= i;
        below.push(i);
        if (entry.implied === undefined) explicit ??= i;
      }
      if (index.opaque.has(path)) break;
    }
    return top === undefined ? undefined : this.#node(path, explicit ?? top, below);
  }

  /** Whether a layer above `layer` takes the path away. */
  #isWhitedOut(path: string, layer: number): boolean {
    for (const i of this.#whiting) {
      if (i >= layer) return false;
      if (this.layers[i]!.index.whiteouts.has(path)) return true;
    }
    return false;
  }

  #node(path: string, i: number, below: readonly number[]): LowerNode {
    const layer = this.layers[i]!;
    const entry = layer.index.get(path)!;
    return { path, ino: this.#bases[i]! + layer.number(entry), layer, entry, below };
  }

  /** The merged directory's entries. */
  children(directory: LowerNode): Map<string, LowerNode> {
    const children = new Map<string, LowerNode>();
    for (const i of directory.below) {
      for (const name of this.layers[i]!.index.children(directory.path)) {
        if (children.has(name)) continue;
        const child = this.child(directory, name);
        if (child) children.set(name, child);
      }
    }
    return children;
  }

  /** By path from the root; undefined when nothing is visible there. */
  find(path: string): LowerNode | undefined {
    let node = this.root;
    if (path === '') return node;
    for (const name of path.split('/')) node = node && this.child(node, name);
    return node;
  }

  /** The file of an inode number. */
  byIno(ino: number): LowerNode | undefined {
    if (ino === 1) return this.root;
    const i = this.#bases.findIndex((base) => ino >= base);
    if (i < 0) return undefined;
    const layer = this.layers[i]!;
    const path = layer.pathOf(ino - this.#bases[i]!);
    const entry = path === undefined ? undefined : layer.index.get(path);
    if (entry === undefined) return undefined;
    // Another name of a hard link may be the visible one, but bytes and metadata are the same for all.
    return entry.type === 'dir' ? this.find(entry.path) : { path: entry.path, ino, layer, entry, below: [] };
  }
}

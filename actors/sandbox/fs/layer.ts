// A read-only layer in this thread: the index of its tar, numbers for its files, and their bytes by offset.
import fs from 'node:fs';
import { type LayerEntry, LayerIndex, type LayerPaths } from '../../images/layer-index.js';
import { LruMap } from '../../runtime/lru.js';
import { Errno, fromNodeError } from '../kernel/errno.js';

const BLOCK_BYTES = 512;
/** Layers never change, so containers of one worker share what was loaded. */
const CACHED_MAX = 128;
const cache = new LruMap<Layer>(CACHED_MAX);

/**
 * Files are numbered by where their bytes begin (in blocks), which is the same for all names of a hard link and never changes;
 * implied directories, which have no place in the tar, come after that.
 */
export class Layer {
  readonly index: LayerIndex;
  /** All numbers are below this. */
  readonly numbers: number;
  readonly #implied = new Map<string, number>();
  /** The names of each file that has several, by where its bytes begin. */
  readonly #links = new Map<number, string[]>();
  #paths: Map<number, string> | undefined;
  #fd: number | undefined;

  private constructor(paths: LayerPaths) {
    this.index = LayerIndex.open(paths.tarPath, paths.indexPath);
    const blocks = Math.ceil(fs.statSync(paths.tarPath).size / BLOCK_BYTES) + 1;
    const others = new Set<number>();
    for (const [path, entry] of this.index.entries) {
      const { type, dataOffset } = entry;
      if (entry.implied === true) this.#implied.set(path, blocks + this.#implied.size);
      else if (type === 'dir' || (type === 'file' && entry.linkPath === '')) continue;
      else if (type === 'file' || others.has(dataOffset)) this.#links.set(dataOffset, []);
      else others.add(dataOffset);
    }
    this.numbers = blocks + this.#implied.size + 1;
    if (this.#links.size > 0) this.#nameLinks();
  }

  /** Opens a layer or finds it opened. Throws the host's own error when a file is missing: the image store is damaged. */
  static open(paths: LayerPaths): Layer {
    let layer = cache.get(paths.tarPath);
    if (!layer) {
      layer = new Layer(paths);
      cache.set(paths.tarPath, layer);
    }
    return layer;
  }

  #nameLinks(): void {
    for (const [path, { dataOffset, type }] of this.index.entries) if (type !== 'dir') this.#links.get(dataOffset)?.push(path);
  }

  number(entry: LayerEntry): number {
    return entry.implied === true ? this.#implied.get(entry.path)! : entry.dataOffset / BLOCK_BYTES;
  }

  /** One of the paths of a numbered file. */
  pathOf(number: number): string | undefined {
    if (!this.#paths) {
      this.#paths = new Map();
      for (const [path, entry] of this.index.entries) this.#paths.set(this.number(entry), path);
    }
    return this.#paths.get(number);
  }

  /** All names that the layer gives a file. */
  namesOf(entry: LayerEntry): readonly string[] {
    return (entry.type === 'dir' ? undefined : this.#links.get(entry.dataOffset)) ?? [entry.path];
  }

  /** Exactly these bytes of the tar; EIO when it is shorter than its index says. */
  read(offset: number, lengthBytes: number): Uint8Array {
    const bytes = Buffer.allocUnsafe(lengthBytes);
    try {
      this.#fd ??= fs.openSync(this.index.tarPath, 'r');
      for (let at = 0; at < lengthBytes; ) {
        const count = fs.readSync(this.#fd, bytes, at, lengthBytes - at, offset + at);
        if (count === 0) throw new Errno('EIO');
        at += count;
      }
    } catch (error) {
      throw fromNodeError(error);
    }
    return bytes;
  }
}

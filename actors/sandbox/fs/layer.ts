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
  readonly #links = new Map<number, number>();
  #paths: Map<number, string> | undefined;
  #fd: number | undefined;

  private constructor(paths: LayerPaths) {
    this.index = LayerIndex.open(paths.tarPath, paths.indexPath);
    const blocks = Math.ceil(fs.statSync(paths.tarPath).size / BLOCK_BYTES) + 1;
    for (const [path, entry] of this.index.entries) {
      if (entry.implied === true) this.#implied.set(path, blocks + this.#implied.size);
      else if (entry.linkPath !== '' && entry.type === 'file') this.#links.set(entry.dataOffset, 0);
    }
    this.numbers = blocks + this.#implied.size + 1;
    if (this.#links.size > 0) this.#countLinks();
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

  #countLinks(): void {
    for (const { dataOffset, type } of this.index.entries.values()) {
      const count = type === 'file' ? this.#links.get(dataOffset) : undefined;
      if (count !== undefined) this.#links.set(dataOffset, count + 1);
    }
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

  /** How many names the layer gives a file. */
  linkCount(entry: LayerEntry): number {
    return this.#links.get(entry.dataOffset) ?? 1;
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

// Here-documents and here-strings: text that is read as from a file.
import { O_RDONLY, OpenFile } from '../../kernel/open-file.js';
import type { Stat } from '../../kernel/inode.js';
import type { Process } from '../../kernel/process.js';
import { encode } from '../../kernel/text.js';

/** An unnamed read-only file, as bash makes one in a pipe or in /tmp. */
class TextFile extends OpenFile {
  readonly name = 'pipe:[0]';
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    super(O_RDONLY);
    this.#bytes = bytes;
  }

  override stat(): Stat {
    const now = Date.now();
    return {
      device: 12, ino: 0, type: 'fifo', mode: 0o600, nlink: 1, uid: 0, gid: 0, rdevMajor: 0, rdevMinor: 0,
      sizeBytes: this.#bytes.length, blocks512: 0, atimeMs: now, mtimeMs: now, ctimeMs: now,
    };
  }

  override read(maxBytes: number): Uint8Array {
    const part = this.#bytes.subarray(this.#offset, this.#offset + maxBytes);
    this.#offset += part.length;
    return part;
  }

  override readThrough(delimiter: number): Uint8Array {
    const end = this.#bytes.indexOf(delimiter, this.#offset) + 1;
    return this.read(end === 0 ? this.#bytes.length : end - this.#offset);
  }
}

/** The open file for a here-document's text; nobody refers to it yet. */
export function textFile(_process: Process, text: string): OpenFile {
  return new TextFile(encode(text));
}

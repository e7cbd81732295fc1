// The block around the last small read of a host file: what reads line by line makes no call of the host per line.

const SMALL_BYTES = 4096;
const BLOCK_BYTES = 32768;

/** Blocks are never changed, so the pieces given out are views of them. */
export class ReadAhead {
  #file = -1;
  #offset = 0;
  #block: Uint8Array = new Uint8Array(0);

  /** `fetch` reads from the host; at the end of the file it may give less than was asked for. */
  read(file: number, offset: number, lengthBytes: number, fetch: (offset: number, lengthBytes: number) => Uint8Array): Uint8Array {
    if (lengthBytes > SMALL_BYTES) return fetch(offset, lengthBytes);
    if (file !== this.#file || offset < this.#offset || offset + lengthBytes > this.#offset + this.#block.length) {
      this.#block = fetch(offset, BLOCK_BYTES);
      this.#offset = offset;
      this.#file = file;
    }
    const at = offset - this.#offset;
    return this.#block.subarray(at, at + lengthBytes);
  }

  /** The file changed. */
  forget(file: number): void {
    if (file === this.#file) this.#file = -1;
  }
}

// Reads chunked transfer coding as it arrives, in pieces of any size: https://www.rfc-editor.org/rfc/rfc9112#section-7.1
import { BadRequest } from './head.js';

/** Bytes a size line, and all trailer lines together, may have. */
const lineBytesMax = 4096;
const CR = 13;
const LF = 10;

type State = 'size' | 'extension' | 'size-lf' | 'data' | 'data-cr' | 'data-lf' | 'trailer' | 'trailer-line' | 'trailer-lf' | 'end-lf' | 'done';

/** One body. `read` may be called with any split of the bytes; `done` says the last of them was there. */
export class ChunkedReader {
  #state: State = 'size';
  /** Bytes left of the chunk, or while in its size line the size so far. */
  #left = 0;
  #digits = 0;
  #lineBytes = 0;

  get done(): boolean {
    return this.#state === 'done';
  }

  /**
   * Consumes `bytes` from `from` and gives the payload slices to `sink` without copying them.
   * Returns where it stopped: the end, or the first byte behind the body. Throws BadRequest 400.
   */
  read(bytes: Buffer, from: number, sink: (payload: Buffer) => void): number {
    let at = from;
    while (at < bytes.length && this.#state !== 'done') {
      if (this.#state === 'data') {
        const end = Math.min(bytes.length, at + this.#left);
        sink(bytes.subarray(at, end));
        this.#left -= end - at;
        at = end;
        if (this.#left === 0) this.#state = 'data-cr';
      } else this.#step(bytes[at++] ?? 0);
    }
    return at;
  }

  #step(byte: number): void {
    switch (this.#state) {
      case 'size':
        return this.#sizeByte(byte);
      case 'extension':
        if (byte === LF) throw framing();
        if (byte === CR) this.#state = 'size-lf';
        return this.#count();
      case 'size-lf':
        this.#expect(byte, LF, this.#left > 0 ? 'data' : 'trailer');
        this.#lineBytes = 0;
        return;
      case 'data-cr':
        return this.#expect(byte, CR, 'data-lf');
      case 'data-lf':
        this.#left = this.#digits = 0;
        return this.#expect(byte, LF, 'size');
      case 'trailer':
        if (byte === LF) throw framing();
        this.#state = byte === CR ? 'end-lf' : 'trailer-line';
        return this.#count();
      case 'trailer-line':
        if (byte === LF) throw framing();
        if (byte === CR) this.#state = 'trailer-lf';
        return this.#count();
      case 'trailer-lf':
        return this.#expect(byte, LF, 'trailer');
      case 'end-lf':
        return this.#expect(byte, LF, 'done');
      default:
        throw new Error(`no byte is expected in state ${this.#state}`);
    }
  }

  #sizeByte(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      // Thirteen digits keep below 2^53; more are a mistake or an attack.
      if (++this.#digits > 13) throw framing();
      this.#left = this.#left * 16 + digit;
    } else if (this.#digits > 0 && byte === CR) this.#state = 'size-lf';
    else if (this.#digits > 0 && (byte === 59 || byte === 32 || byte === 9)) this.#state = 'extension';
    else throw framing();
  }

  #expect(byte: number, wanted: number, next: State): void {
    if (byte !== wanted) throw framing();
    this.#state = next;
  }

  #count(): void {
    if (++this.#lineBytes > lineBytesMax) throw framing();
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

function framing(): BadRequest {
  return new BadRequest(400, 'malformed chunked encoding');
}

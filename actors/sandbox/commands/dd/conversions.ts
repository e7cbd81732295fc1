// What dd does to the bytes on their way: pairs swapped, cases changed, lines to records and back.
import type { Operands } from './operands.js';

const SPACE = 32;
const NEWLINE = 10;

/** Keeps what of one block belongs to the next: the odd byte of a swap, the unfinished line or record. */
export class Conversion {
  readonly #operands: Operands;
  #odd: number | undefined;
  #line: number[] = [];
  #column = 0;
  #spaces = 0;
  /** Lines longer than a record. */
  truncated = 0;

  constructor(operands: Operands) {
    this.#operands = operands;
  }

  convert(block: Uint8Array): Uint8Array {
    const { conversions, recordBytes } = this.#operands;
    let bytes = block;
    if (conversions.has('swab')) bytes = this.#swap(bytes);
    if (conversions.has('ucase')) bytes = bytes.map((byte) => (byte >= 97 && byte <= 122 ? byte - 32 : byte));
    if (conversions.has('lcase')) bytes = bytes.map((byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte));
    if (recordBytes > 0 && conversions.has('block')) return this.#toRecords(bytes);
    if (recordBytes > 0 && conversions.has('unblock')) return this.#toLines(bytes);
    return bytes;
  }

  /** What is left when the input has ended. */
  finish(): Uint8Array {
    const { conversions, recordBytes } = this.#operands;
    const rest = this.#odd === undefined ? [] : [this.#odd];
    this.#odd = undefined;
    if (recordBytes > 0 && conversions.has('block')) {
      const records = this.#toRecords(Uint8Array.from(rest));
      const padding = this.#column > 0 ? Math.max(0, recordBytes - this.#column) : 0;
      return Buffer.concat([records, Buffer.alloc(padding, SPACE)]);
    }
    if (recordBytes > 0 && conversions.has('unblock')) {
      const lines = this.#toLines(Uint8Array.from(rest));
      return this.#column > 0 ? Buffer.concat([lines, Buffer.of(NEWLINE)]) : lines;
    }
    return Uint8Array.from(rest);
  }

  #swap(block: Uint8Array): Uint8Array {
    const bytes = this.#odd === undefined ? Buffer.from(block) : Buffer.concat([Buffer.of(this.#odd), block]);
    const even = bytes.length - (bytes.length % 2);
    this.#odd = even < bytes.length ? bytes[even] : undefined;
    return bytes.subarray(0, even).swap16();
  }

  #toRecords(bytes: Uint8Array): Uint8Array {
    const { recordBytes } = this.#operands;
    const out: number[] = [];
    for (const byte of bytes) {
      if (byte === NEWLINE) {
        while (this.#column < recordBytes) {
          out.push(SPACE);
          this.#column++;
        }
        this.#column = 0;
        continue;
      }
      if (this.#column === recordBytes) this.truncated++;
      if (this.#column < recordBytes) out.push(byte);
      this.#column++;
    }
    return Uint8Array.from(out);
  }

  #toLines(bytes: Uint8Array): Uint8Array {
    const { recordBytes } = this.#operands;
    this.#line = [];
    for (const byte of bytes) {
      if (this.#column === recordBytes) {
        this.#line.push(NEWLINE);
        this.#column = 0;
        this.#spaces = 0;
      }
      this.#column++;
      if (byte === SPACE) {
        this.#spaces++;
        continue;
      }
      for (; this.#spaces > 0; this.#spaces--) this.#line.push(SPACE);
      this.#line.push(byte);
    }
    return Uint8Array.from(this.#line);
  }
}

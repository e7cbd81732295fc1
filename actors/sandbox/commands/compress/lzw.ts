// Reads what compress(1) wrote: LZW codes of 9 to 16 bits (https://github.com/vapier/ncompress).
import { Fault } from '../../../runtime/fault.js';
import type { Task } from '../../kernel/wait.js';
import type { Source } from './coder.js';

const FIRST_BITS = 9;
const BITS_MAX = 16;
const CLEAR = 256;
const CHUNK_BYTES = 32 * 1024;

export function isLzw(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x9d;
}

/** Decodes a stream whose first bytes are `head`. `next` throws Fault invalid for broken input. */
export class LzwSource implements Source {
  readonly #source: Source;
  #input: Uint8Array;
  #at = 0;
  #bits = 0;
  #bitCount = 0;
  #limitBits = 0;
  #clears = false;
  #width = FIRST_BITS;
  /** Codes of this width so far: they are written eight at a time. */
  #inGroup = 0;
  #free = 0;
  #old = -1;
  #last = 0;
  readonly #prefix = new Uint16Array(1 << BITS_MAX);
  readonly #suffix = new Uint8Array(1 << BITS_MAX);
  readonly #stack = new Uint8Array(1 << BITS_MAX);

  constructor(source: Source, head: Uint8Array) {
    this.#source = source;
    this.#input = head;
  }

  *#byte(): Task<number | undefined> {
    while (this.#at >= this.#input.length) {
      const chunk = yield* this.#source.next();
      if (chunk === undefined) return undefined;
      this.#input = chunk;
      this.#at = 0;
    }
    return this.#input[this.#at++]!;
  }

  *#header(): Task {
    yield* this.#byte();
    yield* this.#byte();
    const flags = yield* this.#byte();
    if (flags === undefined) throw new Fault('invalid', 'unexpected EOF');
    this.#limitBits = flags & 0x1f;
    this.#clears = (flags & 0x80) !== 0;
    if (this.#limitBits < FIRST_BITS || this.#limitBits > BITS_MAX) throw new Fault('invalid', 'compressed with more bits than there are');
    this.#free = this.#clears ? CLEAR + 1 : CLEAR;
  }

  /** The next code; undefined at the end. */
  *#code(): Task<number | undefined> {
    if (this.#width < this.#limitBits && this.#free > (1 << this.#width) - 1) {
      yield* this.#endGroup();
      this.#width++;
    }
    while (this.#bitCount < this.#width) {
      const byte = this.#at < this.#input.length ? this.#input[this.#at++]! : yield* this.#byte();
      if (byte === undefined) return undefined;
      this.#bits |= byte << this.#bitCount;
      this.#bitCount += 8;
    }
    const code = this.#bits & ((1 << this.#width) - 1);
    this.#bits >>>= this.#width;
    this.#bitCount -= this.#width;
    this.#inGroup = (this.#inGroup + 1) % 8;
    return code;
  }

  /** Passes over what fills the last group of a width. */
  *#endGroup(): Task {
    let left = ((8 - this.#inGroup) % 8) * this.#width - this.#bitCount;
    this.#bits = 0;
    this.#bitCount = 0;
    this.#inGroup = 0;
    for (; left > 0; left -= 8) if ((yield* this.#byte()) === undefined) return;
  }

  *next(): Task<Uint8Array | undefined> {
    if (this.#limitBits === 0) yield* this.#header();
    const out: number[] = [];
    while (out.length < CHUNK_BYTES) {
      const code = yield* this.#code();
      if (code === undefined) break;
      if (code === CLEAR && this.#clears && this.#old >= 0) {
        yield* this.#endGroup();
        this.#free = CLEAR;
        this.#width = FIRST_BITS;
        continue;
      }
      this.#expand(code, out);
    }
    return out.length === 0 ? undefined : Uint8Array.from(out);
  }

  #expand(code: number, out: number[]): void {
    if (code > this.#free || (this.#old < 0 && code > 255)) throw new Fault('invalid', 'corrupt input');
    let size = 0;
    let at = code;
    if (code >= this.#free) {
      this.#stack[size++] = this.#last;
      at = this.#old;
    }
    for (; at > 255; at = this.#prefix[at]!) this.#stack[size++] = this.#suffix[at]!;
    this.#last = at;
    out.push(at);
    while (size > 0) out.push(this.#stack[--size]!);
    if (this.#old >= 0 && this.#free < 1 << this.#limitBits) {
      this.#prefix[this.#free] = this.#old;
      this.#suffix[this.#free++] = this.#last;
    }
    this.#old = code;
  }
}

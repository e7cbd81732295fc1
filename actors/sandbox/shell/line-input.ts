// Reading lines from a descriptor: never a byte further than the line's end where others read too, or in blocks.
import type { Process } from '../kernel/process.js';
import { decode } from '../kernel/text.js';
import type { Task } from '../kernel/wait.js';

export interface InputLine {
  /** Without the newline. */
  readonly text: string;
  /** The input ended before a newline. */
  readonly isEnd: boolean;
}

/** The bytes up to and with `delimiter`, or to the end: what follows may belong to a child. */
export function* readUntil(process: Process, fd: number, delimiter: number): Task<Uint8Array> {
  const file = process.descriptors.get(fd);
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = (file.readsAllowed ? file.readThrough(delimiter) : undefined) ?? (yield* process.read(fd, 1));
    parts.push(part);
    if (part.length === 0 || part[part.length - 1] === delimiter) return parts.length === 1 ? part : Buffer.concat(parts);
  }
}

/** What dash reads of its script at once. */
const BLOCK_BYTES = 8191;

/** The lines of a descriptor that is read in blocks: what is in a block is no longer there for others. */
export class BlockLines {
  #rest: Uint8Array = new Uint8Array();

  *next(process: Process, fd: number): Task<InputLine> {
    const parts: Uint8Array[] = [];
    for (;;) {
      const end = this.#rest.indexOf(10);
      parts.push(end < 0 ? this.#rest : this.#rest.subarray(0, end));
      if (end >= 0) {
        this.#rest = this.#rest.subarray(end + 1);
        return { text: decode(Buffer.concat(parts)), isEnd: false };
      }
      this.#rest = yield* process.read(fd, BLOCK_BYTES);
      if (this.#rest.length === 0) return { text: decode(Buffer.concat(parts)), isEnd: true };
    }
  }
}

export function* readLine(process: Process, fd: number): Task<InputLine> {
  const bytes = yield* readUntil(process, fd, 10);
  const isEnd = bytes.at(-1) !== 10;
  return { text: decode(isEnd ? bytes : bytes.subarray(0, -1)), isEnd };
}

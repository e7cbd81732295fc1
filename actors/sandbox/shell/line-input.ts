// Reading a line from a descriptor that others read too: never a byte further than the line's end.
import { InodeFile } from '../kernel/open-file.js';
import type { Process } from '../kernel/process.js';
import { decode } from '../kernel/text.js';
import type { Task } from '../kernel/wait.js';

export interface InputLine {
  /** Without the newline. */
  readonly text: string;
  /** The input ended before a newline. */
  readonly isEnd: boolean;
}

const BLOCK_BYTES = 4096;

/**
 * The bytes up to and with `delimiter` (or the end). Files are read by blocks and the offset put back; from pipes and terminals
 * bytes are taken one by one, because what follows may belong to a child.
 */
export function* readUntil(process: Process, fd: number, delimiter: number): Task<Uint8Array> {
  const file = process.descriptors.get(fd);
  const parts: Uint8Array[] = [];
  if (file instanceof InodeFile && file.inode.type === 'file') {
    for (;;) {
      const chunk = yield* process.read(fd, BLOCK_BYTES);
      const at = chunk.indexOf(delimiter);
      if (at >= 0) {
        file.seek(at + 1 - chunk.length, 'current');
        parts.push(chunk.subarray(0, at + 1));
        break;
      }
      if (chunk.length === 0) break;
      parts.push(chunk);
    }
  } else {
    for (;;) {
      const byte = file.readsAllowed ? file.read(1) ?? (yield* process.read(fd, 1)) : yield* process.read(fd, 1);
      if (byte.length === 0) break;
      parts.push(byte);
      if (byte[0] === delimiter) break;
    }
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

export function* readLine(process: Process, fd: number): Task<InputLine> {
  const bytes = yield* readUntil(process, fd, 10);
  const isEnd = bytes.at(-1) !== 10;
  return { text: decode(isEnd ? bytes : bytes.subarray(0, -1)), isEnd };
}

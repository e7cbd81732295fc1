// tar --delete: an archive without some of its members, in its place or from standard input to standard output.
import { paddingBytes, TAR_BLOCK_BYTES } from '../../../streams/tar-entry.js';
import { TarScanner } from '../../../streams/tar-reader.js';
import type { Process } from '../../kernel/process.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import type { Selection } from './names.js';

const CHUNK_BYTES = 1 << 16;
const RECORD_BYTES = 20 * TAR_BLOCK_BYTES;

/** A stretch of an archive: a member with all that stands in front of it. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Follows an archive as it is read, and tells which stretches stay. */
export class Kept {
  readonly stretches: Stretch[] = [];
  #end = 0;
  readonly scanner: TarScanner;

  constructor(selection: Selection) {
    this.scanner = new TarScanner({
      entry: ({ path, sizeBytes }, dataOffset) => {
        const from = this.#end;
        this.#end = dataOffset + sizeBytes + paddingBytes(sizeBytes);
        if (!selection.has(path)) this.stretches.push({ from, to: this.#end });
      },
    });
  }
}

/** What ends an archive of so many bytes: two empty blocks, and more to fill the last record. */
export function endOf(sizeBytes: number): Uint8Array {
  const whole = Math.ceil((sizeBytes + 2 * TAR_BLOCK_BYTES) / RECORD_BYTES) * RECORD_BYTES;
  return new Uint8Array(whole - sizeBytes);
}

/** Moves the stretches that stay to the front of the file, one after another, and cuts off the rest. */
export function* rewrite(process: Process, fd: number, path: string, stretches: readonly Stretch[]): Task {
  const file = process.descriptors.get(fd);
  let at = 0;
  const put = function* (bytes: Uint8Array): Task {
    file.seek(at, 'set');
    at += bytes.length;
    yield* process.write(fd, new Uint8Array(bytes));
  };
  for (const { from, to } of stretches) {
    if (from === at) {
      at = to;
      continue;
    }
    for (let next = from; next < to; ) {
      file.seek(next, 'set');
      const chunk = yield* process.read(fd, Math.min(CHUNK_BYTES, to - next));
      if (chunk.length === 0) break;
      next += chunk.length;
      yield* put(chunk);
      yield PREEMPT;
    }
  }
  yield* put(endOf(at));
  process.files.truncate(path, at);
}

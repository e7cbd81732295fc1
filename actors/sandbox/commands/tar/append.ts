// tar -r, -u and -A: where an archive ends, and what follows there.
import { Fault } from '../../../runtime/fault.js';
import { sniffCompression } from '../../../streams/decompress.js';
import { paddingBytes } from '../../../streams/tar-entry.js';
import { TarScanner } from '../../../streams/tar-reader.js';
import type { Process } from '../../kernel/process.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { UsageError } from '../../programs/stdio.js';

const CHUNK_BYTES = 1 << 16;

/** What an archive holds. */
export interface Contents {
  /** Where its last member ends, and what ends the archive begins. */
  readonly endBytes: number;
  /** When each member was changed, in seconds. */
  readonly changedAtS: ReadonlyMap<string, number>;
}

/** Reads an archive through. Throws UsageError for what is compressed, cut or no archive at all, before anything is written. */
export function* contentsOf(process: Process, fd: number): Task<Contents> {
  let endBytes = 0;
  const changedAtS = new Map<string, number>();
  const scanner = new TarScanner({
    entry: ({ path, sizeBytes, mtimeNs }, dataOffset) => {
      endBytes = dataOffset + sizeBytes + paddingBytes(sizeBytes);
      changedAtS.set(path.replace(/\/+$/, ''), Number(mtimeNs / 1_000_000_000n));
    },
  });
  let isFirst = true;
  try {
    for (let chunk = yield* process.read(fd, CHUNK_BYTES); chunk.length > 0 && !scanner.done; chunk = yield* process.read(fd, CHUNK_BYTES)) {
      if (isFirst && sniffCompression(chunk) !== 'none') throw new UsageError('Cannot update compressed archives\ntar: Error is not recoverable: exiting now', 2);
      isFirst = false;
      scanner.write(chunk);
      yield PREEMPT;
    }
    scanner.end();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (/EOF/.test(error.message) && endBytes > 0) throw new UsageError('Unexpected EOF in archive\ntar: Error is not recoverable: exiting now', 2);
    throw new UsageError('This does not look like a tar archive\ntar: Skipping to next header\ntar: Exiting with failure status due to previous errors', 2);
  }
  return { endBytes, changedAtS };
}

/** Copies all members of an archive, as they are. */
export function* copyMembers(process: Process, fd: number, put: (bytes: Uint8Array) => Task): Task {
  const { endBytes } = yield* contentsOf(process, fd);
  process.descriptors.get(fd).seek(0, 'set');
  for (let left = endBytes; left > 0; ) {
    const chunk = yield* process.read(fd, Math.min(left, CHUNK_BYTES));
    if (chunk.length === 0) throw new UsageError('Unexpected EOF in archive\ntar: Error is not recoverable: exiting now', 2);
    left -= chunk.length;
    yield* put(new Uint8Array(chunk));
    yield PREEMPT;
  }
}

// shred: overwrites a file's content with random bytes, and removes it if asked (https://www.gnu.org/software/coreutils/shred).
import { exists } from './common/exists.js';
import { randomFillSync } from 'node:crypto';
import { Errno } from '../kernel/errno.js';
import { O_WRONLY } from '../kernel/open-file.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import { PREEMPT, type Task } from '../kernel/wait.js';
import { command, complain, type Options, parseOptions, UsageError, usageError } from '../programs/stdio.js';
import { quoteIfNeeded, quoteName } from './common/quote.js';
import { BLOCKS, parseSize } from './common/sizes.js';

const BLOCK_BYTES = 4096;
const CHUNK_BYTES = 65536;
const REMOVALS = ['unlink', 'wipe', 'wipesync'];

class Shredder {
  readonly #process: Process;
  readonly #options: Options;
  readonly #passes: number;
  readonly #sizeBytes: number | undefined;
  readonly #removal: string | undefined;

  constructor(process: Process, options: Options) {
    this.#process = process;
    this.#options = options;
    const passes = options.value('n', 'iterations') ?? '3';
    if (!/^\d+$/.test(passes)) throw new UsageError(`invalid number of passes: ${quoteName(passes)}`);
    this.#passes = Number(passes);
    const size = options.value('s', 'size');
    this.#sizeBytes = size === undefined ? undefined : parseSize(size, BLOCKS);
    if (size !== undefined && this.#sizeBytes === undefined) throw new UsageError(`invalid file size: ${quoteName(size)}`);
    const how = options.value('remove');
    this.#removal = how !== undefined && how !== '' ? how : options.has('u', 'remove') ? 'wipesync' : undefined;
    if (this.#removal !== undefined && !REMOVALS.includes(this.#removal)) {
      throw usageError(process.argv, `invalid argument ${quoteName(this.#removal)} for '--remove'\nValid arguments are:${REMOVALS.map((each) => `\n  - '${each}'`).join('')}`);
    }
  }

  *#tell(path: string, message: string): Task {
    if (this.#options.has('v', 'verbose')) yield* complain(this.#process, `${quoteIfNeeded(path)}: ${message}`);
  }

  *shred(path: string): Task {
    const fd = this.#open(path);
    try {
      const { sizeBytes } = this.#process.descriptors.get(fd).stat();
      const whole = this.#options.has('x', 'exact') ? sizeBytes : Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES;
      const total = this.#passes + (this.#options.has('z', 'zero') ? 1 : 0);
      for (let pass = 1; pass <= total; pass++) {
        const zeros = pass > this.#passes;
        yield* this.#tell(path, `pass ${pass}/${total} (${zeros ? '000000' : 'random'})...`);
        yield* this.#overwrite(fd, this.#sizeBytes ?? whole, zeros);
      }
    } finally {
      this.#process.close(fd);
    }
    if (this.#removal !== undefined) yield* this.#remove(path);
  }

  #open(path: string): number {
    const { files } = this.#process;
    try {
      try {
        return this.#process.open(path, O_WRONLY);
      } catch (error) {
        if (!(error instanceof Errno) || error.code !== 'EACCES' || !this.#options.has('f', 'force')) throw error;
        files.chmod(path, 0o200);
        return this.#process.open(path, O_WRONLY);
      }
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new UsageError(`${quoteIfNeeded(path)}: failed to open for writing: ${error.message}`);
    }
  }

  *#overwrite(fd: number, sizeBytes: number, zeros: boolean): Task {
    this.#process.descriptors.get(fd).seek(0, 'set');
    for (let left = sizeBytes; left > 0; ) {
      const bytes = new Uint8Array(Math.min(left, CHUNK_BYTES));
      if (!zeros) randomFillSync(bytes);
      left -= bytes.length;
      yield* this.#process.write(fd, bytes);
      yield PREEMPT;
    }
  }

  /** A name is overwritten too: by ever shorter ones of zeros. */
  *#remove(path: string): Task {
    const { files } = this.#process;
    yield* this.#tell(path, 'removing');
    const slash = path.lastIndexOf('/') + 1;
    const folder = path.slice(0, slash);
    let present = path;
    for (let length = this.#removal === 'unlink' ? 0 : path.length - slash; length > 0; length--) {
      const next = folder + '0'.repeat(length);
      if (exists(this.#process, next)) continue;
      files.rename(present, next);
      yield* this.#tell(present, `renamed to ${quoteIfNeeded(next)}`);
      present = next;
    }
    files.unlink(present);
    yield* this.#tell(path, 'removed');
  }
}

export const shred: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'fn:s:uvxz', { force: 'no', iterations: 'required', size: 'required', remove: 'optional', verbose: 'no', exact: 'no', zero: 'no', 'random-source': 'required' });
  if (options.has('random-source')) throw new UsageError('--random-source is not supported by the embedded machine');
  if (options.operands.length === 0) throw usageError(process.argv, 'missing file operand');
  const shredder = new Shredder(process, options);
  let status = 0;
  for (const path of options.operands) {
    try {
      yield* shredder.shred(path);
    } catch (error) {
      if (!(error instanceof UsageError) && !(error instanceof Errno)) throw error;
      status = 1;
      yield* complain(process, error instanceof Errno ? `${quoteIfNeeded(path)}: ${error.message}` : error.message);
    }
  }
  return status;
});

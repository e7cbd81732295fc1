// dd: copies blocks, counts them, converts on the way (https://www.gnu.org/software/coreutils/dd).
import { isErrno } from '../../kernel/errno.js';
import { InodeFile, O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_TRUNC, O_WRONLY } from '../../kernel/open-file.js';
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import { SIGINT, SIGUSR1 } from '../../kernel/signals.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { command, complain, encode, InformationRequest, reason, UsageError } from '../../programs/stdio.js';
import { Pace } from '../common/pace.js';
import { quoteIfNeeded, quoteName } from '../common/quote.js';
import { Conversion } from './conversions.js';
import { type Operands, parseOperands } from './operands.js';
import { type Counts, summary, transferLine } from './statistics.js';

const PROGRESS_MS = 1000;
const NUL = 0;
const SPACE = 32;

/** A write that failed; said already when it is thrown on. */
class WriteFailure extends Error {}

class Copy {
  readonly #process: Process;
  readonly #operands: Operands;
  readonly #input: number;
  readonly #output: number;
  readonly #conversion: Conversion;
  readonly #counts: Counts = { inFull: 0, inPartial: 0, outFull: 0, outPartial: 0, truncated: 0, bytes: 0 };
  readonly #beginMs = performance.now();
  readonly #pace = new Pace();
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #tellsAtMs = performance.now() + PROGRESS_MS;
  #progressLength = 0;
  #asked = false;
  #interrupted = false;
  status = 0;

  constructor(process: Process, operands: Operands, input: number, output: number) {
    this.#process = process;
    this.#operands = operands;
    this.#input = input;
    this.#output = output;
    this.#conversion = new Conversion(operands);
    process.onSignal(SIGUSR1, () => (this.#asked = true));
    if (process.disposition(SIGINT) === 'default') process.onSignal(SIGINT, () => (this.#interrupted = true));
  }

  get #inputName(): string {
    return this.#operands.input ?? 'standard input';
  }

  get #outputName(): string {
    return this.#operands.output ?? 'standard output';
  }

  *run(): Task<number> {
    try {
      if (yield* this.#position()) yield* this.#copy();
    } catch (error) {
      if (!(error instanceof WriteFailure)) throw error;
      this.status = 1;
    }
    yield* this.#tell();
    if (this.#interrupted) {
      this.#process.onSignal(SIGINT, 'default');
      this.#process.deliver(SIGINT);
    }
    return this.status;
  }

  *#tell(): Task {
    this.#asked = false;
    this.#counts.truncated = this.#conversion.truncated;
    const text = summary(this.#counts, (performance.now() - this.#beginMs) / 1000, this.#operands.status);
    const newline = this.#progressLength > 0 ? '\n' : '';
    this.#progressLength = 0;
    yield* this.#process.write(2, encode(newline + text));
  }

  *#progress(): Task {
    const now = performance.now();
    if (now < this.#tellsAtMs) return;
    this.#tellsAtMs = now + PROGRESS_MS;
    const line = transferLine(this.#counts.bytes, (now - this.#beginMs) / 1000, true);
    yield* this.#process.write(2, encode(`\r${line.padEnd(this.#progressLength)}`));
    this.#progressLength = line.length;
  }

  /** skip= and seek=; whether there is anything to copy then. */
  *#position(): Task<boolean> {
    const { skipBytes, seekBytes } = this.#operands;
    if (skipBytes > 0) yield* this.#skip(skipBytes);
    if (seekBytes > 0 && !this.#seek(seekBytes)) {
      yield* complain(this.#process, `${quoteName(this.#outputName)}: cannot seek: Illegal seek`);
      this.status = 1;
      return false;
    }
    return true;
  }

  *#skip(skipBytes: number): Task {
    const file = this.#process.descriptors.get(this.#input);
    let missing = false;
    if (file instanceof InodeFile && file.stat().type === 'file') {
      missing = file.seek(0, 'current') + skipBytes > file.stat().sizeBytes;
      file.seek(skipBytes, 'current');
    } else {
      for (let left = skipBytes; left > 0 && !missing; ) {
        const bytes = yield* this.#process.read(this.#input, Math.min(left, this.#operands.inputBytes));
        left -= bytes.length;
        missing = bytes.length === 0;
        if (this.#pace.due) yield PREEMPT;
      }
    }
    if (missing && this.#operands.status !== 'none') yield* complain(this.#process, `${this.#operands.input === undefined ? quoteName(this.#inputName) : quoteIfNeeded(this.#inputName)}: cannot skip to specified offset`);
  }

  #seek(seekBytes: number): boolean {
    const file = this.#process.descriptors.get(this.#output);
    try {
      file.seek(seekBytes, 'current');
      return true;
    } catch (error) {
      if (!isErrno(error, 'ESPIPE')) throw error;
      return false;
    }
  }

  *#copy(): Task {
    const { inputBytes, count, keepsBlocks } = this.#operands;
    for (;;) {
      const { inFull, inPartial } = this.#counts;
      const isLast = count !== undefined && inFull + inPartial >= count.blocks;
      if (this.#interrupted || (isLast && count.bytes === 0)) break;
      if (this.#asked) yield* this.#tell();
      if (this.#operands.status === 'progress') yield* this.#progress();
      const block = yield* this.#block(isLast ? count.bytes : inputBytes);
      if (block === undefined || block.length === 0) break;
      if (keepsBlocks) yield* this.#write(block);
      else yield* this.#queue(this.#conversion.convert(block));
      if (isLast) break;
      if (this.#pace.due) yield PREEMPT;
    }
    if (!keepsBlocks) yield* this.#queue(this.#conversion.finish(), true);
  }

  /** The next block, padded where conv=sync; undefined after an error that ends the copying. */
  *#block(wantedBytes: number): Task<Uint8Array | undefined> {
    const { conversions, inputBytes } = this.#operands;
    for (;;) {
      let block: Uint8Array;
      try {
        block = yield* this.#read(wantedBytes);
      } catch (error) {
        if (isErrno(error, 'EINTR')) continue;
        yield* complain(this.#process, `error reading ${quoteName(this.#inputName)}: ${reason(error)}`);
        this.status = 1;
        if (!conversions.has('noerror')) return undefined;
        yield* this.#tell();
        if (this.#interrupted) return undefined;
        yield PREEMPT;
        continue;
      }
      if (block.length === 0) return block;
      if (block.length === inputBytes) this.#counts.inFull++;
      else this.#counts.inPartial++;
      if (block.length === inputBytes || !conversions.has('sync')) return block;
      return Buffer.concat([block, Buffer.alloc(inputBytes - block.length, conversions.has('block') || conversions.has('unblock') ? SPACE : NUL)]);
    }
  }

  /** One read(2): of files and devices as much as there is, of pipes and terminals what has come, unless whole blocks are asked for. */
  *#read(wantedBytes: number): Task<Uint8Array> {
    const type = this.#process.descriptors.get(this.#input).stat().type;
    const fills = this.#operands.inputFlags.has('fullblock') || type === 'file' || (type === 'character' && !this.#process.descriptors.get(this.#input).isTerminal);
    const parts: Uint8Array[] = [];
    for (let left = wantedBytes; left > 0; ) {
      const part = yield* this.#process.read(this.#input, left);
      parts.push(part);
      left -= part.length;
      if (part.length === 0 || !fills) break;
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  /** Collects bytes to blocks of the output's size. */
  *#queue(bytes: Uint8Array, isEnd = false): Task {
    const { outputBytes } = this.#operands;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes < outputBytes && !isEnd) return;
    const all = this.#waiting.length === 1 ? bytes : Buffer.concat(this.#waiting);
    let at = 0;
    for (; all.length - at >= outputBytes; at += outputBytes) {
      yield* this.#write(all.subarray(at, at + outputBytes));
      if (this.#pace.due) yield PREEMPT;
    }
    const rest = all.subarray(at);
    if (isEnd && rest.length > 0) yield* this.#write(rest);
    this.#waiting = [rest];
    this.#waitingBytes = rest.length;
  }

  *#write(block: Uint8Array): Task {
    const { outputBytes, conversions } = this.#operands;
    const { length } = block;
    try {
      if (!(conversions.has('sparse') && this.#leaveHole(block))) yield* this.#process.write(this.#output, Uint8Array.prototype.slice.call(block));
    } catch (error) {
      if (isErrno(error, 'EPIPE')) throw error;
      yield* complain(this.#process, `${length === outputBytes ? 'writing to' : 'error writing'} ${quoteName(this.#outputName)}: ${reason(error)}`);
      throw new WriteFailure();
    }
    this.#counts.bytes += length;
    if (length === outputBytes) this.#counts.outFull++;
    else this.#counts.outPartial++;
  }

  /** conv=sparse: a block of zeros in a file is stepped over. */
  #leaveHole(block: Uint8Array): boolean {
    const file = this.#process.descriptors.get(this.#output);
    if (file.stat().type !== 'file' || block.some((byte) => byte !== 0)) return false;
    const end = file.seek(block.length, 'current');
    if (end > file.stat().sizeBytes) file.truncate(end);
    return true;
  }
}

function openInput(process: Process, { input, inputFlags }: Operands): number {
  if (input === undefined) return 0;
  try {
    return process.open(input, O_RDONLY | (inputFlags.has('nofollow') ? O_NOFOLLOW : 0) | (inputFlags.has('directory') ? O_DIRECTORY : 0));
  } catch (error) {
    throw new UsageError(`failed to open ${quoteName(input)}: ${reason(error)}`);
  }
}

function openOutput(process: Process, { output, outputFlags, conversions, seekBytes }: Operands): number {
  if (output === undefined) return 1;
  const truncates = !conversions.has('notrunc');
  const flags = O_WRONLY | (conversions.has('nocreat') ? 0 : O_CREAT) | (conversions.has('excl') ? O_EXCL : 0) | (truncates && seekBytes === 0 ? O_TRUNC : 0)
    | (outputFlags.has('append') ? O_APPEND : 0) | (outputFlags.has('nofollow') ? O_NOFOLLOW : 0);
  try {
    const fd = process.open(output, flags);
    const file = process.descriptors.get(fd);
    if (truncates && seekBytes > 0 && file.stat().type === 'file') file.truncate(seekBytes);
    return fd;
  } catch (error) {
    throw new UsageError(`failed to open ${quoteName(output)}: ${reason(error)}`);
  }
}

export const dd: Main = command(function* (process) {
  const [, only] = process.argv;
  if (only === '--help' || only === '--version') throw new InformationRequest(only === '--help' ? 'help' : 'version');
  const operands = parseOperands(process.argv);
  const input = openInput(process, operands);
  const output = openOutput(process, operands);
  const copy = new Copy(process, operands, input, output);
  const status = yield* copy.run();
  const written = process.descriptors.get(output);
  if (status === 0 && (operands.conversions.has('fsync') || operands.conversions.has('fdatasync'))) written.inode?.fileSystem.flush();
  return status;
});

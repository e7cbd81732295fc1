// split: a file in pieces.
import { Errno } from '../kernel/errno.js';
import { type Process, statusCode } from '../kernel/process.js';
import { O_CREAT, O_TRUNC, O_WRONLY } from '../kernel/open-file.js';
import type { Main } from '../kernel/program.js';
import { SIGPIPE } from '../kernel/signals.js';
import type { Task } from '../kernel/wait.js';
import { command, encode, type Options, Output, parseOptions, readAll, UsageError, usageError } from '../programs/stdio.js';
import { quoteName } from './common/quote.js';
import { BLOCKS, parseSize } from './common/sizes.js';
import { writeShell } from './shell-out.js';
import { Blocks, openInput } from './text-input.js';

/** Names in order: xaa, xab … or with digits. */
class Names {
  #prefix: string;
  readonly #suffix: string;
  readonly #alphabet: string;
  #length: number;
  #number: number;
  readonly #widens: boolean;

  constructor(prefix: string, options: Options, pieces: number | undefined) {
    const digits = options.value('numeric-suffixes') ?? (options.has('d') ? '' : undefined);
    const hex = options.value('hex-suffixes') ?? (options.has('x') ? '' : undefined);
    this.#prefix = prefix;
    this.#suffix = options.value('additional-suffix') ?? '';
    this.#alphabet = digits !== undefined ? '0123456789' : hex !== undefined ? '0123456789abcdef' : 'abcdefghijklmnopqrstuvwxyz';
    this.#number = Number(digits || hex || 0);
    const last = pieces === undefined ? 0 : pieces - 1 + (this.#number < pieces ? this.#number : 0);
    const needed = digitsOf(last, this.#alphabet.length).length;
    const length = options.value('a', 'suffix-length') ?? '0';
    if (!/^\d+$/.test(length)) throw new UsageError(`invalid suffix length: ${quoteName(length)}`);
    const given = Number(length);
    if (given > 0 && pieces !== undefined && given < needed) throw new UsageError(`the suffix length needs to be at least ${needed}`);
    this.#length = given || Math.max(2, needed);
    this.#widens = given === 0 && pieces === undefined && !digits && !hex;
  }

  next(): string {
    const [first, last] = [this.#alphabet[0]!, this.#alphabet.at(-1)!];
    let text = this.#text();
    if (this.#widens && text.startsWith(last)) {
      // What begins with the last letter is kept for longer names, so that all of them sort as they were made.
      this.#prefix += last;
      this.#length++;
      this.#number = 0;
      text = first.repeat(this.#length);
    }
    if (text.length > this.#length) throw new UsageError('output file suffixes exhausted');
    this.#number++;
    return this.#prefix + text + this.#suffix;
  }

  #text(): string {
    return digitsOf(this.#number, this.#alphabet.length).map((digit) => this.#alphabet[digit]!).join('').padStart(this.#length, this.#alphabet[0]!);
  }
}

/** The digits of a number, the highest first. */
function digitsOf(number: number, base: number): number[] {
  const digits = [number % base];
  for (let rest = Math.floor(number / base); rest > 0; rest = Math.floor(rest / base)) digits.unshift(rest % base);
  return digits;
}

function size(options: Options, what: string, ...names: string[]): number | undefined {
  const text = options.value(...names);
  if (text === undefined) return undefined;
  const value = parseSize(text, BLOCKS);
  if (value === undefined) throw new UsageError(`invalid number of ${what}: ${quoteName(text)}`);
  if (value === 0) throw new UsageError(`invalid number of ${what}: ${quoteName(text)}: Numerical result out of range`);
  return value;
}

/** --filter: a shell command that gets the piece on its input and its name in FILE. One that reads no more is no failure. */
function* through(process: Process, filter: string, name: string, bytes: Uint8Array): Task {
  const { child, fd } = writeShell(process, filter, new Map([...process.env, ['FILE', name]]));
  try {
    yield* process.write(fd, bytes);
  } catch (error) {
    if (!(error instanceof Errno && error.code === 'EPIPE')) throw error;
  }
  process.close(fd);
  yield* process.wait([child]);
  const code = statusCode(child.status!);
  if (code !== 0) throw new UsageError(`with FILE=${name}, exit ${code} from command: ${filter}`, code);
}

export const split: Main = command(function* (process, output) {
  const argv = process.argv.map((word, i) => (i > 0 && /^-\d+$/.test(word) ? `-l${word.slice(1)}` : word));
  const options = parseOptions(argv, 'a:b:C:del:n:t:ux', {
    'suffix-length': 'required', 'additional-suffix': 'required', bytes: 'required', 'line-bytes': 'required', 'numeric-suffixes': 'optional', 'hex-suffixes': 'optional',
    'elide-empty-files': 'no', filter: 'required', lines: 'required', number: 'required', separator: 'required', unbuffered: 'no', verbose: 'no', '-io-blksize': 'required',
  });
  const [file = '-', prefix = 'x', extra] = options.operands;
  if (extra !== undefined) throw usageError(process.argv, `extra operand ${quoteName(extra)}`);
  const ways = [['b', 'bytes'], ['C', 'line-bytes'], ['l', 'lines'], ['n', 'number']].filter((names) => options.has(...names));
  if (ways.length > 1) throw usageError(process.argv, 'cannot split in more than one way');
  let fd: number;
  try {
    fd = openInput(process, file);
  } catch (error) {
    throw error instanceof Error ? new UsageError(`cannot open '${file}' for reading: ${error.message}`) : error;
  }
  const chunks = chunksOf(options.value('n', 'number'));
  const separator = separatorOf(options);
  const filter = options.value('filter');
  if (filter !== undefined) process.onSignal(SIGPIPE, 'ignore');
  const names = new Names(prefix, options, chunks?.count);
  const write = function* (bytes: Uint8Array): Task {
    const name = names.next();
    if (filter !== undefined) {
      if (options.has('verbose')) output.print(`executing with FILE=${quoteName(name)}\n`);
      yield* output.flush();
      return yield* through(process, filter, name, bytes);
    }
    if (options.has('verbose')) output.print(`creating file '${name}'\n`);
    if (isOpenAs(process, fd, name)) throw new UsageError(`${quoteName(name)} would overwrite input; aborting`);
    const target = process.open(name, O_WRONLY | O_CREAT | O_TRUNC);
    const piece = new Output(process, target);
    piece.print(bytes);
    yield* piece.flush();
    process.close(target);
  };
  if (chunks) return yield* intoChunks(yield* readAll(process, fd), chunks, separator, options, output, write);
  const bytesMax = size(options, 'bytes', 'b', 'bytes');
  const lineBytesMax = size(options, 'bytes', 'C', 'line-bytes');
  const linesMax = size(options, 'lines', 'l', 'lines') ?? 1000;
  if (bytesMax !== undefined) {
    for (let held: Uint8Array = new Uint8Array(0); ; ) {
      const chunk = yield* process.read(fd, Math.min(1 << 20, bytesMax));
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      while (held.length >= bytesMax || (chunk.length === 0 && held.length > 0)) {
        yield* write(held.subarray(0, bytesMax));
        held = held.subarray(bytesMax);
      }
      if (chunk.length === 0) return 0;
    }
  }
  const blocks = new Blocks(process, fd, undefined, separator);
  let parts: Uint8Array[] = [];
  let count = 0;
  const limit = lineBytesMax ?? linesMax;
  for (let block = yield* blocks.next(); block; block = yield* blocks.next()) {
    for (let at = 0, start = 0; at < block.length; start = at) {
      const end = block.indexOf(separator, at);
      at = end < 0 ? block.length : end + 1;
      const weight = lineBytesMax === undefined ? 1 : at - start;
      if (count + weight > limit && count > 0) {
        yield* write(Buffer.concat(parts));
        parts = [];
        count = 0;
      }
      let from = start;
      // A line longer than a whole piece is cut.
      for (; lineBytesMax !== undefined && at - from > limit; from += limit) yield* write(block.subarray(from, from + limit));
      parts.push(block.subarray(from, at));
      count += lineBytesMax === undefined ? 1 : at - from;
    }
  }
  if (parts.length > 0) yield* write(Buffer.concat(parts));
  return 0;
});

/** What -n asks for: `count` pieces by bytes, whole lines (l/) or lines in turn (r/), or only one of them, printed. */
interface Chunks {
  by: 'bytes' | 'lines' | 'turns';
  only: number | undefined;
  count: number;
}

function chunksOf(text: string | undefined): Chunks | undefined {
  if (text === undefined) return undefined;
  const [, how, rest] = /^(?:(l|r)\/)?([^]*)$/.exec(text)!;
  const slash = rest!.indexOf('/');
  const [only, count] = slash < 0 ? [undefined, rest!] : [rest!.slice(0, slash), rest!.slice(slash + 1)];
  if (!/^\d+$/.test(count)) throw new UsageError(`invalid number of chunks: ${quoteName(count)}`);
  if (Number(count) === 0) throw new UsageError(`invalid number of chunks: ${quoteName(count)}: Numerical result out of range`);
  if (only !== undefined && !/^\d+$/.test(only)) throw new UsageError(`invalid chunk number: ${quoteName(only)}`);
  if (only !== undefined && (Number(only) === 0 || Number(only) > Number(count))) throw new UsageError(`invalid chunk number: ${quoteName(only)}: Numerical result out of range`);
  return { by: how === 'r' ? 'turns' : how === 'l' ? 'lines' : 'bytes', only: only === undefined ? undefined : Number(only), count: Number(count) };
}

/** The byte that ends a line. */
function separatorOf(options: Options): number {
  const given = [...new Set(options.given.get('t') ?? options.given.get('separator') ?? ['\n'])];
  if (given.length > 1) throw new UsageError('multiple separator characters specified');
  if (given[0] === '') throw new UsageError('empty record separator');
  if (given[0] === '\\0') return 0;
  const bytes = encode(given[0]!);
  if (bytes.length > 1) throw new UsageError(`multi-character separator ${quoteName(given[0]!)}`);
  return bytes[0]!;
}

/** Whether a name is that of the open file. */
function isOpenAs({ descriptors, files }: Process, fd: number, name: string): boolean {
  const inode = descriptors.get(fd).inode;
  return inode !== undefined && files.exists(name) && files.locate(name).inode === inode;
}

/** More pieces than this hold nothing but memory. */
const PIECES_MAX = 1e7;

function* intoChunks(bytes: Uint8Array, { by, only, count }: Chunks, separator: number, options: Options, output: Output, write: (bytes: Uint8Array) => Task): Task<number> {
  if (by === 'turns' && only !== undefined) {
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const end = bytes.indexOf(separator, at) + 1 || bytes.length;
      if (i % count === only - 1) output.print(bytes.subarray(at, end));
      at = end;
    }
    return 0;
  }
  if (count > PIECES_MAX) throw new UsageError('memory exhausted');
  const pieces: Uint8Array[] = [];
  if (by === 'turns') {
    const lines: Uint8Array[][] = Array.from({ length: count }, () => []);
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const end = bytes.indexOf(separator, at) + 1 || bytes.length;
      lines[i % count]!.push(bytes.subarray(at, end));
      at = end;
    }
    for (const part of lines) pieces.push(Buffer.concat(part));
  } else {
    // Fewer bytes than pieces: one byte each as far as they go.
    const share = Math.max(1, Math.floor(bytes.length / count));
    for (let i = 0, at = 0; i < count; i++) {
      let end = i === count - 1 ? bytes.length : Math.min(bytes.length, (i + 1) * share);
      if (by === 'lines' && end > at && end < bytes.length && bytes[end - 1] !== separator) end = bytes.indexOf(separator, end) + 1 || bytes.length;
      end = Math.max(at, end);
      pieces.push(bytes.subarray(at, end));
      at = end;
    }
  }
  for (const [i, piece] of pieces.entries()) {
    if (only !== undefined) {
      if (i + 1 === only) output.print(piece);
    } else if (piece.length > 0 || !options.has('e', 'elide-empty-files')) yield* write(piece);
  }
  return 0;
}

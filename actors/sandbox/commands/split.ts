// split: a file in pieces.
import { Errno } from '../kernel/errno.js';
import { type Process, statusCode } from '../kernel/process.js';
import { O_CREAT, O_TRUNC, O_WRONLY } from '../kernel/open-file.js';
import type { Main } from '../kernel/program.js';
import { SIGPIPE } from '../kernel/signals.js';
import type { Task } from '../kernel/wait.js';
import { command, type Options, Output, parseOptions, readAll, UsageError, usageError } from '../programs/stdio.js';
import { quoteName } from './common/quote.js';
import { BLOCKS, parseSize } from './common/sizes.js';
import { writeShell } from './shell-out.js';
import { Blocks, openInput } from './text-input.js';

/** Names in order: xaa, xab … or with digits. */
class Names {
  readonly #prefix: string;
  readonly #suffix: string;
  readonly #alphabet: string;
  readonly #length: number;
  #number: number;

  constructor(prefix: string, options: Options, pieces: number | undefined) {
    const digits = options.value('numeric-suffixes') ?? (options.has('d') ? '' : undefined);
    const hex = options.value('hex-suffixes') ?? (options.has('x') ? '' : undefined);
    this.#prefix = prefix;
    this.#suffix = options.value('additional-suffix') ?? '';
    this.#alphabet = digits !== undefined ? '0123456789' : hex !== undefined ? '0123456789abcdef' : 'abcdefghijklmnopqrstuvwxyz';
    this.#number = Number(digits || hex || 0);
    const least = pieces === undefined ? 2 : Math.max(2, Math.ceil(Math.log(pieces + this.#number) / Math.log(this.#alphabet.length)));
    this.#length = Number(options.value('a', 'suffix-length') ?? 0) || least;
  }

  next(): string {
    let number = this.#number++;
    let text = '';
    for (let i = 0; i < this.#length; i++) {
      text = this.#alphabet[number % this.#alphabet.length]! + text;
      number = Math.floor(number / this.#alphabet.length);
    }
    if (number > 0) throw new UsageError('output file suffixes exhausted');
    return this.#prefix + text + this.#suffix;
  }
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
    'elide-empty-files': 'no', filter: 'required', lines: 'required', number: 'required', separator: 'required', unbuffered: 'no', verbose: 'no',
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
  const number = options.value('n', 'number');
  const match = number === undefined ? undefined : /^(?:(l|r)\/)?(?:(\d+)\/)?(\d+)$/.exec(number);
  if (match === null) throw new UsageError(`invalid number of chunks: ${quoteName(number!)}`);
  if (match && Number(match[3]) === 0) throw new UsageError(`invalid number of chunks: ${quoteName(match[3]!)}: Numerical result out of range`);
  const filter = options.value('filter');
  if (filter !== undefined) process.onSignal(SIGPIPE, 'ignore');
  const names = new Names(prefix, options, match ? Number(match[3]) : undefined);
  const write = function* (bytes: Uint8Array): Task {
    const name = names.next();
    if (filter !== undefined) {
      if (options.has('verbose')) output.print(`executing with FILE=${quoteName(name)}\n`);
      yield* output.flush();
      return yield* through(process, filter, name, bytes);
    }
    if (options.has('verbose')) output.print(`creating file '${name}'\n`);
    const target = process.open(name, O_WRONLY | O_CREAT | O_TRUNC);
    const piece = new Output(process, target);
    piece.print(bytes);
    yield* piece.flush();
    process.close(target);
  };
  if (match) return yield* intoChunks(yield* readAll(process, fd), match, options, output, write);
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
  const delimiter = options.value('t', 'separator') === '\\0' ? 0 : (options.value('t', 'separator') ?? '\n').charCodeAt(0);
  const blocks = new Blocks(process, fd, undefined, delimiter);
  let parts: Uint8Array[] = [];
  let count = 0;
  const limit = lineBytesMax ?? linesMax;
  for (let block = yield* blocks.next(); block; block = yield* blocks.next()) {
    for (let at = 0, start = 0; at < block.length; start = at) {
      const end = block.indexOf(delimiter, at);
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

/** -n: so many pieces of equal size, by bytes, whole lines (l/) or lines in turn (r/). */
function* intoChunks(bytes: Uint8Array, match: RegExpExecArray, options: Options, output: Output, write: (bytes: Uint8Array) => Task): Task<number> {
  const count = Number(match[3]);
  const only = match[2] === undefined ? undefined : Number(match[2]);
  const pieces: Uint8Array[] = [];
  if (match[1] === 'r') {
    const lines: Uint8Array[][] = Array.from({ length: count }, () => []);
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const end = bytes.indexOf(10, at) + 1 || bytes.length;
      lines[i % count]!.push(bytes.subarray(at, end));
      at = end;
    }
    pieces.push(...lines.map((part) => Buffer.concat(part)));
  } else {
    // Fewer bytes than pieces: one byte each as far as they go.
    const share = Math.max(1, Math.floor(bytes.length / count));
    for (let i = 0, at = 0; i < count; i++) {
      let end = i === count - 1 ? bytes.length : Math.min(bytes.length, (i + 1) * share);
      if (match[1] === 'l' && end > at && end < bytes.length && bytes[end - 1] !== 10) end = bytes.indexOf(10, end) + 1 || bytes.length;
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

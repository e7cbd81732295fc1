// cmp: whether and where two files differ.
import { Errno } from '../kernel/errno.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import type { Task } from '../kernel/wait.js';
import { command, complain, parseOptions, UsageError } from '../programs/stdio.js';
import { BLOCKS, parseSize } from './common/sizes.js';
import { openInput, Pace } from './text-input.js';

/** Gives a file's bytes in pieces of any wanted size, less only at the end. */
class Source {
  readonly #process: Process;
  readonly #fd: number;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(process: Process, fd: number) {
    this.#process = process;
    this.#fd = fd;
  }

  *peek(): Task<Uint8Array> {
    if (this.#rest.length === 0) this.#rest = yield* this.#process.read(this.#fd, 1 << 18);
    return this.#rest;
  }

  take(count: number): void {
    this.#rest = this.#rest.subarray(count);
  }

  *skip(count: number): Task {
    for (let left = count; left > 0; ) {
      const bytes = yield* this.peek();
      if (bytes.length === 0) return;
      const cut = Math.min(left, bytes.length);
      this.take(cut);
      left -= cut;
    }
  }
}

function shownByte(byte: number): string {
  const high = byte >= 128 ? 'M-' : '';
  const low = byte & 127;
  return high + (low < 32 ? `^${String.fromCharCode(low + 64)}` : low === 127 ? '^?' : String.fromCharCode(low));
}

export const cmp: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'bi:ln:sv', { 'print-bytes': 'no', 'ignore-initial': 'required', verbose: 'no', bytes: 'required', quiet: 'no', silent: 'no' }, { exitCode: 2 });
  const [first, second = '-', skip1, skip2] = options.operands;
  if (first === undefined) throw new UsageError('missing operand after \'cmp\'', 2);
  const silent = options.has('s', 'quiet', 'silent');
  const names = [first, second];
  const skips = (options.value('i', 'ignore-initial') ?? `${skip1 ?? 0}:${skip2 ?? 0}`).split(':').map((text) => parseSize(text, BLOCKS) ?? 0);
  let left = parseSize(options.value('n', 'bytes') ?? '', BLOCKS) ?? Infinity;
  const sources: Source[] = [];
  for (const [i, name] of names.entries()) {
    try {
      const source = new Source(process, openInput(process, name));
      yield* source.skip(skips[i] ?? skips[0]!);
      sources.push(source);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      if (!silent) yield* complain(process, `${name}: ${error.message}`);
      return 2;
    }
  }
  const all = options.has('l', 'verbose');
  const printsBytes = options.has('b', 'print-bytes');
  const pace = new Pace();
  // Of pipes the size is not known; without any the numbers are not aligned.
  const sizes = names.filter((name) => name !== '-' && all).map((name) => process.files.stat(name)).filter(({ type }) => type === 'file').map(({ sizeBytes }) => sizeBytes);
  const width = sizes.length === 0 ? 1 : String(Math.min(left, ...sizes)).length;
  let offset = 0;
  let line = 1;
  let differs = false;
  let lastNewline = true;
  while (left > 0) {
    const [a, b] = [yield* sources[0]!.peek(), yield* sources[1]!.peek()];
    const count = Math.min(a.length, b.length, left);
    if (count === 0) {
      if (a.length === b.length) return differs ? 1 : 0;
      yield* output.flush();
      const shorter = a.length === 0 ? names[0]! : names[1]!;
      const where = offset === 0 ? ' which is empty' : ` after byte ${offset}${all ? '' : lastNewline ? `, line ${line - 1}` : `, in line ${line}`}`;
      if (!silent) yield* complain(process, `EOF on ${shorter}${where}`);
      return 1;
    }
    if (Buffer.compare(a.subarray(0, count), b.subarray(0, count)) !== 0) {
      if (silent) return 1;
      for (let i = 0; i < count; i++) {
        const [x, y] = [a[i]!, b[i]!];
        if (x === y) {
          if (x === 10) line++;
          continue;
        }
        differs = true;
        const bytes = (byte: number): string => `${byte.toString(8).padStart(3)}${printsBytes ? ` ${shownByte(byte)}` : ''}`;
        if (all) output.print(`${String(offset + i + 1).padStart(width)} ${printsBytes ? bytes(x).padEnd(8) : bytes(x)} ${bytes(y)}\n`);
        else {
          output.print(`${names[0]!} ${names[1]!} differ: byte ${offset + i + 1}, line ${line}${printsBytes ? ` is ${bytes(x)} ${bytes(y)}` : ''}\n`);
          return 1;
        }
      }
    } else {
      for (let at = a.indexOf(10); at >= 0 && at < count; at = a.indexOf(10, at + 1)) line++;
    }
    lastNewline = a[count - 1] === 10;
    sources.forEach((source) => source.take(count));
    offset += count;
    left -= count;
    if (output.isFull) yield* output.flush();
    yield* pace.turn();
  }
  return differs ? 1 : 0;
});

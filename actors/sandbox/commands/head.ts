// head: the first lines or bytes of files, or all but the last.
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import type { Task } from '../kernel/wait.js';
import { command, type Output, parseOptions, UsageError, usageError } from '../programs/stdio.js';
import { BLOCKS, parseSize } from './common/sizes.js';
import { giveBack, Inputs } from './text-input.js';

interface Amount {
  count: number;
  bytes: boolean;
  /** All but the last `count`. */
  fromEnd: boolean;
}

/** `head -5`, `head -5c` and the like, as old scripts write them. */
function modern(argv: readonly string[]): string[] {
  const match = /^-(\d+)([bkmcqvlz]*)(.?)/.exec(argv[1] ?? '');
  if (!match) return [...argv];
  if (match[3] !== '') throw usageError(argv, `invalid trailing option -- ${match[3]!}`);
  const letters = match[2]!;
  const unit = /[bkm]/.exec(letters)?.[0] ?? '';
  const flags = [...letters].filter((letter) => 'qvz'.includes(letter)).map((letter) => `-${letter}`);
  const bytes = unit !== '' || letters.includes('c');
  return [argv[0]!, ...flags, bytes ? '-c' : '-n', match[1]! + unit.toUpperCase().replace('B', 'b'), ...argv.slice(2)];
}

/** Reads no further than it must where it can seek back, so that a shell's `{ head -1; cat; }` works on files. */
function* take(process: Process, output: Output, fd: number, { count, bytes }: Amount, delimiter: number): Task {
  for (let left = count; left > 0; ) {
    const chunk = yield* process.read(fd, bytes ? Math.min(left, 65536) : 65536);
    if (chunk.length === 0) return;
    if (bytes) {
      left -= chunk.length;
      output.print(chunk);
    } else {
      let end = 0;
      // Byte by byte: a search per line costs more than a short line has bytes.
      for (let at = 0; at < chunk.length && left > 0; at++) {
        if (chunk[at] !== delimiter) continue;
        end = at + 1;
        left--;
      }
      output.print(left > 0 ? chunk : chunk.subarray(0, end));
      if (left === 0) giveBack(process, fd, chunk.length - end);
    }
    yield* output.flush();
  }
}

function* takeAllBut(process: Process, output: Output, fd: number, { count, bytes }: Amount, delimiter: number): Task {
  let held: Buffer = Buffer.alloc(0);
  for (;;) {
    const chunk = yield* process.read(fd, 1 << 18);
    if (chunk.length === 0) break;
    held = held.length === 0 ? Buffer.from(chunk) : Buffer.concat([held, chunk]);
    const keepFrom = bytes ? held.length - count : lastLines(held, count, delimiter, false);
    if (keepFrom <= 0) continue;
    output.print(held.subarray(0, keepFrom));
    held = held.subarray(keepFrom);
    yield* output.flush();
  }
  const end = bytes ? held.length - count : lastLines(held, count, delimiter, true);
  if (end > 0) output.print(held.subarray(0, end));
}

/** Where the last `count` lines begin; an unfinished one counts at the end of the file and hides one more before it. */
function lastLines(bytes: Buffer, count: number, delimiter: number, ended: boolean): number {
  let at = bytes.length;
  if (count === 0) return ended ? at : bytes.lastIndexOf(delimiter) + 1;
  if (at > 0 && bytes[at - 1] === delimiter) at--;
  for (let left = count; left > 0; left--) {
    if (at <= 0) return 0;
    at = bytes.lastIndexOf(delimiter, at - 1);
    if (at < 0) return 0;
  }
  return at + 1;
}

export const head: Main = command(function* (process, output) {
  const options = parseOptions(modern(process.argv), 'c:n:qvz', {
    bytes: 'required', lines: 'required', quiet: 'no', silent: 'no', verbose: 'no', 'zero-terminated': 'no',
  });
  const bytesText = options.value('c', 'bytes');
  const text = bytesText ?? options.value('n', 'lines') ?? '10';
  const count = parseSize(text.replace(/^[-+]/, ''), BLOCKS);
  if (count === undefined) throw new UsageError(`invalid number of ${bytesText === undefined ? 'lines' : 'bytes'}: '${text}'`);
  const amount = { count, bytes: bytesText !== undefined, fromEnd: text.startsWith('-') };
  const delimiter = options.has('z', 'zero-terminated') ? 0 : 10;
  const titled = options.has('v', 'verbose') || (options.operands.length > 1 && !options.has('q', 'quiet', 'silent'));
  const inputs = new Inputs(process, options.operands, (name, why) =>
    why === 'Is a directory' ? `error reading '${name}': ${why}` : `cannot open '${name}' for reading: ${why}`);
  let isFirst = true;
  for (let file = yield* inputs.next(); file; file = yield* inputs.next()) {
    if (titled) output.print(`${isFirst ? '' : '\n'}==> ${file.name === '-' ? 'standard input' : file.name} <==\n`);
    isFirst = false;
    yield* amount.fromEnd ? takeAllBut(process, output, file.fd, amount, delimiter) : take(process, output, file.fd, amount, delimiter);
  }
  return inputs.failed ? 1 : 0;
});

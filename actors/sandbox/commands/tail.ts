// tail: the last lines or bytes of files, or all from a given one on, and what is added to them later.
import { Errno } from '../kernel/errno.js';
import { O_RDONLY } from '../kernel/open-file.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import type { Task } from '../kernel/wait.js';
import { isBusybox } from '../programs/flavour.js';
import { command, complain, type Options, type Output, parseOptions, UsageError } from '../programs/stdio.js';
import { BLOCKS, parseSize } from './common/sizes.js';
import { follow, type Followed, waitForNothing } from './tail-follow.js';
import { Pace } from './text-input.js';
import { quoteName } from './common/quote.js';

interface Amount {
  count: number;
  bytes: boolean;
  /** From the `count`th on instead of the last `count`. */
  fromStart: boolean;
  delimiter: number;
}

/** `tail -5`, `tail +3`, `tail -5f`, as old scripts write them. */
function modern(process: Process): string[] {
  const { argv } = process;
  const match = /^([-+])(\d+)([bcl]?)(f?)$/.exec(argv[1] ?? '') ?? /^([-+])(\d*)([bcl])(f?)$/.exec(/^\+/.test(argv[1] ?? '') ? argv[1]! : '');
  if (!match) return [...argv];
  // The old form takes one file, and no other options.
  const rest = argv[2] === '--' ? argv.slice(3) : argv.slice(2);
  if (!isBusybox(process) && (rest.length > 1 || /^-./.test(argv[2] === '--' ? '' : (rest[0] ?? '')))) {
    if (match[1] === '+') return [...argv];
    throw new UsageError(`option used in invalid context -- ${match[2]![0] ?? match[3]!}`);
  }
  const [, sign, count, unit, follows] = match;
  const amount = `${sign === '+' ? '+' : ''}${count === '' ? '10' : count!}${unit === 'b' ? 'b' : ''}`;
  return [argv[0]!, unit === 'c' || unit === 'b' ? '-c' : '-n', amount, ...(follows === 'f' ? ['-f'] : []), ...argv.slice(2)];
}

function amountOf(options: Options): Amount {
  const bytesText = options.value('c', 'bytes');
  const text = bytesText ?? options.value('n', 'lines') ?? '10';
  const count = parseSize(text.replace(/^[-+]/, ''), BLOCKS);
  if (count === undefined) throw new UsageError(`invalid number of ${bytesText === undefined ? 'lines' : 'bytes'}: '${text}'`);
  return { count, bytes: bytesText !== undefined, fromStart: text.startsWith('+'), delimiter: options.has('z', 'zero-terminated') ? 0 : 10 };
}

function* printFrom(process: Process, output: Output, fd: number, amount: Amount): Task {
  const pace = new Pace();
  for (let skip = Math.max(0, amount.count - 1); ; ) {
    let chunk = yield* process.read(fd, 1 << 18);
    if (chunk.length === 0) return;
    if (amount.bytes) {
      const cut = Math.min(skip, chunk.length);
      skip -= cut;
      chunk = chunk.subarray(cut);
    }
    while (!amount.bytes && skip > 0 && chunk.length > 0) {
      const at = chunk.indexOf(amount.delimiter);
      chunk = at < 0 ? chunk.subarray(chunk.length) : chunk.subarray(at + 1);
      if (at >= 0) skip--;
    }
    if (chunk.length > 0) output.print(chunk);
    yield* output.flush();
    yield* pace.turn();
  }
}

/** Where the last `count` lines or bytes of what was kept begin; -1 when more is needed to know. */
function tailStart(bytes: Uint8Array, { count, bytes: inBytes, delimiter }: Amount): number {
  if (inBytes) return bytes.length >= count ? bytes.length - count : -1;
  let at = bytes.length;
  if (count === 0) return at;
  if (at > 0 && bytes[at - 1] === delimiter) at--;
  for (let left = count; left > 0; left--) {
    at = at <= 0 ? -1 : bytes.lastIndexOf(delimiter, at - 1);
    if (at < 0) return -1;
  }
  return at + 1;
}

function* printLast(process: Process, output: Output, fd: number, amount: Amount): Task {
  const file = process.descriptors.get(fd);
  if (file.inode?.type === 'file' && amount.count < 1e6) {
    // A file's end is found from behind: a long log costs no more than its last lines.
    const { sizeBytes } = file.stat();
    const from = file.seek(0, 'current');
    for (let span = 65536; sizeBytes - span > from; span *= 16) {
      file.seek(sizeBytes - span, 'set');
      const part = yield* readFully(process, fd);
      const start = tailStart(part, amount);
      if (start >= 0) return output.print(part.subarray(start));
    }
    file.seek(from, 'set');
  }
  let kept: Uint8Array = new Uint8Array(0);
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  for (;;) {
    const chunk = yield* process.read(fd, 1 << 18);
    if (chunk.length > 0) {
      pending.push(chunk);
      pendingBytes += chunk.length;
    }
    if (chunk.length > 0 && pendingBytes < 1 << 20) continue;
    kept = Buffer.concat([kept, ...pending]);
    kept = kept.subarray(Math.max(0, tailStart(kept, amount)));
    pending = [];
    pendingBytes = 0;
    if (chunk.length === 0) break;
  }
  if (kept.length > 0) output.print(kept);
}

/** The end of a file comes in one piece where it can. */
const READ_BYTES = 1 << 25;

function* readFully(process: Process, fd: number): Task<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let chunk = yield* process.read(fd, READ_BYTES); chunk.length > 0; chunk = yield* process.read(fd, READ_BYTES)) parts.push(chunk);
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

export const tail: Main = command(function* (process, output) {
  if (process.resumed) yield* waitForNothing(process);
  const options = parseOptions(modern(process), 'c:fFn:qs:vz', {
    bytes: 'required', lines: 'required', follow: 'optional', retry: 'no', quiet: 'no', silent: 'no', verbose: 'no', 'sleep-interval': 'required',
    pid: 'required', 'zero-terminated': 'no', 'max-unchanged-stats': 'required',
    // How GNU's learns of changes; ours is told by the kernel either way.
    '-disable-inotify': 'no', '-presume-input-pipe': 'no',
  });
  const amount = amountOf(options);
  const names = options.operands.length > 0 ? options.operands : ['-'];
  const titled = options.has('v', 'verbose') || (names.length > 1 && !options.has('q', 'quiet', 'silent'));
  const byName = options.has('F') || options.value('follow') === 'name';
  const follows = byName || options.has('f', 'follow');
  const retries = options.has('F', 'retry');
  const interval = Number(options.value('s', 'sleep-interval') ?? 1);
  if (!(interval >= 0)) throw new UsageError(`invalid number of seconds: ${quoteName(options.value('s', 'sleep-interval')!)}`);
  if (options.has('retry') && !follows) yield* complain(process, 'warning: --retry ignored; --retry is useful only when following');
  if (amount.count === 0 && !amount.fromStart && !follows && !isBusybox(process)) return 0;
  const followed: Followed[] = [];
  let failed = false;
  let isFirst = true;
  for (const name of names) {
    let fd = 0;
    try {
      if (name !== '-') fd = process.open(name, O_RDONLY);
      if (titled) output.print(`${isFirst ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`);
      isFirst = false;
      yield* amount.fromStart ? printFrom(process, output, fd, amount) : printLast(process, output, fd, amount);
      yield* output.flush();
      if (follows) followed.push({ name, fd });
      else if (fd > 0) process.close(fd);
    } catch (error) {
      if (!(error instanceof Errno) || error.code === 'EPIPE') throw error;
      failed = true;
      const isDirectory = error.code === 'EISDIR';
      yield* complain(process, isDirectory ? `error reading '${name}': ${error.message}` : `cannot open '${name}' for reading: ${error.message}`);
      if (follows && retries) followed.push({ name, fd: undefined });
    }
  }
  if (!follows) return failed ? 1 : 0;
  if (followed.length === 0) {
    yield* complain(process, 'no files remaining');
    return 1;
  }
  const pids = (options.given.get('pid') ?? []).map(Number);
  return yield* follow(process, output, followed, { byName, titled, intervalMs: interval * 1000, pids });
});

// md5sum, sha1sum, sha224sum, sha256sum, sha384sum, sha512sum, sha3sum, b2sum: prints and checks digests.
import { createHash } from 'node:crypto';
import { Errno } from '../kernel/errno.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import type { Task } from '../kernel/wait.js';
import { command, complain, type Options, type Output, parseOptions, UsageError, usageError } from '../programs/stdio.js';
import { openInput, Pace, TextLines } from './text-input.js';

interface Algorithm {
  /** As node:crypto calls it. */
  hash: string;
  /** As `--tag` shows it. */
  tag: string;
  hexLength: number;
}

const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  md5sum: { hash: 'md5', tag: 'MD5', hexLength: 32 },
  sha1sum: { hash: 'sha1', tag: 'SHA1', hexLength: 40 },
  sha224sum: { hash: 'sha224', tag: 'SHA224', hexLength: 56 },
  sha256sum: { hash: 'sha256', tag: 'SHA256', hexLength: 64 },
  sha384sum: { hash: 'sha384', tag: 'SHA384', hexLength: 96 },
  sha512sum: { hash: 'sha512', tag: 'SHA512', hexLength: 128 },
  'sha3-224': { hash: 'sha3-224', tag: 'SHA3', hexLength: 56 },
  'sha3-256': { hash: 'sha3-256', tag: 'SHA3', hexLength: 64 },
  'sha3-384': { hash: 'sha3-384', tag: 'SHA3', hexLength: 96 },
  'sha3-512': { hash: 'sha3-512', tag: 'SHA3', hexLength: 128 },
  b2sum: { hash: 'blake2b512', tag: 'BLAKE2b', hexLength: 128 },
};

const LONG = {
  binary: 'no', check: 'no', tag: 'no', text: 'no', zero: 'no', 'ignore-missing': 'no', quiet: 'no', status: 'no', strict: 'no', warn: 'no', length: 'required',
} as const;

function* digest(process: Process, name: string, hash: string): Task<string> {
  const fd = openInput(process, name);
  const state = createHash(hash);
  const pace = new Pace();
  for (let chunk = yield* process.read(fd, 1 << 20); chunk.length > 0; chunk = yield* process.read(fd, 1 << 20)) {
    state.update(chunk);
    yield* pace.turn();
  }
  if (fd > 0) process.close(fd);
  return state.digest('hex');
}

/** A name with a line break or backslash is escaped, and the line says so by a backslash in front. */
function shownName(name: string, zero: boolean): { mark: string; name: string } {
  if (zero || !/[\\\n\r]/.test(name)) return { mark: '', name };
  return { mark: '\\', name: name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r') };
}

function parseLine(line: string, { tag, hexLength }: Algorithm): { name: string; digest: string } | undefined {
  const escaped = line.startsWith('\\');
  const text = escaped ? line.slice(1) : line;
  const tagged = new RegExp(`^${tag} \\((.*)\\) = ([0-9a-fA-F]{${hexLength}})$`, 's').exec(text);
  const plain = new RegExp(`^([0-9a-fA-F]{${hexLength}})(?:  | \\*| )(.*)$`, 's').exec(text);
  const found = tagged ? { name: tagged[1]!, digest: tagged[2]! } : plain ? { name: plain[2]!, digest: plain[1]! } : undefined;
  if (!found || !escaped) return found;
  return { ...found, name: found.name.replace(/\\([\\nr])/g, (_, letter: string) => ({ n: '\n', r: '\r' })[letter] ?? letter) };
}

interface Tally {
  seen: number;
  good: number;
  malformed: number;
  mismatched: number;
  unreadable: number;
}

function* checkFile(process: Process, output: Output, list: string, algorithm: Algorithm, options: Options): Task<boolean> {
  const tally: Tally = { seen: 0, good: 0, malformed: 0, mismatched: 0, unreadable: 0 };
  const fd = openInput(process, list);
  const lines = new TextLines(process, fd);
  const silent = options.has('status', 's');
  let number = 0;
  for (let line = yield* lines.next(); line !== undefined; line = yield* lines.next()) {
    number++;
    if (line === '' || line.startsWith('#')) continue;
    const entry = parseLine(line.replace(/\r$/, ''), algorithm);
    if (!entry) {
      tally.malformed++;
      if (options.has('w', 'warn')) yield* complain(process, `${list}: ${number}: improperly formatted ${algorithm.tag} checksum line`);
      continue;
    }
    yield* checkEntry(process, output, entry, algorithm, options, tally);
  }
  if (fd > 0) process.close(fd);
  yield* output.flush();
  const shown = list === '-' ? "'standard input'" : list;
  if (tally.seen === 0) {
    yield* complain(process, `${shown}: no properly formatted checksum lines found`);
    return false;
  }
  const plural = (count: number, one: string, many: string): string => `WARNING: ${count} ${count === 1 ? one : many}`;
  if (!silent) {
    if (tally.malformed > 0) yield* complain(process, plural(tally.malformed, 'line is improperly formatted', 'lines are improperly formatted'));
    if (tally.unreadable > 0) yield* complain(process, plural(tally.unreadable, 'listed file could not be read', 'listed files could not be read'));
    if (tally.mismatched > 0) yield* complain(process, plural(tally.mismatched, 'computed checksum did NOT match', 'computed checksums did NOT match'));
    if (options.has('ignore-missing') && tally.good === 0 && tally.mismatched === 0) yield* complain(process, `${shown}: no file was verified`);
  }
  if (options.has('ignore-missing') && tally.good === 0) return false;
  return tally.mismatched === 0 && tally.unreadable === 0 && !(options.has('strict') && tally.malformed > 0);
}

function* checkEntry(process: Process, output: Output, entry: { name: string; digest: string }, algorithm: Algorithm, options: Options, tally: Tally): Task {
  tally.seen++;
  const shown = shownName(entry.name, false);
  const label = `${shown.mark}${shown.name}`;
  try {
    const good = (yield* digest(process, entry.name, algorithm.hash)) === entry.digest.toLowerCase();
    if (good) tally.good++;
    else tally.mismatched++;
    if (!options.has('status', 's') && !(good && options.has('quiet'))) output.print(`${label}: ${good ? 'OK' : 'FAILED'}\n`);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    if (error.code === 'ENOENT' && options.has('ignore-missing')) return;
    tally.unreadable++;
    yield* output.flush();
    yield* complain(process, `${entry.name}: ${error.message}`);
    if (!options.has('status', 's')) output.print(`${label}: FAILED open or read\n`);
  }
}

export const checksum: Main = command(function* (process, output) {
  const name = process.argv[0]!.split('/').at(-1)!;
  const isSha3 = name === 'sha3sum' || process.command === 'sha3sum';
  const options = isSha3 ? parseOptions(process.argv, 'a:cswz', { ...LONG, algorithm: 'required' }) : parseOptions(process.argv, 'bctwzl:', LONG);
  const bits = options.value('a', 'algorithm') ?? '224';
  const algorithm = isSha3 ? ALGORITHMS[`sha3-${bits}`] : (ALGORITHMS[name] ?? ALGORITHMS[process.command]);
  if (!algorithm) throw new UsageError(isSha3 ? `invalid number '${bits}'` : 'unknown digest');
  const length = options.value('l', 'length');
  if (length !== undefined && length !== '0' && length !== '512') throw new UsageError(`invalid length: '${length}'`);
  const names = options.operands.length > 0 ? options.operands : ['-'];
  const checks = options.has('c', 'check');
  if (checks && options.has('tag')) throw new UsageError('the --tag option is meaningless when verifying checksums');
  for (const option of ['ignore-missing', 'quiet', 'status', 'strict', 'warn']) {
    if (!checks && options.has(option, ...(option === 'warn' ? ['w'] : []))) throw usageError(process.argv, `the --${option} option is meaningful only when verifying checksums`);
  }
  let failed = false;
  for (const name of names) {
    try {
      if (checks) {
        if (!(yield* checkFile(process, output, name, algorithm, options))) failed = true;
        continue;
      }
      const hex = yield* digest(process, name, algorithm.hash);
      const shown = shownName(name, options.has('z', 'zero'));
      const line = options.has('tag') ? `${shown.mark}${algorithm.tag} (${shown.name}) = ${hex}` : `${shown.mark}${hex} ${options.has('b', 'binary') ? '*' : ' '}${shown.name}`;
      output.print(line + (options.has('z', 'zero') ? '\0' : '\n'));
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      failed = true;
      yield* output.flush();
      yield* complain(process, `${name}: ${error.message}`);
    }
  }
  return failed ? 1 : 0;
});

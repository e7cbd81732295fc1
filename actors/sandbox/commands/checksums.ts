// md5sum, sha1sum, sha224sum, sha256sum, sha384sum, sha512sum, b2sum: digests of files, and their check.
import { createHash } from 'node:crypto';
import { Errno } from '../kernel/errno.js';
import { O_RDONLY } from '../kernel/open-file.js';
import type { Main } from '../kernel/program.js';
import type { Process } from '../kernel/process.js';
import { decode } from '../kernel/text.js';
import { PREEMPT, type Task } from '../kernel/wait.js';
import { command, complain, type Options, type Output, parseOptions, readAll } from '../programs/stdio.js';

const READ_BYTES = 1 << 20;
const LONG = { check: 'no', tag: 'no', binary: 'no', text: 'no', quiet: 'no', status: 'no', strict: 'no', warn: 'no', zero: 'no', 'ignore-missing': 'no' } as const;

function* digest(process: Process, algorithm: string, path: string): Task<string> {
  const fd = path === '-' ? 0 : process.open(path, O_RDONLY);
  const hash = createHash(algorithm);
  try {
    for (;;) {
      const chunk = yield* process.read(fd, READ_BYTES);
      if (chunk.length === 0) return hash.digest('hex');
      hash.update(chunk);
      if (chunk.length === READ_BYTES) yield PREEMPT;
    }
  } finally {
    if (fd !== 0 && process.descriptors.find(fd)) process.close(fd);
  }
}

/** Checks the files that a list names; a line that is none is told of at the end. */
function* check(process: Process, output: Output, name: string, algorithm: string, list: string, options: Options): Task<boolean> {
  const fd = list === '-' ? 0 : process.open(list, O_RDONLY);
  const lines = decode(yield* readAll(process, fd)).split('\n').filter((line) => line !== '');
  if (fd !== 0) process.close(fd);
  let failed = 0;
  let unread = 0;
  let bad = 0;
  for (const line of lines) {
    const match = /^\\?([0-9a-fA-F]{32,128}) [ *](.*)$/.exec(line) ?? /^(?:\S+) \((.*)\) = ([0-9a-fA-F]+)$/.exec(line);
    if (!match) {
      bad++;
      continue;
    }
    const [wanted, path] = line.includes(') = ') ? [match[2]!, match[1]!] : [match[1]!, match[2]!];
    try {
      const good = (yield* digest(process, algorithm, path)) === wanted.toLowerCase();
      if (!good) failed++;
      if (!options.has('status') && !(good && options.has('quiet'))) output.print(`${path}: ${good ? 'OK' : 'FAILED'}\n`);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      if (options.has('ignore-missing') && error.code === 'ENOENT') continue;
      unread++;
      yield* complain(process, `${path}: ${error.message}`);
      output.print(`${path}: FAILED open or read\n`);
    }
  }
  yield* output.flush();
  if (bad === lines.length) {
    yield* complain(process, `${list}: no properly formatted ${name} checksum lines found`);
    return false;
  }
  const told = (count: number, one: string, many: string): string | undefined => (count === 0 ? undefined : `WARNING: ${count} ${count === 1 ? one : many}`);
  for (const text of [told(bad, 'line is improperly formatted', 'lines are improperly formatted'), told(unread, 'listed file could not be read', 'listed files could not be read'), told(failed, 'computed checksum did NOT match', 'computed checksums did NOT match')]) {
    if (text !== undefined && !options.has('status')) yield* complain(process, text);
  }
  return failed === 0 && unread === 0;
}

/** The command for one algorithm of node:crypto. */
export function checksum(name: string, algorithm: string): Main {
  return command(function* (process, output) {
    const options = parseOptions(process.argv, 'cbtwz', LONG);
    const files = options.operands.length > 0 ? options.operands : ['-'];
    let status = 0;
    for (const file of files) {
      try {
        if (options.has('c', 'check')) {
          if (!(yield* check(process, output, name, algorithm, file, options))) status = 1;
          continue;
        }
        const hex = yield* digest(process, algorithm, file);
        const end = options.has('z', 'zero') ? '\0' : '\n';
        output.print(options.has('tag') ? `${name} (${file}) = ${hex}${end}` : `${hex} ${options.has('b', 'binary') ? '*' : ' '}${file}${end}`);
      } catch (error) {
        if (!(error instanceof Errno) || error.code === 'EPIPE') throw error;
        yield* output.flush();
        yield* complain(process, `${file}: ${error.message}`);
        status = 1;
      }
    }
    return status;
  });
}

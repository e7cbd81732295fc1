// rsync between local directories: -a (and the letters in it), -R, -v, --delete, --exclude, --files-from. Remote hosts are not reached.
import { Errno } from '../kernel/errno.js';
import type { Stat } from '../kernel/inode.js';
import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '../kernel/open-file.js';
import type { Process } from '../kernel/process.js';
import { PREEMPT, type Task } from '../kernel/wait.js';
import { command, complain, decode, type Output, parseOptions, readAll, UsageError } from '../programs/stdio.js';
import { compilePattern } from '../shell/patterns.js';

const PIECE_BYTES = 1 << 20;
const SYNTAX_ERROR = 1, PARTIAL = 23;
const LONG = { archive: 'no', recursive: 'no', relative: 'no', verbose: 'no', quiet: 'no', delete: 'no', exclude: 'required', links: 'no', perms: 'no', times: 'no', owner: 'no', group: 'no', 'files-from': 'required' } as const;

interface Job {
  readonly process: Process;
  readonly output: Output;
  readonly recursive: boolean;
  readonly keeps: boolean;
  readonly verbose: boolean;
  readonly deletes: boolean;
  readonly excluded: (path: string, isDirectory: boolean) => boolean;
  status: number;
}

/** rsync's exclude rules as far as scripts use them: anchored by `/`, directories by a trailing `/`, `**` over slashes. */
function excluder(patterns: readonly string[]): Job['excluded'] {
  const rules = patterns.map((pattern) => {
    const directories = pattern.endsWith('/');
    const anchored = pattern.startsWith('/');
    const body = pattern.replace(/^\/|\/$/g, '');
    return { directories, whole: anchored || body.includes('/'), matcher: compilePattern(body.replaceAll('**', '*'), { pathname: !body.includes('**') }) };
  });
  return (path, isDirectory) => rules.some(({ directories, whole, matcher }) => (!directories || isDirectory) && matcher.test(whole ? path : path.slice(path.lastIndexOf('/') + 1)));
}

function lstat(process: Process, path: string): Stat | undefined {
  try {
    return process.files.lstat(path);
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

function makeDirectories(process: Process, path: string): void {
  let at = path.startsWith('/') ? '' : '.';
  for (const name of path.split('/').filter((part) => part !== '' && part !== '.')) {
    at += `/${name}`;
    if (!process.files.exists(at)) process.files.mkdir(at);
  }
}

function* copyFile({ process }: Job, from: string, to: string): Task {
  const input = process.open(from, O_RDONLY);
  const output = process.open(to, O_WRONLY | O_CREAT | O_TRUNC, 0o600);
  try {
    for (;;) {
      const bytes = yield* process.read(input, PIECE_BYTES);
      if (bytes.length === 0) return;
      yield* process.write(output, new Uint8Array(bytes));
      yield PREEMPT;
    }
  } finally {
    for (const fd of [input, output]) if (process.descriptors.find(fd)) process.close(fd);
  }
}

/** Copies one entry; `path` is what exclude rules see. */
function* copyEntry(job: Job, from: string, to: string, path: string): Task {
  const { process } = job;
  const stat = process.files.lstat(from);
  if (path !== '' && job.excluded(path, stat.type === 'directory')) return;
  const existing = lstat(process, to);
  if (stat.type === 'directory') {
    if (!job.recursive) return void job.output.print(`skipping directory ${from}\n`);
    if (existing && existing.type !== 'directory') process.files.unlink(to);
    if (!existing || existing.type !== 'directory') makeDirectories(process, to);
    yield* copyChildren(job, from, to, path);
  } else if (stat.type === 'symlink') {
    if (existing) process.files.unlink(to);
    process.files.symlink(process.files.readlink(from), to);
    return;
  } else if (stat.type === 'file') {
    if (existing?.type === 'file' && existing.sizeBytes === stat.sizeBytes && Math.abs(existing.mtimeMs - stat.mtimeMs) < 1000) return;
    if (existing && existing.type !== 'file') process.files.unlink(to);
    yield* copyFile(job, from, to);
    if (job.verbose) job.output.print(`${path}\n`);
  } else {
    return;
  }
  process.files.chmod(to, stat.mode);
  if (!job.keeps) return;
  if (process.credentials.uid === 0) process.files.chown(to, stat.uid, stat.gid);
  process.files.utimes(to, stat.atimeMs, stat.mtimeMs);
}

function* copyChildren(job: Job, from: string, to: string, path: string): Task {
  const names = job.process.files.readdir(from).map(({ name }) => name).sort();
  for (const name of names) yield* copyEntry(job, `${from}/${name}`, `${to}/${name}`, path === '' ? name : `${path}/${name}`);
  if (!job.deletes) return;
  for (const { name, type } of job.process.files.readdir(to)) {
    if (!names.includes(name) && !job.excluded(path === '' ? name : `${path}/${name}`, type === 'directory')) removeAll(job.process, `${to}/${name}`);
  }
}

function removeAll(process: Process, path: string): void {
  if (process.files.lstat(path).type !== 'directory') return process.files.unlink(path);
  for (const { name } of process.files.readdir(path)) removeAll(process, `${path}/${name}`);
  process.files.rmdir(path);
}

function* copySource(job: Job, source: string, destination: string, relative: boolean): Task {
  const { process } = job;
  const contents = /(^|\/)\.?$/.test(source);
  const trimmed = source.replace(/\/+\.?$/, '') || (source.startsWith('/') ? '/' : '.');
  if (relative) {
    const kept = trimmed.replace(/^.*\/\.\//, '').replace(/^\.?\//, '');
    const place = kept === '.' ? destination : `${destination}/${kept}`;
    makeDirectories(process, place.slice(0, place.lastIndexOf('/')) || '/');
    return yield* copyEntry(job, trimmed, place, kept === '.' ? '' : kept);
  }
  if (contents && process.files.stat(trimmed).type === 'directory') {
    makeDirectories(process, destination);
    return yield* copyEntry(job, trimmed, destination, '');
  }
  const name = trimmed.slice(trimmed.lastIndexOf('/') + 1);
  const isDirectory = process.files.exists(destination) && process.files.stat(destination).type === 'directory';
  yield* copyEntry(job, trimmed, isDirectory ? `${destination}/${name}` : destination, name);
}

export const rsync = command(function* (process, output) {
  const options = parseOptions(process.argv, 'arRvqlptgoDz', LONG, { exitCode: SYNTAX_ERROR });
  const { operands } = options;
  if (operands.length < 2) throw new UsageError('syntax or usage error (code 1)', SYNTAX_ERROR);
  if (operands.some((word) => /^[^/]*:/.test(word))) throw new UsageError('remote hosts are not reached from this machine', SYNTAX_ERROR);
  const sources = operands.slice(0, -1);
  const destination = operands.at(-1)!.replace(/\/+\.?$/, '') || '/';
  const archive = options.has('a', 'archive');
  const job: Job = {
    process, output, recursive: archive || options.has('r', 'recursive'), keeps: archive || options.has('t', 'times'), verbose: options.has('v', 'verbose'),
    deletes: options.has('delete'), excluded: excluder(options.given.get('exclude') ?? []), status: 0,
  };
  const list = options.value('files-from');
  const listed = list === undefined ? undefined : decode(list === '-' ? yield* readAll(process, 0) : process.files.readFile(list)).split('\n').filter((line) => line !== '');
  const relative = options.has('R', 'relative') || listed !== undefined;
  if (sources.length > 1 || relative) makeDirectories(process, destination);
  for (const source of listed ? listed.map((line) => `${sources[0]}/./${line.replace(/^(\.?\/)+/, '')}`) : sources) {
    try {
      yield* copySource(job, source, destination, relative);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* complain(process, `link_stat "${source}" failed: ${error.message} (${error.number})`);
      job.status = PARTIAL;
    }
  }
  return job.status;
});

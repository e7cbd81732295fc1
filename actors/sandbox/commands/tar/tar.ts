// tar: archives of files (https://www.gnu.org/software/tar/manual/); no sparse files, no incremental dumps.
import { Fault } from '../../../runtime/fault.js';
import type { TarEntry } from '../../../streams/tar-entry.js';
import { TarScanner } from '../../../streams/tar-reader.js';
import { Errno } from '../../kernel/errno.js';
import { O_CREAT, O_RDWR, O_TRUNC, O_WRONLY } from '../../kernel/open-file.js';
import { type Process, statusCode } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import type { Task } from '../../kernel/wait.js';
import { isBusybox } from '../../programs/flavour.js';
import { command, complain, decode, encode, Output, readAll, UsageError } from '../../programs/stdio.js';
import { executeOrComplain } from '../common/exec.js';
import { formatDate } from '../common/dates/format.js';
import { zoneOf } from '../common/dates/zone.js';
import { type Coding, type Compressor, DecodedSource, encoderOf, FileSource } from '../compress/coder.js';
import { contentsOf, copyMembers } from './append.js';
import { Comparer } from './compare.js';
import { endOf, Kept, rewrite } from './delete.js';
import { Creator } from './create.js';
import { Extractor } from './extract.js';
import { Exclusions, Selection } from './names.js';
import { type Member, parseTarOptions, type TarOptions } from './options.js';

const FATAL = 2;
/** Of -d, where a file is not as in the archive. */
const DIFFERS = 1;
const DELAYED = 'Exiting with failure status due to previous errors';

/** The lines of `-T` and `-X` files; with --null their NUL-ended names. */
function* namesIn(process: Process, path: string, separator: string): Task<string[]> {
  const bytes = path === '-' ? yield* readAll(process, 0) : process.files.readFile(path);
  return decode(bytes).split(separator).filter((name) => name !== '');
}

function* prepare(process: Process, options: TarOptions): Task<{ members: Member[]; exclusions: Exclusions }> {
  const members = [...options.members];
  const separator = options.flags.has('null') ? '\0' : '\n';
  try {
    for (const path of options.filesFrom) for (const name of yield* namesIn(process, path, separator)) members.push({ folder: options.folder, name });
    for (const path of options.excludeFiles) options.excludes.push(...(yield* namesIn(process, path, '\n')));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new UsageError(`${[...options.filesFrom, ...options.excludeFiles][0]}: Cannot open: ${error.message}`, FATAL);
  }
  return { members, exclusions: new Exclusions(options.excludes, options.flags.has('anchored')) };
}

function openArchive(process: Process, path: string, flags: number): number {
  try {
    return process.open(path, flags);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new UsageError(`${path}: Cannot open: ${error.message}\ntar: Error is not recoverable: exiting now`, FATAL);
  }
}

/** What tar's child says of an archive that is not in its format, and how it ends. */
const NOT_IN_FORMAT: Readonly<Record<Coding, { said: string; status: number }>> = {
  gzip: { said: '\ngzip: stdin: not in gzip format', status: 1 }, bzip2: { said: 'bzip2: (stdin) is not a bzip2 file.', status: 2 }, xz: { said: 'xz: (stdin): File format not recognized', status: 1 },
  lzma: { said: 'xz: (stdin): File format not recognized', status: 1 }, zstd: { said: 'zstd: /*stdin*\\: unsupported format ', status: 1 },
};

function kindOf(options: TarOptions): TarOptions['compression'] {
  if (options.compression !== undefined || !options.flags.has('auto-compress')) return options.compression;
  const name = options.file ?? '';
  return /\.(tar\.gz|tgz|taz)$/.test(name) ? 'gzip' : /\.(tar\.bz2|tbz2?|tb2)$/.test(name) ? 'bzip2' : /\.(tar\.xz|txz|tlz)$/.test(name) ? 'xz' : /\.tar\.lzma$/.test(name) ? 'lzma' : /\.(tar\.zst|tzst)$/.test(name) ? 'zstd' : undefined;
}

/** Starts the program of `-I` between the archive and tar's own end of a pipe, which is given with it. */
function throughProgram(process: Process, argv: readonly string[], archive: number, direction: 'into' | 'out of'): { child: Process; fd: number } {
  const [reader, writer] = process.pipe();
  const [theirs, ours] = direction === 'into' ? [reader, writer] : [writer, reader];
  const child = process.fork(function* program(self) {
    self.dup2(theirs, direction === 'into' ? 0 : 1);
    self.dup2(archive, direction === 'into' ? 1 : 0);
    for (const fd of [reader, writer, archive]) if (fd > 1) self.close(fd);
    yield* executeOrComplain(self, argv, self.env, (name, why) => `tar (child): ${name}: Cannot exec: ${why}\ntar (child): Error is not recoverable: exiting now`);
    return FATAL;
  });
  process.close(theirs);
  return { child, fd: ours };
}

/** Waits for the program of `-I`; whether it did well. */
function* programDidWell(process: Process, child: Process): Task<boolean> {
  yield* process.wait([child]);
  const code = statusCode(child.status!);
  if (code !== 0) yield* complain(process, `Child returned status ${code}\ntar: Error is not recoverable: exiting now`);
  return code === 0;
}

function* create(process: Process, options: TarOptions): Task<number> {
  const { members, exclusions } = yield* prepare(process, options);
  if (members.length === 0) throw new UsageError("Cowardly refusing to create an empty archive\nTry 'tar --help' or 'tar --usage' for more information.", FATAL);
  const kind = kindOf(options);
  const encoder: Compressor | undefined = kind === undefined ? undefined : encoderOf(kind, undefined);
  const isStdout = options.file === undefined || options.file === '-';
  const archive = isStdout ? 1 : openArchive(process, options.file!, O_WRONLY | O_CREAT | O_TRUNC);
  const through = options.program && throughProgram(process, options.program, archive, 'into');
  const fd = through?.fd ?? archive;
  const output = new Output(process, fd);
  const said: string[] = [];
  const write = function* (bytes: Uint8Array): Task {
    for (const piece of encoder ? yield* encoder.add(bytes) : [bytes]) output.print(piece);
    if (output.isFull) yield* output.flush();
    if (said.length > 0) yield* process.write(isStdout ? 2 : 1, encode(said.splice(0).map((line) => `${line}\n`).join('')));
  };
  const creator = new Creator(process, options, exclusions, write, (line) => said.push(line), isStdout ? undefined : process.files.stat(options.file!));
  for (const member of members) yield* creator.add(member);
  yield* creator.end();
  if (encoder) for (const piece of yield* encoder.end()) output.print(piece);
  yield* output.flush();
  if (through) process.close(fd);
  if (!isStdout) process.close(archive);
  if (through && !(yield* programDidWell(process, through.child))) return FATAL;
  return yield* status(process, creator.failed);
}

/** -r, -u and -A: what is new takes the place of what ended the archive. */
function* append(process: Process, options: TarOptions): Task<number> {
  if (options.compression !== undefined) throw new UsageError("Cannot update compressed archives\nTry 'tar --help' or 'tar --usage' for more information.", FATAL);
  if (options.file === undefined || options.file === '-') throw new UsageError("Options '-Aru' are incompatible with '-f -'\nTry 'tar --help' or 'tar --usage' for more information.", FATAL);
  const { members, exclusions } = yield* prepare(process, options);
  const archive = openArchive(process, options.file, O_RDWR | O_CREAT);
  const contents = yield* contentsOf(process, archive);
  process.descriptors.get(archive).seek(contents.endBytes, 'set');
  const output = new Output(process, archive);
  const said: string[] = [];
  const write = function* (bytes: Uint8Array): Task {
    output.print(bytes);
    if (output.isFull) yield* output.flush();
    if (said.length > 0) yield* process.write(1, encode(said.splice(0).map((line) => `${line}\n`).join('')));
  };
  const creator = new Creator(process, options, exclusions, write, (line) => said.push(line), process.files.stat(options.file), contents);
  for (const member of members) {
    if (options.mode === 'concatenate') yield* concatenate(process, creator, member);
    else yield* creator.add(member);
  }
  yield* creator.end();
  yield* output.flush();
  process.close(archive);
  return yield* status(process, creator.failed);
}

function* concatenate(process: Process, creator: Creator, { folder, name }: Member): Task {
  let fd: number | undefined;
  try {
    fd = process.open(folder === '.' || name.startsWith('/') ? name : `${folder}/${name}`, 0);
    yield* copyMembers(process, fd, (bytes) => creator.put(bytes));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    creator.failed = true;
    yield* complain(process, `${name}: Cannot open: ${error.message}`);
  } finally {
    if (fd !== undefined) process.close(fd);
  }
}

function* status(process: Process, failed: boolean): Task<number> {
  if (failed) yield* complain(process, DELAYED);
  return failed ? FATAL : 0;
}

function* read(process: Process, options: TarOptions): Task<number> {
  const { members, exclusions } = yield* prepare(process, options);
  const isStdin = options.file === undefined || options.file === '-';
  const archive = isStdin ? 0 : openArchive(process, options.file!, 0);
  const through = options.program && throughProgram(process, [...options.program, '-d'], archive, 'out of');
  const fd = through?.fd ?? archive;
  const said: string[] = [];
  const selection = new Selection(members.map(({ name }) => name), options.flags.has('wildcards'));
  const say = (line: string): void => void said.push(line);
  const extractor = options.mode === 'compare' ? new Comparer(process, options, exclusions, selection, say) : new Extractor(process, options, exclusions, selection, say, clock(process));
  const queue: (TarEntry | Uint8Array)[] = [];
  const scanner = new TarScanner({ entry: (entry) => queue.push(entry), data: (bytes) => queue.push(bytes) });
  let isInside = false;
  const work = function* (): Task {
    for (const item of queue.splice(0)) {
      if (item instanceof Uint8Array) yield* extractor.data(item);
      else {
        if (isInside) yield* extractor.endOfMember();
        isInside = true;
        yield* extractor.entry(item);
      }
    }
    const to = options.mode === 'extract' && options.flags.has('to-stdout') ? 2 : 1;
    if (said.length > 0) yield* process.write(to, encode(said.splice(0).map((line) => `${line}\n`).join('')));
  };
  const file = new FileSource(process, fd);
  const source = new DecodedSource(file);
  let total = 0;
  try {
    for (let chunk = yield* source.next(); chunk !== undefined; chunk = yield* source.next()) {
      if (total === 0 && options.compression !== undefined && source.kind !== options.compression) {
        const { said, status: code } = NOT_IN_FORMAT[options.compression];
        yield* process.write(2, encode(`${isBusybox(process) ? 'tar: invalid magic\ntar: short read' : `${said}\ntar: Child returned status ${code}\ntar: Error is not recoverable: exiting now`}\n`));
        return FATAL;
      }
      total += chunk.length;
      // Copied: what is scanned is kept until its turn, and the coder may use its buffer again.
      scanner.write(new Uint8Array(chunk));
      yield* work();
    }
    if (file.sizeBytes === 0 && !through) {
      const compressed = options.compression !== undefined && !isBusybox(process) ? `\n${options.compression}: stdin: unexpected end of file` : '';
      if (compressed !== '') yield* process.write(2, encode(`${compressed}\n`));
      return yield* empty(process, compressed !== '');
    }
    scanner.end();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    yield* complain(process, `${/EOF/.test(error.message) && total > 0 ? 'Unexpected EOF in archive' : 'This does not look like a tar archive\ntar: Skipping to next header'}\ntar: ${/EOF/.test(error.message) && total > 0 ? 'Error is not recoverable: exiting now' : DELAYED}`);
    return FATAL;
  }
  if (isInside) yield* extractor.endOfMember();
  yield* extractor.end();
  if (through) process.close(fd);
  if (!isStdin) process.close(archive);
  if (through && !(yield* programDidWell(process, through.child))) return FATAL;
  if (said.length > 0) yield* work();
  const code = yield* status(process, extractor.failed);
  return code === 0 && extractor instanceof Comparer && extractor.differs ? DIFFERS : code;
}

/** --delete. */
function* remove(process: Process, options: TarOptions): Task<number> {
  if (kindOf(options) !== undefined) throw new UsageError("Cannot update compressed archives\nTry 'tar --help' or 'tar --usage' for more information.", FATAL);
  const { members } = yield* prepare(process, options);
  const selection = new Selection(members.map(({ name }) => name), options.flags.has('wildcards'));
  const kept = new Kept(selection);
  if (options.file === undefined || options.file === '-') {
    const bytes = yield* readAll(process, 0);
    kept.scanner.write(bytes);
    const parts = kept.stretches.map(({ from, to }) => bytes.subarray(from, to));
    yield* process.write(1, Buffer.concat([...parts, endOf(parts.reduce((sum, { length }) => sum + length, 0))]));
  } else {
    const archive = openArchive(process, options.file, O_RDWR);
    // What is compressed, cut or no archive is refused before anything is written.
    yield* contentsOf(process, archive);
    process.descriptors.get(archive).seek(0, 'set');
    for (let chunk = yield* process.read(archive); chunk.length > 0 && !kept.scanner.done; chunk = yield* process.read(archive)) kept.scanner.write(chunk);
    if (selection.missing.length < members.length) yield* rewrite(process, archive, options.file, kept.stretches);
    process.close(archive);
  }
  for (const name of selection.missing) yield* complain(process, `${name}: Not found in archive`);
  return yield* status(process, selection.missing.length > 0);
}

/** Not even the blocks that end an archive. */
function* empty(process: Process, compressed: boolean): Task<number> {
  if (isBusybox(process)) {
    yield* complain(process, 'short read');
    return 1;
  }
  yield* complain(process, compressed ? 'Child returned status 1\ntar: Error is not recoverable: exiting now' : `This does not look like a tar archive\ntar: ${DELAYED}`);
  return FATAL;
}

/** `2024-01-31 12:00` (busybox: with seconds) in the process's time zone. */
function clock(process: Process): (ms: number) => string {
  const zone = zoneOf(process);
  const format = isBusybox(process) ? '%Y-%m-%d %H:%M:%S' : '%Y-%m-%d %H:%M';
  return (ms) => formatDate(format, ms, zone);
}

export const tar: Main = command(function* (process) {
  const options = parseTarOptions(process.argv);
  if (options.folder !== '.' && !process.files.exists(options.folder)) {
    throw new UsageError(`${options.folder}: Cannot open: No such file or directory\ntar: Error is not recoverable: exiting now`, FATAL);
  }
  if (options.mode === 'create') return yield* create(process, options);
  if (options.mode === 'delete') return yield* remove(process, options);
  return options.mode === 'extract' || options.mode === 'list' || options.mode === 'compare' ? yield* read(process, options) : yield* append(process, options);
});

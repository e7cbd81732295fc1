// unzip and zipinfo: lists, tests and extracts zip archives (Info-ZIP's, without encryption).
import { exists } from '../common/exists.js';
import { createInflateRaw, crc32 } from 'node:zlib';
import { Errno, isErrno } from '../../kernel/errno.js';
import { O_CREAT, O_EXCL, O_TRUNC, O_WRONLY } from '../../kernel/open-file.js';
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { command, decode, encode, type Output } from '../../programs/stdio.js';
import { zoneOf } from '../common/dates/zone.js';
import { fromWall } from '../common/dates/parse.js';
import { compileGlob } from '../common/glob.js';
import { Encoder } from '../compress/coder.js';
import { dataOffset, DEFLATED, dosFields, ENCRYPTED_FLAG, NotZip, readDirectory, STORED, type ZipEntry } from './archive.js';
import { infoList, longList, shortList } from './list.js';
import { parseUnzip, type UnzipOptions, UnzipUsage } from './unzip-options.js';

const PIECE_BYTES = 65536;
const S_IFMT = 0o170000;
const S_IFLNK = 0o120000;
const NO_MATCH = 11;
const NO_ZIP = 9;
const WARNING = 1;
const BAD_DATA = 2;

/** Something that ends the work on a member; the words follow its name. */
class MemberFault extends Error {}

class Unzip {
  readonly #process: Process;
  readonly #output: Output;
  readonly #options: UnzipOptions;
  readonly #file: number;
  readonly #links: { path: string; target: string }[] = [];
  #overwrite: 'ask' | 'all' | 'none';
  status = 0;

  constructor(process: Process, output: Output, options: UnzipOptions, file: number) {
    this.#process = process;
    this.#output = output;
    this.#options = options;
    this.#file = file;
    this.#overwrite = options.overwrite;
  }

  #readAt = (offset: number, lengthBytes: number): Uint8Array => this.#process.descriptors.get(this.#file).inode!.readAt(offset, lengthBytes);

  *run(archive: string): Task<number> {
    const { sizeBytes } = this.#process.descriptors.get(this.#file).stat();
    const { entries } = readDirectory(this.#readAt, sizeBytes);
    const { mode, quiet } = this.#options;
    const chosen = yield* this.#choose(entries);
    if (mode === 'list') this.#output.print(shortList(archive, chosen, quiet));
    else if (mode === 'verbose') this.#output.print(longList(archive, chosen, quiet));
    else if (mode === 'info') this.#output.print(infoList(archive, sizeBytes, entries.length, chosen, this.#options.info));
    else yield* this.#extract(archive, chosen);
    return this.status;
  }

  /** The members that are wanted; patterns that want nothing are complained about. */
  *#choose(entries: readonly ZipEntry[]): Task<ZipEntry[]> {
    const { patterns, excludes, ignoreCase, mode } = this.#options;
    const wanted = patterns.map((pattern) => [pattern, compileGlob(pattern, { ignoreCase })] as const);
    const unwanted = excludes.map((pattern) => compileGlob(pattern, { ignoreCase }));
    const chosen = entries.filter(({ name }) => (wanted.length === 0 || wanted.some(([, match]) => match(name))) && !unwanted.some((match) => match(name)));
    if (mode === 'list' || mode === 'verbose') return chosen;
    for (const [pattern, match] of wanted) {
      if (entries.some(({ name }) => match(name))) continue;
      yield* this.#say(`caution: filename not matched:  ${pattern}\n`);
      this.status = NO_MATCH;
    }
    return chosen;
  }

  *#say(text: string): Task {
    yield* this.#output.flush();
    yield* this.#process.write(2, encode(text));
  }

  #note(text: string): void {
    if (this.#options.quiet === 0 && this.#options.mode !== 'pipe') this.#output.print(text);
  }

  *#extract(archive: string, entries: readonly ZipEntry[]): Task {
    const { mode, folder } = this.#options;
    this.#note(`Archive:  ${archive}\n`);
    if (folder !== undefined && mode === 'extract' && !this.#process.files.exists(folder)) this.#process.files.mkdir(folder);
    let broken = 0;
    const folders: ZipEntry[] = [];
    for (const entry of entries) {
      try {
        if (mode === 'extract' && entry.name.endsWith('/') && this.#target(entry) !== undefined) folders.push(entry);
        yield* this.#member(entry);
      } catch (error) {
        if (!(error instanceof MemberFault || error instanceof Errno || error instanceof NotZip) || isErrno(error, 'EPIPE')) throw error;
        yield* this.#output.flush();
        yield* this.#say(error instanceof Errno ? `error:  cannot create ${entry.name}\n        ${error.message}\n` : ` ${error.message}\n`);
        broken++;
        this.status = Math.max(this.status, error instanceof Errno ? 50 : BAD_DATA);
      }
      if (this.#output.isFull) yield* this.#output.flush();
    }
    this.#finishLinks();
    if (mode === 'extract') for (const entry of folders.reverse()) this.#attributes(this.#target(entry)!, entry);
    if (mode === 'test') this.#output.print(broken > 0 ? `At least one error was detected in ${archive}.\n` : entries.length === 0 ? `Caution:  zero files tested in ${archive}.\n` : `No errors detected in compressed data of ${archive}.\n`);
  }

  /** Where a member goes: never above or outside of the folder. */
  #target(entry: ZipEntry): string | undefined {
    const { folder, junkPaths, lowercase } = this.#options;
    const parts = entry.name.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
    const kept = junkPaths ? parts.slice(-1) : parts;
    if (kept.length === 0 || (junkPaths && entry.name.endsWith('/'))) return undefined;
    const name = lowercase ? kept.join('/').toLowerCase() : kept.join('/');
    return folder === undefined ? name : `${folder.replace(/\/+$/, '')}/${name}`;
  }

  *#member(entry: ZipEntry): Task {
    const { mode } = this.#options;
    const isFolder = entry.name.endsWith('/');
    if (mode === 'pipe' || mode === 'console' || mode === 'test') {
      if (isFolder && mode !== 'test') return;
      if (mode !== 'pipe') this.#note(`${(mode === 'test' ? 'test' : verbOf(entry)).padStart(8)}ing: ${entry.name.padEnd(22)}  ${mode === 'test' ? '' : '\n'}`);
      yield* this.#data(entry, mode === 'test' ? discard : (bytes) => this.#print(bytes));
      if (mode === 'test') this.#note(' OK\n');
      else if (mode === 'console') this.#note('\n');
      return;
    }
    if (/(?:^|\/)\.\.\//.test(entry.name)) yield* this.#warn(`warning:  skipped "../" path component(s) in ${entry.name}\n`);
    if (entry.name.startsWith('/')) yield* this.#warn(`warning:  stripped absolute path spec from ${entry.name}\n`);
    const path = this.#target(entry);
    if (path === undefined) return;
    if (isFolder) return this.#makeFolder(path);
    yield* this.#write(entry, path);
  }

  *#warn(text: string): Task {
    yield* this.#say(text);
    this.status ||= WARNING;
  }

  #makeFolder(path: string): void {
    this.#makeParents(path);
    if (this.#process.files.exists(path)) return;
    this.#process.files.mkdir(path);
    this.#note(`   creating: ${path}/\n`);
  }

  #makeParents(path: string): void {
    for (let at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1)) {
      const folder = path.slice(0, at);
      if (!this.#process.files.exists(folder)) this.#process.files.mkdir(folder);
    }
  }

  *#write(entry: ZipEntry, given: string): Task {
    const { files } = this.#process;
    let path: string | undefined = given;
    const { freshen, update } = this.#options;
    const old = exists(this.#process, path);
    if (old && (freshen || update) && files.lstat(path).mtimeMs >= this.#mtimeMs(entry)) return;
    if (!old && freshen) return;
    if (old && this.#overwrite !== 'all' && files.lstat(path).type === 'symlink') this.#output.print(`${path} exists and is a symbolic link${files.exists(path) ? '' : ' with no real file'}.\n`);
    if (old) path = yield* this.#replaced(path);
    if (path === undefined) return;
    this.#makeParents(path);
    if ((entry.mode & S_IFMT) === S_IFLNK) {
      const parts: Uint8Array[] = [];
      yield* this.#data(entry, function* collect(bytes): Task {
        parts.push(new Uint8Array(bytes));
      });
      const target = decode(Buffer.concat(parts));
      this.#links.push({ path, target });
      this.#note(`    linking: ${path.padEnd(22)}  -> ${target} \n`);
      return;
    }
    const note = `${verbOf(entry).padStart(8)}ing: ${path.padEnd(22)}  `;
    const fd = this.#process.open(path, O_WRONLY | O_CREAT | O_EXCL | O_TRUNC, 0o600);
    this.#note(note);
    try {
      yield* this.#data(entry, (bytes) => this.#process.write(fd, new Uint8Array(bytes)));
    } finally {
      this.#process.close(fd);
    }
    this.#note('\n');
    this.#attributes(path, entry);
  }

  /** The name to write to in the place of what is there; undefined to leave it. */
  *#replaced(path: string): Task<string | undefined> {
    if (this.#overwrite === 'none') return undefined;
    if (this.#overwrite === 'ask') {
      yield* this.#say(`replace ${path}? [y]es, [n]o, [A]ll, [N]one, [r]ename: `);
      const answer = yield* this.#answer();
      if (answer === undefined) {
        yield* this.#say(' NULL\n(EOF or read error, treating as "[N]one" ...)\n');
        this.#overwrite = 'none';
        this.status ||= WARNING;
        return undefined;
      }
      if (answer.startsWith('r')) {
        yield* this.#say('new name: ');
        return (yield* this.#answer()) ?? undefined;
      }
      if (answer.startsWith('N')) this.#overwrite = 'none';
      if (/^[nN]/.test(answer)) return undefined;
      if (answer.startsWith('A')) this.#overwrite = 'all';
      else if (!/^y/i.test(answer)) return yield* this.#replaced(path);
    }
    this.#process.files.unlink(path);
    return path;
  }

  *#answer(): Task<string | undefined> {
    const bytes: number[] = [];
    for (;;) {
      const byte = yield* this.#process.read(0, 1);
      if (byte.length === 0) return bytes.length === 0 ? undefined : decode(Uint8Array.from(bytes));
      if (byte[0] === 10) return decode(Uint8Array.from(bytes));
      bytes.push(byte[0]!);
    }
  }

  *#print(bytes: Uint8Array): Task {
    yield* this.#output.flush();
    yield* this.#process.write(1, new Uint8Array(bytes));
  }

  /** A member's bytes, checked. */
  *#data(entry: ZipEntry, to: (bytes: Uint8Array) => Task): Task {
    if ((entry.flags & ENCRYPTED_FLAG) !== 0) throw new MemberFault('unable to get password');
    if (entry.method !== STORED && entry.method !== DEFLATED) throw new MemberFault(`unsupported compression method ${entry.method}`);
    let crc = 0;
    const take = function* (bytes: Uint8Array): Task {
      crc = crc32(bytes, crc);
      yield* to(bytes);
    };
    const start = dataOffset(this.#readAt, entry);
    const inflater = entry.method === DEFLATED ? createInflateRaw() : undefined;
    // A broken stream is told of by the write that failed.
    inflater?.on('error', () => undefined);
    const decoder = inflater && new Encoder(inflater);
    try {
      for (let at = 0; at < entry.packedBytes; at += PIECE_BYTES) {
        const piece = this.#readAt(start + at, Math.min(PIECE_BYTES, entry.packedBytes - at));
        if (piece.length === 0) throw new MemberFault('unexpected end of file');
        for (const bytes of decoder ? yield* decoder.add(new Uint8Array(piece)) : [piece]) yield* take(bytes);
        yield PREEMPT;
      }
      if (decoder) for (const bytes of yield* decoder.end()) yield* take(bytes);
    } catch (error) {
      if ((error as { code?: string }).code?.startsWith('Z_') === true) throw new MemberFault('invalid compressed data to inflate');
      throw error;
    }
    if (crc !== entry.crc) throw new MemberFault(`bad CRC ${crc.toString(16).padStart(8, '0')}  (should be ${entry.crc.toString(16).padStart(8, '0')})`);
  }

  #mtimeMs(entry: ZipEntry): number {
    if (entry.mtimeSeconds !== undefined) return entry.mtimeSeconds * 1000;
    const [year, month, day, hours, minutes, seconds] = dosFields(entry.dosTime);
    return fromWall(Date.UTC(year, month - 1, day, hours, minutes, seconds), zoneOf(this.#process));
  }

  #attributes(path: string, entry: ZipEntry): void {
    const { files } = this.#process;
    if (entry.mode !== 0) files.chmod(path, entry.mode & (this.#options.keepsSetIds ? 0o7777 : 0o777));
    else files.chmod(path, (entry.name.endsWith('/') ? 0o777 : 0o666) & ~this.#process.umask);
    if (this.#options.restoresOwner && entry.owner) files.chown(path, entry.owner.uid, entry.owner.gid);
    const mtimeMs = this.#mtimeMs(entry);
    files.utimes(path, mtimeMs, mtimeMs);
  }

  /** Symlinks come last, so that nothing is written through them. */
  #finishLinks(): void {
    if (this.#links.length === 0) return;
    this.#note('finishing deferred symbolic links:\n');
    for (const { path, target } of this.#links) {
      this.#process.files.symlink(target, path);
      this.#note(`  ${path.padEnd(22)} -> ${target}\n`);
    }
  }
}

const verbOf = (entry: ZipEntry): string => (entry.method === STORED ? 'extract' : 'inflat');

// oxlint-disable-next-line require-yield
function* discard(): Task {
  return;
}

function openArchive(process: Process, name: string): { fd: number; path: string } | undefined {
  for (const path of [name, `${name}.zip`, `${name}.ZIP`]) {
    try {
      const fd = process.open(path, 0);
      if (process.descriptors.get(fd).inode?.type === 'file') return { fd, path };
      process.close(fd);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }
  return undefined;
}

function unzipCommand(isInfo: boolean): Main {
  return command(function* (process, output) {
    const say = (text: string): Task => process.write(2, encode(text));
    let options: UnzipOptions;
    try {
      options = parseUnzip(process.argv, isInfo);
    } catch (error) {
      if (!(error instanceof UnzipUsage)) throw error;
      yield* process.write(error.exitCode === 0 ? 1 : 2, encode(error.message));
      return error.exitCode;
    }
    const name = isInfo || options.mode === 'info' ? 'zipinfo' : 'unzip';
    const opened = openArchive(process, options.archive);
    if (!opened) {
      yield* say(`${name}:  cannot find or open ${options.archive}, ${options.archive}.zip or ${options.archive}.ZIP.\n`);
      return NO_ZIP;
    }
    try {
      return yield* new Unzip(process, output, options, opened.fd).run(opened.path);
    } catch (error) {
      if (!(error instanceof NotZip)) throw error;
      if (options.mode !== 'pipe' && options.quiet === 0) output.print(`Archive:  ${opened.path}\n`);
      yield* output.flush();
      yield* say(`${options.quiet > 0 ? `[${opened.path}]\n` : ''}  End-of-central-directory signature not found.  Either this file is not\n  a zipfile, or it constitutes one disk of a multi-part archive.  In the\n  latter case the central directory and zipfile comment will be found on\n  the last disk(s) of this archive.\n${name}:  cannot find zipfile directory in one of ${opened.path} or\n        ${opened.path}.zip, and cannot find ${opened.path}.ZIP, period.\n`);
      return NO_ZIP;
    } finally {
      process.close(opened.fd);
    }
  });
}

export const unzip = unzipCommand(false);
export const zipinfo = unzipCommand(true);

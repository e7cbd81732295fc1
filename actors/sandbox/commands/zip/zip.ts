// zip: files into zip archives, which are written anew beside the old one and take its place when whole (Info-ZIP's, without encryption and splitting).
import { crc32, createDeflateRaw } from 'node:zlib';
import { Errno } from '../../kernel/errno.js';
import type { Stat } from '../../kernel/inode.js';
import { O_CREAT, O_EXCL, O_WRONLY } from '../../kernel/open-file.js';
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { command, decode, encode, type Output, readAll } from '../../programs/stdio.js';
import { nowMs } from '../common/dates/now.js';
import { zoneOf } from '../common/dates/zone.js';
import { compileGlob } from '../common/glob.js';
import { TYPE_BITS } from '../common/mode.js';
import { Encoder } from '../compress/coder.js';
import { dataOffset, DEFLATED, directoryBytes, dosTimeOf, localHeader, MADE_BY, nameFlags, NotZip, type ReadAt, readDirectory, STORED, type ZipEntry } from './archive.js';
import { savedPercent } from './list.js';
import { parseZip, ZIP_USAGE, type ZipOptions, ZipUsage } from './zip-options.js';

const PIECE_BYTES = 65536;
const NOTHING = 12;
const BAD_FORMAT = 3;
const NOT_OPENED = 18;

/** A file to be in the archive. */
interface Source {
  name: string;
  path: string;
  stat: Stat | undefined;
}

/** An archive's member: from the old one, or new with its packed bytes. */
interface Kept {
  entry: ZipEntry;
  /** Header and data. */
  write(to: (bytes: Uint8Array) => Task): Task;
}

class Zip {
  readonly #process: Process;
  readonly #output: Output;
  readonly #options: ZipOptions;
  readonly #include: ((name: string) => boolean) | undefined;
  readonly #exclude: (name: string) => boolean;
  readonly #path: string;
  readonly #isStdout: boolean;
  #old: ZipEntry[] = [];
  #comment = '';
  #oldFd: number | undefined;
  #status = 0;

  constructor(process: Process, output: Output, options: ZipOptions) {
    this.#process = process;
    this.#output = output;
    this.#options = options;
    const any = (patterns: readonly string[]): ((name: string) => boolean) => {
      const tests = patterns.map((pattern) => compileGlob(pattern));
      return (name) => tests.some((test) => test(name));
    };
    this.#include = options.includes && any(options.includes);
    this.#exclude = any(options.excludes);
    this.#isStdout = options.archive === '-';
    const archive = options.archive!;
    this.#path = this.#isStdout || /\.[^/]*$/.test(archive.split('/').at(-1)!) || this.#isFile(archive) ? archive : `${archive}.zip`;
  }

  #isFile(path: string): boolean {
    return this.#process.files.exists(path) && this.#process.files.stat(path).type === 'file';
  }

  *run(): Task<number> {
    this.#open();
    if (this.#options.lists && this.#options.names.length === 0) return this.#show();
    const { mode } = this.#options;
    const kept = mode === 'delete' ? yield* this.#without() : yield* this.#withFiles();
    if (kept === undefined) {
      yield* this.#output.flush();
      if (mode === 'update' || mode === 'freshen') return NOTHING;
      yield* this.#process.write(this.#isStdout ? 2 : 1, encode(`\nzip error: Nothing to do! (${this.#path})\n`));
      return NOTHING;
    }
    yield* this.#write(kept.members);
    if (this.#options.verbose) this.#total(kept.members);
    if (this.#options.test && !this.#isStdout) this.#print(`test of ${this.#path} OK\n`);
    if (this.#options.move) for (const path of kept.sources.reverse()) this.#remove(path);
    return this.#status;
  }

  #total(members: readonly Kept[]): void {
    const [plain, packed] = members.reduce(([a, b], { entry }) => [a + entry.plainBytes, b + entry.packedBytes], [0, 0]);
    this.#print(`total bytes=${plain}, compressed=${packed} -> ${savedPercent(plain, packed)}% savings\n`);
  }

  #print(text: string): void {
    if (!this.#options.quiet && !this.#isStdout) this.#output.print(text);
  }

  /** Warnings are among the messages, which an archive on standard output sends to standard error. */
  *#warn(text: string): Task {
    yield* this.#output.flush();
    yield* this.#process.write(this.#isStdout ? 2 : 1, encode(`\tzip warning: ${text}\n`));
  }

  #readAt: ReadAt = (offset, lengthBytes) => this.#process.descriptors.get(this.#oldFd!).inode!.readAt(offset, lengthBytes);

  #open(): void {
    if (this.#isStdout || !this.#isFile(this.#path)) return;
    this.#oldFd = this.#process.open(this.#path, 0);
    const { sizeBytes } = this.#process.descriptors.get(this.#oldFd).stat();
    const { entries, comment } = readDirectory(this.#readAt, sizeBytes);
    this.#old = entries;
    this.#comment = comment;
  }

  #show(): number {
    const total = this.#old.reduce((sum, { plainBytes }) => sum + plainBytes, 0);
    this.#output.print(`Archive contains:\n${this.#old.map(({ name }) => `  ${name}\n`).join('')}Total ${this.#old.length} entries (${total} bytes)\n`);
    return 0;
  }

  *#without(): Task<{ members: Kept[]; sources: string[] } | undefined> {
    const members = this.#old.map((entry) => this.#oldMember(entry));
    const unwanted = new Set<Kept>();
    for (const name of this.#options.names) {
      const matches = compileGlob(name);
      const found = members.filter(({ entry }) => matches(entry.name) && !this.#exclude(entry.name));
      if (found.length === 0) yield* this.#warn(`name not matched: ${name}`);
      for (const each of found) unwanted.add(each);
    }
    if (unwanted.size === 0) return undefined;
    for (const { entry } of unwanted) this.#print(`deleting: ${entry.name}\n`);
    return { members: members.filter((each) => !unwanted.has(each)), sources: [] };
  }

  #oldMember(entry: ZipEntry): Kept {
    const readAt = this.#readAt;
    return {
      entry,
      *write(to) {
        const end = dataOffset(readAt, entry) + entry.packedBytes;
        // The header as it was, but without what a streaming writer had put behind the data.
        entry.flags &= ~8;
        yield* to(localHeader(entry));
        for (let at = end - entry.packedBytes; at < end; at += PIECE_BYTES) {
          yield* to(new Uint8Array(readAt(at, Math.min(PIECE_BYTES, end - at))));
          yield PREEMPT;
        }
      },
    };
  }

  *#withFiles(): Task<{ members: Kept[]; sources: string[] } | undefined> {
    const { mode, sync } = this.#options;
    const sources = yield* this.#sources();
    const wanted = new Map(sources.map((source) => [source.name, source]));
    const members: Kept[] = [];
    const stored: string[] = [];
    let changes = 0;
    for (const entry of this.#old) {
      const source = wanted.get(entry.name);
      wanted.delete(entry.name);
      const isNewer = source !== undefined && (source.stat === undefined || Math.floor(source.stat.mtimeMs / 1000) > (entry.mtimeSeconds ?? 0));
      if (source && (isNewer || (mode === 'add' && !sync))) {
        members.push(yield* this.#newMember(source, mode === 'freshen' ? 'freshening' : 'updating'));
        stored.push(source.path);
        changes++;
      } else if (!source && sync) {
        this.#print(`deleting: ${entry.name}\n`);
        changes++;
      } else members.push(this.#oldMember(entry));
    }
    for (const source of mode === 'freshen' ? [] : wanted.values()) {
      members.push(yield* this.#newMember(source, '  adding'));
      stored.push(source.path);
      changes++;
    }
    return changes === 0 ? undefined : { members, sources: stored };
  }

  *#sources(): Task<Source[]> {
    const { names, namesFromInput, mode } = this.#options;
    const given = namesFromInput ? decode(yield* readAll(this.#process, 0)).split('\n').filter((line) => line !== '') : names;
    const found = new Map<string, Source>();
    const all = given.length === 0 && mode !== 'add' ? this.#old.map(({ name }) => name) : given;
    for (const name of all) {
      if (name === '-') found.set('-', { name: '-', path: '-', stat: undefined });
      else yield* this.#find(name, name, found);
    }
    return [...found.values()];
  }

  *#find(path: string, given: string | undefined, found: Map<string, Source>): Task {
    const { files } = this.#process;
    const { symlinks, recurse, noDirectories, junkPaths, mode } = this.#options;
    let stat: Stat;
    try {
      stat = symlinks ? files.lstat(path) : files.stat(path);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      if (mode !== 'freshen' || given === undefined) {
        yield* this.#warn(`${given === undefined ? `could not open for reading: ${path}` : `name not matched: ${given}`}`);
        if (given === undefined) this.#status = NOT_OPENED;
      }
      return;
    }
    const isFolder = stat.type === 'directory';
    const whole = path.replace(/^(?:\.?\/+)+/, '').replace(/\/+$/, '');
    const name = junkPaths ? (isFolder ? '' : whole.split('/').at(-1)!) : isFolder && whole !== '' && whole !== '.' ? `${whole}/` : whole === '.' ? '' : whole;
    if (stat.type === 'file' && !this.#isStdout && this.#isFile(this.#path) && files.stat(this.#path).ino === stat.ino) return;
    if (name !== '' && !(isFolder && noDirectories) && this.#isWanted(name) && (isFolder || stat.type === 'file' || stat.type === 'symlink')) found.set(name, { name, path, stat });
    if (!isFolder || !recurse) return;
    yield PREEMPT;
    let entries: string[];
    try {
      entries = files.readdir(path).map((each) => each.name).filter((each) => each !== '.' && each !== '..');
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* this.#warn(`could not open for reading: ${path}`);
      this.#status = NOT_OPENED;
      return;
    }
    for (const each of entries) yield* this.#find(`${path.replace(/\/+$/, '')}/${each}`, undefined, found);
  }

  #isWanted(name: string): boolean {
    return (this.#include?.(name) ?? true) && !this.#exclude(name);
  }

  *#newMember({ name, path, stat }: Source, verb: string): Task<Kept> {
    const { mtimeMs, mode, type } = stat ?? { mtimeMs: nowMs(), mode: 0o600, type: 'fifo' as const };
    const wall = dosTimeOf(Math.floor(mtimeMs / 1000) * 1000, zoneOf(this.#process).offsetSeconds(mtimeMs));
    const entry: ZipEntry = {
      name, method: STORED, flags: nameFlags(name), crc: 0, packedBytes: 0, plainBytes: 0, dosTime: wall, mtimeSeconds: this.#options.noExtra ? undefined : Math.floor(mtimeMs / 1000), madeBy: MADE_BY, mode: TYPE_BITS[type] | mode, isText: false,
      extraBytes: 0, offset: 0, owner: stat && { uid: stat.uid, gid: stat.gid },
    };
    const chunks = type === 'directory' ? [] : type === 'symlink' ? [encode(this.#process.files.readlink(path))] : yield* this.#content(path);
    for (const chunk of chunks) entry.crc = crc32(chunk, entry.crc);
    entry.plainBytes = chunks.reduce((sum, { length }) => sum + length, 0);
    entry.isText = entry.plainBytes > 0 && type !== 'symlink' && isText(chunks[0]!);
    let data = chunks;
    if (this.#options.level > 0 && entry.plainBytes > 0 && type !== 'symlink') {
      const packed = yield* this.#deflate(chunks);
      const packedBytes = packed.reduce((sum, { length }) => sum + length, 0);
      if (packedBytes < entry.plainBytes) {
        data = packed;
        entry.method = DEFLATED;
        if (this.#options.level > 7) entry.flags |= 2;
        if (this.#options.level < 3) entry.flags |= 4;
      }
    }
    entry.packedBytes = data.reduce((sum, { length }) => sum + length, 0);
    const sizes = this.#options.verbose ? `\t(in=${entry.plainBytes}) (out=${entry.packedBytes})` : '';
    this.#print(`${verb}: ${name}${sizes} (${entry.method === DEFLATED ? 'deflated' : 'stored'} ${savedPercent(entry.plainBytes, entry.packedBytes)}%)\n`);
    yield* this.#output.flush();
    return {
      entry,
      *write(to) {
        yield* to(localHeader(entry));
        for (const chunk of data) yield* to(chunk);
      },
    };
  }

  *#content(path: string): Task<Uint8Array[]> {
    const chunks: Uint8Array[] = [];
    const fd = path === '-' ? 0 : this.#process.open(path, 0);
    for (let chunk = yield* this.#process.read(fd, PIECE_BYTES); chunk.length > 0; chunk = yield* this.#process.read(fd, PIECE_BYTES)) {
      chunks.push(new Uint8Array(chunk));
      yield PREEMPT;
    }
    if (fd !== 0) this.#process.close(fd);
    return chunks;
  }

  *#deflate(chunks: readonly Uint8Array[]): Task<Uint8Array[]> {
    const encoder = new Encoder(createDeflateRaw({ level: this.#options.level }));
    const packed: Uint8Array[] = [];
    for (const chunk of chunks) packed.push(...(yield* encoder.add(chunk)));
    packed.push(...(yield* encoder.end()));
    return packed;
  }

  *#write(members: readonly Kept[]): Task {
    if (members.length === 0 && !this.#isStdout) {
      this.#process.files.unlink(this.#path);
      yield* this.#warn('zip file empty');
      return;
    }
    const temporary = `${this.#path.replace(/[^/]*$/, '')}zi${Math.floor(Math.random() * 0xffffffff).toString(36).padStart(6, '0').slice(0, 6)}`;
    const fd = this.#isStdout ? 1 : this.#process.open(temporary, O_WRONLY | O_CREAT | O_EXCL, 0o666);
    let offset = 0;
    const process = this.#process;
    const to = function* (bytes: Uint8Array): Task {
      offset += bytes.length;
      yield* process.write(fd, new Uint8Array(bytes));
    };
    let isWhole = false;
    try {
      const entries: ZipEntry[] = [];
      for (const member of members) {
        const at = offset;
        yield* member.write(to);
        entries.push({ ...member.entry, offset: at });
      }
      yield* to(directoryBytes(entries, offset, this.#comment));
      isWhole = true;
    } finally {
      if (!this.#isStdout) {
        process.close(fd);
        if (!isWhole) process.files.unlink(temporary);
      }
    }
    if (this.#isStdout) return;
    if (process.files.exists(this.#path)) process.files.chmod(temporary, process.files.stat(this.#path).mode);
    process.files.rename(temporary, this.#path);
  }

  #remove(path: string): void {
    const { files } = this.#process;
    try {
      if (files.lstat(path).type === 'directory') files.rmdir(path);
      else files.unlink(path);
    } catch (error) {
      // A folder that still holds something stays.
      if (!(error instanceof Errno)) throw error;
    }
  }
}

/** Info-ZIP's guess: no control characters but blanks, and something that can be printed. */
function isText(bytes: Uint8Array): boolean {
  let hasPrintable = false;
  for (const byte of bytes.subarray(0, 32768)) {
    if (byte <= 6 || (byte >= 14 && byte <= 25) || (byte >= 28 && byte <= 31)) return false;
    hasPrintable ||= byte === 9 || byte === 10 || byte === 13 || byte >= 32;
  }
  return hasPrintable;
}

export const zip: Main = command(function* (process, output) {
  let options: ZipOptions;
  try {
    options = parseZip(process.argv);
    if (options.archive === undefined) throw new ZipUsage(ZIP_USAGE, 0);
  } catch (error) {
    if (!(error instanceof ZipUsage)) throw error;
    yield* process.write(1, encode(error.message));
    return error.exitCode;
  }
  try {
    return yield* new Zip(process, output, options).run();
  } catch (error) {
    if (!(error instanceof NotZip)) throw error;
    yield* process.write(1, encode(`\tzip warning: missing end signature--probably not a zip file (did you\n\tzip warning: remember to use binary mode when you transferred it?)\n\tzip warning: (if you are trying to read a damaged archive try -F)\n\nzip error: Zip file structure invalid (${options.archive!})\n`));
    return BAD_FORMAT;
  }
});

// cpio: archives out of lists of names (GNU's, busybox's).
import { Errno, isErrno } from '../../kernel/errno.js';
import type { FileType, Stat } from '../../kernel/inode.js';
import { O_CREAT, O_EXCL, O_TRUNC, O_WRONLY } from '../../kernel/open-file.js';
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { isBusybox } from '../../programs/flavour.js';
import { command, complain, decode, encode, LineReader, type Options, type Output, parseOptions, UsageError, usageError } from '../../programs/stdio.js';
import { Accounts } from '../common/accounts.js';
import { formatDate } from '../common/dates/format.js';
import { zoneOf } from '../common/dates/zone.js';
import { compileGlob } from '../common/glob.js';
import { modeString, TYPE_BITS } from '../common/mode.js';
import { parseOwner } from '../common/owner.js';
import { type CpioEntry, type CpioFormat, formatOf, HEADER_BYTES, nameOf, padding, parseHeader, TRAILER, writeHeader } from './cpio-header.js';

const BLOCK_BYTES = 512;
const CHUNK_BYTES = 65536;
const TYPES: Readonly<Record<number, FileType>> = Object.fromEntries(Object.entries(TYPE_BITS).map(([type, bits]) => [bits, type as FileType]));
const TYPE_MASK = 0o170000;
const FATAL = 2;
const LAST: CpioEntry = { name: TRAILER, ino: 0, mode: 0, uid: 0, gid: 0, nlink: 1, mtimeSeconds: 0, sizeBytes: 0, devMajor: 0, devMinor: 0, rdevMajor: 0, rdevMinor: 0, check: 0 };

const typeOf = (mode: number): FileType => TYPES[mode & TYPE_MASK] ?? 'file';

/** Reads exactly as much as is asked for. */
class ArchiveReader {
  readonly #process: Process;
  readonly #fd: number;
  readonly #isBusybox: boolean;
  totalBytes = 0;

  constructor(process: Process, fd: number) {
    this.#process = process;
    this.#fd = fd;
    this.#isBusybox = isBusybox(process);
  }

  *take(sizeBytes: number): Task<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (let left = sizeBytes; left > 0; ) {
      const chunk = yield* this.#process.read(this.#fd, Math.min(left, CHUNK_BYTES));
      if (chunk.length === 0) throw this.#isBusybox ? new UsageError('short read', 1) : new UsageError('premature end of file', FATAL);
      parts.push(new Uint8Array(chunk));
      left -= chunk.length;
      this.totalBytes += chunk.length;
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  /** The next member's entry; undefined at the trailer. */
  *next(): Task<{ entry: CpioEntry; format: CpioFormat } | undefined> {
    const start = yield* this.take(this.#isBusybox ? HEADER_BYTES.newc : 6);
    const format = formatOf(start.subarray(0, 6));
    if (this.#isBusybox && format !== 'newc' && format !== 'crc') throw new UsageError('unsupported cpio format, use newc or crc', 1);
    if (!format) throw new UsageError('premature end of archive', FATAL);
    const head = Buffer.concat([start, yield* this.take(HEADER_BYTES[format] - start.length)]);
    const { entry, nameBytes } = parseHeader(head, format);
    entry.name = nameOf(yield* this.take(nameBytes));
    if (this.#isBusybox) entry.name = entry.name.replace(/^\/+/, '');
    yield* this.take(padding(HEADER_BYTES[format] + nameBytes, format));
    return entry.name === TRAILER ? undefined : { entry, format };
  }
}

class Cpio {
  readonly #process: Process;
  readonly #output: Output;
  readonly #options: Options;
  readonly #isBusybox: boolean;
  readonly #accounts: Accounts;
  /** Files with several names: where the first one went. */
  readonly #linked = new Map<string, string>();
  readonly #owner: { uid?: number | undefined; gid?: number | undefined };
  #folders: { path: string; entry: CpioEntry }[] = [];
  #writtenBytes = 0;
  status = 0;

  constructor(process: Process, output: Output, options: Options) {
    this.#process = process;
    this.#output = output;
    this.#options = options;
    this.#isBusybox = isBusybox(process);
    this.#accounts = new Accounts(process.files);
    const owner = options.value('R', 'owner');
    const parsed = owner === undefined ? {} : parseOwner(owner, this.#accounts);
    if (typeof parsed === 'string') throw new UsageError(parsed, FATAL);
    this.#owner = parsed;
  }

  *#warn(message: string): Task {
    yield* this.#output.flush();
    yield* complain(this.#process, message);
  }

  *#fail(message: string): Task {
    yield* this.#warn(message);
    this.status = FATAL;
  }

  *#blocks(bytes: number): Task {
    yield* this.#output.flush();
    const count = Math.ceil(bytes / BLOCK_BYTES);
    if (!this.#options.has('quiet')) yield* this.#process.write(2, encode(`${count} block${count === 1 && !this.#isBusybox ? '' : 's'}\n`));
  }

  *#names(): Task<string[]> {
    const lines = new LineReader(this.#process, 0, this.#options.has('0', 'null') ? 0 : 10);
    const names: string[] = [];
    for (let line = yield* lines.next(); line !== undefined; line = yield* lines.next()) if (line.length > 0) names.push(decode(line));
    return names;
  }

  #entryOf(name: string, stat: Stat, sizeBytes: number): CpioEntry {
    return {
      name: name.replace(/^(?:\.\/+)+(?=.)/, ''), ino: stat.ino, mode: TYPE_BITS[stat.type] | stat.mode, uid: this.#owner.uid ?? stat.uid, gid: this.#owner.gid ?? stat.gid, nlink: stat.nlink, mtimeSeconds: Math.floor(stat.mtimeMs / 1000), sizeBytes,
      devMajor: stat.device >> 8, devMinor: stat.device & 255, rdevMajor: stat.rdevMajor ?? 0, rdevMinor: stat.rdevMinor ?? 0, check: 0,
    };
  }

  /** -o: the named files onto the archive. */
  *copyOut(fd: number, format: CpioFormat): Task {
    const put = function* (this: Cpio, bytes: Uint8Array): Task {
      this.#writtenBytes += bytes.length;
      yield* this.#process.write(fd, new Uint8Array(bytes));
    }.bind(this);
    const numbers = new Map<string, number>();
    for (const name of yield* this.#names()) {
      yield PREEMPT;
      let stat: Stat;
      try {
        stat = this.#options.has('L', 'dereference') ? this.#process.files.stat(name) : this.#process.files.lstat(name);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        if (this.#isBusybox) throw new UsageError(`${name}: ${error.message}`, 1);
        yield* this.#fail(`${name}: Cannot stat: ${error.message}`);
        continue;
      }
      const data = stat.type === 'symlink' ? encode(this.#process.files.readlink(name)) : stat.type === 'file' ? this.#process.files.readFile(name) : new Uint8Array(0);
      const entry = this.#entryOf(name, stat, data.length);
      const key = `${stat.device}:${stat.ino}`;
      const first = numbers.get(key);
      numbers.set(key, first ?? numbers.size + 1);
      if (this.#options.has('renumber-inodes', 'reproducible') || format === 'bin' || format === 'odc') entry.ino = numbers.get(key)!;
      // Of several names the first one has the data here; newc readers take whichever has any.
      const isAgain = first !== undefined && stat.type === 'file' && stat.nlink > 1 && (format === 'newc' || format === 'crc');
      if (isAgain) entry.sizeBytes = 0;
      if (format === 'crc') entry.check = data.reduce((sum, byte) => (sum + byte) >>> 0, 0);
      if (this.#options.has('v', 'verbose') && !this.#isBusybox) yield* this.#process.write(2, encode(`${entry.name}\n`));
      yield* put(writeHeader(entry, format));
      if (!isAgain) {
        yield* put(data);
        yield* put(new Uint8Array(padding(data.length, format)));
      }
    }
    yield* put(writeHeader(LAST, format));
    if (this.#isBusybox) return;
    yield* put(new Uint8Array((BLOCK_BYTES - (this.#writtenBytes % BLOCK_BYTES)) % BLOCK_BYTES));
    yield* this.#blocks(this.#writtenBytes);
  }

  /** -i: the archive's members as files, or as a list. */
  *copyIn(fd: number, patterns: readonly string[]): Task {
    const tests = patterns.map((pattern) => compileGlob(pattern));
    const reader = new ArchiveReader(this.#process, fd);
    for (let member = yield* reader.next(); member; member = yield* reader.next()) {
      const { entry, format } = member;
      const data = yield* reader.take(entry.sizeBytes);
      yield* reader.take(padding(entry.sizeBytes, format));
      yield PREEMPT;
      const isWanted = tests.length === 0 || tests.some((test) => test(entry.name)) !== this.#options.has('f', 'nonmatching');
      if (isWanted) yield* this.#member(entry, data);
      if (this.#output.isFull) yield* this.#output.flush();
    }
    for (const { path, entry } of this.#folders.reverse()) this.#attributes(path, entry);
    // Archives come in whole blocks.
    yield* this.#blocks(reader.totalBytes);
  }

  *#member(entry: CpioEntry, data: Uint8Array): Task {
    if (this.#isBusybox) [entry.uid, entry.gid] = [this.#owner.uid ?? entry.uid, this.#owner.gid ?? entry.gid];
    if (this.#options.has('t', 'list')) {
      this.#output.print(this.#options.has('v', 'verbose') ? this.#line(entry, data) : `${entry.name}\n`);
      return;
    }
    if (this.#options.has('to-stdout')) {
      yield* this.#output.flush();
      yield* this.#process.write(1, data);
      return;
    }
    if (this.#options.has('v', 'verbose') && !this.#isBusybox) yield* this.#process.write(2, encode(`${entry.name}\n`));
    const name = this.#options.has('no-absolute-filenames') ? entry.name.replace(/^\/+/, '') : entry.name;
    try {
      yield* this.#make(name, entry, data);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* this.#fail(`${name}: Cannot ${typeOf(entry.mode) === 'directory' ? 'mkdir' : 'open'}: ${error.message}`);
    }
    if (this.#options.has('v', 'verbose') && this.#isBusybox) this.#output.print(`${entry.name}\n`);
  }

  #line(entry: CpioEntry, data: Uint8Array): string {
    const type = typeOf(entry.mode);
    const target = type === 'symlink' ? ` -> ${decode(data)}` : '';
    if (this.#isBusybox) {
      const sizeBytes = type === 'symlink' ? 0 : entry.sizeBytes;
      return `${modeString(type, entry.mode & 0o7777)} ${entry.uid}/${entry.gid} ${String(sizeBytes).padStart(9)} ${formatDate('%Y-%m-%d %H:%M:%S', entry.mtimeSeconds * 1000, zoneOf(this.#process))} ${entry.name}${target}\n`;
    }
    const user = this.#accounts.userName(entry.uid) ?? String(entry.uid);
    const group = this.#accounts.groupName(entry.gid) ?? String(entry.gid);
    const when = formatDate(Date.now() - entry.mtimeSeconds * 1000 > 15_552_000_000 ? '%b %e  %Y' : '%b %e %H:%M', entry.mtimeSeconds * 1000, zoneOf(this.#process));
    return `${modeString(type, entry.mode & 0o7777)} ${String(entry.nlink).padStart(3)} ${user.padEnd(8)} ${group.padEnd(8)} ${String(entry.sizeBytes).padStart(8)} ${when} ${entry.name}${target}\n`;
  }

  *#make(path: string, entry: CpioEntry, data: Uint8Array): Task {
    const { files } = this.#process;
    const type = typeOf(entry.mode);
    const old = lstat(this.#process, path);
    if (type === 'directory') {
      if (old?.type !== 'directory') this.#makeFolder(path, entry.mode & 0o7777);
      this.#folders.push({ path, entry });
      return;
    }
    if (old) {
      if (!this.#options.has('u', 'unconditional') && old.mtimeMs >= entry.mtimeSeconds * 1000) {
        return yield* this.#warn(`${path} not created: newer or same age ${this.#isBusybox ? 'file' : 'version'} exists`);
      }
      files.unlink(path);
    }
    this.#makeParents(path);
    const key = `${entry.devMajor}:${entry.devMinor}:${entry.ino}`;
    const first = type === 'file' && entry.nlink > 1 ? this.#linked.get(key) : undefined;
    if (type === 'file' && entry.nlink > 1 && first === undefined) this.#linked.set(key, path);
    if (first !== undefined) {
      files.link(first, path);
      if (data.length === 0) return;
      yield* this.#fill(path, data, O_WRONLY | O_TRUNC);
    } else if (type === 'symlink') files.symlink(decode(data), path);
    else if (type === 'file') yield* this.#fill(path, data, O_WRONLY | O_CREAT | O_EXCL);
    else files.mknod(path, type as 'fifo', entry.mode & 0o7777, entry.rdevMajor, entry.rdevMinor);
    this.#attributes(path, entry);
  }

  *#fill(path: string, data: Uint8Array, flags: number): Task {
    const fd = this.#process.open(path, flags, 0o600);
    try {
      yield* this.#process.write(fd, new Uint8Array(data));
    } finally {
      this.#process.close(fd);
    }
  }

  #makeFolder(path: string, mode: number): void {
    this.#makeParents(path);
    this.#process.files.mkdir(path, 0o700 | mode);
  }

  #makeParents(path: string): void {
    if (!this.#options.has('d', 'make-directories')) return;
    for (let at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1)) if (!this.#process.files.exists(path.slice(0, at))) this.#process.files.mkdir(path.slice(0, at));
  }

  #attributes(path: string, entry: CpioEntry): void {
    const { files, credentials } = this.#process;
    const isLink = typeOf(entry.mode) === 'symlink';
    if (credentials.uid === 0 && !this.#options.has('no-preserve-owner')) files.chown(path, this.#owner.uid ?? entry.uid, this.#owner.gid ?? entry.gid, false);
    if (!isLink) files.chmod(path, entry.mode & 0o7777);
    if (this.#options.has('m', 'preserve-modification-time')) files.utimes(path, entry.mtimeSeconds * 1000, entry.mtimeSeconds * 1000, false);
  }

  /** -p: the named files into another folder. */
  *passThrough(folder: string): Task {
    let bytes = 0;
    for (const name of yield* this.#names()) {
      yield PREEMPT;
      try {
        const stat = this.#options.has('L', 'dereference') ? this.#process.files.stat(name) : this.#process.files.lstat(name);
        const data = stat.type === 'symlink' ? encode(this.#process.files.readlink(name)) : stat.type === 'file' ? this.#process.files.readFile(name) : new Uint8Array(0);
        const target = `${folder}/${name.replace(/^\/+/, '')}`;
        if (this.#options.has('v', 'verbose') && !this.#isBusybox) yield* this.#process.write(2, encode(`${target}\n`));
        if (this.#options.has('l', 'link') && stat.type === 'file') {
          this.#makeParents(target);
          this.#process.files.link(name, target);
          continue;
        }
        const entry = this.#entryOf(name, stat, data.length);
        // busybox's goes through an archive, and counts that.
        bytes += this.#isBusybox ? writeHeader(entry, 'newc').length + data.length + padding(data.length, 'newc') : data.length;
        yield* this.#make(target, entry, data);
        if (this.#options.has('v', 'verbose') && this.#isBusybox) this.#output.print(`${entry.name.replace(/^\/+/, '')}\n`);
      } catch (error) {
        if (!(error instanceof Errno) || error.code === 'EPIPE') throw error;
        yield* this.#fail(`${name}: Cannot stat: ${error.message}`);
      }
    }
    for (const { path, entry } of this.#folders.reverse()) this.#attributes(path, entry);
    yield* this.#blocks(bytes + (this.#isBusybox ? writeHeader(LAST, 'newc').length : 0));
  }
}

function lstat(process: Process, path: string): Stat | undefined {
  try {
    return process.files.lstat(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

export const cpio: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, '0aAbBcC:dD:E:fF:H:iI:klLmM:noO:prR:sStuvV', {
    null: 'no', create: 'no', extract: 'no', 'pass-through': 'no', list: 'no', format: 'required', 'make-directories': 'no', 'preserve-modification-time': 'no', unconditional: 'no', verbose: 'no', quiet: 'no', file: 'required', owner: 'required', dereference: 'no', link: 'no', 'no-absolute-filenames': 'no', 'absolute-filenames': 'no',
    'no-preserve-owner': 'no', 'to-stdout': 'no', nonmatching: 'no', directory: 'required', 'renumber-inodes': 'no', reproducible: 'no', 'ignore-devno': 'no', 'io-size': 'required', sparse: 'no',
  }, { exitCode: FATAL });
  const [isOut, isIn, isPass] = [options.has('o', 'create'), options.has('i', 'extract', 't', 'list'), options.has('p', 'pass-through')];
  if ([isOut, isIn, isPass].filter(Boolean).length !== 1) throw new UsageError("You must specify one of -oipt options.\nTry 'cpio --help' or 'cpio --usage' for more information.", FATAL);
  const format = options.has('c') ? 'odc' : options.value('H', 'format') ?? 'bin';
  if (isBusybox(process) && isOut && !format.startsWith('n')) throw usageError(process.argv, 'requires -H newc', 1);
  if (!(format in HEADER_BYTES)) throw new UsageError(`invalid archive format '${format}'; valid formats are:\ncrc newc odc bin`, FATAL);
  const path = options.value('F', 'file') ?? options.value(isOut ? 'O' : 'I');
  const fd = path === undefined ? (isOut ? 1 : 0) : process.open(path, isOut ? O_WRONLY | O_CREAT | O_TRUNC : 0);
  const folder = options.value('D', 'directory');
  if (folder !== undefined) process.files.chdir(folder);
  const work = new Cpio(process, output, options);
  if (isOut) yield* work.copyOut(fd, format as CpioFormat);
  else if (isIn) yield* work.copyIn(fd, options.operands);
  else {
    const [target] = options.operands;
    if (target === undefined) throw usageError(process.argv, 'Must specify destination directory', FATAL);
    yield* work.passThrough(target);
  }
  return work.status;
});

// The kernel's side of WASI: each request becomes calls of the process it belongs to, blocking where they block.
import { Errno } from '../../kernel/errno.js';
import type { FileType, Stat } from '../../kernel/inode.js';
import { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from '../../kernel/open-file.js';
import { ftruncate, pread, pwrite } from '../../kernel/positioned.js';
import type { Process } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';
import { ANSWER_BYTES, LISTING_PIECE, type WasiRequest } from './channel.js';

/** WASI's filetype numbers. */
const FILE_TYPES: Readonly<Record<FileType, number>> = { file: 4, directory: 3, symlink: 7, character: 2, block: 1, fifo: 0, socket: 6 };
const FIRST_FREE = 5;

interface Entry {
  /** The kernel's descriptor; undefined for directories, which are kept by path. */
  fd: number | undefined;
  /** Absolute, for directories. */
  path: string;
  preopened?: string;
  /** Kept while it is read in pieces. */
  listing?: readonly object[];
}

export interface Answered {
  value: unknown;
  bytes?: Uint8Array;
}

function statJson(stat: Stat): object {
  return { device: stat.device, ino: stat.ino, type: FILE_TYPES[stat.type], nlink: stat.nlink, size: stat.sizeBytes, atimeMs: stat.atimeMs, mtimeMs: stat.mtimeMs, ctimeMs: stat.ctimeMs };
}

/** A place in a file: what is negative in 64 bits is none, and no file here grows beyond exact numbers. */
function position(value: unknown): number {
  if (!((value as number) >= 0)) throw new Errno('EINVAL');
  if (!Number.isSafeInteger(value)) throw new Errno('EFBIG');
  return value as number;
}

/** The descriptors of one program, and what it may ask. */
export class WasiCalls {
  readonly #process: Process;
  readonly #entries = new Map<number, Entry>();

  constructor(process: Process) {
    this.#process = process;
    for (const fd of [0, 1, 2]) if (process.descriptors.find(fd)) this.#entries.set(fd, { fd, path: '' });
    this.#entries.set(3, { fd: undefined, path: '/', preopened: '/' });
    // Relative paths of C programs are looked up under '.', those of Go under PWD.
    this.#entries.set(4, { fd: undefined, path: process.files.getcwd(), preopened: '.' });
  }

  #entry(fd: unknown): Entry {
    const entry = this.#entries.get(fd as number);
    if (!entry) throw new Errno('EBADF');
    return entry;
  }

  #kernelFd(fd: unknown): number {
    const entry = this.#entry(fd);
    if (entry.fd === undefined) throw new Errno('EISDIR');
    return entry.fd;
  }

  #path(args: WasiRequest['args'], dir = 'dir', path = 'path'): string {
    const entry = this.#entry(args[dir]);
    if (entry.fd !== undefined) throw new Errno('ENOTDIR');
    const wanted = String(args[path]);
    if (wanted.startsWith('/')) throw new Errno('EPERM');
    if (entry.preopened === '.' && this.#meansRoot(entry.path, wanted)) return `/${wanted}`;
    // As it is, not made shorter: `..` after a symlink means the folder that the symlink leads to.
    return wanted === '' ? '' : `${entry.path === '/' ? '' : entry.path}/${wanted}`;
  }

  /**
   * The library of C programs takes the first slash off a path before it chooses a folder: `/tmp/x` and `tmp/x` come here alike. What
   * begins with a name that is at the root and not in the working directory was meant from the root.
   */
  #meansRoot(cwd: string, wanted: string): boolean {
    const [first] = wanted.split('/');
    if (cwd === '/' || first === '' || first === '.' || first === '..') return false;
    const { files } = this.#process;
    const isThere = (path: string): boolean => {
      try {
        return files.lstat(path) !== undefined;
      } catch (error) {
        if (error instanceof Errno) return false;
        throw error;
      }
    };
    return !isThere(`${cwd}/${first}`) && isThere(`/${first}`);
  }

  /** Directories are open for reading: what writes to them has the wrong descriptor. */
  #requireNoDirectory(fd: unknown): void {
    if (this.#entry(fd).fd === undefined) throw new Errno('EBADF');
  }

  /** Carries out one request. Throws Errno. */
  *answer({ op, args, bytes }: WasiRequest): Task<Answered> {
    const { files } = this.#process;
    switch (op) {
      case 'read':
        return { value: null, bytes: yield* this.#process.read(this.#kernelFd(args.fd), Math.min(Number(args.max), ANSWER_BYTES)) };
      case 'write': {
        const size = bytes!.length;
        this.#requireNoDirectory(args.fd);
        yield* this.#process.write(this.#kernelFd(args.fd), bytes!);
        return { value: size };
      }
      case 'pread':
        return { value: null, bytes: pread(this.#process, this.#kernelFd(args.fd), Math.min(Number(args.max), ANSWER_BYTES), position(args.offset)) };
      case 'pwrite':
        this.#requireNoDirectory(args.fd);
        return { value: pwrite(this.#process, this.#kernelFd(args.fd), bytes!, position(args.offset)) };
      case 'poll':
        return { value: yield* this.#poll(args) };
      case 'open':
        return { value: this.#open(args) };
      case 'close':
        return { value: this.#close(args.fd) };
      case 'seek':
        return { value: this.#process.descriptors.get(this.#kernelFd(args.fd)).seek(Number(args.offset), args.whence as 'set') };
      case 'fdstat':
        return { value: this.#fdstat(args.fd) };
      case 'setflags':
        return { value: this.#setFlags(args) };
      case 'fstat':
        return { value: statJson(this.#entry(args.fd).fd === undefined ? files.stat(this.#entry(args.fd).path) : this.#process.descriptors.get(this.#kernelFd(args.fd)).stat()) };
      case 'ftruncate':
        ftruncate(this.#process, this.#kernelFd(args.fd), position(args.size));
        return { value: null };
      case 'renumber':
        return { value: this.#renumber(Number(args.from), Number(args.to)) };
      case 'prestat': {
        const { preopened } = this.#entry(args.fd);
        if (preopened === undefined) throw new Errno('EBADF');
        return { value: preopened };
      }
      case 'readdir':
        return { value: this.#readdir(args.fd, Number(args.cookie)) };
      default:
        return { value: this.#pathCall(op, args) };
    }
  }

  #pathCall(op: string, args: WasiRequest['args']): unknown {
    const { files } = this.#process;
    switch (op) {
      case 'stat':
        return statJson(args.follow === true ? files.stat(this.#path(args)) : files.lstat(this.#path(args)));
      case 'mkdir':
        return files.mkdir(this.#path(args)) ?? null;
      case 'rmdir':
        return files.rmdir(this.#path(args)) ?? null;
      case 'unlink':
        return files.unlink(this.#path(args)) ?? null;
      case 'rename':
        return files.rename(this.#path(args), this.#path(args, 'toDir', 'toPath')) ?? null;
      case 'link':
        return files.link(this.#path(args), this.#path(args, 'toDir', 'toPath')) ?? null;
      case 'symlink':
        return files.symlink(String(args.target), this.#path(args)) ?? null;
      case 'readlink':
        return files.readlink(this.#path(args));
      case 'utimes':
        return files.utimes(args.fd === undefined ? this.#path(args) : this.#pathOfFd(args.fd), args.atimeMs as number | undefined, args.mtimeMs as number | undefined, args.follow === true) ?? null;
      default:
        throw new Errno('ENOSYS');
    }
  }

  #pathOfFd(fd: unknown): string {
    const entry = this.#entry(fd);
    return entry.fd === undefined ? entry.path : this.#process.descriptors.get(entry.fd).name;
  }

  #open(args: WasiRequest['args']): number {
    const path = this.#path(args);
    const { create, directory, exclusive, truncate, append, nonblock, follow, reads, writes } = args as Record<string, boolean>;
    if (directory || (!writes && !create && this.#isDirectory(path, follow === true))) {
      if (!this.#isDirectory(path, true)) throw new Errno(this.#process.files.exists(path) ? 'ENOTDIR' : 'ENOENT');
      return this.#add({ fd: undefined, path: this.#process.files.realpath(path) });
    }
    const access = writes ? (reads ? O_RDWR : O_WRONLY) : O_RDONLY;
    const flags = access | (create ? O_CREAT : 0) | (exclusive ? O_EXCL : 0) | (truncate ? O_TRUNC : 0) | (append ? O_APPEND : 0) | (nonblock ? O_NONBLOCK : 0) | (directory ? O_DIRECTORY : 0) | (follow ? 0 : O_NOFOLLOW);
    return this.#add({ fd: this.#process.open(path, flags, 0o666), path: '' });
  }

  #isDirectory(path: string, follow: boolean): boolean {
    try {
      return (follow ? this.#process.files.stat(path) : this.#process.files.lstat(path)).type === 'directory';
    } catch (error) {
      if (error instanceof Errno) return false;
      throw error;
    }
  }

  #add(entry: Entry): number {
    let fd = FIRST_FREE;
    while (this.#entries.has(fd)) fd++;
    this.#entries.set(fd, entry);
    return fd;
  }

  #close(fd: unknown): null {
    const entry = this.#entry(fd);
    if (entry.fd !== undefined) this.#process.close(entry.fd);
    this.#entries.delete(fd as number);
    return null;
  }

  #renumber(from: number, to: number): null {
    const entry = this.#entry(from);
    if (from === to) return null;
    if (this.#entries.has(to)) this.#close(to);
    this.#entries.set(to, entry);
    this.#entries.delete(from);
    return null;
  }

  #fdstat(fd: unknown): object {
    const entry = this.#entry(fd);
    if (entry.fd === undefined) return { type: FILE_TYPES.directory, flags: 0 };
    const file = this.#process.descriptors.get(entry.fd);
    return { type: FILE_TYPES[file.stat().type], flags: ((file.flags & O_APPEND) === 0 ? 0 : 1) | ((file.flags & O_NONBLOCK) === 0 ? 0 : 4) };
  }

  #setFlags(args: WasiRequest['args']): null {
    const file = this.#process.descriptors.get(this.#kernelFd(args.fd));
    file.flags = (file.flags & ~(O_APPEND | O_NONBLOCK)) | (args.append === true ? O_APPEND : 0) | (args.nonblock === true ? O_NONBLOCK : 0);
    return null;
  }

  /** A piece of the listing from entry number `cookie`; the beginning looks anew. */
  #readdir(fd: unknown, cookie: number): readonly object[] {
    const entry = this.#entry(fd);
    if (entry.fd !== undefined) throw new Errno('ENOTDIR');
    if (cookie === 0 || entry.listing === undefined) entry.listing = this.#list(entry);
    return entry.listing.slice(cookie, cookie + LISTING_PIECE);
  }

  #list(entry: Entry): object[] {
    const { files } = this.#process;
    const own = files.stat(entry.path).ino;
    const dots = [{ name: '.', ino: own, type: FILE_TYPES.directory }, { name: '..', ino: files.stat(`${entry.path}/..`).ino, type: FILE_TYPES.directory }];
    return [...dots, ...files.readdir(entry.path).map(({ name, ino, type }) => ({ name, ino, type: FILE_TYPES[type] }))];
  }

  /** The indices of the subscriptions that are ready; none when the time is over. */
  *#poll(args: WasiRequest['args']): Task<number[]> {
    const wanted = args.wanted as { fd: number; read: boolean; index: number }[];
    const ready: number[] = [];
    const polled: { fd: number; read: boolean; write: boolean; index: number }[] = [];
    for (const { fd, read, index } of wanted) {
      const entry = this.#entries.get(fd);
      if (entry?.fd === undefined) ready.push(index);
      else polled.push({ fd: entry.fd, read, write: !read, index });
    }
    if (ready.length > 0) return ready;
    const timeoutMs = args.timeoutMs as number | null;
    if (polled.length === 0) {
      yield* this.#process.sleep(timeoutMs ?? 0);
      return [];
    }
    const fds = yield* this.#process.poll(polled, timeoutMs ?? undefined);
    return polled.filter(({ fd }) => fds.includes(fd)).map(({ index }) => index);
  }
}

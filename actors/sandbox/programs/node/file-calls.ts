// The file calls of a Node child: each request becomes one call of the process it belongs to.
import { Errno } from '../../kernel/errno.js';
import type { FileType, Stat } from '../../kernel/inode.js';
import { InodeFile, O_CREAT, O_EXCL, O_RDONLY, O_TRUNC, O_WRONLY, type OpenFile } from '../../kernel/open-file.js';
import { MAY_EXECUTE, MAY_READ, MAY_WRITE } from '../../kernel/path.js';
import { ftruncate, pread, pwrite } from '../../kernel/positioned.js';
import type { Process } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';
import { kindOf, probe } from './module-probe.js';
import type { NodeRequest } from './wire.js';

export interface Answered {
  value: unknown;
  bytes?: Uint8Array;
}

const FORMATS: Readonly<Record<FileType, number>> = { file: 0o100000, directory: 0o040000, symlink: 0o120000, character: 0o020000, block: 0o060000, fifo: 0o010000, socket: 0o140000 };
/** As uv_dirent_type_t. */
const DIRENT_TYPES: Readonly<Record<FileType, number>> = { file: 1, directory: 2, symlink: 3, fifo: 4, socket: 5, character: 6, block: 7 };
const READ_MAX_BYTES = 4 << 20;
const COPY_EXCLUSIVE = 1;

/** dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks, atimeMs, mtimeMs, ctimeMs. */
function statNumbers(stat: Stat): number[] {
  const { device, mode, type, nlink, uid, gid, rdevMajor, rdevMinor, ino, sizeBytes, blocks512, atimeMs, mtimeMs, ctimeMs } = stat;
  return [device, FORMATS[type] | mode, nlink, uid, gid, rdevMajor * 256 + rdevMinor, 4096, ino, sizeBytes, blocks512, atimeMs, mtimeMs, ctimeMs];
}

/** What one program may ask about files. Throws Errno. */
export class FileCalls {
  readonly #process: Process;

  constructor(process: Process) {
    this.#process = process;
  }

  /** undefined: no such request here. */
  *answer(request: NodeRequest): Task<Answered | undefined> {
    switch (request.op) {
      case 'read':
        return yield* this.#read(request);
      case 'write':
        return { value: yield* this.#write(request) };
      case 'readFile':
        return yield* this.#readFile(request.path as string | number);
      case 'readRegular':
        if (this.#process.files.stat(request.path as string).type === 'fifo') throw new Errno('EINVAL');
        return yield* this.#readFile(request.path as string);
      case 'kind':
        return probe(this.#process.files, request.path as string, request.text === true);
      case 'writeFile':
        yield* this.#writeFile(request);
        return { value: null };
      default: {
        const value = this.#plain(request);
        return value === undefined ? undefined : { value };
      }
    }
  }

  *#read(request: NodeRequest): Task<Answered> {
    const fd = request.fd as number;
    const size = Math.min(request.size as number, READ_MAX_BYTES);
    const position = request.position as number;
    const file = this.#process.descriptors.get(fd);
    if (!file.readsAllowed) throw new Errno('EBADF');
    if (position >= 0) return { value: null, bytes: pread(this.#process, fd, size, position) };
    if (request.later === true) {
      const bytes = file.read(size);
      return bytes === undefined ? { value: 'later' } : { value: null, bytes };
    }
    return { value: null, bytes: yield* this.#process.read(fd, size) };
  }

  *#write(request: NodeRequest): Task<number> {
    const fd = request.fd as number;
    const position = request.position as number;
    const bytes = new Uint8Array(request.bytes);
    const file = this.#process.descriptors.get(fd);
    if (!file.writesAllowed) throw new Errno('EBADF');
    if (position >= 0) return pwrite(this.#process, fd, bytes, position);
    const size = bytes.length;
    yield* this.#process.write(fd, bytes);
    return size;
  }

  *#readFile(path: string | number): Task<Answered> {
    const opened = typeof path === 'string';
    const fd = opened ? this.#process.open(path, O_RDONLY) : path;
    try {
      if (this.#process.descriptors.get(fd).stat().type === 'directory') throw new Errno('EISDIR');
      const parts: Uint8Array[] = [];
      for (;;) {
        const part = yield* this.#process.read(fd, 1 << 20);
        if (part.length === 0) return { value: null, bytes: parts.length === 1 ? parts[0]! : Buffer.concat(parts) };
        parts.push(part);
      }
    } finally {
      if (opened && this.#process.status === undefined) this.#process.close(fd);
    }
  }

  *#writeFile(request: NodeRequest): Task {
    const opened = typeof request.path === 'string';
    const fd = opened ? this.#process.open(request.path as string, request.flags as number, request.mode as number) : (request.path as number);
    try {
      yield* this.#process.write(fd, new Uint8Array(request.bytes));
    } finally {
      if (opened && this.#process.status === undefined) this.#process.close(fd);
    }
  }

  #plain(request: NodeRequest): unknown {
    const { files, descriptors } = this.#process;
    const text = (name: string): string => request[name] as string;
    const number = (name: string): number => request[name] as number;
    switch (request.op) {
      case 'open':
        return this.#process.open(text('path'), number('flags'), number('mode'));
      case 'close':
        return this.#process.close(number('fd')) ?? null;
      case 'stat':
        return statNumbers(files.stat(text('path')));
      case 'lstat':
        return statNumbers(files.lstat(text('path')));
      case 'fstat':
        return statNumbers(descriptors.get(number('fd')).stat());
      case 'access':
        return this.#access(text('path'), number('mode'));
      case 'readdir':
        return files.readdir(text('path')).map(({ name, type }) => [name, DIRENT_TYPES[type]]);
      case 'mkdir':
        return request.recursive === true ? this.#makeFolders(text('path'), number('mode')) : (files.mkdir(text('path'), number('mode')) ?? null);
      case 'mkdtemp':
        return this.#makeTemporary(text('prefix'));
      case 'rmdir':
        return files.rmdir(text('path')) ?? null;
      case 'unlink':
        return files.unlink(text('path')) ?? null;
      case 'remove':
        return this.#remove(text('path'), request.recursive === true);
      case 'rename':
        return files.rename(text('path'), text('to')) ?? null;
      case 'link':
        return files.link(text('path'), text('to')) ?? null;
      case 'symlink':
        return files.symlink(text('target'), text('path')) ?? null;
      case 'readlink':
        return files.readlink(text('path'));
      case 'realpath':
        return files.realpath(text('path'));
      case 'copyFile':
        return this.#copyFile(text('path'), text('to'), number('mode'));
      case 'ftruncate':
        return ftruncate(this.#process, number('fd'), number('size')) ?? null;
      case 'chmod':
        return files.chmod(text('path'), number('mode'), request.follow !== false) ?? null;
      case 'fchmod':
        return files.chmod(this.#pathOf(number('fd')), number('mode')) ?? null;
      case 'chown':
        return files.chown(text('path'), number('uid'), number('gid'), request.follow !== false) ?? null;
      case 'fchown':
        return files.chown(this.#pathOf(number('fd')), number('uid'), number('gid')) ?? null;
      case 'utimes':
        return files.utimes(text('path'), number('atimeMs'), number('mtimeMs'), request.follow !== false) ?? null;
      case 'futimes':
        return inodeOf(descriptors.get(number('fd'))).setAttributes({ atimeMs: number('atimeMs'), mtimeMs: number('mtimeMs') }) ?? null;
      case 'statfs':
        return this.#statfs(text('path'));
      case 'fsync':
        descriptors.get(number('fd'));
        return null;
      default:
        return undefined;
    }
  }

  #access(path: string, mode: number): null {
    this.#process.files.access(path, (mode & 4 ? MAY_READ : 0) | (mode & 2 ? MAY_WRITE : 0) | (mode & 1 ? MAY_EXECUTE : 0));
    return null;
  }

  #pathOf(fd: number): string {
    return this.#process.descriptors.get(fd).name;
  }

  /** The first folder that had to be made, or null. */
  #makeFolders(path: string, mode: number): string | null {
    const absolute = path.startsWith('/') ? path : `${this.#process.files.getcwd()}/${path}`;
    let first: string | null = null;
    let at = '';
    for (const name of absolute.split('/').filter((part) => part !== '' && part !== '.')) {
      at += `/${name}`;
      try {
        this.#process.files.mkdir(at, mode);
        first ??= at;
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        if (kindOf(this.#process.files, at) === 1) continue;
        throw kindOf(this.#process.files, at) === 0 && at !== absolute ? new Errno('ENOTDIR') : error;
      }
    }
    return first;
  }

  #makeTemporary(prefix: string): string {
    const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
    for (;;) {
      const path = prefix + Array.from({ length: 6 }, () => letters[Math.floor(Math.random() * letters.length)]).join('');
      try {
        this.#process.files.mkdir(path, 0o700);
        return path;
      } catch (error) {
        if (!(error instanceof Errno && error.code === 'EEXIST')) throw error;
      }
    }
  }

  #remove(path: string, recursive: boolean): null {
    const all = this.#process.files;
    if (all.lstat(path).type !== 'directory') return all.unlink(path) ?? null;
    if (recursive) for (const { name } of all.readdir(path)) this.#remove(`${path}/${name}`, true);
    return all.rmdir(path) ?? null;
  }

  #copyFile(path: string, to: string, mode: number): null {
    const all = this.#process.files;
    const source = all.openFile(path, O_RDONLY).retain();
    try {
      if (source.stat().type === 'directory') throw new Errno('EISDIR');
      const flags = O_WRONLY | O_CREAT | ((mode & COPY_EXCLUSIVE) === 0 ? O_TRUNC : O_EXCL);
      if ((mode & COPY_EXCLUSIVE) === 0 && all.exists(to) && all.stat(to).ino === source.stat().ino) return null;
      const target = all.openFile(to, flags, source.stat().mode).retain();
      try {
        for (let part = source.read(1 << 20); part !== undefined && part.length > 0; part = source.read(1 << 20)) target.write(new Uint8Array(part));
      } finally {
        target.release();
      }
    } finally {
      source.release();
    }
    return null;
  }

  /** type, bsize, blocks, bfree, bavail, files, ffree. */
  #statfs(path: string): number[] {
    const stat = this.#process.files.locate(path).inode.fileSystem.statfs();
    const block = 4096;
    const free = Math.floor(stat.freeBytes / block);
    return [0x794c7630, block, Math.floor(stat.totalBytes / block), free, free, stat.files, 1 << 20];
  }
}

function inodeOf(file: OpenFile): InodeFile['inode'] {
  if (!(file instanceof InodeFile)) throw new Errno('ESPIPE');
  return file.inode;
}

// Node's file binding over the machine's file calls: everything in node:fs, node:fs/promises and the module loaders ends here.
import fs from 'node:fs';
import { knownReal, takeText } from './ahead.cjs';
import { internalBinding } from './internals.cjs';
import { begin, call, Hold, type Subject, systemError, tryCall } from './wire.cjs';

const binding = internalBinding('fs');
const { kUsePromises } = binding;
type Body = (...args: any[]) => any;
const later = setImmediate;

/** A path as the machine takes it. */
function text(path: string | Uint8Array): string {
  return typeof path === 'string' ? path : Buffer.from(path.buffer, path.byteOffset, path.length).toString('utf8');
}

function encoded(value: string, encoding: string | undefined): string | Buffer {
  return encoding === 'buffer' ? Buffer.from(value) : encoding === undefined || encoding === 'utf8' || encoding === 'utf-8' ? value : Buffer.from(value).toString(encoding as 'hex');
}

/** Carries out `body` for the three ways in which the library calls: at once, with a request object, for a promise. */
function settle(request: any, body: () => any): any {
  if (request === undefined || request === null) return body();
  let outcome: { value: any } | { error: unknown };
  try {
    outcome = { value: body() };
  } catch (error) {
    outcome = { error };
  }
  if (request === kUsePromises) return new Promise((resolve, reject) => later(() => ('error' in outcome ? reject(outcome.error as Error) : resolve(outcome.value))));
  later(() => {
    if ('error' in outcome) request.oncomplete(outcome.error);
    else if (outcome.value === undefined) request.oncomplete(null);
    else request.oncomplete(null, outcome.value);
  });
  return undefined;
}

/** Replaces a function of the binding; its request object is argument number `arity`. */
function define(name: string, arity: number, body: Body): void {
  if (name in binding) binding[name] = (...args: any[]) => settle(args[arity], () => body(...args));
}

const on = (op: string, syscall: string, path: string | Uint8Array, fields: object = {}, dest?: string | Uint8Array): any => {
  const subject: Subject = { syscall, path: text(path), ...(dest === undefined ? {} : { dest: text(dest) }) };
  return call({ op, path: text(path), ...fields }, subject).value;
};
const nothing = (value: unknown): undefined => void value;

// --- stat ---------------------------------------------------------------------------------------------------------------------

const SECOND_MS = 1000, NANOSECONDS = 1_000_000;

/** The 18 numbers of uv_stat_t: whole seconds and nanoseconds for each of four times. */
function statArray(numbers: number[], bigint: boolean): Float64Array | BigInt64Array {
  const [atime, mtime, ctime] = numbers.slice(10) as [number, number, number];
  const all = [...numbers.slice(0, 10)];
  for (const ms of [atime, mtime, ctime, Math.min(mtime, ctime)]) {
    const seconds = Math.floor(ms / SECOND_MS);
    all.push(seconds, Math.round((ms - seconds * SECOND_MS) * NANOSECONDS));
  }
  return bigint ? BigInt64Array.from(all, (value) => BigInt(Math.trunc(value))) : Float64Array.from(all);
}

function stat(op: 'stat' | 'lstat', path: string | Uint8Array, bigint: boolean, throwsIfNone: boolean): any {
  const answer = tryCall({ op, path: text(path) });
  if (!('errno' in answer)) return statArray(answer.value, bigint);
  if (!throwsIfNone && (answer.errno === 'ENOENT' || answer.errno === 'ENOTDIR')) return undefined;
  throw systemError(answer.errno, { syscall: op, path: text(path) });
}

function defineStat(): void {
  for (const op of ['stat', 'lstat'] as const) define(op, 2, (path, bigint, request, throwsIfNone) => stat(op, path, bigint, request !== undefined || throwsIfNone !== false));
  define('fstat', 2, (fd, bigint, request, mustNotThrow) => {
    const answer = tryCall({ op: 'fstat', fd });
    if (!('errno' in answer)) return statArray(answer.value, bigint);
    if (request === undefined && mustNotThrow === true) return undefined;
    throw systemError(answer.errno, { syscall: 'fstat' });
  });
  define('statfs', 2, (path, bigint) => {
    const numbers = on('statfs', 'statfs', path) as number[];
    return bigint ? BigInt64Array.from(numbers, BigInt) : Float64Array.from(numbers);
  });
  define('access', 2, (path, mode) => nothing(on('access', 'access', path, { mode })));
  binding.existsSync = (path: string) => !('errno' in tryCall({ op: 'access', path: text(path), mode: 0 }));
}

// --- open files ---------------------------------------------------------------------------------------------------------------

function read(fd: number, size: number, position: unknown): Buffer {
  return call({ op: 'read', fd, size, position: at(position) }, { syscall: 'read' }).bytes;
}

function at(position: unknown): number {
  return position === null || position === undefined ? -1 : Number(position);
}

function readInto(fd: number, buffer: Uint8Array, offset: number, length: number, position: unknown): number {
  const bytes = read(fd, length, position);
  view(buffer).set(bytes, offset);
  return bytes.length;
}

function view(buffer: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/** A read that may have to wait for somebody to write: pipes, terminals. The program goes on meanwhile. */
function readLater(fd: number, size: number, done: (error: unknown, bytes?: Buffer) => void): void {
  const answer = tryCall({ op: 'read', fd, size, position: -1, later: true });
  if ('errno' in answer) return void later(() => done(systemError(answer.errno, { syscall: 'read' })));
  if (answer.value !== 'later') return void later(() => done(null, answer.bytes));
  const hold = new Hold();
  hold.set(true);
  begin({ op: 'read', fd, size }, (errno, bytes) => {
    hold.set(false);
    if (errno === undefined) done(null, bytes);
    else done(systemError(errno, { syscall: 'read' }));
  });
}

function defineReads(): void {
  binding.read = (fd: number, buffer: Uint8Array, offset: number, length: number, position: unknown, request: any): any => {
    if (request === undefined) return readInto(fd, buffer, offset, length, position);
    if (at(position) >= 0) return settle(request, () => readInto(fd, buffer, offset, length, position));
    const into = (bytes: Buffer): number => {
      view(buffer).set(bytes, offset);
      return bytes.length;
    };
    if (request === kUsePromises) return new Promise((resolve, reject) => readLater(fd, length, (error, bytes) => (error ? reject(error as Error) : resolve(into(bytes!)))));
    return readLater(fd, length, (error, bytes) => (error ? request.oncomplete(error) : request.oncomplete(null, into(bytes!))));
  };
  define('readBuffers', 3, (fd, buffers: ArrayBufferView[], position) => {
    let sum = 0;
    for (const buffer of buffers) {
      const count = readInto(fd, view(buffer), 0, buffer.byteLength, at(position) < 0 ? -1 : at(position) + sum);
      sum += count;
      if (count < buffer.byteLength) break;
    }
    return sum;
  });
  binding.readFileUtf8 = (path: string | number | Uint8Array) => readWhole(typeof path === 'number' ? path : text(path)).toString('utf8');
}

function readWhole(path: string | number): Buffer {
  const known = typeof path === 'string' ? takeText(path) : undefined;
  if (known) return known;
  const answer = tryCall({ op: 'readFile', path });
  if (!('errno' in answer)) return answer.bytes;
  const syscall = answer.errno === 'EISDIR' ? 'read' : 'open';
  throw systemError(answer.errno, { syscall, ...(typeof path === 'number' || syscall === 'read' ? {} : { path }) });
}

/** Two functions of the library that take many calls of the binding for what the machine answers in one; all else about them is the library's. */
function shortenCalls(): void {
  const { readFileSync, realpathSync } = fs;
  const isPath = (path: unknown): path is string => typeof path === 'string' && path !== '' && !path.includes('\0');
  const target = fs as any;
  target.readFileSync = function (path: unknown, options?: any) {
    const isPlain = isPath(path) && (options === undefined || options === null || (typeof options === 'object' && !options.encoding && (options.flag === undefined || options.flag === 'r')));
    return isPlain ? readWhole(path) : readFileSync(path as string, options);
  };
  target.realpathSync = function (path: unknown, options?: any) {
    const isPlain = isPath(path) && (options === undefined || options === null || (typeof options === 'object' && options.encoding === undefined));
    const known = isPlain ? knownReal(path) : undefined;
    if (known !== undefined || !isPlain) return known ?? realpathSync(path as string, options);
    const answer = tryCall({ op: 'realpath', path });
    // The library's own way names the component that failed.
    return 'errno' in answer ? realpathSync(path, options) : answer.value;
  };
  target.realpathSync.native = realpathSync.native;
  for (const [name, native] of Object.entries({ readFileSync, realpathSync })) Object.defineProperties(target[name], { name: { value: name }, length: { value: native.length } });
}

function write(fd: number, bytes: Uint8Array, position: unknown): number {
  let sum = 0;
  // In pieces that a pipe between machine and child takes without much memory.
  for (const size = 1 << 20; sum < bytes.length || sum === 0; ) {
    const part = bytes.subarray(sum, sum + size);
    sum += call({ op: 'write', fd, position: at(position) < 0 ? -1 : at(position) + sum }, { syscall: 'write' }, part).value as number;
    if (part.length === 0) break;
  }
  return sum;
}

function defineWrites(): void {
  define('writeBuffer', 5, (fd, buffer: ArrayBufferView, offset: number, length: number, position) => write(fd, view(buffer).subarray(offset ?? 0, (offset ?? 0) + (length ?? buffer.byteLength)), position));
  define('writeBuffers', 3, (fd, buffers: ArrayBufferView[], position) => write(fd, Buffer.concat(buffers.map(view)), position));
  define('writeString', 4, (fd, string: string, position, encoding) => write(fd, Buffer.from(string, encoding), position));
  binding.writeFileUtf8 = (path: string | number, data: string, flags: number, mode: number) => {
    const name = typeof path === 'number' ? undefined : text(path);
    call({ op: 'writeFile', path: name ?? path, flags, mode }, { syscall: name === undefined ? 'write' : 'open', path: name }, Buffer.from(data));
  };
}

function defineOpen(): void {
  define('open', 3, (path, flags, mode) => on('open', 'open', path, { flags, mode }));
  define('close', 1, (fd) => nothing(call({ op: 'close', fd }, { syscall: 'close' })));
  define('openFileHandle', 3, (path, flags, mode) => new Handle(on('open', 'open', path, { flags, mode }) as number));
  for (const name of ['fsync', 'fdatasync']) define(name, 1, (fd) => nothing(call({ op: 'fsync', fd }, { syscall: name })));
  define('ftruncate', 2, (fd, size) => nothing(call({ op: 'ftruncate', fd, size: size ?? 0 }, { syscall: 'ftruncate' })));
  define('fchmod', 2, (fd, mode) => nothing(call({ op: 'fchmod', fd, mode }, { syscall: 'fchmod' })));
  define('fchown', 3, (fd, uid, gid) => nothing(call({ op: 'fchown', fd, uid: id(uid), gid: id(gid) }, { syscall: 'fchown' })));
  define('futimes', 3, (fd, atime, mtime) => nothing(call({ op: 'futimes', fd, atimeMs: atime * SECOND_MS, mtimeMs: mtime * SECOND_MS }, { syscall: 'futime' })));
}

function id(value: number): number {
  return value === 0xffffffff ? -1 : value;
}

/** What node:fs/promises holds an open file by. */
class Handle {
  fd: number;
  constructor(fd: number) {
    this.fd = fd;
  }

  close(): Promise<void> {
    const fd = this.releaseFD();
    return settle(kUsePromises, () => nothing(call({ op: 'close', fd }, { syscall: 'close' }))) as Promise<void>;
  }

  releaseFD(): number {
    const { fd } = this;
    this.fd = -1;
    return fd;
  }

  getAsyncId(): number {
    return 0;
  }
}

// --- names --------------------------------------------------------------------------------------------------------------------

function defineNames(): void {
  define('mkdir', 3, (path, mode, recursive) => on('mkdir', 'mkdir', path, { mode, recursive }) ?? undefined);
  define('mkdtemp', 2, (prefix, encoding) => {
    const base = text(prefix).replace(/XXXXXX$/, '');
    return encoded(call({ op: 'mkdtemp', prefix: base }, { syscall: 'mkdtemp', path: `${base}XXXXXX` }).value, encoding);
  });
  for (const name of ['rmdir', 'unlink']) define(name, 1, (path) => nothing(on(name, name, path)));
  for (const name of ['rename', 'link']) define(name, 2, (path, to) => nothing(on(name, name, path, { to: text(to) }, to)));
  define('symlink', 3, (target, path) => nothing(call({ op: 'symlink', path: text(path), target: text(target) }, { syscall: 'symlink', path: text(target), dest: text(path) })));
  for (const name of ['readlink', 'realpath']) define(name, 2, (path, encoding) => encoded(on(name, name, path), encoding));
  define('copyFile', 3, (path, to, mode) => nothing(on('copyFile', 'copyfile', path, { to: text(to), mode: mode ?? 0 }, to)));
  define('chmod', 2, (path, mode) => nothing(on('chmod', 'chmod', path, { mode })));
  define('chown', 3, (path, uid, gid) => nothing(on('chown', 'chown', path, { uid: id(uid), gid: id(gid) })));
  define('lchown', 3, (path, uid, gid) => nothing(on('chown', 'lchown', path, { uid: id(uid), gid: id(gid), follow: false })));
  define('utimes', 3, (path, atime, mtime) => nothing(on('utimes', 'utime', path, { atimeMs: atime * SECOND_MS, mtimeMs: mtime * SECOND_MS })));
  define('lutimes', 3, (path, atime, mtime) => nothing(on('utimes', 'lutime', path, { atimeMs: atime * SECOND_MS, mtimeMs: mtime * SECOND_MS, follow: false })));
  define('rmSync', 4, (path, _retries, recursive) => nothing(on('remove', 'rm', path, { recursive })));
  define('readdir', 3, (path, encoding, withTypes) => list(text(path), encoding, withTypes));
}

function list(path: string, encoding: string | undefined, withTypes: boolean): any {
  const entries = on('readdir', 'scandir', path) as [string, number][];
  const names = entries.map(([name]) => encoded(name, encoding));
  return withTypes ? [names, entries.map(([, type]) => type)] : names;
}

/** opendir: the whole list at once, handed out in pieces of `size` entries. */
class DirectoryHandle {
  #rest: [string, number][];
  constructor(rest: [string, number][]) {
    this.#rest = rest;
  }

  read(encoding: string, size: number, request: any): any {
    return settle(request, () => {
      const part = this.#rest.splice(0, size);
      return part.length === 0 ? null : part.flatMap(([name, type]) => [encoded(name, encoding), type]);
    });
  }

  close(request: any): any {
    return settle(request, () => undefined);
  }
}

function defineDirectories(): void {
  const directories = internalBinding('fs_dir');
  const open = (path: string): DirectoryHandle => new DirectoryHandle(on('readdir', 'opendir', path) as [string, number][]);
  directories.opendir = (path: string, _encoding: string, request: any) => settle(request, () => open(path));
  directories.opendirSync = open;
}

/** Replaces the whole binding. What is not replaced is refused by Node's permission model. */
export function replaceFiles(): void {
  defineStat();
  defineReads();
  defineWrites();
  defineOpen();
  defineNames();
  defineDirectories();
  shortenCalls();
}


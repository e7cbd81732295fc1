// The system calls of Python's C code, as Emscripten imports them, over those of the machine.
import { ask, Failure } from './machine.mjs';
import { type Entry, ENTRY_BYTES, type Memory, writeEntry, writeFileSystem, writeStat } from './memory.mjs';

type Call = (...args: any[]) => number;
export type Calls = Record<string, Call>;

const AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, AT_REMOVEDIR = 0x200, AT_EMPTY_PATH = 0x1000;
const O_CLOEXEC = 0o2000000;
const UTIME_NOW = 0x3fffffff, UTIME_OMIT = 0x3ffffffe;
const F_DUPFD = 0, F_GETFD = 1, F_SETFD = 2, F_GETFL = 3, F_SETFL = 4, F_DUPFD_CLOEXEC = 1030;
const FIONCLEX = 0x5450, FIOCLEX = 0x5451, TCGETS = 0x5401, TIOCGWINSZ = 0x5413;
const FORMATS = 0o170000, CHARACTER = 0o020000, DIRECTORY = 0o040000;
const WHENCE = ['set', 'current', 'end'];
const EAI_FAIL = -4;
const READ_MAX_BYTES = 1 << 20;

/** What a C function gets after its fixed arguments: a pointer to them. */
function argument(memory: Memory, varargs: number): number {
  return varargs === 0 ? 0 : memory.int(varargs);
}

/** Python has no sockets here, and says so as a kernel without networking does. */
const SOCKET_CALLS = ['accept4', 'bind', 'connect', 'getpeername', 'getsockname', 'getsockopt', 'listen', 'recvfrom', 'recvmsg', 'sendmsg', 'sendto'];

export function socketCalls(): Calls {
  const refuse = (code: string): Call => () => {
    throw new Failure(code);
  };
  return { getaddrinfo: () => EAI_FAIL, __syscall_socket: refuse('EAFNOSUPPORT'), ...Object.fromEntries(SOCKET_CALLS.map((name) => [`__syscall_${name}`, refuse('ENOTSOCK')])) };
}

/** The calls on files and descriptors. A directory is listed whole when it is first read. */
export function fileCalls(memory: Memory): Calls {
  const listings = new Map<number, Entry[]>();
  const pathOf = (fd: number): string => ask('pathOf', { fd }).value as string;
  const at = (dirfd: number, address: number): string => {
    const name = memory.text(address);
    if (name === '') throw new Failure('ENOENT');
    return name.startsWith('/') || dirfd === AT_FDCWD ? name : `${pathOf(dirfd)}/${name}`;
  };
  const done = (op: string, fields: object): number => {
    ask(op, fields);
    return 0;
  };
  const stat = (op: string, fields: object, buffer: number): number => {
    writeStat(memory, buffer >>> 0, ask(op, fields).value as number[]);
    return 0;
  };
  const ownership = (value: number): number => (value >>> 0 === 0xffffffff ? -1 : value >>> 0);
  const duplicate = (fd: number, options: object): number => ask('dup', { fd, ...options }).value as number;

  return {
    __syscall_openat: (dirfd, path, flags, varargs) => ask('open', { path: at(dirfd, path), flags, mode: argument(memory, varargs) & 0o7777 }).value as number,
    __syscall_stat64: (path, buffer) => stat('stat', { path: at(AT_FDCWD, path) }, buffer),
    __syscall_lstat64: (path, buffer) => stat('lstat', { path: at(AT_FDCWD, path) }, buffer),
    __syscall_fstat64: (fd, buffer) => stat('fstat', { fd }, buffer),
    __syscall_newfstatat: (dirfd, path, buffer, flags) => {
      if ((flags & AT_EMPTY_PATH) !== 0 && memory.text(path) === '') return stat('fstat', { fd: dirfd }, buffer);
      return stat((flags & AT_SYMLINK_NOFOLLOW) === 0 ? 'stat' : 'lstat', { path: at(dirfd, path) }, buffer);
    },
    __syscall_statfs64: (path, _size, buffer) => {
      writeFileSystem(memory, buffer >>> 0, ask('statfs', { path: at(AT_FDCWD, path) }).value as number[]);
      return 0;
    },
    __syscall_fstatfs64: (fd, _size, buffer) => {
      writeFileSystem(memory, buffer >>> 0, ask('statfs', { path: pathOf(fd) }).value as number[]);
      return 0;
    },
    __syscall_faccessat: (dirfd, path, mode) => done('access', { path: at(dirfd, path), mode }),
    __syscall_chdir: (path) => {
      process.chdir(at(AT_FDCWD, path));
      return 0;
    },
    __syscall_fchdir: (fd) => {
      process.chdir(pathOf(fd));
      return 0;
    },
    __syscall_getcwd: (buffer, size) => {
      const path = Buffer.from(`${process.cwd()}\0`);
      if (path.length > size) throw new Failure('ERANGE');
      return memory.put(buffer, path, size);
    },
    __syscall_umask_js: (mask) => process.umask(mask),
    __syscall_chmod: (path, mode) => done('chmod', { path: at(AT_FDCWD, path), mode: mode & 0o7777 }),
    __syscall_fchmod: (fd, mode) => done('fchmod', { fd, mode: mode & 0o7777 }),
    __syscall_fchmodat2: (dirfd, path, mode, flags) => done('chmod', { path: at(dirfd, path), mode: mode & 0o7777, follow: (flags & AT_SYMLINK_NOFOLLOW) === 0 }),
    __syscall_fchown32: (fd, uid, gid) => done('fchown', { fd, uid: ownership(uid), gid: ownership(gid) }),
    __syscall_fchownat: (dirfd, path, uid, gid, flags) => done('chown', { path: at(dirfd, path), uid: ownership(uid), gid: ownership(gid), follow: (flags & AT_SYMLINK_NOFOLLOW) === 0 }),
    __syscall_mkdirat: (dirfd, path, mode) => done('mkdir', { path: at(dirfd, path), mode: mode & 0o7777 }),
    __syscall_rmdir: (path) => done('rmdir', { path: at(AT_FDCWD, path) }),
    __syscall_unlinkat: (dirfd, path, flags) => done((flags & AT_REMOVEDIR) === 0 ? 'unlink' : 'rmdir', { path: at(dirfd, path) }),
    __syscall_renameat: (fromFd, from, toFd, to) => done('rename', { path: at(fromFd, from), to: at(toFd, to) }),
    __syscall_symlinkat: (target, dirfd, path) => done('symlink', { target: memory.text(target), path: at(dirfd, path) }),
    __syscall_readlinkat: (dirfd, path, buffer, size) => memory.put(buffer, Buffer.from(ask('readlink', { path: at(dirfd, path) }).value as string), size),
    __syscall_mknodat: () => {
      throw new Failure('EPERM');
    },
    __syscall_truncate64: (path, size) => done('truncate', { path: at(AT_FDCWD, path), size: Number(size) }),
    __syscall_ftruncate64: (fd, size) => done('ftruncate', { fd, size: Number(size) }),
    __syscall_fdatasync: (fd) => done('fsync', { fd }),
    fd_sync: (fd) => done('fsync', { fd }),
    __syscall_fadvise64: () => 0,
    __syscall_fallocate: () => {
      throw new Failure('EOPNOTSUPP');
    },
    __syscall_utimensat: (dirfd, path, times, flags) => {
      const now = Date.now();
      const [atimeMs, mtimeMs] = [0, 16].map((field) => {
        if (times === 0) return now;
        const nanoseconds = memory.int(times + field + 8);
        return nanoseconds === UTIME_NOW ? now : nanoseconds === UTIME_OMIT ? undefined : memory.long(times + field) * 1000 + nanoseconds / 1_000_000;
      });
      return done('utimes', { path: path === 0 ? pathOf(dirfd) : at(dirfd, path), atimeMs, mtimeMs, follow: (flags & AT_SYMLINK_NOFOLLOW) === 0 });
    },
    __syscall_getdents64: (fd, buffer, size) => {
      const place = ask('seek', { fd, offset: 0, whence: 'current' }).value as number;
      if (place === 0 || !listings.has(fd)) listings.set(fd, ask('list', { fd }).value as Entry[]);
      const first = place / ENTRY_BYTES;
      const part = listings.get(fd)!.slice(first, first + Math.floor(size / ENTRY_BYTES));
      part.forEach((entry, index) => writeEntry(memory, (buffer >>> 0) + index * ENTRY_BYTES, entry, (first + index + 1) * ENTRY_BYTES));
      ask('seek', { fd, offset: (first + part.length) * ENTRY_BYTES, whence: 'set' });
      return part.length * ENTRY_BYTES;
    },

    fd_close: (fd) => {
      listings.delete(fd);
      return done('close', { fd });
    },
    fd_read: (fd, vectors, count, result) => {
      memory.setInt(result, scatter(memory, vectors, count, (size) => ask('sysRead', { fd, size }).bytes));
      return 0;
    },
    fd_pread: (fd, vectors, count, position, result) => {
      memory.setInt(result, scatter(memory, vectors, count, (size) => ask('read', { fd, size, position: Number(position) }).bytes));
      return 0;
    },
    fd_write: (fd, vectors, count, result) => {
      memory.setInt(result, ask('sysWrite', { fd }, gather(memory, vectors, count)).value as number);
      return 0;
    },
    fd_pwrite: (fd, vectors, count, position, result) => {
      memory.setInt(result, ask('write', { fd, position: Number(position) }, gather(memory, vectors, count)).value as number);
      return 0;
    },
    fd_seek: (fd, offset, whence, result) => {
      memory.setLong(result, ask('seek', { fd, offset: Number(offset), whence: WHENCE[whence] }).value as number);
      return 0;
    },
    fd_fdstat_get: (fd, buffer) => {
      const mode = (ask('fstat', { fd }).value as number[])[1]! & FORMATS;
      memory.bytes.fill(0, buffer >>> 0, (buffer >>> 0) + 24);
      memory.bytes[buffer >>> 0] = mode === CHARACTER ? 2 : mode === DIRECTORY ? 3 : 4;
      return 0;
    },
    __syscall_dup: (fd) => duplicate(fd, {}),
    __syscall_dup3: (fd, to, flags) => duplicate(fd, { to, closeOnExec: (flags & O_CLOEXEC) !== 0 }),
    __syscall_pipe: (result) => {
      (ask('pipe').value as number[]).forEach((fd, index) => memory.setInt(result + index * 4, fd));
      return 0;
    },
    __syscall_fcntl64: (fd, command, varargs) => {
      const value = argument(memory, varargs);
      if (command === F_DUPFD || command === F_DUPFD_CLOEXEC) return duplicate(fd, { lowest: value, closeOnExec: command === F_DUPFD_CLOEXEC });
      if (command === F_GETFD) return ask('closeOnExec', { fd }).value as number;
      if (command === F_SETFD) return ask('closeOnExec', { fd, wanted: (value & 1) !== 0 }).value as number;
      if (command === F_GETFL) return ask('statusFlags', { fd }).value as number;
      if (command === F_SETFL) return ask('statusFlags', { fd, wanted: value }).value as number;
      throw new Failure('EINVAL');
    },
    __syscall_ioctl: (fd, request, varargs) => {
      if (request === FIOCLEX || request === FIONCLEX) return ask('closeOnExec', { fd, wanted: request === FIOCLEX }).value as number;
      const window = ask('windowSize', { fd }).value as [number, number] | null;
      if (window === null) throw new Failure('ENOTTY');
      const buffer = argument(memory, varargs) >>> 0;
      if (request === TIOCGWINSZ) {
        memory.bytes.fill(0, buffer, buffer + 8);
        memory.bytes.writeUInt16LE(window[1], buffer);
        memory.bytes.writeUInt16LE(window[0], buffer + 2);
        return 0;
      }
      throw new Failure(request === TCGETS ? 'ENOSYS' : 'EINVAL');
    },
    __syscall_poll: (list, count, timeoutMs) => {
      const wanted = Array.from({ length: count }, (_, index) => ({ fd: memory.int(list + index * 8), events: memory.bytes.readInt16LE((list >>> 0) + index * 8 + 4) }));
      const ready = ask('sysPoll', { wanted, timeoutMs }).value as number[];
      ready.forEach((events, index) => memory.bytes.writeInt16LE(events, (list >>> 0) + index * 8 + 6));
      return ready.filter((events) => events !== 0).length;
    },
    __syscall_getuid32_js: () => process.getuid!(),
  };
}

function scatter(memory: Memory, vectors: number, count: number, read: (size: number) => Uint8Array): number {
  const pieces = memory.vectors(vectors, count);
  const bytes = read(Math.min(pieces.reduce((sum, { size }) => sum + size, 0), READ_MAX_BYTES));
  let taken = 0;
  for (const { address, size } of pieces) taken += memory.put(address, bytes.subarray(taken), size);
  return taken;
}

function gather(memory: Memory, vectors: number, count: number): Uint8Array {
  const pieces = memory.vectors(vectors, count).map(({ address, size }) => memory.bytes.subarray(address, address + size));
  return Buffer.concat(pieces);
}


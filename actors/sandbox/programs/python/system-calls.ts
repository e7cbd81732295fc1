// The system calls that a Python child makes beside those of Node's library: descriptors, waiting, signals, children by fork and exec.
import { RELEASE, VERSION } from '../../commands/common/system.js';
import { withIds } from '../../kernel/credentials.js';
import { Errno } from '../../kernel/errno.js';
import { O_CLOEXEC, O_NONBLOCK, O_WRONLY, type OpenFile } from '../../kernel/open-file.js';
import type { Process } from '../../kernel/process.js';
import { encode } from '../../kernel/text.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { withinFileSize } from '../../kernel/limit-checks.js';
import type { Answered } from '../node/file-calls.js';
import type { NodeRequest } from '../node/wire.js';

/** As uv_dirent_type_t, which the child knows. */
const ENTRY_TYPES = { file: 1, directory: 2, symlink: 3, fifo: 4, socket: 5, character: 6, block: 7 } as const;
const POLLIN = 1, POLLOUT = 4, POLLNVAL = 32;
/** What F_SETFL may change: O_APPEND, O_NONBLOCK. */
const CHANGEABLE_FLAGS = 0o6000;
const READ_MAX_BYTES = 1 << 20;
const BLOCKING = new Set(['sysRead', 'sysPoll', 'sleep', 'waitChild']);

interface ForkExec {
  readonly argv: readonly string[];
  /** Paths that are tried in turn. */
  readonly executables: readonly string[];
  /** What the child's descriptors 0, 1 and 2 are; -1 for what they are already. */
  readonly stdio: readonly number[];
  readonly closeFds: boolean;
  readonly keep: readonly number[];
  readonly cwd: string | null;
  readonly env: readonly string[];
  /** Where the parent reads why there is no program; closed by a program that begins. */
  readonly failures: number;
  /** Numbers of errors as the parent writes them. */
  readonly errors: Readonly<Record<string, string>>;
  readonly newSession: boolean;
  readonly processGroup: number;
  readonly uid: number | null;
  readonly gid: number | null;
  readonly groups: readonly number[] | null;
  readonly umask: number;
}

export class SystemCalls {
  readonly #process: Process;
  readonly #executable: string;
  #arrived: number[] = [];

  constructor(process: Process, executable: string) {
    this.#process = process;
    this.#executable = executable;
  }

  /** undefined: no such request here. Throws Errno. */
  *answer(request: NodeRequest): Task<Answered | undefined> {
    const process = this.#process;
    const fd = request.fd as number;
    // Whoever waits hears of what came before it waited.
    if (BLOCKING.has(request.op) && this.#arrived.length > 0) throw new Errno('EINTR');
    switch (request.op) {
      case 'signals':
        if (process.hasPendingSignals) yield PREEMPT;
        return { value: this.#arrived.splice(0) };
      case 'sysRead':
        return { value: null, bytes: yield* this.#read(fd, request.size as number) };
      case 'sysWrite':
        return { value: yield* this.#write(fd, new Uint8Array(request.bytes)) };
      case 'sysPoll':
        return { value: yield* this.#poll(request.wanted as { fd: number; events: number }[], request.timeoutMs as number) };
      case 'sleep':
        yield* process.sleep(request.durationMs as number);
        return { value: null };
      case 'waitChild':
        return { value: yield* this.#wait(request.pid as number, request.noHang === true) };
      default: {
        const value = this.#plain(request, fd);
        return value === undefined ? undefined : { value };
      }
    }
  }

  #plain(request: NodeRequest, fd: number): unknown {
    const process = this.#process;
    const { descriptors, files } = process;
    switch (request.op) {
      case 'pythonStart':
        return { argv: process.argv, executable: this.#executable };
      case 'pythonFacts':
        return this.#facts();
      case 'open':
        return descriptors.add(files.openFile(request.path as string, request.flags as number, request.mode as number), { closeOnExec: ((request.flags as number) & O_CLOEXEC) !== 0 });
      case 'seek':
        return descriptors.get(fd).seek(request.offset as number, request.whence as 'set');
      case 'pathOf':
        return descriptors.get(fd).name;
      case 'list':
        return this.#list(fd);
      case 'dup':
        return this.#duplicate(fd, request);
      case 'pipe':
        return process.pipe();
      case 'closeOnExec':
        if (typeof request.wanted === 'boolean') descriptors.setCloseOnExec(fd, request.wanted);
        else descriptors.get(fd);
        return typeof request.wanted === 'boolean' ? 0 : Number(descriptors.isCloseOnExec(fd));
      case 'statusFlags': {
        const file = descriptors.get(fd);
        if (typeof request.wanted !== 'number') return file.flags;
        file.flags = (file.flags & ~CHANGEABLE_FLAGS) | (request.wanted & CHANGEABLE_FLAGS);
        return 0;
      }
      case 'truncate': {
        const file = files.openFile(request.path as string, O_WRONLY).retain();
        try {
          file.truncate(request.size as number);
        } finally {
          file.release();
        }
        return null;
      }
      case 'disposition':
        process.onSignal(request.signal as number, request.disposition === 'handle' ? (signal) => this.#arrived.push(signal) : (request.disposition as 'default' | 'ignore'));
        return null;
      case 'exec': {
        const { path, argv, env } = request as unknown as { path: string; argv: string[]; env: string[] };
        return process.exec(path, argv, variables(env));
      }
      case 'forkExec':
        return this.#forkExec(request as unknown as ForkExec);
      default:
        return undefined;
    }
  }

  #facts(): object {
    const { pid, parent, env, credentials: { uid, gid, groups }, kernel } = this.#process;
    const machine = globalThis.process.arch === 'arm64' ? 'aarch64' : 'x86_64';
    return {
      env: [...env].map(([name, value]) => `${name}=${value}`), uname: ['Linux', kernel.hostname, RELEASE, VERSION, machine],
      getpid: pid, getppid: parent?.pid ?? 0, getuid: uid, geteuid: uid, getgid: gid, getegid: gid, getgroups: [...groups],
    };
  }

  *#read(fd: number, size: number): Task<Uint8Array> {
    const file = this.#process.descriptors.get(fd);
    if (!file.readsAllowed) throw new Errno('EBADF');
    for (;;) {
      const bytes = file.read(Math.min(size, READ_MAX_BYTES));
      if (bytes !== undefined) return bytes;
      if ((file.flags & O_NONBLOCK) !== 0) throw new Errno('EAGAIN');
      yield* this.#process.block(file.readable, true);
    }
  }

  /** write(2): everything, unless the descriptor does not wait. */
  *#write(fd: number, bytes: Uint8Array): Task<number> {
    const file = this.#process.descriptors.get(fd);
    const size = bytes.length;
    if (!file.writesAllowed) throw new Errno('EBADF');
    if ((file.flags & O_NONBLOCK) !== 0) {
      const count = file.write(withinFileSize(this.#process, file, bytes));
      if (count === undefined) throw new Errno('EAGAIN');
      return count;
    }
    yield* this.#process.write(fd, bytes);
    return size;
  }

  *#poll(wanted: readonly { fd: number; events: number }[], timeoutMs: number): Task<number[]> {
    const { descriptors } = this.#process;
    const events = (): number[] => wanted.map(({ fd, events: asked }) => {
      if (fd < 0) return 0;
      const file = descriptors.find(fd);
      if (!file) return POLLNVAL;
      return (file.canRead ? asked & POLLIN : 0) | (file.canWrite ? asked & POLLOUT : 0);
    });
    const first = events();
    if (timeoutMs === 0 || first.some((each) => each !== 0)) return first;
    const polled = wanted.filter(({ fd }) => fd >= 0).map(({ fd, events: asked }) => ({ fd, read: (asked & POLLIN) !== 0, write: (asked & POLLOUT) !== 0 }));
    yield* this.#process.poll(polled, timeoutMs < 0 ? undefined : timeoutMs);
    return events();
  }

  #list(fd: number): object[] {
    const { files, descriptors } = this.#process;
    const path = descriptors.get(fd).name;
    const dots = ['.', '..'].map((name) => ({ name, type: ENTRY_TYPES.directory, ino: files.stat(`${path}/${name}`).ino }));
    return [...dots, ...files.readdir(path).map(({ name, type, ino }) => ({ name, type: ENTRY_TYPES[type], ino }))];
  }

  #duplicate(fd: number, { to, lowest, closeOnExec }: NodeRequest): number {
    const { descriptors } = this.#process;
    const file = descriptors.get(fd);
    if (typeof to !== 'number') return descriptors.add(file, { lowest: typeof lowest === 'number' ? lowest : 0, closeOnExec: closeOnExec === true });
    if (to === fd) throw new Errno('EINVAL');
    descriptors.put(to, file, closeOnExec === true);
    return to;
  }

  /** [pid, exit code, signal]; zeros while none has ended and nobody waits. */
  *#wait(pid: number, noHang: boolean): Task<[number, number, number]> {
    const own = this.#process;
    const which = pid > 0 ? [...own.children].filter((child) => child.pid === pid) : pid === -1 ? undefined : [...own.children].filter((child) => child.processGroup === (pid === 0 ? own.processGroup : -pid));
    const ended = yield* own.wait(which, { noHang, interruptible: true });
    if (!ended) return [0, 0, 0];
    const { status } = ended;
    return [ended.pid, status && 'exitCode' in status ? status.exitCode : 0, status && 'signal' in status ? status.signal : 0];
  }

  /** As subprocess expects of its C part: the child's pid at once, and why there is no program over the pipe. */
  #forkExec(wish: ForkExec): number {
    const parent = this.#process;
    const given = wish.stdio.map((fd) => (fd < 0 ? undefined : parent.descriptors.get(fd).retain()));
    const child = parent.fork(function* (self) {
      place(self, given, wish);
      let failure = new Errno('ENOENT');
      try {
        enter(self, wish);
        const env = variables(wish.env);
        for (const path of wish.executables) {
          try {
            self.exec(path, wish.argv, env);
          } catch (error) {
            if (!(error instanceof Errno)) throw error;
            if ((error.code !== 'ENOENT' && error.code !== 'ENOTDIR') || failure.code === 'ENOENT') failure = error;
          }
        }
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        return yield* tell(self, wish, error, 'noexec');
      }
      return yield* tell(self, wish, failure, '');
    });
    return child.pid;
  }
}

/** NAME=value pairs. */
function variables(pairs: readonly string[]): Map<string, string> {
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=', 1)), pair.slice(pair.indexOf('=', 1) + 1)] as const));
}

/** The child's descriptors; what was held for it is let go. */
function place(self: Process, given: readonly (OpenFile | undefined)[], wish: ForkExec): void {
  const { descriptors } = self;
  // Its own copy, away from the numbers that are filled now.
  const failures = descriptors.get(wish.failures).retain();
  given.forEach((file, fd) => {
    if (file) {
      descriptors.put(fd, file);
      file.release();
    } else if (descriptors.find(fd)) {
      descriptors.setCloseOnExec(fd, false);
    }
  });
  for (const fd of wish.keep) if (descriptors.find(fd) && fd !== wish.failures) descriptors.setCloseOnExec(fd, false);
  const kept = new Set([0, 1, 2, wish.failures, ...wish.keep]);
  if (wish.closeFds) for (const fd of descriptors.numbers()) if (!kept.has(fd)) descriptors.close(fd);
  descriptors.put(wish.failures, failures, true);
  failures.release();
}

function enter(self: Process, wish: ForkExec): void {
  for (const signal of [13, 25]) self.onSignal(signal, 'default');
  if (wish.newSession) self.setSession();
  if (wish.processGroup >= 0) self.processGroup = wish.processGroup === 0 ? self.pid : wish.processGroup;
  if (wish.umask >= 0) self.umask = wish.umask & 0o777;
  if (wish.cwd !== null) self.files.chdir(wish.cwd);
  const { uid, gid, groups } = wish;
  const wanted = { ...(uid === null ? {} : { uid }), ...(gid === null ? {} : { gid }), ...(groups === null ? {} : { groups }) };
  self.credentials = withIds(self.credentials, wanted);
}

function* tell(self: Process, wish: ForkExec, error: Errno, where: string): Task<number> {
  yield* self.write(wish.failures, encode(`OSError:${wish.errors[error.code] ?? '0'}:${where}`));
  return 255;
}

// One process: identity, descriptors, signals, and the system calls that programs make. Programs see this and nothing else.
import { afterExec, type Credentials, isCapable } from './credentials.js';
import { DescriptorTable } from './descriptors.js';
import { Errno } from './errno.js';
import { Files } from './files.js';
import type { Kernel } from './kernel.js';
import { canFork, withinFileSize } from './limit-checks.js';
import { O_NONBLOCK, type OpenFile } from './open-file.js';
import type { Location } from './path.js';
import { openPipe } from './pipe.js';
import { ProcessExit, ProcessImage } from './process-end.js';
import type { Main } from './program.js';
import { defaultAction, SIGCHLD, SIGCONT, SIGKILL, SIGPIPE, SIGSTOP } from './signals.js';
import { DEFAULT_LIMITS, type ResourceLimit, type ResourceLimits, type ResourceName } from './rlimits.js';
import type { Terminal } from './tty.js';
import { anyOf, type Task, timer, type Wait, WaitQueue } from './wait.js';

/** How a process ended, as wait(2) tells it. */
export type WaitStatus = { exitCode: number } | { signal: number };

/** 0-255 as a shell's `$?` shows it: 128 + signal for a killed one. */
export function statusCode(status: WaitStatus): number {
  return 'signal' in status ? 128 + status.signal : status.exitCode;
}

export type SignalHandler = (signal: number) => void;
export type Disposition = 'default' | 'ignore' | SignalHandler;

/** What a program must be told to go on where it was, as JSON; `wakeAtMs` (since the epoch) is when it has to go on in any case. */
export type Resumption = Readonly<Record<string, unknown>> & { readonly wakeAtMs?: number };

/** What a new process starts with; `files` maps descriptor numbers. */
export interface ProcessOptions {
  argv: readonly string[];
  env: ReadonlyMap<string, string>;
  cwd: Location;
  credentials: Credentials;
  files?: DescriptorTable;
  umask?: number;
  /** Its parent's, else the defaults, where absent. */
  limits?: ResourceLimits;
  /** The built-in that runs, and how it goes on in a machine that was put away (`checkpoint.ts`). */
  program?: string;
  resumed?: Resumption;
}

export interface ResourceUsage {
  cpuMs: number;
  /** What the machine grew by while it ran; an estimate that tells who is hungry. */
  memoryBytes: number;
  /** What is held for it outside the machine's thread. */
  foreignBytes: number;
  /** Of SIGXCPU. */
  nextCpuSignalSeconds: number;
}

export class Process {
  readonly kernel: Kernel;
  readonly pid: number;
  parent: Process | undefined;
  readonly children = new Set<Process>();
  processGroup: number;
  session: number;
  terminal: Terminal | undefined;
  argv: readonly string[];
  /** The environment given at exec; a shell keeps its own variables and passes a new map on. */
  env: ReadonlyMap<string, string>;
  /** The program's name as ps shows it. */
  command: string;
  /** The program's file, as /proc/PID/exe shows it; before the first exec there is none. */
  executable: Location | undefined;
  cwd: Location;
  umask: number;
  credentials: Credentials;
  readonly descriptors: DescriptorTable;
  readonly files: Files;
  startedAtMs = Date.now();
  /** The name of the built-in that it executes; undefined for everything else, forked shells among it. */
  program: string | undefined;
  /** Set for a program that goes on in a new life of the machine instead of beginning. */
  resumed: Resumption | undefined;
  /** Set by a program while it waits and could be put away: what it would have to be told. */
  resumption: Resumption | undefined;
  readonly usage: ResourceUsage = { cpuMs: 0, memoryBytes: 0, foreignBytes: 0, nextCpuSignalSeconds: 0 };
  /** Set once it has ended; it stays a zombie until its parent has waited for it. */
  status: WaitStatus | undefined;
  /** Between execve(2) and the first step of the new program, while the old one unwinds. */
  executes = false;
  stopped = false;
  niceness = 0;
  /** From -1000, never to be ended for lack of memory, to 1000. */
  oomScoreAdjustment: number;
  /** The processors it asked for (sched_setaffinity(2)), a bit each; undefined for all. */
  affinity: bigint | undefined;
  /** Children that ended or stopped; and this process's own end, for those outside the machine. */
  readonly childChanged = new WaitQueue();
  readonly ended = new WaitQueue();
  readonly #dispositions = new Map<number, Disposition>();
  readonly #pending: number[] = [];
  readonly #signalled = new WaitQueue();
  #interrupted = false;
  #limits: ResourceLimits = DEFAULT_LIMITS;

  constructor(kernel: Kernel, pid: number, parent: Process | undefined, options: ProcessOptions) {
    this.kernel = kernel;
    this.pid = pid;
    this.parent = parent;
    this.processGroup = parent?.processGroup ?? pid;
    this.session = parent?.session ?? pid;
    this.terminal = parent?.terminal;
    this.argv = options.argv;
    this.env = options.env;
    this.command = options.argv[0]?.split('/').at(-1) ?? '';
    this.executable = parent?.executable;
    this.cwd = options.cwd;
    this.umask = options.umask ?? parent?.umask ?? 0o022;
    this.credentials = options.credentials;
    this.descriptors = options.files ?? new DescriptorTable();
    this.files = new Files(this, kernel.tree);
    this.applyLimits(options.limits ?? parent?.limits ?? kernel.limits);
    this.program = options.program;
    this.resumed = options.resumed;
    if (parent) this.niceness = parent.niceness;
    this.oomScoreAdjustment = parent?.oomScoreAdjustment ?? kernel.oomScoreAdjustment;
    this.affinity = parent?.affinity;
  }

  // --- input and output -------------------------------------------------------------------------------------------------------

  /** open(2). */
  open(path: string, flags: number, mode?: number): number {
    return this.descriptors.add(this.files.openFile(path, flags, mode));
  }

  /** read(2): up to `maxBytes`, empty at the end of the file. */
  *read(fd: number, maxBytes = 65536): Task<Uint8Array> {
    const file = this.descriptors.get(fd);
    if (!file.readsAllowed) throw new Errno('EBADF');
    for (;;) {
      const bytes = file.read(maxBytes);
      if (bytes !== undefined) return bytes;
      if ((file.flags & O_NONBLOCK) !== 0) throw new Errno('EAGAIN');
      yield* this.block(file.readable);
    }
  }

  /** Writes everything (a loop around write(2)); SIGPIPE is sent as the kernel would. The buffer is given away. */
  *write(fd: number, bytes: Uint8Array): Task {
    const file = this.descriptors.get(fd);
    if (!file.writesAllowed) throw new Errno('EBADF');
    let rest = bytes;
    do {
      const count = this.#writeSome(file, rest);
      if (count === undefined) {
        if ((file.flags & O_NONBLOCK) !== 0) throw new Errno('EAGAIN');
        yield* this.block(file.writable);
      } else {
        rest = rest.subarray(count);
      }
    } while (rest.length > 0);
  }

  #writeSome(file: OpenFile, bytes: Uint8Array): number | undefined {
    try {
      return file.write(withinFileSize(this, file, bytes));
    } catch (error) {
      if (error instanceof Errno && error.code === 'EPIPE') this.deliver(SIGPIPE);
      throw error;
    }
  }

  close(fd: number): void {
    this.descriptors.close(fd);
  }

  dup2(from: number, to: number): void {
    const file = this.descriptors.get(from);
    if (from !== to) this.descriptors.put(to, file);
  }

  /** pipe(2): [read end, write end]. */
  pipe(): [number, number] {
    const [reader, writer] = openPipe();
    return [this.descriptors.add(reader), this.descriptors.add(writer)];
  }

  /** poll(2): the descriptors that are ready, none when the time is over (`timeoutMs` undefined = for ever). */
  *poll(wanted: readonly { fd: number; read?: boolean; write?: boolean }[], timeoutMs?: number): Task<number[]> {
    const until = timeoutMs === undefined ? Infinity : performance.now() + timeoutMs;
    for (;;) {
      const ready = wanted.filter(({ fd, read, write }) => {
        const file = this.descriptors.find(fd);
        return file === undefined || (read === true && file.canRead) || (write === true && file.canWrite);
      });
      const left = until - performance.now();
      if (ready.length > 0 || left <= 0) return ready.map(({ fd }) => fd);
      const waits: Wait[] = wanted.flatMap(({ fd, read, write }) => {
        const file = this.descriptors.get(fd);
        return [...(read === true ? [file.readable] : []), ...(write === true ? [file.writable] : [])];
      });
      yield* this.block(anyOf(left === Infinity ? waits : [...waits, timer(left)]), true);
    }
  }

  // --- time and blocking ------------------------------------------------------------------------------------------------------

  /**
   * Waits once. A handled signal runs its handler here; then, where `interruptible`, EINTR is thrown, else the wait goes on
   * (SA_RESTART). The default action of a signal never comes back.
   */
  *block(wait: Wait, interruptible = false): Task {
    yield anyOf([wait, this.#signalled]);
    if (this.#interrupted) {
      this.#interrupted = false;
      if (interruptible) throw new Errno('EINTR');
    }
  }

  /** Waits for the outside or the clock as `body` does, and says meanwhile how to go on from here, so that the machine can be put away. */
  *resting<T>(resumption: Resumption, body: Task<T>): Task<T> {
    this.resumption = resumption;
    try {
      return yield* body;
    } finally {
      this.resumption = undefined;
    }
  }

  /** nanosleep(2); a handled signal ends it with EINTR. */
  *sleep(durationMs: number): Task {
    const until = performance.now() + durationMs;
    for (let left = durationMs; left > 0; left = until - performance.now()) yield* this.block(timer(left), true);
  }

  /** pause(2): until a handled signal came. */
  *pause(): Task {
    for (;;) {
      try {
        yield* this.block(new WaitQueue(), true);
      } catch (error) {
        if (error instanceof Errno && error.code === 'EINTR') return;
        throw error;
      }
    }
  }

  // --- limits -----------------------------------------------------------------------------------------------------------------

  get limits(): ResourceLimits {
    return this.#limits;
  }

  /** setrlimit(2): EINVAL for a soft limit above the hard one, EPERM for a hard limit that would be raised without CAP_SYS_RESOURCE. */
  setLimit(name: ResourceName, limit: ResourceLimit): void {
    if (limit.soft > limit.hard) throw new Errno('EINVAL');
    if (limit.hard > this.#limits[name].hard && !isCapable(this.credentials, 'SYS_RESOURCE')) throw new Errno('EPERM');
    this.applyLimits({ ...this.#limits, [name]: limit });
  }

  /** As setLimit, for whoever starts the process. */
  applyLimits(limits: ResourceLimits): void {
    this.#limits = limits;
    this.descriptors.limit = limits.nofile.soft;
  }

  // --- processes --------------------------------------------------------------------------------------------------------------

  /** fork(2) with the child's code given as a closure over what the parent chooses to copy. */
  fork(main: Main): Process {
    if (!canFork(this, 1)) throw new Errno('EAGAIN');
    return this.kernel.spawn(main, this, {
      argv: this.argv, env: this.env, cwd: this.cwd, credentials: this.credentials, files: this.descriptors.copy(), umask: this.umask,
    });
  }

  /** execve(2): never returns. `path` is looked up as given (no PATH search); ENOENT, EACCES, ENOEXEC as on Linux. */
  exec(path: string, argv: readonly string[], env: ReadonlyMap<string, string>): never {
    const program = this.kernel.load(this, path, argv);
    this.credentials = afterExec(this.credentials, program.location.inode.stat(), this.kernel.tree.mountOf(program.location)?.noSuid !== true);
    this.program = program.builtin;
    this.resumed = undefined;
    this.argv = program.argv;
    this.env = env;
    this.command = path.split('/').at(-1)!;
    this.executable = program.location;
    this.descriptors.closeForExec();
    for (const [signal, disposition] of this.#dispositions) if (disposition !== 'ignore') this.#dispositions.delete(signal);
    this.executes = true;
    throw new ProcessImage(program.main);
  }

  /** Its program is over: what still unwinds of it must leave the descriptors to the next one, or to the kernel. */
  get isUnwinding(): boolean {
    return this.executes || this.status !== undefined;
  }

  exit(exitCode: number): never {
    throw new ProcessExit(exitCode);
  }

  /**
   * waitpid(2): the next ended child among `which` (all children where absent). With `noHang` undefined when none has ended.
   * ECHILD when there is none to wait for; EINTR after a handled signal where `interruptible`.
   */
  *wait(which?: readonly Process[], options: { noHang?: boolean; interruptible?: boolean } = {}): Task<Process | undefined> {
    for (;;) {
      const candidates = which ? which.filter((child) => this.children.has(child)) : [...this.children];
      if (candidates.length === 0) throw new Errno('ECHILD');
      const ended = candidates.find((child) => child.status !== undefined);
      if (ended) {
        this.children.delete(ended);
        this.kernel.reap(ended);
        return ended;
      }
      if (options.noHang === true) return undefined;
      yield* this.block(this.childChanged, options.interruptible ?? false);
    }
  }

  setSession(): void {
    this.session = this.pid;
    this.processGroup = this.pid;
    this.terminal = undefined;
  }

  // --- signals ----------------------------------------------------------------------------------------------------------------

  disposition(signal: number): Disposition {
    return this.#dispositions.get(signal) ?? 'default';
  }

  /** signal(2). Handlers are called at the next system call or preemption point, like a shell's traps noted for later. */
  onSignal(signal: number, disposition: Disposition): void {
    if (signal === SIGKILL || signal === SIGSTOP) throw new Errno('EINVAL');
    if (disposition === 'default') this.#dispositions.delete(signal);
    else this.#dispositions.set(signal, disposition);
  }

  /** fork(2) passes ignored signals and, for a subshell, nothing else on. */
  inheritIgnored(from: Process): void {
    for (const [signal, disposition] of from.#dispositions) if (disposition === 'ignore') this.#dispositions.set(signal, 'ignore');
  }

  /** A signal arrives, from inside or outside. pid 1 of a machine is deaf to what it does not handle, unless it comes from outside. */
  deliver(signal: number, fromOutside = false): void {
    if (this.status !== undefined || signal === 0) return;
    if (signal === SIGCONT || signal === SIGKILL) this.#setStopped(false);
    const disposition = this.disposition(signal);
    if (disposition === 'ignore') return;
    if (disposition !== 'default') {
      this.#pending.push(signal);
      this.#signalled.wake();
      return;
    }
    const action = defaultAction(signal);
    if (action === 'ignore' || action === 'continue') return;
    const isInit = this.pid === 1;
    if (isInit && !(fromOutside && (signal === SIGKILL || signal === SIGSTOP))) return;
    if (action === 'stop') this.#setStopped(true);
    else this.kernel.terminate(this, { signal });
  }

  #setStopped(stopped: boolean): void {
    if (this.stopped === stopped) return;
    this.stopped = stopped;
    this.kernel.resumeOrHold(this);
    this.parent?.childChanged.wake();
    this.parent?.deliver(SIGCHLD);
  }

  /** Called by the scheduler before the process goes on: runs the handlers of what arrived. */
  runHandlers(): void {
    while (this.#pending.length > 0) {
      const signal = this.#pending.shift()!;
      const disposition = this.disposition(signal);
      if (typeof disposition !== 'function') continue;
      this.#interrupted = true;
      disposition(signal);
    }
  }

  /** The signals with this disposition: what /proc shows, and what a put-away process must be given back. */
  signalsThat(are: 'ignored' | 'handled'): number[] {
    return [...this.#dispositions].filter(([, disposition]) => (disposition === 'ignore') === (are === 'ignored')).map(([signal]) => signal);
  }

  get hasPendingSignals(): boolean {
    return this.#pending.length > 0;
  }
}

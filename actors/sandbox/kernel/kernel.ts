// The kernel of one machine: process table, scheduler, mounts, and the loading of programs.
import { Budget, type BudgetOptions } from './budget.js';
import { Errno } from './errno.js';
import type { FileSystem } from './inode.js';
import { enforceCpuTime, hasRoom } from './limit-checks.js';
import { isTooBig } from './memory-limit.js';
import { type Location, MAY_EXECUTE, MountTree, permits } from './path.js';
import { Process, type ProcessOptions, type WaitStatus } from './process.js';
import { ProcessExit, ProcessImage } from './process-end.js';
import type { Executable, Main, Program, ProgramKind } from './program.js';
import { SIGCHLD, SIGHUP, SIGKILL } from './signals.js';
import { DEFAULT_LIMITS, type ResourceLimits } from './rlimits.js';
import { SocketTable } from './sockets.js';
import { PREEMPT, type Task } from './wait.js';

/** How long processes run before messages from outside get their turn. */
const SLICE_MS = 8;
const HEAD_BYTES = 256;
/** Where nothing else was asked for: more than scripts need, and a fork bomb stays a matter of its own container. */
export const PROCESSES_MAX = 2048;

export interface KernelOptions extends BudgetOptions {
  hostname: string;
  root: FileSystem;
  kinds: readonly ProgramKind[];
  /** HostConfig.PidsLimit; fork fails with EAGAIN beyond it. */
  processesMax?: number;
  /** What every process that comes from outside begins with. */
  limits?: ResourceLimits;
  /** HostConfig.OomScoreAdj: what processes that come from outside begin with. */
  oomScoreAdjustment?: number;
  /** Whether programs may reach the host's network; else the machine's loopback is all there is. */
  network?: boolean;
  /** A program died of a defect of ours; the machine goes on, the process ends as if by SIGSEGV. */
  onDefect?: (error: unknown, process: Process) => void;
  /** Something that whoever runs the machine should know, once. */
  onNotice?: (message: string) => void;
  /** Nothing is left to run until something comes from outside or a timer is over. */
  onIdle?: () => void;
}

interface Thread {
  task: Task<number>;
  queued: boolean;
  unsubscribe: (() => void) | undefined;
}

export class Kernel {
  readonly tree: MountTree;
  readonly processes = new Map<number, Process>();
  hostname: string;
  /** The NIS domain's name. */
  domainName = '(none)';
  /** A process was ended because it used more memory than the machine has. */
  outOfMemory = false;
  bootedAtMs = Date.now();
  processesMax: number;
  readonly limits: ResourceLimits;
  readonly budget: Budget;
  readonly network: boolean;
  readonly oomScoreAdjustment: number;
  readonly sockets = new SocketTable(this);
  /** sysctl(8): what was set of the kernel's settings, by dotted name. */
  readonly settings = new Map<string, string>();
  readonly #kinds: readonly ProgramKind[];
  readonly #threads = new Map<Process, Thread>();
  readonly #ready: Process[] = [];
  readonly #onDefect: (error: unknown, process: Process) => void;
  readonly #onNotice: (message: string) => void;
  readonly #onIdle: () => void;
  readonly #noticed = new Set<string>();
  #nextPid = 1;
  #running = false;
  #scheduled = false;
  #frozen = false;

  constructor(options: KernelOptions) {
    this.tree = new MountTree(options.root);
    this.hostname = options.hostname;
    this.processesMax = options.processesMax ?? PROCESSES_MAX;
    this.limits = options.limits ?? DEFAULT_LIMITS;
    this.budget = new Budget(this, options);
    this.network = options.network ?? true;
    this.oomScoreAdjustment = options.oomScoreAdjustment ?? 0;
    this.#kinds = options.kinds;
    this.#onDefect = options.onDefect ?? (() => undefined);
    this.#onNotice = options.onNotice ?? (() => undefined);
    this.#onIdle = options.onIdle ?? (() => undefined);
  }

  /** Starts a process. Without a parent it enters from outside (the first one is init, later ones are execs). */
  spawn(main: Main, parent: Process | undefined, options: ProcessOptions): Process {
    if (!parent && !hasRoom(this, 1)) throw new Errno('EAGAIN');
    const process = new Process(this, this.#nextPid++, parent, options);
    if (parent) process.inheritIgnored(parent);
    this.admit(process, main);
    return process;
  }

  /** Runs a process that exists: a new one, or one of a machine that was put away. */
  admit(process: Process, main: Main): void {
    this.processes.set(process.pid, process);
    process.parent?.children.add(process);
    this.#threads.set(process, { task: run(main, process), queued: false, unsubscribe: undefined });
    this.#enqueue(process);
  }

  /** What a machine that was put away had counted (`checkpoint.ts`). */
  get counters(): { nextPid: number; bootedAtMs: number; cpuMs: number } {
    return { nextPid: this.#nextPid, bootedAtMs: this.bootedAtMs, cpuMs: this.budget.cpuMs };
  }

  set counters({ nextPid, bootedAtMs, cpuMs }) {
    this.#nextPid = nextPid;
    this.bootedAtMs = bootedAtMs;
    this.budget.cpuMs = cpuMs;
  }

  /** Whether every process waits. */
  get isIdle(): boolean {
    return this.#ready.length === 0 && !this.#running && !this.#frozen;
  }

  /** Told once for each message. */
  notice(message: string): void {
    if (this.#noticed.has(message)) return;
    this.#noticed.add(message);
    this.#onNotice(message);
  }

  /** Finds the program of a file; ENOENT, EACCES, ENOEXEC as execve(2). */
  load(process: Process, path: string, argv: readonly string[]): Program & { location: Location } {
    const location = process.files.locate(path);
    const { inode } = location;
    if (inode.type !== 'file' || !permits(inode, process.credentials, MAY_EXECUTE) || this.tree.mountOf(location)?.noExec === true) throw new Errno('EACCES');
    const executable: Executable = { path, location, head: inode.readAt(0, HEAD_BYTES), argv };
    for (const kind of this.#kinds) {
      const program = kind.claim(executable, process);
      if (program) return { location, ...program };
    }
    throw new Errno('ENOEXEC');
  }

  /** Ends a process now: its code is unwound, its descriptors closed, its parent told. */
  terminate(process: Process, status: WaitStatus): void {
    const thread = this.#threads.get(process);
    if (!thread || process.status !== undefined) return;
    process.status = status;
    this.#threads.delete(process);
    thread.unsubscribe?.();
    // A generator that is running right now (it killed itself) unwinds when it next yields.
    if (this.#current !== process) unwind(thread.task);
    this.#bury(process);
  }

  /** What Linux does to a process in a full cgroup. */
  killForMemory(process: Process): void {
    this.outOfMemory = true;
    this.terminate(process, { signal: SIGKILL });
  }

  #current: Process | undefined;

  #bury(process: Process): void {
    process.descriptors.closeAll();
    if (process.pid === process.session && process.terminal) this.#hangUp(process);
    const init = this.processes.get(1);
    for (const child of process.children) {
      child.parent = init === process ? undefined : init;
      if (child.parent) child.parent.children.add(child);
      if (child.status !== undefined && !child.parent) this.reap(child);
    }
    process.children.clear();
    if (process.pid === 1) this.#killAll();
    if (process.parent) {
      const ignores = process.parent.disposition(SIGCHLD) === 'ignore';
      process.parent.childChanged.wake();
      process.parent.deliver(SIGCHLD);
      if (ignores || process.parent.pid === 1 && !this.#threads.has(process.parent)) this.reap(process);
    } else {
      this.reap(process);
    }
    process.ended.wake();
  }

  /** The end of a session's leader hangs up its terminal's foreground. */
  #hangUp(leader: Process): void {
    for (const process of this.processes.values()) {
      if (process.session === leader.pid && process !== leader) process.deliver(SIGHUP);
    }
  }

  /** With its init a pid namespace dies (pid_namespaces(7)). */
  #killAll(): void {
    for (const process of this.processes.values()) this.terminate(process, { signal: 9 });
  }

  /** Forgets a zombie. */
  reap(process: Process): void {
    process.parent?.children.delete(process);
    this.processes.delete(process.pid);
  }

  /** The processes of a group, or all of a machine except init for -1. */
  group(processGroup: number): Process[] {
    return [...this.processes.values()].filter((process) => process.processGroup === processGroup && process.status === undefined);
  }

  // --- scheduling -------------------------------------------------------------------------------------------------------------

  /** docker pause: nothing runs until thawed. */
  freeze(): void {
    this.#frozen = true;
    this.budget.holdForeign();
  }

  thaw(): void {
    this.#frozen = false;
    this.budget.holdForeign();
    this.#schedule();
  }

  /** Lets go of its processes without ending them: they live on as a checkpoint. */
  abandon(): void {
    this.#frozen = true;
    for (const thread of this.#threads.values()) thread.unsubscribe?.();
    this.#threads.clear();
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  /** A stopped process is kept off the run queue; a continued one goes back on it. */
  resumeOrHold(process: Process): void {
    this.budget.holdForeign();
    if (!process.stopped) this.#enqueue(process);
  }

  #enqueue(process: Process): void {
    const thread = this.#threads.get(process);
    if (!thread || thread.queued || process.stopped) return;
    thread.queued = true;
    this.#ready.push(process);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#running || this.#frozen || this.#ready.length === 0) return;
    this.#scheduled = true;
    const run = (): void => {
      this.#scheduled = false;
      this.runSlice();
    };
    const delayMs = this.budget.throttledUntilMs === 0 ? 0 : this.budget.throttledUntilMs - performance.now();
    if (delayMs > 0) setTimeout(run, delayMs);
    else setImmediate(run);
  }

  /** Runs what is ready for at most a slice. Also called directly when a message made something ready: no turn is wasted. */
  runSlice(): void {
    if (this.#running || this.#frozen) return;
    if (this.budget.throttledUntilMs > 0 && performance.now() < this.budget.throttledUntilMs) return this.#schedule();
    this.#running = true;
    let last: Process | undefined;
    const begin = performance.now();
    let now = begin;
    try {
      for (let process = this.#ready.shift(); process; process = this.#ready.shift()) {
        last = process;
        this.#resume(process);
        const after = performance.now();
        process.usage.cpuMs += after - now;
        now = after;
        if (process.limits.cpu.soft !== Infinity) enforceCpuTime(process);
        if (now - begin > SLICE_MS || this.#frozen) break;
      }
    } finally {
      this.budget.cpuMs += now - begin;
      this.#running = false;
    }
    if (last) this.budget.settle(last, now, now - begin);
    this.#schedule();
    if (this.#ready.length === 0) this.#onIdle();
  }

  #resume(process: Process): void {
    const thread = this.#threads.get(process);
    if (!thread) return;
    thread.queued = false;
    thread.unsubscribe?.();
    thread.unsubscribe = undefined;
    if (process.stopped) return;
    this.#current = process;
    try {
      process.runHandlers();
      const { value, done } = thread.task.next();
      if (process.status !== undefined) unwind(thread.task);
      else if (done === true) this.#finish(process, { exitCode: value & 0xff });
      else if (value === PREEMPT) this.#enqueue(process);
      else thread.unsubscribe = value.subscribe(() => this.#enqueue(process));
    } catch (error) {
      if (process.status === undefined) this.#fail(process, error);
    } finally {
      this.#current = undefined;
    }
  }

  #finish(process: Process, status: WaitStatus): void {
    process.status = status;
    this.#threads.delete(process);
    this.#bury(process);
  }

  #fail(process: Process, error: unknown): void {
    // A broken pipe that the program did not look at: SIGPIPE has been delivered, and where ignored the program just fails.
    if (error instanceof Errno) return this.#finish(process, { exitCode: 1 });
    // More than the host's own strings and buffers can be.
    if (isTooBig(error)) {
      this.outOfMemory = true;
      return this.#finish(process, { signal: SIGKILL });
    }
    this.#onDefect(error, process);
    this.#finish(process, { signal: 11 });
  }
}

/** The life of a process: its program, and each program it executes after that. */
function* run(first: Main, process: Process): Task<number> {
  for (let main = first; ; ) {
    try {
      return yield* main(process);
    } catch (error) {
      if (error instanceof ProcessExit) return error.exitCode;
      if (!(error instanceof ProcessImage)) throw error;
      main = error.main;
      process.executes = false;
    }
  }
}

/** Runs the `finally` blocks of a killed process; what they throw has nobody left to hear it but us. */
function unwind(task: Task<number>): void {
  task.return(0);
}

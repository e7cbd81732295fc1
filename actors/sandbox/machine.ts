// One container's machine inside its worker thread: mounts, kernel, the processes a client started, and its answers to messages.
import { Fault } from '../runtime/fault.js';
import { heapGauge } from './heap-gauge.js';
import { allCommands } from './commands/index.js';
import { type Archives, openArchives } from './archives.js';
import { type MountedMachine, mountMachine } from './mounts.js';
import { DescriptorTable } from './kernel/descriptors.js';
import { isResting } from './kernel/checkpoint.js';
import { Kernel, PROCESSES_MAX } from './kernel/kernel.js';
import { DEFAULT_LIMITS, type ResourceLimits } from './kernel/rlimits.js';
import { statusCode } from './kernel/process.js';
import { INIT_PROGRAM, launch, LaunchError, resumedInit } from './launch.js';
import { checkpointMachine, type MachineCheckpoint, resumeMachine } from './parking.js';
import { builtinKind, commandMain } from './programs/builtin.js';
import { nodeKind } from './programs/node/index.js';
import { pythonKind } from './programs/python/index.js';
import { scriptKind } from './programs/script.js';
import { wasiKind } from './programs/wasi/index.js';
import { processTable } from './process-table.js';
import { type MachineLimits, type MachineSpec, type ProcessSpec, type ToMachine, type WireError } from './protocol.js';
import { type Post, Session } from './session.js';

/** Changes are made durable at least this often while something runs. */
const FLUSH_INTERVAL_MS = 200;

export class Machine {
  readonly #post: Post;
  readonly #mounted: MountedMachine;
  readonly #kernel: Kernel;
  #sessions = new Map<number, Session>();
  readonly #archives: Archives;
  readonly #flusher: NodeJS.Timeout;
  #isUp = false;
  readonly #gauge = heapGauge();
  /** Shared with what shows them. */
  readonly #limits: MachineLimits;

  /** Says `booted` once it is up. Throws Errno or Fault when the files cannot be mounted. */
  constructor(spec: MachineSpec, post: Post, checkpoint?: MachineCheckpoint) {
    this.#post = post;
    this.#limits = spec.limits;
    this.#mounted = mountMachine(spec, (root) => new Kernel({
      hostname: spec.hostname,
      root,
      kinds: [wasiKind(), nodeKind(), pythonKind(spec.cacheDirectory), builtinKind(allCommands), scriptKind()],
      onIdle: () => this.#sayIdle(),
      ...(spec.limits.processes > 0 ? { processesMax: spec.limits.processes } : {}),
      memoryMaxBytes: spec.limits.memoryBytes,
      memoryGauge: this.#gauge,
      cpus: spec.limits.nanoCpus / 1e9,
      limits: resourceLimits(spec.limits.ulimits),
      network: spec.network,
      oomScoreAdjustment: spec.oomScoreAdjustment,
      onNotice: (message) => post({ type: 'notice', message }),
      onDefect: (error, process) => post({ type: 'defect', message: `${process.command}: ${error instanceof Error ? error.stack ?? error.message : String(error)}` }),
    }), checkpoint !== undefined);
    this.#kernel = this.#mounted.kernel;
    this.#archives = openArchives(this.#mounted, post);
    if (checkpoint) {
      this.#sessions = resumeMachine(this.#mounted, checkpoint, post, (program) => (program === INIT_PROGRAM ? resumedInit : commandMain(allCommands[program]!)));
      for (const session of this.#sessions.values()) this.#watch(session);
    } else {
      this.#beUp();
    }
    this.#flusher = setInterval(() => this.#mounted.flush(), FLUSH_INTERVAL_MS);
    this.#flusher.unref();
  }

  /** Answers one message. Whatever goes wrong is told to the sender of the message. */
  receive(message: ToMachine): void {
    this.#handle(message);
    this.#sayIdle();
  }

  #handle(message: ToMachine): void {
    switch (message.type) {
      case 'start':
        return this.#start(message.handle, message.process, message.isInit);
      case 'input':
        this.#sessions.get(message.handle)?.receive(message.bytes);
        return this.#kernel.runSlice();
      case 'input-end':
        // A terminal has no end of input but the one that is typed; the client that goes away leaves it open.
        this.#sessions.get(message.handle)?.input?.end();
        return this.#kernel.runSlice();
      case 'output-taken':
        if (this.#sessions.get(message.handle)?.taken(message.sizeBytes) === true) this.#kernel.runSlice();
        return;
      case 'signal':
        this.#sessions.get(message.handle)?.process.deliver(message.signal, true);
        return this.#kernel.runSlice();
      case 'resize':
        return this.#sessions.get(message.handle)?.terminal?.resize(message.rows, message.columns);
      case 'freeze':
        return this.#kernel.freeze();
      case 'thaw':
        return this.#kernel.thaw();
      case 'call':
        return this.#answer(message.call, () => this.#call(message.method, message.args));
      default:
        return this.#archives.receive(message);
    }
  }

  #start(handle: number, spec: ProcessSpec, isInit: boolean): void {
    const session = new Session(this.#kernel, handle, spec, this.#post);
    const descriptors = new DescriptorTable();
    try {
      const { terminal } = session;
      if (terminal && spec.rows > 0 && spec.columns > 0) terminal.resize(spec.rows, spec.columns);
      session.connect(descriptors, () => this.#mounted.nullDevice());
      const process = launch(this.#kernel, spec, descriptors, isInit);
      session.process = process;
      if (terminal) {
        process.terminal = terminal;
        terminal.session = process.pid;
        terminal.foreground = process.processGroup;
      }
      this.#sessions.set(handle, session);
      this.#post({ type: 'started', handle, pid: process.pid });
      this.#watch(session);
      this.#kernel.runSlice();
    } catch (error) {
      descriptors.closeAll();
      if (error instanceof LaunchError) return this.#post({ type: 'start-failed', handle, exitCode: error.exitCode, message: error.message });
      if (error instanceof Fault) return this.#post({ type: 'start-failed', handle, exitCode: 126, message: error.message });
      throw error;
    }
  }

  #watch(session: Session): void {
    const { handle, process } = session;
    const ended = (): void => {
      if (process.status === undefined) {
        process.ended.subscribe(ended);
        return;
      }
      session.end();
      this.#sessions.delete(handle);
      // Whoever hears of the end may count on the files: nothing acknowledged is lost to a SIGKILL.
      this.#mounted.flush();
      this.#post({ type: 'exited', handle, exitCode: statusCode(process.status), oomKilled: this.#kernel.outOfMemory });
    };
    ended();
  }

  #call(method: string, args: object): unknown {
    switch (method) {
      case 'top':
        return processTable(this.#kernel, (args as { psArguments: string }).psArguments);
      case 'usage':
        return { cpuMs: this.#kernel.budget.cpuMs, memoryBytes: this.#kernel.budget.memoryUsedBytes, processes: this.#kernel.processes.size };
      case 'flush':
        return this.#mounted.flush();
      case 'limit':
        return this.#limit((args as { limits: MachineLimits }).limits);
      default:
        return this.#archives.call(method, args);
    }
  }

  /** docker update: holds from now on. */
  #limit(limits: MachineLimits): void {
    const { memoryBytes, nanoCpus, processes } = Object.assign(this.#limits, limits);
    this.#kernel.budget.memoryMaxBytes = memoryBytes;
    this.#kernel.budget.cpus = nanoCpus / 1e9;
    this.#kernel.processesMax = processes > 0 ? processes : PROCESSES_MAX;
  }

  #answer(call: number, body: () => unknown): void {
    try {
      this.#post({ type: 'result', call, value: body() });
    } catch (error) {
      this.#post({ type: 'failed', call, error: toWire(error) });
    }
  }

  #beUp(): void {
    this.#isUp = true;
    this.#post({ type: 'booted' });
  }

  /** Whoever holds the machine may have its thread back. One that was put away is up once every program waits again: no signal comes too early. */
  #sayIdle(): void {
    const { processes } = this.#kernel;
    if (!this.#isUp && this.#kernel.isIdle && [...processes.values()].every(({ resumption }) => resumption !== undefined)) this.#beUp();
    if (isResting(this.#kernel) && !this.#archives.isBusy) this.#post({ type: 'idle' });
  }

  /** Puts the machine away if it can be: afterwards it is halted, and what is returned sets it up again. */
  park(): MachineCheckpoint | undefined {
    const saved = this.#archives.isBusy ? undefined : checkpointMachine(this.#mounted, this.#sessions, this.#gauge.usedBytes());
    if (saved) {
      this.#kernel.abandon();
      this.#dispose();
    }
    return saved;
  }

  /** Ends every process, makes the changes durable and lets go of all files. */
  halt(): void {
    for (const process of this.#kernel.processes.values()) this.#kernel.terminate(process, { signal: 9 });
    this.#dispose();
  }

  #dispose(): void {
    clearInterval(this.#flusher);
    this.#archives.close();
    this.#mounted.flush();
    this.#mounted.dispose();
  }
}

function resourceLimits(ulimits: MachineLimits['ulimits']): ResourceLimits {
  const limit = (value: number): number => (value < 0 ? Infinity : value);
  const known = ulimits.filter(({ name }) => Object.hasOwn(DEFAULT_LIMITS, name)).map(({ name, soft, hard }) => [name, { soft: limit(soft), hard: limit(hard) }]);
  return { ...DEFAULT_LIMITS, ...(Object.fromEntries(known) as Partial<ResourceLimits>) };
}

/** What crosses the thread border of an error. */
export function toWire(error: unknown): WireError {
  if (error instanceof Fault) return { kind: error.kind, message: error.message, data: { ...error.data } };
  if (error instanceof Error) return { kind: 'internal', message: error.message };
  return { kind: 'internal', message: String(error) };
}

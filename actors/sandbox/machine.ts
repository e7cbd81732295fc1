// One container's machine inside its worker thread: mounts, kernel, the processes a client started, and its answers to messages.
import { Fault } from '../runtime/fault.js';
import { allCommands } from './commands/index.js';
import { type Archives, openArchives } from './archives.js';
import { type MountedMachine, mountMachine } from './mounts.js';
import { DescriptorTable } from './kernel/descriptors.js';
import { HostInput, HostOutput } from './kernel/host-stream.js';
import { Kernel } from './kernel/kernel.js';
import { type Process, statusCode } from './kernel/process.js';
import { Terminal } from './kernel/tty.js';
import { launch, LaunchError } from './launch.js';
import { builtinKind } from './programs/builtin.js';
import { nodeKind } from './programs/node/index.js';
import { scriptKind } from './programs/script.js';
import { wasiKind } from './programs/wasi/index.js';
import { processTable } from './process-table.js';
import { type FromMachine, type MachineSpec, type ProcessSpec, type ToMachine, WINDOW_BYTES, type WireError } from './protocol.js';

type Post = (message: FromMachine, transfer?: readonly ArrayBuffer[]) => void;

/** A process with the client's ends of its streams. */
interface Session {
  process: Process;
  input: HostInput | undefined;
  terminal: Terminal | undefined;
  outputs: { resume(): void }[];
  inFlightBytes: number;
}

/** Changes are made durable at least this often while something runs. */
const FLUSH_INTERVAL_MS = 200;

export class Machine {
  readonly #post: Post;
  readonly #spec: MachineSpec;
  readonly #mounted: MountedMachine;
  readonly #kernel: Kernel;
  readonly #sessions = new Map<number, Session>();
  readonly #archives: Archives;
  readonly #flusher: NodeJS.Timeout;

  /** Throws Errno or Fault when the files cannot be mounted. */
  constructor(spec: MachineSpec, post: Post) {
    this.#spec = spec;
    this.#post = post;
    this.#mounted = mountMachine(spec, (root) => new Kernel({
      hostname: spec.hostname,
      root,
      kinds: [wasiKind(), nodeKind(), builtinKind(allCommands), scriptKind()],
      ...(spec.limits.processes > 0 ? { processesMax: spec.limits.processes } : {}),
      memoryMaxBytes: spec.limits.memoryBytes,
      network: spec.network,
      onNotice: (message) => post({ type: 'notice', message }),
      onDefect: (error, process) => post({ type: 'defect', message: `${process.command}: ${error instanceof Error ? error.stack ?? error.message : String(error)}` }),
    }));
    this.#kernel = this.#mounted.kernel;
    this.#archives = openArchives(this.#mounted, post);
    this.#flusher = setInterval(() => this.#mounted.flush(), FLUSH_INTERVAL_MS);
    this.#flusher.unref();
  }

  /** Answers one message. Whatever goes wrong is told to the sender of the message. */
  receive(message: ToMachine): void {
    switch (message.type) {
      case 'start':
        return this.#start(message.handle, message.process, message.isInit);
      case 'input': {
        const session = this.#sessions.get(message.handle);
        if (session?.terminal) {
          session.terminal.input(message.bytes);
          this.#post({ type: 'input-taken', handle: message.handle, sizeBytes: message.bytes.length });
        } else if (session?.input) {
          session.input.push(message.bytes);
        }
        return this.#kernel.runSlice();
      }
      case 'input-end':
        this.#endInput(message.handle);
        return this.#kernel.runSlice();
      case 'output-taken':
        return this.#outputTaken(message.handle, message.sizeBytes);
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
    const session: Partial<Session> = { inFlightBytes: 0, outputs: [] };
    const descriptors = new DescriptorTable();
    try {
      if (spec.tty) this.#connectTerminal(handle, spec, session, descriptors);
      else this.#connectPipes(handle, spec, session, descriptors);
      const process = launch(this.#kernel, spec, descriptors, isInit);
      session.process = process;
      if (session.terminal) {
        process.terminal = session.terminal;
        session.terminal.session = process.pid;
        session.terminal.foreground = process.processGroup;
      }
      this.#sessions.set(handle, session as Session);
      this.#post({ type: 'started', handle, pid: process.pid });
      this.#watch(handle, process);
      this.#kernel.runSlice();
    } catch (error) {
      descriptors.closeAll();
      if (error instanceof LaunchError) return this.#post({ type: 'start-failed', handle, exitCode: error.exitCode, message: error.message });
      if (error instanceof Fault) return this.#post({ type: 'start-failed', handle, exitCode: 126, message: error.message });
      throw error;
    }
  }

  #watch(handle: number, process: Process): void {
    const ended = (): void => {
      if (process.status === undefined) {
        process.ended.subscribe(ended);
        return;
      }
      this.#sessions.get(handle)?.terminal?.hangUp();
      this.#sessions.delete(handle);
      // Whoever hears of the end may count on the files: nothing acknowledged is lost to a SIGKILL.
      this.#mounted.flush();
      this.#post({ type: 'exited', handle, exitCode: statusCode(process.status), oomKilled: this.#kernel.outOfMemory });
    };
    ended();
  }

  #connectPipes(handle: number, spec: ProcessSpec, session: Partial<Session>, descriptors: DescriptorTable): void {
    if (spec.stdin) {
      session.input = new HostInput((sizeBytes) => sizeBytes > 0 && this.#post({ type: 'input-taken', handle, sizeBytes }));
      descriptors.put(0, session.input);
    } else {
      descriptors.put(0, this.#mounted.nullDevice());
    }
    for (const stream of [1, 2] as const) {
      const output = new HostOutput((bytes) => this.#emit(handle, stream, bytes));
      session.outputs!.push(output);
      descriptors.put(stream, output);
    }
  }

  #connectTerminal(handle: number, spec: ProcessSpec, session: Partial<Session>, descriptors: DescriptorTable): void {
    const terminal = new Terminal(this.#kernel, (bytes) => this.#emit(handle, 1, bytes));
    if (spec.rows > 0 && spec.columns > 0) terminal.resize(spec.rows, spec.columns);
    session.terminal = terminal;
    session.outputs!.push({ resume: () => terminal.resumeOutput() });
    for (const fd of [0, 1, 2]) descriptors.put(fd, terminal.open());
  }

  #emit(handle: number, stream: 1 | 2, bytes: Uint8Array): boolean {
    const session = this.#sessions.get(handle);
    // Copied once: it may be a view into a layer's cache, which must not be transferred away from its owner.
    const mine = new Uint8Array(bytes);
    this.#post({ type: 'output', handle, stream, bytes: mine }, [mine.buffer as ArrayBuffer]);
    if (!session) return true;
    session.inFlightBytes += mine.length;
    return session.inFlightBytes < WINDOW_BYTES;
  }

  #outputTaken(handle: number, sizeBytes: number): void {
    const session = this.#sessions.get(handle);
    if (!session) return;
    session.inFlightBytes -= sizeBytes;
    if (session.inFlightBytes >= WINDOW_BYTES / 2) return;
    for (const output of session.outputs) output.resume();
    this.#kernel.runSlice();
  }

  #endInput(handle: number): void {
    const session = this.#sessions.get(handle);
    session?.input?.end();
    // A terminal has no end of input but the one that is typed; the client that goes away leaves it open.
  }

  #call(method: string, args: object): unknown {
    switch (method) {
      case 'top':
        return processTable(this.#kernel, (args as { psArguments: string }).psArguments);
      case 'usage':
        return { cpuMs: this.#kernel.cpuMs, memoryBytes: process.memoryUsage().heapUsed, processes: this.#kernel.processes.size };
      case 'flush':
        return this.#mounted.flush();
      default:
        return this.#archives.call(method, args);
    }
  }

  #answer(call: number, body: () => unknown): void {
    try {
      this.#post({ type: 'result', call, value: body() });
    } catch (error) {
      this.#post({ type: 'failed', call, error: toWire(error) });
    }
  }

  get id(): string {
    return this.#spec.id;
  }

  /** Ends every process, makes the changes durable and lets go of all files. */
  halt(): void {
    clearInterval(this.#flusher);
    for (const process of this.#kernel.processes.values()) this.#kernel.terminate(process, { signal: 9 });
    this.#archives.close();
    this.#mounted.flush();
    this.#mounted.dispose();
  }
}

/** What crosses the thread border of an error. */
export function toWire(error: unknown): WireError {
  if (error instanceof Fault) return { kind: error.kind, message: error.message, data: { ...error.data } };
  if (error instanceof Error) return { kind: 'internal', message: error.message };
  return { kind: 'internal', message: String(error) };
}

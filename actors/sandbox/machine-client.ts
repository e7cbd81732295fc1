// The main thread's handle on one machine: its processes, calls and transfers, over the messages of `protocol.ts`.
import { Fault, type FaultKind } from '../runtime/fault.js';
import { type ReceiveOptions,
  type FromMachine, type MachineCalls, type MachineSpec, type OutgoingTransfer, type ProcessSpec, TRANSFER_WINDOW_BYTES, WINDOW_BYTES, type WireError,
} from './protocol.js';
import type { MachineWorker } from './worker-pool.js';

/** How long a killed process may take to end before its whole thread is ended. */
const KILL_PATIENCE_MS = 60;
const SIGKILL = 9;

export interface ClientExit {
  exitCode: number;
  oomKilled: boolean;
}

type OutputHandler = (stream: 1 | 2, bytes: Uint8Array) => Promise<void> | undefined;

/** What the start of a process came to. */
export class StartFailure extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

export class MachineProcess {
  pid = 0;
  readonly exit: Promise<ClientExit>;
  readonly handle: number;
  readonly #client: MachineClient;
  readonly #output: OutputHandler;
  #inFlightBytes = 0;
  #resume: (() => void) | undefined;
  #room: Promise<void> | undefined;
  #ended = false;
  #pendingOutput: Promise<void> | undefined;
  settleExit!: (exit: ClientExit) => void;

  constructor(client: MachineClient, handle: number, output: OutputHandler) {
    this.#client = client;
    this.handle = handle;
    this.#output = output;
    this.exit = new Promise((resolve) => {
      this.settleExit = (exit) => {
        this.#ended = true;
        this.#resume?.();
        // The exit is told after the last output has been taken, so that nobody sees an end before its lines.
        void Promise.resolve(this.#pendingOutput).then(() => resolve(exit));
      };
    });
  }

  input(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#ended || bytes.length === 0) return undefined;
    this.#inFlightBytes += bytes.length;
    this.#client.post({ type: 'input', handle: this.handle, bytes: owned(bytes) }, bytes);
    if (this.#inFlightBytes < WINDOW_BYTES) return undefined;
    return (this.#room ??= new Promise((resolve) => (this.#resume = resolve)));
  }

  inputTaken(sizeBytes: number): void {
    this.#inFlightBytes -= sizeBytes;
    if (this.#inFlightBytes >= WINDOW_BYTES / 2) return;
    this.#resume?.();
    this.#resume = undefined;
    this.#room = undefined;
  }

  endInput(): void {
    this.#client.post({ type: 'input-end', handle: this.handle });
  }

  outputArrived(stream: 1 | 2, bytes: Uint8Array): void {
    const sizeBytes = bytes.length;
    const taken = this.#output(stream, bytes);
    const acknowledge = (): void => this.#client.post({ type: 'output-taken', handle: this.handle, sizeBytes });
    if (taken === undefined) return acknowledge();
    this.#pendingOutput = taken.then(acknowledge);
  }

  signal(signal: number): void {
    if (this.#ended) return;
    this.#client.post({ type: 'signal', handle: this.handle, signal });
    if (signal === SIGKILL) this.#client.expectEnd(this);
  }

  resize(rows: number, columns: number): void {
    this.#client.post({ type: 'resize', handle: this.handle, rows, columns });
  }

  get ended(): boolean {
    return this.#ended;
  }
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
  /** Outgoing transfers. */
  chunk?(bytes: Uint8Array): void;
  /** Incoming transfers. */
  taken?(sizeBytes: number): void;
}

/** Buffers that share an allocation cannot be transferred: small ones are copied, big ones are given whole. */
function owned(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}

export class MachineClient {
  readonly worker: MachineWorker;
  readonly #processes = new Map<number, MachineProcess>();
  readonly #starts = new Map<number, { resolve(pid: number): void; reject(error: Error): void }>();
  readonly #calls = new Map<number, Pending>();
  #next = 1;
  #boot: { resolve(): void; reject(error: Error): void } | undefined;
  #gone = false;
  /** The thread ended by itself or was ended: no call will be answered any more. */
  onGone: () => void = () => undefined;
  onDefect: (message: string) => void = () => undefined;
  onNotice: (message: string) => void = () => undefined;

  constructor(worker: MachineWorker) {
    this.worker = worker;
    worker.onMessage = (message) => this.#receive(message);
    worker.onGone = (reason) => {
      this.#end(reason.outOfMemory);
      if (reason.error && !reason.outOfMemory) this.onDefect(reason.error.stack ?? reason.error.message);
    };
  }

  post(message: Parameters<MachineWorker['post']>[0], bytes?: Uint8Array): void {
    if (!bytes || !('bytes' in message)) return this.worker.post(message);
    this.worker.post(message, [message.bytes.buffer as ArrayBuffer]);
  }

  boot(spec: MachineSpec): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#boot = { resolve, reject };
      this.post({ type: 'boot', spec });
    });
  }

  /** Starts a process; StartFailure in the OCI runtime's words when it cannot. */
  async start(process: ProcessSpec, isInit: boolean, output: OutputHandler): Promise<MachineProcess> {
    this.#requireAlive();
    const handle = this.#next++;
    const client = new MachineProcess(this, handle, output);
    this.#processes.set(handle, client);
    try {
      client.pid = await new Promise<number>((resolve, reject) => {
        this.#starts.set(handle, { resolve, reject });
        this.post({ type: 'start', handle, process, isInit });
      });
      return client;
    } catch (error) {
      this.#processes.delete(handle);
      throw error;
    }
  }

  call<T>(method: keyof MachineCalls, args: MachineCalls[keyof MachineCalls] = {}): Promise<T> {
    this.#requireAlive();
    const call = this.#next++;
    return new Promise((resolve, reject) => {
      this.#calls.set(call, { resolve: resolve as (value: unknown) => void, reject });
      this.post({ type: 'call', call, method, args });
    });
  }

  /** Chunks out of the machine; the thread is told how far the reader is, so that memory stays bounded. */
  async *send(transfer: OutgoingTransfer): AsyncGenerator<Uint8Array> {
    this.#requireAlive();
    const call = this.#next++;
    const queue: Uint8Array[] = [];
    let over = false;
    let failure: Error | undefined;
    let wake: () => void = () => undefined;
    this.#calls.set(call, {
      resolve: () => ((over = true), wake()),
      reject: (error) => ((failure = error), wake()),
      chunk: (bytes) => (queue.push(bytes), wake()),
    });
    this.post({ type: 'send', call, transfer });
    try {
      for (;;) {
        const bytes = queue.shift();
        if (bytes) {
          yield bytes;
          this.post({ type: 'chunks-taken', call, sizeBytes: bytes.length });
        } else if (failure) {
          throw failure;
        } else if (over) {
          return;
        } else {
          await new Promise<void>((resolve) => (wake = resolve));
        }
      }
    } finally {
      if (this.#calls.delete(call)) this.post({ type: 'cancel', call });
    }
  }

  /** Opens a transfer into the machine; `write` waits while the window is full and rejects once the archive is refused. */
  receive(path: string, options: ReceiveOptions): { write(bytes: Uint8Array): Promise<void>; finish(): Promise<void>; abort(): void } {
    this.#requireAlive();
    const call = this.#next++;
    let inFlightBytes = 0;
    let failure: Error | undefined;
    let wake: () => void = () => undefined;
    const done = new Promise<void>((resolve, reject) => {
      this.#calls.set(call, {
        resolve: () => resolve(),
        reject: (error) => ((failure = error), wake(), reject(error)),
        taken: (sizeBytes) => ((inFlightBytes -= sizeBytes), wake()),
      });
    });
    // A refusal before `finish` is thrown by `write`; this only keeps it from being called unhandled.
    done.catch(() => undefined);
    this.post({ type: 'receive', call, path, options });
    return {
      write: async (bytes) => {
        if (failure) throw failure;
        inFlightBytes += bytes.length;
        const mine = owned(bytes);
        this.post({ type: 'chunk', call, bytes: mine }, mine);
        while (inFlightBytes >= TRANSFER_WINDOW_BYTES && !failure) await new Promise<void>((resolve) => (wake = resolve));
        if (failure) throw failure;
      },
      finish: () => {
        this.post({ type: 'chunks-end', call });
        return done;
      },
      abort: () => {
        if (this.#calls.delete(call)) this.post({ type: 'cancel', call });
      },
    };
  }

  freeze(frozen: boolean): void {
    this.post({ type: frozen ? 'freeze' : 'thaw' });
  }

  /** Kill is certain: a thread that is too busy to hear it is ended. */
  expectEnd(process: MachineProcess): void {
    const impatience = setTimeout(() => {
      if (!process.ended) void this.destroy();
    }, KILL_PATIENCE_MS);
    void process.exit.then(() => clearTimeout(impatience));
  }

  /** Unmounts everything; afterwards the worker can serve another container. */
  halt(): Promise<void> {
    if (this.#gone) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#calls.set(0, { resolve: () => resolve(), reject });
      this.post({ type: 'halt' });
    });
  }

  /** Ends the thread at once: what runs in it ends as if killed. */
  async destroy(): Promise<void> {
    if (this.#gone) return;
    await this.worker.terminate();
    this.#end(false);
  }

  get running(): number {
    return this.#processes.size;
  }

  #requireAlive(): void {
    if (this.#gone) throw new Fault('conflict', 'the machine of this container has ended');
  }

  #end(outOfMemory: boolean): void {
    if (this.#gone) return;
    this.#gone = true;
    const lost = new Fault('internal', 'the machine of this container has ended');
    this.#boot?.reject(lost);
    for (const start of this.#starts.values()) start.reject(lost);
    for (const pending of this.#calls.values()) pending.reject(lost);
    for (const process of this.#processes.values()) process.settleExit({ exitCode: 128 + SIGKILL, oomKilled: outOfMemory });
    this.#processes.clear();
    this.#calls.clear();
    this.onGone();
  }

  #receive(message: FromMachine): void {
    switch (message.type) {
      case 'output':
        return this.#processes.get(message.handle)?.outputArrived(message.stream, message.bytes);
      case 'input-taken':
        return this.#processes.get(message.handle)?.inputTaken(message.sizeBytes);
      case 'exited': {
        const process = this.#processes.get(message.handle);
        this.#processes.delete(message.handle);
        return process?.settleExit({ exitCode: message.exitCode, oomKilled: message.oomKilled });
      }
      case 'started':
      case 'start-failed': {
        const start = this.#starts.get(message.handle);
        this.#starts.delete(message.handle);
        if (message.type === 'started') return start?.resolve(message.pid);
        return start?.reject(new StartFailure(message.exitCode, message.message));
      }
      case 'booted':
        return this.#boot?.resolve();
      case 'boot-failed':
        return this.#boot?.reject(fromWire(message.error));
      case 'notice':
        return this.onNotice(message.message);
      case 'defect':
        return this.onDefect(message.message);
      case 'halted':
        return this.#settle(0, undefined);
      case 'result':
        return this.#settle(message.call, message.value);
      case 'failed': {
        const pending = this.#calls.get(message.call);
        this.#calls.delete(message.call);
        return pending?.reject(fromWire(message.error));
      }
      case 'chunk-out':
        return this.#calls.get(message.call)?.chunk?.(message.bytes);
      case 'chunk-taken':
        return this.#calls.get(message.call)?.taken?.(message.sizeBytes);
      case 'ready':
        return;
    }
  }

  #settle(call: number, value: unknown): void {
    const pending = this.#calls.get(call);
    this.#calls.delete(call);
    pending?.resolve(value);
  }
}

function fromWire(error: WireError): Fault {
  return new Fault(error.kind as FaultKind, error.message, error.data);
}

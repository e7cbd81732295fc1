// The main thread's handle on one machine: its processes, calls and transfers, over the messages of `protocol.ts`.
import { Fault } from '../runtime/fault.js';
import { SIGKILL } from './kernel/signals.js';
import { fromWire, type MachineLink } from './machine-link.js';
import { MachineProcess, type OutputHandler, StartFailure } from './machine-process.js';
import {
  type FromMachine, type MachineCalls, type MachineLimits, type MachineUsage, type OutgoingTransfer, owned, type ProcessSpec, type ReceiveOptions, TRANSFER_WINDOW_BYTES,
} from './protocol.js';

/** What is sent into a machine at a time, where it cannot take each piece as it comes. */
const GATHER_BYTES = 1 << 20;

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
  /** Outgoing transfers. */
  chunk?(bytes: Uint8Array): void;
  /** Incoming transfers. */
  taken?(sizeBytes: number): void;
}

export class MachineClient {
  readonly #link: MachineLink;
  readonly #processes = new Map<number, MachineProcess>();
  readonly #starts = new Map<number, { resolve(pid: number): void; reject(error: Error): void }>();
  readonly #calls = new Map<number, Pending>();
  #next = 1;
  #gone = false;
  /** The thread ended by itself or was ended: no call will be answered any more. */
  onGone: () => void = () => undefined;
  onDefect: (message: string) => void = () => undefined;
  onNotice: (message: string) => void = () => undefined;

  constructor(link: MachineLink) {
    this.#link = link;
    link.onMessage = (message) => this.#receive(message);
    link.onGone = (reason) => {
      this.#end(reason.outOfMemory);
      if (reason.error && !reason.outOfMemory) this.onDefect(reason.error.stack ?? reason.error.message);
    };
  }

  boot(): Promise<void> {
    return this.#link.boot();
  }

  /** Starts a process; StartFailure in the OCI runtime's words when it cannot. */
  async start(process: ProcessSpec, isInit: boolean, output: OutputHandler): Promise<MachineProcess> {
    this.#requireAlive();
    const handle = this.#next++;
    const client = new MachineProcess(this.#link, handle, output);
    this.#processes.set(handle, client);
    try {
      client.pid = await new Promise<number>((resolve, reject) => {
        this.#starts.set(handle, { resolve, reject });
        this.#link.post({ type: 'start', handle, process, isInit });
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
      this.#link.post({ type: 'call', call, method, args });
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
    this.#link.post({ type: 'send', call, transfer });
    try {
      for (;;) {
        const bytes = queue.shift();
        if (bytes) {
          yield bytes;
          this.#link.post({ type: 'chunks-taken', call, sizeBytes: bytes.length });
        } else if (failure) {
          throw failure;
        } else if (over) {
          return;
        } else {
          await new Promise<void>((resolve) => (wake = resolve));
        }
      }
    } finally {
      if (this.#calls.delete(call)) this.#link.post({ type: 'cancel', call });
    }
  }

  /** Opens a transfer into the machine; `write` waits while the window is full and rejects once the archive is refused. */
  receive(path: string, options: ReceiveOptions): { write(bytes: Uint8Array): Promise<void>; finish(): Promise<void>; abort(): void } {
    this.#requireAlive();
    const call = this.#next++;
    let inFlightBytes = 0;
    let gathered: Uint8Array[] = [];
    let gatheredBytes = 0;
    let failure: Error | undefined;
    let wake: () => void = () => undefined;
    // While the machine is busy with one message, the next one grows: each of them wakes a thread.
    const flush = (): void => {
      if (gatheredBytes === 0) return;
      this.#link.post({ type: 'chunks', call, chunks: gathered }, gathered.map((bytes) => bytes.buffer as ArrayBuffer));
      gathered = [];
      gatheredBytes = 0;
    };
    const done = new Promise<void>((resolve, reject) => {
      this.#calls.set(call, {
        resolve: () => resolve(),
        reject: (error) => ((failure = error), wake(), reject(error)),
        taken: (sizeBytes) => ((inFlightBytes -= sizeBytes), flush(), wake()),
      });
    });
    // A refusal before `finish` is thrown by `write`; this only keeps it from being called unhandled.
    done.catch(() => undefined);
    this.#link.post({ type: 'receive', call, path, options });
    return {
      write: async (bytes) => {
        if (failure) throw failure;
        inFlightBytes += bytes.length;
        gathered.push(owned(bytes));
        gatheredBytes += bytes.length;
        if (gatheredBytes === inFlightBytes || gatheredBytes >= GATHER_BYTES) flush();
        while (inFlightBytes >= TRANSFER_WINDOW_BYTES && !failure) await new Promise<void>((resolve) => (wake = resolve));
        if (failure) throw failure;
      },
      finish: () => {
        flush();
        this.#link.post({ type: 'chunks-end', call });
        return done;
      },
      abort: () => {
        if (this.#calls.delete(call)) this.#link.post({ type: 'cancel', call });
      },
    };
  }

  freeze(frozen: boolean): void {
    this.#link.post({ type: frozen ? 'freeze' : 'thaw' });
  }

  /** Counters; a machine that is put away is not set up for them, as they stand still. */
  async usage(): Promise<MachineUsage> {
    const { parked } = this.#link;
    if (!parked) return this.call('usage');
    return { cpuMs: parked.kernel.cpuMs, memoryBytes: parked.memoryBytes, processes: parked.kernel.processes.length };
  }

  /** Unmounts everything; afterwards the worker can serve another container. */
  async halt(): Promise<void> {
    if (this.#gone) return;
    await new Promise<void>((resolve, reject) => {
      this.#calls.set(0, { resolve: () => resolve(), reject });
      this.#link.post({ type: 'halt' });
    });
    this.#link.release();
  }

  /** Ends the thread at once: what runs in it ends as if killed. */
  async destroy(): Promise<void> {
    await this.#link.terminate();
  }

  /** docker update. A machine that is put away is set up with them. */
  async limit(limits: MachineLimits): Promise<void> {
    this.#link.limit(limits);
    if (!this.#link.parked) await this.call('limit', { limits });
  }

  get isParked(): boolean {
    return this.#link.parked !== undefined;
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
      case 'received':
        return this.#calls.get(message.call)?.taken?.(message.sizeBytes);
      default:
    }
  }

  #settle(call: number, value: unknown): void {
    const pending = this.#calls.get(call);
    this.#calls.delete(call);
    pending?.resolve(value);
  }
}

// Warm worker threads: a container gets one that is already up, and gives it back when its machine has halted cleanly.
import { Worker } from 'node:worker_threads';
import { Fault } from '../runtime/fault.js';
import type { FromMachine, ToMachine } from './protocol.js';

export interface WorkerPoolOptions {
  /** How many are kept warm while nobody needs them. */
  warm: number;
  /** More live workers than this are refused: each one is a thread with its own heap. */
  max: number;
  /** Old-space limit of one worker; beyond it the container ends with 137 and OOMKilled. */
  heapMegabytes: number;
}

const ENTRY = new URL('./worker.js', import.meta.url);
const IDLE_MS = 10_000;

/** A worker thread as the pool hands it out: up, with nothing booted in it. */
export class MachineWorker {
  readonly #worker: Worker;
  readonly ready: Promise<void>;
  onMessage: (message: FromMachine) => void = () => undefined;
  /** The thread is gone without having been asked: heap limit, crash. */
  onGone: (reason: { outOfMemory: boolean; error?: Error }) => void = () => undefined;
  #gone = false;
  readonly #forget: () => void;

  /** `forget` is called once, however the thread ends. */
  constructor(heapMegabytes: number, forget: (worker: MachineWorker) => void) {
    this.#forget = () => forget(this);
    this.#worker = new Worker(ENTRY, {
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes, stackSizeMb: 16 },
      stdout: false,
      stderr: false,
    });
    let settle: () => void;
    this.ready = new Promise((resolve) => (settle = resolve));
    let failure: Error | undefined;
    this.#worker.on('message', (message: FromMachine) => {
      if (message.type === 'ready') settle();
      else this.onMessage(message);
    });
    this.#worker.on('error', (error: Error) => (failure = error));
    this.#worker.on('exit', () => {
      const wasAlive = !this.#gone;
      this.#gone = true;
      settle();
      if (!wasAlive) return;
      this.#forget();
      const outOfMemory = (failure as NodeJS.ErrnoException | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.onGone(failure ? { outOfMemory, error: failure } : { outOfMemory });
    });
    this.#worker.unref();
  }

  get alive(): boolean {
    return !this.#gone;
  }

  post(message: ToMachine, transfer: readonly ArrayBuffer[] = []): void {
    if (!this.#gone) this.#worker.postMessage(message, transfer);
  }

  /** A working thread keeps the server's process alive, a warm one does not. */
  hold(held: boolean): void {
    if (held) this.#worker.ref();
    else this.#worker.unref();
  }

  /** The end of the thread, whatever it is doing; `onGone` is not called. */
  async terminate(): Promise<void> {
    if (!this.#gone) this.#forget();
    this.#gone = true;
    await this.#worker.terminate();
  }
}

export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #idle: { worker: MachineWorker; sinceMs: number }[] = [];
  #live = 0;
  #closed = false;
  readonly #sweeper: NodeJS.Timeout;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#sweeper = setInterval(() => this.#sweep(), IDLE_MS);
    this.#sweeper.unref();
  }

  /** Brings the warm ones up in the background. An idle server keeps fewer than one that has work. */
  warmUp(count = this.#options.warm): void {
    while (!this.#closed && this.#idle.length < count && this.#live < this.#options.max) {
      this.#idle.push({ worker: this.#create(), sinceMs: Date.now() });
    }
  }

  #create(): MachineWorker {
    this.#live++;
    return new MachineWorker(this.#options.heapMegabytes, (worker) => this.#forget(worker));
  }

  #forget(worker: MachineWorker): void {
    const at = this.#idle.findIndex((entry) => entry.worker === worker);
    if (at >= 0) this.#idle.splice(at, 1);
    this.#live--;
  }

  /** A worker that is up. Fault unavailable when there are too many. */
  async take(): Promise<MachineWorker> {
    const worker = this.#idle.pop()?.worker ?? this.#createWithin();
    worker.hold(true);
    await worker.ready;
    if (!worker.alive) throw new Fault('internal', 'a sandbox worker thread could not be started');
    setImmediate(() => this.warmUp());
    return worker;
  }

  #createWithin(): MachineWorker {
    if (this.#live >= this.#options.max) {
      throw new Fault('unavailable', `too many running containers: the embedded machine is limited to ${this.#options.max} at a time`);
    }
    return this.#create();
  }

  /** Takes back a worker whose machine has halted. */
  give(worker: MachineWorker): void {
    worker.onMessage = () => undefined;
    worker.onGone = () => undefined;
    worker.hold(false);
    if (!worker.alive) return;
    if (this.#closed || this.#idle.length >= this.#options.warm + 2) void worker.terminate();
    else this.#idle.push({ worker, sinceMs: Date.now() });
  }

  #sweep(): void {
    const limit = Date.now() - IDLE_MS;
    while (this.#idle.length > this.#options.warm && this.#idle[0]!.sinceMs < limit) void this.#idle.shift()!.worker.terminate();
  }

  get live(): number {
    return this.#live;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#sweeper);
    await Promise.all(this.#idle.splice(0).map(({ worker }) => worker.terminate()));
  }
}

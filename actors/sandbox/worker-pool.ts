// Warm worker threads: a container gets one that is already up, and gives it back when its machine has halted cleanly.
import { availableParallelism, totalmem } from 'node:os';
import { Worker } from 'node:worker_threads';
import { Fault } from '../runtime/fault.js';
import { ImportGate } from './import-gate.js';
import type { FromMachine, ThreadData, ToMachine } from './protocol.js';

export interface WorkerPoolOptions {
  /** How many are kept warm while nobody needs them. */
  warm: number;
  /** More live workers than this are refused: each one is a thread with its own heap. */
  max: number;
}

/**
 * Where V8 would end the server (https://nodejs.org/api/worker_threads.html: a fatal error of one thread is one of the process). The machine's own limit
 * is far below it (kernel/memory-limit.ts); the rest is for what one turn may take before that is looked at.
 */
const HEAP_MEGABYTES = Math.max(2048, totalmem() / 2 / 2 ** 20);
const ENTRY = new URL('./worker.js', import.meta.url);
const IDLE_MS = 10_000;
/** How long a container waits for a thread where all are taken, and how often it looks. */
const PATIENCE_MS = 2000;
const PATIENCE_STEP_MS = 25;
/** Threads that are brought up at a time: more only make each other late. */
const CREATING_MAX = Math.max(2, availableParallelism());

/** A worker thread as the pool hands it out: up, with nothing booted in it. */
export class MachineWorker {
  readonly #worker: Worker;
  readonly ready: Promise<void>;
  onMessage: (message: FromMachine) => void = () => undefined;
  /** The thread is gone without having been asked: heap limit, crash. */
  onGone: (reason: { outOfMemory: boolean; error?: Error }) => void = () => undefined;
  /** No longer to be used: it has ended, or is about to. */
  #gone = false;
  #hasEnded = false;
  #ending: Promise<void> | undefined;
  readonly #imports = new ImportGate();

  /** `forget` is called once it has ended, for whatever reason. */
  constructor(forget: (worker: MachineWorker) => void) {
    this.#worker = new Worker(ENTRY, {
      workerData: { imports: this.#imports.shared } satisfies ThreadData,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES, stackSizeMb: 16 },
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
      this.#hasEnded = true;
      settle();
      forget(this);
      if (!wasAlive) return;
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

  /** It imports code that something in it needs. */
  get isImporting(): boolean {
    return this.#imports.isPassed;
  }

  /** The end of the thread, whatever else than importing it is doing; `onGone` is not called. */
  terminate(): Promise<void> {
    this.#gone = true;
    return (this.#ending ??= this.#end());
  }

  async #end(): Promise<void> {
    this.#worker.ref();
    await this.ready;
    await this.#imports.close(() => this.#hasEnded);
    await this.#worker.terminate();
  }
}

export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #idle: { worker: MachineWorker; sinceMs: number }[] = [];
  readonly #waiting: { resolve(worker: MachineWorker): void; reject(error: Error): void }[] = [];
  /** Threads on their way up for those who wait. */
  #coming = 0;
  #live = 0;
  /** All threads are taken and somebody waits: true when one will be given back. */
  onShortage: () => boolean = () => false;
  #closed = false;
  #patience: NodeJS.Timeout | undefined;
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
    return new MachineWorker((worker) => this.#forget(worker));
  }

  #forget(worker: MachineWorker): void {
    const at = this.#idle.findIndex((entry) => entry.worker === worker);
    if (at >= 0) this.#idle.splice(at, 1);
    this.#live--;
    if (this.#waiting.length > 0) this.supply();
  }

  /** A worker that is up. Fault unavailable when there are too many, and none that could be given back. */
  take(): Promise<MachineWorker> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      const free = this.#idle.pop();
      if (free) void this.#handOut(free.worker);
      else this.supply();
    });
  }

  /** A few threads at a time are brought up for those who wait: one that is given back meanwhile serves as well. */
  supply(): void {
    if (this.#closed) return;
    while (this.#waiting.length > this.#coming && this.#coming < CREATING_MAX && this.#live < this.#options.max) {
      this.#coming++;
      void this.#handOut(this.#create()).finally(() => {
        this.#coming--;
        this.supply();
      });
    }
    if (this.#waiting.length === 0 || this.#coming > 0 || this.onShortage()) return;
    this.#patience ??= setTimeout(() => this.#refuse(performance.now() + PATIENCE_MS), PATIENCE_STEP_MS);
  }

  /** A container that has just begun to wait gives its thread back in a moment; only when none does so is there nothing to be had. */
  #refuse(atMs: number): void {
    this.#patience = undefined;
    if (this.#waiting.length === 0 || this.#coming > 0 || this.onShortage()) return;
    if (performance.now() < atMs) {
      this.#patience = setTimeout(() => this.#refuse(atMs), PATIENCE_STEP_MS);
      return;
    }
    const { max } = this.#options;
    for (const { reject } of this.#waiting.splice(0)) {
      reject(new Fault('unavailable', `too many running containers: the embedded machine is limited to ${max} busy ones at a time`));
    }
  }

  async #handOut(worker: MachineWorker): Promise<void> {
    await worker.ready;
    const next = this.#waiting.shift();
    if (!next) return this.give(worker);
    if (!worker.alive) return next.reject(new Fault('internal', 'a sandbox worker thread could not be started'));
    worker.hold(true);
    next.resolve(worker);
    setImmediate(() => this.warmUp());
  }

  /** Takes back a worker whose machine has halted. */
  give(worker: MachineWorker): void {
    worker.onMessage = () => undefined;
    worker.onGone = () => undefined;
    if (!worker.alive) return;
    if (this.#waiting.length > 0) return void this.#handOut(worker);
    worker.hold(false);
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
    clearTimeout(this.#patience);
    await Promise.all(this.#idle.splice(0).map(({ worker }) => worker.terminate()));
  }
}

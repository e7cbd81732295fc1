// The line to one machine: up in a worker thread, or put away as data until something is sent to it or its time comes.
import { Fault, type FaultKind } from '../runtime/fault.js';
import type { IdleMachines } from './idle-machines.js';
import { SIGKILL, SIGSTOP } from './kernel/signals.js';
import type { MachineCheckpoint } from './parking.js';
import type { FromMachine, MachineLimits, MachineSpec, ToMachine, WireError } from './protocol.js';
import type { MachineWorker, WorkerPool } from './worker-pool.js';

type State = 'booting' | 'up' | 'parking' | 'parked' | 'waking' | 'gone';

/** How soon a machine is tried again that could not be set up, while input or signals wait for it. */
const RETRY_MS = 500;
/** What setTimeout takes at most. */
const TIMER_MAX_MS = 0x7fffffff;

export class MachineLink {
  readonly #pool: WorkerPool;
  readonly #idles: IdleMachines;
  #spec: MachineSpec;
  #state: State = 'booting';
  #worker: MachineWorker | undefined;
  #checkpoint: MachineCheckpoint | undefined;
  #queue: { message: ToMachine; transfer: readonly ArrayBuffer[] }[] = [];
  #settleBoot: ((failure: Fault | undefined) => void) | undefined;
  #alarm: NodeJS.Timeout | undefined;
  onMessage: (message: FromMachine) => void = () => undefined;
  /** The machine is no more, and nobody asked for it. */
  onGone: (reason: { outOfMemory: boolean; error?: Error }) => void = () => undefined;

  constructor(pool: WorkerPool, idles: IdleMachines, spec: MachineSpec) {
    this.#pool = pool;
    this.#idles = idles;
    this.#spec = spec;
  }

  /** Sets the machine up; a Fault where its files cannot be mounted or there are too many threads. */
  async boot(): Promise<void> {
    const worker = await this.#pool.take();
    if (this.#isGone) return this.#pool.give(worker);
    this.#attach(worker);
    const failure = await new Promise<Fault | undefined>((resolve) => {
      this.#settleBoot = resolve;
      worker.post({ type: 'boot', spec: this.#spec, ...(this.#checkpoint ? { checkpoint: this.#checkpoint } : {}) });
    });
    if (!failure) return;
    if (this.#isGone) throw failure;
    this.#detach();
    await worker.terminate();
    throw failure;
  }

  #attach(worker: MachineWorker): void {
    this.#worker = worker;
    worker.onMessage = (message) => this.#receive(message);
    worker.onGone = (reason) => {
      this.#worker = undefined;
      this.#lose(reason);
    };
  }

  #detach(): MachineWorker | undefined {
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker) {
      worker.onMessage = () => undefined;
      worker.onGone = () => undefined;
    }
    return worker;
  }

  #lose(reason: { outOfMemory: boolean; error?: Error }): void {
    if (this.#isGone) return;
    this.#leave();
    this.#settleBoot?.(new Fault('internal', 'the machine of this container has ended'));
    this.onGone(reason);
  }

  #leave(): void {
    this.#state = 'gone';
    this.#idles.delete(this);
    clearTimeout(this.#alarm);
    this.#queue = [];
    this.#checkpoint = undefined;
  }

  #receive(message: FromMachine): void {
    switch (message.type) {
      case 'booted':
        this.#state = 'up';
        return this.#settleBoot?.(undefined);
      case 'boot-failed':
        return this.#settleBoot?.(fromWire(message.error));
      case 'idle':
        if (this.#state === 'up') this.#idles.add(this);
        return;
      case 'parked':
        return this.#parked(message.checkpoint);
      case 'park-refused':
        this.#state = 'up';
        this.#flush();
        return this.#pool.supply();
      default:
        return this.onMessage(message);
    }
  }

  /** Sends in order; what is sent to a machine that is put away sets it up again. */
  post(message: ToMachine, transfer: readonly ArrayBuffer[] = []): void {
    if (this.#state === 'up') {
      if (message.type !== 'output-taken') this.#idles.delete(this);
      this.#worker?.post(message, transfer);
    } else if (this.#state !== 'gone' && !(this.#state === 'parked' && this.#answered(message))) {
      this.#queue.push({ message, transfer });
      if (this.#state === 'parked') void this.#wake();
    }
  }

  /** What a signal does to an init that waits can be told without it: nothing, or the end of everything. */
  #answered(message: ToMachine): boolean {
    // What was under way had arrived, or it would not have been put away.
    if (message.type === 'output-taken' || message.type === 'chunks-taken' || message.type === 'cancel') return true;
    if (message.type !== 'signal') return false;
    const { kernel, sessions } = this.#checkpoint!;
    const pid = sessions.find(({ handle }) => handle === message.handle)?.pid;
    const process = kernel.processes.find((one) => one.pid === pid);
    if (process?.pid !== 1 || message.signal === SIGSTOP || process.handled.includes(message.signal)) return false;
    if (message.signal === SIGKILL) this.#lose({ outOfMemory: false });
    return true;
  }

  /** Limits that hold from now on, and when it is set up again. */
  limit(limits: MachineLimits): void {
    this.#spec = { ...this.#spec, limits };
  }

  #flush(): void {
    for (const { message, transfer } of this.#queue.splice(0)) this.post(message, transfer);
  }

  // --- putting away and setting up ------------------------------------------------------------------------------------------------

  /** Asks the machine to be put away; it refuses where something has begun to run meanwhile. */
  park(): void {
    if (this.#state !== 'up') return;
    this.#idles.delete(this);
    this.#state = 'parking';
    this.#worker!.post({ type: 'park' });
  }

  /** What it was when it was put away; undefined while it is up. */
  get parked(): MachineCheckpoint | undefined {
    return this.#state === 'parked' ? this.#checkpoint : undefined;
  }

  #parked(checkpoint: MachineCheckpoint): void {
    this.#checkpoint = checkpoint;
    this.#state = 'parked';
    const worker = this.#detach();
    if (worker) this.#pool.give(worker);
    this.#setAlarm();
    this.#flush();
  }

  #setAlarm(): void {
    const wakeAtMs = Math.min(...this.#checkpoint!.kernel.processes.map(({ resumption }) => resumption.wakeAtMs ?? Infinity));
    if (wakeAtMs === Infinity) return;
    const delayMs = wakeAtMs - Date.now();
    this.#alarm = setTimeout(() => (delayMs > TIMER_MAX_MS ? this.#setAlarm() : void this.#wake()), Math.min(Math.max(0, delayMs), TIMER_MAX_MS));
    this.#alarm.unref();
  }

  async #wake(): Promise<void> {
    clearTimeout(this.#alarm);
    this.#state = 'waking';
    try {
      await this.boot();
      if (this.#isGone) return;
      this.#checkpoint = undefined;
      this.#flush();
    } catch (error) {
      if (this.#isGone) return;
      this.#state = 'parked';
      this.#refuse(error instanceof Error ? error : new Fault('internal', String(error)));
    }
  }

  /** It cannot be set up now: whoever waits for an answer hears why, the rest waits for the next try. */
  #refuse(error: Error): void {
    const queued = this.#queue;
    this.#queue = queued.filter(({ message }) => !('call' in message) && message.type !== 'start');
    const wire: WireError = error instanceof Fault ? { kind: error.kind, message: error.message, data: { ...error.data } } : { kind: 'internal', message: error.message };
    for (const { message } of queued) {
      if ('call' in message) this.onMessage({ type: 'failed', call: message.call, error: wire });
      else if (message.type === 'start') this.onMessage({ type: 'start-failed', handle: message.handle, exitCode: 128, message: error.message });
    }
    this.#alarm = setTimeout(() => void this.#wake(), RETRY_MS);
    this.#alarm.unref();
    if (this.#queue.length === 0) {
      clearTimeout(this.#alarm);
      this.#setAlarm();
    }
  }

  // --- the end ------------------------------------------------------------------------------------------------------------------

  /** Its machine has halted: the thread serves another container. */
  release(): void {
    if (this.#isGone) return;
    this.#leave();
    const worker = this.#detach();
    if (worker) this.#pool.give(worker);
  }

  /** Code is being imported for something that runs in it. */
  get isImporting(): boolean {
    return this.#worker?.isImporting === true;
  }

  /** Ends the thread, whatever runs in it. Only then is the machine told to be gone: nothing in it goes on behind that. */
  async terminate(): Promise<void> {
    if (this.#isGone) return;
    for (let ended: MachineWorker | undefined; this.#worker !== ended; ) {
      ended = this.#worker;
      await ended?.terminate();
    }
    this.#detach();
    this.#lose({ outOfMemory: false });
  }

  get #isGone(): boolean {
    return this.#state === 'gone';
  }
}

export function fromWire(error: WireError): Fault {
  return new Fault(error.kind as FaultKind, error.message, error.data);
}

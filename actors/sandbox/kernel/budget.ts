// What the processes of a machine use of its processor and memory, and what happens to them when that is too much.
import { totalmem } from 'node:os';
import { CpuShare } from './cpu-share.js';
import { ForeignWorks } from './foreign-work.js';
import type { Kernel } from './kernel.js';
import { enforceCpuTime } from './limit-checks.js';
import { hungriest, type MemoryGauge, MemoryLimit } from './memory-limit.js';
import type { Process } from './process.js';

/** A container without a limit of its own may take so much of the host: buffers that are put together are there twice for a while. */
const HOST_PARTS = 4;

export interface BudgetOptions {
  /** HostConfig.Memory; 0 = no limit of its own. */
  memoryMaxBytes?: number;
  /** Where nothing measures, nothing is limited. */
  memoryGauge?: MemoryGauge;
  /** HostConfig.NanoCpus as processors; 0 = all there is. */
  cpus?: number;
}

export class Budget {
  /** CPU time of all processes so far. */
  cpuMs = 0;
  /** Until then nothing may run; 0 while there is no need to wait. */
  throttledUntilMs = 0;
  readonly foreign = new ForeignWorks(() => this.#settleForeign());
  readonly #kernel: Pick<Kernel, 'processes' | 'frozen' | 'killForMemory'>;
  readonly #memory: MemoryLimit | undefined;
  readonly #share = new CpuShare();
  #memoryMaxBytes: number;

  constructor(kernel: Pick<Kernel, 'processes' | 'frozen' | 'killForMemory'>, { memoryMaxBytes = 0, memoryGauge, cpus = 0 }: BudgetOptions) {
    this.#kernel = kernel;
    this.#memoryMaxBytes = memoryMaxBytes;
    this.#memory = memoryGauge && new MemoryLimit(memoryGauge, memoryMaxBytes, totalmem() / HOST_PARTS);
    this.cpus = cpus;
  }

  get memoryMaxBytes(): number {
    return this.#memoryMaxBytes;
  }

  set memoryMaxBytes(maxBytes: number) {
    this.#memoryMaxBytes = maxBytes;
    if (this.#memory) this.#memory.maxBytes = maxBytes;
  }

  /** 0 for all there is. */
  set cpus(cpus: number) {
    this.#share.share = cpus > 0 ? cpus : Infinity;
    this.throttledUntilMs = 0;
  }

  /** What all processes hold; 0 where nothing measures. */
  get memoryUsedBytes(): number {
    return (this.#memory?.usedBytes ?? 0) + this.foreign.memoryBytes;
  }

  /** After a slice: what it used is charged to the machine, and to who ran in it last. */
  settle(process: Process, nowMs: number, usedMs: number): void {
    const waitMs = this.#share.spend(nowMs, usedMs);
    this.throttledUntilMs = waitMs > 0 ? nowMs + waitMs : 0;
    this.#memory?.charge(process);
    this.#holdToMemory();
  }

  #holdToMemory(): void {
    if (this.#memory?.isExceeded(this.foreign.memoryBytes) !== true) return;
    const victim = hungriest(this.#kernel.processes.values());
    if (victim) this.#kernel.killForMemory(victim);
  }

  /** What runs elsewhere is charged like what runs here, and waits when that does. */
  #settleForeign(): void {
    const usedMs = this.foreign.charge();
    this.cpuMs += usedMs;
    const now = performance.now();
    const waitMs = this.#share.spend(now, usedMs);
    if (waitMs > 0) this.throttledUntilMs = now + waitMs;
    for (const process of this.foreign.processes) if (process.limits.cpu.soft !== Infinity) enforceCpuTime(process);
    this.#holdToMemory();
    this.holdForeign();
  }

  /** Called too when something was frozen, stopped or let go on. */
  holdForeign(): void {
    const allWait = this.#kernel.frozen || performance.now() < this.throttledUntilMs;
    this.foreign.hold((process) => allWait || process.stopped);
  }
}

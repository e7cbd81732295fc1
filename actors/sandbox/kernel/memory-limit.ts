// A machine's memory limit: what is used is measured between turns, and who took most ends when it is too much, as under a full cgroup.
import type { Process } from './process.js';

/** How memory is measured; `collect` gives back what nobody holds any more. */
export interface MemoryGauge {
  usedBytes(): number;
  /** Of that the objects and strings, garbage included. */
  heapBytes(): number;
  collect(): void;
}

/** Programs' own code and what the collector has not got to yet: not the container's. */
const ALLOWANCE_BYTES = 8 << 20;
/** Objects and strings that one machine may hold, whatever limit it was given: V8 ends the whole server where a thread's heap is full. */
const HEAP_MAX_BYTES = 512 << 20;
/** Garbage is looked for where it is so much more than what is allowed. */
const GARBAGE_SHARE = 1.25;

/** Thrown where something would become larger than it can be: its process is ended as if memory had run out. */
export class TooBig extends Error {}

/** How V8 and Node say the same of a string, array, map or buffer. */
const TOO_BIG = /^(Invalid (string|array|typed array) length|Array buffer allocation failed|Map maximum size exceeded|Set maximum size exceeded|Cannot create a string longer|The value of "size" is out of range)/;

export function isTooBig(error: unknown): boolean {
  return error instanceof TooBig || error instanceof Error && TOO_BIG.test(error.message);
}

export class MemoryLimit {
  readonly #gauge: MemoryGauge;
  #usedBytes: number;
  /** HostConfig.Memory; 0 = none. */
  maxBytes: number;
  /** Holds where none was asked for, so that no container takes the whole host. */
  readonly #ceilingBytes: number;

  constructor(gauge: MemoryGauge, maxBytes: number, ceilingBytes: number) {
    this.#gauge = gauge;
    this.maxBytes = maxBytes;
    this.#ceilingBytes = ceilingBytes;
    this.#usedBytes = gauge.usedBytes();
  }

  get #limitBytes(): number {
    return (this.maxBytes > 0 ? this.maxBytes : this.#ceilingBytes) + ALLOWANCE_BYTES;
  }

  /** Charges what has grown since the last turn to the process that ran. */
  charge(process: Process): void {
    const now = this.#gauge.usedBytes();
    process.usage.memoryBytes = Math.max(0, process.usage.memoryBytes + now - this.#usedBytes);
    this.#usedBytes = now;
  }

  /** Whether it is too much, garbage apart, with what is held elsewhere; the host looks after that where no limit was asked for. */
  isExceeded(foreignBytes: number): boolean {
    const elsewhere = this.maxBytes > 0 ? foreignBytes : 0;
    if (this.#usedBytes + elsewhere <= this.#limitBytes * GARBAGE_SHARE && this.#gauge.heapBytes() <= HEAP_MAX_BYTES * GARBAGE_SHARE) return false;
    this.#gauge.collect();
    this.#usedBytes = this.#gauge.usedBytes();
    return this.#usedBytes + elsewhere > this.#limitBytes || this.#gauge.heapBytes() > HEAP_MAX_BYTES;
  }

  get usedBytes(): number {
    return this.#gauge.usedBytes();
  }
}

/** What a process is made of that holds nothing of its own: its program. */
export const PROGRAM_BYTES = 2 << 20;

/** As /proc and ps show it. */
export function memoryOf(process: Process): { residentBytes: number; mappedBytes: number } {
  const residentBytes = PROGRAM_BYTES + heldBytes(process);
  return { residentBytes, mappedBytes: residentBytes + PROGRAM_BYTES };
}

/** What is known of the memory of one process, wherever it is held. */
function heldBytes({ usage }: Process): number {
  return usage.memoryBytes + usage.foreignBytes;
}

/** Whoever took most, as the kernel's badness has it. */
export function hungriest(processes: Iterable<Process>): Process | undefined {
  let worst: Process | undefined;
  for (const process of processes) {
    if (process.status === undefined && process.oomScoreAdjustment > -1000 && (!worst || heldBytes(process) > heldBytes(worst))) worst = process;
  }
  return worst;
}

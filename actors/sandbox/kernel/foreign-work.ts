// What runs for a process outside the machine's own thread (a child of the host, a thread of its own): measured, charged, held back.
import type { Process } from './process.js';

export interface ForeignWork {
  /** CPU time since it began. */
  cpuMs(): number;
  /** What it holds now. */
  memoryBytes(): number;
  /** Stops it, or lets it go on, as far as it can be stopped from outside. */
  hold(held: boolean): void;
}

/** How often it is measured: a share of the processor is kept to in such steps. */
const INTERVAL_MS = 50;

interface Entry {
  readonly work: ForeignWork;
  chargedMs: number;
  held: boolean;
}

export class ForeignWorks {
  readonly #entries = new Map<Process, Entry>();
  readonly #settle: () => void;
  #timer: NodeJS.Timeout | undefined;
  /** Of works that ended since the last measure. */
  #endedMs = 0;

  /** `settle` is called again and again as long as something runs, and is expected to `charge` and to `hold`. */
  constructor(settle: () => void) {
    this.#settle = settle;
  }

  /** What is returned is called when it is over. */
  begin(process: Process, work: ForeignWork): () => void {
    const entry = { work, chargedMs: 0, held: false };
    this.#entries.set(process, entry);
    this.#timer ??= setInterval(() => this.#settle(), INTERVAL_MS).unref();
    return () => {
      this.#endedMs += measure(process, entry);
      process.usage.foreignBytes = 0;
      this.#entries.delete(process);
      this.#settle();
      if (this.#entries.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  /** Charges everybody with what was used since the last time; the sum of it. */
  charge(): number {
    let usedMs = this.#endedMs;
    this.#endedMs = 0;
    for (const [process, entry] of this.#entries) {
      usedMs += measure(process, entry);
      process.usage.foreignBytes = entry.work.memoryBytes();
    }
    return usedMs;
  }

  get memoryBytes(): number {
    let sum = 0;
    for (const process of this.#entries.keys()) sum += process.usage.foreignBytes;
    return sum;
  }

  get processes(): Process[] {
    return [...this.#entries.keys()];
  }

  /** Stops whose process must not run now, and lets the others go on. */
  hold(mustWait: (process: Process) => boolean): void {
    for (const [process, entry] of this.#entries) {
      const held = mustWait(process);
      if (held !== entry.held) entry.work.hold(held);
      entry.held = held;
    }
  }
}

function measure(process: Process, entry: Entry): number {
  const newMs = Math.max(0, entry.work.cpuMs() - entry.chargedMs);
  entry.chargedMs += newMs;
  process.usage.cpuMs += newMs;
  return newMs;
}

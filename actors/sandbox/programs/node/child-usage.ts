// What a child process of the host has used of the processor and holds of memory, read from the host's /proc; zero on hosts without one.
import { readFileSync } from 'node:fs';

const TICK_MS = 10;
/** It is read no oftener: programs that ask much are not slowed by being measured. */
const STALE_MS = 20;

export class ChildUsage {
  readonly #pid: number | undefined;
  #cpuMs = 0;
  #memoryBytes = 0;
  #readAtMs = -Infinity;

  constructor(pid: number | undefined) {
    this.#pid = pid;
  }

  get cpuMs(): number {
    this.refresh();
    return this.#cpuMs;
  }

  get memoryBytes(): number {
    this.refresh();
    return this.#memoryBytes;
  }

  /** Of a child that has ended the last figures stand. */
  refresh(): void {
    const now = performance.now();
    if (this.#pid === undefined || now - this.#readAtMs < STALE_MS) return;
    this.#readAtMs = now;
    try {
      // The name, in parentheses, may hold blanks; utime and stime are the 14th and 15th field (proc(5)).
      const fields = readFileSync(`/proc/${this.#pid}/stat`, 'latin1').replace(/^.*\) /s, '').split(' ');
      this.#cpuMs = Math.max(this.#cpuMs, (Number(fields[11]) + Number(fields[12])) * TICK_MS);
      // Not what it shares with every other Node: the pages of the program's own file.
      const [, kilobytes] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.#pid}/status`, 'latin1')) ?? [];
      this.#memoryBytes = Number(kilobytes ?? 0) * 1024;
    } catch {
      this.#memoryBytes = 0;
    }
  }
}

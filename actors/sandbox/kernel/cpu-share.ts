// A machine's share of its thread (`--cpus`): what runs longer waits until its share has grown again.

/** As the kernel's cfs period: how much may be used up at once. */
const PERIOD_MS = 100;

export class CpuShare {
  /** Processors; Infinity for all there are. */
  share = Infinity;
  #leftMs = PERIOD_MS;
  #atMs = 0;

  /** Notes that something ran for `usedMs` until `nowMs`; how long nothing may run after it. */
  spend(nowMs: number, usedMs: number): number {
    if (this.share === Infinity) return 0;
    this.#leftMs = Math.min(PERIOD_MS * this.share, this.#leftMs + (nowMs - this.#atMs) * this.share) - usedMs;
    this.#atMs = nowMs;
    return this.#leftMs >= 0 ? 0 : -this.#leftMs / this.share;
  }
}

// A machine's share of its thread (`--cpus`): what runs longer waits until its share has grown again.

/** As the kernel's cfs period: how much may be used up at once. */
const PERIOD_MS = 100;

export class CpuShare {
  /** 1 and more: the whole thread. */
  share = 1;
  #leftMs = PERIOD_MS;
  #atMs = 0;

  /** Notes that something ran for `usedMs` until `nowMs`; how long nothing may run after it. */
  spend(nowMs: number, usedMs: number): number {
    if (this.share >= 1) return 0;
    this.#leftMs = Math.min(PERIOD_MS * this.share, this.#leftMs + (nowMs - this.#atMs) * this.share) - usedMs;
    this.#atMs = nowMs;
    return this.#leftMs >= 0 ? 0 : -this.#leftMs / this.share;
  }
}

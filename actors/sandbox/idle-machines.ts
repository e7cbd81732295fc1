// Machines in which nothing runs, oldest first: a few stay up, so that what comes next finds them ready; the others give their thread back.
interface Parkable {
  park(): void;
}

export interface IdleMachinesOptions {
  /** How many stay up at most. */
  max: number;
  /** How long one stays up at most. */
  ageMs: number;
}

const SWEEP_MS = 1000;

export class IdleMachines {
  readonly #options: IdleMachinesOptions;
  readonly #sinceMs = new Map<Parkable, number>();
  readonly #sweeper: NodeJS.Timeout;

  constructor(options: IdleMachinesOptions) {
    this.#options = options;
    this.#sweeper = setInterval(() => this.#sweep(), Math.min(SWEEP_MS, options.ageMs));
    this.#sweeper.unref();
  }

  add(machine: Parkable): void {
    if (!this.#sinceMs.has(machine)) this.#sinceMs.set(machine, performance.now());
    if (this.#sinceMs.size > this.#options.max) this.parkOldest();
  }

  delete(machine: Parkable): void {
    this.#sinceMs.delete(machine);
  }

  /** False when all that is up has something to do. */
  parkOldest(): boolean {
    for (const [machine] of this.#sinceMs) {
      this.#sinceMs.delete(machine);
      machine.park();
      return true;
    }
    return false;
  }

  #sweep(): void {
    const limit = performance.now() - this.#options.ageMs;
    for (const [machine, sinceMs] of this.#sinceMs) {
      if (sinceMs > limit) return;
      this.#sinceMs.delete(machine);
      machine.park();
    }
  }

  close(): void {
    clearInterval(this.#sweeper);
    this.#sinceMs.clear();
  }
}

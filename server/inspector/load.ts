// How busy the engine is: commits a second, how long they took to become durable, what waits.
import type { Engine } from '../../actors/runtime/engine.js';
import { wallClock } from '../../actors/runtime/clock.js';

export interface Load {
  /** Over the last seconds. */
  readonly commitsPerSecond: number;
  /** By kind of actor. */
  readonly perKind: Readonly<Record<string, number>>;
  /** From an event's arrival to its commit being durable, over the last commits, in ms. */
  readonly latencyP50Ms: number;
  readonly latencyP99Ms: number;
  /** Effects meant and not answered, timers armed, actors in memory. */
  readonly effects: number;
  readonly timers: number;
  readonly live: number;
}

const SAMPLES = 1024;
const SECONDS = 5;

export class LoadMeter {
  readonly #engine: Engine;
  readonly #latenciesMs = new Float64Array(SAMPLES);
  /** Commits of each of the last seconds, by kind. */
  #seconds: { second: number; counts: Record<string, number> }[] = [];
  #taken = 0;
  readonly #stop: () => void;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#stop = engine.feed.subscribe(({ kind, at }) => {
      const now = wallClock();
      this.#latenciesMs[this.#taken++ % SAMPLES] = now - at;
      const second = Math.floor(now / 1000);
      let last = this.#seconds.at(-1);
      if (last?.second !== second) {
        this.#seconds.push((last = { second, counts: {} }));
        if (this.#seconds.length > SECONDS + 1) this.#seconds.shift();
      }
      const name = kind === '' ? 'records' : kind;
      last.counts[name] = (last.counts[name] ?? 0) + 1;
    });
  }

  read(): Load {
    const now = Math.floor(wallClock() / 1000);
    // The present second is not over and would count for less than it is.
    const seconds = this.#seconds.filter(({ second }) => second >= now - SECONDS && second < now);
    const perKind: Record<string, number> = {};
    for (const { counts } of seconds) for (const [kind, count] of Object.entries(counts)) perKind[kind] = (perKind[kind] ?? 0) + count / SECONDS;
    const latencies = this.#latenciesMs.slice(0, Math.min(this.#taken, SAMPLES)).toSorted();
    const quantile = (part: number): number => Math.round((latencies[Math.floor(latencies.length * part)] ?? 0) * 1000) / 1000;
    return {
      commitsPerSecond: Object.values(perKind).reduce((sum, count) => sum + count, 0),
      perKind, latencyP50Ms: quantile(0.5), latencyP99Ms: quantile(0.99), ...this.#engine.load,
    };
  }

  close(): void {
    this.#stop();
  }
}

// The gate that a thread's imports pass, closed by whoever ends the thread: it ends between two imports, never within one.
import { setTimeout as delay } from 'node:timers/promises';

/** The words that both threads see: how many imports are under way, or CLOSED; and a count that goes on while one is and the thread is not stuck. */
const UNDER_WAY = 0;
const BEATS = 1;
const CLOSED = -1;
const BEAT_MS = 20;
const LOOK_AGAIN_MS = 5;
/** A thread that is stuck for so long, by something that does not yield, is ended within its import: what that has open stays open. */
const PATIENCE_MS = 2000;

/**
 * Modules are opened on Node's thread pool, and nobody closes what was being opened for a thread that is ended meanwhile: a server on which containers
 * are removed by force would have more open files with each of them.
 */
export class ImportGate {
  shared = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  #words = new Int32Array(this.shared);

  /** From now on this gate is the one that whoever started the thread holds. */
  adopt(shared: SharedArrayBuffer): void {
    this.shared = shared;
    this.#words = new Int32Array(shared);
  }

  /** Imports something; for ever under way in a thread that is about to be ended. */
  async pass<T>(load: () => Promise<T>): Promise<T> {
    if (!this.#enter()) return new Promise(() => undefined);
    const beat = setInterval(() => Atomics.add(this.#words, BEATS, 1), BEAT_MS);
    try {
      return await load();
    } finally {
      clearInterval(beat);
      Atomics.sub(this.#words, UNDER_WAY, 1);
    }
  }

  #enter(): boolean {
    for (let seen = Atomics.load(this.#words, UNDER_WAY); seen !== CLOSED; ) {
      const found = Atomics.compareExchange(this.#words, UNDER_WAY, seen, seen + 1);
      if (found === seen) return true;
      seen = found;
    }
    return false;
  }

  get isPassed(): boolean {
    return Atomics.load(this.#words, UNDER_WAY) > 0;
  }

  /** Closes it once nothing passes. `isOver` tells of a thread that has ended by itself. */
  async close(isOver: () => boolean): Promise<void> {
    let beats: number | undefined;
    let giveUpAtMs = 0;
    while (Atomics.compareExchange(this.#words, UNDER_WAY, 0, CLOSED) > 0 && !isOver()) {
      const now = performance.now();
      const latest = Atomics.load(this.#words, BEATS);
      if (latest !== beats) giveUpAtMs = now + PATIENCE_MS;
      else if (now > giveUpAtMs) return;
      beats = latest;
      await delay(LOOK_AGAIN_MS);
    }
  }
}

/** The gate of this thread. */
export const imports = new ImportGate();

// Says when a long loop should let others have their turn.

const CHECK_EVERY = 64;
const TURN_MS = 4;

/** `if (pace.due) yield PREEMPT;` costs next to nothing per round. */
export class Pace {
  #rounds = 0;
  #since = performance.now();

  get due(): boolean {
    if (++this.#rounds % CHECK_EVERY !== 0) return false;
    return this.isOver;
  }

  /** The same for loops whose rounds are long themselves: looks at the clock each time. */
  get isOver(): boolean {
    const now = performance.now();
    if (now - this.#since < TURN_MS) return false;
    this.#since = now;
    return true;
  }
}

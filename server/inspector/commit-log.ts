// The last commits in memory, for everybody who follows them: a viewer is a cursor into this ring, so a slow one costs nothing.
import type { StateValue } from 'xstate';
import type { Commit } from '../../actors/runtime/feed.js';
import type { Engine } from '../../actors/runtime/engine.js';
import { valueLabel } from '../../machines/explore.js';
import { nameOf } from './rows.js';

/** A commit as it is told. Times in ms since the epoch. */
export interface CommitLine {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly event: string;
  readonly from: string | undefined;
  readonly to: string;
  /** The same two as state values. */
  readonly before: StateValue | undefined;
  readonly value: StateValue;
  readonly effects: readonly string[];
  /** Keys of the context that changed. */
  readonly changed: readonly string[];
  readonly gone: boolean;
}

/** Commits of actors that are kept; a viewer that falls further behind is told what is, not what was. */
const KEPT = 16_384;

interface Slot {
  readonly commit: Commit;
  text: string | undefined;
}

export class CommitLog {
  readonly #slots: (Slot | undefined)[] = Array.from({ length: KEPT });
  /** How many commits were taken so far; the place of the next one. */
  #end = 0;
  /** Number of the last commit before this log began. */
  readonly #born: number;
  readonly #stop: () => void;
  #waiting: (() => void)[] = [];

  constructor(engine: Engine) {
    this.#born = engine.load.seq;
    this.#stop = engine.feed.subscribe((commit) => {
      if (!commit.snapshot) return;
      this.#slots[this.#end++ % KEPT] = { commit, text: undefined };
      // Not from within a commit: whoever waits may take its time.
      if (this.#waiting.length > 0) setImmediate(() => this.#tell());
    });
  }

  #tell(): void {
    for (const resume of this.#waiting.splice(0)) resume();
  }

  /** Resolves when there is a commit at this place, or at once when there is one already; also when the log closes. */
  more(place: number): Promise<void> {
    return this.#end > place ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The place behind the newest commit. */
  get end(): number {
    return this.#end;
  }

  /** The place of the oldest commit still here. */
  get begin(): number {
    return Math.max(0, this.#end - KEPT);
  }

  /** Number of the newest commit. */
  get seq(): number {
    return this.#end === 0 ? this.#born : this.#slots[(this.#end - 1) % KEPT]!.commit.seq;
  }

  /** The place behind commit number `seq`; undefined when later ones are lost already, or when that number is from the future. */
  after(seq: number): number | undefined {
    if (seq > this.seq || seq < this.#born) return undefined;
    let low = this.begin;
    let high = this.#end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.at(middle).seq <= seq) low = middle + 1;
      else high = middle;
    }
    // The oldest commit here is no proof that none was lost before it.
    return low === this.begin && this.begin > 0 ? undefined : low;
  }

  /** begin <= place < end. */
  at(place: number): Commit {
    return this.#slots[place % KEPT]!.commit;
  }

  /** The commit as JSON text, made once for all viewers. */
  text(place: number): string {
    const slot = this.#slots[place % KEPT]!;
    return (slot.text ??= JSON.stringify(lineOf(slot.commit)));
  }

  close(): void {
    this.#stop();
    this.#tell();
  }
}

export function lineOf({ seq, at, kind, id, snapshot, event, from, to, effects, was, gone }: Commit): CommitLine {
  return {
    seq, at, kind, id, name: nameOf(snapshot!.context), event: event.type,
    from: from === undefined ? undefined : valueLabel(from), to: valueLabel(to), before: from, value: to!,
    effects: effects.map(({ op }) => op), changed: Object.keys(was ?? {}), gone,
  };
}

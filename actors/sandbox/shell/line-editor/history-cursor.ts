// Where in the history the line being edited comes from.
import type { Line } from './line.js';

export class HistoryCursor {
  readonly lines: readonly string[];
  readonly #line: Line;
  /** Index in the history; its length stands for the new line. */
  #at: number;
  /** What was made of entries, and of the new line, since this line was begun. */
  readonly #edited = new Map<number, string>();

  constructor(lines: readonly string[], line: Line) {
    this.lines = lines;
    this.#line = line;
    this.#at = lines.length;
  }

  get at(): number {
    return this.#at;
  }

  /** What the line shows was found there. */
  stay(at: number): void {
    this.#at = at;
  }

  /** False where there is no such entry, or the line shows it. */
  recall(index: number, cursor?: number): boolean {
    if (index < 0 || index > this.lines.length || index === this.#at) return false;
    this.#edited.set(this.#at, this.#line.text);
    this.#at = index;
    this.#line.set(this.#edited.get(index) ?? this.lines[index] ?? '', cursor);
    return true;
  }

  /** The next entry in a direction that begins as the line does before the cursor. */
  recallStart(direction: 1 | -1): boolean {
    const start = this.#line.beforeCursor;
    return this.#recallNext(direction, (entry) => entry.startsWith(start) && entry !== this.#line.text, [...start].length);
  }

  /** The next entry that holds a text, or begins with what follows a `^`. */
  recallHolding(text: string, direction: 1 | -1): boolean {
    return this.#recallNext(direction, (entry) => (text.startsWith('^') ? entry.startsWith(text.slice(1)) : entry.includes(text)), 0);
  }

  #recallNext(direction: 1 | -1, isWanted: (entry: string) => boolean, cursor: number): boolean {
    for (let at = this.#at + direction; at >= 0 && at < this.lines.length; at += direction) {
      if (isWanted(this.lines[at]!)) return this.recall(at, cursor);
    }
    return false;
  }
}

// The history list of a shell: numbered lines with the times at which they were added, the oldest let go as new ones come.
import { type ExpansionMemory, NO_MEMORY } from './event.js';

export interface HistoryEntry {
  readonly line: string;
  /** When it was added, in seconds since 1970; undefined when the file it came from does not say. */
  readonly seconds: number | undefined;
}

export class History {
  #entries: HistoryEntry[] = [];
  /** A forked shell has the same array: whoever changes it takes a copy first. */
  #isShared = false;
  /** The number of the oldest entry. */
  base = 1;
  /** Entries added by this shell that no file has yet. */
  newLines = 0;
  /** Lines of the history file that are known here. */
  fileLines = 0;
  /** The line that was read last is an entry of its own. */
  isLastAdded = false;
  /** The last entry was put there by `history -s`. */
  isLastPushed = false;
  /** What history expansions refer to. */
  memory: ExpansionMemory = { ...NO_MEMORY };

  fork(): History {
    const copy = new History();
    copy.#entries = this.#entries;
    this.#isShared = copy.#isShared = true;
    copy.base = this.base;
    copy.newLines = this.newLines;
    copy.fileLines = this.fileLines;
    copy.isLastAdded = this.isLastAdded;
    copy.isLastPushed = this.isLastPushed;
    copy.memory = { ...this.memory };
    return copy;
  }

  get entries(): readonly HistoryEntry[] {
    return this.#entries;
  }

  get lines(): string[] {
    return this.#entries.map(({ line }) => line);
  }

  get size(): number {
    return this.#entries.length;
  }

  get last(): string | undefined {
    return this.#entries.at(-1)?.line;
  }

  /** Adds an entry; `most` is how many are kept. */
  add(entry: HistoryEntry, most: number): void {
    this.#own().push(entry);
    this.stifle(most);
  }

  /** A new line of this shell. */
  remember(line: string, most: number, seconds: number | undefined): void {
    this.add({ line, seconds }, most);
    this.newLines++;
    this.isLastAdded = true;
  }

  stifle(most: number): void {
    const excess = this.size - most;
    if (excess <= 0) return;
    this.#own().splice(0, excess);
    this.base += excess;
  }

  /** HISTSIZE was set: of what is kept the first has then, as in bash, the number of those let go. */
  resize(most: number): void {
    const excess = this.size - most;
    this.stifle(most);
    if (excess > 0) this.base = excess;
  }

  replaceLast(line: string): void {
    const last = this.#entries.at(-1);
    if (last) this.#own()[this.size - 1] = { ...last, line };
  }

  /** Takes entries out, by their places from 0. */
  remove(from: number, count: number): void {
    this.#own().splice(from, count);
  }

  /** Takes the line that is being run out again. */
  removeLast(): void {
    if (this.size === 0) return;
    this.remove(this.size - 1, 1);
    if (this.newLines > 0) this.newLines--;
    this.isLastAdded = false;
  }

  /** Lets go of all that are like this line (HISTCONTROL=erasedups). */
  erase(line: string): void {
    this.#entries = this.#entries.filter((entry) => entry.line !== line);
    this.#isShared = false;
  }

  clear(): void {
    this.#entries = [];
    this.#isShared = false;
    this.base = 1;
    this.newLines = 0;
  }

  #own(): HistoryEntry[] {
    if (this.#isShared) this.#entries = [...this.#entries];
    this.#isShared = false;
    return this.#entries;
  }
}

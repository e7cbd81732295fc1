// ed's text: lines with the current one, marks, and the state before the last command for `u`.

export interface Line {
  readonly text: string;
}

interface State {
  readonly lines: readonly Line[];
  readonly current: number;
  readonly isModified: boolean;
}

/** Lines are numbered from 1; each keeps its identity while it stays, so that marks find it again. */
export class EditBuffer {
  #lines: Line[] = [];
  current = 0;
  isModified = false;
  readonly marks = new Map<string, Line>();
  #before: State = { lines: [], current: 0, isModified: false };

  get last(): number {
    return this.#lines.length;
  }

  line(number: number): Line {
    return this.#lines[number - 1]!;
  }

  slice(from: number, to: number): Line[] {
    return this.#lines.slice(from - 1, to);
  }

  /** The number of a line; 0 where it has gone. */
  numberOf(line: Line): number {
    return this.#lines.indexOf(line) + 1;
  }

  /** What `u` will bring back. */
  remember(): void {
    this.#before = { lines: [...this.#lines], current: this.current, isModified: this.isModified };
  }

  undo(): void {
    const { lines, current, isModified } = this.#before;
    this.remember();
    this.#lines = [...lines];
    this.current = current;
    this.isModified = isModified;
  }

  insert(after: number, lines: readonly Line[]): void {
    if (lines.length === 0) return;
    this.#lines = [...this.#lines.slice(0, after), ...lines, ...this.#lines.slice(after)];
    this.current = after + lines.length;
    this.isModified = true;
  }

  delete(from: number, to: number): Line[] {
    this.isModified = true;
    const removed = this.#lines.splice(from - 1, to - from + 1);
    this.current = Math.min(from, this.#lines.length);
    return removed;
  }
}

/** What goes wrong in a command; ed says `?`, and this when asked. */
export class EditError extends Error {}

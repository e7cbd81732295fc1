// The line being edited: its characters, the cursor, the mark, what was killed and what can be undone, without a screen.

/** What was killed, the newest last; all lines of a shell share it. */
export type KillRing = string[];

const KILLS_MAX = 10;
const UNDO_MAX = 1000;
/** What is typed in one go is undone in one go, up to so many characters. */
const TYPED_TOGETHER_MAX = 20;

/** Counts in characters (code points), so that the cursor never stands inside one. */
export class Line {
  #chars: string[] = [];
  #cursor = 0;
  #mark = 0;
  readonly #kills: KillRing;
  readonly #undone: { readonly chars: readonly string[]; readonly cursor: number }[] = [];
  /** How many characters the last note for undo covers. */
  #typed = 0;
  /** The last command killed: the next kill adds to it. */
  #isKilling = false;
  /** What the last command yanked: where it begins, and which kill it is. */
  #yanked: { readonly from: number; readonly index: number } | undefined;

  constructor(kills: KillRing = []) {
    this.#kills = kills;
  }

  get text(): string {
    return this.#chars.join('');
  }

  get chars(): readonly string[] {
    return this.#chars;
  }

  get cursor(): number {
    return this.#cursor;
  }

  get beforeCursor(): string {
    return this.#chars.slice(0, this.#cursor).join('');
  }

  get isAtEnd(): boolean {
    return this.#cursor === this.#chars.length;
  }

  /** Another text, with the cursor at its end or after `cursor` characters; what was before cannot be had back by undoing. */
  set(text: string, cursor?: number): void {
    this.#chars = [...text];
    this.#cursor = this.#mark = Math.min(cursor ?? this.#chars.length, this.#chars.length);
    this.forget();
    this.endSeries();
  }

  /** Inserts what was typed. */
  insert(text: string): void {
    if (this.#typed === 0 || this.#typed >= TYPED_TOGETHER_MAX) {
      this.#note();
      this.#typed = 0;
    }
    this.#typed++;
    this.endSeries();
    this.#splice(this.#cursor, this.#cursor, text);
  }

  /** Ends what commands in a row do together: kills that add up, yanks that replace each other. */
  endSeries(): void {
    this.#isKilling = false;
    this.#yanked = undefined;
  }

  /** False where that is no place, or the cursor is there. */
  move(to: number): boolean {
    this.endSeries();
    this.#typed = 0;
    if (to < 0 || to > this.#chars.length || to === this.#cursor) return false;
    this.#cursor = to;
    return true;
  }

  /** Puts a text in place of others and the cursor behind it; false where there are none. */
  replace(from: number, to: number, text: string): boolean {
    if (from < 0 || to > this.#chars.length) return false;
    this.#typed = 0;
    this.endSeries();
    this.#note();
    this.#splice(from, to, text);
    return true;
  }

  /** Takes a text out and keeps it; one that was killed right before is added to, on the side that it stood. */
  kill(from: number, to: number): boolean {
    if (from >= to) return false;
    const text = this.#chars.slice(from, to).join('');
    const last = this.#isKilling ? this.#kills.pop() ?? '' : '';
    this.#keep(to <= this.#cursor ? text + last : last + text);
    this.replace(from, to, '');
    this.#isKilling = true;
    return true;
  }

  /** Keeps a text without taking it out. */
  copy(from: number, to: number): void {
    this.endSeries();
    if (from < to) this.#keep(this.#chars.slice(from, to).join(''));
  }

  /** What was kept last. */
  get killed(): string | undefined {
    return this.#kills.at(-1);
  }

  #keep(text: string): void {
    this.#kills.push(text);
    if (this.#kills.length > KILLS_MAX) this.#kills.shift();
  }

  yank(): boolean {
    return this.#yank(this.#cursor, this.#cursor, this.#kills.length - 1);
  }

  /** What was yanked gives way to what was killed before it. */
  yankBefore(): boolean {
    if (!this.#yanked) return false;
    const { from, index } = this.#yanked;
    return this.#yank(from, this.#cursor, index === 0 ? this.#kills.length - 1 : index - 1);
  }

  #yank(from: number, to: number, index: number): boolean {
    const text = this.#kills[index];
    if (text === undefined) return false;
    this.replace(from, to, text);
    this.#yanked = { from, index };
    return true;
  }

  setMark(): boolean {
    this.#mark = this.#cursor;
    return true;
  }

  exchangeMark(): boolean {
    [this.#cursor, this.#mark] = [Math.min(this.#mark, this.#chars.length), this.#cursor];
    return true;
  }

  undo(): boolean {
    const before = this.#undone.pop();
    if (!before) return false;
    this.#typed = 0;
    this.endSeries();
    this.#chars = [...before.chars];
    this.#cursor = before.cursor;
    return true;
  }

  /** What was done so far cannot be undone. */
  forget(): void {
    this.#undone.length = 0;
    this.#typed = 0;
  }

  /** How many steps can be undone. */
  get undoSteps(): number {
    return this.#undone.length;
  }

  /** What was done after so many steps is undone at once. */
  joinSteps(after: number): void {
    if (this.#undone.length > after) this.#undone.length = after + 1;
    this.#typed = 0;
  }

  /** As it was when it was begun or recalled. */
  revert(): boolean {
    if (this.#undone.length === 0) return false;
    this.#undone.length = 1;
    return this.undo();
  }

  #note(): void {
    this.#undone.push({ chars: [...this.#chars], cursor: this.#cursor });
    if (this.#undone.length > UNDO_MAX) this.#undone.shift();
  }

  #splice(from: number, to: number, text: string): void {
    const chars = [...text];
    this.#chars.splice(from, to - from, ...chars);
    this.#cursor = from + chars.length;
  }
}

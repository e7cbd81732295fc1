// The line being edited: its characters, the cursor, and the killed text; readline's emacs commands, without a screen.

/** Counts in characters (code points), so that the cursor never stands inside one. */
export class Line {
  #chars: string[] = [];
  #cursor = 0;
  #killed = '';

  get text(): string {
    return this.#chars.join('');
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

  set(text: string): void {
    this.#chars = [...text];
    this.#cursor = this.#chars.length;
  }

  insert(text: string): void {
    const chars = [...text];
    this.#chars.splice(this.#cursor, 0, ...chars);
    this.#cursor += chars.length;
  }

  /** Removes `count` characters before the cursor, without keeping them. */
  eraseBefore(count: number): void {
    const from = Math.max(0, this.#cursor - count);
    this.#chars.splice(from, this.#cursor - from);
    this.#cursor = from;
  }

  /** Carries out the command of a key; false when there is none, or nothing for it to do. */
  edit(key: string): boolean {
    const { length } = this.#chars;
    switch (key) {
      case 'left':
      case 'C-b':
        return this.#move(this.#cursor - 1);
      case 'right':
      case 'C-f':
        return this.#move(this.#cursor + 1);
      case 'home':
      case 'C-a':
        return this.#move(0);
      case 'end':
      case 'C-e':
        return this.#move(length);
      case 'M-b':
        return this.#move(this.#wordStart(/[\p{L}\p{N}]/u));
      case 'M-f':
        return this.#move(this.#wordEnd());
      case 'backspace':
        return this.#remove(this.#cursor - 1, this.#cursor);
      case 'delete':
      case 'C-d':
        return this.#remove(this.#cursor, this.#cursor + 1);
      case 'C-k':
        return this.#kill(this.#cursor, length);
      case 'C-u':
        return this.#kill(0, this.#cursor);
      case 'C-w':
        return this.#kill(this.#wordStart(/\S/), this.#cursor);
      case 'M-backspace':
        return this.#kill(this.#wordStart(/[\p{L}\p{N}]/u), this.#cursor);
      case 'M-d':
        return this.#kill(this.#cursor, this.#wordEnd());
      case 'C-y':
        this.insert(this.#killed);
        return this.#killed !== '';
      case 'C-t':
        return this.#transpose();
      default:
        return false;
    }
  }

  #move(to: number): boolean {
    if (to < 0 || to > this.#chars.length || to === this.#cursor) return false;
    this.#cursor = to;
    return true;
  }

  #remove(from: number, to: number): boolean {
    if (from < 0 || to > this.#chars.length) return false;
    this.#chars.splice(from, to - from);
    this.#cursor = from;
    return true;
  }

  #kill(from: number, to: number): boolean {
    if (from >= to) return false;
    this.#killed = this.#chars.slice(from, to).join('');
    return this.#remove(from, to);
  }

  #transpose(): boolean {
    const second = Math.min(this.#cursor, this.#chars.length - 1);
    if (second < 1) return false;
    const [a, b] = [this.#chars[second - 1]!, this.#chars[second]!];
    this.#chars.splice(second - 1, 2, b, a);
    this.#cursor = second + 1;
    return true;
  }

  #wordStart(inWord: RegExp): number {
    let at = this.#cursor;
    while (at > 0 && !inWord.test(this.#chars[at - 1]!)) at--;
    while (at > 0 && inWord.test(this.#chars[at - 1]!)) at--;
    return at;
  }

  #wordEnd(): number {
    const inWord = /[\p{L}\p{N}]/u;
    let at = this.#cursor;
    while (at < this.#chars.length && !inWord.test(this.#chars[at]!)) at++;
    while (at < this.#chars.length && inWord.test(this.#chars[at]!)) at++;
    return at;
  }
}

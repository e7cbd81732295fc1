// `set -v`: the lines of a text are shown as they are read.
import type { Shell } from '../shell.js';
import type { Parser } from '../syntax/parser.js';

export class LinesRead {
  readonly #shell: Shell;
  readonly #parser: Parser;
  readonly #text: string;
  readonly #firstLine: number;
  #lines: readonly string[] | undefined;
  #shown = 0;

  /** Of a text whose first line has that number. dash and ash show what comes from files only. */
  constructor(shell: Shell, parser: Parser, text: string, firstLine: number) {
    this.#shell = shell;
    this.#parser = parser;
    this.#text = text;
    this.#firstLine = firstLine;
  }

  /** Shows what the parser has read since it was asked last. */
  show(): void {
    const from = this.#shown;
    const { line, isAtEnd } = this.#parser;
    this.#shown = isAtEnd ? Infinity : line - this.#firstLine;
    if (!this.#shell.options.verbose || from >= this.#shown) return;
    // bash ends the last line.
    this.#lines ??= (this.#text === '' || this.#text.endsWith('\n') || !this.#shell.isBash ? this.#text : `${this.#text}\n`).split(/(?<=\n)/);
    this.#shell.warnRaw(this.#lines.slice(from, this.#shown).join(''));
  }
}

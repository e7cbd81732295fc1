// The lines of a makefile: what a backslash continues is one line.
import { findUnquoted, unquote } from './words.js';

export interface Line {
  /** With `\` and line break where it was continued. */
  text: string;
  number: number;
}

export class Lines {
  readonly #physical: readonly string[];
  #at = 0;
  readonly #first: number;

  constructor(text: string, first = 1) {
    const physical = text.split('\n');
    if (physical.at(-1) === '') physical.pop();
    this.#physical = physical;
    this.#first = first;
  }

  next(): Line | undefined {
    if (this.#at >= this.#physical.length) return undefined;
    const number = this.#first + this.#at;
    let text = this.#take();
    while (isContinued(text) && this.#at < this.#physical.length) text += `\n${this.#take()}`;
    // A backslash at the end of the file continues nothing.
    return { text: isContinued(text) ? text.slice(0, -1) : text, number };
  }

  #take(): string {
    const line = this.#physical[this.#at++]!;
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }

  /** The number of the next line, one behind the last at the end. */
  get nextNumber(): number {
    return this.#first + this.#at;
  }
}

function isContinued(text: string): boolean {
  let backslashes = 0;
  while (text[text.length - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}

/** A continuation with the blanks around it becomes one blank. */
export function collapse(text: string): string {
  if (!text.includes('\n')) return text;
  return text.replace(/[ \t]*(\\+)\n[ \t]*/g, (_, backslashes: string) => `${'\\'.repeat(backslashes.length >> 1)}${backslashes.length % 2 === 1 ? ' ' : '\n'}`);
}

/** Without what follows an unquoted `#`. */
export function withoutComment(text: string): string {
  if (!text.includes('#')) return text;
  const at = findUnquoted(text, '#');
  return unquote(at < 0 ? text : text.slice(0, at), '#');
}

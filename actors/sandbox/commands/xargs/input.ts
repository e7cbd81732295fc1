// How xargs reads its arguments: blanks, quotes and backslashes; or lines; or any delimiter as it is.
import type { Process } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';
import { decode, encode, LineReader, UsageError } from '../../programs/stdio.js';

/** One argument, and whether a line ended after it (for -L). */
export interface Item {
  text: string;
  endsLine: boolean;
}

export interface ItemReader {
  next(): Task<Item | undefined>;
  /** The next item if it is already here: long lists need no generator per item. */
  take?(): Item | undefined;
}

/** -0 and -d: nothing is special but the delimiter. */
export class DelimitedReader implements ItemReader {
  readonly #lines: LineReader;

  constructor(process: Process, fd: number, delimiter: number) {
    this.#lines = new LineReader(process, fd, delimiter);
  }

  *next(): Task<Item | undefined> {
    const line = yield* this.#lines.next();
    return line && { text: decode(line), endsLine: true };
  }

  take(): Item | undefined {
    const line = this.#lines.take();
    return line && { text: decode(line), endsLine: true };
  }
}

/** -I: a line each, without its leading blanks, quotes understood. */
export class LinesReader implements ItemReader {
  readonly #lines: LineReader;
  readonly #end: string | undefined;

  constructor(process: Process, fd: number, end: string | undefined) {
    this.#lines = new LineReader(process, fd);
    this.#end = end;
  }

  *next(): Task<Item | undefined> {
    for (;;) {
      const line = yield* this.#lines.next();
      if (line === undefined) return undefined;
      const text = decode(line).replace(/^[ \t\v\f\r]+/, '');
      if (text === '') continue;
      if (text === this.#end) return undefined;
      const { words, rest } = splitWords(text, true);
      if (rest !== '') throw unmatched(rest);
      return { text: words[0]?.text ?? '', endsLine: true };
    }
  }
}

const SPECIAL = /["'\\]/;

/** The default: words between blanks. */
export class WordsReader implements ItemReader {
  readonly #lines: LineReader;
  readonly #end: string | undefined;
  #queue: Item[] = [];
  /** A line with quotes or backslashes, which may go on in the next one. */
  #pending: string | undefined;
  #isOver = false;
  #error: UsageError | undefined;

  constructor(process: Process, fd: number, end: string | undefined) {
    this.#lines = new LineReader(process, fd);
    this.#end = end;
  }

  *next(): Task<Item | undefined> {
    while (this.#queue.length === 0 && !this.#isOver) {
      if (this.#error !== undefined) throw this.#error;
      yield* this.#fill();
    }
    const item = this.#queue.shift();
    if (item?.text !== this.#end || this.#end === undefined) return item;
    this.#isOver = true;
    this.#queue = [];
    return undefined;
  }

  take(): Item | undefined {
    if (this.#end !== undefined || this.#isOver || this.#error !== undefined) return undefined;
    if (this.#queue.length === 0) {
      const line = this.#lines.take();
      if (line === undefined) return undefined;
      const text = decode(line);
      if (SPECIAL.test(text)) this.#pending = text;
      else this.#enqueue(text, splitWords(text, false).words);
    }
    return this.#queue.shift();
  }

  *#fill(): Task {
    const line = this.#pending === undefined ? yield* this.#lines.next() : encode(this.#pending);
    this.#pending = undefined;
    if (line === undefined) {
      this.#isOver = true;
      return;
    }
    let text = decode(line);
    let split = splitWords(text, false);
    // A backslash at the end of a line takes the line break into the word.
    while (split.rest === '\\') {
      const more = yield* this.#lines.next();
      if (more === undefined) break;
      text = `${text}\n${decode(more)}`;
      split = splitWords(text, false);
    }
    if (split.rest !== '' && split.rest !== '\\') {
      if (split.words.length === 0) throw unmatched(split.rest);
      // What stands before the quote is run first.
      this.#error = unmatched(split.rest);
    }
    this.#enqueue(text, split.words);
  }

  #enqueue(text: string, words: Item[]): void {
    this.#queue = words;
    // A blank at the end joins the line with the next one (POSIX, -L).
    const last = words.at(-1);
    if (last) last.endsLine = !/[ \t]$/.test(text);
  }
}

function unmatched(quote: string): UsageError {
  return new UsageError(`unmatched ${quote === "'" ? 'single' : 'double'} quote; by default quotes are special to xargs unless you use the -0 option`);
}

/** `rest` is the quote (or backslash) that is still open at the end. */
function splitWords(text: string, isWhole: boolean): { words: Item[]; rest: string } {
  if (!isWhole && !SPECIAL.test(text)) return { words: (text.match(/[^ \t\n\v\f\r]+/g) ?? []).map((plain) => ({ text: plain, endsLine: false })), rest: '' };
  const words: Item[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (quote !== '') {
      if (character === '\n') return { words, rest: quote };
      if (character === quote) quote = '';
      else word += character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= '';
    } else if (character === '\\') {
      if (i + 1 >= text.length) return { words, rest: '\\' };
      word = (word ?? '') + text[++i]!;
    } else if (!isWhole && /[ \t\n\v\f\r]/.test(character)) {
      if (word !== undefined) words.push({ text: word, endsLine: false });
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (word !== undefined && quote === '') words.push({ text: word, endsLine: false });
  return { words, rest: quote };
}

// One history expansion: `!event:words:modifiers` to the text that it stands for (bash's manual, "History Expansion").
import { historyWords, wordAt } from './words.js';

/** What cannot be expanded, in readline's words. */
export class HistoryError extends Error {}

/** What is remembered from one expansion to the next. */
export interface ExpansionMemory {
  /** The string of the last `!?…?`, and the word that it matched, for `%`. */
  searched: string;
  matched: string;
  /** The last substitution, for `&`. */
  left: string;
  right: string;
}

export const NO_MEMORY: ExpansionMemory = { searched: '', matched: '', left: '', right: '' };

export interface ExpansionContext {
  /** The history, oldest first, and the number of the oldest. */
  readonly lines: readonly string[];
  readonly base: number;
  readonly memory: ExpansionMemory;
  /** `!`, or what histchars has in its place. */
  readonly mark: string;
}

export interface Expanded {
  readonly text: string;
  /** Where the expansion ends in the line. */
  readonly end: number;
  /** `:p`: only shown. */
  readonly printsOnly: boolean;
}

/** Expands what begins with the mark at `start`; `before` is the line so far (for `!#`), `quote` the double quote around, if any. */
export class Event {
  readonly #context: ExpansionContext;
  readonly #text: string;
  readonly #start: number;
  #at: number;

  constructor(context: ExpansionContext, text: string, start: number) {
    this.#context = context;
    this.#text = text;
    this.#start = start;
    this.#at = start + 1;
  }

  expand(before: string, quote: string): Expanded {
    const event = this.#event(before, quote);
    if (event === undefined) throw this.#error('event not found');
    const words = this.#words(event);
    const { text, printsOnly } = this.#modified(words ?? event);
    return { text, end: this.#at, printsOnly };
  }

  #error(message: string, from = this.#start): HistoryError {
    return new HistoryError(`${this.#text.slice(from, this.#at)}: ${message}`);
  }

  #event(before: string, quote: string): string | undefined {
    const { lines, base, mark } = this.#context;
    const char = this.#text[this.#at] ?? '';
    if (':$*%^'.includes(char)) return lines.at(-1);
    if (char === '#') {
      this.#at++;
      return before;
    }
    if (char === mark) {
      this.#at++;
      return lines.at(-1);
    }
    const number = /^-?\d+/.exec(this.#text.slice(this.#at))?.[0];
    if (number !== undefined) {
      this.#at += number.length;
      const index = number.startsWith('-') ? lines.length + Number(number) : Number(number) - base;
      return lines[index];
    }
    return char === '?' ? this.#containing() : this.#beginning(quote);
  }

  #containing(): string | undefined {
    const { lines, memory } = this.#context;
    const end = /[?\n]/.exec(this.#text.slice(this.#at + 1));
    const stop = end ? this.#at + 1 + end.index : this.#text.length;
    const wanted = this.#text.slice(this.#at + 1, stop) || memory.searched;
    this.#at = this.#text[stop] === '?' ? stop + 1 : stop;
    const found = wanted === '' ? undefined : lines.findLast((line) => line.includes(wanted));
    if (found === undefined) return undefined;
    memory.searched = wanted;
    memory.matched = wordAt(found, found.lastIndexOf(wanted));
    return found;
  }

  #beginning(quote: string): string | undefined {
    const from = this.#at;
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at]!;
      if (/[\s:;&()|<>]/.test(char) || (this.#at > from && '^$*%-'.includes(char)) || char === quote) break;
      this.#at++;
    }
    const wanted = this.#text.slice(from, this.#at);
    return this.#context.lines.findLast((line) => line.startsWith(wanted));
  }

  // --- words ------------------------------------------------------------------------------------------------------------------

  /** The words that a designator chooses; undefined when there is none. */
  #words(event: string): string | undefined {
    const hasColon = this.#text[this.#at] === ':';
    const match = /^:?(?:([%*$])|((?:(\^)|(-)|(\d+))(?:(\^|\*)|(-)(?:(\d+)|([$^]))?)?))/.exec(this.#text.slice(this.#at));
    if (!match) return undefined;
    const [whole, single, range] = match;
    if (range !== undefined && match[5] !== undefined && !hasColon) return undefined;
    const words = historyWords(event);
    if (single === '%') {
      this.#at += whole.length;
      return this.#context.memory.matched;
    }
    if (single === '*') {
      this.#at += whole.length;
      return words.slice(1).join(' ');
    }
    if (single === '$') return this.#chosen(words, words.length - 1, words.length - 1, whole);
    return this.#range(words);
  }

  #range(words: readonly string[]): string {
    const match = /^:?(\^|\d+)?(?:([\^*])|(-)(?:(\d+)|([$^]))?)?/.exec(this.#text.slice(this.#at))!;
    const [whole, first, star, dash, number, mark] = match;
    const from = first === undefined ? 0 : first === '^' ? 1 : Number(first);
    const end = words.length - 1;
    let to = from;
    if (star === '*' || mark === '$') to = end;
    else if (star === '^' || mark === '^') to = 1;
    else if (number !== undefined) to = Number(number);
    else if (dash !== undefined) to = end - 1;
    return this.#chosen(words, from, to, whole);
  }

  #chosen(words: readonly string[], from: number, to: number, designator: string): string {
    const begin = this.#at;
    this.#at += designator.length;
    // `n*` of the word behind the last is nothing.
    if (from < 0 || from >= words.length || to >= words.length || from > to) {
      if (designator.endsWith('*') && from === words.length) return '';
      throw this.#error('bad word specifier', begin);
    }
    return words.slice(from, to + 1).join(' ');
  }

  // --- modifiers --------------------------------------------------------------------------------------------------------------

  #modified(chosen: string): { text: string; printsOnly: boolean } {
    let text = chosen;
    let quoting = '';
    let printsOnly = false;
    while (this.#text[this.#at] === ':') {
      const begin = this.#at;
      let letter = this.#text[++this.#at] ?? '';
      let reach: 'first' | 'all' | 'words' = 'first';
      if (letter === 'g' || letter === 'a' || letter === 'G') {
        reach = letter === 'G' ? 'words' : 'all';
        letter = this.#text[++this.#at] ?? '';
      }
      this.#at++;
      if (letter === 's' || letter === '&') text = this.#substituted(text, letter, reach, begin);
      else if (letter === 'p') printsOnly = true;
      else if (letter === 'q' || letter === 'x') quoting = letter;
      else if (letter === 't') text = text.slice(text.lastIndexOf('/') + 1);
      else if (letter === 'h') text = text.includes('/') ? text.slice(0, text.lastIndexOf('/')) : text;
      else if (letter === 'r') text = text.includes('.') ? text.slice(0, text.lastIndexOf('.')) : text;
      else if (letter === 'e') text = text.includes('.') ? text.slice(text.lastIndexOf('.')) : text;
      else throw this.#error('unrecognized history modifier', this.#at - 1);
    }
    if (quoting !== '') text = `'${text.replaceAll("'", "'\\''").replace(/\s/g, (blank) => (quoting === 'x' ? `'${blank}'` : blank))}'`;
    return { text, printsOnly };
  }

  #substituted(text: string, letter: 's' | '&', reach: 'first' | 'all' | 'words', begin: number): string {
    const { memory } = this.#context;
    if (letter === 's') {
      const delimiter = this.#text[this.#at++] ?? '';
      const left = this.#operand(delimiter);
      memory.left = left === '' ? memory.left || memory.searched : left;
      memory.right = this.#operand(delimiter).replace(/\\&|&/g, (match) => (match === '&' ? memory.left : '&'));
    }
    const { left, right } = memory;
    if (left === '') throw this.#error('no previous substitution', begin);
    if (!text.includes(left)) throw this.#error('substitution failed', begin);
    if (reach === 'all') return text.replaceAll(left, () => right);
    if (reach === 'words') return text.replace(/\S+/g, (word) => word.replace(left, () => right));
    return text.replace(left, () => right);
  }

  /** Up to the delimiter, which is taken, or the end. */
  #operand(delimiter: string): string {
    let operand = '';
    while (this.#at < this.#text.length && this.#text[this.#at] !== delimiter && this.#text[this.#at] !== '\n') {
      if (this.#text[this.#at] === '\\' && this.#text[this.#at + 1] === delimiter) this.#at++;
      operand += this.#text[this.#at++];
    }
    if (this.#text[this.#at] === delimiter) this.#at++;
    return operand;
  }
}

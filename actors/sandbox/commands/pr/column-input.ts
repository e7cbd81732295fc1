// What pr prints, line by line: lines end with a line feed, or with a form feed that ends the page too.
import type { Process } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';
import { Pace } from '../text-input.js';

const READ_BYTES = 65536;

export interface PageLine {
  /** Bytes, as latin1. */
  readonly text: string;
  /** Whether a form feed ended it. */
  readonly endsPage: boolean;
}

export class ColumnInput {
  readonly #process: Process;
  readonly #fd: number;
  readonly #pace = new Pace();
  #rest = '';
  #isAtEnd = false;
  /** Whether the page before was full: a form feed that follows it says nothing new. */
  #followsFullPage = false;
  /** Whether there is nothing more, as far as it has been read. */
  isEnded = false;

  constructor(process: Process, fd: number) {
    this.#process = process;
    this.#fd = fd;
  }

  noteFullPage(): void {
    this.#followsFullPage = true;
  }

  *#more(): Task<boolean> {
    if (this.#isAtEnd) return false;
    yield* this.#pace.turn();
    const chunk = yield* this.#process.read(this.#fd, READ_BYTES);
    this.#isAtEnd = chunk.length === 0;
    this.#rest += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1');
    return !this.#isAtEnd;
  }

  /** The next line; `feed` for a form feed where one would begin, `end` for no more. */
  *next(): Task<PageLine | 'feed' | 'end'> {
    if (this.#rest === '') yield* this.#more();
    if (this.#followsFullPage && this.#rest.startsWith('\f')) yield* this.#pass(1);
    this.#followsFullPage = false;
    if (this.#rest === '' && !(yield* this.#more())) {
      this.isEnded = true;
      return 'end';
    }
    const seen: string[] = [];
    for (;;) {
      const at = this.#rest.search(/[\n\f]/);
      if (at >= 0) {
        const text = seen.join('') + this.#rest.slice(0, at);
        const endsPage = this.#rest[at] === '\f';
        if (endsPage) yield* this.#pass(at + 1);
        else this.#rest = this.#rest.slice(at + 1);
        return endsPage && text === '' ? 'feed' : { text, endsPage };
      }
      seen.push(this.#rest);
      this.#rest = '';
      if (yield* this.#more()) continue;
      this.isEnded = true;
      return { text: seen.join(''), endsPage: false };
    }
  }

  /** Goes past so much and the form feed's own line feed. */
  *#pass(count: number): Task {
    this.#rest = this.#rest.slice(count);
    if (this.#rest === '') yield* this.#more();
    if (this.#rest.startsWith('\n')) this.#rest = this.#rest.slice(1);
  }
}

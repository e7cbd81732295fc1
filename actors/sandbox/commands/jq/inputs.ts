// jq's inputs: JSON texts (or lines) of files one after another, read as they come.
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';
import { encode } from '../../programs/stdio.js';
import { openInput } from '../text-input.js';
import { JsonParser } from './json-parser.js';
import type { JqOptions } from './options.js';
import type { Value } from './value.js';

const READ_BYTES = 65536;

export class JqInputs {
  readonly #process: Process;
  readonly #options: JqOptions;
  readonly #files: string[];
  #fd: number | undefined;
  #text = new TextDecoder();
  readonly #parser: JsonParser;
  #line = '';
  #slurped = false;
  #ended = false;
  /** What could not be opened. */
  failures = 0;
  fileName: string | null = null;
  #shownName: string | undefined;
  #linesBefore = 0;

  constructor(process: Process, options: JqOptions) {
    this.#process = process;
    this.#options = options;
    this.#parser = new JsonParser({ events: options.stream });
    this.#files = options.files.length > 0 ? [...options.files] : ['-'];
  }

  /** `file:line` of what was read last. */
  get position(): string {
    return this.#shownName === undefined ? '<unknown>' : `${this.#shownName}:${this.lineNumber}`;
  }

  get lineNumber(): number {
    return this.#options.rawInput ? this.#linesBefore : this.#parser.lineNumber - this.#linesBefore;
  }

  /** @throws ParseError */
  *next(): Task<Value | undefined> {
    if (this.#options.slurp) return yield* this.#slurp();
    return this.#options.rawInput ? yield* this.#nextLine() : yield* this.#nextJson();
  }

  *#slurp(): Task<Value | undefined> {
    if (this.#slurped) return undefined;
    this.#slurped = true;
    if (this.#options.rawInput) {
      let whole = '';
      for (let chunk = yield* this.#read(); chunk !== undefined; chunk = yield* this.#read()) whole += chunk;
      return whole;
    }
    const values: Value[] = [];
    for (let value = yield* this.#nextJson(); value !== undefined; value = yield* this.#nextJson()) values.push(value);
    return values;
  }

  *#nextLine(): Task<Value | undefined> {
    for (;;) {
      const at = this.#line.indexOf('\n');
      if (at >= 0) {
        const line = this.#line.slice(0, at);
        this.#line = this.#line.slice(at + 1);
        this.#linesBefore++;
        return line;
      }
      const chunk = yield* this.#read();
      if (chunk !== undefined) {
        this.#line += chunk;
        continue;
      }
      const last = this.#line;
      this.#line = '';
      return last === '' ? undefined : last;
    }
  }

  *#nextJson(): Task<Value | undefined> {
    for (;;) {
      const value = this.#parser.next();
      if (value !== undefined) return value;
      if (this.#ended) return undefined;
      const chunk = yield* this.#read();
      if (chunk === undefined) {
        this.#ended = true;
        this.#parser.end();
      } else this.#parser.feed(this.#options.seq ? chunk.replaceAll('\x1e', ' ') : chunk);
    }
  }

  /** The next piece of text of whichever file it is in. */
  *#read(): Task<string | undefined> {
    for (;;) {
      if (this.#fd === undefined && !(yield* this.#open())) return undefined;
      try {
        const bytes = yield* this.#process.read(this.#fd!, READ_BYTES);
        if (bytes.length > 0) return this.#text.decode(bytes, { stream: true });
      } catch (error) {
        yield* this.#fail(this.fileName ?? '-', error);
      }
      if (this.#fd! > 0) this.#process.close(this.#fd!);
      this.#fd = undefined;
      const rest = this.#text.decode();
      if (rest !== '') return rest;
    }
  }

  *#open(): Task<boolean> {
    for (let name = this.#files.shift(); name !== undefined; name = this.#files.shift()) {
      try {
        this.#fd = openInput(this.#process, name);
        this.fileName = name === '-' ? '<stdin>' : name;
        this.#shownName = name === '-' ? '<stdin>' : name;
        if (!this.#options.rawInput) this.#linesBefore = this.#parser.linesRead;
        else this.#linesBefore = 0;
        this.#text = new TextDecoder();
        return true;
      } catch (error) {
        yield* this.#fail(name, error);
      }
    }
    return false;
  }

  *#fail(name: string, error: unknown): Task {
    if (!(error instanceof Errno)) throw error;
    this.failures++;
    yield* this.#process.write(2, encode(`jq: error: Could not open file ${name}: ${error.code === 'EISDIR' ? "It's a directory" : error.message}\n`));
  }
}

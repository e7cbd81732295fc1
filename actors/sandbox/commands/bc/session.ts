// What a bc program's text goes through: read line by line, parsed as soon as a statement is whole, run or complained about.
import type { Process } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';
import { isBusybox } from '../../programs/flavour.js';
import { encode } from '../../programs/stdio.js';
import { BcExit, type Interpreter } from './interpreter.js';
import { BusyboxStop } from './manner.js';
import { BcSyntaxFault, Incomplete, Parser } from './parser.js';

/** The name of what is read behind the files. */
export const STANDARD_INPUT = '(standard_in)';

/** Text as it comes, line by line, into the interpreter. */
export class Session {
  readonly #process: Process;
  readonly #interpreter: Interpreter;
  #text = '';
  #line = 1;
  #name: string;

  constructor(process: Process, interpreter: Interpreter) {
    this.#process = process;
    this.#interpreter = interpreter;
    this.#name = STANDARD_INPUT;
  }

  begin(name: string): void {
    this.#name = name;
    this.#text = '';
    this.#line = 1;
  }

  /** More text; what is whole is run. */
  *feed(text: string, isEnd: boolean): Task {
    this.#text += text;
    // The line goes on.
    if (!isEnd && this.#text.endsWith('\\\n')) return;
    while (this.#text !== '') {
      const parser = new Parser(this.#text, this.#line, isBusybox(this.#process));
      try {
        const item = parser.item();
        this.#take(parser);
        if (item === undefined) return;
        if (item.type === 'function') this.#interpreter.define(item.definition);
        else yield* this.#interpreter.run(item.statements);
      } catch (error) {
        if (error instanceof Incomplete) {
          if (!isEnd) return;
          if (isBusybox(this.#process)) return yield* this.#stop((this.#text.split('"').length & 1) === 0 ? 'unterminated string' : "bad token at ''", parser.taken.line);
          if ((this.#text.split('"').length & 1) === 0) yield* this.#complain('illegal character: "', this.#line);
          yield* this.#complain('syntax error', this.#line + Math.max(0, this.#text.split('\n').length - 2));
          this.#text = '';
          return;
        }
        if (error instanceof BusyboxStop) {
          yield* this.#stop(error.message, Math.max(1, this.#line - 1));
          continue;
        }
        if (!(error instanceof BcSyntaxFault)) throw error;
        if (isBusybox(this.#process)) yield* this.#stop(error.message.replace(/^illegal character: (.)$/, "bad character '$1'"), error.line);
        else yield* this.#complain(error.message, error.line);
        // After a character that cannot be the line goes on.
        if (!error.message.startsWith('illegal')) parser.recover();
        this.#take(parser);
      }
    }
  }

  #take(parser: Parser): void {
    const { length, line } = parser.taken;
    this.#text = this.#text.slice(length);
    this.#line = line;
  }

  /** busybox's ends at the first fault, but for whoever sits before it. */
  *#stop(message: string, line: number): Task {
    const isInput = this.#name === STANDARD_INPUT;
    yield* this.#process.write(2, encode(`bc: ${isInput ? '' : `${this.#name}:${line}: `}${message}\n`));
    if (!isInput || this.#process.descriptors.find(0)?.isTerminal !== true) throw new BcExit(1);
  }

  *#complain(message: string, line: number): Task {
    yield* this.#process.write(2, encode(`${this.#name} ${line}: ${message}\n`));
  }
}

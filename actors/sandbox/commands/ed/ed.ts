// ed: the line editor of POSIX, with GNU's messages (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/ed.html).
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { command, decode, encode, type Output, parseOptions, readAll } from '../../programs/stdio.js';
import { runProgram, spawn } from '../common/exec.js';
import { listed } from '../sed/list.js';
import type { Substitution } from '../sed/script.js';
import { substitute } from '../sed/substitute.js';
import { delimited, parseReplacement } from '../sed/text.js';
import { TextLines } from '../text-input.js';
import { EditBuffer, EditError, type Line } from './buffer.js';
import { CommandLine } from './command-line.js';

const LIST_COLUMNS = 72;
/** Commands that take no address. */
const NO_ADDRESS = 'fhHPqQuU!eE';

function cannotRun(name: string, why: string): string {
  return `${name}: ${why}`;
}

class Editor {
  readonly #process: Process;
  readonly #output: Output;
  readonly #isQuiet: boolean;
  readonly #buffer = new EditBuffer();
  readonly #line: CommandLine;
  readonly #input: TextLines;
  /** Lines of a `g` command list, which come before those of the input. */
  #queued: string[] = [];
  #isGlobal = false;
  #file = '';
  #substitution: Substitution | undefined;
  #message = '';
  #explains: boolean;
  #prompt: string | undefined;
  #hasWarned = false;
  status = 0;
  isDone = false;

  constructor(process: Process, output: Output, settings: { isQuiet: boolean; extended: boolean; explains: boolean; prompt: string | undefined }) {
    this.#process = process;
    this.#output = output;
    this.#isQuiet = settings.isQuiet;
    this.#line = new CommandLine(this.#buffer, settings.extended);
    this.#explains = settings.explains;
    this.#prompt = settings.prompt;
    this.#input = new TextLines(process, 0, output);
  }

  *run(file: string | undefined): Task<number> {
    if (file !== undefined) yield* this.#begin(file);
    while (!this.isDone) {
      if (this.#prompt !== undefined) this.#output.print(this.#prompt);
      const line = yield* this.#nextLine();
      if (line === undefined) {
        if (this.#buffer.isModified && !this.#hasWarned) {
          yield* this.#complain('Warning: buffer modified');
          this.status = 2;
        }
        break;
      }
      yield* this.#attempt(() => this.#command(line));
      yield* this.#output.flush();
    }
    return this.status;
  }

  /** A file that is not there yet is one to be written. */
  *#begin(file: string): Task {
    try {
      yield* this.#edit(file);
    } catch (error) {
      if (!(error instanceof EditError)) throw error;
      this.#message = error.message;
    }
  }

  *#attempt(work: () => Task): Task {
    try {
      yield* work();
    } catch (error) {
      if (!(error instanceof EditError) && !(error instanceof Errno)) throw error;
      this.#queued = [];
      this.#isGlobal = false;
      yield* this.#complain(error.message);
    }
  }

  *#complain(message: string): Task {
    this.#message = message;
    this.status = 1;
    this.#output.print(`?\n${this.#explains ? `${message}\n` : ''}`);
    yield* this.#output.flush();
  }

  *#nextLine(): Task<string | undefined> {
    return this.#queued.shift() ?? (this.#isGlobal ? undefined : yield* this.#input.next());
  }

  // --- commands ---

  *#command(text: string): Task {
    this.#line.text = text;
    this.#line.at = 0;
    const given = this.#line.range();
    const letter = this.#line.text[this.#line.at++] ?? '';
    if (letter !== '' && NO_ADDRESS.includes(letter) && letter !== '!' && given.length > 0) throw new EditError('Unexpected address');
    const isWarned = this.#hasWarned;
    this.#hasWarned = false;
    if (!this.#isGlobal && 'acdijmrstgvGV'.includes(letter) && letter !== '') this.#buffer.remember();
    const buffer = this.#buffer;
    switch (letter) {
      case '': {
        const [, to] = this.#line.lines(given.length === 0 ? [buffer.current + (this.#isGlobal ? 0 : 1)] : given.slice(-1));
        return this.#print(to, to, 'p');
      }
      case 'p': case 'n': case 'l': {
        const [from, to] = this.#line.lines(given);
        this.#line.at--;
        const how = this.#line.suffix();
        return this.#print(from, to, how);
      }
      case '=':
        this.#output.print(`${given.at(-1) ?? buffer.last}\n`);
        return this.#line.end();
      case 'a': case 'i': case 'c': return yield* this.#append(letter, given);
      case 'd': {
        const [from, to] = this.#line.lines(given);
        const how = this.#line.suffix();
        buffer.delete(from, to);
        return this.#printCurrent(how);
      }
      case 'j': {
        const [from, to] = given.length === 0 ? this.#line.lines([buffer.current, buffer.current + 1]) : this.#line.lines(given);
        const how = this.#line.suffix();
        if (from !== to) buffer.insert(from - 1, [{ text: buffer.delete(from, to).map((line) => line.text).join('') }]);
        return this.#printCurrent(how);
      }
      case 'm': case 't': return this.#moveOrCopy(letter, given);
      case 'k': {
        const mark = this.#line.text[this.#line.at++] ?? '';
        if (!/^[a-z]$/.test(mark)) throw new EditError('Invalid mark character');
        buffer.marks.set(mark, buffer.line(this.#line.lines(given)[1]));
        return this.#line.end();
      }
      case 's': return this.#substitute(given);
      case 'g': case 'v': return yield* this.#global(letter, given);
      case 'u':
        this.#line.end();
        return buffer.undo();
      case 'r': return yield* this.#readInto(given);
      case 'w': case 'W': return yield* this.#write(given, letter === 'W');
      case 'e': case 'E': {
        const name = this.#line.name() || this.#file;
        if (letter === 'e' && buffer.isModified && !isWarned) this.#warn();
        return yield* this.#edit(name);
      }
      case 'f': {
        const name = this.#line.name();
        if (name !== '') this.#file = name;
        if (this.#file === '') throw new EditError('No current filename');
        this.#output.print(`${this.#file}\n`);
        return;
      }
      case 'h':
        this.#line.end();
        if (this.#message !== '') this.#output.print(`${this.#message}\n`);
        return;
      case 'H':
        this.#line.end();
        this.#explains = !this.#explains;
        if (this.#explains && this.#message !== '') this.#output.print(`${this.#message}\n`);
        return;
      case 'P':
        this.#prompt = this.#prompt === undefined ? '*' : undefined;
        return this.#line.end();
      case 'q': case 'Q':
        this.#line.end();
        if (letter === 'q' && buffer.isModified && !isWarned) this.#warn();
        this.isDone = true;
        return;
      case '!':
        yield* this.#output.flush();
        yield* runProgram(this.#process, ['/bin/sh', '-c', this.#line.text.slice(this.#line.at)], { message: cannotRun });
        if (!this.#isQuiet) this.#output.print('!\n');
        return;
      case '#': return;
      default: throw new EditError('Unknown command');
    }
  }

  #warn(): never {
    this.#hasWarned = true;
    throw new EditError('Warning: buffer modified');
  }

  #print(from: number, to: number, how: string): void {
    for (let number = from; number <= to; number++) {
      const { text } = this.#buffer.line(number);
      this.#output.print(`${how.includes('n') ? `${number}\t` : ''}${how.includes('l') ? listed(text, LIST_COLUMNS) : text}\n`);
    }
    this.#buffer.current = to;
  }

  #printCurrent(how: string): void {
    if (how !== '') this.#print(...this.#line.lines([]), how);
  }

  *#append(letter: string, given: readonly number[]): Task {
    const buffer = this.#buffer;
    let after = given.at(-1) ?? buffer.current;
    const how = this.#line.suffix();
    if (letter === 'i') after = Math.max(0, after - 1);
    if (letter === 'c') {
      const [from, to] = this.#line.lines(given);
      buffer.delete(from, to);
      after = from - 1;
    }
    const lines: Line[] = [];
    for (let line = yield* this.#nextLine(); line !== undefined && line !== '.'; line = yield* this.#nextLine()) lines.push({ text: line });
    buffer.insert(after, lines);
    if (lines.length === 0 && letter !== 'c') buffer.current = letter === 'i' ? Math.min(after + 1, buffer.last) : after;
    this.#printCurrent(how);
  }

  #moveOrCopy(letter: string, given: readonly number[]): void {
    const buffer = this.#buffer;
    const [from, to] = this.#line.lines(given);
    const target = this.#line.address() ?? buffer.current;
    const how = this.#line.suffix();
    if (letter === 't') buffer.insert(target, buffer.slice(from, to).map(({ text }) => ({ text })));
    else {
      if (target >= from && target < to) throw new EditError('Invalid destination');
      const moved = buffer.delete(from, to);
      buffer.insert(target >= to ? target - moved.length : target, moved);
    }
    this.#printCurrent(how);
  }

  #substitute(given: readonly number[]): void {
    const delimiter = this.#line.text[this.#line.at];
    let how = '';
    if (delimiter === undefined || /[\sgpnl\d]/.test(delimiter)) {
      if (!this.#substitution) throw new EditError('No previous substitution');
      how = this.#line.suffix();
    } else {
      const regex = this.#line.pattern(delimiter);
      const replacement = delimited(this.#line.text, this.#line.at, delimiter, false) ?? { piece: this.#line.text.slice(this.#line.at), end: this.#line.text.length };
      const isOpen = replacement.end === this.#line.text.length && this.#line.text.at(-1) !== delimiter;
      const flags = /^([g\d]*)([pnl]*)\s*$/.exec(this.#line.text.slice(replacement.end));
      if (!flags) throw new EditError('Invalid command suffix');
      const nth = /\d+/.exec(flags[1]!);
      this.#substitution = { regex, parts: parseReplacement(replacement.piece), plain: undefined, global: flags[1]!.includes('g'), nth: nth ? Number(nth[0]) : 1, print: undefined, evaluate: false, file: undefined };
      how = isOpen ? 'p' : flags[2]!;
    }
    const [from, to] = this.#line.lines(given);
    let changed = 0;
    for (const line of this.#buffer.slice(from, to)) {
      const text = substitute(line.text, this.#substitution.regex!, this.#substitution);
      if (text === undefined) continue;
      const number = this.#buffer.numberOf(line);
      this.#buffer.delete(number, number);
      this.#buffer.insert(number - 1, text.split('\n').map((each) => ({ text: each })));
      changed = this.#buffer.current;
    }
    if (changed === 0 && !this.#isGlobal) throw new EditError('No match');
    if (changed > 0) this.#printCurrent(how);
  }

  *#global(letter: string, given: readonly number[]): Task {
    if (this.#isGlobal) throw new EditError('Cannot nest global commands');
    const [from, to] = this.#line.lines(given, 1, this.#buffer.last);
    const delimiter = this.#line.text[this.#line.at] ?? '';
    if (delimiter === '' || delimiter === ' ') throw new EditError('Invalid pattern delimiter');
    const regex = this.#line.pattern(delimiter);
    const list = [this.#line.text.slice(this.#line.at) || 'p'];
    while (list.at(-1)!.endsWith('\\')) {
      list[list.length - 1] = list.at(-1)!.slice(0, -1);
      list.push((yield* this.#input.next()) ?? '');
    }
    const marked = this.#buffer.slice(from, to).filter(({ text }) => regex.test(text) === (letter === 'g'));
    this.#isGlobal = true;
    for (const line of marked) {
      const number = this.#buffer.numberOf(line);
      if (number === 0) continue;
      this.#buffer.current = number;
      this.#queued = [...list];
      for (let next = this.#queued.shift(); next !== undefined; next = this.#queued.shift()) yield* this.#command(next);
      yield PREEMPT;
    }
    this.#isGlobal = false;
  }

  // --- files ---

  *#load(name: string): Task<Line[]> {
    let bytes: Uint8Array;
    if (name.startsWith('!')) {
      yield* this.#output.flush();
      const [reader, writer] = this.#process.pipe();
      const child = spawn(this.#process, ['/bin/sh', '-c', name.slice(1)], { message: cannotRun, prepare: (self) => {
        self.dup2(writer, 1);
        self.close(reader);
        self.close(writer);
      } });
      this.#process.close(writer);
      bytes = yield* readAll(this.#process, reader);
      this.#process.close(reader);
      yield* this.#process.wait([child]);
    } else {
      try {
        bytes = this.#process.files.readFile(name);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        yield* this.#process.write(2, encode(`${name}: ${error.message}\n`));
        throw new EditError('Cannot open input file');
      }
    }
    const text = decode(bytes);
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    if (!this.#isQuiet) this.#output.print(`${encode(lines.map((line) => `${line}\n`).join('')).length}\n`);
    return lines.map((line) => ({ text: line }));
  }

  *#edit(name: string): Task {
    if (name === '') throw new EditError('No current filename');
    if (!name.startsWith('!')) this.#file = name;
    const lines = yield* this.#load(name);
    if (this.#buffer.last > 0) this.#buffer.delete(1, this.#buffer.last);
    this.#buffer.insert(0, lines);
    this.#buffer.isModified = false;
    this.#buffer.remember();
  }

  *#readInto(given: readonly number[]): Task {
    const name = this.#line.name() || this.#file;
    if (name === '') throw new EditError('No current filename');
    const after = given.at(-1) ?? this.#buffer.last;
    if (this.#file === '') this.#file = name;
    this.#buffer.insert(after, yield* this.#load(name));
  }

  *#write(given: readonly number[], appends: boolean): Task {
    const quits = this.#line.text[this.#line.at] === 'q';
    if (quits) this.#line.at++;
    const name = this.#line.name() || this.#file;
    if (name === '') throw new EditError('No current filename');
    if (name.startsWith('!')) throw new EditError('Writing to a command is not supported by the embedded machine');
    const [from, to] = this.#buffer.last === 0 && given.length === 0 ? [1, 0] : this.#line.lines(given, 1, this.#buffer.last);
    const bytes = encode(this.#buffer.slice(from, to).map(({ text }) => `${text}\n`).join(''));
    const { files } = this.#process;
    try {
      files.writeFile(name, appends && files.exists(name) ? Buffer.concat([files.readFile(name), bytes]) : bytes);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* this.#process.write(2, encode(`${name}: ${error.message}\n`));
      throw new EditError('Cannot open output file');
    }
    if (this.#file === '') this.#file = name;
    if (to - from + 1 >= this.#buffer.last) this.#buffer.isModified = false;
    if (!this.#isQuiet) this.#output.print(`${bytes.length}\n`);
    if (quits) this.isDone = true;
  }
}

export const ed: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'EGlp:rsv', { 'extended-regexp': 'no', traditional: 'no', 'loose-exit-status': 'no', prompt: 'required', restricted: 'no', quiet: 'no', silent: 'no', script: 'no', verbose: 'no' });
  const [first, second] = options.operands;
  const editor = new Editor(process, output, { isQuiet: options.has('s', 'quiet', 'silent', 'script') || first === '-', extended: options.has('E', 'extended-regexp'), explains: options.has('v', 'verbose'), prompt: options.value('p', 'prompt') });
  const status = yield* editor.run(first === '-' ? second : first);
  return options.has('l', 'loose-exit-status') && status === 1 ? 0 : status;
});

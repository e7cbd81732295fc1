// Runs a parsed sed script over its input.
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import { encode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import { decoderOf } from '../../programs/locale.js';
import { UsageError } from '../../programs/stdio.js';
import type { CompiledRegex } from '../../regex/posix-regex.js';
import { captureShell } from '../shell-out.js';
import { TextLines } from '../text-input.js';
import { listed } from './list.js';
import type { Address, SedCommand } from './script.js';
import type { SedInput, SedOutput, WriteFiles } from './streams.js';
import { substitute } from './substitute.js';

export interface SedSettings {
  quiet: boolean;
  /** N without a next line prints nothing, as POSIX has it. */
  dropsUnpaired: boolean;
  delimiter: string;
  unbuffered: boolean;
  lineLength: number;
  /** A range of lines that were all skipped takes the next line, as in busybox. */
  lateRanges: boolean;
}

/** How a cycle ends. */
type Ending = 'end' | 'delete' | 'restart' | 'quit' | 'quit-silently';
/** What a command asks for that cannot be done with on the spot. */
type Waiting = 'next-line' | 'append-line' | 'evaluate' | 'evaluate-space' | 'read-line';
type Next = 'go' | Ending | Waiting;

function isEnding(next: Ending | Waiting): next is Ending {
  return next === 'end' || next === 'delete' || next === 'restart' || next === 'quit' || next === 'quit-silently';
}

export class SedRun {
  readonly #process: Process;
  readonly #commands: readonly SedCommand[];
  readonly #settings: SedSettings;
  readonly #input: SedInput;
  readonly #output: SedOutput;
  readonly #files: WriteFiles;
  readonly #lookAhead: boolean;
  readonly #lineFiles = new Map<string, TextLines | undefined>();
  #space = '';
  #hold = '';
  /** Whether the line end was there when the text was read; a last line without one is printed without one. */
  #terminated = true;
  #holdTerminated = true;
  #at = 0;
  #substituted = false;
  #lastRegex: CompiledRegex | undefined;
  #appended: (string | { file: string } | Uint8Array)[] = [];
  exitCode = 0;
  hasQuit = false;

  constructor(process: Process, commands: readonly SedCommand[], settings: SedSettings, input: SedInput, output: SedOutput, files: WriteFiles) {
    this.#process = process;
    this.#commands = commands;
    this.#settings = settings;
    this.#input = input;
    this.#output = output;
    this.#files = files;
    // Line numbers begin again with each run, and so do ranges.
    for (const command of commands) {
      command.open = command.from?.kind === 'line' && command.from.line === 0 && command.to !== undefined;
      command.openUntil = Infinity;
      command.closed = false;
    }
    this.#lookAhead = commands.some(({ from, to }) => from?.kind === 'last' || to?.kind === 'last');
  }

  /** Until the input (the open file, where files are separate) ends or the script quits. */
  *run(): Task {
    let keeps = false;
    this.#readBefore();
    while (!this.hasQuit) {
      if (!keeps) {
        if (!this.#input.step() && !(yield* this.#input.advance())) return;
        this.#space = this.#input.line;
        this.#terminated = this.#input.terminated;
      }
      if (this.#lookAhead) yield* this.#input.look();
      this.#at = 0;
      // Most lines are done with on the spot; what must wait or fetch comes back here and goes on after it.
      let ending = this.#cycle();
      while (!isEnding(ending)) ending = (yield* this.#attend(ending)) ?? this.#cycle();
      keeps = ending === 'restart';
      // q leaves its last line with a line end, wherever that line came from.
      if (ending === 'quit') this.#terminated = true;
      if (ending === 'end' || ending === 'quit') this.#printSpace();
      if (this.#appended.length > 0) this.#flushAppended();
      if (ending === 'quit' || ending === 'quit-silently') {
        this.hasQuit = true;
        this.#input.giveBack();
      }
      if (this.#settings.unbuffered || this.#output.output.isFull) yield* this.#output.output.flush();
      if (!this.#files.isEmpty) yield* this.#files.flush();
    }
  }

  /** `0r FILE`: what comes before the first line. */
  #readBefore(): void {
    for (const { name, from, to, text } of this.#commands) {
      if (name === 'r' && from?.kind === 'line' && from.line === 0 && to === undefined) this.#appended.push({ file: text });
    }
    if (this.#appended.length > 0) this.#flushAppended();
  }

  #printSpace(): void {
    if (!this.#settings.quiet) this.#output.line(this.#space, this.#terminated);
  }

  /** Runs commands from `#at` on, to the end of the script or one that cannot be done with on the spot. */
  #cycle(): Ending | Waiting {
    const commands = this.#commands;
    while (this.#at < commands.length) {
      const command = commands[this.#at++]!;
      if (command.from !== undefined && this.#selects(command) === command.negated) {
        if (command.name === '{') this.#at = command.target;
        continue;
      }
      if (command.from === undefined && command.negated) {
        if (command.name === '{') this.#at = command.target;
        continue;
      }
      const next = this.#perform(command);
      if (next !== 'go') return next;
    }
    return 'end';
  }

  *#attend(waiting: Waiting): Task<Ending | undefined> {
    if (waiting === 'next-line' || waiting === 'append-line') return yield* this.#fetch(waiting === 'append-line');
    yield* this.#slow(waiting, this.#commands[this.#at - 1]!);
    return undefined;
  }

  // --- addresses --------------------------------------------------------------------------------------------------------------

  #matches(address: Address): boolean {
    switch (address.kind) {
      case 'line': return this.#input.number === address.line;
      case 'last': return this.#input.isLast;
      case 'step': return address.step <= 0 ? this.#input.number === address.first : this.#input.number >= address.first && (this.#input.number - address.first) % address.step === 0;
      case 'regex': return this.#regex(address.regex).test(this.#space);
      default: return false;
    }
  }

  #regex(regex: CompiledRegex | undefined): CompiledRegex {
    const used = regex ?? this.#lastRegex;
    if (!used) throw new UsageError('-e expression #1, char 0: no previous regular expression');
    this.#lastRegex = used;
    return used;
  }

  #selects(command: SedCommand): boolean {
    const { from, to } = command;
    if (to === undefined) return this.#matches(from!);
    const { number } = this.#input;
    if (command.open) {
      if (to.kind === 'regex') command.open = !this.#matches(to);
      else command.open = to.kind === 'last' ? !this.#input.isLast : number < command.openUntil;
      command.closed = !command.open && from!.kind === 'line';
      return to.kind === 'regex' || to.kind === 'last' || number <= command.openUntil;
    }
    if (from!.kind === 'line') {
      // Also when the line itself did not come this far.
      if (command.closed || number < from!.line) return false;
      if (to.kind === 'line' && number >= to.line) {
        command.closed = true;
        return this.#settings.lateRanges || number === from!.line || number === to.line;
      }
    } else if (!this.#matches(from!)) {
      return false;
    }
    command.openUntil = to.kind === 'line' ? to.line : to.kind === 'count' ? number + to.count
      : to.kind === 'multiple' ? (to.multiple > 0 ? Math.ceil(number / to.multiple) * to.multiple : number) : Infinity;
    command.open = to.kind === 'last' ? !this.#input.isLast : number < command.openUntil;
    return true;
  }

  // --- commands ---------------------------------------------------------------------------------------------------------------

  #perform(command: SedCommand): Next {
    switch (command.name) {
      case 's': return this.#substitute(command);
      case 'p': this.#output.line(this.#space, this.#terminated); return 'go';
      case 'd': return 'delete';
      case '{': case ':': case 'v': return 'go';
      case 'b': this.#at = command.target; return 'go';
      case 't': case 'T':
        if (this.#substituted === (command.name === 't')) this.#at = command.target;
        this.#substituted = false;
        return 'go';
      case 'h':
        this.#hold = this.#space;
        this.#holdTerminated = this.#terminated;
        return 'go';
      case 'H':
        this.#hold += `\n${this.#space}`;
        this.#holdTerminated = this.#terminated;
        return 'go';
      case 'g':
        this.#space = this.#hold;
        this.#terminated = this.#holdTerminated;
        return 'go';
      case 'G':
        this.#space += `\n${this.#hold}`;
        this.#terminated = this.#holdTerminated;
        return 'go';
      case 'x':
        [this.#space, this.#hold] = [this.#hold, this.#space];
        [this.#terminated, this.#holdTerminated] = [this.#holdTerminated, this.#terminated];
        return 'go';
      case 'n': return 'next-line';
      case 'N': return 'append-line';
      case 'D': return this.#deleteFirst();
      case 'P': this.#output.line(this.#firstLine(), this.#terminated || this.#space.includes('\n')); return 'go';
      case 'y': this.#space = this.#space.replace(command.translated!, (character) => command.translation!.get(character)!); return 'go';
      case 'z': this.#space = ''; return 'go';
      default: return this.#performRare(command);
    }
  }

  #performRare(command: SedCommand): Next {
    switch (command.name) {
      case 'a': this.#appended.push(command.text); return 'go';
      case 'i': this.#output.raw(command.text); return 'go';
      case 'c':
        if (command.to === undefined || command.negated || !command.open) this.#output.raw(command.text);
        return 'delete';
      case '=': this.#output.raw(`${this.#input.number}${this.#settings.delimiter}`); return 'go';
      case 'F': this.#output.raw(`${this.#input.name}${this.#settings.delimiter}`); return 'go';
      case 'l': this.#output.raw(listed(this.#space, command.number ?? this.#settings.lineLength) + this.#settings.delimiter); return 'go';
      case 'q': case 'Q':
        this.exitCode = command.number ?? 0;
        return command.name === 'q' ? 'quit' : 'quit-silently';
      case 'r': this.#appended.push({ file: command.text }); return 'go';
      case 'R': return 'read-line';
      case 'w': this.#files.get(command.text).line(this.#space, this.#terminated); return 'go';
      case 'W': this.#files.get(command.text).line(this.#firstLine(), this.#terminated || this.#space.includes('\n')); return 'go';
      case 'e': return command.text === '' ? 'evaluate-space' : 'evaluate';
      default: throw new Error(`unparsed command ${command.name}`);
    }
  }

  #firstLine(): string {
    const end = this.#space.indexOf('\n');
    return end < 0 ? this.#space : this.#space.slice(0, end);
  }

  #deleteFirst(): Next {
    const end = this.#space.indexOf('\n');
    if (end < 0) return 'delete';
    this.#space = this.#space.slice(end + 1);
    return 'restart';
  }

  #substitute(command: SedCommand): Next {
    const substitution = command.substitution!;
    const result = substitute(this.#space, this.#regex(substitution.regex), substitution);
    if (result === undefined) return 'go';
    this.#space = result;
    this.#substituted = true;
    if (substitution.print === 'before') this.#output.line(this.#space, this.#terminated);
    if (substitution.evaluate) return 'evaluate-space';
    this.#afterSubstitution(command);
    return 'go';
  }

  #afterSubstitution({ substitution }: SedCommand): void {
    if (substitution?.print === 'after') this.#output.line(this.#space, this.#terminated);
    if (substitution?.file !== undefined) this.#files.get(substitution.file).line(this.#space, this.#terminated);
  }

  /** n and N. At the end of the input GNU prints what there is and stops. */
  *#fetch(appends: boolean): Task<Ending | undefined> {
    yield* this.#input.look();
    if (this.#input.isLast) {
      if (appends && this.#settings.dropsUnpaired) return 'delete';
      return 'end';
    }
    if (!appends) this.#printSpace();
    if (this.#appended.length > 0) this.#flushAppended();
    yield* this.#input.advance();
    this.#space = appends ? `${this.#space}\n${this.#input.line}` : this.#input.line;
    this.#terminated = this.#input.terminated;
    if (this.#lookAhead) yield* this.#input.look();
    if (this.#output.output.isFull) yield* this.#output.output.flush();
    return undefined;
  }

  *#slow(what: 'evaluate' | 'evaluate-space' | 'read-line', command: SedCommand): Task {
    if (what === 'read-line') {
      const lines = this.#lineFile(command.text);
      const line = lines && (lines.take() ?? (yield* lines.next()));
      if (line !== undefined) this.#appended.push(encode(lines!.terminated ? line + this.#settings.delimiter : line));
      return;
    }
    yield* this.#output.output.flush();
    const bytes = yield* captureShell(this.#process, what === 'evaluate' ? command.text : this.#space);
    if (what === 'evaluate') return this.#output.raw(bytes);
    this.#space = decoderOf(this.#process)(bytes).replace(/\n$/, '');
    this.#afterSubstitution(command);
  }

  #lineFile(path: string): TextLines | undefined {
    if (!this.#lineFiles.has(path)) {
      let lines: TextLines | undefined;
      try {
        lines = new TextLines(this.#process, path === '/dev/stdin' ? 0 : this.#process.open(path, 0), undefined, this.#settings.delimiter, { decoder: decoderOf(this.#process) });
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
      }
      this.#lineFiles.set(path, lines);
    }
    return this.#lineFiles.get(path);
  }

  #flushAppended(): void {
    for (const item of this.#appended) {
      if (typeof item === 'string' || item instanceof Uint8Array) this.#output.raw(item);
      else {
        try {
          this.#output.raw(this.#process.files.readFile(item.file));
        } catch (error) {
          // A file that cannot be read counts as empty (POSIX, r).
          if (!(error instanceof Errno)) throw error;
        }
      }
    }
    this.#appended = [];
  }
}

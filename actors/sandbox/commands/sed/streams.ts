// Where sed reads and writes: the input files as one stream of lines (or each for itself), and output that keeps a missing line end.
import { Errno } from '../../kernel/errno.js';
import { O_CREAT, O_TRUNC, O_WRONLY } from '../../kernel/open-file.js';
import type { Process } from '../../kernel/process.js';
import { byteLength } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import { decoderOf } from '../../programs/locale.js';
import { complain, Output, UsageError } from '../../programs/stdio.js';
import { giveBack, type LineManner, openInput, TextLines } from '../text-input.js';

/** sed's exit code where it cannot go on. */
export const PANIC = 4;
const LINKS_MAX = 40;

/** Output that adds a line end owed from before. */
export class SedOutput {
  output: Output;
  #owed = false;
  readonly #delimiter: string;

  constructor(output: Output, delimiter: string) {
    this.output = output;
    this.#delimiter = delimiter;
  }

  /** A whole line; `terminated` false for the last one of a file that does not end with a line end. */
  line(text: string, terminated = true): void {
    const before = this.#owed ? this.#delimiter : '';
    this.#owed = !terminated;
    this.output.print(terminated ? before + text + this.#delimiter : before + text);
  }

  raw(data: string | Uint8Array): void {
    if (data.length === 0) return;
    if (this.#owed) this.output.print(this.#delimiter);
    this.#owed = false;
    this.output.print(data);
  }
}

/** The files named by w, W and s///w, opened once; `/dev/stdout` is sed's own output. */
export class WriteFiles {
  readonly #process: Process;
  readonly #standard: SedOutput;
  readonly #delimiter: string;
  readonly #open = new Map<string, SedOutput>();

  constructor(process: Process, standard: SedOutput, delimiter: string) {
    this.#process = process;
    this.#standard = standard;
    this.#delimiter = delimiter;
  }

  /** Opens (and empties) a file; throws Errno. */
  get(path: string): SedOutput {
    if (path === '/dev/stdout') return this.#standard;
    const known = this.#open.get(path);
    if (known) return known;
    const fd = path === '/dev/stderr' ? 2 : this.#process.open(path, O_WRONLY | O_CREAT | O_TRUNC);
    const output = new SedOutput(new Output(this.#process, fd), this.#delimiter);
    this.#open.set(path, output);
    return output;
  }

  *flush(): Task {
    for (const { output } of this.#open.values()) yield* output.flush();
  }

  get isEmpty(): boolean {
    return this.#open.size === 0;
  }
}

export interface InputSettings {
  readonly delimiter: string;
  /** Line numbers and `$` are each file's own. */
  readonly separate: boolean;
  /** `-` is a file like others. */
  readonly inPlace: boolean;
  readonly followsLinks: boolean;
  /** No more is read than is needed. */
  readonly unbuffered: boolean;
}

/** Where links lead in the end. */
export function followLinks(process: Process, name: string): string {
  let path = name;
  try {
    for (let links = 0; process.files.lstat(path).type === 'symlink'; links++) {
      if (links >= LINKS_MAX) throw new UsageError(`couldn't follow symlink ${name}: ${new Errno('ELOOP').message}`, PANIC);
      const target = process.files.readlink(path);
      path = target.startsWith('/') ? target : path.slice(0, path.lastIndexOf('/') + 1) + target;
    }
  } catch (error) {
    throw error instanceof Errno ? new UsageError(`couldn't readlink ${path}: ${error.message}`, PANIC) : error;
  }
  return path;
}

/** The input: the operands' lines. */
export class SedInput {
  readonly #process: Process;
  readonly #names: readonly string[];
  readonly #settings: InputSettings;
  readonly #manner: LineManner;
  readonly #output: () => Output;
  #next = 0;
  #lines: TextLines | undefined;
  #fd = 0;
  #ahead: string | undefined;
  #openName = '-';
  #aheadTerminated = true;
  /** The file that the line is of; the next one may be open already. */
  name = '-';
  line = '';
  terminated = true;
  number = 0;
  failed = false;

  constructor(process: Process, names: readonly string[], settings: InputSettings, output: () => Output) {
    this.#process = process;
    this.#names = names;
    this.#settings = settings;
    this.#manner = { decoder: decoderOf(process), sparing: settings.unbuffered };
    this.#output = output;
  }

  /** Opens the next file that can be; false when there is none. */
  *open(): Task<boolean> {
    if (this.#fd > 0) this.#process.close(this.#fd);
    this.#fd = 0;
    this.#lines = undefined;
    while (this.#next < this.#names.length) {
      const { delimiter, separate, inPlace, followsLinks } = this.#settings;
      const given = this.#names[this.#next++]!;
      const name = followsLinks && given !== '-' ? followLinks(this.#process, given) : given;
      try {
        this.#fd = openInput(this.#process, inPlace && name === '-' ? './-' : name);
        this.#lines = new TextLines(this.#process, this.#fd, this.#output(), delimiter, this.#manner);
        this.#openName = name;
        if (separate) this.number = 0;
        return true;
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        this.failed = true;
        if (error.code === 'EISDIR' && !inPlace) throw new UsageError(`read error on ${name}: ${error.message}`, PANIC);
        yield* complain(this.#process, `can't read ${name}: ${error.message}`);
      }
    }
    return false;
  }

  /** Loads the line after this one; afterwards `isLast` is known. */
  *look(): Task {
    while (this.#ahead === undefined) {
      if (this.#lines === undefined) return;
      const line = this.#lines.take() ?? (yield* this.#lines.next());
      if (line !== undefined) {
        this.#ahead = line;
        this.#aheadTerminated = this.#lines.terminated;
        return;
      }
      if (this.#settings.separate || !(yield* this.open())) return;
    }
  }

  /** Leaves standard input behind the line that was last, for whoever reads on. */
  giveBack(): void {
    if (this.#fd !== 0 || this.#lines === undefined) return;
    const ahead = this.#ahead === undefined ? 0 : byteLength(this.#ahead) + (this.#aheadTerminated ? 1 : 0);
    giveBack(this.#process, 0, ahead + this.#lines.unreadBytes);
  }

  get isLast(): boolean {
    return this.#ahead === undefined;
  }

  /** As `advance`, where the next line is already here; false where it may take waiting. */
  step(): boolean {
    if (this.#ahead !== undefined) return false;
    const line = this.#lines?.take();
    if (line === undefined) return false;
    this.name = this.#openName;
    this.line = line;
    this.terminated = this.#lines!.terminated;
    this.number++;
    return true;
  }

  /** Moves to the next line; false at the end (of this file, where separate). */
  *advance(): Task<boolean> {
    if (this.#ahead === undefined) yield* this.look();
    if (this.#ahead === undefined) return false;
    this.name = this.#openName;
    this.line = this.#ahead;
    this.terminated = this.#aheadTerminated;
    this.#ahead = undefined;
    this.number++;
    return true;
  }
}

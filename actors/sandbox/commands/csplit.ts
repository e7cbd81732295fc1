// csplit: a file in pieces at line numbers and at lines that match (https://www.gnu.org/software/coreutils/csplit).
import { Errno } from '../kernel/errno.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import type { Task } from '../kernel/wait.js';
import { RegexSyntaxError } from '../regex/nodes.js';
import { compileRegex } from '../regex/posix-regex.js';
import { command, complain, type Options, type Output, parseOptions, readAll, UsageError, usageError } from '../programs/stdio.js';
import { formatNumber, numberFormat } from './csplit-names.js';
import { quoteName } from './common/quote.js';
import { openInput, Pace, splitLines } from './text-input.js';

const LONG = {
  'suffix-format': 'required', prefix: 'required', 'keep-files': 'no', 'suppress-matched': 'no', digits: 'required', quiet: 'no', silent: 'no', 'elide-empty-files': 'no',
} as const;

/** Where to cut: before a line number, or (counted from it) before a line that matches. */
interface Cut {
  readonly argument: string;
  readonly line: number;
  readonly regex: { test(line: string): boolean } | undefined;
  readonly offset: number;
  /** %…%: what is before goes nowhere. */
  readonly skips: boolean;
  repeats: number;
}

function parseRegex(argument: string): Cut {
  const delimiter = argument[0]!;
  const end = argument.lastIndexOf(delimiter);
  if (end === 0) throw new UsageError(`${argument}: closing delimiter '${delimiter}' missing`);
  const offset = argument.slice(end + 1);
  if (offset !== '' && !/^[-+]?\d+$/.test(offset)) throw new UsageError(`${quoteName(argument)}: integer expected after delimiter`);
  try {
    const regex = compileRegex(argument.slice(1, end), { extended: false });
    return { argument, line: 0, regex, offset: Number(offset), skips: delimiter === '%', repeats: 0 };
  } catch (error) {
    if (!(error instanceof RegexSyntaxError)) throw error;
    throw new UsageError(`${quoteName(argument)}: invalid regular expression: ${error.message}`);
  }
}

function repeatsOf(text: string): number {
  if (!text.endsWith('}')) throw new UsageError(`${quoteName(text)}: '}' is required in repeat count`);
  if (text === '{*}') return Infinity;
  if (!/^\{\d+\}$/.test(text)) throw new UsageError(`${quoteName(text.slice(0, -1))}}: integer required between '{' and '}'`);
  return Number(text.slice(1, -1));
}

function* parseCuts(process: Process, words: readonly string[]): Task<Cut[]> {
  const cuts: Cut[] = [];
  let lastLine = 0;
  for (const word of words) {
    const before = cuts.at(-1);
    if (word.startsWith('{') && before) {
      before.repeats = repeatsOf(word);
    } else if (/^[/%]/.test(word)) {
      cuts.push(parseRegex(word));
    } else {
      if (!/^\d+$/.test(word)) throw new UsageError(`${quoteName(word)}: invalid pattern`);
      const line = Number(word);
      if (line === 0) throw new UsageError(`${word}: line number must be greater than zero`);
      if (line < lastLine) throw new UsageError(`line number ${quoteName(word)} is smaller than preceding line number, ${lastLine}`);
      if (line === lastLine) yield* complain(process, `warning: line number ${quoteName(word)} is the same as preceding line number`);
      lastLine = line;
      cuts.push({ argument: word, line, regex: undefined, offset: 0, skips: false, repeats: 0 });
    }
  }
  return cuts;
}

/** The pieces as they are written, and undone where the work fails. */
class Pieces {
  readonly #process: Process;
  readonly #output: Output;
  readonly #options: Options;
  readonly #nameOf: (number: number) => string;
  readonly #names: string[] = [];
  #piece: string[] | undefined;

  constructor(process: Process, output: Output, options: Options) {
    this.#process = process;
    this.#output = output;
    this.#options = options;
    const prefix = options.value('f', 'prefix') ?? 'xx';
    const digits = options.value('n', 'digits') ?? '2';
    if (!/^\d+$/.test(digits)) throw new UsageError(`invalid number: ${quoteName(digits)}`);
    const format = numberFormat(options.value('b', 'suffix-format') ?? `%0${digits}d`);
    this.#nameOf = (number) => prefix + formatNumber(format, number);
  }

  begin(): void {
    this.#piece = [];
  }

  add(line: string): void {
    this.#piece?.push(line);
  }

  end(): void {
    const piece = this.#piece;
    this.#piece = undefined;
    if (piece === undefined) return;
    const bytes = Buffer.from(piece.join(''), 'latin1');
    if (bytes.length === 0 && this.#options.has('z', 'elide-empty-files')) return;
    const name = this.#nameOf(this.#names.length);
    try {
      this.#process.files.writeFile(name, bytes);
    } catch (error) {
      throw error instanceof Errno ? new UsageError(`${name}: ${error.message}`) : error;
    }
    this.#names.push(name);
    if (!this.#options.has('s', 'q', 'quiet', 'silent')) this.#output.print(`${bytes.length}\n`);
  }

  remove(): void {
    if (this.#options.has('k', 'keep-files')) return;
    for (const name of this.#names) this.#process.files.unlink(name);
  }
}

/** Thrown where a cut is not to be found. */
class CutError extends Error {}

class Splitter {
  readonly #lines: readonly string[];
  readonly #pieces: Pieces;
  readonly #dropsMatched: boolean;
  /** The next line to be written. */
  #next = 0;
  /** The line that was last looked at; counted from 1. */
  #current = 0;

  constructor(lines: readonly string[], pieces: Pieces, dropsMatched: boolean) {
    this.#lines = lines;
    this.#pieces = pieces;
    this.#dropsMatched = dropsMatched;
  }

  /** False where all was written before the cuts were used up. */
  cut(cut: Cut, repetition: number): boolean {
    return cut.regex === undefined ? this.#atLine(cut, repetition) : this.#atMatch(cut, repetition);
  }

  rest(): void {
    while (this.#next < this.#lines.length) this.#pieces.add(this.#lines[this.#next++]!);
    this.#pieces.end();
  }

  #atLine({ argument, line }: Cut, repetition: number): boolean {
    const fail = (): never => {
      this.#pieces.end();
      throw new CutError(`${quoteName(argument)}: line number out of range${repetition > 0 ? ` on repetition ${repetition}` : ''}`);
    };
    this.#pieces.begin();
    if (!this.#dropsMatched && this.#next >= this.#lines.length) fail();
    while (this.#next + 1 < line * (repetition + 1)) {
      if (this.#next >= this.#lines.length) fail();
      this.#pieces.add(this.#lines[this.#next++]!);
    }
    this.#pieces.end();
    if (this.#dropsMatched) this.#next++;
    if (this.#dropsMatched && this.#next > this.#lines.length) fail();
    return true;
  }

  #atMatch({ argument, regex, offset, skips, repeats }: Cut, repetition: number): boolean {
    if (!skips) this.#pieces.begin();
    do this.#current++;
    while (this.#current <= this.#lines.length && !regex!.test(this.#lines[this.#current - 1]!.replace(/\n$/, '')));
    if (this.#current > this.#lines.length) {
      if (!skips) this.rest();
      if (repeats === Infinity) return false;
      throw new CutError(`${quoteName(argument)}: match not found${repetition > 0 ? ` on repetition ${repetition}` : ''}`);
    }
    const end = this.#current + offset;
    if (this.#next + 1 > end || end > this.#lines.length + 1) {
      if (end > this.#next) this.rest();
      this.#pieces.end();
      throw new CutError(`${quoteName(argument)}: line number out of range`);
    }
    while (this.#next + 1 < end) this.#pieces.add(this.#lines[this.#next++]!);
    this.#pieces.end();
    if (offset > 0) this.#current = end;
    if (this.#dropsMatched) this.#next++;
    return true;
  }
}

export const csplit: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'b:f:kn:qsz', LONG);
  const [file, ...words] = options.operands;
  if (file === undefined) throw usageError(process.argv, 'missing operand');
  if (words.length === 0) throw usageError(process.argv, `missing operand after ${quoteName(file)}`);
  const pieces = new Pieces(process, output, options);
  const cuts = yield* parseCuts(process, words);
  let fd: number;
  try {
    fd = openInput(process, file);
  } catch (error) {
    throw error instanceof Errno ? new UsageError(`cannot open ${quoteName(file)} for reading: ${error.message}`) : error;
  }
  const { lines, terminated } = splitLines(Buffer.from(yield* readAll(process, fd)).toString('latin1'));
  const splitter = new Splitter(lines.map((line, i) => (terminated || i < lines.length - 1 ? `${line}\n` : line)), pieces, options.has('suppress-matched'));
  const pace = new Pace();
  try {
    for (const cut of cuts) {
      for (let repetition = 0; repetition <= cut.repeats; repetition++) {
        if (!splitter.cut(cut, repetition)) return 0;
        yield* pace.turn();
      }
    }
  } catch (error) {
    if (!(error instanceof CutError)) throw error;
    yield* output.flush();
    yield* complain(process, error.message);
    pieces.remove();
    return 1;
  }
  pieces.begin();
  splitter.rest();
  return 0;
});

// numfmt: numbers from and to the forms people read (https://www.gnu.org/software/coreutils/numfmt).
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import type { Task } from '../../kernel/wait.js';
import { command, complain, type Options, type Output, parseOptions, UsageError } from '../../programs/stdio.js';
import { choose } from '../common/choice.js';
import { quoteName } from '../common/quote.js';
import { parseRanges, type Ranges } from '../list-ranges.js';
import { TextLines } from '../text-input.js';
import { type Fraction, powerOf, readNumber, type Rounding, type Scale, writeNumber } from './scaled-number.js';

const SCALES = ['none', 'si', 'iec', 'iec-i'] as const;
const ROUNDINGS = ['up', 'down', 'from-zero', 'towards-zero', 'nearest'] as const;
const INVALID = ['abort', 'fail', 'warn', 'ignore'] as const;
/** Beyond these digits GNU's long numbers are not exact. */
const UNSCALED_DIGITS_MAX = 18;
const SCALED_DIGITS_MAX = 27;
const CONVERSION_FAILED = 2;

interface Format {
  readonly before: string;
  readonly after: string;
  /** Negative: to the left. */
  readonly width: number;
  readonly zeros: boolean;
  readonly precision: number | undefined;
}

/** `%[0]['][-][N][.][N]f` with text around it, in which GNU's numfmt leaves `%%` as it is. */
function parseFormat(text: string): Format {
  const start = /^(?:[^%]|%%)*/.exec(text)![0];
  if (start === text) throw new UsageError(`format ${quoteName(text)} has no % directive`);
  const rest = text.slice(start.length);
  if (rest === '%') throw new UsageError(`format ${quoteName(text)} ends in %`);
  const directive = /^%([0' ]*)(-?)(\d*)(?:\.(\d*))?f/.exec(rest);
  if (!directive) throw new UsageError(`invalid format ${quoteName(text)}, directive must be %[0]['][-][N][.][N]f`);
  const after = rest.slice(directive[0].length);
  if (/^(?:[^%]|%%)*%(?!%)/.test(after)) throw new UsageError(`format ${quoteName(text)} has too many % directives`);
  const width = Number(directive[3]) * (directive[2] === '-' ? -1 : 1);
  const precision = directive[4];
  return { before: start, after, width, zeros: directive[1]!.includes('0') && width > 0, precision: precision === undefined ? undefined : Number(precision) };
}

function unitSize(text: string | undefined): bigint {
  if (text === undefined) return 1n;
  const match = /^(\d+)(?:([KMGTPEZY])(i?))?$/.exec(text);
  const size = match ? BigInt(match[1]!) * (match[3] === 'i' ? 1024n : 1000n) ** BigInt(match[2] === undefined ? 0 : 'KMGTPEZY'.indexOf(match[2]) + 1) : 0n;
  if (size === 0n) throw new UsageError(`invalid unit size: ${quoteName(text)}`);
  return size;
}

function positive(text: string, what: string): number {
  if (!/^\d+$/.test(text) || Number(text) === 0) throw new UsageError(`invalid ${what} value ${quoteName(text)}`);
  return Number(text);
}

/** As printf's %g shows it. */
function general({ numerator, denominator }: Fraction): string {
  const value = Number(numerator) / Number(denominator);
  return value.toExponential(5).replace(/\.?0*e([-+])(\d)$/, 'e$10$2').replace(/\.?0*e/, 'e');
}

class Formatter {
  readonly #from: Scale;
  readonly #to: Scale;
  readonly #rounding: Rounding;
  readonly #fromUnit: bigint;
  readonly #toUnit: bigint;
  readonly #suffix: string;
  readonly #format: Format;
  readonly #padsAlike: boolean;
  readonly #fields: Ranges;
  readonly #delimiter: string | undefined;
  readonly invalid: (typeof INVALID)[number];

  constructor(process: Process, options: Options) {
    const padding = options.value('padding');
    const format = options.value('format');
    if (format !== undefined && options.has('grouping')) throw new UsageError('--grouping cannot be combined with --format');
    this.#from = choose(process.argv, '--from', options.value('from') ?? 'none', ['none', 'auto', ...SCALES.slice(1)]);
    this.#to = choose(process.argv, '--to', options.value('to') ?? 'none', SCALES);
    if (options.has('grouping') && this.#to !== 'none') throw new UsageError('grouping cannot be combined with --to');
    this.#rounding = choose(process.argv, '--round', options.value('round') ?? 'from-zero', ROUNDINGS);
    this.invalid = choose(process.argv, '--invalid', options.value('invalid') ?? 'abort', INVALID);
    this.#fromUnit = unitSize(options.value('from-unit'));
    this.#toUnit = unitSize(options.value('to-unit'));
    this.#suffix = options.value('suffix') ?? '';
    if (padding !== undefined && !/^-?\d*[1-9]\d*$/.test(padding)) throw new UsageError(`invalid padding value ${quoteName(padding)}`);
    const given = format === undefined ? { before: '', after: '', width: 0, zeros: false, precision: undefined } : parseFormat(format);
    this.#format = given.width === 0 && padding !== undefined ? { ...given, width: Number(padding) } : given;
    this.#delimiter = options.value('d', 'delimiter');
    if (this.#delimiter !== undefined && this.#delimiter.length > 1) throw new UsageError('the delimiter must be a single character');
    this.#padsAlike = this.#format.width === 0 && this.#delimiter === undefined;
    const fields = options.value('field') ?? '1';
    this.#fields = fields === '-' ? [[1, Infinity]] : parseRanges(process.argv, fields, 'field');
  }

  /** Prints a line with its fields turned; what is wrong with one is told to `refuse`, and it stays as it is. */
  *line(text: string, output: Output, refuse: (message: string) => Task): Task {
    const pieces = this.#delimiter === undefined ? text.match(/^[ \t\n]*[^ \t\n]*|[ \t\n][ \t\n]*[^ \t\n]*/g)! : text.split(this.#delimiter);
    for (const [index, whole] of pieces.entries()) {
      const piece = this.#delimiter === undefined && index > 0 ? whole.slice(1) : whole;
      const isMeant = this.#fields.some(([low, high]) => index + 1 >= low && index + 1 <= high);
      if (index > 0) output.print(this.#delimiter ?? ' ');
      output.print(isMeant ? yield* this.#field(piece, index + 1, refuse) : piece);
    }
  }

  *#field(text: string, field: number, refuse: (message: string) => Task): Task<string> {
    const cut = this.#suffix !== '' && text.length > this.#suffix.length && text.endsWith(this.#suffix) ? text.slice(0, -this.#suffix.length) : text;
    const bare = cut.replace(/^[ \t]+/, '');
    const read = readNumber(bare, this.#from);
    if (typeof read === 'function') {
      yield* refuse(read(quoteName));
      return text;
    }
    const value = { numerator: read.value.numerator * this.#fromUnit, denominator: read.value.denominator * this.#toUnit };
    const { before, after, width, zeros, precision } = this.#format;
    const power = powerOf(value, 10n);
    const decimals = precision ?? read.precision;
    if (this.#to === 'none' && power + decimals > UNSCALED_DIGITS_MAX) {
      yield* refuse(decimals > 0 ? `value/precision too large to be printed: '${general(value)}/${decimals}' (consider using --to)` : `value too large to be printed: '${general(value)}' (consider using --to)`);
      return text;
    }
    if (power > SCALED_DIGITS_MAX - 1) {
      yield* refuse(`value too large to be printed: '${general(value)}' (cannot handle values > 999Y)`);
      return text;
    }
    const bareText = writeNumber({ value, precision: read.precision }, precision, this.#to, this.#rounding);
    const number = zeros ? bareText.replace(/\d/, (digit) => digit.padStart(width - bareText.length + 1, '0')) : bareText;
    const columns = this.#padsAlike ? (bare.length < cut.length || field > 1 ? cut.length : 0) : width;
    const shown = number + this.#suffix;
    return before + (columns < 0 ? shown.padEnd(-columns) : shown.padStart(columns)) + after;
  }
}

export const numfmt: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'd:z', {
    from: 'required', to: 'required', 'from-unit': 'required', 'to-unit': 'required', round: 'required', padding: 'required', suffix: 'required', grouping: 'no', delimiter: 'required', field: 'required', header: 'optional', format: 'required', invalid: 'required', 'zero-terminated': 'no', debug: 'no',
  });
  const formatter = new Formatter(process, options);
  const end = options.has('z', 'zero-terminated') ? '\0' : '\n';
  let header = options.has('header') ? positive(options.value('header') || '1', 'header') : 0;
  if (options.has('debug') && !options.has('from', 'to', 'grouping', 'format', 'from-unit', 'to-unit', 'padding')) yield* complain(process, 'no conversion option specified');
  let failed = false;
  const refuse = function* (message: string): Task {
    if (formatter.invalid === 'ignore') return;
    yield* output.flush();
    if (formatter.invalid === 'abort') throw new UsageError(message, CONVERSION_FAILED);
    failed ||= formatter.invalid === 'fail';
    yield* complain(process, message);
  };
  for (const operand of options.operands) {
    yield* formatter.line(operand, output, refuse);
    output.print(end);
  }
  if (options.operands.length === 0) {
    const lines = new TextLines(process, 0, output, end);
    for (let line = yield* lines.next(); line !== undefined; line = yield* lines.next()) {
      if (header > 0) output.print(line);
      else yield* formatter.line(line, output, refuse);
      header--;
      output.print(lines.terminated ? end : '');
      if (output.isFull) yield* output.flush();
    }
  }
  return failed ? CONVERSION_FAILED : 0;
});

// seq: numbers in sequence.
import type { Main } from '../kernel/program.js';
import type { Task } from '../kernel/wait.js';
import { isBusybox } from '../programs/flavour.js';
import { command, type Output, UsageError, usageError } from '../programs/stdio.js';
import { quoteName } from './common/quote.js';
import { convertNumber } from './awk/conversions.js';
import { Pace } from './text-input.js';

const BATCH_CHARACTERS = 32768;

/** Digits after the point, in `1.50` two; undefined where the number is not written plainly. */
function decimals(text: string): number | undefined {
  const match = /^[-+]?\d*(?:\.(\d*))?$/.exec(text);
  return match ? (match[1]?.length ?? 0) : /^[-+]?\d*\.?\d*[eE][-+]?\d+$/.test(text) ? 0 : undefined;
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw usageError(['seq'], `invalid floating point argument: ${quoteName(text)}`);
  return value;
}

interface SeqOptions {
  format: string | undefined;
  separator: string;
  equalWidth: boolean;
  operands: string[];
}

/** By hand: negative numbers are operands, not options. */
function parse(argv: readonly string[]): SeqOptions {
  const options: SeqOptions = { format: undefined, separator: '\n', equalWidth: false, operands: [] };
  let at = 1;
  for (; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--') {
      at++;
      break;
    }
    if (!word.startsWith('-') || word === '-' || /^-[.\d]/.test(word)) break;
    const match = /^(?:-([fs])|--(format|separator)=?)([^]*)$/.exec(word);
    if (word === '-w' || word === '--equal-width') options.equalWidth = true;
    else if (match) {
      const inline = match[3] !== '' || word.endsWith('=');
      const value = inline ? match[3]! : argv[++at];
      if (value === undefined) throw new UsageError(`option requires an argument -- '${match[1] ?? match[2]!}'`);
      if (match[1] === 'f' || match[2] === 'format') options.format = value;
      else options.separator = value.replace(/\\n/g, '\n').replace(/\\t/g, '\t');
    } else throw new UsageError(word.startsWith('--') ? `unrecognized option '${word}'` : `invalid option -- '${word[1]!}'`);
  }
  options.operands = argv.slice(at);
  return options;
}

function formatter(format: string): (value: number) => string {
  const match = /^((?:[^%]|%%)*)%([-+ #0']*)(\d*)(?:\.(\d*))?L?([eEfFgGaA])((?:[^%]|%%)*)$/.exec(format);
  if (!match) throw new UsageError(format.includes('%') ? `format '${format}' has unknown %${/%[^%]*?([a-zA-Z])/.exec(format)?.[1] ?? ''} directive` : `format '${format}' has no % directive`);
  const [, before, flags, width, precision, letter, after] = match;
  const conversion = { flags: flags!, width: Number(width), precision: precision === undefined ? undefined : Number(precision), letter: letter! };
  return (value) => before!.replaceAll('%%', '%') + convertNumber(conversion, value) + after!.replaceAll('%%', '%');
}

/** Whole numbers beyond what a double holds. */
function* bigSequence(output: Output, [first, step, last]: [bigint, bigint, bigint], separator: string): Task<number> {
  const pace = new Pace();
  for (let value = first; step > 0n ? value <= last : value >= last; value += step) {
    output.print((value === first ? '' : separator) + String(value));
    if (!output.isFull) continue;
    yield* output.flush();
    yield* pace.turn();
  }
  if (step > 0n ? first <= last : first >= last) output.print('\n');
  return 0;
}

export const seq: Main = command(function* (process, output) {
  const { format, separator, equalWidth, operands } = parse(process.argv);
  if (operands.length === 0) throw usageError(process.argv, 'missing operand');
  if (operands.length > 3) throw usageError(process.argv, `extra operand ${quoteName(operands[3]!)}`);
  const texts = operands.length === 1 ? ['1', '1', operands[0]!] : operands.length === 2 ? [operands[0]!, '1', operands[1]!] : operands;
  const [first, step, last] = texts.map(number) as [number, number, number];
  if (step === 0 && !isBusybox(process)) throw usageError(process.argv, `invalid Zero increment value: ${quoteName(texts[1]!)}`);
  if (format === undefined && !equalWidth && texts.every((text) => /^-?\d+$/.test(text)) && Math.max(Math.abs(first), Math.abs(last)) > Number.MAX_SAFE_INTEGER) {
    return yield* bigSequence(output, texts.map(BigInt) as [bigint, bigint, bigint], separator);
  }
  const precision = Math.max(decimals(texts[0]!) ?? 0, decimals(texts[1]!) ?? 0);
  const isWhole = precision === 0 && Number.isInteger(first) && Number.isInteger(step);
  const plain = (value: number): string => (isWhole && Math.abs(value) < 1e21 ? String(value) : Math.abs(value) < 1e21 ? value.toFixed(precision) : BigInt(value).toString());
  // As wide as the widest operand is written, its fraction as long as that of the others.
  const whole = (text: string): number => text.replace(/^\+/, '').replace(/\..*/, '').length;
  const width = equalWidth ? Math.max(plain(first).length, plain(last).length, ...[texts[0]!, texts[2]!].map((text) => whole(text) + (precision > 0 ? precision + 1 : 0))) : 0;
  const show = format !== undefined ? formatter(format) : (value: number): string => {
    const text = plain(value);
    if (!equalWidth || text.length >= width) return text;
    return text.startsWith('-') ? `-${text.slice(1).padStart(width - 1, '0')}` : text.padStart(width, '0');
  };
  const pace = new Pace();
  // Steps are counted, not added up, so that fractions do not drift; the last may be missed by a hair only.
  const slack = Math.abs(step) * 1e-10;
  let any = false;
  let text = '';
  for (let i = 0; ; i++) {
    const value = first + i * step;
    if (step >= 0 ? value > last + slack : value < last - slack) break;
    text += (any ? separator : '') + show(value);
    any = true;
    if (text.length < BATCH_CHARACTERS) continue;
    output.print(text);
    text = '';
    yield* output.flush();
    yield* pace.turn();
  }
  output.print(text);
  if (any) output.print('\n');
  return 0;
});

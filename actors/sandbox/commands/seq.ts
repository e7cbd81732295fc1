// seq: numbers in sequence.
import type { Main } from '../kernel/program.js';
import type { Task } from '../kernel/wait.js';
import { isBusybox } from '../programs/flavour.js';
import { command, type Output, UsageError, usageError } from '../programs/stdio.js';
import { quoteName } from './common/quote.js';
import { convertNumber } from './awk/conversions.js';
import { Pace } from './text-input.js';

const BATCH_CHARACTERS = 32768;

/** A number as it was written: how wide it is without an exponent, and its digits after the point; undefined where that cannot be told. */
interface Operand {
  value: number;
  width: number;
  precision: number | undefined;
}

function operandOf(text: string): Operand {
  const given = text.replace(/^[\s+]+/, '');
  const infinite = /^(-?)inf(?:inity)?$/i.exec(given);
  const value = infinite ? Number(`${infinite[1]}Infinity`) : Number(given);
  if (/^[-]?nan$/i.test(given)) throw usageError(['seq'], `invalid 'not-a-number' argument: ${quoteName(text)}`);
  if (given.trim() === '' || Number.isNaN(value)) throw usageError(['seq'], `invalid floating point argument: ${quoteName(text)}`);
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d*)\.?(\d*)(?:[eE]([-+]?\d+))?$/.exec(given) ?? [];
  if (sign === undefined) return { value, width: given.length, precision: undefined };
  const shift = Number(exponent);
  const precision = Math.max(0, fraction.length - shift);
  // The point moves to the left or to the right of what is written.
  const digits = Math.max(1, whole!.length + Math.max(0, shift - fraction.length) + Math.min(fraction.length, Math.max(0, shift)));
  return { value, width: sign.length + digits + (precision > 0 ? precision + 1 : 0), precision };
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
  if (!match) throw new UsageError(`format ${quoteName(format)} ${problemOf(format)}`);
  const [, before, flags, width, precision, letter, after] = match;
  const conversion = { flags: flags!, width: Number(width), precision: precision === undefined ? undefined : Number(precision), letter: letter! };
  return (value) => before!.replaceAll('%%', '%') + convertNumber(conversion, value) + after!.replaceAll('%%', '%');
}

function problemOf(format: string): string {
  const [, flags, letter = '', rest = ''] = /^[^%]*%([-+ #0']*\d*(?:\.\d*)?L?)([^])?([^]*)$/.exec(format.replaceAll('%%', '')) ?? [];
  if (flags === undefined) return 'has no % directive';
  if (letter === '') return 'ends in %';
  return 'eEfFgGaA'.includes(letter) && rest.includes('%') ? 'has too many % directives' : `has unknown %${letter} directive`;
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

/** As many digits after the point as the first number and the step have, and as wide as the widest. */
function defaultFormat(from: Operand, by: Operand, to: Operand, equalWidth: boolean): (value: number) => string {
  if (from.precision === undefined || by.precision === undefined || (to.precision === undefined && Number.isFinite(to.value))) return formatter('%g');
  const precision = Math.max(from.precision, by.precision);
  const widthOf = ({ width, precision: own = 0 }: Operand): number => width - own - (own > 0 ? 1 : 0) + precision + (precision > 0 ? 1 : 0);
  const width = equalWidth ? Math.max(widthOf(from), widthOf(to)) : 0;
  return (value) => {
    const sign = value < 0 || Object.is(value, -0) ? '-' : '';
    const size = Math.abs(value);
    const digits = size < 1e21 ? size.toFixed(precision) : BigInt(size).toString();
    return sign + digits.padStart(width - sign.length, '0');
  };
}

export const seq: Main = command(function* (process, output) {
  const { format, separator, equalWidth, operands } = parse(process.argv);
  if (operands.length === 0) throw usageError(process.argv, 'missing operand');
  if (operands.length > 3) throw usageError(process.argv, `extra operand ${quoteName(operands[3]!)}`);
  const texts = operands.length === 1 ? ['1', '1', operands[0]!] : operands.length === 2 ? [operands[0]!, '1', operands[1]!] : operands;
  const [from, by, to] = texts.map(operandOf) as [Operand, Operand, Operand];
  const [first, step, last] = [from.value, by.value, to.value];
  if (step === 0 && !isBusybox(process)) throw usageError(process.argv, `invalid Zero increment value: ${quoteName(texts[1]!)}`);
  if (format === undefined && !equalWidth && texts.every((text) => /^-?\d+$/.test(text)) && Math.max(Math.abs(first), Math.abs(last)) > Number.MAX_SAFE_INTEGER) {
    return yield* bigSequence(output, texts.map(BigInt) as [bigint, bigint, bigint], separator);
  }
  const show = format === undefined ? defaultFormat(from, by, to, equalWidth) : formatter(format);
  const pace = new Pace();
  // Steps are counted, not added up, so that fractions do not drift; the last may be missed by a hair only.
  const slack = Math.abs(step) * 1e-10;
  let any = false;
  let text = '';
  for (let i = 0; ; i++) {
    const value = i === 0 ? first : first + i * step;
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

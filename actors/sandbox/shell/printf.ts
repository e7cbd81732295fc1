// The format engine of printf, for the built-in and the command: all conversions, bytes stay bytes.
import { exponential, fixed } from '../commands/common/rounded-decimals.js';
import { encode } from '../kernel/text.js';
import { type EscapeMode, escapes } from './escapes.js';
import { byteText, joinBytes } from './syntax/ansi.js';
import { quoteBackslash } from './quote.js';

export interface Formatted {
  /** Text as kernel/text.ts keeps bytes. */
  text: string;
  /** Complaints without the command's name, and how much of the text was there before each. */
  errors: { message: string; at: number }[];
  status: number;
}

/** Whose words and rules: the shell's built-in, or the program of GNU or busybox. */
export type PrintfManners = 'bash' | 'dash' | 'gnu' | 'busybox';

const FORMAT_ESCAPES: Readonly<Record<PrintfManners, EscapeMode>> = { bash: 'format', dash: 'dash-format', gnu: 'tool-format', busybox: 'busybox-format' };
const ARGUMENT_ESCAPES: Readonly<Record<PrintfManners, EscapeMode>> = { bash: 'b', dash: 'dash', gnu: 'tool-b', busybox: 'busybox' };

/** dash's: no sizes, no quoting, no times. */
const DIRECTIVE_DASH = /^([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+)?)?()([diouxXeEfFgGaAcsb%])/;
/** busybox's: any sizes, and nothing between the percent sign and `b` or another one. */
const DIRECTIVE_BUSYBOX = /^([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+)?)?([lLhz]*)([diouxXfeEgGcs]|(?<![^])[%b])/;
const DIRECTIVE = /^([-+ #0']*)(\*|\d+)?(?:\.(\*|-?\d+)?)?(hh|h|ll|l|L|q|j|z|t)?([diouxXeEfFgGaAcsbqQ%n]|\()/;
const DIRECTIVES: Readonly<Partial<Record<PrintfManners, RegExp>>> = { dash: DIRECTIVE_DASH, busybox: DIRECTIVE_BUSYBOX };

/** Width in bytes, as bash and dash count in the C locale; precision cuts bytes too. */
function pad(text: string, width: number, left: boolean, zero = false): string {
  const size = encode(text).length;
  if (size >= width) return text;
  const fill = (zero && !left ? '0' : ' ').repeat(width - size);
  if (zero && !left) {
    const sign = /^[-+ ]?(?:0[xX])?/.exec(text)![0];
    return sign + fill + text.slice(sign.length);
  }
  return left ? text + fill : fill + text;
}

class Formatter {
  readonly errors: Formatted['errors'] = [];
  status = 0;
  /** What is printed so far. */
  out = '';
  readonly manners: PrintfManners;
  readonly #args: readonly string[];
  readonly #bytes: boolean;
  #at = 0;

  constructor(args: readonly string[], manners: PrintfManners, bytes: boolean) {
    this.#args = args;
    this.#bytes = bytes;
    this.manners = manners;
  }

  get consumed(): number {
    return this.#at;
  }

  get exhausted(): boolean {
    return this.#at >= this.#args.length;
  }

  next(): string | undefined {
    return this.#args[this.#at++];
  }

  fail(message: string): void {
    this.errors.push({ message, at: joinBytes(this.out).length });
    this.status = 1;
  }

  giveUp(message: string): void {
    this.fail(message);
    this.status = 2;
  }

  /** bash: told of, but no failure. */
  warn(message: string): void {
    const { status } = this;
    this.fail(`warning: ${message}`);
    this.status = status;
  }

  /** `\x` and `\u` without digits, which bash tells of and leaves as they are. */
  missingDigits(missing: readonly string[] | undefined): void {
    if (this.manners !== 'bash') return;
    const { status } = this;
    for (const letter of missing ?? []) this.fail(`missing ${letter === 'x' ? 'hex' : 'unicode'} digit for \\${letter}`);
    this.status = status;
  }

  assignCount(host: PrintfHost): void {
    const name = this.next();
    if (name === undefined || name === '') return;
    const complaint = host.assignCount?.(name, encode(joinBytes(this.out)).length);
    if (complaint !== undefined) this.fail(complaint);
  }

  /** A number that is none, or (`partly`) only begins as one. */
  badNumber(text: string, partly: boolean, octal = ''): void {
    if (this.manners === 'busybox') this.fail(`invalid number '${text}'`);
    else if (this.manners === 'gnu') this.fail(partly ? `'${text}': value not completely converted` : `'${text}': expected a numeric value`);
    else if (this.manners === 'dash') this.fail(partly ? `${text}: not completely converted` : `${text}: expected numeric value`);
    else this.fail(`${text}: invalid ${octal}number`);
  }

  /** `'ä` is the number of the character; a byte that is none counts as itself, and each does in the C locale. */
  #characterCode(text: string): number {
    const code = text.codePointAt(1) ?? 0;
    return this.#bytes || this.manners === 'dash' || (code & 0xfc00) === 0xdc00 ? encode(text.slice(1))[0] ?? 0 : code;
  }

  integer(text: string | undefined, isSigned = true): bigint {
    if (text === undefined || text === '') {
      if (this.manners === 'busybox' || (text === '' && this.manners === 'gnu')) this.badNumber('', false);
      return 0n;
    }
    if (text[0] === '"' || text[0] === "'") return BigInt(this.#characterCode(text));
    const match = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(text);
    if (!match) {
      this.badNumber(text, false);
      return 0n;
    }
    if (match[0].length !== text.length) {
      this.badNumber(text, true, /^\s*[-+]?0\d/.test(text) ? 'octal ' : '');
      if (this.manners === 'busybox') return 0n;
    }
    const before = this.status;
    const digits = match[2]!;
    const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
    const signed = match[1] === '-' ? -value : value;
    const [least, most] = isSigned ? [-0x8000000000000000n, 0x7fffffffffffffffn] : [-0xffffffffffffffffn, 0xffffffffffffffffn];
    if (signed > most || signed < least) {
      this.fail(this.manners === 'busybox' ? `invalid number '${text}'` : this.manners === 'gnu' ? `'${text}': Numerical result out of range` : this.manners === 'dash' ? `${text}: Numerical result out of range` : `warning: ${text}: Numerical result out of range`);
      // bash only warns.
      if (this.manners === 'bash') this.status = before;
      if (this.manners === 'busybox') return 0n;
      return signed < 0n && isSigned ? least : most;
    }
    return signed;
  }

  /** What stands for a `*`. */
  size(): number {
    const text = this.next();
    if (this.manners !== 'busybox') return Number(BigInt.asIntN(32, this.integer(text)));
    if (text === undefined) return 0;
    // busybox: one that is none is told of, but no failure.
    const { status } = this;
    const number = this.integer(text);
    this.status = status;
    return Number(BigInt.asIntN(32, number));
  }

  float(text: string | undefined): number {
    if (text === undefined || text === '') return 0;
    if (text[0] === '"' || text[0] === "'") return this.#characterCode(text);
    const match = /^\s*[-+]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|inf(?:inity)?|nan)/i.exec(text);
    if (!match || match[0].length !== text.length) {
      this.badNumber(text, match !== null);
      if (!match || this.manners === 'busybox') return 0;
    }
    const number = match[0].trim().toLowerCase();
    if (/inf/.test(number)) return number.startsWith('-') ? -Infinity : Infinity;
    return Number(number);
  }
}

function floatText(value: number, letter: string, precision: number | undefined, flags: string, isLong: boolean): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf';
  const digits = precision ?? 6;
  let text: string;
  switch (letter.toLowerCase()) {
    case 'f':
      text = fixed(value, digits);
      break;
    case 'e':
      text = exponential(value, digits);
      break;
    case 'a':
      text = hexFloat(value, precision, isLong);
      break;
    default: {
      const p = digits === 0 ? 1 : digits;
      const power = value === 0 ? 0 : Number(value.toExponential(p - 1).split('e')[1]);
      text = power < -4 || power >= p ? exponential(value, p - 1) : fixed(value, Math.max(0, p - 1 - power));
      if (!flags.includes('#') && text.includes('.')) text = text.replace(/\.?0+(e|$)/, '$1');
    }
  }
  // `#`: always with a point.
  if (flags.includes('#') && !text.includes('.')) text = text.replace(/^(-?(?:0x)?[\da-f]*?)(?=[ep]|$)/, '$1.');
  return letter === letter.toUpperCase() ? text.toUpperCase() : text;
}

/** `isLong`: as a long double of the x87, whose leading digit is 8 to f, and not 1. */
function hexFloat(value: number, precision: number | undefined, isLong: boolean): string {
  const minus = value < 0 || Object.is(value, -0) ? '-' : '';
  let power = value === 0 ? 0 : Math.floor(Math.log2(Math.abs(value)));
  let mantissa = value === 0 ? 0 : Math.abs(value) / 2 ** power;
  if (isLong && value !== 0) {
    mantissa *= 8;
    power -= 3;
  }
  const digits = precision === undefined ? mantissa.toString(16) : roundedHex(mantissa, precision);
  return `${minus}0x${digits}p${power < 0 ? '' : '+'}${power}`;
}

/** To so many hexadecimal digits behind the point, halves to the even one. */
function roundedHex(value: number, places: number): string {
  // A double has no more than 13 of them.
  const scale = 16 ** Math.min(places, 13);
  const floor = Math.floor(value * scale);
  const rest = value * scale - floor;
  const rounded = floor + (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? 1 : 0);
  const behind = (rounded % scale).toString(16).padStart(Math.min(places, 13), '0').padEnd(places, '0');
  return `${Math.floor(rounded / scale).toString(16)}${places === 0 ? '' : `.${behind}`}`;
}

function sign(text: string, flags: string): string {
  if (text.startsWith('-')) return text;
  return flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text;
}

function integerText(value: bigint, letter: string, precision: number | undefined, flags: string): string {
  const isSigned = letter === 'd' || letter === 'i';
  const number = isSigned ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value);
  const radix = letter === 'o' ? 8 : letter === 'x' || letter === 'X' ? 16 : 10;
  let digits = (number < 0n ? -number : number).toString(radix);
  if (precision !== undefined) digits = precision === 0 && number === 0n ? '' : digits.padStart(precision, '0');
  if (flags.includes('#') && letter === 'o' && !digits.startsWith('0')) digits = `0${digits}`;
  if (flags.includes('#') && radix === 16 && number !== 0n) digits = `0x${digits}`;
  if (letter === 'X') digits = digits.toUpperCase();
  return isSigned ? sign(number < 0n ? `-${digits}` : digits, flags) : digits;
}

/** What the owner of the format knows. */
export interface PrintfHost {
  /** How `%(fmt)T` writes a time. */
  formatTime(format: string, seconds: number): string;
  /** Where the shell was started, for `%(fmt)T` of -2. */
  readonly startedAtMs?: number;
  /** `%n`: gives a variable the number of bytes written so far; the outcome is a complaint. */
  assignCount?(name: string, countBytes: number): string | undefined;
}

/** Formats `args`, the format being used again while some are left. */
export function formatPrintf(format: string, args: readonly string[], host: PrintfHost, manners: PrintfManners = 'bash', bytes = false): Formatted {
  const formatter = new Formatter(args, manners, bytes);
  for (;;) {
    const before = formatter.consumed;
    const stop = once(format, formatter, host);
    if (stop || formatter.exhausted || formatter.consumed === before) break;
  }
  return { text: joinBytes(formatter.out), errors: formatter.errors, status: formatter.status };
}

/** Prints the format once; whether that was the end of all output. */
function once(format: string, formatter: Formatter, host: PrintfHost): boolean {
  for (let at = 0; at < format.length; ) {
    const percent = format.indexOf('%', at);
    const literal = format.slice(at, percent < 0 ? format.length : percent);
    const { text, stop, missing } = escapes(literal, FORMAT_ESCAPES[formatter.manners]);
    formatter.missingDigits(missing);
    formatter.out += text;
    if (stop) return true;
    if (percent < 0) break;
    const match = (DIRECTIVES[formatter.manners] ?? DIRECTIVE).exec(format.slice(percent + 1));
    // To bash and dash `%5%` is no conversion.
    if (!match || (match[5] === '%' && match[0] !== '%' && (formatter.manners === 'bash' || formatter.manners === 'dash'))) {
      const [whole, letter] = (formatter.manners === 'dash' ? /^%[-+ #0]*(?:\*|\d*)(?:\.(?:\*|\d*))?([^]?)/ : /^%[-+ #0']*\d*(?:\.\d*)?[hlLqjzt]*([^]?)/).exec(format.slice(percent))!;
      if (formatter.manners === 'busybox') formatter.fail(`${format.slice(percent)}: invalid format`);
      else if (formatter.manners === 'gnu') formatter.fail(`${whole}: invalid conversion specification`);
      else if (formatter.manners === 'dash') formatter.giveUp(letter === '' ? 'missing format character' : `${whole}: invalid directive`);
      else formatter.fail(letter === '' ? `\`${whole}': missing format character` : `\`${letter!}': invalid format character`);
      return true;
    }
    at = percent + 1 + match[0].length;
    let time: string | undefined;
    if (match[5] === '(') {
      const end = closingParenthesis(format, at);
      time = format.slice(at, end);
      if (format[end + 1] !== 'T') {
        formatter.warn(`\`${format[end + 1] ?? ''}': invalid time format specification`);
        formatter.out += '%';
        at = percent + 1;
        continue;
      }
      at = end + 2;
    }
    const piece = directive(match, formatter, host, time);
    formatter.out += piece.out;
    if (piece.stop) {
      // bash: `\c` ends everything, the memory of numbers that were none too.
      if (formatter.manners === 'bash') formatter.status = 0;
      return true;
    }
  }
  return false;
}

/** Where the parenthesis that was opened before `from` is closed; the end of the text where it is not. */
function closingParenthesis(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return at;
  }
  return text.length;
}

function directive(match: RegExpExecArray, formatter: Formatter, host: PrintfHost, time: string | undefined): { out: string; stop: boolean } {
  const conversion = match[5]!;
  if (conversion === '%') return { out: '%', stop: false };
  let flags = match[1]!;
  let width = match[2] === '*' ? formatter.size() : Number(match[2] ?? 0);
  if (width < 0) {
    flags += '-';
    width = -width;
  }
  const hasPrecision = match[0].includes('.') || match[3] !== undefined;
  let precision = match[3] === '*' ? formatter.size() : hasPrecision ? Number(match[3] ?? 0) : undefined;
  if (precision !== undefined && precision < 0) precision = undefined;
  const left = flags.includes('-');
  const zero = flags.includes('0');
  const cut = (text: string): string => (precision === undefined ? text : Buffer.from(encode(text)).subarray(0, precision).toString('latin1').replace(/[\x80-\xff]/g, (c) => byteText(c.charCodeAt(0))));
  if (time !== undefined) {
    const given = formatter.next();
    const seconds = given === '-2' ? (host.startedAtMs ?? Date.now()) / 1000 : given === undefined || given === '-1' ? Date.now() / 1000 : Number(formatter.integer(given));
    return { out: pad(cut(host.formatTime(time || '%X', seconds)), width, left), stop: false };
  }
  switch (conversion) {
    case 's':
      return { out: pad(cut(formatter.next() ?? ''), width, left), stop: false };
    case 'c': {
      const first = encode(formatter.next() ?? '').subarray(0, 1);
      return { out: pad(first.length > 0 ? byteText(first[0]!) : '\0', width, left), stop: false };
    }
    case 'b': {
      const { text, stop, missing } = escapes(formatter.next() ?? '', ARGUMENT_ESCAPES[formatter.manners]);
      formatter.missingDigits(missing);
      return { out: pad(cut(text), width, left), stop };
    }
    case 'q':
      return { out: pad(cut(quoteBackslash(formatter.next() ?? '')), width, left), stop: false };
    case 'Q':
      return { out: pad(quoteBackslash(cut(formatter.next() ?? '')), width, left), stop: false };
    case 'n':
      formatter.assignCount(host);
      return { out: '', stop: false };
    default:
      if ('diouxX'.includes(conversion)) return { out: pad(integerText(formatter.integer(formatter.next(), conversion === 'd' || conversion === 'i'), conversion, precision, flags), width, left, zero && precision === undefined), stop: false };
      return { out: pad(sign(floatText(formatter.float(formatter.next()), conversion, precision, flags, formatter.manners !== 'dash'), flags), width, left, zero), stop: false };
  }
}

// One printf conversion of a number: integers, fractions, signs, widths.
import { exponential, fixed } from '../common/rounded-decimals.js';

/** No number, or none that can be written: with a sign always. What makes a NaN of numbers makes a negative one. */
export function unusualText(value: number): string {
  return Number.isNaN(value) ? '-nan' : value > 0 ? '+inf' : '-inf';
}

/** `%-8.3f` taken apart. */
export interface Conversion {
  flags: string;
  width: number;
  precision: number | undefined;
  letter: string;
}

export function signed(digits: string, negative: boolean, { flags }: Conversion): string {
  return (negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') + digits;
}

export function integer(conversion: Conversion, number: number): string {
  const { letter, flags, precision } = conversion;
  const whole = Math.trunc(number);
  // Most integers are printed as they are.
  if (flags === '' && precision === undefined && (letter === 'd' || letter === 'i') && Math.abs(whole) < 2 ** 53) return pad(String(whole === 0 ? 0 : whole), conversion);
  const negative = whole < 0;
  let big = Math.abs(whole) < 2 ** 53 ? Math.abs(whole) : BigInt(Math.abs(whole));
  if (negative && letter !== 'd' && letter !== 'i') big = BigInt.asUintN(64, BigInt(whole));
  let digits = big.toString(letter === 'o' ? 8 : letter === 'x' || letter === 'X' ? 16 : 10);
  if (precision !== undefined) digits = precision === 0 && whole === 0 ? '' : digits.padStart(precision, '0');
  if (flags.includes('#') && letter === 'o' && !digits.startsWith('0')) digits = `0${digits}`;
  if (flags.includes('#') && whole !== 0) digits = (letter === 'x' || letter === 'X' ? '0x' : '') + digits;
  if (letter === 'X') digits = digits.toUpperCase();
  const text = letter === 'd' || letter === 'i' ? signed(digits, negative, conversion) : digits;
  return precision === undefined ? zeroPad(text, conversion) : pad(text, conversion);
}

export function zeroPad(text: string, conversion: Conversion): string {
  if (!conversion.flags.includes('0') || conversion.flags.includes('-')) return pad(text, conversion);
  const sign = /^(?:[-+ ])?(?:0[xX])?/.exec(text)![0];
  return sign + text.slice(sign.length).padStart(conversion.width - sign.length, '0');
}

export function pad(text: string, { flags, width }: Conversion): string {
  if (width === 0) return text;
  const length = /[\ud800-\udbff]/.test(text) ? [...text].length : text.length;
  const blanks = ' '.repeat(Math.max(0, width - length));
  return flags.includes('-') ? text + blanks : blanks + text;
}

/** %f %e %g (and their capitals) of a value that is not negative. */
export function floating(letter: string, value: number, precision: number, alternate = false): string {
  const lower = letter.toLowerCase();
  let text: string;
  if (lower === 'f') text = fixed(value, precision);
  else if (lower === 'e') text = exponential(value, precision);
  else if (lower === 'a') text = `0x${value.toString(16)}p+0`;
  else {
    const digits = precision === 0 ? 1 : precision;
    const exponent = value === 0 ? 0 : Number(value.toExponential(Math.min(100, digits - 1)).split('e')[1]);
    text = exponent < -4 || exponent >= digits ? exponential(value, digits - 1) : fixed(value, digits - 1 - exponent);
    if (!alternate && text.includes('.')) text = text.replace(/\.?0+(e|$)/, '$1');
  }
  // `#` keeps a point that nothing follows.
  if (alternate && lower !== 'a' && !text.includes('.')) text = text.replace(/(e|$)/, '.$1');
  return letter === lower ? text : text.toUpperCase();
}

/** A finite or infinite number by one conversion; `letter` is one of `diouxXfFeEgGaA`. */
export function convertNumber(conversion: Conversion, number: number): string {
  const { letter, precision, flags } = conversion;
  if (!Number.isFinite(number)) return unusualText(number);
  if ('diouxX'.includes(letter)) return integer(conversion, number);
  return zeroPad(signed(floating(letter, Math.abs(number), precision ?? 6, flags.includes('#')), number < 0 || Object.is(number, -0), conversion), conversion);
}

/** A number by CONVFMT or OFMT: a format with one conversion. */
export function formatNumber(format: string, value: number): string {
  if (format === '%.6g') return value < 0 ? `-${floating('g', -value, 6)}` : floating('g', value, 6);
  return format.replace(/%([-+ #0']*)(\d*)(?:\.(\d*))?([diouxXfFeEgGaA])/, (_, flags: string, width: string, precision: string | undefined, letter: string) =>
    convertNumber({ flags, width: Number(width), precision: precision === undefined ? undefined : Number(precision), letter }, value));
}

// numfmt's numbers: exact fractions, read with and written with the suffixes K, M, G and so on.

/** Exact, so that rounding up never sees an error of the last bit. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export type Scale = 'none' | 'auto' | 'si' | 'iec' | 'iec-i';
export type Rounding = 'up' | 'down' | 'from-zero' | 'towards-zero' | 'nearest';

const SUFFIXES = 'KMGTPEZY';
const DIGITS_MAX = 27;

/** Why a text is no number: the words of GNU's numfmt around the quoted text. */
export type Refusal = (quote: (text: string) => string) => string;

export interface ReadNumber {
  readonly value: Fraction;
  /** Digits behind the point, kept when written back as it is. */
  readonly precision: number;
}

function baseOf(scale: Scale): bigint {
  return scale === 'iec' || scale === 'iec-i' ? 1024n : 1000n;
}

export function readNumber(text: string, scale: Scale): ReadNumber | Refusal {
  const match = /^(-?)(\d*)(?:\.(\d*))?/.exec(text)!;
  const [whole, sign, digits, decimals] = [match[0], match[1]!, match[2]!, match[3]];
  if ((digits === '' && decimals === undefined) || decimals === '') return (quote) => `invalid number: ${quote(text)}`;
  if (digits.replace(/^0+/, '').length > DIGITS_MAX) return (quote) => `value too large to be converted: ${quote(text)}`;
  let value: Fraction = { numerator: BigInt(`${digits}${decimals ?? ''}` || '0') * (sign === '-' ? -1n : 1n), denominator: 10n ** BigInt(decimals?.length ?? 0) };
  let precision = decimals?.length ?? 0;
  let rest = text.slice(whole.length);
  if (rest !== '') {
    rest = rest.replace(/^[ \t]+/, '');
    const power = rest === '' ? -1 : SUFFIXES.indexOf(rest[0]!);
    if (power < 0) return (quote) => `invalid suffix in input: ${quote(text)}`;
    if (scale === 'none') return (quote) => `rejecting suffix in input: ${quote(text)} (consider using --from)`;
    rest = rest.slice(1);
    let base = baseOf(scale);
    if (scale === 'auto' && rest.startsWith('i')) {
      base = 1024n;
      rest = rest.slice(1);
    }
    precision = 0;
    value = { ...value, numerator: value.numerator * base ** BigInt(power + 1) };
  }
  if (scale === 'iec-i') {
    if (!rest.startsWith('i')) return (quote) => `missing 'i' suffix in input: ${quote(text)} (e.g Ki/Mi/Gi)`;
    rest = rest.slice(1);
  }
  if (rest !== '') return (quote) => `invalid suffix in input ${quote(text)}: ${quote(rest)}`;
  return { value, precision };
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function rounded({ numerator, denominator }: Fraction, rounding: Rounding): bigint {
  const towardsZero = numerator / denominator;
  const rest = magnitude(numerator % denominator);
  const away = numerator < 0n ? -1n : 1n;
  const isAway = rounding === 'nearest' ? rest * 2n >= denominator : rest > 0n && (rounding === 'from-zero' || (rounding === 'up' && away > 0n) || (rounding === 'down' && away < 0n));
  return isAway ? towardsZero + away : towardsZero;
}

/** As printf's %.Nf: the exact value, ties to even. */
function fixed({ numerator, denominator }: Fraction, decimals: number): string {
  const scaled = magnitude(numerator) * 10n ** BigInt(decimals);
  let digits = scaled / denominator;
  const twice = (scaled % denominator) * 2n;
  if (twice > denominator || (twice === denominator && digits % 2n === 1n)) digits += 1n;
  const text = String(digits).padStart(decimals + 1, '0');
  return `${numerator < 0n ? '-' : ''}${text.slice(0, text.length - decimals)}${decimals > 0 ? `.${text.slice(-decimals)}` : ''}`;
}

/** How often the value can be divided by `base` before it is below it. */
export function powerOf({ numerator, denominator }: Fraction, base: bigint): number {
  let power = 0;
  for (let limit = denominator * base; magnitude(numerator) >= limit; limit *= base) power++;
  return power;
}

/** `precision` undefined: one decimal for what is scaled and below ten. */
export function writeNumber({ value, precision }: { value: Fraction; precision: number }, wanted: number | undefined, scale: Scale, rounding: Rounding): string {
  if (scale === 'none') {
    const factor = 10n ** BigInt(wanted ?? precision);
    return fixed({ numerator: rounded({ ...value, numerator: value.numerator * factor }, rounding), denominator: factor }, wanted ?? precision);
  }
  const base = baseOf(scale);
  let power = powerOf(value, base);
  const reduced = { numerator: value.numerator, denominator: value.denominator * base ** BigInt(power) };
  const isSmall = magnitude(reduced.numerator) < 10n * reduced.denominator;
  const factor = 10n ** BigInt(wanted === undefined ? (isSmall ? 1 : 0) : Math.min(power * 3, wanted));
  let result: Fraction = { numerator: rounded({ ...reduced, numerator: reduced.numerator * factor }, rounding), denominator: factor };
  if (magnitude(result.numerator) >= base * result.denominator) {
    result = { ...result, denominator: result.denominator * base };
    power++;
  }
  const showsDecimal = result.numerator !== 0n && magnitude(result.numerator) < 10n * result.denominator && power > 0;
  return `${fixed(result, wanted ?? (showsDecimal ? 1 : 0))}${power === 0 ? '' : SUFFIXES[power - 1]!}${scale === 'iec-i' && power > 0 ? 'i' : ''}`;
}

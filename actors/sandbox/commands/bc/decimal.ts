// Decimal numbers of any length, with the scale rules of bc and dc (POSIX bc).

/** digits / 10^scale. */
export interface Decimal {
  digits: bigint;
  scale: number;
}

export class DecimalFault extends Error {}

const DIGITS_MAX = 2_000_000;

export const ZERO: Decimal = { digits: 0n, scale: 0 };
export const ONE: Decimal = { digits: 1n, scale: 0 };

export const ofInteger = (value: number | bigint): Decimal => ({ digits: BigInt(value), scale: 0 });

/** @throws DecimalFault */
export function power10(exponent: number): bigint {
  if (exponent > DIGITS_MAX) throw new DecimalFault('Out of memory');
  return 10n ** BigInt(exponent);
}

/** With that scale; what is too fine is cut off. */
export function rescale({ digits, scale }: Decimal, wanted: number): Decimal {
  if (wanted === scale) return { digits, scale };
  return wanted > scale ? { digits: digits * power10(wanted - scale), scale: wanted } : { digits: digits / power10(scale - wanted), scale: wanted };
}

function aligned(a: Decimal, b: Decimal): [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale);
  return [rescale(a, scale).digits, rescale(b, scale).digits, scale];
}

export function add(a: Decimal, b: Decimal): Decimal {
  const [x, y, scale] = aligned(a, b);
  return { digits: x + y, scale };
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  const [x, y, scale] = aligned(a, b);
  return { digits: x - y, scale };
}

export const negate = ({ digits, scale }: Decimal): Decimal => ({ digits: -digits, scale });

export function compare(a: Decimal, b: Decimal): number {
  const [x, y] = aligned(a, b);
  return x < y ? -1 : x === y ? 0 : 1;
}

export const isZero = ({ digits }: Decimal): boolean => digits === 0n;

export function multiply(a: Decimal, b: Decimal, scale: number): Decimal {
  return rescale({ digits: a.digits * b.digits, scale: a.scale + b.scale }, Math.min(a.scale + b.scale, Math.max(scale, a.scale, b.scale)));
}

/** @throws DecimalFault */
export function divide(a: Decimal, b: Decimal, scale: number): Decimal {
  if (isZero(b)) throw new DecimalFault('Divide by zero');
  const shift = scale + b.scale - a.scale;
  const digits = shift >= 0 ? (a.digits * power10(shift)) / b.digits : a.digits / (b.digits * power10(-shift));
  return { digits, scale };
}

/** @throws DecimalFault */
export function remainder(a: Decimal, b: Decimal, scale: number): Decimal {
  if (isZero(b)) throw new DecimalFault('Modulo by zero');
  const quotient = divide(a, b, scale);
  return rescale(subtract(a, { digits: quotient.digits * b.digits, scale: quotient.scale + b.scale }), Math.max(scale + b.scale, a.scale));
}

/** The exponent's fraction is not looked at. @throws DecimalFault */
export function power(base: Decimal, exponent: Decimal, scale: number): Decimal {
  const whole = rescale(exponent, 0).digits;
  if (whole === 0n) return ONE;
  const times = whole < 0n ? -whole : whole;
  if (whole < 0n && isZero(base)) throw new DecimalFault('divide by zero');
  const length = BigInt(base.digits.toString().length);
  if (base.digits !== 0n && base.digits !== 1n && base.digits !== -1n && times * length > BigInt(DIGITS_MAX)) throw new DecimalFault('exponent too large in raise');
  const count = Number(times);
  const result: Decimal = { digits: base.digits ** times, scale: base.scale * count };
  if (whole < 0n) return divide(ONE, result, scale);
  return rescale(result, Math.min(base.scale * count, Math.max(scale, base.scale)));
}

/** floor(sqrt(n)). */
export function integerRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let x = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/** @throws DecimalFault */
export function squareRoot(a: Decimal, scale: number): Decimal {
  if (a.digits < 0n) throw new DecimalFault('Square root of a negative number');
  const wanted = Math.max(scale, a.scale);
  const digits = rescale(a, 2 * wanted).digits;
  return { digits: integerRoot(digits), scale: wanted };
}

/** How many digits it has, leading zeros of a fraction not counted. */
export function lengthOf({ digits, scale }: Decimal): number {
  const count = (digits < 0n ? -digits : digits).toString().length;
  return digits === 0n ? Math.max(scale, 1) : count < scale ? scale : count;
}

const VALUES = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A number in some base; a lone digit means itself (zeros in front of it do not count), in longer numbers digits beyond the base mean the highest unless they are taken as they are. */
export function parse(text: string, base: number, areTakenAsTheyAre = false): Decimal {
  const [whole = '', fraction = ''] = text.split('.');
  if (base === 10 && /^\d*$/.test(whole + fraction)) return { digits: BigInt(`${whole}${fraction}` || '0'), scale: fraction.length };
  const isFree = areTakenAsTheyAre || /^0*\w$/.test(text);
  const valueOf = (letter: string): bigint => {
    const value = VALUES.indexOf(letter);
    return BigInt(isFree ? value : Math.min(value, base - 1));
  };
  let digits = 0n;
  for (const letter of whole + fraction) digits = digits * BigInt(base) + valueOf(letter);
  return divide(ofInteger(digits), ofInteger(BigInt(base) ** BigInt(fraction.length)), fraction.length);
}

/** The text in some base: digits up to 16, above that groups of decimal digits with a blank in front of each. */
export function format(value: Decimal, base: number, leadingZero = false): string {
  const sign = value.digits < 0n ? '-' : '';
  const digits = value.digits < 0n ? -value.digits : value.digits;
  if (digits === 0n) return '0';
  if (base === 10) {
    const text = digits.toString().padStart(value.scale + 1, '0');
    const whole = text.slice(0, text.length - value.scale);
    return `${sign}${whole === '0' && value.scale > 0 && !leadingZero ? '' : whole}${value.scale > 0 ? `.${text.slice(text.length - value.scale)}` : ''}`;
  }
  const unit = power10(value.scale);
  const big = BigInt(base);
  const groups: string[] = [];
  const shown = (digit: bigint): string => (base <= 16 ? VALUES[Number(digit)]! : ` ${digit.toString().padStart((base - 1).toString().length, '0')}`);
  for (let whole = digits / unit; whole > 0n; whole /= big) groups.unshift(shown(whole % big));
  let text = sign + groups.join('');
  if (value.scale === 0) return text;
  // As many digits as it takes to tell the fraction's decimals apart.
  text += '.';
  let rest = digits % unit;
  for (let reach = 1n; reach < unit; reach *= big) {
    rest *= big;
    const digit = shown(rest / unit);
    text += reach === 1n ? digit.trimStart() : digit;
    rest %= unit;
  }
  return text;
}

// The functions of bc's library (-l): sine, cosine, arc tangent, logarithm, exponential, Bessel. Computed with guard digits and cut off.
import { add, compare, type Decimal, divide, isZero, multiply, negate, ofInteger, ONE, power10, rescale, squareRoot, subtract } from './decimal.js';


function isTiny({ digits }: Decimal): boolean {
  return digits === 0n;
}

/** Sums terms until they vanish. */
function series(first: Decimal, next: (term: Decimal, index: number) => Decimal): Decimal {
  let sum = first;
  let term = first;
  for (let i = 1; !isTiny(term); i++) {
    term = next(term, i);
    sum = add(sum, term);
  }
  return sum;
}

function digitsBefore({ digits, scale }: Decimal): number {
  return Math.max(0, (digits < 0n ? -digits : digits).toString().length - scale);
}

export function exponential(x: Decimal, scale: number): Decimal {
  if (x.digits < 0n) {
    const inverse = exponential(negate(x), scale + digitsBefore(x) + 2);
    return rescale(divide(ONE, inverse, scale + 10), scale);
  }
  // e^x = (e^(x / 2^k))^(2^k)
  let halvings = 0;
  for (let bound = x; compare(bound, ONE) > 0; bound = divide(bound, ofInteger(2), bound.scale + 1)) halvings++;
  const guard = scale + Math.ceil(Number(rescale(x, 0).digits) * 0.45) + 10 + halvings;
  const small = divide(rescale(x, guard + halvings), ofInteger(2n ** BigInt(halvings)), guard);
  let result = series(rescale(ONE, guard), (term, i) => divide(multiply(term, small, guard), ofInteger(i), guard));
  for (let i = 0; i < halvings; i++) result = rescale(multiply(result, result, guard), guard);
  return rescale(result, scale);
}

export function logarithm(x: Decimal, scale: number): Decimal {
  // As bc has it: the logarithm of what has none is far below zero.
  if (x.digits <= 0n) return rescale(subtract(ONE, { digits: power10(scale), scale: 0 }), scale);
  const guard = scale + 12;
  let value = rescale(x, Math.max(guard, x.scale));
  let factor = 2;
  const two = ofInteger(2);
  const half: Decimal = { digits: 5n, scale: 1 };
  while (compare(value, two) >= 0) {
    value = squareRoot(value, guard + 4);
    factor *= 2;
  }
  while (compare(value, half) <= 0) {
    value = squareRoot(value, guard + 4 + x.scale);
    factor *= 2;
  }
  const fine = guard + factor.toString().length + 4;
  const ratio = divide(subtract(value, ONE), add(value, ONE), fine);
  const square = multiply(ratio, ratio, fine);
  let power = ratio;
  let sum = ratio;
  for (let i = 3; !isTiny(power); i += 2) {
    power = multiply(power, square, fine);
    sum = add(sum, divide(power, ofInteger(i), fine));
  }
  return rescale(multiply(sum, ofInteger(factor), fine), scale);
}

/** For 0 <= x small enough by halving the argument. */
export function arcTangent(x: Decimal, scale: number): Decimal {
  if (x.digits < 0n) return negate(arcTangent(negate(x), scale));
  const guard = scale + 12 + digitsBefore(x);
  let value = rescale(x, Math.max(guard, x.scale));
  let factor = 1n;
  const bound: Decimal = { digits: 2n, scale: 1 };
  // atan(x) = 2 atan(x / (1 + sqrt(1 + x^2)))
  while (compare(value, bound) > 0) {
    value = divide(value, add(ONE, squareRoot(add(ONE, multiply(value, value, guard)), guard)), guard);
    factor *= 2n;
  }
  const square = multiply(value, value, guard);
  let power = value;
  let sum = value;
  for (let i = 3; !isTiny(power); i += 2) {
    power = negate(multiply(power, square, guard));
    sum = add(sum, divide(power, ofInteger(i), guard));
  }
  return rescale({ digits: sum.digits * factor, scale: sum.scale }, scale);
}

export function sine(x: Decimal, scale: number): Decimal {
  if (x.digits < 0n) return negate(sine(negate(x), scale));
  const guard = scale + 12 + digitsBefore(x);
  const pi = multiply(arcTangent(ONE, guard + digitsBefore(x) + 4), ofInteger(4), guard);
  let value = rescale(x, Math.max(guard, x.scale));
  const turns = rescale(divide(value, pi, 2), 0).digits;
  value = subtract(value, { digits: pi.digits * turns, scale: pi.scale });
  if (turns % 2n !== 0n) value = negate(value);
  value = rescale(value, guard);
  const square = negate(multiply(value, value, guard));
  return rescale(series(value, (term, i) => divide(multiply(term, square, guard), ofInteger(2 * i * (2 * i + 1)), guard)), scale);
}

export function cosine(x: Decimal, scale: number): Decimal {
  const guard = scale + 12 + digitsBefore(x);
  const quarter = multiply(arcTangent(ONE, guard), ofInteger(2), guard);
  return rescale(sine(add(rescale(x, Math.max(guard, x.scale)), quarter), guard - 4), scale);
}

/** Bessel's function of the first kind of a whole order. */
export function bessel(order: Decimal, x: Decimal, scale: number): Decimal {
  const n = Number(rescale(order, 0).digits);
  if (n < 0) {
    const value = bessel(ofInteger(-n), x, scale);
    return n % 2 === 0 ? value : negate(value);
  }
  const guard = scale + 15 + 2 * digitsBefore(x) + n;
  const half = divide(rescale(x, guard), ofInteger(2), guard);
  let first = rescale(ONE, guard);
  for (let i = 1; i <= n; i++) first = divide(multiply(first, half, guard), ofInteger(i), guard);
  if (isZero(first)) return rescale(first, scale);
  const square = negate(multiply(half, half, guard));
  return rescale(series(first, (term, i) => divide(multiply(term, square, guard), ofInteger(i * (i + n)), guard)), scale);
}

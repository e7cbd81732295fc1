// The functions of bc's library (-l): sine, cosine, arc tangent, logarithm, exponential, Bessel. Each step has the scale that the library gives it, so that the last digits agree.
import type { Task } from '../../kernel/wait.js';
import { Pace } from '../text-input.js';
import { add, compare, type Decimal, divide, isZero, lengthOf, multiply, negate, ofInteger, ONE, power, power10, rescale, squareRoot, subtract, ZERO } from './decimal.js';

const TWO = ofInteger(2);
const FOUR = ofInteger(4);
const HALF: Decimal = { digits: 5n, scale: 1 };
const FIFTH: Decimal = { digits: 2n, scale: 1 };
/** Up to this scale the library knows these values by heart. */
const KNOWN_SCALE_MAX = 60;
const QUARTER_PI: Decimal = { digits: 7853981633974483096156608458198757210492923498437764552437361n, scale: 61 };
const ARC_TANGENT_OF_FIFTH: Decimal = { digits: 1973955598498807583700497651947902934475851037878521015176889n, scale: 61 };

/** Adds terms until they vanish. */
function* series(first: Decimal, next: (index: number) => Decimal): Task<Decimal> {
  const pace = new Pace();
  let sum = first;
  for (let i = 1; ; i++) {
    yield* pace.turn();
    const term = next(i);
    if (isZero(term)) return sum;
    sum = add(sum, term);
  }
}

/** What is assigned to `scale`. */
const wholeOf = (value: Decimal): number => Number(rescale(value, 0).digits);

const isNegative = ({ digits }: Decimal): boolean => digits < 0n;

export function* exponential(x: Decimal, scale: number): Task<Decimal> {
  // e^x = (e^(x / 2^k))^(2^k)
  const pace = new Pace();
  let small = isNegative(x) ? negate(x) : x;
  const fine = wholeOf(add(ofInteger(6 + scale), multiply({ digits: 44n, scale: 2 }, small, scale)));
  let halvings = 0;
  for (; compare(small, ONE) > 0; halvings++) small = divide(small, TWO, x.scale + 1 + halvings);
  let [numerator, denominator] = [small, 1n];
  let result = yield* series(add(ONE, small), (i) => {
    numerator = multiply(numerator, small, fine);
    denominator *= BigInt(i + 1);
    return divide(numerator, ofInteger(denominator), fine);
  });
  for (; halvings > 0; halvings--) {
    yield* pace.turn();
    result = multiply(result, result, fine);
  }
  return isNegative(x) ? divide(ONE, result, scale) : divide(result, ONE, scale);
}

export function* logarithm(x: Decimal, scale: number): Task<Decimal> {
  // As bc has it: the logarithm of what has none is far below zero.
  if (x.digits <= 0n) return rescale(subtract(ONE, { digits: power10(scale), scale: 0 }), scale);
  const pace = new Pace();
  const fine = scale + 6;
  let value = x;
  let factor = 2n;
  while (compare(value, TWO) >= 0 || compare(value, HALF) <= 0) {
    yield* pace.turn();
    value = squareRoot(value, fine);
    factor *= 2n;
  }
  const ratio = divide(subtract(value, ONE), add(value, ONE), fine);
  const square = multiply(ratio, ratio, fine);
  let odd = ratio;
  const sum = yield* series(ratio, (i) => {
    odd = multiply(odd, square, fine);
    return divide(odd, ofInteger(2 * i + 1), fine);
  });
  return divide(multiply(ofInteger(factor), sum, fine), ONE, scale);
}

export function* arcTangent(x: Decimal, scale: number): Task<Decimal> {
  const sign = isNegative(x) ? negate(ONE) : ONE;
  let value = isNegative(x) ? negate(x) : x;
  if (scale <= KNOWN_SCALE_MAX) {
    if (compare(value, ONE) === 0) return divide(QUARTER_PI, sign, scale);
    if (compare(value, FIFTH) === 0) return divide(ARC_TANGENT_OF_FIFTH, sign, scale);
  }
  // atan(x) = atan(1/5) + atan((x - 1/5) / (1 + x/5))
  const step: Decimal = compare(value, FIFTH) > 0 ? yield* arcTangent(FIFTH, scale + 5) : ZERO;
  const fine = scale + 3;
  let steps = 0;
  for (; compare(value, FIFTH) > 0; steps++) value = divide(subtract(value, FIFTH), add(ONE, multiply(value, FIFTH, fine)), fine);
  const square = negate(multiply(value, value, fine));
  let odd = value;
  const sum = yield* series(value, (i) => {
    odd = multiply(odd, square, fine);
    return divide(odd, ofInteger(2 * i + 1), fine);
  });
  return divide(add(multiply(ofInteger(steps), step, scale), sum), sign, scale);
}

export function* sine(x: Decimal, scale: number): Task<Decimal> {
  if (isNegative(x)) return negate(yield* sine(negate(x), scale));
  const quarter = yield* arcTangent(ONE, Math.floor((11 * scale) / 10) + 2);
  const turns = rescale(divide(add(divide(x, quarter, 0), TWO), FOUR, 0), 0).digits;
  let value = subtract(x, multiply(ofInteger(4n * turns), quarter, 0));
  if (turns % 2n !== 0n) value = negate(value);
  const fine = scale + 2;
  const square = negate(multiply(value, value, fine));
  let term = value;
  return divide(yield* series(value, (i) => (term = multiply(term, divide(square, ofInteger(2 * i * (2 * i + 1)), fine), fine))), ONE, scale);
}

export function* cosine(x: Decimal, scale: number): Task<Decimal> {
  const fine = Math.floor((12 * scale) / 10);
  return divide(yield* sine(add(x, multiply(yield* arcTangent(ONE, fine), TWO, fine)), fine), ONE, scale);
}

/** Bessel's function of the first kind of a whole order. */
export function* bessel(order: Decimal, x: Decimal, scale: number): Task<Decimal> {
  const pace = new Pace();
  const given = rescale(order, 0).digits;
  const n = given < 0n ? -given : given;
  let factorial = 1n;
  for (let i = 2n; i <= n; i++) {
    yield* pace.turn();
    factorial *= i;
  }
  const base = Math.floor(1.5 * scale);
  const first = divide(divide(power(x, ofInteger(n), base), power(TWO, ofInteger(n), base), base), ofInteger(factorial), base);
  const square = divide(negate(multiply(x, x, base)), FOUR, base);
  const fine = base + lengthOf(first) - first.scale;
  let term = ONE;
  const sum = yield* series(ONE, (i) => (term = divide(divide(multiply(term, square, fine), ofInteger(i), fine), ofInteger(n + BigInt(i)), fine)));
  const value = multiply(first, sum, scale);
  return divide(given < 0n && n % 2n === 1n ? negate(value) : value, ONE, scale);
}

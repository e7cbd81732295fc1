// jq's mathematical functions: those of C's libm.
import { typeError } from './arithmetic.js';
import { isNumber, type Value } from './value.js';

/** Lanczos' approximation, g = 7, n = 9. */
const LANCZOS = [0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7];

function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - logGamma(1 - x);
  const z = x - 1;
  const t = z + 7.5;
  const sum = LANCZOS.reduce((total, c, i) => (i === 0 ? c : total + c / (z + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

function gammaOf(x: number): number {
  if (Number.isInteger(x) && x > 0 && x < 171) {
    let product = 1;
    for (let i = 2; i < x; i++) product *= i;
    return product;
  }
  if (x < 0.5) return Math.PI / (Math.sin(Math.PI * x) * gammaOf(1 - x));
  return Math.exp(logGamma(x));
}

/** x = mantissa * 2^exponent with 0.5 <= |mantissa| < 1. */
export function frexp(x: number): [number, number] {
  if (x === 0 || !Number.isFinite(x)) return [x, 0];
  let exponent = Math.max(-1023, Math.floor(Math.log2(Math.abs(x))) + 1);
  let mantissa = x * 2 ** -exponent;
  while (Math.abs(mantissa) < 0.5) {
    mantissa *= 2;
    exponent--;
  }
  while (Math.abs(mantissa) >= 1) {
    mantissa /= 2;
    exponent++;
  }
  return [mantissa, exponent];
}

/** Half goes to the even neighbour. */
function toEven(x: number): number {
  const floor = Math.floor(x);
  const half = x - floor;
  if (half !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

function remainder(x: number, y: number): number {
  return x - toEven(x / y) * y;
}

function scale(x: number, exponent: number): number {
  if (exponent > 1000) return x * 2 ** 1000 * 2 ** (exponent - 1000);
  return exponent < -1000 ? x * 2 ** -1000 * 2 ** (exponent + 1000) : x * 2 ** exponent;
}

function nextAfter(x: number, y: number): number {
  if (x === y || Number.isNaN(x) || Number.isNaN(y)) return x === y ? y : NaN;
  if (x === 0) return y > 0 ? Number.MIN_VALUE : -Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  view.setBigInt64(0, view.getBigInt64(0) + ((y > x) === (x > 0) ? 1n : -1n));
  return view.getFloat64(0);
}

const ONE: Readonly<Record<string, (x: number) => number>> = {
  acos: Math.acos, acosh: Math.acosh, asin: Math.asin, asinh: Math.asinh, atan: Math.atan, atanh: Math.atanh, cbrt: Math.cbrt, ceil: Math.ceil, cos: Math.cos, cosh: Math.cosh,
  exp: Math.exp, exp10: (x) => 10 ** x, exp2: (x) => 2 ** x, expm1: Math.expm1, fabs: Math.abs, floor: Math.floor, gamma: logGamma, lgamma: logGamma,
  log: Math.log, log10: Math.log10, log1p: Math.log1p, log2: Math.log2, logb: (x) => (x === 0 ? -Infinity : frexp(x)[1] - 1), nearbyint: toEven, pow10: (x) => 10 ** x, rint: toEven,
  round: (x) => Math.sign(x) * Math.round(Math.abs(x)), significand: (x) => (x === 0 || !Number.isFinite(x) ? x : frexp(x)[0] * 2), sin: Math.sin, sinh: Math.sinh, sqrt: Math.sqrt, tan: Math.tan, tanh: Math.tanh,
  tgamma: gammaOf, trunc: Math.trunc,
};

const TWO: Readonly<Record<string, (x: number, y: number) => number>> = {
  atan2: Math.atan2, copysign: (x, y) => (Object.is(Math.sign(y), -0) || y < 0 ? -Math.abs(x) : Math.abs(x)), drem: remainder, fdim: (x, y) => Math.max(x - y, 0), fmax: Math.max, fmin: Math.min, fmod: (x, y) => x % y,
  hypot: Math.hypot, ldexp: scale, nextafter: nextAfter, nexttoward: nextAfter, pow: (x, y) => (x === 1 ? 1 : x ** y), remainder, scalb: scale, scalbln: scale,
};

function number(value: Value): number {
  if (!isNumber(value)) throw typeError(value, 'number required');
  return value;
}

export const mathNatives: Record<string, (input: Value, args: readonly Value[]) => Value> = {
  'fma/3': (_, [x, y, z]) => number(x!) * number(y!) + number(z!),
  'frexp/0': (input) => frexp(number(input)),
  'lgamma_r/0': (input) => [logGamma(number(input)), gammaOf(number(input)) < 0 ? -1 : 1],
  'modf/0': (input) => {
    const x = number(input);
    return Number.isFinite(x) ? [x - Math.trunc(x), Math.trunc(x)] : [0, x];
  },
  'infinite/0': () => Infinity,
  'nan/0': () => NaN,
  'isinfinite/0': (input) => !Number.isFinite(number(input)) && !Number.isNaN(input),
  'isnan/0': (input) => Number.isNaN(number(input)),
  'isnormal/0': (input) => Number.isFinite(number(input)) && Math.abs(input as number) >= 2.2250738585072014e-308,
};
for (const [name, operation] of Object.entries(ONE)) mathNatives[`${name}/0`] = (input) => operation(number(input));
for (const [name, operation] of Object.entries(TWO)) mathNatives[`${name}/2`] = (_, [x, y]) => operation(number(x!), number(y!));

// factor: the prime factors of numbers.
import type { Main } from '../kernel/program.js';
import type { Task } from '../kernel/wait.js';
import { command, complain, parseOptions } from '../programs/stdio.js';
import { Pace, TextLines } from './text-input.js';

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** Miller and Rabin's test; with these bases certain below 3.3e24. */
function isPrime(number: bigint): boolean {
  const bases = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n, 41n];
  if (number < 2n) return false;
  for (const base of bases) if (number % base === 0n) return number === base;
  let odd = number - 1n;
  let twos = 0;
  for (; (odd & 1n) === 0n; odd >>= 1n) twos++;
  return bases.every((base) => {
    let value = power(base, odd, number);
    if (value === 1n || value === number - 1n) return true;
    for (let i = 1; i < twos; i++) {
      value = (value * value) % number;
      if (value === number - 1n) return true;
    }
    return false;
  });
}

function divisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** Pollard's rho. */
function* findFactor(number: bigint, pace: Pace): Task<bigint> {
  for (let c = 1n; ; c++) {
    let [slow, fast, found] = [2n, 2n, 1n];
    for (let turn = 0; found === 1n; turn++) {
      slow = (slow * slow + c) % number;
      fast = (fast * fast + c) % number;
      fast = (fast * fast + c) % number;
      found = divisor(slow > fast ? slow - fast : fast - slow, number);
      if ((turn & 1023) === 0) yield* pace.turn();
    }
    if (found !== number) return found;
  }
}

function* factors(number: bigint, pace: Pace): Task<bigint[]> {
  const found: bigint[] = [];
  let rest = number;
  for (let small = 2n; small < 1000n && small * small <= rest; small += small === 2n ? 1n : 2n) {
    for (; rest % small === 0n; rest /= small) found.push(small);
  }
  const pending = rest > 1n ? [rest] : [];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (isPrime(next)) found.push(next);
    else {
      const part = yield* findFactor(next, pace);
      pending.push(part, next / part);
    }
  }
  return found.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

export const factor: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'h', { exponents: 'no' });
  const pace = new Pace();
  let failed = false;
  const show = function* (word: string): Task {
    if (!/^\s*\+?\d+$/.test(word)) {
      failed = true;
      yield* output.flush();
      return yield* complain(process, `'${word}' is not a valid positive integer`);
    }
    const number = BigInt(word.trim().replace('+', ''));
    const list = yield* factors(number, pace);
    if (options.has('h', 'exponents')) {
      const counts = new Map<bigint, number>();
      for (const prime of list) counts.set(prime, (counts.get(prime) ?? 0) + 1);
      output.print(`${number}:${[...counts].map(([prime, count]) => ` ${prime}${count > 1 ? `^${count}` : ''}`).join('')}\n`);
    } else {
      output.print(`${number}:${list.map((prime) => ` ${prime}`).join('')}\n`);
    }
    if (output.isFull) yield* output.flush();
  };
  for (const operand of options.operands) yield* show(operand);
  if (options.operands.length > 0) return failed ? 1 : 0;
  const lines = new TextLines(process, 0, output);
  for (let line = yield* lines.next(); line !== undefined; line = yield* lines.next()) {
    for (const word of line.split(/\s+/)) if (word !== '') yield* show(word);
  }
  return failed ? 1 : 0;
});

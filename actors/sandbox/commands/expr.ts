// expr: evaluates an expression given word by word.
import type { Main } from '../kernel/program.js';
import { command, UsageError, usageError } from '../programs/stdio.js';
import { compileRegex, RegexSyntaxError } from '../regex/posix-regex.js';

class Expression {
  readonly #words: readonly string[];
  #at = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  evaluate(): string {
    if (this.#words.length === 0) throw usageError(['expr'], 'missing operand', 2);
    const value = this.#or(true);
    if (this.#at < this.#words.length) throw new UsageError(`syntax error: unexpected argument '${this.#words[this.#at]!}'`, 2);
    return value;
  }

  #accept(...operators: string[]): string | undefined {
    const word = this.#words[this.#at];
    if (word === undefined || !operators.includes(word)) return undefined;
    this.#at++;
    return word;
  }

  /** `computes` is false where the result is not wanted: `|` and `&` do not look at their right side then. */
  #or(computes: boolean): string {
    let left = this.#and(computes);
    while (this.#accept('|')) {
      const right = this.#and(computes && isNull(left));
      if (isNull(left)) left = isNull(right) ? '0' : right;
    }
    return left;
  }

  #and(computes: boolean): string {
    let left = this.#comparison(computes);
    while (this.#accept('&')) {
      const right = this.#comparison(computes && !isNull(left));
      if (isNull(left) || isNull(right)) left = '0';
    }
    return left;
  }

  #comparison(computes: boolean): string {
    let left = this.#sum(computes);
    for (let operator = this.#accept('<', '<=', '=', '==', '!=', '>=', '>'); operator; operator = this.#accept('<', '<=', '=', '==', '!=', '>=', '>')) {
      const right = this.#sum(computes);
      const [a, b] = isInteger(left) && isInteger(right) ? [BigInt(left), BigInt(right)] : [left, right];
      const results: Readonly<Record<string, boolean>> = { '<': a < b, '<=': a <= b, '=': a === b, '==': a === b, '!=': a !== b, '>=': a >= b, '>': a > b };
      left = results[operator] === true ? '1' : '0';
    }
    return left;
  }

  #sum(computes: boolean): string {
    let left = this.#product(computes);
    for (let operator = this.#accept('+', '-'); operator; operator = this.#accept('+', '-')) {
      const right = this.#product(computes);
      if (computes) left = String(operator === '+' ? integer(left) + integer(right) : integer(left) - integer(right));
    }
    return left;
  }

  #product(computes: boolean): string {
    let left = this.#match(computes);
    for (let operator = this.#accept('*', '/', '%'); operator; operator = this.#accept('*', '/', '%')) {
      const right = this.#match(computes);
      if (!computes) continue;
      const [a, b] = [integer(left), integer(right)];
      if (operator !== '*' && b === 0n) throw new UsageError('division by zero', 2);
      left = String(operator === '*' ? a * b : operator === '/' ? a / b : a % b);
    }
    return left;
  }

  #match(computes: boolean): string {
    let left = this.#primary(computes);
    while (this.#accept(':')) left = matched(left, this.#primary(computes));
    return left;
  }

  #operand(): string {
    const word = this.#words[this.#at];
    if (word === undefined) throw new UsageError(`syntax error: missing argument after '${this.#words[this.#at - 1]!}'`, 2);
    this.#at++;
    return word;
  }

  #primary(computes: boolean): string {
    const word = this.#operand();
    if (word === '+') return this.#operand();
    if (word === '(') {
      const value = this.#or(computes);
      if (this.#accept(')')) return value;
      const last = this.#words[this.#at];
      throw new UsageError(last === undefined ? `syntax error: expecting ')' after '${this.#words.at(-1)!}'` : `syntax error: expecting ')' instead of '${last}'`, 2);
    }
    if (word === ')') throw new UsageError("syntax error: unexpected ')'", 2);
    if (this.#at >= this.#words.length) return word;
    if (word === 'length') return String([...this.#primary(computes)].length);
    if (word === 'match') return matched(this.#primary(computes), this.#primary(computes));
    if (word === 'index') {
      const text = [...this.#primary(computes)];
      const set = this.#primary(computes);
      return String(text.findIndex((character) => set.includes(character)) + 1);
    }
    if (word === 'substr') {
      const text = [...this.#primary(computes)];
      const [from, length] = [this.#primary(computes), this.#primary(computes)];
      if (!isInteger(from) || !isInteger(length) || Number(from) < 1 || Number(length) < 1) return '';
      return text.slice(Number(from) - 1, Number(from) - 1 + Number(length)).join('');
    }
    return word;
  }
}

function isInteger(text: string): boolean {
  return /^-?\d+$/.test(text);
}

function integer(text: string): bigint {
  if (!isInteger(text)) throw new UsageError('non-integer argument', 2);
  return BigInt(text);
}

function isNull(text: string): boolean {
  return text === '' || /^-?0+$/.test(text);
}

/** The length of what matches at the beginning, or the text of the first group. */
function matched(text: string, pattern: string): string {
  try {
    const regex = compileRegex(pattern.startsWith('^') ? pattern : `^${pattern.startsWith('*') ? '\\' : ''}${pattern}`, { extended: false });
    const match = regex.exec(text);
    if (regex.groups > 0) return match?.[1] ?? '';
    return String(match ? [...match[0]].length : 0);
  } catch (error) {
    if (error instanceof RegexSyntaxError) throw new UsageError(error.message, 2);
    throw error;
  }
}

export const expr: Main = command(function* (process, output) {
  const words = process.argv[1] === '--' ? process.argv.slice(2) : process.argv.slice(1);
  const value = new Expression(words).evaluate();
  output.print(`${value}\n`);
  yield* output.flush();
  return isNull(value) ? 1 : 0;
});

// dash's test and [: one grammar for any number of arguments, in which an operator before the last word is an operand.
import type { Builtin } from '../../parts.js';
import type { Shell } from '../../shell.js';
import { FILE_OPERATORS, fileTest, compareFiles } from '../../test-primaries.js';
import { giveUp } from '../output.js';

type Kind = 'unary' | 'binary' | 'not' | 'and' | 'or' | 'open' | 'close' | 'operand' | 'end';

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ...['-r', '-w', '-x', '-e', '-f', '-d', '-c', '-b', '-p', '-u', '-g', '-k', '-s', '-t', '-z', '-n', '-h', '-O', '-G', '-L', '-S'].map((word) => [word, 'unary'] as const),
  ...['=', '!=', '<', '>', '-eq', '-ne', '-ge', '-gt', '-le', '-lt', '-nt', '-ot', '-ef'].map((word) => [word, 'binary'] as const),
  ['!', 'not'], ['-a', 'and'], ['-o', 'or'], ['(', 'open'], [')', 'close'],
]);
const SMALL_INTEGER = /^-?\d{1,15}$/;

class Expression {
  readonly #shell: Shell;
  readonly #name: string;
  readonly #words: readonly string[];
  #at = 0;

  constructor(shell: Shell, name: string, words: readonly string[]) {
    this.#shell = shell;
    this.#name = name;
    this.#words = words;
  }

  /** The answer, the first word being of that kind. */
  answer(first: Kind): boolean {
    const result = this.#or(first);
    const word = this.#words[this.#at];
    if (word !== undefined && this.#words[this.#at + 1] !== undefined) this.#fail(`${word === '' ? '' : `${word}: `}unexpected operator`);
    return result;
  }

  kindAt(at: number): Kind {
    const word = this.#words[at];
    if (word === undefined) return 'end';
    const kind = KINDS.get(word);
    if (kind === undefined || (kind === 'unary' && this.#isOperand(at)) || (kind === 'open' && this.#words[at + 1] === undefined)) return 'operand';
    return kind;
  }

  /** A unary operator with nothing behind it, or before a binary one, is a text. */
  #isOperand(at: number): boolean {
    const next = this.#words[at + 1];
    if (next === undefined) return true;
    return this.#words[at + 2] !== undefined && KINDS.get(next) === 'binary';
  }

  #fail(message: string): never {
    return giveUp(this.#shell, this.#name, message);
  }

  /** A primary ends on its last word, so that what follows it is one further. */
  #or(first: Kind): boolean {
    let result = false;
    for (let kind = first; ; kind = this.kindAt(this.#at)) {
      if (this.#and(kind)) result = true;
      if (this.kindAt(this.#at + 1) !== 'or') return result;
      this.#at += 2;
    }
  }

  #and(first: Kind): boolean {
    let result = true;
    for (let kind = first; ; kind = this.kindAt(this.#at)) {
      if (!this.#not(kind)) result = false;
      if (this.kindAt(this.#at + 1) !== 'and') return result;
      this.#at += 2;
    }
  }

  #not(kind: Kind): boolean {
    if (kind !== 'not') return this.#primary(kind);
    const next = this.kindAt(this.#at + 1);
    if (next !== 'end') this.#at++;
    return !this.#not(next);
  }

  #primary(kind: Kind): boolean {
    if (kind === 'end') return false;
    const word = this.#words[this.#at]!;
    if (kind === 'open') {
      const inner = this.kindAt(++this.#at);
      if (inner === 'close') return false;
      const result = this.#or(inner);
      if (this.kindAt(++this.#at) !== 'close') this.#fail('closing paren expected');
      return result;
    }
    if (kind === 'unary') return this.#unary(word, this.#words[++this.#at]!);
    if (this.kindAt(this.#at + 1) === 'binary') return this.#binary(word);
    return word !== '';
  }

  #unary(operator: string, operand: string): boolean {
    if (operator === '-z') return operand === '';
    if (operator === '-n') return operand !== '';
    if (operator === '-t') return this.#shell.process.descriptors.find(Number(this.#integer(operand)))?.isTerminal ?? false;
    return FILE_OPERATORS.has(operator) && fileTest(this.#shell, operator, operand);
  }

  #binary(left: string): boolean {
    const operator = this.#words[this.#at + 1]!;
    this.#at += 2;
    const right = this.#words[this.#at];
    if (right === undefined) return this.#fail(`${operator}: argument expected`);
    switch (operator) {
      case '=':
        return left === right;
      case '!=':
        return left !== right;
      case '<':
        return left < right;
      case '>':
        return left > right;
      case '-nt':
      case '-ot':
      case '-ef':
        return compareFiles(this.#shell, left, operator, right);
    }
    const isSmall = SMALL_INTEGER.test(left) && SMALL_INTEGER.test(right);
    const a = isSmall ? Number(left) : this.#integer(left);
    const b = isSmall ? Number(right) : this.#integer(right);
    return operator === '-eq' ? a === b : operator === '-ne' ? a !== b : operator === '-lt' ? a < b : operator === '-le' ? a <= b : operator === '-gt' ? a > b : a >= b;
  }

  #integer(text: string): bigint {
    if (!/^\s*[-+]?\d+\s*$/.test(text)) return this.#fail(`Illegal number: ${text}`);
    const value = BigInt(text.trim().replace(/^\+/, ''));
    return BigInt.asIntN(64, value) === value ? value : this.#fail(`Illegal number: ${text}`);
  }
}

/** POSIX's rules for three and four words go before the grammar; several `!` in front count as one there. */
function answer(shell: Shell, name: string, given: readonly string[]): number {
  let words = given;
  let negated = false;
  const isComparison = (): boolean => words.length === 3 && KINDS.get(words[1]!) === 'binary';
  while ((words.length === 3 || words.length === 4) && words[0] === '!' && !isComparison()) {
    negated = true;
    words = words.slice(1);
  }
  if (words.length === 0) return 1;
  const compares = isComparison();
  if ((words.length === 3 || words.length === 4) && !compares && words[0] === '(' && words.at(-1) === ')') words = words.slice(1, -1);
  const expression = new Expression(shell, name, words);
  return expression.answer(compares ? 'operand' : expression.kindAt(0)) === negated ? 1 : 0;
}

export const test: Builtin = (shell, argv) => answer(shell, 'test', argv.slice(1));

export const bracket: Builtin = (shell, argv) => {
  if (argv.at(-1) !== ']' || argv.length < 2) return giveUp(shell, '[', 'missing ]');
  return answer(shell, '[', argv.slice(1, -1));
};

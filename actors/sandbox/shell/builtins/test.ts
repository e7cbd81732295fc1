// test and [: POSIX's rules by the number of arguments, then the old grammar with -a, -o and parentheses.
import type { Builtin } from '../parts.js';
import type { Shell } from '../shell.js';
import { compareFiles, FILE_OPERATORS, fileTest, isVariableSet, optionTest } from '../test-primaries.js';
import { fail } from './output.js';

class TestError extends Error {}

const INTEGER = /^\s*[-+]?\d+\s*$/;
const SMALL_INTEGER = /^-?\d{1,15}$/;
const NUMERIC = new Set(['-eq', '-ne', '-lt', '-le', '-gt', '-ge']);
const BINARY = new Set(['=', '==', '!=', '<', '>', '-nt', '-ot', '-ef', ...NUMERIC]);

function integer(text: string): bigint {
  if (!INTEGER.test(text)) throw new TestError(`${text}: integer expression expected`);
  return BigInt(text.trim().replace(/^\+/, ''));
}

/** The value of the integers that scripts compare, as a number; undefined for longer ones and for what is none. */
function smallInteger(text: string): number | undefined {
  return SMALL_INTEGER.test(text) ? Number(text) : undefined;
}

function isUnary(operator: string): boolean {
  return FILE_OPERATORS.has(operator) || ['-n', '-z', '-t', '-v', '-o', '-R'].includes(operator);
}

function unary(shell: Shell, operator: string, operand: string): boolean {
  switch (operator) {
    case '-n':
      return operand !== '';
    case '-z':
      return operand === '';
    case '-t':
      return isTerminal(shell, operand);
    case '-v':
      return isVariableSet(shell, operand);
    case '-R':
      return shell.variables.binding(operand)?.has(32) ?? false;
    case '-o':
      return optionTest(shell, operand);
    default:
      return fileTest(shell, operator, operand);
  }
}

/** To bash, what is no number is no terminal. */
function isTerminal(shell: Shell, operand: string): boolean {
  if (shell.isBash && !INTEGER.test(operand)) return false;
  return shell.process.descriptors.find(Number(integer(operand)))?.isTerminal ?? false;
}

function binary(shell: Shell, left: string, operator: string, right: string): boolean {
  switch (operator) {
    case '=':
    case '==':
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
      return compareFiles(shell, left, operator, right);
    default: {
      const small = smallInteger(left);
      const smallToo = smallInteger(right);
      const isSmall = small !== undefined && smallToo !== undefined;
      const a = isSmall ? small : integer(left);
      const b = isSmall ? smallToo : integer(right);
      return operator === '-eq' ? a === b : operator === '-ne' ? a !== b : operator === '-lt' ? a < b : operator === '-le' ? a <= b : operator === '-gt' ? a > b : a >= b;
    }
  }
}

/** The answer for `words` (without the command's name and `]`); TestError for what makes no sense. */
function evaluate(shell: Shell, words: readonly string[], terminator?: string): boolean {
  const [a = '', b = '', c = '', d = ''] = words;
  switch (words.length) {
    case 0:
      return false;
    case 1:
      return a !== '';
    case 2:
      if (a === '!') return b === '';
      if (isUnary(a)) return unary(shell, a, b);
      throw new TestError(`${a}: unary operator expected`);
    case 3:
      if (BINARY.has(b)) return binary(shell, a, b, c);
      if (b === '-a') return a !== '' && c !== '';
      if (b === '-o') return a !== '' || c !== '';
      if (a === '!') return !evaluate(shell, [b, c], terminator);
      if (a === '(' && c === ')') return b !== '';
      throw new TestError(`${b}: binary operator expected`);
    case 4:
      if (a === '!') return !evaluate(shell, [b, c, d], terminator);
      if (a === '(' && d === ')') return evaluate(shell, [b, c], terminator);
  }
  return new Grammar(shell, words, terminator).whole();
}

/** expr: and ('-o' and)*, and: not ('-a' not)*. */
class Grammar {
  readonly #shell: Shell;
  readonly #words: readonly string[];
  /** What stands behind the words: the `]` of `[`. */
  readonly #terminator: string | undefined;
  #at = 0;

  constructor(shell: Shell, words: readonly string[], terminator: string | undefined) {
    this.#shell = shell;
    this.#words = words;
    this.#terminator = terminator;
  }

  whole(): boolean {
    const result = this.#or();
    const rest = this.#words[this.#at];
    if (rest !== undefined) throw new TestError(rest.startsWith('-') && this.#shell.isBash ? `syntax error: \`${rest}' unexpected` : 'too many arguments');
    return result;
  }

  #or(): boolean {
    let result = this.#and();
    while (this.#words[this.#at] === '-o') {
      this.#at++;
      const right = this.#and();
      result ||= right;
    }
    return result;
  }

  #and(): boolean {
    let result = this.#not();
    while (this.#words[this.#at] === '-a') {
      this.#at++;
      const right = this.#not();
      result &&= right;
    }
    return result;
  }

  #not(): boolean {
    if (this.#words[this.#at] === '!') {
      this.#at++;
      return !this.#not();
    }
    return this.#primary();
  }

  #primary(): boolean {
    const word = this.#words[this.#at];
    if (word === undefined) throw new TestError('argument expected');
    const next = this.#words[this.#at + 1];
    const isComparison = next !== undefined && BINARY.has(next) && this.#at + 2 < this.#words.length;
    // bash takes a parenthesis for one wherever a primary may begin.
    if (word === '(' && (this.#shell.isBash || !isComparison)) return this.#group();
    if (isComparison) {
      this.#at += 3;
      return binary(this.#shell, word, next, this.#words[this.#at - 1]!);
    }
    if (isUnary(word) && next !== undefined) {
      this.#at += 2;
      return unary(this.#shell, word, next);
    }
    this.#at++;
    return word !== '';
  }

  #group(): boolean {
    this.#at++;
    const result = this.#or();
    const close = this.#words[this.#at] ?? this.#terminator;
    if (close !== ')') throw new TestError(`\`)' expected${close === undefined || !this.#shell.isBash ? '' : `, found ${close}`}`);
    this.#at++;
    return result;
  }
}

function answer(shell: Shell, name: string, words: readonly string[]): number {
  try {
    return evaluate(shell, words, name === '[' ? ']' : undefined) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TestError)) throw error;
    return fail(shell, name, shell.isBash ? error.message : error.message.replace(/^(.*): integer expression expected$/, shell.dialect === 'ash' ? '$1: bad number' : 'Illegal number: $1'), 2);
  }
}

export const testBuiltin: Builtin = (shell, argv) => answer(shell, 'test', argv.slice(1));

export const bracketBuiltin: Builtin = (shell, argv) => {
  if (argv.at(-1) !== ']' || argv.length < 2) return fail(shell, '[', shell.isBash ? "missing `]'" : 'missing ]', 2);
  return answer(shell, '[', argv.slice(1, -1));
};

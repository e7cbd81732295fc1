// Parses arithmetic (bash, "Shell Arithmetic"; C's operators and precedence) to an Expression.
import type { BinaryOperator, Dialect, Expression, Subscript, Unreadable } from './ast.js';
import { parseConstant, posixInteger } from './constant.js';
import { ArithmeticError } from './arithmetic-error.js';

export { ArithmeticError } from './arithmetic-error.js';

/** What parsing needs from outside. */
export interface ArithmeticHooks {
  readonly dialect: Dialect;
  /** The text between `[` and `]`. */
  subscript(text: string): Subscript;
  /** At `$`: the slot of the parameter there and where it ends; undefined (or no hook) when `$` has no business here. */
  dollar?(text: string, pos: number): { readonly slot: number; readonly end: number } | undefined;
}

const DEPTH_MAX = 400;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /[0-9][0-9A-Za-z_#@]*/y;
const OPERATOR = /<<=|>>=|\*\*|<<|>>|<=|>=|==|!=|&&|\|\||\+\+|--|[-+*/%&|^]=|[-+*/%&|^<>=!~?:,()]/y;
const POSIX_NUMBER = /0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*/y;
const POSIX_OPERATOR = /<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[-+*/%&|^<>=!~?:()]/y;
const ASSIGN = /^(?:[-+*/%&|^]|<<|>>)?=$/;

/** Binary operators by how tightly they bind; `**` and assignments apart. */
const TIGHTNESS: Readonly<Record<string, number>> = {
  '||': 1, '&&': 2, '|': 3, '^': 4, '&': 5, '==': 6, '!=': 6, '<': 7, '>': 7, '<=': 7, '>=': 7, '<<': 8, '>>': 8, '+': 9, '-': 9, '*': 10, '/': 10, '%': 10,
};

/**
 * Parses a whole expression. Empty text is 0. What is wrong, in bash's words, becomes a part of the expression: as bash evaluates while it
 * reads, what stands before the error has been done when it is met.
 */
export function parseExpression(text: string, hooks: ArithmeticHooks): Expression {
  return new ExpressionParser(text, hooks).whole();
}

class ExpressionParser {
  readonly #text: string;
  readonly #hooks: ArithmeticHooks;
  /** dash: only what POSIX has; no `++`, `**`, commas, subscripts, bases. */
  readonly #isPosix: boolean;
  #pos = 0;
  /** The current token: an operator, 'operand', or '' at the end. */
  #token = '';
  #operand: Expression | undefined;
  /** Where the last token that was not the end began: bash's "error token". */
  #tokenStart = 0;
  #depth = 0;
  /** After it nothing more is read. */
  #failure: Unreadable | undefined;

  constructor(text: string, hooks: ArithmeticHooks) {
    this.#text = text;
    this.#hooks = hooks;
    this.#isPosix = hooks.dialect === 'dash';
  }

  whole(): Expression {
    this.#advance();
    if (this.#token === '' && this.#failure === undefined && !this.#isPosix) return { type: 'number', value: 0 };
    const expression = this.#comma();
    if (this.#token !== '') this.#fail('syntax error in expression');
    return this.#failure === undefined ? expression : { type: 'comma', left: expression, right: this.#failure };
  }

  /** The current token; a call, because narrowing does not see that `#advance` changes it. */
  #now(): string {
    return this.#token;
  }

  #fail(problem: string, token = this.#text.slice(this.#tokenStart)): Unreadable {
    return this.#failWith(new ArithmeticError(this.#text, problem, token));
  }

  #failWith(error: ArithmeticError): Unreadable {
    this.#failure ??= { type: 'unreadable', error };
    this.#token = '';
    return this.#failure;
  }

  #skipBlanks(from: number): number {
    let at = from;
    while (at < this.#text.length && ' \t\n'.includes(this.#text[at]!)) at++;
    return at;
  }

  #advance(): void {
    const text = this.#text;
    const previous = this.#operand;
    this.#operand = undefined;
    this.#pos = this.#skipBlanks(this.#pos);
    if (this.#pos >= text.length || this.#failure !== undefined) {
      this.#token = '';
      return;
    }
    this.#tokenStart = this.#pos;
    const operators = this.#isPosix ? POSIX_OPERATOR : OPERATOR;
    operators.lastIndex = this.#pos;
    const operator = operators.exec(text)?.[0];
    if (operator === undefined) {
      this.#operand = this.#readOperand();
      this.#token = this.#failure === undefined ? 'operand' : '';
      return;
    }
    this.#token = operator;
    // `--1` is two minus signs: `++` and `--` are updates only beside a variable.
    if (operator === '++' || operator === '--') {
      const next = text[this.#skipBlanks(this.#pos + 2)] ?? '';
      if (previous?.type !== 'variable' && !/[A-Za-z_]/.test(next)) this.#token = operator[0]!;
    }
    this.#pos += this.#token.length;
  }

  #readOperand(): Expression {
    const text = this.#text;
    const at = this.#pos;
    const numbers = this.#isPosix ? POSIX_NUMBER : NUMBER;
    numbers.lastIndex = at;
    const number = numbers.exec(text)?.[0];
    if (number !== undefined && this.#isPosix) {
      this.#pos += number.length;
      return { type: 'number', value: posixInteger(number) };
    }
    if (number !== undefined) {
      this.#pos += number.length;
      try {
        return { type: 'number', value: parseConstant(number, text.slice(0, this.#pos), this.#hooks.dialect) };
      } catch (error) {
        if (!(error instanceof ArithmeticError)) throw error;
        return this.#failWith(error);
      }
    }
    NAME.lastIndex = at;
    const name = NAME.exec(text)?.[0];
    if (name !== undefined) {
      this.#pos += name.length;
      const index = text[this.#pos] === '[' && !this.#isPosix ? this.#readIndex() : undefined;
      return this.#failure ?? { type: 'variable', name, index };
    }
    if (text[at] === '$' && this.#hooks.dollar !== undefined) return this.#readDollar(at);
    return this.#fail(this.#token === 'operand' ? 'syntax error: invalid arithmetic operator' : 'syntax error: operand expected');
  }

  #readDollar(at: number): Expression {
    const before = this.#text[at - 1] ?? ' ';
    const found = this.#hooks.dollar!(this.#text, at);
    // `1$x` and `x$y` are one token after expansion.
    if (found === undefined || /[\w$#@\]]/.test(before) || /[\w$#@[]/.test(this.#text[found.end] ?? ' ')) return this.#fail('syntax error: operand expected');
    this.#pos = found.end;
    return { type: 'dollar', slot: found.slot };
  }

  #readIndex(): Subscript | undefined {
    const end = closingBracket(this.#text, this.#pos);
    const inside = end < 0 ? '' : this.#text.slice(this.#pos + 1, end);
    if (inside === '') {
      this.#fail('bad array subscript');
      return undefined;
    }
    this.#pos = end + 1;
    return this.#hooks.subscript(inside);
  }

  #comma(): Expression {
    if (++this.#depth > DEPTH_MAX) return this.#fail('expression recursion level exceeded');
    let left = this.#assignment();
    while (this.#token === ',') {
      this.#advance();
      left = { type: 'comma', left, right: this.#assignment() };
    }
    this.#depth--;
    return left;
  }

  #assignment(): Expression {
    const left = this.#conditional();
    if (!ASSIGN.test(this.#token)) return left;
    if (left.type !== 'variable') return { type: 'comma', left, right: this.#fail('attempted assignment to non-variable') };
    const operator = this.#token === '=' ? undefined : (this.#token.slice(0, -1) as BinaryOperator);
    this.#advance();
    if (this.#now() === '' && this.#failure === undefined) return this.#fail('syntax error: operand expected');
    const rest = this.#text.slice(this.#tokenStart);
    const value = this.#assignment();
    // The token behind the value is read before the value is assigned.
    return { type: 'assign', operator, target: left, value: this.#failure === undefined ? value : { type: 'comma', left: value, right: this.#failure }, rest };
  }

  #conditional(): Expression {
    const test = this.#binary(1);
    if (this.#token !== '?') return test;
    this.#advance();
    if (this.#now() === '' || this.#now() === ':') return { type: 'comma', left: test, right: this.#fail('expression expected') };
    const yes = this.#comma();
    const only: Expression = { type: 'conditional', test, yes, no: { type: 'number', value: 0 } };
    if (this.#now() !== ':') return { type: 'comma', left: only, right: this.#fail("`:' expected for conditional expression") };
    this.#advance();
    if (this.#now() === '') return { type: 'comma', left: only, right: this.#fail('expression expected') };
    if (++this.#depth > DEPTH_MAX) return this.#fail('expression recursion level exceeded');
    const no = this.#conditional();
    this.#depth--;
    return { type: 'conditional', test, yes, no };
  }

  #binary(tightness: number): Expression {
    let left = this.#power();
    for (;;) {
      const operator = this.#token;
      const here = TIGHTNESS[operator] ?? 0;
      if (here < tightness) return left;
      this.#advance();
      const rest = this.#text.slice(this.#tokenStart);
      const right = this.#binary(here + 1);
      if (operator === '&&' || operator === '||') left = { type: 'logical', operator, left, right };
      else left = { type: 'binary', operator: operator as BinaryOperator, left, right, rest };
    }
  }

  #power(): Expression {
    const left = this.#unary();
    if (this.#token !== '**') return left;
    this.#advance();
    if (++this.#depth > DEPTH_MAX) return this.#fail('expression recursion level exceeded');
    const right = this.#power();
    this.#depth--;
    const rest = this.#text.slice(this.#tokenStart);
    return { type: 'binary', operator: '**', left, right, rest };
  }

  #unary(): Expression {
    const operator = this.#token;
    if (operator === '!' || operator === '~' || operator === '-' || operator === '+') {
      if (++this.#depth > DEPTH_MAX) return this.#fail('expression recursion level exceeded');
      this.#advance();
      const operand = this.#unary();
      this.#depth--;
      return { type: 'unary', operator, operand };
    }
    if (operator === '++' || operator === '--') {
      this.#advance();
      const target = this.#operand;
      if (target?.type !== 'variable') return this.#fail('syntax error: operand expected');
      this.#advance();
      return { type: 'update', operator, prefix: true, target };
    }
    return this.#primary();
  }

  #primary(): Expression {
    if (this.#token === '(') {
      this.#advance();
      const inner = this.#comma();
      if (this.#now() !== ')') return { type: 'comma', left: inner, right: this.#fail("missing `)'") };
      this.#advance();
      // In parentheses a variable is a value.
      return inner.type === 'variable' ? { type: 'unary', operator: '+', operand: inner } : inner;
    }
    const operand = this.#operand;
    if (operand === undefined) return this.#fail('syntax error: operand expected');
    this.#advance();
    // A variable is looked up when the token behind it has been read.
    if (operand.type === 'variable' && this.#failure !== undefined) return this.#failure;
    if (operand.type === 'variable' && (this.#token === '++' || this.#token === '--')) {
      const operator = this.#token;
      this.#advance();
      return { type: 'update', operator, prefix: false, target: operand };
    }
    return operand;
  }
}

/** The `]` that closes the `[` at `open`, past quotes, backslashes and inner pairs; -1 when there is none, or not before `stop` (a `)` without its `(`). */
export function closingBracket(text: string, open: number, stop = ''): number {
  let depth = 0;
  let round = 0;
  for (let at = open; at < text.length; at++) {
    const char = text[at];
    if (char === '(') round++;
    else if (char === ')' && round > 0) round--;
    else if (char === stop && char !== ']') return -1;
    if (char === '\\') at++;
    else if (char === '[') depth++;
    else if (char === ']' && --depth === 0) return at;
    else if (char === "'" || char === '"' || char === '`') {
      at = closingQuote(text, at);
      if (at < 0) return -1;
    } else if (char === '$' && (text[at + 1] === '(' || text[at + 1] === '{')) {
      at = closingPair(text, at + 1);
      if (at < 0) return -1;
    }
  }
  return -1;
}

function closingQuote(text: string, open: number): number {
  const quote = text[open]!;
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === '\\' && (quote !== "'" || text[open - 1] === '$')) at++;
    else if (text[at] === quote) return at;
  }
  return -1;
}

function closingPair(text: string, open: number): number {
  const [left, right] = text[open] === '(' ? '()' : '{}';
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === left) depth++;
    else if (char === right && --depth === 0) return at;
    else if (char === "'" || char === '"') {
      at = closingQuote(text, at);
      if (at < 0) return -1;
    }
  }
  return -1;
}

// Parses awk expressions, by precedence.
import { type ArrayName, type AwkManners, type Expression, type LValue } from './ast.js';
import { type Token, tokenize } from './lexer.js';
import { type Location, programError, type Source, syntaxError } from './source.js';

const COMPARISONS = new Set(['<', '<=', '==', '!=', '>', '>=']);
const ASSIGNMENTS = new Set(['=', '+=', '-=', '*=', '/=', '%=', '^=']);
/** Builtins whose parentheses may be left out. */
const BARE = new Set(['length']);

/** Where in the grammar an expression stands: `>` redirects in a print list, `in` belongs to a for. */
interface Context {
  noIn?: boolean;
  noGreater?: boolean;
}

export class ExpressionParser {
  readonly tokens: readonly Token[];
  at = 0;
  /** What `@namespace` said last. */
  protected namespace = 'awk';
  /** The parameters of the function that is read. */
  protected locals: ReadonlySet<string> = new Set();

  readonly manners: AwkManners;

  constructor(source: Source, manners: AwkManners) {
    this.manners = manners;
    this.tokens = tokenize(source);
  }

  get where(): Location {
    return this.token.where;
  }

  get token(): Token {
    return this.tokens[this.at]!;
  }

  is(text: string): boolean {
    const { type, text: own } = this.token;
    return own === text && (type === 'operator' || type === 'keyword');
  }

  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.at++;
    return true;
  }

  expect(text: string): void {
    if (!this.accept(text)) this.fail();
  }

  fail(busybox?: string): never {
    const { type, where, offset } = this.token;
    throw syntaxError(where, offset, type === 'newline' || type === 'end' ? 'unexpected newline or end of string' : 'syntax error', busybox);
  }

  skipNewlines(): void {
    while (this.token.type === 'newline') this.at++;
  }

  expression(context: Context = {}): Expression {
    return this.#assignment(this.#conditional(context), context);
  }

  /** What an assignment follows is its place, also as the last operand of another operator: `a && b = c`. */
  #assignment(left: Expression, context: Context): Expression {
    const operator = this.token.text;
    if (this.token.type !== 'operator' || !ASSIGNMENTS.has(operator) || !isLValue(left)) return left;
    this.at++;
    this.skipNewlines();
    return { kind: 'assign', operator, target: left, value: this.expression(context) };
  }

  #conditional(context: Context): Expression {
    const test = this.#or(context);
    if (!this.accept('?')) return test;
    this.skipNewlines();
    const consequent = this.expression(context);
    this.skipNewlines();
    this.expect(':');
    this.skipNewlines();
    return { kind: 'conditional', test, consequent, otherwise: this.expression(context) };
  }

  #or(context: Context): Expression {
    let left = this.#and(context);
    while (this.accept('||')) {
      this.skipNewlines();
      left = { kind: 'or', left, right: this.#assignment(this.#and(context), context) };
    }
    return left;
  }

  #and(context: Context): Expression {
    let left = this.#membership(context);
    while (this.accept('&&')) {
      this.skipNewlines();
      left = { kind: 'and', left, right: this.#assignment(this.#membership(context), context) };
    }
    return left;
  }

  #membership(context: Context): Expression {
    let left = this.#match(context);
    while (context.noIn !== true && this.is('in')) {
      this.at++;
      left = { kind: 'in', subscripts: [left], array: this.arrayName() };
    }
    return left;
  }

  #match(context: Context): Expression {
    let left = this.#comparison(context);
    while (this.is('~') || this.is('!~')) {
      const negated = this.token.text === '!~';
      this.at++;
      left = { kind: 'match', negated, text: left, regex: this.#comparison(context) };
    }
    return left;
  }

  #comparison(context: Context): Expression {
    const left = this.concatenation(context);
    const operator = this.token.text;
    if (this.token.type !== 'operator' || !COMPARISONS.has(operator) || (operator === '>' && context.noGreater === true)) return left;
    this.at++;
    return { kind: 'binary', operator, left, right: this.#assignment(this.concatenation(context), context) };
  }

  /** Concatenation, and `command | getline` (or `|&`) which takes all of it. */
  concatenation(context: Context): Expression {
    let left = this.#additive(context);
    const parts = [left];
    while (this.#startsOperand(context)) parts.push(this.#additive(context));
    if (parts.length > 1) left = { kind: 'concat', parts };
    while ((this.is('|') || this.is('|&')) && this.tokens[this.at + 1]!.text === 'getline') {
      const from = this.is('|') ? 'command' : 'coprocess';
      this.at += 2;
      left = { kind: 'getline', target: this.#optionalTarget(), from, source: left };
      const tail: Expression[] = [this.#additive(context, left)];
      while (this.#startsOperand(context)) tail.push(this.#additive(context));
      left = tail.length > 1 ? { kind: 'concat', parts: tail } : tail[0]!;
    }
    return left;
  }

  #startsOperand(context: Context): boolean {
    const { type, text } = this.token;
    if (type === 'number' || type === 'string' || type === 'regex' || type === 'typed-regex' || type === 'name' || type === 'function-name' || type === 'builtin') return true;
    if (type === 'keyword') return text === 'getline' && context.noIn !== true;
    return type === 'operator' && ['$', '(', '!', '++', '--', '@'].includes(text);
  }

  /** Sums, whose first operand may have been read already. */
  #additive(context: Context, first?: Expression): Expression {
    let left = this.#multiplicative(context, first);
    while (this.is('+') || this.is('-')) {
      const operator = this.tokens[this.at++]!.text;
      left = { kind: 'binary', operator, left, right: this.#multiplicative(context) };
    }
    return left;
  }

  #multiplicative(context: Context, first?: Expression): Expression {
    let left = first ?? this.#unary(context);
    while (this.is('*') || this.is('/') || this.is('%')) {
      const operator = this.tokens[this.at++]!.text;
      left = { kind: 'binary', operator, left, right: this.#unary(context) };
    }
    return left;
  }

  #unary(context: Context): Expression {
    const operator = this.token.text;
    if (this.token.type === 'operator' && (operator === '!' || operator === '-' || operator === '+')) {
      this.at++;
      return { kind: 'unary', operator, operand: this.#unary(context) };
    }
    return this.#power(context);
  }

  #power(context: Context): Expression {
    const base = this.#postfix(context);
    if (!this.accept('^')) return base;
    // Right-associative, and the exponent may have a sign.
    return { kind: 'binary', operator: '^', left: base, right: this.#unary(context) };
  }

  #postfix(context: Context): Expression {
    const operand = this.#primary(context);
    if (!isLValue(operand)) return operand;
    if (this.accept('++')) return { kind: 'step', operator: '++', prefix: false, target: operand };
    if (this.accept('--')) return { kind: 'step', operator: '--', prefix: false, target: operand };
    return operand;
  }

  #primary(context: Context): Expression {
    const token = this.token;
    switch (token.type) {
      case 'number':
        this.at++;
        return { kind: 'number', value: /^0[0-7]+$/.test(token.text) ? parseInt(token.text, 8) : Number(token.text) };
      case 'string':
        this.at++;
        return { kind: 'string', value: token.text };
      case 'regex':
        this.at++;
        return { kind: 'regex', source: token.text };
      case 'function-name':
        if (this.locals.has(token.text)) throw programError(token.where, `attempt to use non-function \`${token.text}' in function call`);
        this.at++;
        return { kind: 'call', name: this.resolve(token.text), args: this.#parenthesized(), where: token.where };
      case 'builtin':
        this.at++;
        if (!this.is('(') && BARE.has(token.text)) return { kind: 'builtin', name: token.text, args: [], where: token.where };
        return { kind: 'builtin', name: token.text, args: this.#parenthesized(), where: token.where };
      case 'typed-regex':
        this.at++;
        return { kind: 'typed-regex', source: token.text };
      case 'name':
        return this.#lvalue();
      case 'keyword':
        return this.is('getline') ? this.#getline() : this.fail();
      case 'operator':
        return this.#operatorPrimary(context);
      default:
        return this.fail();
    }
  }

  #operatorPrimary(context: Context): Expression {
    if (this.is('$')) return this.#lvalue();
    if (this.accept('@')) {
      if (this.token.type !== 'function-name') this.fail();
      const { where } = this;
      const name = this.resolve(this.tokens[this.at++]!.text);
      return { kind: 'indirect', where, name, args: this.#parenthesized() };
    }
    const operator = this.token.text;
    if (operator === '++' || operator === '--') {
      this.at++;
      return { kind: 'step', operator, prefix: true, target: this.#lvalue() };
    }
    if (operator === '-' || operator === '+' || operator === '!') return this.#unary(context);
    this.expect('(');
    const list = this.expressionList(')');
    this.expect(')');
    if (this.is('in') && (list.length > 1 || context.noIn !== true)) {
      this.at++;
      return { kind: 'in', subscripts: list, array: this.arrayName() };
    }
    if (list.length !== 1) this.fail();
    return { kind: 'group', body: list[0]! };
  }

  #parenthesized(): Expression[] {
    this.expect('(');
    const args = this.expressionList(')');
    this.expect(')');
    return args;
  }

  /** Expressions with commas between them, up to `close`. */
  expressionList(close: string, context: Context = {}): Expression[] {
    const list: Expression[] = [];
    this.skipNewlines();
    if (this.is(close)) return list;
    do {
      this.skipNewlines();
      list.push(this.expression(context));
      if (close === ')') this.skipNewlines();
    } while (this.accept(','));
    return list;
  }

  /** A name as it is written. */
  plainName(): string {
    if (this.token.type !== 'name') this.fail();
    return this.tokens[this.at++]!.text;
  }

  name(): string {
    return this.resolve(this.plainName());
  }

  /** The name that a name stands for in the namespace: parameters and names in capitals are in none. */
  resolve(name: string): string {
    if (name.startsWith('awk::')) return name.slice('awk::'.length);
    return this.namespace === 'awk' || name.includes('::') || this.locals.has(name) || /^[A-Z]+$/.test(name) ? name : `${this.namespace}::${name}`;
  }

  #lvalue(): LValue {
    if (this.accept('$')) {
      const operator = this.token.text;
      if (operator === '++' || operator === '--') {
        this.at++;
        return { kind: 'field', index: { kind: 'step', operator, prefix: true, target: this.#lvalue() } };
      }
      if (operator === '-' || operator === '+' || operator === '!') return { kind: 'field', index: this.#unary({}) };
      // In `$$i++` the inner field is what is counted up.
      return { kind: 'field', index: this.is('$') ? this.#postfix({}) : this.#primary({}) };
    }
    return this.arrayName();
  }

  /** A name, and subscripts as far as there are any. */
  arrayName(): ArrayName {
    let target: ArrayName = { kind: 'variable', where: this.where, name: this.name() };
    while (this.accept('[')) {
      const subscripts = this.expressionList(']');
      if (subscripts.length === 0) this.fail();
      this.expect(']');
      target = { kind: 'element', array: target, subscripts };
    }
    return target;
  }

  #optionalTarget(): LValue | undefined {
    return this.is('$') || this.token.type === 'name' ? this.#lvalue() : undefined;
  }

  #getline(): Expression {
    this.expect('getline');
    const target = this.#optionalTarget();
    if (!this.accept('<')) return { kind: 'getline', target, from: 'main', source: undefined };
    return { kind: 'getline', target, from: 'file', source: this.#postfix({}) };
  }
}

export function isLValue(expression: Expression): expression is LValue {
  return expression.kind === 'variable' || expression.kind === 'element' || expression.kind === 'field';
}

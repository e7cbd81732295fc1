// bc's grammar (POSIX, with GNU's print, else, &&, ||, !, last and void).
import { BadCharacter, Lexer, OpenString, type Token } from './lexer.js';
import type { Argument, BcFunction, Expression, Item, Parameter, Statement } from './syntax-tree.js';

/** `quit` works when it is read, wherever it is. */
export class Quit extends Error {}

/** The text ends where more must come. */
export class Incomplete extends Error {}

/** What bc says of the text, with the line. */
export class BcSyntaxFault extends Error {
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

const LEVELS: readonly (readonly string[])[] = [['||'], ['&&'], ['<', '<=', '>', '>=', '==', '!='], ['+', '-'], ['*', '/', '%']];
const ASSIGNMENTS = new Set(['=', '+=', '-=', '*=', '/=', '%=', '^=']);
const VARIABLES = new Set(['ibase', 'obase', 'scale', 'last', 'history']);

/** Parses one line of statements, or one function. */
export class Parser {
  readonly #lexer: Lexer;
  readonly #isBusybox: boolean;
  #token: Token;
  /** Where GNU's machine would be in its code, which its messages name. */
  #address = 0;
  #loopDepth = 0;
  #isInFunction = false;
  /** What stands where it must not is told of when all of the item has been read. */
  #misplaced: BcSyntaxFault | undefined;

  constructor(source: string, line: number, isBusybox: boolean) {
    this.#isBusybox = isBusybox;
    this.#lexer = new Lexer(source, line);
    this.#token = { type: 'newline', text: '\n', line };
  }

  /** How much of the text has been taken, and the line that comes next. */
  get taken(): { length: number; line: number } {
    return { length: this.#lexer.at, line: this.#lexer.line };
  }

  #advance(): Token {
    const token = this.#token;
    try {
      this.#token = this.#lexer.next();
      // busybox knows it only behind `define`.
      if (this.#isBusybox && this.#is('void')) this.#token = { ...this.#token, type: 'name' };
    } catch (error) {
      if (error instanceof OpenString) throw new Incomplete();
      if (!(error instanceof BadCharacter)) throw error;
      throw new BcSyntaxFault(`illegal character: ${error.message}`, this.#lexer.line);
    }
    return token;
  }

  #is(text: string): boolean {
    return (this.#token.type === 'operator' || this.#token.type === 'keyword') && this.#token.text === text;
  }

  #skip(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#advance();
    return true;
  }

  #fail(): never {
    if (this.#token.type === 'end') throw new Incomplete();
    if (this.#isBusybox) throw new BcSyntaxFault(`bad token at '${this.#token.type === 'newline' ? '' : this.#token.text + this.#lexer.restOfLine}'`, this.#token.line);
    // The end of a line is noticed on the next one.
    throw new BcSyntaxFault('syntax error', this.#token.line + (this.#token.type === 'newline' ? 1 : 0));
  }

  #expect(text: string): void {
    if (!this.#skip(text)) this.#fail();
  }

  #newlines(): void {
    while (this.#token.type === 'newline') this.#advance();
  }

  /** A fault was told of: the rest of its line is not looked at. */
  recover(): void {
    if (this.#token.type !== 'newline') this.#lexer.skipLine();
  }

  #at(...types: Token['type'][]): boolean {
    return types.includes(this.#token.type);
  }

  /** Undefined at the end. @throws BcSyntaxFault, Incomplete */
  item(): Item | undefined {
    this.#newlines();
    if (this.#token.type === 'end') return undefined;
    if (this.#is('define')) {
      const definition = this.#definition();
      if (this.#misplaced) throw this.#misplaced;
      return { type: 'function', definition };
    }
    const statements: Statement[] = [];
    for (;;) {
      if (!this.#is(';') && !this.#at('newline', 'end')) statements.push(this.#statement());
      if (this.#skip(';')) continue;
      if (!this.#at('newline', 'end')) this.#fail();
      if (this.#misplaced) throw this.#misplaced;
      return { type: 'statements', statements };
    }
  }

  #parameters(end: string): Parameter[] {
    const parameters: Parameter[] = [];
    while (!this.#is(end) && !this.#at('newline')) {
      const byReference = this.#skip('*') || this.#skip('&');
      if (this.#token.type !== 'name') this.#fail();
      const name = this.#advance().text;
      const isArray = this.#skip('[');
      if (isArray) this.#expect(']');
      parameters.push({ name, isArray, byReference });
      if (!this.#skip(',')) break;
    }
    return parameters;
  }

  #definition(): BcFunction {
    this.#advance();
    let isVoid = this.#skip('void');
    if (this.#token.type !== 'name') this.#fail();
    let name = this.#advance().text;
    if (name === 'void' && this.#at('name')) {
      isVoid = true;
      name = this.#advance().text;
    }
    this.#expect('(');
    const parameters = this.#parameters(')');
    this.#expect(')');
    this.#newlines();
    this.#expect('{');
    this.#newlines();
    let locals: Parameter[] = [];
    if (this.#skip('auto')) {
      locals = this.#parameters(';');
      if (!this.#skip(';') && !this.#at('newline')) this.#fail();
    }
    this.#isInFunction = true;
    return { name, parameters, locals, body: this.#statements(), isVoid };
  }

  /** Up to and with the closing brace. */
  #statements(): Statement[] {
    const statements: Statement[] = [];
    for (;;) {
      while (this.#token.type === 'newline' || this.#is(';')) this.#advance();
      if (this.#skip('}')) return statements;
      if (this.#token.type === 'end') this.#fail();
      statements.push(this.#statement());
      if (!this.#is('}') && !this.#is(';') && !this.#at('newline')) this.#fail();
    }
  }

  #statement(): Statement {
    const { type, text } = this.#token;
    if (type === 'string') {
      this.#advance();
      return { type: 'string', text };
    }
    if (this.#skip('{')) return { type: 'block', statements: this.#statements() };
    if (type === 'keyword') {
      switch (text) {
        case 'print':
          return this.#print();
        case 'if':
          return this.#if();
        case 'while': {
          this.#advance();
          this.#expect('(');
          const condition = this.#expression();
          this.#expect(')');
          return { type: 'while', condition, body: this.#loopBody() };
        }
        case 'for':
          return this.#for();
        case 'quit':
          throw new Quit();
        case 'break': case 'continue':
          if (this.#loopDepth === 0 && this.#isBusybox) this.#fail();
          if (this.#loopDepth === 0) this.#misplace(text === 'break' ? 'Break outside a for/while' : 'Continue outside a for', this.#token.line);
          this.#advance();
          return { type: text };
        case 'halt': case 'limits': case 'warranty':
          this.#advance();
          return { type: text };
        case 'return': {
          this.#advance();
          const isBare = this.#token.type === 'newline' || this.#is(';') || this.#is('}') || this.#token.type === 'end';
          const value = isBare ? undefined : this.#expression();
          if (!this.#isInFunction) this.#misplace(this.#isBusybox ? "'return' not in a function" : 'Return outside of a function.', this.#token.line + (this.#at('newline') ? 1 : 0));
          return { type: 'return', value };
        }
        default:
      }
    }
    const expression = this.#expression();
    this.#address++;
    return { type: 'expression', expression };
  }

  #body(): Statement {
    this.#newlines();
    return this.#statement();
  }

  #loopBody(): Statement {
    this.#loopDepth++;
    const body = this.#body();
    this.#loopDepth--;
    return body;
  }

  #misplace(message: string, line: number): void {
    this.#misplaced ??= new BcSyntaxFault(message, line);
  }

  #print(): Statement {
    this.#advance();
    const parts: (Expression | { type: 'string'; text: string })[] = [];
    do parts.push(this.#token.type === 'string' ? { type: 'string', text: this.#advance().text } : this.#expression());
    while (this.#skip(','));
    return { type: 'print', parts };
  }

  #if(): Statement {
    this.#advance();
    this.#expect('(');
    const condition = this.#expression();
    this.#expect(')');
    const consequent = this.#body();
    return { type: 'if', condition, consequent, otherwise: this.#skip('else') ? this.#body() : undefined };
  }

  #for(): Statement {
    this.#advance();
    this.#expect('(');
    const part = (end: string): Expression | undefined => {
      const expression = this.#is(end) ? undefined : this.#expression();
      this.#expect(end);
      return expression;
    };
    const [init, condition, step] = [part(';'), part(';'), part(')')];
    return { type: 'for', init, condition, step, body: this.#loopBody() };
  }

  #expression(level = 0): Expression {
    if (level === 2 && this.#is('!')) {
      this.#advance();
      return { type: 'unary', operator: '!', operand: this.#expression(2) };
    }
    if (level === LEVELS.length) return this.#power();
    let left = this.#expression(level + 1);
    for (;;) {
      if (level === 3 && this.#isTarget(left) && this.#token.type === 'operator' && ASSIGNMENTS.has(this.#token.text)) {
        const operator = this.#advance().text;
        left = { type: 'assign', operator, target: left, value: this.#expression(3) };
        continue;
      }
      const operator = this.#token.text;
      if (this.#token.type !== 'operator' || !LEVELS[level]!.includes(operator)) return left;
      this.#advance();
      const right = this.#expression(level + 1);
      left = { type: 'binary', operator, left, right, address: ++this.#address };
    }
  }

  #isTarget({ type }: Expression): boolean {
    return type === 'variable' || type === 'element';
  }

  #power(): Expression {
    const base = this.#unary();
    if (!this.#skip('^')) return base;
    const exponent = this.#power();
    return { type: 'binary', operator: '^', left: base, right: exponent, address: ++this.#address };
  }

  /** A minus binds more tightly than `^`. */
  #unary(): Expression {
    if (!this.#skip('-')) return this.#postfix();
    const operand = this.#unary();
    this.#address++;
    return { type: 'unary', operator: '-', operand };
  }

  #postfix(): Expression {
    for (const [sign, by] of [['++', 1], ['--', -1]] as const) {
      if (!this.#skip(sign)) continue;
      const target = this.#primary();
      if (!this.#isTarget(target)) this.#fail();
      return { type: 'step', target, by, isPrefix: true };
    }
    const term = this.#primary();
    if (!this.#isTarget(term)) return term;
    if (this.#skip('++')) return { type: 'step', target: term, by: 1, isPrefix: false };
    if (this.#skip('--')) return { type: 'step', target: term, by: -1, isPrefix: false };
    return term;
  }

  #primary(): Expression {
    const { type, text } = this.#token;
    if (type === 'number') {
      this.#advance();
      this.#address += text === '0' || text === '1' ? 1 : text.length + 2;
      return { type: 'number', text };
    }
    if (this.#skip('(')) {
      const inner = this.#expression();
      this.#expect(')');
      return { type: 'group', inner };
    }
    if (type === 'name') return this.#named();
    if (type !== 'keyword') this.#fail();
    this.#advance();
    if (text === 'length' || text === 'sqrt' || text === 'read' || (text === 'scale' && this.#is('('))) {
      this.#expect('(');
      const argument = text === 'read' ? undefined : text === 'length' && this.#isBusybox ? this.#argument() : this.#expression();
      this.#expect(')');
      return { type: 'builtin', name: text, argument, address: (this.#address += 2) };
    }
    if (!VARIABLES.has(text)) this.#fail();
    this.#address += 2;
    return { type: 'variable', name: text };
  }

  #named(): Expression {
    const name = this.#advance().text;
    if (this.#skip('[')) {
      const index = this.#expression();
      this.#expect(']');
      this.#address += 2;
      return { type: 'element', name, index };
    }
    if (!this.#skip('(')) {
      this.#address += 2;
      return { type: 'variable', name };
    }
    const args: Argument[] = [];
    while (!this.#is(')')) {
      args.push(this.#argument());
      if (!this.#skip(',')) break;
    }
    this.#expect(')');
    return { type: 'call', name, arguments: args, address: (this.#address += 2) };
  }

  /** An array without an index is handed over whole. */
  #argument(): Argument {
    const expression = this.#arrayName();
    return expression ?? this.#expression();
  }

  #arrayName(): Argument | undefined {
    if (this.#token.type !== 'name' || !this.#lexer.looksAtEmptyBrackets()) return undefined;
    const name = this.#advance().text;
    this.#expect('[');
    this.#expect(']');
    return { type: 'array', name };
  }
}

// jq's grammar (https://jqlang.org/manual/): precedence climbing over tokens.
import type { Definition, Import, Module, Node, Pattern, Program } from './ast.js';
import { Lexer, SyntaxFault } from './lexer.js';
import { isConstant } from './desugar.js';
import { TokenReader } from './token-reader.js';
import { parseJson } from './json-parser.js';
import { shortText } from './json-text.js';
import { kindOf } from './value.js';

/** Operator -> how tightly it binds; assignments and comparisons do not chain. */
const BINDING: Readonly<Record<string, { power: number; chains: 'left' | 'right' | 'no' }>> = {
  '//': { power: 3, chains: 'right' }, '=': { power: 4, chains: 'no' }, or: { power: 5, chains: 'left' }, and: { power: 6, chains: 'left' },
  '==': { power: 7, chains: 'no' }, '!=': { power: 7, chains: 'no' }, '<': { power: 7, chains: 'no' }, '<=': { power: 7, chains: 'no' }, '>': { power: 7, chains: 'no' }, '>=': { power: 7, chains: 'no' },
  '+': { power: 8, chains: 'left' }, '-': { power: 8, chains: 'left' }, '*': { power: 9, chains: 'left' }, '/': { power: 9, chains: 'left' }, '%': { power: 9, chains: 'left' },
};
const ASSIGNMENTS = new Set(['=', '|=', '+=', '-=', '*=', '/=', '%=', '//=']);
const CONSTANTS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };
const IDENTITY: Node = { type: 'identity' };

export class Parser extends TokenReader {
  /** `module`, `import` and `include` at the head of a program or module. */
  #imports(): Import[] {
    const imports: Import[] = [];
    if (this.token.type === 'identifier' && this.token.text === 'module') {
      this.at++;
      this.#metadata();
      this.expect(';');
    }
    for (;;) {
      const includes = this.is('include');
      if (!includes && !this.is('import')) return imports;
      const { at } = this.tokens[this.at++]!;
      const path = this.#string(undefined);
      if (path.type !== 'literal' || typeof path.value !== 'string') throw new SyntaxFault('Import path must be constant', at);
      let alias: string | undefined;
      let isData = false;
      if (!includes) {
        this.expect('as');
        isData = this.token.type === 'variable';
        if (!isData && this.token.type !== 'identifier') this.unexpected();
        alias = this.tokens[this.at++]!.text;
      }
      const metadata = this.is(';') ? undefined : this.#metadata();
      this.expect(';');
      imports.push({ path: path.value, alias, isData, metadata, at });
    }
  }

  #metadata(): Node {
    const { at } = this.token;
    const metadata = this.#pipe();
    if (!isConstant(metadata)) throw new SyntaxFault('Module metadata must be constant', at);
    if (metadata.type !== 'object') throw new SyntaxFault('Module metadata must be an object', at);
    return metadata;
  }

  /** A whole program: a filter, or definitions alone. */
  program(): Program {
    return { imports: this.#imports(), body: this.#body() };
  }

  #body(): Node {
    const body = this.token.type === 'end' ? IDENTITY : this.#pipe();
    if (this.token.type !== 'end') this.unexpected();
    return body;
  }

  /** A module: imports and definitions. */
  module(): Module {
    const imports = this.#imports();
    const definitions: Definition[] = [];
    while (this.skip('def')) definitions.push(this.#definition());
    if (this.token.type !== 'end') this.unexpected();
    return { imports, definitions };
  }

  #pipe(withComma = true): Node {
    if (this.skip('def')) {
      const definition = this.#definition();
      return { type: 'define', definition, body: this.token.type === 'end' ? IDENTITY : this.#pipe(withComma) };
    }
    if (this.is('label')) {
      this.at++;
      const name = this.#variable();
      this.expect('|');
      return { type: 'label', name, body: this.#pipe(withComma) };
    }
    const left = this.#comma(withComma);
    if (!this.skip('|')) return left;
    return { type: 'pipe', left, right: this.#pipe(withComma) };
  }

  #comma(withComma: boolean): Node {
    let left = this.#binary(3);
    while (withComma && this.skip(',')) left = { type: 'comma', left, right: this.#binary(3) };
    return left;
  }

  #operator(): string | undefined {
    const { type, text } = this.token;
    if (type !== 'operator' && type !== 'keyword') return undefined;
    return ASSIGNMENTS.has(text) || Object.hasOwn(BINDING, text) ? text : undefined;
  }

  #binary(least: number): Node {
    const { at } = this.token;
    let left = this.#unary();
    for (;;) {
      const operator = this.#operator();
      if (operator === undefined) return left;
      const { power, chains } = BINDING[ASSIGNMENTS.has(operator) ? '=' : operator]!;
      if (power < least) return left;
      this.at++;
      const right: Node = this.#binary(chains === 'right' ? power : power + 1);
      if (operator === '/' && left.type === 'literal' && typeof left.value === 'number' && right.type === 'literal' && right.value === 0) throw new SyntaxFault('Division by zero?', at);
      left = ASSIGNMENTS.has(operator) ? { type: 'assign', operator, left, right }
        : operator === '//' ? { type: 'alternative', left, right }
          : operator === 'and' || operator === 'or' ? { type: operator, left, right }
            : { type: 'binary', operator, left, right };
      const next = this.#operator();
      if (chains === 'no' && next !== undefined && BINDING[ASSIGNMENTS.has(next) ? '=' : next]!.power === power) this.unexpected();
    }
  }

  #unary(): Node {
    if (this.skip('-')) return { type: 'negate', body: this.#unary() };
    const term = this.#postfix();
    if (!this.skip('as')) return term;
    const patterns = [this.#pattern()];
    while (this.skip('?//')) patterns.push(this.#pattern());
    this.expect('|');
    return { type: 'bind', source: term, patterns, body: this.#pipe() };
  }

  #postfix(): Node {
    let term = this.#term();
    for (;;) {
      const token = this.token;
      if (token.type === 'field') {
        this.at++;
        term = { type: 'index', target: term, key: { type: 'literal', value: token.text } };
      } else if (this.is('.') && (this.tokens[this.at + 1]?.type === 'string')) {
        this.at++;
        term = { type: 'index', target: term, key: this.#string(undefined) };
      } else if (this.is('.') && this.tokens[this.at + 1]?.text === '[' && this.tokens[this.at + 1]?.type === 'operator') {
        this.at += 2;
        term = this.#suffix(term);
      } else if (this.skip('[')) term = this.#suffix(term);
      else if (this.skip('?')) term = { type: 'try', body: term };
      else if (this.is('?//')) {
        // Behind a term these are two operators.
        term = { type: 'try', body: term };
        this.tokens[this.at] = { ...this.token, text: '//' };
      }
      else return term;
    }
  }

  /** After `[`: an index, a slice, or nothing. */
  #suffix(target: Node): Node {
    if (this.skip(']')) return { type: 'iterate', target };
    if (this.skip(':')) {
      const to = this.#pipe();
      this.expect(']');
      return { type: 'slice', target, to };
    }
    const from = this.#pipe();
    if (this.skip(']')) return { type: 'index', target, key: from };
    this.expect(':');
    if (this.skip(']')) return { type: 'slice', target, from };
    const to = this.#pipe();
    this.expect(']');
    return { type: 'slice', target, from, to };
  }

  #term(): Node {
    const token = this.token;
    switch (token.type) {
      case 'number':
        this.at++;
        return { type: 'literal', value: parseJson(token.text.startsWith('.') ? `0${token.text}` : token.text) };
      case 'string':
        return this.#string(undefined);
      case 'format':
        this.at++;
        return this.token.type === 'string' ? this.#string(token.text) : { type: 'format', name: token.text };
      case 'field':
        this.at++;
        return { type: 'index', target: IDENTITY, key: { type: 'literal', value: token.text } };
      case 'variable':
        this.at++;
        return token.text === '__loc__' ? { type: 'location', at: token.at } : { type: 'variable', name: token.text, at: token.at };
      case 'identifier':
        return this.#call();
      case 'keyword':
        return this.#compound();
      case 'operator':
        return this.#bracketed();
      default:
        return this.unexpected();
    }
  }

  #call(): Node {
    const { text: name, at } = this.tokens[this.at++]!;
    if (Object.hasOwn(CONSTANTS, name) && !this.is('(')) return { type: 'literal', value: CONSTANTS[name]! };
    if (name === 'break') return { type: 'break', name: this.#variable(), at };
    const args: Node[] = [];
    if (this.skip('(')) {
      do args.push(this.#pipe());
      while (this.skip(';'));
      this.expect(')');
    }
    return { type: 'call', name, arguments: args, at };
  }

  #bracketed(): Node {
    if (this.skip('..')) return { type: 'call', name: 'recurse', arguments: [], at: this.token.at };
    if (this.skip('.')) return this.token.type === 'string' ? { type: 'index', target: IDENTITY, key: this.#string(undefined) } : IDENTITY;
    if (this.skip('(')) {
      const body = this.#pipe();
      this.expect(')');
      return body;
    }
    if (this.skip('[')) {
      if (this.skip(']')) return { type: 'array' };
      const body = this.#pipe();
      this.expect(']');
      return { type: 'array', body };
    }
    if (this.skip('{')) return this.#object();
    if (this.skip('-')) return { type: 'negate', body: this.#postfix() };
    return this.unexpected();
  }

  #compound(): Node {
    if (this.skip('if')) return this.#if();
    if (this.skip('try')) {
      const body = this.#postfixOfTry();
      return this.skip('catch') ? { type: 'try', body, handler: this.#postfixOfTry() } : { type: 'try', body };
    }
    if (this.skip('reduce')) {
      const { source, pattern, parts } = this.#fold();
      if (parts.length !== 2) this.unexpected();
      return { type: 'reduce', source, pattern, init: parts[0]!, update: parts[1]! };
    }
    if (this.skip('foreach')) {
      const { source, pattern, parts } = this.#fold();
      if (parts.length !== 2 && parts.length !== 3) this.unexpected();
      return { type: 'foreach', source, pattern, init: parts[0]!, update: parts[1]!, ...(parts[2] ? { extract: parts[2] } : {}) };
    }
    if (this.is('label')) return this.#pipe();
    if (this.skip('def')) return { type: 'define', definition: this.#definition(), body: this.#pipe() };
    return this.unexpected();
  }

  /** `try -1` takes the minus along. */
  #postfixOfTry(): Node {
    return this.skip('-') ? { type: 'negate', body: this.#postfix() } : this.#postfix();
  }

  #fold(): { source: Node; pattern: Pattern; parts: Node[] } {
    const source = this.#postfix();
    this.expect('as');
    const pattern = this.#pattern();
    this.expect('(');
    const parts: Node[] = [];
    do parts.push(this.#pipe());
    while (this.skip(';'));
    this.expect(')');
    return { source, pattern, parts };
  }

  #if(): Node {
    const condition = this.#pipe();
    this.expect('then');
    const consequent = this.#pipe();
    if (this.skip('elif')) return { type: 'if', condition, consequent, alternate: this.#if() };
    if (this.skip('else')) {
      const alternate = this.#pipe();
      this.expect('end');
      return { type: 'if', condition, consequent, alternate };
    }
    this.expect('end');
    return { type: 'if', condition, consequent };
  }

  #definition(): Definition {
    const name = this.token.type === 'identifier' || this.token.type === 'keyword' ? this.tokens[this.at++]!.text : this.unexpected();
    const parameters: string[] = [];
    if (this.skip('(')) {
      do {
        const { type, text } = this.token;
        if (type !== 'identifier' && type !== 'variable' && type !== 'keyword') this.unexpected();
        this.at++;
        parameters.push(type === 'variable' ? `$${text}` : text);
      } while (this.skip(';'));
      this.expect(')');
    }
    this.expect(':');
    const body = this.#pipe();
    this.expect(';');
    return { name, parameters, body };
  }

  #variable(): string {
    const { type, text } = this.token;
    if (type !== 'variable') this.unexpected();
    this.at++;
    return text;
  }

  #string(format: string | undefined): Node {
    const { parts } = this.tokens[this.at++]!;
    if (parts!.length === 1 && typeof parts![0] === 'string') return { type: 'literal', value: parts![0] };
    return { type: 'string', format, parts: parts!.map((part) => (typeof part === 'string' ? part : new Parser(part).#body())) };
  }

  #object(): Node {
    const entries: { key: Node; value: Node }[] = [];
    while (!this.is('}')) {
      entries.push(this.#entry());
      if (!this.skip(',')) break;
    }
    this.expect('}');
    return { type: 'object', entries };
  }

  #entry(): { key: Node; value: Node } {
    const token = this.token;
    let key: Node;
    if (token.type === 'variable') return { key: { type: 'literal', value: token.text }, value: this.#term() };
    if (token.type === 'identifier' || token.type === 'keyword' || token.type === 'number') {
      this.at++;
      key = { type: 'literal', value: token.text };
    } else if (token.type === 'string' || token.type === 'format') key = this.#term();
    else if (this.skip('(')) {
      key = this.#pipe();
      if (key.type === 'literal' && typeof key.value !== 'string') throw new SyntaxFault(`Cannot use ${kindOf(key.value)} (${shortText(key.value)}) as object key`, token.at);
      this.expect(')');
      this.expect(':');
      return { key, value: this.#entryValue() };
    } else return this.unexpected();
    return this.skip(':') ? { key, value: this.#entryValue() } : { key, value: { type: 'index', target: IDENTITY, key } };
  }

  #entryValue(): Node {
    return this.#pipe(false);
  }

  #pattern(): Pattern {
    const token = this.token;
    if (token.type === 'variable') return { type: 'variable', name: this.#variable() };
    if (this.skip('[')) {
      const items: Pattern[] = [];
      do items.push(this.#pattern());
      while (this.skip(','));
      this.expect(']');
      return { type: 'array', items };
    }
    this.expect('{');
    const entries: { variable?: string; key: Node; value?: Pattern }[] = [];
    do entries.push(this.#patternEntry());
    while (this.skip(','));
    this.expect('}');
    return { type: 'object', entries };
  }

  #patternEntry(): { variable?: string; key: Node; value?: Pattern } {
    const token = this.token;
    if (token.type === 'variable') {
      const variable = this.#variable();
      const key: Node = { type: 'literal', value: variable };
      return this.skip(':') ? { variable, key, value: this.#pattern() } : { variable, key };
    }
    let key: Node;
    if (token.type === 'identifier' || token.type === 'keyword') {
      this.at++;
      key = { type: 'literal', value: token.text };
    } else if (token.type === 'string') key = this.#string(undefined);
    else {
      this.expect('(');
      key = this.#pipe();
      this.expect(')');
    }
    this.expect(':');
    return { key, value: this.#pattern() };
  }
}

/** @throws SyntaxFault */
export function parseProgram(source: string): Program {
  return new Parser(new Lexer(source).tokens()).program();
}

/** @throws SyntaxFault */
export function parseModule(source: string): Module {
  return new Parser(new Lexer(source).tokens()).module();
}

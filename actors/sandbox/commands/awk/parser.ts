// Parses awk programs (POSIX, with gawk's nextfile, switch, BEGINFILE and function spellings).
import type { AwkManners, Expression, Program, Redirection, Rule, Statement, StatementBody } from './ast.js';
import { ExpressionParser } from './expression-parser.js';
import { type Location, programError, programErrors, type Source, syntaxError } from './source.js';

/** What the language itself keeps: no names for parameters. */
const SPECIAL_VARIABLES = new Set([
  'ARGC', 'ARGV', 'CONVFMT', 'ENVIRON', 'FILENAME', 'FNR', 'FS', 'NF', 'NR', 'OFMT', 'OFS', 'ORS', 'RLENGTH', 'RS', 'RSTART', 'SUBSEP',
]);
const SPECIAL = ['BEGIN', 'END', 'BEGINFILE', 'ENDFILE'] as const;

/** Throws AwkSyntaxError. */
export function parseAwk(sources: readonly Source[], manners: AwkManners, include: Include): Program {
  const program: Program = { rules: [], functions: new Map() };
  for (const source of sources) new Parser(source, manners, include).addTo(program);
  return program;
}

/** Finds what `@include` names; undefined where it is there already. */
type Include = (name: string) => Source | undefined;

/** The names of a function's parameters are no others' names. */
function requireParameters(where: Location, name: string, parameters: readonly string[]): void {
  const wrong = parameters.flatMap((parameter, i) => {
    const first = parameters.indexOf(parameter);
    if (parameter === name) return [`function \`${name}': cannot use function name as parameter name`];
    if (SPECIAL_VARIABLES.has(parameter)) return [`function \`${name}': cannot use special variable \`${parameter}' as a function parameter`];
    return first < i ? [`function \`${name}': parameter #${i + 1}, \`${parameter}', duplicates parameter #${first + 1}`] : [];
  });
  if (wrong.length > 0) throw programErrors(wrong.map((message) => ({ where, message })));
}

class Parser extends ExpressionParser {
  /** How many loops, and how many switches, the statement is in. */
  #loops = 0;
  #switches = 0;
  #isInFunction = false;
  /** The rule of another kind than patterns that is read. */
  #special: (typeof SPECIAL)[number] | undefined;
  readonly #include: Include;

  constructor(source: Source, manners: AwkManners, include: Include) {
    super(source, manners);
    this.#include = include;
  }

  /** Every source consists of complete rules and functions. */
  addTo(program: Program): void {
    for (;;) {
      this.#terminators();
      if (this.token.type === 'end') return;
      if (this.accept('@')) this.#directive(program);
      else if (this.accept('function') || this.accept('func')) this.#function(program);
      else program.rules.push(this.#rule());
    }
  }

  /** `@include "file"` and `@namespace "name"`. */
  #directive(program: Program): void {
    const { text } = this.token;
    if (this.token.type !== 'name' || (text !== 'include' && text !== 'namespace') || this.tokens[this.at + 1]!.type !== 'string') this.fail();
    const value = this.tokens[this.at + 1]!.text;
    this.at += 2;
    if (text === 'namespace') {
      this.namespace = value;
      return;
    }
    const source = this.#include(value);
    if (source) new Parser(source, this.manners, this.#include).addTo(program);
  }

  #terminators(): void {
    while (this.token.type === 'newline' || this.is(';')) this.at++;
  }

  #function(program: Program): void {
    const { where } = this;
    if (this.token.type === 'builtin') this.#refuse(`\`${this.token.text}' is a built-in function, it cannot be redefined`);
    if (this.token.type !== 'name' && this.token.type !== 'function-name') this.fail();
    const name = this.resolve(this.tokens[this.at++]!.text);
    if (program.functions.has(name)) throw programError(this.where, `function name \`${name}' previously defined`, 'Duplicate function');
    this.expect('(');
    const parameters: string[] = [];
    this.skipNewlines();
    if (!this.is(')')) {
      do {
        this.skipNewlines();
        parameters.push(this.plainName());
        this.skipNewlines();
      } while (this.accept(','));
    }
    requireParameters(this.where, name, parameters);
    this.expect(')');
    this.skipNewlines();
    this.#isInFunction = true;
    this.locals = new Set(parameters);
    program.functions.set(name, { name, parameters, body: this.#action(), where });
    this.#isInFunction = false;
    this.locals = new Set();
  }

  #rule(): Rule {
    const { where } = this;
    const special = SPECIAL.find((name) => this.is(name));
    if (special !== undefined) {
      this.at++;
      this.#special = special;
      const action = this.#action();
      this.#special = undefined;
      return { when: special, pattern: undefined, until: undefined, action, where };
    }
    if (this.is('{')) return { when: undefined, pattern: undefined, until: undefined, action: this.#action(), where };
    const pattern = this.expression();
    let until: Expression | undefined;
    if (this.accept(',')) {
      this.skipNewlines();
      until = this.expression();
    }
    return { when: undefined, pattern, until, action: this.is('{') ? this.#action() : undefined, where };
  }

  #action(): Statement {
    const { where } = this;
    return { where, ...this.#block() };
  }

  #block(): StatementBody {
    this.expect('{');
    const body = this.#statements();
    this.expect('}');
    return { kind: 'block', body };
  }

  #statements(): Statement[] {
    const body: Statement[] = [];
    for (;;) {
      this.#terminators();
      if (this.is('}') || this.is('case') || this.is('default') || this.token.type === 'end') return body;
      body.push(this.#statement());
    }
  }

  /** A statement's end: `;`, a line end, or `}` ahead. */
  #finish(): void {
    if (this.accept(';')) return;
    if (this.token.type === 'newline') this.at++;
    else if (!this.is('}') && this.token.type !== 'end') this.fail();
  }

  #body(): Statement {
    this.skipNewlines();
    const { where } = this;
    if (this.accept(';')) return { where, kind: 'block', body: [] };
    return this.#statement();
  }

  #loopBody(): Statement {
    this.#loops++;
    const body = this.#body();
    this.#loops--;
    return body;
  }

  #statement(): Statement {
    const { where } = this;
    return { where, ...this.#statementBody() };
  }

  #statementBody(): StatementBody {
    if (this.is('{')) return this.#block();
    if (this.token.type === 'keyword') {
      const compound = this.#compound();
      if (compound) return compound;
    }
    const simple = this.#simple();
    this.#finish();
    return simple;
  }

  #compound(): StatementBody | undefined {
    if (this.accept('if')) return this.#if();
    if (this.accept('while')) {
      const test = this.#condition();
      return { kind: 'while', test, body: this.#loopBody() };
    }
    if (this.accept('do')) {
      const body = this.#loopBody();
      this.#terminators();
      this.expect('while');
      const test = this.#condition();
      this.#finish();
      return { kind: 'do', test, body };
    }
    if (this.accept('for')) return this.#for();
    return this.accept('switch') ? this.#switch() : undefined;
  }

  #condition(): Expression {
    this.expect('(');
    this.skipNewlines();
    const test = this.expression();
    this.skipNewlines();
    this.expect(')');
    return test;
  }

  #if(): StatementBody {
    const test = this.#condition();
    const consequent = this.#body();
    const before = this.at;
    this.#terminators();
    if (this.accept('else')) return { kind: 'if', test, consequent, otherwise: this.#body() };
    this.at = before;
    return { kind: 'if', test, consequent, otherwise: undefined };
  }

  #for(): StatementBody {
    this.expect('(');
    const [variable, word] = this.tokens.slice(this.at, this.at + 2);
    if (variable!.type === 'name' && word!.type === 'keyword' && word!.text === 'in') {
      const before = this.at;
      this.at += 2;
      const array = this.arrayName();
      if (this.accept(')')) return { kind: 'for-in', variable: this.resolve(variable!.text), array, body: this.#loopBody() };
      // `for ((k in a); …)` without its parentheses.
      this.at = before;
    }
    const start = this.is(';') ? undefined : this.#part();
    this.expect(';');
    this.skipNewlines();
    const test = this.is(';') ? undefined : this.expression();
    this.expect(';');
    this.skipNewlines();
    const step = this.is(')') ? undefined : this.#part();
    this.expect(')');
    return { kind: 'for', start, test, step, body: this.#loopBody() };
  }

  #switch(): StatementBody {
    const value = this.#condition();
    this.skipNewlines();
    this.expect('{');
    const cases: { match: Expression | undefined; body: Statement[] }[] = [];
    for (;;) {
      this.#terminators();
      if (this.accept('}')) return { kind: 'switch', value, cases };
      let match: Expression | undefined;
      if (!this.accept('default')) {
        this.expect('case');
        match = this.expression();
      }
      this.expect(':');
      this.#switches++;
      cases.push({ match, body: this.#statements() });
      this.#switches--;
    }
  }

  /** A statement without others in it, as the parts of a for's head are. */
  #part(): Statement {
    const { where } = this;
    return { where, ...this.#simple() };
  }

  #simple(): StatementBody {
    const { text, type } = this.token;
    if (type !== 'keyword') return { kind: 'expression', value: this.expression() };
    switch (text) {
      case 'print': case 'printf':
        this.at++;
        return this.#print(text);
      case 'break': case 'continue':
        this.#requireLoop(text);
        this.at++;
        return { kind: text };
      case 'next': case 'nextfile':
        if (this.#special !== undefined && this.manners === 'gnu' && !(text === 'nextfile' && this.#special === 'BEGINFILE')) {
          throw programError(this.where, `\`${text}' used in ${this.#special} action`);
        }
        this.at++;
        return { kind: text };
      case 'exit': case 'return':
        if (text === 'return' && !this.#isInFunction) this.#refuse('`return\' used outside function context');
        this.at++;
        return { kind: text, value: this.#endsHere() ? undefined : this.expression() };
      case 'delete':
        this.at++;
        return this.#delete();
      default:
        return { kind: 'expression', value: this.expression() };
    }
  }

  /** Points at what may not stand here. */
  #refuse(message: string, busybox?: string): never {
    const { where, offset } = this.token;
    throw syntaxError(where, offset, message, busybox);
  }

  #requireLoop(text: 'break' | 'continue'): void {
    if (this.#loops > 0 || (text === 'break' && this.#switches > 0)) return;
    throw programError(this.where, `\`${text}' is not allowed outside a loop${text === 'break' ? ' or switch' : ''}`, `'${text}' not in a loop`);
  }

  #endsHere(): boolean {
    return this.token.type === 'newline' || this.token.type === 'end' || this.is(';') || this.is('}');
  }

  #delete(): StatementBody {
    if (this.#endsHere()) this.fail('Too few arguments');
    const grouped = this.accept('(');
    const target = this.arrayName();
    if (grouped) this.expect(')');
    return { kind: 'delete', target };
  }

  #print(kind: 'print' | 'printf'): StatementBody {
    let args: Expression[] = [];
    if (this.is('(') && this.#listIsParenthesized()) {
      this.at++;
      args = this.expressionList(')');
      if (args.length === 0 && this.manners === 'busybox') this.fail('Empty sequence');
      this.expect(')');
    } else if (!this.#endsHere() && !this.is('>') && !this.is('>>') && !this.is('|') && !this.is('|&')) {
      do {
        this.skipNewlines();
        args.push(this.expression({ noGreater: true }));
      } while (this.accept(','));
    }
    if (kind === 'printf' && args.length === 0) this.fail();
    return { kind, args, redirection: this.#redirection() };
  }

  /** Whether the parenthesis that begins a print list also ends it. */
  #listIsParenthesized(): boolean {
    let depth = 0;
    for (let i = this.at; i < this.tokens.length; i++) {
      const { type, text } = this.tokens[i]!;
      if (type === 'end') return false;
      if (type !== 'operator') continue;
      if (text === '(') depth++;
      if (text !== ')' || --depth > 0) continue;
      const next = this.tokens[i + 1]!;
      return next.type === 'newline' || next.type === 'end' || (next.type === 'operator' && [';', '}', '>', '>>', '|', '|&'].includes(next.text));
    }
    return false;
  }

  #redirection(): Redirection | undefined {
    const operator = this.token.text;
    if (this.token.type !== 'operator' || (operator !== '>' && operator !== '>>' && operator !== '|' && operator !== '|&')) return undefined;
    this.at++;
    return { operator, target: this.concatenation({ noGreater: true }) };
  }
}

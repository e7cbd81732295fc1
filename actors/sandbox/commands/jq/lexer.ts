// jq's tokens. A string with interpolations is one token, with the tokens of each interpolation inside.

export type TokenType = 'field' | 'identifier' | 'keyword' | 'variable' | 'number' | 'string' | 'format' | 'operator' | 'end';

export interface Token {
  type: TokenType;
  /** Without the dot of a field, the dollar of a variable; '' for a string. */
  text: string;
  /** Where in the program it begins. */
  at: number;
  /** For strings. */
  parts?: readonly (string | readonly Token[])[];
}

/** A program that is none; jq exits with 3. */
export class SyntaxFault extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const KEYWORDS = new Set(['def', 'if', 'then', 'elif', 'else', 'end', 'as', 'reduce', 'foreach', 'try', 'catch', 'label', 'import', 'include', 'and', 'or', '__loc__']);
const OPERATORS = ['?//', '//=', '!=', '==', '//', '|=', '+=', '-=', '*=', '/=', '%=', '<=', '>=', '..', '.', '[', ']', '(', ')', '{', '}', '|', ',', ':', ';', '=', '<', '>', '+', '-', '*', '/', '%', '?', '$'];
const NAME = /[a-zA-Z_](?:[a-zA-Z0-9_]|::[a-zA-Z_])*/y;
const SIMPLE_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const BLANKS = /(?:[ \t\r\n]|#[^\n]*)+/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '/': '/', '\\': '\\', '"': '"' };

export const UNEXPECTED = (what: string): string => `syntax error, unexpected ${what} (Unix shell quoting issues?)`;

export class Lexer {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /** All tokens, with an `end` token last. @throws SyntaxFault */
  tokens(): Token[] {
    return this.#tokens(false);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#source)?.[0];
    if (match !== undefined) this.#at += match.length;
    return match;
  }

  #tokens(inString: boolean): Token[] {
    const tokens: Token[] = [];
    let depth = 0;
    for (;;) {
      this.#match(BLANKS);
      const at = this.#at;
      if (this.#at >= this.#source.length) {
        tokens.push({ type: 'end', text: '$end', at: tokens.at(-1)?.at ?? 0 });
        return tokens;
      }
      const token = this.#token(at);
      if (token.type === 'operator') {
        if ('([{'.includes(token.text)) depth++;
        else if (')]}'.includes(token.text) && --depth < 0) {
          if (!inString || token.text !== ')') throw new SyntaxFault(UNEXPECTED('INVALID_CHARACTER'), at);
          tokens.push({ type: 'end', text: ')', at });
          return tokens;
        }
      }
      tokens.push(token);
    }
  }

  #token(at: number): Token {
    const first = this.#source[this.#at]!;
    const second = this.#source[this.#at + 1] ?? '';
    if (first === '"') {
      this.#at++;
      return { type: 'string', text: '', at, parts: this.#string(at + 1) };
    }
    if (first === '.' && /[a-zA-Z_]/.test(second)) {
      this.#at++;
      return { type: 'field', text: this.#match(SIMPLE_NAME)!, at };
    }
    if (first === '$' && /[a-zA-Z_]/.test(second)) {
      this.#at++;
      return { type: 'variable', text: this.#match(NAME)!, at };
    }
    if (first === '@' && /[a-zA-Z0-9_]/.test(second)) {
      this.#at++;
      return { type: 'format', text: this.#match(/[a-zA-Z0-9_]+/y)!, at };
    }
    const number = this.#match(NUMBER);
    if (number !== undefined) return { type: 'number', text: number, at };
    const name = this.#match(NAME);
    if (name !== undefined) return { type: KEYWORDS.has(name) ? 'keyword' : 'identifier', text: name, at };
    const operator = OPERATORS.find((each) => this.#source.startsWith(each, this.#at));
    if (operator === undefined) throw new SyntaxFault(UNEXPECTED('INVALID_CHARACTER'), at);
    this.#at += operator.length;
    return { type: 'operator', text: operator, at };
  }

  /** After the opening quote. */
  #string(at: number): (string | Token[])[] {
    const parts: (string | Token[])[] = [];
    let text = '';
    for (;;) {
      const character = this.#source[this.#at++];
      if (character === undefined) throw new SyntaxFault(UNEXPECTED('$end, expecting QQSTRING_TEXT or QQSTRING_INTERP_START or QQSTRING_END'), at);
      if (character === '"') {
        if (text !== '' || parts.length === 0) parts.push(text);
        return parts;
      }
      if (character !== '\\') {
        text += character;
        continue;
      }
      const escape = this.#source[this.#at++] ?? '';
      if (escape === '(') {
        if (text !== '') parts.push(text);
        text = '';
        const tokens = this.#tokens(true);
        if (tokens.at(-1)!.text !== ')') throw new SyntaxFault(UNEXPECTED('$end, expecting QQSTRING_INTERP_END or \';\''), this.#at);
        parts.push(tokens);
      } else if (escape === 'u') {
        const code = this.#match(/[0-9a-fA-F]{4}/y);
        if (code === undefined) throw new SyntaxFault('Invalid escape at line 1, column 4 (while parsing \'"\\u"\')', this.#at);
        text += String.fromCharCode(parseInt(code, 16));
      } else if (Object.hasOwn(ESCAPES, escape)) text += ESCAPES[escape]!;
      else throw new SyntaxFault(`Invalid escape at line 1, column 4 (while parsing '"\\${escape}"')`, this.#at);
    }
  }
}

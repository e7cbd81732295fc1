// bc's tokens.
export type TokenType = 'number' | 'name' | 'keyword' | 'string' | 'operator' | 'newline' | 'end';

export interface Token {
  type: TokenType;
  text: string;
  line: number;
}

/** A string without its end. */
export class OpenString extends Error {}

/** A character that cannot be. */
export class BadCharacter extends Error {}

const KEYWORDS = new Set(['auto', 'break', 'continue', 'define', 'else', 'for', 'halt', 'ibase', 'obase', 'scale', 'if', 'last', 'length', 'limits', 'print', 'quit', 'read', 'return', 'sqrt', 'void', 'warranty', 'while', 'history']);
const OPERATOR = /(?:\+\+|--|\+=|-=|\*=|\/=|%=|\^=|==|<=|>=|!=|&&|\|\||[-+*/%^=<>!(){}[\],;&])/y;
const NUMBER = /(?:[0-9A-Z](?:[0-9A-Z]|\\\n)*\.?(?:[0-9A-Z]|\\\n)*|\.(?:[0-9A-Z]|\\\n)+)/y;
const NAME = /[a-z][a-z0-9_]*/y;

export class Lexer {
  readonly #source: string;
  #at = 0;
  line: number;

  constructor(source: string, line: number) {
    this.#source = source;
    this.line = line;
  }

  get at(): number {
    return this.#at;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source)?.[0];
    if (found === undefined) return undefined;
    this.#at += found.length;
    for (const letter of found) if (letter === '\n') this.line++;
    return found;
  }

  /** @throws BadCharacter, behind the character */
  next(): Token {
    while (this.#match(/[ \t\r]+|\\\n|\/\*[^]*?\*\/|#[^\n]*/y) !== undefined);
    const { line } = this;
    const letter = this.#source[this.#at];
    if (letter === undefined) return { type: 'end', text: '', line };
    if (letter === '\n') {
      this.#at++;
      this.line++;
      return { type: 'newline', text: '\n', line };
    }
    if (letter === '"') {
      const text = this.#match(/"[^"]*"/y);
      if (text === undefined) throw new OpenString();
      return { type: 'string', text: text.slice(1, -1), line };
    }
    const number = this.#match(NUMBER);
    if (number !== undefined) return { type: 'number', text: number.replaceAll('\\\n', ''), line };
    const name = this.#match(NAME);
    if (name !== undefined) return { type: KEYWORDS.has(name) ? 'keyword' : 'name', text: name, line };
    if (letter === '.') {
      this.#at++;
      return { type: 'keyword', text: 'last', line };
    }
    const operator = this.#match(OPERATOR);
    if (operator !== undefined) return { type: 'operator', text: operator, line };
    this.#at++;
    throw new BadCharacter(letter);
  }

  /** Whether `[]` is next. */
  looksAtEmptyBrackets(): boolean {
    return /^[ \t]*\[[ \t]*\]/.test(this.#source.slice(this.#at, this.#at + 32));
  }

  get restOfLine(): string {
    return /[^\n]*/y.exec(this.#source.slice(this.#at))![0];
  }

  /** Behind the end of the line. */
  skipLine(): void {
    const end = this.#source.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.#source.length : end + 1;
    this.line++;
  }
}

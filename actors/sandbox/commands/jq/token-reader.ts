// Looking at jq's tokens one after another, and saying which one was not expected.
import { SyntaxFault, type Token, UNEXPECTED } from './lexer.js';

export class TokenReader {
  readonly tokens: Token[];
  at = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = [...tokens];
  }

  get token(): Token {
    return this.tokens[this.at]!;
  }

  is(text: string): boolean {
    const { type, text: given } = this.token;
    return given === text && (type === 'operator' || type === 'keyword');
  }

  skip(text: string): boolean {
    if (!this.is(text)) return false;
    this.at++;
    return true;
  }

  expect(text: string): void {
    if (!this.skip(text)) this.unexpected();
  }

  unexpected(): never {
    const { type, text, at } = this.token;
    const names: Partial<Record<Token['type'], string>> = { identifier: 'IDENT', field: 'FIELD', number: 'LITERAL', string: 'QQSTRING_START', format: 'FORMAT', variable: "'$'", end: text === ')' ? 'QQSTRING_INTERP_END' : text };
    throw new SyntaxFault(UNEXPECTED(names[type] ?? (type === 'keyword' ? text : text.length > 1 ? `"${text}"` : `'${text}'`)), at);
  }
}

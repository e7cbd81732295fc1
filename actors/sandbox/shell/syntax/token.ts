// The tokens that commands are made of.
import type { Assignment, Word } from './ast.js';

export type Token =
  | { readonly kind: 'word'; readonly word: Word; readonly start: number; readonly end: number }
  /** `name=value` where a command may begin with it. */
  | { readonly kind: 'assignment'; readonly assignment: Assignment; readonly start: number; readonly end: number }
  | { readonly kind: 'operator'; readonly text: string; readonly start: number; readonly end: number }
  /** The number or `{name}` right before a redirection operator. */
  | { readonly kind: 'descriptor'; readonly fd: number | undefined; readonly variable: string | undefined; readonly start: number; readonly end: number }
  | { readonly kind: 'newline'; readonly start: number; readonly end: number }
  | { readonly kind: 'end'; readonly start: number; readonly end: number };

/** A token as an error message shows it. */
export function tokenText(token: Token, text: string): string {
  if (token.kind === 'newline') return 'newline';
  return text.slice(token.start, token.end);
}

/** The reserved word or other unquoted text a word token consists of; undefined for other tokens. */
export function plainText(token: Token): string | undefined {
  if (token.kind !== 'word') return undefined;
  const { word } = token;
  return word.parts.length === 1 && word.parts[0]!.type === 'literal' ? word.parts[0]!.text : undefined;
}

// What a parsed POSIX regular expression consists of, and the words of its errors.

/** A one-character matcher; `source` is its JavaScript class or escape, `literal` the character where it is exactly one. */
export interface CharacterNode {
  kind: 'character';
  source: string;
  literal?: string;
}

export type RegexNode =
  | CharacterNode
  | { kind: 'assertion'; source: string }
  | { kind: 'back-reference'; group: number }
  | { kind: 'group'; group: number; body: RegexNode }
  | { kind: 'repeat'; min: number; max: number; body: RegexNode }
  | { kind: 'sequence'; items: RegexNode[] }
  | { kind: 'choice'; branches: RegexNode[] };

/** A pattern that is no regular expression; `message` is glibc's (regcomp(3), regerror(3)). */
export class RegexSyntaxError extends Error {}

/** How a dialect differs from plain POSIX with GNU's extensions. */
export interface RegexOptions {
  /** ERE (`grep -E`, `sed -E`, awk, `[[ =~ ]]`) or BRE. */
  extended: boolean;
  ignoreCase?: boolean;
  /** `^` and `$` also match at line breaks inside the text, `.` and `[^…]` do not match one (REG_NEWLINE, sed's M). */
  multiline?: boolean;
  /** Nothing at all matches a line break; lets a search run over many lines at once. */
  lineBound?: boolean;
  /** As grep does: a repetition with nothing before it, an unmatched `)` and a broken interval stand for themselves. */
  lenient?: boolean;
  /** As awk does: a backslash escapes inside `[…]` too. */
  bracketEscapes?: boolean;
}

/** The JavaScript spelling (u flag) of a literal character. */
export function literalSource(character: string): string {
  return /^[A-Za-z0-9 _,:;@#%&=<>~"'!`]$/.test(character) ? character : `\\u{${character.codePointAt(0)!.toString(16)}}`;
}

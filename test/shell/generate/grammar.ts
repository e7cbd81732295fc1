// The pieces that grammars are made of: choices, sequences and repetitions of text, each a fast-check arbitrary that shrinks.
import fc from 'fast-check';

export type Text = fc.Arbitrary<string>;
export type Piece = string | Text;

/** What a program is written for, and how many levels deeper its parts may nest. */
export interface Scope {
  readonly bash: boolean;
  readonly depth: number;
  /** The rules that words and commands need of each other. */
  readonly rules: { word(scope: Scope): Text; command(scope: Scope): Text };
}

export function text(piece: Piece): Text {
  return typeof piece === 'string' ? fc.constant(piece) : piece;
}

/** One of the pieces; a failing program shrinks to the first. */
export function one(...pieces: readonly Piece[]): Text {
  if (pieces.every((piece) => typeof piece === 'string')) return fc.constantFrom(...(pieces as string[]));
  return fc.oneof({ withCrossShrink: true }, ...pieces.map(text));
}

export function weighted(...choices: readonly (readonly [number, Piece])[]): Text {
  return fc.oneof({ withCrossShrink: true }, ...choices.map(([weight, piece]) => ({ weight, arbitrary: text(piece) })));
}

/** Words of a list, each a piece of its own: `words('a b c')`. */
export function words(list: string): Text {
  return fc.constantFrom(...list.split(' '));
}

/** A text with parts that are generated: t`echo ${word}`. */
export function t(literals: TemplateStringsArray, ...pieces: readonly Piece[]): Text {
  if (pieces.length === 0) return fc.constant(literals[0]!);
  return fc.tuple(...pieces.map(text)).map((parts) => literals.map((literal, i) => literal + (parts[i] ?? '')).join(''));
}

export function many(piece: Piece, min: number, max: number, separator = ''): Text {
  return fc.array(text(piece), { minLength: min, maxLength: max, size: 'max' }).map((parts) => parts.join(separator));
}

export function maybe(piece: Piece): Text {
  return one('', piece);
}

/** A grammar rule made once for each scope. */
export function rule(make: (scope: Scope) => Text): (scope: Scope) => Text {
  const made = new Map<string, Text>();
  return (scope) => {
    const key = `${scope.bash}${scope.depth}`;
    let found = made.get(key);
    if (found === undefined) made.set(key, found = make(scope));
    return found;
  };
}

export function deeper(scope: Scope): Scope {
  return { ...scope, depth: scope.depth - 1 };
}

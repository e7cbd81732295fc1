// What a sed script consists of.
import type { CompiledRegex } from '../../regex/posix-regex.js';

export type Address =
  | { kind: 'line'; line: number }
  | { kind: 'last' }
  | { kind: 'step'; first: number; step: number }
  /** Undefined: whatever expression was used last. */
  | { kind: 'regex'; regex: CompiledRegex | undefined }
  /** As second address: so many lines more. */
  | { kind: 'count'; count: number }
  /** As second address: up to the next multiple. */
  | { kind: 'multiple'; multiple: number };

/** A replacement is literal text, `&` and groups, and switches of case (`\U \L \E \u \l`). */
export type ReplacementPart = { kind: 'text'; text: string } | { kind: 'group'; group: number } | { kind: 'case'; letter: 'U' | 'L' | 'E' | 'u' | 'l' };

export interface Substitution {
  regex: CompiledRegex | undefined;
  parts: readonly ReplacementPart[];
  /** Set where the replacement is nothing but this. */
  plain: string | undefined;
  global: boolean;
  nth: number;
  /** Before or after what `e` does. */
  print: 'before' | 'after' | undefined;
  evaluate: boolean;
  file: string | undefined;
}

export interface SedCommand {
  name: string;
  from?: Address;
  to?: Address;
  negated: boolean;
  /** Text of a, i, c; label of b, t, T, :; file name of r, R, w, W; command line of e. */
  text: string;
  /** Exit code of q, Q; length of l. */
  number: number | undefined;
  /** Where `{` ends, where a jump leads. */
  target: number;
  substitution?: Substitution;
  translation?: ReadonlyMap<string, string>;
  /** Matches the characters that `translation` changes. */
  translated?: RegExp;
  /** Whether a range is open, and the line number it ends with where that is known. */
  open: boolean;
  openUntil: number;
  /** A range that begins at a line begins once. */
  closed: boolean;
}

/** A script that is none; `at` counts the characters of the fragment read so far. */
export class SedScriptError extends Error {}

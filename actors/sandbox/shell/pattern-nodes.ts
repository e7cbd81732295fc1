// Parses a glob pattern (POSIX 2.13, "Pattern Matching Notation"; bash's extended patterns) to nodes.

import { collatingSymbol } from './collating-symbols.js';

export type PatternNode =
  /** One character that stands for itself. */
  | { readonly type: 'char'; readonly char: string }
  | { readonly type: 'any' }
  | { readonly type: 'star' }
  /** The source of a regular expression's class, `[…]`. */
  | { readonly type: 'class'; readonly source: string }
  /** `?(…)`, `*(…)`, `+(…)`, `@(…)`, `!(…)` */
  | { readonly type: 'group'; readonly operator: string; readonly alternatives: readonly (readonly PatternNode[])[] };

export interface PatternSettings {
  /** `@(a|b)` and its kin are special. */
  readonly extglob?: boolean | undefined;
  readonly nocase?: boolean | undefined;
  /** `/` is matched only by `/`, as in path names (FNM_PATHNAME). */
  readonly pathname?: boolean | undefined;
  /** A `.` at the beginning is matched only by `.` (FNM_PERIOD). */
  readonly period?: boolean | undefined;
  /** Bytes are the characters. */
  readonly bytes?: boolean | undefined;
  /** dash: `^` negates no set, and sets know classes, but neither collating symbols nor equivalents. */
  readonly dashSets?: boolean | undefined;
}

const DEPTH_MAX = 100;
const SPECIAL_IN_CLASS = /[\\\]^[-]/;

const CLASSES: Readonly<Record<string, string>> = {
  alpha: '\\p{L}', digit: '0-9', alnum: '\\p{L}\\p{Nd}', upper: '\\p{Lu}', lower: '\\p{Ll}', space: '\\s', blank: ' \\t', punct: '!-\\/:-@\\[-`\\{-~',
  print: ' -~\\u{a1}-\\u{d7ff}\\u{e000}-\\u{10ffff}', graph: '!-~\\u{a1}-\\u{d7ff}\\u{e000}-\\u{10ffff}', cntrl: '\\0-\\x1f\\x7f', xdigit: '0-9A-Fa-f', word: '\\w', ascii: '\\0-\\x7f',
};

/** Patterns are parsed by code points; what is no valid special form stands for itself, and so does all of a pattern with a group that never ends. */
export function parsePattern(pattern: string, settings: PatternSettings): PatternNode[] {
  const parser = new PatternParser(Array.from(pattern), settings);
  const nodes = parser.sequence(0);
  return parser.isUnclosed ? Array.from(pattern.replace(/\\([^])/gu, '$1'), (char) => ({ type: 'char', char })) : nodes;
}

class PatternParser {
  readonly #chars: readonly string[];
  readonly #settings: PatternSettings;
  #pos = 0;
  /** A `(` was found to have no `)`, or what stands between them a `[` without its `]`. */
  isUnclosed = false;

  constructor(chars: readonly string[], settings: PatternSettings) {
    this.#chars = chars;
    this.#settings = settings;
  }

  /** Up to the end, or in a group to `|` or `)`. */
  sequence(depth: number): PatternNode[] {
    const nodes: PatternNode[] = [];
    while (this.#pos < this.#chars.length) {
      const char = this.#chars[this.#pos]!;
      if (depth > 0 && (char === '|' || char === ')')) break;
      const node = this.#node(char, depth);
      if (node.type !== 'star' || nodes.at(-1)?.type !== 'star') nodes.push(node);
    }
    return nodes;
  }

  #node(char: string, depth: number): PatternNode {
    if (this.#settings.extglob && '?*+@!'.includes(char) && this.#chars[this.#pos + 1] === '(' && depth < DEPTH_MAX) {
      return this.#group(char, depth);
    }
    this.#pos++;
    switch (char) {
      case '\\': {
        const next = this.#chars[this.#pos];
        if (next === undefined) return { type: 'char', char };
        this.#pos++;
        return { type: 'char', char: next };
      }
      case '?':
        return { type: 'any' };
      case '*':
        return { type: 'star' };
      case '[': {
        const set = this.#class();
        if (set === undefined && depth > 0) this.#giveUp();
        return set ?? { type: 'char', char };
      }
      default:
        return { type: 'char', char };
    }
  }

  #group(operator: string, depth: number): PatternNode {
    const alternatives: PatternNode[][] = [];
    this.#pos++;
    do {
      this.#pos++;
      alternatives.push(this.sequence(depth + 1));
    } while (this.#chars[this.#pos] === '|');
    if (this.#chars[this.#pos] === ')') this.#pos++;
    else this.#giveUp();
    return { type: 'group', operator, alternatives };
  }

  #giveUp(): void {
    this.isUnclosed = true;
    this.#pos = this.#chars.length;
  }

  /** After `[`; undefined (and nothing consumed) when there is no `]` that closes it. */
  #class(): PatternNode | undefined {
    const start = this.#pos;
    let at = start;
    const negated = this.#chars[at] === '!' || (this.#chars[at] === '^' && this.#settings.dashSets !== true);
    if (negated) at++;
    let source = '';
    let first = true;
    for (;;) {
      const char = this.#chars[at];
      if (char === undefined || (char === '/' && this.#settings.pathname)) return undefined;
      if (char === ']' && !first) break;
      first = false;
      const named = char === '[' ? this.#named(at) : undefined;
      if (named?.set !== undefined) {
        source += named.set;
        at = named.end;
        continue;
      }
      const low = this.#member(at);
      if (low === undefined) return undefined;
      at = low.end;
      const high = this.#chars[at] === '-' && this.#chars[at + 1] !== ']' ? this.#member(at + 1) : undefined;
      if (high === undefined) {
        source += classChar(low.char);
        continue;
      }
      at = high.end;
      // A range that runs backwards matches nothing, nor does one from or to a symbol that is none.
      if (low.char !== '' && high.char !== '' && low.char.codePointAt(0)! <= high.char.codePointAt(0)!) source += `${classChar(low.char)}-${classChar(high.char)}`;
    }
    this.#pos = at + 1;
    const slash = this.#settings.pathname && negated ? '\\/' : '';
    return { type: 'class', source: negated ? `[^${source}${slash}]` : source === '' ? '[]' : `[${source}]` };
  }

  #member(at: number): { char: string; end: number } | undefined {
    const char = this.#chars[at];
    if (char === undefined) return undefined;
    if (char === '\\') {
      const next = this.#chars[at + 1];
      return next === undefined ? undefined : { char: next, end: at + 2 };
    }
    const named = char === '[' ? this.#named(at) : undefined;
    return named?.char === undefined ? { char, end: at + 1 } : { char: named.char, end: named.end };
  }

  /** `[:class:]`, `[=c=]`, `[.c.]` */
  #named(at: number): { set?: string; char?: string; end: number } | undefined {
    const kind = this.#chars[at + 1];
    if (kind !== ':' && (this.#settings.dashSets === true || (kind !== '=' && kind !== '.'))) return undefined;
    for (let end = at + 2; end + 1 < this.#chars.length; end++) {
      if (this.#chars[end] !== kind || this.#chars[end + 1] !== ']') continue;
      const name = this.#chars.slice(at + 2, end).join('');
      if (kind === ':') {
        if (Object.hasOwn(CLASSES, name)) return { set: CLASSES[name]!, end: end + 2 };
        return this.#settings.dashSets === true ? undefined : { set: '', end: end + 2 };
      }
      if (kind === '.') return { char: collatingSymbol(name), end: end + 2 };
      return Array.from(name).length === 1 ? { char: name, end: end + 2 } : undefined;
    }
    return undefined;
  }
}

function classChar(char: string): string {
  return SPECIAL_IN_CLASS.test(char) || char === '/' ? `\\${char}` : char;
}

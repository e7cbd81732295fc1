// Glob patterns as matchers: fnmatch(3) and what `${x#p}`, `${x%p}` and `${x/p/r}` need; used by the shell, find, tar and others.
import { encode } from '../kernel/text.js';
import { byteText } from './syntax/ansi.js';
import { parsePattern, type PatternNode, type PatternSettings } from './pattern-nodes.js';
import { SetMatcher } from './pattern-sets.js';

export type { PatternSettings } from './pattern-nodes.js';

/** A compiled pattern. Positions are UTF-16 offsets; characters are code points. A backslash in a pattern makes the next character ordinary. */
export interface Pattern {
  /** Whether the whole text matches. */
  test(text: string): boolean;
  /** The length of the longest (`greedy`) or shortest prefix that matches; -1 when none does. */
  prefix(text: string, greedy: boolean): number;
  /** Where the longest or shortest suffix that matches begins; -1 when none does. */
  suffix(text: string, greedy: boolean): number;
  /** The leftmost match at or after `from`, as long as possible. */
  find(text: string, from: number): { readonly start: number; readonly end: number } | undefined;
}

const CACHE_MAX = 1000;
const cache = new Map<string, Pattern>();

/** Compiles a pattern; recent ones are kept. Never throws: what is no valid special form stands for itself. */
export function compilePattern(pattern: string, settings: PatternSettings = {}): Pattern {
  const flags = (settings.extglob ? 1 : 0) | (settings.nocase ? 2 : 0) | (settings.pathname ? 4 : 0) | (settings.period ? 8 : 0) | (settings.bytes ? 16 : 0) | (settings.dashSets ? 32 : 0);
  const key = `${flags}${pattern}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const compiled = settings.bytes ? new BytePattern(compile(parsePattern(bytesOf(pattern), settings), settings)) : compile(parsePattern(pattern, settings), settings);
  if (cache.size >= CACHE_MAX) cache.clear();
  cache.set(key, compiled);
  return compiled;
}

function compile(nodes: readonly PatternNode[], settings: PatternSettings): Pattern {
  if (nodes.some((node) => node.type === 'group')) return new SetPattern(nodes, settings);
  if (!settings.nocase && nodes.every((node) => node.type === 'char')) return new TextPattern(nodes.map((node) => (node as { char: string }).char).join(''));
  return new RegexPattern(nodes, settings);
}

/** Text with each byte of what is not ASCII as a character of its own; `joinBytes` makes it whole again. */
export function bytesOf(text: string): string {
  return text.replace(/[^\0-\x7f]+/g, (run) => Array.from(encode(run), byteText).join(''));
}

/** A pattern over bytes: `prefix`, `suffix` and `find` are to be given text of `bytesOf`. */
class BytePattern implements Pattern {
  readonly #inner: Pattern;
  constructor(inner: Pattern) {
    this.#inner = inner;
  }
  test(text: string): boolean {
    return this.#inner.test(bytesOf(text));
  }
  prefix(text: string, greedy: boolean): number {
    return this.#inner.prefix(text, greedy);
  }
  suffix(text: string, greedy: boolean): number {
    return this.#inner.suffix(text, greedy);
  }
  find(text: string, from: number): ReturnType<Pattern['find']> {
    return this.#inner.find(text, from);
  }
}

/** No special character at all. */
class TextPattern implements Pattern {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  test(text: string): boolean {
    return text === this.#text;
  }
  prefix(text: string): number {
    return text.startsWith(this.#text) ? this.#text.length : -1;
  }
  suffix(text: string): number {
    return text.endsWith(this.#text) ? text.length - this.#text.length : -1;
  }
  find(text: string, from: number): { start: number; end: number } | undefined {
    const start = text.indexOf(this.#text, from);
    return start < 0 ? undefined : { start, end: start + this.#text.length };
  }
}

const REGEX_SPECIAL = /[\\^$.*+?()[\]{}|/]/;

/**
 * Without groups a pattern is a regular expression. Each `*…` but the last takes the leftmost place where what follows it fits and
 * never gives it back (a lookahead with a back reference, because there are no atomic groups), so that many stars cost no more than one.
 */
class RegexPattern implements Pattern {
  readonly #nodes: readonly PatternNode[];
  readonly #settings: PatternSettings;
  readonly #whole: RegExp;
  readonly #made: (RegExp | undefined)[] = [];

  constructor(nodes: readonly PatternNode[], settings: PatternSettings) {
    this.#nodes = nodes;
    this.#settings = settings;
    this.#whole = this.#regex(nodes, '^', true, '$');
  }

  #regex(nodes: readonly PatternNode[], before: string, greedy: boolean, after: string): RegExp {
    const segments = this.#segments(nodes);
    const star = this.#settings.pathname ? '[^/]*' : '[^]*';
    let source = before + segments[0]!;
    segments.slice(1).forEach((segment, i) => {
      const isLast = i === segments.length - 2;
      // Under `pathname` a star cannot pass a slash, so an earlier place may have to be given up: plain backtracking.
      if (isLast) source += star + (greedy ? '' : '?') + segment;
      else source += this.#settings.pathname ? `${star}?${segment}` : `(?=(${star}?${segment}))\\${i + 1}`;
    });
    return new RegExp(source + after, this.#settings.nocase ? 'ui' : 'u');
  }

  /** What stands between stars. */
  #segments(nodes: readonly PatternNode[]): string[] {
    const { pathname, period } = this.#settings;
    const segments = [''];
    nodes.forEach((node, i) => {
      const before = nodes[i - 1];
      const leads = i === 0 || (pathname && before?.type === 'char' && before.char === '/');
      const guard = period && leads && node.type !== 'char' ? '(?!\\.)' : '';
      if (guard !== '') segments[segments.length - 1] += guard;
      if (node.type === 'star') segments.push('');
      else segments[segments.length - 1] += this.#one(node);
    });
    return segments;
  }

  #one(node: PatternNode): string {
    if (node.type === 'char') return REGEX_SPECIAL.test(node.char) ? `\\${node.char}` : node.char;
    if (node.type === 'class') return node.source;
    return this.#settings.pathname ? '[^/]' : '[^]';
  }

  #cached(slot: number, make: () => RegExp): RegExp {
    return (this.#made[slot] ??= make());
  }

  test(text: string): boolean {
    return this.#whole.test(text);
  }

  prefix(text: string, greedy: boolean): number {
    const pattern = this.#cached(greedy ? 0 : 1, () => this.#regex(this.#nodes, '^', greedy, ''));
    return pattern.exec(text)?.[0].length ?? -1;
  }

  suffix(text: string, greedy: boolean): number {
    // Backwards, so that the shortest suffix is as easily found as the shortest prefix.
    const pattern = this.#cached(greedy ? 2 : 3, () => this.#regex(this.#nodes.toReversed(), '^', greedy, ''));
    const length = pattern.exec(reversed(text))?.[0].length;
    return length === undefined ? -1 : text.length - length;
  }

  find(text: string, from: number): { start: number; end: number } | undefined {
    const pattern = this.#cached(4, () => this.#regex(this.#nodes, '', true, ''));
    const sticky = this.#cached(5, () => new RegExp(pattern.source, `${pattern.flags}g`));
    sticky.lastIndex = from;
    const found = sticky.exec(text);
    return found === null ? undefined : { start: found.index, end: found.index + found[0].length };
  }
}

const SURROGATE = /[\ud800-\udbff]/;

function reversed(text: string): string {
  return (SURROGATE.test(text) ? Array.from(text) : text.split('')).reverse().join('');
}

/** Extended patterns. */
class SetPattern implements Pattern {
  readonly #forward: SetMatcher;
  readonly #nodes: readonly PatternNode[];
  readonly #settings: PatternSettings;
  #backward: SetMatcher | undefined;

  constructor(nodes: readonly PatternNode[], settings: PatternSettings) {
    this.#nodes = nodes;
    this.#settings = settings;
    this.#forward = new SetMatcher(nodes, settings);
  }

  test(text: string): boolean {
    const chars = Array.from(text);
    return this.#forward.ends(chars, 0).at(-1) === chars.length;
  }

  prefix(text: string, greedy: boolean): number {
    const chars = Array.from(text);
    const end = this.#forward.ends(chars, 0).at(greedy ? -1 : 0);
    return end === undefined ? -1 : lengthOf(chars, 0, end);
  }

  suffix(text: string, greedy: boolean): number {
    this.#backward ??= new SetMatcher(backward(this.#nodes), this.#settings);
    const chars = Array.from(text).reverse();
    const end = this.#backward.ends(chars, 0).at(greedy ? -1 : 0);
    return end === undefined ? -1 : text.length - lengthOf(chars, 0, end);
  }

  find(text: string, from: number): { start: number; end: number } | undefined {
    const chars = Array.from(text.slice(from));
    let offset = from;
    for (let start = 0; start <= chars.length; start++) {
      const end = this.#forward.ends(chars, start).at(-1);
      if (end !== undefined) return { start: offset, end: offset + lengthOf(chars, start, end) };
      offset += chars[start]?.length ?? 0;
    }
    return undefined;
  }
}

function lengthOf(chars: readonly string[], start: number, end: number): number {
  let length = 0;
  for (let i = start; i < end; i++) length += chars[i]!.length;
  return length;
}

function backward(nodes: readonly PatternNode[]): PatternNode[] {
  return nodes.toReversed().map((node) => (node.type === 'group' ? { ...node, alternatives: node.alternatives.map(backward) } : node));
}

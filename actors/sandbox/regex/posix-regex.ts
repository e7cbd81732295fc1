// POSIX regular expressions, basic and extended, over JavaScript's: parsed as POSIX and GNU say, run as RegExp, made longest where it matters.
import { isHazardous, literalText, mayBeShort } from './analysis.js';
import { buildSimulation, type Simulation } from './nfa.js';
import { type RegexNode, type RegexOptions, RegexSyntaxError } from './nodes.js';
import { parseRegex } from './parser.js';

export { type RegexOptions, RegexSyntaxError } from './nodes.js';

const CACHE_MAX = 500;
const cache = new Map<string, CompiledRegex>();

/**
 * https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/V1_chap09.html plus GNU's `\+ \? \| \w \W \s \S \b \B \< \> \` \'`.
 * Texts are strings as `kernel/text.ts` decodes them: one character is one code point or one invalid byte. Throws RegexSyntaxError
 * in glibc's words. Compiled expressions are shared; they keep no state between calls.
 */
export function compileRegex(pattern: string, options: RegexOptions): CompiledRegex {
  const { extended, ignoreCase, multiline, lineBound, lenient, bracketEscapes } = options;
  const key = `${[extended, ignoreCase, multiline, lineBound, lenient, bracketEscapes].map((flag) => (flag === true ? 1 : 0)).join('')}${pattern}`;
  const known = cache.get(key);
  if (known) return known;
  const regex = new CompiledRegex(pattern, options);
  if (cache.size >= CACHE_MAX) cache.delete(cache.keys().next().value!);
  cache.set(key, regex);
  return regex;
}

export class CompiledRegex {
  /** The pattern as given. */
  readonly source: string;
  /** The number of groups. */
  readonly groups: number;
  /** The exact text it matches, where it is nothing but that. */
  readonly literal: string | undefined;
  /** The JavaScript spelling (flags `u`, with `i`): finds exactly where matches begin, and their groups. */
  readonly javascript: string;
  readonly flags: string;
  readonly #regex: RegExp;
  readonly #simulation: Simulation | undefined;
  readonly #checksLength: boolean;
  readonly #checksExistence: boolean;
  #anchored: RegExp | undefined;

  constructor(pattern: string, options: RegexOptions) {
    const { node, groups, hasBackReference } = parseRegex(pattern, options);
    this.source = pattern;
    this.groups = groups;
    this.literal = options.ignoreCase === true || groups > 0 ? undefined : literalText(node);
    this.flags = options.ignoreCase === true ? 'iu' : 'u';
    this.javascript = sourceOf(node);
    this.#regex = toRegExp(this.javascript, `g${this.flags}`);
    this.#checksLength = !hasBackReference && mayBeShort(node, this.flags);
    this.#checksExistence = !hasBackReference && isHazardous(node, this.flags);
    if (this.#checksLength || this.#checksExistence) this.#simulation = buildSimulation(node, options.ignoreCase === true);
  }

  /** Whether a plain RegExp of `javascript` gives the same matches as `exec`. */
  get isPlain(): boolean {
    return this.#simulation === undefined;
  }

  /** Whether a plain RegExp of `javascript` could take exponential time where `test` does not. */
  get isHazardous(): boolean {
    return this.#checksExistence && this.#simulation !== undefined;
  }

  /** Whether there is a match anywhere from `from` on. */
  test(text: string, from = 0): boolean {
    if (this.literal !== undefined) return text.includes(this.literal, from);
    if (this.#checksExistence && this.#simulation) return this.#simulation.exists(text, from);
    this.#regex.lastIndex = from;
    return this.#regex.test(text);
  }

  /** The leftmost, longest match that begins at or after `from`; `^` still means the beginning of the text. */
  exec(text: string, from = 0): RegExpExecArray | null {
    if (from > text.length) return null;
    if (this.#checksExistence && this.#simulation?.exists(text, from) === false) return null;
    this.#regex.lastIndex = from;
    const match = this.#regex.exec(text);
    if (match === null || !this.#checksLength || this.#simulation === undefined) return match;
    const end = this.#simulation.longest(text, match.index);
    return end <= match.index + match[0].length ? match : this.#lengthen(match, text, end);
  }

  /** The groups of the longer match: a search that has to end exactly there. */
  #lengthen(match: RegExpExecArray, text: string, end: number): RegExpExecArray {
    this.#anchored ??= toRegExp(`(?:${this.javascript})(?![^])`, `y${this.flags}`);
    this.#anchored.lastIndex = match.index;
    const longer = this.#anchored.exec(text.slice(0, end));
    if (longer) return longer;
    // What looks beyond the end (`\b`, `$`) can tell a cut text from the whole; then only the extent is right.
    match[0] = text.slice(match.index, end);
    return match;
  }
}

function toRegExp(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    if (error instanceof SyntaxError) throw new RegexSyntaxError('Regular expression too big');
    throw error;
  }
}

function sourceOf(node: RegexNode): string {
  switch (node.kind) {
    case 'character': case 'assertion':
      return node.source;
    case 'back-reference':
      return `(?:\\${node.group})`;
    case 'group':
      return `(${sourceOf(node.body)})`;
    case 'sequence':
      return node.items.map((item) => (item.kind === 'choice' ? `(?:${sourceOf(item)})` : sourceOf(item))).join('');
    case 'choice':
      return node.branches.map(sourceOf).join('|');
    case 'repeat': {
      const body = node.body.kind === 'character' || node.body.kind === 'group' ? sourceOf(node.body) : `(?:${sourceOf(node.body)})`;
      return body + quantifier(node.min, node.max);
    }
  }
}

function quantifier(min: number, max: number): string {
  if (max === Infinity) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  return min === 0 && max === 1 ? '?' : min === max ? `{${min}}` : `{${min},${max}}`;
}

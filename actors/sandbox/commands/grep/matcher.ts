// What grep looks for: finds the next matching line in a block of many, and the matching parts of one line.
import { UsageError } from '../../programs/stdio.js';
import { type CompiledRegex, compileRegex, RegexSyntaxError } from '../../regex/posix-regex.js';
import type { GrepSettings } from './options.js';
import { bracketEnd, KEPT, perlSource } from './perl.js';

/** Whether no line can be selected, so that no file need be looked at. */
export function selectsNothing({ patterns, invert, countMax, words, wholeLines, output }: GrepSettings): boolean {
  if (output === 'without-match') return false;
  const isAll = patterns.length === 1 && patterns[0] === '' && !words && !wholeLines;
  return countMax === 0 || (invert ? isAll : patterns.length === 0);
}

export interface Matcher {
  /** The beginning of some match in a matching line at or after `from` (which begins a line); -1 when there is none. */
  find(text: string, from: number): number;
  /** Whether one line (without its end) matches. */
  test(line: string): boolean;
  /** The next non-empty match in one line: [start, end]. */
  part(line: string, from: number): readonly [number, number] | undefined;
}

const WORD_BEFORE = '(?<![A-Za-z0-9_])';
const WORD_AFTER = '(?![A-Za-z0-9_])';
const LINE_BEFORE = '(?<![^\\n])';
const LINE_AFTER = '(?![^\\n])';

interface Search {
  regex: RegExp;
  /** Set where a line must be asked alone: the plain search could go astray. */
  careful: CompiledRegex | undefined;
  /** Finds the longest match of a part; undefined where the plain search does. */
  exact: CompiledRegex | undefined;
}

/** Throws UsageError with exit code 2 for what is no pattern. */
export function buildMatcher(settings: GrepSettings): Matcher {
  const { patterns, wholeLines, words, ignoreCase } = settings;
  if (patterns.length === 0) return new LineSet([]);
  if (settings.syntax === 'fixed' && !ignoreCase && !words) {
    if (wholeLines && settings.output !== 'parts') return new LineSet(patterns);
    if (patterns.length === 1 && patterns[0] !== '' && !wholeLines) return new Literal(patterns[0]!);
  }
  try {
    const searches = settings.syntax === 'fixed' ? [fixedSearch(settings)] : patterns.map((pattern) => (settings.syntax === 'perl' ? perlSearch(pattern, settings) : posixSearch(pattern, settings)));
    const only = searches.length === 1 ? patterns[0]! : '';
    const literal = searches.length === 1 && !words && !wholeLines ? searches[0]!.exact === undefined && literalOf(only, settings) : undefined;
    if (typeof literal === 'string' && literal !== '') return new Literal(literal);
    return new Searches(searches);
  } catch (error) {
    if (error instanceof RegexSyntaxError || error instanceof SyntaxError) throw new UsageError(wordsFor(error, settings), 2);
    throw error;
  }
}

/** PCRE's words for what JavaScript refuses, where scripts are likely to see them. */
function wordsFor(error: Error, { syntax }: GrepSettings): string {
  if (syntax !== 'perl') return error.message;
  if (/Unterminated character class/.test(error.message)) return 'missing terminating ] for character class';
  if (/Unterminated group/.test(error.message)) return 'missing closing parenthesis';
  if (/Unmatched '\)'/.test(error.message)) return 'unmatched closing parenthesis';
  if (/Nothing to repeat/.test(error.message)) return 'quantifier does not follow a repeatable item';
  if (/\\ at end of pattern/.test(error.message)) return '\\ at end of pattern';
  if (/Invalid group/.test(error.message)) return 'unrecognized or unsupported character after (? or (?-';
  return error.message;
}

function literalOf(pattern: string, settings: GrepSettings): string | undefined {
  if (settings.syntax === 'perl' || settings.syntax === 'fixed' || settings.ignoreCase) return undefined;
  return compileRegex(pattern, { extended: settings.syntax === 'extended', lenient: true }).literal;
}

function bounded(source: string, { wholeLines, words, syntax, delimiter }: GrepSettings): string {
  if (wholeLines && syntax === 'perl' && delimiter === '\0') return `(?<![^])(?:${source})(?![^])`;
  if (wholeLines) return `${LINE_BEFORE}(?:${source})${LINE_AFTER}`;
  return words ? `${WORD_BEFORE}(?:${source})${WORD_AFTER}` : source;
}

function fixedSearch(settings: GrepSettings): Search {
  // Longer words first, so that the part found is the longest.
  const sorted = [...settings.patterns].sort((a, b) => b.length - a.length);
  const source = sorted.map((pattern) => pattern.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|');
  return { regex: new RegExp(bounded(source, settings), settings.ignoreCase ? 'giu' : 'gu'), careful: undefined, exact: undefined };
}

function perlSearch(pattern: string, settings: GrepSettings): Search {
  const { source, ignoreCase, dotAll, keeps } = perlSource(pattern, settings.delimiter === '\n');
  const flags = `g${settings.ignoreCase || ignoreCase ? 'i' : ''}${dotAll ? 's' : ''}${keeps ? 'd' : ''}`;
  try {
    return { regex: new RegExp(bounded(source, settings), `${flags}u`), careful: undefined, exact: undefined };
  } catch {
    // Escapes that JavaScript's strict mode refuses (`\-`, `\"`) are all right in its other one.
    return { regex: new RegExp(bounded(source, settings), flags), careful: undefined, exact: undefined };
  }
}

/** `[:space:]` alone is a slip that GNU's grep does not let pass. */
function judgeBrackets(pattern: string): void {
  for (let at = 0; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++;
    else if (pattern[at] === '[') {
      const end = bracketEnd(pattern, at);
      if (/^\[:[^[\]-]*[^:[\]-][^[\]-]*:\]$/.test(pattern.slice(at, end))) throw new RegexSyntaxError('character class syntax is [[:space:]], not [:space:]');
      at = end - 1;
    }
  }
}

function posixSearch(pattern: string, settings: GrepSettings): Search {
  judgeBrackets(pattern);
  const options = { extended: settings.syntax === 'extended', ignoreCase: settings.ignoreCase, lenient: true, lineBound: settings.delimiter === '\n', multiline: true };
  const compiled = compileRegex(pattern, options);
  const regex = new RegExp(bounded(compiled.javascript, settings), `g${compiled.flags}`);
  const simple = !settings.wholeLines && !settings.words;
  return { regex, careful: compiled.isHazardous ? compiled : undefined, exact: compiled.isPlain || !simple ? undefined : compiled };
}

/** Many plain searches as one; those with back-references or special care stay alone. */
function merged(searches: readonly Search[]): Search[] {
  const plain = searches.filter(({ regex, careful }) => careful === undefined && !/\\[1-9]/.test(regex.source));
  if (plain.length < 2 || searches.some(({ exact }) => exact !== undefined) || new Set(plain.map(({ regex }) => regex.flags)).size > 1) return [...searches];
  const source = plain.map(({ regex }) => `(?:${regex.source})`).join('|');
  return [{ regex: new RegExp(source, plain[0]!.regex.flags), careful: undefined, exact: undefined }, ...searches.filter((search) => !plain.includes(search))];
}

class Literal implements Matcher {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  find(text: string, from: number): number {
    return text.indexOf(this.#text, from);
  }

  test(line: string): boolean {
    return line.includes(this.#text);
  }

  part(line: string, from: number): readonly [number, number] | undefined {
    const at = line.indexOf(this.#text, from);
    return at < 0 ? undefined : [at, at + this.#text.length];
  }
}

/** `-Fx`: whole lines out of a set, however large. */
class LineSet implements Matcher {
  readonly #lines: ReadonlySet<string>;

  constructor(lines: readonly string[]) {
    this.#lines = new Set(lines);
  }

  find(text: string, from: number): number {
    return eachLine(text, from, (line) => this.#lines.has(line));
  }

  test(line: string): boolean {
    return this.#lines.has(line);
  }

  part(line: string, from: number): readonly [number, number] | undefined {
    return from === 0 && line !== '' ? [0, line.length] : undefined;
  }
}

class Searches implements Matcher {
  readonly #searches: readonly Search[];
  /** Where any match will do. */
  readonly #merged: readonly Search[];

  constructor(searches: readonly Search[]) {
    this.#searches = searches;
    this.#merged = merged(searches);
  }

  find(text: string, from: number): number {
    let first = -1;
    for (const { regex, careful } of this.#merged) {
      let at: number;
      if (careful) {
        at = eachLine(text, from, (line) => careful.test(line));
      } else {
        regex.lastIndex = from;
        at = regex.exec(text)?.index ?? -1;
      }
      if (at >= 0 && (first < 0 || at < first)) first = at;
    }
    return first;
  }

  test(line: string): boolean {
    return this.find(line, 0) >= 0;
  }

  part(line: string, from: number): readonly [number, number] | undefined {
    let best: readonly [number, number] | undefined;
    for (const { regex, exact, careful } of this.#searches) {
      for (let at = from; at <= line.length; ) {
        regex.lastIndex = at;
        const match = exact || careful ? (exact ?? careful)!.exec(line, at) : regex.exec(line);
        if (!match) break;
        if (match[0] === '') {
          at = match.index + 1;
          continue;
        }
        const end = match.index + match[0].length;
        const start = (match as RegExpExecArray).indices?.groups?.[KEPT]?.[0] ?? match.index;
        if (start === end) {
          at = end;
          continue;
        }
        if (!best || start < best[0] || (start === best[0] && end > best[1])) best = [start, end];
        break;
      }
    }
    return best;
  }
}

function eachLine(text: string, from: number, matches: (line: string) => boolean): number {
  for (let at = from; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const stop = end < 0 ? text.length : end;
    if (matches(text.slice(at, stop))) return at;
    at = stop + 1;
  }
  return from === 0 && text === '' && matches('') ? 0 : -1;
}

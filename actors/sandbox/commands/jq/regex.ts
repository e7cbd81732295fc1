// jq's regular expressions: Oniguruma's Perl syntax, translated to JavaScript's.
import { typeError } from './arithmetic.js';
import { JqError, type Value } from './value.js';

export interface Regex {
  expression: RegExp;
  isGlobal: boolean;
  skipsEmpty: boolean;
  /** For each group as jq counts them: JavaScript's number and its name. */
  groups: readonly { number: number; name: string | null }[];
}

const POSIX: Readonly<Record<string, string>> = {
  alnum: '\\p{L}\\p{M}\\p{Nd}', alpha: '\\p{L}\\p{M}', ascii: '\\x00-\\x7f', blank: ' \\t', cntrl: '\\p{Cc}', digit: '\\p{Nd}', graph: '\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}',
  lower: '\\p{Ll}', print: '\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Zs}', punct: '\\p{P}$+<=>^`|~', space: '\\s\\x85', upper: '\\p{Lu}', xdigit: '0-9a-fA-F', word: '\\p{L}\\p{M}\\p{N}\\p{Pc}',
};
const WORD = '\\p{L}\\p{M}\\p{N}\\p{Pc}';
/** Escapes that mean the same to JavaScript, in and out of brackets. */
const CLASSES: Readonly<Record<string, string>> = { w: `[${WORD}]`, W: `[^${WORD}]`, d: '\\p{Nd}', D: '\\P{Nd}', s: '\\s', S: '\\S', h: '[0-9a-fA-F]', H: '[^0-9a-fA-F]' };
const INSIDE: Readonly<Record<string, string>> = { w: WORD, d: '\\p{Nd}', D: '\\P{Nd}', s: '\\s', S: '\\S', h: '0-9a-fA-F' };
const ANCHORS: Readonly<Record<string, string>> = {
  A: '(?<![\\s\\S])', z: '(?![\\s\\S])', Z: '(?=\\n?(?![\\s\\S]))', b: `(?:(?<=[${WORD}])(?![${WORD}])|(?<![${WORD}])(?=[${WORD}]))`, B: `(?:(?<=[${WORD}])(?=[${WORD}])|(?<![${WORD}])(?![${WORD}]))`,
};
const CONTROLS: Readonly<Record<string, string>> = { n: '\\n', t: '\\t', r: '\\r', f: '\\f', v: '\\v', a: '\\x07', e: '\\x1b' };

class Translation {
  readonly #source: string;
  #at = 0;
  #extended: boolean;
  readonly #dot: string;
  #opened = 0;
  readonly groups: { number: number; name: string | null }[] = [];
  readonly #names: boolean;

  constructor(source: string, extended: boolean, dotIsAll: boolean) {
    this.#source = source;
    this.#extended = extended;
    this.#dot = dotIsAll ? '[\\s\\S]' : '[^\\n]';
    this.#names = /\(\?<[a-zA-Z_]/.test(source);
  }

  #fail(message: string): never {
    throw new JqError(`${this.#source} (at offset 0) is not a valid regex: ${message}`);
  }

  /** Up to the end or an unopened `)`. */
  alternatives(depth: number): string {
    let out = '';
    let last = '';
    const put = (piece: string): void => {
      out += last;
      last = piece;
    };
    while (this.#at < this.#source.length) {
      const letter = this.#source[this.#at]!;
      if (letter === ')') {
        if (depth === 0) this.#fail('unmatched close parenthesis');
        break;
      }
      this.#at++;
      if (this.#extended && /\s/.test(letter)) continue;
      if (this.#extended && letter === '#') {
        while (this.#at < this.#source.length && this.#source[this.#at] !== '\n') this.#at++;
      } else if (letter === '(') put(this.#group(depth));
      else if (letter === '[') put(`[${this.#bracket()}]`);
      else if (letter === '\\') put(this.#escape());
      else if (letter === '.') put(this.#dot);
      else if (letter === '^') put(ANCHORS['A']!);
      else if (letter === '$') put(ANCHORS['Z']!);
      else if (letter === '|') {
        put('|');
        put('');
      } else if ('*+?'.includes(letter) || (letter === '{' && /^\{\d*,?\d*\}/.test(this.#source.slice(this.#at - 1)) && !/^\{,?\}/.test(this.#source.slice(this.#at - 1)))) {
        if (last === '' || last === '|') this.#fail('target of repeat operator is not specified');
        last = this.#repeat(last, letter);
      } else put(/[{}\]/]/.test(letter) ? `\\${letter}` : this.#character(letter));
    }
    return out + last;
  }

  #character(letter: string): string {
    const point = this.#source.codePointAt(this.#at - 1)!;
    if (point <= 0xffff) return letter;
    this.#at++;
    return String.fromCodePoint(point);
  }

  #repeat(what: string, letter: string): string {
    let times = letter;
    if (letter === '{') {
      times = /^\{\d*,?\d*\}/.exec(this.#source.slice(this.#at - 1))![0];
      this.#at += times.length - 1;
      times = times.replace(/^\{,/, '{0,');
    }
    const next = this.#source[this.#at];
    const body = /^\(\?<?[=!]/.test(what) ? `(?:${what})` : what;
    if (next === '?') {
      this.#at++;
      return `${body}${times}?`;
    }
    if (next === '+' && letter !== '{') {
      this.#at++;
      return this.#atomic(`${body}${times}`);
    }
    return body + times;
  }

  /** What has matched is not given back: a lookahead's capture, taken again. Groups inside were counted before it. */
  #atomic(body: string): string {
    this.#opened++;
    const name = `atomic${this.#opened}_`;
    // The new group opens before those inside it, which moves their numbers; names do not move.
    return `(?=(?<${name}>${body}))\\k<${name}>`;
  }

  #group(depth: number): string {
    const rest = this.#source.slice(this.#at);
    const take = (length: number): void => {
      this.#at += length;
    };
    let open: string;
    let close = ')';
    const extended = this.#extended;
    const name = /^\?<([a-zA-Z_]\w*)>/.exec(rest);
    const flags = /^\?([imsx]*)(?:-([imsx]*))?([:)])/.exec(rest);
    let isAtomic = false;
    if (rest.startsWith('?#')) {
      const end = rest.indexOf(')');
      if (end < 0) this.#fail('end pattern in group');
      take(end + 1);
      return '';
    }
    if (name) {
      take(name[0].length);
      open = `(?<g${this.groups.length}_>`;
      this.groups.push({ number: 0, name: name[1]! });
    } else if (/^\?(?:<?[=!]|:)/.test(rest)) {
      open = `(${/^\?(?:<?[=!]|:)/.exec(rest)![0]}`;
      take(open.length - 1);
    } else if (rest.startsWith('?>')) {
      take(2);
      open = '(?:';
      isAtomic = true;
    } else if (flags) {
      take(flags[0].length);
      if (/[ims]/.test((flags[1] ?? '') + (flags[2] ?? ''))) this.#fail('this machine has no options for a part of a pattern but x');
      this.#extended = flags[1]!.includes('x') || (this.#extended && !(flags[2] ?? '').includes('x'));
      if (flags[3] === ')') return '';
      open = '(?:';
    } else if (rest.startsWith('?')) this.#fail('undefined group option');
    else if (this.#names) open = '(?:';
    else {
      open = `(?<g${this.groups.length}_>`;
      this.groups.push({ number: 0, name: null });
    }
    if (open.startsWith('(?<g')) this.#opened++;
    const body = this.alternatives(depth + 1);
    if (this.#source[this.#at] !== ')') this.#fail('end pattern with unmatched parenthesis');
    this.#at++;
    this.#extended = extended;
    if (isAtomic) return this.#atomic(open + body + close);
    return open + body + close;
  }

  #escape(): string {
    const letter = this.#source[this.#at++];
    if (letter === undefined) this.#fail('end pattern at escape');
    if (CLASSES[letter] !== undefined) return CLASSES[letter];
    if (ANCHORS[letter] !== undefined) return ANCHORS[letter];
    if (/[1-9]/.test(letter)) return `\\k<g${Number(letter) - 1}_>`;
    const named = /^k<([^>]+)>/.exec(this.#source.slice(this.#at - 1));
    if (named) {
      this.#at += named[0].length - 1;
      const index = /^\d+$/.test(named[1]!) ? Number(named[1]) - 1 : this.groups.findIndex(({ name }) => name === named[1]);
      if (index < 0 || index >= this.groups.length) this.#fail(`undefined name <${named[1]!}> reference`);
      return `\\k<g${index}_>`;
    }
    return this.#literalEscape(letter);
  }

  #literalEscape(letter: string): string {
    const rest = this.#source.slice(this.#at);
    if (CONTROLS[letter] !== undefined) return CONTROLS[letter];
    const property = /^[pP]\{(\^?)([^}]+)\}/.exec(letter + rest);
    if (property) {
      this.#at += property[0].length - 1;
      const positive = (letter === 'p') !== (property[1] === '^');
      const inside = POSIX[property[2]!.toLowerCase()];
      return inside === undefined ? `\\${positive ? 'p' : 'P'}{${property[2]!}}` : `[${positive ? '' : '^'}${inside}]`;
    }
    const hex = letter === 'x' ? /^\{([0-9a-fA-F]+)\}|^([0-9a-fA-F]{1,2})/.exec(rest) : letter === 'u' ? /^([0-9a-fA-F]{4})/.exec(rest) : null;
    if (hex) {
      this.#at += hex[0].length;
      return `\\u{${hex[1] ?? hex[2]!}}`;
    }
    return /[\^$\\.*+?()[\]{}|/-]/.test(letter) ? `\\${letter}` : letter;
  }

  /** After `[`, up to and with `]`. */
  #bracket(): string {
    let out = '';
    if (this.#source[this.#at] === '^') {
      out = '^';
      this.#at++;
    }
    for (let isFirst = true; ; isFirst = false) {
      const letter = this.#source[this.#at++];
      if (letter === undefined) this.#fail('premature end of char-class');
      if (letter === ']' && !isFirst) return out;
      const posix = letter === '[' ? /^\[:(\^?)(\w+):\]/.exec(this.#source.slice(this.#at - 1)) : null;
      if (posix && POSIX[posix[2]!] !== undefined && posix[1] === '') {
        out += POSIX[posix[2]!]!;
        this.#at += posix[0].length - 1;
      } else if (letter === '\\') {
        const next = this.#source[this.#at++] ?? this.#fail('end pattern at escape');
        out += INSIDE[next] ?? (next === 'b' ? '\\x08' : this.#literalEscape(next));
      } else out += letter === '-' ? '-' : /[[\]^|(){}/]/.test(letter) ? `\\${letter}` : this.#character(letter);
    }
  }
}

const cache = new Map<string, Regex>();
const CACHED_MAX = 256;

/** @throws JqError for what is no valid expression or modifier. */
export function compileRegex(pattern: Value, flags: Value): Regex {
  if (typeof pattern !== 'string') throw typeError(pattern, 'is not a string');
  if (flags !== null && typeof flags !== 'string') throw typeError(flags, 'is not a string');
  const key = `${flags ?? ''}/${pattern}`;
  const known = cache.get(key);
  if (known) return known;
  if (/[^gixspnl]/.test(flags ?? '')) throw new JqError(`${flags!} is not a valid modifier string`);
  const has = (letter: string): boolean => (flags ?? '').includes(letter);
  const translation = new Translation(pattern, has('x'), has('p') || has('s') && has('p'));
  const source = translation.alternatives(0);
  let expression: RegExp;
  try {
    expression = new RegExp(source, `gud${has('i') ? 'i' : ''}`);
  } catch (error) {
    throw new JqError(`${pattern} (at offset 0) is not a valid regex: ${(error as Error).message.split(': ').at(-1)!}`);
  }
  const regex: Regex = { expression, isGlobal: has('g'), skipsEmpty: has('n'), groups: translation.groups };
  if (cache.size >= CACHED_MAX) cache.clear();
  cache.set(key, regex);
  return regex;
}

export interface Found {
  start: number;
  end: number;
  /** Undefined where a group took no part. */
  groups: readonly { name: string | null; range: readonly [number, number] | undefined }[];
}

/** All matches (the first alone without `g`), in UTF-16 units. */
export function matchesOf(text: string, regex: Regex): Found[] {
  const { expression, groups } = regex;
  const found: Found[] = [];
  expression.lastIndex = 0;
  for (let match = expression.exec(text); match; match = expression.exec(text)) {
    const end = match.index + match[0].length;
    if (match[0] !== '' || !regex.skipsEmpty) {
      const ranges = match.indices!.groups ?? {};
      found.push({ start: match.index, end, groups: groups.map(({ name }, i) => ({ name, range: ranges[`g${i}_`] })) });
      if (!regex.isGlobal) break;
    }
    if (match[0] === '') expression.lastIndex += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  }
  return found;
}

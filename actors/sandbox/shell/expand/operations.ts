// The operations of `${…}` on values: trimming, slicing, replacing, changing case, lengths. Plain text in, plain text out.
import { ExpansionError } from '../flow.js';
import { compilePattern, type Pattern } from '../patterns.js';

const SURROGATES = /[\ud800-\udbff]/;

/** A text's characters: code points, each invalid byte one. */
export function charactersOf(text: string): readonly string[] {
  return SURROGATES.test(text) ? Array.from(text) : text.split('');
}

export function lengthOf(text: string): number {
  return SURROGATES.test(text) ? Array.from(text).length : text.length;
}

/** `#`, `##`, `%`, `%%`. */
export function trim(text: string, pattern: Pattern, side: 'prefix' | 'suffix', greedy: boolean): string {
  if (side === 'prefix') {
    const length = pattern.prefix(text, greedy);
    return length < 0 ? text : text.slice(length);
  }
  const at = pattern.suffix(text, greedy);
  return at < 0 ? text : text.slice(0, at);
}

export function belowZero(subject: string): ExpansionError {
  const error = new ExpansionError(`${subject}: substring expression < 0`);
  error.outlivesErrexit = true;
  return error;
}

/** `${text:offset:length}`; a negative length counts from the end. */
export function slice(text: string, offset: number, length: number | undefined, subject: string): string {
  const characters = SURROGATES.test(text) ? Array.from(text) : undefined;
  const total = characters?.length ?? text.length;
  const from = offset < 0 ? total + offset : offset;
  if (from < 0 || from > total) return '';
  const to = length === undefined ? total : length < 0 ? total + length : Math.min(total, from + length);
  if (to < from) throw belowZero(subject);
  return characters ? characters.slice(from, to).join('') : text.slice(from, to);
}

/** `${list[@]:offset:length}` over (key, value) pairs in order; `end` is one past the highest key. */
export function sliceList(keys: readonly number[], values: readonly string[], end: number, offset: number, length: number | undefined, subject: string): string[] {
  const from = offset < 0 ? end + offset : offset;
  if (from < 0 || from >= end) return [];
  if (length !== undefined && length < 0) throw belowZero(subject);
  const start = keys.findIndex((key) => key >= from);
  return start < 0 ? [] : values.slice(start, length === undefined ? undefined : start + length);
}

/** `${text/pattern/replacement}`; `source` is the pattern's text. In the replacement `&` is what matched and `\&` is `&`, where `ampersand`. */
export function replace(text: string, pattern: Pattern, source: string, scope: 'first' | 'all' | 'prefix' | 'suffix', replacement: string, ampersand: boolean): string {
  const filled = (matched: string): string => {
    if (!ampersand || !/[&\\]/.test(replacement)) return replacement;
    return replacement.replace(/\\(&|\\)|&/g, (_, escaped: string | undefined) => escaped ?? matched);
  };
  // bash: at the end of the text only a pattern that begins with a star finds something.
  const matchesEnd = source === '' || source.startsWith('*');
  if (text === '' && scope !== 'suffix' && !matchesEnd) return text;
  if (scope === 'prefix') {
    const length = pattern.prefix(text, true);
    return length < 0 ? text : filled(text.slice(0, length)) + text.slice(length);
  }
  if (scope === 'suffix') {
    const at = pattern.suffix(text, true);
    return at < 0 ? text : text.slice(0, at) + filled(text.slice(at));
  }
  let out = '';
  let at = 0;
  do {
    const found = pattern.find(text, at);
    if (!found || (found.start === text.length && !matchesEnd)) break;
    out += text.slice(at, found.start) + filled(text.slice(found.start, found.end));
    at = found.end;
    if (scope === 'first') break;
    // Where nothing matched, a character goes by.
    if (found.end === found.start) out += text.slice(at, ++at);
  } while (at < text.length);
  return out + text.slice(at);
}

/** `^ ^^ , ,, ~ ~~`: characters that match the pattern (any, where absent) change their case. */
export function changeCase(text: string, change: 'upper' | 'lower' | 'toggle', all: boolean, pattern: Pattern | undefined): string {
  const turned = (character: string): string => {
    if (pattern && !pattern.test(character)) return character;
    if (change === 'upper') return upperOf(character);
    if (change === 'lower') return character.toLowerCase();
    return character === character.toLowerCase() ? upperOf(character) : character.toLowerCase();
  };
  const characters = charactersOf(text);
  if (all) return characters.map(turned).join('');
  const first = characters[0];
  return first === undefined ? '' : turned(first) + text.slice(first.length);
}

/** towupper(3): one character stays one (ß has none). */
function upperOf(character: string): string {
  const upper = character.toUpperCase();
  return upper.length === character.length ? upper : character;
}

export { compilePattern };

// Words of a makefile's text and patterns with one `%`.

/** What stands between blanks. */
export function wordsOf(text: string): string[] {
  return text.match(/[^ \t\n\v\f\r]+/g) ?? [];
}

/** A pattern around its `%`; `stem` is undefined where it has none and is a plain name. A backslash before `%` takes its meaning. */
export interface Pattern {
  prefix: string;
  suffix: string;
  isPlain: boolean;
}

const parsed = new Map<string, Pattern>();
const KEPT_PATTERNS = 1024;

/** Splits at the first `%` that no backslash quotes. */
export function patternOf(text: string): Pattern {
  let pattern = parsed.get(text);
  if (pattern !== undefined) return pattern;
  let prefix = '';
  let at = 0;
  for (; at < text.length && text[at] !== '%'; at++) {
    const backslashes = /^\\+(?=%)/.exec(text.slice(at));
    if (backslashes === null) {
      prefix += text[at]!;
      continue;
    }
    prefix += '\\'.repeat(backslashes[0].length >> 1);
    at += backslashes[0].length;
    if (backslashes[0].length % 2 === 0) break;
    prefix += '%';
  }
  pattern = at < text.length ? { prefix, suffix: text.slice(at + 1), isPlain: false } : { prefix, suffix: '', isPlain: true };
  if (parsed.size >= KEPT_PATTERNS) parsed.clear();
  parsed.set(text, pattern);
  return pattern;
}

/** What `%` stands for in the word; undefined where the pattern does not match. */
export function stemOf(pattern: Pattern, word: string): string | undefined {
  if (pattern.isPlain) return word === pattern.prefix ? '' : undefined;
  const { prefix, suffix } = pattern;
  if (word.length < prefix.length + suffix.length || !word.startsWith(prefix) || !word.endsWith(suffix)) return undefined;
  return word.slice(prefix.length, word.length - suffix.length);
}

/** The words that match become `replacement`, in which `%` is what the pattern's `%` was. */
export function substitutePattern(words: readonly string[], pattern: string, replacement: string): string[] {
  const from = patternOf(pattern);
  const to = patternOf(replacement);
  return words.map((word) => {
    const stem = stemOf(from, word);
    if (stem === undefined) return word;
    return from.isPlain || to.isPlain ? (to.isPlain ? to.prefix : replacement) : to.prefix + stem + to.suffix;
  });
}

/** The folder of a name with its slash: `./` where it has none. */
export function folderOf(name: string): string {
  const slash = name.lastIndexOf('/');
  return slash < 0 ? './' : name.slice(0, slash + 1);
}

export function baseOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** From the last dot of the base name on. */
export function suffixOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot < 0 || name.indexOf('/', dot) >= 0 ? '' : name.slice(dot);
}

/** The place of the first of `characters` that no backslash quotes and that stands in no variable reference; -1 for none. */
export function findUnquoted(text: string, characters: string, from = 0): number {
  for (let at = from; at < text.length; at++) {
    const character = text[at]!;
    if (character === '$' && (text[at + 1] === '(' || text[at + 1] === '{')) {
      at = referenceEnd(text, at + 1);
      continue;
    }
    if (!characters.includes(character)) continue;
    let backslashes = 0;
    while (text[at - backslashes - 1] === '\\') backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return -1;
}

/** The place of the parenthesis that closes the one at `open`; the end of the text where none does. */
export function referenceEnd(text: string, open: number): number {
  const opening = text[open]!;
  const closing = opening === '(' ? ')' : '}';
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === opening) depth++;
    else if (text[at] === closing && --depth === 0) return at;
  }
  return text.length;
}

/** Backslashes before one of `characters` are halved, as whoever found it unquoted leaves them. */
export function unquote(text: string, characters: string): string {
  let result = '';
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '\\') {
      result += text[at]!;
      continue;
    }
    let end = at;
    while (text[end] === '\\') end++;
    const count = end - at;
    result += end < text.length && characters.includes(text[end]!) ? '\\'.repeat(count >> 1) : '\\'.repeat(count);
    at = end - 1;
  }
  return result;
}

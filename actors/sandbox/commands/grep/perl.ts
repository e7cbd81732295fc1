// Perl-compatible patterns (`grep -P`) in JavaScript's spelling.

const ESCAPES: Readonly<Record<string, string>> = {
  h: '[ \\t]', H: '[^ \\t\\n]', R: '(?:\\r\\n?|[\\n\\v\\f])', e: '\\x1b', a: '\\x07', N: '[^\\n]', G: '',
};
const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z', digit: '0-9', alnum: 'A-Za-z0-9', upper: 'A-Z', lower: 'a-z', space: '\\s', blank: ' \\t', xdigit: '0-9A-Fa-f', word: '\\w',
  punct: '!-\\/:-@\\[-`{-~', print: ' -~', graph: '!-~', cntrl: '\\x00-\\x1f\\x7f',
};

/** The group that holds what is kept of a match, where the pattern has `\K`. */
export const KEPT = '__kept';

/** The source and flags of a pattern that is searched in a text of several lines, or in one record, whose line ends are characters like others; throws SyntaxError in JavaScript's words. */
export function perlSource(pattern: string, inLines: boolean): { source: string; ignoreCase: boolean; dotAll: boolean; keeps: boolean } {
  const [begin, end] = inLines ? ['(?<![^\\n])', '(?![^\\n])'] : ['(?<![^])', '(?![^])'];
  const escapes: Readonly<Record<string, string>> = { ...ESCAPES, A: begin, z: end, Z: end };
  let source = '';
  let ignoreCase = false;
  let dotAll = false;
  let keeps = false;
  for (let at = 0; at < pattern.length; at++) {
    const rest = pattern.slice(at);
    const character = pattern[at]!;
    const flags = /^\(\?([imsx]+)\)/.exec(rest);
    if (flags) {
      ignoreCase ||= flags[1]!.includes('i');
      dotAll ||= flags[1]!.includes('s');
      at += flags[0].length - 1;
    } else if (rest.startsWith('\\Q')) {
      const stop = pattern.indexOf('\\E', at);
      source += pattern.slice(at + 2, stop < 0 ? undefined : stop).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
      at = stop < 0 ? pattern.length : stop + 1;
    } else if (rest.startsWith('\\K')) {
      // The last one counts, and only outside of groups.
      source = `${keeps ? source.replace(`(?<${KEPT}>`, '(?:') + ')' : source}(?<${KEPT}>`;
      keeps = true;
      at++;
    } else if (character === '\\') {
      const code = /^\\x\{([0-9a-fA-F]+)\}/.exec(rest);
      const escaped = pattern[at + 1] ?? '';
      source += code ? String.fromCodePoint(parseInt(code[1]!, 16)).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&') : (escapes[escaped] ?? character + escaped);
      at += code ? code[0].length - 1 : 1;
    } else if (character === '[') {
      const close = bracketEnd(pattern, at);
      if (close > pattern.length) throw new SyntaxError('Unterminated character class');
      source += bracket(pattern.slice(at, close), inLines);
      at = close - 1;
    } else if (rest.startsWith('(?P<')) {
      source += '(?<';
      at += 3;
    } else if (rest.startsWith('(?>')) {
      source += '(?:';
      at += 2;
    } else if (/^[*+?}]\+/.test(rest) && source !== '') {
      // A possessive repetition: without its refusal to give back it finds at least the same.
      source += character;
      at++;
    } else if (character === '^') source += begin;
    else if (character === '$') source += end;
    else source += character;
  }
  const groups = source.match(/(?<!\\)\((?!\?(?!<[A-Za-z_]))/g)?.length ?? 0;
  const reference = /(?<!\\)(?:\\\\)*\\([1-9])(?!\d)/.exec(source);
  if (reference !== null && Number(reference[1]) > groups) throw new SyntaxError('reference to non-existent subpattern');
  return { source: keeps ? `${source})` : source, ignoreCase, dotAll, keeps };
}

/** Where a bracket expression ends, or the pattern where it does not. */
export function bracketEnd(pattern: string, at: number): number {
  let i = at + 1;
  if (pattern[i] === '^') i++;
  if (pattern[i] === ']') i++;
  for (; i < pattern.length && pattern[i] !== ']'; i++) {
    if (pattern[i] === '\\') i++;
    else if (pattern.startsWith('[:', i)) i = Math.max(i, pattern.indexOf(':]', i) + 1);
  }
  return i + 1;
}

function bracket(text: string, inLines: boolean): string {
  const named = text.replace(/\[:(\w+):\]/g, (whole, name: string) => (Object.hasOwn(CLASSES, name) ? CLASSES[name]! : whole)).replaceAll('\\h', ' \\t');
  const open = named.startsWith('[^') ? (inLines ? '[^\\n' : '[^') : '[';
  const body = named.slice(named.startsWith('[^') ? 2 : 1, -1);
  return `${open}${body.startsWith(']') ? '\\' : ''}${body.replace(/^(\]?.+)\[/, '$1[')}]`;
}

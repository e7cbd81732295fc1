// Shell patterns over whole strings (fnmatch(3)), as find, ls, du and tar use them.

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z', digit: '0-9', alnum: 'A-Za-z0-9', upper: 'A-Z', lower: 'a-z', space: '\\s', blank: ' \\t', punct: '!-\\/:-@\\[-`{-~',
  print: ' -~\\u{a0}-\\u{10ffff}', graph: '!-~\\u{a1}-\\u{10ffff}', cntrl: '\\x00-\\x1f\\x7f', xdigit: '0-9A-Fa-f',
};

const literal = (character: string): string => character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** `[a-z]`, `[!x]`, `[[:alpha:]]`; undefined when the bracket is never closed. */
function bracket(pattern: string, at: number): { source: string; next: number } | undefined {
  let i = at + 1;
  const isNegated = pattern[i] === '!' || pattern[i] === '^';
  if (isNegated) i++;
  let body = '';
  for (const first = i; i < pattern.length; i++) {
    const character = pattern[i]!;
    if (character === ']' && i > first) return { source: `[${isNegated ? '^' : ''}${body}]`, next: i + 1 };
    const named = character === '[' ? /^\[:([a-z]+):\]/.exec(pattern.slice(i)) : null;
    if (named && Object.hasOwn(CLASSES, named[1]!)) {
      body += CLASSES[named[1]!]!;
      i += named[0].length - 1;
    } else if (character === '\\' && i + 1 < pattern.length) {
      body += literal(pattern[++i]!).replace(/^-$/, '\\-');
    } else if (character === '-' && i > first && pattern[i + 1] !== ']' && pattern[i + 1] !== undefined) {
      body += '-';
    } else {
      body += character === '-' ? '\\-' : literal(character);
    }
  }
  return undefined;
}

export interface GlobOptions {
  ignoreCase?: boolean;
  /** `*` and `?` do not match a slash. */
  pathname?: boolean;
}

/** The test for a pattern. A pattern that cannot match (`[z-a]`) matches nothing. */
export function compileGlob(pattern: string, options: GlobOptions = {}): (text: string) => boolean {
  const any = options.pathname === true ? '[^/]' : '[^]';
  let source = '';
  for (let i = 0; i < pattern.length; ) {
    const character = pattern[i]!;
    const set = character === '[' ? bracket(pattern, i) : undefined;
    if (set) {
      source += set.source;
      i = set.next;
      continue;
    }
    if (character === '*') source += source.endsWith(`${any}*`) ? '' : `${any}*`;
    else if (character === '?') source += any;
    else if (character === '\\' && i + 1 < pattern.length) source += literal(pattern[++i]!);
    else source += literal(character);
    i++;
  }
  try {
    const regex = new RegExp(`^${source}$`, options.ignoreCase === true ? 'iu' : 'u');
    return (text) => regex.test(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return () => false;
  }
}

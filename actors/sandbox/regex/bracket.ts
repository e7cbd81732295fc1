// Bracket expressions of POSIX regular expressions: `[a-z]`, `[^]x]`, `[[:alpha:]_]`, `[[=a=]]`, `[[.-.]]`.
import { type CharacterNode, literalSource, type RegexOptions, RegexSyntaxError } from './nodes.js';

/** Character classes as the POSIX locale has them; other alphabets are no letters there. */
const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z', digit: '0-9', alnum: 'A-Za-z0-9', upper: 'A-Z', lower: 'a-z', space: ' \\t-\\r', blank: ' \\t',
  punct: '!-\\/:-@\\[-`\\{-~', print: ' -~\\u{a0}-\\u{10ffff}', graph: '!-~\\u{a1}-\\u{10ffff}', cntrl: '\\0-\\x1f\\x7f',
  xdigit: '0-9A-Fa-f',
};

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', a: '\x07', b: '\b' };
const UNMATCHED = 'Unmatched [, [^, [:, [., or [=';

/** Parses the expression whose `[` is at `characters[at]`; answers with the node and the index after the closing `]`. */
export function parseBracket(characters: readonly string[], at: number, options: RegexOptions): { node: CharacterNode; next: number } {
  let i = at + 1;
  const negated = characters[i] === '^';
  if (negated) i++;
  let body = '';
  const first = i;
  for (;;) {
    const character = characters[i];
    if (character === undefined) throw new RegexSyntaxError(UNMATCHED);
    if (character === ']' && i > first) break;
    const named = character === '[' ? namedElement(characters, i) : undefined;
    if (named?.set !== undefined) {
      body += named.set;
      i = named.next;
      continue;
    }
    const low = named ?? element(characters, i, options);
    i = low.next;
    if (characters[i] !== '-' || characters[i + 1] === ']' || characters[i + 1] === undefined) {
      body += classSource(low.character!);
      continue;
    }
    const high = (characters[i + 1] === '[' ? namedElement(characters, i + 1) : undefined) ?? element(characters, i + 1, options);
    if (high.character === undefined || high.character.codePointAt(0)! < low.character!.codePointAt(0)!) throw new RegexSyntaxError('Invalid range end');
    body += `${classSource(low.character!)}-${classSource(high.character)}`;
    i = high.next;
  }
  if (negated && (options.lineBound === true || options.multiline === true)) body += '\\n';
  const single = !negated && /^[A-Za-z0-9_ ]$/.test(body) ? { literal: body } : {};
  return { node: { kind: 'character', source: `[${negated ? '^' : ''}${body}]`, ...single }, next: i + 1 };
}

interface Element {
  character?: string;
  set?: string;
  next: number;
}

function element(characters: readonly string[], at: number, options: RegexOptions): Element {
  const character = characters[at]!;
  const escaped = characters[at + 1];
  if (character !== '\\' || options.bracketEscapes !== true || escaped === undefined) return { character, next: at + 1 };
  return { character: ESCAPES[escaped] ?? escaped, next: at + 2 };
}

/** `[:class:]`, `[=x=]`, `[.x.]` at `at`; undefined when the bracket there is a plain character. */
function namedElement(characters: readonly string[], at: number): Element | undefined {
  const kind = characters[at + 1];
  if (kind !== ':' && kind !== '=' && kind !== '.') return undefined;
  let end = at + 2;
  while (end < characters.length && !(characters[end] === kind && characters[end + 1] === ']')) end++;
  if (end >= characters.length) {
    if (kind === ':') return undefined;
    throw new RegexSyntaxError(UNMATCHED);
  }
  const name = characters.slice(at + 2, end).join('');
  if (kind === ':') {
    const set = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
    if (set === undefined) throw new RegexSyntaxError('Invalid character class name');
    return { set, next: end + 2 };
  }
  if ([...name].length !== 1) throw new RegexSyntaxError('Invalid collation character');
  return { character: name, next: end + 2 };
}

function classSource(character: string): string {
  return /^[A-Za-z0-9_ ]$/.test(character) ? character : literalSource(character).replace(/^[^\\]$/, (plain) => `\\u{${plain.codePointAt(0)!.toString(16)}}`);
}

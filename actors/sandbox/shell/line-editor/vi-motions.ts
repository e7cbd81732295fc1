// Where vi's motions lead on a line (POSIX sh, "vi Line Editing Command Mode").
import type { Line } from './line.js';

/** A place, and whether an operator takes the character there as well. */
export interface Motion {
  readonly to: number;
  readonly isInclusive?: boolean;
}

/** `f`, `F`, `t` or `T` with its character, for `;` and `,`. */
export interface Find {
  readonly key: string;
  readonly char: string;
}

const KEYWORD = /[\p{L}\p{N}_]/u;
const REVERSED: Readonly<Record<string, string>> = { f: 'F', F: 'f', t: 'T', T: 't' };
const PAIRS = '()[]{}';

/** What is one word together: blanks, keyword characters or others; for W, B and E only blanks and the rest. */
function kindOf(char: string | undefined, big: boolean): number {
  if (char === undefined || /\s/.test(char)) return 0;
  return big || KEYWORD.test(char) ? 1 : 2;
}

function nextWord(chars: readonly string[], from: number, big: boolean): number {
  let at = from;
  const kind = kindOf(chars[at], big);
  while (at < chars.length && kind !== 0 && kindOf(chars[at], big) === kind) at++;
  while (at < chars.length && kindOf(chars[at], big) === 0) at++;
  return at;
}

/** The end of the word that `from` is in, or of the next one. */
function wordEnd(chars: readonly string[], from: number, big: boolean): number {
  let at = from + 1;
  while (at < chars.length && kindOf(chars[at], big) === 0) at++;
  const kind = kindOf(chars[at], big);
  while (at + 1 < chars.length && kindOf(chars[at + 1], big) === kind) at++;
  return Math.min(at, Math.max(0, chars.length - 1));
}

function wordStart(chars: readonly string[], from: number, big: boolean): number {
  let at = from;
  while (at > 0 && kindOf(chars[at - 1], big) === 0) at--;
  const kind = kindOf(chars[at - 1], big);
  while (at > 0 && kindOf(chars[at - 1], big) === kind) at--;
  return at;
}

function repeated(count: number, from: number, step: (at: number) => number): number {
  let at = from;
  for (let left = count; left > 0; left--) {
    const next = step(at);
    if (next === at) break;
    at = next;
  }
  return at;
}

function found({ chars, cursor }: Line, { key, char }: Find, count: number): Motion | undefined {
  const step = key === 'f' || key === 't' ? 1 : -1;
  // Where there are fewer, the last one counts.
  const at = repeated(count, cursor, (from) => {
    let next = from + step;
    while (next >= 0 && next < chars.length && chars[next] !== char) next += step;
    return chars[next] === undefined ? from : next;
  });
  if (at === cursor) return undefined;
  return { to: key === 't' || key === 'T' ? at - step : at, isInclusive: step > 0 };
}

/** `%`: the other one of the first parenthesis, bracket or brace from the cursor on. */
function matching({ chars, cursor }: Line): Motion | undefined {
  const from = chars.findIndex((char, at) => at >= cursor && PAIRS.includes(char));
  if (from < 0) return undefined;
  const which = PAIRS.indexOf(chars[from]!);
  const other = PAIRS[which ^ 1]!;
  const step = which % 2 === 0 ? 1 : -1;
  let depth = 0;
  for (let at = from; at >= 0 && at < chars.length; at += step) {
    if (chars[at] === chars[from]) depth++;
    else if (chars[at] === other && --depth === 0) return { to: at, isInclusive: true };
  }
  return undefined;
}

export const FINDS = 'fFtT';

/** Where a motion leads; undefined where the key is none, or leads nowhere. */
export function motion(line: Line, key: string, count: number, find?: Find): Motion | undefined {
  const { chars, cursor } = line;
  switch (key) {
    case 'h':
      return { to: Math.max(0, cursor - count) };
    case 'l':
    case ' ':
      return { to: Math.min(chars.length, cursor + count) };
    case 'w':
    case 'W':
      return { to: repeated(count, cursor, (at) => nextWord(chars, at, key === 'W')) };
    case 'b':
    case 'B':
      return { to: repeated(count, cursor, (at) => wordStart(chars, at, key === 'B')) };
    case 'e':
    case 'E':
      return { to: repeated(count, cursor, (at) => wordEnd(chars, at, key === 'E')), isInclusive: true };
    case '0':
      return { to: 0 };
    case '^':
      return { to: Math.max(0, chars.findIndex((char) => !/\s/.test(char))) };
    case '$':
      return { to: chars.length };
    case '|':
      return { to: Math.min(chars.length, count - 1) };
    case '%':
      return matching(line);
    case ';':
      return find && found(line, find, count);
    case ',':
      return find && found(line, { key: REVERSED[find.key]!, char: find.char }, count);
    default:
      return find && FINDS.includes(key) ? found(line, find, count) : undefined;
  }
}

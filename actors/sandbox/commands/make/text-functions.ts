// The functions of makefiles that only look at words.
import type { Task } from '../../kernel/wait.js';
import type { Build } from './build.js';
import { MakeFatal } from './errors.js';
import type { MakeFunction } from './functions.js';
import { baseOf, folderOf, patternOf, stemOf, substitutePattern, suffixOf, wordsOf } from './words.js';

/** A function of `count` arguments that never blocks. */
function text(count: number, compute: (words: readonly string[], build: Build) => string): MakeFunction {
  return {
    least: count, most: count,
    *run(words, build): Task<string> {
      return compute(words, build);
    },
  };
}

/** A function that makes of each word another one. */
const each = (compute: (word: string) => string | undefined): MakeFunction => text(1, ([list]) => wordsOf(list!).flatMap((word) => compute(word) ?? []).join(' '));

function filter(words: readonly string[], keeps: boolean): string {
  const patterns = wordsOf(words[0]!).map(patternOf);
  const plain = new Set(patterns.filter(({ isPlain }) => isPlain).map(({ prefix }) => prefix));
  const open = patterns.filter(({ isPlain }) => !isPlain);
  return wordsOf(words[1]!).filter((word) => (plain.has(word) || open.some((pattern) => stemOf(pattern, word) !== undefined)) === keeps).join(' ');
}

function number(word: string, name: string, place: string, build: Build): number {
  const digits = word.trim();
  if (digits === '' || !/^[+-]?\d+$/.test(digits)) throw new MakeFatal(`non-numeric ${place} argument to '${name}' function: '${word}'`, build.place);
  return Number(digits);
}

function word(words: readonly string[], build: Build): string {
  const at = number(words[0]!, 'word', 'first', build);
  if (at <= 0) throw new MakeFatal("first argument to 'word' function must be greater than 0", build.place);
  return wordsOf(words[1]!)[at - 1] ?? '';
}

function wordlist(words: readonly string[], build: Build): string {
  const from = number(words[0]!, 'wordlist', 'first', build);
  const to = number(words[1]!, 'wordlist', 'second', build);
  if (from < 1) throw new MakeFatal(`invalid first argument to 'wordlist' function: '${from}'`, build.place);
  return wordsOf(words[2]!).slice(from - 1, Math.max(to, 0)).join(' ');
}

function join(words: readonly string[]): string {
  const [left, right] = [wordsOf(words[0]!), wordsOf(words[1]!)];
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => (left[i] ?? '') + (right[i] ?? '')).join(' ');
}

/** Without `.` and `..` and doubled slashes; nothing is looked up. */
export function absolutePath(path: string, cwd: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const textFunctions: Readonly<Record<string, MakeFunction>> = {
  subst: text(3, ([from, to, list]) => (from === '' ? list! + to! : list!.replaceAll(from!, () => to!))),
  patsubst: text(3, ([from, to, list]) => substitutePattern(wordsOf(list!), from!.trim(), to!.trim()).join(' ')),
  strip: text(1, ([list]) => wordsOf(list!).join(' ')),
  findstring: text(2, ([wanted, list]) => (list!.includes(wanted!) ? wanted! : '')),
  filter: text(2, (words) => filter(words, true)),
  'filter-out': text(2, (words) => filter(words, false)),
  sort: text(1, ([list]) => [...new Set(wordsOf(list!))].sort(inOrder).join(' ')),
  word: text(2, word),
  wordlist: text(3, wordlist),
  words: text(1, ([list]) => String(wordsOf(list!).length)),
  firstword: text(1, ([list]) => wordsOf(list!)[0] ?? ''),
  lastword: text(1, ([list]) => wordsOf(list!).at(-1) ?? ''),
  dir: each(folderOf),
  notdir: each(baseOf),
  suffix: each((name) => suffixOf(name) || undefined),
  basename: each((name) => name.slice(0, name.length - suffixOf(name).length)),
  addsuffix: text(2, ([suffix, list]) => wordsOf(list!).map((name) => name + suffix!).join(' ')),
  addprefix: text(2, ([prefix, list]) => wordsOf(list!).map((name) => prefix! + name).join(' ')),
  join: text(2, join),
  abspath: text(1, ([list], build) => wordsOf(list!).map((path) => absolutePath(path, build.process.files.getcwd())).join(' ')),
};

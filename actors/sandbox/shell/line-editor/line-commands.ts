// readline's emacs commands on a line, by name.
import type { Line } from './line.js';

const WORD = /[\p{L}\p{N}]/u;
const NO_SPACE = /\S/;

/** Where the word before a place begins. */
function wordStart({ chars, cursor }: Line, inWord: RegExp, from = cursor): number {
  let at = from;
  while (at > 0 && !inWord.test(chars[at - 1]!)) at--;
  while (at > 0 && inWord.test(chars[at - 1]!)) at--;
  return at;
}

/** Where the word after a place ends. */
function wordEnd({ chars, cursor }: Line, from = cursor): number {
  let at = from;
  while (at < chars.length && !WORD.test(chars[at]!)) at++;
  while (at < chars.length && WORD.test(chars[at]!)) at++;
  return at;
}

/** Changes the rest of the word that the cursor is in, or the next one. */
function changeWord(line: Line, change: (word: string) => string): boolean {
  const end = wordEnd(line);
  return end > line.cursor && line.replace(line.cursor, end, change(line.chars.slice(line.cursor, end).join('')));
}

function capitalize(text: string): string {
  return text.toLowerCase().replace(/[\p{L}\p{N}]/u, (first) => first.toUpperCase());
}

function transposeChars(line: Line): boolean {
  const second = Math.min(line.cursor, line.chars.length - 1);
  return second >= 1 && line.cursor > 0 && line.replace(second - 1, second + 1, line.chars[second]! + line.chars[second - 1]!);
}

/** The word before the cursor goes behind the one after it. */
function transposeWords(line: Line): boolean {
  const secondEnd = wordEnd(line, line.cursor);
  const secondStart = wordStart(line, WORD, secondEnd);
  const firstStart = wordStart(line, WORD, secondStart);
  const firstEnd = wordEnd(line, firstStart);
  if (firstEnd > secondStart || firstStart === secondStart) return false;
  const part = (from: number, to: number): string => line.chars.slice(from, to).join('');
  return line.replace(firstStart, secondEnd, part(secondStart, secondEnd) + part(firstEnd, secondStart) + part(firstStart, firstEnd));
}

function spacesAround({ chars, cursor }: Line): [number, number] {
  let from = cursor;
  let to = cursor;
  while (from > 0 && !NO_SPACE.test(chars[from - 1]!)) from--;
  while (to < chars.length && !NO_SPACE.test(chars[to]!)) to++;
  return [from, to];
}

const COMMANDS: Readonly<Record<string, (line: Line) => boolean>> = {
  'backward-char': (line) => line.move(line.cursor - 1),
  'backward-delete-char': (line) => line.replace(line.cursor - 1, line.cursor, ''),
  'backward-kill-line': (line) => line.kill(0, line.cursor),
  'backward-kill-word': (line) => line.kill(wordStart(line, WORD), line.cursor),
  'backward-word': (line) => line.move(wordStart(line, WORD)),
  'beginning-of-line': (line) => line.move(0),
  'capitalize-word': (line) => changeWord(line, capitalize),
  'delete-char': (line) => line.replace(line.cursor, line.cursor + 1, ''),
  'delete-horizontal-space': (line) => line.replace(...spacesAround(line), ''),
  'downcase-word': (line) => changeWord(line, (word) => word.toLowerCase()),
  'end-of-line': (line) => line.move(line.chars.length),
  'exchange-point-and-mark': (line) => line.exchangeMark(),
  'forward-char': (line) => line.move(line.cursor + 1),
  'forward-word': (line) => line.move(wordEnd(line)),
  'kill-line': (line) => line.kill(line.cursor, line.chars.length),
  'kill-whole-line': (line) => line.kill(0, line.chars.length),
  'kill-word': (line) => line.kill(line.cursor, wordEnd(line)),
  'set-mark': (line) => line.setMark(),
  'transpose-chars': transposeChars,
  'transpose-words': transposeWords,
  'undo': (line) => line.undo(),
  'unix-line-discard': (line) => line.kill(0, line.cursor),
  'unix-word-rubout': (line) => line.kill(wordStart(line, NO_SPACE), line.cursor),
  'upcase-word': (line) => changeWord(line, (word) => word.toUpperCase()),
  'yank': (line) => line.yank(),
  'yank-pop': (line) => line.yankBefore(),
};

export const LINE_COMMANDS: readonly string[] = Object.keys(COMMANDS);

/** Carries a command out; undefined where there is none of that name, false where there is nothing for it to do. */
export function edit(line: Line, name: string): boolean | undefined {
  return COMMANDS[name]?.(line);
}

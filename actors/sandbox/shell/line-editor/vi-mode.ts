// vi's command mode of the line editor (`set -o vi`): counts, operators with motions, history and searches; motions are in vi-motions.ts.
import type { Task } from '../../kernel/wait.js';
import type { EditedLine } from './editor.js';
import type { Line } from './line.js';
import { type Find, FINDS, motion } from './vi-motions.js';

/** What command mode needs of the editor. */
export interface ViHost {
  readonly line: Line;
  /** The next character; undefined for any other key, which ends the command. */
  nextChar(): Task<string | undefined>;
  draw(): Task<undefined>;
  bell(): Task<undefined>;
  /** One of the editor's commands, by readline's name. */
  run(name: string, count: number | undefined): Task<EditedLine | undefined>;
  /** Types bytes again. */
  type(bytes: Buffer): void;
  /** Reads what to look for behind `/` or `?`; undefined when that was given up. */
  ask(mark: string): Task<string | undefined>;
  /** Brings back the next entry of the history, in a direction, that holds a text. */
  find(text: string, direction: 1 | -1): Task<undefined>;
  recallNumber(number: number): Task<EditedLine | undefined>;
}

const COUNT_MAX = 1_000_000;
const OPERATORS = 'cdy';
/** What is a change and can be repeated by `.`. */
const CHANGES = 'aAcCdDiIpPrRsSxX~';
const BY_NAME: Readonly<Record<string, string>> = {
  'k': 'previous-history', '-': 'previous-history', 'j': 'next-history', '+': 'next-history', 'v': 'edit-and-execute-command', '#': 'insert-comment', '=': 'possible-completions', 'U': 'revert-line',
};

function withoutCount(keys: string): string {
  return keys.replace(/^[1-9][0-9]*/, '');
}

export class ViMode {
  readonly #host: ViHost;
  readonly #line: Line;
  isInserting = true;
  /** `R`: what is typed takes the place of what is there. */
  isReplacing = false;
  /** The line was in command mode before: what was typed first is not undone. */
  #isLater = false;
  /** How many steps could be undone before the command. */
  #steps = 0;
  /** The keys of the command that is being read and, after it, of what is typed. */
  #keys = '';
  /** Those of the last change. */
  #change = '';
  #find: Find | undefined;
  #search: { readonly text: string; readonly direction: 1 | -1 } | undefined;

  constructor(host: ViHost) {
    this.#host = host;
    this.#line = host.line;
  }

  /** Notes what is typed in insert mode. */
  typed(text: string): void {
    this.#keys += text;
  }

  /** ESC: from insert mode, the cursor goes back onto the last character typed. */
  *escape(): Task<undefined> {
    if (!this.isInserting) return yield* this.#host.bell();
    this.isInserting = false;
    this.isReplacing = false;
    if (this.#isLater) this.#line.joinSteps(this.#steps);
    else this.#line.forget();
    this.#isLater = true;
    if (this.#keys !== '' && CHANGES.includes(withoutCount(this.#keys)[0]!)) this.#change = `${this.#keys}\x1b`;
    this.#keys = '';
    this.#line.move(this.#line.cursor - 1);
    return yield* this.#host.draw();
  }

  /** A command, from its first character on. */
  *command(first: string): Task<EditedLine | undefined> {
    this.#keys = first;
    this.#steps = this.#line.undoSteps;
    let key: string | undefined = first;
    let count: number | undefined;
    while (key !== undefined && (/[1-9]/.test(key) || (key === '0' && count !== undefined))) {
      count = Math.min((count ?? 0) * 10 + Number(key), COUNT_MAX);
      key = yield* this.#next();
    }
    const done = key === undefined ? undefined : yield* this.#carryOut(key, count);
    if (this.isInserting || done !== undefined) return done;
    if (key !== undefined && CHANGES.includes(key)) this.#change = this.#keys;
    this.#keys = '';
    return yield* this.#settle();
  }

  /** In command mode the cursor stands on a character. */
  *#settle(): Task<undefined> {
    const { chars, cursor } = this.#line;
    if (cursor === chars.length && cursor > 0) this.#line.move(cursor - 1);
    return yield* this.#host.draw();
  }

  *#next(): Task<string | undefined> {
    const char = yield* this.#host.nextChar();
    this.#keys += char ?? '';
    return char;
  }

  *#carryOut(key: string, given: number | undefined): Task<EditedLine | undefined> {
    const line = this.#line;
    const count = given ?? 1;
    const { chars, cursor } = line;
    if (OPERATORS.includes(key)) return yield* this.#operate(key, count);
    const name = BY_NAME[key];
    if (name !== undefined) return yield* this.#host.run(name, given);
    switch (key) {
      case 'i':
        return this.#insertAt(cursor);
      case 'a':
        return this.#insertAt(Math.min(cursor + 1, chars.length));
      case 'I':
        return this.#insertAt(motion(line, '^', 1)!.to);
      case 'A':
        return this.#insertAt(chars.length);
      case 'R':
        this.isReplacing = true;
        return this.#insertAt(cursor);
      case 'D':
        return this.#cut(cursor, chars.length, false);
      case 'C':
        return this.#cut(cursor, chars.length, true);
      case 'S':
        return this.#cut(0, chars.length, true);
      case 's':
        return this.#cut(cursor, Math.min(cursor + count, chars.length), true);
      case 'x':
        return this.#cut(cursor, Math.min(cursor + count, chars.length), false);
      case 'X':
        return this.#cut(Math.max(0, cursor - count), cursor, false);
      case 'Y':
        line.copy(cursor, chars.length);
        return undefined;
      case 'p':
      case 'P':
        return yield* this.#put(key === 'p' ? Math.min(cursor + 1, chars.length) : cursor, count);
      case 'r':
        return yield* this.#replace(count);
      case '~':
        return this.#swapCase(count);
      case 'u':
        return line.undo() ? undefined : yield* this.#host.bell();
      case '.':
        this.#host.type(Buffer.from(given === undefined ? this.#change : `${given}${withoutCount(this.#change)}`));
        return undefined;
      case 'G':
        return yield* given === undefined ? this.#host.run('beginning-of-history', undefined) : this.#host.recallNumber(given);
      case '_':
        line.move(Math.min(cursor + 1, chars.length));
        line.insert(' ');
        yield* this.#host.run('yank-last-arg', undefined);
        return this.#insertAt(line.cursor);
      case '/':
      case '?':
        return yield* this.#startSearch(key);
      case 'n':
      case 'N':
        return yield* this.#searchOn(key === 'N');
      default:
        return yield* this.#move(key, count);
    }
  }

  *#move(key: string, count: number): Task<undefined> {
    const to = yield* this.#motion(key, count);
    if (!to || !this.#line.move(to.to)) yield* this.#host.bell();
    return undefined;
  }

  *#motion(key: string, count: number): Task<ReturnType<typeof motion>> {
    if (FINDS.includes(key)) {
      const char = yield* this.#next();
      if (char === undefined) return undefined;
      this.#find = { key, char };
    }
    return motion(this.#line, key, count, this.#find);
  }

  /** `d`, `c` or `y` and a motion, or the same letter again for the whole line. */
  *#operate(operator: string, count: number): Task<undefined> {
    let key = yield* this.#next();
    let times = '';
    while (key !== undefined && (/[1-9]/.test(key) || (key === '0' && times !== ''))) {
      times += key;
      key = yield* this.#next();
    }
    if (key === undefined) return undefined;
    const line = this.#line;
    let range: [number, number] | undefined;
    if (key === operator) range = [0, line.chars.length];
    else {
      // `cw` changes the word alone, not the blanks behind it.
      const asked = operator === 'c' && (key === 'w' || key === 'W') && /\S/.test(line.chars[line.cursor] ?? ' ') ? (key === 'w' ? 'e' : 'E') : key;
      const to = yield* this.#changed(asked, Math.min(count * Number(times || 1), COUNT_MAX), asked !== key);
      if (to) range = [Math.min(to.to, line.cursor), Math.min(Math.max(to.to, line.cursor) + (to.isInclusive ? 1 : 0), line.chars.length)];
    }
    if (!range) return yield* this.#host.bell();
    if (operator === 'y') {
      line.copy(...range);
      return undefined;
    }
    return this.#cut(...range, operator === 'c');
  }

  /** The motion of an operator; `cw` on the last character of a word stays on it. */
  *#changed(key: string, count: number, isWord: boolean): Task<ReturnType<typeof motion>> {
    const { chars, cursor } = this.#line;
    const next = chars[cursor + 1];
    if (isWord && count === 1 && (next === undefined || /\s/.test(next) || (key === 'e' && motion(this.#line, 'w', 1)!.to === cursor + 1))) return { to: cursor, isInclusive: true };
    return yield* this.#motion(key, count);
  }

  #insertAt(at: number): undefined {
    this.#line.move(at);
    this.isInserting = true;
    return undefined;
  }

  #cut(from: number, to: number, inserts: boolean): undefined {
    this.#line.endSeries();
    this.#line.kill(from, to);
    return inserts ? this.#insertAt(from) : undefined;
  }

  *#put(at: number, count: number): Task<undefined> {
    const text = this.#line.killed;
    if (text === undefined) return yield* this.#host.bell();
    this.#line.replace(at, at, text.repeat(Math.min(count, Math.ceil(COUNT_MAX / Math.max(1, text.length)))));
    this.#line.move(this.#line.cursor - 1);
    return undefined;
  }

  *#replace(count: number): Task<undefined> {
    const char = yield* this.#next();
    const { cursor } = this.#line;
    if (char === undefined || !this.#line.replace(cursor, cursor + count, char.repeat(count))) return yield* this.#host.bell();
    this.#line.move(cursor + count - 1);
    return undefined;
  }

  #swapCase(count: number): undefined {
    const { chars, cursor } = this.#line;
    const end = Math.min(cursor + count, chars.length);
    const swapped = chars.slice(cursor, end).map((char) => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase()));
    this.#line.replace(cursor, end, swapped.join(''));
    return undefined;
  }

  /** `/` looks back in time, `?` forward; nothing asked for means the text of the search before. */
  *#startSearch(mark: string): Task<undefined> {
    const asked = yield* this.#host.ask(mark);
    const text = asked === '' ? this.#search?.text : asked;
    if (text === undefined) return yield* this.#host.bell();
    this.#search = { text, direction: mark === '/' ? -1 : 1 };
    return yield* this.#searchOn(false);
  }

  *#searchOn(turns: boolean): Task<undefined> {
    if (!this.#search) return yield* this.#host.bell();
    const { text, direction } = this.#search;
    return yield* this.#host.find(text, turns ? (direction === 1 ? -1 : 1) : direction);
  }
}

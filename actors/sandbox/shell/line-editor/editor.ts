// Reads a line from a terminal with readline's emacs keys: editing, history, incremental search, completion.
import { TerminalFile } from '../../kernel/tty.js';
import type { Terminal, TerminalModes } from '../../kernel/tty.js';
import type { Task } from '../../kernel/wait.js';
import type { InputLine } from '../line-input.js';
import type { Shell } from '../shell.js';
import { commonStart, complete } from './completion.js';
import { type Key, KeyReader } from './keys.js';
import { Line } from './line.js';
import { Screen } from './screen.js';

/** `interrupted`: ^C gave the line up. */
export interface EditedLine extends InputLine {
  readonly interrupted: boolean;
}

/** The terminal of standard input, where lines can be edited: not for TERM=dumb, `--noediting` or other inputs. */
export function editableTerminal(shell: Shell): Terminal | undefined {
  const file = shell.process.descriptors.find(0);
  return file instanceof TerminalFile && shell.variables.get('TERM') !== 'dumb' ? file.terminal : undefined;
}

/**
 * Reads one line after `prompt`, whose rows but the last are printed once, or never where it `isShown`. The terminal is raw only while the
 * user types.
 */
export function* editLine(shell: Shell, terminal: Terminal, prompt: string, isShown = false): Task<EditedLine> {
  const before = (isShown ? shell.process.resumed?.modes as TerminalModes | undefined : undefined) ?? terminal.modes;
  terminal.setModes({ ...before, icanon: false, echo: false, isig: false, icrnl: false });
  try {
    return yield* new Editor(shell, terminal, prompt, before).read(isShown);
  } finally {
    terminal.setModes(before);
  }
}

/** COMP_TYPE: what the first TAB does, and the second. */
const COMPLETES = 9;
const LISTS = 63;

class Editor {
  readonly #shell: Shell;
  readonly #screen: Screen;
  readonly #line = new Line();
  readonly #head: string;
  readonly #prompt: string;
  readonly #history: string[];
  readonly #modes: TerminalModes;
  /** No key was pressed in a shell in which nothing has run. */
  #isFresh: boolean;
  /** Index in the history; its length stands for the new line, which `#draft` keeps meanwhile. */
  #at: number;
  #draft = '';
  #lastKey = '';

  constructor(shell: Shell, terminal: Terminal, prompt: string, modes: TerminalModes) {
    this.#shell = shell;
    this.#modes = modes;
    this.#isFresh = shell.isFresh;
    this.#screen = new Screen(shell.process, () => terminal.columns || 80);
    const cut = prompt.lastIndexOf('\n') + 1;
    this.#head = prompt.slice(0, cut);
    this.#prompt = prompt.slice(cut);
    this.#history = shell.history.lines;
    this.#at = this.#history.length;
  }

  *read(isShown: boolean): Task<EditedLine> {
    if (!isShown) {
      yield* this.#screen.write(this.#head);
      yield* this.#draw();
    }
    const keys = new KeyReader();
    for (;;) {
      const key = yield* this.#nextKey(keys);
      const done = key === undefined ? this.#ended(true, false) : yield* this.#handle(key, keys);
      if (done) return done;
      this.#lastKey = key !== undefined && 'name' in key ? key.name : '';
    }
  }

  /** Byte by byte: what follows the line belongs to the command. */
  *#nextKey(keys: KeyReader): Task<Key | undefined> {
    const { process } = this.#shell;
    for (;;) {
      const reading = process.read(0, 1);
      const byte = yield* this.#isFresh ? process.resting({ modes: this.#modes }, reading) : reading;
      this.#isFresh = false;
      if (byte.length === 0) return undefined;
      const key = keys.feed(byte[0]!);
      if (key) return key;
    }
  }

  #ended(isEnd: boolean, interrupted: boolean): EditedLine {
    return { text: interrupted ? '' : this.#line.text, isEnd, interrupted };
  }

  *#handle(key: Key, keys: KeyReader): Task<EditedLine | undefined> {
    if ('text' in key) return yield* this.#type(key.text);
    switch (key.name) {
      case 'enter':
        yield* this.#leave();
        return this.#ended(false, false);
      case 'C-c':
        yield* this.#screen.write('^C');
        yield* this.#leave();
        return this.#ended(false, true);
      case 'C-d':
        if (this.#line.text === '') return this.#ended(true, false);
        break;
      case 'C-l':
        yield* this.#screen.clear();
        return yield* this.#draw();
      case 'up':
      case 'C-p':
        return yield* this.#recall(this.#at - 1);
      case 'down':
      case 'C-n':
        return yield* this.#recall(this.#at + 1);
      case 'C-r':
        return yield* this.#search(keys);
      case 'tab':
        return yield* this.#complete();
      default:
    }
    if (this.#line.edit(key.name)) return yield* this.#draw();
    if (key.name !== 'unknown' && key.name !== 'paste') yield* this.#screen.write('\x07');
    return undefined;
  }

  *#type(text: string): Task<undefined> {
    const atEnd = this.#line.isAtEnd;
    this.#line.insert(text);
    if (atEnd) yield* this.#screen.append(this.#prompt, this.#line.text, text);
    else yield* this.#draw();
    return undefined;
  }

  *#draw(): Task<undefined> {
    const { text, beforeCursor } = this.#line;
    yield* this.#screen.draw(this.#prompt, beforeCursor, text.slice(beforeCursor.length));
    return undefined;
  }

  *#leave(): Task {
    yield* this.#screen.leave(this.#prompt, this.#line.text);
  }

  *#recall(index: number): Task<undefined> {
    if (index < 0 || index > this.#history.length) return yield* this.#bell();
    if (this.#at === this.#history.length) this.#draft = this.#line.text;
    this.#at = index;
    this.#line.set(this.#history[index] ?? this.#draft);
    return yield* this.#draw();
  }

  *#bell(): Task<undefined> {
    yield* this.#screen.write('\x07');
    return undefined;
  }

  /** `(reverse-i-search)`: each key narrows, ^R goes further back, ^G gives up, any other key takes what was found. */
  *#search(keys: KeyReader): Task<EditedLine | undefined> {
    const original = this.#line.text;
    let wanted = '';
    let from = this.#history.length - 1;
    for (;;) {
      const found = wanted === '' ? -1 : this.#history.findLastIndex((line, index) => index <= from && line.includes(wanted));
      if (found >= 0) this.#line.set(this.#history[found]!);
      yield* this.#screen.draw(`(${wanted !== '' && found < 0 ? 'failed ' : ''}reverse-i-search)\`${wanted}': `, this.#line.text, '');
      const key = yield* this.#nextKey(keys);
      if (key === undefined) return this.#ended(true, false);
      if ('text' in key) {
        wanted += key.text;
      } else if (key.name === 'C-r') {
        if (found > 0) from = found - 1;
      } else if (key.name === 'backspace') {
        wanted = [...wanted].slice(0, -1).join('');
        from = this.#history.length - 1;
      } else {
        if (key.name === 'C-g' || key.name === 'C-c') this.#line.set(original);
        else if (found >= 0) this.#at = found;
        yield* this.#draw();
        return key.name === 'C-g' ? undefined : yield* this.#handle(key, keys);
      }
    }
  }

  *#complete(): Task<undefined> {
    const { replaces, candidates, labels, staysOpen = false } = yield* complete(this.#shell, this.#line.text, this.#line.beforeCursor, this.#lastKey === 'tab' ? LISTS : COMPLETES);
    if (candidates.length === 0) return yield* this.#bell();
    const typed = [...this.#line.beforeCursor].slice(-replaces || Infinity).join('');
    const start = commonStart(candidates);
    if (candidates.length === 1) {
      this.#line.eraseBefore(replaces);
      this.#line.insert(staysOpen || start.endsWith('/') ? start : `${start} `);
    } else if (start.length > typed.length) {
      this.#line.eraseBefore(replaces);
      this.#line.insert(start);
    } else if (this.#lastKey === 'tab') {
      yield* this.#screen.list(labels);
    } else {
      return yield* this.#bell();
    }
    return yield* this.#draw();
  }
}

// One line being read from a terminal: what keys do to it, history, incremental search, completion, as readline has them.
import type { Terminal, TerminalModes } from '../../kernel/tty.js';
import type { Task } from '../../kernel/wait.js';
import { editText } from '../history/edit-text.js';
import { historyWords } from '../history/words.js';
import type { InputLine } from '../line-input.js';
import type { Shell } from '../shell.js';
import { commonStart, complete } from './completion.js';
import { loadSettings } from './inputrc-file.js';
import type { Binding } from './keymap.js';
import { type Key, KeyReader } from './keys.js';
import { Line } from './line.js';
import { edit } from './line-commands.js';
import { Screen } from './screen.js';
import type { EditorSettings } from './settings.js';

/** `interrupted`: ^C gave the line up. */
export interface EditedLine extends InputLine {
  readonly interrupted: boolean;
}

/** COMP_TYPE: what the first TAB does, and the second. */
const COMPLETES = 9;
const LISTS = 63;
/** Of a count before a command. */
const COUNT_MAX = 1_000_000;

type Step = Task<EditedLine | undefined>;

export class Editor {
  readonly #shell: Shell;
  readonly #settings: EditorSettings;
  readonly #screen: Screen;
  readonly #line: Line;
  readonly #keys: KeyReader;
  readonly #terminal: Terminal;
  readonly #head: string;
  readonly #prompt: string;
  readonly #history: string[];
  readonly #modes: TerminalModes;
  /** No key was pressed in a shell in which nothing has run. */
  #isFresh: boolean;
  /** Index in the history; its length stands for the new line, which `#draft` keeps meanwhile. */
  #at: number;
  #draft = '';
  /** The command before this one. */
  #last = '';
  /** How often the next command is to be done (`M-3`). */
  #count: number | undefined;
  /** Bytes that a macro types. */
  #typed: number[] = [];
  /** What `yank-last-arg` has put in, and of which entry. */
  #argument: { readonly at: number; readonly length: number } | undefined;

  constructor(shell: Shell, terminal: Terminal, prompt: string, modes: TerminalModes) {
    this.#shell = shell;
    this.#settings = shell.editor;
    this.#keys = new KeyReader(this.#settings.keymap);
    this.#line = new Line(this.#settings.kills);
    this.#terminal = terminal;
    this.#modes = modes;
    this.#isFresh = shell.isFresh;
    this.#screen = new Screen(shell.process, () => terminal.columns || 80);
    const cut = prompt.lastIndexOf('\n') + 1;
    this.#head = prompt.slice(0, cut);
    this.#prompt = prompt.slice(cut);
    this.#history = shell.history.lines;
    this.#at = this.#history.length;
    const { nextLine } = this.#settings;
    this.#settings.nextLine = undefined;
    if (nextLine === undefined || nextLine >= this.#history.length) return;
    this.#at = nextLine;
    this.#line.set(this.#history[nextLine]!);
  }

  *read(isShown: boolean): Task<EditedLine> {
    if (!isShown) {
      yield* this.#screen.write(this.#head);
      yield* this.#draw();
    }
    for (;;) {
      const key = yield* this.#nextKey();
      const done = key === undefined ? this.#ended(true, false) : yield* this.#handle(key);
      if (done) return done;
    }
  }

  *#nextByte(): Task<number | undefined> {
    const typed = this.#typed.shift();
    if (typed !== undefined) return typed;
    const { process } = this.#shell;
    const reading = process.read(0, 1);
    const byte = yield* this.#isFresh ? process.resting({ modes: this.#modes }, reading) : reading;
    this.#isFresh = false;
    return byte[0];
  }

  /** Byte by byte: what follows the line belongs to the command. */
  *#nextKey(): Task<Key | undefined> {
    for (;;) {
      const byte = yield* this.#nextByte();
      if (byte === undefined) return undefined;
      const key = this.#keys.feed(byte);
      if (key) return key;
    }
  }

  #ended(isEnd: boolean, interrupted: boolean): EditedLine {
    return { text: interrupted ? '' : this.#line.text, isEnd, interrupted };
  }

  *#handle(key: Key): Step {
    if ('text' in key) {
      const count = this.#takeCount();
      this.#last = 'self-insert';
      return yield* this.#type(count > 1 ? key.text.repeat(count) : key.text);
    }
    if ('unknown' in key) return key.unknown === '\x03' ? yield* this.#interrupt() : undefined;
    return yield* this.#carryOut(key.binding, key.sequence);
  }

  *#carryOut(binding: Binding, sequence: string): Step {
    if (binding.type === 'macro') {
      this.#typed.unshift(...Buffer.from(binding.text, 'latin1'));
      return undefined;
    }
    if (binding.type === 'command') return yield* this.#runCommand(binding.text);
    const { name } = binding;
    const command = this.#commands[name];
    if (command) {
      const done = yield* command(sequence);
      this.#last = name;
      return done;
    }
    if (name === 'delete-char' && this.#line.text === '' && sequence === '\x04') return this.#ended(true, false);
    let isDone = false;
    for (let count = this.#takeCount(); count > 0 && edit(this.#line, name) === true; count--) isDone = true;
    this.#last = name;
    return isDone ? yield* this.#draw() : yield* this.#bell();
  }

  /** The editor's own commands, by readline's names; those of lines are in line-commands.ts. */
  readonly #commands: Readonly<Record<string, (sequence: string) => Step>> = {
    'abort': () => this.#bell(),
    'accept-line': () => this.#accept(),
    'beginning-of-history': () => this.#recall(0),
    'bracketed-paste-begin': () => this.#paste(),
    'clear-screen': () => this.#clear(),
    'complete': () => this.#complete(this.#last === 'complete' || this.#settings.variable('show-all-if-ambiguous') === 'on'),
    'digit-argument': (sequence) => this.#digit(sequence),
    'edit-and-execute-command': () => this.#editInFile(),
    'end-of-history': () => this.#recall(this.#history.length),
    'forward-search-history': () => this.#search(false),
    'history-search-backward': () => this.#searchStart(-1),
    'history-search-forward': () => this.#searchStart(1),
    'insert-comment': () => this.#comment(),
    'insert-last-argument': () => this.#lastArgument(),
    'next-history': () => this.#recall(this.#at + this.#takeCount()),
    'operate-and-get-next': () => this.#operate(),
    'possible-completions': () => this.#complete(true),
    'previous-history': () => this.#recall(this.#at - this.#takeCount()),
    'quoted-insert': () => this.#quoted(),
    're-read-init-file': () => this.#loadAgain(),
    'redraw-current-line': () => this.#draw(),
    'reverse-search-history': () => this.#search(true),
    'revert-line': () => this.#revert(),
    'self-insert': (sequence) => this.#type(sequence),
    'yank-last-arg': () => this.#lastArgument(),
  };

  #takeCount(): number {
    const count = this.#count ?? 1;
    this.#count = undefined;
    return count;
  }

  *#accept(): Step {
    yield* this.#leave();
    return this.#ended(false, false);
  }

  *#interrupt(): Step {
    yield* this.#screen.write('^C');
    yield* this.#leave();
    return this.#ended(false, true);
  }

  *#clear(): Step {
    yield* this.#screen.clear();
    return yield* this.#draw();
  }

  *#digit(sequence: string): Step {
    const digit = Number(sequence.at(-1));
    if (Number.isInteger(digit)) this.#count = Math.min((this.#last === 'digit-argument' ? this.#count ?? 0 : 0) * 10 + digit, COUNT_MAX);
    return undefined;
  }

  *#type(text: string): Step {
    const atEnd = this.#line.isAtEnd;
    this.#line.insert(text);
    if (atEnd) yield* this.#screen.append(this.#prompt, this.#line.text, text);
    else yield* this.#draw();
    return undefined;
  }

  /** The next byte, whatever it is bound to. */
  *#quoted(): Step {
    const byte = yield* this.#nextByte();
    return byte === undefined ? this.#ended(true, false) : yield* this.#type(String.fromCharCode(byte));
  }

  /** What a terminal pastes is text, line breaks and all. */
  *#paste(): Step {
    const bytes: number[] = [];
    const end = Buffer.from('\x1b[201~');
    while (!Buffer.from(bytes.slice(-end.length)).equals(end)) {
      const byte = yield* this.#nextByte();
      if (byte === undefined) return this.#ended(true, false);
      bytes.push(byte);
    }
    return yield* this.#type(Buffer.from(bytes.slice(0, -end.length)).toString().replace(/\r\n?/g, '\n'));
  }

  *#draw(): Task<undefined> {
    const { text, beforeCursor } = this.#line;
    yield* this.#screen.draw(this.#prompt, beforeCursor, text.slice(beforeCursor.length));
    return undefined;
  }

  *#leave(): Task {
    yield* this.#screen.leave(this.#prompt, this.#line.text);
  }

  *#recall(index: number): Step {
    if (index < 0 || index > this.#history.length || index === this.#at) return yield* this.#bell();
    if (this.#at === this.#history.length) this.#draft = this.#line.text;
    this.#at = index;
    this.#line.set(this.#history[index] ?? this.#draft);
    return yield* this.#draw();
  }

  *#bell(): Task<undefined> {
    if (this.#settings.variable('bell-style') !== 'none') yield* this.#screen.write('\x07');
    return undefined;
  }

  /** Accepts the line; the next one begins as what followed this one in the history. */
  *#operate(): Step {
    this.#settings.nextLine = this.#at < this.#history.length ? this.#at + 1 : undefined;
    return yield* this.#accept();
  }

  *#revert(): Step {
    return this.#line.revert() ? yield* this.#draw() : yield* this.#bell();
  }

  *#comment(): Step {
    this.#line.set(this.#settings.variable('comment-begin') + this.#line.text);
    yield* this.#draw();
    return yield* this.#accept();
  }

  /** The last word of the entry before; pressed again, that of the one before that. */
  *#lastArgument(): Step {
    const isAgain = (this.#last === 'yank-last-arg' || this.#last === 'insert-last-argument') && this.#argument !== undefined;
    const at = (isAgain ? this.#argument!.at : this.#history.length) - 1;
    const word = this.#history[at] === undefined ? undefined : historyWords(this.#history[at]).at(-1);
    if (word === undefined) return yield* this.#bell();
    const { cursor } = this.#line;
    this.#line.replace(cursor - (isAgain ? this.#argument!.length : 0), cursor, word);
    this.#argument = { at, length: [...word].length };
    return yield* this.#draw();
  }

  /** The next entry in a direction that begins as the line does before the cursor. */
  *#searchStart(direction: 1 | -1): Step {
    const start = this.#line.beforeCursor;
    for (let at = this.#at + direction; at >= 0 && at < this.#history.length; at += direction) {
      if (!this.#history[at]!.startsWith(start) || this.#history[at] === this.#line.text) continue;
      if (this.#at === this.#history.length) this.#draft = this.#line.text;
      this.#at = at;
      this.#line.set(this.#history[at]!, [...start].length);
      return yield* this.#draw();
    }
    return yield* this.#bell();
  }

  /** `(reverse-i-search)`: each key narrows, ^R and ^S go on in their direction, ^G gives up, any other key takes what was found. */
  *#search(begunBackward: boolean): Step {
    const original = this.#line.text;
    const { cursor } = this.#line;
    let isBackward = begunBackward;
    let wanted = '';
    let from = isBackward ? this.#history.length - 1 : this.#at;
    for (;;) {
      const matches = (line: string, index: number): boolean => (isBackward ? index <= from : index >= from) && line.includes(wanted);
      const found = wanted === '' ? -1 : isBackward ? this.#history.findLastIndex(matches) : this.#history.findIndex(matches);
      if (found >= 0) this.#line.set(this.#history[found]!, [...this.#history[found]!.slice(0, this.#history[found]!.indexOf(wanted))].length);
      const name = `(${wanted !== '' && found < 0 ? 'failed ' : ''}${isBackward ? 'reverse-' : ''}i-search)\`${wanted}': `;
      yield* this.#screen.draw(name, this.#line.beforeCursor, this.#line.text.slice(this.#line.beforeCursor.length));
      const key = yield* this.#nextKey();
      if (key === undefined) return this.#ended(true, false);
      const command = 'binding' in key && key.binding.type === 'function' ? key.binding.name : '';
      if ('text' in key) {
        wanted += key.text;
      } else if (command === 'reverse-search-history' || command === 'forward-search-history') {
        isBackward = command === 'reverse-search-history';
        if (found >= 0) from = found + (isBackward ? -1 : 1);
      } else if (command === 'backward-delete-char') {
        wanted = [...wanted].slice(0, -1).join('');
        from = isBackward ? this.#history.length - 1 : 0;
      } else {
        const givesUp = command === 'abort' || ('unknown' in key && key.unknown === '\x03');
        if (givesUp) this.#line.set(original, cursor);
        else if (found >= 0) this.#at = found;
        yield* this.#draw();
        return command === 'abort' ? undefined : yield* this.#handle(key);
      }
    }
  }

  *#complete(lists: boolean): Step {
    const { replaces, candidates, labels, staysOpen = false } = yield* complete(this.#shell, this.#line.text, this.#line.beforeCursor, lists ? LISTS : COMPLETES);
    if (candidates.length === 0) return yield* this.#bell();
    const typed = [...this.#line.beforeCursor].slice(-replaces || Infinity).join('');
    const start = commonStart(candidates);
    const { cursor } = this.#line;
    if (candidates.length === 1) {
      this.#line.replace(cursor - replaces, cursor, staysOpen || start.endsWith('/') ? start : `${start} `);
    } else if (start.length > typed.length) {
      this.#line.replace(cursor - replaces, cursor, start);
    } else if (lists) {
      yield* this.#screen.list(labels);
    } else {
      return yield* this.#bell();
    }
    return yield* this.#draw();
  }

  // --- commands of the shell --------------------------------------------------------------------------------------------------

  /** Runs something on a terminal as commands find it. */
  *#outside<T>(body: Task<T>): Task<T> {
    const raw = this.#terminal.modes;
    this.#terminal.setModes(this.#modes);
    try {
      return yield* body;
    } finally {
      this.#terminal.setModes(raw);
    }
  }

  /** `bind -x`: the command sees the line in READLINE_LINE and READLINE_POINT, and may change it. */
  *#runCommand(text: string): Step {
    const { variables } = this.#shell;
    variables.set('READLINE_LINE', this.#line.text);
    variables.set('READLINE_POINT', String(Buffer.byteLength(this.#line.beforeCursor)));
    yield* this.#screen.erase();
    const { status } = this.#shell;
    yield* this.#outside(this.#shell.execution.runText(text));
    this.#shell.status = status;
    if (this.#shell.backlog.length > 0) yield* this.#shell.flushBacklog();
    const line = variables.get('READLINE_LINE') ?? '';
    const before = Buffer.from(line).subarray(0, Number(variables.get('READLINE_POINT')) || 0).toString();
    if (line === this.#line.text) this.#line.move([...before].length);
    else this.#line.set(line, [...before].length);
    for (const name of ['READLINE_LINE', 'READLINE_POINT']) variables.unset(name);
    return yield* this.#draw();
  }

  /** The line is edited in a file by the user's editor, and what is then in it is the line that was entered. */
  *#editInFile(): Step {
    yield* this.#leave();
    const text = yield* this.#outside(editText(this.#shell, `${this.#line.text}\n`, '${VISUAL:-${EDITOR:-emacs}}'));
    if (this.#shell.backlog.length > 0) yield* this.#shell.flushBacklog();
    yield* this.#screen.write(text ?? '');
    return { text: (text ?? '').replace(/\n$/, ''), isEnd: false, interrupted: false };
  }

  *#loadAgain(): Step {
    loadSettings(this.#shell);
    return undefined;
  }
}

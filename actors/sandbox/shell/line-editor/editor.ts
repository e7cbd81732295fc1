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
import { KeyInput } from './key-input.js';
import type { Key } from './keys.js';
import { HistoryCursor } from './history-cursor.js';
import { Line } from './line.js';
import { edit } from './line-commands.js';
import { Screen } from './screen.js';
import type { EditorSettings } from './settings.js';
import { type ViHost, ViMode } from './vi-mode.js';

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
  readonly #input: KeyInput;
  readonly #vi: ViMode | undefined;
  readonly #terminal: Terminal;
  readonly #head: string;
  readonly #prompt: string;
  readonly #history: HistoryCursor;
  readonly #modes: TerminalModes;
  /** The command before this one. */
  #last = '';
  /** How often the next command is to be done (`M-3`). */
  #count: number | undefined;
  /** What `yank-last-arg` has put in, and of which entry. */
  #argument: { readonly at: number; readonly length: number } | undefined;

  constructor(shell: Shell, terminal: Terminal, prompt: string, modes: TerminalModes) {
    this.#shell = shell;
    this.#settings = shell.editor;
    const isVi = shell.options.isSet('vi');
    this.#input = new KeyInput(shell, isVi ? this.#settings.keymap.forVi() : this.#settings.keymap, modes);
    this.#line = new Line(this.#settings.kills);
    this.#vi = isVi ? new ViMode(this.#viHost()) : undefined;
    this.#terminal = terminal;
    this.#modes = modes;
    this.#screen = new Screen(shell.process, () => terminal.columns || 80);
    const cut = prompt.lastIndexOf('\n') + 1;
    this.#head = prompt.slice(0, cut);
    this.#prompt = prompt.slice(cut);
    this.#history = new HistoryCursor(shell.history.lines, this.#line);
    const { nextLine } = this.#settings;
    this.#settings.nextLine = undefined;
    if (nextLine !== undefined && nextLine < shell.history.lines.length) this.#history.recall(nextLine);
  }

  *read(isShown: boolean): Task<EditedLine> {
    if (!isShown) {
      yield* this.#screen.write(this.#head);
      yield* this.#draw();
    }
    for (;;) {
      const key = yield* this.#input.nextKey();
      const done = key === undefined ? this.#ended(true, false) : yield* this.#handle(key);
      if (done) return done;
    }
  }

  #ended(isEnd: boolean, interrupted: boolean): EditedLine {
    return { text: interrupted ? '' : this.#line.text, isEnd, interrupted };
  }

  *#handle(key: Key): Step {
    if (this.#vi?.isInserting === false && 'text' in key) return yield* this.#vi.command(key.text);
    if ('text' in key) {
      this.#vi?.typed(key.text);
      if (this.#vi?.isReplacing === true && !this.#line.isAtEnd) this.#line.replace(this.#line.cursor, this.#line.cursor + 1, '');
      const count = this.#takeCount();
      this.#last = 'self-insert';
      return yield* this.#type(count > 1 ? key.text.repeat(count) : key.text);
    }
    if ('unknown' in key) return key.unknown === '\x03' ? yield* this.#interrupt() : undefined;
    return yield* this.#carryOut(key.binding, key.sequence);
  }

  *#carryOut(binding: Binding, sequence: string): Step {
    if (binding.type === 'macro') {
      this.#input.type(Buffer.from(binding.text, 'latin1'));
      return undefined;
    }
    if (binding.type === 'command') return yield* this.#runCommand(binding.text);
    const { name } = binding;
    if (this.#vi?.isInserting === false && (name === 'backward-delete-char' || name === 'self-insert')) return yield* this.#bell();
    const command = this.#commands[name];
    if (command) {
      const done = yield* command(sequence);
      this.#last = name;
      return done;
    }
    if (name === 'delete-char' && sequence === '\x04' && (this.#line.text === '' || this.#vi)) return this.#line.text === '' ? this.#ended(true, false) : yield* this.#accept();
    let isDone = false;
    for (let count = this.#takeCount(); count > 0 && edit(this.#line, name) === true; count--) isDone = true;
    this.#last = name;
    return yield* this.#shown(isDone);
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
    'end-of-history': () => this.#recall(this.#history.lines.length),
    'forward-search-history': () => this.#search(false),
    'history-search-backward': () => this.#shown(this.#history.recallStart(-1)),
    'history-search-forward': () => this.#shown(this.#history.recallStart(1)),
    'insert-comment': () => this.#comment(),
    'insert-last-argument': () => this.#lastArgument(),
    'next-history': () => this.#recall(this.#history.at + this.#takeCount()),
    'operate-and-get-next': () => this.#operate(),
    'possible-completions': () => this.#complete(true),
    'previous-history': () => this.#recall(this.#history.at - this.#takeCount()),
    'quoted-insert': () => this.#quoted(),
    're-read-init-file': () => this.#loadAgain(),
    'redraw-current-line': () => this.#draw(),
    'reverse-search-history': () => this.#search(true),
    'revert-line': () => this.#revert(),
    'self-insert': (sequence) => this.#type(sequence),
    'vi-movement-mode': () => this.#vi!.escape(),
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

  #viHost(): ViHost {
    return {
      line: this.#line,
      nextChar: () => this.#nextChar(),
      draw: () => this.#draw(),
      bell: () => this.#bell(),
      run: (name, count) => {
        this.#count = count;
        return this.#commands[name]!('');
      },
      type: (bytes) => this.#input.type(bytes),
      ask: (mark) => this.#ask(mark),
      find: (text, direction) => this.#shown(this.#history.recallHolding(text, direction)),
      recallNumber: (number) => this.#recall(number - this.#shell.history.base),
    };
  }

  *#nextChar(): Task<string | undefined> {
    const key = yield* this.#input.nextKey();
    return key && 'text' in key ? key.text : undefined;
  }

  /** A text behind a mark in place of the prompt. */
  *#ask(mark: string): Task<string | undefined> {
    let text = '';
    for (;;) {
      yield* this.#screen.draw(mark, text, '');
      const key = yield* this.#input.nextKey();
      const name = key && 'binding' in key && key.binding.type === 'function' ? key.binding.name : '';
      if (name === 'accept-line') return text;
      if (key && 'text' in key) text += key.text;
      else if (name === 'backward-delete-char' && text !== '') text = [...text].slice(0, -1).join('');
      else return undefined;
    }
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
    const byte = yield* this.#input.nextByte();
    return byte === undefined ? this.#ended(true, false) : yield* this.#type(String.fromCharCode(byte));
  }

  /** What a terminal pastes is text, line breaks and all. */
  *#paste(): Step {
    const bytes: number[] = [];
    const end = Buffer.from('\x1b[201~');
    while (!Buffer.from(bytes.slice(-end.length)).equals(end)) {
      const byte = yield* this.#input.nextByte();
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
    return yield* this.#shown(this.#history.recall(index, this.#vi?.isInserting === false ? 0 : undefined));
  }

  /** What has changed is shown; where nothing has, the bell tells. */
  #shown(isDone: boolean): Task<undefined> {
    return isDone ? this.#draw() : this.#bell();
  }

  *#bell(): Task<undefined> {
    if (this.#settings.variable('bell-style') !== 'none') yield* this.#screen.write('\x07');
    return undefined;
  }

  /** Accepts the line; the next one begins as what followed this one in the history. */
  *#operate(): Step {
    const { at, lines } = this.#history;
    this.#settings.nextLine = at < lines.length ? at + 1 : undefined;
    return yield* this.#accept();
  }

  *#revert(): Step {
    return yield* this.#shown(this.#line.revert());
  }

  *#comment(): Step {
    this.#line.set(this.#settings.variable('comment-begin') + this.#line.text);
    yield* this.#draw();
    return yield* this.#accept();
  }

  /** The last word of the entry before; pressed again, that of the one before that. */
  *#lastArgument(): Step {
    const isAgain = (this.#last === 'yank-last-arg' || this.#last === 'insert-last-argument') && this.#argument !== undefined;
    const { lines } = this.#history;
    const at = (isAgain ? this.#argument!.at : this.#history.at) - 1;
    const word = lines[at] === undefined ? undefined : historyWords(lines[at]).at(-1);
    if (word === undefined) return yield* this.#bell();
    const { cursor } = this.#line;
    this.#line.replace(cursor - (isAgain ? this.#argument!.length : 0), cursor, word);
    this.#argument = { at, length: [...word].length };
    return yield* this.#draw();
  }

  /** `(reverse-i-search)`: each key narrows, ^R and ^S go on in their direction, ^G gives up, any other key takes what was found. */
  *#search(begunBackward: boolean): Step {
    const original = this.#line.text;
    const { cursor } = this.#line;
    const { lines } = this.#history;
    let isBackward = begunBackward;
    let wanted = '';
    let from = isBackward ? lines.length - 1 : this.#history.at;
    for (;;) {
      const matches = (line: string, index: number): boolean => (isBackward ? index <= from : index >= from) && line.includes(wanted);
      const found = wanted === '' ? -1 : isBackward ? lines.findLastIndex(matches) : lines.findIndex(matches);
      if (found >= 0) this.#line.set(lines[found]!, [...lines[found]!.slice(0, lines[found]!.indexOf(wanted))].length);
      const name = `(${wanted !== '' && found < 0 ? 'failed ' : ''}${isBackward ? 'reverse-' : ''}i-search)\`${wanted}': `;
      yield* this.#screen.draw(name, this.#line.beforeCursor, this.#line.text.slice(this.#line.beforeCursor.length));
      const key = yield* this.#input.nextKey();
      if (key === undefined) return this.#ended(true, false);
      const command = 'binding' in key && key.binding.type === 'function' ? key.binding.name : '';
      if ('text' in key) {
        wanted += key.text;
      } else if (command === 'reverse-search-history' || command === 'forward-search-history') {
        isBackward = command === 'reverse-search-history';
        if (found >= 0) from = found + (isBackward ? -1 : 1);
      } else if (command === 'backward-delete-char') {
        wanted = [...wanted].slice(0, -1).join('');
        from = isBackward ? lines.length - 1 : 0;
      } else {
        const givesUp = command === 'abort' || ('unknown' in key && key.unknown === '\x03');
        if (givesUp) this.#line.set(original, cursor);
        else if (found >= 0) this.#history.stay(found);
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

// Which keys do what: sequences of bytes bound to the editor's commands (by readline's names), to texts, or to commands of the shell.
import { LINE_COMMANDS } from './line-commands.js';

export type Binding =
  | { readonly type: 'function'; readonly name: string }
  /** Types a text. */
  | { readonly type: 'macro'; readonly text: string }
  /** Runs a shell command on the line (`bind -x`). */
  | { readonly type: 'command'; readonly text: string };

/** The commands that need more than the line: its history, the screen, the shell. */
export const EDITOR_COMMANDS = [
  'abort', 'accept-line', 'beginning-of-history', 'bracketed-paste-begin', 'clear-screen', 'complete', 'digit-argument', 'edit-and-execute-command', 'end-of-history',
  'forward-search-history', 'history-search-backward', 'history-search-forward', 'insert-comment', 'insert-last-argument', 'next-history', 'operate-and-get-next', 'possible-completions',
  'previous-history', 'quoted-insert', 're-read-init-file', 'redraw-current-line', 'reverse-search-history', 'revert-line', 'self-insert', 'yank-last-arg',
] as const;

/** All that a key can be bound to, as `bind -l` lists it. */
export const FUNCTIONS: readonly string[] = [...LINE_COMMANDS, ...EDITOR_COMMANDS].sort();

/** readline's emacs bindings, for what there is here (https://tiswww.case.edu/php/chet/readline/rluserman.html). */
const EMACS: Readonly<Record<string, readonly string[]>> = {
  'abort': ['\x07', '\x18\x07', '\x1b\x07'],
  'accept-line': ['\n', '\r'],
  'backward-char': ['\x02', '\x1bOD', '\x1b[D'],
  'backward-delete-char': ['\b', '\x7f'],
  'backward-kill-line': ['\x18\x7f'],
  'backward-kill-word': ['\x1b\b', '\x1b\x7f'],
  'backward-word': ['\x1b[1;3D', '\x1b[1;5D', '\x1bb'],
  'beginning-of-history': ['\x1b<'],
  'beginning-of-line': ['\x01', '\x1bOH', '\x1b[1~', '\x1b[7~', '\x1b[H'],
  'bracketed-paste-begin': ['\x1b[200~'],
  'capitalize-word': ['\x1bc'],
  'clear-screen': ['\f'],
  'complete': ['\t'],
  'delete-char': ['\x04', '\x1b[3~'],
  'delete-horizontal-space': ['\x1b\\'],
  'digit-argument': ['\x1b-', ...Array.from({ length: 10 }, (_, digit) => `\x1b${digit}`)],
  'downcase-word': ['\x1bl'],
  'edit-and-execute-command': ['\x18\x05'],
  'end-of-history': ['\x1b>'],
  'end-of-line': ['\x05', '\x1bOF', '\x1b[4~', '\x1b[8~', '\x1b[F'],
  'exchange-point-and-mark': ['\x18\x18'],
  'forward-char': ['\x06', '\x1bOC', '\x1b[C'],
  'forward-search-history': ['\x13'],
  'forward-word': ['\x1b[1;3C', '\x1b[1;5C', '\x1bf'],
  'history-search-backward': ['\x1b[5~'],
  'history-search-forward': ['\x1b[6~'],
  'insert-comment': ['\x1b#'],
  'kill-line': ['\v'],
  'kill-word': ['\x1bd'],
  'next-history': ['\x0e', '\x1bOB', '\x1b[B'],
  'operate-and-get-next': ['\x0f'],
  'possible-completions': ['\x1b=', '\x1b?'],
  'previous-history': ['\x10', '\x1bOA', '\x1b[A'],
  'quoted-insert': ['\x11', '\x16'],
  're-read-init-file': ['\x18\x12'],
  'reverse-search-history': ['\x12'],
  'revert-line': ['\x1b\x12', '\x1br'],
  'set-mark': ['\0', '\x1b '],
  'transpose-chars': ['\x14'],
  'transpose-words': ['\x1bt'],
  'undo': ['\x18\x15', '\x1f'],
  'unix-line-discard': ['\x15'],
  'unix-word-rubout': ['\x17'],
  'upcase-word': ['\x1bu'],
  'yank': ['\x19'],
  'yank-last-arg': ['\x1b.', '\x1b_'],
  'yank-pop': ['\x1by'],
};

/** What vi's insert mode shares with the keys of emacs: the others type themselves. */
// oxlint-disable-next-line no-control-regex
const VI_CONTROLS = /^(?:[\x04\x07-\n\f\r\x12-\x17\x19\x1f\x7f]|\x1b)/;

export class Keymap {
  readonly #bindings: Map<string, Binding>;
  /** The beginnings of longer sequences; made when asked for. */
  #beginnings: Set<string> | undefined;

  constructor(bindings: readonly (readonly [string, Binding])[] = Object.entries(EMACS).flatMap(([name, sequences]) => sequences.map((sequence): [string, Binding] => [sequence, { type: 'function', name }]))) {
    this.#bindings = new Map(bindings);
  }

  fork(): Keymap {
    return new Keymap([...this.#bindings]);
  }

  /** The keys of vi's insert mode, with what the user has bound: ESC alone leaves it, so that of what begins with it only the keys of terminals stay. */
  forVi(): Keymap {
    // oxlint-disable-next-line no-control-regex
    const kept = [...this.#bindings].filter(([sequence, binding]) => !/^\x1b(?![[O])/.test(sequence) && (VI_CONTROLS.test(sequence) || binding.type !== 'function' || !EMACS[binding.name]?.includes(sequence)));
    const typed = Object.values(EMACS).flat().filter((sequence) => sequence.length === 1 && !VI_CONTROLS.test(sequence)).map((sequence): [string, Binding] => [sequence, { type: 'function', name: 'self-insert' }]);
    return new Keymap([...typed, ...kept, ['\x1b', { type: 'function', name: 'vi-movement-mode' }]]);
  }

  get(sequence: string): Binding | undefined {
    return this.#bindings.get(sequence);
  }

  set(sequence: string, binding: Binding): void {
    this.#bindings.set(sequence, binding);
    this.#beginnings = undefined;
  }

  delete(sequence: string): void {
    this.#bindings.delete(sequence);
    this.#beginnings = undefined;
  }

  /** Whether a longer sequence begins so. */
  isBeginning(sequence: string): boolean {
    this.#beginnings ??= new Set([...this.#bindings.keys()].flatMap((whole) => Array.from({ length: whole.length - 1 }, (_, length) => whole.slice(0, length + 1))));
    return this.#beginnings.has(sequence);
  }

  /** The sequences of a command, in the order of their bytes. */
  sequencesOf(name: string): string[] {
    return this.all('function').filter(([, binding]) => binding.type === 'function' && binding.name === name).map(([sequence]) => sequence);
  }

  all(type: Binding['type']): [string, Binding][] {
    return [...this.#bindings].filter(([, binding]) => binding.type === type).sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

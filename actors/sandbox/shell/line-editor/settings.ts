// What a shell's line editor keeps between lines: its keys, readline's variables, and what was killed.
import { Keymap } from './keymap.js';
import type { KillRing } from './line.js';

/** readline's variables that do something here, with what they are at first. */
const DEFAULTS: Readonly<Record<string, string>> = { 'bell-style': 'audible', 'comment-begin': '#', 'show-all-if-ambiguous': 'off' };

/** Those that nothing here listens to. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'active-region-end-color', 'active-region-start-color', 'bind-tty-special-chars', 'blink-matching-paren', 'byte-oriented', 'colored-completion-prefix', 'colored-stats', 'completion-display-width', 'completion-ignore-case',
  'completion-map-case', 'completion-prefix-display-length', 'completion-query-items', 'convert-meta', 'disable-completion', 'echo-control-characters', 'editing-mode', 'emacs-mode-string',
  'enable-active-region', 'enable-bracketed-paste', 'enable-keypad', 'enable-meta-key', 'expand-tilde', 'history-preserve-point', 'history-size', 'horizontal-scroll-mode', 'input-meta',
  'isearch-terminators', 'keymap', 'keyseq-timeout', 'mark-directories', 'mark-modified-lines', 'mark-symlinked-directories', 'match-hidden-files', 'menu-complete-display-prefix', 'meta-flag',
  'output-meta', 'page-completions', 'prefer-visible-bell', 'print-completions-horizontally', 'revert-all-at-newline', 'show-all-if-unmodified', 'show-mode-in-prompt', 'skip-completed-text', 'vi-cmd-mode-string',
  'vi-ins-mode-string', 'visible-stats',
]);

export class EditorSettings {
  readonly keymap: Keymap;
  readonly kills: KillRing = [];
  readonly #variables: Map<string, string>;
  /** The user's own settings were read. */
  isLoaded = false;
  /** The line to begin with: the one after the history's that was run with `operate-and-get-next`. */
  nextLine: number | undefined;

  constructor(keymap = new Keymap(), variables: Iterable<readonly [string, string]> = Object.entries(DEFAULTS)) {
    this.keymap = keymap;
    this.#variables = new Map(variables);
  }

  /** Those of a subshell. */
  fork(): EditorSettings {
    return new EditorSettings(this.keymap.fork(), this.#variables);
  }

  get variables(): readonly (readonly [string, string])[] {
    return [...this.#variables];
  }

  variable(name: string): string {
    return this.#variables.get(name) ?? '';
  }

  /** Sets a variable; what is to be said of it otherwise. */
  setVariable(name: string, value: string): string | undefined {
    if (WITHOUT_EFFECT.has(name)) return `${name}: has no effect in this line editor`;
    const old = this.#variables.get(name);
    if (old === undefined) return `${name}: unknown variable name`;
    this.#variables.set(name, old === 'on' || old === 'off' ? (/^(?:on|1|)$/i.test(value) ? 'on' : 'off') : value);
    return undefined;
  }
}

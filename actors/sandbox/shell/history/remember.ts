// Which lines become history: HISTCONTROL, HISTIGNORE, HISTSIZE, and how the lines of one command are put together (cmdhist, lithist).
import { compilePattern } from '../patterns.js';
import type { Shell } from '../shell.js';
import { openState } from './open-command.js';

const UNLIMITED = 1_000_000;

/** What a size means: nothing and negative numbers are no limit. */
export function countMax(size: string): number {
  const wanted = Number.parseInt(size, 10);
  return Number.isNaN(wanted) || wanted < 0 ? UNLIMITED : wanted;
}

/** HISTSIZE or HISTFILESIZE. */
export function sizeMax(shell: Shell, name: string): number {
  return countMax(shell.variables.get(name) ?? '');
}

function controls(shell: Shell): ReadonlySet<string> {
  return new Set((shell.variables.get('HISTCONTROL') ?? '').split(':'));
}

/** Scripts keep times only once HISTTIMEFORMAT (or histchars) is there. */
export function timeNow({ isInteractive, variables }: Shell): number | undefined {
  const keeps = isInteractive || variables.get('HISTTIMEFORMAT') !== undefined || variables.get('histchars') !== undefined;
  return keeps ? Math.floor(Date.now() / 1000) : undefined;
}

/** HISTIGNORE: patterns of whole lines, in which `&` is the line before. */
function isIgnored(shell: Shell, line: string): boolean {
  const ignore = shell.variables.get('HISTIGNORE') ?? '';
  if (ignore === '') return false;
  const before = (shell.history.last ?? '').replace(/[\\*?[\]]/g, '\\$&');
  return ignore.split(':').some((pattern) => {
    const filled = pattern.replace(/\\&|&/g, (match) => (match === '&' ? before : '&'));
    return compilePattern(filled, { extglob: shell.options.extglob }).test(line);
  });
}

/** Adds a line unless the variables say not to; whether it did. */
export function addLine(shell: Shell, line: string): boolean {
  const control = controls(shell);
  const both = control.has('ignoreboth');
  if ((both || control.has('ignorespace')) && /^[ \t]/.test(line)) return false;
  if ((both || control.has('ignoredups')) && shell.history.last === line) return false;
  if (isIgnored(shell, line)) return false;
  if (control.has('erasedups')) shell.history.erase(line);
  shell.history.remember(line, sizeMax(shell, 'HISTSIZE'), timeNow(shell));
  return true;
}

/** 1: the line is a comment, 2: it ends with one, 0: neither. */
function commentIn(line: string): 0 | 1 | 2 {
  if (/^[ \t]*#/.test(line)) return 1;
  return openState(`${line}\n`).endsWithComment ? 2 : 0;
}

/** The lines of one command on their way into the history. */
export class CommandLines {
  readonly #shell: Shell;
  #count = 0;
  #text = '';
  #isFirstSaved = false;
  /** The number of the line that is or ends with a comment. */
  #commentAt = -2;

  constructor(shell: Shell) {
    this.#shell = shell;
  }

  /** The text of the command so far. */
  get text(): string {
    return this.#text;
  }

  /** How many lines it has so far. */
  get count(): number {
    return this.#count;
  }

  /** Its lines so far are the last entry. */
  get isOpenEntry(): boolean {
    return this.#count > 0 && this.#isFirstSaved && this.#shell.options.has('cmdhist');
  }

  /** The next line begins a command. */
  begin(): void {
    this.#count = 0;
    this.#text = '';
  }

  add(line: string): void {
    const shell = this.#shell;
    const before = this.#text;
    this.#text += `${line}\n`;
    this.#count++;
    if (!shell.options.isSet('history')) return;
    if (!shell.isBash) return line.trim() === '' ? undefined : shell.history.remember(line, sizeMax(shell, 'HISTSIZE'), timeNow(shell));
    shell.history.isLastAdded = shell.history.isLastPushed = false;
    const comment = commentIn(line);
    if (this.#count === 1) {
      if (line.trim() === '') {
        this.#count = 0;
        return;
      }
      this.#isFirstSaved = addLine(shell, line);
    } else if (this.#isFirstSaved) {
      this.#addNext(line, comment, before);
    }
    this.#commentAt = comment === 0 ? -2 : this.#count;
  }

  #addNext(line: string, comment: 0 | 1 | 2, before: string): void {
    const { history, options } = this.#shell;
    const state = openState(before);
    const isLiteral = options.has('lithist');
    if (!state.inDocument && !isLiteral && state.delimiter === '' && comment === 1) return;
    if (!options.has('cmdhist')) return history.remember(line, sizeMax(this.#shell, 'HISTSIZE'), timeNow(this.#shell));
    let entry = history.last ?? '';
    // The lines of a here-document keep their newlines.
    const added = state.inDocument ? `${line}\n` : line;
    let joint = this.#count === this.#commentAt + 1 || isLiteral ? '\n' : state.joint(line);
    if (state.inDocument && entry.endsWith('\n')) joint = '';
    if (state.delimiter === '' && /(?:^|[^\\])\\$/.test(entry) && !state.inDocument) {
      entry = entry.slice(0, -1);
      joint = '';
    }
    if (state.delimiter === '' && entry.endsWith('\n') && joint.startsWith(';')) joint = joint.slice(1);
    history.replaceLast(entry + joint + added);
  }
}

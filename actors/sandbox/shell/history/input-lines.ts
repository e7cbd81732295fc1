// What becomes of a line between reading and parsing: its history expansion, told on standard error, and its place in the history.
import type { Shell } from '../shell.js';
import { expandHistory, type ExpandedLine, type ExpansionSettings, HistoryError } from './expansion.js';
import { openState } from './open-command.js';
import { CommandLines } from './remember.js';

/** How `!` is understood in this shell now, where `quote` is open; the entries of `lines` are those that it can mean. */
export function expansionSettings(shell: Shell, quote = '', lines: readonly string[] = shell.history.lines): ExpansionSettings {
  const { history, options } = shell;
  const marks = shell.variables.get('histchars') ?? '!^#';
  return {
    lines, base: history.base, memory: history.memory, mark: marks[0] ?? '', substitute: marks[1] ?? '', comment: marks[2] ?? '#',
    extglob: options.extglob, posix: options.posix, quote,
  };
}

export class InputLines {
  readonly #shell: Shell;
  readonly #lines: CommandLines;

  constructor(shell: Shell) {
    this.#shell = shell;
    this.#lines = new CommandLines(shell);
  }

  /** The next line begins a command. */
  begin(): void {
    this.#lines.begin();
  }

  /** The line that is to be parsed, of a command that began on line `number`; undefined where the expansion failed or was only to be shown. */
  take(line: string, number: number): string | undefined {
    const shell = this.#shell;
    const expanded = shell.options.isSet('histexpand') && shell.isBash && shell.options.isSet('history') ? this.#expand(line, number + this.#lines.count) : undefined;
    if (expanded === undefined) {
      this.#lines.add(line);
      return line;
    }
    if (expanded.text !== '') this.#lines.add(expanded.text);
    return expanded.printsOnly ? undefined : expanded.text;
  }

  /** Undefined where there is nothing to expand. */
  #expand(line: string, number: number): ExpandedLine | undefined {
    const shell = this.#shell;
    const state = openState(this.#lines.text);
    if (state.inDocument) return undefined;
    try {
      const quote = '\'"`'.includes(state.delimiter) ? state.delimiter : '';
      // To the later lines of a command its own first one is no history yet.
      const known = this.#lines.isOpenEntry ? shell.history.lines.slice(0, -1) : shell.history.lines;
      const expanded = expandHistory(line, expansionSettings(shell, quote, known));
      if (!expanded.isChanged) return undefined;
      shell.warnRaw(`${expanded.text}\n`);
      return expanded;
    } catch (error) {
      if (!(error instanceof HistoryError)) throw error;
      shell.line = number;
      shell.complain(error.message);
      return { text: '', isChanged: true, printsOnly: true };
    }
  }
}

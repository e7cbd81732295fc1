// The lines of interactive shells: what is remembered (HISTCONTROL, HISTSIZE), and bash's file of it (HISTFILE).
import { Errno } from '../../kernel/errno.js';
import { decode, encode } from '../../kernel/text.js';
import type { Shell } from '../shell.js';

const SIZE_DEFAULT = 500;

/** Adds a line, unless HISTCONTROL says not to. */
export function remember(shell: Shell, line: string): void {
  const control = (shell.variables.get('HISTCONTROL') ?? '').split(':');
  const ignoresSpace = control.includes('ignorespace') || control.includes('ignoreboth');
  const ignoresDuplicates = control.includes('ignoredups') || control.includes('ignoreboth');
  if (line.trim() === '' || (ignoresSpace && line.startsWith(' ')) || (ignoresDuplicates && shell.history.at(-1) === line)) return;
  shell.history.push(line);
  shell.history.splice(0, shell.history.length - limit(shell, 'HISTSIZE'));
}

/** HISTFILE of an interactive shell: `~/.bash_history` unless it is set. */
export function setHistoryFile({ variables }: Shell): void {
  if (variables.get('HISTFILE') === undefined) variables.set('HISTFILE', `${variables.get('HOME') ?? ''}/.bash_history`);
}

/** Reads HISTFILE (default `~/.bash_history`) into the history. */
export function loadHistory(shell: Shell): void {
  if (!shell.isBash) return;
  const { variables } = shell;
  if (variables.get('HISTSIZE') === undefined) variables.set('HISTSIZE', String(SIZE_DEFAULT));
  if (variables.get('HISTFILESIZE') === undefined) variables.set('HISTFILESIZE', String(SIZE_DEFAULT));
  setHistoryFile(shell);
  const lines = attempt(() => decode(shell.process.files.readFile(variables.get('HISTFILE')!)).split('\n').filter((line) => line !== ''));
  shell.history.push(...(lines ?? []).slice(-limit(shell, 'HISTSIZE')));
}

/** Writes the history back, as bash does when an interactive shell ends; a file that cannot be written is left alone, as bash leaves it. */
export function saveHistory(shell: Shell): void {
  const path = shell.variables.get('HISTFILE') ?? '';
  if (!shell.isBash || path === '' || shell.history.length === 0) return;
  const lines = shell.history.slice(-limit(shell, 'HISTFILESIZE'));
  attempt(() => shell.process.files.writeFile(path, encode(`${lines.join('\n')}\n`), { mode: 0o600 }));
}

function limit(shell: Shell, name: string): number {
  const wanted = Number.parseInt(shell.variables.get(name) ?? '', 10);
  return Number.isNaN(wanted) || wanted < 0 ? 100_000 : wanted;
}

function attempt<T>(access: () => T): T | undefined {
  try {
    return access();
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

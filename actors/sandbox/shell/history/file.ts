// bash's history file: a line per entry, with `#seconds` before it where HISTTIMEFORMAT is set.
import { Errno } from '../../kernel/errno.js';
import { decode, encode } from '../../kernel/text.js';
import type { Shell } from '../shell.js';
import type { HistoryEntry } from './history.js';
import { sizeMax, timeNow } from './remember.js';

const SIZE_DEFAULT = '500';
const TIMESTAMP = /^#\d/;

/** HISTFILE of an interactive shell: `~/.bash_history` unless it is set. */
export function setHistoryFile({ variables }: Shell): void {
  if (variables.get('HISTFILE') === undefined) variables.set('HISTFILE', `${variables.get('HOME') ?? ''}/.bash_history`);
}

function writesTimes(shell: Shell): boolean {
  return shell.variables.get('HISTTIMEFORMAT') !== undefined;
}

/** `now`: the time of entries that the file gives none. */
function parse(lines: readonly string[], isMultiline: boolean, now: number | undefined): HistoryEntry[] {
  const entries: HistoryEntry[] = [];
  let seconds: number | undefined;
  for (const line of lines) {
    if (TIMESTAMP.test(line)) {
      seconds = Number.parseInt(line.slice(1), 10);
      continue;
    }
    const last = entries.at(-1);
    // With times in the file, what follows a line without one belongs to its entry.
    if (seconds === undefined && isMultiline && last) entries[entries.length - 1] = { ...last, line: `${last.line}\n${line}` };
    else if (line !== '') entries.push({ line, seconds: seconds ?? now });
    seconds = undefined;
  }
  return entries;
}

function linesOf(shell: Shell, path: string): string[] {
  const text = decode(shell.process.files.readFile(path));
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

/** Reads entries from the file's line `from` on. Throws Errno. */
export function readHistory(shell: Shell, path: string, from = 0): void {
  const lines = linesOf(shell, path);
  const most = sizeMax(shell, 'HISTSIZE');
  for (const entry of parse(lines.slice(from), writesTimes(shell) && TIMESTAMP.test(lines[0] ?? ''), timeNow(shell))) shell.history.add(entry, most);
  shell.history.fileLines = lines.length;
}

function format(shell: Shell, entries: readonly HistoryEntry[]): string {
  const times = writesTimes(shell);
  return entries.map(({ line, seconds }) => `${times && seconds !== undefined ? `#${seconds}\n` : ''}${line}\n`).join('');
}

/** Replaces the file. Throws Errno. */
export function writeHistory(shell: Shell, path: string): void {
  const text = format(shell, shell.history.entries);
  shell.process.files.writeFile(path, encode(text), { mode: 0o600 });
  shell.history.newLines = 0;
  shell.history.fileLines = text.split('\n').length - 1;
}

/** Appends what is new. Throws Errno. */
export function appendHistory(shell: Shell, path: string): void {
  const { history, process } = shell;
  const count = Math.min(history.newLines, history.size);
  const text = format(shell, count === 0 ? [] : history.entries.slice(-count));
  process.files.writeFile(path, encode(text), { append: true, mode: 0o600 });
  history.newLines = 0;
  history.fileLines += text.split('\n').length - 1;
}

/** What a shell remembers when it begins to: HISTFILE. */
export function loadHistory(shell: Shell): void {
  if (!shell.isBash) return;
  const { variables } = shell;
  if (variables.get('HISTSIZE') === undefined) variables.set('HISTSIZE', SIZE_DEFAULT);
  if (variables.get('HISTFILESIZE') === undefined) variables.set('HISTFILESIZE', variables.get('HISTSIZE')!);
  const path = variables.get('HISTFILE') ?? '';
  if (path !== '') attempt(() => readHistory(shell, path));
}

/** Writes what is new when a shell ends; a file that cannot be written is left alone, as bash leaves it. */
export function saveHistory(shell: Shell): void {
  const path = shell.variables.get('HISTFILE') ?? '';
  if (!shell.isBash || !shell.options.isSet('history') || path === '' || shell.history.newLines === 0) return;
  attempt(() => {
    if (shell.history.newLines <= shell.history.size || shell.options.has('histappend')) appendHistory(shell, path);
    else writeHistory(shell, path);
    truncate(shell, path);
  });
}

/** HISTFILESIZE: how many lines of the file are kept. */
function truncate(shell: Shell, path: string): void {
  const most = sizeMax(shell, 'HISTFILESIZE');
  const lines = linesOf(shell, path);
  if (lines.length <= most || shell.process.files.stat(path).type !== 'file') return;
  const kept = most === 0 ? [] : lines.slice(-most);
  shell.process.files.writeFile(path, encode(kept.map((line) => `${line}\n`).join('')), { mode: 0o600 });
}

function attempt(access: () => void): void {
  try {
    access();
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
}

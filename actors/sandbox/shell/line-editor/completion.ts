// What TAB offers: commands where a command stands, variables after `$`, files everywhere else.
import { Errno } from '../../kernel/errno.js';
import type { Shell } from '../shell.js';

export interface Completion {
  /** How much of the text before the cursor the candidates replace, in characters. */
  readonly replaces: number;
  /** Whole replacements, quoted as they go into the line; folders end in `/`. Sorted. */
  readonly candidates: readonly string[];
  /** The candidates as a list shows them: without the folder that was typed. */
  readonly labels: readonly string[];
}

const KEYWORDS = ['case', 'do', 'done', 'elif', 'else', 'esac', 'fi', 'for', 'function', 'if', 'in', 'select', 'then', 'time', 'until', 'while'];
const COMMAND_PLACE = /(?:^|[;&|({!`]|\b(?:then|do|else|elif|if|while|until|time))\s*$/;
const CANDIDATES_MAX = 10_000;

/** The word under the cursor, as typed: back to the last separator that is not quoted. */
function wordBefore(text: string): string {
  let start = 0;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '\\' && quote !== "'") at++;
    else if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (/[\s;&|<>()=:`]/.test(char)) start = at + 1;
  }
  return text.slice(start);
}

function unquote(word: string): string {
  return word.replace(/\\([^])|["']/g, '$1');
}

function quote(text: string): string {
  return text.replace(/[\s\\"'`$&|;<>(){}[\]*?!#~]/g, (char, at: number) => ((char === '~' || char === '#') && at > 0 ? char : `\\${char}`));
}

export function complete(shell: Shell, before: string): Completion {
  const word = wordBefore(before);
  const variable = /\$(\{?)(\w*)$/.exec(word);
  if (variable) return plain(variable[2]!, shell.variables.names(), (name) => `${name}${variable[1] ? '}' : ''}`);
  const typed = unquote(word);
  const isCommand = COMMAND_PLACE.test(before.slice(0, before.length - word.length));
  if (isCommand && !typed.includes('/')) return plain(word, commandsOf(shell, typed), quote);
  return files(shell, word, typed, isCommand);
}

function plain(word: string, names: readonly string[], replacement: (name: string) => string): Completion {
  const labels = [...new Set(names.filter((name) => name.startsWith(word)))].toSorted();
  return { replaces: [...word].length, candidates: labels.map(replacement), labels };
}

function commandsOf(shell: Shell, typed: string): string[] {
  const names = [...KEYWORDS, ...shell.builtins.keys(), ...shell.functions.keys(), ...shell.aliases.keys()];
  for (const folder of (shell.variables.get('PATH') ?? '').split(':')) {
    if (names.length > CANDIDATES_MAX) break;
    for (const name of entries(shell, folder === '' ? '.' : folder)) {
      if (name.startsWith(typed) && isRunnable(shell, `${folder}/${name}`)) names.push(name);
    }
  }
  return names;
}

function files(shell: Shell, word: string, typed: string, onlyRunnable: boolean): Completion {
  const slash = typed.lastIndexOf('/');
  const folder = slash < 0 ? '' : typed.slice(0, slash + 1);
  const start = typed.slice(slash + 1);
  const home = shell.variables.get('HOME') ?? '/';
  const place = folder === '' ? '.' : /^~\//.test(folder) ? home + folder.slice(1) : folder;
  const labels: string[] = [];
  for (const name of entries(shell, place)) {
    if (!name.startsWith(start) || (name.startsWith('.') && start === '')) continue;
    const isFolder = typeOf(shell, `${place}/${name}`) === 'directory';
    if (onlyRunnable && !isFolder && !isRunnable(shell, `${place}/${name}`)) continue;
    labels.push(isFolder ? `${name}/` : name);
    if (labels.length > CANDIDATES_MAX) break;
  }
  labels.sort();
  return { replaces: [...word].length, labels, candidates: labels.map((label) => quote(folder + label)) };
}

function entries(shell: Shell, folder: string): string[] {
  return attempt(() => [...shell.process.files.readdir(folder)].map(({ name }) => name)) ?? [];
}

function typeOf(shell: Shell, path: string): string | undefined {
  return attempt(() => shell.process.files.stat(path).type);
}

function isRunnable(shell: Shell, path: string): boolean {
  const stat = attempt(() => shell.process.files.stat(path));
  return stat?.type === 'file' && (stat.mode & 0o111) !== 0;
}

/** What cannot be looked at is not offered. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

/** What all of them begin with. */
export function commonStart(candidates: readonly string[]): string {
  let start = candidates[0] ?? '';
  for (const candidate of candidates) {
    while (!candidate.startsWith(start)) start = start.slice(0, -1);
  }
  return start;
}

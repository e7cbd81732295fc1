// The names that the actions of `complete -A` offer for a word.
import { Errno } from '../../kernel/errno.js';
import { SIGNAL_MAX, signalName } from '../../kernel/signals.js';
import { readDatabase } from '../../identity.js';
import { jobState } from '../job.js';
import { SET_OPTIONS, SHOPT_OPTIONS } from '../options.js';
import type { Shell } from '../shell.js';
import { EXPORTED } from '../variables/variable.js';

const CANDIDATES_MAX = 10_000;
export const KEYWORDS = ['if', 'then', 'else', 'elif', 'fi', 'case', 'esac', 'for', 'select', 'while', 'until', 'do', 'done', 'in', 'function', 'time', '{', '}', '!', '[[', ']]', 'coproc'];

/** What cannot be looked at is not offered. */
export function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

export function entriesOf(shell: Shell, folder: string): string[] {
  return attempt(() => [...shell.process.files.readdir(folder)].map(({ name }) => name)) ?? [];
}

export function typeOf(shell: Shell, path: string): string | undefined {
  return attempt(() => shell.process.files.stat(path).type);
}

export function isRunnable(shell: Shell, path: string): boolean {
  const stat = attempt(() => shell.process.files.stat(path));
  return stat?.type === 'file' && (stat.mode & 0o111) !== 0;
}

/** Paths that begin as the word does. */
export function pathsOf(shell: Shell, word: string, wants: (path: string) => boolean): string[] {
  const slash = word.lastIndexOf('/');
  const folder = word.slice(0, slash + 1);
  const start = word.slice(slash + 1);
  const home = shell.variables.get('HOME') ?? '/';
  const place = folder === '' ? '.' : folder.replace(/^~(?=\/)/, () => home);
  const found = entriesOf(shell, place).filter((name) => name.startsWith(start) && name !== '.' && name !== '..' && wants(`${place}/${name}`));
  return found.slice(0, CANDIDATES_MAX).toSorted().map((name) => folder + name);
}

function programs(shell: Shell, word: string): string[] {
  if (word.includes('/')) return pathsOf(shell, word, (path) => typeOf(shell, path) === 'directory' || isRunnable(shell, path));
  const names: string[] = [];
  for (const folder of (shell.variables.get('PATH') ?? '').split(':')) {
    if (names.length > CANDIDATES_MAX) break;
    for (const name of entriesOf(shell, folder === '' ? '.' : folder)) if (name.startsWith(word) && isRunnable(shell, `${folder}/${name}`)) names.push(name);
  }
  return names;
}

/** Everything that can stand where a command does. */
export function commandsOf(shell: Shell, word: string): string[] {
  return [...shell.aliases.keys(), ...KEYWORDS, ...shell.functions.keys(), ...enabled(shell), ...programs(shell, word)];
}

function enabled(shell: Shell): string[] {
  return [...shell.builtins.keys()].filter((name) => !shell.disabledBuiltins.has(name)).sort();
}

function database(shell: Shell, path: string): string[] {
  return readDatabase(shell.process.files, path).map(([name = '']) => name);
}

function textLines(shell: Shell, path: string): string[] {
  return (attempt(() => Buffer.from(shell.process.files.readFile(path)).toString()) ?? '').split('\n').map((line) => line.replace(/#.*/, '')).filter((line) => line.trim() !== '');
}

type Action = (shell: Shell, word: string) => readonly string[];

const jobs = (state?: string): Action => (shell) => shell.jobs.all.filter((job) => state === undefined || jobState(job) === state).map((job) => job.text.split(' ')[0]!);
const variables = (wants: (shell: Shell, name: string) => boolean): Action => (shell) => shell.variables.names().filter((name) => shell.variables.binding(name)?.isSet === true && wants(shell, name));

const ACTIONS: Readonly<Record<string, Action>> = {
  alias: (shell) => [...shell.aliases.keys()].sort(),
  arrayvar: variables((shell, name) => shell.variables.binding(name)!.isArray),
  binding: () => [],
  builtin: (shell) => [...shell.builtins.keys()].sort(),
  command: commandsOf,
  directory: (shell, word) => pathsOf(shell, word, (path) => typeOf(shell, path) === 'directory'),
  disabled: (shell) => [...shell.disabledBuiltins].sort(),
  enabled,
  export: variables((shell, name) => shell.variables.binding(name)!.has(EXPORTED)),
  file: (shell, word) => pathsOf(shell, word, () => true),
  function: (shell) => [...shell.functions.keys()].sort(),
  group: (shell) => database(shell, '/etc/group'),
  helptopic: (shell) => [...shell.builtins.keys()].sort(),
  hostname: (shell) => textLines(shell, shell.variables.get('HOSTFILE') ?? '/etc/hosts').flatMap((line) => line.trim().split(/\s+/).slice(1)),
  job: jobs(),
  keyword: () => KEYWORDS,
  running: jobs('Running'),
  service: (shell) => textLines(shell, '/etc/services').map((line) => line.split(/\s/)[0]!),
  setopt: () => Object.keys(SET_OPTIONS),
  shopt: () => Object.keys(SHOPT_OPTIONS),
  signal: () => ['EXIT', ...Array.from({ length: SIGNAL_MAX }, (_, index) => signalName(index + 1)).filter((name) => name !== undefined).map((name) => `SIG${name}`), 'DEBUG', 'ERR', 'RETURN'],
  stopped: jobs('Stopped'),
  user: (shell) => database(shell, '/etc/passwd'),
  variable: variables(() => true),
};

export function isAction(name: string): boolean {
  return Object.hasOwn(ACTIONS, name);
}

/** The names of an action that begin as the word does. */
export function namesOf(shell: Shell, action: string, word: string): string[] {
  return ACTIONS[action]!(shell, word).filter((name) => name.startsWith(word));
}

// Variables that compute their value or act when assigned: RANDOM, SECONDS, LINENO, FUNCNAME and the rest.
import { applyOption } from './builtins/options.js';
import { resetGetopts, restartGetopts } from './builtins/dash/getopts.js';
import { HASH_BUCKETS, isAliasName } from './builtins/describe.js';
import { setDirectoryEntry } from './builtins/directories.js';
import { hashRefusal } from './execute/program-search.js';
import { countMax } from './history/remember.js';
import { commandHead } from './command-text.js';
import { checkLocale, LOCALE_CATEGORIES } from './locale.js';
import type { Shell } from './shell.js';
import { TableArray } from './variables/table-array.js';
import { READONLY, type SpecialValue } from './variables/variable.js';

/** What bash's `brand` gives after a seed (random(3)'s minimal standard generator, folded to 15 bits). */
function nextRandom(seed: number): number {
  const start = seed === 0 ? 123459876 : seed;
  const high = Math.trunc(start / 127773);
  const low = start - 127773 * high;
  const next = 16807 * low - 2836 * high;
  return next < 0 ? next + 0x7fffffff : next;
}

function randomOf(shell: Shell): string {
  let value: number;
  do {
    shell.random = nextRandom(shell.random);
    value = ((shell.random >>> 16) ^ (shell.random & 65535)) & 32767;
  } while (value === shell.lastRandom);
  shell.lastRandom = value;
  return String(value);
}

/** The call stack's names, innermost first. */
function functionNames(shell: Shell): readonly string[] {
  // A file sourced outside of functions sees none.
  if (!shell.frames.some(({ kind }) => kind === 'function')) return [];
  return [...shell.frames.map(({ name }) => name).reverse(), ...mainName(shell)];
}

function mainName(shell: Shell): string[] {
  return shell.scriptPath === undefined ? [] : ['main'];
}

function sources(shell: Shell): readonly string[] {
  const stack = shell.frames.map(({ source }) => source).reverse();
  return shell.scriptPath === undefined ? stack : [...stack, shell.scriptPath];
}

function callLines(shell: Shell): readonly string[] {
  const lines = shell.frames.map(({ callLine }) => String(callLine)).reverse();
  return shell.scriptPath === undefined ? lines : [...lines, '0'];
}

/** The arguments of all calls, innermost first: with extdebug, else what the script has got. */
function callArguments(shell: Shell): readonly (readonly string[])[] {
  if (shell.firstArguments === undefined && shell.frames.length === 0) shell.firstArguments = [...shell.positional];
  return [...(shell.firstArguments ? [shell.firstArguments] : []), ...shell.frames.flatMap((frame) => (frame.callArguments ? [frame.callArguments] : []))].reverse();
}

function switchPosix(shell: Shell, on: boolean): void {
  if (shell.options.posix !== on) applyOption(shell, 'posix', on);
}

type Maker = (shell: Shell) => SpecialValue;

const BASH_ONLY: Readonly<Record<string, Maker>> = {
  RANDOM: (shell) => ({
    get: () => randomOf(shell),
    set: (value) => {
      shell.random = Number.parseInt(value, 10) >>> 0 || 0;
      shell.lastRandom = -1;
    },
  }),
  SRANDOM: () => ({ get: () => String(Math.floor(Math.random() * 0x1_0000_0000)), set: () => undefined }),
  SECONDS: (shell) => ({
    get: () => String(shell.secondsBase + Math.floor((Date.now() - shell.startedAtMs) / 1000)),
    set: (value) => {
      shell.secondsBase = Number.parseInt(value, 10) || 0;
      shell.startedAtMs = Date.now();
    },
  }),
  POSIXLY_CORRECT: (shell) => ({ set: () => switchPosix(shell, true), unset: () => switchPosix(shell, false) }),
  IGNOREEOF: (shell) => ({ set: () => shell.options.set('ignoreeof', true), unset: () => shell.options.set('ignoreeof', false) }),
  BASHPID: (shell) => ({ get: () => String(shell.process.pid), set: () => undefined }),
  EPOCHSECONDS: () => ({ get: () => String(Math.floor(Date.now() / 1000)), set: () => undefined }),
  EPOCHREALTIME: () => ({
    get: () => {
      const us = Math.round((performance.timeOrigin + performance.now()) * 1000);
      return `${Math.floor(us / 1e6)}.${String(us % 1e6).padStart(6, '0')}`;
    },
    set: () => undefined,
  }),
  BASH_SUBSHELL: (shell) => ({ get: () => String(shell.subshellLevel), set: (value) => void (shell.subshellLevel = Number(value) || 0) }),
  BASH_COMMAND: (shell) => ({ get: () => (shell.currentCommand === undefined ? '' : commandHead(shell.currentCommand)), set: () => undefined }),
  FUNCNAME: (shell) => ({ list: () => functionNames(shell) }),
  BASH_SOURCE: (shell) => ({ list: () => sources(shell) }),
  BASH_LINENO: (shell) => ({ list: () => callLines(shell) }),
  BASH_ARGC: (shell) => ({ list: () => callArguments(shell).map(({ length }) => String(length)) }),
  BASH_ARGV: (shell) => ({ list: () => callArguments(shell).flatMap((args) => args.toReversed()) }),
  PIPESTATUS: (shell) => ({ list: () => shell.pipeStatus.map(String) }),
  BASH_ALIASES: (shell) => ({ map: new TableArray({
    buckets: 64,
    texts: () => shell.aliases,
    add: (name, value) => {
      if (isAliasName(name)) shell.aliases.set(name, value);
      else shell.complain(`\`${name}': invalid alias name`);
    },
  }) }),
  BASH_CMDS: (shell) => ({ map: new TableArray({
    buckets: HASH_BUCKETS,
    texts: () => new Map([...shell.hash].map(([name, { path }]) => [name, path])),
    add: (name, path) => {
      const refusal = hashRefusal(shell, path);
      if (refusal === undefined) shell.hash.set(name, { path, hits: 0 });
      else shell.complain(refusal);
    },
  }) }),
  DIRSTACK: (shell) => ({
    list: () => [shell.variables.get('PWD') ?? '/', ...shell.directories],
    setElement: (key, value) => setDirectoryEntry(shell, Number(key), value),
  }),
  GROUPS: (shell) => ({ list: () => [...new Set([shell.process.credentials.gid, ...shell.process.credentials.groups])].map(String) }),
  SHELLOPTS: (shell) => ({ get: () => shell.options.setNames }),
  BASHOPTS: (shell) => ({ get: () => shell.options.shoptNames }),
  BASH_ARGV0: (shell) => ({ get: () => shell.name, set: (value) => void (shell.name = value) }),
  HISTSIZE: (shell) => ({ set: (value) => shell.history.resize(countMax(value)) }),
  HISTCMD: (shell) => ({ get: () => String(shell.history.base + shell.history.size - (shell.history.isLastAdded ? 1 : 0)), set: () => undefined }),
};

const locales: Readonly<Record<string, Maker>> = Object.fromEntries(LOCALE_CATEGORIES.map((category) => [category, (shell: Shell) => ({ set: (name: string) => checkLocale(shell, category, name) })]));

const COMMON: Readonly<Record<string, Maker>> = {
  LINENO: (shell) => ({ get: () => String(shell.line), set: () => undefined }),
  OPTIND: (shell) => ({ set: () => void (shell.getoptsOffset = 0) }),
  PATH: (shell) => ({ set: () => shell.hash.clear() }),
};

/** Debian's dash knows no LINENO. */
const DASH: Readonly<Record<string, Maker>> = {
  OPTIND: (shell) => ({ set: (value) => resetGetopts(shell, value) }),
  PATH: (shell) => ({ set: () => shell.hash.clear() }),
};

const ASH: Readonly<Record<string, Maker>> = {
  OPTIND: (shell) => ({ set: (value) => resetGetopts(shell, /^\d+$/.test(value) ? value : '1'), unset: () => restartGetopts(shell) }),
};

const READ_ONLY: ReadonlySet<string> = new Set(['SHELLOPTS', 'BASHOPTS']);

/** Defines them in a new shell; a forked one gets its own in place of its parent's. */
export function defineSpecials(shell: Shell): void {
  const makers = shell.isBash ? { ...COMMON, ...locales, ...BASH_ONLY } : shell.dialect === 'dash' ? DASH : { ...COMMON, ...ASH };
  const isFork = shell.subshellDepth > 0;
  for (const [name, maker] of Object.entries(makers)) {
    const bound = shell.variables.binding(name);
    if (!isFork || bound?.special) shell.variables.define(name, maker(shell));
    if (READ_ONLY.has(name)) shell.variables.mark(shell.variables.binding(name)!, READONLY);
  }
}

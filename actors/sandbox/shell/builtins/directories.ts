// cd, pwd, pushd, popd, dirs.
import { posix } from 'node:path';
import { Errno } from '../../kernel/errno.js';
import { EXPORTED } from '../variables/variable.js';
import type { Builtin, Outcome } from '../parts.js';
import type { Shell } from '../shell.js';
import { logicalDirectory, tilde } from '../working-directory.js';
import { fail, print, readOptions, usage } from './output.js';

function setDirectory(shell: Shell, name: 'PWD' | 'OLDPWD', value: string): void {
  shell.variables.set(name, value);
  shell.variables.mark(shell.variables.writable(name), EXPORTED);
}

/** Changes directory; a complaint of `name` and 1 (dash, ash: 2) when it cannot. `asked` is what was to be gone to. */
export function change(shell: Shell, name: string, path: string, physical: boolean, asked = path): number {
  const before = logicalDirectory(shell);
  const whole = path.startsWith('/') ? path : `${before.replace(/\/$/, '')}/${path}`;
  // POSIX: what exactly two slashes begin is a place of its own.
  const logical = (/^\/\/(?!\/)/.test(whole) ? '/' : '') + posix.normalize(whole).replace(/(.)\/$/, '$1');
  try {
    if (path === '') throw new Errno('ENOENT');
    // `a/..` must fail where `a` is no directory, though the result would be; dash and busybox do not look.
    if (shell.isBash) checkParents(shell, path.startsWith('/') ? path : `${before}/${path}`);
    shell.process.files.chdir(physical ? path : logical);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return fail(shell, name, shell.isBash ? `${path}: ${error.message}` : `can't cd to ${asked}${shell.dialect === 'ash' ? `: ${error.message}` : ''}`, shell.isBash ? 1 : 2);
  }
  setDirectory(shell, 'OLDPWD', before);
  setDirectory(shell, 'PWD', physical ? shell.process.files.getcwd() : logical);
  if (shell.dialect === 'dash') forgetRelative(shell);
  return 0;
}

/** Throws Errno where a `..` leads out of what is no directory. */
function checkParents(shell: Shell, path: string): void {
  let place = '';
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') place += `/${part}`;
    else {
      if (shell.process.files.stat(place || '/').type !== 'directory') throw new Errno('ENOTDIR');
      place = place.slice(0, Math.max(0, place.lastIndexOf('/')));
    }
  }
}

/** Programs found in relative places are to be looked for anew. */
function forgetRelative(shell: Shell): void {
  for (const [name, { path }] of shell.hash) if (!path.startsWith('/')) shell.hash.delete(name);
}

/** CDPATH's directory for a name that does not begin with a dot or slash; where CDPATH has an empty place, the name itself. */
function alongCdPath(shell: Shell, target: string): string | undefined {
  if (target.startsWith('/') || /^\.\.?(\/|$)/.test(target)) return undefined;
  for (const folder of (shell.variables.get('CDPATH') ?? '').split(':')) {
    try {
      const candidate = folder === '' ? target : `${folder}/${target}`;
      if (shell.process.files.stat(candidate).type === 'directory') return candidate;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }
  return undefined;
}

export const cdBuiltin: Builtin = (shell, argv) => {
  if (shell.options.restricted) return fail(shell, 'cd', 'restricted');
  const options = readOptions(shell, argv, 'LPe@', 'cd [-L|[-P [-e]] [-@]] [dir]');
  if (!options) return 2;
  const { flags, operands } = options;
  if (operands.length > 1 && shell.isBash) return fail(shell, 'cd', 'too many arguments');
  const physical = flags.lastIndexOf('P') > flags.lastIndexOf('L') || (shell.options.physical && !flags.includes('L'));
  let target = operands[0];
  let shows = false;
  if (target === undefined) {
    target = shell.variables.get('HOME');
    if (target === undefined) return fail(shell, 'cd', 'HOME not set');
    if (target === '') return 0;
  } else if (target === '-') {
    target = shell.variables.get('OLDPWD');
    if (target === undefined) return fail(shell, 'cd', 'OLDPWD not set');
    shows = true;
  } else if (target === '') {
    return 0;
  }
  const found = alongCdPath(shell, target);
  const status = change(shell, 'cd', found ?? target, physical);
  return status === 0 && (shows || (found !== undefined && found !== target)) ? print(shell, 'cd', `${shell.variables.get('PWD')}\n`) : status;
};

export const pwdBuiltin: Builtin = (shell, argv) => {
  const options = readOptions(shell, argv, 'LP', 'pwd [-LP]');
  if (!options) return 2;
  const physical = options.flags.endsWith('P') || (shell.options.physical && !options.flags.includes('L'));
  return print(shell, 'pwd', `${physical ? shell.process.files.getcwd() : logicalDirectory(shell)}\n`);
};

function stack(shell: Shell): string[] {
  return [logicalDirectory(shell), ...shell.directories];
}

function show(shell: Shell, name: string): Outcome {
  return print(shell, name, `${stack(shell).map((path) => tilde(shell, path)).join(' ')}\n`);
}

/** `+N` and `-N` count from either end; undefined when the word is none of these. */
function position(shell: Shell, word: string): number | undefined {
  const match = /^([-+])(\d+)$/.exec(word);
  if (!match) return undefined;
  return match[1] === '+' ? Number(match[2]) : stack(shell).length - 1 - Number(match[2]);
}

const PUSHD_SYNOPSIS = 'pushd [-n] [+N | -N | dir]';
const POPD_SYNOPSIS = 'popd [-n] [+N | -N]';
const DIRS_SYNOPSIS = 'dirs [-clpv] [+N] [-N]';

export const pushdBuiltin: Builtin = (shell, argv) => {
  const words = argv.slice(1).filter((word) => word !== '--');
  const quiet = words[0] === '-n';
  const target = quiet ? words[1] : words[0];
  if (words.length > (quiet ? 2 : 1)) return fail(shell, 'pushd', 'too many arguments');
  const all = stack(shell);
  const at = target === undefined ? 1 : position(shell, target);
  if (at !== undefined) {
    if (target === undefined && all.length < 2) return quiet ? 0 : fail(shell, 'pushd', 'no other directory');
    if (at < 0 || at >= all.length) return fail(shell, 'pushd', `${target}: directory stack index out of range`);
    const rotated = target === undefined ? [all[1]!, all[0]!, ...all.slice(2)] : [...all.slice(at), ...all.slice(0, at)];
    const status = quiet ? 0 : change(shell, 'pushd', rotated[0]!, false);
    if (status !== 0) return status;
    shell.directories = rotated.slice(1);
    return quiet ? 0 : show(shell, 'pushd');
  }
  if (/^[-+]./.test(target!)) return usage(shell, 'pushd', `${target}: invalid number`, PUSHD_SYNOPSIS);
  if (quiet) {
    shell.directories = [target!, ...shell.directories];
    return show(shell, 'pushd');
  }
  const status = change(shell, 'pushd', target!, false);
  if (status !== 0) return status;
  shell.directories = all;
  return show(shell, 'pushd');
};

export const popdBuiltin: Builtin = (shell, argv) => {
  const words = argv.slice(1).filter((word) => word !== '--');
  if (words.length > 1 && words[0] !== '-n') return fail(shell, 'popd', 'too many arguments');
  const quiet = words[0] === '-n';
  const word = words.find((candidate) => candidate !== '-n');
  const at = word === undefined ? 0 : position(shell, word);
  if (at === undefined) return usage(shell, 'popd', `${word}: invalid ${/^[-+]./.test(word!) ? 'number' : 'argument'}`, POPD_SYNOPSIS);
  if (shell.directories.length === 0) return fail(shell, 'popd', 'directory stack empty');
  if (at < 0 || at > shell.directories.length) return fail(shell, 'popd', `${word}: directory stack index out of range`);
  if (at > 0) {
    shell.directories = shell.directories.filter((_, index) => index !== at - 1);
    return show(shell, 'popd');
  }
  const status = quiet ? 0 : change(shell, 'popd', shell.directories[0]!, false);
  if (status !== 0) return status;
  shell.directories = shell.directories.slice(1);
  return show(shell, 'popd');
};

export const dirsBuiltin: Builtin = (shell, argv) => {
  const all = stack(shell);
  const flags = argv.slice(1).filter((word) => /^-[clpv]+$/.test(word)).join('');
  const words = argv.slice(1).filter((word) => !/^-[clpv]+$/.test(word));
  const unknown = words.find((word) => position(shell, word) === undefined);
  if (unknown !== undefined) return usage(shell, 'dirs', `${unknown}: invalid ${/^[-+]./.test(unknown) ? 'number' : 'option'}`, DIRS_SYNOPSIS);
  if (flags.includes('c')) {
    shell.directories = [];
    return 0;
  }
  const text = (path: string): string => (flags.includes('l') ? path : tilde(shell, path));
  const numbered = (index: number): string => `${flags.includes('v') ? `${String(index).padStart(2)}  ` : ''}${text(all[index]!)}\n`;
  const word = words.at(-1);
  if (word !== undefined) {
    const at = position(shell, word)!;
    if (at < 0 || at >= all.length) return fail(shell, 'dirs', all.length === 1 ? 'directory stack empty' : `${word.slice(1)}: directory stack index out of range`);
    return print(shell, 'dirs', numbered(at));
  }
  if (flags.includes('v')) return print(shell, 'dirs', all.map((_, index) => numbered(index)).join(''));
  return print(shell, 'dirs', `${all.map(text).join(flags.includes('p') ? '\n' : ' ')}\n`);
};

/** `DIRSTACK[n]=path`: the entries below the working directory can be set, no new ones made. */
export function setDirectoryEntry(shell: Shell, index: number, path: string): void {
  if (index > 0 && index <= shell.directories.length) shell.directories = shell.directories.map((entry, at) => (at === index - 1 ? path : entry));
}

// Where programs are: along PATH, or where they were found before (`hash`).
import { Errno } from '../../kernel/errno.js';
import { MAY_EXECUTE } from '../../kernel/path.js';
import type { Process } from '../../kernel/process.js';
import type { Shell } from '../shell.js';

export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function isExecutable(process: Process, path: string): boolean {
  return isFile(process, path) && mayExecute(process, path);
}

function mayExecute({ files }: Process, path: string): boolean {
  try {
    files.access(path, MAY_EXECUTE);
    return true;
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}

function isFile({ files }: Process, path: string): boolean {
  try {
    return files.stat(path).type === 'file';
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}

function* candidates(name: string, path: string): Generator<string> {
  for (const folder of path.split(':')) yield folder === '' ? `./${name}` : `${folder.endsWith('/') ? folder.slice(0, -1) : folder}/${name}`;
}

/** All files of that name along PATH that may be executed. */
export function searchPath(shell: Shell, name: string, path: string, all: boolean): string[] {
  const found: string[] = [];
  for (const candidate of candidates(name, path)) {
    if (!isExecutable(shell.process, candidate)) continue;
    found.push(candidate);
    if (!all) break;
  }
  return found;
}

/** The first file along PATH that may be executed, else the first file (the message is then `Permission denied`). Without a PATH bash looks here. */
export function findAlong(shell: Shell, name: string, path: string): string | undefined {
  if (path === '' && shell.isBash) return name;
  const [executable] = searchPath(shell, name, path, false);
  if (executable !== undefined) return executable;
  for (const candidate of candidates(name, path)) if (isFile(shell.process, candidate)) return candidate;
  return undefined;
}

/** A file along PATH that may be read: a script that is named without a folder, to `bash` and to `source`. */
export function findReadable(shell: Shell, name: string): string | undefined {
  for (const candidate of candidates(name, shell.variables.get('PATH') ?? '')) if (isFile(shell.process, candidate)) return candidate;
  return undefined;
}

/** Where a program was found before, which counts as a hit; a relative place is one from here, if the program is there. */
export function findHashed(shell: Shell, name: string): string | undefined {
  const known = shell.hash.get(name);
  if (known) known.hits++;
  const path = known?.path;
  if (path === undefined || path.startsWith('/')) return path;
  const dotted = path.startsWith('./') ? path : `./${path}`;
  return isExecutable(shell.process, dotted) ? dotted : path;
}

/** Why a restricted shell may not remember that `path` is where a program is; undefined when it may. */
export function hashRefusal(shell: Shell, path: string): string | undefined {
  if (!shell.options.restricted) return undefined;
  if (path.includes('/')) return `${path}: restricted`;
  return searchPath(shell, path, shell.variables.get('PATH') ?? '', false).length === 0 ? `${path}: not found` : undefined;
}

/** dash looks first where a program was found before, and then in what follows in PATH, never before. */
function findFrom(shell: Shell, name: string, path: string, known: string): string {
  const all = [...candidates(name, path)];
  return all.slice(all.indexOf(known)).find((candidate) => isExecutable(shell.process, candidate)) ?? known;
}

/**
 * The path of a program; undefined when PATH has none. bash and dash remember all that they find until PATH is set again; bash does not
 * look whether it still is there, busybox does.
 */
export function findProgram(shell: Shell, name: string): string | undefined {
  if (name.includes('/')) return name;
  const path = shell.variables.get('PATH') ?? '';
  if (shell.hashedPath !== path) {
    shell.hash.clear();
    shell.hashedPath = path;
  }
  const isHashing = shell.dialect === 'dash' || shell.options.isSet('hashall');
  const known = isHashing ? shell.hash.get(name) : undefined;
  if (known && isStillThere(shell, known.path)) {
    if (shell.dialect === 'dash') return findFrom(shell, name, path, known.path);
    return shell.isBash ? findHashed(shell, name) : known.path;
  }
  shell.hash.delete(name);
  const found = findAlong(shell, name, path);
  if (found !== undefined && isHashing && isWorthHashing(shell, name, found)) shell.hash.set(name, { path: found, hits: 1 });
  return found;
}

function isStillThere(shell: Shell, path: string): boolean {
  if (shell.dialect === 'dash') return true;
  if (!shell.isBash) return shell.process.files.exists(path);
  return !(shell.options.posix || shell.options.has('checkhash')) || mayExecute(shell.process, path);
}

function isWorthHashing(shell: Shell, name: string, found: string): boolean {
  if (shell.isBash && found !== name && !shell.options.posix && !shell.options.has('checkhash')) return true;
  return (shell.dialect !== 'ash' || found.startsWith('/')) && mayExecute(shell.process, found);
}

// The questions that `test`, `[` and `[[` ask about files, variables and options.
import { Errno } from '../kernel/errno.js';
import type { Stat } from '../kernel/inode.js';
import { MAY_EXECUTE, MAY_READ, MAY_WRITE } from '../kernel/path.js';
import type { Process } from '../kernel/process.js';
import type { SetOption } from './options.js';
import type { Shell } from './shell.js';
import { parseReference } from './variables/variables.js';

function statOf(process: Process, path: string, follow: boolean): Stat | undefined {
  try {
    // /dev/fd/N is the descriptor itself, also where no /dev is mounted.
    const fd = /^\/dev\/fd\/(\d+)$/.exec(path)?.[1];
    const open = fd === undefined ? undefined : process.descriptors.find(Number(fd));
    if (open) return open.stat();
    return follow ? process.files.stat(path) : process.files.lstat(path);
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

function mayAccess(process: Process, path: string, wanted: number): boolean {
  try {
    process.files.access(path, wanted);
    return true;
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}

export const FILE_OPERATORS: ReadonlySet<string> = new Set([...'abcdefghkprsuwxLOGSN'].map((letter) => `-${letter}`));

/** `-e path` and its kin. */
export function testFile(process: Process, operator: string, path: string): boolean {
  if (operator === '-r') return mayAccess(process, path, MAY_READ);
  if (operator === '-w') return mayAccess(process, path, MAY_WRITE);
  if (operator === '-x') return mayAccess(process, path, MAY_EXECUTE);
  const stat = statOf(process, path, operator !== '-h' && operator !== '-L');
  if (!stat) return false;
  switch (operator) {
    case '-a':
    case '-e':
      return true;
    case '-f':
      return stat.type === 'file';
    case '-d':
      return stat.type === 'directory';
    case '-h':
    case '-L':
      return stat.type === 'symlink';
    case '-p':
      return stat.type === 'fifo';
    case '-b':
      return stat.type === 'block';
    case '-c':
      return stat.type === 'character';
    case '-S':
      return stat.type === 'socket';
    case '-s':
      return stat.sizeBytes > 0;
    case '-g':
      return (stat.mode & 0o2000) !== 0;
    case '-u':
      return (stat.mode & 0o4000) !== 0;
    case '-k':
      return (stat.mode & 0o1000) !== 0;
    case '-O':
      return stat.uid === process.credentials.uid;
    case '-G':
      return stat.gid === process.credentials.gid;
    case '-N':
      return stat.mtimeMs > stat.atimeMs;
    default:
      return false;
  }
}

export function fileTest(shell: Shell, operator: string, path: string): boolean {
  return testFile(shell.process, operator, path);
}

/** `-nt`, `-ot`, `-ef`. */
export function testFiles(process: Process, left: string, operator: string, right: string): boolean {
  const a = statOf(process, left, true);
  const b = statOf(process, right, true);
  if (operator === '-ef') return a !== undefined && b !== undefined && a.device === b.device && a.ino === b.ino;
  if (operator === '-nt') return a !== undefined && (b === undefined || a.mtimeMs > b.mtimeMs);
  return b !== undefined && (a === undefined || a.mtimeMs < b.mtimeMs);
}

export function compareFiles(shell: Shell, left: string, operator: string, right: string): boolean {
  // dash: a file is not newer than none.
  if (shell.dialect === 'dash' && operator !== '-ef' && !(shell.process.files.exists(left) && shell.process.files.exists(right))) return false;
  return testFiles(shell.process, left, operator, right);
}

/** `-v name`, `-v name[key]`. `isKey`: a subscript is the key as it stands. */
export function isVariableSet(shell: Shell, text: string, isKey?: boolean): boolean {
  const reference = parseReference(text);
  if (!reference) return /^\d+$/.test(text) && (text === '0' || shell.positional[Number(text) - 1] !== undefined);
  const { name, subscript } = shell.variables.follow(reference.name);
  const variable = shell.variables.binding(name);
  if (!variable) return false;
  const key = reference.subscript ?? subscript;
  if (key === undefined) return variable.text !== undefined;
  if ((key === '@' || key === '*') && !variable.map) return variable.elements.length > 0;
  return variable.element(shell.variables.elementKey(variable, key, isKey)) !== undefined;
}

/** `-o name` */
export function optionTest(shell: Shell, name: string): boolean {
  return shell.options.isSet(name as SetOption);
}

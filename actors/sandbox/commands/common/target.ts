// Where cp, mv, ln and install put things: `SOURCE DEST`, `SOURCE... DIRECTORY`, `-t DIRECTORY SOURCE...`, `-T`.
import type { Process } from '../../kernel/process.js';
import { Errno } from '../../kernel/errno.js';
import { type Options, UsageError, usageError } from '../../programs/stdio.js';
import { baseName, joinPath, stripSlashes } from './paths.js';
import { quoteName } from './quote.js';

/** A source and exactly where it goes. */
export interface Transfer {
  source: string;
  target: string;
}

/** The transfers that operands ask for; `follow` = whether a symlink to a folder counts as one. Throws UsageError in GNU's words. */
export function transfersOf(process: Process, options: Options, follow = true): Transfer[] {
  const operands = [...options.operands];
  const into = options.value('t', 'target-directory');
  const exact = options.has('T', 'no-target-directory');
  if (operands.length === 0) throw usageError(process.argv, 'missing file operand');
  if (into !== undefined) {
    if (exact) throw new UsageError('cannot combine --target-directory (-t) and --no-target-directory (-T)');
    requireFolder(process, into, 'target directory');
    return operands.map((source) => inFolder(source, into));
  }
  if (operands.length === 1) throw usageError(process.argv, `missing destination file operand after ${quoteName(operands[0]!)}`);
  const last = operands.pop()!;
  if (exact) {
    if (operands.length > 1) throw usageError(process.argv, `extra operand ${quoteName(last)}`);
    return [{ source: operands[0]!, target: last }];
  }
  if (isFolder(process, last, follow)) return operands.map((source) => inFolder(source, last));
  if (operands.length > 1) requireFolder(process, last, 'target');
  return [{ source: operands[0]!, target: last }];
}

function inFolder(source: string, folder: string): Transfer {
  const name = baseName(source);
  return { source, target: name === '.' || name === '..' ? joinPath(folder, name === '.' ? '.' : '..') : joinPath(folder, stripSlashes(name)) };
}

export function isFolder(process: Process, path: string, follow = true): boolean {
  try {
    return (follow || path.endsWith('/') ? process.files.stat(path) : process.files.lstat(path)).type === 'directory';
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}

function requireFolder(process: Process, path: string, what: string): void {
  try {
    if (process.files.stat(path).type !== 'directory') throw new UsageError(`${what} ${quoteName(path)}: Not a directory`);
  } catch (error) {
    if (error instanceof Errno) throw new UsageError(`${what} ${quoteName(path)}: ${error.message}`);
    throw error;
  }
}

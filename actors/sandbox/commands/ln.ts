// ln, link and unlink: names for files (https://www.gnu.org/software/coreutils/ln).
import { isErrno } from '../kernel/errno.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import type { Task } from '../kernel/wait.js';
import { command, plainCommand, complain, type Options, type Output, parseOptions, reason, UsageError, usageError } from '../programs/stdio.js';
import { confirm, prompt } from './common/ask.js';
import { backUp, backupOf } from './common/backup.js';
import { baseName, directoryName, joinPath, relativePath } from './common/paths.js';
import { quoteName } from './common/quote.js';
import { canonical } from './common/canonical.js';
import { isFolder } from './common/target.js';

const LONG = {
  backup: 'optional', directory: 'no', force: 'no', interactive: 'no', logical: 'no', 'no-dereference': 'no', 'no-target-directory': 'no',
  physical: 'no', relative: 'no', suffix: 'required', symbolic: 'no', 'target-directory': 'required', verbose: 'no',
} as const;

function links(process: Process, options: Options): { target: string; name: string }[] {
  const operands = [...options.operands];
  if (operands.length === 0) throw usageError(process.argv, 'missing file operand');
  const into = options.value('t', 'target-directory');
  const follow = !options.has('n', 'no-dereference');
  if (into !== undefined) {
    if (!isFolder(process, into)) throw new UsageError(`target directory ${quoteName(into)}: ${process.files.exists(into) ? 'Not a directory' : 'No such file or directory'}`);
    return operands.map((target) => ({ target, name: joinPath(into, baseName(target)) }));
  }
  if (options.has('T', 'no-target-directory')) {
    if (operands.length !== 2) throw usageError(process.argv, operands.length < 2 ? `missing destination file operand after ${quoteName(operands[0]!)}` : `extra operand ${quoteName(operands[2]!)}`);
    return [{ target: operands[0]!, name: operands[1]! }];
  }
  if (operands.length === 1) return [{ target: operands[0]!, name: joinPath('.', baseName(operands[0]!)) }];
  const last = operands.pop()!;
  if (isFolder(process, last, follow)) return operands.map((target) => ({ target, name: joinPath(last, baseName(target)) }));
  if (operands.length > 1) throw new UsageError(`target ${quoteName(last)}: ${process.files.exists(last) ? 'Not a directory' : 'No such file or directory'}`);
  return [{ target: operands[0]!, name: last }];
}

/** The link's own folder as the point from which a relative target is reached. */
function relativeTarget(process: Process, target: string, name: string): string {
  return relativePath(canonical(process, directoryName(name), 'any'), canonical(process, target, 'any'));
}

/** Removes or keeps what has the link's name; false when the user says no. */
function* makeRoom(process: Process, name: string, target: string, options: Options): Task<boolean> {
  let existing;
  try {
    existing = process.files.lstat(name);
  } catch (error) {
    if (isErrno(error)) return true;
    throw error;
  }
  const backup = backupOf(process.argv, options, process.env);
  if (options.has('i', 'interactive') && !(yield* confirm(process, prompt(process, `replace ${quoteName(name)}? `)))) return false;
  if (backup) {
    backUp(process, backup, name);
    return true;
  }
  if (!options.has('f', 'force', 'i', 'interactive')) return true;
  if (existing.type === 'directory') throw new UsageError(`${name}: cannot overwrite directory`);
  if (!options.has('s', 'symbolic')) {
    const source = process.files.lstat(target);
    if (source.ino === existing.ino && source.device === existing.device) {
      // Already a link to the same file: nothing to do, unless both are one name.
      if (process.files.realpath(directoryName(name)) === process.files.realpath(directoryName(target)) && baseName(name) === baseName(target)) {
        throw new UsageError(`${quoteName(target)} and ${quoteName(name)} are the same file`);
      }
    }
  }
  process.files.unlink(name);
  return true;
}

function* makeLink(process: Process, output: Output, target: string, name: string, options: Options): Task<boolean> {
  const symbolic = options.has('s', 'symbolic');
  if (!symbolic) {
    let type: string;
    try {
      type = (options.has('L', 'logical') ? process.files.stat(target) : process.files.lstat(target)).type;
    } catch (error) {
      yield* complain(process, `failed to access ${quoteName(target)}: ${reason(error)}`);
      return false;
    }
    if (type === 'directory') {
      yield* complain(process, `${target}: hard link not allowed for directory`);
      return false;
    }
  }
  try {
    if (!(yield* makeRoom(process, name, target, options))) return true;
    const content = symbolic && options.has('r', 'relative') ? relativeTarget(process, target, name) : target;
    if (symbolic) process.files.symlink(content, name);
    else process.files.link(options.has('L', 'logical') ? process.files.realpath(target) : target, name);
    if (options.has('v', 'verbose')) output.print(`${quoteName(name)} ${symbolic ? '->' : '=>'} ${quoteName(content)}\n`);
    return true;
  } catch (error) {
    if (error instanceof UsageError) yield* complain(process, error.message);
    else yield* complain(process, `failed to create ${symbolic ? 'symbolic' : 'hard'} link ${quoteName(name)}${symbolic || isErrno(error, 'EEXIST') ? '' : ` => ${quoteName(target)}`}: ${reason(error)}`);
    return false;
  }
}

export const ln: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'bdFfinLPrsS:t:Tv', LONG);
  if (options.has('r', 'relative') && !options.has('s', 'symbolic')) throw new UsageError('cannot do --relative without --symbolic');
  let status = 0;
  for (const { target, name } of links(process, options)) {
    if (!(yield* makeLink(process, output, target, name, options))) status = 1;
  }
  return status;
});

function twoOperands(argv: readonly string[], operands: readonly string[]): [string, string] {
  if (operands.length === 0) throw usageError(argv, 'missing operand');
  if (operands.length === 1) throw usageError(argv, `missing operand after ${quoteName(operands[0]!)}`);
  if (operands.length > 2) throw usageError(argv, `extra operand ${quoteName(operands[2]!)}`);
  return [operands[0]!, operands[1]!];
}

export const link: Main = plainCommand((process) => {
  const [existing, name] = twoOperands(process.argv, parseOptions(process.argv, '').operands);
  try {
    process.files.link(existing, name);
    return 0;
  } catch (error) {
    throw new UsageError(`cannot create link ${quoteName(name)} to ${quoteName(existing)}: ${reason(error)}`);
  }
});

export const unlink: Main = plainCommand((process) => {
  const { operands } = parseOptions(process.argv, '');
  if (operands.length === 0) throw usageError(process.argv, 'missing operand');
  if (operands.length > 1) throw usageError(process.argv, `extra operand ${quoteName(operands[1]!)}`);
  try {
    process.files.unlink(operands[0]!);
    return 0;
  } catch (error) {
    throw new UsageError(`cannot unlink ${quoteName(operands[0]!)}: ${reason(error)}`);
  }
});

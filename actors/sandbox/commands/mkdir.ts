// mkdir and rmdir (https://www.gnu.org/software/coreutils/mkdir, …/rmdir).
import { isErrno } from '../kernel/errno.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import { command, complain, type Output, parseOptions, reason, UsageError, usageError } from '../programs/stdio.js';
import { type ModeChange, parseMode } from './common/mode.js';
import { directoryName, stripSlashes } from './common/paths.js';
import { quoteName } from './common/quote.js';
import { isFolder } from './common/target.js';

interface Making {
  mode: ModeChange | undefined;
  verbose: boolean;
}

function make(process: Process, output: Output, path: string, { mode, verbose }: Making): void {
  process.files.mkdir(path, 0o777);
  if (mode) process.files.chmod(path, mode(0o777, true, process.umask));
  if (verbose) output.print(`mkdir: created directory ${quoteName(path)}\n`);
}

/** mkdir -p; the parents get the default mode, plus what their owner needs to go on. UsageError where a file is in the way. */
export function makeWithParents(process: Process, output: Output, path: string, making: Making): void {
  if (isFolder(process, path)) return;
  let at = path.startsWith('/') ? '/' : '';
  const names = stripSlashes(path).split('/').filter((name) => name !== '');
  names.forEach((name, i) => {
    at += i === 0 ? name : `/${name}`;
    if (isFolder(process, at)) return;
    if (i < names.length - 1 && process.files.exists(at)) throw new UsageError(`cannot create directory ${quoteName(at)}: Not a directory`);
    if (i === names.length - 1) return make(process, output, at, making);
    make(process, output, at, { mode: undefined, verbose: making.verbose });
    if ((process.umask & 0o300) !== 0) process.files.chmod(at, process.files.stat(at).mode | 0o300);
  });
}

export const mkdir: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'm:pvZ', { mode: 'required', parents: 'no', verbose: 'no' });
  if (options.operands.length === 0) throw usageError(process.argv, 'missing operand');
  const given = options.value('m', 'mode');
  const mode = given === undefined ? undefined : parseMode(given);
  if (given !== undefined && mode === undefined) throw new UsageError(`invalid mode ${quoteName(given)}`);
  const making = { mode, verbose: options.has('v', 'verbose') };
  let status = 0;
  for (const path of options.operands) {
    try {
      if (options.has('p', 'parents')) makeWithParents(process, output, path, making);
      else make(process, output, path, making);
    } catch (error) {
      yield* complain(process, error instanceof UsageError ? error.message : `cannot create directory ${quoteName(path)}: ${reason(error)}`);
      status = 1;
    }
  }
  return status;
});

export const rmdir: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'pv', { parents: 'no', verbose: 'no', 'ignore-fail-on-non-empty': 'no' });
  if (options.operands.length === 0) throw usageError(process.argv, 'missing operand');
  let status = 0;
  for (const operand of options.operands) {
    for (let path = operand; ; path = directoryName(path)) {
      if (options.has('v', 'verbose')) output.print(`rmdir: removing directory, ${quoteName(path)}\n`);
      try {
        process.files.rmdir(path);
      } catch (error) {
        const isLink = isErrno(error, 'ENOTDIR') && path.endsWith('/') && process.files.lstat(stripSlashes(path)).type === 'symlink' && process.files.stat(path).type === 'directory';
        const message = `failed to remove ${path === operand ? '' : 'directory '}${quoteName(path)}: ${isLink ? 'Symbolic link not followed' : reason(error)}`;
        if (isErrno(error, 'ENOTEMPTY') && options.has('ignore-fail-on-non-empty')) break;
        yield* complain(process, message);
        status = 1;
        break;
      }
      if (!options.has('p', 'parents') || !stripSlashes(path).replace(/^\/+/, '').includes('/')) break;
    }
  }
  return status;
});

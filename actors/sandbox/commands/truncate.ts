// truncate and sync: sizes of files, and their way to disk (https://www.gnu.org/software/coreutils/truncate).
import { Errno, isErrno } from '../kernel/errno.js';
import { O_CREAT, O_WRONLY } from '../kernel/open-file.js';
import type { Main } from '../kernel/program.js';
import { command, complain, parseOptions, reason, UsageError, usageError } from '../programs/stdio.js';
import { quoteName } from './common/quote.js';
import { parseSize } from './common/sizes.js';

/** `+N`, `-N`, `<N`, `>N`, `/N`, `%N` relate to the present size. */
function newSize(operator: string, amount: number, present: number): number {
  switch (operator) {
    case '+':
      return present + amount;
    case '-':
      return Math.max(0, present - amount);
    case '<':
      return Math.min(present, amount);
    case '>':
      return Math.max(present, amount);
    case '/':
      return Math.floor(present / amount) * amount;
    case '%':
      return Math.ceil(present / amount) * amount;
    default:
      return amount;
  }
}

export const truncate: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'cor:s:', { 'no-create': 'no', 'io-blocks': 'no', reference: 'required', size: 'required' });
  const size = options.value('s', 'size');
  const reference = options.value('r', 'reference');
  if (size === undefined && reference === undefined) throw usageError(process.argv, `you must specify either '--size' or '--reference'`);
  const [, operator = '', digits = ''] = /^\s*([-+<>/%]?)\s*(.*)$/.exec(size ?? '0') ?? [];
  const amount = parseSize(digits);
  if (amount === undefined) throw new UsageError(`Invalid number: ${quoteName(size!)}`);
  if (amount === 0 && (operator === '/' || operator === '%')) throw new UsageError('division by zero');
  if (reference !== undefined && size !== undefined && operator === '') throw usageError(process.argv, `you must specify a relative '--size' with '--reference'`);
  if (options.operands.length === 0) throw usageError(process.argv, 'missing file operand');
  let base: number | undefined;
  try {
    if (reference !== undefined) base = process.files.stat(reference).sizeBytes;
  } catch (error) {
    throw new UsageError(`cannot stat ${quoteName(reference!)}: ${reason(error)}`);
  }
  let status = 0;
  for (const path of options.operands) {
    try {
      if (options.has('c', 'no-create') && !process.files.exists(path)) continue;
      const file = process.files.openFile(path, O_WRONLY | O_CREAT).retain();
      try {
        const wanted = size === undefined ? base! : newSize(operator, amount, base ?? file.stat().sizeBytes);
        file.truncate(wanted);
      } finally {
        file.release();
      }
    } catch (error) {
      yield* complain(process, `${isErrno(error, 'EFBIG') ? 'failed to truncate' : 'cannot open'} ${quoteName(path)}${isErrno(error, 'EFBIG') ? '' : ' for writing'}: ${reason(error)}`);
      status = 1;
    }
  }
  return status;
});

export const sync: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'df', { data: 'no', 'file-system': 'no' });
  const data = options.has('d', 'data');
  if (data && options.has('f', 'file-system')) throw new UsageError('cannot specify both --data and --file-system');
  if (data && options.operands.length === 0) throw new UsageError('--data needs at least one argument');
  let status = 0;
  for (const path of options.operands) {
    try {
      process.files.locate(path).inode.fileSystem.flush();
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* complain(process, `error opening ${quoteName(path)}: ${error.message}`);
      status = 1;
    }
  }
  if (options.operands.length === 0) for (const { fileSystem } of process.kernel.tree.mounts) fileSystem.flush();
  return status;
});

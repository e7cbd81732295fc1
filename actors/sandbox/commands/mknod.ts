// mkfifo, mknod and tty (https://www.gnu.org/software/coreutils/mknod).
import type { Main } from '../kernel/program.js';
import type { Process } from '../kernel/process.js';
import { command, complain, type Options, parseOptions, plainCommand, reason, UsageError, usageError } from '../programs/stdio.js';
import { parseMode } from './common/mode.js';
import { quoteName } from './common/quote.js';

function setMode(process: Process, path: string, options: Options): void {
  const given = options.value('m', 'mode');
  if (given !== undefined) process.files.chmod(path, parseMode(given)!(0o666, false, process.umask));
}

function requireMode(options: Options): void {
  const given = options.value('m', 'mode');
  if (given !== undefined && !parseMode(given)) throw new UsageError('invalid mode');
}

export const mkfifo: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'm:Z', { mode: 'required' });
  if (options.operands.length === 0) throw usageError(process.argv, 'missing operand');
  requireMode(options);
  let status = 0;
  for (const path of options.operands) {
    try {
      process.files.mknod(path, 'fifo', 0o666);
      setMode(process, path, options);
    } catch (error) {
      yield* complain(process, `cannot create fifo ${quoteName(path)}: ${reason(error)}`);
      status = 1;
    }
  }
  return status;
});

export const mknod: Main = plainCommand((process) => {
  const options = parseOptions(process.argv, 'm:Z', { mode: 'required' });
  const [path, kind, major, minor] = options.operands;
  if (path === undefined || kind === undefined) throw usageError(process.argv, path === undefined ? 'missing operand' : `missing operand after ${quoteName(path)}`);
  requireMode(options);
  const type = kind === 'p' ? 'fifo' : kind === 'b' ? 'block' : kind === 'c' || kind === 'u' ? 'character' : undefined;
  if (type === undefined) throw usageError(process.argv, `invalid device type ${quoteName(kind)}`);
  if (type !== 'fifo' && (major === undefined || minor === undefined)) throw usageError(process.argv, `missing operand after ${quoteName(major ?? kind)}`);
  try {
    process.files.mknod(path, type, 0o666, Number(major ?? 0), Number(minor ?? 0));
    setMode(process, path, options);
  } catch (error) {
    throw new UsageError(`${path}: ${reason(error)}`);
  }
  return 0;
});

export const tty: Main = plainCommand((process, output) => {
  const options = parseOptions(process.argv, 's', { silent: 'no', quiet: 'no' }, { exitCode: 2 });
  if (options.operands.length > 0) throw usageError(process.argv, `extra operand ${quoteName(options.operands[0]!)}`, 2);
  const file = process.descriptors.find(0);
  const isTerminal = file?.isTerminal === true;
  if (!options.has('s', 'silent', 'quiet')) output.print(`${isTerminal ? file.name : 'not a tty'}\n`);
  return isTerminal ? 0 : 1;
});

// basename, dirname and pathchk: path names as text (https://www.gnu.org/software/coreutils/basename).
import { Errno } from '../kernel/errno.js';
import type { Main } from '../kernel/program.js';
import { command, plainCommand, complain, encode, parseOptions, reason, usageError } from '../programs/stdio.js';
import { baseName, directoryName } from './common/paths.js';
import { quoteName } from './common/quote.js';

export const basename: Main = plainCommand((process, output) => {
  const options = parseOptions(process.argv, 'as:z', { multiple: 'no', suffix: 'required', zero: 'no' }, { posix: true });
  const { operands } = options;
  const suffixOption = options.value('s', 'suffix');
  const isMultiple = options.has('a', 'multiple') || suffixOption !== undefined;
  if (operands.length === 0) throw usageError(process.argv, 'missing operand');
  if (!isMultiple && operands.length > 2) throw usageError(process.argv, `extra operand ${quoteName(operands[2]!)}`);
  const suffix = suffixOption ?? (isMultiple ? '' : operands[1] ?? '');
  const end = options.has('z', 'zero') ? '\0' : '\n';
  for (const path of isMultiple ? operands : [operands[0]!]) {
    const name = baseName(path);
    output.print((suffix !== '' && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name) + end);
  }
  return 0;
});

export const dirname: Main = plainCommand((process, output) => {
  const options = parseOptions(process.argv, 'z', { zero: 'no' }, { posix: true });
  if (options.operands.length === 0) throw usageError(process.argv, 'missing operand');
  for (const path of options.operands) output.print(directoryName(path) + (options.has('z', 'zero') ? '\0' : '\n'));
  return 0;
});

const POSIX_NAME_MAX = 14;
const POSIX_PATH_MAX = 256;

export const pathchk: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'pP', { portability: 'no' });
  if (options.operands.length === 0) throw usageError(process.argv, 'missing operand');
  const isPortable = options.has('p', 'portability');
  let status = 0;
  for (const path of options.operands) {
    const problem = problemOf(path, isPortable, options.has('P', 'portability')) ?? (isPortable ? undefined : notReachable(process.files, path));
    if (problem === undefined) continue;
    yield* complain(process, problem);
    status = 1;
  }
  return status;
});

function problemOf(path: string, isPortable: boolean, checksDash: boolean): string | undefined {
  if (checksDash && /(^|\/)-/.test(path)) return `leading '-' in a component of file name ${quoteName(path)}`;
  if (path === '' && (isPortable || checksDash)) return 'empty file name';
  const bad = isPortable ? /[^A-Za-z0-9._/-]/u.exec(path) : null;
  if (bad) return `nonportable character ${quoteName(bad[0])} in file name ${quoteName(path)}`;
  const [pathMax, nameMax] = isPortable ? [POSIX_PATH_MAX, POSIX_NAME_MAX] : [4096, 255];
  const length = encode(path).length;
  if (length >= pathMax) return `limit ${pathMax - 1} exceeded by length ${length} of file name ${quoteName(path)}`;
  const long = path.split('/').find((name) => encode(name).length > nameMax);
  return long === undefined ? undefined : `limit ${nameMax} exceeded by length ${encode(long).length} of file name component ${quoteName(long)}`;
}

/** A folder on the way that may not be searched, or a file in its place. */
function notReachable(files: { lstat(path: string): unknown }, path: string): string | undefined {
  try {
    files.lstat(path);
    return undefined;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return error.code === 'ENOENT' && path !== '' ? undefined : `${path === '' ? "''" : path}: ${reason(error)}`;
  }
}

// readlink and realpath (https://www.gnu.org/software/coreutils/realpath).
import { Errno } from '../kernel/errno.js';
import type { Main } from '../kernel/program.js';
import { command, complain, type Options, parseOptions, reason, usageError } from '../programs/stdio.js';
import { canonical } from './common/canonical.js';
import { relativePath } from './common/paths.js';

/** How much of a path must exist, by the last of the options given. */
function missingOf(options: Options, names: Readonly<Record<string, 'existing' | 'parents' | 'any'>>): 'existing' | 'parents' | 'any' | undefined {
  let result: 'existing' | 'parents' | 'any' | undefined;
  for (const name of options.given.keys()) if (Object.hasOwn(names, name)) result = names[name];
  return result;
}

const EXISTENCE = {
  f: 'parents', canonicalize: 'parents', e: 'existing', 'canonicalize-existing': 'existing', m: 'any', 'canonicalize-missing': 'any',
} as const;

export const readlink: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'efmnqsvz', {
    canonicalize: 'no', 'canonicalize-existing': 'no', 'canonicalize-missing': 'no', 'no-newline': 'no', quiet: 'no', silent: 'no', verbose: 'no', zero: 'no',
  });
  if (options.operands.length === 0) throw usageError(process.argv, 'missing operand');
  const missing = missingOf(options, EXISTENCE);
  const bare = options.has('n', 'no-newline') && options.operands.length === 1;
  const end = bare ? '' : options.has('z', 'zero') ? '\0' : '\n';
  if (options.has('n', 'no-newline') && !bare) yield* complain(process, 'ignoring --no-newline with multiple arguments');
  let status = 0;
  for (const path of options.operands) {
    try {
      output.print((missing === undefined ? process.files.readlink(path) : canonical(process, path, missing)) + end);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      status = 1;
      if (options.has('v', 'verbose')) yield* complain(process, `${path}: ${reason(error)}`);
    }
  }
  return status;
});

export const realpath: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'eLmPqsz', {
    'canonicalize-existing': 'no', 'canonicalize-missing': 'no', logical: 'no', physical: 'no', quiet: 'no', 'relative-to': 'required',
    'relative-base': 'required', strip: 'no', 'no-symlinks': 'no', zero: 'no',
  });
  if (options.operands.length === 0) throw usageError(process.argv, 'missing operand');
  const missing = missingOf(options, EXISTENCE) ?? 'parents';
  const how = { logical: options.has('L', 'logical'), keepLinks: options.has('s', 'strip', 'no-symlinks') };
  const base = options.value('relative-base');
  const to = options.value('relative-to') ?? base;
  const end = options.has('z', 'zero') ? '\0' : '\n';
  let status = 0;
  for (const path of options.operands) {
    try {
      const full = canonical(process, path, missing, how);
      const from = to === undefined ? undefined : canonical(process, to, missing, how);
      const limit = base === undefined ? undefined : canonical(process, base, missing, how);
      const isInside = limit === undefined || limit === '/' || full === limit || full.startsWith(`${limit}/`);
      output.print((from !== undefined && isInside ? relativePath(from, full) : full) + end);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      status = 1;
      if (!options.has('q', 'quiet')) yield* complain(process, `${path === '' ? "''" : path}: ${reason(error)}`);
    }
  }
  return status;
});

// Backups of files about to be replaced: the -b and --backup of cp, mv, ln and install.
import type { Process } from '../../kernel/process.js';
import { type Options, UsageError } from '../../programs/stdio.js';
import { baseName, directoryName } from './paths.js';

/** Renames what is at `path` out of the way and tells the new name. */
export type Backup = (process: Process, path: string) => string;

/** What the options ask for; undefined when no backup is wanted. Throws UsageError for an unknown method. */
export function backupOf(options: Options, env: ReadonlyMap<string, string>): Backup | undefined {
  if (!options.has('b', 'backup', 'S', 'suffix')) return undefined;
  const suffix = options.value('S', 'suffix') ?? env.get('SIMPLE_BACKUP_SUFFIX') ?? '~';
  const method = options.value('backup') || env.get('VERSION_CONTROL') || 'existing';
  if (/^(none|off)$/.test(method)) return undefined;
  if (!/^(simple|never|existing|nil|numbered|t)$/.test(method)) throw new UsageError(`invalid argument '${method}' for 'backup type'`);
  return (process, path) => {
    const numbers = method === 'simple' || method === 'never' ? [] : backupNumbers(process, path);
    const isNumbered = method === 'numbered' || method === 't' || (numbers.length > 0 && method !== 'simple' && method !== 'never');
    const target = isNumbered ? `${path}.~${Math.max(0, ...numbers) + 1}~` : `${path}${suffix}`;
    process.files.rename(path, target);
    return target;
  };
}

function backupNumbers(process: Process, path: string): number[] {
  const base = `${baseName(path)}.~`;
  return process.files.readdir(directoryName(path)).flatMap(({ name }) => {
    const number = name.startsWith(base) ? /^(\d+)~$/.exec(name.slice(base.length)) : null;
    return number === null ? [] : [Number(number[1])];
  });
}

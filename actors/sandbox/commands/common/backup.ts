// Backups of files about to be replaced: the -b and --backup of cp, mv, ln and install.
import type { Process } from '../../kernel/process.js';
import type { Options } from '../../programs/stdio.js';
import { choose } from './choice.js';
import { baseName, directoryName } from './paths.js';

/** Renames what is at `path` out of the way and tells the new name. */
export type Backup = (process: Process, path: string) => string;

/** What the options ask for; undefined when no backup is wanted. Throws UsageError for an unknown method. */
export function backupOf(argv: readonly string[], options: Options, env: ReadonlyMap<string, string>): Backup | undefined {
  if (!options.has('b', 'backup', 'S', 'suffix')) return undefined;
  const suffix = options.value('S', 'suffix') ?? env.get('SIMPLE_BACKUP_SUFFIX') ?? '~';
  const method = options.value('backup') || env.get('VERSION_CONTROL') || 'existing';
  const kind = choose(argv, 'backup type', method, [['none', 'off'], ['simple', 'never'], ['existing', 'nil'], ['numbered', 't']]);
  if (kind === 'none') return undefined;
  return (process, path) => {
    const numbers = kind === 'simple' ? [] : backupNumbers(process, path);
    const isNumbered = kind === 'numbered' || numbers.length > 0;
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

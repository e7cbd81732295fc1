// Backups of files about to be replaced: the -b and --backup of cp, mv, ln and install.
import type { Process } from '../../kernel/process.js';
import type { Options } from '../../programs/stdio.js';
import { choose } from './choice.js';
import { baseName, directoryName, stripSlashes } from './paths.js';

export interface Backup {
  /** Each backup gets a number of its own, so that none is lost. */
  isNumbered: boolean;
  suffix: string;
  /** What the file at `path` would be called. */
  nameOf(process: Process, path: string): string;
}

/** Renames what is at `path` out of the way and tells the new name. */
export function backUp(process: Process, backup: Backup, path: string): string {
  const target = backup.nameOf(process, path);
  process.files.rename(path, target);
  return target;
}

/** What the options ask for; undefined when no backup is wanted. Throws UsageError for an unknown method. */
export function backupOf(argv: readonly string[], options: Options, env: ReadonlyMap<string, string>): Backup | undefined {
  if (!options.has('b', 'backup', 'S', 'suffix')) return undefined;
  const suffix = options.value('S', 'suffix') ?? env.get('SIMPLE_BACKUP_SUFFIX') ?? '~';
  const method = options.value('backup') || env.get('VERSION_CONTROL') || 'existing';
  const kind = choose(argv, 'backup type', method, [['none', 'off'], ['simple', 'never'], ['existing', 'nil'], ['numbered', 't']]);
  if (kind === 'none') return undefined;
  return {
    isNumbered: kind === 'numbered', suffix,
    nameOf(process, path) {
      const numbers = kind === 'simple' ? [] : backupNumbers(process, path);
      const isNumbered = kind === 'numbered' || numbers.length > 0;
      return isNumbered ? `${stripSlashes(path)}.~${Math.max(0, ...numbers) + 1}~` : `${stripSlashes(path)}${suffix}`;
    },
  };
}

/** Of the numbered backups of `path` that are there; none where its folder is not. */
export function backupNumbers(process: Process, path: string): number[] {
  const base = `${baseName(path)}.~`;
  if (!process.files.exists(directoryName(path))) return [];
  return process.files.readdir(directoryName(path)).flatMap(({ name }) => {
    const number = name.startsWith(base) ? /^(\d+)~$/.exec(name.slice(base.length)) : null;
    return number === null ? [] : [Number(number[1])];
  });
}

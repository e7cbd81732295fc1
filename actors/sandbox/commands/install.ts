// install: copies files and sets their attributes, or makes folders (https://www.gnu.org/software/coreutils/install).
import { Errno } from '../kernel/errno.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import { command, complain, type Options, parseOptions, reason, UsageError, usageError } from '../programs/stdio.js';
import { Accounts } from './common/accounts.js';
import { backupOf } from './common/backup.js';
import { Copier } from './common/copy.js';
import { type ModeChange, parseMode } from './common/mode.js';
import type { Ownership } from './common/owner.js';
import { directoryName } from './common/paths.js';
import { quoteName } from './common/quote.js';
import { isFolder, transfersOf } from './common/target.js';
import { makeWithParents } from './mkdir.js';

const LONG = {
  backup: 'optional', compare: 'no', directory: 'no', group: 'required', mode: 'required', owner: 'required', 'preserve-timestamps': 'no', strip: 'no',
  'strip-program': 'required', suffix: 'required', 'target-directory': 'required', 'no-target-directory': 'no', verbose: 'no',
} as const;

function ownership(process: Process, options: Options): Ownership {
  const accounts = new Accounts(process.files);
  const [owner, group] = [options.value('o', 'owner'), options.value('g', 'group')];
  const uid = owner === undefined ? -1 : accounts.uid(owner);
  const gid = group === undefined ? -1 : accounts.gid(group);
  if (uid === undefined) throw new UsageError(`invalid user ${quoteName(owner!)}`);
  if (gid === undefined) throw new UsageError(`invalid group ${quoteName(group!)}`);
  return { uid, gid };
}

function isSameContent(process: Process, a: string, b: string): boolean {
  try {
    return Buffer.compare(process.files.readFile(a), process.files.readFile(b)) === 0;
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}

function finish(process: Process, path: string, mode: ModeChange, { uid, gid }: Ownership, isDirectory: boolean): void {
  if (uid !== -1 || gid !== -1) process.files.chown(path, uid, gid);
  process.files.chmod(path, mode(0, isDirectory, 0));
}

export const install: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'bcCdDg:m:o:psS:t:TvZ', LONG);
  const given = options.value('m', 'mode') ?? '755';
  const mode = parseMode(given);
  if (!mode) throw new UsageError(`invalid mode ${quoteName(given)}`);
  const owner = ownership(process, options);
  const verbose = options.has('v', 'verbose');
  let status = 0;
  if (options.has('d', 'directory')) {
    if (options.operands.length === 0) throw usageError(process.argv, 'missing file operand');
    for (const path of options.operands) {
      try {
        makeWithParents(process, output, path, { mode, verbose });
        finish(process, path, mode, owner, true);
      } catch (error) {
        yield* complain(process, error instanceof UsageError ? error.message : `cannot create directory ${quoteName(path)}: ${reason(error)}`);
        status = 1;
      }
    }
    return status;
  }
  const leading = options.has('D') ? (options.value('t', 'target-directory') ?? (options.operands.length === 2 ? directoryName(options.operands[1]!) : undefined)) : undefined;
  if (leading !== undefined) makeWithParents(process, output, leading, { mode: undefined, verbose });
  const copier = new Copier(process, output, {
    recursive: false, follow: 'always', preserve: { mode: false, ownership: false, timestamps: options.has('p', 'preserve-timestamps'), links: false },
    replace: 'yes', force: true, removeFirst: true, verbose, as: 'content', oneFileSystem: false, backup: backupOf(process.argv, options, process.env),
  });
  for (const { source, target } of transfersOf(process, options)) {
    if (isFolder(process, source)) {
      yield* complain(process, `omitting directory ${quoteName(source)}`);
      status = 1;
      continue;
    }
    if (options.has('C', 'compare') && isSameContent(process, source, target)) continue;
    if (!(yield* copier.operand(source, target))) continue;
    try {
      finish(process, target, mode, owner, false);
    } catch (error) {
      yield* complain(process, `cannot change ownership of ${quoteName(target)}: ${reason(error)}`);
      status = 1;
    }
  }
  return copier.failed ? 1 : status;
});

// mv: renames files, or copies and removes them between file systems (https://www.gnu.org/software/coreutils/mv).
import { isErrno } from '../kernel/errno.js';
import type { Main } from '../kernel/program.js';
import type { Process } from '../kernel/process.js';
import type { Stat } from '../kernel/inode.js';
import type { Task } from '../kernel/wait.js';
import { command, complain, type Options, type Output, parseOptions, reason } from '../programs/stdio.js';
import { confirm, prompt } from './common/ask.js';
import { type Backup, backupOf } from './common/backup.js';
import { Copier } from './common/copy.js';
import { quoteName } from './common/quote.js';
import { Remover } from './common/remove.js';
import { type Transfer, transfersOf } from './common/target.js';
import { MAY_WRITE, permits } from '../kernel/path.js';

const LONG = {
  backup: 'optional', force: 'no', interactive: 'no', 'no-clobber': 'no', 'no-target-directory': 'no', 'strip-trailing-slashes': 'no',
  suffix: 'required', 'target-directory': 'required', update: 'no', verbose: 'no',
} as const;

function look(process: Process, path: string): Stat | undefined {
  try {
    return process.files.lstat(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** Whether the move is over already (refused, not wanted), after saying why where that is a failure. */
function* settled(process: Process, { source, target }: Transfer, options: Options, policy: string): Task<0 | 1 | undefined> {
  const from = look(process, source);
  if (!from) {
    yield* complain(process, `cannot stat ${quoteName(source)}: No such file or directory`);
    return 1;
  }
  const existing = look(process, target);
  if (!existing) return undefined;
  if (existing.ino === from.ino && existing.device === from.device && (from.type === 'directory' || from.nlink === 1 || source === target)) {
    yield* complain(process, `${quoteName(source)} and ${quoteName(target)} are the same file`);
    return 1;
  }
  if (policy === 'n') return 0;
  if (options.has('u', 'update') && existing.mtimeMs >= from.mtimeMs) return 0;
  if (existing.type === 'directory' && from.type !== 'directory') {
    yield* complain(process, `cannot overwrite directory ${quoteName(target)} with non-directory`);
    return 1;
  }
  if (from.type === 'directory' && existing.type !== 'directory') {
    yield* complain(process, `cannot overwrite non-directory ${quoteName(target)} with directory ${quoteName(source)}`);
    return 1;
  }
  const isProtected = existing.type !== 'symlink' && !permits(process.files.locate(target, false).inode, process.credentials, MAY_WRITE);
  const asksAnyway = policy === '' && isProtected && process.descriptors.find(0)?.isTerminal === true;
  if (policy !== 'i' && !asksAnyway) return undefined;
  return (yield* confirm(process, prompt(process, `overwrite ${quoteName(target)}? `))) ? undefined : 0;
}

function* move(process: Process, output: Output, { source, target }: Transfer, verbose: boolean, backup: Backup | undefined): Task<0 | 1> {
  const saved = backup && look(process, target) ? backup(process, target) : undefined;
  try {
    process.files.rename(source, target);
    if (verbose) output.print(`renamed ${quoteName(source)} -> ${quoteName(target)}${saved === undefined ? '' : ` (backup: ${quoteName(saved)})`}\n`);
    return 0;
  } catch (error) {
    if (isErrno(error, 'EXDEV')) return yield* moveAcross(process, output, source, target, verbose);
    if (isErrno(error, 'EINVAL')) yield* complain(process, `cannot move ${quoteName(source)} to a subdirectory of itself, ${quoteName(target)}`);
    else yield* complain(process, `cannot move ${quoteName(source)} to ${quoteName(target)}: ${reason(error)}`);
    return 1;
  }
}

/** Between file systems: a copy with everything kept, then the removal of the original. */
function* moveAcross(process: Process, output: Output, source: string, target: string, verbose: boolean): Task<0 | 1> {
  const copier = new Copier(process, output, {
    recursive: true, follow: 'never', preserve: { mode: true, ownership: true, timestamps: true, links: true }, replace: 'yes', force: true,
    removeFirst: true, verbose: false, as: 'content', oneFileSystem: false,
  });
  if (look(process, target)?.type === 'directory') process.files.rmdir(target);
  if (!(yield* copier.operand(source, target))) return 1;
  const remover = new Remover(process, output, { recursive: true, force: true, emptyFolders: true, verbose: false, ask: 'never' });
  yield* remover.operand(source);
  if (verbose) output.print(`copied ${quoteName(source)} -> ${quoteName(target)}\nremoved ${quoteName(source)}\n`);
  return remover.failed ? 1 : 0;
}

export const mv: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'bfinS:t:TuvZ', LONG);
  const policies: Readonly<Record<string, string>> = { f: 'f', force: 'f', i: 'i', interactive: 'i', n: 'n', 'no-clobber': 'n' };
  const policy = [...options.given.keys()].map((name) => policies[name]).findLast((found) => found !== undefined) ?? '';
  const backup = backupOf(process.argv, options, process.env);
  let status = 0;
  for (const given of transfersOf(process, options)) {
    const transfer = { source: given.source.replace(/(.)\/+$/, '$1'), target: given.target };
    const verdict = yield* settled(process, transfer, options, policy);
    status |= verdict ?? (yield* move(process, output, transfer, options.has('v', 'verbose'), backup));
    if (output.isFull) yield* output.flush();
  }
  return status;
});

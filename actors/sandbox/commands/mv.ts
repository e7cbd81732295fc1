// mv: renames files, or copies and removes them between file systems (https://www.gnu.org/software/coreutils/mv).
import { isErrno } from '../kernel/errno.js';
import type { Main } from '../kernel/program.js';
import type { Process } from '../kernel/process.js';
import type { Stat } from '../kernel/inode.js';
import type { Task } from '../kernel/wait.js';
import { command, complain, type Options, type Output, parseOptions, reason, usageError } from '../programs/stdio.js';
import { confirm, isWriteProtected, overwriteQuestion, prompt } from './common/ask.js';
import { type Backup, backUp, backupOf } from './common/backup.js';
import { Copier } from './common/copy.js';
import { stripSlashes } from './common/paths.js';
import { quoteName } from './common/quote.js';
import { Remover } from './common/remove.js';
import { isBackupOf, sameFile } from './common/same-file.js';
import { type Transfer, transfersOf } from './common/target.js';

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

/** One mv: what its options ask for, and what it has put somewhere so far. */
class Mover {
  readonly #process: Process;
  readonly #output: Output;
  readonly #policy: string;
  readonly #updates: boolean;
  readonly #verbose: boolean;
  readonly #backup: Backup | undefined;
  readonly #copier: Copier;
  /** Targets as they were made, and folders that could not go where they should. */
  readonly #made = new Set<string>();

  constructor(process: Process, output: Output, options: Options, policy: string) {
    this.#process = process;
    this.#output = output;
    this.#policy = policy;
    this.#updates = options.has('u', 'update');
    this.#verbose = options.has('v', 'verbose');
    this.#backup = backupOf(process.argv, options, process.env);
    this.#copier = new Copier(process, output, {
      recursive: true, follow: 'never', preserve: { mode: true, ownership: true, timestamps: true, links: true }, replace: 'yes', force: true,
      removeFirst: true, verbose: this.#verbose, as: 'content', oneFileSystem: false, moves: true,
    });
  }

  *#fail(message: string): Task<1> {
    yield* complain(this.#process, message);
    return 1;
  }

  *move(transfer: Transfer): Task<0 | 1> {
    return (yield* this.#settled(transfer)) ?? (yield* this.#rename(transfer));
  }

  /** Whether the move is over already (refused, not wanted), after saying why where that is a failure. */
  *#settled({ source, target }: Transfer): Task<0 | 1 | undefined> {
    let from: Stat;
    try {
      from = this.#process.files.lstat(source);
    } catch (error) {
      return yield* this.#fail(`cannot stat ${quoteName(source)}: ${reason(error)}`);
    }
    if (this.#made.has(`${identity(from)} into ${target}`)) {
      yield* complain(this.#process, `warning: source directory ${quoteName(source)} specified more than once`);
      return 1;
    }
    const existing = look(this.#process, target);
    if (!existing) return undefined;
    const backup = this.#backup;
    const verdict = sameFile(this.#process.files, { source, target, moves: true, links: false, symlinks: false, follows: false, removesFirst: false, backsUp: backup !== undefined });
    if (verdict === 'same') return yield* this.#fail(`${quoteName(source)} and ${quoteName(target)} are the same file`);
    if (this.#updates && existing.mtimeMs >= from.mtimeMs) return 0;
    if (this.#policy === 'n' || (yield* this.#isRefused(target, existing))) return 0;
    if (!backup && existing.type === 'directory' && from.type !== 'directory') return yield* this.#fail(`cannot overwrite directory ${quoteName(target)} with non-directory`);
    if (!backup && from.type === 'directory' && existing.type !== 'directory') return yield* this.#fail(`cannot overwrite non-directory ${quoteName(target)} with directory ${quoteName(source)}`);
    if (existing.type !== 'directory' && backup?.isNumbered !== true && this.#made.has(`${identity(existing)} at ${target}`)) {
      return yield* this.#fail(`will not overwrite just-created ${quoteName(target)} with ${quoteName(source)}`);
    }
    if (backup && !backup.isNumbered && isBackupOf(this.#process.files, source, target, backup.suffix)) {
      return yield* this.#fail(`backing up ${quoteName(target)} might destroy source;  ${quoteName(source)} not moved`);
    }
    return undefined;
  }

  /** Asks where that is wanted, or where the file is protected and there is somebody to ask. */
  *#isRefused(target: string, existing: Stat): Task<boolean> {
    const asksAnyway = this.#policy === '' && isWriteProtected(this.#process, target, existing) && this.#process.descriptors.find(0)?.isTerminal === true;
    if (this.#policy !== 'i' && !asksAnyway) return false;
    return !(yield* confirm(this.#process, prompt(this.#process, overwriteQuestion(this.#process, target, existing, true))));
  }

  *#rename({ source, target }: Transfer): Task<0 | 1> {
    const { files } = this.#process;
    const from = files.lstat(source);
    const saved = this.#backup && look(this.#process, target) ? backUp(this.#process, this.#backup, target) : undefined;
    try {
      files.rename(source, target);
      this.#made.add(`${identity(from)} at ${target}`);
      if (this.#verbose) this.#output.print(`renamed ${quoteName(source)} -> ${quoteName(target)}${saved === undefined ? '' : ` (backup: ${quoteName(saved)})`}\n`);
      return 0;
    } catch (error) {
      if (isErrno(error, 'EXDEV')) return yield* this.#moveAcross(source, target);
      if (!isErrno(error, 'EINVAL')) return yield* this.#fail(`cannot move ${quoteName(source)} to ${quoteName(target)}: ${reason(error)}`);
      this.#made.add(`${identity(from)} into ${target}`);
      return yield* this.#fail(`cannot move ${quoteName(source)} to a subdirectory of itself, ${quoteName(target)}`);
    }
  }

  /** Between file systems: a copy with everything kept, then the removal of the original. */
  *#moveAcross(source: string, target: string): Task<0 | 1> {
    try {
      if (look(this.#process, target)?.type === 'directory') this.#process.files.rmdir(target);
    } catch (error) {
      return yield* this.#fail(`inter-device move failed: ${quoteName(source)} to ${quoteName(target)}; unable to remove target: ${reason(error)}`);
    }
    if (!(yield* this.#copier.operand(source, target))) return 1;
    const remover = new Remover(this.#process, this.#output, { recursive: true, force: true, emptyFolders: true, verbose: this.#verbose, ask: 'never' });
    yield* remover.operand(source);
    return remover.failed ? 1 : 0;
  }
}

function identity({ device, ino }: Stat): string {
  return `${device}:${ino}`;
}

export const mv: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'bfinS:t:TuvZ', LONG);
  const policies: Readonly<Record<string, string>> = { f: 'f', force: 'f', i: 'i', interactive: 'i', n: 'n', 'no-clobber': 'n' };
  const policy = [...options.given.keys()].map((name) => policies[name]).findLast((found) => found !== undefined) ?? '';
  if (policy === 'n' && backupOf(process.argv, options, process.env)) throw usageError(process.argv, 'options --backup and --no-clobber are mutually exclusive');
  const mover = new Mover(process, output, options, policy);
  let status = 0;
  for (const given of transfersOf(process, options)) {
    status |= yield* mover.move({ source: options.has('strip-trailing-slashes') ? stripSlashes(given.source) : given.source, target: given.target });
    if (output.isFull) yield* output.flush();
  }
  return status;
});

// Copying files and trees: the work of cp, of install, and of mv between file systems.
import { Errno, isErrno } from '../../kernel/errno.js';
import type { Stat } from '../../kernel/inode.js';
import { O_CREAT, O_EXCL, O_RDONLY, O_TRUNC, O_WRONLY } from '../../kernel/open-file.js';
import type { Process } from '../../kernel/process.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { isBusybox } from '../../programs/flavour.js';
import { complain, type Output, reason } from '../../programs/stdio.js';
import { confirm, prompt } from './ask.js';
import type { Backup } from './backup.js';
import { Pace } from './pace.js';
import { joinPath } from './paths.js';
import { quoteName } from './quote.js';

export interface CopyOptions {
  recursive: boolean;
  /** Which symlinks of the source are followed: all, only operands, none. */
  follow: 'always' | 'operands' | 'never';
  preserve: { mode: boolean; ownership: boolean; timestamps: boolean; links: boolean };
  /** Like --no-preserve=mode: new files get the default mode. */
  ignoreMode?: boolean;
  replace: 'yes' | 'ask' | 'no' | 'update';
  force: boolean;
  removeFirst: boolean;
  verbose: boolean;
  as: 'content' | 'symlink' | 'link' | 'attributes';
  oneFileSystem: boolean;
  backup?: Backup | undefined;
}

const CHUNK_BYTES = 1 << 20;

/** Copies everything from one descriptor to another; the number of bytes. */
export function* copyBytes(process: Process, from: number, to: number): Task<number> {
  const pace = new Pace();
  let total = 0;
  for (;;) {
    const chunk = yield* process.read(from, CHUNK_BYTES);
    if (chunk.length === 0) return total;
    total += chunk.length;
    yield* process.write(to, chunk);
    if (pace.isOver) yield PREEMPT;
  }
}

/** One cp: knows what it has made so far, so that hard links stay links and it never runs into its own output. */
export class Copier {
  readonly #process: Process;
  readonly #output: Output;
  readonly #options: CopyOptions;
  readonly #linked = new Map<string, string>();
  readonly #made = new Set<string>();
  readonly #pace = new Pace();
  failed = false;

  constructor(process: Process, output: Output, options: CopyOptions) {
    this.#process = process;
    this.#output = output;
    this.#options = options;
  }

  /** Copies an operand to exactly `target`; whether all of it arrived. */
  *operand(source: string, target: string): Task<boolean> {
    let stat: Stat;
    try {
      stat = this.#options.follow === 'never' ? this.#process.files.lstat(source) : this.#process.files.stat(source);
    } catch (error) {
      return yield* this.#fail(`cannot stat ${quoteName(source)}: ${reason(error)}`);
    }
    return yield* this.#copy(source, stat, target, stat.device, true);
  }

  *#fail(message: string): Task<false> {
    this.failed = true;
    yield* complain(this.#process, message);
    return false;
  }

  *#copy(source: string, stat: Stat, target: string, device: number, isOperand: boolean): Task<boolean> {
    if (this.#pace.due) yield PREEMPT;
    if (stat.type === 'directory' && !this.#options.recursive) return yield* this.#fail(`${isBusybox(this.#process) ? '' : '-r not specified; '}omitting directory ${quoteName(source)}`);
    if (target.endsWith('/') && stat.type !== 'directory') return yield* this.#fail(this.#slashProblem(target));
    const existing = this.#look(target);
    if (existing) {
      const verdict = yield* this.#judge(source, stat, target, existing, isOperand);
      if (verdict !== 'go') return verdict === 'skip';
    }
    if (stat.type === 'directory') return yield* this.#copyFolder(source, stat, target, device);
    if (yield* this.#linkToCopy(source, stat, target)) return true;
    try {
      yield* this.#make(source, stat, target);
    } catch (error) {
      return yield* this.#fail(error instanceof CopyFailure ? error.message : `cannot create ${words(stat)} ${quoteName(target)}: ${reason(error)}`);
    }
    this.#made.add(this.#identity(target));
    yield* this.#tell(source, target);
    if (this.#options.as === 'content' || this.#options.as === 'attributes') yield* this.#keepAttributes(stat, target);
    return true;
  }

  /** A file cannot have a name that says it is a folder. */
  #slashProblem(target: string): string {
    const isThere = this.#look(target.replace(/\/+$/, '')) !== undefined;
    return `${isThere ? 'cannot stat' : 'cannot create regular file'} ${quoteName(target)}: Not a directory`;
  }

  #look(path: string): Stat | undefined {
    try {
      return this.#process.files.lstat(path);
    } catch (error) {
      if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR')) return undefined;
      throw error;
    }
  }

  #identity(path: string): string {
    const { device, ino } = this.#process.files.lstat(path);
    return `${device}:${ino}`;
  }

  /** Whether what is at the target may be replaced; makes room for it. */
  *#judge(source: string, stat: Stat, target: string, existing: Stat, isOperand: boolean): Task<'go' | 'skip' | 'stop'> {
    const { replace, backup, as } = this.#options;
    const actual = existing.type === 'symlink' ? this.#followed(target) : existing;
    if (stat.type === 'directory') {
      if (actual?.type === 'directory' && !(existing.type === 'symlink' && !isOperand)) return 'go';
      yield* this.#fail(`cannot overwrite non-directory ${quoteName(target)} with directory ${quoteName(source)}`);
      return 'stop';
    }
    if (replace === 'no') return 'skip';
    if (replace === 'update' && existing.mtimeMs >= stat.mtimeMs) return 'skip';
    const isSame = stat.device === (actual ?? existing).device && stat.ino === (actual ?? existing).ino;
    if (isSame && !(stat.type === 'symlink' && existing.type !== 'symlink') && !(backup && as === 'content')) {
      // A hard link that already is one is no mistake.
      if (as === 'link' || (this.#options.preserve.links && existing.type !== 'symlink' && stat.nlink > 1 && source !== target)) return 'skip';
      if (!(this.#options.removeFirst && existing.type === 'symlink')) {
        yield* this.#fail(`${quoteName(source)} and ${quoteName(target)} are the same file`);
        return 'stop';
      }
    }
    if (existing.type === 'directory') {
      yield* this.#fail(`cannot overwrite directory ${quoteName(target)} with non-directory${isOperand ? '' : ` ${quoteName(source)}`}`);
      return 'stop';
    }
    if (this.#made.has(`${existing.device}:${existing.ino}`)) {
      yield* this.#fail(`will not overwrite just-created ${quoteName(target)} with ${quoteName(source)}`);
      return 'stop';
    }
    if (replace === 'ask' && !(yield* confirm(this.#process, prompt(this.#process, `overwrite ${quoteName(target)}? `)))) return 'skip';
    if (backup) backup(this.#process, target);
    else if (this.#options.removeFirst || (as === 'content' && stat.type !== 'file' && this.#options.recursive) || (this.#options.force && as !== 'content')) this.#process.files.unlink(target);
    else if (stat.type === 'symlink' && this.#options.follow !== 'always') this.#process.files.unlink(target);
    return 'go';
  }

  #followed(path: string): Stat | undefined {
    try {
      return this.#process.files.stat(path);
    } catch (error) {
      if (error instanceof Errno) return undefined;
      throw error;
    }
  }

  /** The second name of a file copied before becomes a link to its copy. */
  *#linkToCopy(source: string, stat: Stat, target: string): Task<boolean> {
    if (!this.#options.preserve.links || stat.nlink < 2 || this.#options.as !== 'content') return false;
    const key = `${stat.device}:${stat.ino}`;
    const first = this.#linked.get(key);
    if (first === undefined) {
      this.#linked.set(key, target);
      return false;
    }
    if (this.#look(target)) this.#process.files.unlink(target);
    this.#process.files.link(first, target);
    yield* this.#tell(source, target);
    return true;
  }

  *#copyFolder(source: string, stat: Stat, target: string, device: number): Task<boolean> {
    const { files } = this.#process;
    const place = files.exists(target) ? undefined : files.locate(parentOf(target));
    for (let at = place; at; at = at.parent) {
      const here = at.inode.stat();
      if (here.ino === stat.ino && here.device === stat.device) {
        return yield* this.#fail(`cannot copy a directory, ${quoteName(source)}, into itself, ${quoteName(target)}`);
      }
    }
    const isNew = place !== undefined;
    if (isNew) {
      try {
        // Writable for us until its content is there.
        files.mkdir(target, (stat.mode & 0o777) | 0o700);
      } catch (error) {
        return yield* this.#fail(`cannot create directory ${quoteName(target)}: ${reason(error)}`);
      }
      yield* this.#tell(source, target);
    }
    const complete = yield* this.#copyEntries(source, stat, target, device);
    if (this.#options.preserve.mode || this.#options.preserve.ownership || this.#options.preserve.timestamps) yield* this.#keepAttributes(stat, target);
    else if (isNew && this.#options.ignoreMode !== true) files.chmod(target, (stat.mode & 0o777 & ~this.#process.umask) | (files.stat(target).mode & 0o7000));
    return complete;
  }

  *#copyEntries(source: string, stat: Stat, target: string, device: number): Task<boolean> {
    if (this.#options.oneFileSystem && stat.device !== device) return true;
    let complete = true;
    let entries: ReturnType<Process['files']['readdir']>;
    try {
      entries = this.#process.files.readdir(source);
    } catch (error) {
      return yield* this.#fail(`cannot access ${quoteName(source)}: ${reason(error)}`);
    }
    for (const { name } of entries) {
      const from = joinPath(source, name);
      try {
        const inner = this.#options.follow === 'always' ? this.#process.files.stat(from) : this.#process.files.lstat(from);
        complete = (yield* this.#copy(from, inner, joinPath(target, name), device, false)) && complete;
      } catch (error) {
        complete = yield* this.#fail(`cannot stat ${quoteName(from)}: ${reason(error)}`);
      }
    }
    return complete;
  }

  *#make(source: string, stat: Stat, target: string): Task {
    const { files } = this.#process;
    const { as, recursive } = this.#options;
    if (as === 'symlink') return files.symlink(source, target);
    if (as === 'link') {
      // With -L (or an operand's link followed) the name linked is the file's own.
      files.link(stat.type === 'symlink' ? source : files.realpath(source), target);
      return;
    }
    if (stat.type === 'symlink') return files.symlink(files.readlink(source), target);
    if (stat.type !== 'file' && recursive && stat.type !== 'directory') {
      return files.mknod(target, stat.type, stat.mode & 0o777, stat.rdevMajor, stat.rdevMinor);
    }
    yield* this.#copyContent(source, stat, target);
  }

  *#copyContent(source: string, stat: Stat, target: string): Task {
    const from = this.#openSource(source);
    try {
      const to = this.#openTarget(target, this.#options.ignoreMode === true ? 0o666 : stat.mode & 0o777);
      try {
        if (this.#options.as === 'content') yield* copyBytes(this.#process, from, to);
      } catch (error) {
        throw new CopyFailure(`error writing ${quoteName(target)}: ${reason(error)}`);
      } finally {
        this.#process.close(to);
      }
    } finally {
      this.#process.close(from);
    }
  }

  #openSource(source: string): number {
    try {
      return this.#process.open(source, O_RDONLY);
    } catch (error) {
      throw new CopyFailure(`cannot open ${quoteName(source)} for reading: ${reason(error)}`);
    }
  }

  #openTarget(target: string, mode: number): number {
    const existing = this.#look(target);
    if (!existing) return this.#process.open(target, O_WRONLY | O_CREAT | O_EXCL, mode);
    if (existing.type === 'symlink' && !this.#process.files.exists(target)) throw new CopyFailure(`not writing through dangling symlink ${quoteName(target)}`);
    try {
      return this.#process.open(target, O_WRONLY | O_TRUNC);
    } catch (error) {
      if (!this.#options.force || !(error instanceof Errno)) throw error;
      this.#process.files.unlink(target);
      return this.#process.open(target, O_WRONLY | O_CREAT | O_EXCL, mode);
    }
  }

  *#keepAttributes(stat: Stat, target: string): Task {
    const { mode, ownership, timestamps } = this.#options.preserve;
    const { files, credentials } = this.#process;
    const isLink = stat.type === 'symlink';
    try {
      if (timestamps) files.utimes(target, stat.atimeMs, stat.mtimeMs, false);
      if (ownership) {
        try {
          files.chown(target, stat.uid, stat.gid, false);
        } catch (error) {
          // Only root can give files away; others keep what they can, as cp -p does without a word.
          if (!isErrno(error, 'EPERM') || credentials.uid === 0) throw error;
        }
      }
      if (mode && !isLink) files.chmod(target, stat.mode);
    } catch (error) {
      yield* this.#fail(`preserving permissions for ${quoteName(target)}: ${reason(error)}`);
    }
  }

  *#tell(source: string, target: string): Task {
    if (!this.#options.verbose) return;
    this.#output.print(`${quoteName(source)} -> ${quoteName(target)}\n`);
    if (this.#output.isFull) yield* this.#output.flush();
  }
}

/** A failure whose message is complete already. */
class CopyFailure extends Error {}

function parentOf(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  const at = trimmed.lastIndexOf('/');
  return at < 0 ? '.' : at === 0 ? '/' : trimmed.slice(0, at);
}

function words(stat: Stat): string {
  const names: Partial<Record<Stat['type'], string>> = { symlink: 'symbolic link', fifo: 'fifo', character: 'special file', block: 'special file', socket: 'special file' };
  return names[stat.type] ?? 'regular file';
}

// Copying files and trees: the work of cp, of install, and of mv between file systems.
import { Errno, isErrno } from '../../kernel/errno.js';
import type { Stat } from '../../kernel/inode.js';
import { O_CREAT, O_EXCL, O_RDONLY, O_TRUNC, O_WRONLY } from '../../kernel/open-file.js';
import type { Process } from '../../kernel/process.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { isBusybox } from '../../programs/flavour.js';
import { complain, type Output, reason } from '../../programs/stdio.js';
import { confirm, overwriteQuestion, prompt } from './ask.js';
import { type Backup, backUp } from './backup.js';
import { Pace } from './pace.js';
import { baseName, joinPath } from './paths.js';
import { quoteName } from './quote.js';
import { isBackupOf, isSame, sameFile } from './same-file.js';

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
  /** It does the work of mv between file systems. */
  moves?: boolean;
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
  /** Where each operand went. */
  readonly #operands = new Map<string, string>();
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
    const [id, isFolder] = [`${stat.device}:${stat.ino}`, stat.type === 'directory'];
    const before = this.#operands.get(id);
    this.#operands.set(id, target);
    const isTwice = before !== undefined && (isFolder ? before === target : this.#options.backup === undefined && baseName(before) === baseName(target));
    if (isTwice && this.#options.moves !== true && (!isFolder || this.#options.recursive)) {
      yield* complain(this.#process, `warning: source ${isFolder ? 'directory' : 'file'} ${quoteName(source)} specified more than once`);
      return true;
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
    const verdict = existing ? yield* this.#judge(source, stat, target, existing, isOperand) : 'go';
    if (verdict === 'skip' || verdict === 'stop') return verdict === 'skip';
    if (stat.type === 'directory') return yield* this.#copyFolder(source, stat, target, device);
    try {
      const saved = existing && verdict === 'go' ? yield* this.#makeRoom(stat, target, existing) : undefined;
      if (yield* this.#linkToCopy(source, stat, target)) return true;
      if (verdict === 'older') return true;
      yield* this.#make(source, stat, target);
      this.#made.add(key(target, this.#process.files.lstat(target)));
      yield* this.#tell(source, target, saved);
    } catch (error) {
      return yield* this.#fail(error instanceof CopyFailure ? error.message : `cannot create ${words(stat)} ${quoteName(target)}: ${reason(error)}`);
    }
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

  /** Whether what is at the target may be replaced. */
  *#judge(source: string, stat: Stat, target: string, link: Stat, isOperand: boolean): Task<'go' | 'skip' | 'older' | 'stop'> {
    const { replace, backup, as, removeFirst, follow, moves = false } = this.#options;
    const [isFolder, follows] = [stat.type === 'directory', follow === 'always' || (follow === 'operands' && isOperand)];
    const writesThrough = stat.type === 'file' && as === 'content' && !backup && !removeFirst && !moves;
    if (link.type === 'symlink' && writesThrough && this.#made.has(key(target, link))) {
      yield* this.#fail(`will not copy ${quoteName(source)} through just-created symlink ${quoteName(target)}`);
      return 'stop';
    }
    const existing = link.type === 'symlink' && (writesThrough || (isFolder && isOperand)) ? this.#followed(target) : link;
    if (existing === undefined && !isFolder) return 'go';
    const verdict = isFolder && existing?.type === 'directory' && link.type === 'directory' && !isSame(stat, link) ? 'go'
      : sameFile(this.#process.files, { source, target, moves, links: as === 'link', symlinks: as === 'symlink', follows, removesFirst: removeFirst, backsUp: backup !== undefined });
    if (verdict === 'same') {
      yield* this.#fail(`${quoteName(source)} and ${quoteName(target)} are the same file`);
      return 'stop';
    }
    if (isFolder) {
      if (existing?.type === 'directory') return 'go';
      yield* this.#fail(`cannot overwrite non-directory ${quoteName(target)} with directory ${quoteName(source)}`);
      return 'stop';
    }
    if (replace === 'no') return 'skip';
    if (replace === 'update' && existing!.mtimeMs >= stat.mtimeMs) return 'older';
    if (replace === 'ask' && !(yield* confirm(this.#process, prompt(this.#process, overwriteQuestion(this.#process, target, existing!, removeFirst || this.#options.force))))) return 'skip';
    if (verdict === 'done') return 'skip';
    if (existing!.type === 'directory') {
      yield* this.#fail(`cannot overwrite directory ${quoteName(target)} with non-directory${isOperand ? '' : ` ${quoteName(source)}`}`);
      return 'stop';
    }
    if (backup?.isNumbered !== true && this.#made.has(key(target, existing!))) {
      yield* this.#fail(`will not overwrite just-created ${quoteName(target)} with ${quoteName(source)}`);
      return 'stop';
    }
    if (backup && !backup.isNumbered && isBackupOf(this.#process.files, source, target, backup.suffix)) {
      yield* this.#fail(`backing up ${quoteName(target)} might destroy source;  ${quoteName(source)} not ${moves ? 'moved' : 'copied'}`);
      return 'stop';
    }
    return 'go';
  }

  /** Takes away what stands at the target, where it is not to be written into; the backup's name where one is made. */
  *#makeRoom(stat: Stat, target: string, link: Stat): Task<string | undefined> {
    const { as, backup, follow, force, preserve, recursive, removeFirst } = this.#options;
    if (stat.type === 'directory') return undefined;
    if (backup) return backUp(this.#process, backup, target);
    const isReplaced = removeFirst || (as !== 'content' ? force : (preserve.links && link.nlink > 1) || (stat.type !== 'file' && (recursive || follow !== 'always')));
    if (!isReplaced) return undefined;
    try {
      this.#process.files.unlink(target);
    } catch (error) {
      throw new CopyFailure(`cannot remove ${quoteName(target)}: ${reason(error)}`);
    }
    return undefined;
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
      if (this.#options.moves === true && this.#options.verbose) this.#output.print(`created directory ${quoteName(target)}\n`);
      else yield* this.#tell(source, target);
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

  *#tell(source: string, target: string, saved?: string): Task {
    if (!this.#options.verbose) return;
    this.#output.print(`${this.#options.moves === true ? 'copied ' : ''}${quoteName(source)} -> ${quoteName(target)}${saved === undefined ? '' : ` (backup: ${quoteName(saved)})`}\n`);
    if (this.#output.isFull) yield* this.#output.flush();
  }
}

/** A failure whose message is complete already. */
class CopyFailure extends Error {}

/** A file under a name, to know it again. */
function key(path: string, { device, ino }: Stat): string {
  return `${device}:${ino}:${path}`;
}

function parentOf(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  const at = trimmed.lastIndexOf('/');
  return at < 0 ? '.' : at === 0 ? '/' : trimmed.slice(0, at);
}

function words(stat: Stat): string {
  const names: Partial<Record<Stat['type'], string>> = { symlink: 'symbolic link', fifo: 'fifo', character: 'special file', block: 'special file', socket: 'special file' };
  return names[stat.type] ?? 'regular file';
}

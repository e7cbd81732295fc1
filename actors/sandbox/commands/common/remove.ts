// Removing files and whole trees, as rm does; also what mv leaves behind on another file system.
import { isErrno } from '../../kernel/errno.js';
import type { FileType, Stat } from '../../kernel/inode.js';
import type { Process } from '../../kernel/process.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { complain, type Output, reason } from '../../programs/stdio.js';
import { confirm, isWriteProtected, prompt } from './ask.js';
import { Pace } from './pace.js';
import { baseName, joinPath } from './paths.js';
import { quoteName } from './quote.js';

export interface RemovalOptions {
  recursive: boolean;
  force: boolean;
  emptyFolders: boolean;
  verbose: boolean;
  /** Asks before each removal; 'protected' only before write-protected files, when there is somebody to ask. */
  ask: 'always' | 'protected' | 'never';
  oneFileSystem?: boolean;
  /** Takes standard input for a terminal. */
  presumesTerminal?: boolean;
}

const WORDS: Readonly<Record<FileType, string>> = {
  file: 'regular file', directory: 'directory', symlink: 'symbolic link', fifo: 'fifo', character: 'character special file',
  block: 'block special file', socket: 'socket',
};

/** `regular empty file` and the like, as stat and rm say it. */
export function typeWords({ type, sizeBytes }: Stat): string {
  return type === 'file' && sizeBytes === 0 ? 'regular empty file' : WORDS[type];
}

/** Removes one operand after another; `failed` tells whether anything went wrong. */
export class Remover {
  readonly #process: Process;
  readonly #output: Output;
  readonly #options: RemovalOptions;
  readonly #pace = new Pace();
  failed = false;

  constructor(process: Process, output: Output, options: RemovalOptions) {
    this.#process = process;
    this.#output = output;
    this.#options = options;
  }

  *operand(path: string): Task {
    const name = baseName(path);
    if (this.#options.recursive && (name === '.' || name === '..')) {
      return yield* this.#fail(`refusing to remove '.' or '..' directory: skipping ${quoteName(path)}`);
    }
    try {
      const stat = this.#process.files.lstat(path);
      yield* this.#remove(path.replace(/\/+$/, '/'), stat, stat.device);
    } catch (error) {
      if (this.#options.force && (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR'))) return;
      yield* this.#fail(`cannot remove ${quoteName(path)}: ${reason(error)}`);
    }
  }

  *#fail(message: string): Task {
    this.failed = true;
    yield* complain(this.#process, message);
  }

  /** Whether the file is gone. */
  *#remove(path: string, stat: Stat, device: number): Task<boolean> {
    if (this.#pace.due) yield PREEMPT;
    if (stat.type === 'directory') return yield* this.#removeFolder(path, stat, device);
    if (!(yield* this.#mayRemove(path, stat))) return false;
    this.#process.files.unlink(path);
    yield* this.#tell(`removed ${quoteName(path)}\n`);
    return true;
  }

  *#removeFolder(path: string, stat: Stat, device: number): Task<boolean> {
    const { recursive, emptyFolders, oneFileSystem } = this.#options;
    if (!recursive && !emptyFolders) {
      yield* this.#fail(`cannot remove ${quoteName(path)}: Is a directory`);
      return false;
    }
    if (oneFileSystem === true && stat.device !== device) {
      yield* this.#fail(`skipping ${quoteName(path)}, since it's on a different device`);
      return false;
    }
    let isEmptied = true;
    if (recursive) {
      const entries = this.#process.files.readdir(path);
      if (entries.length > 0 && this.#options.ask === 'always' && !(yield* confirm(this.#process, prompt(this.#process, `descend into directory ${quoteName(path)}? `)))) return false;
      for (const { name } of entries) isEmptied = (yield* this.#entry(joinPath(path, name), device)) && isEmptied;
    }
    if (!isEmptied || !(yield* this.#mayRemove(path, stat))) return false;
    this.#process.files.rmdir(path);
    yield* this.#tell(`removed directory ${quoteName(path)}\n`);
    return true;
  }

  /** A folder that keeps something is not itself complained about: what could not be removed has been named. */
  *#entry(path: string, device: number): Task<boolean> {
    try {
      return yield* this.#remove(path, this.#process.files.lstat(path), device);
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return true;
      yield* this.#fail(`cannot remove ${quoteName(path)}: ${reason(error)}`);
      return false;
    }
  }

  *#mayRemove(path: string, stat: Stat): Task<boolean> {
    if (this.#options.ask === 'never') return true;
    const isProtected = isWriteProtected(this.#process, path, stat);
    const isAnybodyThere = this.#options.presumesTerminal === true || this.#process.descriptors.find(0)?.isTerminal === true;
    if (this.#options.ask === 'protected' && !(isProtected && isAnybodyThere)) return true;
    return yield* confirm(this.#process, prompt(this.#process, `remove ${isProtected ? 'write-protected ' : ''}${typeWords(stat)} ${quoteName(path)}? `));
  }

  *#tell(message: string): Task {
    if (!this.#options.verbose) return;
    this.#output.print(message);
    if (this.#output.isFull) yield* this.#output.flush();
  }
}

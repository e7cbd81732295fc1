// Redirections: what they name is expanded first, then descriptors are opened and placed, in a way that can be undone.
import { noteClosed } from './coprocesses.js';
import { Errno } from '../../kernel/errno.js';
import { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY, type OpenFile } from '../../kernel/open-file.js';
import type { Process } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';
import { lookUpText } from '../expand/lookup.js';
import { ExpansionError } from '../flow.js';
import type { Redirection, ResolvedRedirect, Undo } from '../parts.js';
import type { Shell } from '../shell.js';
import type { Redirect, RedirectOperator } from '../syntax/ast.js';
import { READONLY } from '../variables/variable.js';
import { parseReference } from '../variables/variables.js';
import { textFile } from './text-file.js';

/** A redirection that cannot be: the message follows the shell's prefix. */
export class RedirectError extends Error {}

const FLAGS: Partial<Record<RedirectOperator, number>> = {
  '<': O_RDONLY, '>': O_WRONLY | O_CREAT | O_TRUNC, '>|': O_WRONLY | O_CREAT | O_TRUNC, '>>': O_WRONLY | O_CREAT | O_APPEND,
  '<>': O_RDWR | O_CREAT, '&>': O_WRONLY | O_CREAT | O_TRUNC, '&>>': O_WRONLY | O_CREAT | O_APPEND,
};

/** Descriptors that `{name}>` picks begin here. */
const PICKED_MIN = 10;

export class Redirector implements Redirection {
  readonly #shell: Shell;

  constructor(shell: Shell) {
    this.#shell = shell;
  }

  apply(redirects: readonly Redirect[]): Undo | undefined {
    if (redirects.length === 0) return NOTHING;
    return this.#placed(() => redirects.map((redirect) => this.resolve(redirect)));
  }

  *applyTask(redirects: readonly Redirect[]): Task<Undo | undefined> {
    const undos: Undo[] = [];
    const undoAll = together(undos);
    for (const redirect of redirects) {
      const resolved = needsTask(redirect) ? yield* this.#resolveTask(redirect) : this.#guarded(() => this.resolve(redirect));
      const undo = resolved && this.#placed(() => [resolved]);
      if (!undo) {
        undoAll();
        return undefined;
      }
      undos.push(undo);
    }
    return undoAll;
  }

  #guarded<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#report(error);
      return undefined;
    }
  }

  #report(error: unknown): void {
    if (!(error instanceof RedirectError)) throw error;
    this.#shell.complain(error.message);
  }

  /** Places one after another, expanding each only when those before it are in place. */
  #placed(list: () => readonly ResolvedRedirect[]): Undo | undefined {
    const undos: Undo[] = [];
    const undoAll = together(undos);
    try {
      for (const resolved of list()) place(this.#shell, this.#shell.process, resolved, undos);
      return undoAll;
    } catch (error) {
      undoAll();
      this.#report(error);
      return undefined;
    }
  }

  /** dash takes the word as it is, and so does bash's posix mode. */
  get #isWhole(): boolean {
    const { isBash, options, isInteractive } = this.#shell;
    return !isBash || (options.posix && !isInteractive);
  }

  /** In dash and ash a descriptor that is none is an error of the expansion; dash knows those of one digit. */
  #checked(operator: RedirectOperator, text: string): string {
    const { isBash, dialect } = this.#shell;
    if (isBash || (operator !== '<&' && operator !== '>&') || (dialect === 'dash' ? /^[-\d]$/ : /^(?:-|\d+)$/).test(text)) return text;
    throw new ExpansionError('Syntax error: Bad fd number', { status: 2 });
  }

  /** Expands what a redirection names. */
  resolve(redirect: Redirect): ResolvedRedirect {
    const { operator, fd, variable, document, target } = redirect;
    const { expansion } = this.#shell;
    if (document) return { operator, fd, variable, text: expansion.document(document) };
    if (operator === '<<<') return { operator, fd, variable, text: `${expansion.assigned(target)}\n` };
    if (this.#isWhole) return { operator, fd, variable, text: this.#checked(operator, expansion.text(target)) };
    if (target.literal !== undefined) return { operator, fd, variable, text: target.literal };
    return { operator, fd, variable, text: oneField(expansion.fields([target]), target.source), source: target.source };
  }

  *#resolveTask(redirect: Redirect): Task<ResolvedRedirect | undefined> {
    const { operator, fd, variable, document, target } = redirect;
    const { expansion } = this.#shell;
    try {
      if (document) return { operator, fd, variable, text: yield* expansion.documentTask(document) };
      if (operator === '<<<') return { operator, fd, variable, text: `${yield* expansion.assignedTask(target)}\n` };
      if (this.#isWhole) return { operator, fd, variable, text: this.#checked(operator, yield* expansion.textTask(target)) };
      const text = oneField(yield* expansion.fieldsTask([target]), target.source);
      return { operator, fd, variable, text, source: target.source };
    } catch (error) {
      this.#report(error);
      return undefined;
    }
  }
}

const NOTHING: Undo = Object.assign(() => undefined, { keep: () => undefined });
function needsTask({ target, document }: Redirect): boolean {
  return target.blocking || document?.blocking === true;
}

/** bash wants exactly one field. */
function oneField(fields: readonly string[], source: string): string {
  if (fields.length !== 1) throw new RedirectError(`${source}: ambiguous redirect`);
  return fields[0]!;
}

type Undos = Undo[] | undefined;

function together(undos: Undo[]): Undo {
  const undoAll = (): void => {
    for (const undo of undos.splice(0).reverse()) undo();
  };
  return Object.assign(undoAll, {
    keep: () => {
      for (const undo of undos.splice(0)) undo.keep();
    },
  });
}

/**
 * Opens and places one redirection in `process`; pushes what undoes it. Without `undos` it is for good: nothing of what was there
 * before is held (a process that becomes a program must not keep a pipe's end open). Throws RedirectError.
 */
export function place(shell: Shell, process: Process, redirect: ResolvedRedirect, undos?: Undos): void {
  const { operator, text } = redirect;
  if (operator === '<&' || operator === '>&') {
    if (duplicates(shell, process, redirect, undos)) return;
  }
  const file = operator === '<<' || operator === '<<-' || operator === '<<<' ? textFile(process, text) : openTarget(shell, process, redirect);
  const both = operator === '&>' || operator === '&>>' || operator === '>&';
  const fd = redirect.variable === undefined ? redirect.fd ?? (operator.startsWith('<') ? 0 : 1) : pick(shell, process, redirect.variable, undos);
  put(process, fd, file, undos);
  if (both && (redirect.fd ?? 1) === 1) put(process, 2, file, undos);
}

function openTarget(shell: Shell, process: Process, { operator, text }: ResolvedRedirect): OpenFile {
  const flags = FLAGS[operator] ?? O_WRONLY | O_CREAT | O_TRUNC;
  if (shell.options.restricted && operator !== '<') throw new RedirectError(`${text}: restricted: cannot redirect output`);
  try {
    if (!process.descriptors.hasRoom) throw new Errno('EMFILE');
    if (shell.options.noclobber && (operator === '>' || operator === '&>')) return openWithoutClobber(process, text, flags, shell.isBash);
    return process.files.openFile(text, flags);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new RedirectError(shell.isBash ? `${text}: ${error.message}` : dashMessage(text, flags, error));
  }
}

/** dash: `cannot open x: No such file`, `cannot create /x: Directory nonexistent`, also where a folder is none. */
function dashMessage(text: string, flags: number, error: Errno): string {
  const creates = (flags & O_CREAT) !== 0;
  const missing = creates ? 'Directory nonexistent' : 'No such file';
  return `cannot ${creates ? 'create' : 'open'} ${text}: ${error.code === 'ENOENT' || error.code === 'ENOTDIR' ? missing : error.message}`;
}

/** set -C: an existing regular file is refused, devices and fifos are not. */
function openWithoutClobber(process: Process, path: string, flags: number, isBash: boolean): OpenFile {
  let type: string | undefined;
  try {
    type = process.files.stat(path).type;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
  if (type === 'file') throw new RedirectError(isBash ? `${path}: cannot overwrite existing file` : `cannot create ${path}: File exists`);
  return process.files.openFile(path, type === undefined ? (flags & ~O_TRUNC) | O_EXCL : flags);
}

/** `n>&m`, `n>&-`, `n>&m-`; false when the word is a file name after all (`>&file`). */
function duplicates(shell: Shell, process: Process, redirect: ResolvedRedirect, undos: Undos): boolean {
  const { operator, text, variable } = redirect;
  const isOutput = operator === '>&';
  const fd = redirect.fd ?? (isOutput ? 1 : 0);
  if (text === '-') {
    const named = variable === undefined ? undefined : lookUpText(shell, variable).text;
    if (variable !== undefined && !/^\d+$/.test(named ?? '')) throw new RedirectError(`${variable}: ambiguous redirect`);
    const target = variable === undefined ? fd : Number(named);
    if (variable === undefined) save(process, target, undos);
    if (process.descriptors.find(target)) {
      process.close(target);
      if (process === shell.process) noteClosed(shell, target);
    }
    return true;
  }
  const match = /^(\d+)(-?)$/.exec(text);
  if (!match) {
    if (isOutput && fd === 1 && variable === undefined && shell.isBash) return false;
    throw new RedirectError(`${text}: ambiguous redirect`);
  }
  const source = Number(match[1]);
  if (source === fd && !shell.isBash) return true;
  const file = process.descriptors.find(source);
  if (!file) throw new RedirectError(shell.isBash ? `${redirect.source === undefined ? text : fd === (isOutput ? 1 : 0) ? redirect.source : fd}: Bad file descriptor` : `${source}: Bad file descriptor`);
  const target = variable === undefined ? fd : pick(shell, process, variable, undos);
  if (target !== source) put(process, target, file, undos);
  if (match[2] === '-' && target !== source) {
    save(process, source, undos);
    process.close(source);
    if (process === shell.process) noteClosed(shell, source);
  }
  return true;
}

/** The descriptor for `{name}>…`: a free one, which the variable then names. It stays open. */
function pick(shell: Shell, process: Process, variable: string, undos: Undos): number {
  let fd = PICKED_MIN;
  while (process.descriptors.find(fd)) fd++;
  const reference = parseReference(variable);
  if (shell.variables.find(reference?.name ?? variable)?.has(READONLY) === true) {
    shell.complain(`${reference?.name ?? variable}: readonly variable`);
    throw new RedirectError(`${variable}: cannot assign fd to variable`);
  }
  if (reference?.subscript !== undefined) shell.variables.setElement(reference.name, reference.subscript, String(fd));
  else shell.variables.set(variable, String(fd));
  // Marks the place as not to be undone.
  undos?.push(Object.assign(() => undefined, { keep: () => undefined, keeps: fd }));
  return fd;
}

function put(process: Process, fd: number, file: OpenFile, undos: Undos): void {
  if (!undos?.some((undo) => (undo as Undo & { keeps?: number }).keeps === fd)) save(process, fd, undos);
  file.retain();
  try {
    process.descriptors.put(fd, file);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new RedirectError(`${fd}: ${error.message}`);
  } finally {
    file.release();
  }
}

/** Remembers what a descriptor was, so that it can be put back. */
function save(process: Process, fd: number, undos: Undos): void {
  if (!undos) return;
  const { descriptors } = process;
  const old = descriptors.find(fd)?.retain();
  const closes = old !== undefined && descriptors.isCloseOnExec(fd);
  const undo = (): void => {
    if (process.isUnwinding) {
      old?.release();
    } else if (old) {
      descriptors.put(fd, old, closes);
      old.release();
    } else if (descriptors.find(fd)) {
      descriptors.close(fd);
    }
  };
  undos.push(Object.assign(undo, { keep: () => void old?.release() }));
}


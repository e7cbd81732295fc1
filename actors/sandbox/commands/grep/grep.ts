// grep, egrep, fgrep: prints the lines that match.
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import type { Task } from '../../kernel/wait.js';
import { isBusybox } from '../../programs/flavour.js';
import { command, complain, type Output } from '../../programs/stdio.js';
import { globRegex } from '../text-glob.js';
import { openInput, readsOwnOutput } from '../text-input.js';
import { buildMatcher, type Matcher, selectsNothing } from './matcher.js';
import { type GrepSettings, parseGrep } from './options.js';
import { FileSearch, inColor } from './search.js';

/** A name that was given, whole and from each of its parts on: a filter may match any of them. */
function suffixesOf(path: string): string[] {
  const parts = path.replace(/\/+$/, '').split('/');
  return parts.map((_part, at) => parts.slice(at).join('/'));
}

class Grep {
  readonly #process: Process;
  readonly #output: Output;
  readonly #settings: GrepSettings;
  readonly #matcher: Matcher;
  readonly #filters: readonly { readonly glob: RegExp; readonly includes: boolean }[];
  readonly #excludeFolders: readonly RegExp[];
  readonly #showsNames: boolean;
  readonly #context = { hasPrinted: false };
  found = false;
  failed = false;

  constructor(process: Process, output: Output, settings: GrepSettings) {
    this.#process = process;
    this.#output = output;
    this.#settings = settings;
    this.#matcher = buildMatcher(settings);
    this.#filters = settings.filters.map(({ glob, includes }) => ({ glob: globRegex(glob), includes }));
    this.#excludeFolders = settings.excludeFolders.map((glob) => globRegex(glob.replace(/\/+$/, '')));
    const { files, recursive } = settings;
    const many = files.length > 1 || (recursive !== 'no' && (files.length === 0 || files.some((file) => this.#isFolder(file))));
    this.#showsNames = settings.names ?? many;
  }

  #isFolder(path: string): boolean {
    return path !== '-' && this.#process.files.exists(path) && this.#process.files.stat(path).type === 'directory';
  }

  /** Whether nothing that follows can change the outcome (`-q` after a match). */
  get isDecided(): boolean {
    return this.found && this.#settings.output === 'nothing';
  }

  *visit(path: string): Task {
    if (path !== '-' && this.#isFolder(path)) {
      if (suffixesOf(path).some((name) => this.#excludeFolders.some((glob) => glob.test(name)))) return;
      if (this.#settings.recursive !== 'no') return yield* this.#folder(path, path);
      if (!this.#settings.skipsDirectories) yield* this.#fail(path, new Errno('EISDIR'));
      return;
    }
    if (path !== '-' && this.#isLeftOut(suffixesOf(path))) return;
    if (path !== '-' && this.#settings.devices === 'skip' && this.#isSpecial(path)) return;
    yield* this.file(path, path === '-' ? this.#settings.label : path);
  }

  #isSpecial(path: string): boolean {
    return this.#process.files.exists(path) && !['file', 'directory'].includes(this.#process.files.stat(path).type);
  }

  /** By the last filter that matches one of a file's names; by the first filter's kind where none does. */
  #isLeftOut(names: readonly string[]): boolean {
    const last = this.#filters.findLast(({ glob }) => names.some((name) => glob.test(name)));
    return last === undefined ? this.#filters[0]?.includes === true : !last.includes;
  }

  /** `shown` is what names begin with: empty where grep -r was given no operand. */
  *#folder(path: string, shown: string, above: readonly string[] = []): Task {
    try {
      const { device, ino } = this.#process.files.stat(path);
      const id = `${device}:${ino}`;
      if (above.includes(id)) {
        if (!this.#settings.silent) yield* complain(this.#process, `${shown}: warning: recursive directory loop`);
        return;
      }
      for (const { name, type } of this.#process.files.readdir(path)) {
        if (this.isDecided) return;
        const full = `${path.replace(/\/$/, '')}/${name}`;
        const label = shown === '' ? name : `${shown.replace(/\/$/, '')}/${name}`;
        let kind = type;
        if (type === 'symlink') {
          if (this.#settings.recursive !== 'following') continue;
          if (!this.#process.files.exists(full)) {
            yield* this.#fail(label, new Errno('ENOENT'));
            continue;
          }
          kind = this.#process.files.stat(full).type;
        }
        if (kind === 'directory') {
          if (!this.#excludeFolders.some((glob) => glob.test(name))) yield* this.#folder(full, label, [...above, id]);
        } else if ((kind === 'file' || this.#settings.devices === 'read') && !this.#isLeftOut([name])) {
          yield* this.file(full, label);
        }
      }
    } catch (error) {
      yield* this.#fail(shown, error);
    }
  }

  /** Searches the working folder, names shown without `./`. */
  *here(): Task {
    yield* this.#folder('.', '');
  }

  *#fail(name: string, error: unknown): Task {
    if (!(error instanceof Errno) || error.code === 'EPIPE' || this.#output.hasFailed) throw error;
    if (this.#settings.silent) this.failed = true;
    else yield* this.#refuse(name, error.message);
  }

  *#refuse(name: string, why: string): Task {
    this.failed = true;
    yield* this.#output.flush();
    yield* complain(this.#process, `${name}: ${why}`);
  }

  *file(path: string, name: string): Task {
    let fd: number | undefined;
    try {
      fd = openInput(this.#process, path);
      const { output, countMax } = this.#settings;
      if (countMax > 1 && (output === 'lines' || output === 'parts') && readsOwnOutput(this.#process, fd)) {
        yield* this.#refuse(name, 'input file is also the output');
        if (fd > 0) this.#process.close(fd);
        return;
      }
      const search = new FileSearch(this.#settings, this.#matcher, this.#output, name, this.#showsNames, this.#context);
      const found = yield* search.run(this.#process, fd, name);
      // To busybox a file without a match is what -L was to find.
      const wanted = this.#settings.output === 'without-match' && isBusybox(this.#process) ? !found : found;
      if (wanted) this.found = true;
      this.#report(search, name, found);
      if (this.#output.isFull) yield* this.#output.flush();
    } catch (error) {
      yield* this.#fail(name, error);
    }
    if (fd !== undefined && fd > 0) this.#process.close(fd);
  }

  #report(search: FileSearch, name: string, found: boolean): void {
    const { output, nameEnd } = this.#settings;
    const shown = inColor(this.#settings, name, 'name');
    if (output === 'count') this.#output.print(`${this.#showsNames ? shown + (nameEnd ?? inColor(this.#settings, ':', 'separator')) : ''}${search.selected}\n`);
    if ((output === 'with-match' && found) || (output === 'without-match' && !found)) this.#output.print(shown + (nameEnd ?? '\n'));
  }
}

export const grep: Main = command(function* (process, output) {
  const settings = yield* parseGrep(process);
  if (selectsNothing(settings)) return 1;
  const search = new Grep(process, output, settings);
  if (settings.files.length === 0) yield* settings.recursive === 'no' ? search.visit('-') : search.here();
  for (const file of settings.files) {
    if (search.isDecided) break;
    yield* search.visit(file);
  }
  if (search.isDecided) return 0;
  return search.failed ? 2 : search.found ? 0 : 1;
});

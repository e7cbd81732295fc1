// ls, dir and vdir: list files (https://www.gnu.org/software/coreutils/ls).
import type { Main } from '../../kernel/program.js';
import type { Process } from '../../kernel/process.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { command, complain, type Output, reason } from '../../programs/stdio.js';
import { Accounts } from '../common/accounts.js';
import { zoneOf } from '../common/dates/zone.js';
import { compileGlob } from '../common/glob.js';
import { Pace } from '../common/pace.js';
import { joinPath } from '../common/paths.js';
import { quoteName } from '../common/quote.js';
import { type Entry, Palette, readEntry, shownName, sortEntries } from './entry.js';
import { layOut, type Surroundings } from './layout.js';
import { listOptions, type ListOptions } from './options.js';

class Listing {
  readonly #process: Process;
  readonly #output: Output;
  readonly #options: ListOptions;
  readonly #surroundings: Surroundings;
  readonly #ignored: readonly ((name: string) => boolean)[];
  readonly #pace = new Pace();
  status = 0;
  #isFirst = true;

  constructor(process: Process, output: Output, options: ListOptions) {
    this.#process = process;
    this.#output = output;
    this.#options = options;
    this.#ignored = options.ignored.map((pattern) => compileGlob(pattern));
    this.#surroundings = {
      options, accounts: new Accounts(process.files), palette: new Palette(process.env.get('LS_COLORS')), zone: zoneOf(process), nowMs: Date.now(),
    };
  }

  *operands(paths: readonly string[]): Task {
    const { foldersThemselves, follow, format, indicate } = this.#options;
    const entries: Entry[] = [];
    for (const path of paths) {
      try {
        // Without -l, -F or -d a symlink to a folder given as operand is listed as the folder.
        const followsFolder = follow === 'no' && format !== 'long' && indicate !== 'classify' && !foldersThemselves;
        const entry = readEntry(this.#process, path, path, follow !== 'no', true);
        const isLinkToFolder = followsFolder && entry.target !== undefined && entry.followed?.type === 'directory';
        entries.push(isLinkToFolder ? { ...entry, stat: entry.followed!, target: undefined } : entry);
      } catch (error) {
        yield* this.#fail(2, `cannot access ${quoteName(path)}: ${reason(error)}`);
      }
    }
    sortEntries(entries, this.#options);
    const isListed = ({ stat }: Entry): boolean => stat.type === 'directory' && !foldersThemselves;
    const plain = entries.filter((entry) => !isListed(entry));
    if (plain.length > 0) {
      yield* this.#print(layOut(plain, this.#surroundings));
      this.#isFirst = false;
    }
    const folders = entries.filter(isListed);
    const hasTitles = folders.length + plain.length > 1 || paths.length > 1 || this.#options.recursive;
    for (const folder of folders) yield* this.#folder(folder.path, hasTitles, 2, new Set());
  }

  *#fail(status: number, message: string): Task {
    this.status = Math.max(this.status, status);
    yield* this.#output.flush();
    yield* complain(this.#process, message);
  }

  *#print(text: string): Task {
    this.#output.print(text);
    if (this.#output.isFull) yield* this.#output.flush();
  }

  *#folder(path: string, hasTitle: boolean, failure: number, above: Set<string>): Task {
    let found: Entry[];
    try {
      found = yield* this.#entries(path);
    } catch (error) {
      return yield* this.#fail(failure, `cannot open directory ${quoteName(path)}: ${reason(error)}`);
    }
    const { format, blocks, recursive, blockSize } = this.#options;
    let text = hasTitle ? `${this.#isFirst ? '' : '\n'}${shownName(path, this.#options)}:\n` : '';
    this.#isFirst = false;
    const entries = sortEntries(found, this.#options);
    if (format === 'long' || blocks) text += `total ${blockSize.show(entries.reduce((sum, { stat }) => sum + stat.blocks512 * 512, 0))}\n`;
    yield* this.#print(text + layOut(entries, this.#surroundings));
    if (!recursive) return;
    const { device, ino } = this.#process.files.stat(path);
    const within = new Set(above).add(`${device}:${ino}`);
    for (const entry of entries) {
      if (entry.stat.type !== 'directory' || entry.name === '.' || entry.name === '..') continue;
      if (within.has(`${entry.stat.device}:${entry.stat.ino}`)) yield* this.#fail(2, `${entry.path}: not listing already-listed directory`);
      else yield* this.#folder(entry.path, true, 1, within);
    }
  }

  /** The folder is held open while it is read, as its own descriptor shows in /proc/self/fd. */
  *#entries(path: string): Task<Entry[]> {
    const fd = this.#process.open(path, 0);
    try {
      return yield* this.#entriesOf(path);
    } finally {
      this.#process.close(fd);
    }
  }

  *#entriesOf(path: string): Task<Entry[]> {
    const names = this.#process.files.readdir(path).map(({ name }) => name);
    const { hidden, follow, format, color } = this.#options;
    if (hidden === 'all') names.unshift('.', '..');
    const entries: Entry[] = [];
    for (const name of names) {
      if (hidden === 'no' && name.startsWith('.')) continue;
      if (this.#ignored.some((matches) => matches(name))) continue;
      if (this.#pace.due) yield PREEMPT;
      const inner = joinPath(path, name);
      try {
        entries.push(readEntry(this.#process, inner, name, follow === 'all', format === 'long' || color || this.#options.foldersFirst));
      } catch (error) {
        yield* this.#fail(1, `cannot access ${quoteName(inner)}: ${reason(error)}`);
      }
    }
    return entries;
  }
}

function lister(defaults: readonly string[]): Main {
  return command(function* (process, output) {
    if (defaults.length > 0) process.argv = [process.argv[0]!, ...defaults, ...process.argv.slice(1)];
    const { options, operands } = listOptions(process);
    const listing = new Listing(process, output, options);
    yield* listing.operands(operands.length === 0 ? ['.'] : operands);
    return listing.status;
  });
}

export const ls: Main = lister([]);
export const dir: Main = lister(['-C', '-b']);
export const vdir: Main = lister(['-l', '-b']);

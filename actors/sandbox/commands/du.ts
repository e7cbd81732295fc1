// du: the room that files take (https://www.gnu.org/software/coreutils/du).
import { Errno } from '../kernel/errno.js';
import type { FileSystem, Stat } from '../kernel/inode.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import { PREEMPT, type Task } from '../kernel/wait.js';
import { command, complain, decode, type Options, type Output, parseOptions, reason, UsageError, usageError } from '../programs/stdio.js';
import { compileGlob } from './common/glob.js';
import { Pace } from './common/pace.js';
import { namesFrom } from './common/names-from.js';
import { joinPath } from './common/paths.js';
import { quoteName } from './common/quote.js';
import { type BlockSize, blocksOf, HUMAN, HUMAN_SI, parseBlockSize, parseSize } from './common/sizes.js';

const LONG = {
  all: 'no', 'apparent-size': 'no', 'block-size': 'required', bytes: 'no', 'count-links': 'no', dereference: 'no', 'dereference-args': 'no', exclude: 'required', 'exclude-from': 'required', 'files0-from': 'required',
  'human-readable': 'no', inodes: 'no', 'max-depth': 'required', 'no-dereference': 'no', null: 'no', 'one-file-system': 'no', 'separate-dirs': 'no', si: 'no', summarize: 'no', threshold: 'required', total: 'no',
} as const;
const BLOCK_512 = 512;

interface Run {
  all: boolean;
  apparent: boolean;
  inodes: boolean;
  countsLinks: boolean;
  separate: boolean;
  follows: 'all' | 'operands' | 'none';
  depthMax: number;
  /** Smaller entries are not shown; larger ones where it is negative. */
  threshold: number;
  oneFileSystem: boolean;
  end: string;
  size: BlockSize;
  excludes: readonly ((text: string) => boolean)[];
}

class Usage {
  readonly #process: Process;
  readonly #output: Output;
  readonly #run: Run;
  /** Files counted already: those with several names, and all where operands may overlap. */
  readonly #seen = new Set<string>();
  readonly #remembersAll: boolean;
  readonly #pace = new Pace();
  failed = false;

  constructor(process: Process, output: Output, run: Run, operands: number) {
    this.#process = process;
    this.#output = output;
    this.#run = run;
    this.#remembersAll = operands > 1 || run.follows === 'all';
  }

  *#fail(message: string): Task {
    this.failed = true;
    yield* this.#output.flush();
    yield* complain(this.#process, message);
  }

  *show(amount: number, path: string): Task {
    const { inodes, size, end } = this.#run;
    this.#output.print(`${inodes ? amount : size.show(amount)}\t${path}${end}`);
    if (this.#output.isFull) yield* this.#output.flush();
  }

  #isExcluded(path: string): boolean {
    return this.#run.excludes.some((matches) => {
      for (let rest = path; ; ) {
        if (matches(rest)) return true;
        const at = rest.indexOf('/');
        if (at < 0) return false;
        rest = rest.slice(at + 1);
      }
    });
  }

  /** The amount of a file with all below it; `within` is the file system of the operand. */
  *measure(path: string, depth = 0, within?: FileSystem): Task<number> {
    if (this.#pace.due) yield PREEMPT;
    const { run, files } = { run: this.#run, files: this.#process.files };
    if (this.#isExcluded(path)) return 0;
    let stat: Stat;
    let fileSystem: FileSystem;
    try {
      const { inode } = files.locate(path, run.follows === 'all' || (run.follows === 'operands' && depth === 0));
      stat = inode.stat();
      fileSystem = inode.fileSystem;
    } catch (error) {
      yield* this.#fail(`cannot access ${quoteName(path)}: ${reason(error)}`);
      return 0;
    }
    if (run.oneFileSystem && within !== undefined && fileSystem !== within) return 0;
    if (!run.countsLinks && (this.#remembersAll || (stat.type !== 'directory' && stat.nlink > 1))) {
      const key = `${stat.device}:${stat.ino}`;
      if (this.#seen.has(key)) return 0;
      this.#seen.add(key);
    }
    const own = run.inodes ? 1 : run.apparent ? stat.sizeBytes : stat.blocks512 * BLOCK_512;
    if (stat.type !== 'directory') {
      if ((run.all && depth <= run.depthMax) || depth === 0) yield* this.#entry(own, path);
      return own;
    }
    const { sum, apart } = yield* this.#folder(path, depth, within ?? fileSystem);
    if (depth <= run.depthMax) yield* this.#entry(own + (run.separate ? sum - apart : sum), path);
    return own + sum;
  }

  /** What is in a folder, and how much of that lies in folders of its own. */
  *#folder(path: string, depth: number, within: FileSystem): Task<{ sum: number; apart: number }> {
    let [sum, apart] = [0, 0];
    let entries: ReturnType<Process['files']['readdir']> = [];
    try {
      entries = this.#process.files.readdir(path);
    } catch (error) {
      yield* this.#fail(`cannot read directory ${quoteName(path)}: ${reason(error)}`);
    }
    for (const { name, type } of entries) {
      const amount = yield* this.measure(joinPath(path, name), depth + 1, within);
      sum += amount;
      if (type === 'directory') apart += amount;
    }
    return { sum, apart };
  }

  *#entry(amount: number, path: string): Task {
    const { threshold } = this.#run;
    if (threshold < 0 ? amount <= -threshold : amount >= threshold) yield* this.show(amount, path);
  }
}

function sizeOf(process: Process, options: Options): BlockSize {
  const last = [...options.given.keys()].findLast((name) => ['h', 'human-readable', 'si', 'k', 'm', 'b', 'bytes', 'B', 'block-size'].includes(name));
  if (last === 'h' || last === 'human-readable') return HUMAN;
  if (last === 'si') return HUMAN_SI;
  if (last === 'k' || last === 'm') return blocksOf(last === 'k' ? 1024 : 1024 ** 2);
  if (last === 'b' || last === 'bytes') return blocksOf(1);
  const given = options.value('B', 'block-size');
  const size = given === undefined ? undefined : parseBlockSize(given);
  if (given !== undefined && size === undefined) throw new UsageError(`invalid ${options.has('B') ? '-B' : '--block-size'} argument ${quoteName(given)}`);
  const wanted = ['DU_BLOCK_SIZE', 'BLOCK_SIZE', 'BLOCKSIZE'].map((name) => process.env.get(name)).find((text) => text !== undefined);
  return size ?? (wanted === undefined ? undefined : parseBlockSize(wanted)) ?? blocksOf(process.env.has('POSIXLY_CORRECT') ? BLOCK_512 : 1024);
}

function excludesOf(process: Process, options: Options): Run['excludes'] {
  const patterns = [...(options.given.get('exclude') ?? [])];
  for (const path of [...(options.given.get('X') ?? []), ...(options.given.get('exclude-from') ?? [])]) {
    try {
      patterns.push(...decode(process.files.readFile(path)).split('\n').filter((line) => line !== ''));
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw usageError(process.argv, `${path}: ${error.message}`);
    }
  }
  return patterns.map((pattern) => compileGlob(pattern));
}

export const du: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, '0aB:bcd:DhHklLmPsSt:xX:', LONG);
  const depthText = options.value('d', 'max-depth');
  if (depthText !== undefined && !/^\d+$/.test(depthText)) throw usageError(process.argv, `invalid maximum depth ${quoteName(depthText)}`);
  const [all, summarizes] = [options.has('a', 'all'), options.has('s', 'summarize')];
  if (all && summarizes) throw usageError(process.argv, 'cannot both summarize and show all entries');
  if (summarizes && depthText !== undefined && Number(depthText) !== 0) throw usageError(process.argv, `warning: summarizing conflicts with --max-depth=${depthText}`);
  const thresholdText = options.value('t', 'threshold');
  const threshold = thresholdText === undefined ? 0 : parseSize(thresholdText.replace(/^-/, ''));
  if (threshold === undefined || thresholdText === '-0') throw new UsageError(`invalid --threshold argument ${quoteName(thresholdText!)}`);
  const bytes = options.has('b', 'bytes');
  const list = options.value('files0-from');
  const listed = list === undefined ? undefined : yield* namesFrom(process, list, options);
  for (const complaint of listed?.complaints ?? []) yield* complain(process, complaint);
  const operands = listed?.names ?? (options.operands.length === 0 ? ['.'] : options.operands);
  const usage = new Usage(process, output, {
    all, apparent: bytes || options.has('apparent-size'), inodes: options.has('inodes'), countsLinks: options.has('l', 'count-links'), separate: options.has('S', 'separate-dirs'),
    follows: options.has('L', 'dereference') ? 'all' : options.has('D', 'dereference-args', 'H') ? 'operands' : 'none',
    depthMax: summarizes ? 0 : depthText === undefined ? Infinity : Number(depthText), threshold: thresholdText?.startsWith('-') === true ? -threshold : threshold,
    oneFileSystem: options.has('x', 'one-file-system'), end: options.has('0', 'null') ? '\0' : '\n', size: sizeOf(process, options), excludes: excludesOf(process, options),
  }, operands.length);
  let total = 0;
  for (const path of operands) total += yield* usage.measure(path);
  if (options.has('c', 'total')) yield* usage.show(total, 'total');
  return usage.failed || listed?.complaints.length ? 1 : 0;
});

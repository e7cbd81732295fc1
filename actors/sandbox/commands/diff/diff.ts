// diff: compares files and directories line by line.
import { Errno } from '../../kernel/errno.js';
import type { FileType } from '../../kernel/inode.js';
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import { decode, encode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import { command, complain, type Options, type Output, parseOptions, readAll, UsageError } from '../../programs/stdio.js';
import { isBusybox } from '../../programs/flavour.js';
import { compileRegex } from '../../regex/posix-regex.js';
import { formatTime } from '../awk/time.js';
import { globRegex } from '../text-glob.js';
import { openInput, splitLines } from '../text-input.js';
import { type Change, compareLines } from './compare.js';
import { mergedDiff, mergeFormats, rcsDiff } from './line-formats.js';
import { contextDiff, type DiffFile, edDiff, normalDiff, sideBySide, unifiedDiff } from './formats.js';

const SHORT = 'abBc::C:dD:eEfF:hiI:lL:nNpqrsS:tTu::U:vwW:x:X:yZ';
const LONG = {
  text: 'no', 'ignore-space-change': 'no', 'ignore-blank-lines': 'no', context: 'optional', minimal: 'no', ed: 'no', 'ignore-tab-expansion': 'no', 'show-function-line': 'required',
  'ignore-case': 'no', 'ignore-matching-lines': 'required', label: 'required', 'new-file': 'no', 'unidirectional-new-file': 'no', 'show-c-function': 'no', brief: 'no', recursive: 'no',
  'report-identical-files': 'no', 'starting-file': 'required', 'expand-tabs': 'no', unified: 'optional', 'ignore-all-space': 'no', width: 'required', exclude: 'required', 'exclude-from': 'required',
  'side-by-side': 'no', 'suppress-common-lines': 'no', 'strip-trailing-cr': 'no', 'ignore-trailing-space': 'no', color: 'optional', normal: 'no', 'no-dereference': 'no', 'speed-large-files': 'no',
  'left-column': 'no', 'horizon-lines': 'required', rcs: 'no', ifdef: 'required', 'from-file': 'required', 'to-file': 'required', 'line-format': 'required', 'old-line-format': 'required', 'new-line-format': 'required',
  'unchanged-line-format': 'required', 'old-group-format': 'required', 'new-group-format': 'required', 'unchanged-group-format': 'required', 'changed-group-format': 'required',
} as const;

const TYPE_WORDS: Readonly<Record<FileType, string>> = {
  file: 'regular file', directory: 'directory', symlink: 'symbolic link', fifo: 'fifo', socket: 'socket', character: 'character special file', block: 'block special file',
};

interface Loaded extends DiffFile {
  bytes: Uint8Array;
}

/** What follows its complaints about the command line, with its name in front again. */
const TRY = "\ndiff: Try 'diff --help' for more information.";

class Diff {
  readonly #process: Process;
  readonly #output: Output;
  readonly #options: Options;
  readonly #argv: readonly string[];
  readonly #busybox: boolean;
  readonly #context: number;
  /** 0 same, 1 different, 2 trouble. */
  exitCode = 0;

  constructor(process: Process, output: Output, options: Options) {
    this.#process = process;
    this.#output = output;
    this.#options = options;
    this.#busybox = isBusybox(process);
    this.#argv = process.argv.slice(1).filter((word) => word.startsWith('-') && word !== '-');
    const given = options.value('U', 'C') ?? (options.value('u') || options.value('c') || options.value('unified') || options.value('context') || '3');
    if (!/^\d+$/.test(given)) throw new UsageError(`invalid context length '${given}'`, 2);
    this.#context = Number(given);
  }

  #note(exitCode: number): void {
    this.exitCode = Math.max(this.exitCode, exitCode);
  }

  *compare(first: string, second: string, inTree: boolean): Task {
    try {
      const [a, b] = [this.#type(first), this.#type(second)];
      if (a === 'directory' && b === 'directory') return yield* this.#directories(first, second);
      if (a === 'directory' || b === 'directory') {
        if (inTree) return this.#printTypes(first, a, second, b);
        // A file against a folder means the file of that name in it.
        const [file, folder] = a === 'directory' ? [second, first] : [first, second];
        const inside = `${folder.replace(/\/$/, '')}/${file.split('/').at(-1)!}`;
        return yield* a === 'directory' ? this.compare(inside, second, inTree) : this.compare(first, inside, inTree);
      }
      if (inTree && (a !== 'file' || b !== 'file')) return this.#printTypes(first, a, second, b);
      // Standard input is there once, and the same on both sides.
      if (first !== '-' || second !== '-') yield* this.#files(first, second, inTree);
    } catch (error) {
      if (!(error instanceof Errno) || error.code === 'EPIPE') throw error;
      this.#note(2);
      const missing = this.#process.files.exists(first) || first === '-' ? second : first;
      yield* this.#output.flush();
      yield* complain(this.#process, `${missing}: ${error.message}`);
    }
  }

  /** Two of a tree that are not both files or both folders. */
  #printTypes(first: string, a: FileType, second: string, b: FileType): void {
    const special = this.#busybox ? [[first, a] as const, [second, b] as const].find(([, type]) => type !== 'file' && type !== 'directory') : undefined;
    if (special && a !== 'directory' && b !== 'directory') return this.#output.print(`File ${special[0]} is not a regular file or directory and was skipped\n`);
    this.#note(1);
    if (special) return this.#output.print(`Only in ${special[0].replace(/\/[^/]*$/, '')}: ${special[0].split('/').at(-1)!}\n`);
    this.#output.print(`File ${first} is a ${TYPE_WORDS[a]} while file ${second} is a ${TYPE_WORDS[b]}\n`);
  }

  #type(path: string): FileType {
    if (path === '-') return 'file';
    if (this.#mayBeAbsent && !this.#process.files.exists(path)) return 'file';
    return this.#process.files.stat(path).type;
  }

  get #mayBeAbsent(): boolean {
    return this.#options.has('N', 'new-file', 'unidirectional-new-file');
  }

  *#load(path: string, label: string | undefined): Task<Loaded> {
    let bytes: Uint8Array = new Uint8Array(0);
    let timeMs = 0;
    if (path === '-' || !this.#mayBeAbsent || this.#process.files.exists(path)) {
      const fd = openInput(this.#process, path);
      const stat = this.#process.descriptors.get(fd).stat();
      timeMs = path === '-' && stat.type !== 'file' ? Date.now() : stat.mtimeMs;
      bytes = yield* readAll(this.#process, fd);
      if (fd > 0) this.#process.close(fd);
    }
    const { lines, terminated } = splitLines(decode(bytes));
    const seconds = Math.floor(timeMs / 1000);
    const fraction = String(Math.round((timeMs - seconds * 1000) * 1e6)).padStart(9, '0');
    const zone = this.#process.env.get('TZ');
    const header = label ?? `${path}\t${formatTime(`%Y-%m-%d %H:%M:%S.${fraction} %z`, seconds, false, zone)}`;
    return { bytes, lines, terminated, header };
  }

  *#files(first: string, second: string, inTree: boolean): Task {
    const options = this.#options;
    const labels = [...(options.given.get('L') ?? []), ...(options.given.get('label') ?? [])];
    const [a, b] = [yield* this.#load(first, labels[0]), yield* this.#load(second, labels[1])];
    const same = Buffer.compare(a.bytes, b.bytes) === 0;
    const changes = same ? [] : this.#changes(a, b);
    const binary = !same && !options.has('a', 'text') && (isBinary(a.bytes) || isBinary(b.bytes));
    if (!binary && changes.length === 0) {
      if (options.has('s', 'report-identical-files')) this.#output.print(`Files ${first} and ${second} are identical\n`);
      if (!options.has('y', 'side-by-side') && mergeFormats(options) === undefined) return;
    } else {
      this.#note(1);
    }
    if (options.has('q', 'brief')) return changes.length > 0 || binary ? this.#output.print(`Files ${first} and ${second} differ\n`) : undefined;
    if (binary) return this.#output.print(`Binary files ${labels[0] ?? first} and ${labels[1] ?? second} differ\n`);
    if (inTree && !this.#busybox) this.#output.print(`${['diff', ...this.#argv.map(quoteWord), quoteWord(first), quoteWord(second)].join(' ')}\n`);
    this.#output.print(encode(this.#show(a, b, changes)));
    yield* this.#output.flush();
  }

  #show(a: DiffFile, b: DiffFile, changes: readonly Change[]): string {
    const options = this.#options;
    const custom = options.value('F', 'show-function-line');
    const regex = custom === undefined ? undefined : new RegExp(compileRegex(custom, { extended: false }).javascript, 'u');
    const pattern = regex ?? (options.has('p', 'show-c-function') ? /^[A-Za-z$_]/ : undefined);
    const formats = mergeFormats(options);
    if (formats !== undefined) return mergedDiff(a, b, changes, formats);
    if (options.has('u', 'U', 'unified')) return unifiedDiff(a, b, changes, this.#context, pattern);
    if (options.has('c', 'C', 'context', 'p', 'show-c-function', 'F', 'show-function-line')) return contextDiff(a, b, changes, this.#context, pattern);
    if (options.has('n', 'rcs')) return rcsDiff(b, changes);
    if (options.has('e', 'ed')) return edDiff(b, changes);
    if (options.has('y', 'side-by-side')) return sideBySide(a, b, changes, Number(options.value('W', 'width') ?? 130), options.has('suppress-common-lines'));
    return normalDiff(a, b, changes);
  }

  #changes(a: DiffFile, b: DiffFile): Change[] {
    const key = this.#key();
    const blanksCount = !this.#options.has('w', 'b', 'Z', 'ignore-all-space', 'ignore-space-change', 'ignore-trailing-space');
    const keys = (file: DiffFile): string[] => file.lines.map((line, i) => key(line) + (blanksCount && i === file.lines.length - 1 && !file.terminated ? '\n' : ''));
    const changes = compareLines(keys(a), keys(b));
    const blank = this.#options.has('B', 'ignore-blank-lines');
    const ignored = this.#options.value('I', 'ignore-matching-lines');
    if (!blank && ignored === undefined) return changes;
    const regex = ignored === undefined ? undefined : compileRegex(ignored, { extended: false });
    const trivial = (line: string): boolean => (blank && line === '') || regex?.test(line) === true;
    return changes.filter(({ oldStart, oldCount, newStart, newCount }) =>
      !a.lines.slice(oldStart, oldStart + oldCount).every(trivial) || !b.lines.slice(newStart, newStart + newCount).every(trivial));
  }

  /** What of a line counts. */
  #key(): (line: string) => string {
    const options = this.#options;
    const steps: ((line: string) => string)[] = [];
    if (options.has('strip-trailing-cr')) steps.push((line) => line.replace(/\r$/, ''));
    if (options.has('w', 'ignore-all-space')) steps.push((line) => line.replace(/[ \t\v\f\r]+/g, ''));
    else if (options.has('b', 'ignore-space-change')) steps.push((line) => line.replace(/[ \t\v\f\r]+/g, ' ').replace(/ $/, ''));
    else if (options.has('Z', 'ignore-trailing-space')) steps.push((line) => line.replace(/[ \t\v\f\r]+$/, ''));
    if (options.has('i', 'ignore-case')) steps.push((line) => line.toLowerCase());
    return (line) => steps.reduce((text, step) => step(text), line);
  }

  *#directories(first: string, second: string): Task {
    const options = this.#options;
    const excluded = [...(options.given.get('x') ?? []), ...(options.given.get('exclude') ?? [])].map(globRegex);
    const names = (path: string): string[] => (this.#process.files.exists(path) ? this.#process.files.readdir(path).map(({ name }) => name) : []);
    const [a, b] = [new Set(names(first)), new Set(names(second))];
    const all = [...new Set([...a, ...b])].filter((name) => !excluded.some((glob) => glob.test(name))).sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
    for (const name of all) {
      const [x, y] = [`${first.replace(/\/$/, '')}/${name}`, `${second.replace(/\/$/, '')}/${name}`];
      if (a.has(name) && b.has(name)) {
        const folders = this.#type(x) === 'directory' && this.#type(y) === 'directory';
        if (folders && !options.has('r', 'recursive')) this.#output.print(`Common subdirectories: ${x} and ${y}\n`);
        else yield* this.compare(x, y, true);
        continue;
      }
      const present = a.has(name) ? x : y;
      const type = this.#type(present);
      const folder = type === 'directory';
      if (this.#mayBeAbsent && (folder ? options.has('r', 'recursive') : type === 'file' || this.#busybox)) {
        yield* folder ? this.#directories(x, y) : this.compare(x, y, true);
        continue;
      }
      this.#note(1);
      this.#output.print(`Only in ${a.has(name) ? first : second}: ${name}\n`);
    }
  }
}

function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 32768).includes(0);
}

function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

export const diff: Main = command(function* (process, output) {
  // Old scripts write the number of context lines as an option of its own: `-3`.
  const argv = process.argv.map((word, i) => (i > 0 && /^-\d+$/.test(word) ? `-U${word.slice(1)}` : word.replace(/^-u(\d+)/, '-U$1')));
  const options = parseOptions(argv.flatMap((word) => (/^-[a-zA-Z]*[uc][a-zA-Z]+$/.test(word) && !word.startsWith('--') ? separated(word) : [word])), SHORT, LONG, { exitCode: 2 });
  const run = new Diff(process, output, options);
  const [from, to] = [options.value('from-file'), options.value('to-file')];
  if (from !== undefined || to !== undefined) {
    for (const operand of options.operands) yield* from === undefined ? run.compare(operand, to!, false) : run.compare(from, operand, false);
    return run.exitCode;
  }
  const [first, second, extra] = options.operands;
  if (first === undefined || second === undefined) throw new UsageError(`missing operand after '${first ?? 'diff'}'${TRY}`, 2);
  if (extra !== undefined) throw new UsageError(`extra operand '${extra}'${TRY}`, 2);
  yield* run.compare(first, second, false);
  return run.exitCode;
});

/** `-urN`: letters behind u and c are options, not their value. */
function separated(word: string): string[] {
  const at = word.search(/[UCLxXIFWSD]/);
  const flags = at < 0 ? word.slice(1) : word.slice(1, at);
  return [...[...flags].map((letter) => `-${letter}`), ...(at < 0 ? [] : [`-${word.slice(at)}`])];
}

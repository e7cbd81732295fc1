// patch: applies what diff wrote.
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import { decode, encode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import { isBusybox } from '../../programs/flavour.js';
import { command, type Options, type Output, parseOptions, readAll, UsageError } from '../../programs/stdio.js';
import { openInput } from '../text-input.js';
import { backupNumbers } from '../common/backup.js';
import { applyLikeBusybox } from './busybox.js';
import { Application, type HunkResult, reversed } from './apply.js';
import { type FilePatch, hasEffect, type Hunk, parseMailedPatch, parsePatch, PatchSyntaxError } from './parse.js';
import { rejectText } from './rejects.js';

const LONG = {
  strip: 'required', reverse: 'no', forward: 'no', input: 'required', directory: 'required', 'dry-run': 'no', output: 'required', backup: 'no', suffix: 'required', fuzz: 'required',
  silent: 'no', quiet: 'no', force: 'no', batch: 'no', 'remove-empty-files': 'no', 'ignore-whitespace': 'no', unified: 'no', context: 'no', normal: 'no', 'reject-file': 'required',
  binary: 'no', verbose: 'no', 'no-backup-if-mismatch': 'no', posix: 'no', merge: 'optional', prefix: 'required', 'version-control': 'required', 'reject-format': 'required', 'follow-symlinks': 'no',
} as const;

/** Takes the first `strip` folders off a name; all of them where nothing is said. */
function stripped(name: string | undefined, strip: number | undefined): string | undefined {
  if (name === undefined || name === '/dev/null') return undefined;
  if (strip === undefined) return name.split('/').at(-1);
  const parts = name.split(/\/+/);
  return strip >= parts.length ? undefined : parts.slice(strip).join('/');
}

/** Where the old state of a file is kept. */
class BackupNames {
  readonly #process: Process;
  readonly #prefix: string;
  readonly #suffix: string;
  readonly #control: string;

  constructor(process: Process, options: Options) {
    this.#process = process;
    const { env } = process;
    const prefix = options.value('B', 'prefix');
    this.#prefix = prefix ?? '';
    this.#suffix = options.value('z', 'suffix') ?? (prefix === undefined ? env.get('SIMPLE_BACKUP_SUFFIX') ?? '.orig' : '');
    const simple = prefix !== undefined || options.has('z', 'suffix');
    this.#control = simple ? 'simple' : options.value('V', 'version-control') ?? env.get('PATCH_VERSION_CONTROL') ?? env.get('VERSION_CONTROL') ?? 'existing';
  }

  nameFor(target: string): string {
    const numbered = backupNumbers(this.#process, target);
    if (/^(?:t|numbered)$/.test(this.#control) || (/^(?:nil|existing)$/.test(this.#control) && numbered.length > 0)) return `${target}.~${Math.max(0, ...numbered) + 1}~`;
    return this.#prefix + target + this.#suffix;
  }
}

class Patcher {
  readonly #process: Process;
  readonly #output: Output;
  readonly #options: Options;
  readonly #strip: number | undefined;
  readonly #dryRun: boolean;
  readonly #backups: BackupNames;
  /** What this run has saved already: a file's backup is of before it, and its rejects go on. */
  readonly #backedUp = new Set<string>();
  readonly #rejected = new Set<string>();
  failed = false;

  constructor(process: Process, output: Output, options: Options) {
    this.#process = process;
    this.#output = output;
    this.#options = options;
    const strip = options.value('p', 'strip');
    if (strip !== undefined && !/^\d+$/.test(strip)) throw fatal(process, `strip count ${strip} is not a number`);
    this.#strip = strip === undefined ? undefined : Number(strip);
    this.#dryRun = options.has('dry-run');
    this.#backups = new BackupNames(process, options);
  }

  get #isSilent(): boolean {
    return this.#options.has('s', 'silent', 'quiet');
  }

  #say(text: string): void {
    if (!this.#isSilent) this.#warn(text);
  }

  /** What is said even with -s. */
  #warn(text: string): void {
    this.#output.print(`${text}\n`);
  }

  /** The file a patch is for; undefined when none of its names leads to one. */
  #target(patch: FilePatch, reverse: boolean): string | undefined {
    const names = [stripped(patch.oldName, this.#strip), stripped(patch.newName, this.#strip), stripped(patch.indexName, this.#strip)];
    const existing = names.find((name) => name !== undefined && this.#process.files.exists(name));
    if (existing !== undefined) return existing;
    const creates = (reverse ? patch.newName : patch.oldName) === '/dev/null' || patch.hunks.every((hunk) => (reverse ? hunk.newStart : hunk.oldStart) === 0);
    return creates ? (reverse ? names[0] : names[1]) ?? names[0] ?? names[1] : undefined;
  }

  *apply(patch: FilePatch, operand: string | undefined): Task {
    let reverse = this.#options.has('R', 'reverse');
    const target = operand ?? this.#target(patch, reverse);
    if (target === undefined) return this.#skipNameless(patch);
    // Names from a patch must not lead out of the folder it is applied in.
    if (operand === undefined && (target.startsWith('/') || target.split('/').includes('..'))) {
      this.#say(`Ignoring potentially dangerous file name ${target}`);
      this.failed = true;
      return;
    }
    if (patch.isBinary) {
      this.#warn(`File ${target}: git binary diffs are not supported.`);
      this.failed = true;
      return;
    }
    const exists = this.#process.files.exists(target);
    if (exists && !this.#isPatchable(target)) {
      this.#warn(`File ${target} is not a regular file -- refusing to patch`);
      return this.#reject(target, patch, patch.hunks, patch.hunks.length, 'ignored');
    }
    const text = exists ? decode(this.#process.files.readFile(target)) : '';
    const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
    const elsewhere = this.#options.value('o', 'output');
    this.#say(`${this.#dryRun ? 'checking' : 'patching'} file ${elsewhere === undefined ? this.#moved(patch, reverse) ?? target : `${elsewhere} (read from ${target})`}${patch.renames || patch.copies ? ` (${patch.renames ? 'renamed' : 'copied'} from ${stripped(patch.oldName, this.#strip) ?? ''})` : ''}`);
    let hunks = reverse ? patch.hunks.map(reversed) : patch.hunks;
    if (hunks.length > 0 && this.#isApplied(lines, hunks, reverse)) {
      if (!this.#options.has('t', 'batch')) return this.#reject(target, patch, hunks, hunks.length, 'ignored');
      reverse = !reverse;
      hunks = hunks.map(reversed);
    }
    const application = new Application(lines, Number(this.#options.value('F', 'fuzz') ?? 2), this.#options.has('l', 'ignore-whitespace'));
    const results = hunks.map((hunk) => application.apply(hunk));
    results.forEach((result, i) => this.#report(result, i + 1));
    const failures = results.filter(({ applied }) => !applied);
    if (!this.#dryRun) this.#write(target, patch, application.lines.join(''), text, { exists, reverse, inexact: results.some(({ offset, fuzz, applied }) => offset !== 0 || fuzz > 0 || !applied) });
    if (failures.length > 0) this.#reject(target, patch, failures.map(({ hunk }) => hunk), hunks.length, 'FAILED');
    if (this.#output.isFull) yield* this.#output.flush();
  }

  /** Where a patch that renames or copies puts its file. */
  #moved(patch: FilePatch, reverse: boolean): string | undefined {
    return (patch.renames || patch.copies) && !reverse ? stripped(patch.newName, this.#strip) : undefined;
  }

  #isPatchable(target: string): boolean {
    const { files } = this.#process;
    return (this.#options.has('follow-symlinks') ? files.stat(target) : files.lstat(target)).type === 'file';
  }

  #skipNameless(patch: FilePatch): void {
    const advice = this.#strip === undefined ? 'should have used the' : 'used the wrong';
    this.#say(`can't find file to patch at input line ${patch.line + 2}\nPerhaps you ${advice} -p or --strip option?`);
    const marks = patch.format === 'context' ? ['*** ', '--- '] : ['--- ', '+++ '];
    const lines = [...patch.preamble, ...(patch.headers ?? []).map((text, i) => marks[i]! + text)];
    const rule = '-'.repeat(26);
    this.#warn(`The text leading up to this was:\n${rule}\n${lines.map((line) => `|${line}\n`).join('')}${rule}`);
    this.#warn(`${this.#options.has('f', 'force', 't', 'batch') ? 'No file to patch.  ' : 'File to patch: \nSkip this patch? [y] \n'}Skipping patch.`);
    this.#warn(`${tally(patch.hunks.length, patch.hunks.length)} ignored`);
    this.failed = true;
  }

  /** Whether the first hunk does not apply but its reverse does. */
  #isApplied(lines: readonly string[], hunks: readonly Hunk[], reverse: boolean): boolean {
    if (this.#options.has('f', 'force')) return false;
    const fuzz = 2;
    if (new Application(lines, fuzz, false).apply(hunks[0]!).applied) return false;
    if (!new Application(lines, 0, false).apply(reversed(hunks[0]!)).applied) return false;
    const found = reverse ? 'Unreversed patch detected!' : 'Reversed (or previously applied) patch detected!';
    const [assumes, asks] = reverse ? ['Ignoring -R.', 'Ignore -R?'] : ['Assuming -R.', 'Assume -R?'];
    this.#warn(`${found}  ${this.#options.has('N', 'forward') ? 'Skipping patch.' : this.#options.has('t', 'batch') ? assumes : `${asks} [n] \nApply anyway? [n] \nSkipping patch.`}`);
    return true;
  }

  #report({ applied, at, offset, fuzz }: HunkResult, number: number): void {
    if (!applied) return this.#say(`Hunk #${number} FAILED at ${at}.`);
    if (offset === 0 && fuzz === 0) return;
    const notes = [fuzz > 0 ? ` with fuzz ${fuzz}` : '', offset === 0 ? '' : ` (offset ${offset} ${Math.abs(offset) === 1 ? 'line' : 'lines'})`];
    this.#say(`Hunk #${number} succeeded at ${at}${notes.join('')}.`);
  }

  #write(target: string, patch: FilePatch, text: string, before: string, how: { exists: boolean; reverse: boolean; inexact: boolean }): void {
    const { files } = this.#process;
    const backs = this.#options.has('b', 'backup') || (how.inexact && !this.#options.has('no-backup-if-mismatch', 'posix'));
    const output = this.#options.value('o', 'output');
    if (output !== undefined) return files.writeFile(output, encode(text));
    if (backs && how.exists && !this.#backedUp.has(target)) {
      this.#backedUp.add(target);
      const backup = this.#backups.nameFor(target);
      this.#makeFolder(backup);
      files.writeFile(backup, encode(before), { mode: files.stat(target).mode & 0o777 });
    }
    const gone = (how.reverse ? patch.oldName : patch.newName) === '/dev/null' || patch.deletes;
    if (text === '' && (gone || this.#options.has('E', 'remove-empty-files'))) return how.exists ? this.#remove(target) : undefined;
    const moved = this.#moved(patch, how.reverse);
    const place = moved ?? target;
    this.#makeFolder(place);
    // A file that stays as it is stays the same file, for its other names as well.
    if (text !== before || !how.exists || place !== target) files.writeFile(place, encode(text));
    if (patch.renames && moved !== undefined && moved !== target) files.unlink(target);
    if (patch.newMode !== undefined) files.chmod(place, patch.newMode);
  }

  #makeFolder(place: string): void {
    const { files } = this.#process;
    const parts = place.split('/').slice(0, -1);
    for (let at = 1; at <= parts.length; at++) {
      const path = parts.slice(0, at).join('/');
      if (path !== '' && !files.exists(path)) files.mkdir(path);
    }
  }

  /** A file, and the folders that held nothing else. */
  #remove(target: string): void {
    const { files } = this.#process;
    files.unlink(target);
    for (let folder = target; folder.includes('/'); ) {
      folder = folder.slice(0, folder.lastIndexOf('/'));
      if (folder === '' || files.readdir(folder).length > 0) return;
      files.rmdir(folder);
    }
  }

  /** The names as -p leaves them, with what stands behind them. */
  #strippedHeaders(headers: readonly [string, string], target: string): [string, string] {
    const one = (text: string): string => {
      const name = text.split('\t')[0]!;
      return (name === '/dev/null' ? name : stripped(name, this.#strip) ?? target) + text.slice(name.length);
    };
    return [one(headers[0]), one(headers[1])];
  }

  #reject(target: string, patch: FilePatch, hunks: readonly Hunk[], total: number, word: 'FAILED' | 'ignored'): void {
    this.failed = true;
    const file = this.#options.value('r', 'reject-file') ?? `${target}.rej`;
    this.#warn(`${tally(hunks.length, total)} ${word}${this.#dryRun || file === '-' ? '' : ` -- saving rejects to file ${file}`}`);
    if (this.#dryRun || file === '-') return;
    const wanted = this.#options.value('reject-format');
    const format = wanted === 'context' || (wanted === undefined && patch.format === 'context') ? 'context' : 'unified';
    const text = encode(rejectText({ ...patch, headers: patch.headers && this.#strippedHeaders(patch.headers, target) }, target, hunks, format));
    const { files } = this.#process;
    files.writeFile(file, this.#rejected.has(file) ? Buffer.concat([files.readFile(file), text]) : text);
    this.#rejected.add(file);
  }
}

/** It names itself as it was called. */
function fatal({ argv, command: name }: Process, message: string): UsageError {
  return new UsageError(`${argv[0] ?? name}: **** ${message}`, 2, 'usage');
}

function tally(count: number, total: number): string {
  return `${count} out of ${total} ${total === 1 ? 'hunk' : 'hunks'}`;
}

export const patch: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'p:RNi:d:o:bz:F:sftElucnr:V:B:', LONG, { exitCode: 2 });
  const [operand, patchOperand, extra] = options.operands;
  if (extra !== undefined) throw new UsageError(`extra operand '${extra}'`, 2);
  if (options.has('merge')) throw new UsageError('--merge is not supported: conflicts are told in reject files', 2);
  const patcher = new Patcher(process, output, options);
  const directory = options.value('d', 'directory');
  const source = options.value('i', 'input') ?? patchOperand ?? '-';
  try {
    const text = (): Task<Uint8Array> => readAll(process, openInput(process, source));
    // GNU patch changes folder first, so -i is looked for there.
    if (directory !== undefined) process.files.chdir(directory);
    const given = yield* text();
    if (given.length === 0 && !isBusybox(process)) return 0;
    if (isBusybox(process)) return yield* applyLikeBusybox(process, output, options, parsePatch(decode(given)), operand);
    const { patches, strippedReturns } = options.has('binary') ? { patches: parsePatch(decode(given)), strippedReturns: false } : parseMailedPatch(decode(given));
    if (patches.every((one) => one.hunks.length === 0 && !hasEffect(one))) throw fatal(process, 'Only garbage was found in the patch input.');
    if (strippedReturns && !options.has('s', 'silent', 'quiet')) output.print('(Stripping trailing CRs from patch; use --binary to disable.)\n');
    for (const one of patches) yield* patcher.apply(one, operand);
    return patcher.failed ? 1 : 0;
  } catch (error) {
    if (error instanceof PatchSyntaxError) throw fatal(process, error.message);
    if (error instanceof Errno && error.code !== 'EPIPE') throw fatal(process, `Can't open patch file ${source} : ${error.message}`);
    throw error;
  }
});

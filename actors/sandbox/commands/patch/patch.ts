// patch: applies what diff wrote.
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import { decode, encode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import { isBusybox } from '../../programs/flavour.js';
import { command, type Options, type Output, parseOptions, readAll, UsageError } from '../../programs/stdio.js';
import { openInput } from '../text-input.js';
import { applyLikeBusybox } from './busybox.js';
import { Application, type HunkResult, reversed } from './apply.js';
import { type FilePatch, type Hunk, parsePatch, PatchSyntaxError } from './parse.js';

const LONG = {
  strip: 'required', reverse: 'no', forward: 'no', input: 'required', directory: 'required', 'dry-run': 'no', output: 'required', backup: 'no', suffix: 'required', fuzz: 'required',
  silent: 'no', quiet: 'no', force: 'no', batch: 'no', 'remove-empty-files': 'no', 'ignore-whitespace': 'no', unified: 'no', context: 'no', normal: 'no', 'reject-file': 'required',
  binary: 'no', verbose: 'no', 'no-backup-if-mismatch': 'no', posix: 'no', merge: 'optional',
} as const;

/** Takes the first `strip` folders off a name; all of them where nothing is said. */
function stripped(name: string | undefined, strip: number | undefined): string | undefined {
  if (name === undefined || name === '/dev/null') return undefined;
  if (strip === undefined) return name.split('/').at(-1);
  const parts = name.split(/\/+/);
  return strip >= parts.length ? undefined : parts.slice(strip).join('/');
}

class Patcher {
  readonly #process: Process;
  readonly #output: Output;
  readonly #options: Options;
  readonly #strip: number | undefined;
  readonly #dryRun: boolean;
  failed = false;

  constructor(process: Process, output: Output, options: Options) {
    this.#process = process;
    this.#output = output;
    this.#options = options;
    const strip = options.value('p', 'strip');
    if (strip !== undefined && !/^\d+$/.test(strip)) throw new UsageError(`**** strip count ${strip} is not a number`, 2);
    this.#strip = strip === undefined ? undefined : Number(strip);
    this.#dryRun = options.has('dry-run');
  }

  #say(text: string): void {
    if (!this.#options.has('s', 'silent', 'quiet')) this.#output.print(`${text}\n`);
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
    const reverse = this.#options.has('R', 'reverse');
    const target = operand ?? this.#target(patch, reverse);
    if (target === undefined) {
      this.#say(`can't find file to patch at input line 1\nPerhaps you used the wrong -p or --strip option?\nNo file to patch.  Skipping patch.\n${tally(patch.hunks.length, patch.hunks.length)} ignored`);
      this.failed = true;
      return;
    }
    // Names from a patch must not lead out of the folder it is applied in.
    if (operand === undefined && (target.startsWith('/') || target.split('/').includes('..'))) {
      this.#say(`Ignoring potentially dangerous file name ${target}`);
      this.failed = true;
      return;
    }
    const exists = this.#process.files.exists(target);
    const text = exists ? decode(this.#process.files.readFile(target)) : '';
    const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
    const elsewhere = this.#options.value('o', 'output');
    this.#say(`${this.#dryRun ? 'checking' : 'patching'} file ${elsewhere === undefined ? target : `${elsewhere} (read from ${target})`}${patch.renames ? ` (renamed from ${stripped(patch.oldName, this.#strip) ?? ''})` : ''}`);
    const hunks = reverse ? patch.hunks.map(reversed) : patch.hunks;
    if (hunks.length > 0 && this.#isApplied(lines, hunks)) return this.#reject(target, hunks, hunks.length, 'ignored');
    const application = new Application(lines, Number(this.#options.value('F', 'fuzz') ?? 2), this.#options.has('l', 'ignore-whitespace'));
    const results = hunks.map((hunk) => application.apply(hunk));
    results.forEach((result, i) => this.#report(result, i + 1));
    const failures = results.filter(({ applied }) => !applied);
    if (!this.#dryRun) this.#write(target, patch, application.lines.join(''), text, { exists, reverse, inexact: results.some(({ offset, fuzz, applied }) => offset !== 0 || fuzz > 0 || !applied) });
    if (failures.length > 0) this.#reject(target, failures.map(({ hunk }) => hunk), hunks.length, 'FAILED');
    if (this.#output.isFull) yield* this.#output.flush();
  }

  /** Whether the first hunk does not apply but its reverse does. */
  #isApplied(lines: readonly string[], hunks: readonly Hunk[]): boolean {
    if (this.#options.has('f', 'force')) return false;
    const fuzz = 2;
    if (new Application(lines, fuzz, false).apply(hunks[0]!).applied) return false;
    if (!new Application(lines, 0, false).apply(reversed(hunks[0]!)).applied) return false;
    const how = this.#options.has('N', 'forward') ? 'Skipping patch.' : 'Assume -R? [n] \nApply anyway? [n] \nSkipping patch.';
    this.#say(`Reversed (or previously applied) patch detected!  ${how}`);
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
    if (backs && how.exists) files.writeFile(target + (this.#options.value('z', 'suffix') ?? '.orig'), encode(before));
    const gone = (how.reverse ? patch.oldName : patch.newName) === '/dev/null' || patch.deletes;
    if (text === '' && (gone || this.#options.has('E', 'remove-empty-files'))) {
      if (how.exists) files.unlink(target);
      return;
    }
    const renamed = patch.renames && !how.reverse ? stripped(patch.newName, this.#strip) : undefined;
    const place = renamed ?? target;
    const folder = place.includes('/') ? place.slice(0, place.lastIndexOf('/')) : '';
    for (let at = 1, parts = folder.split('/'); folder !== '' && at <= parts.length; at++) {
      const path = parts.slice(0, at).join('/');
      if (path !== '' && !files.exists(path)) files.mkdir(path);
    }
    files.writeFile(place, encode(text));
    if (renamed !== undefined && renamed !== target) files.unlink(target);
    if (patch.newMode !== undefined) files.chmod(place, patch.newMode);
  }

  #reject(target: string, hunks: readonly Hunk[], total: number, word: 'FAILED' | 'ignored'): void {
    this.failed = true;
    const file = this.#options.value('r', 'reject-file') ?? `${target}.rej`;
    this.#say(`${tally(hunks.length, total)} ${word}${this.#dryRun || file === '-' ? '' : ` -- saving rejects to file ${file}`}`);
    if (this.#dryRun || file === '-') return;
    const body = hunks.map((hunk) => {
      const count = (kind: '+' | '-'): number => hunk.lines.filter((line) => line.kind !== kind).length;
      const range = (start: number, size: number): string => (size === 1 ? String(start) : `${start},${size}`);
      const lines = hunk.lines.map(({ kind, text }) => kind + (text.endsWith('\n') ? text : `${text}\n\\ No newline at end of file\n`));
      return `@@ -${range(hunk.oldStart, count('+'))} +${range(hunk.newStart, count('-'))} @@\n${lines.join('')}`;
    });
    this.#process.files.writeFile(file, encode(`--- ${target}\n+++ ${target}\n${body.join('')}`));
  }
}

function tally(count: number, total: number): string {
  return `${count} out of ${total} ${total === 1 ? 'hunk' : 'hunks'}`;
}

export const patch: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'p:RNi:d:o:bz:F:sftElucnr:V:B:', LONG, { exitCode: 2 });
  const [operand, patchOperand, extra] = options.operands;
  if (extra !== undefined) throw new UsageError(`extra operand '${extra}'`, 2);
  const directory = options.value('d', 'directory');
  const source = options.value('i', 'input') ?? patchOperand ?? '-';
  try {
    const text = (): Task<Uint8Array> => readAll(process, openInput(process, source));
    // GNU patch changes folder first, so -i is looked for there.
    if (directory !== undefined) process.files.chdir(directory);
    const given = yield* text();
    if (given.length === 0 && !isBusybox(process)) return 0;
    const patches = parsePatch(decode(given));
    if (!isBusybox(process) && patches.every(({ hunks, renames, newMode, deletes }) => hunks.length === 0 && !renames && !deletes && newMode === undefined)) {
      throw new UsageError('**** Only garbage was found in the patch input.', 2);
    }
    if (isBusybox(process)) return yield* applyLikeBusybox(process, output, options, patches, operand);
    const patcher = new Patcher(process, output, options);
    for (const one of patches) yield* patcher.apply(one, operand);
    return patcher.failed ? 1 : 0;
  } catch (error) {
    if (error instanceof PatchSyntaxError) throw new UsageError(`**** ${error.message}`, 2);
    if (error instanceof Errno && error.code !== 'EPIPE') throw new UsageError(`**** Can't open patch file ${source} : ${error.message}`, 2);
    throw error;
  }
});

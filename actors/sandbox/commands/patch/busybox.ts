// patch as busybox has it: hunks are looked for from where the last one ended, exactly; a file with a hunk that fails stays as it was.
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import { decode, encode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import { type Options, type Output, UsageError } from '../../programs/stdio.js';
import type { FilePatch, Hunk } from './parse.js';

type Line = Hunk['lines'][number];

const bare = (text: string): string => text.replace(/\n$/, '');

/** A file on its way through hunks, line by line. */
class Passage {
  readonly out: string[] = [];
  readonly #lines: readonly string[];
  readonly #forward: boolean;
  #at = 0;
  /** The line that looked as if the hunk had been applied already. */
  backwards = 0;

  constructor(lines: readonly string[], forward: boolean) {
    this.#lines = lines;
    this.#forward = forward;
  }

  get rest(): readonly string[] {
    return this.#lines.slice(this.#at);
  }

  /** How many lines were read, the end counting as one. */
  get lineNumber(): number {
    return this.#at;
  }

  /** Copies lines until the hunk's old lines are found, and writes its new ones; false where they do not come. */
  apply(hunk: readonly Line[], reverse: boolean): boolean {
    const leading = hunk.findIndex(({ kind }) => kind !== ' ');
    const trailing = [...hunk].reverse().findIndex(({ kind }) => kind !== ' ');
    // Less context behind than before means that the file ends there.
    const matchesEnd = trailing === 0 || trailing < leading;
    this.backwards = 0;
    let added: Line['kind'] = reverse ? '-' : '+';
    const buffer: string[] = [];
    let [next, checked] = [0, 0];
    let isReverted = false;
    const skipAdded = (line: string | undefined, isAgain: boolean): void => {
      for (; next < hunk.length && hunk[next]!.kind === added; next++) {
        if (line === undefined || line !== bare(hunk[next]!.text) || this.backwards > 0) continue;
        this.backwards = this.#at;
        if (!this.#forward) continue;
        // -N: what is there already is looked for as if it were to be taken away, and left.
        isReverted = true;
        added = added === '+' ? '-' : '+';
        if (!isAgain) return;
      }
    };
    if (hunk.some(({ kind }) => kind !== (reverse ? '+' : '-'))) {
      search: for (;;) {
        const line = this.#lines[this.#at++];
        skipAdded(line, false);
        if (line === undefined) {
          if (next < hunk.length || !matchesEnd) return false;
          break;
        }
        buffer.push(line);
        while (checked < buffer.length) {
          skipAdded(buffer[checked], true);
          if (next < hunk.length && buffer[checked] === bare(hunk[next]!.text)) {
            checked++;
            if (++next === hunk.length && !matchesEnd) break search;
            continue;
          }
          this.out.push(buffer.shift()!);
          [next, checked] = [0, 0];
        }
      }
    }
    const removed = (added === '+') !== isReverted ? '-' : '+';
    for (const { kind, text } of hunk) if (kind !== removed) this.out.push(bare(text));
    return true;
  }
}

/** The last part of a name, or what `-p` leaves of it; slashes in it stay as they are. */
function strippedName(name: string, strip: number | undefined): string {
  let rest = name;
  for (let count = 0; count !== strip; count++) {
    const slash = /\/+/.exec(rest);
    if (!slash) break;
    rest = rest.slice(slash.index + slash[0].length);
  }
  return rest;
}

/** Applies what one file's part of a patch says; whether all of it could be. */
function* applyFile(process: Process, output: Output, options: Options, patch: FilePatch, operand: string | undefined): Task<boolean> {
  const reverse = options.has('R', 'reverse');
  const isDry = options.has('dry-run');
  const { oldName = 'MISSING_FILENAME', newName = 'MISSING_FILENAME' } = patch;
  const [first] = patch.hunks;
  if (!first) return true;
  const count = (added: Line['kind']): number => first.lines.filter(({ kind }) => kind !== added).length;
  const [oldSum, newSum] = [first.oldStart + count('+'), first.newStart + count('-')];
  const isGone = newName === '/dev/null' || (reverse ? oldSum : newSum) === 0;
  const strip = options.value('p', 'strip');
  const name = operand ?? strippedName(isGone ? oldName : newName, strip === undefined ? undefined : Number(strip));
  // Names from a patch must not lead out of the folder it is applied in.
  if (operand === undefined && (name.startsWith('/') || name.split('/').includes('..'))) throw new UsageError(`can't open '${name}': Operation not permitted`);
  const { files } = process;
  try {
    if (isGone) {
      const removes = options.has('E', 'remove-empty-files');
      output.print(`${removes ? 'removing' : 'patching file'} ${name}\n`);
      if (!isDry && removes) files.unlink(name);
      else if (!isDry) files.truncate(name, 0);
      return true;
    }
    const creates = (reverse ? newName : oldName) === '/dev/null' || oldSum === 0;
    output.print(`${creates ? 'creating' : 'patching file'} ${name}\n`);
    yield* output.flush();
    if (creates && files.exists(name)) throw new Errno('EEXIST');
    const text = creates ? '' : decode(files.readFile(name));
    const passage = new Passage(text === '' ? [] : bare(text).split('\n'), options.has('N', 'forward'));
    for (const [index, hunk] of patch.hunks.entries()) {
      if (passage.apply(hunk.lines, reverse)) continue;
      const warning = passage.backwards > 0 ? `Possibly reversed hunk ${index + 1} at ${passage.lineNumber}\n` : '';
      yield* process.write(2, encode(`${warning}Hunk ${index + 1} FAILED ${hunk.oldStart}/${hunk.newStart}.\n${hunk.lines.map((line) => `${line.kind}${bare(line.text)}\n`).join('')}`));
      return false;
    }
    if (isDry) return true;
    const mode = creates ? undefined : files.stat(name).mode;
    if (creates) makeFolders(process, name);
    files.writeFile(name, encode([...passage.out, ...passage.rest].map((line) => `${line}\n`).join('')), mode === undefined ? {} : { mode });
    return true;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    yield* output.flush();
    throw new UsageError(`can't open '${name}': ${error.message}`);
  }
}

function makeFolders(process: Process, name: string): void {
  for (let at = name.indexOf('/'); at > 0; at = name.indexOf('/', at + 1)) {
    const folder = name.slice(0, at);
    if (!process.files.exists(folder)) process.files.mkdir(folder);
  }
}

export function* applyLikeBusybox(process: Process, output: Output, options: Options, patches: readonly FilePatch[], operand: string | undefined): Task<number> {
  let status = 0;
  for (const patch of patches) if (!(yield* applyFile(process, output, options, patch, operand))) status = 1;
  return status;
}

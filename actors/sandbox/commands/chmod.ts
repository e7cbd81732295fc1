// chmod: changes permission bits (https://www.gnu.org/software/coreutils/chmod).
import { Errno } from '../kernel/errno.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import { PREEMPT, type Task } from '../kernel/wait.js';
import { command, complain, type Output, parseOptions, reason, UsageError, usageError } from '../programs/stdio.js';
import { type ModeChange, modeString, parseMode } from './common/mode.js';
import { Pace } from './common/pace.js';
import { joinPath } from './common/paths.js';
import { quoteName } from './common/quote.js';

const LONG = {
  changes: 'no', quiet: 'no', silent: 'no', verbose: 'no', 'no-preserve-root': 'no', 'preserve-root': 'no', reference: 'required', recursive: 'no',
} as const;

interface Run {
  change: ModeChange;
  recursive: boolean;
  /** What is told: everything, changes only, nothing. */
  tells: 'all' | 'changes' | 'no';
  quiet: boolean;
}

/** `-w` and its like are modes, not options. */
function splitMode(argv: readonly string[]): { argv: string[]; mode: string | undefined } {
  let mode: string | undefined;
  const rest = argv.filter((word, i) => {
    const isMode = i > 0 && /^-[rwxXstugo0-7]/.test(word) && !argv.slice(0, i).includes('--') && parseMode(word) !== undefined;
    if (isMode) mode = mode === undefined ? word : `${mode},${word}`;
    return !isMode;
  });
  return { argv: rest, mode };
}

class Changer {
  readonly #process: Process;
  readonly #output: Output;
  readonly #run: Run;
  readonly #pace = new Pace();
  failed = false;

  constructor(process: Process, output: Output, run: Run) {
    this.#process = process;
    this.#output = output;
    this.#run = run;
  }

  *#fail(message: string): Task {
    this.failed = true;
    if (!this.#run.quiet) yield* complain(this.#process, message);
  }

  *change(path: string, isOperand = true): Task {
    if (this.#pace.due) yield PREEMPT;
    const { files, umask } = this.#process;
    let stat;
    try {
      stat = files.lstat(path);
      if (stat.type === 'symlink') {
        // Links met on the way have no mode of their own; operands stand for what they lead to.
        if (!isOperand) return;
        stat = files.stat(path);
      }
    } catch (error) {
      const isDangling = error instanceof Errno && error.code === 'ENOENT' && this.#isLink(path);
      return yield* this.#fail(isDangling ? `cannot operate on dangling symlink ${quoteName(path)}` : `cannot access ${quoteName(path)}: ${reason(error)}`);
    }
    const isFolder = stat.type === 'directory';
    const mode = this.#run.change(stat.mode, isFolder, umask);
    try {
      files.chmod(path, mode);
    } catch (error) {
      yield* this.#fail(`changing permissions of ${quoteName(path)}: ${reason(error)}`);
    }
    yield* this.#tell(path, stat.mode, mode);
    if (!this.#run.recursive || !isFolder) return;
    try {
      for (const { name } of files.readdir(path)) yield* this.change(joinPath(path, name), false);
    } catch (error) {
      yield* this.#fail(`cannot read directory ${quoteName(path)}: ${reason(error)}`);
    }
  }

  #isLink(path: string): boolean {
    try {
      return this.#process.files.lstat(path).type === 'symlink';
    } catch (error) {
      if (error instanceof Errno) return false;
      throw error;
    }
  }

  *#tell(path: string, before: number, after: number): Task {
    const { tells } = this.#run;
    if (tells === 'no' || (tells === 'changes' && before === after)) return;
    const text = (mode: number): string => `${mode.toString(8).padStart(4, '0')} (${modeString('file', mode).slice(1)})`;
    this.#output.print(before === after ? `mode of ${quoteName(path)} retained as ${text(after)}\n` : `mode of ${quoteName(path)} changed from ${text(before)} to ${text(after)}\n`);
    if (this.#output.isFull) yield* this.#output.flush();
  }
}

function modeOf(process: Process, given: string | undefined, reference: string | undefined, operands: string[]): ModeChange {
  if (reference !== undefined) {
    try {
      const { mode } = process.files.stat(reference);
      return () => mode;
    } catch (error) {
      throw new UsageError(`failed to get attributes of ${quoteName(reference)}: ${reason(error)}`);
    }
  }
  const text = given ?? operands.shift();
  if (text === undefined) throw usageError(process.argv, 'missing operand');
  const change = parseMode(text);
  if (!change) throw usageError(process.argv, `invalid mode: ${quoteName(text)}`);
  if (operands.length === 0) throw usageError(process.argv, given === undefined ? `missing operand after ${quoteName(text)}` : 'missing operand');
  return change;
}

export const chmod: Main = command(function* (process, output) {
  const { argv, mode } = splitMode(process.argv);
  const options = parseOptions(argv, 'cfRv', LONG);
  const operands = [...options.operands];
  const change = modeOf(process, mode, options.value('reference'), operands);
  if (operands.length === 0) throw usageError(process.argv, 'missing operand');
  const changer = new Changer(process, output, {
    change, recursive: options.has('R', 'recursive'), quiet: options.has('f', 'quiet', 'silent'),
    tells: options.has('v', 'verbose') ? 'all' : options.has('c', 'changes') ? 'changes' : 'no',
  });
  for (const path of operands) yield* changer.change(path);
  return changer.failed ? 1 : 0;
});

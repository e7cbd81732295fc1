// find's actions: printing, running programs, deleting.
import { O_CREAT, O_TRUNC, O_WRONLY } from '../../kernel/open-file.js';
import type { Task } from '../../kernel/wait.js';
import { encode, reason, UsageError } from '../../programs/stdio.js';
import { confirm } from '../common/ask.js';
import { runProgram } from '../common/exec.js';
import { directoryName } from '../common/paths.js';
import { quoteName } from '../common/quote.js';
import { blocking, type FindRun, type Found, plain, type Test } from './run.js';

/** As GNU find: a batch stays below the size that any execve takes. */
const BATCH_BYTES = 128 * 1024;

/** Prints what `text` makes of a file, to standard output or to a file of its own. */
export function printing(run: FindRun, text: (file: Found) => string, path?: string): Test {
  if (path === undefined) {
    return blocking(function* print(file) {
      run.output.print(text(file));
      if (run.output.isFull) yield* run.output.flush();
      return true;
    });
  }
  const fd = openOnce(run, path);
  return blocking(function* print(file) {
    yield* run.process.write(fd, encode(text(file)));
    return true;
  });
}

const opened = new WeakMap<FindRun, Map<string, number>>();

/** Two actions with the same file write to one descriptor. */
function openOnce(run: FindRun, path: string): number {
  const files = opened.get(run) ?? new Map<string, number>();
  opened.set(run, files);
  const known = files.get(path);
  if (known !== undefined) return known;
  try {
    const fd = run.process.open(path, O_WRONLY | O_CREAT | O_TRUNC);
    files.set(path, fd);
    return fd;
  } catch (error) {
    throw new UsageError(`'${path}': ${reason(error)}`);
  }
}

export function deleting(run: FindRun): Test {
  return blocking(function* remove({ path, stat }) {
    if (path === '.') return true;
    try {
      if (stat.type === 'directory') run.process.files.rmdir(path);
      else run.process.files.unlink(path);
      return true;
    } catch (error) {
      run.status = 1;
      yield* run.output.flush();
      yield* run.process.write(2, encode(`find: cannot delete ${quoteName(path)}: ${reason(error)}\n`));
      return false;
    }
  });
}

export interface Execution {
  words: readonly string[];
  inFolder: boolean;
  asks: boolean;
}

function* execute(run: FindRun, words: readonly string[], folder: string | undefined): Task<number> {
  yield* run.output.flush();
  return yield* runProgram(run.process, words, {
    message: (name, why) => `find: ${quoteName(name)}: ${why}`,
    prepare: (child) => {
      if (folder !== undefined) child.files.chdir(folder);
    },
  });
}

function nameInFolder(file: Found): string {
  return /^\/+$/.test(file.path) ? '/' : `./${/[^/]+\/*$/.exec(file.path)?.[0] ?? file.name}`;
}

/** -exec … ; -execdir … ; -ok … ; */
export function executing(run: FindRun, { words, inFolder, asks }: Execution): Test {
  return blocking(function* runOne(file) {
    const name = inFolder ? nameInFolder(file) : file.path;
    if (asks) {
      yield* run.output.flush();
      if (!(yield* confirm(run.process, `< ${words[0]} ... ${file.path} > ? `))) return false;
    }
    const status = yield* execute(run, words.map((word) => word.replaceAll('{}', () => name)), inFolder ? directoryName(file.path) : undefined);
    return status === 0;
  });
}

/** -exec … {} + : collects names; `finish` runs what is left. */
export class Batch {
  readonly #run: FindRun;
  readonly #words: readonly string[];
  readonly #inFolder: boolean;
  #names: string[] = [];
  #sizeBytes = 0;
  #folder: string | undefined;

  constructor(run: FindRun, { words, inFolder }: Execution) {
    this.#run = run;
    this.#words = words;
    this.#inFolder = inFolder;
  }

  get test(): Test {
    const add = this.#add.bind(this);
    return blocking(add);
  }

  *#add(file: Found): Task<boolean> {
    const folder = this.#inFolder ? directoryName(file.path) : undefined;
    const name = this.#inFolder ? nameInFolder(file) : file.path;
    const sizeBytes = name.length + 9;
    if (this.#names.length > 0 && (folder !== this.#folder || this.#sizeBytes + sizeBytes > BATCH_BYTES)) yield* this.finish();
    this.#folder = folder;
    this.#names.push(name);
    this.#sizeBytes += sizeBytes;
    return true;
  }

  *finish(): Task {
    if (this.#names.length === 0) return;
    const words = [...this.#words, ...this.#names];
    this.#names = [];
    this.#sizeBytes = 0;
    if ((yield* execute(this.#run, words, this.#folder)) !== 0) this.#run.status = 1;
  }
}

export const prune: Test = plain((file) => {
  file.isPruned = true;
  return true;
});

export function quitting(run: FindRun): Test {
  return plain(() => {
    run.isOver = true;
    return true;
  });
}

// find: walks trees and tries an expression on every file (https://www.gnu.org/software/findutils/manual/html_mono/find.html).
import { Errno } from '../../kernel/errno.js';
import type { Stat } from '../../kernel/inode.js';
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { command, complain, InformationRequest } from '../../programs/stdio.js';
import { Pace } from '../common/pace.js';
import { joinPath } from '../common/paths.js';
import { type Expression, parseExpression } from './expression.js';
import { evaluate, FindRun, Found } from './run.js';

/** Splits `[-H] [-L] [-P] [path...] [expression]`. */
function splitWords(process: Process, run: FindRun): { paths: string[]; expression: string[] } {
  const words = process.argv.slice(1);
  for (let word = words[0]; word !== undefined; word = words[0]) {
    if (word === '-L') run.settings.follow = 'always';
    else if (word === '-H') run.settings.follow = 'operands';
    else if (word === '-P') run.settings.follow = 'never';
    else if (/^-O\d$/.test(word)) run.settings.quiet = false;
    else break;
    words.shift();
  }
  if (words[0] === '--') words.shift();
  if (words[0] === '--help' || words[0] === '-help') throw new InformationRequest('help');
  if (words[0] === '--version' || words[0] === '-version') throw new InformationRequest('version');
  const at = words.findIndex((word) => (word.startsWith('-') && word !== '-') || word === '(' || word === '!' || word === ',' || word === ')');
  const count = at < 0 ? words.length : at;
  return { paths: words.slice(0, count), expression: words.slice(count) };
}

class Walk {
  readonly #run: FindRun;
  readonly #expression: Expression;
  readonly #pace = new Pace();

  constructor(run: FindRun, expression: Expression) {
    this.#run = run;
    this.#expression = expression;
  }

  #look(path: string, depth: number): Stat {
    const { follow } = this.#run.settings;
    const { files } = this.#run.process;
    const own = files.lstat(path);
    if (own.type !== 'symlink' || follow === 'never' || (follow === 'operands' && depth > 0)) return own;
    try {
      return files.stat(path);
    } catch (error) {
      // A link that leads nowhere is looked at itself.
      if (error instanceof Errno && error.code !== 'ELOOP') return own;
      throw error;
    }
  }

  *operand(path: string): Task {
    let stat: Stat;
    try {
      stat = this.#look(path, 0);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return yield* this.#run.fail(path, error.message);
    }
    yield* this.#visit(new Found(this.#run, path, path, 0, stat), stat.device, []);
  }

  *#visit(file: Found, device: number, above: readonly Stat[]): Task {
    if (this.#pace.due) yield PREEMPT;
    const { settings } = this.#run;
    const isTried = file.depth >= settings.minDepth && file.depth <= settings.maxDepth;
    if (isTried && !settings.depthFirst) yield* evaluate(this.#expression.test, file);
    const isEntered = file.stat.type === 'directory' && file.depth < settings.maxDepth && !(file.isPruned && !settings.depthFirst)
      && !(settings.oneFileSystem && file.stat.device !== device);
    if (isEntered && !this.#run.isOver) yield* this.#enter(file, device, above);
    if (isTried && settings.depthFirst && !this.#run.isOver) yield* evaluate(this.#expression.test, file);
  }

  *#enter(file: Found, device: number, above: readonly Stat[]): Task {
    const { files } = this.#run.process;
    if (this.#run.settings.follow === 'always' && above.some(({ ino, device: on }) => ino === file.stat.ino && on === file.stat.device)) {
      this.#run.status = 1;
      return yield* this.#run.fail(file.path, 'File system loop detected');
    }
    let names: { name: string }[];
    let held: { name: string; stat: Stat } | undefined;
    try {
      const fd = this.#run.process.open(file.path, 0);
      try {
        names = files.readdir(file.path);
        // The folder's own descriptor, which /proc/self/fd shows as long as it is open.
        const name = String(fd);
        if (names.some((entry) => entry.name === name)) held = { name, stat: this.#look(joinPath(file.path, name), file.depth + 1) };
      } finally {
        this.#run.process.close(fd);
      }
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return yield* this.#run.fail(file.path, error.message);
    }
    const within = [...above, file.stat];
    for (const { name } of names) {
      if (this.#run.isOver) return;
      const path = joinPath(file.path, name);
      let stat: Stat;
      try {
        stat = held?.name === name ? held.stat : this.#look(path, file.depth + 1);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        // Gone since the folder was read: an action took it.
        if (error.code !== 'ENOENT') yield* this.#run.fail(path, error.message);
        continue;
      }
      yield* this.#visit(new Found(this.#run, path, file.operand, file.depth + 1, stat), device, within);
    }
  }
}

export const find: Main = command(function* (process, output) {
  const run = new FindRun(process, output);
  const { paths, expression: words } = splitWords(process, run);
  const expression = parseExpression(words, run);
  for (const warning of run.warnings) yield* complain(process, warning);
  const walk = new Walk(run, expression);
  for (const path of paths.length === 0 ? ['.'] : paths) {
    if (!run.isOver) yield* walk.operand(path);
  }
  for (const batch of expression.batches) yield* batch.finish();
  return run.status;
});

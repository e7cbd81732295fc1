// Runs recipes line by line, several targets at once where asked.
import { isErrno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import { SIGHUP, SIGINT, SIGQUIT, SIGTERM } from '../../kernel/signals.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { signalDescription } from '../../shell/signal-descriptions.js';
import type { Build } from './build.js';
import { environmentFor } from './environment.js';
import { EXIT_FAILURE, EXIT_QUESTION, MakeFailure } from './errors.js';
import { expand, valueNamed } from './expand.js';
import { recipeScope } from './automatic.js';
import type { JobServer } from './job-server.js';
import { OutputHolder } from './output-sync.js';
import { collapse } from './lines.js';
import { commandWords, start } from './shell.js';
import { NONEXISTENT, type Recipe, type Target } from './targets.js';
import type { Scope } from './variables.js';
import { referenceEnd } from './words.js';

export interface CommandFlags {
  isSilent: boolean;
  ignoresErrors: boolean;
  /** Runs even with -n: `+`, or it calls make. */
  isRecursive: boolean;
}

/** What stands before a command, and whether it calls make. */
export function commandFlags(line: string): CommandFlags & { text: string } {
  const prefix = /^[ \t\n@+-]*/.exec(line)![0];
  return { isSilent: prefix.includes('@'), ignoresErrors: prefix.includes('-'), isRecursive: prefix.includes('+') || /\$(\(MAKE\)|\{MAKE\})/.test(line), text: line.slice(prefix.length) };
}

/** The commands of a recipe: its lines, those that a backslash continues together. */
export function recipeLines(build: Build, recipe: Recipe): string[] {
  if (isOneShell(build)) return [recipe.text];
  return recipe.text.split(/(?<=(?:^|[^\\])(?:\\\\)*)\n/);
}

interface Job {
  target: Target;
  scope: Scope;
  /** Expanded. */
  lines: readonly string[];
  flags: readonly CommandFlags[];
  at: number;
  /** What is left of an expanded line that has several. */
  rest: string;
  env: ReadonlyMap<string, string> | undefined;
  ignoresErrors: boolean;
  output: OutputHolder | undefined;
  /** .ONESHELL: the whole recipe is one command. */
  isWhole: boolean;
}

/** A signal that ends us came while recipes ran. */
export class Interrupted extends Error {
  readonly signal: number;
  constructor(signal: number) {
    super(`signal ${signal}`);
    this.signal = signal;
  }
}

const ENDING_SIGNALS = [SIGHUP, SIGINT, SIGQUIT, SIGTERM];

export class Jobs {
  readonly #build: Build;
  readonly #server: JobServer;
  readonly #running = new Map<Process, Job>();
  /** Commands begun, or printed. */
  started = 0;
  onFinished: (target: Target) => Task = function* none() {};
  /** Before a failure is told. */
  onFailure: () => Task = function* none() {};
  #hasToldWaiting = false;
  #isEnding = false;
  #caught: number | undefined;

  constructor(build: Build, server: JobServer) {
    this.#build = build;
    this.#server = server;
  }

  get isBusy(): boolean {
    return this.#running.size > 0;
  }

  get targets(): Target[] {
    return [...this.#running.values()].map(({ target }) => target);
  }

  /** Begins to make a target; with one job at a time it is made when this returns. */
  *start(target: Target): Task {
    const recipe = target.recipe!;
    if (/^[\s@+-]*$/.test(recipe.text)) {
      target.state = 'running';
      target.status = 'success';
      yield* this.onFinished(target);
      return;
    }
    yield* this.reap(false);
    yield* this.#awaitSlot();
    const build = this.#build;
    const scope = recipeScope(build, target);
    const lines: string[] = [];
    const written = recipeLines(build, recipe);
    for (const [i, line] of written.entries()) {
      build.location = lineOf(recipe, i);
      lines.push(yield* expand(build, scope, joinReferences(line)));
    }
    if (build.options.traces) yield* this.#trace(target, scope);
    const output = build.options.outputSync === undefined || build.options.outputSync === 'none' || !this.#server.isParallel ? undefined : new OutputHolder(build.process);
    const job: Job = { target, scope, lines, flags: written.map(commandFlags), at: 0, rest: '', env: undefined, ignoresErrors: false, output, isWhole: isOneShell(build) };
    yield* this.#runNext(job);
    if (target.state === 'running') {
      if (!this.#server.isParallel || build.targets.find('.NOTPARALLEL')?.isTarget === true) while (isRunning(target)) yield* this.reap(true);
    } else if (target.state === 'not started') {
      target.status = 'success';
      yield* this.#end(job);
    }
  }

  *#awaitSlot(): Task {
    while (!this.#server.take(this.#running.size)) {
      if (this.#server.hasLimit && this.#running.size > 0) yield* this.reap(true);
      else yield* this.#server.awaitToken(this.#build.process);
      yield* this.reap(false);
    }
  }

  *#trace(target: Target, scope: Scope): Task {
    const location = target.recipe?.location;
    const newer = yield* valueNamed(this.#build, scope, '?');
    yield* this.#build.say(`${location === undefined ? '<builtin>' : `${location.file}:${location.line}`}: ${newer === '' ? `target '${target.name}' does not exist` : `update target '${target.name}' due to: ${newer}`}`);
  }

  /** Runs the next command that there is; the target is 'running' while one is. */
  *#runNext(job: Job): Task {
    const build = this.#build;
    const { options } = build;
    for (let command = nextCommand(job); command !== undefined; command = nextCommand(job)) {
      yield PREEMPT;
      const { flags, text } = command;
      const words = options.onlyTouches && !flags.isRecursive ? [] : yield* commandWords(build, job.isWhole ? withoutPrefixes(text) : text, job.scope, job.isWhole);
      if (words.length === 0) continue;
      if (options.onlyAsks && !flags.isRecursive) {
        job.target.status = 'question';
        yield* this.#end(job);
        return;
      }
      if (options.onlyPrints || options.traces || !(flags.isSilent || options.isSilent || job.target.isSilent)) yield* this.#show(job, text);
      this.started++;
      job.target.state = 'running';
      if ((options.onlyPrints && !flags.isRecursive) || (words.length === 3 && words[0] === '/bin/sh' && words[2]!.trim() === ':')) continue;
      job.env ??= yield* environmentFor(build, job.scope);
      job.ignoresErrors = flags.ignoresErrors || options.ignoresErrors || job.target.ignoresErrors;
      const child = start(build, words, job.env, (self) => {
        job.output?.use(self);
        this.#server.arrange(self, flags.isRecursive);
      });
      this.#running.set(child, job);
      this.#watchSignals();
      return;
    }
    job.target.state = 'running';
    job.target.status = 'success';
    yield* this.#end(job);
  }

  *#show(job: Job, text: string): Task {
    if (job.output === undefined) yield* this.#build.say(text);
    else yield* job.output.print(`${text}\n`);
  }

  *#end(job: Job): Task {
    yield* job.output?.release() ?? none();
    this.#server.give(this.#running.size);
    yield* this.onFinished(job.target);
  }

  /** Takes in what has ended; `blocks` until one has. */
  *reap(blocks: boolean): Task {
    let mayBlock = blocks;
    while (this.#running.size > 0) {
      const child = yield* this.#awaitChild(!mayBlock);
      if (child === undefined) return;
      const job = this.#running.get(child)!;
      this.#running.delete(child);
      this.#watchSignals();
      const exitCode = yield* this.#judge(job, child);
      if (isRunning(job.target) && exitCode === 0 && !this.#isEnding) {
        yield* this.#runNext(job);
        if (isRunning(job.target)) continue;
      } else {
        if (exitCode === 0) job.target.status = 'success';
        yield* this.#end(job);
      }
      if (exitCode !== 0 && !job.target.isOptional && !this.#build.options.keepsGoing && !this.#isEnding) throw new MakeFailure(exitCode);
      mayBlock = false;
    }
  }

  /** The exit code that this means for us: 0 where it went well or does not matter. */
  *#judge(job: Job, child: Process): Task<number> {
    const status = child.status!;
    if ('exitCode' in status && status.exitCode === 0) return 0;
    const { target } = job;
    const place = lineOf(target.recipe!, job.at - 1);
    const what = 'signal' in status ? signalDescription(status.signal) : `Error ${status.exitCode}`;
    yield* this.onFailure();
    const line = `${job.ignoresErrors ? '' : '*** '}[${place === undefined ? '<builtin>' : `${place.file}:${place.line}`}: ${target.name}] ${what}${job.ignoresErrors ? ' (ignored)' : ''}`;
    if (job.output === undefined) yield* this.#build.warn(line);
    else yield* job.output.print(`${this.#build.prefix}: ${line}\n`);
    if (job.ignoresErrors) return 0;
    const asks = this.#build.options.onlyAsks && 'exitCode' in status && status.exitCode === EXIT_QUESTION;
    target.status = asks ? 'question' : 'failed';
    if (this.#build.targets.find('.DELETE_ON_ERROR')?.isTarget === true) yield* this.deleteTarget(target);
    return asks ? EXIT_QUESTION : EXIT_FAILURE;
  }

  /** Removes what a recipe left half done, unless it is precious or was not touched. */
  *deleteTarget(target: Target): Task {
    const { files } = this.#build.process;
    for (const each of [target, ...target.alsoMade]) {
      if (each.isPrecious || each.isPhony || !files.exists(each.name)) continue;
      const { type, mtimeMs } = files.stat(each.name);
      if (type !== 'file' || (each.mtimeMs ?? NONEXISTENT) === mtimeMs) continue;
      yield* this.#build.warn(`*** Deleting file '${each.name}'`);
      files.unlink(each.name);
    }
  }

  /** Waits for all that run, and begins nothing more. */
  *drain(): Task {
    this.#isEnding = true;
    while (this.#running.size > 0) {
      if (!this.#hasToldWaiting) yield* this.#build.warn('*** Waiting for unfinished jobs....');
      this.#hasToldWaiting = true;
      yield* this.reap(true);
    }
  }

  *#awaitChild(noHang: boolean): Task<Process | undefined> {
    for (;;) {
      if (this.#caught !== undefined && !this.#isEnding) throw new Interrupted(this.#caught);
      try {
        return yield* this.#build.process.wait([...this.#running.keys()], { noHang, interruptible: true });
      } catch (error) {
        if (!isErrno(error, 'EINTR')) throw error;
      }
    }
  }

  /** While recipes run, a signal that would end us ends them first. */
  #watchSignals(): void {
    const { process } = this.#build;
    for (const signal of ENDING_SIGNALS) {
      const disposition = process.disposition(signal);
      if (disposition === 'ignore') continue;
      if (this.#running.size === 0) process.onSignal(signal, 'default');
      else if (disposition === 'default') process.onSignal(signal, (caught) => (this.#caught = caught));
    }
  }

  /** A signal ends us: what runs is ended, what it left half done is removed. */
  *abandon(signal: number): Task<number> {
    const { process } = this.#build;
    const targets = this.targets;
    // A terminal has told the whole group already.
    if (signal === SIGTERM || signal === SIGHUP) for (const child of this.#running.keys()) child.deliver(signal);
    this.#hasToldWaiting = true;
    yield* this.drain();
    for (const target of targets) yield* this.deleteTarget(target);
    for (const each of ENDING_SIGNALS) if (process.disposition(each) !== 'ignore') process.onSignal(each, 'default');
    process.deliver(signal);
    yield PREEMPT;
    return 128 + signal;
  }
}

function* none(): Task {}

const isOneShell = (build: Build): boolean => build.targets.find('.ONESHELL')?.isTarget === true;

const isRunning = (target: Target): boolean => target.state === 'running';

/** Line breaks within a reference are blanks, those of the command itself are the shell's. */
function joinReferences(line: string): string {
  if (!line.includes('\n')) return line;
  let result = '';
  let from = 0;
  for (let at = line.indexOf('$'); at >= 0; at = line.indexOf('$', from)) {
    const isReference = line[at + 1] === '(' || line[at + 1] === '{';
    const end = isReference ? Math.min(referenceEnd(line, at + 1) + 1, line.length) : at + 2;
    result += line.slice(from, at) + (isReference ? collapse(line.slice(at, end)) : line.slice(at, end));
    from = end;
  }
  return result + line.slice(from);
}

/** Commands are counted, not the lines that they take. */
function lineOf(recipe: Recipe, at: number): { file: string; line: number } | undefined {
  return recipe.location === undefined ? undefined : { file: recipe.location.file, line: recipe.location.line + at };
}

function nextCommand(job: Job): { text: string; flags: CommandFlags } | undefined {
  while (job.rest === '') {
    if (job.at === job.lines.length) return undefined;
    job.rest = job.lines[job.at++]!;
  }
  const written = job.flags[job.at - 1]!;
  const end = job.isWhole ? undefined : /(?<=(?:^|[^\\])(?:\\\\)*)\n/.exec(job.rest)?.index;
  const line = end === undefined ? job.rest : job.rest.slice(0, end);
  job.rest = end === undefined ? '' : job.rest.slice(end + 1);
  const { text, ...own } = commandFlags(line);
  return {
    text,
    flags: { isSilent: own.isSilent || written.isSilent, ignoresErrors: own.ignoresErrors || written.ignoresErrors, isRecursive: own.isRecursive || written.isRecursive },
  };
}

/** With .ONESHELL and a Bourne shell each line may have its prefixes still. */
function withoutPrefixes(text: string): string {
  return text.split('\n').map((line) => line.replace(/^[ \t]*[@+-][ \t@+-]*/, '')).join('\n');
}

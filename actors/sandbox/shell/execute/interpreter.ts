// Runs commands: dispatch over the tree, lists, conditions and loops. Simple commands and lists of them run without a generator.
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { isName } from '../variables/variables.js';
import { countsBytes } from '../locale.js';
import { compilePattern } from '../patterns.js';
import { ShellExit } from '../flow.js';
import type { Outcome, Shell } from '../shell.js';
import type { AndOr, ArithmeticFor, Case, Command, Conditional, For, If, ListItem, While, Word } from '../syntax/ast.js';
import { numberOf, runArithmetic } from './arithmetic-command.js';
import { assignsLoopVariable } from '../expand/assignment.js';
import { evaluateTest } from './conditional.js';
import { defineFunction } from './functions.js';
import { runCoprocess } from './coprocesses.js';
import { runBackground, runSubshell } from './jobs.js';
import { runPipeline } from './pipeline.js';
import { closeSubstitutions } from './process-files.js';
import { runSelect } from './select.js';
import { runSimple } from './simple.js';
import { runTraced, traceCase, traceFor } from './trace.js';

/** How many commands go by between two looks at the clock. */
const CLOCK_MASK = 255;
const SLICE_MS = 5;
let commands = 0;
let sliceBegan = 0;

/** One shared array per status: PIPESTATUS of a simple command costs nothing. */
export const SINGLE_STATUS: readonly (readonly number[])[] = Array.from({ length: 256 }, (_, status) => [status]);

export class Interpreter {
  readonly #shell: Shell;

  constructor(shell: Shell) {
    this.#shell = shell;
  }

  /** Runs a command; the outcome is its status, which is also `shell.status` afterwards. */
  run(command: Command): Outcome {
    const shell = this.#shell;
    // Set within what is being run.
    if (shell.options.noexec && !shell.isInteractive) return shell.status;
    switch (command.type) {
      case 'simple':
        return shell.options.xtrace ? runTraced(shell, () => runSimple(shell, command)) : runSimple(shell, command);
      case 'list':
        return this.#list(command.items);
      default:
        return command.redirects.length > 0 ? this.#redirected(command) : this.#compound(command);
    }
  }

  *#redirected(command: Command): Task<number> {
    const shell = this.#shell;
    shell.line = command.line;
    const undo = yield* shell.redirection.applyTask(command.redirects);
    if (!undo) {
      const failed = this.settle(shell.redirectionStatus);
      return typeof failed === 'number' ? failed : yield* failed;
    }
    const files = shell.substitutionFiles.length;
    try {
      const outcome = this.#compound(command);
      return typeof outcome === 'number' ? outcome : yield* outcome;
    } catch (error) {
      shell.report(error);
      throw error;
    } finally {
      undo();
      closeSubstitutions(shell, files);
    }
  }

  #compound(command: Command): Outcome {
    const shell = this.#shell;
    switch (command.type) {
      case 'and-or':
        return this.#andOr(command);
      case 'pipeline':
        return runPipeline(shell, command);
      case 'group':
        return this.#list(command.body.items);
      case 'if':
        return this.#if(command);
      case 'while':
        return this.#while(command);
      case 'for':
        return this.#for(command);
      case 'select':
        return runSelect(shell, command);
      case 'arithmetic-for':
        return this.#arithmeticFor(command);
      case 'case':
        return this.#case(command);
      case 'function':
        return defineFunction(shell, command);
      case 'subshell':
        return runSubshell(shell, command);
      case 'arithmetic':
        return runArithmetic(shell, command);
      case 'conditional':
        return this.#conditional(command);
      case 'coproc':
        return runCoprocess(shell, command);
      default:
        throw new Error(`a command of unknown type: ${command.type}`);
    }
  }

  /** Notes a status; a failure that counts runs the ERR trap and, with errexit, ends the shell. */
  settle(status: number): Outcome {
    const shell = this.#shell;
    shell.status = status;
    shell.pipeStatus = SINGLE_STATUS[status] as number[];
    return status === 0 || shell.unchecked > 0 ? status : this.failed(status);
  }

  /** What follows from a failure that counts. */
  failed(status: number): Outcome {
    const shell = this.#shell;
    if (shell.traps.has('ERR') && !shell.traps.running.has('ERR')) return this.#errTrap(status);
    if (shell.options.errexit) throw new ShellExit(status, { byErrexit: true });
    return status;
  }

  *#errTrap(status: number): Task<number> {
    const shell = this.#shell;
    yield* shell.execution.runEventTrap('ERR');
    shell.status = status;
    if (shell.options.errexit) throw new ShellExit(status, { byErrexit: true });
    return status;
  }

  // --- lists ------------------------------------------------------------------------------------------------------------------

  #list(items: readonly ListItem[]): Outcome {
    const shell = this.#shell;
    let status = 0;
    for (let at = 0; at < items.length; at++) {
      const item = items[at]!;
      if (item.background || shell.traps.pending.length > 0 || shell.backlog.length > 0) return this.#listTask(items, at, undefined);
      const outcome = this.run(item.command);
      if (typeof outcome !== 'number') return this.#listTask(items, at, outcome);
      status = outcome;
      if (shell.flow !== undefined) return status;
    }
    return items.length === 0 ? this.#nothing() : status;
  }

  #nothing(): number {
    return this.#shell.status;
  }

  *#listTask(items: readonly ListItem[], from: number, begun: Task<number> | undefined): Task<number> {
    const shell = this.#shell;
    let status = 0;
    let running = begun;
    for (let at = from; at < items.length; at++) {
      const item = items[at]!;
      if (running) {
        status = yield* running;
        running = undefined;
      } else {
        const outcome = item.background ? runBackground(shell, item.command) : this.run(item.command);
        status = typeof outcome === 'number' ? outcome : yield* outcome;
      }
      if (shell.flow !== undefined) return status;
      if (shell.traps.pending.length > 0 || shell.backlog.length > 0) yield* this.#attend();
      if (shell.flow !== undefined) return status;
    }
    return status;
  }

  /** Runs traps of signals that arrived and writes what had to wait. */
  *#attend(): Task {
    const shell = this.#shell;
    if (shell.backlog.length > 0) yield* shell.flushBacklog();
    if (shell.traps.pending.length > 0) yield* shell.execution.runTraps();
  }

  /** Called once per turn of a loop: gives way when the slice is over. True when the caller should `yield* this.#pause()`. */
  #isDue(): boolean {
    const shell = this.#shell;
    if (shell.traps.pending.length > 0 || shell.backlog.length > 0) return true;
    if ((++commands & CLOCK_MASK) !== 0) return false;
    return performance.now() - sliceBegan > SLICE_MS;
  }

  *#pause(): Task {
    if (performance.now() - sliceBegan > SLICE_MS) {
      yield PREEMPT;
      sliceBegan = performance.now();
    }
    yield* this.#attend();
  }

  // --- conditions -------------------------------------------------------------------------------------------------------------

  *#andOr({ first, rest }: AndOr): Task<number> {
    const shell = this.#shell;
    let status = yield* this.#unchecked(first);
    for (let at = 0; at < rest.length; at++) {
      if (shell.flow !== undefined) return status;
      const { operator, command } = rest[at]!;
      if ((operator === '&&') !== (status === 0)) continue;
      if (at === rest.length - 1) {
        const outcome = this.run(command);
        status = typeof outcome === 'number' ? outcome : yield* outcome;
      } else {
        status = yield* this.#unchecked(command);
      }
    }
    return status;
  }

  /** Runs a command whose failure is not errexit's business. */
  *#unchecked(command: Command): Task<number> {
    const shell = this.#shell;
    shell.unchecked++;
    try {
      const outcome = this.run(command);
      return typeof outcome === 'number' ? outcome : yield* outcome;
    } finally {
      shell.unchecked--;
    }
  }

  *#if({ arms, otherwise }: If): Task<number> {
    const shell = this.#shell;
    for (const { test, body } of arms) {
      const status = yield* this.#unchecked(test);
      if (shell.flow !== undefined) return status;
      if (status === 0) {
        const outcome = this.run(body);
        return typeof outcome === 'number' ? outcome : yield* outcome;
      }
    }
    if (otherwise) {
      const outcome = this.run(otherwise);
      return typeof outcome === 'number' ? outcome : yield* outcome;
    }
    shell.status = 0;
    return 0;
  }

  *#debug(command: Command): Task {
    if (this.#shell.trapDepth === 0) this.#shell.currentCommand = command;
    yield* this.#shell.execution.runEventTrap('DEBUG');
  }

  *#case(node: Case): Task<number> {
    const { word, clauses, line } = node;
    const shell = this.#shell;
    shell.line = line;
    if (shell.traps.has('DEBUG')) yield* this.#debug(node);
    const subject = word.blocking ? yield* shell.expansion.textTask(word) : shell.expansion.text(word);
    if (shell.options.xtrace) traceCase(shell, word.source);
    let status = 0;
    let falls = false;
    for (const { patterns, body, end } of clauses) {
      if (!falls && !(yield* this.#matches(subject, patterns))) continue;
      const outcome = this.run(body);
      status = typeof outcome === 'number' ? outcome : yield* outcome;
      if (body.items.length === 0) status = 0;
      if (shell.flow !== undefined || end === ';;') break;
      falls = end === ';&';
    }
    shell.status = status;
    return status;
  }

  *#matches(subject: string, patterns: readonly Word[]): Task<boolean> {
    const { options, expansion, isBash, dialect } = this.#shell;
    const settings = { extglob: isBash && options.extglob, nocase: options.nocasematch, bytes: countsBytes(this.#shell, subject), plainCaret: dialect === 'dash' };
    for (const word of patterns) {
      if (compilePattern(word.blocking ? yield* expansion.patternTask(word) : expansion.pattern(word), settings).test(subject)) return true;
    }
    return false;
  }

  // --- loops ------------------------------------------------------------------------------------------------------------------

  /** After a body: consumes `break` and `continue`. True when the loop is over. */
  #leaves(): boolean {
    const { flow } = this.#shell;
    if (flow === undefined) return false;
    if (flow.type === 'return') return true;
    if (flow.levels > 1 && this.#shell.loopDepth > 1) {
      this.#shell.flow = { type: flow.type, levels: flow.levels - 1 };
      return true;
    }
    this.#shell.flow = undefined;
    return flow.type === 'break';
  }

  *#while({ test, body, until }: While): Task<number> {
    const shell = this.#shell;
    let status = 0;
    shell.loopDepth++;
    try {
      for (;;) {
        shell.unchecked++;
        let tested: number;
        try {
          const outcome = this.run(test);
          tested = typeof outcome === 'number' ? outcome : yield* outcome;
        } finally {
          shell.unchecked--;
        }
        if (shell.flow !== undefined) {
          if (this.#leaves()) break;
          if (this.#isDue()) yield* this.#pause();
          continue;
        }
        if ((tested === 0) === until) break;
        const outcome = this.run(body);
        status = typeof outcome === 'number' ? outcome : yield* outcome;
        if (shell.flow !== undefined && this.#leaves()) break;
        if (this.#isDue()) yield* this.#pause();
      }
    } finally {
      shell.loopDepth--;
    }
    if (shell.flow?.type !== 'return') shell.status = status;
    return shell.status;
  }

  *#for(node: For): Task<number> {
    const { name, words, body, line } = node;
    const shell = this.#shell;
    shell.line = line;
    if (!isName(name)) {
      shell.complain(`\`${name}': not a valid identifier`);
      if (shell.isBash && shell.options.posix && !shell.isInteractive) throw new ShellExit(2);
      const outcome = this.settle(1);
      return typeof outcome === 'number' ? outcome : yield* outcome;
    }
    const values = words === undefined ? shell.positional : words.some(({ blocking }) => blocking) ? yield* shell.expansion.fieldsTask(words) : shell.expansion.fields(words);
    let status = 0;
    shell.loopDepth++;
    try {
      for (const value of values) {
        shell.line = line;
        if (shell.options.xtrace) traceFor(shell, name, words);
        if (shell.traps.has('DEBUG')) yield* this.#debug(node);
        if (!assignsLoopVariable(shell, name, value)) return 1;
        const outcome = this.run(body);
        status = typeof outcome === 'number' ? outcome : yield* outcome;
        if (shell.flow !== undefined && this.#leaves()) break;
        if (this.#isDue()) yield* this.#pause();
      }
    } finally {
      shell.loopDepth--;
    }
    if (shell.flow?.type !== 'return') shell.status = status;
    return shell.status;
  }

  *#arithmeticFor({ start, test, step, body, line }: ArithmeticFor): Task<number> {
    const shell = this.#shell;
    shell.line = line;
    let status = 0;
    shell.loopDepth++;
    try {
      if (start && (yield* numberOf(shell, start)) === undefined) return this.#arithmeticFailure();
      for (;;) {
        shell.line = line;
        if (test) {
          const value = yield* numberOf(shell, test);
          if (value === undefined) return this.#arithmeticFailure();
          if (value === 0 || value === 0n) break;
        }
        const outcome = this.run(body);
        status = typeof outcome === 'number' ? outcome : yield* outcome;
        if (shell.flow !== undefined && this.#leaves()) break;
        shell.line = line;
        if (step && (yield* numberOf(shell, step)) === undefined) return this.#arithmeticFailure();
        if (this.#isDue()) yield* this.#pause();
      }
    } finally {
      shell.loopDepth--;
    }
    if (shell.flow?.type !== 'return') shell.status = status;
    return shell.status;
  }

  #arithmeticFailure(): number {
    this.#shell.status = 1;
    return 1;
  }

  *#conditional(node: Conditional): Task<number> {
    const { test, line } = node;
    const shell = this.#shell;
    shell.line = line;
    if (shell.trapDepth === 0) shell.currentCommand = node;
    if (shell.traps.has('DEBUG')) yield* shell.execution.runEventTrap('DEBUG');
    const outcome = this.settle(yield* evaluateTest(shell, test));
    return typeof outcome === 'number' ? outcome : yield* outcome;
  }
}

// Runs commands: dispatch over the tree, lists and conditions. Simple commands and lists of them run without a generator.
import type { Task } from '../../kernel/wait.js';
import { ShellExit } from '../flow.js';
import type { Outcome } from '../parts.js';
import type { Shell } from '../shell.js';
import type { AndOr, Command, Conditional, If, ListItem } from '../syntax/ast.js';
import { runArithmetic } from './arithmetic-command.js';
import { runCase } from './case.js';
import { evaluateTest } from './conditional.js';
import { defineFunction } from './functions.js';
import { runCoprocess } from './coprocesses.js';
import { endsInPlace } from './given-up.js';
import { runBackground, runSubshell } from './jobs.js';
import { runArithmeticFor, runFor, runWhile } from './loops.js';
import { runPipeline } from './pipeline.js';
import { closeSubstitutions } from './process-files.js';
import { runSelect } from './select.js';
import { runSimple } from './simple.js';
import { attend } from './slices.js';
import { runTraced } from './trace.js';

/** One shared array per status: PIPESTATUS of a simple command costs nothing. */
export const SINGLE_STATUS: readonly (readonly number[])[] = Array.from({ length: 256 }, (_, status) => [status]);

/** The compound commands that bash tells of by their own line. */
const HAS_LINE: ReadonlySet<Command['type']> = new Set(['conditional', 'arithmetic', 'arithmetic-for']);

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
      case 'subshell':
        return runSubshell(shell, command);
      default:
        return command.redirects.length > 0 ? this.#redirected(command) : this.#compound(command);
    }
  }

  *#redirected(command: Command): Task<number> {
    const shell = this.#shell;
    shell.line = shell.isBash && !HAS_LINE.has(command.type) ? shell.lineRead : command.line;
    const files = shell.substitutionFiles.length;
    const undo = yield* shell.redirection.applyTask(command.redirects);
    if (!undo) {
      closeSubstitutions(shell, files);
      // busybox's errexit does not look at it.
      if (shell.dialect === 'ash') return (shell.status = shell.redirectionStatus);
      const failed = this.settle(shell.redirectionStatus);
      return typeof failed === 'number' ? failed : yield* failed;
    }
    try {
      const outcome = this.#compound(command);
      return typeof outcome === 'number' ? outcome : yield* outcome;
    } catch (error) {
      shell.report(error);
      // Where all of a script is one text (-c), bash undoes them on its way out.
      if (shell.isBash && shell.commandString === undefined && endsInPlace(shell, error)) undo.keep();
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
        return runWhile(shell, command);
      case 'for':
        return runFor(shell, command);
      case 'select':
        return runSelect(shell, command);
      case 'arithmetic-for':
        return runArithmeticFor(shell, command);
      case 'case':
        return runCase(shell, command);
      case 'function':
        return defineFunction(shell, command);
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
      if (shell.traps.pending.length > 0 || shell.backlog.length > 0) yield* attend(shell);
      if (shell.flow !== undefined) return status;
    }
    return status;
  }

  // --- conditions -------------------------------------------------------------------------------------------------------------

  *#andOr({ first, rest }: AndOr): Task<number> {
    const shell = this.#shell;
    let status = yield* this.#unchecked(first);
    for (let at = 0; at < rest.length; at++) {
      if (shell.flow !== undefined) return status;
      if (shell.traps.pending.length > 0) yield* attend(shell);
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

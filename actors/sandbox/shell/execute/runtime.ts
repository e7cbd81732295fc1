// What running commands needs of the process: forks, waiting, traps, and running text; the face other parts of the shell see.
import { canFork } from '../../kernel/limit-checks.js';
import type { Process } from '../../kernel/process.js';
import { statusCode } from '../../kernel/process.js';
import { SIGINT, SIGPIPE, SIGTERM } from '../../kernel/signals.js';
import { signalDescription } from '../signal-descriptions.js';
import type { Task } from '../../kernel/wait.js';
import { printCommand } from '../command-text.js';
import { deathOf, jobLine } from '../job.js';
import { fail } from '../builtins/output.js';
import { CommandAbort, ExpansionError, ShellExit } from '../flow.js';
import { awaitRoom, cannotFork } from './fork-room.js';
import type { Execution, Outcome, ResolvedRedirect } from '../parts.js';
import type { Shell } from '../shell.js';
import type { Command, Redirect, SimpleCommand, Subshell } from '../syntax/ast.js';
import { Parser, ShellSyntaxError } from '../syntax/parser.js';
import { childEnvironment } from './exported-functions.js';
import { execute, runExternal } from './external.js';
import { callFunction } from './functions.js';
import { Interpreter } from './interpreter.js';
import { endsScript, isFatal } from './given-up.js';
import { DEFAULT_PATH, findProgram } from './program-search.js';
import { lastCommand, onlyCommand, WITHOUT_EXIT_TRAP } from './only-command.js';
import { runEventTrap, runExitTrap, runPending } from './sprung-traps.js';
import { subshellMain } from './subshell.js';
import { reportSyntax, reportWarnings, runFile, runText, type TextOptions } from './texts.js';
import type { Redirector } from './redirector.js';
import { AssignmentError } from '../variables/assignment-error.js';

export type ScriptMain = (process: Process, path: string, args: readonly string[]) => Task<number>;

export class Runtime implements Execution {
  readonly #shell: Shell;
  readonly #interpreter: Interpreter;
  readonly #scriptMain: ScriptMain;

  constructor(shell: Shell, scriptMain: ScriptMain) {
    this.#shell = shell;
    this.#interpreter = new Interpreter(shell);
    this.#scriptMain = scriptMain;
  }

  run(command: Command): Outcome {
    return this.#interpreter.run(command);
  }

  settle(status: number): Outcome {
    return this.#interpreter.settle(status);
  }

  failed(status: number): Outcome {
    return this.#interpreter.failed(status);
  }

  scriptMain(process: Process, path: string, args: readonly string[]): Task<number> {
    return this.#scriptMain(process, path, args);
  }

  resolveRedirect(redirect: Redirect): ResolvedRedirect {
    return (this.#shell.redirection as Redirector).resolve(redirect);
  }

  // --- forks ------------------------------------------------------------------------------------------------------------------

  fork(body: (child: Shell) => Task<number>, wire?: (child: Process) => void): Process {
    const shell = this.#shell;
    // The child begins to run only after this code has given way, so the copy is there in time.
    let copy: Shell | undefined;
    if (!canFork(shell.process, 1)) throw cannotFork(shell);
    const child = shell.process.fork(function* main() {
      return yield* subshellMain(copy!, body);
    });
    copy = shell.fork(child);
    wire?.(child);
    return child;
  }

  forkCommand(command: Command, wire: (child: Process) => void, pipeline?: readonly Process[]): Process {
    const shell = this.#shell;
    const body = command.type === 'subshell' ? withinSubshell(command) : command;
    return this.fork(function* main(child) {
      if (child.dialect === 'ash') child.traps.forgetInherited();
      child.tailCommand = child.isBash || body.type !== 'list' ? onlyCommand(body) : lastCommand(body);
      child.forkedFor = command;
      if (command.type === 'subshell') child.lineRead = command.closingLine;
      child.subshellLevelWithin = child.subshellLevel;
      if (pipeline && command.type === 'simple') child.subshellLevel--;
      // bash: the loops around are not its own.
      if (child.isBash) child.loopDepth = 0;
      // `jobs | …`, not `jobs &`.
      if (child.dialect !== 'dash' && command.type === 'simple' && command.words[0]?.literal === 'jobs' && !shell.jobs.ofPid(child.process.pid)) child.jobs.inherit(shell.jobs);
      const outcome = child.execution.run(body);
      const status = typeof outcome === 'number' ? outcome : yield* outcome;
      if (child.isBash && WITHOUT_EXIT_TRAP.has(body.type)) child.traps.take('EXIT');
      return status;
    }, (process) => {
      if (shell.options.monitor && shell.subshellDepth === 0) process.processGroup = pipeline?.[0]?.pid ?? process.pid;
      wire(process);
    });
  }

  /** Runs a body in a forked shell with the command's redirections, and waits. */
  *forkAndWait(node: SimpleCommand, body: (child: Shell) => Task<number>): Task<number> {
    yield* awaitRoom(this.#shell);
    const child = this.fork(function* main(sub) {
      const undo = yield* sub.redirection.applyTask(node.redirects);
      return undo ? yield* body(sub) : sub.isBash ? sub.redirectionStatus : 2;
    });
    yield* this.awaitForeground([child], () => node.words.map(({ source }) => source).join(' '));
    return statusCode(child.status!);
  }

  /** Waits for the processes of a foreground command; one that stops becomes a job. */
  *awaitForeground(processes: readonly Process[], text: () => string, command?: Command): Task {
    const shell = this.#shell;
    const { terminal } = shell.process;
    const controls = shell.options.monitor && shell.subshellDepth === 0;
    shell.jobs.makeRoom();
    if (controls && terminal) terminal.foreground = processes[0]?.processGroup ?? shell.process.processGroup;
    try {
      for (const child of processes) {
        while (child.status === undefined && !(controls && child.stopped)) yield* shell.process.block(shell.process.childChanged);
        if (child.status !== undefined && shell.process.children.has(child)) shell.process.kernel.reap(child);
      }
    } finally {
      if (controls && terminal) terminal.foreground = shell.process.processGroup;
    }
    if (controls && processes.some((child) => child.stopped && child.status === undefined)) {
      const job = shell.jobs.add(processes, text(), true);
      job.told = 'Stopped';
      shell.warnRaw(`\n${jobLine(shell, job)}`);
    }
    this.#tellDeath(processes.at(-1), command ?? shell.currentCommand);
    shell.jobs.tellDeaths();
  }

  /** A foreground command killed by a signal other than SIGINT and SIGPIPE is told of. */
  #tellDeath(process: Process | undefined, command: Command | undefined): void {
    const shell = this.#shell;
    if (!process?.status || !('signal' in process.status)) return;
    const { signal } = process.status;
    if (signal === SIGINT || signal === SIGPIPE) return;
    if (shell.isBash && !shell.isInteractive && signal !== SIGTERM) shell.complain(deathOf(process.pid, signal, command === undefined ? '' : printCommand(command)));
    else shell.warnRaw(`${signalDescription(signal)}\n`);
  }

  // --- text -------------------------------------------------------------------------------------------------------------------

  newParser(text: string, line: number, final = true): Parser {
    const shell = this.#shell;
    return new Parser(text, {
      dialect: shell.dialect, line,
      alias: (name) => (shell.options.expandAliases || !shell.isBash ? shell.aliases.get(name) : undefined),
      extglob: () => shell.options.extglob,
      posix: () => shell.options.posix,
      keyword: () => shell.options.isSet('keyword'),
      backquoteLine: shell.isBash ? undefined : () => (shell.dialect === 'dash' ? 1 : shell.line),
    }, final);
  }

  runText(text: string, options?: TextOptions): Task<number> {
    return runText(this.#shell, text, options);
  }

  runFile(text: string, path: string, args: readonly string[] | undefined): Task<number> {
    return runFile(this.#shell, text, path, args);
  }

  reportSyntax(error: Pick<ShellSyntaxError, 'failure'>, place?: string): void {
    reportSyntax(this.#shell, error, place);
  }

  reportWarnings(parser: Parser): void {
    reportWarnings(this.#shell, parser);
  }

  // --- commands from built-ins ----------------------------------------------------------------------------------------------------

  runWords(argv: readonly string[], options: { functions?: boolean; defaultPath?: boolean; builtins?: boolean } = {}): Outcome {
    const shell = this.#shell;
    const name = argv[0]!;
    const called = options.functions === true ? shell.functions.get(name) : undefined;
    if (called) return callFunction(shell, called, argv, shell.line);
    const builtin = options.builtins === false || shell.disabledBuiltins.has(name) ? undefined : shell.builtins.get(name);
    if (builtin) return builtin(shell, argv);
    const node: SimpleCommand = { type: 'simple', line: shell.line, redirects: [], assignments: [], words: [] };
    return runExternal(shell, node, [...argv], options.defaultPath === true ? { path: DEFAULT_PATH } : {});
  }

  *replace(argv: readonly string[], options: { name?: string; empty?: boolean; login?: boolean }): Task<number> {
    const shell = this.#shell;
    const path = findProgram(shell, argv[0]!);
    if (path === undefined) {
      const isRefused = argv[0] === '' && !shell.isBash;
      return fail(shell, 'exec', isRefused ? ': Permission denied' : `${argv[0]}: not found`, isRefused ? 126 : 127);
    }
    yield* shell.flushBacklog();
    const name = `${options.login === true ? '-' : ''}${options.name ?? argv[0]!}`;
    const env = options.empty === true ? new Map<string, string>() : childEnvironment(shell);
    const prefix = shell.dialect === 'ash' ? shell.busyboxPrefix('exec') : `${shell.prefix}${shell.dialect === 'dash' ? 'exec: ' : ''}`;
    return yield* execute(shell, shell.process, path, [name, ...argv.slice(1)], env, prefix);
  }

  // --- traps ------------------------------------------------------------------------------------------------------------------

  runTraps(): Task {
    return runPending(this.#shell);
  }

  runEventTrap(name: string): Task<number> {
    return runEventTrap(this.#shell, name);
  }

  runExitTrap(status: number): Task<number> {
    return runExitTrap(this.#shell, status);
  }

  /** The status that an error gives a shell which ends because of it; reports what is to be reported. Defects pass. */
  statusOf(error: unknown): number {
    const shell = this.#shell;
    if (error instanceof ShellExit || error instanceof CommandAbort) return error.status;
    if (error instanceof ExpansionError) {
      shell.report(error);
      if (!shell.isBash) return error.isFatal ? error.status : 2;
      return this.#fatalStatus(isFatal(shell, error));
    }
    if (error instanceof AssignmentError) {
      shell.report(error);
      return shell.isBash ? this.#fatalStatus(endsScript(shell)) : 2;
    }
    throw error;
  }

  /** bash -c ends with 127, and so does a shell that was forked from it for a simple command; a script and a subshell with 1. */
  #fatalStatus(isFatal: boolean): number {
    const { subshellDepth, forkedFor, commandString, options } = this.#shell;
    const isSubshell = subshellDepth > 0 && forkedFor?.type !== 'simple';
    return isFatal && commandString !== undefined && !isSubshell && !options.errexit ? 127 : 1;
  }
}

/** What the forked shell of a subshell runs: its redirections are done there. */
function withinSubshell({ body, redirects, line }: Subshell): Command {
  return redirects.length === 0 ? body : { type: 'group', body, redirects, line };
}

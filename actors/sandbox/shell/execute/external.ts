// Programs: found along PATH, run in a child process (or in this one, when the shell has nothing left to do).
import { childEnvironment } from './exported-functions.js';
import { temporaryText } from '../expand/assignment.js';
import { busyboxWords } from '../busybox-words.js';
import { canFork } from '../../kernel/limit-checks.js';
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import { statusCode } from '../../kernel/process.js';
import { decode, encode } from '../../kernel/text.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { ExpansionError } from '../flow.js';
import { quoteUnprintable } from '../quote.js';
import type { Outcome, ResolvedRedirect } from '../parts.js';
import type { Shell } from '../shell.js';
import type { Redirect, SimpleCommand } from '../syntax/ast.js';
import { awaitRoom } from './fork-room.js';
import { callFunction } from './functions.js';
import { findAlong, findProgram } from './program-search.js';
import { place, RedirectError } from './redirector.js';
import { assignTemporary } from './temporaries.js';

interface Program {
  /** The PATH along which it is looked for, where that is not the shell's. */
  readonly path?: string | undefined;
  /** `set -x`: tells of the command, in bash once its assignments are told. */
  readonly tell?: () => void;
}

/** Runs a program with the command's redirections and assignments. */
export function runExternal(shell: Shell, node: SimpleCommand, argv: string[], program: Program = {}): Outcome {
  const { execution } = shell;
  if (program.tell && shell.options.xtrace && (node.assignments.length === 0 || !shell.isBash)) program.tell();
  if (!shell.isBash && node.redirects.length > 0 && (node.assignments.length > 0 || node.redirects.some(({ target, document }) => target.blocking || document?.blocking === true))) return runRedirected(shell, node, argv, program.path);
  if (node.assignments.some(({ value, array }) => array !== undefined || value?.blocking === true)) return runBlocking(shell, node, argv, program);
  const environment = environmentOf(shell, node, (assignment) => assignment.index === undefined ? shell.expansion.assigned(assignment.value!) : '', program);
  const handler = environment.path === undefined && shell.isBash ? shell.functions.get('command_not_found_handle') : undefined;
  if (handler) return execution.forkAndWait(node, (child) => outcomeOf(callFunction(child, handler, ['command_not_found_handle', ...argv], node.line)));
  return launch(shell, node, argv, environment);
}

function* outcomeOf(outcome: Outcome): Task<number> {
  return typeof outcome === 'number' ? outcome : yield* outcome;
}

function* runBlocking(shell: Shell, node: SimpleCommand, argv: string[], program: Program): Task<number> {
  const values = new Map<unknown, string>();
  for (const assignment of node.assignments) values.set(assignment, assignment.index === undefined ? yield* temporaryText(shell, assignment) : '');
  return yield* launch(shell, node, argv, environmentOf(shell, node, (assignment) => values.get(assignment)!, program));
}

/** dash and ash redirect before they assign, in the shell itself. */
function* runRedirected(shell: Shell, node: SimpleCommand, argv: string[], path: string | undefined): Task<number> {
  const undo = yield* shell.redirection.applyTask(node.redirects);
  if (!undo) return shell.redirectionStatus;
  try {
    const outcome = runExternal(shell, { ...node, redirects: [] }, argv, { path });
    return typeof outcome === 'number' ? outcome : yield* outcome;
  } catch (error) {
    shell.report(error);
    throw error;
  } finally {
    undo();
  }
}

interface ProgramEnvironment {
  env: ReadonlyMap<string, string>;
  /** The PATH along which this one program is looked for, where that is not the shell's. */
  path: string | undefined;
}

/** The environment with the command's own assignments, and the program found with them. */
function environmentOf(shell: Shell, node: SimpleCommand, valueOf: (assignment: SimpleCommand['assignments'][number]) => string, { path, tell }: Program): ProgramEnvironment {
  const { variables } = shell;
  if (node.assignments.length === 0) return { env: childEnvironment(shell), path };
  variables.push('temporary');
  try {
    for (const assignment of node.assignments) assignTemporary(shell, assignment, assignment.index === undefined ? valueOf(assignment) : '', 'program');
    if (tell && shell.options.xtrace && shell.isBash) tell();
    const setsPath = node.assignments.some(({ name }) => name === 'PATH');
    if (setsPath) shell.hash.clear();
    return { env: new Map(childEnvironment(shell)), path: path ?? (setsPath ? variables.get('PATH') ?? '' : undefined) };
  } finally {
    variables.pop();
  }
}

function* launch(shell: Shell, node: SimpleCommand, argv: string[], { env, path: pathValue }: ProgramEnvironment): Task<number> {
  const name = argv[0]!;
  const path = pathValue === undefined || name.includes('/') ? findProgram(shell, name) : findAlong(shell, name, pathValue);
  const inChild = shell.isBash && node.redirects.some(expandsInChild);
  const redirects: ResolvedRedirect[] = [];
  if (!inChild) {
    try {
      for (const redirect of node.redirects) redirects.push(shell.execution.resolveRedirect(redirect));
    } catch (error) {
      if (!(error instanceof RedirectError || (error instanceof ExpansionError && shell.isBash))) throw error;
      shell.complain(error.message);
      return shell.redirectionStatus;
    }
  }
  if (shell.backlog.length > 0) yield* shell.flushBacklog();
  if (!inChild && shell.tailCommand === node && shell.traps.isEmpty && shell.substitutionFiles.length === 0) return yield* become(shell, shell.process, path, argv, env, redirects);
  if (!canFork(shell.process, 1)) yield* awaitRoom(shell);
  const child = inChild ? shell.execution.fork(function* program(copy) {
    const undo = yield* copy.redirection.applyTask(node.redirects);
    if (!undo) return shell.redirectionStatus;
    undo.keep();
    return yield* become(copy, copy.process, path, argv, env, []);
  }) : shell.process.fork(function* program(process) {
    return yield* become(shell, process, path, argv, env, redirects);
  });
  if (shell.options.monitor && shell.subshellDepth === 0) child.processGroup = child.pid;
  yield* shell.execution.awaitForeground([child], () => argv.join(' '));
  return child.stopped ? 148 : statusCode(child.status!);
}

/** What a program's redirections change while they are expanded is the child's: they need a shell there that may run commands and assign. */
function expandsInChild({ target, document }: Redirect): boolean {
  const word = document ?? target;
  return word.blocking || (word.literal === undefined && /=|\+\+|--/.test(word.source));
}

/** In the child: redirections, then the program. Messages go where its standard error now leads. */
function* become(
  shell: Shell, process: Process, path: string | undefined, argv: readonly string[], env: ReadonlyMap<string, string>, redirects: readonly ResolvedRedirect[],
): Task<number> {
  const { prefix } = shell;
  try {
    for (const redirect of redirects) place(shell, process, redirect);
  } catch (error) {
    if (!(error instanceof RedirectError)) throw error;
    yield* process.write(2, encode(`${prefix}${shell.dialect === 'ash' ? busyboxWords(error.message) : error.message}\n`));
    return shell.redirectionStatus;
  }
  if (shell.options.restricted && argv[0]!.includes('/')) {
    yield* process.write(2, encode(`${prefix}${argv[0]}: restricted: cannot specify \`/' in command names\n`));
    return 1;
  }
  if (path === undefined) {
    const name = argv[0]!;
    yield* process.write(2, encode(`${prefix}${missing(shell, name)}\n`));
    return 127;
  }
  return yield* execute(shell, process, path, argv, env, prefix);
}

function missing(shell: Shell, name: string): string {
  if (shell.isBash) return `${quoteUnprintable(name)}: command not found`;
  return name === '' ? ': Permission denied' : `${name}: not found`;
}

/** What dash and ash take for a program that is not there. */
const NOT_THERE: ReadonlySet<string> = new Set(['ENOTDIR', 'ENAMETOOLONG', 'ELOOP']);

/** execve with the shell's own handling of what the kernel refuses. `argv[0]` may differ from the path. */
export function* execute(
  shell: Shell, process: Process, path: string, argv: readonly string[], env: ReadonlyMap<string, string>, prefix: string,
): Task<number> {
  yield PREEMPT;
  try {
    return process.exec(path, argv, env.has('_') || !shell.isBash ? env : new Map(env).set('_', path));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    if (error.code === 'ENOEXEC') return yield* runHeadless(shell, process, path, argv, env, prefix);
    yield* process.write(2, encode(`${prefix}${refusal(shell, process, path, argv[0]!, error)}\n`));
    return error.code === 'ENOENT' || (!shell.isBash && NOT_THERE.has(error.code)) ? 127 : 126;
  }
}

function refusal(shell: Shell, process: Process, path: string, name: string, error: Errno): string {
  if (!shell.isBash) return `${name}: ${error.code === 'ENOENT' || error.code === 'ENOTDIR' ? 'not found' : error.message}`;
  if (error.code === 'EACCES' && isDirectory(process, path)) return `${name}: Is a directory`;
  if (error.code === 'ENOENT' && process.files.exists(path)) {
    const head = decode(process.files.readFile(path).subarray(0, 256));
    const interpreter = /^#!\s*(\S+)/.exec(head)?.[1];
    if (interpreter !== undefined) return `${path}: ${interpreter}: bad interpreter: ${error.message}`;
  }
  return `${name.includes('/') ? name : path}: ${error.message}`;
}

function isDirectory(process: Process, path: string): boolean {
  try {
    return process.files.stat(path).type === 'directory';
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}

/** A file without `#!`: a script of this shell, unless it looks binary. */
function* runHeadless(
  shell: Shell, process: Process, path: string, argv: readonly string[], env: ReadonlyMap<string, string>, prefix: string,
): Task<number> {
  const head = process.files.readFile(path).subarray(0, 80);
  const newline = head.indexOf(10);
  const firstLine = newline < 0 ? head : head.subarray(0, newline);
  if (firstLine.includes(0)) {
    yield* process.write(2, encode(`${prefix}${path}: cannot execute binary file: Exec format error\n`));
    return 126;
  }
  process.env = env;
  process.argv = [shell.name, path, ...argv.slice(1)];
  return yield* shell.execution.scriptMain(process, path, argv.slice(1));
}

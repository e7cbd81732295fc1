// Programs: found along PATH, run in a child process (or in this one, when the shell has nothing left to do).
import { complainOfElement, temporaryText } from '../expand/assignment.js';
import { busyboxWords } from '../busybox-words.js';
import { canFork } from '../../kernel/limit-checks.js';
import { Errno } from '../../kernel/errno.js';
import { MAY_EXECUTE } from '../../kernel/path.js';
import type { Process } from '../../kernel/process.js';
import { statusCode } from '../../kernel/process.js';
import { decode, encode } from '../../kernel/text.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { ExpansionError } from '../flow.js';
import { quoteUnprintable } from '../quote.js';
import type { Outcome, ResolvedRedirect, Shell } from '../shell.js';
import type { SimpleCommand } from '../syntax/ast.js';
import { EXPORTED } from '../variables/variable.js';
import { awaitRoom } from './fork-room.js';
import { callFunction } from './functions.js';
import { place, RedirectError } from './redirector.js';

export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function isExecutable(process: Process, path: string): boolean {
  try {
    if (process.files.stat(path).type !== 'file') return false;
    process.files.access(path, MAY_EXECUTE);
    return true;
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}

/** All files of that name along PATH that may be executed. */
export function searchPath(shell: Shell, name: string, path: string, all: boolean): string[] {
  const found: string[] = [];
  for (const folder of path.split(':')) {
    const candidate = folder === '' ? `./${name}` : `${folder.endsWith('/') ? folder.slice(0, -1) : folder}/${name}`;
    if (!isExecutable(shell.process, candidate)) continue;
    found.push(candidate);
    if (!all) break;
  }
  return found;
}

/** The path of a program; undefined when PATH has none. Remembered until PATH changes. */
export function findProgram(shell: Shell, name: string, path = shell.variables.get('PATH') ?? ''): string | undefined {
  if (name.includes('/')) return name;
  if (shell.hashedPath !== path) {
    shell.hash.clear();
    shell.hashedPath = path;
  }
  const known = shell.hash.get(name);
  if (known && (shell.options.isSet('hashall') ? shell.process.files.exists(known.path) : false)) {
    known.hits++;
    return known.path;
  }
  const found = searchPath(shell, name, path, false)[0];
  if (found !== undefined && found.startsWith('/')) shell.hash.set(name, { path: found, hits: 1 });
  else if (found === undefined) shell.hash.delete(name);
  return found ?? unusable(shell, name, path);
}

/** bash names a file it found but may not execute: the message is then `Permission denied`. */
function unusable(shell: Shell, name: string, path: string): string | undefined {
  for (const folder of path.split(':')) {
    const candidate = `${folder === '' ? '.' : folder}/${name}`;
    try {
      if (shell.process.files.stat(candidate).type === 'file') return candidate;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }
  return undefined;
}

/** Runs a program with the command's redirections and assignments. */
export function runExternal(shell: Shell, node: SimpleCommand, argv: string[]): Outcome {
  const { execution } = shell;
  if (node.assignments.some(({ value, array }) => array !== undefined || value?.blocking === true) || node.redirects.some(({ target, document }) => target.blocking || document?.blocking === true)) {
    return runBlocking(shell, node, argv);
  }
  const environment = environmentOf(shell, node, (assignment) => assignment.index === undefined ? shell.expansion.text(assignment.value!) : '');
  const handler = environment.path === undefined && shell.isBash ? shell.functions.get('command_not_found_handle') : undefined;
  if (handler) return execution.forkAndWait(node, (child) => outcomeOf(callFunction(child, handler, ['command_not_found_handle', ...argv], node.line)));
  return launch(shell, node, argv, environment);
}

function* outcomeOf(outcome: Outcome): Task<number> {
  return typeof outcome === 'number' ? outcome : yield* outcome;
}

function* runBlocking(shell: Shell, node: SimpleCommand, argv: string[]): Task<number> {
  const values = new Map<unknown, string>();
  for (const assignment of node.assignments) values.set(assignment, assignment.index === undefined ? yield* temporaryText(shell, assignment) : '');
  const environment = environmentOf(shell, node, (assignment) => values.get(assignment)!);
  if (node.redirects.length === 0) return yield* launch(shell, node, argv, environment);
  const undo = yield* shell.redirection.applyTask(node.redirects);
  if (!undo) return shell.redirectionStatus;
  try {
    return yield* launch(shell, { ...node, redirects: [] }, argv, environment);
  } finally {
    undo();
  }
}

interface ProgramEnvironment {
  env: ReadonlyMap<string, string>;
  path: string | undefined;
}

/** The environment with the command's own assignments, and the program found with them. */
function environmentOf(shell: Shell, node: SimpleCommand, valueOf: (assignment: SimpleCommand['assignments'][number]) => string): ProgramEnvironment {
  const { variables } = shell;
  if (node.assignments.length === 0) return { env: childEnvironment(shell), path: undefined };
  variables.push('temporary');
  try {
    for (const assignment of node.assignments) {
      if (assignment.index !== undefined) {
        complainOfElement(shell, assignment);
        continue;
      }
      const value = valueOf(assignment);
      const outer = variables.find(assignment.name);
      if (outer?.has(2) === true) {
        shell.complain(`${assignment.name}: readonly variable`);
        continue;
      }
      const variable = variables.bindAt(variables.depth, variables.follow(assignment.name).name);
      variable.attributes = EXPORTED;
      variables.assign(variable, assignment.append ? (outer?.text ?? '') + value : value);
    }
    return { env: new Map(childEnvironment(shell)), path: variables.get('PATH') ?? '' };
  } finally {
    variables.pop();
  }
}

/** Exported functions travel as BASH_FUNC_name%%. */
export function childEnvironment(shell: Shell): ReadonlyMap<string, string> {
  const env = shell.variables.environment();
  const exported = shell.isBash ? [...shell.functions].filter(([, { isExported }]) => isExported) : [];
  if (exported.length === 0) return env;
  const copy = new Map(env);
  for (const [name, { definition }] of exported) copy.set(`BASH_FUNC_${name}%%`, shell.execution.functionText(definition));
  return copy;
}

function* launch(shell: Shell, node: SimpleCommand, argv: string[], { env, path: pathValue }: ProgramEnvironment): Task<number> {
  const path = findProgram(shell, argv[0]!, pathValue);
  const redirects: ResolvedRedirect[] = [];
  try {
    for (const redirect of node.redirects) redirects.push(shell.execution.resolveRedirect(redirect));
  } catch (error) {
    if (!(error instanceof RedirectError || error instanceof ExpansionError)) throw error;
    shell.complain(error.message);
    return shell.redirectionStatus;
  }
  if (shell.backlog.length > 0) yield* shell.flushBacklog();
  if (shell.tailCommand === node && shell.traps.isEmpty && shell.substitutionFiles.length === 0) return yield* become(shell, shell.process, path, argv, env, redirects);
  if (!canFork(shell.process, 1)) yield* awaitRoom(shell);
  const child = shell.process.fork(function* program(process) {
    return yield* become(shell, process, path, argv, env, redirects);
  });
  if (shell.options.monitor && shell.subshellDepth === 0) child.processGroup = child.pid;
  yield* shell.execution.awaitForeground([child], () => argv.join(' '));
  return child.stopped ? 148 : statusCode(child.status!);
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
  if (path === undefined) {
    const name = argv[0]!;
    yield* process.write(2, encode(`${prefix}${missing(shell, name)}\n`));
    return 127;
  }
  return yield* execute(shell, process, path, argv, env, prefix);
}

function missing(shell: Shell, name: string): string {
  if (shell.isBash) return `${quoteUnprintable(name)}: command not found`;
  return name === '' && shell.dialect === 'ash' ? ': Permission denied' : `${name}: not found`;
}

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
    return error.code === 'ENOENT' || error.code === 'ENOTDIR' && shell.isBash === false ? 127 : 126;
  }
}

function refusal(shell: Shell, process: Process, path: string, name: string, error: Errno): string {
  if (!shell.isBash) return `${name}: ${error.code === 'ENOENT' ? 'not found' : error.message}`;
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

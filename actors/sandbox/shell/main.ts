// The shell as a program: its options, where the script comes from, and its end.
import { withIds } from '../kernel/credentials.js';
import { Errno } from '../kernel/errno.js';
import type { Process } from '../kernel/process.js';
import { SIGINT, SIGQUIT, SIGTERM } from '../kernel/signals.js';
import { decode, encode } from '../kernel/text.js';
import { PREEMPT, type Task } from '../kernel/wait.js';
import { BASH_VERSION, importEnvironment } from './environment.js';
import { assemble } from './execute/assemble.js';
import { promptTask } from './expand/prompt.js';
import { editableTerminal, editLine } from './line-editor/edit-line.js';
import { saveHistory, setHistoryFile } from './history/file.js';
import { InputLines } from './history/input-lines.js';
import { BlockLines, type InputLine, readLine } from './line-input.js';
import { checkLocales } from './locale.js';
import { ShellExit } from './flow.js';
import { helpText, type Invocation, parseInvocation, versionText } from './invocation.js';
import { SET_OPTIONS, type SetOption } from './options.js';
import { applyOption, applyShopt } from './builtins/options.js';
import { restrict } from './restricted.js';
import { Shell } from './shell.js';
import { importFunctions } from './execute/exported-functions.js';
import { goesOnAfter } from './execute/given-up.js';
import { findReadable } from './execute/program-search.js';
import { lastCommand } from './execute/only-command.js';
import { LinesRead } from './execute/lines-read.js';
import { givesUpLine, statusAfter } from './execute/unreadable.js';
import type { Dialect, List } from './syntax/ast.js';
import { type Parser, ShellSyntaxError } from './syntax/parser.js';

/** Makes a shell in a process that is none yet. */
function makeShell(process: Process, dialect: Dialect, name: string): Shell {
  const shell = new Shell(process, dialect, name);
  assemble(shell, (child, path, args) => runScript(makeShell(child, dialect, name), path, args));
  shell.traps.noteIgnored();
  shell.random = process.pid * 7919 + Date.now() % 100_000;
  importEnvironment(shell);
  return shell;
}

/** What is left of a script that remembers its lines. */
interface ScriptRest {
  text: string;
  readonly line: number;
}

function takeLine(script: ScriptRest): InputLine {
  const end = script.text.indexOf('\n');
  const text = end < 0 ? script.text : script.text.slice(0, end);
  script.text = end < 0 ? '' : script.text.slice(end + 1);
  return { text, isEnd: end < 0 };
}

/**
 * Runs commands as they are read from standard input, where bytes after a command stay for it to read, or line by line from the rest of a
 * script.
 */
function* runInput(shell: Shell, prompt: boolean, script?: ScriptRest): Task<number> {
  const terminal = prompt ? editableTerminal(shell) : undefined;
  let parser = shell.execution.newParser('', script?.line ?? 1, false);
  const lines = new InputLines(shell);
  const blocks = shell.dialect === 'dash' && !terminal ? new BlockLines() : undefined;
  let ended = false;
  let again = false;
  let shown = '';
  // Of a machine that was put away at the first prompt: it is on the screen.
  let isShown = shell.process.resumed !== undefined;
  const show = function* (name: string): Task {
    if (!prompt) return;
    const { status } = shell;
    shown = yield* promptTask(shell, shell.variables.get(name) ?? '');
    shell.status = status;
    if (!terminal && !isShown) shell.warnRaw(shown);
  };
  if (!prompt && !script) yield PREEMPT;
  if (!isShown) yield* beforePrompt(shell, prompt);
  yield* show('PS1');
  for (;;) {
    let list: List | 'incomplete' | 'end';
    try {
      list = parser.next();
    } catch (error) {
      if (!(error instanceof ShellSyntaxError)) throw error;
      shell.execution.reportWarnings(parser);
      shell.execution.reportSyntax(error);
      const goesOn = shell.isInteractive || givesUpLine(shell, error);
      if (!goesOn) return statusAfter(shell, error);
      shell.status = error.failure.discards === true ? 1 : 2;
      yield* show('PS1');
      continue;
    }
    if (list === 'end' || list === 'incomplete') {
      if (ended) return shell.status;
      if (again && list === 'incomplete') yield* show('PS2');
      if (terminal && shell.backlog.length > 0) yield* shell.flushBacklog();
      const { text: given, isEnd, interrupted } = script ? { ...takeLine(script), interrupted: false } : terminal ? yield* editLine(shell, terminal, shown, isShown) : { ...(yield* readFirstLine(shell, blocks)), interrupted: false };
      shell.isFresh = false;
      isShown = false;
      if (interrupted) {
        parser = shell.execution.newParser('', 1, false);
        again = false;
        shell.status = 130;
        yield* show('PS1');
        continue;
      }
      again = true;
      if (shell.options.verbose && !(isEnd && given === '')) shell.warnRaw(isEnd && !shell.isBash ? given : `${given}\n`);
      if (!parser.pending) lines.begin();
      const text = lines.take(given, parser.line);
      if (text === undefined && !isEnd) {
        again = parser.pending;
        if (!again) yield* show('PS1');
        continue;
      }
      if (prompt && isEnd && (terminal || shell.isBash)) shell.warnRaw(shell.isBash ? 'exit\n' : '\n');
      if (text !== undefined && (text !== '' || !isEnd)) parser.append(isEnd ? text : `${text}\n`);
      if (isEnd) {
        ended = true;
        parser.finish();
      }
      continue;
    }
    again = false;
    if (script || !shell.isInteractive) shell.execution.reportWarnings(parser);
    if (list.items.length > 0) yield* runCommands(shell, list, parser);
    if (script && shell.flow !== undefined) return shell.status;
    if (shell.flow?.type === 'return' && shell.dialect === 'dash') return shell.status;
    if (shell.flow !== undefined) shell.flow = undefined;
    yield* beforePrompt(shell, prompt);
    yield* show('PS1');
  }
}

/** Until something has come, the machine can be put away. */
function* readFirstLine(shell: Shell, blocks: BlockLines | undefined): Task<InputLine> {
  const { process } = shell;
  if (shell.isFresh) yield* process.resting({}, process.poll([{ fd: 0, read: true }]));
  return yield* blocks?.next(process, 0) ?? readLine(process, 0);
}

/** What became of jobs is told, then bash's PROMPT_COMMAND runs, which leaves `$?` alone. */
function* beforePrompt(shell: Shell, prompt: boolean): Task {
  if (prompt) shell.jobs.tellChanges();
  const command = prompt && shell.isBash ? shell.variables.get('PROMPT_COMMAND') ?? '' : '';
  if (command === '') return;
  shell.isFresh = false;
  const { status } = shell;
  yield* shell.execution.runText(command);
  shell.status = status;
}

/** One complete command; an error in it gives up that command, and in a script of a POSIX shell the shell. */
function* runCommands(shell: Shell, list: List, parser: Parser): Task {
  if (shell.options.noexec && !shell.isInteractive) return;
  shell.lineRead = parser.line - 1;
  try {
    const outcome = shell.execution.run(list);
    if (typeof outcome !== 'number') yield* outcome;
    if (shell.backlog.length > 0) yield* shell.flushBacklog();
    if (shell.traps.pending.length > 0) yield* shell.execution.runTraps();
  } catch (error) {
    if (!goesOnAfter(shell, error)) throw error;
    shell.status = shell.execution.statusOf(error);
    // bash counts on from the line that it has given up.
    if (shell.isBash) parser.line = shell.line + 1;
    shell.unchecked = shell.inverted = 0;
    shell.loopDepth = 0;
  }
}

/**
 * Runs a whole text, each command as soon as it is read, so that aliases and options count for the next line. Where it is `isAll` that
 * the shell runs, its last command needs no process of its own.
 */
function* runWhole(shell: Shell, text: string, isAll = false): Task<number> {
  // busybox counts the lines of -c from 0.
  const firstLine = shell.dialect === 'ash' && shell.commandString !== undefined ? 0 : 1;
  const parser = shell.execution.newParser(text, firstLine);
  const lines = shell.isBash || shell.commandString === undefined ? new LinesRead(shell, parser, text, firstLine) : undefined;
  for (;;) {
    let list: List | 'incomplete' | 'end';
    try {
      list = parser.next();
      lines?.show();
    } catch (error) {
      if (!(error instanceof ShellSyntaxError)) throw error;
      lines?.show();
      shell.execution.reportWarnings(parser);
      shell.execution.reportSyntax(error);
      if (!givesUpLine(shell, error)) return statusAfter(shell, error);
      shell.status = 1;
      continue;
    }
    shell.execution.reportWarnings(parser);
    if (list === 'end' || list === 'incomplete') return shell.status;
    if (list.items.length === 0) continue;
    if (isAll && parser.isAtEnd) shell.tailCommand = lastCommand(list);
    yield* runCommands(shell, list, parser);
    if (shell.flow !== undefined) return shell.status;
    // From here on each line is remembered before it is parsed.
    if (shell.options.isSet('history') && shell.isBash && shell.commandString === undefined) return yield* runInput(shell, false, { text: parser.rest, line: parser.line });
  }
}

/** The shell's life: the script, then the EXIT trap; what is thrown on the way becomes its status. */
function* live(shell: Shell, body: () => Task<number>): Task<number> {
  let status: number;
  try {
    status = yield* body();
  } catch (error) {
    if (error instanceof Errno) {
      // The input or output is gone.
      if (error.code === 'EPIPE') yield PREEMPT;
      return 1;
    }
    // bash's errexit leaves the functions that were running, except for their names and parameters.
    if (shell.isBash && error instanceof ShellExit && error.byErrexit) shell.variables.popAll();
    status = shell.execution.statusOf(error);
  }
  try {
    return yield* shell.execution.runExitTrap(status);
  } finally {
    saveHistory(shell);
  }
}

function* runScript(shell: Shell, path: string, args: readonly string[], invocation?: Invocation): Task<number> {
  shell.positional = [...args];
  shell.name = path;
  shell.hasName = true;
  shell.scriptPath = path;
  let text: string;
  try {
    const found = shell.isBash && !path.includes('/') && !shell.process.files.exists(path) ? findReadable(shell, path) ?? path : path;
    const location = shell.process.files.locate(found);
    // dash opens a directory and finds nothing to read.
    const isEmpty = location.inode.type === 'directory' && shell.dialect === 'dash';
    if (location.inode.type === 'directory' && !isEmpty) throw new Errno('EISDIR');
    text = isEmpty ? '' : decode(shell.process.files.readFile(found));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    shell.name = shell.process.argv[0] ?? 'sh';
    const missing = error.code === 'ENOENT' || error.code === 'ENOTDIR';
    shell.warnRaw(shell.isBash ? `${shell.name}: ${path}: ${error.message}\n` : `${shell.name}: 0: cannot open ${path}: ${missing ? 'No such file' : error.message}\n`);
    if (shell.dialect === 'dash') return 2;
    return missing ? 127 : 126;
  }
  // dash and ash skip NULs.
  if (!shell.isBash) text = text.replaceAll('\0', '');
  else if (text.slice(0, 80).split('\n', 1)[0]!.includes('\0')) {
    shell.warnRaw(`${path}: ${path}: cannot execute binary file\n`);
    return 126;
  }
  return yield* live(shell, () => (invocation ? withProfile(shell, invocation, () => runWhole(shell, text)) : runWhole(shell, text)));
}

function* sourceIfThere(shell: Shell, path: string): Task {
  if (path === '' || !shell.process.files.exists(path)) return;
  shell.isFresh = false;
  yield* shell.execution.runFile(decode(shell.process.files.readFile(path)), path, undefined);
}

/** The main function of a shell called by `dialect`'s name. */
export function shellMain(dialect: Dialect) {
  return function* main(process: Process): Task<number> {
    const name = process.argv[0] ?? 'sh';
    const isBash = dialect === 'bash' || dialect === 'posix';
    const invocation = parseInvocation(process.argv, isBash);
    // Rights lent by a set-user-ID file are given back unless -p asks for them; busybox keeps them.
    const { realUid: uid, realGid: gid } = process.credentials;
    const keepsRights = dialect === 'ash' || [...invocation.options].some(([option, on]) => option === 'privileged' && on);
    if (!keepsRights) process.credentials = withIds(process.credentials, { uid, gid });
    const shell = makeShell(process, invocation.posix && isBash ? 'posix' : dialect, isBash ? name : name.replace(/^-/, ''));
    if (invocation.error !== undefined) {
      shell.warnRaw(isBash ? `${name}: ${invocation.error}\n` : `${name}: 0: ${invocation.error}\n`);
      yield* shell.flushBacklog();
      return 2;
    }
    if (invocation.tells !== undefined) {
      yield* process.write(1, encode(invocation.tells === 'help' ? helpText(BASH_VERSION) : versionText(BASH_VERSION)));
      return 0;
    }
    if (invocation.posix || dialect === 'posix') applyOption(shell, 'posix', true);
    // An exported SHELLOPTS sets the options of shells below.
    for (const option of isBash ? (process.env.get('SHELLOPTS') ?? '').split(':') : []) if (Object.hasOwn(SET_OPTIONS, option)) applyOption(shell, option as SetOption, true);
    for (const [option, on] of invocation.options) applyOption(shell, option, on);
    for (const [option, on] of invocation.shopts) applyShopt(shell, option, on);
    shell.isLogin = invocation.login;
    if (isBash && invocation.login) shell.options.shopt('login_shell', true);
    if (isBash) checkLocales(shell);
    if (isBash) importFunctions(shell);
    const { rest } = invocation;
    if (invocation.command) {
      if (rest[0] === undefined) {
        shell.warnRaw(`${name}: ${isBash ? '' : '0: '}-c${isBash ? ':' : ''} ${isBash ? 'option requires an argument' : 'requires an argument'}\n`);
        return 2;
      }
      shell.commandString = rest[0];
      if (invocation.interactive && isBash) setHistoryFile(shell);
      shell.isInteractive = invocation.interactive;
      if (shell.isInteractive && isBash) prepareInteractive(shell);
      if (rest[1] !== undefined) shell.name = rest[1];
      shell.hasName = rest[1] !== undefined;
      shell.positional = rest.slice(2);
      return yield* live(shell, () => withProfile(shell, invocation, () => runWhole(shell, rest[0]!, !shell.isInteractive)));
    }
    if (rest.length > 0 && !invocation.stdin && isBash && invocation.interactive) {
      shell.isInteractive = true;
      prepareInteractive(shell);
    }
    if (rest.length > 0 && !invocation.stdin) return yield* runScript(shell, rest[0]!, rest.slice(1), invocation);
    shell.positional = [...rest];
    shell.readsStdin = true;
    const terminal = process.descriptors.find(0)?.isTerminal === true;
    shell.isInteractive = invocation.interactive || (terminal && process.descriptors.find(2)?.isTerminal === true);
    if (shell.isInteractive) prepareInteractive(shell);
    if (!shell.isInteractive) return yield* live(shell, () => withProfile(shell, invocation, () => runInput(shell, false)));
    if (isBash) setHistoryFile(shell);
    applyOption(shell, 'history', true);
    if (isBash) applyOption(shell, 'histexpand', true);
    return yield* live(shell, () => withProfile(shell, invocation, () => runInput(shell, true)));
  };
}

function* withProfile(shell: Shell, invocation: Invocation, body: () => Task<number>): Task<number> {
  if (shell.process.resumed) return yield* body();
  if (shell.isLogin && !invocation.noprofile) {
    yield* sourceIfThere(shell, '/etc/profile');
    const home = shell.variables.get('HOME') ?? '';
    const own = (shell.isBash ? ['.bash_profile', '.bash_login', '.profile'] : ['.profile']).map((file) => `${home}/${file}`).find((path) => shell.process.files.exists(path));
    if (own !== undefined) yield* sourceIfThere(shell, own);
  } else if (shell.isInteractive && shell.isBash && !invocation.norc) {
    yield* sourceIfThere(shell, invocation.rcfile ?? `${shell.variables.get('HOME') ?? ''}/.bashrc`);
  }
  if (invocation.restricted) {
    restrict(shell);
    shell.options.shopt('restricted_shell', true);
  }
  return yield* body();
}

/** Job control, prompts, and signals that must not end an interactive shell. */
function prepareInteractive(shell: Shell): void {
  const { process, variables } = shell;
  shell.options.shopt('expand_aliases', true);
  if (variables.get('PS1') === undefined) variables.set('PS1', shell.isBash ? '\\h:\\w\\$ ' : process.credentials.uid === 0 ? '# ' : '$ ');
  if (variables.get('PS2') === undefined) variables.set('PS2', '> ');
  applyOption(shell, 'monitor', process.terminal !== undefined);
  if (shell.isBash) applyOption(shell, 'emacs', true);
  if (shell.isBash && process.terminal === undefined) {
    shell.warnRaw(`${shell.name}: cannot set terminal process group (${process.processGroup}): Inappropriate ioctl for device\n`);
    shell.warnRaw(`${shell.name}: no job control in this shell\n`);
  }
  shell.traps.survive([SIGINT, SIGQUIT, SIGTERM]);
}

// Script text that is run in a shell that runs already (eval, traps, sourced files), and what is said of text that cannot be read.
import type { Task } from '../../kernel/wait.js';
import { busyboxWords } from '../busybox-words.js';
import { CommandAbort, ShellExit } from '../flow.js';
import type { Shell } from '../shell.js';
import type { List } from '../syntax/ast.js';
import { Parser, ShellSyntaxError } from '../syntax/parser.js';
import { endsInPlace, endsScript, goesOnAfter } from './given-up.js';
import { LinesRead } from './lines-read.js';
import { findParsed, keepParsed, parsedKey } from './parsed-texts.js';
import { statusOfSubstitution } from './unreadable.js';

export interface TextOptions {
  /** The number of its first line; 1 unless said. */
  readonly line?: number;
  /** What its errors are of (`eval`). */
  readonly name?: string;
  readonly isFile?: boolean;
}

export function* runText(shell: Shell, text: string, options: TextOptions = {}): Task<number> {
  const line = options.line ?? 1;
  const key = parsedKey(shell, text, line);
  const known = key === undefined ? undefined : findParsed(key);
  const parser = known ?? shell.execution.newParser(text, line);
  const lines = parser instanceof Parser && (shell.isBash || options.isFile === true) ? new LinesRead(shell, parser, text, line) : undefined;
  let status = 0;
  for (;;) {
    let list: ReturnType<Parser['next']>;
    try {
      list = parser instanceof Parser ? parser.next() : parser;
      lines?.show();
    } catch (error) {
      if (!(error instanceof ShellSyntaxError)) throw error;
      lines?.show();
      if (parser instanceof Parser) reportWarnings(shell, parser);
      reportSyntax(shell, error, options.name);
      if (!shell.isBash) throw new CommandAbort(2);
      if (options.name === 'eval' && endsScript(shell)) throw new ShellExit(2, { bySpecial: true });
      if (error.failure.inSubstitution === true) throw new ShellExit(statusOfSubstitution(shell));
      if (error.failure.discards === true) return 1;
      return 2;
    }
    if (list === 'end' || list === 'incomplete') return status;
    if (key !== undefined) keepParsed(key, list);
    if (list.items.length > 0 && (!shell.options.noexec || shell.isInteractive)) {
      if (parser instanceof Parser) {
        reportWarnings(shell, parser);
        shell.lineRead = parser.line - 1;
      }
      status = yield* runGuarded(shell, list);
      if (shell.flow !== undefined) return shell.status;
    }
    // A kept text is one line, and has been run now.
    if (known) return status;
  }
}

/** One command of a text: an error in it gives up that command. */
function* runGuarded(shell: Shell, list: List): Task<number> {
  const { unchecked, inverted, loopDepth } = shell;
  try {
    const outcome = shell.execution.run(list);
    return typeof outcome === 'number' ? outcome : yield* outcome;
  } catch (error) {
    if (!goesOnAfter(shell, error)) throw ending(shell, error);
    // A subshell ends where the shell itself would go on.
    if (shell.subshellDepth > 0) throw error;
    shell.status = shell.execution.statusOf(error);
    Object.assign(shell, { unchecked, inverted, loopDepth });
    return shell.status;
  }
}

/** bash: an error in a text that is run by a command or a trap ends the shell there. */
function ending(shell: Shell, error: unknown): unknown {
  return shell.isBash && shell.evalDepth > 0 && !(error instanceof ShellExit) ? new ShellExit(shell.execution.statusOf(error)) : error;
}

/** `bash: line 3: syntax error near unexpected token …` and the line itself. `place` is put in (`eval: `). */
export function reportSyntax(shell: Shell, { failure }: Pick<ShellSyntaxError, 'failure'>, place?: string): void {
  shell.line = failure.line;
  const where = place ?? shell.speaker ?? (shell.isBash && shell.commandString !== undefined && shell.frames.length === 0 ? '-c' : undefined);
  const inner = where === undefined ? '' : `${where}: `;
  if (!shell.isBash) {
    if (shell.dialect === 'ash') shell.warnRaw(`${shell.busyboxPrefix(place)}${busyboxWords(failure.message)}\n`);
    else shell.warnRaw(`${shell.messageName}: ${failure.line}: ${inner}${failure.message}\n`);
    return;
  }
  const say = (message: string): void => {
    if (message !== '') shell.warnRaw(`${inner === '' ? shell.prefix : `${shell.messageName}: ${inner}line ${shell.line}: `}${message}\n`);
  };
  say(failure.message);
  if (failure.sourceLine !== undefined) say(`\`${failure.sourceLine}'`);
  if (failure.second === undefined) return;
  shell.line = failure.second.line;
  say(failure.second.message);
}

/** What bash warns of where a text ends. */
export function reportWarnings(shell: Shell, parser: Parser): void {
  for (const { line, message } of parser.takeWarnings()) {
    shell.line = line;
    shell.complain(message);
  }
}

/** A file's text with a frame of its own (source). */
export function* runFile(shell: Shell, text: string, path: string, args: readonly string[] | undefined): Task<number> {
  const { positional, line, loopDepth, inverted, currentCommand, unchecked, speaker } = shell;
  if (!shell.isBash) shell.speaker = path;
  const debug = shell.options.functrace ? undefined : shell.traps.suspend('DEBUG');
  if (args) shell.positional = [...args];
  const sets = shell.positionalSets;
  shell.evalDepth++;
  // dash: errexit looks at what is in the file, also where `.` is a condition.
  shell.unchecked = shell.dialect === 'dash' ? 0 : unchecked - inverted;
  shell.inverted = 0;
  shell.frames.push({ name: 'source', source: path, callLine: line, kind: 'source', callArguments: shell.options.has('extdebug') ? args ?? [path] : undefined });
  let status: number;
  let keepsParameters = false;
  try {
    status = yield* runText(shell, text, { isFile: true });
    if (shell.flow?.type === 'return') {
      status = shell.status;
      shell.flow = undefined;
    }
    if (shell.traps.has('RETURN')) {
      // It runs where the file was called.
      const frame = shell.frames.pop()!;
      shell.line = line;
      yield* shell.execution.runEventTrap('RETURN');
      shell.frames.push(frame);
    }
    shell.frames.pop();
  } catch (error) {
    shell.report(error);
    if (shell.isBash && endsInPlace(shell, error)) keepsParameters = true;
    else shell.frames.pop();
    throw error;
  } finally {
    shell.speaker = speaker;
    shell.evalDepth--;
    shell.line = line;
    shell.unchecked = unchecked;
    shell.inverted = inverted;
    shell.currentCommand = currentCommand;
    shell.loopDepth = loopDepth;
    shell.traps.resume('DEBUG', debug);
    // bash: parameters that the file itself set stay.
    if (args && !keepsParameters && (sets === shell.positionalSets || !shell.isBash)) shell.positional = positional;
  }
  return status;
}

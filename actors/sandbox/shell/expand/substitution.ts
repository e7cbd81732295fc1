// Command and process substitution: forked shells whose output comes back through a pipe.
import { decode } from '../../kernel/text.js';
import { statusCode } from '../../kernel/process.js';
import type { Process } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';
import { Errno } from '../../kernel/errno.js';
import { awaitRoom } from '../execute/fork-room.js';
import { lastCommand } from '../execute/only-command.js';
import { printedAt } from '../execute/printed-lines.js';
import { CommandAbort, ShellExit } from '../flow.js';
import type { Shell } from '../shell.js';
import type { CommandSubstitution, List, ListItem, ProcessSubstitution, SimpleCommand } from '../syntax/ast.js';

/** Runs `$(…)`: its output without trailing newlines and NULs; its status goes to `shell.substitutionStatus`. */
export function* substituteCommand(shell: Shell, part: CommandSubstitution): Task<string> {
  if (part.failure) {
    const { line } = shell;
    shell.execution.reportSyntax({ failure: part.failure }, 'command substitution');
    shell.line = line;
    if (part.failure.discards === true) throw new CommandAbort(1);
    ended(shell, 2);
    return '';
  }
  if (part.script.items.length === 0) {
    ended(shell, 0);
    return '';
  }
  if (shell.dialect !== 'dash' && part.script.items.length === 1 && isFile(part.script.items[0]!)) {
    const text = yield* readDirectly(shell, part.script);
    if (text !== undefined) return text;
  }
  const script = shell.isBash ? printedAt(part, shell.line) : part.script;
  yield* awaitRoom(shell);
  const [reader, writer] = shell.process.pipe();
  shell.process.descriptors.setCloseOnExec(reader, true);
  const child = shell.execution.fork(function* body(sub) {
    sub.jobs.inherit(shell.jobs);
    sub.evalDepth++;
    sub.tailCommand = tailOf(sub, script);
    // dash: errexit looks at what is in it, also where it is a condition.
    if (sub.dialect === 'dash') sub.unchecked = 0;
    if (!sub.options.has('inherit_errexit') && !sub.options.posix && sub.dialect !== 'dash') sub.options.set('errexit', false);
    return yield* runSubstituted(sub, script);
  }, (process) => {
    process.close(reader);
    if (writer !== 1) {
      process.dup2(writer, 1);
      process.close(writer);
    }
  });
  shell.process.close(writer);
  const bytes = yield* drain(shell.process, reader);
  yield* shell.process.wait([child]);
  ended(shell, statusCode(child.status!));
  return cleaned(decode(bytes));
}

/** The command whose program takes the place of the forked shell; bash leaves one that is redirected to it. */
function tailOf(shell: Shell, script: List): SimpleCommand | undefined {
  const last = lastCommand(script);
  return shell.isBash && last !== undefined && last.redirects.length > 0 ? undefined : last;
}

/** To bash a substitution is the last command: `$?` further on in the same words is its status. */
function ended(shell: Shell, status: number): void {
  shell.substitutionStatus = status;
  if (shell.isBash) shell.status = status;
}

function cleaned(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 10) end--;
  const trimmed = end === text.length ? text : text.slice(0, end);
  return trimmed.includes('\0') ? trimmed.replaceAll('\0', '').replace(/\n+$/, '') : trimmed;
}

function* drain(process: Process, fd: number): Task<Uint8Array> {
  const parts: Uint8Array[] = [];
  try {
    for (;;) {
      const chunk = yield* process.read(fd, 1 << 20);
      if (chunk.length === 0) break;
      parts.push(chunk);
    }
  } finally {
    process.descriptors.close(fd);
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

/** `<file`: a lone input redirection, which in a substitution stands for what is in the file. */
function isFile({ command, background }: ListItem): boolean {
  if (background || command.type !== 'simple' || command.words.length > 0 || command.assignments.length > 0) return false;
  return command.redirects.length === 1 && command.redirects[0]!.operator === '<' && (command.redirects[0]!.fd ?? 0) === 0;
}

function* readDirectly(shell: Shell, script: List): Task<string | undefined> {
  const undo = yield* shell.redirection.applyTask(script.items[0]!.command.redirects);
  if (!undo) {
    ended(shell, 1);
    // bash gives up here, even among the arguments of a command that would succeed.
    if (shell.isBash && shell.options.errexit) throw new ShellExit(1);
    return '';
  }
  try {
    const parts: Uint8Array[] = [];
    const status = yield* eachChunk(shell, function* keep(chunk) {
      parts.push(chunk);
    });
    ended(shell, status);
    return status === 0 ? cleaned(decode(Buffer.concat(parts))) : '';
  } finally {
    undo();
  }
}

/** Reads standard input to its end. */
function* eachChunk(shell: Shell, use: (chunk: Uint8Array) => Task): Task<number> {
  for (;;) {
    let chunk: Uint8Array;
    try {
      chunk = yield* shell.process.read(0, 1 << 20);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      shell.complain(`read error: 0: ${error.message}`);
      return 1;
    }
    if (chunk.length === 0) return 0;
    yield* use(chunk);
  }
}

/** In the forked shell: the commands, of which the last may be a `<file` on a line of its own. */
function* runSubstituted(shell: Shell, script: List): Task<number> {
  const last = script.items.at(-1);
  const file = shell.isBash && last !== undefined && isFile(last) && script.items.at(-2)?.command.line !== last.command.line ? last.command : undefined;
  const outcome = shell.execution.run(file ? { ...script, items: script.items.slice(0, -1) } : script);
  const status = typeof outcome === 'number' ? outcome : yield* outcome;
  if (!file || shell.flow !== undefined) return status;
  const undo = yield* shell.redirection.applyTask(file.redirects);
  return undo ? yield* eachChunk(shell, (chunk) => shell.process.write(1, chunk)) : 1;
}

/** Runs `<(…)` or `>(…)`: the path of the descriptor that leads to it. The descriptor is closed when the command is over. */
export function runProcessSubstitution(shell: Shell, part: ProcessSubstitution): string {
  const script = shell.isBash ? printedAt(part, shell.line) : part.script;
  const [reader, writer] = shell.process.pipe();
  const [ours, theirs, target] = part.direction === '<' ? [reader, writer, 1] : [writer, reader, 0];
  const file = shell.process.descriptors.get(ours);
  let kept = 63;
  while (shell.process.descriptors.find(kept)) kept--;
  shell.process.descriptors.put(kept, file);
  shell.process.close(ours);
  const child = shell.execution.fork(function* body(sub) {
    sub.evalDepth++;
    sub.tailCommand = tailOf(sub, script);
    if (part.direction === '<') return yield* runSubstituted(sub, script);
    const outcome = sub.execution.run(script);
    return typeof outcome === 'number' ? outcome : yield* outcome;
  }, (process) => {
    process.close(kept);
    process.dup2(theirs, target);
    process.close(theirs);
  });
  shell.process.close(theirs);
  shell.backgroundPid = child.pid;
  shell.jobs.addSubstitution(child);
  shell.substitutionFiles.push(kept);
  return `/dev/fd/${kept}`;
}

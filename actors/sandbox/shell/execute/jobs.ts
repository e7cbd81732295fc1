// Forked shells that are commands of their own: subshells, background jobs, coprocesses.
import { SIGINT, SIGQUIT } from '../../kernel/signals.js';
import { canFork } from '../../kernel/limit-checks.js';
import { type Process, statusCode } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';
import type { Outcome } from '../parts.js';
import type { Shell } from '../shell.js';
import type { Command, Subshell } from '../syntax/ast.js';
import { printCommand } from '../command-text.js';
import { startBehind } from './chain.js';
import { awaitRoom } from './fork-room.js';

export function* runSubshell(shell: Shell, node: Subshell): Task<number> {
  shell.line = shell.isBash ? node.closingLine : node.line;
  if (shell.trapDepth === 0 && shell.traps.has('ERR')) shell.currentCommand = node;
  yield* awaitRoom(shell);
  const child = shell.execution.forkCommand(node, () => undefined);
  yield* shell.execution.awaitForeground([child], () => printCommand(node), node);
  const outcome = shell.execution.settle(child.stopped ? 148 : statusCode(child.status!));
  return typeof outcome === 'number' ? outcome : yield* outcome;
}

/** The DEBUG trap of a simple command, and of those of a pipeline, runs in the shell that forks one for it. */
export function* debugForked(shell: Shell, command: Command): Task {
  if (!shell.traps.has('DEBUG')) return;
  if (command.type === 'pipeline') for (const each of command.commands) yield* debugForked(shell, each);
  if (command.type !== 'simple') return;
  shell.line = command.line;
  if (shell.trapDepth === 0) shell.currentCommand = command;
  yield* shell.execution.runEventTrap('DEBUG');
}

/** `command &` */
export function runBackground(shell: Shell, command: Command): Outcome {
  return canFork(shell.process, elementsOf(shell, command).length) && !shell.traps.has('DEBUG') ? startBackground(shell, command) : awaitBackground(shell, command);
}

/** The commands that get a process each: those of a plain pipeline. Where it is negated or timed, a shell does that first. */
function elementsOf(shell: Shell, command: Command): readonly Command[] {
  if (command.type !== 'pipeline' || command.timed !== undefined || command.commands.length < 2) return [command];
  // bash does not negate what runs in the background.
  return command.negated && !shell.isBash ? [command] : command.commands;
}

function* awaitBackground(shell: Shell, command: Command): Task<number> {
  yield* debugForked(shell, command);
  yield* awaitRoom(shell, elementsOf(shell, command).length);
  return startBackground(shell, command);
}

function startBackground(shell: Shell, command: Command): number {
  const { monitor } = shell.options;
  const elements = elementsOf(shell, command);
  const started = elements.length === 1 && shell.isBash && command.type === 'pipeline' && command.negated ? [{ ...command, negated: false }] : elements;
  let leader: Process | undefined;
  const processes = startBehind(shell, started, (process) => {
    leader ??= process;
    if (monitor) {
      process.processGroup = leader.pid;
      return;
    }
    process.onSignal(SIGINT, 'ignore');
    process.onSignal(SIGQUIT, 'ignore');
    // Without job control a background job must not eat the script's input; only the pipelines of bash do.
    if (!shell.isInteractive && (elements.length === 1 || !shell.isBash)) process.descriptors.put(0, process.files.openFile('/dev/null', 0));
  });
  const { pid } = processes.at(-1)!;
  shell.backgroundPid = pid;
  const job = shell.jobs.add(processes, printCommand(command), monitor);
  if (shell.isInteractive) shell.warnRaw(`[${job.number}] ${pid}\n`);
  shell.status = 0;
  shell.pipeStatus = [0];
  return 0;
}

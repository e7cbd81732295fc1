// Commands connected by pipes, a forked shell each.
import type { Process } from '../../kernel/process.js';
import type { Shell } from '../shell.js';
import type { Command } from '../syntax/ast.js';
import { isName } from '../variables/variables.js';
import { findProgram } from './program-search.js';

/** What has been started of a pipeline, and the descriptor that the next command reads from. */
export interface Chain {
  readonly processes: Process[];
  input: number;
}

/** Starts the next command of a chain; `wire` makes its process one of the background before the pipes are laid. */
export function extend(shell: Shell, chain: Chain, command: Command, isLast: boolean, wire?: (child: Process) => void): void {
  const [reader, writer] = isLast ? [-1, -1] : shell.process.pipe();
  if (!shell.isBash) lookUpAhead(shell, command);
  const from = chain.input;
  const child = shell.execution.forkCommand(command, (process) => {
    wire?.(process);
    if (from >= 0) {
      process.dup2(from, 0);
      if (from !== 0) process.close(from);
    }
    if (writer < 0) return;
    if (reader !== 0 || from < 0) process.close(reader);
    if (writer !== 1) {
      process.dup2(writer, 1);
      process.close(writer);
    }
  }, wire ? undefined : chain.processes);
  chain.processes.push(child);
  if (command.type === 'simple' && shell.trapDepth === 0) shell.currentCommand = command;
  if (from >= 0) shell.process.close(from);
  if (writer >= 0) shell.process.close(writer);
  chain.input = reader;
}

/** dash and busybox look programs up before they fork, so that this shell knows the place from then on. */
function lookUpAhead(shell: Shell, command: Command): void {
  const name = command.type === 'simple' ? command.words[0]?.literal : undefined;
  if (name !== undefined && isName(name) && !shell.functions.has(name) && !shell.builtins.has(name)) findProgram(shell, name);
}

/** Starts all commands of a pipeline in the background, each wired by `wire` before its pipes. */
export function startBehind(shell: Shell, commands: readonly Command[], wire: (child: Process) => void): Process[] {
  const chain: Chain = { processes: [], input: -1 };
  for (const [index, command] of commands.entries()) extend(shell, chain, command, index === commands.length - 1, wire);
  return chain.processes;
}

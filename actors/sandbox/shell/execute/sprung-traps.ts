// Running the commands of traps: those of signals that arrived, of the shell's own events, and of its end.
import { signalName } from '../../kernel/signals.js';
import type { Task } from '../../kernel/wait.js';
import { ShellExit } from '../flow.js';
import type { Shell } from '../shell.js';

/** Events whose traps run at the line of what sprang them. */
const EVENTS: ReadonlySet<string> = new Set(['DEBUG', 'ERR', 'RETURN']);

/** The traps of signals that arrived. */
export function* runPending(shell: Shell): Task {
  const { traps } = shell;
  while (traps.pending.length > 0) {
    const name = signalName(traps.pending.shift()!);
    const command = name === undefined ? undefined : traps.get(name);
    if (command !== undefined && command !== '') yield* runTrap(shell, name!, command);
  }
}

/** DEBUG, ERR or RETURN: the status of the trap's own commands, 0 where none runs. */
export function* runEventTrap(shell: Shell, name: string): Task<number> {
  const { traps } = shell;
  const command = traps.get(name);
  if (command === undefined || command === '' || traps.running.has(name)) return 0;
  if (name === 'RETURN' && traps.running.has('DEBUG')) return 0;
  traps.running.add(name);
  try {
    const status = yield* runTrap(shell, name, command);
    traps.running.delete(name);
    return status;
  } catch (error) {
    // One that ends the shell runs until the end: what the trap of EXIT does does not spring it again.
    if (!(error instanceof ShellExit)) traps.running.delete(name);
    throw error;
  }
}

function* runTrap(shell: Shell, name: string, command: string): Task<number> {
  const { status, pipeStatus, line, lastArgument, unchecked, trapStatus, runningTrap } = shell;
  shell.trapStatus = status;
  shell.runningTrap = name;
  shell.returnedStatus = undefined;
  if (name === 'ERR' && !shell.options.errexit) shell.unchecked++;
  if (shell.dialect === 'dash') shell.unchecked = 0;
  shell.trapDepth++;
  shell.evalDepth++;
  try {
    const ended = yield* shell.execution.runText(command, { line: EVENTS.has(name) ? line : 1 });
    if (shell.flow?.type !== 'return' || shell.returnedStatus === undefined) shell.status = status;
    return ended;
  } finally {
    shell.trapDepth--;
    shell.evalDepth--;
    shell.trapStatus = trapStatus;
    shell.runningTrap = runningTrap;
    shell.unchecked = unchecked;
    shell.pipeStatus = pipeStatus;
    shell.line = line;
    shell.lastArgument = lastArgument;
  }
}

/** The trap of EXIT, where there is one: the status that the shell ends with. */
export function* runExitTrap(shell: Shell, status: number): Task<number> {
  const command = shell.traps.take('EXIT');
  let final = status;
  if (command !== undefined) {
    shell.status = status;
    shell.flow = undefined;
    shell.trapStatus = status;
    shell.runningTrap = 'EXIT';
    shell.trapDepth++;
    shell.unchecked = 0;
    try {
      yield* shell.execution.runText(command);
    } catch (error) {
      final = shell.execution.statusOf(error);
    }
  }
  if (shell.backlog.length > 0) yield* shell.flushBacklog();
  return final;
}

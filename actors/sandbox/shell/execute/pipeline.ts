// Pipelines: one forked shell per command, connected by pipes; `!` and `time`.
import type { Process } from '../../kernel/process.js';
import { statusCode } from '../../kernel/process.js';
import { encode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import type { Outcome } from '../parts.js';
import type { Shell } from '../shell.js';
import type { Command, Pipeline } from '../syntax/ast.js';
import { printCommand } from '../command-text.js';
import { awaitRoom } from './fork-room.js';
import { debugForked } from './jobs.js';
import { type Chain, extend } from './chain.js';

export function runPipeline(shell: Shell, node: Pipeline): Outcome {
  return node.timed ? timed(shell, node) : negatable(shell, node);
}

function* negatable(shell: Shell, node: Pipeline): Task<number> {
  if (!node.negated) return yield* connected(shell, node);
  const own = invertsOnlyItself(shell, node) ? 1 : 0;
  const unchecked = shell.isBash && !shell.options.errexit ? own : 1;
  shell.unchecked += unchecked;
  shell.inverted += own;
  let status: number;
  try {
    status = node.commands.length === 0 ? 0 : yield* connected(shell, node);
  } finally {
    shell.unchecked -= unchecked;
    shell.inverted -= own;
  }
  if (shell.flow !== undefined) return status;
  shell.status = status === 0 ? 1 : 0;
  return shell.status;
}

/**
 * bash: `!` makes errexit blind for all that its command runs only where errexit is set already. Without it only the failure of the command
 * itself does not count; a group or a loop has none of its own.
 */
function invertsOnlyItself(shell: Shell, { commands }: Pipeline): boolean {
  if (!shell.isBash || shell.options.errexit) return false;
  return commands.length > 1 || ['simple', 'subshell', 'conditional', 'arithmetic'].includes(commands[0]?.type ?? '');
}

function* connected(shell: Shell, node: Pipeline): Task<number> {
  const { commands } = node;
  if (commands.length === 0) return shell.status;
  if (commands.length === 1) {
    const outcome = shell.execution.run(commands[0]!);
    return typeof outcome === 'number' ? outcome : yield* outcome;
  }
  shell.line = node.line;
  const lastHere = shell.options.has('lastpipe') && !shell.options.monitor;
  yield* awaitRoom(shell, lastHere ? commands.length - 1 : commands.length);
  const { processes, input } = yield* start(shell, node, lastHere);
  const statuses: number[] = [];
  let own: number | undefined;
  if (lastHere) own = yield* runHere(shell, commands.at(-1)!, input);
  yield* awaitProcesses(shell, processes, node);
  for (const process of processes) statuses.push(process.stopped ? 148 : statusCode(process.status!));
  if (own !== undefined) statuses.push(own);
  shell.pipeStatus = statuses;
  let status = statuses.at(-1)!;
  if (shell.options.pipefail) status = statuses.findLast((each) => each !== 0) ?? 0;
  shell.status = status;
  const last = commands.at(-1)!;
  if (shell.isBash) shell.line = last.line;
  // As in bash the subshell fails, under ! too, and then the pipeline.
  if (status !== 0 && shell.unchecked === (node.negated ? shell.inverted : 0) && shell.isBash && last.type === 'subshell' && shell.traps.has('ERR') && shell.trapDepth === 0) {
    shell.currentCommand = last;
    if (!shell.options.errexit && statuses.at(-1) !== 0) yield* shell.execution.runEventTrap('ERR');
  }
  if (status === 0 || shell.unchecked > 0) return status;
  const outcome = shell.execution.failed(status);
  return typeof outcome === 'number' ? outcome : yield* outcome;
}

function* awaitProcesses(shell: Shell, processes: readonly Process[], node: Pipeline): Task {
  yield* shell.execution.awaitForeground(processes, () => printCommand(node));
}

/** Starts the commands of a pipeline; `input` is where a last command that runs here reads from. */
function* start(shell: Shell, node: Pipeline, lastHere: boolean): Task<Chain> {
  const chain: Chain = { processes: [], input: -1 };
  const forked = lastHere ? node.commands.slice(0, -1) : node.commands;
  for (const [index, command] of forked.entries()) {
    if (shell.forkedFor !== node) yield* debugForked(shell, command);
    extend(shell, chain, command, index === node.commands.length - 1);
  }
  return chain;
}

/** lastpipe: the last command runs in this shell, reading from the pipe. */
function* runHere(shell: Shell, command: Command, input: number): Task<number> {
  const { descriptors } = shell.process;
  const saved = input === 0 ? undefined : descriptors.find(0)?.retain();
  if (input !== 0) {
    shell.process.dup2(input, 0);
    shell.process.close(input);
  }
  shell.unchecked++;
  try {
    const outcome = shell.execution.run(command);
    return typeof outcome === 'number' ? outcome : yield* outcome;
  } finally {
    shell.unchecked--;
    if (saved) {
      descriptors.put(0, saved);
      saved.release();
    } else if (descriptors.find(0)) {
      descriptors.close(0);
    }
  }
}

// --- time -------------------------------------------------------------------------------------------------------------------------

function* timed(shell: Shell, node: Pipeline): Task<number> {
  const began = performance.now();
  const cpu = shell.process.kernel.budget.cpuMs;
  const status = yield* negatable(shell, node);
  const realMs = performance.now() - began;
  const userMs = Math.min(realMs, shell.process.kernel.budget.cpuMs - cpu);
  const text = node.timed === 'posix' ? `real ${(realMs / 1000).toFixed(2)}\nuser ${(userMs / 1000).toFixed(2)}\nsys 0.00\n` : format(shell, realMs, userMs);
  yield* shell.process.write(2, encode(text));
  return status;
}

function format(shell: Shell, realMs: number, userMs: number): string {
  const wanted = shell.variables.get('TIMEFORMAT') ?? '\nreal\t%3lR\nuser\t%3lU\nsys\t%3lS';
  if (wanted === '') return '';
  const text = wanted.replace(/%(?:([0-3])?(l)?([RUS])|(P)|(%))/g, (_, digits: string | undefined, long: string | undefined, what: string | undefined, percent) => {
    if (percent !== undefined) return realMs === 0 ? '0.00' : ((100 * userMs) / realMs).toFixed(2);
    if (what === undefined) return '%';
    return duration(what === 'R' ? realMs : what === 'U' ? userMs : 0, Number(digits ?? 3), long !== undefined);
  });
  return `${text}\n`;
}

function duration(ms: number, digits: number, long: boolean): string {
  if (!long) return (ms / 1000).toFixed(digits);
  const minutes = Math.floor(ms / 60000);
  return `${minutes}m${((ms - minutes * 60000) / 1000).toFixed(digits)}s`;
}

// `((…))`, and the three parts of an arithmetic for.
import type { Task } from '../../kernel/wait.js';
import { UnreadSubscript } from '../expand/run-time-subscripts.js';
import { ExpansionError } from '../flow.js';
import type { Outcome } from '../parts.js';
import type { Shell } from '../shell.js';
import type { ArithmeticCommand, ArithmeticText } from '../syntax/ast.js';
import { AssignmentError } from '../variables/variables.js';
import { traceArithmetic } from './trace.js';

/** Evaluates a part of `((…))`; an error is reported and gives undefined. */
export function* numberOf(shell: Shell, text: ArithmeticText): Task<number | bigint | undefined> {
  if (shell.traps.has('DEBUG')) {
    if (shell.trapDepth === 0) shell.currentCommand = { type: 'arithmetic', text, line: shell.line, redirects: [] };
    yield* shell.execution.runEventTrap('DEBUG');
  }
  try {
    return yield* shell.expansion.arithmeticTask(text, shell.options.xtrace ? (source) => traceArithmetic(shell, source) : undefined);
  } catch (error) {
    return reported(shell, error);
  }
}

function reported(shell: Shell, error: unknown): undefined {
  if (error instanceof AssignmentError && shell.isBash) {
    shell.complain(error.message);
    return undefined;
  }
  if (!(error instanceof ExpansionError) || error.isFatal || error.isInner) throw error;
  shell.complain(`((: ${error.message}`);
  return undefined;
}

export function runArithmetic(shell: Shell, node: ArithmeticCommand): Outcome {
  const { text, line } = node;
  shell.line = line;
  if (shell.trapDepth === 0) shell.currentCommand = node;
  if (text.blocking || shell.options.xtrace || shell.traps.has('DEBUG')) return runBlocking(shell, text);
  let value: number | bigint | undefined;
  const { changes } = shell.variables;
  try {
    value = shell.expansion.arithmetic(text);
  } catch (error) {
    if (error instanceof UnreadSubscript && shell.variables.changes === changes) return runBlocking(shell, text);
    value = reported(shell, error);
  }
  return shell.execution.settle(value === undefined || value === 0 || value === 0n ? 1 : 0);
}

function* runBlocking(shell: Shell, text: ArithmeticText): Task<number> {
  const value = yield* numberOf(shell, text);
  const outcome = shell.execution.settle(value === undefined || value === 0 || value === 0n ? 1 : 0);
  return typeof outcome === 'number' ? outcome : yield* outcome;
}

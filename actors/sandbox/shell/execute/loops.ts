// Loops: while and until, for over words, for over arithmetic; a long one gives way to others.
import type { Task } from '../../kernel/wait.js';
import { assignsLoopVariable } from '../expand/assignment.js';
import { ShellExit } from '../flow.js';
import type { Shell } from '../shell.js';
import type { ArithmeticFor, For, While } from '../syntax/ast.js';
import { isName } from '../variables/reference.js';
import { numberOf } from './arithmetic-command.js';
import { debugWhole } from './case.js';
import { isDue, pause } from './slices.js';
import { traceFor } from './trace.js';

/** After a body: consumes `break` and `continue`. True when the loop is over. */
function leaves(shell: Shell): boolean {
  const { flow } = shell;
  if (flow === undefined) return false;
  if (flow.type === 'return') return true;
  if (flow.levels > 1 && shell.loopDepth > 1) {
    shell.flow = { type: flow.type, levels: flow.levels - 1 };
    return true;
  }
  shell.flow = undefined;
  return flow.type === 'break';
}

/** What a loop ends with: the status of its last body, or what `return` has set. */
function loopStatus(shell: Shell, status: number): number {
  if (shell.flow?.type !== 'return') shell.status = status;
  return shell.status;
}

export function* runWhile(shell: Shell, { test, body, until }: While): Task<number> {
  let status = 0;
  shell.loopDepth++;
  try {
    for (;;) {
      shell.unchecked++;
      let tested: number;
      try {
        const outcome = shell.execution.run(test);
        tested = typeof outcome === 'number' ? outcome : yield* outcome;
      } finally {
        shell.unchecked--;
      }
      if (shell.flow !== undefined) {
        if (leaves(shell)) break;
        if (isDue(shell)) yield* pause(shell);
        continue;
      }
      if ((tested === 0) === until) break;
      const outcome = shell.execution.run(body);
      status = typeof outcome === 'number' ? outcome : yield* outcome;
      if (shell.flow !== undefined && leaves(shell)) break;
      if (isDue(shell)) yield* pause(shell);
    }
  } finally {
    shell.loopDepth--;
  }
  return loopStatus(shell, status);
}

export function* runFor(shell: Shell, node: For): Task<number> {
  const { name, words, body, line } = node;
  shell.line = line;
  if (!isName(name)) {
    shell.complain(`\`${name}': not a valid identifier`);
    if (shell.isBash && shell.options.posix && !shell.isInteractive) throw new ShellExit(2);
    const outcome = shell.execution.settle(1);
    return typeof outcome === 'number' ? outcome : yield* outcome;
  }
  const values = words === undefined ? shell.positional : words.some(({ blocking }) => blocking) ? yield* shell.expansion.fieldsTask(words) : shell.expansion.fields(words);
  let status = 0;
  shell.loopDepth++;
  try {
    for (const value of values) {
      shell.line = line;
      if (shell.options.xtrace) traceFor(shell, name, words);
      if (shell.traps.has('DEBUG')) yield* debugWhole(shell, node);
      if (!assignsLoopVariable(shell, name, value)) return 1;
      const outcome = shell.execution.run(body);
      status = typeof outcome === 'number' ? outcome : yield* outcome;
      if (shell.flow !== undefined && leaves(shell)) break;
      if (isDue(shell)) yield* pause(shell);
    }
  } finally {
    shell.loopDepth--;
  }
  return loopStatus(shell, status);
}

export function* runArithmeticFor(shell: Shell, { start, test, step, body, line }: ArithmeticFor): Task<number> {
  shell.line = line;
  let status = 0;
  shell.loopDepth++;
  try {
    if (start && (yield* numberOf(shell, start)) === undefined) return arithmeticFailure(shell);
    for (;;) {
      shell.line = line;
      if (test) {
        const value = yield* numberOf(shell, test);
        if (value === undefined) return arithmeticFailure(shell);
        if (value === 0 || value === 0n) break;
      }
      const outcome = shell.execution.run(body);
      status = typeof outcome === 'number' ? outcome : yield* outcome;
      if (shell.flow !== undefined && leaves(shell)) break;
      shell.line = line;
      if (step && (yield* numberOf(shell, step)) === undefined) return arithmeticFailure(shell);
      if (isDue(shell)) yield* pause(shell);
    }
  } finally {
    shell.loopDepth--;
  }
  return loopStatus(shell, status);
}

function arithmeticFailure(shell: Shell): number {
  shell.status = 1;
  return 1;
}

// The case command: its word beside the patterns of each clause, and falling through.
import type { Task } from '../../kernel/wait.js';
import { countsBytes } from '../locale.js';
import { compilePattern } from '../patterns.js';
import type { Shell } from '../shell.js';
import type { Case, Command, Word } from '../syntax/ast.js';
import { traceCase } from './trace.js';

/** The DEBUG trap sees the whole command. */
export function* debugWhole(shell: Shell, command: Command): Task {
  if (shell.trapDepth === 0) shell.currentCommand = command;
  yield* shell.execution.runEventTrap('DEBUG');
}

export function* runCase(shell: Shell, node: Case): Task<number> {
  const { word, clauses, line } = node;
  shell.line = line;
  if (shell.traps.has('DEBUG')) yield* debugWhole(shell, node);
  const subject = word.blocking ? yield* shell.expansion.textTask(word) : shell.expansion.text(word);
  if (shell.options.xtrace) traceCase(shell, word.source);
  let status = 0;
  let falls = false;
  for (const { patterns, body, end } of clauses) {
    if (!falls && !(yield* matches(shell, subject, patterns))) continue;
    const outcome = shell.execution.run(body);
    status = typeof outcome === 'number' ? outcome : yield* outcome;
    if (body.items.length === 0) status = 0;
    if (shell.flow !== undefined || end === ';;') break;
    falls = end === ';&';
  }
  shell.status = status;
  return status;
}

function* matches(shell: Shell, subject: string, patterns: readonly Word[]): Task<boolean> {
  const { options, expansion, isBash, dialect } = shell;
  const settings = { extglob: isBash && options.extglob, nocase: options.nocasematch, bytes: countsBytes(shell, subject), dashSets: dialect === 'dash' };
  for (const word of patterns) {
    if (compilePattern(word.blocking ? yield* expansion.patternTask(word) : expansion.pattern(word), settings).test(subject)) return true;
  }
  return false;
}

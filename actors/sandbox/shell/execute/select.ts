// `select`: a numbered menu on standard error, answered on standard input.
import { Errno } from '../../kernel/errno.js';
import { encode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import type { Shell } from '../shell.js';
import type { For } from '../syntax/ast.js';
import { type InputLine, readLine } from '../line-input.js';
import { traceSelect } from './trace.js';

const TAB = 8;

export function* runSelect(shell: Shell, node: For): Task<number> {
  const { name, words, body, line } = node;
  shell.line = line;
  if (shell.traps.has('DEBUG')) {
    if (shell.trapDepth === 0) shell.currentCommand = node;
    yield* shell.execution.runEventTrap('DEBUG');
  }
  const values = words === undefined ? shell.positional : yield* shell.expansion.fieldsTask(words);
  if (shell.options.xtrace) traceSelect(shell, name, words);
  if (values.length === 0) return 0;
  let status = 0;
  let shows = true;
  shell.loopDepth++;
  try {
    for (;;) {
      if (shows) yield* shell.process.write(2, encode(menu(values, Number(shell.variables.get('COLUMNS') ?? 80))));
      shows = false;
      yield* shell.process.write(2, encode(shell.variables.get('PS3') ?? '#? '));
      const answer = yield* readAnswer(shell);
      if (answer.text === '' && answer.isEnd) {
        status = 1;
        shell.variables.set('REPLY', '');
        yield* shell.process.write(1, encode('\n'));
        break;
      }
      shell.variables.set('REPLY', answer.text);
      if (answer.text === '') {
        shows = true;
        continue;
      }
      const number = /^\s*\d+\s*$/.test(answer.text) ? Number(answer.text) : 0;
      shell.variables.set(name, values[number - 1] ?? '');
      const outcome = shell.execution.run(body);
      status = typeof outcome === 'number' ? outcome : yield* outcome;
      const { flow } = shell;
      if (flow === undefined) continue;
      if (flow.type === 'return') break;
      shell.flow = flow.levels > 1 && shell.loopDepth > 1 ? { type: flow.type, levels: flow.levels - 1 } : undefined;
      if (flow.type === 'break' || flow.levels > 1) break;
    }
  } finally {
    shell.loopDepth--;
  }
  if (shell.flow?.type !== 'return') shell.status = status;
  return status;
}

/** What cannot be read is told of, and is the end of the input. */
function* readAnswer(shell: Shell): Task<InputLine> {
  try {
    return yield* readLine(shell.process, 0);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    shell.complain(`read error: 0: ${error.message}`);
    return { text: '', isEnd: true };
  }
}

/** The choices in columns, filled downwards, with tabs between them, as bash lays them out. */
function menu(values: readonly string[], screen: number): string {
  const digits = String(values.length).length;
  const width = Math.max(...values.map(({ length }) => length)) + digits + 4;
  const across = Math.max(1, Math.floor(screen / width));
  const filled = Math.ceil(values.length / across);
  const rows = filled === 1 ? values.length : filled;
  let text = '';
  for (let row = 0; row < rows; row++) {
    for (let index = row, from = 0; index < values.length; index += rows, from += width) {
      const item = `${String(index + 1).padStart(from === 0 ? String(rows).length : digits)}) ${values[index]!}`;
      text += item + (index + rows < values.length ? blanks(from + item.length, from + width) : '');
    }
    text += '\n';
  }
  return text;
}

/** From one column to another, by tabs where they lead that far. */
function blanks(from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; ) {
    const tab = Math.floor(to / TAB) > Math.floor(at / TAB);
    text += tab ? '\t' : ' ';
    at += tab ? TAB - (at % TAB) : 1;
  }
  return text;
}

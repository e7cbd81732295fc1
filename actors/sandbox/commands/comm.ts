// comm: what two sorted files have in common and what not.
import { Errno } from '../kernel/errno.js';
import type { Main } from '../kernel/program.js';
import { command, complain, parseOptions, UsageError, usageError } from '../programs/stdio.js';
import { quoteName } from './common/quote.js';
import { openInput, TextLines } from './text-input.js';

export const comm: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, '123z', { 'check-order': 'no', 'nocheck-order': 'no', 'output-delimiter': 'required', total: 'no', 'zero-terminated': 'no' });
  const { operands } = options;
  if (operands.length < 2) throw usageError(process.argv, operands.length === 0 ? 'missing operand' : `missing operand after ${quoteName(operands[0]!)}`);
  if (operands.length > 2) throw usageError(process.argv, `extra operand ${quoteName(operands[2]!)}`);
  const end = options.has('z', 'zero-terminated') ? '\0' : '\n';
  const delimiter = options.value('output-delimiter') ?? '\t';
  const between = delimiter === '' ? '\0' : delimiter;
  const files = operands.map((name) => {
    try {
      return new TextLines(process, openInput(process, name), output, end);
    } catch (error) {
      throw error instanceof Errno ? new UsageError(`${name}: ${error.message}`) : error;
    }
  });
  const shown = ['1', '2', '3'].map((column) => !options.has(column));
  const prefix = (column: number): string => between.repeat(shown.slice(0, column).filter(Boolean).length);
  const totals = [0, 0, 0];
  const last: (string | undefined)[] = [undefined, undefined];
  const disordered = new Set<number>();
  const next = function* (i: number) {
    const line = files[i]!.take() ?? (yield* files[i]!.next());
    if (line !== undefined && last[i] !== undefined && line < last[i]!) disordered.add(i);
    if (line !== undefined) last[i] = line;
    return line;
  };
  const mustBeSorted = options.has('check-order');
  let unpaired = false;
  let [a, b] = [yield* next(0), yield* next(1)];
  while ((a !== undefined || b !== undefined) && !(mustBeSorted && disordered.size > 0)) {
    const column: number = b === undefined || (a !== undefined && a < b) ? 0 : a === undefined || b < a ? 1 : 2;
    if (column < 2) unpaired = true;
    totals[column]!++;
    if (shown[column]) output.print(prefix(column) + (column === 1 ? b! : a!) + end);
    if (column !== 1) a = yield* next(0);
    if (column !== 0) b = yield* next(1);
    if (output.isFull) yield* output.flush();
  }
  if (options.has('total')) output.print(`${totals.join(between)}${between}total${end}`);
  yield* output.flush();
  if (disordered.size === 0 || options.has('nocheck-order') || (!options.has('check-order') && !unpaired)) return 0;
  for (const file of disordered) yield* complain(process, `file ${file + 1} is not in sorted order`);
  if (!options.has('check-order')) yield* complain(process, 'input is not in sorted order');
  return 1;
});

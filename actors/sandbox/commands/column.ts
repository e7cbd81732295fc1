// column: lists in columns, or a table (-t).
import type { Main } from '../kernel/program.js';
import { decode } from '../kernel/text.js';
import { command, parseOptions, readAll, UsageError } from '../programs/stdio.js';
import { Table } from './column-table.js';
import { Inputs, splitLines } from './text-input.js';

/** Fills columns first (rows first with -x), each as wide as the longest entry and a tab. */
function fill(entries: readonly string[], width: number, rowsFirst: boolean): string {
  const cell = (Math.floor(Math.max(0, ...entries.map((entry) => [...entry].length)) / 8) + 1) * 8;
  const columns = Math.max(1, Math.floor(width / cell));
  const rows = Math.ceil(entries.length / columns);
  let out = '';
  for (let row = 0; row < rows; row++) {
    const line = Array.from({ length: columns }, (_, column) => entries[rowsFirst ? row * columns + column : column * rows + row]).filter((entry) => entry !== undefined);
    out += `${line.map((entry, i) => (i === line.length - 1 ? entry : entry + '\t'.repeat(Math.ceil((cell - [...entry].length) / 8)))).join('')}\n`;
  }
  return out;
}

export const column: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'c:eds:txo:l:n:N:R:H:O:T:E:W:JL', {
    table: 'no', separator: 'required', 'output-separator': 'required', 'output-width': 'required', fillrows: 'no', 'table-columns': 'required', 'table-columns-limit': 'required', 'table-right': 'required', 'keep-empty-lines': 'no',
    'table-hide': 'required', 'table-order': 'required', 'table-truncate': 'required', 'table-noextreme': 'required', 'table-wrap': 'required', 'table-name': 'required', 'table-noheadings': 'no', json: 'no',
  });
  const isTable = options.has('t', 'table', 'J', 'json');
  if (!isTable && options.has('N', 'table-columns', 'R', 'table-right', 'H', 'table-hide', 'O', 'table-order', 'T', 'table-truncate', 'E', 'table-noextreme', 'W', 'table-wrap', 'd', 'table-noheadings', 'n', 'table-name', 'l', 'table-columns-limit')) {
    throw new UsageError('option --table required for all --table-*');
  }
  if (options.has('J', 'json') && !options.has('N', 'table-columns')) throw new UsageError('option --table-columns required for --json');
  const inputs = new Inputs(process, options.operands);
  const lines: string[] = [];
  for (let file = yield* inputs.next(); file; file = yield* inputs.next()) {
    for (const line of splitLines(decode(yield* readAll(process, file.fd))).lines) if (line.trim() !== '' || options.has('L', 'keep-empty-lines')) lines.push(line);
  }
  const width = Number(options.value('c', 'output-width') ?? process.env.get('COLUMNS') ?? 80);
  if (!(width > 0)) throw new UsageError(`invalid columns argument: '${options.value('c', 'output-width')!}'`);
  if (lines.length === 0) return inputs.failed ? 1 : 0;
  if (isTable) output.print(options.has('J', 'json') ? new Table(lines, options).json() : new Table(lines, options).text(options.has('c', 'output-width') ? width : Infinity));
  else output.print(fill(lines, width, options.has('x', 'fillrows')));
  return inputs.failed ? 1 : 0;
});

// column: lists in columns, or a table (-t).
import type { Main } from '../kernel/program.js';
import { decode } from '../kernel/text.js';
import { command, type Options, parseOptions, readAll, UsageError } from '../programs/stdio.js';
import { Inputs, splitLines } from './text-input.js';

function table(lines: readonly string[], options: Options): string {
  const separator = options.value('s', 'separator');
  const joiner = options.value('o', 'output-separator') ?? '  ';
  const limit = Number(options.value('l', 'table-columns-limit') ?? 0);
  const cut = (line: string): string[] => {
    if (separator !== undefined) return line.split(new RegExp(`[${separator.replace(/[\\\]^-]/g, '\\$&')}]`));
    return line.trim().split(/[ \t]+/);
  };
  const rows = lines.map((line) => {
    const cells = cut(line);
    return limit > 0 && cells.length > limit ? [...cells.slice(0, limit - 1), cells.slice(limit - 1).join(separator?.[0] ?? ' ')] : cells;
  });
  const names = options.value('N', 'table-columns');
  if (names !== undefined) rows.unshift(names.split(','));
  const right = new Set((options.value('R', 'table-right') ?? '').split(','));
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, [...cell].length)));
  return rows.map((row) => {
    const cells = Array.from({ length: widths.length }, (_, i) => {
      const cell = row[i] ?? '';
      const pad = ' '.repeat(widths[i]! - [...cell].length);
      const isRight = right.has(String(i + 1)) || right.has(names?.split(',')[i] ?? '\0');
      return isRight ? pad + cell : i === widths.length - 1 ? cell : cell + pad;
    });
    return `${cells.join(joiner)}\n`;
  }).join('');
}

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
  const options = parseOptions(process.argv, 'c:es:txo:l:N:R:nL', {
    table: 'no', separator: 'required', 'output-separator': 'required', 'output-width': 'required', fillrows: 'no', 'table-columns': 'required', 'table-columns-limit': 'required', 'table-right': 'required', 'keep-empty-lines': 'no',
  });
  const inputs = new Inputs(process, options.operands);
  const lines: string[] = [];
  for (let file = yield* inputs.next(); file; file = yield* inputs.next()) {
    for (const line of splitLines(decode(yield* readAll(process, file.fd))).lines) if (line.trim() !== '' || options.has('L', 'keep-empty-lines')) lines.push(line);
  }
  const width = Number(options.value('c', 'output-width') ?? process.env.get('COLUMNS') ?? 80);
  if (!(width > 0)) throw new UsageError(`invalid columns argument: '${options.value('c', 'output-width')!}'`);
  if (lines.length > 0) output.print(options.has('t', 'table') ? table(lines, options) : fill(lines, width, options.has('x', 'fillrows')));
  return inputs.failed ? 1 : 0;
});

// ps: the processes of the machine (procps' -ef, aux, -o; busybox's plain form).
import { Fault } from '../../runtime/fault.js';
import type { Main } from '../kernel/program.js';
import { processTable } from '../process-table.js';
import { plainCommand, UsageError } from '../programs/stdio.js';

const COLUMNS = ['pid', 'tty', 'time', 'ucmd'];
/** As wide as procps makes them, where pids have at most seven digits. */
const WIDTHS: Readonly<Record<string, number>> = { PID: 7, PPID: 7, PGID: 7, USER: 8, UID: 8, TTY: 8, TIME: 8, STAT: 4 };
const LEFT = new Set(['USER', 'UID', 'TTY', 'TT', 'STAT', 'S', 'COMMAND', 'CMD']);

export const ps: Main = plainCommand((process, output) => {
  const words = process.argv.slice(1);
  const isHeadless = words.some((word) => /^--no-headers?$/.test(word));
  const given = words.filter((word) => !/^--no-headers?$/.test(word)).join(' ');
  let table: ReturnType<typeof processTable>;
  try {
    table = processTable(process.kernel, given, COLUMNS);
  } catch (error) {
    if (error instanceof Fault) throw new UsageError(error.message.replace(/^ps: exit status 1: /, ''));
    throw error;
  }
  const rows = [...(isHeadless || table.titles.every((title) => title === '') ? [] : [table.titles]), ...table.processes];
  const widths = table.titles.map((title, i) => Math.max(WIDTHS[title] ?? 0, ...rows.map((row) => row[i]!.length)));
  for (const row of rows) {
    const cells = row.map((cell, i) => (i === row.length - 1 ? cell : LEFT.has(table.titles[i]!) ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)));
    output.print(`${cells.join(' ').trimEnd()}\n`);
  }
  return table.processes.length > 0 ? 0 : 1;
});

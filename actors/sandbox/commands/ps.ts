// ps: the processes of the machine (procps' -ef, aux, -o; busybox's plain form).
import { Fault } from '../../runtime/fault.js';
import type { Main } from '../kernel/program.js';
import { processTable } from '../process-table.js';
import { plainCommand, UsageError } from '../programs/stdio.js';

const LEFT = new Set(['USER', 'UID', 'TTY', 'TT', 'STAT', 'S', 'COMMAND', 'CMD']);

export const ps: Main = plainCommand((process, output) => {
  const words = process.argv.slice(1);
  const isHeadless = words.some((word) => /^--no-headers?$/.test(word));
  const given = words.filter((word) => !/^--no-headers?$/.test(word)).join(' ');
  let table: ReturnType<typeof processTable>;
  try {
    table = processTable(process.kernel, given === '' || /^-?[eAwx]+$/.test(given) ? '-o pid,tty,time,comm' : given);
  } catch (error) {
    if (error instanceof Fault) throw new UsageError(error.message.replace(/^ps: exit status 1: /, ''));
    throw error;
  }
  const rows = [...(isHeadless ? [] : [table.titles]), ...table.processes];
  const widths = table.titles.map((_title, i) => Math.max(...rows.map((row) => row[i]!.length)));
  for (const row of rows) {
    const cells = row.map((cell, i) => (i === row.length - 1 ? cell : LEFT.has(table.titles[i]!) ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)));
    output.print(`${cells.join(' ').trimEnd()}\n`);
  }
  return 0;
});

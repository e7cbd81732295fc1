// top: the processes of the machine, shown again and again (busybox's options; procps' -bn1 too).
import type { Terminal } from '../kernel/tty.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import type { Task } from '../kernel/wait.js';
import { processTable } from '../process-table.js';
import { command, parseOptions, usageError } from '../programs/stdio.js';
import { parseDuration } from './common/duration.js';

const COLUMNS = 'pid,ppid,user,stat,%cpu,time,command';
const CLEAR = '\x1b[H\x1b[J';
const QUIT = new Set([0x71, 0x51, 3]);
const DEFAULT_DELAY = '5';

function screen(process: Process, size: { rows: number; columns: number } | undefined): string {
  const { titles, processes } = processTable(process.kernel, `-o ${COLUMNS}`);
  const widths = titles.map((title, i) => Math.max(title.length, ...processes.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string => row.map((cell, i) => (i === row.length - 1 ? cell : i === 2 || i === 3 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(' ');
  const lines = [`Processes: ${processes.length} total`, line(titles), ...processes.map(line)];
  const fitting = size ? lines.slice(0, size.rows - 1).map((text) => text.slice(0, size.columns)) : lines;
  return `${fitting.join('\n')}\n`;
}

/** Waits for the next round; whether a key asked for the end. */
function* rest(process: Process, terminal: Terminal | undefined, delayMs: number): Task<boolean> {
  if (!terminal) {
    yield* process.sleep(delayMs);
    return false;
  }
  const [ready] = yield* process.poll([{ fd: 0, read: true }], delayMs);
  if (ready === undefined) return false;
  const keys = yield* process.read(0, 64);
  return keys.length === 0 || keys.some((key) => QUIT.has(key));
}

export const top: Main = command(function* (process, output) {
  // `top n1` as old as top: a first word without a dash is options too.
  const argv = /^[bcdHmn]\w*$/.test(process.argv[1] ?? '') ? [process.argv[0]!, `-${process.argv[1]}`, ...process.argv.slice(2)] : process.argv;
  const { has, value } = parseOptions(argv, 'bcHmd:n:', {});
  const delayMs = parseDuration(value('d') ?? DEFAULT_DELAY);
  const rounds = Number(value('n') ?? Infinity);
  if (delayMs === undefined) throw usageError(argv, `invalid number '${value('d')}'`);
  if (!(rounds > 0)) throw usageError(argv, `invalid number '${value('n')}'`);
  const onScreen = !has('b') && process.descriptors.find(1)?.isTerminal === true;
  const terminal = onScreen && process.descriptors.find(0)?.isTerminal === true ? process.terminal : undefined;
  const before = terminal?.modes;
  try {
    if (terminal) terminal.modes = { ...terminal.modes, icanon: false, echo: false };
    for (let round = 1; ; round++) {
      output.print((onScreen ? CLEAR : '') + screen(process, onScreen ? process.terminal : undefined));
      yield* output.flush();
      if (round >= rounds || (yield* rest(process, terminal, delayMs))) return 0;
    }
  } finally {
    if (terminal) terminal.modes = before!;
  }
});

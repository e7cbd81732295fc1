// vmstat: memory and processor time, once or every so often (procps). There is no swap and no block device to count.
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import { command, decode, parseOptions, UsageError } from '../programs/stdio.js';
import { memory } from './common/system.js';

const HEAD = `procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----
 r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st
`;
const WIDTHS = [2, 2, 6, 6, 6, 6, 4, 4, 5, 5, 4, 4, 2, 2, 2, 2, 2];
const HEAD_EVERY = 22;

/** user, nice, system, idle … since the machine began. */
function processorTimes(process: Process): number[] {
  return (/^cpu +(.*)$/m.exec(decode(process.files.readFile('/proc/stat')))?.[1] ?? '').split(/\s+/).map(Number);
}

function row(process: Process, times: readonly number[], before: readonly number[]): string {
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0] = times.map((time, at) => time - (before[at] ?? 0));
  const all = Math.max(1, user + nice + system + idle + wait);
  const share = (time: number): number => Math.round((100 * time) / all);
  const running = [...process.kernel.processes.values()].filter(({ status }) => status === undefined).length;
  const numbers = [running, 0, 0, Math.floor(memory(process).freeBytes / 1024), 0, 0, 0, 0, 0, 0, 0, 0, share(user + nice), share(system), share(idle), share(wait), 0];
  return `${numbers.map((number, at) => String(number).padStart(WIDTHS[at]!)).join(' ')}\n`;
}

export const vmstat: Main = command(function* (process, output) {
  const { operands } = parseOptions(process.argv, 'anwtS:', { active: 'no', 'one-header': 'no', wide: 'no', timestamp: 'no', unit: 'required' });
  const [delay, count] = operands.map((word) => {
    if (!/^\d+$/.test(word) || Number(word) === 0) throw new UsageError(`failed to parse argument: '${word}'`);
    return Number(word);
  });
  const times = count ?? (delay === undefined ? 1 : Infinity);
  let before: number[] = [];
  for (let turn = 0; turn < times; turn++) {
    if (turn > 0) yield* process.sleep(delay! * 1000);
    if (turn % HEAD_EVERY === 0) output.print(HEAD);
    const now = processorTimes(process);
    output.print(row(process, now, before));
    before = now;
    yield* output.flush();
  }
  return 0;
});

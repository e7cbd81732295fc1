// watch: a program again and again, its output filling the screen (procps).
import type { Main } from '../kernel/program.js';
import type { Process } from '../kernel/process.js';
import { statusCode } from '../kernel/process.js';
import type { Task } from '../kernel/wait.js';
import { command, decode, encode, parseOptions, readAll, UsageError, usageError } from '../programs/stdio.js';
import { formatDate } from './common/dates/format.js';
import { nowMs } from './common/dates/now.js';
import { zoneOf } from './common/dates/zone.js';
import { executeOrComplain } from './common/exec.js';

const CLEAR = '\x1b[H\x1b[2J\x1b[3J';

/** What a program prints on both of its outputs, and how it ended. */
function* capture(process: Process, argv: readonly string[]): Task<{ text: string; code: number }> {
  const [from, to] = process.pipe();
  const child = process.fork(function* run(self) {
    self.dup2(to, 1);
    self.dup2(to, 2);
    self.close(from);
    self.close(to);
    return yield* executeOrComplain(self, argv, self.env, (name, why) => `watch: ${name}: ${why}`);
  });
  process.close(to);
  const text = decode(yield* readAll(process, from));
  process.close(from);
  yield* process.wait([child]);
  return { text, code: statusCode(child.status!) };
}

export const watch: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'bcd::egn:pqtwx', { beep: 'no', color: 'no', differences: 'optional', errexit: 'no', chgexit: 'no', interval: 'required', precise: 'no', 'no-title': 'no', exec: 'no' }, { posix: true });
  if (options.operands.length === 0) throw usageError(process.argv, 'missing command');
  const interval = Number(options.value('n', 'interval') ?? process.env.get('WATCH_INTERVAL') ?? 2);
  if (!(interval >= 0)) throw new UsageError(`failed to parse argument: '${options.value('n', 'interval')!}'`);
  const shown = options.operands.join(' ');
  const argv = options.has('x', 'exec') ? options.operands : ['sh', '-c', shown];
  const columns = process.terminal?.columns ?? (Number(process.env.get('COLUMNS')) || 80);
  const rows = process.terminal?.rows ?? (Number(process.env.get('LINES')) || 24);
  let last: string | undefined;
  for (;;) {
    const { text, code } = yield* capture(process, argv);
    const left = `Every ${interval.toFixed(1)}s: ${shown}`;
    const right = `${process.kernel.hostname}: ${formatDate('%a %b %e %H:%M:%S %Y', nowMs(), zoneOf(process))}`;
    const title = options.has('t', 'no-title') ? [] : [left.slice(0, Math.max(0, columns - right.length - 1)).padEnd(columns - right.length) + right, ''];
    const lines = [...title, ...text.replace(/\n$/, '').split('\n')].slice(0, rows);
    yield* process.write(1, encode(`${CLEAR}${lines.join('\r\n')}`));
    if (code !== 0 && options.has('e', 'errexit')) {
      yield* process.write(1, encode('\r\n'));
      return 8;
    }
    if (last !== undefined && last !== text && options.has('g', 'chgexit')) {
      yield* process.write(1, encode('\r\n'));
      return 0;
    }
    last = text;
    yield* process.sleep(Math.max(0.1, interval) * 1000);
  }
});

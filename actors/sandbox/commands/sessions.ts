// last, lastb and w: who has logged in, which in a container is nobody.
import { Errno } from '../kernel/errno.js';
import type { Main } from '../kernel/program.js';
import { command, parseOptions, plainCommand, UsageError } from '../programs/stdio.js';
import { formatDate } from './common/dates/format.js';
import { zoneOf } from './common/dates/zone.js';
import { uptimeLine } from './uptime.js';

const RECORD_BYTES = 384;

function history(file: string): Main {
  return command(function* (process, output) {
    const options = parseOptions(process.argv, '0123456789adf:FiIn:p:Rs:t:wx', { hostlast: 'no', dns: 'no', file: 'required', fulltimes: 'no', ip: 'no', limit: 'required', nohostname: 'no', since: 'required', until: 'required', present: 'required', fullnames: 'no', system: 'no', 'time-format': 'required' });
    const path = options.value('f', 'file') ?? file;
    try {
      const { sizeBytes, mtimeMs } = process.files.stat(path);
      if (sizeBytes >= RECORD_BYTES) throw new UsageError(`${path}: login records are not read by the embedded machine`);
      output.print(`\n${path.split('/').at(-1)!} begins ${formatDate('%a %b %e %H:%M:%S %Y', mtimeMs, zoneOf(process))}\n`);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new UsageError(`cannot open ${path}: ${error.message}`);
    }
    return 0;
  });
}

export const last: Main = history('/var/log/wtmp');
export const lastb: Main = history('/var/log/btmp');

export const w: Main = plainCommand((process, output) => {
  const options = parseOptions(process.argv, 'hufsoip', { 'no-header': 'no', 'no-current': 'no', from: 'no', short: 'no', 'old-style': 'no', 'ip-addr': 'no', pids: 'no' });
  if (options.has('h', 'no-header')) return 0;
  output.print(uptimeLine(process));
  output.print(options.has('s', 'short') ? 'USER     TTY      FROM              IDLE WHAT\n' : 'USER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT\n');
  return 0;
});

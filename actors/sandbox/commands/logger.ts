// logger: a message for the system's log (util-linux). Where nobody listens on /dev/log only -s shows it.
import type { Main } from '../kernel/program.js';
import { command, decode, encode, LineReader, parseOptions, UsageError } from '../programs/stdio.js';
import { Accounts } from './common/accounts.js';
import { formatDate } from './common/dates/format.js';
import { nowMs } from './common/dates/now.js';
import { zoneOf } from './common/dates/zone.js';

const FACILITIES: Readonly<Record<string, number>> = { kern: 0, user: 1, mail: 2, daemon: 3, auth: 4, security: 4, syslog: 5, lpr: 6, news: 7, uucp: 8, cron: 9, authpriv: 10, ftp: 11, local0: 16, local1: 17, local2: 18, local3: 19, local4: 20, local5: 21, local6: 22, local7: 23 };
const LEVELS: Readonly<Record<string, number>> = { emerg: 0, panic: 0, alert: 1, crit: 2, err: 3, error: 3, warning: 4, warn: 4, notice: 5, info: 6, debug: 7 };

function priorityOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  const [facility, level] = text.includes('.') ? text.split('.') as [string, string] : ['user', text];
  if (FACILITIES[facility] === undefined) throw new UsageError(`unknown facility name: ${facility}`);
  if (LEVELS[level] === undefined) throw new UsageError(`unknown priority name: ${level}`);
  return FACILITIES[facility] * 8 + LEVELS[level];
}

export const logger: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'cde::f:in:P:p:st:Tu:', { id: 'optional', file: 'required', priority: 'required', stderr: 'no', tag: 'required', 'no-act': 'no', socket: 'required', server: 'required', port: 'required', udp: 'no', tcp: 'no', 'skip-empty': 'no', 'prio-prefix': 'no', journald: 'optional' }, { posix: true });
  const priority = priorityOf(options.value('p', 'priority') ?? 'user.notice');
  const tag = options.value('t', 'tag') ?? new Accounts(process.files).userName(process.credentials.uid) ?? String(process.credentials.uid);
  const id = options.has('i', 'id') ? `[${options.value('id') || process.pid}]` : '';
  const shows = options.has('s', 'stderr');
  const say = function* (message: string) {
    if (!shows) return;
    yield* process.write(2, encode(`<${priority}>${formatDate('%b %e %H:%M:%S', nowMs(), zoneOf(process))} ${tag}${id}: ${message}\n`));
  };
  if (options.operands.length > 0) yield* say(options.operands.join(' '));
  else {
    const path = options.value('f', 'file');
    const lines = new LineReader(process, path === undefined ? 0 : process.open(path, 0));
    for (let line = yield* lines.next(); line !== undefined; line = yield* lines.next()) yield* say(decode(line));
  }
  return 0;
});

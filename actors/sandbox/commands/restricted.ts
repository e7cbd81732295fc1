// Commands whose work a container may not do: dmesg, unshare, nsenter, ping. They fail as they do in a container without the capability.
import type { Main } from '../kernel/program.js';
import { command, encode, parseOptions, UsageError } from '../programs/stdio.js';

export const dmesg: Main = command(function* (process) {
  parseOptions(process.argv, 'CcDdEeF:f:HhkLl:n:PprSs:TtuWwx', { clear: 'no', human: 'no', follow: 'no', level: 'required', ctime: 'no', decode: 'no', kernel: 'no', 'time-format': 'required', color: 'optional', nopager: 'no' });
  yield* process.write(2, encode('dmesg: read kernel buffer failed: Operation not permitted\n'));
  return 1;
});

export const unshare: Main = command(function* () {
  throw new UsageError('unshare failed: Operation not permitted');
});

export const nsenter: Main = command(function* () {
  throw new UsageError('cannot open /proc/1/ns/ns: Permission denied');
});

/** There are no raw sockets here. */
export const ping: Main = command(function* (process) {
  const { operands } = parseOptions(process.argv, 'aAbBdDfhLnOqrRUvV46c:e:F:i:I:l:m:M:N:p:Q:s:S:t:T:w:W:', {}, { exitCode: 2 });
  if (operands.length === 0) throw new UsageError('usage error: Destination address required', 1);
  yield* process.write(2, encode('ping: socktype: SOCK_RAW\nping: socket: Operation not permitted\nping: => missing cap_net_raw+p capability or setuid?\n'));
  return 2;
});

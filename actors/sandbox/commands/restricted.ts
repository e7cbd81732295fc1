// Commands whose work a container may not do: dmesg, unshare, nsenter, ping, chroot elsewhere. They fail as they do in a container without the capability.
import { Errno } from '../kernel/errno.js';
import type { Main } from '../kernel/program.js';
import { command, encode, parseOptions, UsageError, usageError } from '../programs/stdio.js';
import { executeOrComplain } from './common/exec.js';
import { quoteName } from './common/quote.js';

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

/** Only the root that is there already can be the root. */
export const chroot: Main = command(function* (process) {
  const options = parseOptions(process.argv, '', { groups: 'required', userspec: 'required', 'skip-chdir': 'no' }, { posix: true, exitCode: 125 });
  const [root, ...given] = options.operands;
  if (root === undefined) throw usageError(process.argv, 'missing operand', 125);
  try {
    if (process.files.realpath(root) !== '/') throw new Errno('EPERM');
    if (process.files.stat(root).type !== 'directory') throw new Errno('ENOTDIR');
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new UsageError(`cannot change root directory to ${quoteName(root)}: ${error.message}`, 125);
  }
  if (options.has('groups', 'userspec')) throw new UsageError('--userspec and --groups are not supported by the embedded machine; use su or setpriv', 125);
  if (!options.has('skip-chdir')) process.files.chdir('/');
  const argv = given.length > 0 ? given : [process.env.get('SHELL') ?? '/bin/sh', '-i'];
  return yield* executeOrComplain(process, argv, process.env, (name, why) => `chroot: failed to run command ${quoteName(name)}: ${why}`);
});

// flock: runs a program while a file is locked, or locks an open descriptor (util-linux).
import { Errno, isErrno } from '../kernel/errno.js';
import { lockFile, unlockFile } from '../kernel/file-locks.js';
import { O_CREAT, O_RDONLY } from '../kernel/open-file.js';
import type { Main } from '../kernel/program.js';
import { type Process, statusCode } from '../kernel/process.js';
import { anyOf, type Task, timer } from '../kernel/wait.js';
import { command, complain, parseOptions, UsageError, usageError } from '../programs/stdio.js';
import { execute } from './common/exec.js';

const NO_INPUT = 66;
const UNAVAILABLE = 69;
const OS_ERROR = 71;

function openLock(process: Process, path: string): number {
  try {
    // A folder can be locked too, but not made.
    return process.files.exists(path) && process.files.stat(path).type === 'directory' ? process.open(path, O_RDONLY) : process.open(path, O_RDONLY | O_CREAT, 0o666);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new UsageError(`cannot open lock file ${path}: ${error.message}`, NO_INPUT);
  }
}

/** Whether the lock was had before the time was over. */
function* locked(process: Process, fd: number, kind: 'shared' | 'exclusive', withinMs: number): Task<boolean> {
  const until = performance.now() + withinMs;
  const file = process.descriptors.get(fd);
  for (;;) {
    const busy = lockFile(process.kernel, file, kind);
    if (!busy) return true;
    const leftMs = until - performance.now();
    if (leftMs <= 0) return false;
    try {
      yield* process.block(withinMs === Infinity ? busy : anyOf([busy, timer(leftMs)]), true);
    } catch (error) {
      if (!isErrno(error, 'EINTR')) throw error;
    }
  }
}

export const flock: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'sexnoFuw:E:c:v', {
    shared: 'no', exclusive: 'no', unlock: 'no', nonblock: 'no', nb: 'no', timeout: 'required', wait: 'required', close: 'no', command: 'required', 'no-fork': 'no', 'conflict-exit-code': 'required', verbose: 'no',
  }, { posix: true, exitCode: 64 });
  const [target, ...rest] = options.operands;
  if (target === undefined) throw usageError(process.argv, 'not enough arguments', 64);
  const conflict = Number(options.value('E', 'conflict-exit-code') ?? 1);
  const timeout = options.value('w', 'timeout', 'wait');
  if (timeout !== undefined && !(Number(timeout) >= 0)) throw new UsageError(`invalid timeout value: '${timeout}'`, 64);
  const withinMs = options.has('n', 'nonblock', 'nb') ? 0 : timeout === undefined ? Infinity : Number(timeout) * 1000;
  const words = rest[0] === '-c' || rest[0] === '--command' ? rest.slice(1) : undefined;
  const shellCommand = options.value('c', 'command') ?? words?.[0];
  if (words && words.length !== 1) throw new UsageError('-c requires exactly one command argument', 64);
  const argv = shellCommand === undefined ? rest : [process.env.get('SHELL') ?? '/bin/sh', '-c', shellCommand];
  const isDescriptor = argv.length === 0;
  if (isDescriptor && !/^\d+$/.test(target)) throw new UsageError(`bad file descriptor: '${target}'`, 64);
  const fd = isDescriptor ? Number(target) : openLock(process, target);
  if (isDescriptor && !process.descriptors.find(fd)) throw new UsageError(`${target}: Bad file descriptor`, 65);
  if (options.has('u', 'unlock')) unlockFile(process.kernel, process.descriptors.get(fd));
  else if (!(yield* locked(process, fd, options.has('s', 'shared') ? 'shared' : 'exclusive', withinMs))) {
    if (options.has('v', 'verbose')) yield* complain(process, withinMs === 0 ? 'failed to get lock' : 'timeout while waiting to get lock');
    return conflict;
  }
  if (isDescriptor) return 0;
  const run = function* (self: Process): Task<number> {
    if (options.has('o', 'close')) self.close(fd);
    try {
      return execute(self, argv);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* complain(self, `failed to execute ${argv[0]!}: ${error.message}`);
      return error.code === 'ENOMEM' ? OS_ERROR : UNAVAILABLE;
    }
  };
  if (options.has('F', 'no-fork')) return yield* run(process);
  const child = process.fork(run);
  yield* process.wait([child]);
  return statusCode(child.status!);
});

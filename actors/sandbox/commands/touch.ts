// touch: sets the times of files, making those that do not exist (https://www.gnu.org/software/coreutils/touch).
import { isCapable } from '../kernel/credentials.js';
import { isErrno } from '../kernel/errno.js';
import { O_CREAT, O_WRONLY } from '../kernel/open-file.js';
import { MAY_WRITE } from '../kernel/path.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import { command, complain, type Options, parseOptions, reason, UsageError, usageError } from '../programs/stdio.js';
import { dateReader } from './common/dates/busybox.js';
import { zoneOf } from './common/dates/zone.js';
import { choose } from './common/choice.js';
import { quoteName } from './common/quote.js';
import { parsePosixTime } from './date.js';

const LONG = { 'no-create': 'no', date: 'required', 'no-dereference': 'no', reference: 'required', time: 'required' } as const;

interface Times {
  atimeMs: number;
  mtimeMs: number;
  /** The present, which anybody who may write may set. */
  isNow: boolean;
}

function timesOf(process: Process, options: Options): Times {
  const now = Date.now();
  const reference = options.value('r', 'reference');
  const date = options.value('d', 'date');
  const stamp = options.value('t');
  const zone = zoneOf(process);
  if (stamp !== undefined) {
    const ms = parsePosixTime(stamp, zone, true);
    if (ms === undefined || date !== undefined || reference !== undefined) throw new UsageError(ms === undefined ? `invalid date format ${quoteName(stamp)}` : 'cannot specify times from more than one source');
    return { atimeMs: ms, mtimeMs: ms, isNow: false };
  }
  if (reference === undefined && date === undefined) return { atimeMs: now, mtimeMs: now, isNow: true };
  let base = { atimeMs: now, mtimeMs: now };
  if (reference !== undefined) {
    try {
      base = options.has('h', 'no-dereference') ? process.files.lstat(reference) : process.files.stat(reference);
    } catch (error) {
      throw new UsageError(`failed to get attributes of ${quoteName(reference)}: ${reason(error)}`);
    }
  }
  if (date === undefined) return { atimeMs: base.atimeMs, mtimeMs: base.mtimeMs, isNow: false };
  const read = dateReader(process);
  const [atimeMs, mtimeMs] = [read(date, base.atimeMs, zone), read(date, base.mtimeMs, zone)];
  if (atimeMs === undefined || mtimeMs === undefined) throw new UsageError(`invalid date format ${quoteName(date)}`);
  return { atimeMs, mtimeMs, isNow: false };
}

/** Which of the two times change. */
function which(options: Options): { access: boolean; modification: boolean } {
  const word = options.value('time');
  const access = options.has('a') || (word !== undefined && /^(access|atime|use)$/.test(word));
  const modification = options.has('m') || (word !== undefined && /^(modify|mtime)$/.test(word));
  if (word !== undefined) choose(['touch'], '--time', word, [['atime', 'access', 'use'], ['mtime', 'modify']]);
  return access === modification ? { access: true, modification: true } : { access, modification };
}

function touchFile(process: Process, path: string, options: Options, { atimeMs, mtimeMs, isNow }: Times): void {
  const { files } = process;
  const follow = !options.has('h', 'no-dereference');
  try {
    files.locate(path, follow);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    if (options.has('c', 'no-create')) return;
    if (!follow) throw new UsageError(`setting times of ${quoteName(path)}: ${reason(error)}`);
    files.openFile(path, O_WRONLY | O_CREAT).retain().release();
    if (isNow) return;
  }
  const { access, modification } = which(options);
  if (isNow && !isCapable(process.credentials, 'FOWNER') && files.stat(path).uid !== process.credentials.uid) {
    files.access(path, MAY_WRITE);
    files.locate(path).inode.setAttributes({ atimeMs, mtimeMs });
    return;
  }
  files.utimes(path, access ? atimeMs : undefined, modification ? mtimeMs : undefined, follow);
}

function isWritable(process: Process, path: string): boolean {
  try {
    process.files.access(path, MAY_WRITE);
    return true;
  } catch (error) {
    if (isErrno(error)) return false;
    throw error;
  }
}

export const touch: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'acd:fhmr:t:', LONG);
  if (options.operands.length === 0) throw usageError(process.argv, 'missing file operand');
  const times = timesOf(process, options);
  which(options);
  let status = 0;
  for (const path of options.operands) {
    if (path === '-') continue;
    try {
      touchFile(process, path, options, times);
    } catch (error) {
      if (error instanceof UsageError) {
        yield* complain(process, error.message);
        status = 1;
        continue;
      }
      const isForeign = isErrno(error, 'EPERM') && !isWritable(process, path);
      yield* complain(process, isForeign ? `cannot touch ${quoteName(path)}: Permission denied` : `${isErrno(error, 'EPERM') ? 'setting times of' : 'cannot touch'} ${quoteName(path)}: ${reason(error)}`);
      status = 1;
    }
  }
  return status;
});

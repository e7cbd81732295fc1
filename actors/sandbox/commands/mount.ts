// mount, umount, mountpoint: what is mounted; nothing more can be, as in a container without CAP_SYS_ADMIN (util-linux).
import type { Main } from '../kernel/program.js';
import type { Process } from '../kernel/process.js';
import { command, complain, decode, parseOptions, plainCommand, reason, UsageError, usageError } from '../programs/stdio.js';
import { visibleMounts } from './common/mounts.js';

const FAILED = 32;
const PASSIVE = { all: 'no', bind: 'no', fake: 'no', 'make-private': 'no', 'make-rprivate': 'no', move: 'no', 'no-canonicalize': 'no', 'no-mtab': 'no', options: 'required', rbind: 'no', 'read-only': 'no', 'read-write': 'no', source: 'required', target: 'required', types: 'required', verbose: 'no' } as const;

const unescaped = (field: string): string => field.replace(/\\([0-7]{3})/g, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

export const mount: Main = plainCommand((process, output) => {
  const options = parseOptions(process.argv, 'aBfno:rRt:vwM', PASSIVE);
  const target = options.value('target') ?? options.operands.at(-1);
  if (target === undefined) {
    if (options.has('a', 'all')) return 0;
    const types = options.value('t', 'types')?.split(',');
    for (const line of decode(process.files.readFile('/proc/mounts')).split('\n').filter((text) => text !== '')) {
      const [source, place, type, flags] = line.split(' ').map(unescaped);
      if (types?.includes(type!) ?? true) output.print(`${source} on ${place} type ${type} (${flags})\n`);
    }
    return 0;
  }
  if (options.operands.length === 1 && options.value('source') === undefined && !options.has('o', 'options', 'make-private', 'make-rprivate')) throw new UsageError(`${target}: can't find in /etc/fstab.`);
  if (process.credentials.uid !== 0) throw new UsageError(`${target}: must be superuser to use mount.`, FAILED);
  if (!process.files.exists(target)) throw new UsageError(`${target}: mount point does not exist.`, FAILED);
  throw new UsageError(`${target}: permission denied.`, FAILED);
});

function isMountPoint(process: Process, path: string): boolean {
  const place = process.files.realpath(path);
  return visibleMounts(process).some((candidate) => candidate.path === place);
}

export const umount: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'adfilnO:qrRt:v', { all: 'no', force: 'no', lazy: 'no', quiet: 'no', recursive: 'no', types: 'required', verbose: 'no' });
  if (options.operands.length === 0) throw usageError(process.argv, 'bad usage');
  for (const path of options.operands) {
    if (!process.files.exists(path)) yield* complain(process, `${path}: no mount point specified.`);
    else yield* complain(process, `${path}: ${isMountPoint(process, path) ? 'must be superuser to unmount.' : 'not mounted.'}`);
  }
  return FAILED;
});

export const mountpoint: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'dq', { 'fs-devno': 'no', nofollow: 'no', quiet: 'no' });
  const [path] = options.operands;
  if (path === undefined || options.operands.length > 1) throw usageError(process.argv, 'bad usage');
  const isQuiet = options.has('q', 'quiet');
  try {
    const found = isMountPoint(process, path);
    if (found && options.has('d', 'fs-devno')) output.print(`0:${process.files.stat(path).device}\n`);
    else if (!isQuiet) output.print(`${path} is ${found ? '' : 'not '}a mountpoint\n`);
    return found ? 0 : FAILED;
  } catch (error) {
    if (!isQuiet) yield* complain(process, `${path}: ${reason(error)}`);
    return 1;
  }
});

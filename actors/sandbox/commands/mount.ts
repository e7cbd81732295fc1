// mount, umount, mountpoint: what is mounted, and with CAP_SYS_ADMIN what else shall be: tmpfs, binds, the machine's own file systems (util-linux).
import { Tmpfs } from '../fs/tmpfs.js';
import { isCapable } from '../kernel/credentials.js';
import { Errno } from '../kernel/errno.js';
import type { FileSystem } from '../kernel/inode.js';
import { bindMount, mountFileSystem, remount, unmount } from '../kernel/mounting.js';
import type { MountOptions } from '../kernel/path.js';
import type { Main } from '../kernel/program.js';
import type { Process } from '../kernel/process.js';
import { command, complain, decode, type Options, parseOptions, plainCommand, reason, UsageError, usageError } from '../programs/stdio.js';
import { visibleMounts } from './common/mounts.js';
import { parseSize } from './common/sizes.js';

const FAILED = 32;
const LONG = {
  all: 'no', bind: 'no', fake: 'no', 'make-private': 'no', 'make-rprivate': 'no', 'make-rshared': 'no', 'make-rslave': 'no', 'make-shared': 'no', 'make-slave': 'no', move: 'no', 'no-canonicalize': 'no', 'no-mtab': 'no',
  options: 'required', rbind: 'no', 'read-only': 'no', 'read-write': 'no', rw: 'no', source: 'required', target: 'required', types: 'required', verbose: 'no',
} as const;
const PROPAGATION = ['make-private', 'make-rprivate', 'make-rshared', 'make-rslave', 'make-shared', 'make-slave'] as const;
/** What the machine has once, and shows at more places. */
const OWN_TYPES = new Set(['proc', 'sysfs', 'devpts', 'mqueue', 'devtmpfs']);
const DEVICE_TREE = '/dev';

const unescaped = (field: string): string => field.replace(/\\([0-7]{3})/g, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/** A failure of mount(2), after which util-linux says where to look. */
class MountFailure extends UsageError {
  constructor(target: string, why: string) {
    super(`${target}: ${why}.\n       dmesg(1) may have more information after failed mount system call.`, FAILED);
  }
}

function list(process: Process, types: readonly string[] | undefined): string {
  let text = '';
  for (const line of decode(process.files.readFile('/proc/mounts')).split('\n').filter((each) => each !== '')) {
    const [source, place, type, flags] = line.split(' ').map(unescaped);
    if (types?.includes(type!) ?? true) text += `${source} on ${place} type ${type} (${flags})\n`;
  }
  return text;
}

/** The flags of an option list, and the words that are the file system's own. */
function flagsOf(words: readonly string[]): { flags: MountOptions; data: string[] } {
  const flags: MountOptions = {};
  const data: string[] = [];
  for (const word of words) {
    if (word === 'ro' || word === 'rw') flags.readOnly = word === 'ro';
    else if (word === 'exec' || word === 'noexec') flags.noExec = word === 'noexec';
    else if (word === 'suid' || word === 'nosuid') flags.noSuid = word === 'nosuid';
    else if (word === 'dev' || word === 'nodev') flags.noDev = word === 'nodev';
    else if (!['bind', 'rbind', 'remount', 'defaults', 'relatime', 'noatime', 'strictatime', 'nodiratime', 'sync', 'async', 'private', 'rprivate', 'shared', 'slave', 'rslave'].includes(word)) data.push(word);
  }
  return { flags, data };
}

/** A new tmpfs; undefined where its options are none. */
function tmpfsOf(data: readonly string[]): Tmpfs | undefined {
  const options: { sizeBytes?: number; mode?: number; uid?: number; gid?: number; inodesMax?: number } = {};
  for (const word of data) {
    const [name = '', value = ''] = word.split('=', 2);
    const number = name === 'mode' ? Number.parseInt(value, 8) : name === 'size' ? sizeOf(value) : Number(value || 'x');
    if (!['size', 'mode', 'uid', 'gid', 'nr_inodes'].includes(name) || !Number.isInteger(number)) return undefined;
    options[name === 'size' ? 'sizeBytes' : name === 'nr_inodes' ? 'inodesMax' : (name as 'mode' | 'uid' | 'gid')] = number;
  }
  return new Tmpfs(options);
}

function sizeOf(text: string): number {
  return /^\d+[kKmMgG]?$/.test(text) ? parseSize(text.toUpperCase()) ?? Number.NaN : Number.NaN;
}

function fileSystemOf(process: Process, type: string | undefined, source: string, target: string, data: readonly string[]): FileSystem {
  const wrong = `wrong fs type, bad option, bad superblock on ${source}, missing codepage or helper program, or other error`;
  if (type === 'tmpfs' || type === 'ramfs') {
    const fileSystem = tmpfsOf(data);
    if (!fileSystem) throw new MountFailure(target, wrong);
    return fileSystem;
  }
  const own = type !== undefined && OWN_TYPES.has(type) ? process.kernel.tree.mounts.find(({ fileSystem, path }) => (type === 'devtmpfs' ? path === DEVICE_TREE : fileSystem.type === type)) : undefined;
  if (own) return own.fileSystem;
  if (!process.files.exists(source)) throw new MountFailure(target, `special device ${source} does not exist`);
  if (process.files.stat(source).type !== 'block') throw new MountFailure(target, `${process.files.realpath(source)} is not a block device`);
  throw new MountFailure(target, wrong);
}

function attach(process: Process, options: Options, target: string): void {
  const { operands } = options;
  const words = (options.given.get('o') ?? []).concat(options.given.get('options') ?? []).flatMap((each) => each.split(','));
  const { flags, data } = flagsOf([...words, ...(options.has('r', 'read-only') ? ['ro'] : []), ...(options.has('w', 'rw', 'read-write') ? ['rw'] : [])]);
  if (words.includes('remount')) return remount(process, target, flags);
  if (options.has(...PROPAGATION)) {
    // There is one name space of mounts, and nobody to pass them on to.
    if (!process.kernel.tree.mounts.some(({ path }) => path === process.files.realpath(target))) throw new MountFailure(target, 'not mount point or bad option');
    return;
  }
  const source = options.value('source') ?? operands[0]!;
  if (options.has('B', 'bind', 'R', 'rbind') || words.includes('bind') || words.includes('rbind')) {
    if (!process.files.exists(source)) throw new MountFailure(target, `special device ${source} does not exist`);
    return bindMount(process, source, target, { ...flags, source: process.files.realpath(source) });
  }
  mountFileSystem(process, fileSystemOf(process, options.value('t', 'types'), source, target, data), target, { ...flags, source });
}

const WORDS: Readonly<Partial<Record<string, string>>> = { EPERM: 'permission denied', EINVAL: 'mount point not mounted or bad option', ENOTDIR: 'mount point is not a directory' };

export const mount: Main = plainCommand((process, output) => {
  const options = parseOptions(process.argv, 'aBfno:rRt:vwM', LONG);
  const given = options.value('target') ?? options.operands.at(-1);
  if (given === undefined) {
    if (!options.has('a', 'all')) output.print(list(process, options.value('t', 'types')?.split(',')));
    return 0;
  }
  const isAlone = options.operands.length === 1 && options.value('source') === undefined;
  if (isAlone && !options.has('o', 'options', ...PROPAGATION)) throw new UsageError(`${given}: can't find in /etc/fstab.`);
  if (process.credentials.realUid !== 0) throw new UsageError(`${given}: must be superuser to use mount.`, FAILED);
  if (!process.files.exists(given)) throw new MountFailure(given, 'mount point does not exist');
  const target = process.files.realpath(given);
  if (!isCapable(process.credentials, 'SYS_ADMIN')) throw new MountFailure(target, 'permission denied');
  try {
    attach(process, options, target);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new MountFailure(target, WORDS[error.code] ?? reason(error).toLowerCase());
  }
  return 0;
});

function isMountPoint(process: Process, path: string): boolean {
  const place = process.files.realpath(path);
  return visibleMounts(process).some((candidate) => candidate.path === place);
}

export const umount: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'adfilnO:qrRt:v', { all: 'no', force: 'no', lazy: 'no', quiet: 'no', recursive: 'no', types: 'required', verbose: 'no' });
  if (options.operands.length === 0) throw usageError(process.argv, 'bad usage');
  let status = 0;
  for (const path of options.operands) {
    const failure = detach(process, path, options.has('l', 'lazy'));
    if (failure === undefined) continue;
    yield* complain(process, failure);
    status = FAILED;
  }
  return status;
});

/** Takes a mount away, or says why not. */
function detach(process: Process, given: string, isLazy: boolean): string | undefined {
  if (!process.files.exists(given)) return `${given}: no mount point specified.`;
  if (!isMountPoint(process, given)) return `${given}: not mounted.`;
  const path = process.files.realpath(given);
  try {
    unmount(process, path, isLazy);
    return undefined;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return `${path}: ${error.code === 'EBUSY' ? 'target is busy.' : error.code === 'EPERM' ? 'must be superuser to unmount.' : `${reason(error)}.`}`;
  }
}

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

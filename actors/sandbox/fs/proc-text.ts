// The texts of /proc/PID files, in the kernel's formats (proc(5)).
import { capabilityMask } from '../kernel/capabilities.js';
import { memoryOf, PROGRAM_BYTES } from '../kernel/memory-limit.js';
import type { Mount, MountTree } from '../kernel/path.js';
import type { Process } from '../kernel/process.js';
import { PROC_LIMITS } from '../kernel/rlimits.js';

const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** /proc/PID/statm: pages mapped, resident, shared, of the program, and of data. */
export function memoryPages(process: Process): string {
  const { residentBytes, mappedBytes } = memoryOf(process);
  const pages = (bytes: number): number => Math.ceil(bytes / PAGE_BYTES);
  return `${pages(mappedBytes)} ${pages(residentBytes)} ${pages(PROGRAM_BYTES) / 2} ${pages(PROGRAM_BYTES) / 4} 0 ${pages(mappedBytes - PROGRAM_BYTES)} 0\n`;
}

function stateOf(process: Process): [letter: string, word: string] {
  if (process.status !== undefined) return ['Z', 'zombie'];
  if (process.stopped) return ['T', 'stopped'];
  return process.kernel.tree.asking === process ? ['R', 'running'] : ['S', 'sleeping'];
}

/** /proc/PID/stat: 52 fields; what does not exist here is 0. */
export function processStat(process: Process): string {
  const { pid, parent, processGroup, session, terminal, usage, niceness, startedAtMs, kernel } = process;
  const tty = terminal ? 136 * 256 + terminal.number : 0;
  const ticks = Math.floor((usage.cpuMs * TICKS_PER_SECOND) / 1000);
  const started = Math.floor(((startedAtMs - kernel.bootedAtMs) * TICKS_PER_SECOND) / 1000);
  const memory = memoryOf(process);
  const head = [pid, `(${process.command.slice(0, 15)})`, stateOf(process)[0], parent?.pid ?? 0, processGroup, session, tty, terminal?.foreground ?? -1];
  const middle = [4194304, 0, 0, 0, 0, ticks, 0, 0, 0, 20 + niceness, niceness, 1, 0, Math.max(0, started), memory.mappedBytes, Math.ceil(memory.residentBytes / PAGE_BYTES)];
  return `${[...head, ...middle, '18446744073709551615', ...Array.from({ length: 27 }, () => 0)].join(' ')}\n`;
}

/** /proc/PID/status: the fields that scripts and ps read. */
export function processStatus(process: Process): string {
  const { uid, realUid, savedUid, gid, realGid, savedGid, groups, capabilities, noNewPrivileges } = process.credentials;
  const [letter, word] = stateOf(process);
  const memory = memoryOf(process);
  const kilobytes = (bytes: number): string => `${String(Math.ceil(bytes / 1024)).padStart(8)} kB`;
  return [
    `Name:\t${process.command.slice(0, 15)}`, `Umask:\t${process.umask.toString(8).padStart(4, '0')}`, `State:\t${letter} (${word})`,
    `Tgid:\t${process.pid}`, 'Ngid:\t0', `Pid:\t${process.pid}`, `PPid:\t${process.parent?.pid ?? 0}`, 'TracerPid:\t0',
    `Uid:\t${[realUid, uid, savedUid, uid].join('\t')}`, `Gid:\t${[realGid, gid, savedGid, gid].join('\t')}`, `FDSize:\t${Math.max(64, process.descriptors.numbers().length)}`, `Groups:\t${groups.join(' ')} `,
    `VmPeak:\t${kilobytes(memory.mappedBytes)}`, `VmSize:\t${kilobytes(memory.mappedBytes)}`, `VmRSS:\t${kilobytes(memory.residentBytes)}`, 'Threads:\t1', 'SigQ:\t0/31731',
    `SigIgn:\t${signalMask(process, 'ignore')}`, `SigCgt:\t${signalMask(process, 'caught')}`,
    `CapInh:\t${capabilityMask(capabilities.inheritable)}`, `CapPrm:\t${capabilityMask(capabilities.permitted)}`, `CapEff:\t${capabilityMask(capabilities.effective)}`,
    `CapBnd:\t${capabilityMask(capabilities.bounding)}`, `CapAmb:\t${capabilityMask(capabilities.ambient)}`, `NoNewPrivs:\t${noNewPrivileges ? 1 : 0}`, 'Seccomp:\t2', 'Cpus_allowed_list:\t0', 'voluntary_ctxt_switches:\t0', 'nonvoluntary_ctxt_switches:\t0', '',
  ].join('\n');
}

/** The signals ignored or caught as a bit each, the lowest for signal 1. */
function signalMask(process: Process, kind: 'ignore' | 'caught'): string {
  let mask = 0n;
  for (let signal = 1; signal <= 64; signal++) {
    const disposition = process.disposition(signal);
    if (kind === 'ignore' ? disposition === 'ignore' : typeof disposition === 'function') mask |= 1n << BigInt(signal - 1);
  }
  return mask.toString(16).padStart(16, '0');
}

/** Blanks and backslashes in paths are written in octal, so that the fields stay apart. */
function escaped(path: string): string {
  return path.replace(/[ \t\n\\]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

function optionsOf(mount: Mount): string {
  const flags = [...(mount.noSuid === true ? ['nosuid'] : []), ...(mount.noDev === true ? ['nodev'] : []), ...(mount.noExec === true ? ['noexec'] : [])];
  return [mount.readOnly === true || mount.fileSystem.readOnly ? 'ro' : 'rw', ...flags, 'relatime', ...(mount.fileSystem.mountData ?? [])].join(',');
}

/** /proc/PID/mounts: source, place, type, options, 0 0. */
export function mountTable(tree: MountTree): string {
  return tree.mounts
    .map((mount) => `${escaped(mount.source ?? mount.fileSystem.type)} ${escaped(mount.path)} ${mount.fileSystem.type} ${optionsOf(mount)} 0 0\n`)
    .join('');
}

/** /proc/PID/mountinfo. */
export function mountInfo(tree: MountTree): string {
  return tree.mounts.map((mount, i) => {
    const parent = i === 0 ? 0 : 1;
    const { fileSystem } = mount;
    return `${i + 1} ${parent} 0:${fileSystem.device} / ${escaped(mount.path)} ${optionsOf(mount)} - ${fileSystem.type} ${escaped(mount.source ?? fileSystem.type)} rw\n`;
  }).join('');
}

/** /proc/PID/limits. */
export function limitsText(process: Process): string {
  const shown = (value: number): string => (value === Infinity ? 'unlimited' : String(value));
  const rows = PROC_LIMITS.map(([name, title, unit]) => [title, shown(process.limits[name].soft), shown(process.limits[name].hard), unit]);
  const line = (columns: readonly string[]): string => `${columns[0]!.padEnd(26)}${columns[1]!.padEnd(21)}${columns[2]!.padEnd(21)}${columns[3]!.padEnd(10)}\n`;
  return [['Limit', 'Soft Limit', 'Hard Limit', 'Units'], ...rows].map(line).join('');
}

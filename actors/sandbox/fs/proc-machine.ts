// The files of /proc that tell of the machine: processors, memory, load, versions, settings.
import os from 'node:os';
import type { ProcFileSystem } from './proc.js';
import { addSettings } from './proc-sys.js';
import { type StaticDirectory, TextInode } from './synthetic.js';

export interface MachineFacts {
  /** What the machine is given, 0 for as much as the host has; it may change. `nanoCpus` are billionths of a processor (docker run --cpus). */
  limits: { memoryBytes: number; nanoCpus: number };
  /** Bytes in use, as far as known. */
  memoryUsedBytes?: () => number;
  /** `docker run --domainname`, `--sysctl`. */
  domainname?: string;
  sysctls?: Readonly<Record<string, string>>;
  /** What /proc/PID/cgroup shows. */
  cgroupPath?: string;
  /** uname -r and -v. */
  release?: string;
  version?: string;
}

/** What uname says where the machine's owner says nothing else. */
export const KERNEL_RELEASE = '6.1.0-sockerless';
export const KERNEL_VERSION = '#1 SMP PREEMPT_DYNAMIC';

/** Processors as nproc counts them. */
export function processorCount(facts: MachineFacts): number {
  const host = Math.max(1, os.availableParallelism());
  return facts.limits.nanoCpus > 0 ? Math.max(1, Math.min(host, Math.ceil(facts.limits.nanoCpus / 1e9))) : host;
}

function cpuInfo(facts: MachineFacts): string {
  const { model = 'virtual' } = os.cpus()[0] ?? {};
  const count = processorCount(facts);
  return Array.from({ length: count }, (_, i) =>
    `processor\t: ${i}\nvendor_id\t: sockerless\nmodel name\t: ${model}\ncpu MHz\t\t: 1000.000\ncore id\t\t: ${i}\ncpu cores\t: ${count}\nflags\t\t:\nbogomips\t: 2000.00\n\n`).join('');
}

function memInfo(facts: MachineFacts): string {
  const total = facts.limits.memoryBytes > 0 ? facts.limits.memoryBytes : os.totalmem();
  const free = Math.max(0, facts.limits.memoryBytes > 0 ? total - (facts.memoryUsedBytes?.() ?? process.memoryUsage.rss()) : os.freemem());
  const rows: [string, number][] = [['MemTotal', total], ['MemFree', free], ['MemAvailable', free], ['Buffers', 0], ['Cached', 0], ['SwapCached', 0], ['SwapTotal', 0], ['SwapFree', 0], ['Shmem', 0], ['Slab', 0]];
  return rows.map(([name, bytes]) => `${`${name}:`.padEnd(16)}${String(Math.floor(bytes / 1024)).padStart(8)} kB\n`).join('');
}

/** Adds them to the root of /proc. */
export function addMachineFiles(proc: ProcFileSystem, root: StaticDirectory, facts: MachineFacts): void {
  const { kernel } = proc;
  const release = facts.release ?? KERNEL_RELEASE;
  const version = facts.version ?? KERNEL_VERSION;
  const uptime = (): number => (Date.now() - kernel.bootedAtMs) / 1000;
  const texts: Record<string, () => string> = {
    cpuinfo: () => cpuInfo(facts),
    meminfo: () => memInfo(facts),
    loadavg: () => `${os.loadavg().map((load) => load.toFixed(2)).join(' ')} 1/${kernel.processes.size} ${Math.max(0, ...kernel.processes.keys())}\n`,
    uptime: () => `${uptime().toFixed(2)} ${Math.max(0, uptime() * processorCount(facts) - kernel.budget.cpuMs / 1000).toFixed(2)}\n`,
    version: () => `Linux version ${release} (sockerless) ${version}\n`,
    stat: () => machineStat(facts, kernel.budget.cpuMs, uptime(), kernel.bootedAtMs, kernel.processes.size),
    filesystems: () => 'nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tdevtmpfs\nnodev\tdevpts\nnodev\toverlay\n',
    cmdline: () => '\n',
    devices: () => 'Character devices:\n  1 mem\n  5 /dev/tty\n  5 /dev/console\n136 pts\n\nBlock devices:\n',
    modules: () => '',
    partitions: () => 'major minor  #blocks  name\n\n',
    swaps: () => 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n',
  };
  for (const [name, source] of Object.entries(texts)) root.add(name, new TextInode(proc, source));
  addSettings(proc, root, { ...facts, release, version });
}

function machineStat(facts: MachineFacts, cpuMs: number, uptimeSeconds: number, bootedAtMs: number, processes: number): string {
  const count = processorCount(facts);
  const busy = Math.floor(cpuMs / 10);
  const idle = Math.max(0, Math.floor(uptimeSeconds * 100 * count) - busy);
  const each = Array.from({ length: count }, (_, i) => `cpu${i} ${Math.floor(busy / count)} 0 0 ${Math.floor(idle / count)} 0 0 0 0 0 0\n`).join('');
  return `cpu  ${busy} 0 0 ${idle} 0 0 0 0 0 0\n${each}intr 0\nctxt 0\nbtime ${Math.floor(bootedAtMs / 1000)}\nprocesses ${processes}\nprocs_running 1\nprocs_blocked 0\n`;
}

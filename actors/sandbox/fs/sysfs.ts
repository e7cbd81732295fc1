// sysfs(5) as far as programs in containers look: limits of the cgroup, network interfaces, processors.
import { StaticDirectory, SyntheticFileSystem, TextInode } from './synthetic.js';

export interface SysfsFacts {
  /** 0 = no limit, for all of them; they may change (docker update). */
  limits: { memoryBytes: number; nanoCpus: number; processes: number };
  processors: number;
  memoryUsedBytes: () => number;
  processCount: () => number;
  cpuMs: () => number;
  /** Addresses of eth0; the interface is left out where there is none. */
  macAddress?: string;
}

const CPU_PERIOD_US = 100_000;

/** The /sys of one machine, with the cgroup v2 tree at fs/cgroup; read-only, as in an unprivileged container. */
export function createSysfs(facts: SysfsFacts): SyntheticFileSystem {
  const sysfs = new SyntheticFileSystem('sysfs', true);
  const directory = (parent: StaticDirectory, name: string): StaticDirectory => parent.add(name, new StaticDirectory(sysfs, 0o555));
  const text = (parent: StaticDirectory, name: string, source: () => string): void => {
    parent.add(name, new TextInode(sysfs, () => `${source()}\n`));
  };
  const root = new StaticDirectory(sysfs, 0o555);
  sysfs.root = root;
  const orMax = (limit: number): string => (limit > 0 ? String(limit) : 'max');
  const cgroup = directory(directory(root, 'fs'), 'cgroup');
  text(cgroup, 'cgroup.controllers', () => 'cpu memory pids');
  text(cgroup, 'cgroup.type', () => 'domain');
  text(cgroup, 'memory.max', () => orMax(facts.limits.memoryBytes));
  text(cgroup, 'memory.high', () => 'max');
  text(cgroup, 'memory.swap.max', () => '0');
  text(cgroup, 'memory.current', () => String(facts.memoryUsedBytes()));
  text(cgroup, 'cpu.max', () => `${facts.limits.nanoCpus > 0 ? Math.round((facts.limits.nanoCpus / 1e9) * CPU_PERIOD_US) : 'max'} ${CPU_PERIOD_US}`);
  text(cgroup, 'cpu.stat', () => `usage_usec ${Math.floor(facts.cpuMs() * 1000)}\nuser_usec ${Math.floor(facts.cpuMs() * 1000)}\nsystem_usec 0`);
  text(cgroup, 'cpu.weight', () => '100');
  text(cgroup, 'pids.max', () => orMax(facts.limits.processes));
  text(cgroup, 'pids.current', () => String(facts.processCount()));
  const net = directory(directory(root, 'class'), 'net');
  addInterface(sysfs, net, 'lo', '00:00:00:00:00:00', 65536);
  if (facts.macAddress !== undefined) addInterface(sysfs, net, 'eth0', facts.macAddress, 1500);
  const cpu = directory(directory(directory(root, 'devices'), 'system'), 'cpu');
  const range = facts.processors > 1 ? `0-${facts.processors - 1}` : '0';
  for (const name of ['online', 'possible', 'present']) text(cpu, name, () => range);
  for (let i = 0; i < facts.processors; i++) directory(cpu, `cpu${i}`);
  text(directory(root, 'kernel'), 'profiling', () => '0');
  return sysfs;
}

function addInterface(sysfs: SyntheticFileSystem, net: StaticDirectory, name: string, address: string, mtu: number): void {
  const at = net.add(name, new StaticDirectory(sysfs, 0o555));
  const facts: Record<string, string> = { address, mtu: String(mtu), operstate: name === 'lo' ? 'unknown' : 'up', carrier: '1', ifindex: name === 'lo' ? '1' : '2', type: name === 'lo' ? '772' : '1' };
  for (const [file, value] of Object.entries(facts)) at.add(file, new TextInode(sysfs, () => `${value}\n`));
}

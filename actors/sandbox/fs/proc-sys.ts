// /proc/sys: the settings of the kernel (sysctl(8)), as a container has them and as `--sysctl` sets them.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ProcFileSystem } from './proc.js';
import { StaticDirectory, TextInode } from './synthetic.js';

/** A container's kernel is its host's; one of our own where the host has none to show. */
function hostBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return randomUUID();
  }
}

/** What stands there where nobody sets anything; Docker opens low ports and pings to everybody. */
const DEFAULTS: Readonly<Record<string, string>> = {
  'fs.file-max': '9223372036854775807', 'fs.nr_open': '1048576', 'fs.inotify.max_user_watches': '0', 'fs.pipe-max-size': '1048576',
  'kernel.cap_last_cap': '40', 'kernel.ostype': 'Linux', 'kernel.pid_max': '4194304', 'kernel.threads-max': '192730', 'kernel.random.entropy_avail': '256',
  'kernel.msgmax': '8192', 'kernel.msgmnb': '16384', 'kernel.msgmni': '32000', 'kernel.sem': '32000\t1024000000\t500\t32000',
  'kernel.shmall': '18446744073692774399', 'kernel.shmmax': '18446744073692774399', 'kernel.shmmni': '4096', 'kernel.shm_rmid_forced': '0',
  'net.core.somaxconn': '4096', 'net.ipv4.ip_forward': '0', 'net.ipv4.ip_local_port_range': '32768\t60999', 'net.ipv4.ip_unprivileged_port_start': '0',
  'net.ipv4.ping_group_range': '0\t2147483647', 'net.ipv4.tcp_syncookies': '1', 'net.ipv6.conf.all.disable_ipv6': '0',
  'vm.max_map_count': '65530', 'vm.overcommit_memory': '0', 'vm.swappiness': '60',
};

export interface Settings {
  domainname?: string;
  sysctls?: Readonly<Record<string, string>>;
  release: string;
  version: string;
}

/** Adds `sys` to the root of /proc. A name is its path with dots. */
export function addSettings(proc: ProcFileSystem, root: StaticDirectory, { domainname = '', sysctls = {}, release, version }: Settings): void {
  const { kernel } = proc;
  const sys = root.add('sys', new StaticDirectory(proc, 0o555));
  const place = (name: string, make: (leaf: string) => TextInode): void => {
    const path = name.split('.');
    let at = sys;
    for (const part of path.slice(0, -1)) at = (at.children.get(part) as StaticDirectory | undefined) ?? at.add(part, new StaticDirectory(proc, 0o555));
    at.add(path.at(-1)!, make(name));
  };
  const fixed = (name: string, source: () => string): void => place(name, () => new TextInode(proc, () => `${source()}\n`));
  const values = kernel.settings;
  for (const [name, value] of Object.entries({ 'kernel.domainname': domainname || '(none)', ...DEFAULTS, ...sysctls })) {
    values.set(name, value);
    place(name, () => new TextInode(proc, () => `${values.get(name)}\n`, 0o644, undefined, (bytes) => values.set(name, Buffer.from(bytes).toString('latin1').trim())));
  }
  place('kernel.hostname', () => new TextInode(proc, () => `${kernel.hostname}\n`, 0o644, undefined, (bytes) => {
    kernel.hostname = Buffer.from(bytes).toString('latin1').trim();
  }));
  const bootId = hostBootId();
  fixed('kernel.osrelease', () => release);
  fixed('kernel.version', () => version);
  fixed('kernel.random.uuid', randomUUID);
  fixed('kernel.random.boot_id', () => bootId);
}

// What of root's power a process has (capabilities(7)): the names, and the sets of a process.

/** In the order of their numbers (linux/capability.h). */
const NAMES = [
  'CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP', 'LINUX_IMMUTABLE', 'NET_BIND_SERVICE',
  'NET_BROADCAST', 'NET_ADMIN', 'NET_RAW', 'IPC_LOCK', 'IPC_OWNER', 'SYS_MODULE', 'SYS_RAWIO', 'SYS_CHROOT', 'SYS_PTRACE', 'SYS_PACCT', 'SYS_ADMIN',
  'SYS_BOOT', 'SYS_NICE', 'SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG', 'MKNOD', 'LEASE', 'AUDIT_WRITE', 'AUDIT_CONTROL', 'SETFCAP', 'MAC_OVERRIDE',
  'MAC_ADMIN', 'SYSLOG', 'WAKE_ALARM', 'BLOCK_SUSPEND', 'AUDIT_READ', 'PERFMON', 'BPF', 'CHECKPOINT_RESTORE',
] as const;

export type Capability = (typeof NAMES)[number];
export type CapabilitySet = ReadonlySet<Capability>;

export const NO_CAPABILITIES: CapabilitySet = new Set();
export const ALL_CAPABILITIES: CapabilitySet = new Set(NAMES);

/** The five sets of a thread; never changed in place, so that processes share them. */
export interface Capabilities {
  readonly inheritable: CapabilitySet;
  readonly permitted: CapabilitySet;
  readonly effective: CapabilitySet;
  /** What no execve(2) can go beyond. */
  readonly bounding: CapabilitySet;
  readonly ambient: CapabilitySet;
}

/** `CAP_CHOWN`, `chown` … to a set; names that Linux does not have are left out. */
export function capabilitySet(names: readonly string[]): CapabilitySet {
  const wanted = new Set(names.map((name) => name.toUpperCase().replace(/^CAP_/, '')));
  return new Set(NAMES.filter((name) => wanted.has(name)));
}

/** As /proc/PID/status shows a set: 16 hexadecimal digits. */
export function capabilityMask(set: CapabilitySet): string {
  let mask = 0n;
  NAMES.forEach((name, number) => {
    if (set.has(name)) mask |= 1n << BigInt(number);
  });
  return mask.toString(16).padStart(16, '0');
}

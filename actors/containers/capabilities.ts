// Linux capabilities as Docker hands them out: the names, the default set, and what CapAdd, CapDrop, Privileged and SecurityOpt make of it.
import type { HostConfig } from './record.js';

/** capabilities(7), without `CAP_`. */
export const CAPABILITIES: ReadonlySet<string> = new Set(('AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID '
  + 'IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID '
  + 'SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM').split(' '));

/** https://github.com/moby/moby/blob/master/daemon/pkg/oci/caps/defaults.go */
const DEFAULT_CAPABILITIES = 'CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE'.split(' ');

/** A name as a client may write it, as it is written here. */
export function capabilityName(given: string): string {
  return given.toUpperCase().replace(/^CAP_/, '');
}

/** What root in the container holds. */
export function grantedCapabilities({ Privileged, CapAdd, CapDrop }: HostConfig): string[] {
  if (Privileged) return [...CAPABILITIES];
  const add = ((CapAdd as string[] | null | undefined) ?? []).map(capabilityName);
  const drop = new Set(((CapDrop as string[] | null | undefined) ?? []).map(capabilityName));
  const basis = add.includes('ALL') ? [...CAPABILITIES] : drop.has('ALL') ? [] : DEFAULT_CAPABILITIES;
  const added = add.filter((name) => name !== 'ALL');
  return [...new Set([...basis.filter((name) => !drop.has(name)), ...added])];
}

/** `no-new-privileges`, `no-new-privileges=true` and, as old clients write it, `no-new-privileges:true`. */
export function forbidsNewPrivileges({ SecurityOpt }: HostConfig): boolean {
  return ((SecurityOpt as string[] | null | undefined) ?? []).some((option) => /^no-new-privileges(?:[=:](?:1|t|true))?$/i.test(option));
}

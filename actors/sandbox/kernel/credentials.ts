// Who a process is and what it may do (credentials(7)): its ids and capabilities, and how set*id(2) and execve(2) change them.
import { ALL_CAPABILITIES, type Capabilities, type Capability, type CapabilitySet, NO_CAPABILITIES } from './capabilities.js';
import { Errno } from './errno.js';
import type { Stat } from './inode.js';

/** The effective ids. */
export interface Ids {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/** What permission checks look at; replaced as a whole when something changes. */
export interface Credentials extends Ids {
  /** Of whoever started it: other ones than the effective where a set-user-ID file lends its owner's. */
  readonly realUid: number;
  readonly realGid: number;
  readonly savedUid: number;
  readonly savedGid: number;
  readonly capabilities: Capabilities;
  /** PR_SET_NO_NEW_PRIVS: no file lends anything. */
  readonly noNewPrivileges: boolean;
}

/** Of a process that a container runtime starts: root with the given capabilities, others with none but the right to get them back. */
export function credentialsOf({ uid, gid, groups }: Ids, capabilities: CapabilitySet = ALL_CAPABILITIES, noNewPrivileges = false): Credentials {
  const held = uid === 0 ? capabilities : NO_CAPABILITIES;
  return {
    uid, gid, groups, realUid: uid, realGid: gid, savedUid: uid, savedGid: gid, noNewPrivileges,
    capabilities: { inheritable: NO_CAPABILITIES, permitted: held, effective: held, bounding: capabilities, ambient: NO_CAPABILITIES },
  };
}

/** The machine's own hands. */
export const SUPERUSER: Credentials = credentialsOf({ uid: 0, gid: 0, groups: [] });

export function isCapable(who: Credentials, capability: Capability): boolean {
  return who.capabilities.effective.has(capability);
}

/** setgroups(2), setresgid(2), setresuid(2) with all three ids alike. EPERM. */
export function withIds(who: Credentials, { uid = who.uid, gid = who.gid, groups }: Partial<Ids>): Credentials {
  if (groups && !isCapable(who, 'SETGID')) throw new Errno('EPERM');
  if (![who.gid, who.realGid, who.savedGid].includes(gid) && !isCapable(who, 'SETGID')) throw new Errno('EPERM');
  if (![who.uid, who.realUid, who.savedUid].includes(uid) && !isCapable(who, 'SETUID')) throw new Errno('EPERM');
  return {
    ...who, uid, gid, groups: groups ?? who.groups, realUid: uid, realGid: gid, savedUid: uid, savedGid: gid, capabilities: afterUidChange(who, uid),
  };
}

/** Root that becomes somebody else for good leaves its power behind; who becomes root again takes up what was permitted. */
function afterUidChange({ uid: before, realUid, savedUid, capabilities }: Credentials, uid: number): Capabilities {
  const wasRoot = before === 0 || realUid === 0 || savedUid === 0;
  if (wasRoot && uid !== 0) return { ...capabilities, permitted: NO_CAPABILITIES, effective: NO_CAPABILITIES, ambient: NO_CAPABILITIES };
  return before !== 0 && uid === 0 ? { ...capabilities, effective: capabilities.permitted } : capabilities;
}

/** After execve(2) of a file; `lends` is false where its mount is nosuid. */
export function afterExec(who: Credentials, file: Pick<Stat, 'mode' | 'uid' | 'gid'>, lends: boolean): Credentials {
  const isLent = lends && !who.noNewPrivileges;
  const uid = isLent && (file.mode & 0o4000) !== 0 ? file.uid : who.uid;
  const gid = isLent && (file.mode & 0o2010) === 0o2010 ? file.gid : who.gid;
  const { inheritable, bounding, permitted: before } = who.capabilities;
  const ambient = uid === who.uid && gid === who.gid ? who.capabilities.ambient : NO_CAPABILITIES;
  const asRoot = uid === 0 || who.realUid === 0;
  let permitted = asRoot ? union(inheritable, bounding) : ambient;
  if (who.noNewPrivileges) permitted = intersection(permitted, before);
  const effective = uid === 0 ? permitted : ambient;
  return { ...who, uid, gid, savedUid: uid, savedGid: gid, capabilities: { inheritable, bounding, ambient, permitted, effective } };
}

function union(a: CapabilitySet, b: CapabilitySet): CapabilitySet {
  return a.size === 0 ? b : new Set([...a, ...b]);
}

function intersection(a: CapabilitySet, b: CapabilitySet): CapabilitySet {
  return a === b ? a : new Set([...a].filter((name) => b.has(name)));
}

/** kill(2). */
export function maySignal(who: Credentials, target: Credentials): boolean {
  return isCapable(who, 'KILL') || [who.uid, who.realUid].some((uid) => uid === target.realUid || uid === target.savedUid);
}

/** setpriority(2) and the like: whether `target` is the caller's own to arrange. */
export function mayArrange(who: Credentials, target: Credentials): boolean {
  return isCapable(who, 'SYS_NICE') || who.uid === target.realUid || who.uid === target.uid;
}

/** The access mode of ptrace(2) by which /proc shows a process's memory, files and environment. */
export function mayInspect(who: Credentials, target: Credentials): boolean {
  if (isCapable(who, 'SYS_PTRACE')) return true;
  const isOwn = [target.uid, target.realUid, target.savedUid].every((uid) => uid === who.uid) && [target.gid, target.realGid, target.savedGid].every((gid) => gid === who.gid);
  return isOwn && [...target.capabilities.permitted].every((name) => who.capabilities.permitted.has(name));
}

// Who a process runs as: Docker's `user[:group]` resolved against the container's own /etc/passwd and /etc/group.
import { Fault } from '../runtime/fault.js';
import { Errno } from './kernel/errno.js';
import type { Files } from './kernel/files.js';
import type { Ids } from './kernel/credentials.js';
import { decode } from './kernel/text.js';

export interface Identity extends Ids {
  home: string;
}

/** A colon-separated database of /etc; empty where there is none. */
export function readDatabase(files: Files, path: string): string[][] {
  try {
    return decode(files.readFile(path)).split('\n').filter((line) => line !== '').map((line) => line.split(':'));
  } catch (error) {
    if (error instanceof Errno) return [];
    throw error;
  }
}

/**
 * Resolves `user` ('' = root, name, uid, each with optional `:group`). Faults in the OCI runtime's words
 * (https://github.com/moby/sys/tree/main/user): `unable to find user x: no matching entries in passwd file`.
 */
export function resolveUser(files: Files, user: string, extraGroups: readonly string[]): Identity {
  const [name = '', group] = user.split(':', 2);
  const passwd = readDatabase(files, '/etc/passwd');
  const groups = readDatabase(files, '/etc/group');
  const wanted = name === '' ? '0' : name;
  const entry = passwd.find((fields) => fields[0] === wanted) ?? passwd.find((fields) => fields[2] === wanted);
  if (!entry && !/^\d+$/.test(wanted)) throw new Fault('invalid', `unable to find user ${name}: no matching entries in passwd file`);
  const uid = Number(entry?.[2] ?? wanted);
  const gid = group === undefined || group === '' ? Number(entry?.[3] ?? 0) : groupId(groups, group);
  const listed = group === undefined && entry ? groups.filter((fields) => (fields[3] ?? '').split(',').includes(entry[0]!)).map((fields) => Number(fields[2])) : [];
  const all = new Set([gid, ...listed, ...extraGroups.map((extra) => groupId(groups, extra))]);
  return { uid, gid, groups: [...all], home: entry?.[5] ?? '/' };
}

function groupId(groups: readonly string[][], group: string): number {
  const found = groups.find((fields) => fields[0] === group);
  if (found) return Number(found[2]);
  if (/^\d+$/.test(group)) return Number(group);
  throw new Fault('invalid', `unable to find group ${group}: no matching entries in group file`);
}

// Users and groups by name and number, out of the container's own /etc/passwd and /etc/group.
import { readDatabase } from '../../identity.js';
import type { Files } from '../../kernel/files.js';

export interface User {
  name: string;
  uid: number;
  gid: number;
  comment: string;
  home: string;
  shell: string;
}

export interface Group {
  name: string;
  gid: number;
  members: readonly string[];
}

/** Read once per command; big listings look names up thousands of times. */
export class Accounts {
  readonly users: readonly User[];
  readonly groups: readonly Group[];
  readonly #userNames = new Map<number, string>();
  readonly #groupNames = new Map<number, string>();

  constructor(files: Files) {
    this.users = readDatabase(files, '/etc/passwd').filter((fields) => fields.length >= 4).map((fields) => ({
      name: fields[0]!, uid: Number(fields[2]), gid: Number(fields[3]), comment: fields[4] ?? '', home: fields[5] ?? '', shell: fields[6] ?? '',
    }));
    this.groups = readDatabase(files, '/etc/group').filter((fields) => fields.length >= 3).map((fields) => ({
      name: fields[0]!, gid: Number(fields[2]), members: (fields[3] ?? '').split(',').filter((member) => member !== ''),
    }));
    for (const { uid, name } of this.users) if (!this.#userNames.has(uid)) this.#userNames.set(uid, name);
    for (const { gid, name } of this.groups) if (!this.#groupNames.has(gid)) this.#groupNames.set(gid, name);
  }

  userName(uid: number): string | undefined {
    return this.#userNames.get(uid);
  }

  groupName(gid: number): string | undefined {
    return this.#groupNames.get(gid);
  }

  /** By name, else by number. */
  user(nameOrUid: string): User | undefined {
    return this.users.find(({ name }) => name === nameOrUid) ?? (/^\d+$/.test(nameOrUid) ? this.users.find(({ uid }) => uid === Number(nameOrUid)) : undefined);
  }

  group(nameOrGid: string): Group | undefined {
    return this.groups.find(({ name }) => name === nameOrGid) ?? (/^\d+$/.test(nameOrGid) ? this.groups.find(({ gid }) => gid === Number(nameOrGid)) : undefined);
  }

  /** A name or a number that need not exist; undefined for an unknown name. */
  uid(nameOrUid: string): number | undefined {
    return this.users.find(({ name }) => name === nameOrUid)?.uid ?? (/^\+?\d+$/.test(nameOrUid) ? Number(nameOrUid) : undefined);
  }

  gid(nameOrGid: string): number | undefined {
    return this.groups.find(({ name }) => name === nameOrGid)?.gid ?? (/^\+?\d+$/.test(nameOrGid) ? Number(nameOrGid) : undefined);
  }

  /** The groups a user is a member of, its own first. */
  groupsOf(user: User): number[] {
    return [...new Set([user.gid, ...this.groups.filter(({ members }) => members.includes(user.name)).map(({ gid }) => gid)])];
  }
}

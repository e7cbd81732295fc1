// What making and removing a user does, whichever command asks for it.
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import { nowMs } from '../common/dates/now.js';
import { type AccountFiles, today } from './account-files.js';

export interface NewUser {
  name: string;
  uid: number;
  gid: number;
  comment: string;
  home: string;
  shell: string;
  password: string;
  groups: readonly string[];
}

export function addGroup(accounts: AccountFiles, name: string, gid: number): void {
  accounts.add('group', [name, 'x', String(gid), '']);
  accounts.add('gshadow', [name, '!', '', '']);
}

/** Makes the user a member of a group that there is. */
export function join(accounts: AccountFiles, user: string, group: string): void {
  for (const file of ['group', 'gshadow'] as const) {
    const fields = accounts.find(file, group);
    if (!fields) continue;
    const members = (fields[3] ?? '').split(',').filter((each) => each !== '');
    if (!members.includes(user)) fields[3] = [...members, user].join(',');
    accounts.change(file);
  }
}

export function leave(accounts: AccountFiles, user: string, group: string): void {
  for (const file of ['group', 'gshadow'] as const) {
    const fields = accounts.find(file, group);
    if (fields) fields[3] = (fields[3] ?? '').split(',').filter((each) => each !== '' && each !== user).join(',');
    accounts.change(file);
  }
}

export function addUser(accounts: AccountFiles, { name, uid, gid, comment, home, shell, password, groups }: NewUser): void {
  accounts.add('passwd', [name, 'x', String(uid), String(gid), comment, home, shell]);
  accounts.add('shadow', [name, password, today(nowMs()), '0', '99999', '7', '', '', '']);
  for (const group of groups) join(accounts, name, group);
}

/** The user, its memberships, and the group of its name when nobody else is in it. */
export function removeUser(accounts: AccountFiles, name: string): void {
  const gid = accounts.find('passwd', name)![3]!;
  accounts.remove('passwd', name);
  accounts.remove('shadow', name);
  for (const [group] of [...accounts.records('group')]) leave(accounts, name, group!);
  const own = accounts.find('group', name);
  const isUsed = accounts.records('passwd').some((fields) => fields[3] === gid);
  if (own && own[2] === gid && (own[3] ?? '') === '' && !isUsed) removeGroup(accounts, name);
}

export function removeGroup(accounts: AccountFiles, name: string): void {
  accounts.remove('group', name);
  accounts.remove('gshadow', name);
}

/** The home folder with what /etc/skel has; false where it is there already. */
export function makeHome(process: Process, home: string, uid: number, gid: number, mode = 0o755): boolean {
  const { files } = process;
  if (files.exists(home)) return false;
  for (let at = home.indexOf('/', 1); at > 0; at = home.indexOf('/', at + 1)) if (!files.exists(home.slice(0, at))) files.mkdir(home.slice(0, at), 0o755);
  files.mkdir(home, mode);
  if (files.exists('/etc/skel')) copySkeleton(process, '/etc/skel', home, uid, gid);
  files.chmod(home, mode);
  files.chown(home, uid, gid);
  return true;
}

function copySkeleton(process: Process, from: string, to: string, uid: number, gid: number): void {
  const { files } = process;
  for (const { name, type } of files.readdir(from)) {
    if (name === '.' || name === '..') continue;
    const target = `${to}/${name}`;
    if (type === 'directory') {
      files.mkdir(target);
      copySkeleton(process, `${from}/${name}`, target, uid, gid);
    } else if (type === 'symlink') files.symlink(files.readlink(`${from}/${name}`), target);
    else if (type === 'file') files.writeFile(target, files.readFile(`${from}/${name}`), { mode: files.stat(`${from}/${name}`).mode });
    files.chown(target, uid, gid, false);
  }
}

/** Removes a home folder with everything in it. */
export function removeTree(process: Process, path: string): void {
  const { files } = process;
  try {
    if (files.lstat(path).type !== 'directory') return files.unlink(path);
    for (const { name } of files.readdir(path)) if (name !== '.' && name !== '..') removeTree(process, `${path}/${name}`);
    files.rmdir(path);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
}

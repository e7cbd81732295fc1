// useradd, usermod, userdel, groupadd, groupmod, groupdel, gpasswd: accounts as the shadow suite manages them.
import type { Main } from '../../kernel/program.js';
import type { Process } from '../../kernel/process.js';
import { command, complain, type Options, parseOptions, UsageError, usageError } from '../../programs/stdio.js';
import { AccountFiles, isAccountName } from './account-files.js';
import { addGroup, addUser, join, leave, makeHome, removeGroup, removeTree, removeUser } from './user.js';

const BAD_ARGUMENT = 3;
const ID_IN_USE = 4;
const NO_SUCH = 6;
const NAME_IN_USE = 9;
const CANNOT = 1;

/** Accounts to be changed; only root may. */
export function accountsOf(process: Process): AccountFiles {
  if (process.credentials.uid !== 0) throw new UsageError(`Permission denied.\n${process.argv[0]!.split('/').at(-1)!}: cannot lock /etc/passwd; try again later.`, CANNOT);
  return new AccountFiles(process);
}

function groupFields(accounts: AccountFiles, given: string): string[] {
  const fields = accounts.byNameOrId('group', given);
  if (!fields) throw new UsageError(`group '${given}' does not exist`, NO_SUCH);
  return fields;
}

function numberOf(given: string, what: string): number {
  if (!/^\d+$/.test(given)) throw new UsageError(`invalid ${what} '${given}'`, BAD_ARGUMENT);
  return Number(given);
}

function groupNames(accounts: AccountFiles, given: string | undefined): string[] {
  return (given ?? '').split(',').filter((name) => name !== '').map((name) => groupFields(accounts, name)[0]!);
}

export const useradd: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'b:c:d:De:f:g:G:k:K:lmMNop:rs:u:U', {
    'base-dir': 'required', comment: 'required', 'home-dir': 'required', home: 'required', gid: 'required', groups: 'required', skel: 'required', key: 'required', 'create-home': 'no', 'no-create-home': 'no', 'no-user-group': 'no', 'non-unique': 'no', password: 'required', system: 'no', shell: 'required', uid: 'required',
    'user-group': 'no', expiredate: 'required', inactive: 'required', 'no-log-init': 'no',
  }, { exitCode: 2 });
  const [name] = options.operands;
  if (name === undefined || options.operands.length > 1) throw usageError(process.argv, 'exactly one login name is needed', 2);
  const accounts = accountsOf(process);
  if (!isAccountName(name)) throw new UsageError(`invalid user name '${name}': use --badname to ignore`, BAD_ARGUMENT);
  if (accounts.find('passwd', name)) throw new UsageError(`user '${name}' already exists`, NAME_IN_USE);
  const isSystem = options.has('r', 'system');
  const given = options.value('u', 'uid');
  const uid = given === undefined ? accounts.freeId('passwd', isSystem) : numberOf(given, 'user ID');
  if (!options.has('o', 'non-unique') && accounts.records('passwd').some((fields) => fields[2] === String(uid))) throw new UsageError(`UID ${uid} is not unique`, ID_IN_USE);
  const group = options.value('g', 'gid');
  const groups = groupNames(accounts, options.value('G', 'groups'));
  let gid = group === undefined ? 100 : Number(groupFields(accounts, group)[2]);
  if (group === undefined && !options.has('N', 'no-user-group')) {
    if (accounts.find('group', name)) throw new UsageError(`group ${name} exists - if you want to add this user to that group, use -g.`, NAME_IN_USE);
    gid = accounts.records('group').some((fields) => fields[2] === String(uid)) ? accounts.freeId('group', isSystem) : uid;
    addGroup(accounts, name, gid);
  }
  const home = options.value('d', 'home-dir', 'home') ?? `${options.value('b', 'base-dir') ?? '/home'}/${name}`;
  addUser(accounts, { name, uid, gid, groups, comment: options.value('c', 'comment') ?? '', home, shell: options.value('s', 'shell') ?? '/bin/sh', password: options.value('p', 'password') ?? '!' });
  accounts.save();
  if (options.has('m', 'create-home') && !options.has('M', 'no-create-home') && !makeHome(process, home, uid, gid)) yield* complain(process, `warning: the home directory ${home} already exists.\nuseradd: Not copying any file from skel directory into it.`);
  return 0;
});

function rename(accounts: AccountFiles, from: string, to: string): void {
  if (!isAccountName(to)) throw new UsageError(`invalid user name '${to}': use --badname to ignore`, BAD_ARGUMENT);
  if (accounts.find('passwd', to)) throw new UsageError(`user '${to}' already exists`, NAME_IN_USE);
  for (const file of ['passwd', 'shadow'] as const) {
    const fields = accounts.find(file, from);
    if (fields) fields[0] = to;
    accounts.change(file);
  }
  for (const fields of [...accounts.records('group'), ...accounts.records('gshadow')]) fields[3] = (fields[3] ?? '').split(',').map((each) => (each === from ? to : each)).join(',');
  accounts.change('group', 'gshadow');
}

function setPassword(accounts: AccountFiles, name: string, change: (old: string) => string): void {
  const file = accounts.find('shadow', name) ? 'shadow' : 'passwd';
  const fields = accounts.find(file, name)!;
  fields[1] = change(fields[1]!);
  accounts.change(file);
}

function modifyGroups(accounts: AccountFiles, name: string, options: Options): void {
  const groups = options.value('G', 'groups');
  if (groups === undefined) return;
  const wanted = groupNames(accounts, groups);
  if (options.has('r', 'remove')) for (const group of wanted) leave(accounts, name, group);
  else {
    if (!options.has('a', 'append')) for (const [group] of accounts.records('group')) leave(accounts, name, group!);
    for (const group of wanted) join(accounts, name, group);
  }
}

export const usermod: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'ac:d:e:f:g:G:l:Lmop:rs:u:U', {
    append: 'no', comment: 'required', home: 'required', expiredate: 'required', inactive: 'required', gid: 'required', groups: 'required', login: 'required', lock: 'no', 'move-home': 'no', 'non-unique': 'no', password: 'required', remove: 'no', shell: 'required', uid: 'required', unlock: 'no',
  }, { exitCode: 2 });
  const [name] = options.operands;
  if (name === undefined) throw usageError(process.argv, 'a login name is needed', 2);
  const accounts = accountsOf(process);
  const fields = accounts.find('passwd', name);
  if (!fields) throw new UsageError(`user '${name}' does not exist`, NO_SUCH);
  const home = fields[5]!;
  const uid = options.value('u', 'uid');
  if (uid !== undefined && !options.has('o', 'non-unique') && fields[2] !== uid && accounts.records('passwd').some((each) => each[2] === uid)) throw new UsageError(`UID '${uid}' already exists`, ID_IN_USE);
  if (uid !== undefined) fields[2] = String(numberOf(uid, 'user ID'));
  const gid = options.value('g', 'gid');
  if (gid !== undefined) fields[3] = groupFields(accounts, gid)[2]!;
  fields[4] = options.value('c', 'comment') ?? fields[4]!;
  fields[5] = options.value('d', 'home') ?? home;
  fields[6] = options.value('s', 'shell') ?? fields[6]!;
  accounts.change('passwd');
  modifyGroups(accounts, name, options);
  const password = options.value('p', 'password');
  if (password !== undefined) setPassword(accounts, name, () => password);
  if (options.has('L', 'lock')) setPassword(accounts, name, (old) => (old.startsWith('!') ? old : `!${old}`));
  if (options.has('U', 'unlock')) setPassword(accounts, name, (old) => old.replace(/^!/, ''));
  const login = options.value('l', 'login');
  if (login !== undefined && login !== name) rename(accounts, name, login);
  accounts.save();
  if (options.has('m', 'move-home') && fields[5] !== home && process.files.exists(home)) process.files.rename(home, fields[5]);
  if (uid !== undefined && process.files.exists(fields[5])) process.files.chown(fields[5], Number(uid), Number(fields[3]));
  return 0;
});

export const userdel: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'frZ', { force: 'no', remove: 'no' }, { exitCode: 2 });
  const [name] = options.operands;
  if (name === undefined) throw usageError(process.argv, 'a login name is needed', 2);
  const accounts = accountsOf(process);
  const fields = accounts.find('passwd', name);
  if (!fields) throw new UsageError(`user '${name}' does not exist`, NO_SUCH);
  const busy = [...process.kernel.processes.values()].find((each) => each.credentials.uid === Number(fields[2]));
  if (busy && !options.has('f', 'force')) throw new UsageError(`user ${name} is currently used by process ${busy.pid}`, 8);
  removeUser(accounts, name);
  accounts.save();
  if (options.has('r', 'remove')) {
    if (process.files.exists(fields[5]!)) removeTree(process, fields[5]!);
    yield* complain(process, `${name} mail spool (/var/mail/${name}) not found`);
  }
  return 0;
});

export const groupadd: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'fg:K:op:rU:', { force: 'no', gid: 'required', key: 'required', 'non-unique': 'no', password: 'required', system: 'no', users: 'required' }, { exitCode: 2 });
  const [name] = options.operands;
  if (name === undefined) throw usageError(process.argv, 'a group name is needed', 2);
  const accounts = accountsOf(process);
  const force = options.has('f', 'force');
  if (!isAccountName(name)) throw new UsageError(`'${name}' is not a valid group name`, BAD_ARGUMENT);
  if (accounts.find('group', name)) {
    if (force) return 0;
    throw new UsageError(`group '${name}' already exists`, NAME_IN_USE);
  }
  const given = options.value('g', 'gid');
  let gid = given === undefined ? accounts.freeId('group', options.has('r', 'system')) : numberOf(given, 'group ID');
  if (given !== undefined && !options.has('o', 'non-unique') && accounts.records('group').some((fields) => fields[2] === String(gid))) {
    if (!force) throw new UsageError(`GID '${gid}' already exists`, ID_IN_USE);
    gid = accounts.freeId('group', options.has('r', 'system'));
  }
  addGroup(accounts, name, gid);
  for (const user of (options.value('U', 'users') ?? '').split(',').filter((each) => each !== '')) join(accounts, user, name);
  accounts.save();
  return 0;
});

export const groupmod: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'g:n:op:', { gid: 'required', 'new-name': 'required', 'non-unique': 'no', password: 'required' }, { exitCode: 2 });
  const [name] = options.operands;
  if (name === undefined) throw usageError(process.argv, 'a group name is needed', 2);
  const accounts = accountsOf(process);
  const fields = accounts.find('group', name);
  if (!fields) throw new UsageError(`group '${name}' does not exist`, NO_SUCH);
  const gid = options.value('g', 'gid');
  if (gid !== undefined) {
    if (!options.has('o', 'non-unique') && fields[2] !== gid && accounts.records('group').some((each) => each[2] === gid)) throw new UsageError(`GID '${gid}' already exists`, ID_IN_USE);
    for (const user of accounts.records('passwd')) if (user[3] === fields[2]) user[3] = gid;
    fields[2] = String(numberOf(gid, 'group ID'));
    accounts.change('passwd');
  }
  const renamed = options.value('n', 'new-name');
  if (renamed !== undefined) {
    if (accounts.find('group', renamed)) throw new UsageError(`group '${renamed}' already exists`, NAME_IN_USE);
    const shadow = accounts.find('gshadow', name);
    if (shadow) shadow[0] = renamed;
    fields[0] = renamed;
  }
  accounts.change('group', 'gshadow');
  accounts.save();
  return 0;
});

export const groupdel: Main = command(function* (process) {
  const [name] = parseOptions(process.argv, 'f', { force: 'no' }, { exitCode: 2 }).operands;
  if (name === undefined) throw usageError(process.argv, 'a group name is needed', 2);
  const accounts = accountsOf(process);
  const fields = accounts.find('group', name);
  if (!fields) throw new UsageError(`group '${name}' does not exist`, NO_SUCH);
  const primary = accounts.records('passwd').find((user) => user[3] === fields[2]);
  if (primary) throw new UsageError(`cannot remove the primary group of user '${primary[0]!}'`, 8);
  removeGroup(accounts, name);
  accounts.save();
  return 0;
});

export const gpasswd: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'a:d:M:rR', { add: 'required', delete: 'required', members: 'required', 'remove-password': 'no', restrict: 'no' }, { exitCode: 2 });
  const [group] = options.operands;
  if (group === undefined) throw usageError(process.argv, 'a group name is needed', 2);
  const accounts = accountsOf(process);
  const fields = accounts.find('group', group);
  if (!fields) throw new UsageError(`group '${group}' does not exist in /etc/group`, BAD_ARGUMENT);
  const [added, removed, members] = [options.value('a', 'add'), options.value('d', 'delete'), options.value('M', 'members')];
  const user = added ?? removed;
  if (user !== undefined && !accounts.find('passwd', user)) throw new UsageError(`user '${user}' does not exist`, BAD_ARGUMENT);
  if (added !== undefined) {
    output.print(`Adding user ${added} to group ${group}\n`);
    join(accounts, added, group);
  } else if (removed !== undefined) {
    output.print(`Removing user ${removed} from group ${group}\n`);
    if (!(fields[3] ?? '').split(',').includes(removed)) throw new UsageError(`user '${removed}' is not a member of '${group}'`, BAD_ARGUMENT);
    leave(accounts, removed, group);
  } else if (members !== undefined) {
    fields[3] = members;
    accounts.change('group');
  } else throw new UsageError('group passwords are not supported by the embedded machine', CANNOT);
  accounts.save();
  return 0;
});

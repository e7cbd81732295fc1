// adduser, addgroup, deluser, delgroup: as busybox and Debian have them; what each alone knows is told by its options.
import type { Main } from '../../kernel/program.js';
import { command, type Options, type Output, parseOptions, UsageError, usageError } from '../../programs/stdio.js';
import { type AccountFiles, isAccountName } from './account-files.js';
import { accountsOf } from './shadow.js';
import { addGroup, addUser, join, leave, makeHome, removeGroup, removeTree, removeUser } from './user.js';

/** Debian's long options are not busybox's short ones. */
const LONG = {
  home: 'required', gecos: 'required', comment: 'required', shell: 'required', ingroup: 'required', gid: 'required', uid: 'required', system: 'no', group: 'no', 'disabled-password': 'no', 'disabled-login': 'no', 'no-create-home': 'no', quiet: 'no', 'force-badname': 'no', 'allow-bad-names': 'no', 'firstuid': 'required', 'lastuid': 'required', debug: 'no', conf: 'required',
} as const;

function idOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (!/^\d+$/.test(given)) throw new UsageError(`invalid number '${given}'`);
  return Number(given);
}

function memberOf(accounts: AccountFiles, user: string, group: string): number {
  if (!accounts.find('passwd', user)) throw new UsageError(`unknown user ${user}`);
  if (!accounts.find('group', group)) throw new UsageError(`unknown group ${group}`);
  join(accounts, user, group);
  accounts.save();
  return 0;
}

function groupOf(accounts: AccountFiles, name: string, uid: number, options: Options, isSystem: boolean): number {
  const named = options.value('G', 'ingroup');
  const fields = named === undefined ? undefined : accounts.byNameOrId('group', named);
  if (named !== undefined && !fields) throw new UsageError(`unknown group ${named}`);
  if (fields) return Number(fields[2]);
  const gid = idOf(options.value('gid'));
  if (gid !== undefined) return gid;
  // Debian gives system users no group of their own unless asked.
  if (options.has('system') && !options.has('group')) return 65534;
  const own = accounts.find('group', name);
  if (own) return Number(own[2]);
  const free = accounts.records('group').some((each) => each[2] === String(uid)) ? accounts.freeId('group', isSystem) : uid;
  addGroup(accounts, name, free);
  return free;
}

export const adduser: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'h:g:s:G:SDHu:k:', LONG);
  const [name, group] = options.operands;
  if (name === undefined || options.operands.length > 2) throw usageError(process.argv, 'a login name is needed');
  const accounts = accountsOf(process);
  if (group !== undefined) return memberOf(accounts, name, group);
  if (!isAccountName(name)) throw new UsageError(`illegal name '${name}'`);
  const isSystem = options.has('S', 'system');
  if (accounts.find('passwd', name)) {
    if (options.has('system')) return 0;
    throw new UsageError(options.has('gecos', 'disabled-password', 'uid', 'home') ? `The user \`${name}' already exists.` : `user '${name}' in use`);
  }
  const uid = idOf(options.value('u', 'uid')) ?? accounts.freeId('passwd', isSystem);
  if (accounts.records('passwd').some((fields) => fields[2] === String(uid))) throw new UsageError(`uid '${uid}' in use`);
  const gid = groupOf(accounts, name, uid, options, isSystem);
  const home = options.value('h', 'home') ?? (options.has('system') ? '/nonexistent' : `/home/${name}`);
  const shell = options.value('s', 'shell') ?? (isSystem ? (options.has('system') ? '/usr/sbin/nologin' : '/bin/false') : process.files.exists('/bin/bash') ? '/bin/bash' : '/bin/sh');
  addUser(accounts, { name, uid, gid, home, shell, comment: options.value('g', 'gecos', 'comment') ?? (options.has('S') || options.has('D') ? 'Linux User,,,' : ''), password: '!', groups: [] });
  accounts.save();
  if (!options.has('H', 'no-create-home') && home !== '/nonexistent') announce(output, options, makeHome(process, home, uid, gid), home);
  return 0;
});

function announce(output: Output, options: Options, isNew: boolean, home: string): void {
  if (!isNew && !options.has('quiet', 'system')) output.print(`adduser: ${home}: File exists\n`);
}

export const addgroup: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'g:S', { gid: 'required', system: 'no', quiet: 'no', 'force-badname': 'no' });
  const [first, second] = options.operands;
  if (first === undefined) throw usageError(process.argv, 'a group name is needed');
  const accounts = accountsOf(process);
  if (second !== undefined) return memberOf(accounts, first, second);
  if (!isAccountName(first)) throw new UsageError(`illegal name '${first}'`);
  if (accounts.find('group', first)) {
    if (options.has('system')) return 0;
    throw new UsageError(`group '${first}' in use`);
  }
  const gid = idOf(options.value('g', 'gid')) ?? accounts.freeId('group', options.has('S', 'system'));
  if (accounts.records('group').some((fields) => fields[2] === String(gid))) throw new UsageError(`gid '${gid}' in use`);
  addGroup(accounts, first, gid);
  accounts.save();
  return 0;
});

function remove(removesGroup: boolean): Main {
  return command(function* (process) {
    const options = parseOptions(process.argv, '', { 'remove-home': 'no', 'remove-all-files': 'no', system: 'no', quiet: 'no', group: 'no', 'only-if-empty': 'no' });
    const [name, group] = options.operands;
    if (name === undefined) throw usageError(process.argv, 'a name is needed');
    const accounts = accountsOf(process);
    if (group !== undefined) {
      if (!accounts.find('passwd', name)) throw new UsageError(`unknown user ${name}`);
      if (!accounts.find('group', group)) throw new UsageError(`unknown group ${group}`);
      leave(accounts, name, group);
    } else if (removesGroup || options.has('group')) {
      const fields = accounts.find('group', name);
      if (!fields) throw new UsageError(`unknown group ${name}`);
      const primary = accounts.records('passwd').find((user) => user[3] === fields[2]);
      if (primary) throw new UsageError(`'${primary[0]!}' still has '${name}' as their primary group!`);
      removeGroup(accounts, name);
    } else {
      const fields = accounts.find('passwd', name);
      if (!fields) throw new UsageError(`unknown user ${name}`);
      removeUser(accounts, name);
      if (options.has('remove-home', 'remove-all-files')) removeTree(process, fields[5]!);
    }
    accounts.save();
    return 0;
  });
}

export const deluser = remove(false);
export const delgroup = remove(true);

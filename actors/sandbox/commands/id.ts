// id, whoami, groups, logname, users, who: who one is (https://www.gnu.org/software/coreutils/id).
import type { Ids } from '../kernel/credentials.js';
import type { Main } from '../kernel/program.js';
import type { Process } from '../kernel/process.js';
import { command, complain, parseOptions, plainCommand, UsageError, usageError } from '../programs/stdio.js';
import { Accounts } from './common/accounts.js';
import { formatDate } from './common/dates/format.js';
import { zoneOf } from './common/dates/zone.js';
import { quoteName } from './common/quote.js';

function identityOf(process: Process, accounts: Accounts, name: string | undefined, isReal: boolean): Ids | undefined {
  if (name === undefined) {
    const { uid, gid, realUid, realGid, groups } = process.credentials;
    return { ...(isReal ? { uid: realUid, gid: realGid } : { uid, gid }), groups: [...new Set([realGid, ...(isReal ? [] : [gid]), ...groups])] };
  }
  const user = accounts.user(name);
  return user && { uid: user.uid, gid: user.gid, groups: accounts.groupsOf(user) };
}

export const id: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'agGnruzZ', { group: 'no', groups: 'no', name: 'no', real: 'no', user: 'no', zero: 'no', context: 'no' });
  if (options.has('Z', 'context')) throw new UsageError('--context (-Z) works only on an SELinux-enabled kernel');
  const [user, group, groups, names] = [options.has('u', 'user'), options.has('g', 'group'), options.has('G', 'groups'), options.has('n', 'name')];
  if ([user, group, groups].filter(Boolean).length > 1) throw new UsageError('cannot print "only" of more than one choice');
  if (!user && !group && !groups && (names || options.has('r', 'real'))) throw new UsageError('cannot print only names or real IDs in default format');
  if (options.has('z', 'zero') && !user && !group && !groups) throw new UsageError('option --zero not permitted in default format');
  const accounts = new Accounts(process.files);
  const end = options.has('z', 'zero') ? '\0' : '\n';
  const userText = (uid: number): string => (names ? accounts.userName(uid) : undefined) ?? String(uid);
  const groupText = (gid: number): string => (names ? accounts.groupName(gid) : undefined) ?? String(gid);
  const full = (value: number, name: string | undefined): string => `${value}${name === undefined ? '' : `(${name})`}`;
  let status = 0;
  for (const name of options.operands.length === 0 ? [undefined] : options.operands) {
    const who = identityOf(process, accounts, name, options.has('r', 'real') || !(user || group || groups));
    if (!who) {
      yield* complain(process, `${quoteName(name!)}: no such user`);
      status = 1;
    } else if (user) {
      if (names && accounts.userName(who.uid) === undefined) {
        yield* complain(process, `cannot find name for user ID ${who.uid}`);
        status = 1;
      }
      output.print(userText(who.uid) + end);
    } else if (group) {
      if (names && accounts.groupName(who.gid) === undefined) {
        yield* complain(process, `cannot find name for group ID ${who.gid}`);
        status = 1;
      }
      output.print(groupText(who.gid) + end);
    } else if (groups) {
      output.print(who.groups.map(groupText).join(options.has('z', 'zero') ? '\0' : ' ') + end);
    } else {
      const list = who.groups.map((gid) => full(gid, accounts.groupName(gid))).join(',');
      const { uid, gid } = name === undefined ? process.credentials : who;
      const lent = `${uid === who.uid ? '' : ` euid=${full(uid, accounts.userName(uid))}`}${gid === who.gid ? '' : ` egid=${full(gid, accounts.groupName(gid))}`}`;
      output.print(`uid=${full(who.uid, accounts.userName(who.uid))} gid=${full(who.gid, accounts.groupName(who.gid))}${lent} groups=${list}\n`);
    }
  }
  return status;
});

export const whoami: Main = plainCommand((process, output) => {
  const { operands } = parseOptions(process.argv, '');
  if (operands.length > 0) throw usageError(process.argv, `extra operand ${quoteName(operands[0]!)}`);
  const name = new Accounts(process.files).userName(process.credentials.uid);
  if (name === undefined) throw new UsageError(`cannot find name for user ID ${process.credentials.uid}`);
  output.print(`${name}\n`);
  return 0;
});

export const groups: Main = command(function* (process, output) {
  const { operands } = parseOptions(process.argv, '');
  const accounts = new Accounts(process.files);
  let status = 0;
  for (const name of operands.length === 0 ? [undefined] : operands) {
    const who = identityOf(process, accounts, name, false);
    if (!who) {
      yield* complain(process, `${quoteName(name!)}: no such user`);
      status = 1;
      continue;
    }
    const names = who.groups.map((gid) => accounts.groupName(gid) ?? String(gid)).join(' ');
    output.print(name === undefined ? `${names}\n` : `${name} : ${names}\n`);
  }
  return status;
});

/** Nobody logs in to a container: there is no utmp. */
export const logname: Main = plainCommand((process, output) => {
  parseOptions(process.argv, '');
  const name = process.env.get('LOGNAME');
  if (name === undefined) throw new UsageError('no login name');
  output.print(`${name}\n`);
  return 0;
});

export const users: Main = plainCommand((process) => {
  parseOptions(process.argv, '');
  return 0;
});

export const who: Main = plainCommand((process, output) => {
  const options = parseOptions(process.argv, 'abdHlmpqrstTuw', { all: 'no', boot: 'no', count: 'no', heading: 'no', users: 'no' });
  if (options.has('b', 'boot')) output.print(`         system boot  ${formatDate('%Y-%m-%d %H:%M', process.kernel.bootedAtMs, zoneOf(process))}\n`);
  if (options.has('q', 'count')) output.print('\n# users=0\n');
  if (options.has('H', 'heading')) output.print('NAME     LINE         TIME             COMMENT\n');
  return 0;
});

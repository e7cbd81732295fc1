// setpriv: run a program with other ids, capabilities or without the right to new privileges (util-linux).
import { ALL_CAPABILITIES, type Capabilities, type CapabilitySet, capabilitySet } from '../kernel/capabilities.js';
import { type Credentials, isCapable, withIds } from '../kernel/credentials.js';
import { Errno } from '../kernel/errno.js';
import type { Main } from '../kernel/program.js';
import { command, type Options, parseOptions, UsageError } from '../programs/stdio.js';
import { Accounts } from './common/accounts.js';
import { executeOrComplain } from './common/exec.js';
import { groupId, loginEnvironment } from './su.js';

const NOT_PERMITTED = 127;

function idOf(name: string | undefined, find: (text: string) => number | undefined, what: string): number | undefined {
  if (name === undefined) return undefined;
  const number = find(name);
  if (number === undefined) throw new UsageError(`failed to parse ${what}: '${name}'`);
  return number;
}

/** `+chown,-kill,-all` applied to a set. */
function adjusted(set: CapabilitySet, list: string | undefined): CapabilitySet {
  if (list === undefined) return set;
  const names = new Set(set);
  for (const word of list.split(',')) {
    const name = word.slice(1).replace(/^cap_/i, '');
    if (!/^[-+]/.test(word)) throw new UsageError('bad capability string');
    const meant = name === 'all' ? ALL_CAPABILITIES : capabilitySet([name]);
    if (meant.size === 0) throw new UsageError(`unknown capability "${name}"`);
    for (const each of meant) if (word.startsWith('+')) names.add(each); else names.delete(each);
  }
  return capabilitySet([...names]);
}

/** The sets that outlive the next execve(2). */
function capabilitiesGiven(who: Credentials, options: Options): Pick<Capabilities, 'inheritable' | 'bounding' | 'ambient'> {
  const { capabilities } = who;
  const bounding = adjusted(capabilities.bounding, options.value('bounding-set'));
  const inheritable = adjusted(capabilities.inheritable, options.value('inh-caps'));
  const ambient = adjusted(capabilities.ambient, options.value('ambient-caps'));
  const gains = [...inheritable].some((name) => !capabilities.inheritable.has(name) && !capabilities.permitted.has(name));
  if (gains) throw new UsageError('apply capabilities: Operation not permitted', NOT_PERMITTED);
  // What cannot be had of the other two is left as it is without a word, as libcap-ng has it.
  const bounded = isCapable(who, 'SETPCAP') ? capabilitySet([...bounding].filter((name) => capabilities.bounding.has(name))) : capabilities.bounding;
  const raised = capabilitySet([...ambient].filter((name) => inheritable.has(name) && capabilities.permitted.has(name)));
  return { inheritable, bounding: bounded, ambient: raised };
}

function withGivenIds(who: Credentials, accounts: Accounts, options: Options): Credentials {
  const uid = idOf(options.value('reuid', 'euid', 'ruid'), (text) => accounts.uid(text), 'reuid');
  const gid = idOf(options.value('regid', 'egid', 'rgid'), (text) => accounts.gid(text), 'regid');
  const list = options.value('groups');
  if (gid !== undefined && list === undefined && !options.has('clear-groups', 'init-groups', 'keep-groups')) throw new UsageError('--[re]gid requires --keep-groups, --clear-groups, --init-groups, or --groups');
  const user = accounts.users.find((candidate) => candidate.uid === (uid ?? who.uid));
  let groups: readonly number[] | undefined;
  if (options.has('clear-groups')) groups = [];
  else if (options.has('init-groups')) groups = user ? accounts.groupsOf(user) : [];
  else if (list !== undefined) groups = list.split(',').map((name) => groupId(accounts, name));
  const attempt = (call: string, ids: Parameters<typeof withIds>[1]): void => {
    try {
      withIds(who, ids);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new UsageError(`${call} failed: ${error.message}`, NOT_PERMITTED);
    }
  };
  if (uid !== undefined) attempt('setresuid', { uid });
  if (gid !== undefined) attempt('setresgid', { gid });
  if (groups) attempt('setgroups', { groups });
  return withIds(who, { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }), ...(groups ? { groups } : {}) });
}

function dump({ uid, realUid, gid, realGid, groups, noNewPrivileges, capabilities }: Credentials): string {
  const names = (set: CapabilitySet): string => (set.size === 0 ? '[none]' : [...set].map((name) => name.toLowerCase()).join(','));
  return `uid: ${realUid}\neuid: ${uid}\ngid: ${realGid}\negid: ${gid}\nSupplementary groups: ${groups.length === 0 ? '[none]' : groups.join(',')}\n`
    + `no_new_privs: ${noNewPrivileges ? 1 : 0}\nInheritable capabilities: ${names(capabilities.inheritable)}\nAmbient capabilities: ${names(capabilities.ambient)}\n`
    + `Capability bounding set: ${names(capabilities.bounding)}\nSecurebits: [none]\nParent death signal: [none]\n`;
}

export const setpriv: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'd', {
    'ambient-caps': 'required', 'bounding-set': 'required', 'clear-groups': 'no', dump: 'no', egid: 'required', euid: 'required', groups: 'required', 'inh-caps': 'required', 'init-groups': 'no',
    'keep-groups': 'no', nnp: 'no', 'no-new-privs': 'no', regid: 'required', 'reset-env': 'no', reuid: 'required', rgid: 'required', ruid: 'required',
  }, { posix: true });
  if (options.has('d', 'dump')) {
    if (options.operands.length > 0 || options.given.size > 1) throw new UsageError('--dump is incompatible with all other options');
    output.print(dump(process.credentials));
    return 0;
  }
  if (options.operands.length === 0) throw new UsageError('No program specified');
  const accounts = new Accounts(process.files);
  if (options.has('nnp', 'no-new-privs')) process.credentials = { ...process.credentials, noNewPrivileges: true };
  const { inheritable, bounding, ambient } = capabilitiesGiven(process.credentials, options);
  const become = withGivenIds(process.credentials, accounts, options);
  // Those are kept when the ids change (PR_SET_KEEPCAPS).
  process.credentials = { ...become, capabilities: { ...become.capabilities, inheritable, bounding, ambient } };
  const user = accounts.users.find(({ uid }) => uid === process.credentials.uid);
  const env = options.has('reset-env') && user ? loginEnvironment(process, user) : process.env;
  return yield* executeOrComplain(process, options.operands, env, (program, why) => `setpriv: failed to execute ${program}: ${why}`);
});


// chroot: runs a command with the root that is there already, as somebody else where asked; no other root can be had here.
import { type Credentials, isCapable, withIds } from '../kernel/credentials.js';
import { Errno } from '../kernel/errno.js';
import type { Main } from '../kernel/program.js';
import { command, type Options, parseOptions, UsageError, usageError } from '../programs/stdio.js';
import { Accounts } from './common/accounts.js';
import { executeOrComplain } from './common/exec.js';
import { parseOwner } from './common/owner.js';
import { quoteName } from './common/quote.js';

const FAILURE = 125;

/** Who `--userspec` and `--groups` make of somebody: a known user comes with its groups, an unknown one with none but those given. */
function credentialsGiven(who: Credentials, accounts: Accounts, options: Options): Credentials {
  const spec = options.value('userspec');
  const given = spec === undefined ? { uid: -1, gid: -1 } : parseOwner(spec, accounts);
  if (typeof given === 'string') throw new UsageError(/^invalid \w+/.exec(given)![0], FAILURE);
  const user = accounts.users.find(({ uid }) => uid === given.uid);
  if (given.uid >= 0 && given.gid < 0 && user === undefined) throw new UsageError(`no group specified for unknown uid: ${given.uid}`, FAILURE);
  const list = options.value('groups');
  const groups = list?.split(',').filter((name) => name !== '').map((name) => {
    const gid = accounts.gid(name);
    if (gid === undefined) throw new UsageError(`invalid group ${quoteName(name)}`, FAILURE);
    return gid;
  });
  const gid = given.gid >= 0 ? given.gid : user?.gid;
  const implied = given.uid < 0 ? undefined : user ? [...new Set([gid!, ...accounts.groupsOf(user)])] : [];
  const supplementary = groups ?? implied;
  return withIds(who, { ...(given.uid < 0 ? {} : { uid: given.uid }), ...(gid === undefined ? {} : { gid }), ...(supplementary ? { groups: supplementary } : {}) });
}

export const chroot: Main = command(function* (process) {
  const options = parseOptions(process.argv, '', { groups: 'required', userspec: 'required', 'skip-chdir': 'no' }, { posix: true, exitCode: FAILURE });
  const [root, ...given] = options.operands;
  if (root === undefined) throw usageError(process.argv, 'missing operand', FAILURE);
  const isOldRoot = process.files.exists(root) && process.files.realpath(root) === '/';
  if (options.has('skip-chdir') && !isOldRoot) throw usageError(process.argv, "option --skip-chdir only permitted if NEWROOT is old '/'", FAILURE);
  try {
    if (process.files.stat(root).type !== 'directory') throw new Errno('ENOTDIR');
    if (!isOldRoot || !isCapable(process.credentials, 'SYS_CHROOT')) throw new Errno('EPERM');
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new UsageError(`cannot change root directory to ${quoteName(root)}: ${error.message}`, FAILURE);
  }
  if (!options.has('skip-chdir')) process.files.chdir('/');
  process.credentials = credentialsGiven(process.credentials, new Accounts(process.files), options);
  const argv = given.length > 0 ? given : [process.env.get('SHELL') ?? '/bin/sh', '-i'];
  return yield* executeOrComplain(process, argv, process.env, (name, why) => `chroot: failed to run command ${quoteName(name)}: ${why}`);
});

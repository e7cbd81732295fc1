// su, runuser: run a program as somebody else (util-linux).
import { withIds } from '../kernel/credentials.js';
import { Errno } from '../kernel/errno.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import type { Task } from '../kernel/wait.js';
import { command, complain, type Options, parseOptions, UsageError, usageError } from '../programs/stdio.js';
import { Accounts, type User } from './common/accounts.js';
import { isPassword } from './users/crypt.js';
import { askPassword, passwordField } from './users/passwords.js';
import { DEFAULT_PATH, execFailureCode, executeOrComplain } from './common/exec.js';

const LONG = {
  command: 'required', group: 'required', login: 'no', 'preserve-environment': 'no', pty: 'no', 'session-command': 'required', shell: 'required', 'supp-group': 'required', user: 'required', fast: 'no',
} as const;
const USER_PATH = '/usr/local/bin:/usr/bin:/bin';
const SHELL = '/bin/sh';

export function groupId(accounts: Accounts, name: string): number {
  const found = accounts.group(name);
  if (!found && /^\d+$/.test(name)) return Number(name);
  if (!found) throw new UsageError(`group ${name} does not exist`);
  return found.gid;
}

function assume(process: Process, accounts: Accounts, user: User, options: Options): void {
  const extra = [...(options.given.get('G') ?? []), ...(options.given.get('supp-group') ?? [])].map((name) => groupId(accounts, name));
  const group = options.value('g', 'group');
  const gid = group === undefined ? extra[0] ?? user.gid : groupId(accounts, group);
  const groups = extra.length > 0 ? extra : [...new Set([gid, ...accounts.groupsOf(user)])];
  for (const [what, ids] of [['groups', { groups }], ['group id', { gid }], ['user id', { uid: user.uid }]] as const) {
    try {
      withIds(process.credentials, ids);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new UsageError(`cannot set ${what}: ${error.message}`);
    }
  }
  process.credentials = withIds(process.credentials, { uid: user.uid, gid, groups });
}

function environmentOf(process: Process, user: User, shell: string, isLogin: boolean, keeps: boolean): ReadonlyMap<string, string> {
  if (keeps && !isLogin) return process.env;
  const env = new Map<string, string>(isLogin ? [...process.env].filter(([name]) => name === 'TERM') : process.env);
  if (isLogin) env.set('PATH', user.uid === 0 ? DEFAULT_PATH : USER_PATH);
  env.set('HOME', user.home).set('SHELL', shell);
  if (isLogin || user.uid !== 0) env.set('USER', user.name).set('LOGNAME', user.name);
  return env;
}

/** What `su -` makes of the environment. */
export function loginEnvironment(process: Process, user: User): ReadonlyMap<string, string> {
  return environmentOf(process, user, user.shell === '' ? SHELL : user.shell, true, false);
}

/** Whether whoever is not root knows the password. */
function* isAuthenticated(process: Process, user: User): Task<boolean> {
  const field = passwordField(process, user.name) ?? '*';
  return field === '' || (yield* isPassword((yield* askPassword(process, 'Password: ')) ?? '', field));
}

function* becomeShell(process: Process, user: User, options: Options, isLogin: boolean, rest: readonly string[]): Task<number> {
  const keeps = options.has('m', 'p', 'preserve-environment');
  const shell = options.value('s', 'shell') ?? (keeps ? process.env.get('SHELL') : undefined) ?? (user.shell === '' ? SHELL : user.shell);
  const env = environmentOf(process, user, shell, isLogin, keeps);
  if (isLogin) {
    try {
      process.files.chdir(user.home);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* complain(process, `warning: cannot change directory to ${user.home}: ${error.message}`);
    }
  }
  const text = options.value('c', 'command', 'session-command');
  const name = shell.split('/').at(-1)!;
  try {
    return process.exec(shell, [isLogin ? `-${name}` : name, ...(options.has('f', 'fast') ? ['-f'] : []), ...(text === undefined ? [] : ['-c', text]), ...rest], env);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    yield* complain(process, `failed to execute ${shell}: ${error.message}`);
    return execFailureCode(error);
  }
}

function switcher(isRunuser: boolean): Main {
  return command(function* (process) {
    const options = parseOptions(process.argv, `c:fg:G:lmpPs:${isRunuser ? 'u:' : ''}`, LONG);
    const operands = [...options.operands];
    const isLogin = options.has('l', 'login') || operands[0] === '-';
    if (operands[0] === '-') operands.shift();
    if (isRunuser && process.credentials.realUid !== 0) throw new UsageError('may not be used by non-root users');
    const named = isRunuser ? options.value('u', 'user') : undefined;
    if (named !== undefined && operands.length === 0) throw usageError(process.argv, 'no command was specified');
    const name = named ?? operands.shift() ?? 'root';
    const accounts = new Accounts(process.files);
    const user = accounts.users.find((candidate) => candidate.name === name);
    if (!user) throw new UsageError(`user ${name} does not exist or the user entry does not contain all the required fields`);
    if (process.credentials.realUid !== 0 && !(yield* isAuthenticated(process, user))) throw new UsageError('Authentication failure');
    assume(process, accounts, user, options);
    if (named !== undefined) return yield* executeOrComplain(process, operands, process.env, (program, why) => `runuser: failed to execute ${program}: ${why}`);
    return yield* becomeShell(process, user, options, isLogin, operands);
  });
}

export const su: Main = switcher(false);
export const runuser: Main = switcher(true);

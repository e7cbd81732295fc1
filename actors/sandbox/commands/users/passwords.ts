// passwd, chpasswd and mkpasswd: passwords set, locked and taken away in /etc/shadow, hashed as SHA-512.
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import { TerminalFile } from '../../kernel/tty.js';
import type { Task } from '../../kernel/wait.js';
import { command, complain, encode, type Options, parseOptions, UsageError } from '../../programs/stdio.js';
import { Accounts } from '../common/accounts.js';
import { formatDate } from '../common/dates/format.js';
import { zoneOf } from '../common/dates/zone.js';
import { TextLines } from '../text-input.js';
import { AccountFiles, today } from './account-files.js';
import { crypt, isPassword, newSalt } from './crypt.js';

const DAY_MS = 86_400_000;
const LINE_MAX = 1024;
const UNCHANGED = 10;

/** A line of standard input, none of it shown; undefined at the end. */
export function* askPassword(process: Process, prompt: string): Task<string | undefined> {
  yield* process.write(2, encode(prompt));
  const file = process.descriptors.find(0);
  if (!(file instanceof TerminalFile)) return yield* readLine(process);
  const { terminal } = file;
  const { modes } = terminal;
  terminal.setModes({ ...modes, echo: false });
  try {
    const line = yield* readLine(process);
    yield* process.write(2, encode('\n'));
    return line;
  } finally {
    terminal.setModes(modes);
  }
}

function* readLine(process: Process): Task<string | undefined> {
  const bytes: number[] = [];
  for (let byte = yield* process.read(0, 1); ; byte = yield* process.read(0, 1)) {
    if (byte.length === 0) return bytes.length === 0 ? undefined : Buffer.from(bytes).toString();
    if (byte[0] === 10) return Buffer.from(bytes).toString();
    if (bytes.length < LINE_MAX) bytes.push(byte[0]!);
  }
}

/** Where a user's password stands: the shadow file, or in small images passwd itself. */
function passwordRecord(accounts: AccountFiles, name: string): { file: 'shadow' | 'passwd'; fields: string[] } | undefined {
  if (!accounts.find('passwd', name)) return undefined;
  const shadow = accounts.find('shadow', name);
  return shadow ? { file: 'shadow', fields: shadow } : { file: 'passwd', fields: accounts.find('passwd', name)! };
}

/** The hash that `su` and `passwd` compare with; undefined too where it may not be read. */
export function passwordField(process: Process, name: string): string | undefined {
  try {
    return passwordRecord(new AccountFiles(process), name)?.fields[1];
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

function setPassword(process: Process, accounts: AccountFiles, name: string, hash: string): void {
  const { files } = process;
  if (!accounts.find('shadow', name) && files.exists('/etc/shadow')) {
    accounts.find('passwd', name)![1] = 'x';
    accounts.add('shadow', [name, hash, today(Date.now()), '0', '99999', '7', '', '', '']);
    accounts.change('passwd');
    return;
  }
  const { file, fields } = passwordRecord(accounts, name)!;
  fields[1] = hash;
  if (file === 'shadow') fields[2] = today(Date.now());
  accounts.change(file);
}

function hashed(password: string, rounds?: string, method = '6'): Task<string> {
  return crypt(password, `$${method}$${rounds === undefined ? '' : `rounds=${rounds}$`}${newSalt()}`) as Task<string>;
}

function statusLine(process: Process, name: string, [, hash = '', day = '', least = '', most = '', warn = '', idle = '']: readonly string[]): string {
  const state = hash === '' ? 'NP' : /^[!*]/.test(hash) ? 'L' : 'P';
  return `${name} ${state} ${formatDate('%Y-%m-%d', Number(day || '0') * DAY_MS, zoneOf(process))} ${[least, most, warn, idle].map((value) => value || '-1').join(' ')}\n`;
}

function* refuseChange(process: Process, why: string): Task<number> {
  yield* process.write(2, encode(`${why}\n`));
  yield* complain(process, 'Authentication token manipulation error\npasswd: password unchanged');
  return UNCHANGED;
}

function* change(process: Process, name: string): Task<number> {
  const isOwn = process.credentials.realUid !== 0;
  if (isOwn) {
    const present = yield* askPassword(process, `Changing password for ${name}.\nCurrent password: `);
    if (present === undefined || !(yield* isPassword(present, passwordField(process, name) ?? '*'))) return yield* refuseChange(process, '');
  }
  const password = yield* askPassword(process, 'New password: ');
  if (password === undefined) return yield* refuseChange(process, 'Password change has been aborted.');
  const again = yield* askPassword(process, 'Retype new password: ');
  if (again !== password) return yield* refuseChange(process, again === undefined ? 'Password change has been aborted.' : 'Sorry, passwords do not match.');
  if (password === '') return yield* refuseChange(process, 'No password has been supplied.');
  const hash = yield* hashed(password);
  try {
    const accounts = new AccountFiles(process);
    setPassword(process, accounts, name, hash);
    accounts.save();
  } catch (error) {
    if (error instanceof Errno) return yield* refuseChange(process, '');
    throw error;
  }
  yield* complain(process, 'password updated successfully');
  return 0;
}

function* alter(process: Process, accounts: AccountFiles, name: string, options: Options): Task<number> {
  const { file, fields } = passwordRecord(accounts, name)!;
  const hash = fields[1]!;
  if (options.has('d', 'delete')) fields[1] = '';
  if (options.has('l', 'lock') && !hash.startsWith('!')) fields[1] = `!${hash}`;
  if (options.has('u', 'unlock')) {
    if (hash === '!' || hash === '!!') throw new UsageError('unlocking the password would result in a passwordless account.\nYou should set a password with usermod -p to unlock the password of this account.', 3);
    fields[1] = hash.replace(/^!/, '');
  }
  if (file === 'shadow') {
    if (options.has('e', 'expire')) fields[2] = '0';
    for (const [index, ...names] of [[3, 'n', 'mindays'], [4, 'x', 'maxdays'], [5, 'w', 'warndays'], [6, 'i', 'inactive']] as const) {
      const value = options.value(...names);
      if (value !== undefined && !/^-?\d+$/.test(value)) throw new UsageError(`invalid numeric argument '${value}'`, 6);
      if (value !== undefined) fields[index] = value;
    }
  }
  accounts.change(file);
  accounts.save();
  if (!options.has('q', 'quiet')) yield* complain(process, 'password changed.');
  return 0;
}

export const passwd: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'adeki:ln:qSuw:x:', {
    all: 'no', delete: 'no', expire: 'no', 'keep-tokens': 'no', inactive: 'required', lock: 'no', mindays: 'required', quiet: 'no', status: 'no', unlock: 'no', warndays: 'required', maxdays: 'required',
  }, { exitCode: 6 });
  const { realUid } = process.credentials;
  const own = new Accounts(process.files).userName(realUid) ?? String(realUid);
  const name = options.operands[0] ?? own;
  const accounts = new AccountFiles(process);
  if (!accounts.find('passwd', name)) throw new UsageError(`user '${name}' does not exist`);
  if (realUid !== 0 && name !== own) throw new UsageError(`You may not view or modify password information for ${name}.`);
  if (options.has('S', 'status')) {
    const all = options.has('a', 'all') ? accounts.records('passwd').map(([each]) => each!) : [name];
    for (const each of all) output.print(statusLine(process, each, passwordRecord(accounts, each)!.fields));
    return 0;
  }
  const isAltered = options.has('d', 'delete', 'e', 'expire', 'l', 'lock', 'u', 'unlock', 'n', 'mindays', 'x', 'maxdays', 'w', 'warndays', 'i', 'inactive');
  if (!isAltered) return yield* change(process, name);
  if (realUid !== 0) throw new UsageError('Permission denied.');
  return yield* alter(process, accounts, name, options);
});

/** All lines or none. */
export const chpasswd: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'c:ems:', { 'crypt-method': 'required', encrypted: 'no', md5: 'no', 'sha-rounds': 'required' }, { exitCode: 2 });
  const method = (options.value('c', 'crypt-method') ?? 'SHA512').toUpperCase();
  if (options.has('m', 'md5') || !['SHA256', 'SHA512'].includes(method)) throw new UsageError(`unsupported crypt method: ${options.has('m', 'md5') ? 'MD5' : method}`, 2);
  if (process.credentials.uid !== 0) throw new UsageError('Permission denied.');
  const accounts = new AccountFiles(process);
  const lines = new TextLines(process, 0);
  let failed = false;
  let number = 0;
  for (let line = yield* lines.next(); line !== undefined; line = yield* lines.next()) {
    number++;
    const [, name, password] = /^([^:]*):([^]*)$/.exec(line) ?? [];
    if (name === undefined || password === undefined) yield* complain(process, `line ${number}: missing new password`);
    else if (!accounts.find('passwd', name)) yield* complain(process, `line ${number}: user '${name}' does not exist`);
    else {
      const isHash = options.has('e', 'encrypted');
      setPassword(process, accounts, name, isHash ? password : yield* hashed(password, options.value('s', 'sha-rounds'), method === 'SHA256' ? '5' : '6'));
      continue;
    }
    failed = true;
  }
  if (failed) throw new UsageError('error detected, changes ignored');
  accounts.save();
  return 0;
});

const HASHES: Readonly<Record<string, '5' | '6'>> = { 'sha-512': '6', sha512: '6', sha512crypt: '6', 'sha-256': '5', sha256: '5', sha256crypt: '5' };

/** Of whois' mkpasswd and busybox': with the two methods that are here. */
export const mkpasswd: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'm:S:R:sP:', { method: 'required', salt: 'required', rounds: 'required', stdin: 'no', 'password-fd': 'required' });
  const name = options.value('m', 'method') ?? 'sha512crypt';
  if (name === 'help') {
    output.print('Available methods:\nsha512crypt     SHA-512\nsha256crypt     SHA-256\n');
    return 0;
  }
  const method = Object.hasOwn(HASHES, name) ? HASHES[name] : undefined;
  if (method === undefined) return yield* refuseMethod(process, `Invalid method '${name}'.`);
  const [given, saltOperand] = options.operands;
  const salt = options.value('S', 'salt') ?? saltOperand ?? newSalt();
  if (salt.length < 8 || salt.length > 16) return yield* refuseMethod(process, `Wrong salt length: ${salt.length} byte${salt.length === 1 ? '' : 's'} when 8 <= n <= 16 expected.`);
  if (!/^[./0-9A-Za-z]*$/.test(salt)) return yield* refuseMethod(process, `Illegal salt character '${/[^./0-9A-Za-z]/.exec(salt)![0]}'.`);
  const rounds = options.value('R', 'rounds');
  if (rounds !== undefined && !/^\d+$/.test(rounds)) return yield* refuseMethod(process, `Invalid number '${rounds}'.`);
  const password = given ?? (yield* askPassword(process, options.has('s', 'stdin') ? '' : 'Password: ')) ?? '';
  output.print(`${yield* crypt(password, `$${method}$${rounds === undefined ? '' : `rounds=${rounds}$`}${salt}`)}\n`);
  return 0;
});

function* refuseMethod(process: Process, message: string): Task<number> {
  yield* process.write(2, encode(`${message}\n`));
  return 1;
}

// uname, arch, hostname, dnsdomainname, nproc, getconf: what machine this is (https://www.gnu.org/software/coreutils/uname).
import { isCapable } from '../kernel/credentials.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import { command, decode, parseOptions, plainCommand, reason, UsageError, usageError } from '../programs/stdio.js';
import { quoteName } from './common/quote.js';
import { MACHINE, processors, RELEASE, VERSION } from './common/system.js';

const HOST_NAME_MAX = 64;
const PARTS = [
  ['s', 'kernel-name'], ['n', 'nodename'], ['r', 'kernel-release'], ['v', 'kernel-version'], ['m', 'machine'], ['p', 'processor'],
  ['i', 'hardware-platform'], ['o', 'operating-system'],
] as const;

export const uname: Main = plainCommand((process, output) => {
  const options = parseOptions(process.argv, 'asnrvmpio', { all: 'no', ...Object.fromEntries(PARTS.map(([, long]) => [long, 'no' as const])) });
  if (options.operands.length > 0) throw usageError(process.argv, `extra operand ${quoteName(options.operands[0]!)}`);
  const values = ['Linux', process.kernel.hostname, RELEASE, VERSION, MACHINE, 'unknown', 'unknown', 'GNU/Linux'];
  const all = options.has('a', 'all');
  let chosen = values.filter((value, i) => (all && value !== 'unknown') || options.has(...PARTS[i]!));
  if (chosen.length === 0) chosen = ['Linux'];
  output.print(`${chosen.join(' ')}\n`);
  return 0;
});

export const arch: Main = plainCommand((process, output) => {
  parseOptions(process.argv, '');
  output.print(`${MACHINE}\n`);
  return 0;
});

/** The first name that /etc/hosts has for the machine. */
function fullName(process: Process): string {
  const { hostname: name } = process.kernel;
  const lines = process.files.exists('/etc/hosts') ? decode(process.files.readFile('/etc/hosts')).split('\n').map((line) => line.split('#', 1)[0]!.trim().split(/\s+/)) : [];
  return lines.find(([, ...names]) => names.includes(name))?.[1] ?? name;
}

function domainOf(name: string): string {
  return name.includes('.') ? `${name.slice(name.indexOf('.') + 1)}\n` : '';
}

export const hostname: Main = plainCommand((process, output) => {
  const options = parseOptions(process.argv, 'aAbdfF:iIsy', { alias: 'no', domain: 'no', fqdn: 'no', long: 'no', short: 'no', 'ip-address': 'no', 'all-ip-addresses': 'no', file: 'required' });
  const { kernel } = process;
  const file = options.value('F', 'file');
  let wanted = options.operands[0];
  try {
    if (file !== undefined) wanted = decode(process.files.readFile(file)).trim();
  } catch (error) {
    throw new UsageError(`can't open '${file}': ${reason(error)}`);
  }
  if (wanted !== undefined) {
    if (!isCapable(process.credentials, 'SYS_ADMIN')) throw new UsageError('you must be root to change the host name');
    if (wanted.length > HOST_NAME_MAX) throw new UsageError('name too long');
    if (!/^[A-Za-z0-9]([-.A-Za-z0-9]*[A-Za-z0-9])?$/.test(wanted)) throw new UsageError('the specified hostname is invalid');
    kernel.hostname = wanted;
    return 0;
  }
  const name = kernel.hostname;
  if (options.has('i', 'ip-address', 'I', 'all-ip-addresses')) {
    const lines = process.files.exists('/etc/hosts') ? decode(process.files.readFile('/etc/hosts')).split('\n').map((line) => line.split(/\s+/)) : [];
    output.print(`${lines.find((words) => words.includes(name))?.[0] ?? '127.0.0.1'}\n`);
  } else if (options.has('s', 'short')) {
    output.print(`${name.split('.')[0]}\n`);
  } else if (options.has('d', 'domain')) {
    output.print(domainOf(fullName(process)));
  } else if (options.has('f', 'fqdn', 'long')) {
    output.print(`${fullName(process)}\n`);
  } else {
    output.print(`${name}\n`);
  }
  return 0;
});

/** The NIS domain, of which nothing here makes use; it has none until somebody sets it. */
export const domainname: Main = plainCommand((process, output) => {
  const { operands: [wanted] } = parseOptions(process.argv, '');
  if (wanted === undefined) {
    output.print(`${process.kernel.domainName}\n`);
    return 0;
  }
  if (!isCapable(process.credentials, 'SYS_ADMIN')) throw new UsageError('you must be root to change the domain name');
  if (wanted.length > HOST_NAME_MAX) throw new UsageError('name too long');
  process.kernel.domainName = wanted;
  return 0;
});

export const dnsdomainname: Main = plainCommand((process, output) => {
  output.print(domainOf(fullName(process)));
  return 0;
});

/** Those that taskset left it. */
function usable(process: Process, all: boolean): number {
  const mask = process.affinity;
  return all || mask === undefined ? processors(process) : mask.toString(2).replaceAll('0', '').length;
}

export const nproc: Main = plainCommand((process, output) => {
  const options = parseOptions(process.argv, '', { all: 'no', ignore: 'required' });
  if (options.operands.length > 0) throw usageError(process.argv, `extra operand ${quoteName(options.operands[0]!)}`);
  const ignored = options.value('ignore') ?? '0';
  if (!/^\s*\d+$/.test(ignored)) throw new UsageError(`invalid number: ${quoteName(ignored)}`);
  const all = options.has('all');
  // OpenMP's: a list of which the first counts, and a limit.
  const [threads, limit] = ['OMP_NUM_THREADS', 'OMP_THREAD_LIMIT'].map((name) => Number(/^\s*\+?(\d+)\s*(?:,|$)/.exec(process.env.get(name) ?? '')?.[1] ?? 0)) as [number, number];
  const count = all ? usable(process, true) : Math.min(threads || usable(process, false), limit || Infinity);
  output.print(`${Math.max(1, count - Number(ignored))}\n`);
  return 0;
});

const CONFIGURATION: Readonly<Record<string, string>> = {
  ARG_MAX: '2097152', CHILD_MAX: '32768', OPEN_MAX: '1024', PAGESIZE: '4096', PAGE_SIZE: '4096', PATH_MAX: '4096', NAME_MAX: '255', PIPE_BUF: '4096', LINE_MAX: '2048',
  LONG_BIT: '64', WORD_BIT: '32', INT_MAX: '2147483647', INT_MIN: '-2147483648', UINT_MAX: '4294967295', LONG_MAX: '9223372036854775807', CHAR_BIT: '8', SSIZE_MAX: '32767', HOST_NAME_MAX: '64',
  LOGIN_NAME_MAX: '256', TTY_NAME_MAX: '32', CLK_TCK: '100', IOV_MAX: '1024', NGROUPS_MAX: '65536', SYMLOOP_MAX: '', RE_DUP_MAX: '32767',
  _POSIX_VERSION: '200809', _POSIX2_VERSION: '200809', POSIX_VERSION: '200809', PATH: '/bin:/usr/bin', CS_PATH: '/bin:/usr/bin',
};

export const getconf: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'av:', {}, { posix: true });
  const cores = String(processors(process));
  const table: Readonly<Record<string, string>> = { ...CONFIGURATION, _NPROCESSORS_ONLN: cores, _NPROCESSORS_CONF: cores, NPROCESSORS_ONLN: cores };
  const [name] = options.operands;
  if (options.has('a')) {
    for (const [key, value] of Object.entries(table)) output.print(`${key.padEnd(35)}${value}\n`);
  } else if (name === undefined) {
    throw new UsageError('Usage: getconf [-v specification] variable_name [pathname]');
  } else if (!Object.hasOwn(table, name)) {
    yield* process.write(2, Buffer.from(`getconf: Unrecognized variable \`${name}'\n`));
    return 2;
  } else {
    output.print(`${table[name]! || 'undefined'}\n`);
  }
  return 0;
});

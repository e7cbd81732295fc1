// hostid, lscpu, taskset, nologin, whereis: small facts about the machine and its programs.
import { cpus } from 'node:os';
import type { Main } from '../kernel/program.js';
import { command, decode, parseOptions, plainCommand, UsageError } from '../programs/stdio.js';
import { executeOrComplain } from './common/exec.js';
import { MACHINE, processors } from './common/system.js';

/** gethostid(3): /etc/hostid, else the host's address with its halves swapped. */
export const hostid: Main = plainCommand((process, output) => {
  const { files } = process;
  let id = 0;
  if (files.exists('/etc/hostid')) id = Buffer.from(files.readFile('/etc/hostid')).readUInt32LE(0);
  else {
    const lines = files.exists('/etc/hosts') ? decode(files.readFile('/etc/hosts')).split('\n') : [];
    const address = lines.map((line) => line.trim().split(/\s+/)).find(([, ...names]) => names.includes(process.kernel.hostname))?.[0];
    const bytes = (address ?? '').split('.').map(Number);
    if (bytes.length === 4 && bytes.every((byte) => byte >= 0 && byte < 256)) {
      const word = Buffer.from(bytes).readUInt32LE(0);
      id = ((word << 16) | (word >>> 16)) >>> 0;
    }
  }
  output.print(`${id.toString(16).padStart(8, '0')}\n`);
  return 0;
});

export const lscpu: Main = plainCommand((process, output) => {
  parseOptions(process.argv, 'abBcC::Je::p::s:xy', { all: 'no', json: 'no', extended: 'optional', parse: 'optional' });
  const count = processors(process);
  const rows: [string, string][] = [
    ['Architecture', MACHINE], ['CPU op-mode(s)', '32-bit, 64-bit'], ['Byte Order', 'Little Endian'], ['CPU(s)', String(count)], ['On-line CPU(s) list', count === 1 ? '0' : `0-${count - 1}`], ['Model name', cpus()[0]?.model.trim() ?? 'unknown'], ['Thread(s) per core', '1'],
  ];
  output.print(rows.map(([name, value]) => `${`${name}:`.padEnd(26)}${value}\n`).join(''));
  return 0;
});

/** There is one queue for all processors: the mask is told and taken, and changes nothing. */
export const taskset: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'acp', { 'all-tasks': 'no', 'cpu-list': 'no', pid: 'no' }, { posix: true });
  const count = processors(process);
  const [first, ...rest] = options.operands;
  if (first === undefined) throw new UsageError("bad usage\nTry 'taskset --help' for more information.");
  const isList = options.has('c', 'cpu-list');
  const tell = (pid: string, word: string): void => {
    const all = count === 1 ? '0' : `0-${count - 1}`;
    output.print(isList ? `pid ${pid}'s ${word} affinity list: ${all}\n` : `pid ${pid}'s ${word} affinity mask: ${(2 ** count - 1).toString(16)}\n`);
  };
  if (options.has('p', 'pid')) {
    const pid = rest[0] ?? first;
    if (!process.kernel.processes.has(Number(pid))) throw new UsageError(`failed to get pid ${pid}'s affinity: No such process`);
    tell(pid, 'current');
    if (rest.length > 0) tell(pid, 'new');
    return 0;
  }
  const mask = first.replace(/^0x/, '');
  if (!(isList ? /^\d+(-\d+)?(,\d+(-\d+)?)*$/ : /^[0-9a-f]+$/i).test(mask)) throw new UsageError(`failed to parse CPU ${isList ? 'list' : 'mask'}: ${first}`);
  if (rest.length === 0) throw new UsageError("bad usage\nTry 'taskset --help' for more information.");
  return yield* executeOrComplain(process, rest, process.env, (name, why) => `taskset: failed to execute ${name}: ${why}`);
});

export const nologin: Main = plainCommand((process, output) => {
  const path = '/etc/nologin.txt';
  output.print(process.files.exists(path) ? decode(process.files.readFile(path)) : 'This account is currently not available.\n');
  return 1;
});

const PROGRAM_FOLDERS = ['/usr/bin', '/usr/sbin', '/bin', '/sbin', '/usr/local/bin', '/usr/local/sbin'];
const OTHER_FOLDERS = ['/usr/lib', '/lib', '/etc', '/usr/share', '/usr/include', '/usr/share/man/man1', '/usr/share/man/man8'];

export const whereis: Main = plainCommand((process, output) => {
  const options = parseOptions(process.argv, 'bmslu');
  for (const name of options.operands) {
    const bare = name.split('/').at(-1)!;
    const folders = [...PROGRAM_FOLDERS, ...(process.env.get('PATH') ?? '').split(':').filter((each) => each.startsWith('/')), ...(options.has('b') ? [] : OTHER_FOLDERS)];
    const found = [...new Set(folders)].flatMap((folder) => ['', '.gz', '.1.gz', '.8.gz'].map((suffix) => `${folder}/${bare}${suffix}`)).filter((path) => process.files.exists(path));
    output.print(`${bare}:${[...new Set(found)].map((path) => ` ${path}`).join('')}\n`);
  }
  return 0;
});

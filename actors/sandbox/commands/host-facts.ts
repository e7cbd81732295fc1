// hostid, lscpu, taskset, nologin, whereis: small facts about the machine and its programs.
import { cpus } from 'node:os';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import { command, decode, parseOptions, plainCommand, UsageError, usageError } from '../programs/stdio.js';
import { executeOrComplain } from './common/exec.js';
import { MACHINE, processors } from './common/system.js';

const CPUS_MAX = 1024;

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

/** `0,2-3` or `0x0d` as bits; undefined when it is neither. */
function parseMask(text: string, isList: boolean): bigint | undefined {
  if (!isList) return /^(0x)?[0-9a-f]+$/i.test(text) ? BigInt(`0x${text.replace(/^0x/i, '')}`) : undefined;
  if (!/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(text)) return undefined;
  let mask = 0n;
  for (const part of text.split(',')) {
    const [low, high = low] = part.split('-').map(Number) as [number, number?];
    for (let cpu = low; cpu <= high && cpu < CPUS_MAX; cpu++) mask |= 1n << BigInt(cpu);
  }
  return mask;
}

function listOf(mask: bigint): string {
  const ranges: [number, number][] = [];
  for (let cpu = 0; mask >> BigInt(cpu) > 0n; cpu++) {
    if (((mask >> BigInt(cpu)) & 1n) === 0n) continue;
    if (ranges.at(-1)?.[1] === cpu - 1) ranges.at(-1)![1] = cpu;
    else ranges.push([cpu, cpu]);
  }
  return ranges.map(([low, high]) => (low === high ? String(low) : `${low}-${high}`)).join(',');
}

/** The mask is kept and inherited as the kernel keeps it, though one thread serves all processes. */
export const taskset: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'acp', { 'all-tasks': 'no', 'cpu-list': 'no', pid: 'no' }, { posix: true });
  const all = (1n << BigInt(processors(process))) - 1n;
  const [first, ...rest] = options.operands;
  if (first === undefined) throw usageError(process.argv, 'bad usage');
  const isList = options.has('c', 'cpu-list');
  const set = (target: Process, text: string): void => {
    const mask = parseMask(text, isList);
    if (mask === undefined) throw new UsageError(`failed to parse CPU ${isList ? 'list' : 'mask'}: ${text}`);
    if ((mask & all) === 0n) throw new UsageError(`failed to set pid ${target === process ? 0 : target.pid}'s affinity: Invalid argument`);
    target.affinity = mask & all;
  };
  const tell = (target: Process, word: string): void => {
    const mask = target.affinity ?? all;
    output.print(`pid ${target.pid}'s ${word} affinity ${isList ? `list: ${listOf(mask)}` : `mask: ${mask.toString(16)}`}\n`);
  };
  if (options.has('p', 'pid')) {
    const pid = rest[0] ?? first;
    const target = process.kernel.processes.get(Number(pid));
    if (!target) throw new UsageError(`failed to get pid ${pid}'s affinity: No such process`);
    tell(target, 'current');
    if (rest.length > 0) {
      set(target, first);
      tell(target, 'new');
    }
    return 0;
  }
  if (rest.length === 0) throw usageError(process.argv, 'bad usage');
  set(process, first);
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

// lsof: who has which files and ports open (https://lsof.readthedocs.io).
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import { command, complain, UsageError } from '../../programs/stdio.js';
import { Accounts } from '../common/accounts.js';
import { type OpenEntry, openFiles } from './open-files.js';

const TYPES: Readonly<Record<string, string>> = { file: 'REG', directory: 'DIR', character: 'CHR', block: 'BLK', fifo: 'FIFO', symlink: 'LINK', socket: 'sock' };
/** Options without a value that change nothing here: names are never looked up. */
const FLAGS = 'abClnNOPRUVwxX';

type Test = (entry: OpenEntry) => boolean;

interface Request {
  readonly tests: Test[];
  operands: string[];
  isTerse: boolean;
  isAll: boolean;
  folders: string[];
  /** Only sockets in other states are asked for, and here there are none. */
  leavesListeners: boolean;
}

/** `[46][tcp|udp][@host][:port,port-port]`. */
function internet(text: string): Test {
  const match = /^[46]?(tcp|udp)?(?:@[^:]*)?(?::(.+))?$/i.exec(text);
  if (!match) throw new UsageError(`unacceptable Internet address: -i ${text}`);
  const ranges = match[2]?.split(',').map((part) => {
    const [, low, high] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    if (low === undefined) throw new UsageError(`unknown service ${part} in: -i ${text}`);
    return [Number(low), Number(high ?? low)] as const;
  });
  return ({ port }) => port !== undefined && match[1]?.toLowerCase() !== 'udp' && (ranges?.some(([low, high]) => port >= low && port <= high) ?? true);
}

function parse(process: Process): Request {
  const request: Request = { tests: [], operands: [], isTerse: false, isAll: false, folders: [], leavesListeners: false };
  const accounts = new Accounts(process.files);
  const words = process.argv.slice(1);
  const list = (text: string): string[] => text.split(',');
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === '--') {
      request.operands.push(...words.splice(0));
    } else if (/^\+[dD]/.test(word)) {
      request.folders.push(word.slice(2) || words.shift() || '.');
    } else if (!word.startsWith('-') || word === '-') {
      request.operands.push(word);
    } else {
      for (let at = 1; at < word.length; at++) {
        const letter = word[at]!;
        const rest = word.slice(at + 1);
        if (letter === 't') request.isTerse = true;
        else if (letter === 'a') request.isAll = true;
        else if (letter === 'i') {
          request.tests.push(internet(rest !== '' ? rest : words[0] !== undefined && !/^[-+]/.test(words[0]) ? words.shift()! : ''));
          break;
        } else if ('pucsd'.includes(letter)) {
          const value = rest !== '' ? rest : words.shift();
          if (value === undefined) throw new UsageError(`no value for -${letter}`);
          if (letter === 'p') request.tests.push(({ process: { pid } }) => list(value).includes(String(pid)));
          if (letter === 'u') {
            const uids = list(value).map((name) => accounts.uid(name));
            if (uids.includes(undefined)) throw new UsageError(`can't get UID for ${list(value)[uids.indexOf(undefined)]}`);
            request.tests.push(({ process: { credentials } }) => uids.includes(credentials.uid));
          }
          if (letter === 'c') request.tests.push((entry) => entry.process.command.startsWith(value));
          if (letter === 's' && /^tcp:/i.test(value)) request.leavesListeners = /^tcp:\^/i.test(value) === /[:,^]listen(,|$)/i.test(value);
          if (letter === 'd') request.tests.push(({ descriptor }) => list(value).includes(descriptor));
          break;
        } else if (!FLAGS.includes(letter)) throw new UsageError(`illegal option character: ${letter}`);
      }
    }
  }
  return request;
}

function table(accounts: Accounts, entries: readonly OpenEntry[]): string {
  const rows = entries.map(({ process, descriptor, access, stat, name, port }) => {
    const isDevice = stat.type === 'character' || stat.type === 'block';
    const hasSize = stat.type === 'file' || stat.type === 'directory';
    return [
      process.command.slice(0, 9), String(process.pid), accounts.userName(process.credentials.uid) ?? String(process.credentials.uid), descriptor, access, port === undefined ? (TYPES[stat.type] ?? 'unknown') : 'IPv4',
      port !== undefined ? String(stat.ino) : isDevice ? `${stat.rdevMajor},${stat.rdevMinor}` : `0,${stat.device}`, hasSize ? String(stat.sizeBytes) : '0t0', port === undefined ? String(stat.ino) : 'TCP', port === undefined ? name : `*:${port} (LISTEN)`,
    ];
  });
  const all = [['COMMAND', 'PID', 'USER', 'FD', '', 'TYPE', 'DEVICE', 'SIZE/OFF', 'NODE', 'NAME'], ...rows];
  const width = (column: number, least = 0): number => Math.max(least, ...all.map((row) => row[column]!.length));
  const widths = [width(0), width(1), width(2), width(3, 4), 2, width(5), width(6), width(7), width(8)];
  return all.map((row) => `${row[0]!.padEnd(widths[0]!)} ${row[1]!.padStart(widths[1]!)} ${row[2]!.padStart(widths[2]!)} ${row[3]!.padStart(widths[3]!)}${row[4]!.padEnd(2)} ${[5, 6, 7, 8].map((at) => row[at]!.padStart(widths[at]!)).join(' ')} ${row[9]!}\n`).join('');
}

export const lsof: Main = command(function* (process, output) {
  const request = parse(process);
  let missing = 0;
  /** Files that are asked for go by the names they were given. */
  const wanted = new Map<string, string>();
  for (const path of request.operands) {
    try {
      const { device, ino } = process.files.stat(path);
      wanted.set(`${device}:${ino}`, path);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      missing++;
      yield* complain(process, `status error on ${path}: ${error.message}`);
    }
  }
  if (missing > 0 && wanted.size === 0) return 1;
  const tests = [...request.tests];
  if (request.operands.length > 0) tests.push(({ stat }) => wanted.has(`${stat.device}:${stat.ino}`));
  for (const folder of request.folders) {
    const real = process.files.realpath(folder);
    tests.push(({ name }) => name === real || name.startsWith(real === '/' ? '/' : `${real}/`));
  }
  const entries = openFiles(process).filter(({ port }) => port === undefined || !request.leavesListeners).filter((entry) => (tests.length === 0 ? true : request.isAll ? tests.every((test) => test(entry)) : tests.some((test) => test(entry)))).map((entry) => ({ ...entry, name: wanted.get(`${entry.stat.device}:${entry.stat.ino}`) ?? entry.name }));
  if (entries.length === 0) return 1;
  output.print(request.isTerse ? [...new Set(entries.map((entry) => `${entry.process.pid}\n`))].join('') : table(new Accounts(process.files), entries));
  return missing > 0 ? 1 : 0;
});

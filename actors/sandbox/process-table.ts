// `docker top`: the process table with the columns of the ps arguments a client gave (ps -ef by default).
import { Fault } from '../runtime/fault.js';
import { readDatabase } from './identity.js';
import type { Kernel } from './kernel/kernel.js';
import type { Process } from './kernel/process.js';

export interface Table {
  titles: string[];
  processes: string[][];
}

type Column = (process: Process, kernel: Kernel) => string;

const COLUMNS: Readonly<Record<string, { title: string; of: Column }>> = {
  pid: { title: 'PID', of: (p) => String(p.pid) },
  ppid: { title: 'PPID', of: (p) => String(p.parent?.pid ?? 0) },
  pgid: { title: 'PGID', of: (p) => String(p.processGroup) },
  sid: { title: 'SID', of: (p) => String(p.session) },
  user: { title: 'USER', of: userName },
  uid: { title: 'UID', of: (p) => String(p.credentials.uid) },
  // The full format calls the user's name so.
  uidname: { title: 'UID', of: userName },
  gid: { title: 'GID', of: (p) => String(p.credentials.gid) },
  c: { title: 'C', of: () => '0' },
  '%cpu': { title: '%CPU', of: (p) => ((p.usage.cpuMs / Math.max(1, Date.now() - p.startedAtMs)) * 100).toFixed(1) },
  '%mem': { title: '%MEM', of: () => '0.0' },
  vsz: { title: 'VSZ', of: () => '0' },
  rss: { title: 'RSS', of: () => '0' },
  stime: { title: 'STIME', of: (p) => new Date(p.startedAtMs).toISOString().slice(11, 16) },
  start: { title: 'START', of: (p) => new Date(p.startedAtMs).toISOString().slice(11, 16) },
  tty: { title: 'TTY', of: (p) => (p.terminal ? `pts/${p.terminal.number}` : '?') },
  tt: { title: 'TT', of: (p) => (p.terminal ? `pts/${p.terminal.number}` : '?') },
  stat: { title: 'STAT', of: (p) => (p.stopped ? 'T' : p.status ? 'Z' : 'S') },
  s: { title: 'S', of: (p) => (p.stopped ? 'T' : p.status ? 'Z' : 'S') },
  ni: { title: 'NI', of: (p) => String(p.niceness) },
  time: { title: 'TIME', of: (p) => clock(p.usage.cpuMs) },
  etime: { title: 'ELAPSED', of: (p) => clock(Date.now() - p.startedAtMs).replace(/^00:/, '') },
  comm: { title: 'COMMAND', of: (p) => p.command },
  cmd: { title: 'CMD', of: (p) => p.argv.join(' ') },
  command: { title: 'COMMAND', of: (p) => p.argv.join(' ') },
  args: { title: 'COMMAND', of: (p) => p.argv.join(' ') },
};
const FULL = ['uidname', 'pid', 'ppid', 'c', 'stime', 'tty', 'time', 'cmd'];
const AUX = ['user', 'pid', '%cpu', '%mem', 'vsz', 'rss', 'tty', 'stat', 'start', 'time', 'command'];

function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

function userName(process: Process, kernel: Kernel): string {
  const init = kernel.processes.get(1) ?? process;
  const entry = readDatabase(init.files, '/etc/passwd').find((fields) => fields[2] === String(process.credentials.uid));
  return entry?.[0] ?? String(process.credentials.uid);
}

/** The columns of `psArguments` ('-ef', 'aux', '-o pid,comm' …). Arguments that ps would not know are the client's mistake. */
function columnsOf(psArguments: string): string[] {
  const words = psArguments.trim().split(/\s+/).filter((word) => word !== '');
  const chosen: string[] = [];
  let columns = FULL;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const format = /^-?-?(?:[A-Za-z]*o|format)(?:[=,]?(.+))?$/.exec(word);
    if (format && word.startsWith('-')) {
      const list = format[1] ?? words[++i] ?? '';
      for (const name of list.split(',')) {
        const key = name.split('=')[0]!.toLowerCase();
        if (!Object.hasOwn(COLUMNS, key)) throw new Fault('internal', `ps: exit status 1: error: unknown user-defined format specifier "${name}"`);
        chosen.push(key);
      }
    } else if (/^-?[aux]+$/.test(word) && word.includes('u')) {
      columns = AUX;
    } else if (!/^-?[A-Za-z]+$/.test(word)) {
      throw new Fault('internal', `ps: exit status 1: error: unsupported option '${word}'`);
    }
  }
  return chosen.length > 0 ? chosen : columns;
}

/** Titles and one row per living process. */
export function processTable(kernel: Kernel, psArguments: string): Table {
  const columns = columnsOf(psArguments).map((name) => COLUMNS[name]!);
  const living = [...kernel.processes.values()].filter((process) => process.status === undefined);
  return {
    titles: columns.map(({ title }) => title),
    processes: living.map((process) => columns.map(({ of }) => of(process, kernel))),
  };
}

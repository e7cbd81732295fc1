// `docker top`: the process table with the columns of the ps arguments a client gave (ps -ef by default).
import { totalmem } from 'node:os';
import { Fault } from '../runtime/fault.js';
import { readDatabase } from './identity.js';
import type { Kernel } from './kernel/kernel.js';
import { memoryOf } from './kernel/memory-limit.js';
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
  '%mem': { title: '%MEM', of: (p, kernel) => ((memoryOf(p).residentBytes / (kernel.budget.memoryMaxBytes || totalmem())) * 100).toFixed(1) },
  vsz: { title: 'VSZ', of: (p) => kilobytes(memoryOf(p).mappedBytes) },
  rss: { title: 'RSS', of: (p) => kilobytes(memoryOf(p).residentBytes) },
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
  ucmd: { title: 'CMD', of: (p) => p.command },
  command: { title: 'COMMAND', of: (p) => p.argv.join(' ') },
  args: { title: 'COMMAND', of: (p) => p.argv.join(' ') },
};
const BRIEF = ['pid', 'tty', 'stat', 'time', 'command'];
const FULL = ['uidname', 'pid', 'ppid', 'c', 'stime', 'tty', 'time', 'cmd'];
const AUX = ['user', 'pid', '%cpu', '%mem', 'vsz', 'rss', 'tty', 'stat', 'start', 'time', 'command'];

function kilobytes(bytes: number): string {
  return String(Math.ceil(bytes / 1024));
}

function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

function userName(process: Process, kernel: Kernel): string {
  const init = kernel.processes.get(1) ?? process;
  const entry = readDatabase(init.files, '/etc/passwd').find((fields) => fields[2] === String(process.credentials.uid));
  return entry?.[0] ?? String(process.credentials.uid);
}

interface Request {
  readonly columns: readonly { title: string; of: Column }[];
  /** Which processes were asked for; undefined for all. */
  readonly selects: ((process: Process, kernel: Kernel) => boolean) | undefined;
}

function refused(problem: string): Fault {
  return new Fault('internal', `ps: exit status 1: error: ${problem}`);
}

/** `pid,ppid=PARENT`: names of columns, each with the title it is to have. */
function formatColumns(list: string): Request['columns'] {
  return list.split(/[, ]+/).map((text) => {
    const [name = '', title] = text.split('=');
    const column = Object.hasOwn(COLUMNS, name.toLowerCase()) ? COLUMNS[name.toLowerCase()]! : undefined;
    if (!column) throw refused(`unknown user-defined format specifier "${name}"`);
    return { of: column.of, title: title ?? column.title };
  });
}

function idList(text: string): Set<number> {
  const ids = text.split(/[, ]+/);
  if (ids.some((id) => !/^\d+$/.test(id))) throw refused('process ID list syntax error');
  return new Set(ids.map(Number));
}

/** The options that choose processes by a list. */
const SELECTIONS: Readonly<Record<string, (list: string) => (process: Process, kernel: Kernel) => boolean>> = {
  pid: (list) => {
    const ids = idList(list);
    return ({ pid }) => ids.has(pid);
  },
  ppid: (list) => {
    const ids = idList(list);
    return ({ parent }) => ids.has(parent?.pid ?? 0);
  },
  user: (list) => (process, kernel) => list.split(',').some((user) => user === userName(process, kernel) || user === String(process.credentials.uid)),
  command: (list) => ({ command }) => list.split(',').includes(command),
};
const LETTERS: Readonly<Record<string, string>> = { p: 'pid', q: 'pid', u: 'user', U: 'user', C: 'command' };
const WORDS: Readonly<Record<string, string>> = { pid: 'pid', 'quick-pid': 'pid', ppid: 'ppid', user: 'user', User: 'user' };

/** What `psArguments` ('-ef', 'aux', '-o pid= -p 1' …) ask for. Arguments that ps would not know are the client's mistake. */
function parseRequest(psArguments: string, unasked: readonly string[]): Request {
  const words = psArguments.trim().split(/\s+/).filter((word) => word !== '');
  const chosen: Request['columns'][number][] = [];
  const selections: NonNullable<Request['selects']>[] = [];
  let columns = unasked;
  let all = false;
  const select = (kind: string, list: string | undefined): void => {
    if (list === undefined) throw refused('list of process IDs must follow');
    selections.push(SELECTIONS[kind]!(list));
  };
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const long = /^--([A-Za-z-]+)(?:=(.*))?$/.exec(word);
    if (/^\d[\d,]*$/.test(word)) {
      select('pid', word);
      columns = BRIEF;
    } else if (long?.[1] === 'format') chosen.push(...formatColumns(long[2] ?? words[++i] ?? ''));
    else if (long?.[1] !== undefined && Object.hasOwn(WORDS, long[1])) select(WORDS[long[1]]!, long[2] ?? words[++i]);
    else if (/^-?[aux]+$/.test(word) && word.includes('u') && word !== '-u') {
      columns = AUX;
      all = true;
    } else if (/^-?[A-Za-z]/.test(word)) {
      for (let at = word.startsWith('-') ? 1 : 0; at < word.length; at++) {
        const letter = word[at]!;
        const takesList = letter === 'o' || (word.startsWith('-') && Object.hasOwn(LETTERS, letter));
        if (letter === 'e' || letter === 'A') all = true;
        if (letter === 'f') columns = FULL;
        if (!takesList && !/[A-Za-z]/.test(letter)) throw refused(`unsupported option '${word}'`);
        if (!takesList) continue;
        const list = word.slice(at + 1) || words[++i];
        if (letter === 'o') chosen.push(...formatColumns(list ?? ''));
        else select(LETTERS[letter]!, list);
        break;
      }
    } else throw refused(`unsupported option '${word}'`);
  }
  return {
    columns: chosen.length > 0 ? chosen : columns.map((name) => COLUMNS[name]!),
    selects: all || selections.length === 0 ? undefined : (process, kernel) => selections.some((selects) => selects(process, kernel)),
  };
}

/** Titles and one row per living process that was asked for; `unasked` are the columns where none were. */
export function processTable(kernel: Kernel, psArguments: string, unasked: readonly string[] = FULL): Table {
  const { columns, selects } = parseRequest(psArguments, unasked);
  const living = [...kernel.processes.values()].filter((process) => process.status === undefined && (selects?.(process, kernel) ?? true));
  return {
    titles: columns.map(({ title }) => title),
    processes: living.map((process) => columns.map(({ of }) => of(process, kernel))),
  };
}

// ulimit: the resource limits of the shell and of what it starts, worded as bash and dash word them.
import { Errno } from '../../kernel/errno.js';
import type { ResourceName } from '../../kernel/rlimits.js';
import type { Builtin } from '../parts.js';
import type { Shell } from '../shell.js';
import { fail, print, usage } from './output.js';

interface Row {
  readonly letter: string;
  /** Undefined for what no limit stands behind: `fixed` is shown. */
  readonly resource?: ResourceName;
  readonly fixed?: number;
  /** Bytes (or what it counts) in one unit. */
  readonly unit: number;
  readonly title: string;
  readonly unitText: string;
  /** dash's title; undefined where dash does not know it. */
  readonly dash?: string;
}

const ROWS: readonly Row[] = [
  { letter: 'R', resource: 'rttime', unit: 1, title: 'real-time non-blocking time', unitText: 'microseconds, ' },
  { letter: 'c', resource: 'core', unit: 1024, title: 'core file size', unitText: 'blocks, ', dash: 'coredump(blocks)' },
  { letter: 'd', resource: 'data', unit: 1024, title: 'data seg size', unitText: 'kbytes, ', dash: 'data(kbytes)' },
  { letter: 'e', resource: 'nice', unit: 1, title: 'scheduling priority', unitText: '' },
  { letter: 'f', resource: 'fsize', unit: 1024, title: 'file size', unitText: 'blocks, ', dash: 'file(blocks)' },
  { letter: 'i', resource: 'sigpending', unit: 1, title: 'pending signals', unitText: '' },
  { letter: 'l', resource: 'memlock', unit: 1024, title: 'max locked memory', unitText: 'kbytes, ', dash: 'locked memory(kbytes)' },
  { letter: 'm', resource: 'rss', unit: 1024, title: 'max memory size', unitText: 'kbytes, ', dash: 'memory(kbytes)' },
  { letter: 'n', resource: 'nofile', unit: 1, title: 'open files', unitText: '', dash: 'nofiles' },
  { letter: 'p', fixed: 8, unit: 512, title: 'pipe size', unitText: '512 bytes, ' },
  { letter: 'q', resource: 'msgqueue', unit: 1, title: 'POSIX message queues', unitText: 'bytes, ' },
  { letter: 'r', resource: 'rtprio', unit: 1, title: 'real-time priority', unitText: '', dash: 'rtprio' },
  { letter: 's', resource: 'stack', unit: 1024, title: 'stack size', unitText: 'kbytes, ', dash: 'stack(kbytes)' },
  { letter: 't', resource: 'cpu', unit: 1, title: 'cpu time', unitText: 'seconds, ', dash: 'time(seconds)' },
  { letter: 'u', resource: 'nproc', unit: 1, title: 'max user processes', unitText: '', dash: 'process' },
  { letter: 'v', resource: 'as', unit: 1024, title: 'virtual memory', unitText: 'kbytes, ', dash: 'vmemory(kbytes)' },
  { letter: 'x', resource: 'locks', unit: 1, title: 'file locks', unitText: '', dash: 'locks' },
];
/** dash lists in this order, and calls processes -p and locks -w. */
const DASH_ORDER = 'tfdscmlunvxr';
const DASH_LETTERS: Readonly<Record<string, string>> = { p: 'u', w: 'x' };
const SYNOPSIS = 'ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]';

/** dash and bash in POSIX mode count files in 512 bytes. */
function unitOf(shell: Shell, { letter, unit }: Row): number {
  return (letter === 'f' || letter === 'c') && (!shell.isBash || shell.options.posix) ? 512 : unit;
}

function valueText(shell: Shell, row: Row, isHard: boolean): string {
  if (row.resource === undefined) return String(row.fixed);
  const limit = shell.process.limits[row.resource];
  const value = isHard ? limit.hard : limit.soft;
  return value === Infinity ? 'unlimited' : String(Math.floor(value / unitOf(shell, row)));
}

function line(shell: Shell, row: Row, isHard: boolean): string {
  const value = valueText(shell, row, isHard);
  if (!shell.isBash) return `${row.dash!.padEnd(20)} ${value}\n`;
  return `${row.title.padEnd(20)} ${`(${row.unitText}-${row.letter}) `.padStart(20)}${value}\n`;
}

interface Request {
  readonly row: Row;
  readonly value: string | undefined;
}

export const ulimit: Builtin = (shell, argv) => {
  let isSoft = false, isHard = false, isAll = false;
  const requests: Request[] = [];
  let at = 1;
  for (; at < argv.length && /^-./.test(argv[at]!) && argv[at] !== '--'; at++) {
    for (const letter of argv[at]!.slice(1)) {
      if (letter === 'S') isSoft = true;
      else if (letter === 'H') isHard = true;
      else if (letter === 'a') isAll = true;
      else {
        const row = ROWS.find((one) => one.letter === (shell.isBash ? letter : DASH_LETTERS[letter] ?? letter));
        if (!row || (!shell.isBash && row.dash === undefined)) return unknown(shell, letter);
        requests.push({ row, value: undefined });
      }
    }
    // bash: each option may have its own value, as in `-n 10 -u 20`.
    const next = argv[at + 1];
    const last = requests.at(-1);
    if (last && next !== undefined && !next.startsWith('-') && at + 2 < argv.length && argv[at + 2]!.startsWith('-')) {
      requests[requests.length - 1] = { ...last, value: next };
      at++;
    }
  }
  if (argv[at] === '--') at++;
  const operand = argv[at];
  if (!shell.isBash && operand !== undefined && (isAll || argv[at + 1] !== undefined)) return fail(shell, 'ulimit', 'too many arguments', 2);
  if (!shell.isBash) requests.splice(0, requests.length - 1);
  if (isAll) return print(shell, 'ulimit', listed(shell).map((row) => line(shell, row, isHard && !isSoft)).join(''));
  if (requests.length === 0) requests.push({ row: ROWS.find(({ letter }) => letter === 'f')!, value: undefined });
  if (operand !== undefined) requests[requests.length - 1] = { row: requests.at(-1)!.row, value: operand };
  let text = '';
  for (const { row, value } of requests) {
    if (value === undefined) text += requests.length > 1 ? line(shell, row, isHard && !isSoft) : `${valueText(shell, row, isHard && !isSoft)}\n`;
    else if (!change(shell, row, value, isSoft || !isHard, isHard || !isSoft)) return shell.isBash ? 1 : 2;
  }
  return print(shell, 'ulimit', text);
};

function unknown(shell: Shell, letter: string): number {
  if (shell.isBash) return usage(shell, 'ulimit', `-${letter}: invalid option`, SYNOPSIS);
  shell.complain(`ulimit: Illegal option -${letter}`);
  return 2;
}

function listed(shell: Shell): Row[] {
  if (shell.isBash) return [...ROWS];
  return [...DASH_ORDER].map((letter) => ROWS.find((row) => row.letter === letter)!);
}

/** False after a complaint. */
function change(shell: Shell, row: Row, text: string, soft: boolean, hard: boolean): boolean {
  const { resource } = row;
  const refused = (reason: string): boolean => {
    fail(shell, 'ulimit', shell.isBash ? `${row.title}: cannot modify limit: ${reason}` : `error setting limit (${reason})`);
    return false;
  };
  if (resource === undefined) return refused('Invalid argument');
  const limit = shell.process.limits[resource];
  const known = text === 'unlimited' ? Infinity : shell.isBash && text === 'hard' ? limit.hard : shell.isBash && text === 'soft' ? limit.soft : undefined;
  if (known === undefined && !/^\d+$/.test(text)) {
    fail(shell, 'ulimit', shell.isBash ? `${text}: invalid number` : 'bad number');
    return false;
  }
  const value = known ?? Number(text) * unitOf(shell, row);
  try {
    shell.process.setLimit(resource, { soft: soft ? value : limit.soft, hard: hard ? value : limit.hard });
    return true;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return refused(error.message);
  }
}

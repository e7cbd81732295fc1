// prlimit: the resource limits of a process, shown and set (util-linux).
import { isCapable } from '../kernel/credentials.js';
import { Errno } from '../kernel/errno.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import type { ResourceLimit, ResourceName } from '../kernel/rlimits.js';
import { command, type Options, parseOptions, UsageError } from '../programs/stdio.js';
import { executeOrComplain } from './common/exec.js';

interface Row {
  readonly resource: ResourceName;
  readonly letter: string;
  readonly description: string;
  readonly unit: string;
}

const row = (resource: ResourceName, letter: string, description: string, unit: string): Row => ({ resource, letter, description, unit });

const ROWS: readonly Row[] = [
  row('as', 'v', 'address space limit', 'bytes'), row('core', 'c', 'max core file size', 'bytes'), row('cpu', 't', 'CPU time', 'seconds'), row('data', 'd', 'max data size', 'bytes'),
  row('fsize', 'f', 'max file size', 'bytes'), row('locks', 'x', 'max number of file locks held', 'locks'), row('memlock', 'l', 'max locked-in-memory address space', 'bytes'),
  row('msgqueue', 'q', 'max bytes in POSIX mqueues', 'bytes'), row('nice', 'e', 'max nice prio allowed to raise', ''), row('nofile', 'n', 'max number of open files', 'files'),
  row('nproc', 'u', 'max number of processes', 'processes'), row('rss', 'm', 'max resident set size', 'bytes'), row('rtprio', 'r', 'max real-time priority', ''),
  row('rttime', 'y', 'timeout for real-time tasks', 'microsecs'), row('sigpending', 'i', 'max number of pending signals', 'signals'), row('stack', 's', 'max stack size', 'bytes'),
];
const COLUMNS: Readonly<Record<string, (row: Row, limit: ResourceLimit) => string>> = {
  RESOURCE: ({ resource }) => resource.toUpperCase(), DESCRIPTION: ({ description }) => description, SOFT: (_row, { soft }) => shown(soft), HARD: (_row, { hard }) => shown(hard), UNITS: ({ unit }) => unit,
};
const NUMERIC = new Set(['SOFT', 'HARD']);

function shown(value: number): string {
  return value === Infinity ? 'unlimited' : String(value);
}

function table(rows: readonly Row[], process: Process, options: Options): string {
  const names = (options.value('o', 'output') ?? Object.keys(COLUMNS).join(',')).toUpperCase().split(',');
  const unknown = names.find((name) => !Object.hasOwn(COLUMNS, name));
  if (unknown !== undefined) throw new UsageError(`unknown column: ${unknown}`);
  const lines = rows.map((each) => names.map((name) => COLUMNS[name]!(each, process.limits[each.resource])));
  const shownLines = options.has('noheadings') ? lines : [names, ...lines];
  if (options.has('raw')) return shownLines.map((cells) => `${cells.map((cell) => cell.replaceAll(' ', '\\x20')).join(' ')}\n`).join('');
  const widths = names.map((_, i) => Math.max(...[names, ...lines].map((cells) => cells[i]!.length)));
  return shownLines.map((cells) => `${cells.map((cell, i) => (NUMERIC.has(names[i]!) ? cell.padStart(widths[i]!) : i === cells.length - 1 ? cell : cell.padEnd(widths[i]!))).join(' ')}\n`).join('');
}

/** `soft:hard`, `soft:`, `:hard` or one for both; what is left out stays. */
function parseLimit({ resource }: Row, text: string, old: ResourceLimit): ResourceLimit {
  const [, first = '', colon, second = ''] = /^(\d+|unlimited|-1)?(?:(:)(\d+|unlimited|-1)?)?$/.exec(text) ?? [undefined, 'x'];
  const number = (word: string, fallback: number): number => (word === '' ? fallback : word === 'unlimited' || word === '-1' ? Infinity : Number(word));
  if (first === 'x' || (first === '' && second === '')) throw new UsageError(`failed to parse ${resource.toUpperCase()} limit`);
  const soft = number(first, old.soft);
  const limit = { soft, hard: colon === undefined ? soft : number(second, old.hard) };
  if (limit.soft > limit.hard) throw new UsageError(`the soft limit ${resource.toUpperCase()} cannot exceed the hard limit`);
  return limit;
}

function setLimit(target: Process, each: Row, text: string): void {
  const limit = parseLimit(each, text, target.limits[each.resource]);
  try {
    target.setLimit(each.resource, limit);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new UsageError(`failed to set the ${each.resource.toUpperCase()} resource limit: ${error.message}`);
  }
}

export const prlimit: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, `${ROWS.map(({ letter }) => `${letter}::`).join('')}o:p:`, {
    ...Object.fromEntries(ROWS.map(({ resource }) => [resource, 'optional' as const])), noheadings: 'no', output: 'required', pid: 'required', raw: 'no', verbose: 'no',
  }, { posix: true });
  const pid = options.value('p', 'pid');
  const chosen = [...options.given.keys()].flatMap((name) => ROWS.filter(({ resource, letter }) => name === letter || name === resource));
  const target = pid === undefined ? process : process.kernel.processes.get(Number(pid));
  const first = chosen[0] ?? ROWS[0]!;
  if (pid !== undefined && options.operands.length > 0) throw new UsageError('options --pid and COMMAND are mutually exclusive');
  const isOwn = !target || isCapable(process.credentials, 'SYS_RESOURCE') || target.credentials.realUid === process.credentials.realUid;
  if (!target || !isOwn) throw new UsageError(`failed to get the ${first.resource.toUpperCase()} resource limit: ${target ? 'Operation not permitted' : 'No such process'}`);
  const given = (each: Row): string => (options.value(each.letter, each.resource) ?? '').replace(/^=/, '');
  for (const each of chosen) if (given(each) !== '') setLimit(target, each, given(each));
  const asked = chosen.length === 0 && options.operands.length === 0 ? ROWS : chosen.filter((each) => given(each) === '');
  if (asked.length > 0) output.print(table(asked, target, options));
  if (options.operands.length === 0) return 0;
  yield* output.flush();
  return yield* executeOrComplain(process, options.operands, process.env, (name, why) => `prlimit: failed to execute ${name}: ${why}`);
});

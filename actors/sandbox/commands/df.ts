// df: how full the mounted file systems are (https://www.gnu.org/software/coreutils/df).
import type { Mount } from '../kernel/path.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import { command, complain, type Options, parseOptions, reason, UsageError, usageError } from '../programs/stdio.js';
import { mountOf, sourceOf, visibleMounts } from './common/mounts.js';
import { quoteName } from './common/quote.js';
import { type BlockSize, blocksOf, HUMAN, HUMAN_SI, parseBlockSize } from './common/sizes.js';

const LONG = {
  all: 'no', 'block-size': 'required', 'human-readable': 'no', inodes: 'no', local: 'no', 'no-sync': 'no', output: 'optional', portability: 'no', 'print-type': 'no', si: 'no', sync: 'no', total: 'no', type: 'required',
  'exclude-type': 'required',
} as const;
const FIELDS = ['source', 'fstype', 'itotal', 'iused', 'iavail', 'ipcent', 'size', 'used', 'avail', 'pcent', 'file', 'target'] as const;
type Field = (typeof FIELDS)[number];
const LEFT: ReadonlySet<Field> = new Set<Field>(['source', 'fstype', 'file', 'target']);
const WIDTHS: Readonly<Partial<Record<Field, number>>> = { source: 14, fstype: 4, itotal: 5, iused: 5, iavail: 5, ipcent: 4, size: 5, used: 5, avail: 5, pcent: 4 };

/** One line: a file system, or the sum of them. */
interface Row {
  source: string;
  type: string;
  target: string;
  file: string;
  totalBytes: number;
  freeBytes: number;
  inodes: number;
}

function rowOf(mount: Mount, file = '-'): Row {
  const { totalBytes, freeBytes, files } = mount.fileSystem.statfs();
  return { source: sourceOf(mount), type: mount.fileSystem.type, target: mount.path, file, totalBytes, freeBytes, inodes: files };
}

/** Rounded up; '-' of nothing. */
function percentage(used: number, total: number): string {
  return total === 0 ? '-' : `${Math.ceil((used * 100) / total)}%`;
}

/** The file systems here have no fixed number of inodes: those there are, all in use. */
const CELLS: Readonly<Record<Field, (row: Row, size: BlockSize) => string>> = {
  source: ({ source }) => source,
  fstype: ({ type }) => type,
  itotal: ({ inodes }) => String(inodes),
  iused: ({ inodes }) => String(inodes),
  iavail: () => '0',
  ipcent: ({ inodes }) => percentage(inodes, inodes),
  size: ({ totalBytes }, size) => size.show(totalBytes),
  used: ({ totalBytes, freeBytes }, size) => size.show(totalBytes - freeBytes),
  avail: ({ freeBytes }, size) => size.show(freeBytes),
  pcent: ({ totalBytes, freeBytes }) => percentage(totalBytes - freeBytes, totalBytes),
  file: ({ file }) => file,
  target: ({ target }) => target,
};

function titleOf(field: Field, size: BlockSize, style: 'posix' | 'output' | 'plain'): string {
  const titles: Readonly<Record<Field, string>> = {
    source: 'Filesystem', fstype: 'Type', itotal: 'Inodes', iused: 'IUsed', iavail: 'IFree', ipcent: 'IUse%',
    size: size.label === undefined ? 'Size' : style === 'posix' ? `${blockBytes(size)}-blocks` : `${size.label}-blocks`,
    used: 'Used', avail: size.label === undefined || style === 'output' ? 'Avail' : 'Available', pcent: style === 'posix' && size.label !== undefined ? 'Capacity' : 'Use%', file: 'File', target: 'Mounted on',
  };
  return titles[field];
}

const LABEL_BYTES: Readonly<Record<string, number>> = { '1K': 1024, '1M': 1024 ** 2, '1G': 1024 ** 3, '1T': 1024 ** 4 };

function blockBytes({ label }: BlockSize): number {
  const known = LABEL_BYTES[label!];
  if (known !== undefined) return known;
  return Number.parseInt(label!, 10) * (label!.endsWith('K') ? 1024 : 1);
}

function sizeOf(process: Process, options: Options): BlockSize {
  const last = [...options.given.keys()].findLast((name) => ['h', 'human-readable', 'H', 'si', 'k', 'm', 'B', 'block-size'].includes(name));
  if (last === 'h' || last === 'human-readable') return HUMAN;
  if (last === 'H' || last === 'si') return HUMAN_SI;
  if (last === 'k' || last === 'm') return blocksOf(last === 'k' ? 1024 : 1024 ** 2);
  const given = options.value('B', 'block-size');
  const size = given === undefined ? undefined : parseBlockSize(given);
  if (given !== undefined && size === undefined) throw new UsageError(`invalid ${options.has('B') ? '-B' : '--block-size'} argument ${quoteName(given)}`);
  return size ?? blocksOf(process.env.has('POSIXLY_CORRECT') ? 512 : 1024);
}

function fieldsOf(process: Process, options: Options): readonly Field[] {
  const chosen = options.given.get('output');
  if (chosen !== undefined) {
    for (const [name, present] of [['-i', options.has('i', 'inodes')], ['-P', options.has('P', 'portability')], ['-T', options.has('T', 'print-type')]] as const) {
      if (present) throw usageError(process.argv, `options ${name} and --output are mutually exclusive`);
    }
    const names = chosen.flatMap((list) => (list === '' ? [...FIELDS] : list.split(',')));
    const unknown = names.find((name) => !FIELDS.includes(name as Field));
    if (unknown !== undefined) throw usageError(process.argv, `option --output: field ${quoteName(unknown)} unknown`);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) throw usageError(process.argv, `option --output: field ${quoteName(twice)} used more than once`);
    return names as Field[];
  }
  const type: readonly Field[] = options.has('T', 'print-type') ? ['fstype'] : [];
  const numbers: readonly Field[] = options.has('i', 'inodes') ? ['itotal', 'iused', 'iavail', 'ipcent'] : ['size', 'used', 'avail', 'pcent'];
  return ['source', ...type, ...numbers, 'target'];
}

/** All file systems that have room, each once. */
function listed(process: Process, options: Options): Mount[] {
  const mounts = options.has('a', 'all') ? process.kernel.tree.mounts : visibleMounts(process);
  const only = [...(options.given.get('t') ?? []), ...(options.given.get('type') ?? [])];
  const except = [...(options.given.get('x') ?? []), ...(options.given.get('exclude-type') ?? [])];
  return mounts.filter((mount, i) => {
    const { fileSystem } = mount;
    if (only.length > 0 && !only.includes(fileSystem.type)) return false;
    if (except.includes(fileSystem.type)) return false;
    return options.has('a', 'all') || (fileSystem.statfs().totalBytes > 0 && mounts.findIndex((other) => other.fileSystem.device === fileSystem.device) === i);
  });
}

function totalOf(rows: readonly Row[], targets: boolean): Row {
  const sum = (value: (row: Row) => number): number => rows.reduce((all, row) => all + value(row), 0);
  return {
    source: 'total', type: '-', target: targets ? '-' : 'total', file: '-', totalBytes: sum((row) => row.totalBytes), freeBytes: sum((row) => row.freeBytes), inodes: sum((row) => row.inodes),
  };
}

export const df: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'aB:hHiklmPTt:vx:', LONG);
  const size = sizeOf(process, options);
  const fields = fieldsOf(process, options);
  let status = 0;
  let rows: Row[] = [];
  for (const path of options.operands) {
    try {
      rows.push(rowOf(mountOf(process, process.files.locate(path)), path));
    } catch (error) {
      yield* complain(process, `${path}: ${reason(error)}`);
      status = 1;
    }
  }
  if (options.operands.length === 0) rows = listed(process, options).map((mount) => rowOf(mount));
  if (rows.length === 0) {
    if (status === 0) throw new UsageError('no file systems processed');
    return status;
  }
  if (options.has('total')) rows.push(totalOf(rows, fields.includes('source')));
  const style = options.has('output') ? 'output' : options.has('P', 'portability') ? 'posix' : 'plain';
  const table = [fields.map((field) => titleOf(field, size, style)), ...rows.map((row) => fields.map((field) => CELLS[field](row, size)))];
  const widths = fields.map((field, i) => Math.max(WIDTHS[field] ?? 0, ...table.map((cells) => cells[i]!.length)));
  for (const cells of table) {
    output.print(`${cells.map((cell, i) => (!LEFT.has(fields[i]!) ? cell.padStart(widths[i]!) : i === cells.length - 1 ? cell : cell.padEnd(widths[i]!))).join(' ')}\n`);
  }
  return status;
});

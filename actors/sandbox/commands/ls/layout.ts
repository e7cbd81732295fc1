// How ls lays its entries out: long lines, columns, commas.
import type { Accounts } from '../common/accounts.js';
import { formatDate } from '../common/dates/format.js';
import type { Zone } from '../common/dates/zone.js';
import { modeString } from '../common/mode.js';
import { type Entry, indicator, type Palette, shownName, timeOf } from './entry.js';
import type { ListOptions } from './options.js';

/** What a listing needs to know beside its entries. */
export interface Surroundings {
  options: ListOptions;
  accounts: Accounts;
  palette: Palette;
  zone: Zone;
  nowMs: number;
}

const HALF_YEAR_MS = (31_556_952 / 2) * 1000;
const TAB = 8;

/** A piece of output and how wide it looks. */
interface Cell {
  text: string;
  width: number;
}

function nameCell(entry: Entry, { options, palette }: Surroundings): Cell {
  const shown = shownName(entry.name, options);
  const mark = indicator(entry.stat, options.indicate);
  const text = options.color ? palette.paint(shown, entry.name, entry.stat, entry.target !== undefined && !entry.followed) : shown;
  return { text: text + mark, width: shown.length + mark.length };
}

/** Everything of the entries in the wanted format, with line ends. */
export function layOut(entries: readonly Entry[], surroundings: Surroundings): string {
  const { options } = surroundings;
  if (options.format === 'long') return longLines(entries, surroundings);
  const columns = { inode: width(entries, inodeText), blocks: width(entries, (entry) => blockText(entry, options)) };
  const isAligned = options.format !== 'commas';
  const cells = entries.map((entry): Cell => {
    const { text, width: nameWidth } = nameCell(entry, surroundings);
    const lead = (options.inode ? `${inodeText(entry).padStart(isAligned ? columns.inode : 0)} ` : '')
      + (options.blocks ? `${blockText(entry, options).padStart(isAligned ? columns.blocks : 0)} ` : '');
    return { text: lead + text, width: lead.length + nameWidth };
  });
  const end = options.zero ? '\0' : '\n';
  if (options.format === 'lines' || options.zero) return cells.map(({ text }) => text + end).join('');
  if (cells.length === 0) return '';
  if (options.format === 'commas') return commas(cells, options.width);
  return grid(cells, options.width, options.format === 'across');
}

const inodeText = ({ stat }: Entry): string => String(stat.ino);
const blockText = ({ stat }: Entry, { blockSize }: ListOptions): string => blockSize.show(stat.blocks512 * 512);

function width(entries: readonly Entry[], text: (entry: Entry) => string): number {
  let widest = 0;
  for (const entry of entries) widest = Math.max(widest, text(entry).length);
  return widest;
}

function commas(cells: readonly Cell[], lineWidth: number): string {
  let text = '';
  let at = 0;
  cells.forEach((cell, i) => {
    if (i > 0) {
      const fits = lineWidth === 0 || at + cell.width + 2 < lineWidth;
      text += fits ? ', ' : ',\n';
      at = fits ? at + 2 : 0;
    }
    text += cell.text;
    at += cell.width;
  });
  return `${text}\n`;
}

/** As many columns as fit, each as wide as its widest cell and two blanks. */
function grid(cells: readonly Cell[], lineWidth: number, isAcross: boolean): string {
  const limit = lineWidth === 0 ? Infinity : lineWidth;
  let shape = { rows: cells.length, columns: 1, widths: [Math.max(...cells.map((cell) => cell.width + 2))] };
  for (let columns = Math.min(cells.length, limit === Infinity ? cells.length : Math.max(1, Math.floor(limit / 3))); columns > 1; columns--) {
    const rows = Math.ceil(cells.length / columns);
    const widths: number[] = [];
    cells.forEach((cell, i) => {
      const column = isAcross ? i % columns : Math.floor(i / rows);
      const isLast = column === columns - 1;
      widths[column] = Math.max(widths[column] ?? 3, cell.width + (isLast ? 0 : 2));
    });
    if (widths.reduce((sum, one) => sum + one, 0) < limit) {
      shape = { rows, columns, widths };
      break;
    }
  }
  let text = '';
  for (let row = 0; row < shape.rows; row++) {
    let at = 0;
    for (let column = 0; column < shape.columns; column++) {
      const index = isAcross ? row * shape.columns + column : column * shape.rows + row;
      const next = isAcross ? (column + 1 < shape.columns ? index + 1 : cells.length) : index + shape.rows;
      const cell = cells[index];
      if (!cell) break;
      text += cell.text;
      if (next >= cells.length || column + 1 >= shape.columns) break;
      const start = shape.widths.slice(0, column + 1).reduce((sum, one) => sum + one, 0);
      text += indent(at + cell.width, start);
      at = start;
    }
    text += '\n';
  }
  return text;
}

/** Tabs where they reach further than a blank, as GNU's ls writes them. */
function indent(from: number, to: number): string {
  let text = '';
  let at = from;
  while (at < to) {
    if (Math.floor(to / TAB) > Math.floor((at + 1) / TAB)) {
      text += '\t';
      at += TAB - (at % TAB);
    } else {
      text += ' ';
      at++;
    }
  }
  return text;
}

function longLines(entries: readonly Entry[], surroundings: Surroundings): string {
  const { options, accounts } = surroundings;
  const user = ({ stat }: Entry): string => (options.numeric ? undefined : accounts.userName(stat.uid)) ?? String(stat.uid);
  const group = ({ stat }: Entry): string => (options.numeric ? undefined : accounts.groupName(stat.gid)) ?? String(stat.gid);
  const isDevice = ({ stat }: Entry): boolean => stat.type === 'character' || stat.type === 'block';
  const devices = entries.filter(isDevice);
  const major = width(devices, ({ stat }) => String(stat.rdevMajor));
  const minor = width(devices, ({ stat }) => String(stat.rdevMinor));
  const size = (entry: Entry): string => {
    if (!isDevice(entry)) return options.sizes.show(entry.stat.sizeBytes);
    return `${String(entry.stat.rdevMajor).padStart(major)}, ${String(entry.stat.rdevMinor).padStart(minor)}`;
  };
  const columns: { of: (entry: Entry) => string; isLeft: boolean }[] = [
    ...(options.inode ? [{ of: inodeText, isLeft: false }] : []),
    ...(options.blocks ? [{ of: (entry: Entry) => blockText(entry, options), isLeft: false }] : []),
    { of: ({ stat }) => modeString(stat.type, stat.mode), isLeft: true },
    { of: ({ stat }) => String(stat.nlink), isLeft: false },
    ...(options.owner ? [{ of: user, isLeft: !options.numeric }] : []),
    ...(options.group ? [{ of: group, isLeft: !options.numeric }] : []),
    ...(options.author ? [{ of: user, isLeft: !options.numeric }] : []),
    { of: size, isLeft: false },
    { of: (entry) => timeText(entry, surroundings), isLeft: false },
  ];
  const widths = columns.map(({ of }) => width(entries, of));
  let text = '';
  for (const entry of entries) {
    const fields = columns.map(({ of, isLeft }, i) => (isLeft ? of(entry).padEnd(widths[i]!) : of(entry).padStart(widths[i]!)));
    text += `${fields.join(' ')} ${nameCell(entry, surroundings).text.replace(/@$/, (at) => (entry.target === undefined || options.indicate === 'no' ? at : ''))}`;
    if (entry.target !== undefined) text += ` -> ${targetText(entry, surroundings)}`;
    text += options.zero ? '\0' : '\n';
  }
  return text;
}

function targetText({ target, followed }: Entry, { options, palette }: Surroundings): string {
  const shown = shownName(target!, options);
  if (!followed) return shown;
  return (options.color ? palette.paint(shown, target!, followed, false) : shown) + indicator(followed, options.indicate);
}

/** Recent files show the hour, others the year. */
function timeText(entry: Entry, { options, zone, nowMs }: Surroundings): string {
  const ms = timeOf(entry, options);
  const isRecent = ms > nowMs - HALF_YEAR_MS && ms <= nowMs + 1000;
  const style = options.timeStyle.replace(/^posix-/, '');
  if (style.startsWith('+')) {
    const [old, recent] = style.slice(1).split('\n');
    return formatDate(isRecent && recent !== undefined ? recent : old!, ms, zone);
  }
  if (style === 'full-iso') return formatDate('%Y-%m-%d %H:%M:%S.%N %z', ms, zone);
  if (style === 'long-iso') return formatDate('%Y-%m-%d %H:%M', ms, zone);
  if (style === 'iso') return formatDate(isRecent ? '%m-%d %H:%M' : '%Y-%m-%d ', ms, zone);
  return formatDate(isRecent ? '%b %e %H:%M' : '%b %e  %Y', ms, zone);
}

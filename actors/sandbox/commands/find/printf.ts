// find's -printf and -ls: formats over a file's attributes.
import { UsageError } from '../../programs/stdio.js';
import { formatDate } from '../common/dates/format.js';
import { unescape } from '../common/escapes.js';
import { modeString } from '../common/mode.js';
import { mountOf } from '../common/mounts.js';
import { escapeName } from '../common/quote.js';
import type { FindRun, Found } from './run.js';

type Piece = (file: Found) => string;

const LETTERS: Readonly<Record<string, string>> = { file: 'f', directory: 'd', symlink: 'l', fifo: 'p', character: 'c', block: 'b', socket: 's' };

function seconds(ms: number): string {
  const whole = Math.floor(ms / 1000);
  return `${whole}.${String(Math.round((ms - whole * 1000) * 1e3)).padStart(6, '0')}0000`;
}

/** ctime(3) with a fraction, as %a, %c and %t print it. */
function clock(ms: number, { run }: Found): string {
  return `${formatDate('%a %b %e %H:%M:%S', ms, run.zone)}.${seconds(ms).split('.')[1]} ${formatDate('%Y', ms, run.zone)}`;
}

function time(ms: number, letter: string, { run }: Found): string {
  const fraction = (): string => `.${seconds(ms).split('.')[1]}`;
  switch (letter) {
    case '@':
      return seconds(ms);
    case '+':
      return formatDate('%Y-%m-%d+%H:%M:%S', ms, run.zone) + fraction();
    case 'S':
    case 'T':
    case 'X':
      return formatDate(`%${letter}`, ms, run.zone) + fraction();
    default:
      return formatDate(`%${letter}`, ms, run.zone);
  }
}

/** Where the file is, below its operand. */
function relative({ path, operand }: Found): string {
  return path === operand ? '' : path.slice(operand.length).replace(/^\/+/, '');
}

function folder({ path }: Found): string {
  const trimmed = path.replace(/(.)\/+$/, '$1');
  if (!trimmed.includes('/')) return '.';
  return trimmed.slice(0, trimmed.lastIndexOf('/'));
}

function followedType(file: Found): string {
  if (file.stat.type !== 'symlink') return LETTERS[file.stat.type]!;
  const followed = file.followed();
  return followed ? LETTERS[followed.type]! : 'N';
}

const DIRECTIVES: Readonly<Record<string, Piece>> = {
  '%': () => '%',
  a: (file) => clock(file.stat.atimeMs, file),
  b: ({ stat }) => String(stat.blocks512),
  c: (file) => clock(file.stat.ctimeMs, file),
  d: ({ depth }) => String(depth),
  D: ({ stat }) => String(stat.device),
  f: ({ path, name }) => (/^\/+$/.test(path) ? '/' : (/[^/]+\/*$/.exec(path)?.[0] ?? name)),
  F: ({ run, path }) => mountOf(run.process, run.process.files.locate(path, false)).fileSystem.type,
  g: ({ run, stat }) => run.accounts.groupName(stat.gid) ?? String(stat.gid),
  G: ({ stat }) => String(stat.gid),
  h: folder,
  H: ({ operand }) => operand,
  i: ({ stat }) => String(stat.ino),
  k: ({ stat }) => String(Math.ceil(stat.blocks512 / 2)),
  l: ({ run, stat, path }) => (stat.type === 'symlink' ? run.process.files.readlink(path) : ''),
  m: ({ stat }) => stat.mode.toString(8),
  M: ({ stat }) => modeString(stat.type, stat.mode),
  n: ({ stat }) => String(stat.nlink),
  p: ({ path }) => path,
  P: relative,
  s: ({ stat }) => String(stat.sizeBytes),
  S: ({ stat }) => (stat.sizeBytes === 0 ? '1' : String((stat.blocks512 * 512) / stat.sizeBytes)),
  t: (file) => clock(file.stat.mtimeMs, file),
  u: ({ run, stat }) => run.accounts.userName(stat.uid) ?? String(stat.uid),
  U: ({ stat }) => String(stat.uid),
  y: ({ stat }) => LETTERS[stat.type]!,
  Y: followedType,
};

const TIMES = { A: 'atimeMs', C: 'ctimeMs', T: 'mtimeMs', B: 'mtimeMs' } as const;

/** Compiles a -printf format. `\c` ends the output. */
export function compileFormat(format: string, run: FindRun): Piece {
  const pieces: Piece[] = [];
  const [text] = format.split(/(?<=^(?:[^\\]|\\[^])*)\\c/, 1) as [string];
  const pattern = /%([-#0 +]*)(\d*)(?:\.(\d+))?(?:([ACTB])([^])|([^]))|((?:[^%\\]|\\[^])+)|%$|\\$/g;
  for (const [all, flags = '', width = '', precision, clockName, clockLetter, letter, literal] of text.matchAll(pattern)) {
    if (all === '%') throw new UsageError('error: % at end of format string');
    if (literal !== undefined || all === '\\') {
      const plainText = unescape(literal ?? all);
      pieces.push(() => plainText);
      continue;
    }
    const value: Piece | undefined = clockName !== undefined
      ? (file) => time(file.stat[TIMES[clockName as keyof typeof TIMES]], clockLetter!, file)
      : DIRECTIVES[letter!];
    if (!value) {
      run.warnings.push(`warning: unrecognized format directive \`%${letter}'`);
      pieces.push(() => all);
      continue;
    }
    pieces.push((file) => {
      const shown = precision === undefined ? value(file) : value(file).slice(0, Number(precision));
      if (flags.includes('-')) return shown.padEnd(Number(width));
      return shown.padStart(Number(width), flags.includes('0') ? '0' : ' ');
    });
  }
  return (file) => pieces.map((piece) => piece(file)).join('');
}

const HALF_YEAR_MS = (31_556_952 / 2) * 1000;

/** The line of -ls. */
export function listLine(file: Found): string {
  const { run, stat, path } = file;
  const isRecent = stat.mtimeMs > run.nowMs - HALF_YEAR_MS && stat.mtimeMs <= run.nowMs + 60_000;
  const device = stat.type === 'character' || stat.type === 'block';
  const size = device ? `${String(stat.rdevMajor).padStart(3)}, ${String(stat.rdevMinor).padStart(3)}` : String(stat.sizeBytes).padStart(8);
  const owner = (run.accounts.userName(stat.uid) ?? String(stat.uid)).padEnd(8);
  const group = (run.accounts.groupName(stat.gid) ?? String(stat.gid)).padEnd(8);
  const date = formatDate(isRecent ? '%b %e %H:%M' : '%b %e  %Y', stat.mtimeMs, run.zone);
  const target = stat.type === 'symlink' ? ` -> ${escapeName(run.process.files.readlink(path))}` : '';
  return `${String(stat.ino).padStart(9)} ${String(Math.ceil(stat.blocks512 / 2)).padStart(6)} ${modeString(stat.type, stat.mode)} ${String(stat.nlink).padStart(3)} ${owner} ${group} ${size} ${date} ${escapeName(path)}${target}\n`;
}


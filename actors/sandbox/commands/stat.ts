// stat: attributes of files and file systems (https://www.gnu.org/software/coreutils/stat).
import { Errno } from '../kernel/errno.js';
import type { FileSystemStat, Stat } from '../kernel/inode.js';
import type { Location } from '../kernel/path.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import { command, complain, parseOptions, reason, usageError } from '../programs/stdio.js';
import { Accounts } from './common/accounts.js';
import { formatDate } from './common/dates/format.js';
import { type Zone, zoneOf } from './common/dates/zone.js';
import { unescape } from './common/escapes.js';
import { modeString, TYPE_BITS } from './common/mode.js';
import { quoteName } from './common/quote.js';
import { typeWords } from './common/remove.js';
import { mountOf } from './common/mounts.js';

const LONG = { dereference: 'no', 'file-system': 'no', cached: 'required', format: 'required', printf: 'required', terse: 'no' } as const;
const TIME = '%Y-%m-%d %H:%M:%S.%N %z';
const TERSE = '%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o';
const TERSE_SYSTEM = '%n %i %l %t %s %S %b %f %a %c %d';
/** statfs(2) magic numbers of the file systems a machine has. */
const MAGIC: Readonly<Record<string, number>> = { overlay: 0x794c7630, tmpfs: 0x01021994, devtmpfs: 0x01021994, proc: 0x9fa0, sysfs: 0x62656572, cgroup2: 0x63677270 };
const NAMES: Readonly<Record<string, string>> = { overlay: 'overlayfs', devtmpfs: 'tmpfs' };

interface Subject {
  process: Process;
  path: string;
  location: Location;
  stat: Stat;
  accounts: Accounts;
  zone: Zone;
}

/** Seconds, with the fraction that a precision asks for: `%.3Y`. */
function seconds(ms: number, precision: string | undefined): string {
  if (precision === undefined) return String(Math.floor(ms / 1000));
  const digits = precision === '' ? 9 : Number(precision);
  const whole = Math.floor(ms / 1000);
  const fraction = String(Math.round((ms - whole * 1000) * 1000) * 1000).padStart(9, '0').slice(0, Math.min(9, digits)).padEnd(digits, '0');
  return digits === 0 ? String(whole) : `${whole}.${fraction}`;
}

const hex = (value: number): string => value.toString(16);

function quotedName({ path, stat, process }: Subject): string {
  return stat.type === 'symlink' ? `${quoteName(path)} -> ${quoteName(process.files.readlink(path))}` : quoteName(path);
}

const FILE: Readonly<Record<string, (subject: Subject, precision: string | undefined) => string>> = {
  a: ({ stat }) => stat.mode.toString(8),
  A: ({ stat }) => modeString(stat.type, stat.mode),
  b: ({ stat }) => String(stat.blocks512),
  B: () => '512',
  C: () => '?',
  d: ({ stat }) => String(stat.device),
  D: ({ stat }) => hex(stat.device),
  f: ({ stat }) => hex(TYPE_BITS[stat.type] | stat.mode),
  F: ({ stat }) => typeWords(stat),
  g: ({ stat }) => String(stat.gid),
  G: ({ stat, accounts }) => accounts.groupName(stat.gid) ?? 'UNKNOWN',
  h: ({ stat }) => String(stat.nlink),
  i: ({ stat }) => String(stat.ino),
  m: ({ process, location }) => mountOf(process, location).path,
  n: ({ path }) => path,
  N: quotedName,
  o: () => '4096',
  r: ({ stat }) => String(stat.rdevMajor * 256 + stat.rdevMinor),
  R: ({ stat }) => hex(stat.rdevMajor * 256 + stat.rdevMinor),
  s: ({ stat }) => String(stat.sizeBytes),
  t: ({ stat }) => hex(stat.rdevMajor),
  T: ({ stat }) => hex(stat.rdevMinor),
  u: ({ stat }) => String(stat.uid),
  U: ({ stat, accounts }) => accounts.userName(stat.uid) ?? 'UNKNOWN',
  w: () => '-',
  W: () => '0',
  x: ({ stat, zone }) => formatDate(TIME, stat.atimeMs, zone),
  X: ({ stat }, precision) => seconds(stat.atimeMs, precision),
  y: ({ stat, zone }) => formatDate(TIME, stat.mtimeMs, zone),
  Y: ({ stat }, precision) => seconds(stat.mtimeMs, precision),
  z: ({ stat, zone }) => formatDate(TIME, stat.ctimeMs, zone),
  Z: ({ stat }, precision) => seconds(stat.ctimeMs, precision),
};

const BLOCK = 4096;
const SYSTEM: Readonly<Record<string, (system: FileSystemStat, subject: Subject) => string>> = {
  a: ({ freeBytes }) => String(Math.floor(freeBytes / BLOCK)),
  b: ({ totalBytes }) => String(Math.floor(totalBytes / BLOCK)),
  c: ({ files }) => String(files),
  d: ({ files }) => String(files),
  f: ({ freeBytes }) => String(Math.floor(freeBytes / BLOCK)),
  i: (_system, { stat }) => hex(stat.device).padStart(16, '0'),
  l: () => '255',
  n: (_system, { path }) => path,
  s: () => String(BLOCK),
  S: () => String(BLOCK),
  t: ({ type }) => hex(MAGIC[type] ?? 0),
  T: ({ type }) => NAMES[type] ?? type,
};

function render(format: string, subject: Subject, system: FileSystemStat | undefined): string {
  return format.replace(/%([-#+ 0']*)(\d*)(?:\.(\d*))?([A-Za-z%])/g, (all: string, flags: string, width: string, precision: string | undefined, letter: string) => {
    if (letter === '%') return '%';
    const known = system ? SYSTEM[letter]?.(system, subject) : FILE[letter]?.(subject, precision);
    if (known === undefined) return '?';
    let text = flags.includes('#') && letter === 'a' ? `0${known}` : flags.includes('#') && /[DfRtT]/.test(letter) ? `0x${known}` : known;
    if (precision !== undefined && precision !== '' && /[nNFGUAT]/.test(letter)) text = text.slice(0, Number(precision));
    if (flags.includes('-')) return text.padEnd(Number(width));
    return text.padStart(Number(width), flags.includes('0') && !/[nNFGUA]/.test(letter) ? '0' : ' ');
  });
}

/** The several lines of `stat FILE`. */
function layout(stat: Stat): string {
  const isDevice = stat.type === 'character' || stat.type === 'block';
  const device = isDevice ? '     Device type: %t,%T' : '';
  return `  File: ${stat.type === 'symlink' ? 'LINK' : '%n'}\n  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\nDevice: ${stat.device >> 8 & 0xfff},${stat.device & 0xff}\tInode: %-11i Links: ${isDevice ? '%-5h' : '%h'}${device}\n`
    + 'Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\nAccess: %x\nModify: %y\nChange: %z\n Birth: %w\n';
}

const SYSTEM_LAYOUT = '  File: "%n"\n    ID: %-8i Namelen: %-7l Type: %T\nBlock size: %-10s Fundamental block size: %S\n'
  + 'Blocks: Total: %-10b Free: %-10f Available: %a\nInodes: Total: %-10c Free: %d\n';

export const stat: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'c:fLt', LONG);
  if (options.operands.length === 0) throw usageError(process.argv, 'missing operand');
  const isSystem = options.has('f', 'file-system');
  const printf = options.value('printf');
  const given = options.value('c', 'format');
  const accounts = new Accounts(process.files);
  const zone = zoneOf(process);
  let status = 0;
  for (const path of options.operands) {
    try {
      const location = process.files.locate(path, options.has('L', 'dereference') || isSystem);
      const subject: Subject = { process, path, location, stat: location.inode.stat(), accounts, zone };
      const system = isSystem ? location.inode.fileSystem.statfs() : undefined;
      let format: string;
      if (printf !== undefined) format = unescape(printf);
      else if (given !== undefined) format = `${given}\n`;
      else if (options.has('t', 'terse')) format = `${isSystem ? TERSE_SYSTEM : TERSE}\n`;
      else format = isSystem ? SYSTEM_LAYOUT : layout(subject.stat).replace('LINK', () => `%n -> ${process.files.readlink(path).replaceAll('%', '%%')}`);
      output.print(render(format, subject, system));
      if (output.isFull) yield* output.flush();
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* output.flush();
      yield* complain(process, `${isSystem ? 'cannot read file system information for' : 'cannot statx'} ${quoteName(path)}: ${reason(error)}`);
      status = 1;
    }
  }
  return status;
});

// What `unzip -l`, `unzip -v` and zipinfo say about an archive.
import { modeString } from '../common/mode.js';
import type { FileType } from '../../kernel/inode.js';
import { DEFLATED, dosFields, ENCRYPTED_FLAG, STORED, type ZipEntry } from './archive.js';

const two = (value: number): string => String(value).padStart(2, '0');
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function moment(entry: ZipEntry): string {
  const [year, month, day, hours, minutes] = dosFields(entry.dosTime);
  return `${year}-${two(month)}-${two(day)} ${two(hours)}:${two(minutes)}`;
}

/** How much smaller it became, in percent. */
export function savedPercent(plainBytes: number, packedBytes: number): number {
  return plainBytes === 0 ? 0 : Math.floor(((plainBytes - packedBytes) * 200 / plainBytes + 1) / 2);
}

const totals = (entries: readonly ZipEntry[]): { plain: number; packed: number; files: string } => ({
  plain: entries.reduce((sum, { plainBytes }) => sum + plainBytes, 0), packed: entries.reduce((sum, { packedBytes }) => sum + packedBytes, 0), files: `${entries.length} file${entries.length === 1 ? '' : 's'}`,
});

/** `quiet` 1 leaves the archive's name away, 2 the headings too. */
export function shortList(archive: string, entries: readonly ZipEntry[], quiet: number): string {
  const lines = entries.map((entry) => `${String(entry.plainBytes).padStart(9)}  ${moment(entry)}   ${entry.name}`);
  if (quiet > 1) return lines.map((line) => `${line}\n`).join('');
  const { plain, files } = totals(entries);
  return `${quiet === 0 ? `Archive:  ${archive}\n` : ''}  Length      Date    Time    Name\n---------  ---------- -----   ----\n${lines.map((line) => `${line}\n`).join('')}---------                     -------\n${String(plain).padStart(9)}                     ${files}\n`;
}

const levelOf = ({ flags }: ZipEntry): string => 'NXFS'[(flags >> 1) & 3]!;

function methodName(entry: ZipEntry): string {
  if (entry.method === STORED) return 'Stored';
  return entry.method === DEFLATED ? `Defl:${levelOf(entry)}` : `Unk:${String(entry.method).padStart(3, '0')}`.slice(0, 7);
}

export function longList(archive: string, entries: readonly ZipEntry[], quiet: number): string {
  const lines = entries.map((entry) => `${String(entry.plainBytes).padStart(8)}  ${methodName(entry)} ${String(entry.packedBytes).padStart(8)} ${String(savedPercent(entry.plainBytes, entry.packedBytes)).padStart(3)}% ${moment(entry)} ${entry.crc.toString(16).padStart(8, '0')}  ${entry.name}\n`);
  if (quiet > 1) return lines.join('');
  const { plain, packed, files } = totals(entries);
  return `${quiet === 0 ? `Archive:  ${archive}\n` : ''} Length   Method    Size  Cmpr    Date    Time   CRC-32   Name\n--------  ------  ------- ---- ---------- ----- --------  ----\n${lines.join('')}--------          -------  ---                            -------\n${String(plain).padStart(8)}         ${String(packed).padStart(8)} ${String(savedPercent(plain, packed)).padStart(3)}%                            ${files}\n`;
}

const TYPES: Readonly<Record<number, FileType>> = { 0o040000: 'directory', 0o120000: 'symlink', 0o100000: 'file', 0o010000: 'fifo' };

function infoLine(entry: ZipEntry, style: 'short' | 'medium' | 'long'): string {
  const [year, month, day, hours, minutes] = dosFields(entry.dosTime);
  const version = `${Math.floor((entry.madeBy & 0xff) / 10)}.${(entry.madeBy & 0xff) % 10}`;
  const host = entry.madeBy >> 8 === 3 ? 'unx' : entry.madeBy >> 8 === 0 ? 'fat' : '???';
  const kind = (entry.flags & ENCRYPTED_FLAG) === 0 ? (entry.isText ? 't' : 'b') : entry.isText ? 'T' : 'B';
  const method = entry.method === STORED ? 'stor' : entry.method === DEFLATED ? `def${levelOf(entry)}` : `u${String(entry.method).padStart(3, '0')}`;
  const extra = style === 'medium' ? ` ${String(savedPercent(entry.plainBytes, entry.packedBytes)).padStart(2)}%` : style === 'long' ? ` ${String(entry.packedBytes).padStart(8)}` : '';
  const attributes = entry.madeBy >> 8 === 3 ? modeString(TYPES[entry.mode & 0o170000] ?? 'file', entry.mode & 0o7777) : `-rw${'-'.repeat(4)}`.padEnd(7);
  return `${attributes}  ${version} ${host} ${String(entry.plainBytes).padStart(8)} ${kind}${entry.extraBytes > 0 ? 'x' : '-'}${extra} ${method} ${two(year % 100)}-${MONTHS[month - 1] ?? '???'}-${two(day)} ${two(hours)}:${two(minutes)} ${entry.name}\n`;
}

export interface InfoParts {
  style: 'names' | 'short' | 'medium' | 'long';
  hasHeader: boolean;
  hasTotals: boolean;
}

/** zipinfo's list. */
export function infoList(archive: string, sizeBytes: number, count: number, entries: readonly ZipEntry[], parts: InfoParts): string {
  const header = parts.hasHeader ? `Archive:  ${archive}\nZip file size: ${sizeBytes} bytes, number of entries: ${count}\n` : '';
  const { style } = parts;
  const lines = entries.map((entry) => (style === 'names' ? `${entry.name}\n` : infoLine(entry, style))).join('');
  const { plain, packed, files } = totals(entries);
  const tenths = plain === 0 ? 0 : Math.round(((plain - packed) * 1000) / plain);
  return `${header}${lines}${parts.hasTotals ? `${files}, ${plain} byte${plain === 1 ? '' : 's'} uncompressed, ${packed} byte${packed === 1 ? '' : 's'} compressed:  ${(tenths / 10).toFixed(1)}%\n` : ''}`;
}

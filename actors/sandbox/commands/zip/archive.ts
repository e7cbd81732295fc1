// The zip format (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT): central directories read and written, with zip64 and Info-ZIP's unix fields.
import { decode, encode } from '../../kernel/text.js';

export const STORED = 0;
export const DEFLATED = 8;
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const MOST_COMMENT_BYTES = 65557;
const UNIX = 3;
const UTF8_FLAG = 0x800;
export const ENCRYPTED_FLAG = 1;

/** A member, as the central directory has it. */
export interface ZipEntry {
  name: string;
  method: number;
  flags: number;
  crc: number;
  packedBytes: number;
  plainBytes: number;
  /** Local time, as DOS has it. */
  dosTime: number;
  /** Seconds since the epoch, when the unix fields are there. */
  mtimeSeconds: number | undefined;
  /** Host system and version that made it. */
  madeBy: number;
  /** st_mode, 0 where the maker was no unix. */
  mode: number;
  isText: boolean;
  extraBytes: number;
  offset: number;
  owner: { uid: number; gid: number } | undefined;
}

/** Reads a piece of the archive. */
export type ReadAt = (offset: number, lengthBytes: number) => Uint8Array;

export class NotZip extends Error {}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

interface Directory {
  entries: ZipEntry[];
  comment: string;
}

/** All members in the order of the central directory. @throws NotZip */
export function readDirectory(readAt: ReadAt, sizeBytes: number): Directory {
  const tailBytes = Math.min(sizeBytes, MOST_COMMENT_BYTES);
  const tail = readAt(sizeBytes - tailBytes, tailBytes);
  const data = view(tail);
  let at = tailBytes - 22;
  while (at >= 0 && data.getUint32(at, true) !== END) at--;
  if (at < 0) throw new NotZip();
  let count = data.getUint16(at + 10, true);
  let directoryBytes = data.getUint32(at + 12, true);
  let offset = data.getUint32(at + 16, true);
  let endOffset = sizeBytes - tailBytes + at;
  const comment = decode(tail.subarray(at + 22, at + 22 + data.getUint16(at + 20, true)));
  if (at >= 20 && data.getUint32(at - 20, true) === LOCATOR64) {
    endOffset = Number(data.getBigUint64(at - 12, true));
    const end = view(readAt(endOffset, 56));
    if (end.byteLength < 56 || end.getUint32(0, true) !== END64) throw new NotZip();
    count = Number(end.getBigUint64(32, true));
    directoryBytes = Number(end.getBigUint64(40, true));
    offset = Number(end.getBigUint64(48, true));
  }
  // What precedes the archive (a self-extractor's program) moves everything.
  const shift = endOffset - directoryBytes - offset;
  const entries: ZipEntry[] = [];
  const bytes = readAt(offset + shift, directoryBytes);
  for (let start = 0; entries.length < count && start + 46 <= bytes.length; ) {
    const { entry, lengthBytes } = centralEntry(bytes.subarray(start), shift);
    entries.push(entry);
    start += lengthBytes;
  }
  if (entries.length < count) throw new NotZip();
  return { entries, comment };
}

function centralEntry(bytes: Uint8Array, shift: number): { entry: ZipEntry; lengthBytes: number } {
  const data = view(bytes);
  if (data.getUint32(0, true) !== CENTRAL) throw new NotZip();
  const [nameBytes, extraBytes, commentBytes] = [data.getUint16(28, true), data.getUint16(30, true), data.getUint16(32, true)];
  const madeBy = data.getUint16(4, true);
  const entry: ZipEntry = {
    name: decode(bytes.subarray(46, 46 + nameBytes)), method: data.getUint16(10, true), flags: data.getUint16(8, true), crc: data.getUint32(16, true), packedBytes: data.getUint32(20, true), plainBytes: data.getUint32(24, true),
    dosTime: data.getUint32(12, true), mtimeSeconds: undefined, madeBy, mode: madeBy >> 8 === UNIX ? data.getUint32(38, true) >>> 16 : 0, isText: (data.getUint16(36, true) & 1) === 1, extraBytes, offset: data.getUint32(42, true), owner: undefined,
  };
  readExtra(bytes.subarray(46 + nameBytes, 46 + nameBytes + extraBytes), entry);
  entry.offset += shift;
  return { entry, lengthBytes: 46 + nameBytes + extraBytes + commentBytes };
}

function readExtra(extra: Uint8Array, entry: ZipEntry): void {
  const data = view(extra);
  for (let at = 0; at + 4 <= extra.length; ) {
    const id = data.getUint16(at, true);
    const size = data.getUint16(at + 2, true);
    const start = at + 4;
    at = start + size;
    if (at > extra.length) return;
    if (id === 0x5455 && size >= 5 && (extra[start]! & 1) === 1) entry.mtimeSeconds = data.getInt32(start + 1, true);
    if (id === 0x7875 && size >= 11) entry.owner = { uid: data.getUint32(start + 2, true), gid: data.getUint32(start + 7, true) };
    if (id !== 1) continue;
    let next = start;
    const wide = (): number => {
      next += 8;
      return Number(data.getBigUint64(next - 8, true));
    };
    if (entry.plainBytes === 0xffffffff) entry.plainBytes = wide();
    if (entry.packedBytes === 0xffffffff) entry.packedBytes = wide();
    if (entry.offset === 0xffffffff) entry.offset = wide();
  }
}

/** Where a member's data begins. @throws NotZip */
export function dataOffset(readAt: ReadAt, entry: ZipEntry): number {
  const head = view(readAt(entry.offset, 30));
  if (head.byteLength < 30 || head.getUint32(0, true) !== LOCAL) throw new NotZip();
  return entry.offset + 30 + head.getUint16(26, true) + head.getUint16(28, true);
}

/** The unix fields: times (both in local headers, the modification alone in the directory) and owner. */
function extraOf(entry: ZipEntry, isLocal: boolean): Uint8Array {
  if (entry.mtimeSeconds === undefined) return new Uint8Array(0);
  const bytes = new Uint8Array(isLocal ? 28 : 24);
  const data = view(bytes);
  data.setUint16(0, 0x5455, true);
  data.setUint16(2, isLocal ? 9 : 5, true);
  bytes[4] = 3;
  data.setInt32(5, entry.mtimeSeconds, true);
  if (isLocal) data.setInt32(9, entry.mtimeSeconds, true);
  const at = isLocal ? 13 : 9;
  data.setUint16(at, 0x7875, true);
  data.setUint16(at + 2, 11, true);
  bytes[at + 4] = 1;
  bytes[at + 5] = 4;
  data.setUint32(at + 6, entry.owner?.uid ?? 0, true);
  bytes[at + 10] = 4;
  data.setUint32(at + 11, entry.owner?.gid ?? 0, true);
  return bytes;
}

function common(data: DataView, at: number, entry: ZipEntry, nameBytes: number, extraBytes: number): void {
  data.setUint16(at, entry.method === DEFLATED ? 20 : 10, true);
  data.setUint16(at + 2, entry.flags, true);
  data.setUint16(at + 4, entry.method, true);
  data.setUint32(at + 6, entry.dosTime, true);
  data.setUint32(at + 10, entry.crc, true);
  data.setUint32(at + 14, entry.packedBytes, true);
  data.setUint32(at + 18, entry.plainBytes, true);
  data.setUint16(at + 22, nameBytes, true);
  data.setUint16(at + 24, extraBytes, true);
}

export function localHeader(entry: ZipEntry): Uint8Array {
  const name = encode(entry.name);
  const extra = extraOf(entry, true);
  const head = new Uint8Array(30);
  const data = view(head);
  data.setUint32(0, LOCAL, true);
  common(data, 4, entry, name.length, extra.length);
  return Buffer.concat([head, name, extra]);
}

function centralHeader(entry: ZipEntry): Uint8Array {
  const name = encode(entry.name);
  const extra = extraOf(entry, false);
  const head = new Uint8Array(46);
  const data = view(head);
  data.setUint32(0, CENTRAL, true);
  data.setUint16(4, entry.madeBy, true);
  common(data, 6, entry, name.length, extra.length);
  data.setUint16(36, entry.isText ? 1 : 0, true);
  data.setUint32(38, ((entry.mode << 16) | (entry.name.endsWith('/') ? 0x10 : 0)) >>> 0, true);
  data.setUint32(42, entry.offset, true);
  return Buffer.concat([head, name, extra]);
}

/** The central directory and the end of the archive; `offset` is where they begin. */
export function directoryBytes(entries: readonly ZipEntry[], offset: number, comment: string): Uint8Array {
  const headers = entries.map(centralHeader);
  const sizeBytes = headers.reduce((sum, { length }) => sum + length, 0);
  const end = new Uint8Array(22);
  const data = view(end);
  const text = encode(comment);
  data.setUint32(0, END, true);
  data.setUint16(8, Math.min(entries.length, 0xffff), true);
  data.setUint16(10, Math.min(entries.length, 0xffff), true);
  data.setUint32(12, Math.min(sizeBytes, 0xffffffff), true);
  data.setUint32(16, Math.min(offset, 0xffffffff), true);
  data.setUint16(20, text.length, true);
  const wide = entries.length >= 0xffff ? [end64(entries.length, sizeBytes, offset)] : [];
  return Buffer.concat([...headers, ...wide, end, text]);
}

function end64(count: number, sizeBytes: number, offset: number): Uint8Array {
  const bytes = new Uint8Array(56 + 20);
  const data = view(bytes);
  data.setUint32(0, END64, true);
  data.setBigUint64(4, 44n, true);
  data.setUint16(12, (UNIX << 8) | 30, true);
  data.setUint16(14, 45, true);
  data.setBigUint64(24, BigInt(count), true);
  data.setBigUint64(32, BigInt(count), true);
  data.setBigUint64(40, BigInt(sizeBytes), true);
  data.setBigUint64(48, BigInt(offset), true);
  data.setUint32(56, LOCATOR64, true);
  data.setBigUint64(64, BigInt(offset + sizeBytes), true);
  data.setUint32(72, 1, true);
  return bytes;
}

/** Date and time of two-second steps since 1980, in the zone whose offset is given. */
export function dosTimeOf(mtimeMs: number, offsetSeconds: number): number {
  const date = new Date(mtimeMs + offsetSeconds * 1000 + 1999);
  if (date.getUTCFullYear() < 1980) return 0x210000;
  const day = ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  return ((day << 16) | (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1)) >>> 0;
}

/** `[year, month, day, hours, minutes, seconds]`. */
export function dosFields(dosTime: number): [number, number, number, number, number, number] {
  return [(dosTime >>> 25) + 1980, (dosTime >>> 21) & 15, (dosTime >>> 16) & 31, (dosTime >>> 11) & 31, (dosTime >>> 5) & 63, (dosTime & 31) * 2];
}

export const MADE_BY = (UNIX << 8) | 30;
export const nameFlags = (name: string): number => (/^[\x20-\x7e]*$/.test(name) ? 0 : UTF8_FLAG);

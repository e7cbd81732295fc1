// Writes tar archives: ustar headers, with a PAX header before those entries only that ustar cannot hold.
import { TAR_BLOCK_BYTES, paddingBytes, type TarEntry, type TarType } from './tar-entry.js';
import { writePax, writePaxTime } from './tar-pax.js';

const FLAGS: Readonly<Record<TarType, string>> = { file: '0', link: '1', symlink: '2', char: '3', block: '4', dir: '5', fifo: '6' };
const OCTAL_7 = 0o7777777;
const OCTAL_11 = 0o77777777777;
// oxlint-disable-next-line no-control-regex
const ASCII = /^[\x01-\x7f]*$/;
const NOTHING = new Uint8Array(0);
const ZEROS = new Uint8Array(TAR_BLOCK_BYTES);

/** The two zero blocks that end an archive. */
export const TAR_END: Uint8Array = new Uint8Array(2 * TAR_BLOCK_BYTES);

/** The zeros to write after a body of this size. */
export function tarPadding(sizeBytes: number): Uint8Array {
  const padding = paddingBytes(sizeBytes);
  return padding === 0 ? NOTHING : ZEROS.subarray(0, padding);
}

/**
 * One entry's header block(s). Directories get their trailing slash. PAX records are made only where needed (long or
 * non-ASCII names, sizes from 8 GiB, large ids, fractions of seconds, extended attributes), as Go's archive/tar does.
 * @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06
 */
export function tarHeader(entry: TarEntry): Uint8Array {
  const path = entry.type === 'dir' && !entry.path.endsWith('/') ? `${entry.path}/` : entry.path;
  const split = splitPath(path);
  const pax = paxRecords(entry, path, split !== undefined);
  const [prefix, name] = split ?? ['', plain(path, 100)];
  const block = headerBlock(entry, name, prefix, FLAGS[entry.type], entry.type === 'file' ? entry.sizeBytes : 0);
  if (pax.length === 0) return block;
  const body = writePax(pax);
  const about = { ...entry, mode: 0o644, uid: 0, gid: 0, uname: '', gname: '', mtimeNs: 0n, linkPath: '', devMajor: 0, devMinor: 0 };
  return Buffer.concat([headerBlock(about, paxName(path), '', 'x', body.length), body, tarPadding(body.length), block]);
}

function paxRecords(entry: TarEntry, path: string, pathFits: boolean): [string, string | Uint8Array][] {
  const records: [string, string | Uint8Array][] = [];
  if (!pathFits) records.push(['path', path]);
  if (!fits(entry.linkPath, 100)) records.push(['linkpath', entry.linkPath]);
  if (!fits(entry.uname, 32)) records.push(['uname', entry.uname]);
  if (!fits(entry.gname, 32)) records.push(['gname', entry.gname]);
  if (entry.sizeBytes > OCTAL_11) records.push(['size', String(entry.sizeBytes)]);
  if (entry.uid > OCTAL_7) records.push(['uid', String(entry.uid)]);
  if (entry.gid > OCTAL_7) records.push(['gid', String(entry.gid)]);
  if (entry.mtimeNs < 0n || entry.mtimeNs % 1_000_000_000n !== 0n || entry.mtimeNs / 1_000_000_000n > BigInt(OCTAL_11)) {
    records.push(['mtime', writePaxTime(entry.mtimeNs)]);
  }
  for (const key of Object.keys(entry.xattrs).sort()) records.push([`SCHILY.xattr.${key}`, entry.xattrs[key] as Uint8Array]);
  return records;
}

function fits(text: string, limit: number): boolean {
  return text.length <= limit && ASCII.test(text);
}

/** Splits into ustar's prefix (155) and name (100) at a slash; undefined if it takes a PAX record. */
function splitPath(path: string): [string, string] | undefined {
  if (!ASCII.test(path)) return undefined;
  if (path.length <= 100) return ['', path];
  if (path.length > 256) return undefined;
  const slash = path.lastIndexOf('/', Math.min(155, path.length - 2));
  if (slash <= 0 || path.length - slash - 1 > 100) return undefined;
  return [path.slice(0, slash), path.slice(slash + 1)];
}

/** The fallback name for readers without PAX: ASCII only, cut. */
function plain(text: string, limit: number): string {
  return text.replace(/[^\x20-\x7e]/g, '').slice(0, limit);
}

function paxName(path: string): string {
  const parts = path.replace(/\/+$/, '').split('/');
  const base = parts.pop() ?? '';
  return plain([...parts, 'PaxHeaders.0', base].join('/'), 100).replace(/\/+$/, '');
}

function headerBlock(entry: TarEntry, name: string, prefix: string, flag: string, sizeBytes: number): Buffer {
  const block = Buffer.alloc(TAR_BLOCK_BYTES);
  block.write(name, 0, 100, 'latin1');
  writeOctal(block, 100, 8, entry.mode);
  writeOctal(block, 108, 8, entry.uid <= OCTAL_7 ? entry.uid : 0);
  writeOctal(block, 116, 8, entry.gid <= OCTAL_7 ? entry.gid : 0);
  writeOctal(block, 124, 12, sizeBytes <= OCTAL_11 ? sizeBytes : 0);
  const seconds = entry.mtimeNs < 0n ? 0n : entry.mtimeNs / 1_000_000_000n;
  writeOctal(block, 136, 12, seconds > BigInt(OCTAL_11) ? 0 : Number(seconds));
  block.write(flag, 156, 'latin1');
  block.write(plain(entry.linkPath, 100), 157, 100, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  block.write(plain(entry.uname, 32), 265, 32, 'latin1');
  block.write(plain(entry.gname, 32), 297, 32, 'latin1');
  writeOctal(block, 329, 8, entry.devMajor);
  writeOctal(block, 337, 8, entry.devMinor);
  block.write(prefix, 345, 155, 'latin1');
  block.fill(0x20, 148, 156);
  let sum = 0;
  for (let i = 0; i < TAR_BLOCK_BYTES; i++) sum += block[i] as number;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function writeOctal(block: Buffer, offset: number, length: number, value: number): void {
  block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset, length, 'latin1');
}

/** A whole archive from entries and their bodies. The caller vouches that each body has `sizeBytes` bytes; RangeError if not. */
export async function* writeTar(files: AsyncIterable<{ entry: TarEntry; body?: AsyncIterable<Uint8Array> | Uint8Array }> | Iterable<{ entry: TarEntry; body?: AsyncIterable<Uint8Array> | Uint8Array }>): AsyncGenerator<Uint8Array> {
  for await (const { entry, body } of files) {
    yield tarHeader(entry);
    let written = 0;
    if (body instanceof Uint8Array) {
      if (body.length > 0) yield body;
      written = body.length;
    } else if (body) {
      for await (const chunk of body) {
        written += chunk.length;
        yield chunk;
      }
    }
    if (written !== (entry.type === 'file' ? entry.sizeBytes : 0)) throw new RangeError(`${entry.path}: ${written} bytes written, ${entry.sizeBytes} announced`);
    const padding = tarPadding(written);
    if (padding.length > 0) yield padding;
  }
  yield TAR_END;
}

// PAX extended headers: parses and writes the `length key=value` records that precede a tar entry.
import { invalidHeader, type TarEntry } from './tar-entry.js';

/** What PAX records may override in the entry that follows. */
export type PaxOverrides = { -readonly [K in keyof TarEntry]?: TarEntry[K] } & { sparse?: boolean };

const XATTR = 'SCHILY.xattr.';

/**
 * Parses the body of an `x` header.
 * @throws Fault invalid, for lengths or numbers that do not parse
 * @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_03
 */
export function parsePax(body: Buffer): PaxOverrides {
  const found: PaxOverrides = {};
  let at = 0;
  while (at < body.length) {
    const space = body.indexOf(0x20, at);
    if (space < 0 || space - at > 10 || space === at) throw invalidHeader('PAX record without a length');
    const digits = body.toString('latin1', at, space);
    const end = at + Number(digits);
    const equals = body.indexOf(0x3d, space);
    if (!/^\d+$/.test(digits) || end > body.length || equals < 0 || equals >= end - 1 || body[end - 1] !== 0x0a) throw invalidHeader('PAX record malformed');
    const key = body.toString('utf8', space + 1, equals);
    if (key === '' || key.includes('\0')) throw invalidHeader('PAX record with a bad key');
    apply(found, key, body.subarray(equals + 1, end - 1));
    at = end;
  }
  return found;
}

function apply(found: PaxOverrides, key: string, value: Buffer): void {
  if (key.startsWith(XATTR)) {
    // A null prototype, as `__proto__` is a legal attribute name.
    const xattrs: Record<string, Uint8Array> = (found.xattrs as Record<string, Uint8Array> | undefined) ?? Object.create(null);
    xattrs[key.slice(XATTR.length)] = Buffer.from(value);
    found.xattrs = xattrs;
    return;
  }
  if (key.startsWith('GNU.sparse.')) found.sparse = true;
  if (value.length === 0) return;
  switch (key) {
    case 'path': found.path = text(value); break;
    case 'linkpath': found.linkPath = text(value); break;
    case 'uname': found.uname = text(value); break;
    case 'gname': found.gname = text(value); break;
    case 'size': found.sizeBytes = integer(value); break;
    case 'uid': found.uid = integer(value); break;
    case 'gid': found.gid = integer(value); break;
    case 'mtime': found.mtimeNs = parsePaxTime(value.toString('latin1')); break;
  }
}

function text(value: Buffer): string {
  if (value.includes(0)) throw invalidHeader('PAX text holds a NUL');
  return value.toString('utf8');
}

function integer(value: Buffer): number {
  const digits = value.toString('latin1');
  const number = Number(digits);
  if (!/^\d+$/.test(digits) || !Number.isSafeInteger(number)) throw invalidHeader('PAX number out of range');
  return number;
}

/** `seconds[.fraction]`, possibly negative, to nanoseconds; digits past the ninth are cut. */
export function parsePaxTime(value: string): bigint {
  const match = /^(-?)(\d{1,18})(?:\.(\d*))?$/.exec(value);
  if (!match) throw invalidHeader('PAX time malformed');
  const ns = BigInt(match[2] as string) * 1_000_000_000n + BigInt((match[3] ?? '').slice(0, 9).padEnd(9, '0'));
  return match[1] ? -ns : ns;
}

/** Nanoseconds to PAX's decimal seconds, without trailing zeros. */
export function writePaxTime(ns: bigint): string {
  const magnitude = ns < 0n ? -ns : ns;
  const fraction = (magnitude % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '');
  return `${ns < 0n ? '-' : ''}${magnitude / 1_000_000_000n}${fraction ? `.${fraction}` : ''}`;
}

/** Writes records in the order given; each record's length counts its own digits. */
export function writePax(records: readonly (readonly [string, string | Uint8Array])[]): Buffer {
  const parts: Buffer[] = [];
  for (const [key, value] of records) {
    const rest = Buffer.concat([Buffer.from(` ${key}=`), typeof value === 'string' ? Buffer.from(value) : value, Buffer.from('\n')]);
    let length = rest.length + String(rest.length).length;
    if (rest.length + String(length).length !== length) length = rest.length + String(length).length;
    parts.push(Buffer.from(String(length)), rest);
  }
  return Buffer.concat(parts);
}

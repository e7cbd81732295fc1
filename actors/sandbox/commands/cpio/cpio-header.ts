// cpio's headers: newc and crc (hexadecimal), odc (octal), bin (16-bit words) (https://www.kernel.org/doc/html/latest/driver-api/early-userspace/buffer-format.html).
import { decode, encode } from '../../kernel/text.js';

export type CpioFormat = 'newc' | 'crc' | 'odc' | 'bin';

export interface CpioEntry {
  name: string;
  ino: number;
  mode: number;
  uid: number;
  gid: number;
  nlink: number;
  mtimeSeconds: number;
  sizeBytes: number;
  devMajor: number;
  devMinor: number;
  rdevMajor: number;
  rdevMinor: number;
  check: number;
}

export const TRAILER = 'TRAILER!!!';
export const HEADER_BYTES: Readonly<Record<CpioFormat, number>> = { newc: 110, crc: 110, odc: 76, bin: 26 };
/** Names and data are filled up to a multiple of this. */
export const ALIGNMENT: Readonly<Record<CpioFormat, number>> = { newc: 4, crc: 4, odc: 1, bin: 2 };

export const padding = (size: number, format: CpioFormat): number => (ALIGNMENT[format] - (size % ALIGNMENT[format])) % ALIGNMENT[format];

export function formatOf(head: Uint8Array): CpioFormat | undefined {
  const magic = Buffer.from(head.subarray(0, 6)).toString('latin1');
  if (magic === '070701') return 'newc';
  if (magic === '070702') return 'crc';
  if (magic === '070707') return 'odc';
  return head[0] === 0xc7 && head[1] === 0x71 ? 'bin' : undefined;
}

/** The entry without its name, and how long the name is (with its NUL). */
export function parseHeader(head: Uint8Array, format: CpioFormat): { entry: CpioEntry; nameBytes: number } {
  if (format === 'bin') return parseBinary(head);
  const text = Buffer.from(head).toString('latin1');
  if (format === 'odc') {
    const octal = (at: number, length: number): number => parseInt(text.slice(at, at + length), 8);
    const [device, rdevice] = [octal(6, 6), octal(42, 6)];
    return {
      nameBytes: octal(59, 6),
      entry: { name: '', devMajor: device >> 8, devMinor: device & 255, ino: octal(12, 6), mode: octal(18, 6), uid: octal(24, 6), gid: octal(30, 6), nlink: octal(36, 6), rdevMajor: rdevice >> 8, rdevMinor: rdevice & 255, mtimeSeconds: octal(48, 11), sizeBytes: octal(65, 11), check: 0 },
    };
  }
  const hex = (index: number): number => parseInt(text.slice(6 + index * 8, 14 + index * 8), 16);
  return {
    nameBytes: hex(11),
    entry: { name: '', ino: hex(0), mode: hex(1), uid: hex(2), gid: hex(3), nlink: hex(4), mtimeSeconds: hex(5), sizeBytes: hex(6), devMajor: hex(7), devMinor: hex(8), rdevMajor: hex(9), rdevMinor: hex(10), check: hex(12) },
  };
}

function parseBinary(head: Uint8Array): { entry: CpioEntry; nameBytes: number } {
  const data = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const word = (index: number): number => data.getUint16(index * 2, true);
  const long = (index: number): number => word(index) * 65536 + word(index + 1);
  return {
    nameBytes: word(10),
    entry: { name: '', devMajor: word(1) >> 8, devMinor: word(1) & 255, ino: word(2), mode: word(3), uid: word(4), gid: word(5), nlink: word(6), rdevMajor: word(7) >> 8, rdevMinor: word(7) & 255, mtimeSeconds: long(8), sizeBytes: long(11), check: 0 },
  };
}

/** Header, name and what fills them up. */
export function writeHeader(entry: CpioEntry, format: CpioFormat): Uint8Array {
  const name = Buffer.concat([encode(entry.name), Buffer.of(0)]);
  const { ino, mode, uid, gid, nlink, mtimeSeconds, sizeBytes, devMajor, devMinor, rdevMajor, rdevMinor, check } = entry;
  let head: Uint8Array;
  if (format === 'bin') {
    head = new Uint8Array(26);
    const data = new DataView(head.buffer);
    const device = (devMajor << 8) | devMinor;
    [0o070707, device, ino, mode, uid, gid, nlink, (rdevMajor << 8) | rdevMinor, Math.floor(mtimeSeconds / 65536), mtimeSeconds % 65536, name.length, Math.floor(sizeBytes / 65536), sizeBytes % 65536].forEach((word, i) => data.setUint16(i * 2, word & 0xffff, true));
  } else if (format === 'odc') {
    const octal = (value: number, length: number): string => value.toString(8).padStart(length, '0').slice(-length);
    head = encode(`070707${octal((devMajor << 8) | devMinor, 6)}${[ino, mode, uid, gid, nlink, (rdevMajor << 8) | rdevMinor].map((value) => octal(value, 6)).join('')}${octal(mtimeSeconds, 11)}${octal(name.length, 6)}${octal(sizeBytes, 11)}`);
  } else {
    const fields = [ino, mode, uid, gid, nlink, mtimeSeconds, sizeBytes, devMajor, devMinor, rdevMajor, rdevMinor, name.length, format === 'crc' ? check : 0];
    head = encode(`${format === 'crc' ? '070702' : '070701'}${fields.map((value) => (value >>> 0).toString(16).toUpperCase().padStart(8, '0')).join('')}`);
  }
  return Buffer.concat([head, name, new Uint8Array(padding(head.length + name.length, format))]);
}

export function nameOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decode(end < 0 ? bytes : bytes.subarray(0, end));
}

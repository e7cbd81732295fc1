// What kind of file some bytes are the beginning of, in words and as a media type.

export interface Kind {
  description: string;
  mime: string;
  /** As file(1) tells it with --mime-encoding. */
  charset: string;
}

const binary = (description: string, mime: string): Kind => ({ description, mime, charset: 'binary' });

const latin = (bytes: Uint8Array, from: number, to: number): string => Buffer.from(bytes.subarray(from, to)).toString('latin1');

const ELF_TYPES = ['no file type', 'relocatable', 'executable', 'shared object', 'core file'];
const MACHINES: Readonly<Record<number, string>> = { 3: 'Intel 80386', 8: 'MIPS', 20: 'PowerPC or cisco 4500', 21: '64-bit PowerPC or cisco 7500', 22: 'IBM S/390', 40: 'ARM, EABI5', 62: 'x86-64', 183: 'ARM aarch64', 243: 'UCB RISC-V' };

/** The notes of a program: its build id, and the system that it is for. */
function notes(bytes: Uint8Array, from: number, to: number, u32: (at: number) => number): string {
  let found = '';
  for (let at = from; at + 12 <= to; ) {
    const [nameBytes, contentBytes, type] = [u32(at), u32(at + 4), u32(at + 8)];
    const name = latin(bytes, at + 12, at + 12 + nameBytes);
    const content = at + 12 + (nameBytes + 3 & ~3);
    if (name === 'GNU\0' && type === 3) found += `, BuildID[${contentBytes === 20 ? 'sha1' : 'xxHash'}]=${Buffer.from(bytes.subarray(content, content + contentBytes)).toString('hex')}`;
    if (name === 'GNU\0' && type === 1) found += `, for GNU/Linux ${u32(content + 4)}.${u32(content + 8)}.${u32(content + 12)}`;
    at = content + (contentBytes + 3 & ~3);
  }
  return found;
}

function elf(bytes: Uint8Array): Kind {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const is64 = bytes[4] === 2;
  const isLittle = bytes[5] !== 2;
  const u16 = (at: number): number => (at + 2 <= bytes.length ? view.getUint16(at, isLittle) : 0);
  const u32 = (at: number): number => (at + 4 <= bytes.length ? view.getUint32(at, isLittle) : 0);
  const word = (at: number): number => (is64 ? (at + 8 <= bytes.length ? Number(view.getBigUint64(at, isLittle)) : 0) : u32(at));
  const type = u16(16);
  const start = word(is64 ? 32 : 28);
  const size = u16(is64 ? 54 : 42);
  const count = u16(is64 ? 56 : 44);
  let interpreter = '';
  let isDynamic = false;
  let noted = '';
  for (let i = 0; i < count; i++) {
    const at = start + i * size;
    const offset = word(at + (is64 ? 8 : 4));
    const length = word(at + (is64 ? 32 : 16));
    if (u32(at) === 2) isDynamic = true;
    if (u32(at) === 4) noted += notes(bytes, offset, Math.min(offset + length, bytes.length), u32);
    if (u32(at) === 3) interpreter = latin(bytes, offset, offset + length).replace(/\0.*$/s, '');
  }
  const sections = word(is64 ? 40 : 32);
  const hasSymbols = Array.from({ length: u16(is64 ? 60 : 48) }, (_, i) => u32(sections + i * u16(is64 ? 58 : 46) + 4)).includes(2);
  const isPie = type === 3 && interpreter !== '';
  const kind = isPie ? 'pie executable' : ELF_TYPES[type] ?? 'unknown type';
  const linked = type === 2 || type === 3 ? `, ${interpreter !== '' || isDynamic ? 'dynamically' : 'statically'} linked${interpreter === '' ? '' : `, interpreter ${interpreter}`}` : '';
  const description = `ELF ${is64 ? 64 : 32}-bit ${isLittle ? 'LSB' : 'MSB'} ${kind}, ${MACHINES[u16(18)] ?? `unknown arch 0x${u16(18).toString(16)}`}, version 1 (${bytes[7] === 3 ? 'GNU/Linux' : 'SYSV'})${linked}${noted}${type === 1 || type === 2 || type === 3 ? `, ${hasSymbols ? 'not stripped' : 'stripped'}` : ''}`;
  return binary(description, ['application/octet-stream', 'application/x-object', 'application/x-executable', isPie ? 'application/x-pie-executable' : 'application/x-sharedlib', 'application/x-coredump'][type] ?? 'application/octet-stream');
}

function gzip(bytes: Uint8Array, sizeBytes: number, tail: Uint8Array): Kind {
  const flags = bytes[3]!;
  const modified = Buffer.from(bytes.subarray(4, 8)).readUInt32LE();
  const name = (flags & 8) !== 0 ? `, was "${latin(bytes, 10, 10 + Math.max(0, bytes.subarray(10).indexOf(0)))}"` : '';
  const when = modified === 0 ? '' : `, last modified: ${new Date(modified * 1000).toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) ([\d:]+) GMT$/, (_, day: string, date: string, month: string, year: string, time: string) => `${day} ${month} ${date.replace(/^0/, ' ')} ${time} ${year}`)}`;
  const level = bytes[8] === 2 ? ', max compression' : bytes[8] === 4 ? ', max speed' : '';
  const system = { 0: 'FAT filesystem (MS-DOS, OS/2, NT)', 3: 'Unix' }[bytes[9]!];
  const original = sizeBytes < 8 ? '' : `, original size modulo 2^32 ${Buffer.from(tail).readUInt32LE(tail.length - 4)}`;
  return binary(`gzip compressed data${name}${when}${level}${system === undefined ? '' : `, from ${system}`}${original}`, 'application/gzip');
}

function png(bytes: Uint8Array): Kind {
  const at = Buffer.from(bytes);
  const colours: Readonly<Record<number, string>> = { 0: 'grayscale', 2: '/color RGB', 3: ' colormap', 4: 'gray+alpha', 6: '/color RGBA' };
  const colour = colours[at[25]!] ?? '';
  return binary(`PNG image data, ${at.readUInt32BE(16)} x ${at.readUInt32BE(20)}, ${at[24]}-bit${colour.startsWith('g') ? ` ${colour}` : colour}, ${at[28] === 1 ? '' : 'non-'}interlaced`, 'image/png');
}

function zip(bytes: Uint8Array): Kind {
  const version = bytes[4]!;
  const method = Buffer.from(bytes.subarray(8, 10)).readUInt16LE();
  return binary(`Zip archive data, at least v${Math.floor(version / 10)}.${version % 10} to extract, compression method=${{ 0: 'store', 8: 'deflate' }[method] ?? 'unknown'}`, 'application/zip');
}

interface Magic {
  at?: number;
  bytes: string;
  kind: Kind | ((bytes: Uint8Array, sizeBytes: number, tail: Uint8Array) => Kind);
}

const MAGICS: readonly Magic[] = [
  { bytes: '\x7fELF', kind: elf },
  { bytes: '\x1f\x8b', kind: gzip },
  { bytes: 'BZh', kind: (bytes) => binary(`bzip2 compressed data, block size = ${String.fromCharCode(bytes[3] ?? 0x39)}00k`, 'application/x-bzip2') },
  { bytes: '\xfd7zXZ\0', kind: (bytes) => binary(`XZ compressed data, checksum ${{ 0: 'NONE', 1: 'CRC32', 4: 'CRC64', 10: 'SHA-256' }[bytes[7] ?? 0] ?? 'unknown'}`, 'application/x-xz') },
  { bytes: '\x28\xb5\x2f\xfd', kind: binary('Zstandard compressed data (v0.8+), Dictionary ID: None', 'application/zstd') },
  { bytes: 'PK\x03\x04', kind: zip },
  { bytes: 'PK\x05\x06', kind: binary('Zip archive data (empty)', 'application/zip') },
  { at: 257, bytes: 'ustar  \0', kind: binary('POSIX tar archive (GNU)', 'application/x-tar') },
  { at: 257, bytes: 'ustar', kind: binary('POSIX tar archive', 'application/x-tar') },
  { bytes: '\x89PNG\r\n\x1a\n', kind: png },
  { bytes: 'GIF8', kind: (bytes) => binary(`GIF image data, version ${latin(bytes, 3, 6)}, ${Buffer.from(bytes).readUInt16LE(6)} x ${Buffer.from(bytes).readUInt16LE(8)}`, 'image/gif') },
  { bytes: '\xff\xd8\xff', kind: binary('JPEG image data', 'image/jpeg') },
  { bytes: '%PDF-', kind: (bytes) => binary(`PDF document, version ${latin(bytes, 5, 8)}`, 'application/pdf') },
  { bytes: '\0asm', kind: (bytes) => binary(`WebAssembly (wasm) binary module version 0x${(bytes[4] ?? 0).toString(16)} (MVP)`, 'application/wasm') },
  { bytes: '!<arch>\n', kind: binary('current ar archive', 'application/x-archive') },
  { bytes: '!<arch>\ndebian', kind: binary('Debian binary package (format 2.0)', 'application/vnd.debian.binary-package') },
  { bytes: 'SQLite format 3\0', kind: binary('SQLite 3.x database', 'application/vnd.sqlite3') },
  { bytes: '\xca\xfe\xba\xbe', kind: binary('compiled Java class data', 'application/x-java-applet') },
  { bytes: 'MZ', kind: binary('MS-DOS executable', 'application/x-dosexec') },
  { bytes: '070701', kind: binary('ASCII cpio archive (SVR4 with no CRC)', 'application/x-cpio') },
];

export function kindOfBytes(bytes: Uint8Array, sizeBytes: number, tail: Uint8Array): Kind | undefined {
  // The longest that fits says most.
  const fitting = MAGICS.filter(({ at = 0, bytes: magic }) => latin(bytes, at, at + magic.length) === magic).sort((a, b) => b.bytes.length - a.bytes.length)[0];
  if (fitting === undefined) return undefined;
  return typeof fitting.kind === 'function' ? fitting.kind(bytes, sizeBytes, tail) : fitting.kind;
}

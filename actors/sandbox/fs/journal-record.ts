// The records of an overlay's journal: parse/write pair. All numbers little-endian; an ino takes six bytes.
import type { FileType } from '../kernel/inode.js';
import { decode, encode } from '../kernel/text.js';

/*
 * inode  = 1, u32 length of the record, ino, u8 type, u8 content, u16 mode, u32 uid, u32 gid, u32 nlink, u32 major, u32 minor,
 *          f64 atime, f64 mtime, f64 ctime (ms), f64 size, f64 charged, u16 length of the target, u16 count of xattrs,
 *          target, xattrs (u16 length, u32 length, name, value), and for inline content its `size` bytes
 * gone   = 2, ino                                the inode is no more
 * entry  = 3, directory ino, ino (0 = hidden), u16 length, name
 * unset  = 4, directory ino, u16 length, name    the directory shows again what the layers have there (or nothing)
 */
const INODE = 1, GONE = 2, ENTRY = 3, UNSET = 4;
const INODE_FIXED_BYTES = 81;
const TYPES: readonly FileType[] = ['file', 'directory', 'symlink', 'fifo', 'character', 'block', 'socket'];

/** Where a file's bytes are: in the layer it came from, in this record, in a host file. */
export type ContentKind = 'layer' | 'inline' | 'file';
const KINDS: readonly ContentKind[] = ['layer', 'inline', 'file'];

export interface InodeRecord {
  ino: number;
  type: FileType;
  content: ContentKind;
  mode: number;
  uid: number;
  gid: number;
  nlink: number;
  rdevMajor: number;
  rdevMinor: number;
  atimeMs: number;
  mtimeMs: number;
  ctimeMs: number;
  sizeBytes: number;
  chargedBytes: number;
  target: string;
  extended: ReadonlyMap<string, Uint8Array> | undefined;
}

/** Builds the records of one frame in one growing buffer. */
export class RecordWriter {
  #buffer = Buffer.allocUnsafe(1 << 16);
  #at: number;
  readonly #start: number;

  /** `reservedBytes` are left free at the beginning, for a frame's header. */
  constructor(reservedBytes: number) {
    this.#start = this.#at = reservedBytes;
  }

  get lengthBytes(): number {
    return this.#at;
  }

  get isEmpty(): boolean {
    return this.#at === this.#start;
  }

  /** The frame so far, header included. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#at);
  }

  #reserve(bytes: number): Buffer {
    if (this.#at + bytes > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#at + bytes));
      this.#buffer.copy(grown, 0, 0, this.#at);
      this.#buffer = grown;
    }
    return this.#buffer;
  }

  /** Returns where in the frame the record begins. */
  inode(record: InodeRecord, inline: Uint8Array | undefined): number {
    const target = record.target === '' ? undefined : encode(record.target);
    const xattrs = [...(record.extended ?? [])].map(([name, value]) => ({ name: encode(name), value }));
    let length = INODE_FIXED_BYTES + (target?.length ?? 0) + (inline?.length ?? 0);
    for (const { name, value } of xattrs) length += 6 + name.length + value.length;
    const buffer = this.#reserve(length);
    const start = this.#at;
    let at = start;
    buffer[at] = INODE;
    buffer.writeUInt32LE(length, at + 1);
    buffer.writeUIntLE(record.ino, at + 5, 6);
    buffer[at + 11] = TYPES.indexOf(record.type);
    buffer[at + 12] = KINDS.indexOf(record.content);
    buffer.writeUInt16LE(record.mode, at + 13);
    buffer.writeUInt32LE(record.uid >>> 0, at + 15);
    buffer.writeUInt32LE(record.gid >>> 0, at + 19);
    buffer.writeUInt32LE(record.nlink, at + 23);
    buffer.writeUInt32LE(record.rdevMajor, at + 27);
    buffer.writeUInt32LE(record.rdevMinor, at + 31);
    buffer.writeDoubleLE(record.atimeMs, at + 35);
    buffer.writeDoubleLE(record.mtimeMs, at + 43);
    buffer.writeDoubleLE(record.ctimeMs, at + 51);
    buffer.writeDoubleLE(record.sizeBytes, at + 59);
    buffer.writeDoubleLE(record.chargedBytes, at + 67);
    buffer.writeUInt16LE(target?.length ?? 0, at + 75);
    buffer.writeUInt32LE(xattrs.length, at + 77);
    at += INODE_FIXED_BYTES;
    if (target) buffer.set(target, at);
    at += target?.length ?? 0;
    for (const { name, value } of xattrs) {
      buffer.writeUInt16LE(name.length, at);
      buffer.writeUInt32LE(value.length, at + 2);
      buffer.set(name, at + 6);
      buffer.set(value, at + 6 + name.length);
      at += 6 + name.length + value.length;
    }
    if (inline) buffer.set(inline, at);
    this.#at = start + length;
    return start;
  }

  /** A whole inode record as it was read. */
  raw(record: Uint8Array): number {
    const start = this.#at;
    this.#reserve(record.length).set(record, start);
    this.#at += record.length;
    return start;
  }

  gone(ino: number): void {
    const buffer = this.#reserve(7);
    buffer[this.#at] = GONE;
    buffer.writeUIntLE(ino, this.#at + 1, 6);
    this.#at += 7;
  }

  /** `ino` 0 hides what the layers have; undefined shows it again. */
  entry(directory: number, name: string, ino: number | undefined): void {
    const bytes = encode(name);
    const buffer = this.#reserve(15 + bytes.length);
    buffer[this.#at] = ino === undefined ? UNSET : ENTRY;
    buffer.writeUIntLE(directory, this.#at + 1, 6);
    let at = this.#at + 7;
    if (ino !== undefined) {
      buffer.writeUIntLE(ino, at, 6);
      at += 6;
    }
    buffer.writeUInt16LE(bytes.length, at);
    buffer.set(bytes, at + 2);
    this.#at = at + 2 + bytes.length;
  }
}

/** What a reader of records is told. */
export interface RecordSink {
  inode(ino: number, offset: number, lengthBytes: number, content: ContentKind, sizeBytes: number, chargedBytes: number): void;
  gone(ino: number): void;
  entry(directory: number, name: string, ino: number | undefined): void;
}

/** Goes through a frame whose checksum was right; RangeError would be a defect of the writer. */
export function readRecords(frame: Buffer, sink: RecordSink): void {
  for (let at = 0; at < frame.length; ) {
    const kind = frame[at];
    const ino = frame.readUIntLE(kind === INODE ? at + 5 : at + 1, 6);
    if (kind === INODE) {
      const length = frame.readUInt32LE(at + 1);
      sink.inode(ino, at, length, KINDS[frame[at + 12]!]!, frame.readDoubleLE(at + 59), frame.readDoubleLE(at + 67));
      at += length;
    } else if (kind === GONE) {
      sink.gone(ino);
      at += 7;
    } else if (kind === ENTRY || kind === UNSET) {
      const start = kind === ENTRY ? at + 13 : at + 7;
      const length = frame.readUInt16LE(start);
      sink.entry(ino, decode(frame.subarray(start + 2, start + 2 + length)), kind === ENTRY ? frame.readUIntLE(at + 7, 6) : undefined);
      at = start + 2 + length;
    } else {
      throw new RangeError(`unknown journal record ${kind}`);
    }
  }
}

/** One inode record; `inline` is a view. */
export function parseInode(record: Buffer): { record: InodeRecord; inline: Buffer } {
  let at = INODE_FIXED_BYTES;
  const target = decode(record.subarray(at, at + record.readUInt16LE(75)));
  at += record.readUInt16LE(75);
  const count = record.readUInt32LE(77);
  const extended = count > 0 ? new Map<string, Uint8Array>() : undefined;
  for (let i = 0; i < count; i++) {
    const nameEnd = at + 6 + record.readUInt16LE(at);
    const valueEnd = nameEnd + record.readUInt32LE(at + 2);
    extended!.set(decode(record.subarray(at + 6, nameEnd)), Uint8Array.from(record.subarray(nameEnd, valueEnd)));
    at = valueEnd;
  }
  return {
    inline: record.subarray(at),
    record: {
      ino: record.readUIntLE(5, 6), type: TYPES[record[11]!]!, content: KINDS[record[12]!]!, mode: record.readUInt16LE(13),
      uid: record.readUInt32LE(15), gid: record.readUInt32LE(19), nlink: record.readUInt32LE(23),
      rdevMajor: record.readUInt32LE(27), rdevMinor: record.readUInt32LE(31),
      atimeMs: record.readDoubleLE(35), mtimeMs: record.readDoubleLE(43), ctimeMs: record.readDoubleLE(51),
      sizeBytes: record.readDoubleLE(59), chargedBytes: record.readDoubleLE(67), target, extended,
    },
  };
}

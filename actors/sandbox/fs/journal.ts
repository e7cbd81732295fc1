// The append-only metadata journal of a container's changes: checksummed frames, a torn tail is cut, garbage is compacted away.
import fs from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { Errno, fromNodeError } from '../kernel/errno.js';
import { type ContentKind, type InodeRecord, parseInode, readRecords, RecordWriter } from './journal-record.js';

/*
 * File = header, frames. Header (24 bytes) = "SKLUPPER", u32 version, u32 layers, ino end of the layers (6 bytes), two zero bytes.
 * Frame = u32 length of the records, u32 crc32 of them, records. A frame is applied whole or not at all, and holds a state of the
 * file system between two operations, so whatever a crash leaves behind opens as some earlier state.
 */
const MAGIC = Buffer.from('SKLUPPER');
const VERSION = 1;
const HEADER_BYTES = 24;
export const FRAME_HEADER_BYTES = 8;
const FRAME_MAX_BYTES = 1 << 30;
const COMPACT_FROM_BYTES = 4 << 20;
const KINDS: readonly ContentKind[] = ['layer', 'inline', 'file'];

/** Where an inode's latest record is; `place` packs offset and kind into one number, as there may be very many. */
interface Latest {
  place: number;
  lengthBytes: number;
}

/** Which layers the changes are on top of. Changes on other layers would be nonsense. */
export interface Foundation {
  layers: number;
  inoEnd: number;
}

export class Journal {
  readonly #path: string;
  readonly #foundation: Foundation;
  readonly #inodes = new Map<number, Latest>();
  readonly #entries = new Map<number, Map<string, number>>();
  #fd: number | undefined;
  #endBytes = 0;
  #liveBytes = 0;
  /** The highest inode number ever seen. */
  inoMax = 0;
  /** Sums over the inodes, for quota and sizes; kept up by the owner after opening. */
  chargedBytes = 0;
  contentBytes = 0;

  /** EIO for a journal that was not made by us or on other layers. */
  constructor(file: string, foundation: Foundation) {
    this.#path = file;
    this.#foundation = foundation;
    try {
      this.#open();
    } catch (error) {
      this.dispose();
      throw fromNodeError(error);
    }
  }

  #open(): void {
    try {
      this.#fd = fs.openSync(this.#path, 'r+');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    const size = fs.fstatSync(this.#fd).size;
    const header = Buffer.alloc(HEADER_BYTES);
    if (size < HEADER_BYTES || fs.readSync(this.#fd, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) {
      // Killed while the very first bytes were written: nothing was kept yet.
      fs.ftruncateSync(this.#fd, 0);
      fs.closeSync(this.#fd);
      this.#fd = undefined;
      return;
    }
    if (!header.equals(this.#header())) throw new Errno('EIO');
    this.#endBytes = this.#replay(size);
    if (this.#endBytes < size) fs.ftruncateSync(this.#fd, this.#endBytes);
    if (this.#wasteful) this.#compact();
  }

  #header(): Buffer {
    const header = Buffer.alloc(HEADER_BYTES);
    MAGIC.copy(header);
    header.writeUInt32LE(VERSION, 8);
    header.writeUInt32LE(this.#foundation.layers, 12);
    header.writeUIntLE(this.#foundation.inoEnd, 16, 6);
    return header;
  }

  /** Takes in every whole frame; returns where the last one ends. */
  #replay(size: number): number {
    const charges = new Map<number, [charged: number, content: number]>();
    const head = Buffer.alloc(FRAME_HEADER_BYTES);
    let at = HEADER_BYTES;
    while (at + FRAME_HEADER_BYTES <= size) {
      fs.readSync(this.#fd!, head, 0, FRAME_HEADER_BYTES, at);
      const length = head.readUInt32LE(0);
      if (length === 0 || length > FRAME_MAX_BYTES || at + FRAME_HEADER_BYTES + length > size) break;
      const frame = Buffer.allocUnsafe(length);
      if (fs.readSync(this.#fd!, frame, 0, length, at + FRAME_HEADER_BYTES) < length) break;
      if (crc32(frame) !== head.readUInt32LE(4)) break;
      this.#apply(frame, at + FRAME_HEADER_BYTES, charges);
      at += FRAME_HEADER_BYTES + length;
    }
    for (const [charged, content] of charges.values()) {
      this.chargedBytes += charged;
      this.contentBytes += content;
    }
    return at;
  }

  #apply(frame: Buffer, base: number, charges?: Map<number, [number, number]>): void {
    readRecords(frame, {
      inode: (ino, offset, lengthBytes, content, sizeBytes, chargedBytes) => {
        this.#liveBytes += lengthBytes - (this.#inodes.get(ino)?.lengthBytes ?? 0);
        this.#inodes.set(ino, { place: (base + offset) * 4 + KINDS.indexOf(content), lengthBytes });
        if (ino > this.inoMax) this.inoMax = ino;
        charges?.set(ino, content === 'layer' ? [0, 0] : [chargedBytes, sizeBytes]);
      },
      gone: (ino) => {
        this.#liveBytes -= this.#inodes.get(ino)?.lengthBytes ?? 0;
        this.#inodes.delete(ino);
        this.#entries.delete(ino);
        charges?.delete(ino);
      },
      entry: (directory, name, ino) => this.#setEntry(directory, name, ino),
    });
  }

  #setEntry(directory: number, name: string, ino: number | undefined): void {
    let names = this.#entries.get(directory);
    if (ino === undefined) {
      if (names?.delete(name) === true) this.#liveBytes -= 17 + name.length;
      if (names?.size === 0) this.#entries.delete(directory);
      return;
    }
    if (!names) this.#entries.set(directory, (names = new Map()));
    if (!names.has(name)) this.#liveBytes += 17 + name.length;
    names.set(name, ino);
  }

  has(ino: number): boolean {
    return this.#inodes.has(ino);
  }

  /** Whether anything is kept about this inode or its entries. */
  knows(ino: number): boolean {
    return this.#inodes.has(ino) || this.#entries.has(ino);
  }

  /** Every inode something is kept about. */
  touched(): Set<number> {
    return new Set([...this.#inodes.keys(), ...this.#entries.keys()]);
  }

  get inodeCount(): number {
    return this.#inodes.size;
  }

  /** The changed entries of a directory: name -> ino, 0 for one that is hidden. */
  entriesOf(directory: number): ReadonlyMap<string, number> | undefined {
    return this.#entries.get(directory);
  }

  hasFile(ino: number): boolean {
    const latest = this.#inodes.get(ino);
    return latest !== undefined && KINDS[latest.place % 4] === 'file';
  }

  #raw(latest: Latest): Buffer {
    const bytes = Buffer.allocUnsafe(latest.lengthBytes);
    if (fs.readSync(this.#fd!, bytes, 0, bytes.length, Math.floor(latest.place / 4)) < bytes.length) throw new Errno('EIO');
    return bytes;
  }

  read(ino: number): InodeRecord | undefined {
    const latest = this.#inodes.get(ino);
    return latest && parseInode(this.#raw(latest)).record;
  }

  /** The bytes of a file whose content is inline, as last appended. */
  inline(ino: number): Buffer {
    const latest = this.#inodes.get(ino);
    if (!latest) throw new Errno('EIO');
    return parseInode(this.#raw(latest)).inline;
  }

  /** Appends a frame (its first FRAME_HEADER_BYTES are filled in here). When it throws, nothing was appended. */
  append(frame: Buffer): void {
    const records = frame.subarray(FRAME_HEADER_BYTES);
    if (records.length === 0) return;
    try {
      this.#fd ??= this.#create();
      writeAll(this.#fd, sealed(frame), this.#endBytes);
    } catch (error) {
      // The disk is full, say: the partial frame would be cut at the next opening, and is overwritten by the next append.
      throw fromNodeError(error);
    }
    this.#apply(records, this.#endBytes + FRAME_HEADER_BYTES);
    this.#endBytes += frame.length;
    if (this.#wasteful) this.#compact();
  }

  #create(): number {
    fs.mkdirSync(path.dirname(this.#path), { recursive: true, mode: 0o700 });
    const fd = fs.openSync(this.#path, fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_TRUNC, 0o600);
    writeAll(fd, this.#header(), 0);
    this.#endBytes = HEADER_BYTES;
    return fd;
  }

  get #wasteful(): boolean {
    return this.#endBytes > COMPACT_FROM_BYTES && this.#endBytes > 4 * this.#liveBytes;
  }

  /** Writes what is alive to a new file and puts it in the place of the old one; a crash in between leaves the old one. */
  #compact(): void {
    const temporary = `${this.#path}.new`;
    const fd = fs.openSync(temporary, fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_TRUNC, 0o600);
    writeAll(fd, this.#header(), 0);
    let end = HEADER_BYTES;
    let writer = new RecordWriter(FRAME_HEADER_BYTES);
    const finishFrame = (): void => {
      if (writer.isEmpty) return;
      writeAll(fd, sealed(writer.bytes), end);
      end += writer.lengthBytes;
      writer = new RecordWriter(FRAME_HEADER_BYTES);
    };
    const places = new Map<number, Latest>();
    for (const [ino, latest] of this.#inodes) {
      const offset = end + writer.raw(this.#raw(latest));
      places.set(ino, { place: offset * 4 + (latest.place % 4), lengthBytes: latest.lengthBytes });
      if (writer.lengthBytes > COMPACT_FROM_BYTES) finishFrame();
    }
    for (const [directory, names] of this.#entries) {
      for (const [name, ino] of names) writer.entry(directory, name, ino);
      if (writer.lengthBytes > COMPACT_FROM_BYTES) finishFrame();
    }
    finishFrame();
    fs.renameSync(temporary, this.#path);
    fs.closeSync(this.#fd!);
    this.#fd = fd;
    this.#endBytes = end;
    this.#liveBytes = end - HEADER_BYTES;
    for (const [ino, latest] of places) this.#inodes.set(ino, latest);
  }

  sync(): void {
    if (this.#fd !== undefined) fs.fsyncSync(this.#fd);
  }

  dispose(): void {
    if (this.#fd !== undefined) fs.closeSync(this.#fd);
    this.#fd = undefined;
  }
}

/** Fills in a frame's header. */
function sealed(frame: Buffer): Buffer {
  const records = frame.subarray(FRAME_HEADER_BYTES);
  frame.writeUInt32LE(records.length, 0);
  frame.writeUInt32LE(crc32(records), 4);
  return frame;
}

function writeAll(fd: number, bytes: Uint8Array, offset: number): void {
  for (let at = 0; at < bytes.length; ) at += fs.writeSync(fd, bytes, at, bytes.length - at, offset + at);
}

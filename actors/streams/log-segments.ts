// How a container's log lies on disk: numbered segment files of records that can be walked in both directions.
import fs from 'node:fs';
import path from 'node:path';

/*
 * A record, little-endian, one per chunk that the process wrote:
 *   0 u32 body length · 4 u8 flags · 5 u8 0x5c · 6 u16 zero · 8 u32 seconds since 1970 · 12 u32 nanoseconds · 16 body · then u32 body length
 * The second length lets a reader walk backwards (tail, since); the flags say where lines begin, so that it can stop there.
 * Times never go back within a log: the writer holds them.
 */

export type LogStream = 1 | 2;

export const HEAD_BYTES = 16;
export const TAIL_BYTES = 4;
export const RECORD_OVERHEAD_BYTES = HEAD_BYTES + TAIL_BYTES;
/** Longer chunks are written as several records, so that a reader's buffer always holds a whole one. */
export const BODY_LIMIT_BYTES = 256 * 1024;

const MARK = 0x5c;
const STREAM_BITS = 0x03;
/** Before this record, stdout stood at the beginning of a line. */
export const STDOUT_AT_LINE_START = 0x04;
/** Before this record, stderr stood at the beginning of a line. */
export const STDERR_AT_LINE_START = 0x08;

/** The flag that says `stream` stood at a line's beginning. */
export function lineStartFlag(stream: LogStream): number {
  return stream === 1 ? STDOUT_AT_LINE_START : STDERR_AT_LINE_START;
}

/** Writes a record's head and tail around a body of `sizeBytes` at `offset + HEAD_BYTES`. */
export function writeRecord(target: Buffer, offset: number, flags: number, seconds: number, nanos: number, sizeBytes: number): void {
  target.writeUInt32LE(sizeBytes, offset);
  target[offset + 4] = flags;
  target[offset + 5] = MARK;
  target[offset + 6] = 0;
  target[offset + 7] = 0;
  target.writeUInt32LE(seconds, offset + 8);
  target.writeUInt32LE(nanos, offset + 12);
  target.writeUInt32LE(sizeBytes, offset + HEAD_BYTES + sizeBytes);
}

/** Body length of the record at `offset`, or -1 if there is no whole record there (yet, or ever). */
export function recordBody(bytes: Buffer, offset: number, end: number): number {
  if (offset + RECORD_OVERHEAD_BYTES > end) return -1;
  const sizeBytes = bytes.readUInt32LE(offset);
  if (sizeBytes > BODY_LIMIT_BYTES || bytes[offset + 5] !== MARK || offset + RECORD_OVERHEAD_BYTES + sizeBytes > end) return -1;
  return bytes.readUInt32LE(offset + HEAD_BYTES + sizeBytes) === sizeBytes ? sizeBytes : -1;
}

export function recordStream(flags: number): LogStream {
  return (flags & STREAM_BITS) === 2 ? 2 : 1;
}

/** The path of a segment. */
export function segmentPath(dir: string, sequence: number): string {
  return path.join(dir, `${String(sequence).padStart(8, '0')}.log`);
}

/** Sequence numbers of the segments there are, ascending; empty if the log was never written. */
export function listSegments(dir: string): number[] {
  let names: string[];
  try {
    names = fs.readdirSync(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names.filter((name) => /^\d{8}\.log$/.test(name)).map((name) => Number(name.slice(0, 8))).sort((a, b) => a - b);
}

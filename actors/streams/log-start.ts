// Finds where in a log the last N lines, or the lines since a time, begin, by walking its records backwards.
import fs from 'node:fs';
import { HEAD_BYTES, lineStartFlag, listSegments, recordBody, recordStream, RECORD_OVERHEAD_BYTES, segmentPath, type LogStream } from './log-segments.js';

/** A place in a log: a byte of a record's body. */
export interface LogPlace {
  readonly sequence: number;
  /** Where the record begins in its segment. */
  readonly offset: number;
  /** How many bytes of its body to pass over. */
  readonly skipBytes: number;
}

/** Where to begin reading, for each stream; a stream that was not asked for is absent. */
export type LogStart = ReadonlyMap<LogStream, LogPlace>;

/** A moment as a log holds it. */
export interface LogTime {
  readonly seconds: number;
  readonly nanos: number;
}

/** Says how many bytes of a record to pass over; -1 for all of it. */
export interface RecordFilter {
  skip(stream: LogStream, offset: number): number;
}

const BEGINNING: LogPlace = { sequence: 0, offset: 0, skipBytes: 0 };
const WINDOW_BYTES = 1 << 20;

interface Found {
  readonly sequence: number;
  readonly offset: number;
  readonly flags: number;
  readonly seconds: number;
  readonly nanos: number;
  readonly body: Buffer;
}

/** Yields a log's records from the newest to the oldest. Bodies are views that hold until the next step only. */
function* backwards(dir: string): Generator<Found> {
  for (const sequence of listSegments(dir).reverse()) {
    let fd: number;
    try {
      fd = fs.openSync(segmentPath(dir, sequence), 'r');
    } catch (error) {
      // Rotated away since it was listed: nothing older is left either.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    try {
      yield* segmentBackwards(fd, sequence);
    } finally {
      fs.closeSync(fd);
    }
  }
}

function* segmentBackwards(fd: number, sequence: number): Generator<Found> {
  let end = fs.fstatSync(fd).size;
  const window = Buffer.allocUnsafe(Math.min(WINDOW_BYTES, end));
  while (end > 0) {
    const start = Math.max(0, end - window.length);
    const length = fs.readSync(fd, window, 0, end - start, start);
    let at = length;
    while (at >= RECORD_OVERHEAD_BYTES) {
      const size = window.readUInt32LE(at - 4);
      const head = at - size - RECORD_OVERHEAD_BYTES;
      if (head < 0) break;
      if (recordBody(window, head, at) !== size) break;
      const flags = window[head + 4] as number;
      yield { sequence, offset: start + head, flags, seconds: window.readUInt32LE(head + 8), nanos: window.readUInt32LE(head + 12), body: window.subarray(head + HEAD_BYTES, head + HEAD_BYTES + size) };
      at = head;
    }
    if (at === length) {
      // The writer is in the midst of its last record (or died there): step over it from the front.
      const whole = lastWhole(fd, start + length);
      if (whole >= end) return;
      end = whole;
    } else end = start + at;
  }
}

/** Where the last whole record ends, found by walking a segment from its beginning. */
function lastWhole(fd: number, limit: number): number {
  const buffer = Buffer.allocUnsafe(WINDOW_BYTES);
  let good = 0;
  for (;;) {
    const length = fs.readSync(fd, buffer, 0, Math.min(buffer.length, limit - good), good);
    let at = 0;
    for (let size = recordBody(buffer, at, length); size >= 0; size = recordBody(buffer, at, length)) at += size + RECORD_OVERHEAD_BYTES;
    good += at;
    if (at === 0) return good;
  }
}

/**
 * Finds the start of the last `lines` lines of the streams asked for, and not before `since`. As dockerd counts, a line belongs to
 * the moment its newline was written, lines of both streams count together, and an unfinished last line is a line.
 */
export function findLogStart(dir: string, streams: readonly LogStream[], lines: number, since: LogTime | undefined): LogStart {
  const starts = new Map<LogStream, LogPlace>();
  if (lines === Infinity && !since) return new Map(streams.map((stream) => [stream, BEGINNING]));
  let count = 0;
  let newest = true;
  for (const record of backwards(dir)) {
    const own = recordStream(record.flags);
    if (newest) {
      newest = false;
      count = countUnfinished(record, own, streams, lines, starts);
    }
    const early = since !== undefined && (record.seconds < since.seconds || (record.seconds === since.seconds && record.nanos < since.nanos));
    if (streams.includes(own) && !starts.has(own)) {
      for (let at = record.body.lastIndexOf(0x0a); at >= 0; at = at === 0 ? -1 : record.body.lastIndexOf(0x0a, at - 1)) {
        if (count < lines && !early) {
          count += 1;
          continue;
        }
        starts.set(own, { sequence: record.sequence, offset: record.offset, skipBytes: at + 1 });
        break;
      }
    }
    if (count >= lines || early) {
      for (const stream of streams) if (!starts.has(stream) && record.flags & lineStartFlag(stream)) starts.set(stream, { sequence: record.sequence, offset: record.offset, skipBytes: 0 });
    }
    if (starts.size === streams.length) return starts;
  }
  for (const stream of streams) if (!starts.has(stream)) starts.set(stream, BEGINNING);
  return starts;
}

/** Counts the lines without a newline at the log's end; those there is no room for start after the end. */
function countUnfinished(record: Found, own: LogStream, streams: readonly LogStream[], lines: number, starts: Map<LogStream, LogPlace>): number {
  let count = 0;
  // The stream written last has the last line.
  const order = [...streams].sort((a) => (a === own ? -1 : 1));
  for (const stream of order) {
    const finished = stream === own ? record.body[record.body.length - 1] === 0x0a : (record.flags & lineStartFlag(stream)) !== 0;
    if (finished && lines > 0) continue;
    if (!finished && count < lines) count += 1;
    else starts.set(stream, { sequence: record.sequence, offset: record.offset, skipBytes: stream === own ? record.body.length : 0 });
  }
  return count;
}

// Reads a container's log as Docker's clients want it: tail, since, until, timestamps, one stream or both, following or not.
import fs from 'node:fs/promises';
import { setMaxListeners } from 'node:events';
import { FRAME_HEADER_BYTES, writeFrameHeader } from './frames.js';
import { LineFormatter } from './log-lines.js';
import { HEAD_BYTES, listSegments, recordBody, recordStream, RECORD_OVERHEAD_BYTES, segmentPath, type LogStream } from './log-segments.js';
import { findLogStart, type LogPlace, type LogStart, type LogTime, type RecordFilter } from './log-start.js';

/** What to read. Times are nanoseconds since 1970, inclusive at both ends. */
export interface LogQuery {
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** How many lines from the end, of both streams together; absent for all. */
  readonly tailLines?: number;
  readonly sinceNs?: bigint;
  readonly untilNs?: bigint;
  /** A frame for each line, as dockerd has it, and not for as many as come together. */
  readonly lineFrames?: boolean;
  readonly timestamps?: boolean;
  /** Text before each line, after its timestamp (the `details` option), with its own trailing blank. */
  readonly details?: string;
  /** A terminal's output goes out bare, everything else in frames. */
  readonly raw?: boolean;
  /** Present to go on reading until the log ends. */
  readonly follow?: LogSignal;
  readonly abort?: AbortSignal;
}

/** Tells followers that a log has grown or is complete. One per running container, in the thread that serves readers. */
export class LogSignal {
  #version = 0;
  #ended = false;
  #waiting = new Set<() => void>();

  get version(): number {
    return this.#version;
  }

  /** Followers that wait for more. */
  get waiting(): number {
    return this.#waiting.size;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Call after each append (or once for several). */
  notify(): void {
    this.#version += 1;
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }

  /** Call when nothing more will be written. */
  end(): void {
    this.#ended = true;
    this.notify();
  }

  /** Resolves when the version is no longer `seen`, or on abort. */
  async changed(seen: number, abort: AbortSignal | undefined): Promise<void> {
    if (this.#version !== seen || abort?.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        abort?.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
      abort?.addEventListener('abort', wake, { once: true });
    });
  }
}

const READ_BYTES = 1 << 20;

/** Yields big buffers ready to be sent. Each is the consumer's own. Throws the file system's own errors. */
export async function* readLog(dir: string, query: LogQuery): AsyncGenerator<Uint8Array> {
  const streams: LogStream[] = [];
  if (query.stdout) streams.push(1);
  if (query.stderr) streams.push(2);
  if (query.abort) setMaxListeners(0, query.abort);
  const since = query.sinceNs === undefined ? undefined : logTime(query.sinceNs);
  const start = findLogStart(dir, streams, query.tailLines ?? Infinity, since);
  const byLine = query.timestamps || query.details || since || query.untilNs !== undefined || query.lineFrames;
  const format = byLine ? new LineFormatter(query, since, query.untilNs === undefined ? undefined : logTime(query.untilNs)) : undefined;
  const walk = new LogWalk(dir, start);
  try {
    for (;;) {
      const seen = query.follow?.version ?? 0;
      const last = !query.follow || query.follow.ended;
      for await (const block of walk.blocks()) {
        if (query.abort?.aborted) return;
        const filter = walk.filter;
        const out = format ? format.block(block.bytes, block.length, filter) : compact(block.bytes, block.length, filter, query.raw ?? false);
        if (out.length > 0) yield out;
        if (format?.past) break;
      }
      if (last || format?.past || query.abort?.aborted) break;
      await query.follow?.changed(seen, query.abort);
    }
    const rest = format?.finish();
    if (rest && rest.length > 0) yield rest;
  } finally {
    await walk.close();
  }
}

function logTime(ns: bigint): LogTime {
  if (ns <= 0n) return { seconds: 0, nanos: 0 };
  return { seconds: Number(ns / 1_000_000_000n), nanos: Number(ns % 1_000_000_000n) };
}

/** Steps through the segments, giving blocks of whole records; goes on where it stopped when called again. */
class LogWalk implements RecordFilter {
  readonly #dir: string;
  readonly #start: LogStart;
  #file: fs.FileHandle | undefined;
  #sequence: number;
  #offset: number;
  #blockOffset = 0;

  constructor(dir: string, start: LogStart) {
    this.#dir = dir;
    this.#start = start;
    const first = [...start.values()].reduce((a: LogPlace, b: LogPlace) => (a.sequence < b.sequence || (a.sequence === b.sequence && a.offset <= b.offset) ? a : b));
    this.#sequence = first.sequence;
    this.#offset = first.offset;
  }

  async *blocks(): AsyncGenerator<{ bytes: Buffer; length: number }> {
    for (;;) {
      // Listed before reading: a segment with a successor gets no more records, so its end is final.
      const segments = listSegments(this.#dir);
      if (!this.#file && !(await this.#open(segments))) return;
      for (let block = await this.#read(); block; block = await this.#read()) yield block;
      const next = segments.find((sequence) => sequence > this.#sequence);
      if (next === undefined) return;
      await this.close();
      this.#sequence = next;
      this.#offset = 0;
    }
  }

  /** What to pass over in the block just given; undefined if nothing, as is usual for all but the first. */
  get filter(): RecordFilter | undefined {
    const begun = (place: LogPlace | undefined): boolean => place !== undefined && (this.#sequence > place.sequence || (this.#sequence === place.sequence && this.#blockOffset > place.offset));
    return begun(this.#start.get(1)) && begun(this.#start.get(2)) ? undefined : this;
  }

  skip(stream: LogStream, offset: number): number {
    const place = this.#start.get(stream);
    if (!place) return -1;
    if (this.#sequence !== place.sequence) return this.#sequence > place.sequence ? 0 : -1;
    const absolute = this.#blockOffset + offset;
    return absolute > place.offset ? 0 : absolute === place.offset ? place.skipBytes : -1;
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #open(segments: readonly number[]): Promise<boolean> {
    for (const sequence of segments) {
      if (sequence < this.#sequence) continue;
      try {
        this.#file = await fs.open(segmentPath(this.#dir, sequence), 'r');
      } catch (error) {
        // Rotated away meanwhile, as happens to a slow reader: go on with what is left.
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
        throw error;
      }
      if (sequence !== this.#sequence) this.#offset = 0;
      this.#sequence = sequence;
      return true;
    }
    return false;
  }

  async #read(): Promise<{ bytes: Buffer; length: number } | undefined> {
    const file = this.#file as fs.FileHandle;
    const left = (await file.stat()).size - this.#offset;
    if (left < RECORD_OVERHEAD_BYTES) return undefined;
    const bytes = Buffer.allocUnsafeSlow(Math.min(READ_BYTES, left));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, this.#offset);
    let length = 0;
    for (let size = recordBody(bytes, 0, bytesRead); size >= 0; size = recordBody(bytes, length, bytesRead)) length += size + RECORD_OVERHEAD_BYTES;
    if (length === 0) return undefined;
    this.#blockOffset = this.#offset;
    this.#offset += length;
    return { bytes, length };
  }
}

/** Turns records into frames in place, one frame for each run of the same stream: a frame's header is shorter than a record's. */
function compact(bytes: Buffer, length: number, filter: RecordFilter | undefined, raw: boolean): Uint8Array {
  let out = 0;
  let frameAt = -1;
  let frameStream: LogStream = 1;
  for (let at = 0; at < length; ) {
    const size = bytes.readUInt32LE(at);
    const stream = recordStream(bytes[at + 4] as number);
    const skip = filter ? filter.skip(stream, at) : 0;
    const from = at + HEAD_BYTES + skip;
    const end = at + HEAD_BYTES + size;
    at = end + RECORD_OVERHEAD_BYTES - HEAD_BYTES;
    if (skip < 0 || from >= end) continue;
    if (!raw && (frameAt < 0 || stream !== frameStream)) {
      if (frameAt >= 0) writeFrameHeader(bytes, frameAt, frameStream, out - frameAt - FRAME_HEADER_BYTES);
      frameAt = out;
      frameStream = stream;
      out += FRAME_HEADER_BYTES;
    }
    bytes.copyWithin(out, from, end);
    out += end - from;
  }
  if (frameAt >= 0) writeFrameHeader(bytes, frameAt, frameStream, out - frameAt - FRAME_HEADER_BYTES);
  return bytes.subarray(0, out);
}

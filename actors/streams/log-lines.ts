// Turns log records into lines: joins parts, drops what lies outside the times asked for, and puts the timestamp before each.
import { FRAME_HEADER_BYTES, writeFrameHeader } from './frames.js';
import { HEAD_BYTES, recordStream, RECORD_OVERHEAD_BYTES, type LogStream } from './log-segments.js';
import type { LogTime, RecordFilter } from './log-start.js';

/** An endless line is given out in pieces of this size, as only the first has a timestamp this changes nothing for a client. */
const LINE_LIMIT_BYTES = 1 << 20;
const STAMP_BYTES = 31;

interface Pending {
  parts: Buffer[];
  sizeBytes: number;
  /** The line's first piece is already out. */
  open: boolean;
  seconds: number;
  nanos: number;
}

export interface LineOptions {
  readonly timestamps?: boolean;
  readonly details?: string;
  readonly raw?: boolean;
}

/** Formats records line by line, one frame each. Feed blocks of whole records in order, then `finish`. */
export class LineFormatter {
  readonly #stamps: boolean;
  readonly #details: Buffer;
  readonly #headBytes: number;
  readonly #since: LogTime | undefined;
  readonly #until: LogTime | undefined;
  readonly #pending = new Map<LogStream, Pending>();
  #out = Buffer.alloc(0);
  #fill = 0;
  #stampSeconds = -1;
  #stamp = Buffer.alloc(STAMP_BYTES);
  #past = false;

  constructor(options: LineOptions, since: LogTime | undefined, until: LogTime | undefined) {
    this.#stamps = options.timestamps ?? false;
    this.#details = Buffer.from(options.details ?? '');
    this.#headBytes = options.raw ? 0 : FRAME_HEADER_BYTES;
    this.#since = since;
    this.#until = until;
  }

  /** True once a record later than `until` was met: the log is read as if it had ended before it. */
  get past(): boolean {
    return this.#past;
  }

  block(bytes: Buffer, length: number, filter: RecordFilter | undefined): Uint8Array {
    this.#out = Buffer.allocUnsafeSlow(length * 2 + 4096);
    this.#fill = 0;
    for (let at = 0; at < length && !this.#past; ) {
      const size = bytes.readUInt32LE(at);
      const stream = recordStream(bytes[at + 4] as number);
      const seconds = bytes.readUInt32LE(at + 8);
      const nanos = bytes.readUInt32LE(at + 12);
      if (this.#until && later(seconds, nanos, this.#until)) {
        this.#past = true;
        break;
      }
      const skip = filter ? filter.skip(stream, at) : 0;
      const end = at + HEAD_BYTES + size;
      if (skip >= 0) this.#lines(stream, bytes, at + HEAD_BYTES + skip, end, seconds, nanos);
      at = end + RECORD_OVERHEAD_BYTES - HEAD_BYTES;
    }
    return this.#out.subarray(0, this.#fill);
  }

  /** Gives out the lines that never got their newline. */
  finish(): Uint8Array {
    this.#out = Buffer.allocUnsafeSlow(4096);
    this.#fill = 0;
    for (const [stream, line] of this.#pending) if (line.sizeBytes > 0) this.#emit(stream, line, Buffer.alloc(0), 0, 0);
    this.#pending.clear();
    return this.#out.subarray(0, this.#fill);
  }

  #lines(stream: LogStream, bytes: Buffer, from: number, end: number, seconds: number, nanos: number): void {
    let line = this.#pending.get(stream);
    for (let at = from; at < end; ) {
      const newline = bytes.indexOf(0x0a, at);
      const finished = newline >= 0 && newline < end;
      const stop = finished ? newline + 1 : end;
      if (finished && !line) {
        this.#put(stream, bytes, at, stop, seconds, nanos, true);
      } else {
        line ??= { parts: [], sizeBytes: 0, open: false, seconds, nanos };
        line.seconds = seconds;
        line.nanos = nanos;
        if (finished) this.#emit(stream, line, bytes, at, stop);
        else this.#hold(stream, line, bytes.subarray(at, stop));
        if (finished) line = undefined;
      }
      at = stop;
    }
    // Re-inserted, so that finish() gives the stream written last its line last.
    this.#pending.delete(stream);
    if (line) this.#pending.set(stream, line);
  }

  #hold(stream: LogStream, line: Pending, part: Buffer): void {
    line.parts.push(Buffer.from(part));
    line.sizeBytes += part.length;
    if (line.sizeBytes < LINE_LIMIT_BYTES) return;
    this.#emit(stream, line, Buffer.alloc(0), 0, 0);
    line.parts = [];
    line.sizeBytes = 0;
    line.open = true;
  }

  #emit(stream: LogStream, line: Pending, bytes: Buffer, from: number, end: number): void {
    const whole = Buffer.concat([...line.parts, bytes.subarray(from, end)]);
    this.#put(stream, whole, 0, whole.length, line.seconds, line.nanos, !line.open);
  }

  #put(stream: LogStream, bytes: Buffer, from: number, end: number, seconds: number, nanos: number, first: boolean): void {
    if (this.#since && later(this.#since.seconds, this.#since.nanos, { seconds, nanos })) return;
    const prefixBytes = first ? (this.#stamps ? STAMP_BYTES : 0) + this.#details.length : 0;
    const need = this.#headBytes + prefixBytes + end - from;
    if (this.#out.length - this.#fill < need) this.#grow(need);
    if (this.#headBytes > 0) writeFrameHeader(this.#out, this.#fill, stream, prefixBytes + end - from);
    this.#fill += this.#headBytes;
    if (first && this.#stamps) this.#writeStamp(seconds, nanos);
    if (first && this.#details.length > 0) this.#fill += this.#details.copy(this.#out, this.#fill);
    bytes.copy(this.#out, this.#fill, from, end);
    this.#fill += end - from;
  }

  #grow(need: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#out.length * 2, this.#fill + need));
    this.#out.copy(larger, 0, 0, this.#fill);
    this.#out = larger;
  }

  /** RFC 3339 with all nine digits, as dockerd writes it; the seconds part is made once a second. */
  #writeStamp(seconds: number, nanos: number): void {
    if (seconds !== this.#stampSeconds) {
      this.#stampSeconds = seconds;
      this.#stamp.write(`${new Date(seconds * 1000).toISOString().slice(0, 19)}.000000000Z `, 'latin1');
    }
    let rest = nanos;
    for (let at = 28; at >= 20; at--) {
      this.#stamp[at] = 0x30 + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    this.#fill += this.#stamp.copy(this.#out, this.#fill);
  }
}

function later(seconds: number, nanos: number, than: LogTime): boolean {
  return seconds > than.seconds || (seconds === than.seconds && nanos > than.nanos);
}

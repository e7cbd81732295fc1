// Appends a container's output to its log, synchronously, so that it works from any thread and survives a kill after each call.
import fs from 'node:fs';
import { BODY_LIMIT_BYTES, HEAD_BYTES, lineStartFlag, listSegments, recordBody, recordStream, RECORD_OVERHEAD_BYTES, segmentPath, STDERR_AT_LINE_START, STDOUT_AT_LINE_START, writeRecord, type LogStream } from './log-segments.js';

/** json-file's rotation options: a segment holds up to `maxSizeBytes` (default no limit), `maxFiles` of them are kept (default 1). */
export interface LogLimits {
  readonly maxSizeBytes?: number;
  readonly maxFiles?: number;
}

/** Holds what most writes bring; a log that nothing is written to holds none. */
const SCRATCH_BYTES = 64 * 1024;

const BOTH_AT_LINE_START = STDOUT_AT_LINE_START | STDERR_AT_LINE_START;

/**
 * The one writer of a log directory. Opening cuts a torn last record, as a kill may leave one when the disk is full or the
 * power fails. A rotation makes the new segment first and deletes old ones after; killed in between, the next one deletes them.
 */
export class LogWriter {
  readonly #dir: string;
  readonly #maxSizeBytes: number;
  readonly #maxFiles: number;
  #fd: number;
  #sequence: number;
  #sizeBytes = 0;
  #lineStarts = BOTH_AT_LINE_START;
  #seconds = 0;
  #nanos = 0;
  #scratch = Buffer.allocUnsafe(0);

  constructor(dir: string, limits: LogLimits = {}) {
    this.#dir = dir;
    this.#maxSizeBytes = limits.maxSizeBytes && limits.maxSizeBytes > 0 ? limits.maxSizeBytes : Infinity;
    this.#maxFiles = Math.max(1, limits.maxFiles ?? 1);
    fs.mkdirSync(dir, { recursive: true });
    const segments = listSegments(dir);
    this.#sequence = segments.at(-1) ?? 1;
    this.#fd = fs.openSync(segmentPath(dir, this.#sequence), 'a+', 0o600);
    this.#sizeBytes = this.#recover(this.#fd);
    fs.ftruncateSync(this.#fd, this.#sizeBytes);
    const before = segments.at(-2);
    if (this.#sizeBytes === 0 && before !== undefined) this.#recoverFrom(before);
  }

  /** Appends one chunk. `timeNs` is nanoseconds since 1970, by default now. Throws the file system's own error (ENOSPC, EIO). */
  append(stream: LogStream, bytes: Uint8Array, timeNs?: bigint): void {
    this.#setTime(timeNs);
    for (let at = 0; at < bytes.length; at += BODY_LIMIT_BYTES) this.#write(stream, bytes.subarray(at, at + BODY_LIMIT_BYTES));
  }

  /** Bytes on disk in the current segment. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  close(): void {
    fs.closeSync(this.#fd);
  }

  #setTime(timeNs: bigint | undefined): void {
    let seconds: number;
    let nanos: number;
    if (timeNs === undefined) {
      const nowMs = performance.timeOrigin + performance.now();
      seconds = Math.floor(nowMs / 1000);
      nanos = Math.floor((nowMs - seconds * 1000) * 1e6);
    } else {
      seconds = Number(timeNs / 1_000_000_000n);
      nanos = Number(timeNs % 1_000_000_000n);
    }
    if (seconds > this.#seconds || (seconds === this.#seconds && nanos > this.#nanos)) {
      this.#seconds = seconds;
      this.#nanos = nanos;
    }
  }

  #write(stream: LogStream, body: Uint8Array): void {
    const total = RECORD_OVERHEAD_BYTES + body.length;
    if (this.#sizeBytes > 0 && this.#sizeBytes + total > this.#maxSizeBytes) this.#rotate();
    if (this.#scratch.length < total) this.#scratch = Buffer.allocUnsafe(total > SCRATCH_BYTES ? BODY_LIMIT_BYTES + RECORD_OVERHEAD_BYTES : SCRATCH_BYTES);
    const record = this.#scratch;
    record.set(body, HEAD_BYTES);
    writeRecord(record, 0, stream | this.#lineStarts, this.#seconds, this.#nanos, body.length);
    let written = 0;
    try {
      while (written < total) written += fs.writeSync(this.#fd, record, written, total - written);
    } catch (error) {
      // A half-written record would hide all that follows it.
      fs.ftruncateSync(this.#fd, this.#sizeBytes);
      throw error;
    }
    this.#sizeBytes += total;
    this.#noteLine(stream, body[body.length - 1]);
  }

  #noteLine(stream: LogStream, lastByte: number | undefined): void {
    if (lastByte === 0x0a) this.#lineStarts |= lineStartFlag(stream);
    else this.#lineStarts &= ~lineStartFlag(stream);
  }

  #rotate(): void {
    const next = this.#sequence + 1;
    const fd = fs.openSync(segmentPath(this.#dir, next), 'a+', 0o600);
    fs.closeSync(this.#fd);
    this.#fd = fd;
    this.#sequence = next;
    this.#sizeBytes = 0;
    for (const old of listSegments(this.#dir)) if (old <= next - this.#maxFiles) fs.rmSync(segmentPath(this.#dir, old), { force: true });
  }

  #recoverFrom(sequence: number): void {
    const fd = fs.openSync(segmentPath(this.#dir, sequence), 'r');
    try {
      this.#recover(fd);
    } finally {
      fs.closeSync(fd);
    }
  }

  /** Walks a segment, takes over times and line states, and returns where its last whole record ends. */
  #recover(fd: number): number {
    const buffer = Buffer.allocUnsafe(Math.min(fs.fstatSync(fd).size, 4 * BODY_LIMIT_BYTES));
    let good = 0;
    for (;;) {
      const length = fs.readSync(fd, buffer, 0, buffer.length, good);
      let at = 0;
      for (let size = recordBody(buffer, at, length); size >= 0; size = recordBody(buffer, at, length)) {
        this.#lineStarts = (buffer[at + 4] as number) & BOTH_AT_LINE_START;
        this.#noteLine(recordStream(buffer[at + 4] as number), buffer[at + HEAD_BYTES + size - 1]);
        this.#seconds = buffer.readUInt32LE(at + 8);
        this.#nanos = buffer.readUInt32LE(at + 12);
        at += size + RECORD_OVERHEAD_BYTES;
      }
      good += at;
      if (at === 0) return good;
    }
  }
}

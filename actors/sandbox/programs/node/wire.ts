// The words between a machine and its Node child: frames of JSON and bytes over inherited pipes.

/** A call (its answer is awaited by the blocked child), or an asynchronous request when it has an `id`. */
export interface NodeRequest {
  readonly op: string;
  readonly id?: number;
  readonly bytes: Buffer;
  readonly [field: string]: unknown;
}

/** An answer: a value, or the name of a failed call's error. */
export type NodeAnswer = { value: unknown; bytes?: Uint8Array } | { errno: string };

/** Descriptors of the child beside its standard ones: requests out, answers in, events in. */
export const REQUESTS_FD = 3, ANSWERS_FD = 4, EVENTS_FD = 5;
const HEADER_BYTES = 8;

/** [length of the JSON, length of the bytes] as little-endian 32 bit numbers, then both. */
export function writeFrame(message: object, bytes: Uint8Array = new Uint8Array(0)): Buffer {
  const json = Buffer.from(JSON.stringify(message));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(json.length, 0);
  header.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([header, json, bytes]);
}

/** Cuts a stream of chunks into frames. */
export class FrameReader {
  #parts: Buffer[] = [];
  #sizeBytes = 0;
  #wantedBytes = HEADER_BYTES;

  push(chunk: Buffer): void {
    this.#parts.push(chunk);
    this.#sizeBytes += chunk.length;
  }

  /** The next whole frame, if it is here. */
  next(): NodeRequest | undefined {
    if (this.#sizeBytes < this.#wantedBytes) return undefined;
    const all = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
    this.#parts = [all];
    const jsonEnd = HEADER_BYTES + all.readUInt32LE(0);
    const end = jsonEnd + all.readUInt32LE(4);
    this.#wantedBytes = end;
    if (all.length < end) return undefined;
    const message = JSON.parse(all.toString('utf8', HEADER_BYTES, jsonEnd)) as object;
    this.#wantedBytes = HEADER_BYTES;
    this.#sizeBytes = all.length - end;
    this.#parts = this.#sizeBytes > 0 ? [all.subarray(end)] : [];
    return { ...(message as { op: string }), bytes: all.subarray(jsonEnd, end) };
  }
}

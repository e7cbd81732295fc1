// Docker's raw-stream frames: writes the 8-byte header and takes a stream of frames apart again.

/** Which of a process's streams a frame belongs to: 0 stdin (echoed), 1 stdout, 2 stderr, 3 an error text of the daemon. */
export type FrameStream = 0 | 1 | 2 | 3;

/** One frame's payload; a large frame arrives in several pieces, each as soon as its bytes are there. */
export interface FramePiece {
  readonly stream: FrameStream;
  readonly bytes: Uint8Array;
}

export const FRAME_HEADER_BYTES = 8;

/**
 * Writes a frame header into `target` at `offset`: stream, three zeros, payload length big-endian.
 * @see https://docs.docker.com/reference/api/engine/version/v1.50/#tag/Container/operation/ContainerAttach
 */
export function writeFrameHeader(target: Uint8Array, offset: number, stream: FrameStream, sizeBytes: number): void {
  target[offset] = stream;
  target[offset + 1] = 0;
  target[offset + 2] = 0;
  target[offset + 3] = 0;
  target[offset + 4] = sizeBytes >>> 24;
  target[offset + 5] = sizeBytes >>> 16;
  target[offset + 6] = sizeBytes >>> 8;
  target[offset + 7] = sizeBytes;
}

/** One frame as header and payload, for a single vectored write without copying the payload. */
export function frameHeader(stream: FrameStream, sizeBytes: number): Uint8Array {
  const header = new Uint8Array(FRAME_HEADER_BYTES);
  writeFrameHeader(header, 0, stream, sizeBytes);
  return header;
}

/** One frame in one buffer. */
export function frame(stream: FrameStream, bytes: Uint8Array): Uint8Array {
  const whole = Buffer.allocUnsafe(FRAME_HEADER_BYTES + bytes.length);
  writeFrameHeader(whole, 0, stream, bytes.length);
  whole.set(bytes, FRAME_HEADER_BYTES);
  return whole;
}

/**
 * Takes frames apart incrementally: feed chunks of any size, get payload pieces (views on the chunk, no copies).
 * Throws RangeError on a header no daemon writes, because nothing after it can be trusted.
 */
export class FrameParser {
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES);
  #headerFill = 0;
  #bodyLeft = 0;
  #stream: FrameStream = 1;

  /** True between frames: an input that ends elsewhere was cut. */
  get idle(): boolean {
    return this.#headerFill === 0 && this.#bodyLeft === 0;
  }

  *push(chunk: Uint8Array): Generator<FramePiece> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#bodyLeft === 0) {
        at = this.#readHeader(chunk, at);
        continue;
      }
      const end = Math.min(chunk.length, at + this.#bodyLeft);
      this.#bodyLeft -= end - at;
      yield { stream: this.#stream, bytes: chunk.subarray(at, end) };
      at = end;
    }
  }

  #readHeader(chunk: Uint8Array, at: number): number {
    const header = this.#header;
    while (this.#headerFill < FRAME_HEADER_BYTES && at < chunk.length) header[this.#headerFill++] = chunk[at++] as number;
    if (this.#headerFill < FRAME_HEADER_BYTES) return at;
    const stream = header[0] as number;
    if (stream > 3 || header[1] !== 0 || header[2] !== 0 || header[3] !== 0) throw new RangeError(`unrecognized stream: ${stream}`);
    this.#headerFill = 0;
    this.#stream = stream as FrameStream;
    this.#bodyLeft = (header[4] as number) * 0x1000000 + ((header[5] as number) << 16) + ((header[6] as number) << 8) + (header[7] as number);
    return at;
  }
}

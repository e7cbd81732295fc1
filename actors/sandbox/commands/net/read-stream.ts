// Reading a Node stream from a process: chunk by chunk, with the sender held back in between.
import type { Readable } from 'node:stream';
import { settle, type Task } from '../../kernel/wait.js';

/** The chunks of a stream; `next` throws what the stream fails with. */
export class StreamChunks {
  readonly #chunks: AsyncIterator<Buffer>;

  constructor(stream: Readable) {
    this.#chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** undefined at the end. A copy: what is written is given away. */
  *next(): Task<Uint8Array | undefined> {
    const { done, value } = yield* settle(this.#chunks.next());
    return done === true ? undefined : new Uint8Array(value);
  }
}

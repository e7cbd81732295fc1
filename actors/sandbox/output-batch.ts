// What a process writes, on its way to the main thread: many small writes of one slice become one message.

/** A message carries no more than this of small writes; a larger write goes by itself. */
const BATCH_BYTES = 32 * 1024;
/** Output waits no longer than a slice takes, even for a program that keeps its thread. */
const WAIT_MS = 8;

export type Stream = 1 | 2;

/** Keeps the order of both streams. What waits is sent when the slice is over, by `flush`, or with a later write. */
export class OutputBatch {
  readonly #send: (stream: Stream, bytes: Uint8Array) => void;
  #parts: Uint8Array[] = [];
  #sizeBytes = 0;
  #stream: Stream = 1;
  #sinceMs = 0;

  /** `send` is given bytes that are nobody else's. */
  constructor(send: (stream: Stream, bytes: Uint8Array) => void) {
    this.#send = send;
  }

  add(stream: Stream, bytes: Uint8Array): void {
    if (this.#sizeBytes > 0 && (stream !== this.#stream || this.#sizeBytes + bytes.length > BATCH_BYTES || performance.now() - this.#sinceMs > WAIT_MS)) this.flush();
    // Copied: it may be a view into a layer's cache, or a buffer that its writer uses again.
    const mine = new Uint8Array(bytes);
    if (mine.length >= BATCH_BYTES) return this.#send(stream, mine);
    if (this.#sizeBytes === 0) {
      this.#stream = stream;
      this.#sinceMs = performance.now();
      queueMicrotask(() => this.flush());
    }
    this.#parts.push(mine);
    this.#sizeBytes += mine.length;
  }

  flush(): void {
    if (this.#sizeBytes === 0) return;
    const [first] = this.#parts;
    const whole = this.#parts.length === 1 ? first! : new Uint8Array(this.#sizeBytes);
    if (whole !== first) {
      let at = 0;
      for (const part of this.#parts) {
        whole.set(part, at);
        at += part.length;
      }
    }
    this.#parts = [];
    this.#sizeBytes = 0;
    this.#send(this.#stream, whole);
  }
}

// A request body between the socket that fills it and the handler that reads it.
import { BodyTooLarge, BodyTruncated } from './body-errors.js';

/** What one queued slice costs beside its bytes: floods of one-byte chunks must fill the queue too. */
const sliceBytes = 64;

/** Bounded queue. The filler stops when `push` says false and goes on when `onRoom` is called. */
export class RequestBody {
  readonly #limitBytes: number;
  #slices: Buffer[] = [];
  #queued = 0;
  #ended = false;
  #failure: Error | undefined;
  #discarding = false;
  #reading = false;
  #wake: (() => void) | undefined;
  /** Called when a full queue has room again. */
  onRoom: (() => void) | undefined;
  /** Called once, when the first reader comes: the moment for `100 Continue`. */
  onReader: (() => void) | undefined;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get full(): boolean {
    return this.#queued >= this.#limitBytes;
  }

  /** False when the filler should pause. */
  push(slice: Buffer): boolean {
    if (this.#discarding || this.#failure) return true;
    this.#slices.push(slice);
    this.#queued += slice.length + sliceBytes;
    this.#stir();
    return !this.full;
  }

  finish(): void {
    this.#ended = true;
    this.#stir();
  }

  /** The rest will never come: readers get `error` after what is queued. */
  fail(error: Error): void {
    if (this.#ended) return;
    this.#failure ??= error;
    this.#stir();
  }

  /** Nobody will read (on): drop what is queued and what comes. */
  discard(): void {
    this.#discarding = true;
    this.#slices = [];
    this.#release(this.#queued);
    this.#stir();
  }

  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#reading) throw new Error('a request body has one reader only');
    this.#reading = true;
    const greet = this.onReader;
    this.onReader = undefined;
    if (!this.#ended) greet?.();
    try {
      for (;;) {
        // Take all that is there in one go; whoever is slow holds at most two queues full.
        const batch = this.#slices;
        if (batch.length > 0) {
          this.#slices = [];
          this.#release(this.#queued);
          yield* batch;
        } else if (this.#failure) throw this.#failure;
        else if (this.#ended) return;
        else if (this.#discarding) throw new BodyTruncated('the request was answered before its body was read');
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.discard();
    }
  }

  /** The whole body as UTF-8, at most `limitBytes` of it: else BodyTooLarge. */
  async text(limitBytes: number, announcedBytes: number): Promise<string> {
    if (announcedBytes > limitBytes) {
      this.discard();
      throw new BodyTooLarge(limitBytes);
    }
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of this.read()) {
      size += part.length;
      if (size > limitBytes) throw new BodyTooLarge(limitBytes);
      parts.push(part);
    }
    return Buffer.concat(parts, size).toString('utf8');
  }

  #release(bytes: number): void {
    const wasFull = this.full;
    this.#queued -= bytes;
    if (wasFull && !this.full) this.onRoom?.();
  }

  #stir(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

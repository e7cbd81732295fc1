// Named pipes (fifo(7)): one buffer per inode, whose two ends wait for each other.
import { Errno } from '../kernel/errno.js';
import type { Inode } from '../kernel/inode.js';
import { O_NONBLOCK, O_WRONLY, type OpenFile } from '../kernel/open-file.js';
import { PipeBuffer, PipeEnd } from '../kernel/pipe.js';

/** The pipe behind a fifo's inode. Opening never blocks here (calls are synchronous); the first read or write waits instead. */
export class Fifo {
  readonly #inode: Inode;
  #buffer: PipeBuffer | undefined;
  /** Openings for reading and for writing so far, and writers that left before any reader came. */
  readersSeen = 0;
  writersSeen = 0;
  unmetWriters = 0;

  constructor(inode: Inode) {
    this.#inode = inode;
  }

  /** ENXIO for a writer with O_NONBLOCK when nobody reads, as fifo(7). */
  open(flags: number): OpenFile {
    const buffer = (this.#buffer ??= new PipeBuffer());
    if ((flags & 3) === O_WRONLY && (flags & O_NONBLOCK) !== 0 && buffer.readers === 0) throw new Errno('ENXIO');
    this.#inode.retain?.();
    return new FifoEnd(this, buffer, flags, this.#inode);
  }
}

class FifoEnd extends PipeEnd {
  readonly #fifo: Fifo;
  readonly #buffer: PipeBuffer;
  readonly #readersBefore: number;
  readonly #writersBefore: number;

  constructor(fifo: Fifo, buffer: PipeBuffer, flags: number, inode: Inode) {
    const others = { readers: buffer.readers, writers: buffer.writers };
    super(buffer, flags, inode);
    this.#fifo = fifo;
    this.#buffer = buffer;
    // An end that is there already counts as one that came after us: we have met.
    this.#readersBefore = fifo.readersSeen - (others.readers > 0 ? 1 : 0);
    this.#writersBefore = fifo.writersSeen - (others.writers > 0 ? 1 : 0);
    if (this.readsAllowed) {
      // A writer that came and went without data leaves an end of file behind; on Linux its open would have waited for us.
      if (fifo.unmetWriters > 0 && buffer.writers === 0) this.#writersBefore--;
      fifo.unmetWriters = 0;
      fifo.readersSeen++;
      buffer.writable.wake();
    }
    if (this.writesAllowed) {
      fifo.writersSeen++;
      buffer.readable.wake();
    }
  }

  get #metWriter(): boolean {
    return this.#fifo.writersSeen > this.#writersBefore;
  }

  get #metReader(): boolean {
    return this.#fifo.readersSeen > this.#readersBefore;
  }

  override get canRead(): boolean {
    return this.#buffer.sizeBytes > 0 || (this.#buffer.writers === 0 && this.#metWriter);
  }

  override read(maxBytes: number): Uint8Array | undefined {
    if (this.#buffer.sizeBytes === 0 && this.#buffer.writers === 0 && !this.#metWriter && (this.flags & O_NONBLOCK) === 0) return undefined;
    return super.read(maxBytes);
  }

  override write(bytes: Uint8Array): number | undefined {
    if (this.#buffer.readers === 0 && !this.#metReader) return undefined;
    return super.write(bytes);
  }

  protected override closed(): void {
    if (this.writesAllowed && !this.#metReader) this.#fifo.unmetWriters++;
    super.closed();
    this.inode?.release?.();
  }
}

// The two ends that lead out of a machine: standard input fed by a client, standard output that flows to one, both with back-pressure.
import { Errno } from './errno.js';
import type { Stat } from './inode.js';
import { O_RDONLY, O_WRONLY, OpenFile } from './open-file.js';
import { WaitQueue } from './wait.js';

let nextNumber = 1_000_000;

function pipeStat(number: number): Stat {
  return {
    device: 12, ino: number, type: 'fifo', mode: 0o600, nlink: 1, uid: 0, gid: 0, rdevMajor: 0, rdevMinor: 0,
    sizeBytes: 0, blocks512: 0, atimeMs: 0, mtimeMs: 0, ctimeMs: 0,
  };
}

/** What a client sends: `push` and `end` from outside, `onTaken` reports bytes read so that the client may send more. */
export class HostInput extends OpenFile {
  override readonly readable = new WaitQueue();
  readonly #number = nextNumber++;
  readonly #chunks: Uint8Array[] = [];
  readonly #onTaken: (sizeBytes: number) => void;
  #ended = false;
  #closed = false;

  constructor(onTaken: (sizeBytes: number) => void = () => undefined) {
    super(O_RDONLY);
    this.#onTaken = onTaken;
  }

  get name(): string {
    return `pipe:[${this.#number}]`;
  }

  override stat(): Stat {
    return pipeStat(this.#number);
  }

  override get canRead(): boolean {
    return this.#chunks.length > 0 || this.#ended;
  }

  /** Bytes came that nobody has read yet. */
  get holdsBytes(): boolean {
    return this.#chunks.length > 0;
  }

  get isEnded(): boolean {
    return this.#ended;
  }

  push(bytes: Uint8Array): void {
    // Nobody will ever read it: take it at once, so that the sender is not held up.
    if (this.#closed || this.#ended || bytes.length === 0) return this.#onTaken(bytes.length);
    this.#chunks.push(bytes);
    this.readable.wake();
  }

  end(): void {
    this.#ended = true;
    this.readable.wake();
  }

  override read(maxBytes: number): Uint8Array | undefined {
    const first = this.#chunks[0];
    if (!first) return this.#ended ? new Uint8Array(0) : undefined;
    const part = first.length <= maxBytes ? this.#chunks.shift()! : first.subarray(0, maxBytes);
    if (part !== first) this.#chunks[0] = first.subarray(maxBytes);
    this.#onTaken(part.length);
    return part;
  }

  override readThrough(delimiter: number): Uint8Array | undefined {
    const first = this.#chunks[0];
    return this.read(first === undefined ? 1 : first.indexOf(delimiter) + 1 || first.length);
  }

  protected override closed(): void {
    this.#closed = true;
    for (const chunk of this.#chunks.splice(0)) this.#onTaken(chunk.length);
  }
}

/** What goes to the client: `onBytes` takes each chunk and answers whether more may come; `resume` says so later. */
export class HostOutput extends OpenFile {
  override readonly writable = new WaitQueue();
  readonly #number = nextNumber++;
  readonly #onBytes: (bytes: Uint8Array) => boolean;
  readonly #onClosed: () => void;
  #full = false;
  #broken = false;

  constructor(onBytes: (bytes: Uint8Array) => boolean, onClosed: () => void = () => undefined) {
    super(O_WRONLY);
    this.#onBytes = onBytes;
    this.#onClosed = onClosed;
  }

  get name(): string {
    return `pipe:[${this.#number}]`;
  }

  override stat(): Stat {
    return pipeStat(this.#number);
  }

  override get canWrite(): boolean {
    return !this.#full;
  }

  resume(): void {
    this.#full = false;
    this.writable.wake();
  }

  /** Nobody reads any more. */
  break(): void {
    this.#broken = true;
    this.resume();
  }

  override write(bytes: Uint8Array): number | undefined {
    if (this.#broken) throw new Errno('EPIPE');
    if (this.#full) return undefined;
    if (bytes.length > 0) this.#full = !this.#onBytes(bytes);
    return bytes.length;
  }

  protected override closed(): void {
    this.#onClosed();
  }
}

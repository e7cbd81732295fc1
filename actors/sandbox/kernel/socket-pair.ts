// socketpair(2): two connected ends, each read and written; also what a connection inside the machine is made of.
import { Errno } from './errno.js';
import type { Stat } from './inode.js';
import { O_RDWR, OpenFile } from './open-file.js';
import { PipeBuffer } from './pipe.js';
import type { Wait } from './wait.js';

/** One end: reads from one buffer, writes to the other. */
export class SocketEnd extends OpenFile {
  readonly #incoming: PipeBuffer;
  readonly #outgoing: PipeBuffer;
  #writesOver = false;
  override readonly readable: Wait;
  override readonly writable: Wait;

  constructor(incoming: PipeBuffer, outgoing: PipeBuffer) {
    super(O_RDWR);
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.readable = incoming.readable;
    this.writable = outgoing.writable;
    incoming.readers++;
    outgoing.writers++;
  }

  get name(): string {
    return `socket:[${this.#incoming.number}]`;
  }

  override stat(): Stat {
    return {
      device: 8, ino: this.#incoming.number, type: 'socket', mode: 0o777, nlink: 1, uid: 0, gid: 0, rdevMajor: 0, rdevMinor: 0,
      sizeBytes: 0, blocks512: 0, atimeMs: 0, mtimeMs: 0, ctimeMs: 0,
    };
  }

  override get canRead(): boolean {
    return this.#incoming.sizeBytes > 0 || this.#incoming.writers === 0;
  }

  override get canWrite(): boolean {
    return this.#outgoing.hasRoom || this.#outgoing.readers === 0;
  }

  override read(maxBytes: number): Uint8Array | undefined {
    if (this.#incoming.sizeBytes > 0) return this.#incoming.pull(maxBytes);
    return this.#incoming.writers === 0 ? new Uint8Array(0) : undefined;
  }

  override write(bytes: Uint8Array): number | undefined {
    if (this.#writesOver || this.#outgoing.readers === 0) throw new Errno('EPIPE');
    if (bytes.length === 0) return 0;
    return this.#outgoing.hasRoom ? this.#outgoing.push(bytes) : undefined;
  }

  /** shutdown(2) with SHUT_WR: the other end reads to the end. */
  shutdown(): void {
    if (this.#writesOver) return;
    this.#writesOver = true;
    if (--this.#outgoing.writers === 0) this.#outgoing.readable.wake();
  }

  protected override closed(): void {
    this.shutdown();
    if (--this.#incoming.readers === 0) this.#incoming.writable.wake();
  }
}

/** Two ends that talk to each other. */
export function openSocketPair(): [SocketEnd, SocketEnd] {
  const there = new PipeBuffer();
  const back = new PipeBuffer();
  return [new SocketEnd(there, back), new SocketEnd(back, there)];
}

// socketpair(2): two connected ends, each read and written; also what a connection inside the machine is made of.
import type { Endpoints } from './endpoints.js';
import { Errno } from './errno.js';
import type { Stat } from './inode.js';
import { O_RDWR, OpenFile } from './open-file.js';
import { PipeBuffer } from './pipe.js';
import type { Wait } from './wait.js';

/** As SCM_MAX_FD: more are not on their way at once. */
const PASSED_MAX = 253;

/** One direction: bytes, and open files that are on their way with them (SCM_RIGHTS). */
class Direction extends PipeBuffer {
  readonly passed: OpenFile[] = [];
  /** Who writes has cut the connection; told once. */
  isReset = false;
}

/** One end: reads from one buffer, writes to the other. */
export class SocketEnd extends OpenFile {
  readonly #incoming: Direction;
  readonly #outgoing: Direction;
  /** Of a TCP connection. */
  readonly endpoints: Endpoints | undefined;
  #writesOver = false;
  override readonly readable: Wait;
  override readonly writable: Wait;

  constructor(incoming: Direction, outgoing: Direction, endpoints?: Endpoints) {
    super(O_RDWR);
    this.endpoints = endpoints;
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
    return this.#incoming.sizeBytes > 0 || this.#incoming.writers === 0 || this.#incoming.isReset;
  }

  override get canWrite(): boolean {
    return this.#outgoing.hasRoom || this.#outgoing.readers === 0;
  }

  override read(maxBytes: number): Uint8Array | undefined {
    if (this.#incoming.sizeBytes > 0) return this.#incoming.pull(maxBytes);
    if (this.#incoming.isReset) {
      this.#incoming.isReset = false;
      throw new Errno('ECONNRESET');
    }
    return this.#incoming.writers === 0 ? new Uint8Array(0) : undefined;
  }

  override write(bytes: Uint8Array): number | undefined {
    if (this.#writesOver || this.#outgoing.readers === 0) throw new Errno('EPIPE');
    if (bytes.length === 0) return 0;
    return this.#outgoing.hasRoom ? this.#outgoing.push(bytes) : undefined;
  }

  /** Sends an open file to the other end, which has it before the bytes that are written next. */
  pass(file: OpenFile): void {
    if (this.#writesOver || this.#outgoing.readers === 0) throw new Errno('EPIPE');
    if (this.#outgoing.passed.length >= PASSED_MAX) throw new Errno('EAGAIN');
    this.#outgoing.passed.push(file.retain());
  }

  /** The next file that the other end sent, held for whoever takes it. */
  takePassed(): OpenFile | undefined {
    return this.#incoming.passed.shift();
  }

  /** shutdown(2) with SHUT_WR: the other end reads to the end. */
  shutdown(): void {
    if (this.#writesOver) return;
    this.#writesOver = true;
    if (--this.#outgoing.writers === 0) this.#outgoing.readable.wake();
  }

  /** Cuts a connection (SO_LINGER of 0): the other end reads ECONNRESET. Closing comes next. */
  reset(): void {
    this.#outgoing.isReset = true;
    this.#outgoing.readable.wake();
  }

  protected override closed(): void {
    this.shutdown();
    if (--this.#incoming.readers > 0) return;
    this.#incoming.writable.wake();
    for (const file of this.#incoming.passed.splice(0)) file.release();
  }
}

/** Two ends that talk to each other; of TCP, a client's and a server's. */
export function openSocketPair(tcp?: { client: Endpoints; server: Endpoints }): [SocketEnd, SocketEnd] {
  const there = new Direction();
  const back = new Direction();
  return [new SocketEnd(there, back, tcp?.client), new SocketEnd(back, there, tcp?.server)];
}

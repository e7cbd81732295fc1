// What an answer is written through: one narrow interface for both engines and the raw socket.
import type { EngineName, Headers } from './exchange.js';
import type { Turn } from './turn.js';

export interface ReplyPort {
  /**
   * The whole answer. `headers` lack Content-Length: `lengthBytes` becomes it, also when `body` is undefined (HEAD);
   * both undefined: an answer that has no body by its status.
   */
  whole(status: number, headers: Headers, body: string | Uint8Array | undefined, lengthBytes: number | undefined): void;
  /** Head of an answer of unknown length; flushed at once. */
  open(status: number, headers: Headers): void;
  /** `chunk` is never empty. Back-pressure is the turn's affair, see Turn.queuedBytes. */
  write(chunk: Uint8Array): void;
  end(): void;
  /** Break off, visibly. */
  cut(): void;
}

/** An HTTP engine that listens on a private socket file, behind the gate. */
export interface Engine {
  readonly name: EngineName;
  /** Bytes of the first chunk that the engine had to write to get the head of a streamed answer out; the gate drops them. */
  readonly primerBytes: number;
  /** How the header lines end that the engine adds unasked, and how many bytes they have together; the gate takes them out. */
  readonly signature?: { end: Buffer; bytes: number };
  listen(path: string): Promise<void>;
  close(): void;
}

/** Finds the turn that a request on the private socket stands for. */
export type FindTurn = (url: string) => Turn | undefined;

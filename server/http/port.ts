// What an answer is written through: narrow interfaces for both engines and the client's own socket.
import type { EngineName, Headers } from './exchange.js';
import type { Turn } from './turn.js';

export interface ReplyPort {
  /**
   * The whole answer. `headers` lack Content-Length: `lengthBytes` becomes it, also when `body` is undefined (HEAD);
   * both undefined: an answer that has no body by its status.
   */
  whole(status: number, headers: Headers, body: string | Uint8Array | undefined, lengthBytes: number | undefined): void;
  /** Break off, visibly. */
  cut(): void;
}

/** An answer of unknown length. It is written on the client's own socket: through an engine it would only be copied twice more. */
export interface StreamPort {
  /** The head; flushed at once. */
  open(status: number, headers: Headers): void;
  /** `chunk` is never empty. Back-pressure is the turn's affair. */
  write(chunk: Uint8Array): void;
  end(): void;
  /** Break off, visibly. */
  cut(): void;
}

/** An HTTP engine that listens on a private socket file, behind the gate. */
export interface Engine {
  readonly name: EngineName;
  /** How the header lines end that the engine adds unasked, and how many bytes they have together; the gate takes them out. */
  readonly signature?: { end: Buffer; bytes: number };
  listen(path: string): Promise<void>;
  close(): void;
}

/** Finds the turn that a request on the private socket stands for. */
export type FindTurn = (url: string) => Turn | undefined;

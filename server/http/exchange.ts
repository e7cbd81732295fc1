// One request and its answer, in terms that neither HTTP engine nor raw socket shows through: the types everyone codes against.
import type { Socket } from 'node:net';

export { BodyTooLarge, BodyTruncated } from './body-errors.js';
export { openFrontDoor } from './front-door.js';
export { uWebSocketsStatus } from './addon.js';

/** Reply headers by name; values are sent as they are (latin-1), CR and LF are refused. */
export type Headers = Record<string, string>;

export interface Exchange {
  /** Upper case. */
  readonly method: string;
  /** Still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** `name` in lower case; repeated headers are joined with `, `. */
  header(name: string): string | undefined;
  /** 'unix' or the client's address. */
  readonly remote: string;
  /**
   * Aborted when the client goes away before the answer ended. A FIN after a complete request is not that: over TCP a client that
   * only closes is noticed with the first write after it, over a unix socket within a second.
   */
  readonly signal: AbortSignal;
  /** The request body as it arrives, back-pressured; throws BodyTruncated when the client stopped half-way. One reader only. */
  body(): AsyncIterable<Uint8Array>;
  /** The whole body as UTF-8; over the limit -> BodyTooLarge. */
  text(limitBytes: number): Promise<string>;
  /** The whole answer. Sets Content-Length; HEAD, 204 and 304 carry no body. Once per exchange. */
  reply(status: number, headers: Headers, body?: string | Uint8Array): void;
  /** An answer of unknown length: the head is flushed at once, the rest is chunked. */
  stream(status: number, headers: Headers): ReplyStream;
  /** Only on hijack routes: the raw socket, no head written yet, whatever followed the request body still unread in it. */
  hijack?: () => RawStream;
  /** Value of the Upgrade header, lower case: 'tcp', 'websocket', 'h2c'. */
  readonly upgrade: string | undefined;
}

export interface ReplyStream {
  /** False: wait for `drain()` before the next write. Once the client is gone writes go nowhere: watch `signal` or `closed`. */
  write(chunk: Uint8Array | string): boolean;
  drain(): Promise<void>;
  end(): void;
  /** Cuts the connection: the client sees a broken transfer, not a clean end. */
  abort(): void;
  /** Settles once the answer is over, however it ended. */
  readonly closed: Promise<void>;
}

export interface RawStream {
  /**
   * allowHalfOpen; bytes after head and JSON body are unshifted. Paused: who has no use for the input calls `resume()`,
   * or neither the client's FIN nor its going away is noticed.
   */
  readonly socket: Socket;
  write(chunk: Uint8Array | string): boolean;
  drain(): Promise<void>;
  end(): void;
  /** The client's FIN (output goes on), or the connection's end. */
  readonly inputEnded: Promise<void>;
  readonly closed: Promise<void>;
}

export type Handler = (exchange: Exchange) => Promise<void> | void;

export type EngineName = 'uWebSockets' | 'node:http';

/** Where to listen. `mode` of the socket file defaults to 0o660; port 0 picks a free one. */
export type Address = { unix: string; mode?: number } | { host: string; port: number };

export interface FrontDoor {
  readonly engine: EngineName;
  /** May be called for several addresses. Errors are node's own: EADDRINUSE for a live socket file or port. */
  listen(address: Address): Promise<{ port?: number }>;
  /** Stops listening and cuts what is open. */
  close(): Promise<void>;
}

export interface FrontDoorOptions {
  handler: Handler;
  /** Which requests are served on the raw socket. `path` is percent-encoded, without query. */
  hijacks: (method: string, path: string) => boolean;
  engine?: 'auto' | EngineName;
  log?: (line: object) => void;
  /** Body and headers of answers the front door gives on its own (400, 408, 413, 431, 500), in the caller's shape. */
  badRequest?: (reason: string) => { body: string; headers: Headers };
  limits?: Partial<Limits>;
}

/** What a client may use up. */
export interface Limits {
  /** Request line and headers together. */
  headBytes: number;
  headerLines: number;
  /** From the first byte of a head to its last. */
  headTimeoutMs: number;
  /** Open client connections over all listeners; beyond it the longest idle one gives way, else the new one is refused. */
  connections: number;
  /** Request body bytes read ahead of the handler, and answer bytes waiting for the client before `write` says false. */
  bufferBytes: number;
}

// Answers through uWebSockets. Each trap of the native side that matters here is dealt with in this one file.
import { loadUws, uWebSocketsStatus, type UwsResponse } from './addon.js';
import type { Headers } from './exchange.js';
import type { Engine, FindTurn, ReplyPort } from './port.js';
import { statusLine, type Turn } from './turn.js';

/**
 * A handler that throws or returns without having answered or set onAborted aborts the process; so the callback sets onAborted
 * first and lets nothing out. `serve` starts the handler and does not throw.
 */
export function openUwsEngine(find: FindTurn, serve: (turn: Turn) => void): Engine {
  const uws = loadUws();
  if (!uws) throw new Error(`uWebSockets: ${uWebSocketsStatus().reason}`);
  let listening: unknown;
  const app = uws.App().any('/*', (response, request) => {
    const port = new UwsPort(response);
    const turn = find(request.getUrl());
    if (!turn) return port.cut();
    port.turn = turn;
    turn.attach(port);
    // Still inside the native callback, where everything is corked anyway.
    serve(turn);
  });
  return {
    name: 'uWebSockets',
    primerBytes: primer.length + 5,
    signature,
    listen: (path) =>
      new Promise((resolve, reject) => {
        app.listen_unix((token) => {
          listening = token;
          if (token) resolve();
          else reject(new Error(`uWebSockets cannot listen on ${path}`));
        }, path);
      }),
    close() {
      if (listening) uws.us_listen_socket_close(listening);
      listening = undefined;
    },
  };
}

/**
 * uWebSockets flushes the head of a chunked answer together with its first chunk only, and Docker clients wait for the head of
 * answers whose first byte comes minutes later. So each streamed answer starts with this chunk, and the gate drops it.
 */
const primer = '\n';

/**
 * A corked write that does not fit the native cork buffer of 16 KiB first flushes that buffer; if the kernel does not take all
 * of it, the write itself is dropped without a word (AsyncSocket::uncork). Pieces that fit are kept under any back-pressure.
 */
const pieceBytes = 16_000;

/** uWebSockets adds a Date of its own, and its name. */
const mark = 'uWebSockets: 20\r\n';
const signature = { end: Buffer.from(`GMT\r\n${mark}`), bytes: `Date: ${new Date(0).toUTCString()}\r\n`.length + mark.length };

class UwsPort implements ReplyPort {
  turn: Turn | undefined;
  /** Once true, `#response` is freed memory. */
  #dead = false;
  readonly #response: UwsResponse;

  constructor(response: UwsResponse) {
    this.#response = response;
    response.onAborted(() => (this.#dead = true));
  }

  whole(status: number, headers: Headers, body: string | Uint8Array | undefined, lengthBytes: number | undefined): void {
    this.#once(() => {
      this.#head(status, headers);
      // Not endWithoutBody(length): after that the next request of the connection is lost.
      if (body === undefined) {
        if (lengthBytes !== undefined) this.#response.writeHeader('Content-Length', String(lengthBytes));
        this.#response.endWithoutBody();
      } else this.#response.end(body);
    });
    this.#dead = true;
  }

  open(status: number, headers: Headers): void {
    // Without this, one write under back-pressure arms a time-out of 10 s that nothing disarms, and a quiet stream is cut.
    // With it the native side no longer drains its buffer by itself; an empty cork does.
    this.#response.onWritable(() => {
      this.#once(() => {});
      return true;
    });
    this.#once(() => {
      this.#head(status, headers);
      this.#response.write(primer);
    });
  }

  write(chunk: Uint8Array): void {
    if (!this.#dead && this.turn) this.turn.inFlightBytes += chunk.length;
    for (let at = 0; at < chunk.length; at += pieceBytes) {
      this.#once(() => this.#response.write(chunk.length <= pieceBytes ? chunk : chunk.subarray(at, at + pieceBytes)));
    }
  }

  end(): void {
    this.#once(() => this.#response.end());
    this.#dead = true;
  }

  cut(): void {
    if (!this.#dead) this.#response.close();
    this.#dead = true;
  }

  #once(write: () => void): void {
    if (!this.#dead) this.#response.cork(write);
  }

  #head(status: number, headers: Headers): void {
    this.#response.writeStatus(statusLine(status));
    for (const name in headers) {
      const value = headers[name] ?? '';
      // Strings would go out as UTF-8.
      this.#response.writeHeader(name, /[\x80-\xff]/.test(value) ? Buffer.from(value, 'latin1') : value);
    }
  }
}

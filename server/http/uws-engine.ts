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
    turn.attach(port);
    // Still inside the native callback, where everything is corked anyway.
    serve(turn);
  });
  return {
    name: 'uWebSockets',
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

/** uWebSockets adds a Date of its own, and its name. */
const mark = 'uWebSockets: 20\r\n';
const signature = { end: Buffer.from(`GMT\r\n${mark}`), bytes: `Date: ${new Date(0).toUTCString()}\r\n`.length + mark.length };

class UwsPort implements ReplyPort {
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

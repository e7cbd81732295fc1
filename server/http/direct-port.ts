// Answers on the client's own socket: whatever is streamed, and all to requests that no engine sees (hijack routes and HTTP/1.0).
import type { Socket } from 'node:net';
import type { Headers } from './exchange.js';
import type { ReplyPort, StreamPort } from './port.js';
import { statusLine } from './turn.js';

export class DirectPort implements ReplyPort, StreamPort {
  readonly #socket: Socket;
  readonly #chunked: boolean;
  readonly #onEnd: () => void;
  readonly #onCut: () => void;

  /** HTTP/1.0 knows no chunks: there the end of the connection is the end of the answer. */
  constructor(socket: Socket, minor: 0 | 1, onEnd: () => void, onCut: () => void) {
    this.#socket = socket;
    this.#chunked = minor === 1;
    this.#onEnd = onEnd;
    this.#onCut = onCut;
  }

  whole(status: number, headers: Headers, body: string | Uint8Array | undefined, lengthBytes: number | undefined): void {
    const head = writeHead(status, lengthBytes === undefined ? headers : { ...headers, 'Content-Length': String(lengthBytes) });
    this.#socket.cork();
    this.#socket.write(head, 'latin1');
    if (body !== undefined && body.length > 0) this.#socket.write(body);
    this.#socket.uncork();
    this.#onEnd();
  }

  open(status: number, headers: Headers): void {
    this.#socket.write(writeHead(status, this.#chunked ? { ...headers, 'Transfer-Encoding': 'chunked' } : headers), 'latin1');
  }

  write(chunk: Uint8Array): void {
    if (!this.#chunked) return void this.#socket.write(chunk);
    this.#socket.cork();
    this.#socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1');
    this.#socket.write(chunk);
    this.#socket.write('\r\n', 'latin1');
    this.#socket.uncork();
  }

  end(): void {
    if (this.#chunked) this.#socket.write('0\r\n\r\n', 'latin1');
    this.#onEnd();
  }

  cut(): void {
    this.#onCut();
  }
}

/** Status line and headers with the empty line behind them. */
export function writeHead(status: number, headers: Headers): string {
  let head = `HTTP/1.1 ${statusLine(status)}\r\n`;
  for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
  return `${head}\r\n`;
}

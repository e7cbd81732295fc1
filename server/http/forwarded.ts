// An exchange handed on, perhaps under another path; what it is worth to whom is for those who extend it.
import type { Exchange, Headers, ReplyStream } from './exchange.js';

export class Forwarded implements Exchange {
  readonly path: string;
  readonly #exchange: Exchange;

  constructor(exchange: Exchange, path = exchange.path) {
    this.#exchange = exchange;
    this.path = path;
  }

  get method(): string {
    return this.#exchange.method;
  }
  get query(): URLSearchParams {
    return this.#exchange.query;
  }
  get remote(): string {
    return this.#exchange.remote;
  }
  get signal(): AbortSignal {
    return this.#exchange.signal;
  }
  get upgrade(): string | undefined {
    return this.#exchange.upgrade;
  }
  header(name: string): string | undefined {
    return this.#exchange.header(name);
  }
  body(): AsyncIterable<Uint8Array> {
    return this.#exchange.body();
  }
  text(limitBytes: number): Promise<string> {
    return this.#exchange.text(limitBytes);
  }
  reply(status: number, headers: Headers, body?: string | Uint8Array): void {
    this.#exchange.reply(status, headers, body);
  }
  stream(status: number, headers: Headers): ReplyStream {
    return this.#exchange.stream(status, headers);
  }
}

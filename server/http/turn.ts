// One request and its answer on a client's connection: the Exchange that handlers see, whichever port the answer goes through.
import { STATUS_CODES } from 'node:http';
import { RequestBody } from './body.js';
import { BodyTruncated } from './body-errors.js';
import type { Exchange, Headers, RawStream, ReplyStream } from './exchange.js';
import type { Head } from './head.js';
import type { ReplyPort, StreamPort } from './port.js';

/** What a turn needs of its connection. */
export interface TurnHost {
  readonly remote: string;
  readonly keepAlive: boolean;
  /** Answer bytes that the client's socket has not taken yet. */
  readonly queuedBytes: number;
  readonly bufferBytes: number;
  goRaw(): RawStream;
  /** From here on the engine, if the turn came from one, has no part in the answer. */
  openStream(): StreamPort;
}

export class Turn implements Exchange, ReplyStream {
  readonly method: string;
  readonly path: string;
  readonly upgrade: string | undefined;
  readonly requestBody: RequestBody;
  hijack?: () => RawStream;
  /** Set once an engine has taken the turn up. */
  begun = false;
  /** Length of the body that follows the head of what the engine answers. */
  replyBytes = 0;
  readonly #head: Head;
  readonly #host: TurnHost;
  #port: ReplyPort | undefined;
  #stream: StreamPort | undefined;
  #state: 'open' | 'whole' | 'streaming' | 'ended' | 'raw' | 'gone' = 'open';
  #bodiless = false;
  #query: URLSearchParams | undefined;
  #abort: AbortController | undefined;
  #over = false;
  #closed: Promise<void> | undefined;
  #onClosed: (() => void) | undefined;
  #waiting: (() => void)[] = [];

  constructor(head: Head, host: TurnHost) {
    this.#head = head;
    this.#host = host;
    this.method = head.method;
    this.path = head.path;
    this.upgrade = head.upgrade;
    this.requestBody = new RequestBody(host.bufferBytes);
  }

  get query(): URLSearchParams {
    return (this.#query ??= new URLSearchParams(this.#head.query));
  }

  get remote(): string {
    return this.#host.remote;
  }

  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController();
      if (this.#state === 'gone') this.#abort.abort();
    }
    return this.#abort.signal;
  }

  get closed(): Promise<void> {
    return (this.#closed ??= this.#over ? Promise.resolve() : new Promise<void>((resolve) => (this.#onClosed = resolve)));
  }

  header(name: string): string | undefined {
    return this.#head.headers.get(name);
  }


  body(): AsyncIterable<Uint8Array> {
    return this.requestBody.read();
  }

  text(limitBytes: number): Promise<string> {
    const announced = this.#head.framing;
    return this.requestBody.text(limitBytes, announced === 'chunked' ? 0 : announced);
  }

  /** Neither answered, streaming, raw nor gone. */
  get unanswered(): boolean {
    return this.#state === 'open';
  }

  /** The head of the answer may have left. */
  get answering(): boolean {
    return this.#state !== 'open' && this.#state !== 'gone';
  }

  /** From here on answers can be written. */
  attach(port: ReplyPort): void {
    this.#port = port;
    this.begun = true;
  }

  /** Has an engine be done with the turn though it is not to answer it: with an answer that nobody gets. */
  dismissEngine(): void {
    this.#port?.whole(204, {}, undefined, undefined);
  }

  reply(status: number, headers: Headers, body?: string | Uint8Array): void {
    const [sent, announced] = this.#complete(headers);
    const bodiless = hasNoBody(status);
    const silent = bodiless || this.method === 'HEAD';
    const size = body === undefined ? announced ?? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    if (!silent && body === undefined && size > 0) throw new TypeError('Content-Length without a body');
    if (!this.#take('whole')) return;
    this.replyBytes = silent ? 0 : size;
    this.#port?.whole(status, sent, silent ? undefined : body ?? '', bodiless ? undefined : size);
  }

  stream(status: number, headers: Headers): ReplyStream {
    const [sent] = this.#complete(headers);
    if (!this.#take('streaming')) return this;
    this.#bodiless = hasNoBody(status) || this.method === 'HEAD';
    if (this.#bodiless) {
      this.#port?.whole(status, sent, undefined, undefined);
      return this;
    }
    this.#stream = this.#host.openStream();
    this.#stream.open(status, sent);
    return this;
  }

  write(chunk: Uint8Array | string): boolean {
    if (this.#state === 'gone' || this.#bodiless) return true;
    if (this.#state !== 'streaming') throw new Error('write after the end of the answer');
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    if (bytes.length > 0) this.#stream?.write(bytes);
    return this.#host.queuedBytes < this.#host.bufferBytes;
  }

  drain(): Promise<void> {
    if (this.#over || this.#state === 'gone' || this.#host.queuedBytes < this.#host.bufferBytes) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Bytes went on their way: wakes writers once half of the buffer is free. */
  progress(): void {
    if (this.#waiting.length > 0 && this.#host.queuedBytes * 2 <= this.#host.bufferBytes) this.#wakeWriters();
  }

  end(): void {
    if (this.#state !== 'streaming') return;
    this.#state = 'ended';
    this.#stream?.end();
  }

  abort(): void {
    if (this.#over || this.#state === 'gone') return;
    (this.#stream ?? this.#port)?.cut();
  }

  /** Takes the raw socket; only while nothing is answered. */
  takeRaw(): RawStream {
    if (this.#state !== 'open') throw new Error('hijack after an answer');
    this.#state = 'raw';
    return this.#host.goRaw();
  }

  /** The last byte of the answer is on its way to the client. */
  finished(): void {
    this.#over = true;
    this.#onClosed?.();
    this.#wakeWriters();
  }

  /** The client went away, or the connection had to be cut: whatever is written now goes nowhere. */
  gone(): void {
    if (this.#over || this.#state === 'gone') return;
    this.#state = 'gone';
    this.requestBody.fail(new BodyTruncated('the client went away before the end of its request'));
    this.finished();
    this.#abort?.abort();
  }

  #wakeWriters(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** False when nobody is there to answer any more. */
  #take(state: 'whole' | 'streaming'): boolean {
    if (this.#state === 'gone') return false;
    if (this.#state !== 'open') throw new Error('the request is answered already');
    if (!this.#port) throw new Error('the request cannot be answered yet');
    this.#state = state;
    return true;
  }

  /** Checks and completes the headers; Content-Length is taken out and returned beside them. */
  #complete(headers: Headers): [Headers, number | undefined] {
    const sent: Headers = {};
    let announced: number | undefined;
    let dated = false;
    for (const name in headers) {
      const value = headers[name] ?? '';
      if (unsendable.test(value) || !sendableName.test(name)) throw new TypeError(`header ${name} cannot be sent`);
      const lower = name.toLowerCase();
      if (lower === 'content-length') announced = Number(value);
      else if (lower !== 'transfer-encoding' && lower !== 'connection') sent[name] = value;
      if (lower === 'date') dated = true;
    }
    if (!dated) sent['Date'] = httpDate();
    if (!this.#host.keepAlive) sent['Connection'] = 'close';
    return [sent, announced];
  }
}

const unsendable = /[^\t\x20-\x7e\x80-\xff]/;
const sendableName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** 1xx, 204 and 304: https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1 */
function hasNoBody(status: number): boolean {
  return status < 200 || status === 204 || status === 304;
}

/** `200 OK`; codes nobody knows get a phrase all the same, because some clients insist on one. */
export function statusLine(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? 'Unknown'}`;
}

let dateSecond = 0;
let dateText = '';

/** Now, as an HTTP date; made once a second. */
export function httpDate(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(second * 1000).toUTCString();
  }
  return dateText;
}

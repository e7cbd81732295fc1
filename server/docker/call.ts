// One API call as handlers see it: parameters decoded, bodies parsed with Docker's errors, answers in its shapes.
import type { Exchange, RawStream, ReplyStream } from '../http/exchange.js';
import { Fault } from '../../actors/runtime/fault.js';
import type { Daemon } from './daemon.js';
import { compareVersions } from './versions.js';

/** JSON bodies above this are refused; Docker's own create requests are a few KiB. */
const BODY_MAX_BYTES = 8 << 20;

export type JsonObject = Record<string, unknown>;

export class Call {
  readonly exchange: Exchange;
  readonly daemon: Daemon;
  readonly params: Readonly<Record<string, string>>;
  /** `1.43`: as in the path, else the newest. */
  readonly version: string;
  /** An answer has begun: it cannot become an error any more. */
  answered = false;
  readonly #headers: Record<string, string>;

  constructor(exchange: Exchange, daemon: Daemon, params: Readonly<Record<string, string>>, version: string, headers: Record<string, string>) {
    this.exchange = exchange;
    this.daemon = daemon;
    this.params = params;
    this.version = version;
    this.#headers = headers;
  }

  atLeast(version: string): boolean {
    return compareVersions(this.version, version) >= 0;
  }

  /** A query parameter; '' when absent. */
  query(name: string): string {
    return this.exchange.query.get(name) ?? '';
  }

  /** As Docker reads booleans: absent, '', 0, no, false and none are false, everything else is true. */
  flag(name: string, otherwise = false): boolean {
    const value = this.exchange.query.get(name);
    if (value === null) return otherwise;
    return !['', '0', 'no', 'false', 'none'].includes(value.trim().toLowerCase());
  }

  /** A whole number; Docker's 400 when it is none. */
  number(name: string): number | undefined {
    const value = this.exchange.query.get(name);
    if (value === null || value === '') return undefined;
    if (!/^[+-]?\d+$/.test(value)) throw new Fault('invalid', `strconv.Atoi: parsing "${value}": invalid syntax`);
    return Number(value);
  }

  /** The JSON body. An empty one is `{}` where the call allows it, else Docker's `EOF` error. */
  async json(options: { optional?: boolean } = {}): Promise<JsonObject> {
    const text = await this.exchange.text(BODY_MAX_BYTES);
    if (text.trim() === '') {
      if (options.optional === true) return {};
      throw new Fault('invalid', 'invalid JSON: got EOF while reading request body');
    }
    const type = this.exchange.header('content-type');
    if (type !== undefined && type !== '' && !/^application\/json\b/i.test(type) && !(options.optional === true && /^text\/plain\b/i.test(type))) {
      throw new Fault('invalid', `unsupported Content-Type header (${type}): must be 'application/json'`);
    }
    return parseObject(text);
  }

  reply(status: number, value: unknown): void {
    this.replyText(status, `${JSON.stringify(value)}\n`);
  }

  /** JSON that is text already. */
  replyText(status: number, json: string | Uint8Array): void {
    this.raw(status, { 'Content-Type': 'application/json' }, json);
  }

  empty(status: number, headers: Record<string, string> = {}): void {
    this.answered = true;
    this.exchange.reply(status, { ...this.#headers, ...headers });
  }

  raw(status: number, headers: Record<string, string>, body: string | Uint8Array): void {
    this.answered = true;
    this.exchange.reply(status, { ...this.#headers, ...headers }, body);
  }

  stream(status: number, headers: Record<string, string>): ReplyStream {
    this.answered = true;
    return this.exchange.stream(status, { ...this.#headers, ...headers });
  }

  /** The raw connection of a hijack route; nothing has been written to it. */
  hijack(): RawStream {
    this.answered = true;
    return this.exchange.hijack!();
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#headers;
  }

  /** An answer of unknown length from chunks; a failure half-way cuts the connection, so that nobody takes it for complete. */
  async pipe(status: number, headers: Record<string, string>, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const stream = this.stream(status, headers);
    try {
      for await (const chunk of chunks) {
        if (this.exchange.signal.aborted) break;
        if (!stream.write(chunk)) await stream.drain();
      }
      stream.end();
    } catch (error) {
      stream.abort();
      throw error;
    }
  }
}

function parseObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Fault('invalid', `invalid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Fault('invalid', `invalid JSON: json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type object`);
  }
  return value as JsonObject;
}

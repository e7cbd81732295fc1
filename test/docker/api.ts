// A whole server in this process, and calls of its Docker API in one line: `await call('POST /containers/x/start', 404, /No such container/)`.
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { createLog } from '../../server/log.js';
import { type Server, type ServerOptions, startServer } from '../../server/server.js';

export interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  /** The body parsed; of a stream of JSON lines, the first. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly json: any;
}

/** What a body must be: text it matches, or fields it has. */
export type Match = RegExp | Readonly<Record<string, unknown>>;
export interface Sent {
  readonly body?: unknown;
  readonly headers?: http.OutgoingHttpHeaders;
}
export type Call = (line: string, status: number, match?: Match, sent?: unknown, headers?: http.OutgoingHttpHeaders) => Promise<Reply>;

export class Api {
  readonly directory = mkdtempSync(join(tmpdir(), 'sockerless-api-'));
  readonly socketPath = join(this.directory, 'd.sock');
  #server: Server | undefined;

  get server(): Server {
    return this.#server!;
  }

  async start(options: Partial<ServerOptions> = {}): Promise<this> {
    this.#server = await startServer({ dataRoot: join(this.directory, 'data'), hosts: [{ unix: this.socketPath }], backend: 'memory', log: createLog('error'), durability: 'process', ...options });
    return this;
  }

  async stop(): Promise<void> {
    await this.#server?.close();
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** `line` is `METHOD /path`; a body that is no Buffer or string is sent as JSON. */
  request(line: string, { body, headers = {} }: Sent = {}): Promise<Reply> {
    const [method, path] = line.split(' ') as [string, string];
    return new Promise((resolve, reject) => {
      const isRaw = body === undefined || Buffer.isBuffer(body) || typeof body === 'string';
      const bytes = body === undefined ? undefined : isRaw ? (body as string | Buffer) : JSON.stringify(body);
      const request = http.request({ socketPath: this.socketPath, method, path, agent: false, headers: { ...(isRaw ? {} : { 'Content-Type': 'application/json' }), ...(bytes === undefined ? {} : { 'Content-Length': Buffer.byteLength(bytes) }), ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve(reply(response, Buffer.concat(chunks))));
      });
      request.on('error', reject);
      request.end(bytes);
    });
  }

  /** One-line calls for a test: each asserts the status and what the body holds. */
  calls(t: ExecutionContext): Call {
    return async (line, status, match, body, headers) => {
      const answer = await this.request(line, { body, ...(headers ? { headers } : {}) });
      t.is(answer.status, status, `${line}: ${answer.text.slice(0, 300)}`);
      if (status >= 400 && !line.startsWith('HEAD')) t.is(typeof answer.json?.message, 'string', `${line}: an error is {"message": …}, not ${answer.text.slice(0, 100)}`);
      if (match instanceof RegExp) t.regex(answer.text, match, line);
      else if (match) t.like(answer.json, match, line);
      return answer;
    };
  }

  /** Bytes as they are: sends `text`, gives the socket to go on with. */
  raw(text: string | Buffer): Wire {
    return new Wire(net.connect(this.socketPath), text);
  }

  /** A created container of the base image. */
  async create(name: string, cmd: readonly string[], more: Record<string, unknown> = {}): Promise<string> {
    const { status, json, text } = await this.request(`POST /containers/create?name=${name}`, { body: { Image: 'sockerless/base', Cmd: cmd, ...more } });
    if (status !== 201) throw new Error(text);
    return json.Id as string;
  }

  async run(name: string, cmd: readonly string[], more: Record<string, unknown> = {}): Promise<string> {
    const id = await this.create(name, cmd, more);
    const { status, text } = await this.request(`POST /containers/${id}/start`);
    if (status !== 204) throw new Error(text);
    return id;
  }
}

function reply(response: http.IncomingMessage, bytes: Buffer): Reply {
  const text = bytes.toString();
  let json: unknown;
  try {
    json = text === '' ? undefined : JSON.parse(text);
  } catch {
    json = firstLine(text);
  }
  return { status: response.statusCode!, headers: response.headers, bytes, text, json };
}

function firstLine(text: string): unknown {
  try {
    return JSON.parse(text.split('\n', 1)[0]!);
  } catch {
    return undefined;
  }
}

/** A raw connection: what came so far, and waits for what is to come. */
export class Wire {
  readonly socket: net.Socket;
  received = Buffer.alloc(0);
  /** Sizes of the chunks as they arrived. */
  readonly chunks: Buffer[] = [];
  ended = false;
  #changed: (() => void)[] = [];

  constructor(socket: net.Socket, text: string | Buffer) {
    this.socket = socket;
    socket.write(text);
    socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.chunks.push(chunk);
      this.#tell();
    });
    for (const event of ['end', 'close', 'error']) {
      socket.on(event, () => {
        this.ended = true;
        this.#tell();
      });
    }
  }

  #tell(): void {
    for (const changed of this.#changed.splice(0)) changed();
  }

  /** Waits until `text` has come; its absence at the end of the connection is an error. */
  async until(text: string): Promise<string> {
    while (!this.received.includes(text)) {
      if (this.ended) throw new Error(`the connection ended without '${text}': ${this.received.toString().slice(0, 500)}`);
      await new Promise<void>((resolve) => this.#changed.push(resolve));
    }
    return this.received.toString();
  }

  async end(): Promise<string> {
    while (!this.ended) await new Promise<void>((resolve) => this.#changed.push(resolve));
    return this.received.toString();
  }
}

/** The bytes of a ustar archive, with whatever names and links a test wants, allowed or not. */
export function tar(entries: readonly { name: string; content?: string; type?: string; link?: string; mode?: number; uid?: number; gid?: number }[]): Buffer {
  const blocks = entries.flatMap(({ name, content = '', type = '0', link = '', mode = 0o644, uid = 0, gid = 0 }) => {
    const head = Buffer.alloc(512);
    head.write(name, 0);
    head.write(`${mode.toString(8).padStart(7, '0')}\0${uid.toString(8).padStart(7, '0')}\0${gid.toString(8).padStart(7, '0')}\0${Buffer.byteLength(content).toString(8).padStart(11, '0')}\0${'0'.padStart(11, '0')}\0        ${type}${link}`, 100);
    head.write('ustar\x0000', 257);
    head.write(`${head.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148);
    return [head, Buffer.from(content), Buffer.alloc((512 - (Buffer.byteLength(content) % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

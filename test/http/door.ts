// What the front-door tests share: both engines, a door with a handler, and a client that speaks bare bytes.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { type EngineName, type FrontDoor, type FrontDoorOptions, type Handler, openFrontDoor, uWebSocketsStatus } from '../../server/http/exchange.js';

/** node:http always; uWebSockets wherever its addon loads. */
export const engines: EngineName[] = uWebSocketsStatus().loaded ? ['uWebSockets', 'node:http'] : ['node:http'];

export interface OpenDoor {
  door: FrontDoor;
  tcp(): Wire;
  unix(): Wire;
  port: number;
  path: string;
  logged: object[];
}

/** Opens a door on a free port and on a unix socket; it closes with the test. Routes under /raw are hijack routes. */
export async function openDoor(t: ExecutionContext, engine: EngineName, handler: Handler, more: Partial<FrontDoorOptions> = {}): Promise<OpenDoor> {
  const logged: object[] = [];
  const door = await openFrontDoor({ engine, handler, hijacks: (_method, path) => path.startsWith('/raw'), log: (line) => logged.push(line), ...more });
  t.teardown(() => door.close());
  const path = join(tmpdir(), `door-${randomBytes(6).toString('hex')}.sock`);
  const { port = 0 } = await door.listen({ host: '127.0.0.1', port: 0 });
  await door.listen({ unix: path });
  return { door, port, path, logged, tcp: () => new Wire(connect({ port, host: '127.0.0.1', allowHalfOpen: true })), unix: () => new Wire(connect({ path, allowHalfOpen: true })) };
}

/** A client that sends and sees bytes, and decides itself when to end its half. */
export class Wire {
  readonly socket: Socket;
  text = '';
  /** 'end' for a clean FIN of the server, else how it broke. */
  over: string | undefined;
  #changed = new Set<() => void>();

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (text) => this.#change(() => (this.text += text)));
    socket.on('end', () => this.#change(() => (this.over ??= 'end')));
    socket.on('error', (error: NodeJS.ErrnoException) => this.#change(() => (this.over ??= error.code ?? 'error')));
    socket.on('close', () => this.#change(() => (this.over ??= 'close')));
  }

  send(...parts: (string | Buffer)[]): this {
    for (const part of parts) this.socket.write(part, 'latin1');
    return this;
  }

  fin(): this {
    this.socket.end();
    return this;
  }

  vanish(): void {
    this.socket.destroy();
  }

  /** Resolves with all text so far once it contains `wanted`; rejects when the connection is over before. */
  async until(wanted: string): Promise<string> {
    await this.#when(() => this.text.includes(wanted) || this.over !== undefined);
    if (!this.text.includes(wanted)) throw new Error(`connection over (${this.over}) before ${JSON.stringify(wanted)}; got ${JSON.stringify(this.text.slice(0, 2000))}`);
    return this.text;
  }

  /** Everything until the server ends the connection. */
  async whole(): Promise<string> {
    await this.#when(() => this.over !== undefined);
    this.socket.destroy();
    return this.text;
  }

  #when(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!condition()) return;
        this.#changed.delete(check);
        resolve();
      };
      this.#changed.add(check);
      check();
    });
  }

  #change(apply: () => void): void {
    apply();
    for (const check of this.#changed) check();
  }
}

export interface Request {
  method?: string;
  path: string;
  headers?: string[];
  body?: string;
  close?: boolean;
}

/** A well-formed HTTP/1.1 request. */
export function request({ method = 'GET', path, headers = [], body, close = false }: Request): string {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: localhost', ...headers];
  if (body !== undefined) lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  if (close) lines.push('Connection: close');
  return `${lines.join('\r\n')}\r\n\r\n${body ?? ''}`;
}

export const last = (path: string) => request({ path, close: true });

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
  /** False where the transfer broke off. */
  complete: boolean;
}

/** Takes a connection's bytes apart, as a client that had sent requests of these methods would. */
export function readAnswers(text: string, methods: string[]): Answer[] {
  const answers: Answer[] = [];
  let rest = text;
  for (const method of methods) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) break;
    const [status = '', ...lines] = rest.slice(0, end).split('\r\n');
    const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]));
    rest = rest.slice(end + 4);
    const answer: Answer = { status: Number(status.split(' ')[1]), headers, body: '', complete: true };
    answers.push(answer);
    if (method === 'HEAD' || answer.status === 204 || answer.status === 304) continue;
    if (headers['transfer-encoding'] === 'chunked') rest = readChunks(rest, answer);
    else {
      const size = Number(headers['content-length'] ?? Number.NaN);
      answer.body = Number.isNaN(size) ? rest : rest.slice(0, size);
      answer.complete = Number.isNaN(size) || rest.length >= size;
      rest = rest.slice(answer.body.length);
    }
  }
  if (rest !== '') throw new Error(`bytes behind the last answer: ${JSON.stringify(rest.slice(0, 200))}`);
  return answers;
}

function readChunks(text: string, answer: Answer): string {
  let rest = text;
  for (;;) {
    const line = rest.indexOf('\r\n');
    const size = Number.parseInt(rest.slice(0, line), 16);
    if (line < 0 || rest.length < line + 2 + size + 2) {
      answer.complete = false;
      return '';
    }
    answer.body += rest.slice(line + 2, line + 2 + size);
    rest = rest.slice(line + 2 + size + 2);
    if (size === 0) return rest;
  }
}

/** Resolves when the signal aborts. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

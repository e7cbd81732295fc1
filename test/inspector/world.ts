// A whole server with its inspector on a port of its own, and what looks at it: fetch, sockets, containers.
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { request } from '../../server/cli/api-client.js';
import { createLog } from '../../server/log.js';
import { type Server, type ServerOptions, startServer } from '../../server/server.js';

export class World {
  readonly directory = mkdtempSync(join(tmpdir(), 'sockerless-inspector-'));
  readonly #docker = join(this.directory, 'd.sock');
  server!: Server;

  static async start(options: Partial<ServerOptions> = {}): Promise<World> {
    const world = new World();
    world.server = await startServer({
      dataRoot: join(world.directory, 'data'), hosts: [{ unix: world.#docker }], backend: 'memory', log: createLog('error'), durability: 'process',
      inspect: { host: '127.0.0.1', port: 0 }, ...options,
    });
    return world;
  }

  get engine(): Server['daemon']['engine'] {
    return this.server.daemon.engine;
  }

  get url(): string {
    return this.server.inspectorUrl!.replace(/\/$/, '');
  }

  // oxlint-disable-next-line typescript/no-explicit-any
  async json(path: string, options?: RequestInit): Promise<any> {
    return (await fetch(this.url + path, options)).json();
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url + path, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) });
  }

  /** A request with headers that fetch does not let one set. */
  status(path: string, headers: http.OutgoingHttpHeaders): Promise<number> {
    return new Promise((resolve, reject) => {
      http.get(this.url + path, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode!);
      }).on('error', reject);
    });
  }

  async container(name: string, cmd: readonly string[], more: Record<string, unknown> = {}): Promise<string> {
    const made = await request({ unix: this.#docker }, 'POST', `/containers/create?name=${name}`, { Image: 'sockerless/base', Cmd: cmd, ...more });
    const { Id } = JSON.parse(made.body.toString()) as { Id: string };
    await request({ unix: this.#docker }, 'POST', `/containers/${Id}/start`);
    return Id;
  }

  docker(method: string, path: string): Promise<unknown> {
    return request({ unix: this.#docker }, method, path);
  }

  async end(): Promise<void> {
    await this.server.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A WebSocket whose messages are waited for one by one. */
export class Listener {
  readonly socket: WebSocket;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly #messages: any[] = [];
  #told: (() => void)[] = [];
  closed = false;

  constructor(url: string, options: { protocol?: string; headers?: Record<string, string> } = {}) {
    this.socket = new WebSocket(url.replace(/^http/, 'ws'), options.protocol ? [options.protocol] : [], { headers: options.headers ?? {} });
    this.socket.on('message', (data: Buffer, isBinary) => {
      this.#messages.push(isBinary ? data : JSON.parse(data.toString()));
      this.#tell();
    });
    this.socket.on('close', () => {
      this.closed = true;
      this.#tell();
    });
    this.socket.on('error', () => undefined);
  }

  #tell(): void {
    for (const told of this.#told.splice(0)) told();
  }

  async opened(): Promise<this> {
    if (this.socket.readyState === WebSocket.CONNECTING) await new Promise((resolve) => { this.socket.once('open', resolve); this.socket.once('close', resolve); });
    return this;
  }

  send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  /** The first message that fits; earlier ones are passed over. Rejects when the connection ends without it. */
  // oxlint-disable-next-line typescript/no-explicit-any
  async next(fits: (message: any) => boolean = () => true): Promise<any> {
    for (;;) {
      while (this.#messages.length > 0) {
        const message = this.#messages.shift();
        if (fits(message)) return message;
      }
      if (this.closed) throw new Error('the connection ended');
      await new Promise<void>((resolve) => this.#told.push(resolve));
    }
  }
}

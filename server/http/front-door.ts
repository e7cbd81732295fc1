// Opens the front door: chooses the HTTP engine, starts it behind the gate, listens.
import { rm } from 'node:fs/promises';
import type { Server, Socket } from 'node:net';
import { join } from 'node:path';
import { loadUws, uWebSocketsStatus } from './addon.js';
import { Client, type Gate } from './client.js';
import type { Address, FrontDoor, FrontDoorOptions, Headers, Limits } from './exchange.js';
import { listenOn } from './listening.js';
import { openNodeEngine } from './node-engine.js';
import { Passages } from './passage.js';
import type { Engine, FindTurn } from './port.js';
import { makePrivateDir } from './private-dir.js';
import type { Turn } from './turn.js';
import { openUwsEngine } from './uws-engine.js';

export const defaultLimits: Limits = {
  headBytes: 64 << 10,
  headerLines: 100,
  headTimeoutMs: 10_000,
  connections: 4096,
  bufferBytes: 256 << 10,
};

/** Opens the door; it listens nowhere until `listen`. Rejects when the engine asked for by name does not load. */
export async function openFrontDoor(options: FrontDoorOptions): Promise<FrontDoor> {
  const wanted = options.engine ?? 'auto';
  if (wanted === 'uWebSockets' && !loadUws()) throw new Error(`uWebSockets: ${uWebSocketsStatus().reason}`);
  const dir = await makePrivateDir();
  const path = join(dir, 'engine.sock');
  const serve = (turn: Turn) => serveTurn(turn, options);
  let passages: Passages | undefined;
  const find: FindTurn = (url) => passages?.turns.get(Number(url.slice(1)));
  const engine: Engine = wanted !== 'node:http' && loadUws() ? openUwsEngine(find, serve) : openNodeEngine(find, serve);
  await engine.listen(path);
  passages = new Passages(path, engine);
  return new Door(options, engine, passages, dir, serve);
}

class Door implements FrontDoor, Gate {
  readonly engine: FrontDoor['engine'];
  readonly limits: Limits;
  readonly passages: Passages;
  readonly hijacks: Gate['hijacks'];
  readonly badRequest: Gate['badRequest'];
  readonly serve: (turn: Turn) => void;
  readonly #engine: Engine;
  readonly #dir: string;
  readonly #clients = new Set<Client>();
  /** In the order in which they became idle. */
  readonly #idle = new Set<Client>();
  readonly #watched = new Set<Client>();
  readonly #clock: NodeJS.Timeout;
  #servers: Server[] = [];

  constructor(options: FrontDoorOptions, engine: Engine, passages: Passages, dir: string, serve: (turn: Turn) => void) {
    this.engine = engine.name;
    this.limits = { ...defaultLimits, ...options.limits };
    this.passages = passages;
    this.hijacks = options.hijacks;
    this.badRequest = options.badRequest ?? messageJson;
    this.serve = serve;
    this.#engine = engine;
    this.#dir = dir;
    this.#clock = setInterval(() => this.#tick(), Math.min(1000, this.limits.headTimeoutMs / 4)).unref();
  }

  async listen(address: Address): Promise<{ port?: number }> {
    const { server, port } = await listenOn(address, (socket) => this.#accept(socket, 'unix' in address ? 'unix' : undefined));
    this.#servers.push(server);
    return port === undefined ? {} : { port };
  }

  async close(): Promise<void> {
    clearInterval(this.#clock);
    const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)));
    this.#servers = [];
    for (const client of this.#clients) client.destroy();
    await Promise.all(closed);
    this.passages.close();
    this.#engine.close();
    await rm(this.#dir, { recursive: true, force: true });
  }

  #accept(socket: Socket, remote: string | undefined): void {
    if (this.#clients.size >= this.limits.connections) {
      const [longestIdle] = this.#idle;
      if (!longestIdle) return void socket.destroy();
      this.forget(longestIdle);
      longestIdle.destroy();
    }
    const client = new Client(socket, remote ?? socket.remoteAddress ?? '', this);
    this.#clients.add(client);
    this.#idle.add(client);
  }

  idle(client: Client, idle: boolean): void {
    if (!idle) this.#idle.delete(client);
    else if (this.#clients.has(client)) this.#idle.add(client);
  }

  watch(client: Client, watched: boolean): void {
    if (watched && this.#clients.has(client)) this.#watched.add(client);
    else this.#watched.delete(client);
  }

  forget(client: Client): void {
    this.#clients.delete(client);
    this.#idle.delete(client);
    this.#watched.delete(client);
  }

  #tick(): void {
    const now = Date.now();
    for (const client of this.#watched) client.tick(now);
  }
}

/** Runs the handler; whatever it does, the client gets an answer or a visible break. Never throws. */
function serveTurn(turn: Turn, options: FrontDoorOptions): void {
  const failed = (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    options.log?.({ level: 'error', at: 'front-door', method: turn.method, path: turn.path, message, stack: error instanceof Error ? error.stack : undefined });
    if (turn.unanswered) {
      const { body, headers } = (options.badRequest ?? messageJson)(message);
      turn.reply(500, headers, body);
    } else turn.abort();
  };
  const settled = () => {
    if (turn.unanswered) failed(new Error('the handler gave no answer'));
  };
  try {
    const running = options.handler(turn);
    if (running) running.then(settled, failed);
    else settled();
  } catch (error) {
    failed(error);
  }
}

function messageJson(reason: string): { body: string; headers: Headers } {
  return { body: JSON.stringify({ message: reason }), headers: { 'Content-Type': 'application/json' } };
}

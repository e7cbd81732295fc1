// Answers through node:http, where uWebSockets' addon does not load.
import { createServer, STATUS_CODES, type ServerResponse } from 'node:http';
import type { Headers } from './exchange.js';
import type { Engine, FindTurn, ReplyPort } from './port.js';
import type { Turn } from './turn.js';

/** `serve` starts the handler and does not throw. All time-outs are off: the gate has those that are wanted. */
export function openNodeEngine(find: FindTurn, serve: (turn: Turn) => void): Engine {
  const server = createServer({ requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0, connectionsCheckingInterval: 2 ** 30 }, (request, response) => {
    const turn = find(request.url ?? '');
    if (!turn) return void response.destroy();
    turn.attach(new NodePort(response));
    serve(turn);
  });
  server.timeout = 0;
  return {
    name: 'node:http',
    listen: (path) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(path, resolve);
      }),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

class NodePort implements ReplyPort {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.sendDate = false;
    // A connection that broke is the gate's news; here it must only not be fatal.
    response.on('error', () => {});
  }

  whole(status: number, headers: Headers, body: string | Uint8Array | undefined, lengthBytes: number | undefined): void {
    const all = lengthBytes === undefined ? headers : { ...headers, 'Content-Length': String(lengthBytes) };
    this.#response.writeHead(status, STATUS_CODES[status] ?? 'Unknown', all);
    if (body === undefined) return void this.#response.end();
    // node joins head and string body and sends both as UTF-8, which would change a latin-1 head.
    const apart = typeof body === 'string' && Object.values(headers).some((value) => /[\x80-\xff]/.test(value));
    this.#response.end(apart ? Buffer.from(body) : body);
  }

  cut(): void {
    this.#response.destroy();
  }
}

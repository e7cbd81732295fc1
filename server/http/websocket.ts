// Makes a websocket of a hijacked exchange, with `ws` on the raw socket.
import type { IncomingMessage } from 'node:http';
import type { WebSocket, WebSocketServer } from 'ws';
import type { Exchange } from './exchange.js';

const handshakeHeaders = ['connection', 'upgrade', 'host', 'origin', 'cookie', 'authorization', 'sec-websocket-key', 'sec-websocket-version', 'sec-websocket-protocol', 'sec-websocket-extensions'];

let handshakes: WebSocketServer | undefined;

/**
 * Resolves with the open socket; a handshake that `ws` finds wrong it answers itself (400), and then this resolves with undefined.
 * Throws where the route is no hijack route.
 */
export async function acceptWebSocket(exchange: Exchange): Promise<WebSocket | undefined> {
  if (!exchange.hijack) throw new Error(`${exchange.path} is not a hijack route`);
  const headers: Record<string, string> = {};
  for (const name of handshakeHeaders) {
    const value = exchange.header(name);
    if (value !== undefined) headers[name] = value;
  }
  // Loaded with the first of them: most servers never see one.
  handshakes ??= new (await import('ws')).WebSocketServer({ noServer: true });
  const server = handshakes;
  const { socket, closed } = exchange.hijack();
  // All that `ws` looks at; bytes that came early are in the socket already.
  const request = { method: exchange.method, url: exchange.path, headers } as unknown as IncomingMessage;
  return new Promise((resolve) => {
    void closed.then(() => resolve(undefined));
    server.handleUpgrade(request, socket, Buffer.alloc(0), (webSocket) => resolve(webSocket));
  });
}

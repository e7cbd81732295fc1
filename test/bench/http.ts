// How fast the front door is: both engines behind the gate, with plain node:http as the yardstick.
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Exchange, openFrontDoor, uWebSocketsStatus } from '../../server/http/exchange.js';
import type { Load } from './http-load.js';

export interface Row {
  name: string;
  value: number;
  unit: string;
  aim?: string;
}

const hello = JSON.stringify({ Id: 'a'.repeat(64), State: { Status: 'running', Pid: 1 } });
const json = { 'Content-Type': 'application/json' };
const durationMs = 2_000;
const bodyBytes = 1 << 30;

/** Takes about twenty seconds. */
export async function benchHttp(): Promise<Row[]> {
  const rows: Row[] = await plainNode();
  const engines = uWebSocketsStatus().loaded ? (['uWebSockets', 'node:http'] as const) : (['node:http'] as const);
  for (const engine of engines) {
    const door = await openFrontDoor({ engine, hijacks: (_method, path) => path === '/direct', handler: answer });
    const { port = 0 } = await door.listen({ host: '127.0.0.1', port: 0 });
    const aims: Record<string, string> = engine === 'uWebSockets' ? { rps: 'not below plain node:http', transfer: '1 GB/s' } : {};
    rows.push(row(`http: hello, gate and ${engine}`, await generate(port, 'keep-alive'), 'requests/s', aims['rps']));
    rows.push(row(`http: connection each, gate and ${engine}`, await generate(port, 'connection-each'), 'requests/s'));
    const rssBefore = process.memoryUsage.rss();
    let rssPeak = rssBefore;
    const watch = setInterval(() => (rssPeak = Math.max(rssPeak, process.memoryUsage.rss())), 20);
    rows.push(row(`http: upload 1 GB chunked, gate and ${engine}`, (await generate(port, 'upload')) / 1e6, 'MB/s', aims['transfer']));
    rows.push(row(`http: RSS growth in that upload, ${engine}`, (rssPeak - rssBefore) / 1e6, 'MB'));
    rows.push(row(`http: download 1 GB streamed, gate and ${engine}`, (await generate(port, 'download')) / 1e6, 'MB/s', aims['transfer']));
    clearInterval(watch);
    await door.close();
  }
  return rows;
}

async function plainNode(): Promise<Row[]> {
  const server = createServer((request, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.setHeader('X-Query', String(request.url).length);
    response.end(hello);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const rows = [
    row('http: hello, plain node:http', await generate(port, 'keep-alive'), 'requests/s'),
    row('http: connection each, plain node:http', await generate(port, 'connection-each'), 'requests/s'),
  ];
  server.closeAllConnections();
  server.close();
  return rows;
}

async function answer(exchange: Exchange): Promise<void> {
  if (exchange.path === '/upload') {
    let size = 0;
    for await (const part of exchange.body()) size += part.length;
    return exchange.reply(200, {}, String(size));
  }
  if (exchange.path !== '/download') return exchange.reply(200, json, hello);
  const stream = exchange.stream(200, {});
  const chunk = Buffer.alloc(64 << 10, 'x');
  for (let sent = 0; sent < bodyBytes; sent += chunk.length) if (!stream.write(chunk)) await stream.drain();
  stream.end();
}

function generate(port: number, kind: Load['kind']): Promise<number> {
  const child = fork(new URL('./http-load.js', import.meta.url), { execArgv: [] });
  const load: Load = { port, kind, connections: 16, durationMs, bodyBytes };
  child.send(load);
  return new Promise((resolve, reject) => {
    child.once('message', (result: { perSecond?: number; error?: string }) => {
      if (result.perSecond === undefined) reject(new Error(result.error));
      else resolve(result.perSecond);
    });
    child.once('exit', (code) => reject(new Error(`the load generator ended with ${code}`)));
  });
}

function row(name: string, value: number, unit: string, aim?: string): Row {
  return { name, value: Math.round(value), unit, ...(aim && { aim }) };
}

// A small HTTP client for this program's own commands: JSON over a unix socket or TCP.
import http from 'node:http';
import { Fault } from '../../actors/runtime/fault.js';
import type { HostAddress } from './places.js';

export interface Answer {
  status: number;
  body: Buffer;
}

/** One request. Throws node's own error when nobody listens. */
export function request(address: HostAddress, method: string, path: string, body?: unknown): Promise<Answer> {
  const target = 'unix' in address ? { socketPath: address.unix } : { host: address.host, port: address.port };
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const outgoing = http.request({ ...target, method, path, headers: { Host: 'sockerless', ...(text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }) } }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks) }));
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}

/** The JSON answer of a call that must succeed; its message as a Fault otherwise. */
export async function requestJson<T>(address: HostAddress, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await request(address, method, path, body);
  const text = answer.body.toString('utf8');
  if (answer.status >= 400) throw new Fault('invalid', (JSON.parse(text) as { message: string }).message);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

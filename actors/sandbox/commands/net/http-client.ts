// One HTTP exchange of a built-in command, over a connection of the container.
import http from 'node:http';
import tls from 'node:tls';
import type { Duplex } from 'node:stream';
import type { Process } from '../../kernel/process.js';
import { connect } from './connection.js';

export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  /** Names as they go over the wire. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: Uint8Array;
  readonly insecure?: boolean;
  /** Certificates to trust beside the host's. */
  readonly authorities?: string;
  readonly connectTimeoutMs?: number;
  /** Another host and port to connect to than the URL's (curl --resolve, --connect-to). */
  readonly connectTo?: { host: string; port: number };
}

export interface HttpAnswer {
  readonly status: number;
  readonly reason: string;
  readonly version: string;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  readonly headers: http.IncomingHttpHeaders;
  readonly body: http.IncomingMessage;
  end(): void;
}

async function secure(socket: Duplex, { url, insecure, authorities }: HttpRequest): Promise<Duplex> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return new Promise((done, fail) => {
    const secured = tls.connect({
      socket, ...(/^[\d.:]+$/.test(host) ? {} : { servername: host }), host, rejectUnauthorized: insecure !== true, ALPNProtocols: ['http/1.1'],
      ...(authorities === undefined ? {} : { ca: [...tls.rootCertificates, authorities] }),
    }, () => {
      secured.off('error', fail);
      done(secured);
    });
    secured.once('error', fail);
  });
}

/** The port a URL leads to. */
export function portOf(url: URL): number {
  return Number(url.port || (url.protocol === 'https:' ? 443 : 80));
}

/** Throws UnknownHost, Errno, or Node's errors of TLS and HTTP, which have a `code`. */
export async function exchange(process: Process, request: HttpRequest): Promise<HttpAnswer> {
  const { url, method, headers, body } = request;
  const { host, port } = request.connectTo ?? { host: url.hostname, port: portOf(url) };
  const raw = await connect(process, host, port, request.connectTimeoutMs);
  try {
    const socket = url.protocol === 'https:' ? await secure(raw, request) : raw;
    return await new Promise((done, fail) => {
      const sent = http.request({
        createConnection: () => socket as never, method, path: `${url.pathname}${url.search}`, insecureHTTPParser: true,
        setHost: false,
      });
      for (const [name, value] of headers) sent.setHeader(name, [...([sent.getHeader(name) ?? []].flat() as string[]), value]);
      if (body && !sent.hasHeader('Content-Length') && !sent.hasHeader('Transfer-Encoding')) sent.setHeader('Content-Length', body.length);
      sent.once('error', fail);
      sent.once('response', (answer) => done({
        status: answer.statusCode!, reason: answer.statusMessage ?? '', version: answer.httpVersion, rawHeaders: answer.rawHeaders, headers: answer.headers, body: answer,
        end: () => sent.destroy(),
      }));
      sent.end(body);
    });
  } catch (error) {
    raw.destroy();
    throw error;
  }
}

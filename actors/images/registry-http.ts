// HTTP to registries: one request with redirects followed safely, insecure ways for loopback only, errors as Go words them.
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { Fault } from '../runtime/fault.js';

export interface RegistryRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: AsyncIterable<Uint8Array> | Uint8Array;
  readonly abort?: AbortSignal | undefined;
  /** Where credentials may go; a redirect elsewhere loses them. */
  readonly followRedirects?: boolean;
  /** Take any certificate: for registries that are allowed to have none at all. */
  readonly anyCertificate?: boolean;
}

export interface RegistryResponse {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: http.IncomingMessage;
  /** Where the answer came from, after redirects. */
  readonly url: URL;
}

const REDIRECTS_MAX = 5;
/** No bytes for this long is a broken connection; a pull then resumes. */
const IDLE_TIMEOUT_MS = 60_000;
export const ERROR_BODY_LIMIT_BYTES = 64 * 1024;

/** Sends one request and returns once the headers are there. Throws Fault unavailable for anything below HTTP. */
export async function send(request: RegistryRequest): Promise<RegistryResponse> {
  let { url } = request;
  let headers: Record<string, string> = { 'user-agent': 'docker/28.0.0 (linux)', ...request.headers };
  for (let hops = 0; ; hops++) {
    const body = await once(url, request, headers);
    const status = body.statusCode ?? 0;
    const location = body.headers.location;
    const redirect = request.followRedirects !== false && [301, 302, 303, 307, 308].includes(status) && location !== undefined;
    if (!redirect) return { status, headers: body.headers, body, url };
    body.resume();
    if (hops === REDIRECTS_MAX) throw new Fault('unavailable', `${request.method} ${JSON.stringify(request.url.href)}: stopped after ${REDIRECTS_MAX} redirects`);
    const next = new URL(location, url);
    if (next.protocol !== 'https:' && next.protocol !== 'http:') throw new Fault('unavailable', `unsupported protocol scheme ${JSON.stringify(next.protocol.slice(0, -1))}`);
    // Storage behind a registry has its own signed address; the registry's token is none of its business.
    if (next.host !== url.host || (url.protocol === 'https:' && next.protocol === 'http:')) headers = without(headers, 'authorization');
    url = next;
  }
}

function without(headers: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
}

function once(url: URL, request: RegistryRequest, headers: Record<string, string>): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(request.abort?.aborted ? new Fault('unavailable', 'context canceled', {}, { cause: error }) : connectionFault(request.method, url, error));
    let response: http.IncomingMessage | undefined;
    const transport = url.protocol === 'https:' ? https : http;
    const outgoing = transport.request(url, { method: request.method, headers, ...(request.anyCertificate && { rejectUnauthorized: false }) }, (incoming) => {
      response = incoming;
      // An abort may strike before anyone reads the body; whoever does read it is still told.
      incoming.on('error', () => undefined);
      resolve(incoming);
    });
    // Not Node's own `signal`: that also destroys a finished request's socket, which by then is another's or nobody's.
    const stop = (): void => {
      if (!response) outgoing.destroy(new Error('context canceled'));
      else if (!response.complete) response.destroy(new Error('context canceled'));
    };
    request.abort?.addEventListener('abort', stop, { once: true });
    outgoing.once('close', () => request.abort?.removeEventListener('abort', stop));
    if (request.abort?.aborted) stop();
    outgoing.setTimeout(IDLE_TIMEOUT_MS, () => outgoing.destroy(new Error('i/o timeout')));
    outgoing.on('error', fail);
    void sendBody(outgoing, request.body).catch((error: Error) => {
      outgoing.destroy();
      reject(error);
    });
  });
}

async function sendBody(outgoing: http.ClientRequest, body: AsyncIterable<Uint8Array> | Uint8Array | undefined): Promise<void> {
  if (body === undefined || body instanceof Uint8Array) {
    outgoing.end(body);
    return;
  }
  let go = (): void => undefined;
  outgoing.on('drain', () => go());
  outgoing.on('close', () => go());
  for await (const chunk of body) {
    if (outgoing.destroyed) return;
    if (!outgoing.write(chunk)) await new Promise<void>((resolve) => (go = resolve));
  }
  outgoing.end();
}

function connectionFault(method: string, url: URL, error: Error): Fault {
  const code = (error as NodeJS.ErrnoException).code;
  const at = `${url.hostname.replace(/^\[|\]$/g, '')}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`;
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: `dial tcp ${at}: connect: connection refused`,
    ENOTFOUND: `dial tcp: lookup ${url.hostname}: no such host`,
    EAI_AGAIN: `dial tcp: lookup ${url.hostname}: Temporary failure in name resolution`,
    ECONNRESET: 'EOF',
    EPROTO: 'http: server gave HTTP response to HTTPS client',
  };
  const verb = method.charAt(0) + method.slice(1).toLowerCase();
  return new Fault('unavailable', `${verb} ${JSON.stringify(url.href)}: ${words[code ?? ''] ?? error.message}`, { code: code ?? '' }, { cause: error });
}

/** Whether a registry may be spoken to without TLS: loopback addresses always, others by configuration (host, host:port, CIDR). */
export function isInsecure(host: string, allowed: readonly string[] = []): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  if (name === 'localhost' || name === '::1' || (net.isIPv4(name) && name.startsWith('127.'))) return true;
  return allowed.some((entry) => entry === host || entry === name || inRange(name, entry));
}

function inRange(address: string, range: string): boolean {
  const [base, bits] = range.split('/');
  if (bits === undefined || base === undefined || net.isIP(address) === 0 || net.isIP(base) !== net.isIP(address)) return false;
  const list = new net.BlockList();
  const family = net.isIPv4(address) ? 'ipv4' : 'ipv6';
  list.addSubnet(base, Number(bits), family);
  return list.check(address, family);
}

/** Reads a small body whole. Throws Fault invalid if it is larger than `limitBytes`. */
export async function readBody(body: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const part of body) {
    sizeBytes += part.length;
    if (sizeBytes > limitBytes) throw new Fault('invalid', `registry answer is larger than ${limitBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

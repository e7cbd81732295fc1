// A small registry in this process for the pull and push suites: tokens, redirects, ranges, and faults on demand.
import { createHash, randomUUID } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Faults {
  /** Ask for a bearer token with these credentials (`user:password`), or for Basic. */
  auth?: { kind: 'bearer' | 'basic'; user?: string };
  /** Serve blobs from another port, which refuses requests with credentials. */
  redirectBlobs?: boolean;
  /** Break off each blob once after this many bytes. */
  breakBlobsAfter?: number;
  /** Flip a byte of every blob. */
  corruptBlobs?: boolean;
}

export class RegistryServer {
  readonly blobs = new Map<string, Buffer>();
  readonly manifests = new Map<string, { type: string; body: Buffer }>();
  readonly log: string[] = [];
  readonly #uploads = new Map<string, Buffer>();
  readonly #broken = new Set<string>();
  readonly #server: http.Server;
  readonly #storage: http.Server;
  faults: Faults;
  host = '';
  #storageHost = '';

  private constructor(faults: Faults) {
    this.faults = faults;
    this.#server = http.createServer((request, response) => void this.#handle(request, response));
    this.#storage = http.createServer((request, response) => {
      if (request.headers.authorization) response.writeHead(400).end('credentials leaked');
      else this.#sendBlob(request, response, (request.url ?? '').slice(1));
    });
  }

  static async start(t: { teardown(f: () => void): void }, faults: Faults = {}): Promise<RegistryServer> {
    const registry = new RegistryServer(faults);
    for (const server of [registry.#server, registry.#storage]) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      t.teardown(() => {
        server.closeAllConnections();
        server.close();
      });
    }
    registry.host = `127.0.0.1:${(registry.#server.address() as AddressInfo).port}`;
    registry.#storageHost = `127.0.0.1:${(registry.#storage.address() as AddressInfo).port}`;
    return registry;
  }

  putBlob(body: Buffer): { digest: string; size: number } {
    const digest = digestOf(body);
    this.blobs.set(digest, body);
    return { digest, size: body.length };
  }

  putManifest(repository: string, tag: string, type: string, document: unknown): { digest: string; size: number; mediaType: string } {
    const body = Buffer.from(JSON.stringify(document));
    const digest = digestOf(body);
    for (const name of [tag, digest]) this.manifests.set(`${repository}:${name}`, { type, body });
    return { digest, size: body.length, mediaType: type };
  }

  async #handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `http://${this.host}`);
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    this.log.push(`${request.method} ${url.pathname}`);
    if (url.pathname === '/token') return this.#token(request, response, url);
    if (!this.#allowed(request, response)) return;
    const [, repository = '', kind, name = ''] = /^\/v2\/(.+)\/(manifests|blobs)\/(.*)$/.exec(url.pathname) ?? [];
    if (kind === 'manifests') return this.#manifest(request, response, repository, name, body);
    if (name.startsWith('uploads/')) return this.#upload(request, response, url, repository, name, body);
    if (this.faults.redirectBlobs && request.method === 'GET') return void response.writeHead(307, { location: `http://${this.#storageHost}/${name}` }).end();
    this.#sendBlob(request, response, name);
  }

  #token(request: http.IncomingMessage, response: http.ServerResponse, url: URL): void {
    const given = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
    if (this.faults.auth?.user !== undefined && given !== this.faults.auth.user) return void response.writeHead(401).end('{}');
    response.end(JSON.stringify({ token: `for ${url.searchParams.getAll('scope').join(' ')}`, expires_in: 300 }));
  }

  #allowed(request: http.IncomingMessage, response: http.ServerResponse): boolean {
    const { auth } = this.faults;
    const given = request.headers.authorization ?? '';
    const expected = auth?.kind === 'basic' ? `Basic ${Buffer.from(auth.user ?? '').toString('base64')}` : 'Bearer for repository:';
    if (!auth || given.startsWith(expected)) return true;
    const challenge = auth.kind === 'basic' ? 'Basic realm="x"' : `Bearer realm="http://${this.host}/token",service="test",scope="ignored"`;
    response.writeHead(401, { 'www-authenticate': challenge }).end(JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] }));
    return false;
  }

  #manifest(request: http.IncomingMessage, response: http.ServerResponse, repository: string, name: string, body: Buffer): void {
    if (request.method === 'PUT') {
      const type = request.headers['content-type'] ?? '';
      for (const key of [name, digestOf(body)]) this.manifests.set(`${repository}:${key}`, { type, body });
      return void response.writeHead(201).end();
    }
    const found = this.manifests.get(`${repository}:${name}`);
    if (!found) return void response.writeHead(404).end(JSON.stringify({ errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] }));
    response.writeHead(200, { 'content-type': found.type }).end(found.body);
  }

  #upload(request: http.IncomingMessage, response: http.ServerResponse, url: URL, repository: string, name: string, body: Buffer): void {
    const mount = url.searchParams.get('mount');
    if (mount !== null && this.blobs.has(mount)) return void response.writeHead(201).end();
    const id = request.method === 'POST' ? randomUUID() : name.slice('uploads/'.length);
    const all = Buffer.concat([this.#uploads.get(id) ?? Buffer.alloc(0), body]);
    this.#uploads.set(id, all);
    if (request.method !== 'PUT') return void response.writeHead(202, { location: `/v2/${repository}/blobs/uploads/${id}?state=x` }).end();
    if (digestOf(all) !== url.searchParams.get('digest')) return void response.writeHead(400).end(JSON.stringify({ errors: [{ code: 'DIGEST_INVALID', message: 'no' }] }));
    this.putBlob(all);
    response.writeHead(201).end();
  }

  #sendBlob(request: http.IncomingMessage, response: http.ServerResponse, digest: string): void {
    const blob = this.blobs.get(digest);
    if (!blob) return void response.writeHead(404).end(JSON.stringify({ errors: [{ code: 'BLOB_UNKNOWN', message: 'blob unknown to registry' }] }));
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const bytes = Buffer.from(blob.subarray(from));
    if (this.faults.corruptBlobs) bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ 1;
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': bytes.length });
    if (request.method === 'HEAD') return void response.end();
    const limit = this.faults.breakBlobsAfter;
    if (limit === undefined || bytes.length <= limit || this.#broken.has(digest)) return void response.end(bytes);
    this.#broken.add(digest);
    response.write(bytes.subarray(0, limit), () => setTimeout(() => response.destroy(), 5));
  }
}

export function digestOf(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

// A repository at a registry: manifests and blobs to read and write, by the OCI distribution protocol.
import { createHash } from 'node:crypto';
import { Fault } from '../runtime/fault.js';
import { ACCEPT, MANIFEST_LIMIT_BYTES, type Descriptor } from './manifest.js';
import { sha256Digest } from './image-config.js';
import { familiarName, fullName, type Reference } from './reference.js';
import { RegistryAuth, type RegistryCredentials } from './registry-auth.js';
import { ERROR_BODY_LIMIT_BYTES, isInsecure, readBody, send, type RegistryRequest, type RegistryResponse } from './registry-http.js';

/** How registries are reached. */
export interface RegistryOptions {
  readonly credentials?: RegistryCredentials;
  /** Base addresses of mirrors of docker.io, tried first for pulls. */
  readonly mirrors?: readonly string[];
  /** Hosts and networks that may be spoken to without TLS, beside loopback. */
  readonly insecureRegistries?: readonly string[];
  readonly abort?: AbortSignal;
}

const BLOB_ATTEMPTS = 5;
const RETRY_FIRST_MS = 100;
const DOCKER_HUB = 'registry-1.docker.io';

interface ErrorBody {
  errors?: { code?: string; message?: string; detail?: unknown }[];
}

/**
 * One repository at one endpoint.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export class RegistryClient {
  readonly reference: Reference;
  readonly #bases: URL[];
  readonly #insecure: boolean;
  readonly #auth: RegistryAuth;
  readonly #options: RegistryOptions;
  readonly #scopes: string[];

  /** `mirror` is a base address to use instead of the reference's own registry. */
  constructor(reference: Reference, actions: 'pull' | 'pull,push', options: RegistryOptions, mirror?: string) {
    const host = reference.domain === 'docker.io' ? DOCKER_HUB : reference.domain;
    this.reference = reference;
    this.#options = options;
    // Loopback and configured registries may have TLS too: it is tried first, as dockerd does.
    this.#insecure = mirror === undefined && isInsecure(host, options.insecureRegistries);
    const plain = this.#insecure ? [new URL(`http://${host}`)] : [];
    this.#bases = mirror === undefined ? [new URL(`https://${host}`), ...plain] : [new URL(mirror)];
    this.#auth = new RegistryAuth(mirror === undefined ? options.credentials : undefined, options.abort);
    this.#scopes = [`repository:${reference.path}:${actions}`];
  }

  get abort(): AbortSignal | undefined {
    return this.#options.abort;
  }

  /** Fetches a manifest by tag or digest. Throws Fault with dockerd's words if it is not there or not allowed. */
  async manifest(tagOrDigest: string): Promise<{ text: string; mediaType: string; digest: string }> {
    const answer = await this.#request('GET', `manifests/${tagOrDigest}`, { headers: { accept: ACCEPT } });
    if (answer.status !== 200) throw await this.#fault(answer, tagOrDigest);
    const bytes = await readBody(answer.body, MANIFEST_LIMIT_BYTES);
    const digest = sha256Digest(bytes);
    if (tagOrDigest.startsWith('sha256:') && digest !== tagOrDigest) throw new Fault('invalid', `manifest verification failed for digest ${tagOrDigest}`);
    return { text: bytes.toString('utf8'), mediaType: (answer.headers['content-type'] ?? '').split(';')[0] as string, digest };
  }

  /** The names of all tags, page by page. */
  async tags(): Promise<string[]> {
    const tags: string[] = [];
    for (let path: string | undefined = 'tags/list'; path !== undefined; ) {
      const answer = await this.#request('GET', path, {});
      if (answer.status !== 200) throw await this.#fault(answer, 'latest');
      const { tags: more } = JSON.parse((await readBody(answer.body, MANIFEST_LIMIT_BYTES)).toString('utf8')) as { tags?: string[] | null };
      tags.push(...(more ?? []));
      path = /(tags\/list\?[^>]*)>;\s*rel="?next/.exec(String(answer.headers.link ?? ''))?.[1];
    }
    return tags;
  }

  /** Whether the repository has a blob; its size, or undefined. */
  async blobSize(digest: string): Promise<number | undefined> {
    const answer = await this.#request('HEAD', `blobs/${digest}`, {});
    answer.body.resume();
    return answer.status === 200 ? Number(answer.headers['content-length'] ?? 0) : undefined;
  }

  /** A small blob, checked. */
  async blobText(descriptor: Descriptor, limitBytes: number): Promise<string> {
    if (descriptor.size > limitBytes) throw new Fault('invalid', `image configuration is larger than ${limitBytes} bytes`);
    const bytes = await readBody(this.blob(descriptor), limitBytes);
    if (sha256Digest(bytes) !== descriptor.digest) throw new Fault('invalid', `image config verification failed for digest ${descriptor.digest}`);
    return bytes.toString('utf8');
  }

  /** Streams a blob; a connection that breaks is taken up again where it broke. The digest is for the consumer to check. */
  async *blob(descriptor: Descriptor, onRetry?: () => void): AsyncGenerator<Uint8Array> {
    let offset = 0;
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.#request('GET', `blobs/${descriptor.digest}`, offset > 0 ? { headers: { range: `bytes=${offset}-` } } : {});
        if (answer.status !== 200 && answer.status !== 206) throw await this.#fault(answer, descriptor.digest);
        let skip = answer.status === 200 ? offset : 0;
        for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
          const fresh = skip > 0 ? chunk.subarray(Math.min(skip, chunk.length)) : chunk;
          skip -= Math.min(skip, chunk.length);
          if (fresh.length === 0) continue;
          offset += fresh.length;
          attempt = 1;
          yield fresh;
        }
        if (offset < descriptor.size) throw new Fault('unavailable', 'unexpected EOF');
        return;
      } catch (error) {
        const lasting = error instanceof Fault && error.kind !== 'unavailable';
        if (this.#options.abort?.aborted) throw new Fault('unavailable', 'context canceled', {}, { cause: error });
        if (lasting) throw error;
        if (attempt >= BLOB_ATTEMPTS) throw error instanceof Fault ? error : new Fault('unavailable', 'unexpected EOF', {}, { cause: error });
        onRetry?.();
        await new Promise((resolve) => setTimeout(resolve, RETRY_FIRST_MS * 2 ** attempt));
      }
    }
  }

  /** Asks to have a blob of another repository; true if the registry did so. */
  async mount(digest: string, fromPath: string): Promise<boolean> {
    const answer = await this.#request('POST', `blobs/uploads/?mount=${digest}&from=${encodeURIComponent(fromPath)}`, { headers: { 'content-length': '0' } }, [`repository:${fromPath}:pull`]);
    answer.body.resume();
    return answer.status === 201;
  }

  /** Uploads a blob whose digest is not known beforehand. Returns what it was. */
  async upload(body: AsyncIterable<Uint8Array>, onBytes?: (total: number) => void): Promise<{ digest: string; sizeBytes: number }> {
    const begun = await this.#request('POST', 'blobs/uploads/', { headers: { 'content-length': '0' } });
    if (begun.status !== 202) throw await this.#fault(begun, '');
    begun.body.resume();
    const hash = createHash('sha256');
    let sizeBytes = 0;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const chunk of body) {
        hash.update(chunk);
        sizeBytes += chunk.length;
        onBytes?.(sizeBytes);
        yield chunk;
      }
    }
    const sent = await this.#sendTo(location(begun), 'PATCH', { headers: { 'content-type': 'application/octet-stream' }, body: counted() });
    // The specification says 202; registries that say another success mean the same.
    if (!isSuccess(sent.status)) throw await this.#fault(sent, '');
    sent.body.resume();
    const digest = `sha256:${hash.digest('hex')}`;
    const end = location(sent);
    end.searchParams.set('digest', digest);
    const done = await this.#sendTo(end, 'PUT', { headers: { 'content-length': '0' } });
    if (!isSuccess(done.status)) throw await this.#fault(done, digest);
    done.body.resume();
    return { digest, sizeBytes };
  }

  /** Writes a manifest under a tag or its digest. */
  async putManifest(tagOrDigest: string, mediaType: string, text: string): Promise<void> {
    const body = Buffer.from(text);
    const answer = await this.#request('PUT', `manifests/${tagOrDigest}`, { headers: { 'content-type': mediaType, 'content-length': String(body.length) }, body });
    if (!isSuccess(answer.status)) throw await this.#fault(answer, tagOrDigest);
    answer.body.resume();
  }

  async #request(method: string, path: string, rest: Pick<RegistryRequest, 'headers' | 'body'>, moreScopes: readonly string[] = []): Promise<RegistryResponse> {
    for (;;) {
      const base = this.#bases[0] as URL;
      try {
        const answer = await this.#sendTo(new URL(`/v2/${this.reference.path}/${path}`, base), method, rest, moreScopes);
        this.#bases.splice(0, Infinity, base);
        return answer;
      } catch (error) {
        // A request beside this one has found out already which scheme is spoken.
        if (base !== this.#bases[0] && error instanceof Fault && error.kind === 'unavailable') continue;
        // Nobody there by this scheme: the other is tried once, and kept if it answers.
        if (this.#bases.length < 2 || this.#options.abort?.aborted || !(error instanceof Fault) || error.kind !== 'unavailable') throw error;
        this.#bases.shift();
      }
    }
  }

  async #sendTo(url: URL, method: string, rest: Pick<RegistryRequest, 'headers' | 'body'>, moreScopes: readonly string[] = []): Promise<RegistryResponse> {
    const scopes = [...this.#scopes, ...moreScopes];
    const attempt = async (): Promise<RegistryResponse> => {
      // An upload may be sent to a host of its own, which the credentials are not for.
      const authorization = url.host === this.#bases[0]?.host ? await this.#auth.header(scopes) : undefined;
      return send({ method, url, ...rest, anyCertificate: this.#insecure, abort: this.#options.abort, headers: { ...rest.headers, ...(authorization && { authorization }) } });
    };
    const answer = await attempt();
    // A body that was a stream is spent; the challenge then came on the request before it.
    if (answer.status !== 401 || (rest.body && !(rest.body instanceof Uint8Array)) || !this.#auth.learn(answer.headers['www-authenticate'])) return answer;
    answer.body.resume();
    return attempt();
  }

  /** An error answer as dockerd tells it. */
  async #fault(answer: RegistryResponse, what: string): Promise<Fault> {
    const text = (await readBody(answer.body, ERROR_BODY_LIMIT_BYTES)).toString('utf8');
    const first = parseErrors(text)[0];
    const name = familiarName(this.reference);
    const detail = first ? `${(first.code ?? 'unknown').toLowerCase().replaceAll('_', ' ')}: ${first.message ?? ''}` : '';
    const manifests = answer.url.pathname.includes('/manifests/');
    if (answer.status === 404 && first?.code === 'NAME_UNKNOWN' && this.reference.domain !== 'docker.io') return new Fault('not-found', `repository ${fullName(this.reference)} not found: ${detail}`);
    if (answer.status === 401 || answer.status === 403 || first?.code === 'DENIED') {
      const denied = first ? detail : 'denied: requested access to the resource is denied';
      if (answer.url.pathname.includes('/uploads') || !manifests) return new Fault(answer.status === 401 ? 'unauthorized' : 'forbidden', first ? detail : denied);
      return new Fault('not-found', `pull access denied for ${name}, repository does not exist or may require 'docker login': ${denied}`);
    }
    if (answer.status === 404 && manifests) {
      const separator = what.startsWith('sha256:') ? '@' : ':';
      return new Fault('not-found', `manifest for ${name}${separator}${what} not found: manifest unknown: ${first?.message ?? 'manifest unknown'}`);
    }
    if (answer.status === 429) return new Fault('unavailable', `toomanyrequests: ${first?.message ?? 'too many requests'}`);
    if (answer.status >= 500) return new Fault('unavailable', `received unexpected HTTP status: ${answer.status} ${answer.body.statusMessage ?? ''}`.trim());
    if (answer.status === 404) return new Fault('not-found', detail || 'unknown blob');
    return new Fault('invalid', detail || `received unexpected HTTP status: ${answer.status} ${answer.body.statusMessage ?? ''}`.trim());
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function parseErrors(text: string): NonNullable<ErrorBody['errors']> {
  try {
    const { errors } = JSON.parse(text) as ErrorBody;
    return Array.isArray(errors) ? errors : [];
  } catch {
    // Proxies answer in HTML; the status then has to say it all.
    return [];
  }
}

function location(answer: RegistryResponse): URL {
  const target = answer.headers.location;
  if (target === undefined) throw new Fault('invalid', 'registry did not say where to upload to');
  return new URL(target, answer.url);
}

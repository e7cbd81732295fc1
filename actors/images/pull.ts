// Pulls an image: manifest by platform, three layers at a time straight into the content store, told the way dockerd tells it.
import { Fault } from '../runtime/fault.js';
import { CONFIG_LIMIT_BYTES, hostArchitecture, parseImageConfig } from './image-config.js';
import type { Image, PackedLayer } from './image-records.js';
import type { ImageStore } from './image-store.js';
import { choosePlatform, parseManifest, type Descriptor, type Manifest, type Platform } from './manifest.js';
import { familiarName, familiarReference, fullName, fullReference, withDefaultTag, type Reference } from './reference.js';
import { RegistryClient, type RegistryOptions } from './registry-client.js';

/** One line of progress, as it goes to the client (which draws the bar itself). */
export interface TransferMessage {
  readonly status: string;
  /** A layer's twelve digits, or the tag. */
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

export type TransferProgress = (message: TransferMessage) => void;

export interface PullOptions extends RegistryOptions {
  /** In order of preference; by default this machine's architecture on Linux. Ask for `wasi/wasm` and `wasip1/wasm` here. */
  readonly platforms?: readonly Platform[];
  readonly onProgress?: TransferProgress;
}

const PARALLEL_LAYERS = 3;
const PROGRESS_EVERY_MS = 100;

/**
 * Pulls by tag or digest; a built-in image comes from the server itself, whatever a registry has under its name. What was already downloaded stays until
 * the pull ends, then goes if no image took it.
 * @throws Fault with dockerd's words: `manifest for x:y not found: …`, `pull access denied for x, …`
 */
export async function pullImage(store: ImageStore, reference: Reference, options: PullOptions = {}): Promise<Image> {
  const wanted = withDefaultTag(reference);
  const say = options.onProgress ?? ((): void => undefined);
  const before = store.named(wanted)?.id;
  const told = (image: Image): Image => {
    say({ status: `Status: ${before === image.id ? 'Image is up to date' : 'Downloaded newer image'} for ${familiarReference(wanted)}` });
    return image;
  };
  const begin = (): void => say({ status: `Pulling from ${wanted.path}`, id: wanted.digest ?? wanted.tag ?? '' });
  const builtIn = store.builtIns.get(fullReference(wanted));
  if (builtIn) {
    begin();
    return told(await builtIn());
  }
  const { client, manifest, digest } = await findManifest(wanted, options);
  begin();
  const chosen = await chooseManifest(client, manifest, options.platforms ?? [{ os: 'linux', architecture: hostArchitecture() }]);
  const configText = await client.blobText(chosen.config, CONFIG_LIMIT_BYTES);
  const diffIds = parseImageConfig(configText).rootfs.diff_ids;
  if (diffIds.length !== chosen.layers.length) throw new Fault('invalid', 'image config and manifest do not have the same number of layers');
  const layers = new LayerPull(store, client, say);
  try {
    const packed = await layers.run(chosen.layers, diffIds);
    const named: Reference = { domain: wanted.domain, path: wanted.path, digest };
    const references = wanted.digest === undefined ? [wanted, named] : [named];
    const image = await store.add({
      configText, references, packed,
      announce: (added) => ({ type: 'image', action: 'pull', id: familiarReference(wanted), attributes: { ...added.config.config?.Labels, name: familiarName(wanted) } }),
    });
    say({ status: `Digest: ${digest}` });
    return told(image);
  } finally {
    await layers.release();
  }
}

export interface FoundManifest {
  readonly client: RegistryClient;
  readonly manifest: ReturnType<typeof parseManifest>;
  readonly digest: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
}

/** Mirrors first, and whatever goes wrong there, the registry itself has the last word. */
async function askAround<T>(wanted: Reference, options: RegistryOptions, ask: (client: RegistryClient) => Promise<T>): Promise<T> {
  for (const mirror of wanted.domain === 'docker.io' ? (options.mirrors ?? []) : []) {
    try {
      return await ask(new RegistryClient(wanted, 'pull', options, mirror));
    } catch (error) {
      if (!(error instanceof Fault) || options.abort?.aborted) throw error;
    }
  }
  return ask(new RegistryClient(wanted, 'pull', options));
}

export function findManifest(wanted: Reference, options: RegistryOptions): Promise<FoundManifest> {
  return askAround(wanted, options, (client) => askManifest(client, wanted));
}

/** Every tag of a repository, as references. */
export async function allTags(repository: Reference, options: RegistryOptions): Promise<Reference[]> {
  const tags = await askAround(repository, options, (client) => client.tags());
  return tags.map((tag) => ({ domain: repository.domain, path: repository.path, tag }));
}

async function askManifest(client: RegistryClient, wanted: Reference): Promise<FoundManifest> {
  const { text, mediaType, digest } = await client.manifest(wanted.digest ?? wanted.tag ?? 'latest');
  return { client, manifest: parseManifest(text, mediaType), digest, mediaType, sizeBytes: Buffer.byteLength(text) };
}

async function chooseManifest(client: RegistryClient, found: FoundManifest['manifest'], platforms: readonly Platform[]): Promise<Manifest> {
  let at = found;
  for (let depth = 0; depth < 3; depth++) {
    if (at.kind === 'manifest') return at;
    const chosen = await client.manifest(choosePlatform(at, platforms).digest);
    at = parseManifest(chosen.text, chosen.mediaType);
  }
  throw new Fault('invalid', 'manifest lists nested too deep');
}

/** The layers of one pull. */
class LayerPull {
  readonly #store: ImageStore;
  readonly #client: RegistryClient;
  readonly #say: TransferProgress;
  readonly #releases: (() => void)[] = [];
  readonly #fresh: string[] = [];
  readonly #packed = new Map<string, PackedLayer>();

  constructor(store: ImageStore, client: RegistryClient, say: TransferProgress) {
    this.#store = store;
    this.#client = client;
    this.#say = say;
  }

  async run(layers: readonly Descriptor[], diffIds: readonly string[]): Promise<Map<string, PackedLayer>> {
    const queue: { layer: Descriptor; diffId: string }[] = [];
    layers.forEach((layer, i) => {
      const diffId = diffIds[i] as string;
      // Held before looking, so that a removal meanwhile cannot take it away.
      this.#releases.push(this.#store.hold([diffId]));
      const id = shortDigest(layer);
      if (this.#store.content.has(diffId)) {
        this.#remember(diffId, layer);
        this.#say({ status: 'Already exists', progressDetail: {}, id });
      } else {
        this.#say({ status: 'Pulling fs layer', progressDetail: {}, id });
        if (!queue.some((other) => other.diffId === diffId)) queue.push({ layer, diffId });
      }
    });
    for (const { layer } of queue.slice(PARALLEL_LAYERS)) this.#say({ status: 'Waiting', progressDetail: {}, id: shortDigest(layer) });
    let failed = false;
    const worker = async (): Promise<void> => {
      for (let next = queue.shift(); next && !failed; next = queue.shift()) {
        try {
          await this.#fetch(next.layer, next.diffId);
        } catch (error) {
          failed = true;
          throw error;
        }
      }
    };
    // All workers are waited for, or a late one would write after the pull was reported as failed.
    const results = await Promise.allSettled(Array.from({ length: PARALLEL_LAYERS }, worker));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    return this.#packed;
  }

  async release(): Promise<void> {
    for (const release of this.#releases) release();
    await this.#store.collect(this.#fresh);
  }

  async #fetch(layer: Descriptor, diffId: string): Promise<void> {
    const id = shortDigest(layer);
    const progress = this.#progress(layer, id);
    await this.#store.content.ingest(progress, { diffId, digest: layer.digest, packedBytes: layer.size });
    this.#fresh.push(diffId);
    this.#remember(diffId, layer);
    this.#say({ status: 'Verifying Checksum', progressDetail: {}, id });
    this.#say({ status: 'Download complete', progressDetail: {}, id });
    this.#say({ status: 'Extracting', progressDetail: { current: layer.size, total: layer.size }, id });
    this.#say({ status: 'Pull complete', progressDetail: {}, id });
  }

  async *#progress(layer: Descriptor, id: string): AsyncGenerator<Uint8Array> {
    let current = 0;
    let saidMs = 0;
    const blob = this.#client.blob(layer, () => this.#say({ status: 'Retrying in 1 second', progressDetail: {}, id }));
    for await (const chunk of blob) {
      current += chunk.length;
      const nowMs = performance.now();
      if (saidMs === 0 || nowMs - saidMs > PROGRESS_EVERY_MS) {
        saidMs = nowMs;
        this.#say({ status: 'Downloading', progressDetail: { current, total: layer.size }, id });
      }
      yield chunk;
    }
  }

  #remember(diffId: string, layer: Descriptor): void {
    this.#packed.set(diffId, { digest: layer.digest, sizeBytes: layer.size, mediaType: layer.mediaType, repositories: [fullName(this.#client.reference)] });
  }
}

function shortDigest(layer: Descriptor): string {
  return layer.digest.slice('sha256:'.length, 'sha256:'.length + 12);
}

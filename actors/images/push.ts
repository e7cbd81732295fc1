// Pushes an image: layers the registry lacks are compressed and sent, known ones skipped or mounted, told the way dockerd tells it.
import { createGzip } from 'node:zlib';
import { pipeline } from 'node:stream';
import { Fault } from '../runtime/fault.js';
import type { Image, PackedLayer } from './image-records.js';
import { sha256Digest } from './image-config.js';
import type { ImageStore } from './image-store.js';
import { DOCKER_CONFIG, DOCKER_LAYER_GZIP, DOCKER_MANIFEST } from './manifest.js';
import type { TransferProgress } from './pull.js';
import { familiarName, familiarReference, fullName, type Reference } from './reference.js';
import { RegistryClient, type RegistryOptions } from './registry-client.js';

export interface PushOptions extends RegistryOptions {
  readonly onProgress?: TransferProgress;
  /** The object dockerd sends under `aux` after each tag. */
  readonly onPushed?: (aux: { Tag: string; Digest: string; Size: number }) => void;
}

const PARALLEL_LAYERS = 3;
const PROGRESS_EVERY_MS = 100;
/** Fast rather than small: what is pushed from here is mostly pulled once. */
const GZIP_LEVEL = 3;

/** Pushes one tag, or all tags of the repository if the reference has none. Throws Fault in dockerd's words. */
export async function pushImage(store: ImageStore, reference: Reference, options: PushOptions = {}): Promise<void> {
  const say = options.onProgress ?? ((): void => undefined);
  const tags = reference.tag === undefined ? repositoryTags(store, reference) : [reference];
  const images = tags.map((tag) => store.named(tag));
  const missing = `An image does not exist locally with the tag: ${familiarName(reference)}`;
  if (images.length === 0 || images.includes(undefined)) throw new Fault('not-found', missing);
  say({ status: `The push refers to repository [${fullName(reference)}]` });
  const client = new RegistryClient(reference, 'pull,push', options);
  for (const [i, tag] of tags.entries()) await pushTag(store, client, tag, images[i] as Image, options, say);
}

function repositoryTags(store: ImageStore, reference: Reference): Reference[] {
  return [...store.images()].flatMap((image) => store.references(image.id)).filter((known) => known.tag !== undefined && fullName(known) === fullName(reference));
}

async function pushTag(store: ImageStore, client: RegistryClient, tag: Reference, image: Image, options: PushOptions, say: TransferProgress): Promise<void> {
  const diffIds = image.config.rootfs.diff_ids;
  const release = store.hold(diffIds);
  try {
    const push = new LayerPush(store, client, say);
    const packed = await push.run(diffIds);
    const configText = Buffer.from(image.configText);
    if ((await client.blobSize(image.id)) === undefined) await client.upload(once(configText));
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: DOCKER_MANIFEST,
      config: { mediaType: DOCKER_CONFIG, size: configText.length, digest: image.id },
      layers: diffIds.map((diffId) => packed.get(diffId) as PackedLayer).map((layer) => ({ mediaType: DOCKER_LAYER_GZIP, size: layer.sizeBytes, digest: layer.digest })),
    }, undefined, 3);
    const name = tag.tag as string;
    await client.putManifest(name, DOCKER_MANIFEST, manifest);
    const digest = sha256Digest(manifest);
    await store.add({
      configText: image.configText, packed,
      references: [{ domain: tag.domain, path: tag.path, digest }],
      announce: (pushed) => ({ type: 'image', action: 'push', id: familiarReference(tag), attributes: { ...pushed.config.config?.Labels, name: familiarName(tag) } }),
    });
    say({ status: `${name}: digest: ${digest} size: ${Buffer.byteLength(manifest)}` });
    options.onPushed?.({ Tag: name, Digest: digest, Size: Buffer.byteLength(manifest) });
  } finally {
    release();
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The layers of one push. */
class LayerPush {
  readonly #store: ImageStore;
  readonly #client: RegistryClient;
  readonly #say: TransferProgress;
  readonly #done = new Map<string, PackedLayer>();

  constructor(store: ImageStore, client: RegistryClient, say: TransferProgress) {
    this.#store = store;
    this.#client = client;
    this.#say = say;
  }

  async run(diffIds: readonly string[]): Promise<Map<string, PackedLayer>> {
    const queue = [...new Set(diffIds)];
    for (const diffId of [...queue].reverse()) this.#say({ status: 'Preparing', progressDetail: {}, id: shortLayer(diffId) });
    for (const diffId of queue.slice(PARALLEL_LAYERS)) this.#say({ status: 'Waiting', progressDetail: {}, id: shortLayer(diffId) });
    const worker = async (): Promise<void> => {
      for (let diffId = queue.shift(); diffId !== undefined; diffId = queue.shift()) this.#done.set(diffId, await this.#layer(diffId));
    };
    const results = await Promise.allSettled(Array.from({ length: PARALLEL_LAYERS }, worker));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    return this.#done;
  }

  async #layer(diffId: string): Promise<PackedLayer> {
    const id = shortLayer(diffId);
    const { reference } = this.#client;
    const repositories = [fullName(reference)];
    const known = this.#store.packed(diffId).filter((form) => form.mediaType.endsWith('gzip'));
    for (const form of known) {
      if ((await this.#client.blobSize(form.digest)) !== undefined) {
        this.#say({ status: 'Layer already exists', progressDetail: {}, id });
        return { ...form, repositories };
      }
      const source = form.repositories.find((name) => name.startsWith(`${reference.domain}/`) && name !== fullName(reference));
      const path = source?.slice(reference.domain.length + 1);
      if (path !== undefined && (await this.#client.mount(form.digest, path))) {
        this.#say({ status: `Mounted from ${path}`, progressDetail: {}, id });
        return { ...form, repositories };
      }
    }
    const { digest, sizeBytes } = await this.#client.upload(this.#compressed(diffId, id));
    this.#say({ status: 'Pushed', progressDetail: {}, id });
    return { digest, sizeBytes, mediaType: DOCKER_LAYER_GZIP, repositories };
  }

  /** Progress counts what was read, because only that total is known beforehand. */
  async *#compressed(diffId: string, id: string): AsyncGenerator<Uint8Array> {
    const total = this.#store.content.sizeBytes(diffId);
    let current = 0;
    let saidMs = 0;
    const file = this.#store.content.read(diffId);
    const say = this.#say;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const chunk of file as AsyncIterable<Uint8Array>) {
        current += chunk.length;
        if (saidMs === 0 || performance.now() - saidMs > PROGRESS_EVERY_MS) {
          saidMs = performance.now();
          say({ status: 'Pushing', progressDetail: { current, total }, id });
        }
        yield chunk;
      }
    }
    // The failure of either side surfaces on the gzip stream that is read here.
    const gzip = pipeline(counted(), createGzip({ level: GZIP_LEVEL }), () => undefined);
    for await (const chunk of gzip) yield chunk as Uint8Array;
  }
}

function shortLayer(diffId: string): string {
  return diffId.slice('sha256:'.length, 'sha256:'.length + 12);
}

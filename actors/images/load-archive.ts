// Reads what `docker save` wrote, of any version, or an OCI layout: one pass over the stream, and images appear only if all of it is sound.
import path from 'node:path';
import { Fault } from '../runtime/fault.js';
import { decompress } from '../streams/decompress.js';
import { readTar, type TarFile } from '../streams/tar-reader.js';
import type { IngestedLayer } from './content-store.js';
import { CONFIG_LIMIT_BYTES, hostArchitecture, parseImageConfig, sha256Digest } from './image-config.js';
import type { Image } from './image-records.js';
import { imageEvent, type ImageStore } from './image-store.js';
import { choosePlatform, parseManifest, type Descriptor, type Platform } from './manifest.js';
import { familiarReference, parseReference, tryParseReference, withDefaultTag, type Reference } from './reference.js';

/** An image that was loaded, and the names it got. */
export interface LoadedImage {
  readonly image: Image;
  readonly references: readonly Reference[];
}

/** All JSON documents of an archive together; they are held in memory. */
const DOCUMENTS_LIMIT_BYTES = 64 << 20;

/**
 * Loads an archive, compressed or not. `platforms` chooses where an OCI layout has several.
 * @throws Fault invalid for anything broken, cut or hostile; then nothing was loaded and its layers are gone again
 */
export async function loadImages(store: ImageStore, source: AsyncIterable<Uint8Array>, platforms: readonly Platform[] = [{ os: 'linux', architecture: hostArchitecture() }]): Promise<LoadedImage[]> {
  const archive = new Archive(store);
  try {
    for await (const file of readTar(decompress(source))) await archive.take(file);
    const planned = archive.plan(platforms);
    const loaded: LoadedImage[] = [];
    for (const { configText, references } of planned) {
      const image = await store.add({ configText, references, announce: (added) => imageEvent('load', added, added.id) });
      loaded.push({ image, references });
    }
    return loaded;
  } finally {
    await archive.release();
  }
}

/** The line `docker load` shows for each. */
export function loadedText({ image, references }: LoadedImage): string[] {
  return references.length > 0 ? references.map((reference) => `Loaded image: ${familiarReference(reference)}\n`) : [`Loaded image ID: ${image.id}\n`];
}

interface PlannedImage {
  readonly configText: string;
  readonly references: Reference[];
}

interface ManifestItem {
  Config?: unknown;
  RepoTags?: unknown;
  Layers?: unknown;
}

/** What was met in the stream. Layers go straight to the content store: what they belong to is known only at the end. */
class Archive {
  readonly #store: ImageStore;
  readonly #documents = new Map<string, string>();
  readonly #layers = new Map<string, IngestedLayer>();
  readonly #links = new Map<string, string>();
  readonly #errors = new Map<string, Fault>();
  readonly #fresh: string[] = [];
  readonly #releases: (() => void)[] = [];
  #documentBytes = 0;

  constructor(store: ImageStore) {
    this.#store = store;
  }

  async take({ entry, body }: TarFile): Promise<void> {
    const name = clean(entry.path);
    if (entry.type === 'symlink') this.#links.set(name, clean(path.posix.join(path.posix.dirname(name), entry.linkPath)));
    if (entry.type === 'link') this.#links.set(name, clean(entry.linkPath));
    if (entry.type !== 'file') return;
    const chunks = body[Symbol.asyncIterator]();
    const head: Uint8Array[] = [];
    let headBytes = 0;
    while (headBytes < 512) {
      const step = await chunks.next();
      if (step.done) break;
      head.push(step.value);
      headBytes += step.value.length;
    }
    const start = Buffer.concat(head);
    if (isDocument(start, entry.sizeBytes)) await this.#takeDocument(name, resume(head, chunks), entry.sizeBytes);
    else if (start.length > 0 && !isLegacyText(name)) await this.#takeLayer(name, resume(head, chunks));
  }

  /** Checks everything and says which images there are to add. */
  plan(platforms: readonly Platform[]): PlannedImage[] {
    const manifest = this.#documents.get('manifest.json');
    if (manifest !== undefined) return this.#planDocker(manifest);
    const index = this.#documents.get('index.json');
    if (index !== undefined) return this.#planLayout(index, platforms);
    throw new Fault('invalid', 'invalid archive: does not contain a manifest.json');
  }

  /** Lets go of the layers; those that no image took are deleted. */
  async release(): Promise<void> {
    for (const release of this.#releases) release();
    await this.#store.collect(this.#fresh);
  }

  async #takeDocument(name: string, body: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<void> {
    this.#documentBytes += sizeBytes;
    if (this.#documentBytes > DOCUMENTS_LIMIT_BYTES) throw new Fault('too-large', 'invalid archive: its JSON documents are too large');
    const parts: Uint8Array[] = [];
    for await (const part of body) parts.push(Buffer.from(part));
    this.#documents.set(name, Buffer.concat(parts).toString('utf8'));
  }

  async #takeLayer(name: string, body: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      const layer = await this.#store.ingest(body);
      this.#releases.push(layer.release);
      this.#fresh.push(layer.diffId);
      this.#layers.set(name, layer);
    } catch (error) {
      // A file that is no layer matters only if a manifest says that it is one.
      if (!(error instanceof Fault)) throw error;
      this.#errors.set(name, error);
    }
  }

  #planDocker(text: string): PlannedImage[] {
    const items = parseJson(text, 'manifest.json');
    if (!Array.isArray(items) || items.length === 0) throw new Fault('invalid', 'invalid manifest.json: no images');
    return (items as (ManifestItem | null)[]).map((item) => {
      const { Config: config, Layers: layers, RepoTags: tags } = item ?? {};
      if (typeof config !== 'string' || !isTexts(layers ?? [])) throw new Fault('invalid', 'invalid manifest.json: Config and Layers must be paths');
      if (!isTexts(tags ?? [])) throw new Fault('invalid', 'invalid manifest.json: RepoTags must be names');
      const found = ((layers ?? []) as string[]).map((layer) => this.#layer(layer));
      const references = ((tags ?? []) as string[]).map((tag) => {
        const reference = parseReference(tag);
        if (reference.tag === undefined) throw new Fault('invalid', `invalid tag ${JSON.stringify(tag)}`);
        return reference;
      });
      return this.#check(this.#document(config), found, references);
    });
  }

  #planLayout(text: string, platforms: readonly Platform[]): PlannedImage[] {
    const index = parseManifest(text, 'index.json');
    if (index.kind !== 'index') throw new Fault('invalid', 'invalid index.json: no manifests');
    const byDigest = new Map<string, PlannedImage>();
    for (const entry of index.manifests) {
      if (entry.platform?.os === 'unknown') continue;
      const manifest = this.#manifest(entry, platforms);
      const planned = byDigest.get(manifest.digest) ?? this.#check(this.#blob(manifest.config), manifest.layers.map((layer) => this.#layer(blobPath(layer.digest), layer.digest)), []);
      const reference = nameOf(entry);
      if (reference) planned.references.push(reference);
      byDigest.set(manifest.digest, planned);
    }
    return [...byDigest.values()];
  }

  #manifest(entry: Descriptor, platforms: readonly Platform[]): { digest: string; config: Descriptor; layers: readonly Descriptor[] } {
    let at = entry;
    // An index may hold an index once; deeper nesting is nobody's real archive.
    for (let depth = 0; depth < 3; depth++) {
      const parsed = parseManifest(this.#blob(at), at.mediaType);
      if (parsed.kind === 'manifest') return { digest: at.digest, ...parsed };
      at = choosePlatform(parsed, platforms);
    }
    throw new Fault('invalid', 'invalid index.json: indexes nested too deep');
  }

  #blob(descriptor: Descriptor): string {
    const text = this.#document(blobPath(descriptor.digest));
    if (sha256Digest(text) !== descriptor.digest) throw new Fault('invalid', `invalid archive: ${descriptor.digest} does not match its content`);
    return text;
  }

  #check(configText: string, layers: readonly IngestedLayer[], references: Reference[]): PlannedImage {
    const expected = parseImageConfig(configText).rootfs.diff_ids;
    if (expected.length !== layers.length) throw new Fault('invalid', `invalid manifest, layers length mismatch: expected ${expected.length}, got ${layers.length}`);
    expected.forEach((diffId, i) => {
      if (layers[i]?.diffId !== diffId) throw new Fault('invalid', `invalid diffID for layer ${i}: expected ${JSON.stringify(diffId)}, got ${JSON.stringify(layers[i]?.diffId)}`);
    });
    return { configText, references };
  }

  #follow(name: string): string {
    let at = clean(name);
    for (let steps = 0; steps < 8 && this.#links.has(at); steps++) at = this.#links.get(at) as string;
    return at;
  }

  #document(name: string): string {
    const text = this.#documents.get(this.#follow(name));
    if (text === undefined) throw new Fault('invalid', `invalid archive: open ${clean(name)}: no such file or directory`);
    return text;
  }

  #layer(name: string, digest?: string): IngestedLayer {
    const at = this.#follow(name);
    const layer = this.#layers.get(at);
    if (!layer) throw this.#errors.get(at) ?? new Fault('invalid', `invalid archive: open ${clean(name)}: no such file or directory`);
    if (digest !== undefined && layer.digest !== digest) throw new Fault('invalid', `invalid archive: ${digest} does not match its content`);
    return layer;
  }
}

async function* resume(head: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* head;
  for (let step = await rest.next(); !step.done; step = await rest.next()) yield step.value;
}

/** JSON begins with a bracket; so may a tar whose first path does, which its magic gives away. */
function isDocument(start: Buffer, sizeBytes: number): boolean {
  const bracket = start[0] === 0x7b || start[0] === 0x5b;
  return bracket && sizeBytes <= CONFIG_LIMIT_BYTES && start.toString('latin1', 257, 262) !== 'ustar';
}

/** The `VERSION` files of the old layout. */
function isLegacyText(name: string): boolean {
  return /(^|\/)VERSION$/.test(name);
}

function clean(name: string): string {
  return path.posix.normalize(`/${name}`).slice(1);
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function nameOf(entry: Descriptor): Reference | undefined {
  const name = entry.annotations?.['io.containerd.image.name'] ?? entry.annotations?.['org.opencontainers.image.ref.name'];
  if (name === undefined) return undefined;
  const reference = tryParseReference(name);
  // A bare tag (`latest`) as ref.name says nothing of the repository.
  const bare = !name.includes('/') && !name.includes(':');
  return reference && !bare && reference.digest === undefined ? withDefaultTag(reference) : undefined;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Fault('invalid', `invalid ${name}: ${(error as Error).message}`, {}, { cause: error });
  }
}

// Writes images as one tar the way `docker save` does since 25: an OCI layout, with Docker's manifest.json and repositories beside.
import { tarEntry } from '../streams/tar-entry.js';
import { writeTar } from '../streams/tar-writer.js';
import type { Image } from './image-records.js';
import { sha256Digest } from './image-config.js';
import { imageEvent, type ImageStore } from './image-store.js';
import { OCI_CONFIG, OCI_INDEX, OCI_LAYER, OCI_MANIFEST, type Descriptor } from './manifest.js';
import { familiarName, familiarReference, fullName, fullReference, isDigest, tryParseReference, withDefaultTag, type Reference } from './reference.js';

interface Selected {
  readonly image: Image;
  readonly tags: Reference[];
}

/**
 * Streams the archive of the images named; a bare repository name means all its tags. Every layer is in it once.
 * @throws Fault not-found before the first byte
 * @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export async function* saveImages(store: ImageStore, names: readonly string[]): AsyncGenerator<Uint8Array> {
  const selected = select(store, names);
  const release = store.hold(selected.flatMap(({ image }) => image.config.rootfs.diff_ids));
  try {
    yield* writeTar(archiveFiles(store, selected));
    for (const { image } of selected) await store.note(imageEvent('save', image, image.id));
  } finally {
    release();
  }
}

function select(store: ImageStore, names: readonly string[]): Selected[] {
  const selected = new Map<string, Selected>();
  const add = (image: Image, tag: Reference | undefined): void => {
    const entry = selected.get(image.id) ?? { image, tags: [] };
    if (tag && !entry.tags.some((known) => fullReference(known) === fullReference(tag))) entry.tags.push(tag);
    selected.set(image.id, entry);
  };
  for (const name of names) {
    const reference = isDigest(name) ? undefined : tryParseReference(name);
    const ofRepository = reference && reference.tag === undefined && reference.digest === undefined ? [...store.images()].flatMap((image) => store.references(image.id).filter((tag) => tag.tag !== undefined && fullName(tag) === fullName(reference)).map((tag) => ({ image, tag }))) : [];
    if (ofRepository.length > 0) for (const { image, tag } of ofRepository) add(image, tag);
    else {
      const image = store.resolve(name);
      const tag = reference && withDefaultTag(reference);
      add(image, tag?.tag !== undefined && store.named(tag) === image ? tag : undefined);
    }
  }
  return [...selected.values()];
}

function blobPath(digest: string): string {
  return `blobs/sha256/${digest.slice('sha256:'.length)}`;
}

type ArchiveFile = { entry: ReturnType<typeof tarEntry>; body?: AsyncIterable<Uint8Array> | Uint8Array };

function jsonFile(path: string, value: unknown): ArchiveFile {
  const body = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  return { entry: tarEntry(path, { sizeBytes: body.length }), body };
}

async function* archiveFiles(store: ImageStore, selected: readonly Selected[]): AsyncGenerator<ArchiveFile> {
  yield { entry: tarEntry('blobs/', { type: 'dir' }) };
  yield { entry: tarEntry('blobs/sha256/', { type: 'dir' }) };
  const written = new Set<string>();
  const manifests: Descriptor[] = [];
  for (const { image, tags } of selected) {
    for (const diffId of image.config.rootfs.diff_ids) {
      if (written.has(diffId)) continue;
      written.add(diffId);
      yield { entry: tarEntry(blobPath(diffId), { sizeBytes: store.content.sizeBytes(diffId) }), body: store.content.read(diffId) };
    }
    const manifest = JSON.stringify(ociManifest(store, image));
    for (const text of [image.configText, manifest]) {
      const digest = sha256Digest(text);
      if (!written.has(digest)) yield jsonFile(blobPath(digest), text);
      written.add(digest);
    }
    manifests.push(...indexEntries(image, tags, manifest));
  }
  yield jsonFile('index.json', { schemaVersion: 2, mediaType: OCI_INDEX, manifests });
  yield jsonFile('manifest.json', selected.map(({ image, tags }) => dockerManifest(store, image, tags)));
  yield jsonFile('oci-layout', { imageLayoutVersion: '1.0.0' });
  const repositories = repositoriesOf(selected);
  if (Object.keys(repositories).length > 0) yield jsonFile('repositories', repositories);
}

function layerDescriptor(store: ImageStore, diffId: string): Descriptor {
  return { mediaType: OCI_LAYER, digest: diffId, size: store.content.sizeBytes(diffId) };
}

function ociManifest(store: ImageStore, image: Image): unknown {
  return {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: OCI_CONFIG, digest: image.id, size: Buffer.byteLength(image.configText) },
    layers: image.config.rootfs.diff_ids.map((diffId) => layerDescriptor(store, diffId)),
  };
}

function indexEntries(image: Image, tags: readonly Reference[], manifest: string): Descriptor[] {
  const { os, architecture, variant } = image.config;
  const bare: Descriptor = { mediaType: OCI_MANIFEST, digest: sha256Digest(manifest), size: Buffer.byteLength(manifest), platform: { os, architecture, ...(variant !== undefined && { variant }) } };
  if (tags.length === 0) return [bare];
  return tags.map((tag) => ({ ...bare, annotations: { 'io.containerd.image.name': fullReference(tag), 'org.opencontainers.image.ref.name': tag.tag ?? '' } }));
}

function dockerManifest(store: ImageStore, image: Image, tags: readonly Reference[]): unknown {
  const layers = image.config.rootfs.diff_ids;
  return {
    Config: blobPath(image.id),
    RepoTags: tags.length > 0 ? tags.map(familiarReference) : null,
    Layers: layers.map(blobPath),
    LayerSources: Object.fromEntries(layers.map((diffId) => [diffId, layerDescriptor(store, diffId)])),
  };
}

function repositoriesOf(selected: readonly Selected[]): Record<string, Record<string, string>> {
  const repositories: Record<string, Record<string, string>> = {};
  for (const { image, tags } of selected) {
    const top = image.config.rootfs.diff_ids.at(-1) ?? image.id;
    for (const tag of tags) (repositories[familiarName(tag)] ??= {})[tag.tag ?? 'latest'] = top.slice('sha256:'.length);
  }
  return repositories;
}

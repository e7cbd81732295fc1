// The durable form of images: which keys there are, what they hold, and the injected store that keeps them.
import { Fault } from '../runtime/fault.js';
import type { Op } from '../runtime/store.js';
import { parseImageConfig, type ImageConfig } from './image-config.js';

export type ImageAction = 'pull' | 'push' | 'tag' | 'untag' | 'delete' | 'import' | 'load' | 'save' | 'create';

/** One of Docker's image events, made durable with the change that it tells of. */
export interface ImageAnnouncement {
  readonly type: 'image';
  readonly action: ImageAction;
  /** Image id, or for pull and push the familiar reference. */
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Where records are kept. A commit is all or nothing, and durable when it resolves. */
export interface ImageRecords {
  commit(ops: Op[], announcements?: ImageAnnouncement[]): Promise<void>;
  entries(prefix: string): AsyncIterable<[string, string]>;
}

/*
 * image/config/<id>     the image: configuration text (exactly the bytes that hash to the id) and what is known of its coming
 * image/name/<name>     a tag or digest reference in full form -> image id
 * image/packed/<diffID> how registries hold a layer: digests of its compressed forms, so that a push need not compress again
 */
export const CONFIG_PREFIX = 'image/config/';
export const NAME_PREFIX = 'image/name/';
export const PACKED_PREFIX = 'image/packed/';

interface StoredImage {
  readonly config: string;
  readonly parent?: string;
  readonly lastTaggedMs?: number;
}

/** An image in memory. */
export interface Image {
  readonly id: string;
  readonly configText: string;
  readonly config: ImageConfig;
  readonly createdMs: number;
  /** The image it was built or committed from, '' if none is known. */
  readonly parent: string;
  readonly lastTaggedMs: number;
}

/** How a registry holds a layer. */
export interface PackedLayer {
  readonly digest: string;
  readonly sizeBytes: number;
  readonly mediaType: string;
  /** `domain/path` of repositories known to hold it. */
  readonly repositories: readonly string[];
}

/** Makes the in-memory image of a configuration. Throws Fault invalid. */
export function makeImage(id: string, configText: string, parent: string, lastTaggedMs: number): Image {
  const config = parseImageConfig(configText);
  const createdMs = Date.parse(config.created ?? '');
  return { id, configText, config, parent, lastTaggedMs, createdMs: Number.isNaN(createdMs) ? 0 : createdMs };
}

export function putImage(image: Image): Op {
  const stored: StoredImage = { config: image.configText, parent: image.parent, lastTaggedMs: image.lastTaggedMs };
  return { type: 'put', key: CONFIG_PREFIX + image.id, value: JSON.stringify(stored) };
}

/** Reads all of them. Throws Fault internal on a record that does not parse: a broken disk, not a client's doing. */
export async function loadRecords(records: ImageRecords): Promise<{ images: Map<string, Image>; names: Map<string, string>; packed: Map<string, PackedLayer[]> }> {
  const images = new Map<string, Image>();
  const names = new Map<string, string>();
  const packed = new Map<string, PackedLayer[]>();
  try {
    for await (const [key, value] of records.entries(CONFIG_PREFIX)) {
      const stored = JSON.parse(value) as StoredImage;
      const id = key.slice(CONFIG_PREFIX.length);
      images.set(id, makeImage(id, stored.config, stored.parent ?? '', stored.lastTaggedMs ?? 0));
    }
    for await (const [key, value] of records.entries(NAME_PREFIX)) names.set(key.slice(NAME_PREFIX.length), value);
    for await (const [key, value] of records.entries(PACKED_PREFIX)) packed.set(key.slice(PACKED_PREFIX.length), JSON.parse(value) as PackedLayer[]);
  } catch (error) {
    throw new Fault('internal', `image records cannot be read: ${(error as Error).message}`, {}, { cause: error });
  }
  return { images, names, packed };
}

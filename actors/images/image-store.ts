// The images there are and the names they go by: loaded once, answered from memory, changed by one durable commit at a time.
import { Fault } from '../runtime/fault.js';
import type { Op } from '../runtime/store.js';
import type { ContentStore, IngestedLayer } from './content-store.js';
import { sha256Digest } from './image-config.js';
import { loadRecords, makeImage, NAME_PREFIX, PACKED_PREFIX, CONFIG_PREFIX, putImage, type Image, type ImageAction, type ImageAnnouncement, type ImageRecords, type PackedLayer } from './image-records.js';
import { familiarReference, fromFullReference, fullReference, isDigest, tryParseReference, withDefaultTag, type Reference } from './reference.js';

/** What the store must know of containers, asked anew each time. */
export interface ImageUses {
  containers(imageId: string): readonly { readonly id: string; readonly running: boolean }[];
  /** Layers that containers stand on whatever becomes of their image. */
  heldLayers(): Iterable<string>;
}

/** A new image and what is to be said of it. */
export interface NewImage {
  readonly configText: string;
  readonly parent?: string;
  /** References (tags, digests) that shall mean this image from now on. */
  readonly references?: readonly Reference[];
  readonly packed?: ReadonlyMap<string, PackedLayer>;
  /** The event told beside those of the tags. */
  readonly announce?: (image: Image) => ImageAnnouncement | undefined;
}

/** A change that becomes durable and visible at once. */
interface Change {
  ops: Op[];
  announcements: ImageAnnouncement[];
  apply: (() => void)[];
}

/** Compressed forms remembered of one layer; older ones are forgotten. */
const PACKED_LIMIT = 8;

/** Changes run one after another; each is in memory only once its commit is durable. */
export class ImageStore {
  readonly content: ContentStore;
  readonly uses: ImageUses;
  /** Images made in code, by full reference, with what makes sure that one is there: no registry knows them, and everything that works offline needs them. */
  readonly builtIns = new Map<string, () => Promise<Image>>();
  readonly #records: ImageRecords;
  readonly #images: Map<string, Image>;
  readonly #names: Map<string, string>;
  readonly #packed: Map<string, PackedLayer[]>;
  readonly #namesOf = new Map<string, Set<string>>();
  readonly #holds = new Map<string, number>();
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(records: ImageRecords, content: ContentStore, uses: ImageUses, loaded: Awaited<ReturnType<typeof loadRecords>>) {
    this.#records = records;
    this.content = content;
    this.uses = uses;
    this.#images = loaded.images;
    this.#names = loaded.names;
    this.#packed = loaded.packed;
    for (const [name, id] of loaded.names) this.#nameSet(id).add(name);
  }

  /** Loads the records and sweeps layers that no image refers to (a crash between a commit and its deletions leaves such). */
  static async open(records: ImageRecords, content: ContentStore, uses: ImageUses): Promise<ImageStore> {
    const store = new ImageStore(records, content, uses, await loadRecords(records));
    await store.collect(content.diffIds());
    return store;
  }

  images(): IterableIterator<Image> {
    return this.#images.values();
  }

  get(id: string): Image | undefined {
    return this.#images.get(id);
  }

  /** References of an image, in full form, sorted. */
  references(id: string): Reference[] {
    return [...(this.#namesOf.get(id) ?? [])].sort().map(fromFullReference);
  }

  /** Whether an image is what a built-in name means, which a prune leaves alone. */
  isBuiltIn(id: string): boolean {
    return [...this.builtIns.keys()].some((name) => this.#names.get(name) === id);
  }

  children(id: string): Image[] {
    return [...this.#images.values()].filter((image) => image.parent === id);
  }

  /** The image a stored reference means, by its exact full form. */
  named(reference: Reference): Image | undefined {
    const id = this.#names.get(fullReference(reference));
    return id === undefined ? undefined : this.#images.get(id);
  }

  /**
   * Finds an image by what a client typed: id, id prefix, name, name:tag, name@digest.
   * @throws Fault not-found `No such image: x:tag`
   */
  resolve(text: string): Image {
    const image = this.find(text);
    if (image) return image;
    const reference = tryParseReference(text);
    throw new Fault('not-found', `No such image: ${reference ? familiarReference(withDefaultTag(reference)) : text}`);
  }

  /** Like `resolve`, but undefined if there is none. A name wins over an id prefix, as in dockerd. */
  find(text: string): Image | undefined {
    if (isDigest(text)) return this.#images.get(text);
    if (/^[0-9a-f]{64}$/.test(text)) return this.#images.get(`sha256:${text}`);
    const reference = tryParseReference(text);
    if (reference) {
      const named = this.named(withDefaultTag(reference)) ?? (reference.tag !== undefined && reference.digest !== undefined ? this.named({ domain: reference.domain, path: reference.path, digest: reference.digest }) : undefined);
      if (named) return named;
    }
    return this.#byPrefix(text);
  }

  #byPrefix(text: string): Image | undefined {
    const hex = text.startsWith('sha256:') ? text.slice(7) : text;
    if (!/^[0-9a-f]+$/.test(hex)) return undefined;
    let found: Image | undefined;
    for (const image of this.#images.values()) {
      if (!image.id.startsWith(hex, 7)) continue;
      // Ambiguous: dockerd finds none rather than one of them.
      if (found) return undefined;
      found = image;
    }
    return found;
  }

  /** Compressed forms that a layer is known by. */
  packed(diffId: string): readonly PackedLayer[] {
    return this.#packed.get(diffId) ?? [];
  }

  /** The layer with a compressed digest, if it is here. */
  diffIdOf(digest: string): string | undefined {
    if (this.content.has(digest)) return digest;
    for (const [diffId, forms] of this.#packed) if (this.content.has(diffId) && forms.some((form) => form.digest === digest)) return diffId;
    return undefined;
  }

  /** Keeps layers from being collected while an image of them is in the making. Call what it returns when done. */
  hold(diffIds: Iterable<string>): () => void {
    const held = [...diffIds];
    for (const diffId of held) this.#holds.set(diffId, (this.#holds.get(diffId) ?? 0) + 1);
    return () => {
      for (const diffId of held.splice(0)) {
        const count = (this.#holds.get(diffId) ?? 1) - 1;
        if (count > 0) this.#holds.set(diffId, count);
        else this.#holds.delete(diffId);
      }
    };
  }

  /** Takes in a layer and holds it from before it is in place. Call `release` when an image has it, or none will. */
  async ingest(source: AsyncIterable<Uint8Array>): Promise<IngestedLayer & { readonly release: () => void }> {
    let release = (): void => undefined;
    try {
      const layer = await this.content.ingest(source, { onKnown: (diffId) => (release = this.hold([diffId])) });
      return { ...layer, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Adds an image whose layers are in the content store; adding one that is there only adds names. Throws Fault invalid. */
  async add(fresh: NewImage): Promise<Image> {
    return this.#serial(async () => {
      const id = sha256Digest(fresh.configText);
      const known = this.#images.get(id);
      const lastTaggedMs = fresh.references?.some((reference) => reference.tag !== undefined) ? Date.now() : (known?.lastTaggedMs ?? 0);
      const image = makeImage(id, fresh.configText, fresh.parent ?? known?.parent ?? '', lastTaggedMs);
      for (const diffId of image.config.rootfs.diff_ids) if (!this.content.has(diffId)) throw new Fault('invalid', `layer does not exist: ${diffId}`);
      const change: Change = { ops: [putImage(image)], announcements: [], apply: [() => this.#images.set(id, image)] };
      for (const [diffId, form] of fresh.packed ?? []) this.#rememberPacked(change, diffId, form);
      for (const reference of fresh.references ?? []) this.#point(change, reference, id);
      const told = fresh.announce?.(image);
      if (told) change.announcements.push(told);
      await this.#commit(change);
      return image;
    });
  }

  /** Makes a tag mean an image; one that meant another image moves, without an untag event, as in dockerd. */
  async tag(image: Image, target: Reference): Promise<void> {
    if (target.digest !== undefined) throw new Fault('invalid', 'refusing to create a tag with a digest reference');
    await this.#serial(async () => {
      const reference = withDefaultTag(target);
      const tagged = { ...image, lastTaggedMs: Date.now() };
      const change: Change = { ops: [putImage(tagged)], announcements: [imageEvent('tag', image, familiarReference(reference))], apply: [() => this.#images.set(image.id, tagged)] };
      this.#point(change, reference, image.id);
      await this.#commit(change);
    });
  }

  /** Drops references and images in one commit, then the layers that nothing needs any more. The rules are `delete-image.ts`'s. */
  async drop(references: readonly Reference[], images: readonly Image[], announcements: ImageAnnouncement[]): Promise<void> {
    await this.#serial(async () => {
      const change: Change = { ops: [], announcements, apply: [] };
      for (const reference of references) {
        const name = fullReference(reference);
        const id = this.#names.get(name);
        change.ops.push({ type: 'del', key: NAME_PREFIX + name });
        change.apply.push(() => {
          this.#names.delete(name);
          if (id !== undefined) this.#nameSet(id).delete(name);
        });
      }
      for (const image of images) {
        change.ops.push({ type: 'del', key: CONFIG_PREFIX + image.id });
        change.apply.push(() => this.#images.delete(image.id));
      }
      await this.#commit(change);
      await this.collect(images.flatMap((image) => image.config.rootfs.diff_ids));
    });
  }

  /** Writes an event that changes nothing here (save, push), or remembers what a push found out of layers. */
  async note(announcement: ImageAnnouncement | undefined, packed: ReadonlyMap<string, PackedLayer> = new Map()): Promise<void> {
    await this.#serial(async () => {
      const change: Change = { ops: [], announcements: announcement ? [announcement] : [], apply: [] };
      for (const [diffId, form] of packed) this.#rememberPacked(change, diffId, form);
      await this.#commit(change);
    });
  }

  /** Deletes those of the given layers that no image, container or running pull needs. */
  async collect(diffIds: readonly string[]): Promise<number> {
    const needed = new Set<string>([...this.#holds.keys(), ...this.uses.heldLayers()]);
    for (const image of this.#images.values()) for (const diffId of image.config.rootfs.diff_ids) needed.add(diffId);
    let freedBytes = 0;
    for (const diffId of new Set(diffIds)) {
      if (needed.has(diffId) || this.#holds.has(diffId) || !this.content.has(diffId)) continue;
      freedBytes += this.content.sizeBytes(diffId);
      await this.content.remove(diffId);
      if (this.#packed.delete(diffId)) await this.#records.commit([{ type: 'del', key: PACKED_PREFIX + diffId }]);
    }
    return freedBytes;
  }

  /** Sum of an image's layers. */
  sizeBytes(image: Image): number {
    return image.config.rootfs.diff_ids.reduce((sum, diffId) => sum + this.content.sizeBytes(diffId), 0);
  }

  /** What all layers of all images take on disk, each counted once. */
  layersSizeBytes(): number {
    const all = new Set([...this.#images.values()].flatMap((image) => image.config.rootfs.diff_ids));
    return [...all].reduce((sum, diffId) => sum + this.content.sizeBytes(diffId), 0);
  }

  #point(change: Change, reference: Reference, id: string): void {
    const name = fullReference(reference);
    change.ops.push({ type: 'put', key: NAME_PREFIX + name, value: id });
    change.apply.push(() => {
      const before = this.#names.get(name);
      if (before !== undefined) this.#nameSet(before).delete(name);
      this.#names.set(name, id);
      this.#nameSet(id).add(name);
    });
  }

  #rememberPacked(change: Change, diffId: string, form: PackedLayer): void {
    const others = this.packed(diffId).filter((known) => known.digest !== form.digest);
    const same = this.packed(diffId).find((known) => known.digest === form.digest);
    const repositories = [...new Set([...form.repositories, ...(same?.repositories ?? [])])].slice(0, PACKED_LIMIT);
    const forms = [{ ...form, repositories }, ...others].slice(0, PACKED_LIMIT);
    change.ops.push({ type: 'put', key: PACKED_PREFIX + diffId, value: JSON.stringify(forms) });
    change.apply.push(() => this.#packed.set(diffId, forms));
  }

  #nameSet(id: string): Set<string> {
    let names = this.#namesOf.get(id);
    if (!names) this.#namesOf.set(id, (names = new Set()));
    return names;
  }

  async #commit(change: Change): Promise<void> {
    await this.#records.commit(change.ops, change.announcements);
    for (const apply of change.apply) apply();
  }

  #serial<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

/** An image event as dockerd words it: the image's labels, and the name it was done under. */
export function imageEvent(action: ImageAction, image: Image, name: string, id = image.id): ImageAnnouncement {
  return { type: 'image', action, id, attributes: { ...image.config.config?.Labels, name } };
}

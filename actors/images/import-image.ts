// Makes images without a registry: a root file system as one layer (import), a container's changes on top of its image (commit).
import { applyChanges } from './dockerfile-changes.js';
import { hostArchitecture, type HistoryEntry, type ImageConfig, type RunConfig } from './image-config.js';
import type { Image } from './image-records.js';
import { imageEvent, type ImageStore } from './image-store.js';
import { withDefaultTag, type Reference } from './reference.js';

export interface ImportOptions {
  readonly reference?: Reference;
  /** Dockerfile instructions. */
  readonly changes?: readonly string[];
  readonly message?: string;
  readonly os?: string;
  readonly architecture?: string;
  readonly variant?: string;
}

/** Imports a root file system tar, compressed or not. Throws Fault invalid for a broken tar or a bad instruction. */
export async function importImage(store: ImageStore, source: AsyncIterable<Uint8Array>, options: ImportOptions = {}): Promise<Image> {
  const run = applyChanges({}, options.changes ?? []);
  const layer = await store.ingest(source);
  try {
    const created = new Date().toISOString();
    const comment = options.message ?? '';
    const config: ImageConfig = {
      architecture: options.architecture ?? hostArchitecture(),
      os: options.os ?? 'linux',
      ...(options.variant && { variant: options.variant }),
      created, comment,
      config: run,
      rootfs: { type: 'layers', diff_ids: [layer.diffId] },
      history: [{ created, comment }],
    };
    return await store.add({
      configText: JSON.stringify(config),
      references: options.reference ? [withDefaultTag(options.reference)] : [],
      announce: (image) => imageEvent('import', image, image.id),
    });
  } finally {
    layer.release();
  }
}

export interface CommitOptions {
  /** The container's image; absent for one that was made from nothing. */
  readonly base: Image | undefined;
  /** The container's own configuration, which the new image takes over. */
  readonly run: RunConfig;
  /** What the container changed, as a layer's tar with whiteouts; absent if nothing. */
  readonly layer: AsyncIterable<Uint8Array> | undefined;
  readonly reference?: Reference;
  readonly changes?: readonly string[];
  readonly author?: string;
  readonly comment?: string;
  readonly createdBy?: string;
}

/** Makes an image of a container (`docker commit`, and each step of a build). Throws Fault invalid. */
export async function commitImage(store: ImageStore, options: CommitOptions): Promise<Image> {
  const run = applyChanges(options.run, options.changes ?? []);
  const below = options.base?.config;
  const holdBase = store.hold(below?.rootfs.diff_ids ?? []);
  let holdLayer: (() => void) | undefined;
  try {
    const layer = options.layer ? await store.ingest(options.layer) : undefined;
    holdLayer = layer?.release;
    const created = new Date().toISOString();
    const step: HistoryEntry = { created, created_by: options.createdBy ?? (run.Cmd ?? []).join(' '), ...(options.author && { author: options.author }), ...(options.comment && { comment: options.comment }), ...(!layer && { empty_layer: true }) };
    const config: ImageConfig = {
      architecture: below?.architecture ?? hostArchitecture(),
      os: below?.os ?? 'linux',
      ...(below?.variant !== undefined && { variant: below.variant }),
      created, author: options.author ?? '', comment: options.comment ?? '',
      config: run,
      rootfs: { type: 'layers', diff_ids: [...(below?.rootfs.diff_ids ?? []), ...(layer ? [layer.diffId] : [])] },
      history: [...(below?.history ?? []), step],
    };
    return await store.add({
      configText: JSON.stringify(config),
      parent: options.base?.id ?? '',
      references: options.reference ? [withDefaultTag(options.reference)] : [],
    });
  } finally {
    holdBase();
    holdLayer?.();
  }
}

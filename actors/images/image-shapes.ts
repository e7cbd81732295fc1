// Images as the Docker API shows them: summaries for lists, the full inspection, the history, and what a prune reports.
import { deleteImage, type DeleteRecord } from './delete-image.js';
import { booleanFilter, checkFilters, imageFilter, matchesLabels, parseMoment, type Filters } from './image-filters.js';
import type { HistoryEntry } from './image-config.js';
import type { Image } from './image-records.js';
import type { ImageStore } from './image-store.js';
import { familiarReference, globToRegExp, matchesPattern } from './reference.js';

/** @see https://docs.docker.com/reference/api/engine/version/v1.50/#tag/Image/operation/ImageList */
export interface ImageSummary {
  Id: string;
  ParentId: string;
  RepoTags: string[];
  RepoDigests: string[];
  /** Unix seconds. */
  Created: number;
  Size: number;
  /** -1 when not asked for. */
  SharedSize: number;
  Labels: Record<string, string> | null;
  /** -1 when not asked for. */
  Containers: number;
}

export interface ListOptions {
  /** Also intermediate images: those without names that others are built on. */
  readonly all?: boolean;
  readonly filters?: Filters;
  readonly sharedSize?: boolean;
  readonly containerCounts?: boolean;
}

/** Lists images, newest first. No disk is read. Throws Fault invalid for bad filters. */
export function listImages(store: ImageStore, options: ListOptions = {}): ImageSummary[] {
  const filters = options.filters ?? {};
  const passes = imageFilter(store, filters, Date.now());
  const parents = new Set([...store.images()].map((image) => image.parent));
  const patterns = (filters['reference'] ?? []).map(globToRegExp);
  const users = options.sharedSize ? layerUsers(store) : undefined;
  const summaries: ImageSummary[] = [];
  for (const image of store.images()) {
    if (!passes(image)) continue;
    const references = store.references(image.id);
    if (!options.all && references.length === 0 && parents.has(image.id)) continue;
    const shown = patterns.length === 0 ? references : references.filter((reference) => patterns.some((pattern) => matchesPattern(reference, pattern)));
    summaries.push({
      Id: image.id,
      ParentId: image.parent,
      RepoTags: shown.filter((reference) => reference.tag !== undefined).map(familiarReference),
      RepoDigests: shown.filter((reference) => reference.digest !== undefined).map(familiarReference),
      Created: Math.floor(image.createdMs / 1000),
      Size: store.sizeBytes(image),
      SharedSize: users ? sharedBytes(store, image, users) : -1,
      Labels: image.config.config?.Labels ?? null,
      Containers: options.containerCounts ? store.uses.containers(image.id).length : -1,
    });
  }
  return summaries.sort((a, b) => b.Created - a.Created);
}

function layerUsers(store: ImageStore): Map<string, number> {
  const users = new Map<string, number>();
  for (const image of store.images()) for (const diffId of new Set(image.config.rootfs.diff_ids)) users.set(diffId, (users.get(diffId) ?? 0) + 1);
  return users;
}

function sharedBytes(store: ImageStore, image: Image, users: ReadonlyMap<string, number>): number {
  return image.config.rootfs.diff_ids.filter((diffId) => (users.get(diffId) ?? 0) > 1).reduce((sum, diffId) => sum + store.content.sizeBytes(diffId), 0);
}

/** The full document of `docker image inspect`. */
export function inspectImage(store: ImageStore, image: Image): Record<string, unknown> {
  const { config } = image;
  const references = store.references(image.id);
  const run = config.config ?? {};
  return {
    Id: image.id,
    RepoTags: references.filter((reference) => reference.tag !== undefined).map(familiarReference),
    RepoDigests: references.filter((reference) => reference.digest !== undefined).map(familiarReference),
    Parent: image.parent,
    Comment: config.comment ?? config.history?.at(-1)?.comment ?? '',
    Created: config.created ?? '0001-01-01T00:00:00Z',
    DockerVersion: config.docker_version ?? '',
    Author: config.author ?? '',
    Config: {
      Hostname: '', Domainname: '', User: '', AttachStdin: false, AttachStdout: false, AttachStderr: false, Tty: false, OpenStdin: false, StdinOnce: false,
      Env: null, Cmd: null, Image: '', Volumes: null, WorkingDir: '', Entrypoint: null, OnBuild: null, Labels: null,
      ...run,
    },
    Architecture: config.architecture ?? '',
    ...(config.variant !== undefined && { Variant: config.variant }),
    Os: config.os ?? '',
    ...(config['os.version'] !== undefined && { OsVersion: config['os.version'] }),
    Size: store.sizeBytes(image),
    GraphDriver: { Name: 'overlay2', Data: {} },
    RootFS: { Type: 'layers', ...(config.rootfs.diff_ids.length > 0 && { Layers: config.rootfs.diff_ids }) },
    Metadata: { LastTagTime: image.lastTaggedMs > 0 ? new Date(image.lastTaggedMs).toISOString() : '0001-01-01T00:00:00Z' },
  };
}

/** One line of `docker history`. */
export interface HistoryLine {
  Id: string;
  Created: number;
  CreatedBy: string;
  Tags: string[] | null;
  Size: number;
  Comment: string;
}

/** The history, newest first; ids of steps are known only where a parent image is here. */
export function imageHistory(store: ImageStore, image: Image): HistoryLine[] {
  const layers = [...image.config.rootfs.diff_ids];
  const steps: readonly HistoryEntry[] = image.config.history ?? layers.map(() => ({}));
  const lines: HistoryLine[] = steps.map((step) => {
    const diffId = step.empty_layer ? undefined : layers.shift();
    const createdMs = Date.parse(step.created ?? '');
    return { Id: '<missing>', Created: Number.isNaN(createdMs) ? 0 : Math.floor(createdMs / 1000), CreatedBy: step.created_by ?? '', Tags: null, Size: diffId === undefined ? 0 : store.content.sizeBytes(diffId), Comment: step.comment ?? '' };
  }).reverse();
  let at: Image | undefined = image;
  for (const line of lines) {
    if (!at) break;
    line.Id = at.id;
    const tags = store.references(at.id).filter((reference) => reference.tag !== undefined).map(familiarReference);
    line.Tags = tags.length > 0 ? tags : null;
    at = at.parent === '' ? undefined : store.get(at.parent);
  }
  return lines;
}

/** Deletes unused images: dangling ones, or with `dangling=false` all that no container uses. Returns what went and how much it freed. */
export async function pruneImages(store: ImageStore, filters: Filters): Promise<{ ImagesDeleted: DeleteRecord[]; SpaceReclaimed: number }> {
  checkFilters(filters, 'prune');
  const danglingOnly = booleanFilter(filters, 'dangling') ?? true;
  const until = Math.min(...(filters['until'] ?? []).map((text) => parseMoment(text, Date.now())));
  const before = store.layersSizeBytes();
  const deleted: DeleteRecord[] = [];
  for (const image of store.images()) {
    const tags = store.references(image.id);
    const dangling = tags.every((reference) => reference.tag === undefined);
    const spared = store.isBuiltIn(image.id) || (danglingOnly && !dangling) || image.createdMs > until || !matchesLabels(image.config.config?.Labels ?? {}, filters);
    if (spared || !store.get(image.id) || store.uses.containers(image.id).length > 0 || store.children(image.id).length > 0) continue;
    if (tags.length > 1) for (const reference of tags.slice(0, -1)) if (store.named(reference)) deleted.push(...(await deleteImage(store, familiarReference(reference))));
    if (store.get(image.id)) deleted.push(...(await deleteImage(store, image.id)));
  }
  return { ImagesDeleted: deleted, SpaceReclaimed: before - store.layersSizeBytes() };
}

// Removing images by Docker's rules: untag first, refuse while something depends on it, delete what nothing names.
import { Fault } from '../runtime/fault.js';
import { chainIds } from './image-config.js';
import type { Image, ImageAnnouncement } from './image-records.js';
import { imageEvent, type ImageStore } from './image-store.js';
import { familiarReference, fullName, parseReference, withDefaultTag, type Reference } from './reference.js';

/** One line of the answer to DELETE /images. */
export type DeleteRecord = { readonly Untagged: string } | { readonly Deleted: string };

export interface DeleteOptions {
  readonly force?: boolean;
  /** Also delete parents that nothing names or builds on; on by default. */
  readonly prune?: boolean;
}

/** What is to go, gathered first and then dropped in one commit. */
interface Plan {
  readonly records: DeleteRecord[];
  readonly references: Reference[];
  readonly images: Image[];
  readonly announcements: ImageAnnouncement[];
}

interface Conflict {
  readonly hard: boolean;
  readonly used: boolean;
  readonly message: string;
}

/**
 * Removes an image or one of its names, as `docker rmi`.
 * @throws Fault not-found; conflict with dockerd's wording
 * @see https://docs.docker.com/reference/api/engine/version/v1.50/#tag/Image/operation/ImageDelete
 */
export async function deleteImage(store: ImageStore, text: string, options: DeleteOptions = {}): Promise<DeleteRecord[]> {
  const image = store.resolve(text);
  const force = options.force ?? false;
  const plan: Plan = { records: [], references: [], images: [], announcements: [] };
  const references = store.references(image.id);
  let quiet = false;
  if (isIdPrefix(image, text)) {
    if (isSingleReference(references)) {
      // The one name does not stand in the way, but stopped containers do unless forced.
      refuse(image, conflictOf(store, image, !force, false));
      for (const reference of references) untag(plan, image, reference);
    }
  } else {
    const named = storedName(store, withDefaultTag(parseReference(text)));
    if (!force && isSingleReference(references)) refuseName(store, image, text);
    untag(plan, image, named);
    dropStrayDigests(plan, image, named, references);
    if (plan.references.length < references.length) return finish(store, plan);
    quiet = true;
  }
  planDeletion(store, image, plan, { force, prune: options.prune ?? true, quiet });
  return finish(store, plan);
}

/** `name:tag@digest` is stored under its digest alone. */
function storedName(store: ImageStore, named: Reference): Reference {
  if (named.digest === undefined || store.named(named)) return named;
  return { domain: named.domain, path: named.path, digest: named.digest };
}

async function finish(store: ImageStore, plan: Plan): Promise<DeleteRecord[]> {
  await store.drop(plan.references, plan.images, plan.announcements);
  return plan.records;
}

function untag(plan: Plan, image: Image, reference: Reference): void {
  plan.references.push(reference);
  plan.records.push({ Untagged: familiarReference(reference) });
  plan.announcements.push(imageEvent('untag', image, image.id));
}

/** When a repository's last tag goes, digests of the same repository go with it: they were only its by-product. */
function dropStrayDigests(plan: Plan, image: Image, named: Reference, references: readonly Reference[]): void {
  if (named.digest !== undefined) return;
  const same = references.filter((reference) => fullName(reference) === fullName(named) && familiarReference(reference) !== familiarReference(named));
  if (same.some((reference) => reference.digest === undefined)) return;
  for (const reference of same) untag(plan, image, reference);
}

function planDeletion(store: ImageStore, image: Image, plan: Plan, how: { force: boolean; prune: boolean; quiet: boolean }): void {
  const left = store.references(image.id).filter((reference) => !plan.references.some((gone) => familiarReference(gone) === familiarReference(reference)));
  const conflict = conflictOf(store, image, !how.force, left.length > 0, plan.images);
  if (conflict) {
    // After its last name went, a still-used image stays behind as a dangling one, and that is no error.
    if (how.quiet && (left.length > 0 || conflict.used || conflict.hard)) return;
    refuse(image, conflict);
  }
  for (const reference of left) untag(plan, image, reference);
  plan.images.push(image);
  plan.announcements.push(imageEvent('delete', image, image.id));
  plan.records.push({ Deleted: image.id });
  for (const chainId of freedChains(store, image, plan.images)) plan.records.push({ Deleted: chainId });
  const parent = how.prune && image.parent !== '' ? store.get(image.parent) : undefined;
  if (parent) planDeletion(store, parent, plan, { force: false, prune: true, quiet: true });
}

/** Chain ids that no image but the going ones uses, topmost first, as dockerd reports layers. */
function freedChains(store: ImageStore, image: Image, going: readonly Image[]): string[] {
  const kept = new Set<string>();
  for (const other of store.images()) if (!going.includes(other) && other.id !== image.id) for (const chainId of chainIds(other.config.rootfs.diff_ids)) kept.add(chainId);
  const freed = chainIds(image.config.rootfs.diff_ids).filter((chainId) => !kept.has(chainId));
  return store.uses.containers(image.id).length > 0 ? [] : freed.reverse();
}

function conflictOf(store: ImageStore, image: Image, soft: boolean, referenced: boolean, going: readonly Image[] = []): Conflict | undefined {
  if (store.children(image.id).some((child) => !going.includes(child))) return { hard: true, used: false, message: 'image has dependent child images' };
  const containers = store.uses.containers(image.id);
  const running = containers.find((container) => container.running);
  if (running) return { hard: true, used: true, message: `image is being used by running container ${shortId(running.id)}` };
  if (!soft) return undefined;
  if (referenced) return { hard: false, used: false, message: 'image is referenced in multiple repositories' };
  const stopped = containers[0];
  return stopped ? { hard: false, used: true, message: `image is being used by stopped container ${shortId(stopped.id)}` } : undefined;
}

function refuse(image: Image, conflict: Conflict | undefined): void {
  if (!conflict) return;
  throw new Fault('conflict', `conflict: unable to delete ${shortId(image.id)} (${conflict.hard ? 'cannot' : 'must'} be forced) - ${conflict.message}`);
}

function refuseName(store: ImageStore, image: Image, text: string): void {
  const user = store.uses.containers(image.id)[0];
  if (!user) return;
  throw new Fault('conflict', `conflict: unable to remove repository reference ${JSON.stringify(text)} (must force) - container ${shortId(user.id)} is using its referenced image ${shortId(image.id)}`);
}

/** Whether all names are one tag with digests of its own repository. */
function isSingleReference(references: readonly Reference[]): boolean {
  const tags = references.filter((reference) => reference.digest === undefined);
  if (references.length <= 1) return true;
  if (tags.length > 1) return false;
  const single = tags[0] ?? (references[0] as Reference);
  return references.every((reference) => fullName(reference) === fullName(single));
}

function isIdPrefix(image: Image, text: string): boolean {
  return image.id.startsWith(text) || image.id.startsWith(`sha256:${text}`);
}

/** Twelve digits of an id, as Docker shows it. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12);
}

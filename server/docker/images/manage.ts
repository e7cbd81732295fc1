// Images at rest: list, inspect, history, tag, remove, prune, commit.
import { deleteImage } from '../../../actors/images/delete-image.js';
import { commitImage } from '../../../actors/images/import-image.js';
import { type Filters as ImageFilters } from '../../../actors/images/image-filters.js';
import { imageHistory, inspectImage, listImages, pruneImages } from '../../../actors/images/image-shapes.js';
import { parseReference } from '../../../actors/images/reference.js';
import type { RunConfig } from '../../../actors/images/image-config.js';
import { layersOf } from '../../../actors/containers/effects.js';
import { containerSpec } from '../../../actors/containers/processes.js';
import type { ContainerRecord } from '../../../actors/containers/record.js';
import { Fault } from '../../../actors/runtime/fault.js';
import { dockerStatus } from '../../../machines/container-status.js';
import type { Call } from '../call.js';
import { parseFilters } from '../filters.js';

const FILTERS = ['dangling', 'label', 'label!', 'before', 'since', 'reference', 'until'];

function imageFilters(call: Call): ImageFilters {
  return Object.fromEntries(parseFilters(call.query('filters'), FILTERS));
}

/** How many containers use each image. */
export function containersPerImage(call: Call): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { snapshot } of call.daemon.containers.all()) counts.set(snapshot.context.imageId, (counts.get(snapshot.context.imageId) ?? 0) + 1);
  return counts;
}

export function listAllImages(call: Call): void {
  const filters = imageFilters(call);
  // The `filter` parameter of API versions before 1.28.
  const reference = call.query('filter');
  call.reply(200, listImages(call.daemon.images, {
    all: call.flag('all'),
    sharedSize: call.flag('shared-size'),
    filters: reference === '' ? filters : { ...filters, reference: [reference] },
  }));
}

export function inspectOneImage(call: Call): void {
  const { images } = call.daemon;
  call.reply(200, inspectImage(images, images.resolve(call.params.name!)));
}

export function historyOfImage(call: Call): void {
  const { images } = call.daemon;
  call.reply(200, imageHistory(images, images.resolve(call.params.name!)));
}

export async function tagImage(call: Call): Promise<void> {
  const { images } = call.daemon;
  const image = images.resolve(call.params.name!);
  const repo = call.query('repo');
  const tag = call.query('tag');
  const reference = parseReference(tag === '' ? repo : `${repo}:${tag}`);
  if (reference.digest !== undefined) throw new Fault('invalid', 'refusing to create a tag with a digest reference');
  await images.tag(image, reference);
  call.empty(201);
}

export async function removeImage(call: Call): Promise<void> {
  const removed = await deleteImage(call.daemon.images, call.params.name!, { force: call.flag('force'), prune: !call.flag('noprune') });
  call.reply(200, removed);
}

export async function pruneAllImages(call: Call): Promise<void> {
  const { ImagesDeleted, SpaceReclaimed } = await pruneImages(call.daemon.images, imageFilters(call));
  await call.daemon.engine.commit([], [{ type: 'image', action: 'prune', id: '', attributes: { reclaimed: String(SpaceReclaimed) } }]);
  call.reply(200, { ImagesDeleted: ImagesDeleted.length > 0 ? ImagesDeleted : null, SpaceReclaimed });
}

/** POST /commit: 201 `{Id}`. The container is paused meanwhile, unless `pause=0`. */
export async function commitContainer(call: Call): Promise<void> {
  const { daemon } = call;
  const { id, snapshot } = daemon.containers.resolve(call.query('container'));
  const body = await call.json({ optional: true });
  const record = (await daemon.engine.spec<ContainerRecord>(id))!;
  const repo = call.query('repo');
  const tag = call.query('tag');
  const run = { ...record.config, ...body } as RunConfig;
  const freezes = call.flag('pause', true) && dockerStatus(snapshot) === 'running' && daemon.executor.capabilities.pause;
  if (freezes) await daemon.executor.freeze(id);
  try {
    const image = await commitImage(daemon.images, {
      base: daemon.images.get(record.imageId),
      run,
      layer: await daemon.executor.upperTar(containerSpec(record, layersOf(daemon.images, record))),
      changes: call.exchange.query.getAll('changes'),
      createdBy: (record.config.Cmd ?? []).join(' '),
      author: call.query('author'),
      comment: call.query('comment'),
      ...(repo === '' ? {} : { reference: parseReference(tag === '' ? repo : `${repo}:${tag}`) }),
    });
    await daemon.engine.send(id, { type: 'NOTE', action: 'commit', attributes: { comment: call.query('comment'), imageID: image.id, imageRef: repo } } as never);
    call.reply(201, { Id: image.id });
  } finally {
    if (freezes) await daemon.executor.thaw(id);
  }
}


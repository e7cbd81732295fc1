// Volumes: list, create, inspect, remove, prune.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Volume, VolumeRequest } from '../../actors/containers/volumes.js';
import { Fault } from '../../actors/runtime/fault.js';
import { rfc3339 } from '../../machines/container-status.js';
import type { Call } from './call.js';
import { booleanFilter, type Filters, matchesLabelFilters, parseFilters } from './filters.js';
import { checkTypes } from './containers/create-types.js';

const VOLUME_TYPES = { Name: 'string', Driver: 'string', DriverOpts: 'string map', Labels: 'string map' } as const;

export function volumeJson(volume: Volume): Record<string, unknown> {
  return {
    CreatedAt: rfc3339(Math.floor(volume.createdAtMs / 1000) * 1000),
    Driver: volume.driver,
    Labels: Object.keys(volume.labels).length > 0 ? volume.labels : null,
    Mountpoint: volume.mountpoint,
    Name: volume.name,
    Options: Object.keys(volume.options).length > 0 ? volume.options : null,
    Scope: 'local',
  };
}

async function chosen(call: Call, filters: Filters): Promise<Volume[]> {
  const dangling = booleanFilter(filters, 'dangling');
  const volumes: Volume[] = [];
  for (const volume of call.daemon.volumes.all()) {
    if (!(filters.get('name') ?? ['']).some((part) => volume.name.includes(part))) continue;
    if (filters.has('driver') && !filters.get('driver')!.includes(volume.driver)) continue;
    if (!matchesLabelFilters(volume.labels, filters)) continue;
    if (dangling !== undefined && ((await call.daemon.volumes.users(volume.name)).length === 0) !== dangling) continue;
    volumes.push(volume);
  }
  return volumes.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export async function listVolumes(call: Call): Promise<void> {
  const filters = parseFilters(call.query('filters'), ['dangling', 'driver', 'label', 'label!', 'name']);
  call.reply(200, { Volumes: (await chosen(call, filters)).map(volumeJson), Warnings: null });
}

export async function createVolume(call: Call): Promise<void> {
  const body = await call.json({ optional: true });
  checkTypes(body, VOLUME_TYPES, 'CreateOptions');
  if (body.ClusterVolumeSpec) throw new Fault('unsupported', 'cluster volumes are not supported');
  const request: VolumeRequest = {
    ...(body.Name ? { name: body.Name as string } : {}),
    ...(body.Driver ? { driver: body.Driver as string } : {}),
    ...(body.DriverOpts ? { options: body.DriverOpts as Record<string, string> } : {}),
    ...(body.Labels ? { labels: body.Labels as Record<string, string> } : {}),
  };
  call.reply(201, volumeJson(await call.daemon.volumes.create(request)));
}

export function inspectVolume(call: Call): void {
  call.reply(200, volumeJson(call.daemon.volumes.get(call.params.name!)));
}

/** With `force` a volume that does not exist is as good as removed. */
export async function removeVolume(call: Call): Promise<void> {
  const { volumes } = call.daemon;
  if (call.flag('force') && !volumes.find(call.params.name!)) return call.empty(204);
  await volumes.remove(call.params.name!);
  call.empty(204);
}

/** Bytes in a folder and below; what vanishes meanwhile counts as nothing. */
export async function folderSizeBytes(path: string): Promise<number> {
  let sizeBytes = 0;
  for (const entry of await readdir(path, { withFileTypes: true }).catch(() => [])) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) sizeBytes += await folderSizeBytes(child);
    else if (entry.isFile()) sizeBytes += await stat(child).then(({ size }) => size, () => 0);
  }
  return sizeBytes;
}

/** Anonymous ones that nobody uses; with `all=true` named ones too (API 1.42 and later). */
export async function pruneVolumes(call: Call): Promise<void> {
  const { daemon } = call;
  const filters = parseFilters(call.query('filters'), ['all', 'label', 'label!']);
  const all = booleanFilter(filters, 'all') ?? !call.atLeast('1.42');
  const deleted: string[] = [];
  let reclaimed = 0;
  for (const volume of daemon.volumes.all()) {
    if (!all && !daemon.volumes.isAnonymous(volume)) continue;
    if (!matchesLabelFilters(volume.labels, filters)) continue;
    if ((await daemon.volumes.users(volume.name)).length > 0) continue;
    reclaimed += await folderSizeBytes(volume.mountpoint);
    await daemon.volumes.remove(volume.name);
    deleted.push(volume.name);
  }
  await daemon.engine.commit([], [{ type: 'volume', action: 'prune', id: '', attributes: { reclaimed: String(reclaimed) } }]);
  call.reply(200, { VolumesDeleted: deleted.length > 0 ? deleted : null, SpaceReclaimed: reclaimed });
}

// What a create request says of mounts (Binds, Mounts, Tmpfs, VolumesFrom, image volumes) to one list of mount points.
import { mkdir, stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { Fault } from '../runtime/fault.js';
import type { Config, ContainerRecord, HostConfig, MountPoint, MountRequest } from './record.js';
import { parseTmpfsOptions } from './tmpfs-options.js';
import type { Volumes } from './volumes.js';

export interface ResolvedMounts {
  mounts: MountPoint[];
  options: ContainerRecord['mountOptions'];
}

const BIND_MODES = new Set(['ro', 'rw', 'z', 'Z', 'nocopy', 'cached', 'delegated', 'consistent', 'private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave']);
const PROPAGATIONS = ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'];

interface Bind {
  source: string;
  target: string;
  modes: string[];
}

/** `[source:]target[:modes]`; Docker's texts for anything else. */
export function parseBind(text: string): Bind {
  const parts = text.split(':');
  const invalid = (): Fault => new Fault('invalid', `invalid volume specification: '${text}'`);
  if (parts.length > 3 || parts.some((part) => part === '')) throw invalid();
  const [first = '', second, third] = parts;
  const bind: Bind = second === undefined ? { source: '', target: first, modes: [] } : { source: first, target: second, modes: third?.split(',') ?? [] };
  if (second !== undefined && third === undefined && !second.startsWith('/') && second.split(',').every((mode) => BIND_MODES.has(mode))) {
    return { source: '', target: first, modes: second.split(',') };
  }
  if (!bind.target.startsWith('/')) throw new Fault('invalid', `invalid volume specification: '${text}': invalid mount config for type "${bind.source.startsWith('/') ? 'bind' : 'volume'}": invalid mount path: '${bind.target}' mount path must be absolute`);
  if (posix.normalize(bind.target) === '/') throw new Fault('invalid', `invalid volume specification: '${text}': invalid mount config for type "bind": invalid specification: destination can't be '/'`);
  const wrong = bind.modes.find((mode) => !BIND_MODES.has(mode));
  if (wrong !== undefined) throw new Fault('invalid', `invalid mode: ${bind.modes.join(',')}`);
  return bind;
}

/** Collects by destination: the later source of a mount wins over image volumes, never over another explicit one. */
class Collector {
  readonly #mounts = new Map<string, MountPoint>();
  readonly options: ContainerRecord['mountOptions'] = {};

  add(mount: MountPoint, options?: ContainerRecord['mountOptions'][string]): void {
    const target = clean(mount.Destination);
    if (this.#mounts.has(target)) throw new Fault('invalid', `Duplicate mount point: ${target}`);
    this.#mounts.set(target, { ...mount, Destination: target });
    if (options) this.options[target] = options;
  }

  has(target: string): boolean {
    return this.#mounts.has(clean(target));
  }

  list(): MountPoint[] {
    return [...this.#mounts.values()];
  }
}

function clean(target: string): string {
  return posix.normalize(target).replace(/(.)\/$/, '$1');
}

async function volumeMount(volumes: Volumes, name: string, target: string, readOnly: boolean, mode: string, request?: MountRequest): Promise<MountPoint> {
  const driver = request?.VolumeOptions?.DriverConfig;
  const volume = await volumes.create({
    name,
    ...(request?.VolumeOptions?.Labels ? { labels: request.VolumeOptions.Labels } : {}),
    ...(driver?.Name ? { driver: driver.Name } : {}),
    ...(driver?.Options ? { options: driver.Options } : {}),
  });
  return { Type: 'volume', Name: volume.name, Source: volume.mountpoint, Destination: target, Driver: 'local', Mode: mode, RW: !readOnly, Propagation: '' };
}

async function addBinds(binds: readonly string[], collector: Collector, volumes: Volumes): Promise<void> {
  for (const text of binds) {
    const { source, target, modes } = parseBind(text);
    const readOnly = modes.includes('ro');
    const noCopy = modes.includes('nocopy');
    if (!source.startsWith('/')) {
      if (source.includes('/')) throw new Fault('invalid', `create ${source}: "${source}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`);
      collector.add(await volumeMount(volumes, source, target, readOnly, modes.join(',') || 'z'), noCopy ? { noCopy } : undefined);
      continue;
    }
    // As dockerd: a bind's missing source becomes a folder.
    await stat(source).catch(() => mkdir(source, { recursive: true }));
    const propagation = modes.find((mode) => PROPAGATIONS.includes(mode)) ?? 'rprivate';
    collector.add({ Type: 'bind', Source: source, Destination: target, Mode: modes.filter((mode) => !PROPAGATIONS.includes(mode)).join(','), RW: !readOnly, Propagation: propagation });
  }
}

function invalidMount(type: string, why: string): Fault {
  return new Fault('invalid', `invalid mount config for type "${type}": ${why}`);
}

async function addMounts(requests: readonly MountRequest[], collector: Collector, volumes: Volumes): Promise<void> {
  for (const request of requests) {
    const { Type: type, Source: source = '', Target: target, ReadOnly: readOnly = false } = request;
    if (!['bind', 'volume', 'tmpfs'].includes(type)) throw invalidMount(String(type), 'mount type unknown');
    if (!target) throw invalidMount(type, 'field Target must not be empty');
    if (!target.startsWith('/')) throw invalidMount(type, `invalid mount path: '${target}' mount path must be absolute`);
    if (clean(target) === '/') throw invalidMount(type, "invalid specification: destination can't be '/'");
    if (type === 'tmpfs') {
      if (source !== '') throw invalidMount(type, 'field Source must not be specified');
      collector.add(tmpfsMount(target, readOnly), { ...parseTmpfsOptions(''), sizeBytes: request.TmpfsOptions?.SizeBytes ?? 0, mode: request.TmpfsOptions?.Mode || 0o1777 });
    } else if (type === 'bind') {
      if (source === '') throw invalidMount(type, 'field Source must not be empty');
      if (!source.startsWith('/')) throw invalidMount(type, `invalid mount path: '${source}' mount path must be absolute`);
      const exists = await stat(source).then(() => true, () => false);
      if (!exists && request.BindOptions?.CreateMountpoint !== true) throw invalidMount(type, `bind source path does not exist: ${source}`);
      if (!exists) await mkdir(source, { recursive: true });
      collector.add({ Type: 'bind', Source: source, Destination: target, Mode: '', RW: !readOnly, Propagation: request.BindOptions?.Propagation || 'rprivate' });
    } else {
      const { NoCopy: noCopy = false, Subpath: subpath = '' } = request.VolumeOptions ?? {};
      if (subpath.split('/').includes('..') || subpath.startsWith('/')) throw invalidMount(type, `subpath must be a relative path within the volume`);
      collector.add(await volumeMount(volumes, source, target, readOnly, 'z', request), { ...(noCopy ? { noCopy } : {}), ...(subpath ? { subpath } : {}) });
    }
  }
}

function tmpfsMount(target: string, readOnly: boolean): MountPoint {
  return { Type: 'tmpfs', Source: '', Destination: target, Mode: '', RW: !readOnly, Propagation: '' };
}

function addTmpfs(tmpfs: Readonly<Record<string, string>>, collector: Collector): void {
  for (const [target, text] of Object.entries(tmpfs)) {
    if (!target.startsWith('/')) throw invalidMount('tmpfs', `invalid mount path: '${target}' mount path must be absolute`);
    const { readOnly, ...options } = parseTmpfsOptions(text);
    collector.add(tmpfsMount(target, readOnly), options);
  }
}

/**
 * All mounts of a new container. `others` finds the record of a container named in VolumesFrom. Volumes are made here; a creation that
 * fails later leaves them, as with dockerd.
 */
export async function resolveMounts(config: Config, host: HostConfig, volumes: Volumes, others: (name: string) => Promise<ContainerRecord>): Promise<ResolvedMounts> {
  const collector = new Collector();
  await addBinds(host.Binds ?? [], collector, volumes);
  await addMounts(host.Mounts ?? [], collector, volumes);
  addTmpfs(host.Tmpfs ?? {}, collector);
  for (const text of host.VolumesFrom ?? []) {
    const [name = '', mode = ''] = text.split(':', 2);
    if (!['', 'ro', 'rw', 'z', 'Z'].includes(mode)) throw new Fault('invalid', `invalid mode: ${mode}`);
    const other = await others(name);
    for (const mount of other.mounts) {
      if (!collector.has(mount.Destination)) collector.add({ ...mount, RW: mount.RW && mode !== 'ro' }, other.mountOptions[mount.Destination]);
    }
  }
  for (const target of Object.keys(config.Volumes ?? {})) {
    if (!target.startsWith('/')) throw new Fault('invalid', `invalid volume specification: '${target}'`);
    if (!collector.has(target)) collector.add(await volumeMount(volumes, '', target, false, ''));
  }
  return { mounts: collector.list(), options: collector.options };
}

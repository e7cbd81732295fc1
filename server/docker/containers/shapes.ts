// Containers in Docker's shapes: the rows of a list and the document of an inspect.
import type { ContainerRecord, MountPoint } from '../../../actors/containers/record.js';
import type { ContainerEntry, ContainerSnapshot } from '../../../actors/indexes/containers.js';
import { dockerStatus, isRunning, rfc3339, stateJson } from '../../../machines/container-status.js';
import type { Daemon } from '../daemon.js';
import { findNetwork } from '../networks.js';

/** 'Up 5 minutes', as Go's units.HumanDuration (https://github.com/docker/go-units). */
export function humanDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.floor(seconds / 3600 + 0.5);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`;
  return `${Math.floor(seconds / 3600 / 24 / 365)} years`;
}

/** The STATUS column of docker ps. */
export function statusText(snapshot: ContainerSnapshot, nowMs: number): string {
  const { context } = snapshot;
  const since = (atMs: number): string => humanDuration(nowMs - atMs);
  switch (dockerStatus(snapshot)) {
    case 'paused':
      return `Up ${since(context.startedAt)} (Paused)`;
    case 'restarting':
      return `Restarting (${context.exitCode}) ${since(context.finishedAt)} ago`;
    case 'running': {
      const health = context.health ? ` (${context.health.status === 'starting' ? 'health: starting' : context.health.status})` : '';
      return `Up ${since(context.startedAt)}${health}`;
    }
    case 'removing':
      return 'Removal In Progress';
    case 'dead':
      return 'Dead';
    case 'created':
      return 'Created';
    default:
      return context.startedAt === 0 ? 'Created' : `Exited (${context.exitCode}) ${since(context.finishedAt)} ago`;
  }
}

function commandText({ path, args }: ContainerRecord): string {
  if (args.length === 0) return path;
  return `${path} ${args.map((arg) => (/\s/.test(arg) ? `'${arg}'` : arg)).join(' ')}`;
}

/** The row without what changes as time goes by. */
export interface ListRow {
  Id: string;
  Names: string[];
  Image: string;
  ImageID: string;
  Command: string;
  Created: number;
  Ports: object[];
  SizeRw?: number;
  SizeRootFs?: number;
  Labels: Record<string, string>;
  State: string;
  Status: string;
  HostConfig: { NetworkMode: string };
  NetworkSettings: { Networks: Record<string, object> };
  Mounts: MountPoint[];
}

/** What a name shows as: the reference the container was made with, or the image's id once that name means something else. */
function imageName(daemon: Daemon, record: ContainerRecord): string {
  const named = daemon.images.find(record.config.Image);
  return named?.id === record.imageId ? record.config.Image : record.imageId;
}

/** Only a running container has ports; none is reachable from outside as long as there is no network that could publish it. */
function ports(record: ContainerRecord, snapshot: ContainerSnapshot): object[] {
  if (!isRunning(snapshot)) return [];
  return Object.keys(record.config.ExposedPorts ?? {}).map((port) => {
    const [number, protocol = 'tcp'] = port.split('/');
    return { PrivatePort: Number(number), Type: protocol };
  });
}

export async function listRow(daemon: Daemon, { snapshot }: ContainerEntry, nowMs: number): Promise<ListRow> {
  const record = (await daemon.engine.spec<ContainerRecord>(snapshot.id))!;
  return {
    Id: snapshot.id,
    Names: [`/${snapshot.context.name}`],
    Image: imageName(daemon, record),
    ImageID: record.imageId,
    Command: commandText(record),
    Created: Math.floor(snapshot.context.createdAt / 1000),
    Ports: ports(record, snapshot),
    Labels: record.config.Labels,
    State: dockerStatus(snapshot),
    Status: statusText(snapshot, nowMs),
    HostConfig: { NetworkMode: record.hostConfig.NetworkMode },
    NetworkSettings: { Networks: networks(daemon, record, snapshot) },
    Mounts: record.mounts,
  };
}

/** One endpoint on the network the container was made for; addresses stay empty as long as there is no network behind it. */
export function networks(daemon: Daemon, record: ContainerRecord, snapshot: ContainerSnapshot): Record<string, object> {
  const mode = record.hostConfig.NetworkMode;
  if (mode.startsWith('container:')) return {};
  const names = new Set([mode, ...Object.keys(record.networkingConfig.EndpointsConfig ?? {})]);
  names.delete('default');
  return Object.fromEntries([...names].map((name) => {
    const wanted = (record.networkingConfig.EndpointsConfig?.[name] ?? {}) as { Aliases?: string[] | null; Links?: string[] | null; DriverOpts?: object | null; IPAMConfig?: object | null };
    return [name, {
      IPAMConfig: wanted.IPAMConfig ?? null, Links: wanted.Links ?? null, Aliases: wanted.Aliases ?? null, MacAddress: '', DriverOpts: wanted.DriverOpts ?? null,
      GwPriority: 0, NetworkID: isRunning(snapshot) ? (findNetwork(daemon, name)?.id ?? '') : '', EndpointID: '', Gateway: '', IPAddress: '', IPPrefixLen: 0, IPv6Gateway: '', GlobalIPv6Address: '',
      GlobalIPv6PrefixLen: 0, DNSNames: null,
    }];
  }));
}

/** GET /containers/{id}/json. */
export async function inspectJson(daemon: Daemon, { snapshot }: ContainerEntry): Promise<Record<string, unknown>> {
  const record = (await daemon.engine.spec<ContainerRecord>(snapshot.id))!;
  const { context } = snapshot;
  const etc = context.startedAt === 0 ? undefined : daemon.executor.etcFiles?.(snapshot.id);
  const execs = daemon.execs.of(snapshot.id).filter((id) => daemon.execs.get(id).value === 'running');
  return {
    Id: snapshot.id,
    Created: rfc3339(context.createdAt),
    Path: record.path,
    Args: record.args,
    State: stateJson(snapshot),
    Image: record.imageId,
    ResolvConfPath: etc?.resolvConf ?? '',
    HostnamePath: etc?.hostname ?? '',
    HostsPath: etc?.hosts ?? '',
    LogPath: record.hostConfig.LogConfig.Type === 'none' || context.startedAt === 0 ? '' : daemon.consoles.logDirectory(snapshot.id),
    Name: `/${context.name}`,
    RestartCount: context.restartCount,
    Driver: 'overlay2',
    Platform: record.platform,
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    ExecIDs: execs.length > 0 ? execs : null,
    HostConfig: { ...record.hostConfig, RestartPolicy: { Name: record.hostConfig.RestartPolicy.Name || 'no', MaximumRetryCount: record.hostConfig.RestartPolicy.MaximumRetryCount } },
    GraphDriver: { Data: null, Name: 'overlay2' },
    Mounts: record.mounts,
    Config: record.config,
    NetworkSettings: {
      Bridge: '', SandboxID: '', SandboxKey: '', Ports: isRunning(snapshot) ? Object.fromEntries(Object.keys(record.config.ExposedPorts ?? {}).map((port) => [port, null])) : {}, HairpinMode: false, LinkLocalIPv6Address: '', LinkLocalIPv6PrefixLen: 0,
      SecondaryIPAddresses: null, SecondaryIPv6Addresses: null, EndpointID: '', Gateway: '', GlobalIPv6Address: '', GlobalIPv6PrefixLen: 0,
      IPAddress: '', IPPrefixLen: 0, IPv6Gateway: '', MacAddress: '', Networks: networks(daemon, record, snapshot),
    },
  };
}


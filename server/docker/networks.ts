// Networks: the three that every Docker host has. Where a backend has no networks of its own, no others can be made.
import { createHash } from 'node:crypto';
import type { ContainerRecord } from '../../actors/containers/record.js';
import { Fault } from '../../actors/runtime/fault.js';
import { isRunning, rfc3339 } from '../../machines/container-status.js';
import type { Call } from './call.js';
import { checkTypes } from './containers/create-types.js';
import type { Daemon } from './daemon.js';
import { booleanFilter, type Filters, matchesLabelFilters, matchesPattern, parseFilters } from './filters.js';

const FILTERS = ['dangling', 'driver', 'id', 'label', 'label!', 'name', 'scope', 'type'];
const DRIVERS = { bridge: 'bridge', host: 'host', none: 'null' } as const;

export type PredefinedName = keyof typeof DRIVERS;

export interface PredefinedNetwork {
  readonly name: PredefinedName;
  /** 64 hex digits, the same for the life of the data root. */
  readonly id: string;
}

const known = new WeakMap<Daemon, readonly PredefinedNetwork[]>();

function predefinedNetworks(daemon: Daemon): readonly PredefinedNetwork[] {
  const networks = known.get(daemon)
    ?? (Object.keys(DRIVERS) as PredefinedName[]).map((name) => ({ name, id: createHash('sha256').update(`${daemon.config.serverId} ${name}`).digest('hex') }));
  known.set(daemon, networks);
  return networks;
}

/** By name, id or unambiguous prefix of an id. */
export function findNetwork(daemon: Daemon, reference: string): PredefinedNetwork | undefined {
  const networks = predefinedNetworks(daemon);
  const exact = networks.find(({ name, id }) => name === reference || id === reference);
  if (exact || !/^[0-9a-f]+$/.test(reference)) return exact;
  const matches = networks.filter(({ id }) => id.startsWith(reference));
  if (matches.length > 1) throw new Fault('invalid', `network ${reference} is ambiguous (${matches.length} matches found on ID prefix)`);
  return matches[0];
}

/** Docker's 404. */
function requireNetwork(daemon: Daemon, reference: string): PredefinedNetwork {
  const network = findNetwork(daemon, reference);
  if (!network) throw new Fault('not-found', `network ${reference} not found`);
  return network;
}

/** The error of everything that would need a network between containers. `what` is its subject and verb. */
export function noNetworks(daemon: Daemon, what: string): Fault {
  return new Fault('unsupported', `${what}: the ${daemon.executor.name} backend has no networks of its own (capability network.real)`);
}

async function endpoints(daemon: Daemon, name: string): Promise<Record<string, object>> {
  const containers: Record<string, object> = {};
  for (const { id, snapshot } of daemon.containers.newestFirst()) {
    if (!isRunning(snapshot)) continue;
    const record = await daemon.engine.spec<ContainerRecord>(id);
    if (record?.hostConfig.NetworkMode === name) containers[id] = { Name: snapshot.context.name, EndpointID: '', MacAddress: '', IPv4Address: '', IPv6Address: '' };
  }
  return containers;
}

function networkJson(daemon: Daemon, { name, id }: PredefinedNetwork, containers: Record<string, object>): Record<string, unknown> {
  return {
    Name: name,
    Id: id,
    // As dockerd, which makes them anew at each start.
    Created: rfc3339(Math.floor(performance.timeOrigin)),
    Scope: 'local',
    Driver: DRIVERS[name],
    EnableIPv4: true,
    EnableIPv6: false,
    IPAM: { Driver: 'default', Options: null, Config: [] },
    Internal: false,
    Attachable: false,
    Ingress: false,
    ConfigFrom: { Network: '' },
    ConfigOnly: false,
    Containers: containers,
    Options: {},
    Labels: {},
  };
}

function passes({ name, id }: PredefinedNetwork, filters: Filters): boolean {
  const is = (filter: string, value: string): boolean => filters.get(filter)?.includes(value) ?? true;
  // The predefined ones are never dangling, and have no labels.
  return matchesPattern(name, filters.get('name')) && (filters.get('id')?.some((part) => id.startsWith(part)) ?? true) && is('driver', DRIVERS[name])
    && is('scope', 'local') && is('type', 'builtin') && booleanFilter(filters, 'dangling') !== true && matchesLabelFilters({}, filters);
}

export function listNetworks(call: Call): void {
  const filters = parseFilters(call.query('filters'), FILTERS);
  const unknown = filters.get('type')?.find((type) => type !== 'custom' && type !== 'builtin');
  if (unknown !== undefined) throw new Fault('invalid', `invalid filter: 'type'='${unknown}'`);
  call.reply(200, predefinedNetworks(call.daemon).filter((network) => passes(network, filters)).map((network) => networkJson(call.daemon, network, {})));
}

export async function inspectNetwork(call: Call): Promise<void> {
  const network = requireNetwork(call.daemon, call.params.id!);
  call.reply(200, networkJson(call.daemon, network, await endpoints(call.daemon, network.name)));
}

export async function createNetwork(call: Call): Promise<void> {
  const body = await call.json();
  checkTypes(body, { Name: 'string', Driver: 'string', Labels: 'string map', Options: 'string map' }, 'CreateRequest');
  const { Name: name } = body as { Name?: string };
  if (!name) throw new Fault('invalid', 'invalid network name: name is empty');
  if (Object.hasOwn(DRIVERS, name)) throw new Fault('forbidden', `operation is not permitted on predefined ${name} network`);
  throw noNetworks(call.daemon, `network ${name} cannot be created`);
}

export function removeNetwork(call: Call): void {
  const { name } = requireNetwork(call.daemon, call.params.id!);
  throw new Fault('forbidden', `${name} is a pre-defined network and cannot be removed`);
}

/** What is predefined is never pruned, and there are no others. */
export function pruneNetworks(call: Call): void {
  parseFilters(call.query('filters'), ['label', 'label!', 'until']);
  call.reply(200, { NetworksDeleted: null });
}

/** connect and disconnect. */
export async function attachToNetwork(call: Call): Promise<void> {
  const { name } = requireNetwork(call.daemon, call.params.id!);
  const { Container: container } = (await call.json()) as { Container?: string };
  if (typeof container !== 'string' || container === '') throw new Fault('invalid', 'invalid container reference: value is empty');
  call.daemon.containers.resolve(container);
  throw noNetworks(call.daemon, `containers cannot join or leave network ${name}`);
}

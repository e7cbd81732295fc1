// GET /containers/json with every filter, and POST /containers/prune.
import type { ContainerRecord } from '../../../actors/containers/record.js';
import { type ContainerEntry } from '../../../actors/indexes/containers.js';
import { Fault } from '../../../actors/runtime/fault.js';
import { dockerStatus, isRunning } from '../../../machines/container-status.js';
import type { Call } from '../call.js';
import type { Daemon } from '../daemon.js';
import { booleanFilter, type Filters, matchesLabelFilters, matchesPattern, parseFilters } from '../filters.js';
import { parseTimestampNs } from '../time.js';
import { layersOf } from '../../../actors/containers/effects.js';
import { containerSpec } from '../../../actors/containers/processes.js';
import { findNetwork } from '../networks.js';
import { listRow, statusText } from './shapes.js';

const LIST_FILTERS = ['ancestor', 'before', 'expose', 'exited', 'health', 'id', 'is-task', 'isolation', 'label', 'name', 'network', 'publish', 'since', 'status', 'volume'];
const STATUSES = ['created', 'restarting', 'running', 'removing', 'paused', 'exited', 'dead'];
const HEALTH = ['starting', 'healthy', 'unhealthy', 'none'];

/** A container as filters look at it. */
interface Candidate {
  entry: ContainerEntry;
  record: ContainerRecord;
}

/** The image a filter value means, and everything made from it. */
function ancestors(daemon: Daemon, values: readonly string[]): Set<string> {
  return new Set(values.map((value) => daemon.images.find(value)?.id).filter((id) => id !== undefined));
}

function descendsFrom(daemon: Daemon, imageId: string, wanted: ReadonlySet<string>): boolean {
  for (let id: string | undefined = imageId; id; id = daemon.images.get(id)?.parent) if (wanted.has(id)) return true;
  return false;
}

function portMatches(ports: readonly string[], wanted: readonly string[]): boolean {
  return wanted.some((text) => {
    const [range = '', protocol = 'tcp'] = text.split('/');
    const [first, last = first] = range.split('-').map(Number);
    return ports.some((port) => {
      const [number, kind = 'tcp'] = port.split('/');
      return kind === protocol && Number(number) >= first! && Number(number) <= last!;
    });
  });
}

type Test = (candidate: Candidate) => boolean;

/** One predicate per filter given. */
function tests(daemon: Daemon, filters: Filters): Test[] {
  const all: Test[] = [];
  const on = (name: string, make: (values: readonly string[]) => Test): void => {
    const values = filters.get(name);
    if (values && values.length > 0) all.push(make(values));
  };
  on('id', (values) => ({ entry }) => values.some((value) => entry.id.startsWith(value) || matchesPattern(entry.id, [value])));
  on('name', (values) => ({ entry }) => matchesPattern(entry.snapshot.context.name, values.map((v) => v.replace(/^(\^?)\//, '$1'))) || matchesPattern(`/${entry.snapshot.context.name}`, values));
  on('status', (values) => {
    const bad = values.find((value) => !STATUSES.includes(value));
    if (bad !== undefined) throw new Fault('invalid', `invalid filter 'status=${bad}'`);
    return ({ entry }) => values.includes(dockerStatus(entry.snapshot));
  });
  on('exited', (values) => {
    const bad = values.find((value) => !/^-?\d+$/.test(value));
    if (bad !== undefined) throw new Fault('invalid', `strconv.Atoi: parsing "${bad}": invalid syntax`);
    return ({ entry: { snapshot } }) => values.includes(String(snapshot.context.exitCode)) && !isRunning(snapshot) && snapshot.context.startedAt > 0;
  });
  on('health', (values) => {
    const bad = values.find((value) => !HEALTH.includes(value));
    if (bad !== undefined) throw new Fault('invalid', `invalid filter 'health=${bad}'`);
    return ({ entry }) => values.includes(entry.snapshot.context.health?.status ?? 'none');
  });
  on('ancestor', (values) => {
    const wanted = ancestors(daemon, values);
    return ({ record }) => descendsFrom(daemon, record.imageId, wanted);
  });
  on('volume', (values) => ({ record }) => record.mounts.some((mount) => values.includes(mount.Name ?? '') || values.includes(mount.Destination) || values.includes(mount.Source)));
  on('network', (values) => ({ record }) => values.some((value) => record.hostConfig.NetworkMode === (findNetwork(daemon, value)?.name ?? value)));
  on('expose', (values) => ({ record }) => portMatches(Object.keys(record.config.ExposedPorts ?? {}), values));
  on('publish', (values) => ({ record }) => portMatches(Object.keys(record.hostConfig.PortBindings ?? {}), values));
  on('before', ([reference]) => {
    const { createdAt } = daemon.containers.resolve(reference!).snapshot.context;
    return ({ entry }) => entry.snapshot.context.createdAt < createdAt;
  });
  on('since', ([reference]) => {
    const { createdAt } = daemon.containers.resolve(reference!).snapshot.context;
    return ({ entry }) => entry.snapshot.context.createdAt > createdAt;
  });
  if (booleanFilter(filters, 'is-task') === true) all.push(() => false);
  if (filters.has('label')) all.push(({ entry }) => matchesLabelFilters(entry.snapshot.context.labels, filters));
  return all;
}

/** A row as JSON text, kept with the entry until the container changes; only the status line grows old by itself. */
function cachedText(entry: ContainerEntry, nowMs: number): string | undefined {
  const cached = entry.row as [string, string] | undefined;
  return cached && cached[0] + JSON.stringify(statusText(entry.snapshot, nowMs)) + cached[1];
}

async function rowText(daemon: Daemon, entry: ContainerEntry, nowMs: number): Promise<string> {
  const marker = '@status@';
  const row = await listRow(daemon, entry, nowMs);
  const [before, after] = JSON.stringify({ ...row, Status: marker }).split(`"${marker}"`);
  entry.row = [before!, after!];
  return before! + JSON.stringify(row.Status) + after!;
}

/** How old the words of a kept list may be, of which the finest say seconds. */
const WORDS_MS = 250;

/** The last list of everything and of what runs, as bytes, until a container changes or its words grow old. */
const kept = new WeakMap<Daemon, Map<boolean, { body: Uint8Array; version: number; untilMs: number }>>();

/** What `docker ps` and `docker ps -a` show, which pollers ask for again and again. */
async function plainList(daemon: Daemon, all: boolean): Promise<Uint8Array> {
  const lists = kept.get(daemon) ?? new Map();
  kept.set(daemon, lists);
  const nowMs = Date.now();
  const { version } = daemon.containers;
  const known = lists.get(all);
  if (known && known.version === version && nowMs < known.untilMs) return known.body;
  const body = Buffer.from(await listText(daemon, { all, limit: 0, predicates: [], size: false, nowMs }));
  lists.set(all, { body, version, untilMs: nowMs + WORDS_MS });
  return body;
}

/** A status filter asks about stopped ones too, as does `all`. */
export async function listContainers(call: Call): Promise<void> {
  const { daemon } = call;
  const filters = parseFilters(call.query('filters'), LIST_FILTERS);
  const limit = call.number('limit') ?? 0;
  const size = call.flag('size');
  const all = call.flag('all') || limit > 0 || ['status', 'exited', 'before', 'since'].some((name) => filters.has(name));
  if (filters.size === 0 && limit <= 0 && !size) return call.replyText(200, await plainList(daemon, all));
  call.replyText(200, await listText(daemon, { all, limit, size, predicates: tests(daemon, filters), nowMs: Date.now() }));
}

interface Listing {
  all: boolean;
  limit: number;
  size: boolean;
  predicates: readonly Test[];
  nowMs: number;
}

async function listText(daemon: Daemon, { all, limit, size, predicates, nowMs }: Listing): Promise<string> {
  const texts: string[] = [];
  for (const entry of daemon.containers.newestFirst()) {
    if (!all && !isRunning(entry.snapshot)) continue;
    if (predicates.length > 0) {
      const record = (await daemon.engine.spec<ContainerRecord>(entry.id))!;
      if (!predicates.every((test) => test({ entry, record }))) continue;
    }
    texts.push(size ? await rowWithSize(daemon, entry, nowMs) : (cachedText(entry, nowMs) ?? (await rowText(daemon, entry, nowMs))));
    if (limit > 0 && texts.length === limit) break;
  }
  return `[${texts.join(',')}]\n`;
}

async function rowWithSize(daemon: Daemon, entry: ContainerEntry, nowMs: number): Promise<string> {
  const row = await listRow(daemon, entry, nowMs);
  return JSON.stringify({ ...row, ...(await sizes(daemon, entry)) });
}

/** What the container added, and that plus its image. */
export async function sizes(daemon: Daemon, entry: ContainerEntry): Promise<{ SizeRw: number; SizeRootFs: number }> {
  const record = (await daemon.engine.spec<ContainerRecord>(entry.id))!;
  const image = daemon.images.get(record.imageId);
  const SizeRw = await daemon.executor.sizeRw(containerSpec(record, layersOf(daemon.images, record)));
  return { SizeRw, SizeRootFs: SizeRw + (image ? daemon.images.sizeBytes(image) : 0) };
}

/** Removes what does not run; `until` and `label` choose. */
export async function pruneContainers(call: Call): Promise<void> {
  const { daemon } = call;
  const filters = parseFilters(call.query('filters'), ['label', 'label!', 'until']);
  const until = filters.get('until')?.map((text) => Number(parseTimestampNs(text) / 1_000_000n));
  const deleted: string[] = [];
  let reclaimed = 0;
  for (const entry of daemon.containers.newestFirst()) {
    const { snapshot } = entry;
    const status = dockerStatus(snapshot);
    if (isRunning(snapshot) || status === 'removing') continue;
    if (until?.some((limit) => snapshot.context.createdAt > limit)) continue;
    if (!matchesLabelFilters(snapshot.context.labels, filters)) continue;
    const { SizeRw } = await sizes(daemon, entry);
    const outcome = await daemon.engine.send(entry.id, { type: 'REMOVE', volumes: true } as never);
    if (!outcome.handled) continue;
    await outcome.settled;
    deleted.push(entry.id);
    reclaimed += SizeRw;
  }
  await daemon.engine.commit([], [{ type: 'container', action: 'prune', id: '', attributes: { reclaimed: String(reclaimed) } }]);
  call.reply(200, { ContainersDeleted: deleted.length > 0 ? deleted : null, SpaceReclaimed: reclaimed });
}

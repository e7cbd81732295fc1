// The server put together: store, engine, images, backend, Docker API, doors; started by recovery, ended by dying.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { EventObject } from 'xstate';
import { pythonPackage } from '../actors/sandbox/programs/python/runtime.js';
import { allCommands } from '../actors/sandbox/commands/index.js';
import { Consoles } from '../actors/containers/consoles.js';
import { containerAndExecEffects, layersOf, Running } from '../actors/containers/effects.js';
import { containerSpec } from '../actors/containers/processes.js';
import type { ContainerRecord } from '../actors/containers/record.js';
import { Volumes } from '../actors/containers/volumes.js';
import type { Executor } from '../actors/executors/contract.js';
import { MemoryExecutor } from '../actors/executors/memory/index.js';
import { ensureBaseImage } from '../actors/images/base-image.js';
import { ensureNodeImage } from '../actors/images/node-image.js';
import { ensurePythonImage } from '../actors/images/python-image.js';
import { ContentStore } from '../actors/images/content-store.js';
import { ImageStore } from '../actors/images/image-store.js';
import { Pulls } from '../actors/images/pulls.js';
import { ContainerIndex } from '../actors/indexes/containers.js';
import { ExecIndex } from '../actors/indexes/execs.js';
import { Engine } from '../actors/runtime/engine.js';
import { Fault } from '../actors/runtime/fault.js';
import { type Durability, Store } from '../actors/runtime/store.js';
import { Trash } from '../actors/runtime/trash.js';
import { isRunning, stateName } from '../machines/container-status.js';
import { machines } from '../machines/index.js';
import { createDockerApi } from './docker/api.js';
import type { Daemon } from './docker/daemon.js';
import { openFrontDoor, uWebSocketsStatus, type FrontDoor } from './http/exchange.js';
import { type Inspector, openInspector } from './inspector/doors.js';
import type { HostAddress } from './cli/places.js';
import { inspectorSocket, inspectorToken } from './cli/places.js';
import type { Log } from './log.js';
import { Metrics } from './telemetry/metrics.js';
import { openTraces, traceEffects, traceExecutor, traceHandler, type Traces } from './telemetry/tracing.js';
import { VERSION } from './version.js';

export interface ServerOptions {
  readonly dataRoot: string;
  readonly hosts: readonly HostAddress[];
  readonly backend: string;
  readonly log: Log;
  readonly registryMirrors?: readonly string[];
  readonly insecureRegistries?: readonly string[];
  /** `process` survives SIGKILL only; for test suites. */
  readonly durability?: Durability;
  /** False only for the check that proves the outbox matters. */
  readonly outbox?: boolean;
  /** Stands between the engine and the backend; only for tests that hold a backend's news back. */
  readonly wrapExecutor?: (executor: Executor) => Executor;
  /** Containers in which nothing runs and that keep their thread; the backend's own number where absent. */
  readonly idleMachines?: number;
  /** Containers that may be busy at a time, likewise. */
  readonly busyMachines?: number;
  readonly httpEngine?: 'auto' | 'uWebSockets' | 'node:http';
  /** Where the inspector's page is served; the data root's own socket always serves it. */
  readonly inspect?: { readonly host: string; readonly port: number };
  /** The inspector may send events and open terminals. */
  readonly inspectWrite?: boolean;
  /** Names beside `localhost` and addresses under which the page is asked for. */
  readonly inspectHosts?: readonly string[];
  /** Metrics at the inspector; traces to an OTLP collector where its address is given. */
  readonly telemetry?: { readonly otlpUrl?: string };
}

export interface Server {
  readonly daemon: Daemon;
  readonly httpEngine: string;
  /** The addresses it listens on, ports filled in. */
  readonly hosts: readonly string[];
  /** http://… of the page; undefined where it is served on the data root's socket only. */
  readonly inspectorUrl: string | undefined;
  close(): Promise<void>;
}

function makeExecutor(options: ServerOptions, trash: Trash): Executor {
  if (options.backend !== 'memory') throw new Fault('invalid', `unknown backend "${options.backend}": memory is the only one here`);
  return new MemoryExecutor({ directory: join(options.dataRoot, 'machines'), cacheDirectory: join(options.dataRoot, 'cache'), trash, log: options.log, ...(options.idleMachines === undefined ? {} : { idleMachines: options.idleMachines }), ...(options.busyMachines === undefined ? {} : { maxWorkers: options.busyMachines }) });
}

const SERVER_ID_KEY = 'server/id';

async function serverId(store: Store): Promise<string> {
  const known = await store.get(SERVER_ID_KEY);
  if (known !== undefined) return known;
  const id = randomUUID();
  await store.commit([{ type: 'put', key: SERVER_ID_KEY, value: id }]);
  return id;
}

async function ensureBuiltInImages(images: ImageStore): Promise<void> {
  const applets = Object.keys(allCommands);
  await ensureBaseImage(images, applets);
  const python = pythonPackage()?.pythonVersion;
  await ensureNodeImage(images, applets, python);
  await ensurePythonImage(images, applets, python);
}

/** Everything up to, but not including, the doors. */
async function openDaemon(options: ServerOptions, executor: Executor, trash: Trash, traces: Traces | undefined, httpEngine: () => { name: string; reason?: string }, listening: Promise<void>): Promise<{ daemon: Daemon; store: Store }> {
  const { dataRoot, log } = options;
  const store = await Store.open(join(dataRoot, 'state'), options.durability ? { durability: options.durability } : {});
  const consoles = new Consoles(join(dataRoot, 'containers'), trash);
  const running = new Running();
  const volumesRoot = join(dataRoot, 'volumes');
  const late: { engine?: Engine; images?: ImageStore; volumes?: Volumes; execs?: ExecIndex } = {};
  const pulls = new Pulls(() => late.images!);
  const context = {
    executor, consoles, running,
    images: () => late.images!,
    engine: () => late.engine!,
    execs: () => late.execs!,
    removeAnonymousVolumes: (record: Parameters<Volumes['removeAnonymous']>[0]) => late.volumes!.removeAnonymous(record),
  };
  const effects = { ...containerAndExecEffects(context), ...Volumes.effects(volumesRoot), ...pulls.effects() };
  const engine = await Engine.open({
    store,
    machines,
    effects: traces ? traceEffects(traces, effects) : effects,
    log,
    ...(traces ? { tracing: traces } : {}),
    ...(options.outbox === undefined ? {} : { outbox: options.outbox }),
  });
  late.engine = engine;
  const containers = await ContainerIndex.open(engine);
  const images = await ImageStore.open({ commit: (ops, announcements) => engine.commit(ops, announcements), entries: (prefix) => store.entries(prefix) }, await ContentStore.open(join(dataRoot, 'images')), {
    containers: (imageId) => [...containers.all()].filter(({ snapshot }) => snapshot.context.imageId === imageId).map(({ id, snapshot }) => ({ id, running: isRunning(snapshot) })),
    heldLayers: () => [],
  });
  late.images = images;
  const volumes = await Volumes.open(volumesRoot, engine, containers);
  late.volumes = volumes;
  const execs = await ExecIndex.open(engine);
  late.execs = execs;
  const daemon: Daemon = {
    engine, executor, images, pulls, containers, execs, volumes, consoles, running, log,
    ready: listening.then(() => ensureBuiltInImages(images)),
    config: {
      registryMirrors: options.registryMirrors ?? [],
      insecureRegistries: options.insecureRegistries ?? [],
      dataRoot,
      version: VERSION,
      serverId: await serverId(store),
      httpEngine,
    },
  };
  return { daemon, store };
}

/**
 * The one way to start. The outbox is carried on; what ran in an earlier server is told to be lost, which its restart policy may answer;
 * what always runs is started; files that a crash left behind are swept.
 */
async function recover(daemon: Daemon, dataRoot: string, trash: Trash): Promise<void> {
  const { engine, containers, execs, log } = daemon;
  const lost = [...containers.all()].filter(({ snapshot }) => ['running', 'stopping'].includes(stateName(snapshot.value)));
  const idle = [...containers.all()].filter(({ snapshot }) => stateName(snapshot.value) === 'exited');
  const lostExecs = [...execs.all()].filter(({ value }) => value === 'running');
  for (const folder of ['machines', 'containers']) await sweep(join(dataRoot, folder), containers, trash);
  const counts = await engine.recover();
  for (const { id, snapshot } of lost) await engine.send(id, { type: 'LOST', run: snapshot.context.run } as EventObject);
  for (const { id } of lostExecs) await engine.send(id, { type: 'LOST' } as EventObject);
  for (const { id } of idle) await engine.send(id, { type: 'BOOT' } as EventObject);
  log({ msg: 'recovered', ...counts, lost: lost.length });
}

/** Folders of containers that are no more. */
async function sweep(folder: string, containers: ContainerIndex, trash: Trash): Promise<void> {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  for (const name of names) if (!containers.get(name)) await trash.discard(join(folder, name));
}

function shown(address: HostAddress, port: number | undefined): string {
  if ('unix' in address) return `unix://${address.unix}`;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `tcp://${host}:${port ?? address.port}`;
}

function openDaemonInspector(daemon: Daemon, docker: ReturnType<typeof createDockerApi>, options: ServerOptions, metrics: Metrics | undefined): Promise<Inspector> {
  const { engine, executor, consoles, running, images, pulls } = daemon;
  return openInspector({
    engine, executor, consoles, running, docker,
    metrics: metrics && ((sight) => metrics.text(sight)),
    pullProgress: (id) => pulls.progress(id),
    containerSpec: async (id) => {
      const record = await engine.spec<ContainerRecord>(id);
      if (record?.config === undefined) throw new Fault('not-found', `No such container: ${id}`);
      return containerSpec(record, layersOf(images, record));
    },
  }, {
    socketPath: inspectorSocket(options.dataRoot),
    tokenPath: inspectorToken(options.dataRoot),
    address: options.inspect,
    canWrite: options.inspectWrite ?? false,
    hosts: options.inspectHosts ?? [],
    log: options.log,
  });
}

/** Starts the server. It answers pings as soon as it listens; when this resolves it serves. */
export async function startServer(options: ServerOptions): Promise<Server> {
  mkdirSync(options.dataRoot, { recursive: true, mode: 0o710 });
  const trash = new Trash(join(options.dataRoot, 'trash'), options.log);
  const { telemetry } = options;
  const traces = telemetry?.otlpUrl === undefined ? undefined : await openTraces(telemetry.otlpUrl, VERSION);
  const metrics = telemetry && new Metrics();
  const made = makeExecutor(options, trash);
  const wrapped = options.wrapExecutor?.(made) ?? made;
  const executor = traces ? traceExecutor(traces, wrapped) : wrapped;
  let door: FrontDoor | undefined;
  const httpEngine = (): { name: string; reason?: string } => {
    const { loaded, reason } = uWebSocketsStatus();
    return { name: door?.engine ?? 'none', ...(loaded || reason === undefined ? {} : { reason }) };
  };
  let letIn!: () => void;
  const listening = new Promise<void>((resolve) => (letIn = resolve));
  const { daemon, store } = await openDaemon(options, executor, trash, traces, httpEngine, listening);
  metrics?.watch(daemon.engine);
  await recover(daemon, options.dataRoot, trash);
  const api = createDockerApi(daemon);
  const traced = traces ? traceHandler(traces, api.handler) : api.handler;
  const wanted = options.httpEngine ? { engine: options.httpEngine } : {};
  door = await openFrontDoor({ handler: metrics?.count(traced) ?? traced, hijacks: api.hijacks, badRequest: api.badRequest, log: (line) => options.log({ ...line }), ...wanted });
  const inspector = await openDaemonInspector(daemon, api, options, metrics);
  const hosts: string[] = [];
  for (const address of options.hosts) hosts.push(shown(address, (await door.listen(address)).port));
  await executor.open();
  letIn();
  await daemon.ready;
  const { name, reason } = httpEngine();
  options.log({ msg: 'listening', hosts: hosts.join(' '), httpEngine: name, ...(reason ? { httpEngineReason: reason } : {}), backend: executor.name });
  return {
    daemon,
    httpEngine: name,
    hosts,
    inspectorUrl: inspector.url,
    async close() {
      await door!.close();
      await inspector.close();
      await executor.close();
      metrics?.close();
      await traces?.close();
      await trash.emptied();
      await daemon.engine.close();
      await store.close();
    },
  };
}

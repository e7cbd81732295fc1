// Ping, version, info, auth, disk usage.
import { arch, cpus, hostname, release, totalmem } from 'node:os';
import { listImages } from '../../actors/images/image-shapes.js';
import { Fault } from '../../actors/runtime/fault.js';
import { dockerStatus } from '../../machines/container-status.js';
import { verifyCredentials } from '../../actors/images/login.js';
import type { Call } from './call.js';
import { sizes } from './containers/list.js';
import { listRow } from './containers/shapes.js';
import { containersPerImage } from './images/manage.js';
import { API_VERSION, ENGINE_VERSION, MIN_API_VERSION } from './versions.js';
import { folderSizeBytes, volumeJson } from './volumes.js';

const GO_ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };
const KERNEL_ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64', ia32: 'i686' };
/** Builds go through the classic builder: BuildKit's session protocol is not spoken. */
const BUILDER_VERSION = '1';

export function ping(call: Call): void {
  const headers = { 'Builder-Version': BUILDER_VERSION, 'Cache-Control': 'no-cache, no-store, must-revalidate', Pragma: 'no-cache', Swarm: 'inactive', 'Content-Type': 'text/plain; charset=utf-8' };
  if (call.exchange.method === 'HEAD') call.empty(200, headers);
  else call.raw(200, headers, 'OK');
}

export function version(call: Call): void {
  const { config, executor } = call.daemon;
  const goArch = GO_ARCHITECTURES[arch()] ?? arch();
  call.reply(200, {
    Platform: { Name: 'Sockerless' },
    Components: [
      { Name: 'Engine', Version: ENGINE_VERSION, Details: { ApiVersion: API_VERSION, Arch: goArch, BuildTime: '', Experimental: 'false', GitCommit: '', GoVersion: '', KernelVersion: release(), MinAPIVersion: MIN_API_VERSION, Os: 'linux' } },
      { Name: 'sockerless', Version: config.version, Details: { Backend: executor.name, Node: process.version } },
    ],
    Version: ENGINE_VERSION,
    ApiVersion: API_VERSION,
    MinAPIVersion: MIN_API_VERSION,
    GitCommit: '',
    GoVersion: '',
    Os: 'linux',
    Arch: goArch,
    KernelVersion: release(),
    BuildTime: '',
  });
}

/** The capability flags are told as labels of the form `sockerless.capability.exec.real=true` and, whole, under `Sockerless`. */
export function info(call: Call): void {
  const { daemon } = call;
  const { executor, config } = daemon;
  const states = [...daemon.containers.all()].map(({ snapshot }) => dockerStatus(snapshot));
  const http = config.httpEngine();
  const count = (wanted: string): number => states.filter((state) => state === wanted).length;
  call.reply(200, {
    ID: config.serverId,
    Containers: states.length,
    ContainersRunning: count('running'),
    ContainersPaused: count('paused'),
    ContainersStopped: states.length - count('running') - count('paused'),
    Images: [...daemon.images.images()].length,
    Driver: 'overlay2',
    DriverStatus: [['Backend', executor.name], ['HTTP engine', http.name + (http.reason ? ` (${http.reason})` : '')]],
    Plugins: { Volume: ['local'], Network: ['bridge', 'host', 'null'], Authorization: null, Log: ['json-file', 'local', 'none'] },
    MemoryLimit: true,
    SwapLimit: false,
    CpuCfsPeriod: true,
    CpuCfsQuota: true,
    CPUShares: false,
    CPUSet: false,
    PidsLimit: true,
    IPv4Forwarding: false,
    Debug: false,
    NFd: 0,
    OomKillDisable: false,
    NGoroutines: 0,
    SystemTime: new Date().toISOString(),
    LoggingDriver: 'json-file',
    CgroupDriver: 'none',
    CgroupVersion: '2',
    NEventsListener: 0,
    KernelVersion: release(),
    OperatingSystem: `Sockerless ${config.version} (${executor.name})`,
    OSVersion: '',
    OSType: 'linux',
    Architecture: KERNEL_ARCHITECTURES[arch()] ?? arch(),
    IndexServerAddress: 'https://index.docker.io/v1/',
    RegistryConfig: {
      InsecureRegistryCIDRs: ['127.0.0.0/8', '::1/128'],
      IndexConfigs: { 'docker.io': { Mirrors: config.registryMirrors, Name: 'docker.io', Official: true, Secure: true } },
      Mirrors: config.registryMirrors,
    },
    NCPU: cpus().length,
    MemTotal: totalmem(),
    GenericResources: null,
    DockerRootDir: config.dataRoot,
    HttpProxy: '',
    HttpsProxy: '',
    NoProxy: '',
    Name: hostname(),
    Labels: Object.entries(executor.capabilities).map(([name, value]) => `sockerless.capability.${name}=${value}`),
    ExperimentalBuild: false,
    ServerVersion: ENGINE_VERSION,
    Runtimes: { sockerless: { path: 'sockerless' } },
    DefaultRuntime: 'sockerless',
    Swarm: { NodeID: '', NodeAddr: '', LocalNodeState: 'inactive', ControlAvailable: false, Error: '', RemoteManagers: null },
    LiveRestoreEnabled: false,
    Isolation: '',
    InitBinary: 'sockerless-init',
    SecurityOptions: [],
    Warnings: null,
    Sockerless: { version: config.version, backend: executor.name, httpEngine: http.name, ...(http.reason ? { httpEngineReason: http.reason } : {}), capabilities: executor.capabilities },
  });
}

/** POST /auth: asks the registry itself; 200 with Docker's words when it agrees. */
export async function login(call: Call): Promise<void> {
  const body = await call.json();
  const { username, password, serveraddress, identitytoken } = body as Record<string, string | undefined>;
  if (!identitytoken && (!username || !password)) throw new Fault('invalid', 'username and password are required');
  const token = await verifyCredentials(serveraddress ?? '', {
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(identitytoken ? { identityToken: identitytoken } : {}),
  }, call.daemon.config.insecureRegistries);
  call.reply(200, { Status: 'Login Succeeded', IdentityToken: token });
}

/** GET /system/df, whole or by `type`. */
export async function diskUsage(call: Call): Promise<void> {
  const { daemon } = call;
  const types = call.exchange.query.getAll('type');
  const unknown = types.find((type) => !['container', 'image', 'volume', 'build-cache'].includes(type));
  if (unknown !== undefined) throw new Fault('invalid', `unknown object type: ${unknown}`);
  const wants = (type: string): boolean => types.length === 0 || types.includes(type);
  const perImage = containersPerImage(call);
  call.reply(200, {
    LayersSize: wants('image') ? daemon.images.layersSizeBytes() : 0,
    Images: wants('image') ? listImages(daemon.images, { sharedSize: true }).map((image) => ({ ...image, Containers: perImage.get(image.Id) ?? 0 })) : null,
    Containers: wants('container') ? await containerUsage(call) : null,
    Volumes: wants('volume') ? await volumeUsage(call) : null,
    BuildCache: wants('build-cache') ? [] : null,
    BuilderSize: 0,
  });
}

/** POST /build/prune: builds keep no cache, so there is never anything to remove. `docker system prune` asks for it. */
export function pruneBuildCache(call: Call): void {
  call.reply(200, { CachesDeleted: null, SpaceReclaimed: 0 });
}

async function containerUsage(call: Call): Promise<object[]> {
  const rows: object[] = [];
  for (const entry of call.daemon.containers.newestFirst()) rows.push({ ...(await listRow(call.daemon, entry, Date.now())), ...(await sizes(call.daemon, entry)) });
  return rows;
}

async function volumeUsage(call: Call): Promise<object[]> {
  const rows: object[] = [];
  for (const volume of call.daemon.volumes.all()) {
    const users = await call.daemon.volumes.users(volume.name);
    rows.push({ ...volumeJson(volume), UsageData: { Size: await folderSizeBytes(volume.mountpoint), RefCount: users.length } });
  }
  return rows;
}


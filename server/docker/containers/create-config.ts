// The body of POST /containers/create to a Config and HostConfig: types checked, image defaults merged, Docker's validation texts.
import type { HealthcheckConfig, RunConfig } from '../../../actors/images/image-config.js';
import type { Config, HostConfig } from '../../../actors/containers/record.js';
import { Fault } from '../../../actors/runtime/fault.js';
import { normaliseSignal } from '../../../machines/signals.js';
import type { JsonObject } from '../call.js';
import { validateLimits, validateOptions } from './create-limits.js';
import { checkTypes, CONFIG_TYPES, HOST_CONFIG_TYPES } from './create-types.js';

const RUNTIME = 'sockerless';
const DEFAULT_SHM_BYTES = 64 << 20;
const RESTART_POLICIES = ['', 'no', 'always', 'on-failure', 'unless-stopped'];

/** A list of words, or one string (Docker takes both for Cmd and Entrypoint). */
function words(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? [value] : (value as string[]);
}

/** Image entries that the request does not name again come after its own, as dockerd merges. */
function mergeEnv(own: readonly string[], image: readonly string[]): string[] {
  const names = new Set(own.map((entry) => entry.split('=', 1)[0]));
  return [...own, ...image.filter((entry) => !names.has(entry.split('=', 1)[0]))];
}

function mergeHealth(own: HealthcheckConfig | null | undefined, image: HealthcheckConfig | undefined): HealthcheckConfig | undefined {
  if (!own) return image;
  if (!image) return own;
  return {
    ...own,
    ...(own.Test && own.Test.length > 0 ? {} : { Test: image.Test ?? [] }),
    Interval: own.Interval || (image.Interval ?? 0),
    Timeout: own.Timeout || (image.Timeout ?? 0),
    StartPeriod: own.StartPeriod || (image.StartPeriod ?? 0),
    StartInterval: own.StartInterval || (image.StartInterval ?? 0),
    Retries: own.Retries || (image.Retries ?? 0),
  };
}

function commandOf(body: JsonObject, image: RunConfig): { entrypoint: string[] | null; cmd: string[] | null } {
  const ownEntrypoint = words(body.Entrypoint);
  const ownCmd = words(body.Cmd);
  if (ownEntrypoint === undefined || ownEntrypoint.length === 0) {
    const cmd = ownCmd !== undefined && ownCmd.length > 0 ? ownCmd : (image.Cmd ?? null);
    return { entrypoint: ownEntrypoint === undefined ? (image.Entrypoint ?? null) : null, cmd };
  }
  // `--entrypoint ""` clears the image's.
  return { entrypoint: ownEntrypoint.length === 1 && ownEntrypoint[0] === '' ? null : ownEntrypoint, cmd: ownCmd ?? null };
}

/** The Config of a new container. `body` is the request, `image` the run configuration of its image. */
export function mergeConfig(body: JsonObject, image: RunConfig, id: string): Config {
  checkTypes(body, CONFIG_TYPES, 'ContainerConfigWrapper');
  const { entrypoint, cmd } = commandOf(body, image);
  const labels = { ...image.Labels, ...(body.Labels as Record<string, string> | null) };
  const volumes = { ...image.Volumes, ...(body.Volumes as Record<string, object> | null) };
  const ports = { ...image.ExposedPorts, ...(body.ExposedPorts as Record<string, object> | null) };
  const health = mergeHealth(body.Healthcheck as HealthcheckConfig | null | undefined, image.Healthcheck);
  const stopSignal = (body.StopSignal as string | undefined) || image.StopSignal;
  const config: Config = {
    Hostname: (body.Hostname as string | undefined) || id.slice(0, 12),
    Domainname: (body.Domainname as string | undefined) ?? '',
    User: (body.User as string | undefined) || (image.User ?? ''),
    AttachStdin: body.AttachStdin === true,
    AttachStdout: body.AttachStdout === true,
    AttachStderr: body.AttachStderr === true,
    ...(Object.keys(ports).length > 0 ? { ExposedPorts: ports } : {}),
    Tty: body.Tty === true,
    OpenStdin: body.OpenStdin === true,
    StdinOnce: body.StdinOnce === true,
    Env: mergeEnv((body.Env as string[] | null) ?? [], image.Env ?? []),
    Cmd: cmd,
    ...(health ? { Healthcheck: health } : {}),
    Image: String(body.Image),
    Volumes: Object.keys(volumes).length > 0 ? volumes : null,
    WorkingDir: (body.WorkingDir as string | undefined) || (image.WorkingDir ?? ''),
    Entrypoint: entrypoint,
    ...(body.NetworkDisabled === true ? { NetworkDisabled: true } : {}),
    OnBuild: null,
    Labels: labels,
    ...(stopSignal ? { StopSignal: stopSignal } : {}),
    ...(typeof body.StopTimeout === 'number' ? { StopTimeout: body.StopTimeout } : {}),
    ...(Array.isArray(body.Shell) && body.Shell.length > 0 ? { Shell: body.Shell as string[] } : image.Shell ? { Shell: image.Shell } : {}),
  };
  validateConfig(config);
  return config;
}

function validateConfig(config: Config): void {
  if (config.WorkingDir !== '' && !config.WorkingDir.startsWith('/')) {
    throw new Fault('invalid', `the working directory '${config.WorkingDir}' is invalid, it needs to be an absolute path`);
  }
  if (config.StopSignal !== undefined && normaliseSignal(config.StopSignal) === undefined) {
    throw new Fault('invalid', `invalid signal: ${config.StopSignal}`);
  }
  for (const entry of config.Env) {
    if (entry === '' || entry.startsWith('=')) throw new Fault('invalid', `invalid environment variable: ${entry}`);
  }
  for (const [name, value] of Object.entries(config.Healthcheck ?? {})) {
    if (typeof value !== 'number' || value === 0 || name === 'Retries') continue;
    if (value < 1_000_000) throw new Fault('invalid', `${name} in Healthcheck cannot be less than 1ms`);
  }
  if ((config.Healthcheck?.Retries ?? 0) < 0) throw new Fault('invalid', 'Retries in Healthcheck cannot be negative');
}

/** The HostConfig of a new container, completed with Docker's defaults. */
export function completeHostConfig(given: JsonObject): HostConfig {
  checkTypes(given, HOST_CONFIG_TYPES, 'HostConfig');
  const restart = { Name: '', MaximumRetryCount: 0, ...(given.RestartPolicy as object | null) } as HostConfig['RestartPolicy'];
  const log = (given.LogConfig as { Type?: string; Config?: Record<string, string> | null } | null) ?? {};
  const host: HostConfig = {
    ...given,
    Binds: (given.Binds as string[] | null) ?? null,
    ContainerIDFile: (given.ContainerIDFile as string | undefined) ?? '',
    LogConfig: { Type: log.Type || 'json-file', Config: log.Config ?? {} },
    NetworkMode: !given.NetworkMode || given.NetworkMode === 'default' ? 'bridge' : (given.NetworkMode as string),
    PortBindings: (given.PortBindings as HostConfig['PortBindings']) ?? {},
    RestartPolicy: restart,
    AutoRemove: given.AutoRemove === true,
    VolumeDriver: (given.VolumeDriver as string | undefined) ?? '',
    VolumesFrom: (given.VolumesFrom as string[] | null) ?? null,
    ConsoleSize: (given.ConsoleSize as [number, number] | undefined) ?? [0, 0],
    CapAdd: (given.CapAdd as string[] | null) ?? null,
    CapDrop: (given.CapDrop as string[] | null) ?? null,
    CgroupnsMode: (given.CgroupnsMode as string | undefined) || 'private',
    Dns: (given.Dns as string[] | null) ?? [],
    DnsOptions: (given.DnsOptions as string[] | null) ?? [],
    DnsSearch: (given.DnsSearch as string[] | null) ?? [],
    ExtraHosts: (given.ExtraHosts as string[] | null) ?? null,
    GroupAdd: (given.GroupAdd as string[] | null) ?? null,
    IpcMode: (given.IpcMode as string | undefined) || 'private',
    Privileged: given.Privileged === true,
    PublishAllPorts: given.PublishAllPorts === true,
    ReadonlyRootfs: given.ReadonlyRootfs === true,
    SecurityOpt: (given.SecurityOpt as string[] | null) ?? null,
    ShmSize: (given.ShmSize as number | undefined) || DEFAULT_SHM_BYTES,
    Runtime: (given.Runtime as string | undefined) || RUNTIME,
    Memory: (given.Memory as number | undefined) ?? 0,
    NanoCpus: (given.NanoCpus as number | undefined) ?? 0,
    PidsLimit: (given.PidsLimit as number | null | undefined) ?? null,
    Ulimits: (given.Ulimits as HostConfig['Ulimits']) ?? null,
    MaskedPaths: (given.MaskedPaths as string[] | undefined) ?? [],
    ReadonlyPaths: (given.ReadonlyPaths as string[] | undefined) ?? [],
  };
  validateHostConfig(host);
  return host;
}

export function validateRestartPolicy({ Name, MaximumRetryCount }: HostConfig['RestartPolicy']): void {
  if (!RESTART_POLICIES.includes(Name)) throw new Fault('invalid', `invalid restart policy: unknown policy '${Name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'`);
  if (MaximumRetryCount < 0) throw new Fault('invalid', "invalid restart policy: maximum retry count cannot be negative");
  if (Name !== 'on-failure' && MaximumRetryCount !== 0) throw new Fault('invalid', "invalid restart policy: maximum retry count can only be used with 'on-failure'");
}

function validateHostConfig(host: HostConfig): void {
  if (host.Runtime !== RUNTIME) throw new Fault('invalid', `unknown or invalid runtime name: ${String(host.Runtime)}`);
  validateLimits(host);
  validateRestartPolicy(host.RestartPolicy);
  if (host.AutoRemove && !['', 'no'].includes(host.RestartPolicy.Name)) throw new Fault('invalid', "can't create 'AutoRemove' container with restart policy");
  if (!['json-file', 'local', 'none'].includes(host.LogConfig.Type)) throw new Fault('invalid', `logger: no log driver named '${host.LogConfig.Type}' is registered`);
  validateOptions(host);
  if (host.ShmSize < 0) throw new Fault('invalid', 'SHM size can not be less than 0');
  for (const entry of host.ExtraHosts ?? []) {
    if (!entry.includes(':')) throw new Fault('invalid', `bad format for add-host: "${entry}"`);
  }
}

// POST /containers/create.
import { randomBytes } from 'node:crypto';
import { resolveMounts } from '../../../actors/containers/mounts.js';
import type { Config, ContainerRecord, HostConfig } from '../../../actors/containers/record.js';
import type { ImageConfig } from '../../../actors/images/image-config.js';
import { parsePlatform, type Platform, platformText } from '../../../actors/images/manifest.js';
import { probeCommand } from '../../../actors/containers/health.js';
import { Fault } from '../../../actors/runtime/fault.js';
import type { HealthConfig } from '../../../machines/container-context.js';
import type { Call, JsonObject } from '../call.js';
import type { Daemon } from '../daemon.js';
import { completeHostConfig, mergeConfig } from './create-config.js';
import { warnOfLimits, warnOfOwnNamespaces } from './create-limits.js';
import { checkNetworking } from './create-network.js';
import { generateName } from './names.js';

const NAME = /^\/?[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;
const NANOSECONDS_PER_MS = 1e6;

/** Docker's 400 for a name that is none; returns it without slash. */
export function checkedName(name: string): string {
  if (!NAME.test(name)) throw new Fault('invalid', `Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
  return name.startsWith('/') ? name.slice(1) : name;
}

function healthOf(config: Config): HealthConfig | null {
  const check = config.Healthcheck;
  if (!check || !probeCommand(check)) return null;
  const ms = (nanoseconds: number | undefined): number => (nanoseconds ?? 0) / NANOSECONDS_PER_MS;
  return {
    intervalMs: ms(check.Interval),
    timeoutMs: ms(check.Timeout),
    startPeriodMs: ms(check.StartPeriod),
    startIntervalMs: ms(check.StartInterval),
    retries: check.Retries ?? 0,
  };
}

/** What the machine is told of a container. */
function machineInput(name: string, record: ContainerRecord): Record<string, unknown> {
  const { config, hostConfig } = record;
  return {
    name,
    image: config.Image,
    imageId: record.imageId,
    labels: config.Labels,
    restart: { name: hostConfig.RestartPolicy.Name, maximumRetryCount: hostConfig.RestartPolicy.MaximumRetryCount },
    autoRemove: hostConfig.AutoRemove,
    stopSignal: config.StopSignal ?? '',
    ...(config.StopTimeout === undefined ? {} : { stopTimeoutMs: config.StopTimeout < 0 ? -1 : config.StopTimeout * 1000 }),
    tty: config.Tty,
    health: healthOf(config),
  };
}

/** Docker's 404, after which clients pull the image for that platform. */
function requirePlatform(name: string, { os, architecture }: ImageConfig, wanted: Platform): void {
  if (os === wanted.os && (wanted.architecture === '' || architecture === wanted.architecture)) return;
  throw new Fault('not-found', `image with reference ${name} was found but does not match the specified platform: wanted ${platformText(wanted)}, actual: ${os}/${architecture}`);
}

async function recordFor(daemon: Daemon, id: string, body: JsonObject, platform: string): Promise<{ record: ContainerRecord; warnings: string[] }> {
  if (typeof body.Image !== 'string' || body.Image === '') throw new Fault('invalid', 'no image specified');
  const image = daemon.images.resolve(body.Image);
  if (platform !== '') requirePlatform(body.Image, image.config, parsePlatform(platform));
  const config = mergeConfig(body, image.config.config ?? {}, id);
  const hostConfig: HostConfig = completeHostConfig((body.HostConfig as JsonObject | null | undefined) ?? {});
  const networkingConfig = (body.NetworkingConfig as ContainerRecord['networkingConfig'] | null | undefined) ?? {};
  const warnings = [...warnOfLimits(hostConfig), ...warnOfOwnNamespaces(hostConfig), ...checkNetworking(daemon, body, Object.keys(config.ExposedPorts ?? {}), hostConfig, networkingConfig)];
  const argv = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
  if (argv.length === 0 || argv[0] === '') throw new Fault('invalid', 'no command specified');
  const { mounts, options } = await resolveMounts(config, hostConfig, daemon.volumes, async (name) => {
    const other = daemon.containers.resolve(name);
    return (await daemon.engine.spec<ContainerRecord>(other.id))!;
  });
  const record: ContainerRecord = {
    id,
    createdMs: Date.now(),
    imageId: image.id,
    config,
    hostConfig,
    networkingConfig,
    path: argv[0]!,
    args: argv.slice(1),
    mounts,
    mountOptions: options,
    platform: image.config.os,
  };
  return { record, warnings };
}

/** 201 `{Id, Warnings}`. The container exists, durably, before the answer is sent. */
export async function createContainer(call: Call): Promise<void> {
  const { daemon } = call;
  const given = call.query('name');
  if (given !== '') checkedName(given);
  const body = await call.json();
  const id = randomBytes(32).toString('hex');
  const name = given === '' ? generateName((candidate) => daemon.containers.nameTaken(candidate)) : checkedName(given);
  const release = daemon.containers.reserve(name, id);
  try {
    const { record, warnings } = await recordFor(daemon, id, body, call.query('platform'));
    await daemon.engine.spawn('container', id, machineInput(name, record), { spec: record });
    call.reply(201, { Id: id, Warnings: warnings });
  } finally {
    release();
  }
}

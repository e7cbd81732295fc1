// Start, stop, restart, kill, pause, unpause, rename, update, remove: each sends the container's actor one event and waits for what Docker waits for.
import type { EventObject } from 'xstate';
import { layersOf } from '../../../actors/containers/effects.js';
import { containerSpec, resourceLimits } from '../../../actors/containers/processes.js';
import type { ContainerRecord, HostConfig } from '../../../actors/containers/record.js';
import type { ContainerEntry, ContainerSnapshot } from '../../../actors/indexes/containers.js';
import { Fault } from '../../../actors/runtime/fault.js';
import { dockerStatus, isRunning, stateName } from '../../../machines/container-status.js';
import { normaliseSignal } from '../../../machines/signals.js';
import type { Call } from '../call.js';
import type { Daemon } from '../daemon.js';
import { validateRestartPolicy } from './create-config.js';
import { checkedName } from './create.js';
import { warnOfLimits, validateLimits } from './create-limits.js';
import { requireNetworks } from './create-network.js';
import { checkTypes, HOST_CONFIG_TYPES } from './create-types.js';

type Event = EventObject & Record<string, unknown>;

async function current(daemon: Daemon, id: string): Promise<ContainerSnapshot> {
  return (await daemon.engine.read(id)) as unknown as ContainerSnapshot;
}

const asSnapshot = (durable: unknown): ContainerSnapshot => durable as ContainerSnapshot;

function notRunning(id: string): Fault {
  return new Fault('conflict', `container ${id} is not running`);
}

/** 204; 304 when it runs already; the runtime's own words when the start fails. */
export async function startContainer(call: Call): Promise<void> {
  const { daemon, params } = call;
  const { id, snapshot } = daemon.containers.resolve(params.id!);
  const status = dockerStatus(snapshot);
  if (status === 'paused') throw new Fault('conflict', 'cannot start a paused container, try unpause instead');
  if (status === 'removing' || status === 'dead') throw new Fault('conflict', 'container is marked for removal and cannot be started');
  if (isRunning(snapshot)) return call.empty(304);
  const record = (await daemon.engine.spec<ContainerRecord>(id))!;
  try {
    requireNetworks(daemon, record);
  } catch (error) {
    // As after any failed start: clients of --rm wait for the removal.
    if (record.hostConfig.AutoRemove) await daemon.engine.send(id, { type: 'REMOVE', volumes: true } as Event);
    throw error;
  }
  const before = snapshot.context.run;
  daemon.executor.expect?.(containerSpec(record, layersOf(daemon.images, record)));
  const outcome = await daemon.engine.send(id, { type: 'START' } as Event);
  if (!outcome.handled && stateName(outcome.snapshot.value) !== 'starting') return call.empty(304);
  const after = asSnapshot(await daemon.engine.until(id, (durable) => stateName(durable.value) !== 'starting' || asSnapshot(durable).context.run > before + 1));
  const { error, exitCode } = after.context;
  const failed = error !== '' && !isRunning(after) && exitCode !== 0;
  if (failed) throw startFault(error, exitCode);
  call.empty(204);
}

/** 400 for what the user got wrong (no such program), 500 otherwise: the CLI looks at the text for its exit code. */
function startFault(error: string, exitCode: number): Fault {
  return new Fault(exitCode === 126 || exitCode === 127 ? 'invalid' : 'internal', error);
}

function signalParameter(call: Call): { signal?: string } {
  const signal = call.query('signal');
  if (signal === '') return {};
  if (normaliseSignal(signal) === undefined) throw new Fault('invalid', `Invalid signal: ${signal}`);
  return { signal };
}

function timeoutParameter(call: Call): { timeoutMs?: number } {
  const seconds = call.number('t');
  return seconds === undefined ? {} : { timeoutMs: seconds < 0 ? -1 : seconds * 1000 };
}

/** 204 once it has stopped; 304 when it did not run. */
export async function stopContainer(call: Call): Promise<void> {
  const { daemon, params } = call;
  const { id, snapshot } = daemon.containers.resolve(params.id!);
  if (!isRunning(snapshot) && stateName(snapshot.value) !== 'starting') return call.empty(304);
  await daemon.engine.send(id, { type: 'STOP', ...signalParameter(call), ...timeoutParameter(call) } as Event);
  await untilStopped(daemon, id);
  call.empty(204);
}

/** A container that removes itself is as stopped as one that stays. */
async function untilStopped(daemon: Daemon, id: string): Promise<void> {
  try {
    await daemon.engine.until(id, (durable) => ['exited', 'created', 'dead', 'removing', 'gone'].includes(stateName(durable.value)));
  } catch (error) {
    if (!(error instanceof Fault && error.kind === 'not-found')) throw error;
  }
}

/** 204 once it runs again. */
export async function restartContainer(call: Call): Promise<void> {
  const { daemon, params } = call;
  const { id } = daemon.containers.resolve(params.id!);
  const before = (await current(daemon, id)).context.run;
  await daemon.engine.send(id, { type: 'RESTART', ...signalParameter(call), ...timeoutParameter(call) } as Event);
  const after = asSnapshot(await daemon.engine.until(id, (durable) => {
    const state = stateName(durable.value);
    return state === 'gone' || state === 'dead' || (asSnapshot(durable).context.run > before && !['starting', 'stopping'].includes(state));
  }));
  if (after.context.error !== '' && !isRunning(after)) throw new Fault('internal', `Cannot restart container ${params.id}: ${after.context.error}`);
  call.empty(204);
}

/** 204; with SIGKILL once the process has ended, other signals once they are delivered. */
export async function killContainer(call: Call): Promise<void> {
  const { daemon, params } = call;
  const { id, snapshot } = daemon.containers.resolve(params.id!);
  const { signal = 'KILL' } = signalParameter(call);
  if (!isRunning(snapshot)) throw new Fault('conflict', `cannot kill container: ${params.id}: ${notRunning(id).message}`);
  const run = snapshot.context.run;
  const outcome = await daemon.engine.send(id, { type: 'KILL', signal } as Event);
  await outcome.settled;
  if (normaliseSignal(signal) === 9) {
    await daemon.engine.until(id, (durable) => !isRunning(asSnapshot(durable)) || asSnapshot(durable).context.run > run).catch((error: unknown) => {
      if (!(error instanceof Fault && error.kind === 'not-found')) throw error;
    });
  }
  call.empty(204);
}

export async function pauseContainer(call: Call): Promise<void> {
  const { daemon, params } = call;
  const { id, snapshot } = daemon.containers.resolve(params.id!);
  const status = dockerStatus(snapshot);
  if (!isRunning(snapshot)) throw notRunning(id);
  if (status === 'paused') throw new Fault('conflict', `container ${id} is already paused`);
  if (status === 'restarting') throw new Fault('conflict', `container ${id} is restarting, wait until the container is running`);
  if (!daemon.executor.capabilities.pause) throw new Fault('unsupported', `the ${daemon.executor.name} backend cannot pause containers`);
  const outcome = await daemon.engine.send(id, { type: 'PAUSE' } as Event);
  if (!outcome.handled) throw new Fault('conflict', `container ${id} is stopping`);
  await outcome.settled;
  call.empty(204);
}

export async function unpauseContainer(call: Call): Promise<void> {
  const { daemon, params } = call;
  const { id, snapshot } = daemon.containers.resolve(params.id!);
  if (dockerStatus(snapshot) !== 'paused') throw new Fault('conflict', `Container ${id} is not paused`);
  const outcome = await daemon.engine.send(id, { type: 'UNPAUSE' } as Event);
  await outcome.settled;
  call.empty(204);
}

export async function renameContainer(call: Call): Promise<void> {
  const { daemon, params } = call;
  const { id, snapshot } = daemon.containers.resolve(params.id!);
  if (call.query('name') === '') throw new Fault('invalid', 'Neither old nor new names may be empty');
  const name = checkedName(call.query('name'));
  if (name === snapshot.context.name) throw new Fault('invalid', 'Renaming a container with the same name as its current name');
  const release = daemon.containers.reserve(name, id);
  try {
    await daemon.engine.send(id, { type: 'RENAME', name } as Event);
  } finally {
    release();
  }
  call.empty(204);
}

/** Limits that may be changed while a container runs; the machine hears of the restart policy, the rest is for the next start. */
const UPDATABLE = ['CpuShares', 'Memory', 'MemoryReservation', 'MemorySwap', 'NanoCpus', 'CpuPeriod', 'CpuQuota', 'CpusetCpus', 'CpusetMems', 'BlkioWeight', 'PidsLimit', 'KernelMemory', 'CpuRealtimePeriod', 'CpuRealtimeRuntime'];

export async function updateContainer(call: Call): Promise<void> {
  const { daemon, params } = call;
  const { id, snapshot } = daemon.containers.resolve(params.id!);
  const body = await call.json();
  checkTypes(body, HOST_CONFIG_TYPES, 'UpdateConfig');
  if (['removing', 'dead'].includes(dockerStatus(snapshot))) throw new Fault('conflict', `Container is marked for removal and cannot be "update".`);
  const record = (await daemon.engine.spec<ContainerRecord>(id))!;
  const hostConfig = { ...record.hostConfig };
  for (const name of UPDATABLE) if (body[name] !== undefined && body[name] !== null && body[name] !== 0 && body[name] !== '') hostConfig[name] = body[name];
  validateLimits(hostConfig);
  const warnings = warnOfLimits(hostConfig);
  const policy = body.RestartPolicy as HostConfig['RestartPolicy'] | undefined;
  if (policy?.Name) {
    if (hostConfig.AutoRemove && policy.Name !== 'no') throw new Fault('conflict', 'Restart policy cannot be updated because AutoRemove is enabled for the container');
    hostConfig.RestartPolicy = { Name: policy.Name, MaximumRetryCount: policy.MaximumRetryCount ?? 0 };
    validateRestartPolicy(hostConfig.RestartPolicy);
  }
  const restart = { name: hostConfig.RestartPolicy.Name, maximumRetryCount: hostConfig.RestartPolicy.MaximumRetryCount };
  await daemon.engine.send(id, { type: 'UPDATE', ...(policy?.Name ? { restart } : {}) } as Event, { spec: { ...record, hostConfig } });
  await daemon.executor.limit(id, resourceLimits(hostConfig));
  call.reply(200, { Warnings: warnings });
}

function refuseRemoval(entry: ContainerEntry, reference: string): Fault {
  const { name } = entry.snapshot.context;
  const status = dockerStatus(entry.snapshot);
  const advice = status === 'paused' ? 'unpause and then stop the container before removal or force remove' : 'stop the container before removal or force remove';
  return new Fault('conflict', `cannot remove container "${reference.startsWith('/') ? reference : `/${name}`}": container is ${status}: ${advice}`);
}

/** 204 once everything of it is gone. */
export async function removeContainer(call: Call): Promise<void> {
  const { daemon, params } = call;
  const entry = daemon.containers.resolve(params.id!);
  const force = call.flag('force');
  if (call.flag('link')) throw new Fault('invalid', 'links are not supported');
  if (isRunning(entry.snapshot) && !force) throw refuseRemoval(entry, params.id!);
  if (dockerStatus(entry.snapshot) === 'removing') throw new Fault('conflict', `removal of container ${params.id} is already in progress`);
  await daemon.engine.send(entry.id, { type: 'REMOVE', force, volumes: call.flag('v') } as Event);
  let snapshot: ContainerSnapshot | undefined;
  try {
    snapshot = asSnapshot(await daemon.engine.until(entry.id, (durable) => ['dead', 'gone'].includes(stateName(durable.value))));
  } catch (error) {
    if (!(error instanceof Fault && error.kind === 'not-found')) throw error;
  }
  if (snapshot && stateName(snapshot.value) === 'dead') throw new Fault('internal', `container ${entry.id}: driver "overlay2" failed to remove root filesystem: ${snapshot.context.error}`);
  call.empty(204);
}

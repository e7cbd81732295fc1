// Inspect, top, stats and resize: looking at a container.
import { totalmem, cpus } from 'node:os';
import type { ContainerRecord } from '../../../actors/containers/record.js';
import type { Usage } from '../../../actors/executors/contract.js';
import type { ContainerSnapshot } from '../../../actors/indexes/containers.js';
import { Fault } from '../../../actors/runtime/fault.js';
import { dockerStatus, isRunning } from '../../../machines/container-status.js';
import type { Call } from '../call.js';
import type { Daemon } from '../daemon.js';
import { sizes } from './list.js';
import { inspectJson } from './shapes.js';

const SAMPLE_INTERVAL_MS = 1000;
const NANOSECONDS_PER_MS = 1e6;
const ZERO_TIME = '0001-01-01T00:00:00Z';

export async function inspectContainer(call: Call): Promise<void> {
  const entry = call.daemon.containers.resolve(call.params.id!);
  const json = await inspectJson(call.daemon, entry);
  call.reply(200, call.flag('size') ? { ...json, ...(await sizes(call.daemon, entry)) } : json);
}

export async function topContainer(call: Call): Promise<void> {
  const { daemon, params } = call;
  const { id, snapshot } = daemon.containers.resolve(params.id!);
  if (!isRunning(snapshot)) throw new Fault('conflict', `container ${id} is not running`);
  if (dockerStatus(snapshot) === 'restarting') throw new Fault('conflict', `container ${id} is restarting, wait until the container is running`);
  const { titles, processes } = await daemon.executor.top(id, call.query('ps_args') || '-ef');
  await daemon.engine.send(id, { type: 'NOTE', action: 'top' } as never);
  call.reply(200, { Titles: titles, Processes: processes });
}

/** The terminal's size; only a running container has one. */
export async function resizeContainer(call: Call): Promise<void> {
  const { daemon, params } = call;
  const { id, snapshot } = daemon.containers.resolve(params.id!);
  const { rows, columns } = sizeParameters(call);
  if (!isRunning(snapshot)) throw new Fault('conflict', `container ${id} is not running`);
  daemon.consoles.find(id)?.resize(rows, columns);
  await daemon.engine.send(id, { type: 'NOTE', action: 'resize', attributes: { height: String(rows), width: String(columns) } } as never);
  call.empty(200);
}

export function sizeParameters(call: Call): { rows: number; columns: number } {
  const side = (name: string): number => {
    const value = call.query(name);
    if (!/^\d+$/.test(value)) throw new Fault('invalid', `invalid resize ${name === 'h' ? 'height' : 'width'} ${JSON.stringify(value)}: strconv.ParseUint: parsing ${JSON.stringify(value)}: invalid syntax`);
    return Math.min(Number(value), 0xffff);
  };
  return { rows: side('h'), columns: side('w') };
}

interface CpuStats {
  cpu_usage: { total_usage: number; usage_in_kernelmode: number; usage_in_usermode: number };
  system_cpu_usage?: number;
  online_cpus?: number;
  throttling_data: { periods: number; throttled_periods: number; throttled_time: number };
}

const NO_CPU: CpuStats = {
  cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
  throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
};

interface Sample {
  read: string;
  cpu: CpuStats;
}

/** Host CPU time in nanoseconds, which clients relate a container's to. */
function systemCpuNanoseconds(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.idle + times.irq, 0) * NANOSECONDS_PER_MS;
}

function cpuStats(usage: Usage): CpuStats {
  const total = Math.round(usage.cpuMs * NANOSECONDS_PER_MS);
  return {
    cpu_usage: { total_usage: total, usage_in_kernelmode: 0, usage_in_usermode: total },
    system_cpu_usage: systemCpuNanoseconds(),
    online_cpus: cpus().length,
    throttling_data: NO_CPU.throttling_data,
  };
}

const NO_BLKIO = {
  io_service_bytes_recursive: null, io_serviced_recursive: null, io_queue_recursive: null, io_service_time_recursive: null,
  io_wait_time_recursive: null, io_merged_recursive: null, io_time_recursive: null, sectors_recursive: null,
};

function statsJson(snapshot: ContainerSnapshot, record: ContainerRecord, before: Sample | undefined, now: Sample | undefined, usage: Usage | undefined): Record<string, unknown> {
  return {
    name: `/${snapshot.context.name}`,
    id: snapshot.id,
    read: now?.read ?? ZERO_TIME,
    preread: before?.read ?? ZERO_TIME,
    pids_stats: usage ? { current: usage.processes } : {},
    blkio_stats: NO_BLKIO,
    num_procs: 0,
    storage_stats: {},
    cpu_stats: now?.cpu ?? NO_CPU,
    precpu_stats: before?.cpu ?? NO_CPU,
    memory_stats: usage ? { usage: usage.memoryBytes, stats: {}, limit: record.hostConfig.Memory || totalmem() } : {},
    networks: {},
  };
}

async function sample(daemon: Daemon, id: string): Promise<{ sample: Sample; usage: Usage } | undefined> {
  const entry = daemon.containers.get(id);
  if (!entry || !isRunning(entry.snapshot)) return undefined;
  const usage = await daemon.executor.usage(id);
  return { sample: { read: new Date().toISOString(), cpu: cpuStats(usage) }, usage };
}

/** One object (`stream=0`: after two samples, `one-shot`: after one) or one a second until the container or the client goes. */
export async function containerStats(call: Call): Promise<void> {
  const { daemon, params, exchange } = call;
  const { id, snapshot } = daemon.containers.resolve(params.id!);
  const record = (await daemon.engine.spec<ContainerRecord>(id))!;
  const streaming = call.flag('stream', true);
  if (streaming && call.flag('one-shot')) throw new Fault('invalid', 'cannot have stream=true and one-shot=true');
  const stream = call.stream(200, { 'Content-Type': 'application/json' });
  let before: Sample | undefined;
  for (let first = true; !exchange.signal.aborted; first = false) {
    const now = await sample(daemon, id);
    const enough = !first || call.flag('one-shot') || !now || streaming;
    if (enough) {
      const text = `${JSON.stringify(statsJson(daemon.containers.get(id)?.snapshot ?? snapshot, record, before, now?.sample, now?.usage))}\n`;
      if (!stream.write(text)) await stream.drain();
      if (!streaming || !daemon.containers.get(id)) break;
    }
    before = now?.sample;
    await Promise.race([new Promise((resolve) => setTimeout(resolve, SAMPLE_INTERVAL_MS)), stream.closed]);
  }
  stream.end();
}

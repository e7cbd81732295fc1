// GET /containers/{id}/logs.
import type { ContainerRecord } from '../../../actors/containers/record.js';
import { type LogSignal, readLog } from '../../../actors/streams/log-reader.js';
import { Fault } from '../../../actors/runtime/fault.js';
import { isRunning, stateName } from '../../../machines/container-status.js';
import type { Call } from '../call.js';
import type { Daemon } from '../daemon.js';
import { streamType } from '../streaming.js';
import { parseTimestampNs } from '../time.js';

/** 'all', '' and anything that is no number mean everything. */
function tailLines(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function moment(call: Call, name: string): bigint | undefined {
  const text = call.query(name);
  if (text === '' || text === '0') return undefined;
  return parseTimestampNs(text);
}

/** Labels and variables named by the log options, before each line (`details`). */
function detailsOf(record: ContainerRecord): string {
  const { Config: options } = record.hostConfig.LogConfig;
  const env = new Map(record.config.Env.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]));
  const chosen = [
    ...(options.labels?.split(',') ?? []).filter((name) => name in record.config.Labels).map((name) => [name, record.config.Labels[name]!]),
    ...(options.env?.split(',') ?? []).filter((name) => env.has(name)).map((name) => [name, env.get(name)!]),
  ];
  return `${chosen.map(([name, value]) => `${encodeURIComponent(name!)}=${encodeURIComponent(value!)}`).join(',')} `;
}

/** Decided and taken in one go: between the two a run could end, and nobody would end the signal of a run that is over. */
function followed(daemon: Daemon, id: string, client: AbortSignal): { follow?: LogSignal } {
  const snapshot = daemon.containers.get(id)?.snapshot;
  if (!snapshot || !(isRunning(snapshot) || stateName(snapshot.value) === 'starting')) return {};
  const signal = daemon.consoles.signal(id);
  // A container that waits for its restart has no run that would end it.
  const over = daemon.engine.until(id, (durable) => !isRunning(durable as never) && stateName(durable.value) !== 'starting', client);
  void over.then(() => signal.end(), () => client.aborted || signal.end());
  return { follow: signal };
}

export async function containerLogs(call: Call): Promise<void> {
  const { daemon, params, exchange } = call;
  const { id } = daemon.containers.resolve(params.id!);
  const stdout = call.flag('stdout');
  const stderr = call.flag('stderr');
  if (!stdout && !stderr) throw new Fault('invalid', 'Bad parameters: you must choose at least one stream');
  const record = (await daemon.engine.spec<ContainerRecord>(id))!;
  if (record.hostConfig.LogConfig.Type === 'none') throw new Fault('unsupported', 'configured logging driver does not support reading');
  const tail = tailLines(call.query('tail'));
  const since = moment(call, 'since');
  const until = moment(call, 'until');
  const chunks = readLog(daemon.consoles.logDirectory(id), {
    stdout,
    stderr,
    timestamps: call.flag('timestamps'),
    raw: record.config.Tty,
    abort: exchange.signal,
    // Many clients that follow take a frame for a line; for those that read it whole, big frames are faster.
    lineFrames: call.flag('follow'),
    ...(call.flag('details') ? { details: detailsOf(record) } : {}),
    ...(tail === undefined ? {} : { tailLines: tail }),
    ...(since === undefined ? {} : { sinceNs: since }),
    ...(until === undefined ? {} : { untilNs: until }),
    ...(call.flag('follow') ? followed(daemon, id, exchange.signal) : {}),
  });
  await call.pipe(200, { 'Content-Type': streamType(call, record.config.Tty) }, chunks);
}

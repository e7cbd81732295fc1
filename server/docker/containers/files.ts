// Archive GET/HEAD/PUT, changes and export: a container's files, whether it runs or not.
import { layersOf } from '../../../actors/containers/effects.js';
import { containerSpec } from '../../../actors/containers/processes.js';
import type { ContainerRecord } from '../../../actors/containers/record.js';
import type { ContainerSpec, PathStat } from '../../../actors/executors/contract.js';
import { decompress } from '../../../actors/streams/decompress.js';
import { Fault } from '../../../actors/runtime/fault.js';
import type { Call } from '../call.js';
import type { Daemon } from '../daemon.js';

const STAT_HEADER = 'X-Docker-Container-Path-Stat';

async function filesOf(daemon: Daemon, reference: string): Promise<{ id: string; spec: ContainerSpec }> {
  const { id } = daemon.containers.resolve(reference);
  const record = (await daemon.engine.spec<ContainerRecord>(id))!;
  return { id, spec: containerSpec(record, layersOf(daemon.images, record)) };
}

function pathParameter(call: Call): string {
  const path = call.query('path');
  if (path === '') throw new Fault('invalid', 'Bad parameters: path cannot be empty');
  return path;
}

/** The executor says `not-found` of a path; Docker also names the container. */
function missing(error: unknown, path: string, reference: string): unknown {
  if (error instanceof Fault && error.kind === 'not-found' && error.message === '') {
    return new Fault('not-found', `Could not find the file ${path} in container ${reference}`);
  }
  return error;
}

function statHeader(stat: PathStat): Record<string, string> {
  return { [STAT_HEADER]: Buffer.from(JSON.stringify(stat)).toString('base64') };
}

async function noteEvent(daemon: Daemon, id: string, action: string): Promise<void> {
  await daemon.engine.send(id, { type: 'NOTE', action } as never);
}

export async function statArchive(call: Call): Promise<void> {
  const path = pathParameter(call);
  const { spec } = await filesOf(call.daemon, call.params.id!);
  try {
    call.empty(200, { ...statHeader(await call.daemon.executor.statPath(spec, path)), 'Content-Type': 'application/json' });
  } catch (error) {
    throw missing(error, path, call.params.id!);
  }
}

export async function readArchive(call: Call): Promise<void> {
  const path = pathParameter(call);
  const { id, spec } = await filesOf(call.daemon, call.params.id!);
  try {
    const { stat, chunks } = await call.daemon.executor.readArchive(spec, path);
    await noteEvent(call.daemon, id, 'archive-path');
    await call.pipe(200, { ...statHeader(stat), 'Content-Type': 'application/x-tar' }, chunks);
  } catch (error) {
    throw missing(error, path, call.params.id!);
  }
}

/** 200 when all of it is there; a refused or truncated archive is an error, with the entries before the fault in place. */
export async function writeArchive(call: Call): Promise<void> {
  const path = pathParameter(call);
  const { id, spec } = await filesOf(call.daemon, call.params.id!);
  const owner = call.flag('copyUIDGID') ? (await call.daemon.engine.spec<ContainerRecord>(id))!.config.User : undefined;
  const options = { noOverwriteDirNonDir: call.flag('noOverwriteDirNonDir'), ...(owner ? { owner } : {}) };
  try {
    const sink = await call.daemon.executor.writeArchive(spec, path, options);
    try {
      for await (const chunk of decompress(call.exchange.body())) await sink.write(chunk);
    } catch (error) {
      sink.abort();
      throw error;
    }
    await sink.finish();
  } catch (error) {
    throw missing(error, path, call.params.id!);
  }
  await noteEvent(call.daemon, id, 'extract-to-dir');
  call.empty(200);
}

export async function containerChanges(call: Call): Promise<void> {
  const { spec } = await filesOf(call.daemon, call.params.id!);
  const changes = await call.daemon.executor.changes(spec);
  call.reply(200, changes.length > 0 ? changes : null);
}

export async function exportContainer(call: Call): Promise<void> {
  const { id, spec } = await filesOf(call.daemon, call.params.id!);
  const chunks = await call.daemon.executor.exportTree(spec);
  await noteEvent(call.daemon, id, 'export');
  await call.pipe(200, { 'Content-Type': 'application/octet-stream' }, chunks);
}

// What the container and exec machines ask for, done by the executor: the only bridge between statecharts and a backend.
import type { EventObject } from 'xstate';
import { type Executor, Interrupted, LaunchFailure, type RunningProcess } from '../executors/contract.js';
import type { ExecIndex } from '../indexes/execs.js';
import type { ImageStore } from '../images/image-store.js';
import type { Effect, Effects, RunEffect } from '../runtime/effect.js';
import type { Engine } from '../runtime/engine.js';
import { Fault } from '../runtime/fault.js';
import type { Consoles } from './consoles.js';
import { runProbe } from './health.js';
import { containerSpec, execProcess, mainProcess } from './processes.js';
import type { ContainerRecord, ExecRecord } from './record.js';
import { volumeActor } from './volumes.js';

const KILLED = 137;

/** What runs in this server's lifetime, by container or exec id. */
export class Running {
  readonly #processes = new Map<string, { process: RunningProcess; run: number }>();

  find(id: string): RunningProcess | undefined {
    return this.#processes.get(id)?.process;
  }

  isRun(id: string, run: number): boolean {
    return this.#processes.get(id)?.run === run;
  }

  set(id: string, process: RunningProcess, run: number): void {
    this.#processes.set(id, { process, run });
  }

  delete(id: string, run: number): void {
    if (this.isRun(id, run)) this.#processes.delete(id);
  }
}

/** The functions give what is known only after the effects are: the engine takes them when it is opened. */
export interface EffectsContext {
  readonly executor: Executor;
  readonly images: () => ImageStore;
  readonly consoles: Consoles;
  readonly running: Running;
  /** Volumes that go with a container that is removed with `-v` or was run with `--rm`. */
  readonly removeAnonymousVolumes: (record: ContainerRecord) => Promise<void>;
  readonly execs: () => ExecIndex;
  readonly engine: () => Engine;
}

/** The layers of an image, for the executor. A Fault when the image is gone: a container keeps its image from being removed. */
export function layersOf(images: ImageStore, record: ContainerRecord): { tarPath: string; indexPath: string }[] {
  const image = images.get(record.imageId);
  if (!image) throw new Fault('not-found', `No such image: ${record.imageId}`);
  return image.config.rootfs.diff_ids.map((diffId) => images.content.paths(diffId));
}

async function recordOf<T>(context: EffectsContext, id: string): Promise<T> {
  const record = await context.engine().spec<T>(id);
  if (!record) throw new Fault('internal', `the specification of ${id} is missing`);
  return record;
}

/** An exec goes with its container; one that its own timer removed meanwhile is as gone. */
async function forget(engine: Engine, exec: string): Promise<void> {
  await engine.send(exec, { type: 'CONTAINER_GONE' }).catch((error: unknown) => {
    if (!(error instanceof Fault && error.kind === 'not-found')) throw error;
  });
}

/** Tells the volumes of a container that it begins or ceases to use them; a volume that is gone, or a server that stops, has nobody left to tell. */
async function tellVolumes(engine: Engine, { id, mounts }: ContainerRecord, type: 'MOUNTED' | 'UNMOUNTED'): Promise<void> {
  for (const { Type, Name, Destination: destination, RW: readWrite, Propagation: propagation } of mounts) {
    if (Type !== 'volume' || Name === undefined) continue;
    const event = type === 'MOUNTED' ? { type, container: id, destination, readWrite, propagation } : { type, container: id };
    await engine.send(volumeActor(Name), event).catch((error: unknown) => {
      if (!(error instanceof Fault && ['not-found', 'unavailable'].includes(error.kind))) throw error;
    });
  }
}

/** Starts a process and arranges for its end to be told to its actor, in that order. `after`: what follows the end, before clients see it. */
async function start(context: EffectsContext, effect: Effect, run: number, begin: () => Promise<RunningProcess>, after?: () => Promise<void>): Promise<EventObject> {
  const { consoles } = context;
  try {
    const process = await begin();
    context.running.set(effect.actor, process, run);
    void process.exit.then(async ({ exitCode, oomKilled }) => {
      const end = consoles.release(effect.actor);
      context.running.delete(effect.actor, run);
      await context.engine().send(effect.actor, { type: 'DIED', run, exitCode, oomKilled } as EventObject).catch((error: unknown) => {
        // An exec or container that was removed meanwhile has nobody left to tell.
        if (!(error instanceof Fault && error.kind === 'not-found')) throw error;
      });
      await after?.();
      // Only now: a client that sees the stream end asks for the exit code at once.
      end();
    });
    return { type: 'STARTED', run, pid: process.pid } as EventObject;
  } catch (error) {
    await after?.();
    const end = consoles.release(effect.actor);
    // Only once it is durable: a client that sees the stream end asks for the exit code at once.
    void context.engine().until(effect.actor, ({ value }) => value !== 'starting').then(end, end);
    if (error instanceof Interrupted) return { type: 'DIED', run, exitCode: KILLED, oomKilled: false } as EventObject;
    const failure = error instanceof LaunchFailure ? error : new LaunchFailure(128, error instanceof Error ? error.message : String(error));
    return { type: 'START_FAILED', run, exitCode: failure.exitCode, error: failure.message } as EventObject;
  }
}

function containerEffects(context: EffectsContext): Record<string, RunEffect> {
  const { executor, images, consoles, running } = context;
  return {
    async launch(effect) {
      const record = await recordOf<ContainerRecord>(context, effect.actor);
      const run = Number(effect.params.run);
      return start(context, effect, run, async () => {
        const console = consoles.begin(record);
        await tellVolumes(context.engine(), record, 'MOUNTED');
        const process = await executor.launch(containerSpec(record, layersOf(images(), record)), mainProcess(record), console, effect.key);
        console.connect(process);
        return process;
      }, () => tellVolumes(context.engine(), record, 'UNMOUNTED'));
    },
    async signal(effect) {
      // No process: it ended meanwhile, or died with an earlier server; its end is on the way or told already.
      if (running.isRun(effect.actor, Number(effect.params.run))) running.find(effect.actor)?.signal(Number(effect.params.signal));
    },
    freeze: ({ actor }) => executor.freeze(actor),
    thaw: ({ actor }) => executor.thaw(actor),
    async delete(effect) {
      const record = await recordOf<ContainerRecord>(context, effect.actor);
      try {
        await executor.remove(record.id);
        await consoles.remove(record.id);
        for (const exec of context.execs().of(record.id)) await forget(context.engine(), exec);
        if (effect.params.volumes === true) await context.removeAnonymousVolumes(record);
        return { type: 'REMOVED' };
      } catch (error) {
        if (error instanceof Fault) return { type: 'REMOVE_FAILED', error: error.message } as EventObject;
        throw error;
      }
    },
    async probe(effect) {
      const record = await recordOf<ContainerRecord>(context, effect.actor);
      const run = Number(effect.params.run);
      const startedAt = Date.now();
      const result = await runProbe(executor, record, containerSpec(record, layersOf(images(), record)), `${effect.key}!${effect.attempt}!${startedAt}`);
      return { type: 'PROBED', run, ...result, startedAt } as EventObject;
    },
  };
}

function execEffects(context: EffectsContext): Record<string, RunEffect> {
  const { executor, images, consoles } = context;
  return {
    async launch(effect) {
      const exec = await recordOf<ExecRecord>(context, effect.actor);
      const record = await recordOf<ContainerRecord>(context, exec.containerId);
      return start(context, effect, 0, async () => {
        const console = consoles.of(exec.id);
        const process = await executor.exec(containerSpec(record, layersOf(images(), record)), execProcess(exec, record), console, effect.key);
        console.connect(process);
        return process;
      });
    },
  };
}

/** For the engine: how each effect of the container and exec machines is carried out. */
export function containerAndExecEffects(context: EffectsContext): Effects {
  return { container: containerEffects(context), exec: execEffects(context) };
}

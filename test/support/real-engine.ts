// A real server with the memory backend, led along a machine's graph: each commit must be what the machine says, each effect really done.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyEventObject, AnyMachineSnapshot, EventObject } from 'xstate';
import type { Commit } from '../../actors/runtime/feed.js';
import { birth, step, type Action } from '../../actors/runtime/step.js';
import type { ContainerContext, ContainerInput } from '../../machines/container-context.js';
import type { MachineDefinition } from '../../machines/definition.js';
import { createLog } from '../../server/log.js';
import { request } from '../../server/cli/api-client.js';
import { type Server, startServer } from '../../server/server.js';
import { Disagreement } from './engine-model.js';
import { until, Valve } from './valve.js';

/** Ends with the code that it reads; only SIGKILL ends it before. */
const OBEDIENT = ['sh', '-c', 'trap "" HUP TERM; read code; exit $code'];

export class RealEngine {
  readonly valve = new Valve();
  readonly #directory = mkdtempSync(join(tmpdir(), 'sockerless-model-'));
  #server!: Server;
  #names = 0;

  static async start(): Promise<RealEngine> {
    const real = new RealEngine();
    real.#server = await startServer({
      dataRoot: join(real.#directory, 'data'), hosts: [{ unix: real.#socket }], backend: 'memory', log: createLog('error'), durability: 'process',
      wrapExecutor: (executor) => real.valve.wrap(executor),
    });
    return real;
  }

  get #socket(): string {
    return join(this.#directory, 'd.sock');
  }

  get engine(): Server['daemon']['engine'] {
    return this.#server.daemon.engine;
  }

  async #post(path: string, body: unknown): Promise<string> {
    const answer = await request({ unix: this.#socket }, 'POST', path, body);
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${answer.body.toString()}`);
    return (JSON.parse(answer.body.toString()) as { Id: string }).Id;
  }

  /** A container made over the API as a machine's sample input says. */
  container(input: ContainerInput): Promise<string> {
    const { name, maximumRetryCount } = input.restart ?? { name: '', maximumRetryCount: 0 };
    return this.#post(`/containers/create?name=model-${this.#names++}`, {
      Image: 'sockerless/base', Cmd: OBEDIENT, OpenStdin: true, ...(input.stopSignal ? { StopSignal: input.stopSignal } : {}),
      HostConfig: { AutoRemove: input.autoRemove ?? false, RestartPolicy: { Name: name, MaximumRetryCount: maximumRetryCount } },
    });
  }

  exec(container: string): Promise<string> {
    return this.#post(`/containers/${container}/exec`, { Cmd: OBEDIENT, AttachStdin: true });
  }

  /** Processes that nobody ended go with the server. */
  async end(): Promise<void> {
    await this.#server.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** What a commit and a step of the pure machine are compared by. */
function view(value: unknown, context: unknown, isDone: boolean, actions: readonly Action[]): unknown {
  const said = actions.filter(({ type }) => type === 'effect' || type === 'announce').map(({ type, params }) => {
    const { op, run, signal, volumes, action, attributes } = params as Record<string, unknown>;
    return JSON.stringify(type === 'effect' ? [op, run, signal, volumes] : [action, attributes]);
  });
  return { value, context, isDone, said: said.toSorted() };
}

function commitView({ snapshot, effects, announcements, gone }: Commit): unknown {
  const actions = [
    ...effects.map(({ op, params }) => ({ type: 'effect', params: { ...params, op } })),
    ...announcements.map(({ action, attributes }) => ({ type: 'announce', params: { action, attributes } })),
  ];
  return view(snapshot!.value, snapshot!.context, gone, actions as unknown as Action[]);
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** One actor of a real server, and beside it the pure machine that is stepped by what really happened. */
export class RealActor {
  readonly id: string;
  /** The last commit. */
  last: Commit;
  snapshot: AnyMachineSnapshot;
  readonly #real: RealEngine;
  readonly #definition: MachineDefinition;
  readonly #trail: AnyEventObject[] = [];
  readonly #asked: string[] = [];
  #defect: Error | undefined;
  readonly #stop: () => void;

  /** `first` is the commit of its birth. */
  constructor(real: RealEngine, definition: MachineDefinition, first: Commit) {
    this.#real = real;
    this.#definition = definition;
    this.id = first.id;
    this.last = first;
    const [snapshot, actions] = birth(definition.machine, (first.event as unknown as { input: Record<string, unknown> }).input);
    this.snapshot = snapshot;
    this.#check(first, actions);
    this.#stop = real.engine.feed.watch(first.id, (commit) => this.#follow(commit));
  }

  /** Makes an actor and watches it from its first commit on. */
  static async make(real: RealEngine, definition: MachineDefinition, kind: string, create: () => Promise<string>): Promise<RealActor> {
    const births = new Map<string, Commit>();
    const stop = real.engine.feed.subscribe((commit) => {
      if (commit.kind === kind && commit.from === undefined) births.set(commit.id, commit);
    });
    const id = await create();
    stop();
    return new RealActor(real, definition, births.get(id)!);
  }

  #follow(commit: Commit): void {
    this.last = commit;
    this.#trail.push(commit.event);
    const [snapshot, actions] = step(this.#definition.machine, this.snapshot, commit.event);
    this.snapshot = snapshot;
    this.#check(commit, actions);
    this.#asked.push(...commit.effects.map(({ op, params }) => (op === 'signal' ? `signal ${String(params.signal)}` : op)));
  }

  #check(commit: Commit, actions: readonly Action[]): void {
    const { value, context, status } = this.snapshot;
    const [expected, actual] = [view(value, context, status === 'done', actions), commitView(commit)];
    if (!same(expected, actual)) this.#defect ??= new Disagreement(this.#trail, expected, actual);
  }

  /** Whether the event can really come now: what a backend tells must have happened. */
  canHappen({ type }: AnyEventObject): boolean {
    const { value, context } = this.snapshot;
    const state = typeof value === 'string' ? value : Object.keys(value as object)[0]!;
    const isUp = state === 'running' || state === 'stopping';
    switch (type.split('.').slice(0, 3).join('.')) {
      case 'STARTED':
      case 'START_FAILED':
        return state === 'starting';
      case 'DIED':
        // A frozen process does not end by itself.
        return isUp && (context as Partial<ContainerContext>).paused !== true;
      case 'REMOVED':
      case 'REMOVE_FAILED':
        return state === 'removing';
      case 'xstate.after.backoff':
        return state === 'restarting';
      default:
        return ['START', 'STOP', 'RESTART', 'KILL', 'PAUSE', 'UNPAUSE', 'BOOT', 'REMOVE', 'CONTAINER_GONE'].includes(type);
    }
  }

  /** Brings the event about and waits until it is committed or ignored. Throws Disagreement where machine and server differ. */
  async apply(event: AnyEventObject): Promise<void> {
    const before = this.last;
    const { valve, engine } = this.#real;
    if (['STARTED', 'START_FAILED'].includes(event.type)) await valve.release(this.id, 'launch', event.type === 'STARTED' ? 'through' : 'fail');
    else if (['REMOVED', 'REMOVE_FAILED'].includes(event.type)) await valve.release(this.id, 'remove', event.type === 'REMOVED' ? 'through' : 'fail');
    else if (event.type === 'DIED') {
      void valve.process(this.id)!.input(Buffer.from(`${event.exitCode}\n`));
      await valve.release(this.id, 'exit');
    } else if (!event.type.startsWith('xstate.')) {
      const { at: _at, ...bare } = event;
      const { handled } = await engine.send(this.id, bare as EventObject);
      if (!handled) return this.#rest();
    }
    await until(() => this.last !== before, `a commit after ${event.type}`);
    await this.#rest();
  }

  /** Every effect so far has been asked of the backend, once. */
  async #rest(): Promise<void> {
    await until(() => this.#real.valve.done(this.id).length >= this.#asked.length || this.#defect !== undefined, `effects ${this.#asked.join(', ')}`);
    const done = this.#real.valve.done(this.id);
    if (!this.#defect && !this.#inOrder(done)) this.#defect = new Disagreement(this.#trail, this.#asked, done);
    if (this.#defect) throw this.#defect;
  }

  /** Effects that wait for one another (freeze, thaw) keep their order among themselves, all others theirs: the two may overtake each other. */
  #inOrder(done: readonly string[]): boolean {
    const waits = (effect: string): boolean => this.#definition.serial?.includes(effect) === true;
    return [true, false].every((serial) => same(done.filter((effect) => waits(effect) === serial), this.#asked.filter((effect) => waits(effect) === serial)));
  }

  close(): void {
    this.#stop();
  }
}

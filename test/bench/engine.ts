// How fast the durable engine is: pure steps, durable events with fsync, recovery and memory.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Effects } from '../../actors/runtime/effect.js';
import { Engine } from '../../actors/runtime/engine.js';
import { birth, step } from '../../actors/runtime/step.js';
import { Store } from '../../actors/runtime/store.js';
import { machines } from '../../machines/index.js';

/** One measured figure; `aim` says in words what was hoped for. */
export interface Row {
  name: string;
  value: number;
  unit: string;
  aim?: string;
}

const ACTORS = 1000;
const ROUND_MS = 2000;
const web = { name: 'web', image: 'alpine:3.20', imageId: 'sha256:00', labels: { app: 'web' } };
const launch = async ({ params }: { params: Readonly<Record<string, unknown>> }) => ({ type: 'STARTED', run: params.run, pid: 7 });
const nothing = async (): Promise<void> => {};
const effects: Effects = { container: { launch, signal: nothing, freeze: nothing, thaw: nothing, delete: async () => ({ type: 'REMOVED' }), probe: nothing } };

async function opened(path: string): Promise<Engine> {
  const engine = await Engine.open({ store: await Store.open(path), machines, effects });
  await engine.recover();
  return engine;
}

async function populate(engine: Engine, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n += 500) {
    const ids = Array.from({ length: Math.min(500, to - n) }, (_, k) => `c${n + k}`);
    await Promise.all(ids.map((id) => engine.spawn('container', id, web)));
    const started = await Promise.all(ids.map((id) => engine.send(id, { type: 'START' })));
    await Promise.all(started.map(({ settled }) => settled));
  }
}

function stepsPerSecond(): number {
  const { machine } = machines.container;
  let [snapshot] = birth(machine, { ...web, id: 'c', at: 1 });
  for (const event of [{ type: 'START' }, { type: 'STARTED', run: 1, pid: 1 }]) [snapshot] = step(machine, snapshot, event);
  const events = [{ type: 'PAUSE', at: 1 }, { type: 'UNPAUSE', at: 1 }];
  const run = (count: number): number => {
    const begin = performance.now();
    for (let n = 0; n < count; n++) [snapshot] = step(machine, snapshot, events[n & 1]!);
    return (count / (performance.now() - begin)) * 1000;
  };
  run(10_000);
  return run(50_000);
}

/** Sends NOTE (state, journal, announcement; no effect) or PAUSE/UNPAUSE (with an effect, so two commits) for a while. */
async function load(engine: Engine, callers: number, withEffects: boolean): Promise<{ perSecond: number; p50Ms: number; p99Ms: number }> {
  const latencies: number[] = [];
  const begin = performance.now();
  const caller = async (_: unknown, n: number): Promise<void> => {
    const id = `c${(n * 5) % ACTORS}`;
    for (let k = 0; performance.now() - begin < ROUND_MS; k++) {
      const event = withEffects ? { type: k % 2 ? 'UNPAUSE' : 'PAUSE' } : { type: 'NOTE', action: 'top' };
      const sent = performance.now();
      await engine.send(id, event);
      latencies.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const perSecond = (latencies.length / (performance.now() - begin)) * 1000;
  latencies.sort((a, b) => a - b);
  const at = (part: number): number => latencies[Math.floor(latencies.length * part)] ?? 0;
  return { perSecond, p50Ms: at(0.5), p99Ms: at(0.99) };
}

async function recovery(path: string): Promise<Row[]> {
  let engine = await opened(path);
  await populate(engine, ACTORS, 10_000);
  await engine.close();
  const begin = performance.now();
  engine = await opened(path);
  const openedMs = performance.now() - begin;
  const touch = performance.now();
  for (let n = 0; n < 2000; n++) await engine.read(`c${(n * 7919) % 10_000}`);
  const readMs = (performance.now() - touch) / 2000;
  await engine.close();
  return [
    { name: 'open and recover 10 000 containers', value: openedMs, unit: 'ms', aim: 'under 200' },
    { name: 'read of a passive actor', value: readMs, unit: 'ms', aim: 'under 0.1' },
  ];
}

export async function benchEngine(): Promise<Row[]> {
  const path = await mkdtemp(join(tmpdir(), 'sockerless-bench-engine-'));
  try {
    const rows: Row[] = [{ name: 'pure steps of the container machine', value: stepsPerSecond(), unit: '/s', aim: '50 000' }];
    const engine = await opened(path);
    await populate(engine, 0, ACTORS);
    for (const callers of [1, 16, 200]) {
      const { perSecond, p50Ms, p99Ms } = await load(engine, callers, false);
      rows.push({ name: `durable events, ${callers} callers`, value: perSecond, unit: '/s', ...(callers === 200 ? { aim: '12 000' } : {}) });
      rows.push({ name: `durable events, ${callers} callers, p50`, value: p50Ms, unit: 'ms', ...(callers === 1 ? { aim: 'under 0.6' } : {}) });
      rows.push({ name: `durable events, ${callers} callers, p99`, value: p99Ms, unit: 'ms' });
    }
    const { perSecond } = await load(engine, 200, true);
    rows.push({ name: 'durable events with an effect each, 200 callers', value: perSecond, unit: '/s' });
    await engine.close();
    return [...rows, ...(await recovery(path))];
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

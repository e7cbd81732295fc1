// Viewers that do not read: the server keeps nothing for them, goes on as if they were not there, and tells them what they missed.
import test from 'ava';
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WebSocket } from 'ws';
import type { EventObject } from 'xstate';
import { Engine } from '../../actors/runtime/engine.js';
import { Store } from '../../actors/runtime/store.js';
import { machines } from '../../machines/index.js';
import { lazySight, type Sight } from '../../server/inspector/sight.js';

/** A socket whose other end reads only when told to. */
class Stuck extends EventEmitter {
  bufferedAmount = 0;
  reads = true;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly got: any[] = [];

  send(message: string): void {
    this.got.push(JSON.parse(message));
    if (!this.reads) this.bufferedAmount += message.length;
  }
  terminate(): void {}
  ask(wish: object): void {
    this.emit('message', Buffer.from(JSON.stringify(wish)));
  }
}

let engine: Engine;
let sight: Sight;
const directory = mkdtempSync(join(tmpdir(), 'sockerless-slow-'));
test.before(async () => {
  const create = async (): Promise<EventObject> => ({ type: 'CREATED' });
  engine = await Engine.open({ store: await Store.open(directory, { durability: 'process' }), machines, effects: { volume: { create } } });
  await engine.recover();
  sight = await lazySight(engine, false).get();
});
test.after.always(async () => {
  sight?.live.close();
  await engine?.close();
  rmSync(directory, { recursive: true, force: true });
});

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 80));

test.serial('a hundred viewers that stop reading hold no more than their sockets do', async (t) => {
  const viewers = Array.from({ length: 100 }, () => new Stuck());
  for (const viewer of viewers) {
    sight.live.add(viewer as unknown as WebSocket);
    for (const topic of ['rows', 'commits', 'kind/volume']) viewer.ask({ subscribe: topic });
    viewer.reads = false;
  }
  for (let n = 0; n < 12_000; n += 1000) {
    await Promise.all(Array.from({ length: 1000 }, (_, m) => engine.spawn('volume', `volume:${n + m}`, { name: `v${n + m}` })));
    for (const { bufferedAmount } of viewers) t.true(bufferedAmount < 4 << 20, 'a viewer was sent more than its share');
  }
  const before = viewers.map(({ got }) => got.length);
  await turn();
  t.deepEqual(viewers.map(({ got }) => got.length), before, 'a full viewer was sent more');

  const [late] = viewers as [Stuck];
  late.got.length = 0;
  Object.assign(late, { reads: true, bufferedAmount: 0 });
  await turn();
  const dropped = late.got.filter(({ type, reason }) => type === 'snapshot' && reason === 'dropped').map(({ topic }) => topic);
  t.deepEqual(dropped.toSorted(), ['commits', 'kind/volume', 'rows']);
  for (const topic of dropped) {
    const rows = late.got.filter((message) => message.type === 'rows' && message.topic === topic).flatMap((message) => message.rows);
    t.is(new Set(rows.map(({ id }) => id)).size, 12_000, topic);
  }
  for (const viewer of viewers) viewer.emit('close');
  t.is(sight.live.viewers, 0);
});

test.serial('a viewer that keeps up sees every commit once (negative control: one that misses is told)', async (t) => {
  const viewer = new Stuck();
  sight.live.add(viewer as unknown as WebSocket);
  viewer.ask({ subscribe: 'commits' });
  const seen: number[] = [];
  const stop = engine.feed.subscribe(({ seq, snapshot }) => snapshot && seen.push(seq));
  for (let n = 0; n < 3000; n += 100) {
    await Promise.all(Array.from({ length: 100 }, (_, m) => engine.send(`volume:${n + m}`, { type: 'MOUNTED', container: 'c', destination: '/', readWrite: true } as never)));
  }
  await turn();
  stop();
  const got = viewer.got.flatMap(({ commits = [] }) => commits).map(({ seq }) => seq);
  t.deepEqual(got, seen);
  t.is(got.length, 3000);
  t.false(viewer.got.some(({ reason }) => reason === 'dropped'));
  viewer.emit('close');
});

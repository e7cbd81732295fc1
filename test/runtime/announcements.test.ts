// The event stream: a reader that ranges and then follows sees everything exactly once.
import test from 'ava';
import type { Announcement, StoredAnnouncement } from '../../actors/runtime/announcement.js';
import { Store } from '../../actors/runtime/store.js';
import { running, world } from './world.js';

const line = (n: number): Announcement => ({ type: 'image', action: `tag ${n}`, id: 'x', attributes: {} });
const numbers = (lines: readonly StoredAnnouncement[]): number[] => lines.map(({ action }) => Number(action.slice(4)));
const upTo = (n: number): number[] => Array.from({ length: n }, (_, k) => k);

async function take(stream: AsyncIterable<StoredAnnouncement>, count: number): Promise<StoredAnnouncement[]> {
  const lines: StoredAnnouncement[] = [];
  if (count > 0) for await (const one of stream) if (lines.push(one) === count) break;
  return lines;
}

test('times are unique and rise, and ranges are inclusive at both ends', async (t) => {
  const { engine } = await world(t, { now: () => 1_700_000_000_000.123 });
  await Promise.all(upTo(50).map((n) => engine.commit([], [line(n)])));
  const all = await take(engine.announcements.range(), 50);
  t.is(all[0]!.timeNs, '1700000000000123000');
  t.is(new Set(all.map(({ timeNs }) => timeNs)).size, 50);
  const some: StoredAnnouncement[] = [];
  for await (const one of engine.announcements.range(BigInt(all[10]!.timeNs), BigInt(all[19]!.timeNs))) some.push(one);
  t.deepEqual(numbers(some), upTo(20).slice(10));
});

test('a follower that starts in the middle of a stream of commits misses and repeats nothing', async (t) => {
  const { engine } = await world(t);
  const total = 3000;
  const readers: Promise<StoredAnnouncement[]>[] = [];
  for (let n = 0; n < total; n++) {
    const commit = engine.commit([], [line(n)]);
    if (n % 500 === 250) readers.push(take(engine.announcements.follow(0n), total));
    if (n % 40 === 0) await commit;
  }
  for (const reader of readers) t.deepEqual(numbers(await reader), upTo(total));
});

test('without since only what comes after is seen, from the moment of the call', async (t) => {
  const { engine } = await world(t);
  await engine.commit([], [line(0)]);
  const stream = engine.announcements.follow();
  await engine.commit([], [line(1)]);
  await engine.commit([], [line(2)]);
  t.deepEqual(numbers(await take(stream, 2)), [1, 2]);
});

test('follow ends at until, past or future, and when the reader leaves', async (t) => {
  const { engine } = await world(t);
  await engine.commit([], [line(0)]);
  const seen: number[] = [];
  for await (const one of engine.announcements.follow(0n, BigInt(Date.now() + 1) * 1_000_000n)) seen.push(...numbers([one]));
  t.deepEqual(seen, [0]);
  for await (const one of engine.announcements.follow(0n, 1n)) t.fail(one.action);
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 5);
  for await (const one of engine.announcements.follow(undefined, undefined, abort.signal)) t.fail(one.action);
});

test('the ring keeps its length and its numbers over a restart, and a lagging reader goes on with what is left', async (t) => {
  const { engine, store, path } = await world(t, { announcementLimit: 2000 });
  const lagging = engine.announcements.follow(0n);
  for (let n = 0; n < 5000; n += 100) await Promise.all(upTo(100).map((k) => engine.commit([], [line(n + k)])));
  t.is(await store.count('e!'), 2000);
  t.deepEqual(numbers(await take(lagging, 3)), [3000, 3001, 3002]);
  await engine.close();
  const again = await running(await Store.open(path, { durability: 'process' }), { announcementLimit: 2000 });
  await again.commit([], [line(5000)]);
  const all: StoredAnnouncement[] = [];
  for await (const one of again.announcements.range()) all.push(one);
  t.is(all.length, 2000);
  t.deepEqual(numbers(all.slice(-2)), [4999, 5000]);
  t.is(all.at(-1)!.seq, 5001);
  await again.close();
});

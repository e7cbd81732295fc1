// Group commit: order, atomicity, and what comes after a failure.
import test from 'ava';
import fc from 'fast-check';
import type { Op } from '../../actors/runtime/store.js';
import { Store } from '../../actors/runtime/store.js';
import { folder, MortalStore } from './world.js';

const put = (key: string, value: string): Op => ({ type: 'put', key, value });

test('commits become durable in call order, many to a batch', async (t) => {
  const store = await Store.open(await folder(t), { durability: 'process' });
  const order: number[] = [];
  await Promise.all(Array.from({ length: 500 }, (_, n) => store.commit([put('k', String(n))]).then(() => order.push(n))));
  t.deepEqual(order, Array.from({ length: 500 }, (_, n) => n));
  t.is(await store.get('k'), '499');
  t.true(store.batches < 50);
  await store.close();
});

test('after a crash the store holds exactly the commits of whole batches, a prefix of what was asked', async (t) => {
  const path = await folder(t);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 20 }), fc.nat(6), async (sizes, lives) => {
      const mortal = await MortalStore.open(path);
      const old: Op[] = [];
      for await (const [key] of mortal.entries('')) old.push({ type: 'del', key });
      await mortal.commit(old);
      mortal.lives = lives;
      let answered = 0;
      const all = sizes.map(async (size, n) => {
        for (let turn = 0; turn < n % 4; turn++) await Promise.resolve();
        const commits = [mortal.commit(Array.from({ length: size }, (_, k) => put(`${n}/${k}`, '1')))];
        await Promise.all(commits);
        answered++;
      });
      await Promise.race([Promise.all(all), mortal.died]);
      await mortal.close();
      const store = await Store.open(path, { durability: 'process' });
      const found = new Map<string, number>();
      for await (const [key] of store.entries('')) found.set(key.split('/')[0]!, (found.get(key.split('/')[0]!) ?? 0) + 1);
      await store.close();
      for (const [n, count] of found) if (count !== sizes[Number(n)]) throw new Error(`commit ${n} is torn`);
      if (found.size < answered) throw new Error(`${answered} answered, ${found.size} found`);
    }),
    { numRuns: 40, seed: 1 },
  );
  t.pass();
});

test('nothing is built on a hole: after one rejection every later commit rejects', async (t) => {
  const store = await MortalStore.open(await folder(t));
  const write = store['write' as never] as (ops: Op[]) => Promise<void>;
  store['write' as never] = (() => Promise.reject(new Error('disk full'))) as never;
  await t.throwsAsync(store.commit([put('a', '1')]), { message: 'disk full' });
  store['write' as never] = write as never;
  await t.throwsAsync(store.commit([put('b', '1')]), { message: 'disk full' });
  t.is(await store.get('b'), undefined);
  await store.close();
});

test('a second open is refused, and so is looking where nothing is', async (t) => {
  const path = await folder(t);
  const store = await Store.open(path, { durability: 'process' });
  await t.throwsAsync(Store.open(path), { message: `another process holds the store at ${path}` });
  await store.close();
  await t.throwsAsync(Store.open(`${path}/none`, { createIfMissing: false }), { message: `no store at ${path}/none` });
  await (await Store.open(path, { createIfMissing: false })).close();
});

// A crash between any two batches loses nothing that anyone was told, and repeats effects under the same key.
import test from 'ava';
import type { Effect } from '../../actors/runtime/effect.js';
import type { Durable } from '../../actors/runtime/durable.js';
import { Engine } from '../../actors/runtime/engine.js';
import { Fault } from '../../actors/runtime/fault.js';
import { Store } from '../../actors/runtime/store.js';
import { machines } from '../../machines/index.js';
import { stateName } from '../../machines/container-status.js';
import { folder, ledgerEffects, MortalStore, web, world } from './world.js';

/** Starts, pauses, stops and removes one container; `told` collects what the client was answered. */
async function life(engine: Engine, told: string[]): Promise<void> {
  await engine.spawn('container', 'c1', web);
  told.push('created');
  await (await engine.send('c1', { type: 'START' })).settled;
  told.push('started');
  await (await engine.send('c1', { type: 'PAUSE' })).settled;
  told.push('paused');
  await (await engine.send('c1', { type: 'STOP' })).settled;
  told.push('stopped');
  await (await engine.send('c1', { type: 'REMOVE' })).settled;
  told.push('removed');
}

const isAtRest = ({ value }: Durable): boolean => ['created', 'exited', 'gone'].includes(stateName(value)) || stateName(value) === 'running';

/** Ends the life as a client would: waits for rest, asks for what comes next. The recovered effects may get there first. */
async function again(engine: Engine): Promise<void> {
  if (!(await engine.read('c1'))) await engine.spawn('container', 'c1', web);
  const gone = engine.until('c1', ({ value }) => value === 'gone');
  try {
    for (const type of ['START', 'STOP', 'REMOVE']) {
      await engine.until('c1', isAtRest);
      await engine.send('c1', { type });
    }
  } catch (error) {
    if (!(error instanceof Fault && error.kind === 'not-found')) throw error;
  }
  await gone;
}

for (let lives = 0; lives < 16; lives++) {
  test(`killed before batch ${lives}: what was told stays true, effects keep their keys`, async (t) => {
    const path = await folder(t);
    const first: Effect[] = [];
    const told: string[] = [];
    const mortal = await MortalStore.open(path);
    const engine = await Engine.open({ store: mortal, machines, effects: ledgerEffects(first), log: () => {} });
    await engine.recover();
    mortal.lives = lives;
    const done = life(engine, told);
    await Promise.race([done, mortal.died]);
    await mortal.close();

    const second: Effect[] = [];
    const store = await Store.open(path, { durability: 'process' });
    const reborn = await Engine.open({ store, machines, effects: ledgerEffects(second), log: () => {} });
    const before = await reborn.read('c1');
    if (told.includes('removed')) t.is(before, undefined);
    else if (told.includes('created')) {
      const finished = first.some((effect) => effect.op === 'delete');
      t.true(before !== undefined || finished, 'a container that was answered for is there');
    }
    const recovered = await reborn.recover();
    t.is(recovered.effects, second.length, 'every intent without an answer runs again, at once');
    for (const effect of second) {
      t.true(effect.again);
      const earlier = first.find((other) => other.key === effect.key);
      if (earlier) t.deepEqual([earlier.op, earlier.params], [effect.op, effect.params]);
    }
    await again(reborn);
    const keys = [...first, ...second].map((effect) => `${effect.key} ${effect.op}`);
    t.is(new Set([...first, ...second].map((effect) => effect.key)).size, new Set(keys).size, 'one key never means two things');
    t.is(await reborn.read('c1'), undefined, 'the life ends all the same');
    for await (const [key] of store.entries('o!')) t.fail(`intent left: ${key}`);
    await reborn.close();
  });
}

/** Dies after the intent of a launch is durable and before its answer is; returns how the container stands after the next start. */
async function stateAfterCrash(path: string, outbox: boolean): Promise<unknown> {
  const mortal = await MortalStore.open(path);
  const engine = await Engine.open({ store: mortal, machines, effects: ledgerEffects([]), outbox, log: () => {} });
  await engine.recover();
  await engine.spawn('container', 'c1', web);
  mortal.lives = 1;
  await engine.send('c1', { type: 'START' });
  await mortal.died;
  await mortal.close();
  const store = await Store.open(path, { durability: 'process' });
  const reborn = await Engine.open({ store, machines, effects: ledgerEffects([]), outbox, log: () => {} });
  const { effects } = await reborn.recover();
  if (effects > 0) await reborn.until('c1', ({ value }) => value !== 'starting');
  const durable = await reborn.read('c1');
  await reborn.close();
  return durable?.value;
}

test('a launch whose answer was lost in a crash is repeated', async (t) => {
  t.deepEqual(await stateAfterCrash(await folder(t), true), { running: { process: 'running', health: 'none' } });
});

test('without the outbox it is lost for ever (so the check above can fail)', async (t) => {
  t.is(await stateAfterCrash(await folder(t), false), 'starting');
});

test('a rejected commit is a crash: nobody is answered and nothing more is accepted', async (t) => {
  let crashes = 0;
  const { engine, store } = await world(t, { onCrash: () => crashes++ });
  await engine.spawn('container', 'c1', web);
  store['write' as never] = (() => Promise.reject(new Error('disk is gone'))) as never;
  await t.throwsAsync(engine.send('c1', { type: 'START' }), { message: 'the durable store failed' });
  t.is(crashes, 1);
  await t.throwsAsync(engine.send('c1', { type: 'START' }), { message: 'the engine is closed' });
});

test('a timer set before a crash fires after it, once', async (t) => {
  const path = await folder(t);
  const mortal = await MortalStore.open(path);
  let nowMs = 1_700_000_000_000;
  const engine = await Engine.open({ store: mortal, machines, effects: ledgerEffects([]), now: () => nowMs, log: () => {} });
  await engine.recover();
  await engine.spawn('container', 'c1', { ...web, restart: { name: 'always', maximumRetryCount: 0 } });
  await (await engine.send('c1', { type: 'START' })).settled;
  mortal.lives = 1;
  t.is((await engine.send('c1', { type: 'DIED', run: 1, exitCode: 1 } as { type: string })).snapshot.value, 'restarting');
  await mortal.close();
  nowMs += 3_600_000;
  const store = await Store.open(path, { durability: 'process' });
  const ledger: Effect[] = [];
  const reborn = await Engine.open({ store, machines, effects: ledgerEffects(ledger), now: () => nowMs, log: () => {} });
  t.deepEqual(await reborn.recover(), { actors: 1, effects: 0, timers: 1 });
  const durable = await reborn.until('c1', ({ context }) => context.run === 2 && context.pid === 1);
  t.is(durable.context.restartCount, 1);
  t.deepEqual(ledger.map((effect) => effect.op), ['launch']);
  for await (const [key] of store.entries('t!')) t.fail(`timer left: ${key}`);
  await reborn.close();
});

// The engine while it runs: order, limits, waiting, journal, passivation, migration, failing effects.
import test from 'ava';
import { assign, setup, type EventObject } from 'xstate';
import { announce, effect } from '../../machines/actions.js';
import { Engine } from '../../actors/runtime/engine.js';
import { Terminal, type Effects } from '../../actors/runtime/effect.js';
import { Fault } from '../../actors/runtime/fault.js';
import { Store } from '../../actors/runtime/store.js';
import type { MachineDefinition } from '../../machines/definition.js';
import { folder, MortalStore, running, web, world } from './world.js';

/** Counts ADDs; TRY asks for an effect whose failure is remembered; END ends. */
const counter = (version = 1, extra: Partial<MachineDefinition> = {}): MachineDefinition => ({
  machine: setup({
    types: { context: {} as { count: number; error: string }, events: {} as { type: 'ADD' | 'TRY' | 'END' | 'NOP' } | { type: 'EFFECT_FAILED'; error: string } },
    actions: { effect, announce },
  }).createMachine({
    id: 'counter',
    context: { count: 0, error: '' },
    initial: 'counting',
    states: {
      counting: {
        on: {
          ADD: { actions: [assign({ count: ({ context }) => context.count + 1 }), { type: 'announce', params: ({ context }) => ({ action: `add ${context.count}` }) }] },
          TRY: { actions: { type: 'effect', params: { op: 'try' } } },
          EFFECT_FAILED: { actions: assign({ error: ({ event }) => event.error }) },
          END: 'ended',
        },
      },
      ended: { type: 'final' },
    },
  }),
  version,
  sample: { inputs: {}, events: [] },
  ...extra,
});
const machines = { counter: counter() };
const add: EventObject = { type: 'ADD' };

test('events of one actor are applied and answered in call order, also over passivation', async (t) => {
  const { engine } = await world(t, { machines, liveLimit: 2 });
  for (let n = 0; n < 6; n++) await engine.spawn('counter', `a${n}`, {});
  const answers: string[] = [];
  const sends = Array.from({ length: 120 }, async (_, n) => {
    const { snapshot } = await engine.send(`a${n % 6}`, add);
    answers.push(`${snapshot.id} ${snapshot.context.count}`);
  });
  await Promise.all(sends);
  t.deepEqual(answers, Array.from({ length: 120 }, (_, n) => `a${n % 6} ${Math.floor(n / 6) + 1}`));
});

test('an answer comes only after the batch is durable, and readers see durable state only', async (t) => {
  const { engine, store } = await world(t, { machines });
  await engine.spawn('counter', 'a', {});
  store.lives = 0;
  let answered = false;
  void engine.send('a', add).then(() => (answered = true));
  void engine.send('a', { type: 'NOP' }).then(() => (answered = true));
  await store.died;
  t.is((await engine.read('a'))?.context.count, 0);
  t.false(answered, 'not even the ignored event behind it');
});

test('an unhandled event writes nothing', async (t) => {
  const { engine, store } = await world(t, { machines });
  await engine.spawn('counter', 'a', {});
  const before = store.batches;
  const outcome = await engine.send('a', { type: 'NOP' }, { ops: [{ type: 'put', key: 'x!', value: '1' }] });
  t.false(outcome.handled);
  t.is(store.batches, before);
  t.is(await store.get('x!'), undefined);
});

test('the mailbox is bounded', async (t) => {
  const { engine } = await world(t, { machines, mailboxLimit: 4 });
  await engine.spawn('counter', 'a', {});
  const results = await Promise.allSettled(Array.from({ length: 6 }, () => engine.send('a', add)));
  t.deepEqual(results.map((result) => (result.status === 'rejected' ? (result.reason as Fault).kind : 'ok')), ['ok', 'ok', 'ok', 'ok', 'unavailable', 'unavailable']);
  t.is((await engine.send('a', add)).snapshot.context.count, 5, 'and empties again');
});

test('ids are taken once, unknown ids are not found, a second life never reuses an effect key', async (t) => {
  const keys: string[] = [];
  const effects: Effects = { counter: { try: async ({ key }) => void keys.push(key) } };
  const { engine } = await world(t, { machines, effects });
  await engine.spawn('counter', 'a', {});
  t.is((await t.throwsAsync<Fault>(engine.spawn('counter', 'a', {}))).kind, 'conflict');
  t.is((await t.throwsAsync<Fault>(engine.send('b', add))).kind, 'not-found');
  t.is((await t.throwsAsync<Fault>(engine.spawn('counter', 'a!b', {}))).kind, 'invalid');
  for (let life = 0; life < 3; life++) {
    await (await engine.send('a', { type: 'TRY' })).settled;
    const ended = engine.send('a', { type: 'END' });
    t.is((await t.throwsAsync<Fault>(engine.send('a', add))).kind, 'not-found', 'gone at once, durable or not');
    await Promise.all([ended, engine.spawn('counter', 'a', {})]);
  }
  t.is(new Set(keys).size, 3);
  t.is((await engine.read('a'))?.context.count, 0);
});

test('a final state takes snapshot, journal, spec and timers with it', async (t) => {
  const { engine, store } = await world(t);
  await engine.spawn('container', 'c', { ...web, health: { intervalMs: 60_000 } }, { spec: { Cmd: ['true'] } });
  await (await engine.send('c', { type: 'START' })).settled;
  t.deepEqual(await engine.spec('c'), { Cmd: ['true'] });
  const gone = engine.until('c', ({ value }) => value === 'gone');
  await (await engine.send('c', { type: 'REMOVE', force: true } as EventObject)).settled;
  t.is((await gone).status, 'done');
  for (const prefix of ['s!', 'j!', 'c!', 't!', 'o!']) for await (const [key] of store.entries(prefix)) t.fail(`left behind: ${key}`);
  t.is(await engine.spec('c'), undefined);
});

test('the journal is a ring', async (t) => {
  const { engine } = await world(t, { machines, journalLength: 8 });
  await engine.spawn('counter', 'a', {});
  for (let n = 0; n < 20; n++) await engine.send('a', add);
  const journal = await engine.journal('a');
  t.is(journal.length, 8);
  t.deepEqual(journal.map(({ seq }) => seq), [13, 14, 15, 16, 17, 18, 19, 20]);
  t.is((await engine.read('a'))?.seq, 20);
  t.true(journal.every(({ event, to }) => event.type === 'ADD' && to === 'counting'));
});

test('a failed effect is told to the machine; other errors are retried under the same key', async (t) => {
  const seen: string[] = [];
  const effects: Effects = {
    counter: {
      try: async ({ key, attempt, again }) => {
        seen.push(`${key.split('!')[0]} ${attempt} ${again}`);
        if (attempt === 1) throw new Error('the network is down');
        throw new Terminal('no such image');
      },
    },
  };
  const { engine, store } = await world(t, { machines, effects });
  await engine.spawn('counter', 'a', {});
  await (await engine.send('a', { type: 'TRY' })).settled;
  t.deepEqual(seen, ['a 1 false', 'a 2 true']);
  t.is((await engine.read('a'))?.context.error, 'no such image');
  t.is(await store.count('o!'), 0);
});

test('until: at once, later, on the last snapshot, never, and aborted', async (t) => {
  const { engine } = await world(t, { machines });
  await engine.spawn('counter', 'a', {});
  t.is((await engine.until('a', ({ context }) => context.count === 0)).id, 'a');
  const two = engine.until('a', ({ context }) => context.count === 2);
  await engine.send('a', add);
  await engine.send('a', add);
  await engine.send('a', add);
  t.is((await two).context.count, 2, 'a state that was passed is seen');
  const abort = new AbortController();
  const aborted = engine.until('a', () => false, abort.signal);
  abort.abort(new Error('client left'));
  await t.throwsAsync(aborted, { message: 'client left' });
  const never = engine.until('a', () => false);
  const last = engine.until('a', ({ status }) => status === 'done');
  void engine.send('a', { type: 'END' });
  t.is((await last).value, 'ended');
  const fault = await t.throwsAsync<Fault>(never);
  t.is(fault.kind, 'not-found');
  t.is((fault.data.snapshot as { value: string }).value, 'ended');
});

test('the feed is ordered and comes before the answer', async (t) => {
  const { engine } = await world(t, { machines });
  const seen: string[] = [];
  let last = 0;
  engine.feed.subscribe(({ seq, id, event, gone }) => {
    t.true(seq > last);
    last = seq;
    seen.push(`${id || '-'} ${event.type}${gone ? ' gone' : ''}`);
  });
  await engine.spawn('counter', 'a', {});
  await Promise.all([engine.send('a', add), engine.commit([{ type: 'put', key: 'tag!x', value: '1' }]), engine.send('a', { type: 'END' })]);
  t.deepEqual(seen, ['a xstate.init', 'a ADD', '- commit', 'a END gone']);
});

test('nothing is accepted before recovery', async (t) => {
  const store = await MortalStore.open(await folder(t));
  const engine = await Engine.open({ store, machines, effects: {} });
  t.is((await t.throwsAsync<Fault>(engine.spawn('counter', 'a', {}))).kind, 'unavailable');
  await engine.recover();
  await t.notThrowsAsync(engine.spawn('counter', 'a', {}));
  await engine.close();
});

/** One counter with count 3, stored by version 1. */
async function stored(path: string): Promise<void> {
  const engine = await running(await Store.open(path, { durability: 'process' }), { machines });
  await engine.spawn('counter', 'a', {});
  for (let n = 0; n < 3; n++) await engine.send('a', add);
  await engine.close();
}

test('a newer machine migrates what an older one stored', async (t) => {
  const path = await folder(t);
  await stored(path);
  const migrate: MachineDefinition['migrate'] = ({ value, context }, from) => ({ value, context: { ...(context as object), error: `from ${from}` } });
  const engine = await running(await Store.open(path, { durability: 'process' }), { machines: { counter: counter(2, { migrate }) } });
  t.deepEqual((await engine.read('a'))?.context, { count: 3, error: 'from 1' });
  t.is((await engine.send('a', add)).snapshot.context.count, 4);
  await engine.close();
});

test('a stored state, version or kind nobody knows refuses to start', async (t) => {
  const refused = async (changed: Record<string, MachineDefinition>, message: RegExp, spoil?: string): Promise<void> => {
    const path = await folder(t);
    await stored(path);
    const store = await Store.open(path, { durability: 'process' });
    if (spoil) {
      const text = (await store.get('s!a'))!;
      await store.commit([{ type: 'put', key: 's!a', value: text.replace('"counting"', spoil) }, { type: 'del', key: 'v!counter' }]);
    }
    await t.throwsAsync(Engine.open({ store, machines: changed, effects: {} }), { message });
    await store.close();
  };
  await refused(machines, /its machine has no state "melting"/, '"melting"');
  await refused({}, /no machine of this kind/);
  const older = { counter: counter(2, { migrate: (state) => state }) };
  const path = await folder(t);
  const store = await Store.open(path, { durability: 'process' });
  const engine = await running(store, { machines: older });
  await engine.spawn('counter', 'a', {});
  await engine.close();
  const later = await Store.open(path, { durability: 'process' });
  await t.throwsAsync(Engine.open({ store: later, machines, effects: {} }), { message: /stored by version 2, this is 1/ });
  await later.close();
});

test('a machine that could not survive a crash is refused', async (t) => {
  const store = await MortalStore.open(await folder(t));
  const machine = setup({}).createMachine({ id: 'x', initial: 'a', states: { a: { initial: 'b', states: { b: {}, h: { type: 'history' } } } } });
  await t.throwsAsync(Engine.open({ store, machines: { x: { ...counter(), machine } }, effects: {} }), { message: /history state/ });
  await store.close();
});

// The feed: snapshots and what follows, resuming, slow viewers, GraphQL subscriptions, XState's inspection format, terminals.
import test from 'ava';
import { World, Listener } from './world.js';

let world: World;
test.before(async () => {
  world = await World.start({ inspectWrite: true });
});
test.after.always(() => world?.end());

const volume = (name: string): Promise<unknown> => world.engine.spawn('volume', `volume:${name}`, { name });

test('rows: everything that is, then what changes', async (t) => {
  const id = await world.container('seen', ['tail', '-f', '/dev/null']);
  const listener = await new Listener(`${world.url}/live`).opened();
  listener.send({ subscribe: 'rows' });
  t.like(await listener.next(), { type: 'snapshot', topic: 'rows', reason: 'start' });
  const first = await listener.next(({ rows }) => rows?.some((row: { id: string }) => row.id === id));
  t.like(first.rows.find((row: { id: string }) => row.id === id), { state: 'running.running+none', name: 'seen' });
  await world.docker('POST', `/containers/${id}/pause`);
  await listener.next(({ rows }) => rows?.some((row: { id: string; state: string }) => row.id === id && row.state === 'running.paused+none'));
  await world.docker('DELETE', `/containers/${id}?force=1`);
  await listener.next(({ gone }) => gone?.includes(id));
  listener.socket.close();
  t.pass();
});

test('commits of one actor, and of a kind, each once and in order; resumed where they stopped', async (t) => {
  const listener = await new Listener(`${world.url}/live`).opened();
  listener.send({ subscribe: 'commits' });
  listener.send({ subscribe: 'counts' });
  const { counts, load } = await listener.next(({ type }) => type === 'counts');
  t.true('container' in counts);
  t.is(typeof load.latencyP99Ms, 'number');
  const id = await world.container('heard', ['true']);
  await world.engine.until(id, ({ value }) => value === 'exited');
  const heard: { seq: number; id: string; event: string; to: string }[] = [];
  while (heard.at(-1)?.event !== 'DIED') heard.push(...(await listener.next(({ type }) => type === 'commits')).commits.filter((commit: { id: string }) => commit.id === id));
  t.deepEqual(heard.map(({ event }) => event), ['xstate.init', 'START', 'STARTED', 'DIED']);
  listener.socket.close();
  const again = await new Listener(`${world.url}/live`).opened();
  again.send({ subscribe: `actor/${id}`, since: heard[1]!.seq });
  t.like(await again.next(), { type: 'subscribed', seq: heard[1]!.seq });
  const { commits } = await again.next();
  t.deepEqual(commits.map(({ seq }: { seq: number }) => seq), heard.slice(2).map(({ seq }) => seq));
  again.socket.close();
});

test('who asks for what is no longer held, or not yet, is told what there is', async (t) => {
  const listener = await new Listener(`${world.url}/live`).opened();
  await volume('held');
  for (const since of [0, 1e12]) {
    listener.send({ subscribe: 'kind/volume', since });
    t.like(await listener.next(({ from }) => from === since), { type: 'snapshot', topic: 'kind/volume' });
    t.true((await listener.next(({ rows }) => rows !== undefined)).rows.some(({ name }: { name: string }) => name === 'held'));
    listener.send({ unsubscribe: 'kind/volume' });
  }
  listener.socket.close();
});

test('wishes that are none are refused, and there may not be too many', async (t) => {
  const listener = await new Listener(`${world.url}/live`).opened();
  for (const wish of ['{', '[]', '{"subscribe":5}', '{"subscribe":"nosuch"}', '{"subscribe":"actor/a b"}', '{"subscribe":"rows","since":"x"}', 'null', `{"subscribe":"actor/${'x'.repeat(5000)}"}`]) {
    listener.socket.send(wish);
    t.like(await listener.next(), { type: 'error' }, wish);
  }
  for (let n = 0; n < 65; n++) listener.send({ subscribe: `actor/none${n}` });
  t.like(await listener.next(({ type }) => type === 'error'), { message: 'at most 64 topics at a time' });
  listener.socket.close();
});

test('GraphQL subscriptions over graphql-transport-ws: commits from a number on, counts', async (t) => {
  const listener = await new Listener(`${world.url}/graphql`, { protocol: 'graphql-transport-ws' }).opened();
  listener.send({ type: 'connection_init' });
  t.like(await listener.next(), { type: 'connection_ack' });
  listener.send({ id: '1', type: 'subscribe', payload: { query: 'subscription { commits(kind: "volume") { reset commits { seq event name to } } }' } });
  listener.send({ id: '2', type: 'subscribe', payload: { query: 'subscription { census { counts { kind state count } load { commitsPerSecond } } }' } });
  await listener.next(({ id }) => id === '2');
  await volume('told');
  const { payload } = await listener.next(({ id, payload: data }) => id === '1' && data?.data?.commits.commits.some(({ name }: { name: string }) => name === 'told'));
  t.false(payload.data.commits.reset);
  const { seq } = payload.data.commits.commits.find(({ name }: { name: string }) => name === 'told');
  listener.send({ id: '3', type: 'subscribe', payload: { query: `subscription { commits(actor: "volume:told", since: ${seq - 1}) { reset commits { seq event } } }` } });
  const resumed = await listener.next(({ id }) => id === '3');
  t.like(resumed.payload.data.commits, { reset: false });
  t.is(resumed.payload.data.commits.commits[0].event, 'xstate.init');
  listener.send({ id: '4', type: 'subscribe', payload: { query: 'subscription { nosuch }' } });
  t.like(await listener.next(({ id }) => id === '4'), { type: 'error' });
  listener.send({ id: '5', type: 'subscribe', payload: { query: 'subscription { commits(kind: "volume", since: 0) { reset actors { name } } }' } });
  t.like((await listener.next(({ id }) => id === '5')).payload.data.commits, { reset: true });
  listener.socket.close();
});

test("XState's inspection events: actors with their definition, events, snapshots", async (t) => {
  const id = await world.container('inspected', ['tail', '-f', '/dev/null']);
  const listener = await new Listener(`${world.url}/stately`).opened();
  const actor = await listener.next(({ type, sessionId }) => type === '@xstate.actor' && sessionId === id);
  t.like(actor, { name: 'inspected', snapshot: { status: 'active' } });
  t.is(JSON.parse(actor.definition).id, 'container');
  await world.docker('POST', `/containers/${id}/pause`);
  await listener.next(({ type, event, sessionId }) => type === '@xstate.event' && event.type === 'PAUSE' && sessionId === id);
  t.like(await listener.next(({ type, sessionId }) => type === '@xstate.snapshot' && sessionId === id), { snapshot: { value: { running: { process: 'paused' } } } });
  listener.socket.close();
});

test('a terminal: keystrokes in, screen out, its size, its exit code; only in a running container', async (t) => {
  const id = await world.container('typed', ['tail', '-f', '/dev/null']);
  const listener = await new Listener(`${world.url}/actors/${id}/terminal`).opened();
  listener.send({ rows: 33, columns: 99 });
  listener.socket.send('not a size');
  listener.socket.send(Buffer.from('stty size; echo ty""ped; exit 7\r'));
  let screen = '';
  while (!/33 99[^]*typed/.test(screen)) screen += String(await listener.next(Buffer.isBuffer));
  t.deepEqual(await listener.next((message) => !Buffer.isBuffer(message)), { exitCode: 7 });
  const ended = await world.container('ended', ['true']);
  await world.engine.until(ended, ({ value }) => value === 'exited');
  t.is(await world.status(`/actors/${ended}/terminal`, {}), 409);
});

test('a terminal whose window closes takes its shell with it', async (t) => {
  const id = await world.container('left', ['tail', '-f', '/dev/null']);
  const listener = await new Listener(`${world.url}/actors/${id}/terminal`).opened();
  await listener.next(Buffer.isBuffer);
  listener.socket.close();
  const execs = (await world.json('/actors/left')).links.filter(({ relation }: { relation: string }) => relation === 'exec');
  t.is(execs.length, 1);
  await t.notThrowsAsync(world.engine.until(execs[0].id, ({ value }) => value === 'exited', AbortSignal.timeout(60_000)));
});

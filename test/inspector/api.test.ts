// The inspector over HTTP: actors, their past, events, charts, GraphQL; what may not be done.
import test from 'ava';
import { World } from './world.js';

let looking: World;
let writing: World;
test.before(async () => {
  [looking, writing] = await Promise.all([World.start(), World.start({ inspectWrite: true })]);
});
test.after.always(() => Promise.all([looking?.end(), writing?.end()]));

test('actors are found by kind, state, label, name and age', async (t) => {
  const id = await looking.container('one', ['tail', '-f', '/dev/null'], { Labels: { app: 'shop', tier: 'x=y' } });
  const ids = async (query: string): Promise<string[]> => ((await looking.json(`/actors?${query}`)) as { id: string }[]).map((row) => row.id);
  for (const query of ['kind=container&text=one', 'state=running&text=one', 'state=running.running%2Bnone&text=one', 'label=app', 'label=app=shop', 'label=tier=x=y', `text=${id.slice(0, 10)}`, 'text=one&maxAgeMs=60000']) t.true((await ids(query)).includes(id), query);
  for (const query of ['kind=exec', 'state=run&text=one', 'label=app=other', 'label=nosuch', 'text=nosuch', 'text=one&minAgeMs=60000']) t.false((await ids(query)).includes(id), query);
  t.is((await ids('limit=0')).length, 0);
  t.like(await looking.json('/actors?kind=nosuch'), { message: 'no machine of kind nosuch' });
  t.like(await looking.json('/actors?minAgeMs=soon'), { message: 'minAgeMs is not a number: soon' });
});

test('one actor: state, context, journal with durations and changes, links', async (t) => {
  const id = await looking.container('detailed', ['tail', '-f', '/dev/null'], { HostConfig: { Binds: ['kept:/kept'] } });
  const detail = await looking.json('/actors/detailed');
  t.like(detail, { id, kind: 'container', state: 'running.running+none', effects: [], timers: [] });
  t.deepEqual(detail.journal.map(({ event, from, to, effects }: { event: { type: string }; from?: string; to: string; effects: string[] }) => [event.type, from, to, effects]), [
    ['xstate.init', undefined, 'created', []], ['START', 'created', 'starting', ['launch']], ['STARTED', 'starting', 'running.running+none', []],
  ]);
  t.true(detail.journal[2].afterMs > 0);
  t.true(detail.journal[2].changed.includes('pid'));
  t.deepEqual(detail.links, [{ relation: 'image', name: 'sockerless/base', id: '' }, { relation: 'volume', name: 'kept', id: 'volume:kept' }, { relation: 'network', name: 'bridge', id: '' }]);
  t.like(await looking.json('/actors/nosuch'), { message: 'no such actor: nosuch' });
});

test('timers that run are told with their deadline', async (t) => {
  const id = await looking.container('timed', ['sh', '-c', 'trap "" TERM; while :; do sleep 1; done']);
  void looking.docker('POST', `/containers/${id}/stop?t=30`);
  await looking.engine.until(id, ({ value }) => typeof value === 'object' && 'stopping' in value);
  const { timers } = await looking.json(`/actors/${id}`) as { timers: { id: string; at: number }[] };
  t.is(timers.length, 1);
  t.regex(timers[0]!.id, /^xstate\.after\.grace\./);
  t.true(timers[0]!.at > Date.now() + 20_000 && timers[0]!.at < Date.now() + 31_000);
  await looking.docker('POST', `/containers/${id}/kill`);
});

test('the map counts what the table lists', async (t) => {
  const { counts, load } = await looking.json('/census') as { counts: Record<string, Record<string, number>>; load: Record<string, number> };
  const rows = await looking.json('/actors') as { kind: string }[];
  const sum = Object.values(counts).flatMap((states) => Object.values(states)).reduce((total, count) => total + count, 0);
  t.is(sum, rows.length);
  t.true(load.live! > 0);
});

test('every machine has its chart, with a mark for each state', async (t) => {
  const machines = await looking.json('/machines') as { kind: string; chart: string }[];
  t.deepEqual(machines.map(({ kind }) => kind).toSorted(), Object.keys(looking.engine.machines).toSorted());
  for (const { kind, chart } of machines) {
    const response = await fetch(`${looking.url}/${chart}`);
    t.is(response.headers.get('content-type'), 'image/svg+xml');
    const svg = await response.text();
    for (const state of Object.keys(looking.engine.machines[kind]!.machine.states)) t.true(svg.includes(`data-state="${state}"`), `${kind} ${state}`);
  }
  t.is((await fetch(`${looking.url}/machines/nosuch.svg`)).status, 404);
});

test('events are listed with their fields, and sent only where that is allowed', async (t) => {
  const id = await writing.container('steered', ['tail', '-f', '/dev/null']);
  const { canWrite, events } = await writing.json(`/actors/${id}/events`) as { canWrite: boolean; events: { type: string; isHandled: boolean; fields: { name: string }[] }[] };
  t.true(canWrite);
  t.true(events.find(({ type }) => type === 'PAUSE')!.isHandled);
  t.false(events.find(({ type }) => type === 'UNPAUSE')!.isHandled);
  t.true(events.find(({ type }) => type === 'KILL')!.fields.some(({ name }) => name === 'signal'));
  t.like(await (await writing.post(`/actors/${id}/events`, { type: 'PAUSE' })).json(), { handled: true, state: 'running.paused+none' });
  t.like(await (await writing.post(`/actors/${id}/events`, { type: 'PAUSE' })).json(), { handled: false });
  for (const [body, message] of [[{ type: 'NOSUCH' }, /unknown event NOSUCH/], [{ type: 'xstate.init' }, /unknown event/], [[], /a JSON object with a type/], [null, /a JSON object with a type/]] as const) {
    const refused = await writing.post(`/actors/${id}/events`, body);
    t.is(refused.status, 400);
    t.regex(((await refused.json()) as { message: string }).message, message);
  }
  const other = await looking.container('only-seen', ['tail', '-f', '/dev/null']);
  t.is((await looking.post(`/actors/${other}/events`, { type: 'PAUSE' })).status, 403);
  t.like(await looking.json(`/actors/${other}`), { state: 'running.running+none' });
  t.is((await fetch(`${writing.url}/actors/${id}/events`, { method: 'POST', body: '{"type":"UNPAUSE"}' })).status, 400, 'a form of another site could send text');
});

test('a container: log, use and files through the Docker API, which only reads here', async (t) => {
  const id = await looking.container('watched', ['sh', '-c', 'echo said; mkdir -p /out/deep; echo kept > /out/file; ln -s file /out/link; tail -f /dev/null']);
  const made = `${looking.url}/docker/containers/${id}/archive?path=/out/link`;
  while ((await fetch(made, { method: 'GET' })).status !== 200) await new Promise((resolve) => setTimeout(resolve, 50));
  t.regex(await (await fetch(`${looking.url}/docker/containers/${id}/logs?stdout=1`)).text(), /said\n/);
  const { files, truncated } = await looking.json(`/actors/${id}/files?path=/out`) as { files: { name: string; type: string; linkTarget: string }[]; truncated: boolean };
  t.deepEqual(files.map(({ name, type, linkTarget }) => [name, type, linkTarget]), [['deep', 'dir', ''], ['file', 'file', ''], ['link', 'symlink', 'file']]);
  t.false(truncated);
  t.like(await looking.json(`/actors/${id}/files?path=/nosuch`), { message: 'no such file or directory: /nosuch' });
  t.is((await looking.post(`/docker/containers/${id}/kill`, {})).status, 404);
  t.is((await fetch(`${looking.url}/docker/containers/${id}/attach/ws`)).status, 404);
});

test('GraphQL: queries, errors, limits, writes', async (t) => {
  const id = await looking.container('asked', ['tail', '-f', '/dev/null']);
  // oxlint-disable-next-line typescript/no-explicit-any
  const ask = async (world: World, query: string, variables?: object): Promise<any> => (await world.post('/graphql', { query, variables })).json();
  t.like(await ask(looking, 'query ($id: String!) { actor(id: $id) { state journal { event to } links { relation } } census { counts { kind } } machines { kind } }', { id }), { data: { actor: { state: 'running.running+none' } } });
  t.like((await ask(looking, '{ actor(id: "nosuch") { state } }')).errors[0], { message: 'no such actor: nosuch' });
  t.regex((await ask(looking, '{ nosuch }')).errors[0].message, /Cannot query field "nosuch"/);
  t.regex((await ask(looking, `mutation { send(id: "${id}", event: {type: "PAUSE"}) { handled } }`)).errors[0].message, /only looks/);
  t.is((await fetch(`${looking.url}/graphql?query=${encodeURIComponent('mutation { send(id: "x", event: {}) { handled } }')}`)).status, 405);
  t.regex((await ask(looking, `{ ${'machines { kind } '.repeat(1000)} }`)).errors[0].message, /Document contains more tha[nt] 2000 tokens/);
  const mine = await writing.container('driven', ['tail', '-f', '/dev/null']);
  t.deepEqual(await ask(writing, `mutation { send(id: "${mine}", event: {type: "PAUSE"}) { handled state } }`), { data: { send: { handled: true, state: 'running.paused+none' } } });
});

test('the page and its parts come from here, with a policy that lets nothing else in', async (t) => {
  const page = await fetch(`${looking.url}/`);
  t.is(page.headers.get('content-type'), 'text/html; charset=utf-8');
  t.regex(page.headers.get('content-security-policy')!, /default-src 'none'; script-src 'self';/);
  for (const [, path] of (await page.text()).matchAll(/(?:src|href)="(\/[^"]+)"/g)) t.is((await fetch(looking.url + path)).status, 200, path);
  for (const path of ['/vendor/xterm.js', '/vendor/xterm.css', '/vendor/addon-fit.js']) t.is((await fetch(looking.url + path)).status, 200, path);
  for (const path of ['/page/../api.ts', '/page/%2e%2e%2fapi.ts', '/page/nosuch.js', '/vendor/package.json', '/nosuch']) t.is((await fetch(looking.url + path)).status, 404, path);
});

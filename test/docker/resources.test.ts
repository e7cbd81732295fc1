// Containers, archives, volumes, images and events over the API: what clients read back after what they did.
import { existsSync, readFileSync } from 'node:fs';
import test from 'ava';
import { type Call, Api, tar } from './api.js';

const api = new Api();
test.before(() => api.start());
test.after.always(() => api.end());

const inspect = async (call: Call, id: string) => (await call(`GET /containers/${id}/json`, 200)).json;

test('create is read back by inspect as Docker shows it', async (t) => {
  const call = api.calls(t);
  const id = await api.create('readback', ['sleep', '1'], {
    Env: ['A=1', 'EMPTY='], Labels: { 'Mixed.Case': 'Va=lue' }, WorkingDir: '/tmp', User: '1000:1000', Hostname: 'named', StopSignal: 'SIGINT', StopTimeout: 3,
    HostConfig: { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 }, Memory: 64 << 20, Binds: ['vol1:/data:ro'], AutoRemove: false, Init: true },
  });
  t.regex(id, /^[0-9a-f]{64}$/);
  const found = await inspect(call, id);
  t.like(found, { Id: id, Name: '/readback', Path: 'sleep', Args: ['1'], RestartCount: 0, Driver: found.Driver });
  t.like(found.Config, { Labels: { 'Mixed.Case': 'Va=lue' }, WorkingDir: '/tmp', User: '1000:1000', Hostname: 'named', StopSignal: 'SIGINT', StopTimeout: 3, Image: 'sockerless/base' });
  t.true((found.Config.Env as string[]).includes('EMPTY='));
  t.like(found.HostConfig, { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 }, Memory: 64 << 20, Init: true });
  t.like(found.Mounts[0], { Type: 'volume', Name: 'vol1', Destination: '/data', RW: false });
  t.like(found.State, { Status: 'created', Running: false, StartedAt: '0001-01-01T00:00:00Z' });
  await call(`GET /containers/${id.slice(0, 12)}/json`, 200, { Id: id });
});

test('the places of a running container’s files are told', async (t) => {
  const call = api.calls(t);
  const id = await api.run('places', ['sleep', '30']);
  const { HostsPath, HostnamePath, ResolvConfPath, LogPath } = await inspect(call, id);
  for (const path of [HostsPath, HostnamePath, ResolvConfPath, LogPath]) t.true(existsSync(path), path);
  t.regex(readFileSync(HostsPath, 'utf8'), /localhost/);
  await call(`DELETE /containers/${id}?force=1&v=1`, 204);
});

test('restart policies count, and give up', async (t) => {
  const call = api.calls(t);
  const id = await api.run('retries', ['sh', '-c', 'exit 7'], { HostConfig: { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 } } });
  for (let tries = 0; tries < 200; tries++) {
    const { RestartCount, State } = await inspect(call, id);
    if (RestartCount === 2 && State.Status === 'exited') break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  t.like(await inspect(call, id), { RestartCount: 2, State: { Status: 'exited', ExitCode: 7 } });
});

test('auto-remove removes', async (t) => {
  const call = api.calls(t);
  const id = await api.create('fleeting', ['true'], { HostConfig: { AutoRemove: true } });
  const removed = api.request(`POST /containers/${id}/wait?condition=removed`);
  await call(`POST /containers/${id}/start`, 204);
  t.is((await removed).json.StatusCode, 0);
  await call(`GET /containers/${id}/json`, 404);
});

test('health checks run and are told', async (t) => {
  const call = api.calls(t);
  const id = await api.run('healthy', ['sleep', '30'], { Healthcheck: { Test: ['CMD-SHELL', 'echo fine'], Interval: 100_000_000, Timeout: 5_000_000_000, Retries: 1 } });
  for (let tries = 0; tries < 200 && (await inspect(call, id)).State.Health?.Status !== 'healthy'; tries++) await new Promise((resolve) => setTimeout(resolve, 50));
  const { Health } = (await inspect(call, id)).State;
  t.is(Health.Status, 'healthy');
  t.like(Health.Log[0], { ExitCode: 0, Output: 'fine\n' });
  await call(`DELETE /containers/${id}?force=1`, 204);
});

test('rename, update, top, stats, changes, export, prune', async (t) => {
  const call = api.calls(t);
  const id = await api.run('before', ['sh', '-c', 'echo new > /tmp/new; rm /etc/shells; echo ready; sleep 60']);
  while (!(await call(`GET /containers/${id}/logs?stdout=1`, 200)).text.includes('ready')) await new Promise((resolve) => setTimeout(resolve, 20));
  await call(`POST /containers/${id}/rename?name=after`, 204);
  await call(`POST /containers/${id}/rename?name=after`, 400, /Renaming a container with the same name as its current name/);
  await call('GET /containers/after/json', 200, { Name: '/after' });
  await call('GET /containers/before/json', 404);
  await call(`POST /containers/${id}/update`, 200, undefined, { RestartPolicy: { Name: 'unless-stopped' } });
  t.is((await inspect(call, id)).HostConfig.RestartPolicy.Name, 'unless-stopped');
  const { json: top } = await call(`GET /containers/${id}/top`, 200);
  t.true((top.Titles as string[]).includes('PID'));
  t.true((top.Processes as string[][]).some((row) => row.join(' ').includes('sleep 60')));
  await call(`GET /containers/${id}/stats?stream=0&one-shot=1`, 200, { id });
  const { json: changes } = await call(`GET /containers/${id}/changes`, 200);
  t.true((changes as { Path: string; Kind: number }[]).some(({ Path, Kind }) => Path === '/tmp/new' && Kind === 1));
  t.true((changes as { Path: string; Kind: number }[]).some(({ Path, Kind }) => Path === '/etc/shells' && Kind === 2));
  t.true((await call(`GET /containers/${id}/export`, 200)).bytes.includes('tmp/new'));
  await call(`POST /containers/${id}/stop?t=0`, 204);
  const { json: pruned } = await call(`POST /containers/prune?filters=${encodeURIComponent('{"label":["no=such"]}')}`, 200);
  t.falsy(pruned.ContainersDeleted?.length);
  await call(`DELETE /containers/${id}`, 204);
});

test('archives in and out of created, running and stopped containers', async (t) => {
  const call = api.calls(t);
  const id = await api.create('archives', ['sh', '-c', 'cat /tmp/in.txt; sleep 60'], { User: '1000:1000' });
  const put = (query: string, entries: Parameters<typeof tar>[0], status = 200) => call(`PUT /containers/${id}/archive?${query}`, status, undefined, tar(entries), { 'Content-Type': 'application/x-tar' });
  await put('path=/tmp', [{ name: 'in.txt', content: 'early\n', mode: 0o640, uid: 5, gid: 6 }]);
  const { headers } = await call(`HEAD /containers/${id}/archive?path=/tmp/in.txt`, 200);
  t.like(JSON.parse(Buffer.from(String(headers['x-docker-container-path-stat']), 'base64').toString()), { name: 'in.txt', size: 6, mode: 0o640, linkTarget: '' });
  const owner = async (path: string): Promise<string> => {
    const { bytes } = await call(`GET /containers/${id}/archive?path=${path}`, 200);
    return [108, 116].map((at) => Number.parseInt(bytes.subarray(at, at + 7).toString(), 8)).join(':');
  };
  t.is(await owner('/tmp/in.txt'), '5:6');
  await put('path=/tmp&copyUIDGID=true', [{ name: 'given.txt', content: 'x', uid: 5, gid: 6 }]);
  t.is(await owner('/tmp/given.txt'), '1000:1000');
  await put('path=/tmp&noOverwriteDirNonDir=true', [{ name: 'in.txt/', type: '5', mode: 0o755 }], 400);
  await call(`POST /containers/${id}/start`, 204);
  await put('path=/tmp', [{ name: 'running.txt', content: 'while running' }]);
  t.true((await call(`GET /containers/${id}/archive?path=/tmp/running.txt`, 200)).bytes.includes('while running'));
  await call(`POST /containers/${id}/kill`, 204);
  await call(`POST /containers/${id}/wait`, 200, { StatusCode: 137 });
  await put('path=/tmp', [{ name: 'stopped.txt', content: 'after the end' }]);
  t.true((await call(`GET /containers/${id}/archive?path=/tmp/stopped.txt`, 200)).bytes.includes('after the end'));
  await call(`HEAD /containers/${id}/archive?path=/no/where`, 404);
  await call(`DELETE /containers/${id}`, 204);
});

test('volumes: made, found by filters, in use, pruned', async (t) => {
  const call = api.calls(t);
  await call('POST /volumes/create', 201, { Name: 'shared', Driver: 'local', Scope: 'local', Labels: { a: 'b' } }, { Name: 'shared', Labels: { a: 'b' } });
  await call('POST /volumes/create', 201, { Name: 'shared' }, { Name: 'shared' });
  const id = await api.run('writer', ['sh', '-c', 'echo kept > /v/file'], { HostConfig: { Binds: ['shared:/v'] } });
  await call(`POST /containers/${id}/wait`, 200, { StatusCode: 0 });
  await call('DELETE /volumes/shared', 409, /volume is in use/);
  await call(`DELETE /containers/${id}`, 204);
  const reader = await api.run('reader', ['cat', '/v/file'], { HostConfig: { Binds: ['shared:/v'] } });
  await call(`POST /containers/${reader}/wait`, 200, { StatusCode: 0 });
  t.true((await call(`GET /containers/${reader}/logs?stdout=1`, 200)).text.endsWith('kept\n'));
  const { json } = await call(`GET /volumes?filters=${encodeURIComponent('{"label":["a=b"],"dangling":["false"]}')}`, 200);
  t.deepEqual((json.Volumes as { Name: string }[]).map(({ Name }) => Name), ['shared']);
  await call(`DELETE /containers/${reader}`, 204);
  await call('DELETE /volumes/shared', 204);
  await call('GET /volumes/shared', 404);
});

test('images: listed, tagged, committed, saved, loaded, removed', async (t) => {
  const call = api.calls(t);
  const id = await api.run('maker', ['sh', '-c', 'echo layer > /made']);
  await call(`POST /containers/${id}/wait`, 200);
  await call(`POST /commit?container=${id}&repo=made&tag=one&comment=why`, 201, undefined, {});
  const { json: image } = await call('GET /images/made:one/json', 200, { Comment: 'why', Os: 'linux' });
  await call('POST /images/made:one/tag?repo=other&tag=two', 201);
  await call('GET /images/made:one/history', 200, /"Comment":"why"/);
  const saved = await call('GET /images/get?names=made:one', 200);
  t.deepEqual((await call('DELETE /images/other:two', 200)).json, [{ Untagged: 'other:two' }]);
  await call('DELETE /images/made:one', 200, /"Deleted":"sha256:/);
  await call('GET /images/made:one/json', 404);
  await call('POST /images/load', 200, /Loaded image: made:one/, saved.bytes, { 'Content-Type': 'application/x-tar' });
  await call('GET /images/made:one/json', 200, { Id: image.Id });
  const again = await api.run('unmaker', ['cat', '/made'], { Image: 'made:one' });
  await call(`POST /containers/${again}/wait`, 200, { StatusCode: 0 });
  await call('DELETE /images/made:one', 409, /conflict: unable to/);
  await call(`DELETE /containers/${again}`, 204);
  await call('DELETE /images/made:one', 200);
});

test('events: exact since and until, filtered, also after a restart', async (t) => {
  const own = await new Api().start();
  try {
    const call = own.calls(t);
    const id = await own.run('told', ['sh', '-c', 'exit 5'], { Labels: { l: 'v' } });
    await call(`POST /containers/${id}/wait`, 200, { StatusCode: 5 });
    const read = async (query: string): Promise<{ Action: string; timeNano: number; Actor: { Attributes: Record<string, string> } }[]> =>
      (await call(`GET /events?since=1&until=${(Date.now() / 1000).toFixed(3)}&${query}`, 200)).text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));
    const filters = `filters=${encodeURIComponent(JSON.stringify({ container: [id], type: { container: true } }))}`;
    const before = await read(filters);
    t.deepEqual(before.map(({ Action }) => Action), ['create', 'start', 'die']);
    t.like(before[2]!.Actor.Attributes, { exitCode: '5', image: 'sockerless/base', name: 'told', l: 'v' });
    await own.stop();
    await own.start();
    t.deepEqual(await read(filters), before);
    const { text } = await call(`GET /events?since=${(before[1]!.timeNano / 1e9).toFixed(9)}&until=${(Date.now() / 1000).toFixed(3)}&${filters}`, 200);
    t.notRegex(text, /"Action":"create"/);
    t.deepEqual(await read(`filters=${encodeURIComponent('{"event":["no-such"]}')}`), []);
    t.is((await inspect(call, id)).State.ExitCode, 5);
  } finally {
    await own.end();
  }
});

test('what the backend can do is told by /info, whole and as labels', async (t) => {
  const info = (await api.calls(t)('GET /info', 200)).json;
  const { capabilities } = info.Sockerless as { capabilities: Record<string, boolean> };
  t.like(capabilities, { 'exec.real': true, 'fs.archive': true, 'wasm.preview1': true, 'wasm.preview2': false, elf: false, 'network.real': false });
  t.deepEqual(info.Labels, Object.entries(capabilities).map(([name, value]) => `sockerless.capability.${name}=${value}`));
});

// Bad input: a clear 4xx in Docker's shape or a clean close; the server stays up, and nothing is half made.
import test from 'ava';
import fc from 'fast-check';
import { routes } from '../../server/docker/routes.js';
import { Api, tar } from './api.js';

const api = new Api();
test.before(() => api.start());
test.after.always(() => api.end());
test.afterEach(async (t) => {
  t.is((await api.request('GET /_ping')).text, 'OK');
});

test.serial('malformed and mistyped bodies are refused, unknown fields ignored', async (t) => {
  const call = api.calls(t);
  const json = { 'Content-Type': 'application/json' };
  for (const body of ['{', '[', '{"Image":', 'nonsense', '"text"', '[]', '{"Image":"sockerless/base"}{']) await call('POST /containers/create?name=half', 400, undefined, body, json);
  for (const wrong of [
    { Image: 5 }, { Cmd: { a: 1 } }, { Cmd: [1] }, { Env: 'A=1' }, { Labels: ['x'] }, { Labels: { x: 1 } }, { Tty: 'yes' }, { HostConfig: [] }, { HostConfig: { Binds: 'x' } }, { HostConfig: { Memory: 'lots' } },
    { HostConfig: { RestartPolicy: 'always' } }, { Healthcheck: { Test: 1 } }, { ExposedPorts: [] }, { Volumes: [] }, { StopTimeout: 'soon' }, { User: 1 }, { WorkingDir: {} }, { Entrypoint: 3 }, { HostConfig: { Mounts: {} } },
  ]) await call('POST /containers/create?name=half', 400, undefined, { Image: 'sockerless/base', ...wrong });
  await call('POST /containers/create?name=half', 400, undefined, { Image: 'sockerless/base' }, { 'Content-Type': 'text/plain' });
  await call('GET /containers/half/json', 404);
  await call('POST /containers/create?name=whole', 201, undefined, { Image: 'sockerless/base', Nonsense: { a: [1] }, HostConfig: { NewThing: 1 } });
});

test.serial('names that are no names', async (t) => {
  const call = api.calls(t);
  for (const name of ['x', '-dash', 'sp%20ace', 'a/b', '%2e%2e', 'n'.repeat(10_000), '%00', 'ümlaut']) {
    const { status, json } = await api.request(`POST /containers/create?name=${encodeURI(decodeURI(name))}`, { body: { Image: 'sockerless/base' } });
    if (name.length < 1000) {
      t.is(status, 400, name);
      t.regex(json.message, /Invalid container name/);
    } else {
      t.true(status === 400 || status === 414 || status === 431 || status === 201, `${status}`);
    }
  }
  await call('POST /volumes/create', 400, /includes invalid characters/, { Name: '../up' });
  await call('GET /containers/json?limit=many', 400);
  await call(`GET /containers/${'f'.repeat(5000)}/json`, 404);
});

test.serial('ten thousand headers, huge heads, nonsense instead of HTTP', async (t) => {
  const many = api.raw(`GET /_ping HTTP/1.1\r\nHost: x\r\n${Array.from({ length: 10_000 }, (_, at) => `X-H${at}: v\r\n`).join('')}\r\n`);
  t.regex(await many.end(), /^HTTP\/1\.1 (431|400)/);
  const huge = api.raw(`GET /${'a'.repeat(2_000_000)} HTTP/1.1\r\nHost: x\r\n\r\n`);
  t.regex(await huge.end(), /^HTTP\/1\.1 (414|431|400)/);
  t.regex(await api.raw('\x16\x03\x01\x02\x00nonsense\r\n\r\n').end(), /^HTTP\/1\.1 400/);
});

test.serial('seven hundred clients at once are all answered', async (t) => {
  const answers = await Promise.all(Array.from({ length: 700 }, () => api.request('GET /containers/json?all=1')));
  t.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
});

test.serial('archives that want out of the container stay inside, or are refused', async (t) => {
  const call = api.calls(t);
  const id = await api.create('archived', ['true']);
  const put = (bytes: Buffer, status: number) => call(`PUT /containers/${id}/archive?path=/tmp`, status, undefined, bytes, { 'Content-Type': 'application/x-tar' });
  for (const entries of [
    [{ name: '../../outside', content: 'x' }],
    [{ name: 'link', type: '2', link: '/etc' }, { name: 'link/../../../escaped', content: 'x' }],
    [{ name: 'hard', type: '1', link: '../../../etc/passwd' }],
  ]) {
    const answer = await api.request(`PUT /containers/${id}/archive?path=/tmp`, { body: tar(entries) });
    t.true([200, 400, 403, 500].includes(answer.status), answer.text);
    t.not(answer.status, 500, answer.text);
  }
  await put(tar([{ name: 'absolute', type: '2', link: '/etc/shadow-of-the-host' }, { name: 'good', content: 'good' }]), 200);
  await put(Buffer.alloc(512, 7), 400);
  await put(tar([{ name: 'cut', content: 'x'.repeat(5000) }]).subarray(0, 2000), 400);
  await call(`PUT /containers/${id}/archive`, 400);
  await call(`PUT /containers/${id}/archive?path=/no/such/folder`, 404, /Could not find the file \/no\/such\/folder in container|no such file/i, tar([]));
  t.true((await api.request(`GET /containers/${id}/archive?path=/tmp/good`)).bytes.includes('good'));
});

test.serial('uploads that break off leave nothing', async (t) => {
  const call = api.calls(t);
  const before = (await call('GET /images/json?all=1', 200)).text;
  const cut = api.raw(`POST /images/load HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-tar\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(600)}`);
  cut.socket.destroy();
  const chunked = api.raw(`POST /images/load HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n258\r\n${'y'.repeat(600)}\r\n`);
  chunked.socket.destroy();
  const badChunk = api.raw('POST /images/load HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n');
  t.regex(await badChunk.end(), /^HTTP\/1\.1 400|^$/);
  const create = api.raw('POST /containers/create?name=broken HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"Image":"sockerless/base"}');
  create.socket.destroy();
  await call('GET /containers/broken/json', 404);
  t.is((await call('GET /images/json?all=1', 200)).text, before);
});

test.serial('clients that vanish in the middle of a stream', async (t) => {
  const call = api.calls(t);
  const id = await api.run('streams', ['sh', '-c', 'while :; do echo line; sleep 0.01; done']);
  const lines = [`GET /containers/${id}/logs?stdout=1&follow=1`, 'GET /events', `GET /containers/${id}/stats`, `POST /containers/${id}/wait`, `GET /containers/${id}/archive?path=/bin`, `GET /containers/${id}/export`];
  for (const line of lines) {
    const wire = api.raw(`${line} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`);
    await wire.until('200 OK');
    wire.socket.destroy();
  }
  const attached = api.raw(`POST /containers/${id}/attach?stream=1&stdout=1&stdin=1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n\r\n`);
  await attached.until('line');
  attached.socket.destroy();
  await call(`GET /containers/${id}/json`, 200, { State: { Running: true } });
  await call(`DELETE /containers/${id}?force=1`, 204);
});

/** Paths of the table with their holes filled by anything. */
const requests = fc.tuple(
  fc.constantFrom(...routes),
  fc.array(fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('..', 'whole', 'sockerless/base', 'sha256:', '0'.repeat(64))), { minLength: 4, maxLength: 4 }),
  fc.dictionary(fc.constantFrom('all', 'filters', 'limit', 'name', 'path', 'force', 't', 'signal', 'h', 'w', 'tail', 'since', 'until', 'stdout', 'repo', 'tag', 'condition', 'ps_args', 'type', 'names'), fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('1', '-1', '{}', '{"name":{"a":true}}', '1e9'))),
  fc.oneof(fc.json(), fc.string(), fc.constant('{}'), fc.constant('')),
);
/** Endless by nature: judged by their heads alone elsewhere. */
const ENDLESS = new Set(['/events', '/containers/{id}/stats', '/containers/{id}/attach', '/containers/{id}/attach/ws', '/exec/{id}/start']);

test.serial('anything asked of any route gets an answer of Docker’s shape', async (t) => {
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(requests, async ([route, holes, query, body]) => {
      fc.pre(!ENDLESS.has(route.path) && !/prune/.test(route.path) && route.path !== '/containers/{id}/wait');
      let hole = 0;
      const path = route.path.replace(/\{[^}]+\}/g, () => encodeURIComponent(holes[hole++]!.replace(/^whole$/, 'nothing')) || 'x');
      const search = new URLSearchParams({ ...query, ...(route.path.endsWith('/logs') ? { follow: '0' } : {}) });
      const answer = await api.request(`${route.method} ${path}?${search.toString()}`, { body, headers: { 'Content-Type': 'application/json' } });
      seen.add(answer.status);
      const meant = answer.status < 500 || answer.status === 501 || answer.status === 503;
      if (!meant) throw new Error(`${route.method} ${path}?${search.toString()} ${body} -> ${answer.status} ${answer.text}`);
      if (answer.status >= 400 && route.method !== 'HEAD' && typeof answer.json?.message !== 'string') throw new Error(`${route.method} ${path} -> ${answer.text}`);
    }),
    { numRuns: 600, interruptAfterTimeLimit: 20_000 },
  );
  for (const status of [200, 400, 404, 501]) t.true(seen.has(status), `the fuzz reached ${status}`);
});

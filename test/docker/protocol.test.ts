// The traps of Docker's protocol: negotiation, hijacking, waits whose head comes first, filters in two forms, the texts that clients parse.
import test from 'ava';
import { Api } from './api.js';

const api = new Api();
test.before(() => api.start());
test.after.always(() => api.end());

const UPGRADE = 'Connection: Upgrade\r\nUpgrade: tcp\r\n';

test('ping and version negotiation', async (t) => {
  const call = api.calls(t);
  for (const line of ['HEAD /_ping', 'GET /_ping', 'GET /v1.24/_ping', 'GET /v1.50/_ping']) {
    const { headers } = await call(line, 200);
    t.is(headers['api-version'], '1.50', line);
    t.is(headers.ostype, 'linux');
    t.regex(String(headers.server), /^Docker\//);
  }
  await call('GET /v1.99/version', 400, { message: 'client version 1.99 is too new. Maximum supported API version is 1.50' });
  await call('GET /v1.12/version', 400, /^\{"message":"client version 1\.12 is too old\. Minimum supported API version is 1\.24, please upgrade/);
  const { headers } = await call('GET /no/such/route', 404, { message: 'page not found' });
  t.is(headers['api-version'], '1.50');
  await call('GET /v1.41/nor/this', 404, { message: 'page not found' });
  await call('GET /version', 200, { ApiVersion: '1.50', MinAPIVersion: '1.24', Os: 'linux' });
});

test('what is not offered says so, in Docker’s shape', async (t) => {
  const call = api.calls(t);
  await call('POST /build', 501, /building images is not supported/);
  await call('POST /session', 501, undefined);
  await call('GET /services', 503, /This node is not a swarm manager/);
  await call('GET /plugins/x/json', 404, { message: 'plugin "x" not found' });
});

test('the head of wait comes before the container is started, the body at its end', async (t) => {
  const id = await api.create('waits', ['sh', '-c', 'exit 3']);
  const wire = api.raw(`POST /v1.41/containers/${id}/wait?condition=next-exit HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`);
  const head = await wire.until('\r\n\r\n');
  t.regex(head, /^HTTP\/1\.1 200 OK/);
  t.regex(head, /transfer-encoding: chunked/i);
  t.false(head.includes('StatusCode'));
  await api.calls(t)(`POST /containers/${id}/start`, 204);
  t.regex(await wire.until('StatusCode'), /"StatusCode":3/);
  wire.socket.destroy();
});

test('the three conditions of wait', async (t) => {
  const call = api.calls(t);
  const id = await api.run('conditions', ['sh', '-c', 'exit 4']);
  await call(`POST /containers/${id}/wait`, 200, { StatusCode: 4 });
  await call(`POST /containers/${id}/wait?condition=not-running`, 200, { StatusCode: 4 });
  await call(`POST /containers/${id}/wait?condition=whenever`, 400, /invalid condition/);
  const removed = api.request(`POST /containers/${id}/wait?condition=removed`);
  const next = api.request(`POST /containers/${id}/wait?condition=next-exit`);
  await call(`POST /containers/${id}/start`, 204);
  t.is((await next).json.StatusCode, 4);
  await call(`DELETE /containers/${id}`, 204);
  t.is((await removed).json.StatusCode, 4);
  await call('POST /containers/nobody/wait', 404, { message: 'No such container: nobody' });
});

test('attach: 101, input until the half-close, frames, and the end', async (t) => {
  const id = await api.create('attaches', ['sh', '-c', 'cat; echo err >&2; exit 0'], { OpenStdin: true, StdinOnce: true, AttachStdin: true });
  const wire = api.raw(`POST /v1.50/containers/${id}/attach?stream=1&stdin=1&stdout=1&stderr=1 HTTP/1.1\r\nHost: x\r\n${UPGRADE}Content-Length: 0\r\n\r\n`);
  const head = await wire.until('\r\n\r\n');
  t.regex(head, /^HTTP\/1\.1 101 UPGRADED\r\n/);
  t.regex(head, /Content-Type: application\/vnd\.docker\.multiplexed-stream/);
  await api.calls(t)(`POST /containers/${id}/start`, 204);
  wire.socket.end('typed\n');
  await wire.end();
  const stream = wire.received.subarray(wire.received.indexOf('\r\n\r\n') + 4);
  t.deepEqual(stream, Buffer.from('\x01\0\0\0\0\0\0\x06typed\n\x02\0\0\0\0\0\0\x04err\n', 'latin1'));
});

test('attach before API 1.42 and on a terminal is a raw stream; without Upgrade it answers 200', async (t) => {
  const id = await api.run('rawstream', ['sleep', '30']);
  const upgraded = api.raw(`POST /v1.41/containers/${id}/attach?stream=1&stdout=1 HTTP/1.1\r\nHost: x\r\n${UPGRADE}Content-Length: 0\r\n\r\n`);
  t.regex(await upgraded.until('\r\n\r\n'), /101 UPGRADED\r\n[^]*application\/vnd\.docker\.raw-stream/);
  const plain = api.raw(`POST /v1.50/containers/${id}/attach?stream=1&stdout=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`);
  t.regex(await plain.until('\r\n\r\n'), /^HTTP\/1\.1 200 OK\r\n/);
  upgraded.socket.destroy();
  plain.socket.destroy();
  await api.calls(t)(`DELETE /containers/${id}?force=true`, 204);
});

test('a JSON body before the hijacked stream never reaches stdin', async (t) => {
  const id = await api.run('bodies', ['sleep', '60']);
  const call = api.calls(t);
  const { json } = await call(`POST /containers/${id}/exec`, 201, undefined, { AttachStdin: true, AttachStdout: true, Cmd: ['cat'] });
  const body = '{"Detach":false,"Tty":false}';
  const wire = api.raw(`POST /exec/${json.Id}/start HTTP/1.1\r\nHost: x\r\n${UPGRADE}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}early `);
  wire.socket.end('late\n');
  await wire.end();
  const stream = wire.received.subarray(wire.received.indexOf('\r\n\r\n') + 4).toString('latin1');
  // oxlint-disable-next-line no-control-regex
  t.is(stream.replace(/[\x00\x01]{4}\0{3}[^]/g, ''), 'early late\n');
  await call(`GET /exec/${json.Id}/json`, 200, { Running: false, ExitCode: 0 });
  await call(`DELETE /containers/${id}?force=1`, 204);
});

test('the first frame never shares a segment with the head', async (t) => {
  const id = await api.run('segments', ['sleep', '60']);
  for (let round = 0; round < 10; round++) {
    const { json } = await api.request(`POST /containers/${id}/exec`, { body: { AttachStdout: true, Cmd: ['echo', 'fast'] } });
    const wire = api.raw(`POST /exec/${json.Id}/start HTTP/1.1\r\nHost: x\r\n${UPGRADE}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`);
    await wire.end();
    t.true(wire.chunks[0]!.toString().endsWith('\r\n\r\n'), 'the head comes alone');
    t.true(wire.received.includes('fast'));
  }
  await api.calls(t)(`DELETE /containers/${id}?force=1`, 204);
});

test('exec: refusals, exit codes, detached, in tty', async (t) => {
  const call = api.calls(t);
  const idle = await api.create('notrunning', ['true']);
  await call(`POST /containers/${idle}/exec`, 409, /is not running/, { Cmd: ['true'] });
  const id = await api.run('execs', ['sleep', '60']);
  await call(`POST /containers/${id}/exec`, 400, /no exec command specified/i, {});
  await call('GET /exec/nothing/json', 404, /No such exec instance: nothing/);
  for (const [cmd, code] of [[['sh', '-c', 'exit 9'], 9], [['/no/such'], 127]] as const) {
    const { json } = await call(`POST /containers/${id}/exec`, 201, undefined, { Cmd: cmd, AttachStdout: true });
    await api.request(`POST /exec/${json.Id}/start`, { body: { Detach: false } });
    await call(`GET /exec/${json.Id}/json`, 200, { Running: false, ExitCode: code, ContainerID: id });
  }
  const { json } = await call(`POST /containers/${id}/exec`, 201, undefined, { Cmd: ['sh', '-c', 'echo bg > /tmp/bg'] });
  await call(`POST /exec/${json.Id}/start`, 200, undefined, { Detach: true });
  await call(`POST /exec/${json.Id}/start`, 409, undefined, { Detach: true });
  await call(`DELETE /containers/${id}?force=1`, 204);
});

test('304 for what is so already; conflicts and missing things in Docker’s words', async (t) => {
  const call = api.calls(t);
  const id = await api.run('again', ['sleep', '60']);
  await call(`POST /containers/${id}/start`, 304);
  await call('POST /containers/create?name=again', 409, new RegExp(`Conflict\\. The container name \\\\"/again\\\\" is already in use by container \\\\"${id}\\\\"\\. You have to remove \\(or rename\\) that container to be able to reuse that name\\.`), { Image: 'sockerless/base' });
  await call(`DELETE /containers/${id}`, 409, /cannot remove container .*running|You cannot remove a running container/);
  await call(`POST /containers/${id}/pause`, 204);
  await call(`POST /containers/${id}/pause`, 409, /is already paused/);
  await call(`POST /containers/${id}/unpause`, 204);
  await call(`POST /containers/${id}/stop?t=0`, 204);
  await call(`POST /containers/${id}/stop`, 304);
  await call(`POST /containers/${id}/kill`, 409, /is not running/);
  await call(`DELETE /containers/${id}`, 204);
  for (const line of ['GET /containers/gone/json', 'POST /containers/gone/start', 'DELETE /containers/gone', 'GET /containers/gone/logs?stdout=1', 'GET /containers/gone/archive?path=/']) await call(line, 404, { message: 'No such container: gone' });
  await call('POST /containers/create', 404, { message: 'No such image: nothing:here' }, { Image: 'nothing:here' });
  await call('GET /images/nothing/json', 404, { message: 'No such image: nothing:latest' });
  await call('GET /volumes/nothing', 404, /no such volume/);
  await call('GET /networks/nothing', 404, /network nothing not found/);
});

test('a program that is not there or may not run: 400s whose text decides the exit code', async (t) => {
  const call = api.calls(t);
  const missing = await api.create('missing', ['/no/such/program']);
  await call(`POST /containers/${missing}/start`, 400, /no such file or directory|executable file not found/);
  await call(`GET /containers/${missing}/json`, 200, { State: { Status: 'created', ExitCode: 127 } });
  const denied = await api.create('denied', ['/etc/passwd']);
  await call(`POST /containers/${denied}/start`, 400, /permission denied/);
  await call(`GET /containers/${denied}/json`, 200, { State: { ExitCode: 126 } });
});

test('filters come as maps and as lists; unknown ones are refused', async (t) => {
  const call = api.calls(t);
  await api.create('filtered', ['true'], { Labels: { Color: 'Red' } });
  for (const filters of [{ name: { filtered: true } }, { name: ['filtered'] }, { label: ['Color=Red'] }, { status: { created: true }, name: ['^/filtered$'] }]) {
    const { json } = await call(`GET /containers/json?all=1&filters=${encodeURIComponent(JSON.stringify(filters))}`, 200);
    t.deepEqual((json as { Names: string[] }[]).map(({ Names }) => Names), [['/filtered']]);
  }
  await call(`GET /containers/json?filters=${encodeURIComponent('{"nonsense":["x"]}')}`, 400, /invalid filter 'nonsense'/);
  await call(`GET /containers/json?filters=${encodeURIComponent('{"name":')}`, 400);
  await call('GET /system/df?type=nonsense', 400);
});

test('logs: streams, tail, timestamps, since, follow', async (t) => {
  const call = api.calls(t);
  const id = await api.run('logged', ['sh', '-c', 'echo one; echo two >&2; echo three']);
  await call(`POST /containers/${id}/wait`, 200);
  await call(`GET /containers/${id}/logs`, 400, { message: 'Bad parameters: you must choose at least one stream' });
  const text = async (query: string): Promise<string> => (await call(`GET /containers/${id}/logs?${query}`, 200)).text;
  // oxlint-disable-next-line no-control-regex
  const plain = (framed: string): string => framed.replace(/[\x00-\x02]{7}[^]/g, '');
  t.is(plain(await text('stdout=1')), 'one\nthree\n');
  t.is(plain(await text('stderr=1')), 'two\n');
  t.is(plain(await text('stdout=1&stderr=1&tail=1')), 'three\n');
  t.is(plain(await text('stdout=1&stderr=1&tail=0')), '');
  t.is(plain(await text('stdout=1&follow=1')), 'one\nthree\n');
  t.regex(plain(await text('stdout=1&timestamps=1')), /^\d{4}-\d\d-\d\dT[\d:]+\.\d{9}Z one\n/);
  t.is(await text(`stdout=1&since=${Math.floor(Date.now() / 1000) + 100}`), '');
});

test('the check itself can fail', async (t) => {
  const failed = await t.try((inner) => api.calls(inner)('GET /_ping', 404, { message: 'no' }).then(() => undefined));
  failed.discard();
  t.false(failed.passed);
});

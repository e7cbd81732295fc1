// Who is let in: loopback, the token, the right host names; no other site's page.
import test from 'ava';
import { readFileSync, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Exchange } from '../../server/http/exchange.js';
import { cookieFor, judge } from '../../server/inspector/access.js';
import { Listener, World } from './world.js';

let world: World;
test.before(async () => {
  world = await World.start({ inspectHosts: ['inspect.example'] });
});
test.after.always(() => world?.end());

const rules = { token: 'right-token', hosts: ['inspect.example'] };
const from = (remote: string, headers: Record<string, string> = {}, query = ''): Exchange =>
  ({ method: 'GET', path: '/actors', query: new URLSearchParams(query), remote, header: (name: string) => ({ host: '10.0.0.5:2390', ...headers })[name] }) as unknown as Exchange;

test('from another address nothing is answered without the token', (t) => {
  for (const remote of ['10.0.0.9', '192.168.1.4', '::ffff:10.0.0.9', 'fe80::1']) {
    t.is(judge(from(remote), rules)?.status, 401, remote);
    for (const headers of [{ authorization: 'Bearer wrong' }, { authorization: 'Basic right-token' }, { cookie: 'sockerless-inspector=wrong' }, { cookie: 'other=right-token' }] as Record<string, string>[]) t.is(judge(from(remote, headers), rules)?.status, 401, JSON.stringify(headers));
    for (const headers of [{ authorization: 'Bearer right-token' }, { cookie: 'a=b; sockerless-inspector=right-token' }] as Record<string, string>[]) t.is(judge(from(remote, headers), rules), undefined, JSON.stringify(headers));
    t.is(judge(from(remote, {}, 'token=right-token'), rules), undefined);
    t.is(judge(from(remote, {}, 'token='), rules)?.status, 401);
  }
  for (const remote of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1']) t.is(judge(from(remote), rules), undefined, remote);
});

test('names that are not this server are refused, from loopback too and with the token', (t) => {
  for (const host of ['evil.example', 'evil.example:2390', 'localhost.evil.example', '127.0.0.1.evil.example', '']) t.is(judge(from('127.0.0.1', { host, authorization: 'Bearer right-token' }), rules)?.status, 403, host);
  for (const host of ['localhost', 'localhost:2390', '127.0.0.1:1', '[::1]:2390', '10.0.0.5', 'inspect.example', 'INSPECT.example:80']) t.is(judge(from('127.0.0.1', { host }), rules), undefined, host);
});

test('pages of other sites are refused', (t) => {
  const own = { host: '127.0.0.1:2390' };
  for (const origin of ['http://evil.example', 'null', 'http://127.0.0.1:9999', 'https://localhost:2390']) t.is(judge(from('127.0.0.1', { ...own, origin }), rules)?.status, 403, origin);
  t.is(judge(from('127.0.0.1', { ...own, origin: 'http://127.0.0.1:2390' }), rules), undefined);
  t.is(judge(from('127.0.0.1', { ...own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }), rules)?.status, 403);
  t.is(judge(from('127.0.0.1', { ...own, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }), rules)?.status, 403);
  t.is(judge(from('127.0.0.1', { ...own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }), rules), undefined, 'a link to the page may be followed');
});

test('a browser changes the token in its address for a cookie that no script reads', (t) => {
  t.is(cookieFor(from('10.0.0.9', {}, 'token=right-token'), 'right-token'), 'sockerless-inspector=right-token; HttpOnly; SameSite=Strict; Path=/');
  t.is(cookieFor(from('10.0.0.9', {}, 'token=wrong'), 'right-token'), undefined);
});

test('over the wire: every address and socket is judged', async (t) => {
  for (const path of ['/', '/actors', '/census', '/graphql', '/page/app.js', '/docker/info', '/nosuch']) {
    t.is(await world.status(path, { Host: 'evil.example' }), 403, path);
    t.is(await world.status(path, { Origin: 'http://evil.example' }), 403, path);
  }
  for (const path of ['/live', '/stately', '/graphql']) {
    const refused = await new Listener(`${world.url}${path}`, { headers: { Origin: 'http://evil.example' } }).opened();
    t.true(refused.closed || refused.socket.readyState !== 1, path);
  }
  t.is(await world.status('/', { Host: 'inspect.example' }), 200);
});

test('from another address over the wire: 401 for everything until the token is shown', async (t) => {
  const other = Object.values(networkInterfaces()).flat().find((address) => address?.family === 'IPv4' && !address.internal)?.address;
  if (other === undefined) return t.pass('this machine has no address but loopback');
  const open = await World.start({ inspect: { host: '0.0.0.0', port: 0 }, inspectWrite: true });
  try {
    const url = open.url.replace('0.0.0.0', other);
    const token = readFileSync(join(open.directory, 'data', 'inspector.token'), 'utf8');
    for (const path of ['/', '/actors', '/census', '/machines', '/graphql?query={machines{kind}}', '/page/app.js', '/vendor/xterm.js', '/docker/info', '/metrics', '/nosuch']) {
      const refused = await fetch(url + path);
      t.is(refused.status, 401, path);
      t.is(refused.headers.get('www-authenticate'), 'Bearer realm="sockerless inspector"');
      t.not((await fetch(url + path, { headers: { Authorization: `Bearer ${token}` } })).status, 401, path);
    }
    t.is((await fetch(`${url}/actors/x/events`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"type":"STOP"}' })).status, 401);
    for (const path of ['/live', '/stately', '/graphql', '/actors/x/terminal']) {
      const refused = await new Listener(url + path).opened();
      t.not(refused.socket.readyState, 1, path);
    }
    const listener = await new Listener(`${url}/live?token=${token}`).opened();
    listener.send({ subscribe: 'counts' });
    await listener.next(({ type }) => type === 'counts');
    listener.socket.close();
    const entered = await fetch(`${url}/?token=${token}`, { redirect: 'manual' });
    t.is(entered.status, 303);
    t.is((await fetch(`${url}/actors`, { headers: { Cookie: entered.headers.get('set-cookie')!.split(';')[0]! } })).status, 200);
  } finally {
    await open.end();
  }
});

test('the token is random, kept for its owner alone, and the socket in the data root too', (t) => {
  const path = join(world.directory, 'data', 'inspector.token');
  t.regex(readFileSync(path, 'utf8'), /^[\w-]{32}$/);
  t.is(statSync(path).mode & 0o777, 0o600);
  t.is(statSync(join(world.directory, 'data', 'inspector.sock')).mode & 0o777, 0o600);
});

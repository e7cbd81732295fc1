// What the front door refuses, and how: malformed requests, limits, time-outs, addresses; over both engines.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { openFrontDoor, uWebSocketsStatus } from '../../server/http/exchange.js';
import { engines, last, openDoor, readAnswers, request } from './door.js';

const host = 'Host: x\r\n';

/** Bytes that must get this status and the end of the connection, and never reach the handler. */
const refused: [name: string, status: number, bytes: string][] = [
  ['no request line', 400, 'nonsense\r\n\r\n'],
  ['a TLS hello', 400, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['bare line feeds', 400, 'GET / HTTP/1.1\nHost: x\n\n'],
  ['a space in the target', 400, `GET /a b HTTP/1.1\r\n${host}\r\n`],
  ['a target without a slash', 400, `GET a HTTP/1.1\r\n${host}\r\n`],
  ['CONNECT', 400, `CONNECT x:1 HTTP/1.1\r\n${host}\r\n`],
  ['HTTP/2 by prior knowledge', 505, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['HTTP/3.1', 505, `GET / HTTP/3.1\r\n${host}\r\n`],
  ['no Host', 400, 'GET / HTTP/1.1\r\n\r\n'],
  ['two Hosts', 400, `GET / HTTP/1.1\r\n${host}${host}\r\n`],
  ['a header without a colon', 400, `GET / HTTP/1.1\r\n${host}nothing\r\n\r\n`],
  ['a space before the colon', 400, `GET / HTTP/1.1\r\n${host}A : b\r\n\r\n`],
  ['a folded header', 400, `GET / HTTP/1.1\r\n${host}A: b\r\n c\r\n\r\n`],
  ['a NUL in a header', 400, `GET / HTTP/1.1\r\n${host}A: b\0c\r\n\r\n`],
  ['a bare CR in a header', 400, `GET / HTTP/1.1\r\n${host}A: b\rc\r\n\r\n`],
  ['a negative length', 400, `POST / HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`],
  ['a huge length', 400, `POST / HTTP/1.1\r\n${host}Content-Length: 99999999999999999999\r\n\r\n`],
  ['a length above 2^53', 400, `POST / HTTP/1.1\r\n${host}Content-Length: 9999999999999999\r\n\r\n`],
  ['a length in hex', 400, `POST / HTTP/1.1\r\n${host}Content-Length: 0x10\r\n\r\n`],
  ['an empty length', 400, `POST / HTTP/1.1\r\n${host}Content-Length:\r\n\r\n`],
  ['two lengths', 400, `POST / HTTP/1.1\r\n${host}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`],
  ['length and chunks', 400, `POST / HTTP/1.1\r\n${host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['an unknown coding', 400, `POST / HTTP/1.1\r\n${host}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ['chunks in HTTP/1.0', 400, 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['10 000 headers', 431, `GET / HTTP/1.1\r\n${host}${'A: b\r\n'.repeat(10_000)}\r\n`],
  ['101 headers', 431, `GET / HTTP/1.1\r\n${host}${'A: b\r\n'.repeat(100)}\r\n`],
  ['a head above 64 KiB', 431, `GET / HTTP/1.1\r\n${host}A: ${'b'.repeat(65_536)}\r\n\r\n`],
  ['an endless head', 431, `GET / HTTP/1.1\r\n${host}A: ${'b'.repeat(500_000)}`],
];

/** Bodies that break their framing; the handler reads them. */
const broken: [name: string, chunks: string][] = [
  ['a size that is no number', 'z\r\n'],
  ['a negative size', '-1\r\n'],
  ['an empty size', '\r\n'],
  ['a huge size', 'ffffffffffffffff\r\n'],
  ['a chunk longer than its size', '3\r\nabcdef\r\n0\r\n\r\n'],
  ['a size line with a bare line feed', '3\nabc\r\n'],
  ['an extension with a bare line feed', '3;a\nabc\r\n'],
  ['an endless extension', `3;${'a'.repeat(10_000)}`],
  ['endless trailers', `0\r\n${'T: x\r\n'.repeat(10_000)}`],
];

for (const engine of engines) {
  const title = (text: string) => `${engine}: ${text}`;

  test(title('malformed requests get a clean refusal in the caller\'s shape, and the handler never sees them'), async (t) => {
    let handled = 0;
    const { tcp, unix } = await openDoor(t, engine, (x) => {
      handled++;
      x.reply(200, {}, 'ok');
    }, { badRequest: (reason) => ({ body: `{"message":"${reason}"}`, headers: { 'Content-Type': 'application/json' } }) });
    for (const [name, status, bytes] of refused) {
      for (const open of [tcp, unix]) {
        const [answer] = readAnswers(await open().send(bytes).whole(), ['GET']);
        t.is(answer?.status, status, name);
        t.is(answer?.headers['connection'], 'close', name);
        t.regex(answer?.body ?? '', /^\{"message":"[^"]+"\}$/, name);
      }
    }
    t.is(handled, 0);
    t.is(readAnswers(await tcp().send(last('/')).whole(), ['GET'])[0]?.body, 'ok', 'negative control: a good request is served');
  });

  test(title('a refusal behind a pending request comes after its answer'), async (t) => {
    const { tcp } = await openDoor(t, engine, async (x) => {
      await sleep(30);
      x.reply(200, {}, 'first');
    });
    t.deepEqual(readAnswers(await tcp().send(request({ path: '/' }), 'rubbish\r\n\r\n').whole(), ['GET', 'GET']).map((a) => a.status), [200, 400]);
  });

  test(title('bad chunk framing is a 400 while nothing is answered, and body() throws'), async (t) => {
    const { tcp } = await openDoor(t, engine, async (x) => {
      t.is(await x.text(1 << 20).catch((error: Error) => error.name), 'BodyTruncated');
    });
    for (const [name, chunks] of broken) {
      for (const path of ['/', '/raw']) {
        const [answer] = readAnswers(await tcp().send(`POST ${path} HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n${chunks}`).whole(), ['POST']);
        t.is(answer?.status, 400, name);
      }
    }
  });

  test(title('HTTP/1.0 is served without chunks, absolute targets and 99 headers as well'), async (t) => {
    const { tcp } = await openDoor(t, engine, (x) => {
      if (x.path === '/stream') {
        const stream = x.stream(200, {});
        stream.write('str');
        stream.write('eam');
        return stream.end();
      }
      return x.reply(200, {}, `${x.path} ${x.header('a')?.length}`);
    });
    t.regex(await tcp().send('GET /stream HTTP/1.0\r\n\r\n').whole(), /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nstream$/);
    t.false(/chunked/i.test(await tcp().send('GET /stream HTTP/1.0\r\n\r\n').whole()));
    const bytes = `GET http://docker/v1.47/info?x HTTP/1.1\r\n${host}${'A: b\r\n'.repeat(98)}Connection: close\r\n\r\n`;
    t.is(readAnswers(await tcp().send(bytes).whole(), ['GET'])[0]?.body, `/v1.47/info ${98 * 3 - 2}`);
  });

  test(title('methods nobody knows reach the handler'), async (t) => {
    const { tcp } = await openDoor(t, engine, (x) => x.reply(405, {}, x.method));
    t.is(readAnswers(await tcp().send(request({ method: 'PROPFIND-X', path: '/', close: true })).whole(), ['GET'])[0]?.body, 'PROPFIND-X');
  });

  test(title('a head that dribbles in is cut off with 408; an idle connection and a long answer are not'), async (t) => {
    const { tcp } = await openDoor(t, engine, async (x) => {
      await sleep(600);
      x.reply(200, {}, 'slow but sure');
    }, { limits: { headTimeoutMs: 200 } });
    const idle = tcp();
    const slow = tcp().send(last('/'));
    const loris = tcp().send('GET / HT');
    const dribble = setInterval(() => loris.socket.writable && loris.send('T'), 50);
    t.is(readAnswers(await loris.whole(), ['GET'])[0]?.status, 408);
    clearInterval(dribble);
    t.is(readAnswers(await slow.whole(), ['GET'])[0]?.body, 'slow but sure');
    t.is(readAnswers(await idle.send(last('/')).whole(), ['GET'])[0]?.status, 200);
  });

  test(title('an unfinished upload whose answer is out does not wedge the connection'), async (t) => {
    const { tcp } = await openDoor(t, engine, (x) => x.reply(404, {}, 'gone'));
    const wire = tcp().send(`POST / HTTP/1.1\r\n${host}Content-Length: 3000000\r\n\r\n`, Buffer.alloc(1_000_000));
    await wire.until('gone');
    wire.send(Buffer.alloc(2_000_000), last('/'));
    t.deepEqual(readAnswers(await wire.whole(), ['POST', 'GET']).map((a) => a.status), [404, 404]);
  });

  test(title('beyond the cap the longest idle connection gives way; busy ones stay and the newcomer goes'), async (t) => {
    let go!: () => void;
    const opened = new Promise<void>((resolve) => (go = resolve));
    const { tcp } = await openDoor(t, engine, async (x) => {
      if (x.path === '/busy') await opened;
      x.reply(200, {}, x.path);
    }, { limits: { connections: 2 } });
    const [oldest, second] = [tcp(), tcp()];
    await oldest.send(request({ path: '/ready' })).until('/ready');
    await second.send(request({ path: '/ready' })).until('/ready');
    const third = tcp().send(request({ path: '/busy' }));
    t.is(await oldest.whole().then((text) => readAnswers(text, ['GET']).length), 1);
    second.send(request({ path: '/busy' }));
    await sleep(30);
    const refusedWire = tcp();
    t.is(await refusedWire.whole(), '');
    go();
    await third.until('/busy');
    await second.until('/busy');
    third.vanish();
    second.vanish();
  });

  test(title('the raw body before a hijack is bounded'), async (t) => {
    const { tcp } = await openDoor(t, engine, (x) => x.reply(200, {}));
    const wire = tcp().send(`POST /raw HTTP/1.1\r\n${host}Content-Length: 2000000\r\n\r\n`, Buffer.alloc(1_500_000));
    t.is(readAnswers(await wire.whole(), ['POST'])[0]?.status, 413);
  });

  test(title('a dead process\'s socket file is replaced, a live one or another file is not'), async (t) => {
    const { unix, path } = await openDoor(t, engine, (x) => x.reply(200, {}, 'mine'));
    const other = await openFrontDoor({ engine, handler: (x) => x.reply(200, {}, 'other'), hijacks: () => false });
    t.teardown(() => other.close());
    await t.throwsAsync(other.listen({ unix: path }), { code: 'EADDRINUSE' });
    t.is(readAnswers(await unix().send(last('/')).whole(), ['GET'])[0]?.body, 'mine');
    t.is(statSync(path).mode & 0o777, 0o660);
    const dir = mkdtempSync(join(tmpdir(), 'door-'));
    t.teardown(() => rmSync(dir, { recursive: true }));
    const stale = join(dir, 'stale.sock');
    spawnSync(process.execPath, ['-e', `require('net').createServer().listen(${JSON.stringify(stale)}, () => process.kill(process.pid, 'SIGKILL'))`]);
    t.true(existsSync(stale));
    await other.listen({ unix: stale, mode: 0o600 });
    t.is(statSync(stale).mode & 0o777, 0o600);
    const file = join(dir, 'file');
    writeFileSync(file, 'precious');
    chmodSync(file, 0o644);
    await t.throwsAsync(other.listen({ unix: file }), { code: 'EADDRINUSE' });
  });

  test(title('close cuts what is open and removes its socket file'), async (t) => {
    const { door, unix, path } = await openDoor(t, engine, (x) => void x.stream(200, {}).write('begun'));
    const wire = unix().send(request({ path: '/' }));
    await wire.until('begun');
    await door.close();
    t.false(readAnswers(await wire.whole(), ['GET'])[0]?.complete);
    t.false(existsSync(path));
    await t.notThrowsAsync(door.close());
  });
}

test('private folders go with the door, and those of dead processes with the next start', (t) => {
  const url = new URL('../../server/http/exchange.js', import.meta.url).href;
  const dir = mkdtempSync(join(tmpdir(), 'door-'));
  t.teardown(() => rmSync(dir, { recursive: true }));
  const run = (end: string) =>
    spawnSync(process.execPath, ['--input-type=module', '-e', `const m = await import(${JSON.stringify(url)}); const door = await m.openFrontDoor({ handler() {}, hijacks: () => false }); ${end}`], {
      env: { ...process.env, TMPDIR: dir },
    });
  run(`process.kill(process.pid, 'SIGKILL')`);
  const [left] = readdirSync(dir);
  t.regex(left ?? '', /^sockerless-gate-/);
  t.is(statSync(join(dir, left ?? '')).mode & 0o777, 0o700);
  run('await door.close()');
  t.deepEqual(readdirSync(dir), []);
});

test('an engine that does not load says why, and loading is silent', (t) => {
  const status = uWebSocketsStatus();
  t.true(status.loaded || (status.reason ?? '').length > 0);
  const url = new URL('../../server/http/exchange.js', import.meta.url).href;
  // A machine that no binary is made for: the same as a newer Node.
  const script = `Object.defineProperty(process, 'arch', { value: 'sparc' }); const m = await import(${JSON.stringify(url)});
    const door = await m.openFrontDoor({ handler() {}, hijacks: () => false }); console.log(door.engine, JSON.stringify(m.uWebSocketsStatus())); await door.close();
    await m.openFrontDoor({ engine: 'uWebSockets', handler() {}, hijacks: () => false }).catch((e) => console.log(e.message));`;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  t.is(run.stderr, '');
  t.regex(run.stdout, /^node:http \{"loaded":false,"reason":"no binary uws_\w+_sparc_\d+\.node for Node [\d.]+"\}\nuWebSockets: no binary/);
});

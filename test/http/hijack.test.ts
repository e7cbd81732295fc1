// The raw socket behind attach, exec and websockets, over both engines.
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { WebSocket } from 'ws';
import type { Exchange, RawStream } from '../../server/http/exchange.js';
import { acceptWebSocket } from '../../server/http/websocket.js';
import { engines, last, openDoor, readAnswers, request, type Wire } from './door.js';

const upgraded = 'HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n';
const upgrade = ['Connection: Upgrade', 'Upgrade: tcp'];

/** Answers with the request body, then with all input in upper case, then with `<end>` after the client's FIN. */
async function shout(x: Exchange): Promise<void> {
  if (!x.hijack) {
    if (x.path === '/slow') await sleep(40);
    return x.reply(200, {}, 'plain');
  }
  const body = await x.text(1000);
  const raw = x.hijack();
  raw.write(x.upgrade === 'tcp' ? upgraded : 'HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n');
  raw.write(`[${body}]`);
  raw.socket.on('data', (bytes: Buffer) => raw.write(bytes.toString('latin1').toUpperCase()));
  await raw.inputEnded;
  await sleep(20);
  raw.write('<end>');
  raw.end();
}

for (const engine of engines) {
  const title = (text: string) => `${engine}: ${text}`;

  test(title('bytes go both ways after 101, and after a 200 without an Upgrade header'), async (t) => {
    const { tcp, unix } = await openDoor(t, engine, shout);
    for (const [open, headers] of [[tcp, upgrade], [unix, []]] as const) {
      const wire = open().send(request({ method: 'POST', path: '/raw', headers: [...headers] }));
      await wire.until('[]');
      wire.send('stdin one');
      await wire.until('STDIN ONE');
      wire.fin();
      t.regex(await wire.whole(), /^HTTP\/1\.1 (101|200) [^]*<end>$/);
    }
  });

  test(title('a JSON body is exactly Content-Length bytes, the rest is stdin, however the bytes are cut'), async (t) => {
    const { tcp } = await openDoor(t, engine, shout);
    const json = '{"Detach":false,"Tty":false}';
    const bytes = `${request({ method: 'POST', path: '/raw', headers: [...upgrade], body: json })}stdin`;
    for (const cut of [0, 10, bytes.length - 30, bytes.length - 5, bytes.length - 3]) {
      const wire = tcp().send(bytes.slice(0, cut));
      await sleep(5);
      wire.send(bytes.slice(cut)).fin();
      t.is(await wire.whole(), `${upgraded}[${json}]STDIN<end>`);
    }
  });

  test(title('a chunked body before the raw stream is read to its last chunk'), async (t) => {
    const { unix } = await openDoor(t, engine, shout);
    const wire = unix().send('POST /raw HTTP/1.1\r\nHost: x\r\nUpgrade: tcp\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\nrest').fin();
    t.is(await wire.whole(), `${upgraded}[{}]REST<end>`);
  });

  test(title('a FIN right after the head is the end of stdin, not of output'), async (t) => {
    const { unix, tcp } = await openDoor(t, engine, shout);
    for (const open of [unix, tcp]) {
      t.is(await open().send(request({ method: 'POST', path: '/raw', headers: [...upgrade] })).fin().whole(), `${upgraded}[]<end>`);
    }
  });

  test(title('a hijack behind other requests waits for their answers and keeps its stdin, even after the FIN'), async (t) => {
    const { tcp, unix } = await openDoor(t, engine, shout);
    for (const open of [tcp, unix]) {
      const wire = open().send(request({ path: '/slow' }), request({ path: '/slow' }), request({ method: 'POST', path: '/raw', headers: [...upgrade] }), 'stdin').fin();
      const text = await wire.whole();
      const at = text.indexOf(upgraded);
      t.deepEqual(readAnswers(text.slice(0, at), ['GET', 'GET']).map((a) => a.body), ['plain', 'plain']);
      t.is(text.slice(at), `${upgraded}[]STDIN<end>`);
    }
  });

  test(title('a pooled connection that served plain requests may become raw'), async (t) => {
    const { unix } = await openDoor(t, engine, shout);
    const wire = unix().send(request({ path: '/a' }));
    await wire.until('plain');
    wire.send(request({ method: 'POST', path: '/raw', headers: [...upgrade] }));
    t.true((await wire.until('[]')).includes('101 UPGRADED'));
    wire.fin();
    t.true((await wire.whole()).endsWith('<end>'));
  });

  test(title('a hijack route may answer like any other, and the connection goes on'), async (t) => {
    const { tcp } = await openDoor(t, engine, async (x) => {
      if (x.path === '/raw/stream') {
        const stream = x.stream(200, {});
        stream.write('streamed');
        return stream.end();
      }
      return x.reply(404, {}, `No such container${await x.text(10)}`);
    });
    const wire = tcp().send(request({ method: 'POST', path: '/raw', headers: [...upgrade], body: '!' }), request({ path: '/raw/stream' }), request({ method: 'HEAD', path: '/raw' }), last('/plain'));
    const answers = readAnswers(await wire.whole(), ['POST', 'GET', 'HEAD', 'GET']);
    t.deepEqual(answers.map((a) => [a.status, a.body]), [[404, 'No such container!'], [200, 'streamed'], [404, ''], [404, 'No such container']]);
  });

  test(title('a handler that fails on the raw route: 500 before, a cut after the hijack'), async (t) => {
    const { tcp } = await openDoor(t, engine, (x) => {
      if (x.path === '/raw/after') x.hijack?.().write(upgraded);
      throw new Error('boom');
    });
    const [answer] = readAnswers(await tcp().send(request({ path: '/raw', close: true })).whole(), ['GET']);
    t.is(answer?.status, 500);
    const wire = tcp().send(request({ path: '/raw/after' }));
    await wire.whole();
    t.truthy(wire.over);
  });

  test(title('output is held back by a client that does not read, and all of it arrives'), async (t) => {
    let waited = 0;
    const size = 8 << 20;
    const { unix } = await openDoor(t, engine, async (x) => {
      const raw = x.hijack?.() as RawStream;
      raw.socket.resume();
      for (let sent = 0; sent < size; sent += 1 << 16) {
        if (raw.write(Buffer.alloc(1 << 16, 'o'))) continue;
        waited++;
        await raw.drain();
      }
      raw.end();
    });
    const wire: Wire = unix().send(request({ path: '/raw' }));
    wire.socket.pause();
    await sleep(50);
    wire.socket.resume();
    t.is((await wire.whole()).length, size);
    t.true(waited > 0);
  });

  test(title('a raw client that vanishes is noticed: closed settles and the signal aborts'), async (t) => {
    let gone!: () => void;
    const noticed = new Promise<void>((resolve) => (gone = resolve));
    const { unix } = await openDoor(t, engine, async (x) => {
      const { signal } = x;
      const raw = x.hijack?.() as RawStream;
      raw.write(upgraded);
      await raw.closed;
      if (signal.aborted) gone();
    }, { limits: { headTimeoutMs: 400 } });
    const wire = unix().send(request({ path: '/raw' }));
    await wire.until('101');
    wire.vanish();
    await t.notThrowsAsync(noticed);
  });

  test(title('a raw answer that ended is no abort'), async (t) => {
    let over!: (aborted: boolean) => void;
    const outcome = new Promise<boolean>((resolve) => (over = resolve));
    const { unix } = await openDoor(t, engine, async (x) => {
      const raw = x.hijack?.() as RawStream;
      raw.socket.resume();
      raw.write(upgraded);
      raw.end();
      await raw.closed;
      over(x.signal.aborted);
    });
    const wire = unix().send(request({ path: '/raw' }));
    t.is(await wire.whole(), upgraded);
    t.false(await outcome);
  });

  test(title('a websocket opens on a hijack route, and frames sent at once are not lost'), async (t) => {
    const { port, tcp } = await openDoor(t, engine, async (x) => {
      const socket = await acceptWebSocket(x);
      socket?.on('message', (data, binary) => socket.send(data, { binary }));
    });
    const client = new WebSocket(`ws://127.0.0.1:${port}/raw/ws`);
    const echoed = new Promise((resolve) => client.on('message', (data) => resolve(String(data))));
    client.on('open', () => client.send('frame'));
    t.is(await echoed, 'frame');
    client.close();
    const [refused] = readAnswers(await tcp().send(request({ path: '/raw/ws', headers: ['Connection: Upgrade', 'Upgrade: websocket'] })).whole(), ['GET']);
    t.is(refused?.status, 400);
  });

  test(title('negative control: a route that is not named as one has no hijack'), async (t) => {
    const { tcp } = await openDoor(t, engine, (x) => x.reply(200, {}, String(typeof x.hijack)), { hijacks: () => false });
    t.is(readAnswers(await tcp().send(request({ path: '/raw', headers: [...upgrade, 'X: y'] }), last('/')).whole(), ['GET', 'GET'])[0]?.body, 'undefined');
  });
}

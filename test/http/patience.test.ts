// Nobody is cut off for being quiet: longer than any time-out that an engine brings along (uWebSockets: 8 to 12 s).
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { engines, last, openDoor, readAnswers, request } from './door.js';

const quietMs = 13_000;
const size = 16 << 20;

for (const engine of engines) {
  test(`${engine}: quiet streams, stalled readers, slow uploads and idle connections live on`, async (t) => {
    const { tcp } = await openDoor(t, engine, async (x) => {
      if (x.path === '/late') await sleep(quietMs);
      if (x.method === 'POST' || x.path === '/late') return x.reply(200, {}, `got ${await x.text(100)}`);
      const stream = x.stream(200, {});
      const bytes = x.path === '/download' ? size : 300_000;
      for (let sent = 0; sent < bytes; sent += 100_000) if (!stream.write(Buffer.alloc(Math.min(100_000, bytes - sent), 'd'))) await stream.drain();
      if (x.path === '/quiet') await sleep(quietMs);
      stream.write('last');
      return stream.end();
    });
    const stalled = async () => {
      const wire = tcp().send(last('/download'));
      await wire.until('\r\n\r\n');
      wire.socket.pause();
      await sleep(quietMs);
      wire.socket.resume();
      const [answer] = readAnswers(await wire.whole(), ['GET']);
      return [answer?.complete, answer?.body.length];
    };
    const whole = async (path: string) => {
      const [answer] = readAnswers(await tcp().send(last(path)).whole(), ['GET']);
      return [answer?.complete, answer?.body.slice(-5)];
    };
    const upload = async () => {
      const wire = tcp().send('POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 6\r\n\r\nabc');
      await sleep(quietMs);
      return readAnswers(await wire.send('def').whole(), ['POST'])[0]?.body;
    };
    const idle = async () => {
      const wire = tcp().send(request({ method: 'POST', path: '/', body: '1' }));
      await wire.until('got 1');
      await sleep(quietMs);
      return readAnswers(await wire.send(request({ method: 'POST', path: '/', body: '2', close: true })).whole(), ['POST', 'POST'])[1]?.body;
    };
    t.deepEqual(await Promise.all([stalled(), whole('/quiet'), whole('/late'), upload(), idle()]), [[true, size + 4], [true, 'dlast'], [true, 'got '], 'got abcdef', 'got 2']);
  });
}

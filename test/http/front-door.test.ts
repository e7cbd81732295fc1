// Ordinary requests and answers, the same over both engines.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { BodyTooLarge, type Exchange, type ReplyStream } from '../../server/http/exchange.js';
import { aborted, engines, last, openDoor, readAnswers, request } from './door.js';

/** An answer that a test lets go when it wants. */
function gateOf<T = void>() {
  let open!: (value: T) => void;
  const opened = new Promise<T>((resolve) => (open = resolve));
  return { opened, open };
}

for (const engine of engines) {
  const title = (text: string) => `${engine}: ${text}`;

  test(title('the handler sees method, path, query, headers and remote as they were sent'), async (t) => {
    const { tcp, unix } = await openDoor(t, engine, (x) => {
      x.reply(200, { 'Content-Type': 'application/json' }, JSON.stringify([x.method, x.path, x.query.getAll('a'), x.header('x-two'), x.header('none'), x.remote]));
    });
    const bytes = request({ method: 'PUT', path: '/v1.47/a%2Fb/%20?a=1&a=%C3%A9', headers: ['X-Two: one', 'x-TWO:  two '], body: '', close: true });
    const [answer] = readAnswers(await tcp().send(bytes).whole(), ['PUT']);
    t.deepEqual(JSON.parse(Buffer.from(answer?.body ?? '', 'latin1').toString()), ['PUT', '/v1.47/a%2Fb/%20', ['1', '\u00e9'], 'one, two', null, '127.0.0.1']);
    const [other] = readAnswers(await unix().send(last('/x')).whole(), ['GET']);
    t.true(other?.body.endsWith(',null,null,"unix"]'));
  });

  test(title('one connection serves request after request, pipelined ones too, in order'), async (t) => {
    const { tcp } = await openDoor(t, engine, async (x) => {
      if (x.path === '/slow') await sleep(30);
      x.reply(200, {}, `${x.path}:${await x.text(100)}`);
    });
    const bytes = request({ path: '/slow' }) + request({ method: 'POST', path: '/b', body: 'body' }) + request({ path: '/slow' }) + last('/d');
    const answers = readAnswers(await tcp().send(bytes).whole(), ['GET', 'POST', 'GET', 'GET']);
    t.deepEqual(answers.map((a) => a.body), ['/slow:', '/b:body', '/slow:', '/d:']);
  });

  test(title('a second request may follow a first answer on the same connection'), async (t) => {
    const { unix } = await openDoor(t, engine, (x) => x.reply(200, {}, `<${x.path}>`));
    const wire = unix().send(request({ path: '/one' }));
    await wire.until('</one>');
    wire.send(request({ path: '/two' }));
    t.true((await wire.until('</two>')).includes('</one>'));
    wire.vanish();
  });

  test(title('HEAD, 204 and 304 carry no body and leave the connection in order'), async (t) => {
    const { tcp } = await openDoor(t, engine, (x) => {
      if (x.path === '/204') return x.reply(204, {});
      if (x.path === '/304') return x.reply(304, {}, 'dropped');
      if (x.path === '/stream') return x.stream(200, { 'X-S': '1' }).end();
      return x.reply(200, { 'Api-Version': '1.47' }, 'pong');
    });
    const methods = ['HEAD', 'GET', 'GET', 'HEAD', 'GET', 'GET'];
    const paths = ['/_ping', '/204', '/304', '/stream', '/_ping', '/_ping'];
    const answers = readAnswers(await tcp().send(methods.map((method, i) => request({ method, path: paths[i] ?? '', close: i === 5 })).join('')).whole(), methods);
    t.deepEqual(answers.map((a) => [a.status, a.headers['content-length'], a.body]), [[200, '4', ''], [204, undefined, ''], [304, undefined, ''], [200, undefined, ''], [200, '4', 'pong'], [200, '4', 'pong']]);
  });

  test(title('header values go out as latin-1, Date once, and what would split an answer is refused'), async (t) => {
    const { tcp } = await openDoor(t, engine, (x) => x.reply(200, x.path === '/bad' ? { 'X-Bad': 'a\r\nSet-Cookie: b' } : { 'X-Name': 'caf\xe9', Date: 'then' }, 'ok'));
    const text = await tcp().send(request({ path: '/bad' }), last('/good')).whole();
    const [bad, good] = readAnswers(text, ['GET', 'GET']);
    t.is(bad?.status, 500);
    t.is(good?.headers['x-name'], 'caf\xe9');
    t.is(good?.headers['date'], 'then');
    t.is(text.match(/Date:/gi)?.length, 2);
    t.false(/uWebSockets/i.test(text));
  });

  test(title('a large answer arrives whole'), async (t) => {
    const body = Buffer.alloc(8 << 20, 'ab');
    const { unix } = await openDoor(t, engine, (x) => x.reply(200, {}, body));
    const [answer] = readAnswers(await unix().send(last('/')).whole(), ['GET']);
    t.is(answer?.body.length, body.length);
    t.true(answer?.complete);
  });

  test(title('the head of a stream is flushed before its first byte'), async (t) => {
    const go = gateOf();
    const { tcp } = await openDoor(t, engine, async (x) => {
      const stream = x.stream(200, { 'Content-Type': 'application/json' });
      await go.opened;
      stream.write('{"StatusCode":0}');
      stream.write('');
      stream.end();
      await stream.closed;
    });
    const wire = tcp().send(request({ path: '/wait' }));
    t.true((await wire.until('\r\n\r\n')).endsWith('\r\n\r\n'));
    go.open();
    wire.send(last('/wait'));
    const answers = readAnswers(await wire.whole(), ['GET', 'GET']);
    t.deepEqual(answers.map((a) => [a.body, a.complete]), [['{"StatusCode":0}', true], ['{"StatusCode":0}', true]]);
  });

  test(title('a stream held back by a slow reader loses nothing and does not pile up'), async (t) => {
    const size = 24 << 20;
    let sent = 0;
    const { unix } = await openDoor(t, engine, async (x) => {
      const stream = x.stream(200, {});
      for (; sent < size; sent += 100_000) {
        if (!stream.write(Buffer.alloc(Math.min(100_000, size - sent), String(sent)))) await stream.drain();
      }
      stream.end();
    });
    const wire = unix().send(last('/'));
    await wire.until('\r\n\r\n');
    wire.socket.pause();
    await sleep(100);
    const ahead = sent - wire.socket.bytesRead;
    wire.socket.resume();
    const [answer] = readAnswers(await wire.whole(), ['GET']);
    let expected = createHash('md5');
    for (let at = 0; at < size; at += 100_000) expected = expected.update(Buffer.alloc(Math.min(100_000, size - at), String(at)));
    t.is(createHash('md5').update(answer?.body ?? '', 'latin1').digest('hex'), expected.digest('hex'));
    t.true(ahead > 0 && ahead < 4 << 20, `${ahead} bytes are on their way to a reader that reads none`);
  });

  test(title('abort of a stream is a broken transfer, end is not'), async (t) => {
    const { tcp, unix } = await openDoor(t, engine, async (x) => {
      const stream = x.stream(200, {});
      stream.write('part');
      await sleep(20);
      if (x.path === '/abort') stream.abort();
      else stream.end();
    });
    for (const open of [tcp, unix]) {
      const [broken] = readAnswers(await open().send(request({ path: '/abort' })).whole(), ['GET']);
      const [clean] = readAnswers(await open().send(last('/end')).whole(), ['GET']);
      t.false(broken?.complete);
      t.is(clean?.complete, true);
    }
  });

  test(title('uploads of both framings arrive byte for byte, and the next request is found behind them'), async (t) => {
    const { tcp } = await openDoor(t, engine, async (x) => {
      const hash = createHash('md5');
      for await (const part of x.body()) hash.update(part);
      x.reply(200, {}, hash.digest('hex'));
    });
    const body = Buffer.alloc(3_000_000, 'content');
    const sized = ['POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n', body];
    const chunked = ['POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n', `${(1_000_000).toString(16)};ext="a"\r\n`, body.subarray(0, 1_000_000), '\r\n1E8480\r\n', body.subarray(1_000_000), '\r\n0\r\nTrailer: x\r\n\r\n'];
    const answers = readAnswers(await tcp().send(...sized, ...chunked, ...sized, last('/')).whole(), ['POST', 'POST', 'POST', 'GET']);
    const digest = createHash('md5').update(body).digest('hex');
    t.deepEqual(answers.map((a) => a.body), [digest, digest, digest, createHash('md5').digest('hex')]);
  });

  test(title('a handler that does not read holds the uploading client back'), async (t) => {
    const go = gateOf();
    const { unix } = await openDoor(t, engine, async (x) => {
      await go.opened;
      let size = 0;
      for await (const part of x.body()) size += part.length;
      x.reply(200, {}, String(size));
    });
    const size = 16 << 20;
    const wire = unix().send(`POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${size}\r\n\r\n`, Buffer.alloc(size));
    await sleep(100);
    t.true(wire.socket.writableLength > size / 2, 'most of the upload still waits in the client');
    go.open();
    t.is(readAnswers(await wire.whole(), ['POST'])[0]?.body, String(size));
  });

  test(title('text over its limit is BodyTooLarge, by announcement or by count, and the answer still arrives'), async (t) => {
    const { tcp } = await openDoor(t, engine, async (x) => {
      const error = await x.text(10).catch((e: unknown) => e);
      x.reply(error instanceof BodyTooLarge ? 413 : 200, {}, 'seen');
    });
    const bytes = request({ method: 'POST', path: '/', body: 'x'.repeat(100_000) }) + 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n01234567890123456789\r\n0\r\n\r\n' + request({ method: 'POST', path: '/', body: '0123456789', close: true });
    t.deepEqual(readAnswers(await tcp().send(bytes).whole(), ['POST', 'POST', 'POST']).map((a) => a.status), [413, 413, 200]);
  });

  test(title('100 Continue is said when the body is wanted, and not when it is refused'), async (t) => {
    const { tcp } = await openDoor(t, engine, async (x) => {
      if (x.path === '/refuse') return x.reply(403, {}, 'no');
      return x.reply(200, {}, await x.text(100));
    });
    const head = (path: string) => `POST ${path} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n`;
    const wire = tcp().send(head('/take'));
    t.is(await wire.until('\r\n\r\n'), 'HTTP/1.1 100 Continue\r\n\r\n');
    wire.send('body');
    t.true((await wire.until('body')).includes(' 200 OK'));
    wire.vanish();
    const refused = await tcp().send(head('/refuse')).whole();
    t.true(refused.startsWith('HTTP/1.1 403 '));
    t.regex(refused, /connection: close/i);
  });

  test(title('a client that vanishes mid-upload: body() throws and the signal aborts'), async (t) => {
    const outcome = gateOf<[string, boolean]>();
    const started = gateOf();
    const { tcp } = await openDoor(t, engine, async (x) => {
      const { signal } = x;
      try {
        for await (const part of x.body()) if (part.length > 0) started.open();
      } catch (error) {
        await aborted(signal);
        outcome.open([(error as Error).name, signal.aborted]);
      }
    });
    const wire = tcp().send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n', 'x'.repeat(500));
    await started.opened;
    wire.vanish();
    t.deepEqual(await outcome.opened, ['BodyTruncated', true]);
  });

  test(title('a FIN after a complete request is no abort; going away is, and it is noticed without a write'), async (t) => {
    const started = gateOf<Exchange>();
    const go = gateOf();
    const { unix } = await openDoor(t, engine, async (x) => {
      if (x.path === '/gone') {
        started.open(x);
        return aborted(x.signal).then(() => go.open());
      }
      await sleep(50);
      return x.reply(200, {}, x.signal.aborted ? 'aborted' : 'still here');
    }, { limits: { headTimeoutMs: 400 } });
    const [answer] = readAnswers(await unix().send(request({ path: '/half' })).fin().whole(), ['GET']);
    t.is(answer?.body, 'still here');
    const wire = unix().send(request({ path: '/gone' })).fin();
    const exchange = await started.opened;
    await sleep(150);
    t.false(exchange.signal.aborted);
    wire.vanish();
    await t.notThrowsAsync(go.opened);
  });

  test(title('a stream to a client that has gone ends, at the latest with the next writes, and writes to it go nowhere'), async (t) => {
    let over = gateOf<ReplyStream>();
    const { tcp, unix } = await openDoor(t, engine, async (x) => {
      const stream = x.stream(200, {});
      stream.write('first');
      // Over TCP a FIN is all there is to see until something is written.
      const events = x.remote === 'unix' ? undefined : setInterval(() => stream.write('event'), 10);
      await stream.closed;
      clearInterval(events);
      over.open(stream);
    }, { limits: { headTimeoutMs: 400 } });
    for (const open of [tcp, unix]) {
      const wire = open().send(request({ path: '/events' }));
      await wire.until('first');
      wire.vanish();
      const stream = await over.opened;
      t.true(stream.write('late'));
      await t.notThrowsAsync(stream.drain());
      t.notThrows(() => stream.end());
      over = gateOf();
    }
  });

  test(title('a handler that throws, rejects or forgets to answer gets a 500 in the caller\'s shape'), async (t) => {
    const { tcp, logged } = await openDoor(t, engine, (x) => {
      if (x.path === '/throw') throw new Error('thrown');
      if (x.path === '/reject') return Promise.reject(new Error('rejected'));
      if (x.path === '/late') return x.reply(200, {}, 'fine'), Promise.reject(new Error('too late'));
      return undefined;
    }, { badRequest: (reason) => ({ body: `<${reason}>`, headers: { 'X-Shape': 'mine' } }) });
    const answers = readAnswers(await tcp().send(request({ path: '/throw' }), request({ path: '/reject' }), request({ path: '/forget' }), last('/late')).whole(), ['GET', 'GET', 'GET', 'GET']);
    t.deepEqual(answers.map((a) => [a.status, a.body]), [[500, '<thrown>'], [500, '<rejected>'], [500, '<the handler gave no answer>'], [200, 'fine']]);
    t.is(answers[0]?.headers['x-shape'], 'mine');
    t.is(logged.length, 4);
  });

  test(title('a handler that fails in mid-stream leaves a broken transfer'), async (t) => {
    const { tcp } = await openDoor(t, engine, async (x) => {
      x.stream(200, {}).write('half');
      await sleep(10);
      throw new Error('disk full');
    });
    const [answer] = readAnswers(await tcp().send(request({ path: '/' })).whole(), ['GET']);
    t.false(answer?.complete);
  });

  test(title('answering twice is an error of the handler, not of the client'), async (t) => {
    const { tcp, logged } = await openDoor(t, engine, (x) => {
      x.reply(200, {}, 'first');
      x.reply(200, {}, 'second');
    });
    const [answer] = readAnswers(await tcp().send(last('/')).whole(), ['GET']);
    t.is(answer?.body, 'first');
    t.is(logged.length, 1);
  });
}

test('negative control: the reader of answers tells a truncated transfer and stray bytes from a clean one', (t) => {
  t.false(readAnswers('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n'.toLowerCase().replace('http/1.1', 'HTTP/1.1'), ['GET'])[0]?.complete);
  t.false(readAnswers('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcd', ['GET'])[0]?.complete);
  t.throws(() => readAnswers('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabcd', ['GET']), { message: /behind the last answer/ });
});

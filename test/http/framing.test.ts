// Properties: the same bytes give the same answers however they are cut and pipelined, and no bytes crash or hang the door.
import { setImmediate as tick } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { ChunkedReader } from '../../server/http/chunked.js';
import type { EngineName, Exchange } from '../../server/http/exchange.js';
import { BadRequest, parseHead } from '../../server/http/head.js';
import { type Answer, engines, last, openDoor, readAnswers, type Wire } from './door.js';

/** Echoes what it sees; `/stream` in two pieces, `/late` after a turn of the loop. */
async function echo(x: Exchange): Promise<void> {
  if (x.path === '/late') await tick();
  const seen = `${x.method} ${x.path} ${x.header('x-mark') ?? ''} ${await x.text(1 << 20)}`;
  if (x.path !== '/stream') return x.reply(200, { 'X-Path': x.path }, seen);
  const stream = x.stream(200, {});
  stream.write(seen.slice(0, 7));
  stream.write(seen.slice(7));
  return stream.end();
}

interface Ask {
  method: string;
  path: string;
  mark: string;
  chunks: string[] | undefined;
  blank: boolean;
}

const ask: fc.Arbitrary<Ask> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'DELETE'),
  path: fc.constantFrom('/', '/stream', '/late', '/raw/answered', '/a%20b'),
  mark: fc.stringMatching(/^[!-~]{0,20}$/),
  chunks: fc.option(fc.array(fc.stringMatching(/^[\x20-\x7e\r\n]{1,40}$/), { maxLength: 5 }), { nil: undefined }),
  blank: fc.boolean(),
});

function write(a: Ask, chunked: boolean): string {
  const head = `${a.blank ? '\r\n' : ''}${a.method} ${a.path} HTTP/1.1\r\nHost: x\r\nX-Mark: ${a.mark}\r\n`;
  if (!a.chunks) return `${head}\r\n`;
  if (!chunked) return `${head}Content-Length: ${a.chunks.join('').length}\r\n\r\n${a.chunks.join('')}`;
  return `${head}Transfer-Encoding: chunked\r\n\r\n${a.chunks.map((c) => `${c.length.toString(16)}\r\n${c}\r\n`).join('')}0\r\n\r\n`;
}

function expected(a: Ask): [number, string] {
  return [200, a.method === 'HEAD' ? '' : `${a.method} ${a.path} ${a.mark} ${a.chunks?.join('') ?? ''}`];
}

/** Sends `text` in pieces that end at `cuts`, each in a segment of its own as far as the kernel lets it. */
async function sendCut(wire: Wire, text: string, cuts: number[]): Promise<void> {
  const ends = [...new Set(cuts.map((cut) => cut % text.length))].sort((a, b) => a - b);
  let from = 0;
  for (const end of [...ends, text.length]) {
    wire.send(text.slice(from, end));
    from = end;
    await tick();
  }
}

for (const engine of engines) {
  test(`${engine}: any cut and any pipelining of requests gives each its own answer`, async (t) => {
    const { tcp } = await openDoor(t, engine, echo);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(ask, fc.boolean()), { minLength: 1, maxLength: 6 }), fc.array(fc.nat(2000), { maxLength: 12 }), fc.boolean(), async (asks, cuts, fin) => {
        const wire = tcp();
        await sendCut(wire, asks.map(([a, chunked]) => write(a, chunked)).join('') + (fin ? '' : last('/')), cuts);
        if (fin) wire.fin();
        const methods = [...asks.map(([a]) => a.method), ...(fin ? [] : ['GET'])];
        const answers = readAnswers(await wire.whole(), methods);
        t.deepEqual(answers.slice(0, asks.length).map((a): [number, string] => [a.status, a.body]), asks.map(([a]) => expected(a)));
        t.is(answers.length, methods.length);
      }),
      { numRuns: 60 },
    );
  });

  test(`${engine}: damaged requests are answered or refused, and the door stays open`, async (t) => {
    const { tcp, door } = await openDoor(t, engine, echo);
    const damaged = fc.tuple(ask, fc.boolean(), fc.array(fc.tuple(fc.nat(), fc.constantFrom('\0', '\r', '\n', ' ', ':', '\t', '\xff', '0', ';', '\r\n\r\n', ''), fc.nat(3)), { minLength: 1, maxLength: 4 }));
    await fc.assert(
      fc.asyncProperty(damaged, async ([a, chunked, edits]) => {
        let text = write(a, chunked);
        for (const [at, put, cut] of edits) text = text.slice(0, at % text.length) + put + text.slice((at % text.length) + cut);
        // The FIN makes an end of it: whatever is incomplete then is refused or cut.
        const got = await tcp().send(text).fin().whole();
        t.regex(got, /^(|HTTP\/1\.1 (200|400|505) [^]*)$/);
      }),
      { numRuns: 120 },
    );
    await stillServes(t, tcp(), door.engine);
  });

  test(`${engine}: random bytes are never served`, async (t) => {
    const { tcp, door } = await openDoor(t, engine, () => t.fail('handler was called'));
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
        t.regex(await tcp().send(Buffer.from(bytes), '\r\n\r\n').fin().whole(), /^(|HTTP\/1\.1 (400|505) [^]*)$/);
      }),
      { numRuns: 60 },
    );
    t.is(door.engine, engine);
  });
}

async function stillServes(t: ExecutionContext, wire: Wire, engine: EngineName): Promise<void> {
  const [answer] = readAnswers(await wire.send(last('/')).whole(), ['GET']) as [Answer];
  t.is(answer.body, 'GET /  ', engine);
}

test('chunks: any cut gives the same payload, and stops at the first byte behind the body', (t) => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1, maxLength: 30 })), fc.string(), fc.array(fc.nat(500)), (chunks, behind, cuts) => {
      const body = Buffer.concat([...chunks.map((c) => Buffer.concat([Buffer.from(`${Buffer.byteLength(c).toString(16)};e\r\n`), Buffer.from(c), Buffer.from('\r\n')])), Buffer.from('0\r\nT: x\r\n\r\n')]);
      const bytes = Buffer.concat([body, Buffer.from(behind)]);
      const reader = new ChunkedReader();
      const parts: Buffer[] = [];
      let from = 0;
      for (const end of [...cuts.map((c) => Math.min(c, bytes.length)).sort((a, b) => a - b), bytes.length]) {
        if (reader.done || end < from) continue;
        from = reader.read(bytes.subarray(0, end), from, (part) => parts.push(part));
      }
      t.true(reader.done);
      t.is(from, body.length);
      t.is(Buffer.concat(parts).toString(), chunks.join(''));
    }),
  );
});

test('heads: any text either parses or is a BadRequest', (t) => {
  const piece = fc.constantFrom('GET ', 'POST ', '/', '*', 'http://', ' HTTP/1.1', ' HTTP/1.0', '\r\n', '\r', '\n', 'Host: x', 'Content-Length: ', '1', '-', 'Transfer-Encoding: chunked', ':', ' ', '\t', '\0', '\xff', '?', '#', '%');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      try {
        const head = parseHead(pieces.join(''), 100);
        t.regex(head.path, /^(\/[!-~]*|\*)$/);
        t.false(head.path.includes('?'));
      } catch (error) {
        t.true(error instanceof BadRequest, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

test('negative control: a frame that is off by one byte gives other answers', async (t) => {
  const { tcp } = await openDoor(t, 'node:http', echo);
  const good = { method: 'POST', path: '/', mark: '', chunks: ['abc'], blank: false };
  const bytes = write(good, false);
  const answers = async (text: string) => readAnswers(await tcp().send(text, last('/')).whole(), ['POST', 'GET']).map((a): [number, string] => [a.status, a.body]);
  t.deepEqual((await answers(bytes))[0], expected(good));
  const off = await answers(bytes.replace('Content-Length: 3', 'Content-Length: 2'));
  t.notDeepEqual(off[0], expected(good));
  // The byte left over is taken for the start of the next request's method.
  t.deepEqual(off, [[200, 'POST /  ab'], [200, 'CGET /  ']]);
});

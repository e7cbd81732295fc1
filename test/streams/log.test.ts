// Container logs against a naive model: tail, since, until, timestamps, rotation, torn tails and followers.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { FrameParser } from '../../actors/streams/frames.js';
import { readLog, LogSignal, type LogQuery } from '../../actors/streams/log-reader.js';
import { listSegments, segmentPath, type LogStream } from '../../actors/streams/log-segments.js';
import { LogWriter, type LogLimits } from '../../actors/streams/log-writer.js';

interface Chunk { stream: LogStream; text: string; time: number }
interface Line { stream: LogStream; pieces: { text: string; time: number; index: number }[]; done: boolean }

function temp(): { dir: string; [Symbol.dispose]?: () => void; drop(): void } {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sockerless-log-'));
  return { dir, drop: () => fs.rmSync(dir, { recursive: true, force: true }) };
}

function write(dir: string, chunks: readonly Chunk[], limits: LogLimits = {}): void {
  const writer = new LogWriter(dir, limits);
  for (const { stream, text, time } of chunks) writer.append(stream, Buffer.from(text), BigInt(time) * 1_000_000n);
  writer.close();
}

async function read(dir: string, query: Partial<LogQuery>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of readLog(dir, { stdout: true, stderr: true, ...query })) parts.push(part);
  return Buffer.concat(parts);
}

function frames(wire: Uint8Array): { stream: number; text: string }[] {
  const out: { stream: number; text: string }[] = [];
  for (let at = 0; at < wire.length; ) {
    const size = Buffer.from(wire).readUInt32BE(at + 4);
    out.push({ stream: wire[at] as number, text: Buffer.from(wire.subarray(at + 8, at + 8 + size)).toString() });
    at += 8 + size;
  }
  return out;
}

function byStream(wire: Uint8Array): string[] {
  const texts = ['', '', ''];
  for (const piece of new FrameParser().push(wire)) texts[piece.stream] += Buffer.from(piece.bytes).toString();
  return texts;
}

/** All lines, in the order in which they were finished, unfinished ones last. */
function modelLines(chunks: readonly Chunk[]): Line[] {
  const lines: Line[] = [];
  const open = new Map<LogStream, Line>();
  chunks.forEach(({ stream, text, time }, index) => {
    for (const piece of text.split(/(?<=\n)/)) {
      if (piece === '') continue;
      const line = open.get(stream) ?? { stream, pieces: [], done: false };
      line.pieces.push({ text: piece, time, index });
      open.set(stream, line);
      if (piece.endsWith('\n')) {
        line.done = true;
        lines.push(line);
        open.delete(stream);
      }
    }
  });
  return [...lines, ...[...open.values()].sort(byLastPiece)];
}

function byLastPiece(a: Line, b: Line): number {
  return (a.pieces.at(-1)?.index ?? 0) - (b.pieces.at(-1)?.index ?? 0);
}

function model(chunks: readonly Chunk[], query: { streams: LogStream[]; tail: number; since: number; until: number }): { stream: LogStream; text: string; time: number }[] {
  let lines = modelLines(chunks.filter((chunk) => query.streams.includes(chunk.stream)));
  lines = query.tail === 0 ? [] : lines.slice(-query.tail);
  const cut = lines.map((line) => {
    const pieces = line.pieces.filter((piece) => piece.time <= query.until);
    return { ...line, pieces, done: line.done && pieces.length === line.pieces.length };
  }).filter((line) => line.pieces.length > 0);
  const ordered = [...cut.filter((line) => line.done), ...cut.filter((line) => !line.done).sort(byLastPiece)];
  return ordered.map((line) => ({ stream: line.stream, text: line.pieces.map((p) => p.text).join(''), time: line.pieces.at(-1)?.time ?? 0 })).filter((line) => line.time >= query.since);
}

const chunkList = fc.array(fc.record({
  stream: fc.constantFrom<LogStream>(1, 2),
  text: fc.array(fc.constantFrom('a', 'bb', '\n', '\n', 'long text '), { minLength: 1, maxLength: 6 }).map((parts) => parts.join('')),
  step: fc.nat(3),
}), { maxLength: 25 }).map((list) => {
  let time = 1_000_000;
  return list.map(({ stream, text, step }): Chunk => ({ stream, text, time: (time += step) }));
});
const streamsOf = fc.constantFrom<LogStream[]>([1], [2], [1, 2]);

test('with tail, since, until and timestamps the reader gives what the model gives', async (t) => {
  await fc.assert(fc.asyncProperty(chunkList, streamsOf, fc.option(fc.nat(8), { nil: Infinity }), fc.nat(60), fc.nat(60), fc.boolean(), async (chunks, streams, tail, since, until, timestamps) => {
    const { dir, drop } = temp();
    write(dir, chunks);
    const want = model(chunks, { streams, tail, since: 1_000_000 + since, until: 1_000_000 + until });
    const got = frames(await read(dir, {
      stdout: streams.includes(1), stderr: streams.includes(2), tailLines: tail, timestamps,
      sinceNs: BigInt(1_000_000 + since) * 1_000_000n, untilNs: BigInt(1_000_000 + until) * 1_000_000n,
    }));
    const stamp = (ms: number): string => new Date(ms).toISOString().replace('Z', '000000Z ');
    t.deepEqual(got, want.map((line) => ({ stream: line.stream, text: (timestamps ? stamp(line.time) : '') + line.text })));
    drop();
  }), { numRuns: 250 });
});

test('without times each stream reads as the model says, across rotated segments too', async (t) => {
  await fc.assert(fc.asyncProperty(chunkList, streamsOf, fc.option(fc.nat(8), { nil: Infinity }), fc.option(fc.integer({ min: 30, max: 200 }), { nil: -1 }), async (chunks, streams, tail, maxSizeBytes) => {
    const { dir, drop } = temp();
    write(dir, chunks, { maxSizeBytes, maxFiles: 1000 });
    const want = ['', '', ''];
    for (const line of model(chunks, { streams, tail, since: 0, until: Infinity })) want[line.stream] += line.text;
    const options = { stdout: streams.includes(1), stderr: streams.includes(2), tailLines: tail };
    t.deepEqual(byStream(await read(dir, options)), want);
    if (streams.length === 1) t.is((await read(dir, { ...options, raw: true })).toString(), want.join(''));
    drop();
  }), { numRuns: 150 });
});

test('a follower sees everything written while it reads, across rotations, and ends with the log', async (t) => {
  const { dir, drop } = temp();
  t.teardown(drop);
  const signal = new LogSignal();
  const writer = new LogWriter(dir, { maxSizeBytes: 400, maxFiles: 100 });
  const reading = read(dir, { follow: signal, raw: true });
  let want = '';
  for (let i = 0; i < 100; i++) {
    writer.append(1, Buffer.from(`line ${i}\n`));
    want += `line ${i}\n`;
    signal.notify();
    if (i % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  signal.end();
  t.is((await reading).toString(), want);
  t.true(listSegments(dir).length > 5);
  writer.close();
});

test('an aborted follower stops and leaves nothing behind', async (t) => {
  const { dir, drop } = temp();
  t.teardown(drop);
  write(dir, [{ stream: 1, text: 'x\n', time: 1 }]);
  const signal = new LogSignal();
  const abort = new AbortController();
  const reading = readLog(dir, { stdout: true, stderr: true, follow: signal, abort: abort.signal, raw: true });
  t.is(Buffer.from((await reading.next()).value as Uint8Array).toString(), 'x\n');
  const rest = reading.next();
  abort.abort();
  t.true((await rest).done);
  // Nor is anything kept of it: a container that says nothing may have thousands of them.
  t.is(signal.waiting, 0);
});

test('rotation keeps max-file segments and readers go on with what is left', async (t) => {
  const { dir, drop } = temp();
  t.teardown(drop);
  write(dir, Array.from({ length: 200 }, (_, i): Chunk => ({ stream: 1, text: `${i}\n`, time: i })), { maxSizeBytes: 500, maxFiles: 3 });
  t.is(listSegments(dir).length, 3);
  t.true(fs.readdirSync(dir).every((name) => fs.statSync(path.join(dir, name)).size <= 500));
  t.regex((await read(dir, { raw: true })).toString(), /\n198\n199\n$/);
  t.is((await read(dir, { raw: true, tailLines: 2 })).toString(), '198\n199\n');
});

test('a record torn by a kill is cut at any byte, and writing goes on after it', async (t) => {
  const { dir, drop } = temp();
  t.teardown(drop);
  const chunks: Chunk[] = [{ stream: 1, text: 'first\n', time: 1 }, { stream: 2, text: 'second, torn\n', time: 2 }];
  write(dir, chunks);
  const file = segmentPath(dir, 1);
  const whole = fs.readFileSync(file);
  const first = 6 + 20;
  for (let length = first; length < whole.length; length++) {
    fs.writeFileSync(file, whole.subarray(0, length));
    t.is((await read(dir, { raw: true })).toString(), 'first\n');
    t.is((await read(dir, { raw: true, tailLines: 1 })).toString(), 'first\n');
    write(dir, [{ stream: 1, text: 'after\n', time: 3 }]);
    t.is((await read(dir, { raw: true })).toString(), 'first\nafter\n');
  }
});

test('large chunks are split into records and read back whole', async (t) => {
  const { dir, drop } = temp();
  t.teardown(drop);
  const text = `${'x'.repeat(3_000_000)}\n`;
  write(dir, [{ stream: 1, text, time: 1 }]);
  t.is((await read(dir, { raw: true })).toString(), text);
  t.is((await read(dir, { raw: true, tailLines: 1 })).toString(), text);
  t.is(byStream(await read(dir, { timestamps: true }))[1]?.length, text.length + 31);
});

test('times never go back, and a log that was never written is empty', async (t) => {
  const { dir, drop } = temp();
  t.teardown(drop);
  write(dir, [{ stream: 1, text: 'a\n', time: 5000 }, { stream: 1, text: 'b\n', time: 10 }]);
  t.is((await read(dir, { raw: true, sinceNs: 5_000_000_000n })).toString(), 'a\nb\n');
  t.is((await read(path.join(dir, 'none'), { raw: true })).length, 0);
});

test('negative control: the model tells a wrong tail from a right one', (t) => {
  const chunks: Chunk[] = [{ stream: 1, text: 'a\nb\n', time: 1 }];
  t.notDeepEqual(model(chunks, { streams: [1], tail: 1, since: 0, until: 9 }), model(chunks, { streams: [1], tail: 2, since: 0, until: 9 }));
});

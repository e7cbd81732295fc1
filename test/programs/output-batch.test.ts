// Small writes become one message, in their order; nothing waits longer than its slice.
import test from 'ava';
import { OutputBatch } from '../../actors/sandbox/output-batch.js';

function collecting(): { batch: OutputBatch; sent: [number, string][] } {
  const sent: [number, string][] = [];
  return { batch: new OutputBatch((stream, bytes) => sent.push([stream, Buffer.from(bytes).toString()])), sent };
}

test('writes of one slice go together, and by themselves when it is over', async (t) => {
  const { batch, sent } = collecting();
  for (const text of ['a\n', 'b\n', 'c\n']) batch.add(1, Buffer.from(text));
  t.deepEqual(sent, []);
  await Promise.resolve();
  t.deepEqual(sent, [[1, 'a\nb\nc\n']]);
  await Promise.resolve();
  t.is(sent.length, 1, 'negative control: nothing is sent twice');
});

test('the order of both streams is kept', (t) => {
  const { batch, sent } = collecting();
  batch.add(1, Buffer.from('one '));
  batch.add(1, Buffer.from('two'));
  batch.add(2, Buffer.from('complaint'));
  batch.add(1, Buffer.from('three'));
  batch.flush();
  batch.flush();
  t.deepEqual(sent, [[1, 'one two'], [2, 'complaint'], [1, 'three']]);
});

test('a message does not grow without bounds, and a large write passes what waits only after it', (t) => {
  const { batch, sent } = collecting();
  for (let i = 0; i < 100; i++) batch.add(1, Buffer.alloc(1000, 0x61 + (i % 26)));
  t.true(sent.length >= 3);
  batch.add(1, Buffer.alloc(100_000, 0x41));
  batch.flush();
  t.is(sent.map(([, text]) => text.length).reduce((sum, length) => sum + length, 0), 200_000);
  t.is(sent.at(-1)![1].length, 100_000);
  t.true(sent.slice(0, -1).every(([, text]) => text.length <= 32 * 1024));
});

test('what the writer does with its buffer afterwards changes nothing', (t) => {
  const { batch, sent } = collecting();
  const buffer = Buffer.from('kept');
  batch.add(1, buffer);
  buffer.fill(0);
  batch.flush();
  t.deepEqual(sent, [[1, 'kept']]);
});

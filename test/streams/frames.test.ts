// Raw-stream frames: what is written is read back, however the bytes are cut.
import test from 'ava';
import fc from 'fast-check';
import { frame, frameHeader, FrameParser, type FrameStream } from '../../actors/streams/frames.js';

function split(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [...cuts.map((cut) => cut % (bytes.length + 1)), 0, bytes.length].sort((a, b) => a - b);
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

test('frames survive any chunking', (t) => {
  const one = fc.record({ stream: fc.constantFrom<FrameStream>(0, 1, 2, 3), bytes: fc.uint8Array({ maxLength: 40 }) });
  fc.assert(fc.property(fc.array(one, { maxLength: 12 }), fc.array(fc.nat(600), { maxLength: 12 }), (frames, cuts) => {
    const wire = Buffer.concat(frames.map((f) => frame(f.stream, f.bytes)));
    const parser = new FrameParser();
    const got = new Map<number, Uint8Array[]>();
    for (const chunk of split(wire, cuts)) for (const piece of parser.push(chunk)) got.set(piece.stream, [...(got.get(piece.stream) ?? []), piece.bytes]);
    for (const stream of [0, 1, 2, 3]) {
      const want = Buffer.concat(frames.filter((f) => f.stream === stream).map((f) => f.bytes));
      t.deepEqual(Buffer.concat(got.get(stream) ?? []), want);
    }
    t.true(parser.idle);
  }));
});

test('the header is what the Docker documentation says', (t) => {
  t.deepEqual([...frameHeader(2, 0x01020304)], [2, 0, 0, 0, 1, 2, 3, 4]);
});

test('negative control: a wrong stream byte and a cut frame are noticed', (t) => {
  t.throws(() => [...new FrameParser().push(Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 1, 65))], { instanceOf: RangeError });
  const parser = new FrameParser();
  t.is([...parser.push(frame(1, Buffer.from('abc')).subarray(0, 9))].length, 1);
  t.false(parser.idle);
});

// Decompression by first bytes: each format as its own tool writes it, damaged and cut input as errors.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import test from 'ava';
import { Fault } from '../../actors/runtime/fault.js';
import { decompress, sniffCompression, type Compression } from '../../actors/streams/decompress.js';

const TOOLS: readonly (readonly [Compression, string, string[]])[] = [
  ['gzip', 'gzip', ['-c']], ['bzip2', 'bzip2', ['-c']], ['xz', 'xz', ['-c']], ['zstd', 'zstd', ['-c', '-q']],
];
const PLAIN = Buffer.concat([Buffer.from('some text, again and again\n'.repeat(20_000)), randomBytes(300_000)]);

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
}

for (const [kind, tool, args] of TOOLS) {
  const packed = execFileSync(tool, args, { input: PLAIN, maxBuffer: 1 << 26 });

  test(`${kind} is recognised and decoded, in small and large chunks`, async (t) => {
    t.is(sniffCompression(packed), kind);
    t.true((await all(decompress(cut(packed, 65_536)))).equals(PLAIN));
    t.true((await all(decompress(cut(packed.subarray(0), 1000)))).equals(PLAIN));
    t.true((await all(decompress(cut(execFileSync(tool, args, { input: 'tiny' }), 1)))).equals(Buffer.from('tiny')));
  });

  test(`${kind}: concatenated members are one stream`, async (t) => {
    const two = Buffer.concat([execFileSync(tool, args, { input: 'one ' }), execFileSync(tool, args, { input: 'two' })]);
    for (const size of [4096, 1, 17]) t.is((await all(decompress(cut(two, size)))).toString(), 'one two');
  });

  test(`${kind}: a cut input is an error`, async (t) => {
    for (const length of [packed.length - 1, Math.floor(packed.length / 2), 40]) {
      await t.throwsAsync(all(decompress(cut(packed.subarray(0, length), 5000))), { instanceOf: Fault }, `${length} bytes`);
    }
  });

  test(`${kind}: the source's own failure comes through`, async (t) => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield packed.subarray(0, 1000);
      throw new Error('connection lost');
    }
    await t.throwsAsync(all(decompress(failing())), { message: 'connection lost' });
  });
}

test('plain and empty input pass through unchanged', async (t) => {
  t.true((await all(decompress(cut(PLAIN, 300)))).equals(PLAIN));
  t.is((await all(decompress(cut(new Uint8Array(0), 3)))).length, 0);
});

test('negative control: damaged gzip data is refused', async (t) => {
  const packed = execFileSync('gzip', ['-c'], { input: PLAIN, maxBuffer: 1 << 26 });
  packed[packed.length - 6] = (packed[packed.length - 6] as number) ^ 0xff;
  await t.throwsAsync(all(decompress(cut(packed, 4096))), { instanceOf: Fault });
});

// Our bzip2, xz and lzma compressors: what they write is read by the host's tools and by our own, and is about as small.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import type { Compressor } from '../../actors/sandbox/commands/compress/coder.js';
import { Bzip2Encoder } from '../../actors/sandbox/commands/compress/bzip2-encoder.js';
import { LzmaEncoder } from '../../actors/sandbox/commands/compress/lzma-encoder.js';
import { XzEncoder } from '../../actors/sandbox/commands/compress/xz-encoder.js';
import { agree, hostHas, machineWith, runOurs } from './differential.js';

const TOOLS: Readonly<Record<string, (level: number) => Compressor>> = { bzip2: (level) => new Bzip2Encoder(level), xz: (level) => new XzEncoder(level), lzma: (level) => new LzmaEncoder(level) };
const SUFFIXES: Readonly<Record<string, string>> = { bzip2: 'bz2', xz: 'xz', lzma: 'lzma' };

function drain<T>(task: Generator<unknown, T, void>): T {
  for (;;) {
    const step = task.next();
    if (step.done === true) return step.value;
  }
}

function packed(tool: string, data: Uint8Array, level = 6): Buffer {
  const encoder = TOOLS[tool]!(level);
  return Buffer.concat([...drain(encoder.add(data)), ...drain(encoder.end())]);
}

/** Bytes that look like noise, the same every time. */
function noise(size: number): Buffer {
  const parts: Buffer[] = [];
  for (let i = 0; parts.length * 32 < size; i++) parts.push(createHash('sha256').update(String(i)).digest());
  return Buffer.concat(parts).subarray(0, size);
}

const text = Buffer.from(Array.from({ length: 3000 }, (_, i) => `line ${i * 7919 % 1000} of a text that says ${i % 13} things\n`).join(''));
const SAMPLES: Readonly<Record<string, Buffer>> = {
  empty: Buffer.alloc(0), one: Buffer.from('a'), four: Buffer.alloc(4, 1), run: Buffer.alloc(259, 7), runs: Buffer.from('aaaabbbbcccc'.repeat(100)), zeros: Buffer.alloc(300_000), period: Buffer.from('ab'.repeat(20_000)), text, noise: noise(150_000), mixed: Buffer.concat([noise(70_000), text, noise(70_000), Buffer.alloc(99)]),
};

for (const tool of Object.keys(TOOLS)) {
  test(`${tool} reads what we compress`, (t) => {
    if (!hostHas(tool)) {
      t.log(`skipped: this host has no ${tool}`);
      return t.pass();
    }
    for (const [name, data] of Object.entries(SAMPLES)) {
      const ours = packed(tool, data);
      const read = spawnSync(tool, ['-dc'], { input: ours, maxBuffer: 1 << 26 });
      t.true(read.status === 0 && read.stdout.equals(data), `${name}: ${read.stderr.toString()}`);
      const theirs = spawnSync(tool, ['-c'], { input: data, maxBuffer: 1 << 26 }).stdout;
      t.true(ours.length <= theirs.length * 1.25 + 64, `${name}: ${ours.length} bytes instead of ${theirs.length}`);
    }
    fc.assert(fc.property(fc.array(fc.tuple(fc.uint8Array({ maxLength: 12 }), fc.integer({ min: 1, max: 40 })), { maxLength: 30 }), fc.integer({ min: 1, max: 9 }), (pieces, level) => {
      const data = Buffer.concat(pieces.flatMap(([bytes, times]) => Array.from({ length: times }, () => bytes)));
      return spawnSync(tool, ['-dc'], { input: packed(tool, data, level) }).stdout.equals(data);
    }), { numRuns: 40 });
  });

  test(`${tool} of our own reads it too, as files and in archives`, async (t) => {
    const machine = machineWith({ text: text.toString(), 'd/noise': noise(5000) as unknown as string });
    const { stdout, stderr, exitCode } = await runOurs(machine, ['bash', '-c', `${tool} -k text && ${tool} -t text.* && ${tool} -dc text.* | cmp - text && tar --${tool} -cf x.tar.${tool} text d && rm -r text d && tar xf x.tar.${tool} && wc -l < text && ls d && ${tool} -9f text && ls; ${tool} -d text.* && ls text`]);
    t.deepEqual([stdout, stderr, exitCode], [`3000\nnoise\nd\ntext.${SUFFIXES[tool]}\nx.tar.${tool}\ntext\n`, '', 0]);
  });
}

test('bzip2 and xz as commands', (t) => agree(t, { files: { a: 'hello hello hello\n', b: 'other\n' }, stdin: 'from input\n' }, [
  ['sh', '-c', 'bzip2 | bzip2 -d'], ['sh', '-c', 'xz | xz -d'], ['bzip2', '-k', 'a'], ['bzip2', 'a'], ['xz', '-k', 'b'], ['xz', 'b'], ['rm', 'b.xz', 'a'], ['ls'], ['xz', 'b'], ['ls'], ['xz', '-d', 'b.xz'], ['cat', 'b'], ['bunzip2', '-c', 'a.bz2'], ['bzip2', 'none'], ['sh', '-c', 'xz -c b | xzcat'], ['sh', '-c', 'bzip2 -1c b | bzcat'],
]));

test('lzma reads what xz writes, and says what is wrong with it', (t) => agree(t, { files: { a: 'hello hello hello\n', text: text.toString() } }, [
  ['sh', '-c', 'lzma -c text | unlzma | cmp - text'], ['sh', '-c', 'xz --format=lzma -c a | xz -dc'], ['lzma', '-k', 'a'], ['xz', '-dc', 'a.lzma'], ['xz', '--format=xz', '-dc', 'a.lzma'], ['lzcat', 'a'], ['sh', '-c', 'lzma -c a | head -c 20 | unlzma'], ['unlzma', 'a.lzma', '-f'], ['ls'],
]));

test('lzma from the host is read back', async (t) => {
  if (!hostHas('xz')) {
    t.log('skipped: this host has no xz');
    return t.pass();
  }
  for (const [name, data] of Object.entries(SAMPLES)) {
    const theirs = spawnSync('xz', ['--format=lzma', '-c'], { input: data, maxBuffer: 1 << 26 }).stdout;
    const { stdout, stderr } = await runOurs(machineWith({ 'x.lzma': theirs as unknown as string, plain: data as unknown as string }), ['sh', '-c', 'lzcat x.lzma | cmp - plain && echo same']);
    t.is(stdout, 'same\n', `${name}: ${stderr}`);
  }
});

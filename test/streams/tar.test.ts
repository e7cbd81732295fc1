// Tar reading and writing against GNU tar, and against itself with random archives and random damage.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { Fault } from '../../actors/runtime/fault.js';
import { tarEntry, type TarEntry, type TarType } from '../../actors/streams/tar-entry.js';
import { readTar, TarScanner } from '../../actors/streams/tar-reader.js';
import { tarHeader, writeTar } from '../../actors/streams/tar-writer.js';

interface Whole { entry: TarEntry; body: Buffer }

async function* chunked(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = Math.max(1, sizes[i % Math.max(1, sizes.length)] ?? bytes.length);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function readAll(bytes: Uint8Array, sizes: readonly number[] = []): Promise<Whole[]> {
  const files: Whole[] = [];
  for await (const { entry, body } of readTar(chunked(bytes, sizes))) {
    const parts: Uint8Array[] = [];
    for await (const part of body) parts.push(part);
    files.push({ entry, body: Buffer.concat(parts) });
  }
  return files;
}

async function pack(files: readonly { entry: TarEntry; body?: Uint8Array }[]): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of writeTar(files)) parts.push(part);
  return Buffer.concat(parts);
}

function temp(t: { teardown(f: () => void): void }): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sockerless-tar-'));
  t.teardown(() => fs.rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const LONG = `${'deep/'.repeat(40)}${'n'.repeat(90)}.txt`;

function sample(dir: string): void {
  fs.writeFileSync(path.join(dir, 'plain.txt'), 'hello\n');
  fs.writeFileSync(path.join(dir, 'big'), Buffer.alloc(1_300_000, 'x'));
  fs.mkdirSync(path.join(dir, 'sub'), { mode: 0o750 });
  fs.writeFileSync(path.join(dir, 'sub', 'empty'), '');
  fs.symlinkSync('plain.txt', path.join(dir, 'soft'));
  fs.linkSync(path.join(dir, 'plain.txt'), path.join(dir, 'z-hard'));
  execFileSync('mkfifo', [path.join(dir, 'pipe')]);
}

for (const format of ['v7', 'ustar', 'oldgnu', 'gnu', 'pax']) {
  test(`reads what GNU tar writes as ${format}`, async (t) => {
    const dir = temp(t);
    sample(dir);
    if (format === 'gnu' || format === 'oldgnu' || format === 'pax') {
      fs.mkdirSync(path.dirname(path.join(dir, LONG)), { recursive: true });
      fs.writeFileSync(path.join(dir, LONG), 'long');
      fs.symlinkSync('t'.repeat(150), path.join(dir, 'longlink'));
      fs.writeFileSync(path.join(dir, 'ünïcode'), 'u');
    }
    if (format === 'v7') fs.rmSync(path.join(dir, 'pipe'));
    const bytes = execFileSync('tar', [`--format=${format}`, '-C', dir, '--sort=name', '-cf', '-', '.'], { maxBuffer: 1 << 28 });
    const files = new Map((await readAll(bytes, [4096, 77, 65536])).map((f) => [f.entry.path, f]));
    t.is(files.get('./plain.txt')?.body.toString(), 'hello\n');
    t.is(files.get('./big')?.body.length, 1_300_000);
    t.is(files.get('./sub/')?.entry.type, 'dir');
    t.is(files.get('./sub/')?.entry.mode, 0o750);
    t.is(files.get('./soft')?.entry.linkPath, 'plain.txt');
    t.is(files.get('./z-hard')?.entry.type, 'link');
    t.is(files.get('./z-hard')?.entry.linkPath, './plain.txt');
    const stat = fs.statSync(path.join(dir, 'plain.txt'), { bigint: true });
    const mtime = files.get('./plain.txt')?.entry.mtimeNs;
    t.is(mtime, format === 'pax' ? stat.mtimeNs : (stat.mtimeNs / 1_000_000_000n) * 1_000_000_000n);
    if (format !== 'v7') t.is(files.get('./pipe')?.entry.type, 'fifo');
    if (format === 'gnu' || format === 'oldgnu' || format === 'pax') {
      t.is(files.get(`./${LONG}`)?.body.toString(), 'long');
      t.is(files.get('./longlink')?.entry.linkPath, 't'.repeat(150));
      t.is(files.get('./ünïcode')?.body.toString(), 'u');
    }
  });
}

test('reads base-256 ids and devices as GNU tar writes them', async (t) => {
  const dir = temp(t);
  fs.writeFileSync(path.join(dir, 'f'), 'x');
  const bytes = execFileSync('tar', ['--format=gnu', '--owner=big:4000000000', '--group=g:3000000000', '-C', dir, '-cf', '-', 'f', '-C', '/dev', 'null']);
  const [file, device] = await readAll(bytes);
  t.like(file?.entry, { uid: 4_000_000_000, gid: 3_000_000_000, uname: 'big', gname: 'g' });
  t.like(device?.entry, { type: 'char', devMajor: 1, devMinor: 3 });
});

test('GNU tar reads and extracts what we write', async (t) => {
  const dir = temp(t);
  const bytes = await pack([
    { entry: tarEntry('d', { type: 'dir', mode: 0o700 }) },
    { entry: tarEntry(LONG, { sizeBytes: 5, mtimeNs: 1_600_000_000_123_456_789n, uid: 5_000_000 }), body: Buffer.from('hello') },
    { entry: tarEntry('d/ünï', { sizeBytes: 1 }), body: Buffer.from('1') },
    { entry: tarEntry('d/soft', { type: 'symlink', linkPath: 'l'.repeat(140) }) },
    { entry: tarEntry('d/hard', { type: 'link', linkPath: 'd/ünï' }) },
    { entry: tarEntry('d/fifo', { type: 'fifo' }) },
  ]);
  execFileSync('tar', ['--no-same-owner', '-C', dir, '-xf', '-'], { input: bytes });
  t.is(fs.readFileSync(path.join(dir, LONG), 'utf8'), 'hello');
  t.is(fs.statSync(path.join(dir, LONG), { bigint: true }).mtimeNs, 1_600_000_000_123_456_789n);
  t.is(fs.readFileSync(path.join(dir, 'd/hard'), 'utf8'), '1');
  t.is(fs.readlinkSync(path.join(dir, 'd/soft')), 'l'.repeat(140));
  t.true(fs.statSync(path.join(dir, 'd/fifo')).isFIFO());
  t.is(fs.statSync(path.join(dir, 'd')).mode & 0o777, 0o700);
});

test('plain entries take one ustar block and no PAX header', (t) => {
  t.is(tarHeader(tarEntry('bin/sh', { mtimeNs: 5_000_000_000n })).length, 512);
  t.is(tarHeader(tarEntry(`${'a'.repeat(120)}/${'b'.repeat(90)}`)).length, 512);
  t.true(tarHeader(tarEntry('x', { mtimeNs: 1n })).length > 512);
});

const name = fc.array(fc.constantFrom('a', 'bc', 'ü', 'file name', 'x'.repeat(60), '.wh.gone'), { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'));
const anyFile = fc.record({
  type: fc.constantFrom<TarType>('file', 'file', 'dir', 'symlink', 'link', 'char', 'block', 'fifo'),
  path: name, link: name, mode: fc.nat(0o7777), uid: fc.nat(2 ** 40), gid: fc.nat(70000),
  mtimeNs: fc.bigInt({ min: -(10n ** 18n), max: 10n ** 19n }), body: fc.uint8Array({ maxLength: 1500 }),
  xattr: fc.option(fc.uint8Array({ maxLength: 30 })),
}).map((f) => {
  const body = f.type === 'file' ? f.body : new Uint8Array(0);
  const device = f.type === 'char' || f.type === 'block';
  return {
    body,
    entry: tarEntry(f.type === 'dir' ? `${f.path}/` : f.path, {
      type: f.type, mode: f.mode, uid: f.uid, gid: f.gid, mtimeNs: f.mtimeNs, sizeBytes: body.length,
      linkPath: f.type === 'link' || f.type === 'symlink' ? f.link : '', devMajor: device ? 8 : 0, devMinor: device ? 17 : 0,
      xattrs: f.xattr ? { 'user.x': f.xattr } : {},
    }),
  };
});

function comparable(file: { entry: TarEntry; body?: Uint8Array }): unknown {
  const xattrs = Object.entries(file.entry.xattrs).map(([key, value]) => [key, Buffer.from(value).toString('hex')]);
  return { ...file.entry, xattrs, body: Buffer.from(file.body ?? []).toString('hex') };
}

test('any archive we write is read back whole, however it is cut', async (t) => {
  await fc.assert(fc.asyncProperty(fc.array(anyFile, { maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 1100 }), { minLength: 1, maxLength: 5 }), async (files, sizes) => {
    const got = await readAll(await pack(files), sizes);
    t.deepEqual(got.map(comparable), files.map(comparable));
  }), { numRuns: 120 });
});

test('random bytes and damaged archives end in a Fault or in entries, never in another error', async (t) => {
  const whole = await pack([{ entry: tarEntry(LONG, { sizeBytes: 900 }), body: Buffer.alloc(900, 7) }, { entry: tarEntry('b', { type: 'symlink', linkPath: 'a' }) }]);
  const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 });
  const attempt = async (bytes: Uint8Array): Promise<void> => {
    try {
      await readAll(bytes, [700]);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
  };
  await fc.assert(fc.asyncProperty(damage, fc.nat(whole.length), async (hits, length) => {
    const bytes = Buffer.from(whole.subarray(0, length));
    for (const [at, value] of hits) if (at < bytes.length) bytes[at] = value;
    await attempt(bytes);
  }), { numRuns: 300 });
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), attempt), { numRuns: 100 });
  t.pass();
});

test('an archive cut inside an entry is an error; at an entry boundary it is the end, as in Go', async (t) => {
  const whole = await pack([{ entry: tarEntry('a', { sizeBytes: 600 }), body: Buffer.alloc(600) }]);
  for (const length of [100, 511, 512, 700, 1112, 1535]) await t.throwsAsync(readAll(whole.subarray(0, length)), { message: 'unexpected EOF' }, String(length));
  t.is((await readAll(whole.subarray(0, 1536))).length, 1);
});

test('an unread body is skipped', async (t) => {
  const whole = await pack([{ entry: tarEntry('a', { sizeBytes: 5000 }), body: Buffer.alloc(5000) }, { entry: tarEntry('b') }]);
  const paths: string[] = [];
  for await (const { entry } of readTar(chunked(whole, [999]))) paths.push(entry.path);
  t.deepEqual(paths, ['a', 'b']);
});

test('data offsets point at the bodies', async (t) => {
  const whole = await pack([{ entry: tarEntry(LONG, { sizeBytes: 3 }), body: Buffer.from('abc') }, { entry: tarEntry('b', { sizeBytes: 2 }), body: Buffer.from('de') }]);
  const found: string[] = [];
  const scanner = new TarScanner({ entry: (entry, offset) => found.push(whole.toString('utf8', offset, offset + entry.sizeBytes)) });
  for (let at = 0; at < whole.length; at += 313) scanner.write(whole.subarray(at, at + 313));
  scanner.end();
  t.deepEqual(found, ['abc', 'de']);
});

test('negative control: a flipped header byte fails the checksum, an unread type and a sparse file are refused', async (t) => {
  const whole = await pack([{ entry: tarEntry('a') }]);
  whole[0] = 'b'.charCodeAt(0);
  await t.throwsAsync(readAll(whole), { message: 'archive/tar: invalid tar header' });
  const dir = temp(t);
  fs.writeFileSync(path.join(dir, 's'), '');
  fs.truncateSync(path.join(dir, 's'), 1 << 20);
  const sparse = execFileSync('tar', ['--format=gnu', '-S', '-C', dir, '-cf', '-', 's']);
  await t.throwsAsync(readAll(sparse), { message: /sparse/ });
});

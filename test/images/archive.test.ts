// Save, load, import and Dockerfile changes: round trips, old layouts, OCI layouts, and archives that are broken or hostile.
import { execFileSync } from 'node:child_process';
import test from 'ava';
import fc from 'fast-check';
import { Fault } from '../../actors/runtime/fault.js';
import { applyChanges } from '../../actors/images/dockerfile-changes.js';
import { loadedText, loadImages } from '../../actors/images/load-archive.js';
import { saveImages } from '../../actors/images/save-archive.js';
import { parseReference } from '../../actors/images/reference.js';
import { readTar } from '../../actors/streams/tar-reader.js';
import { tarEntry } from '../../actors/streams/tar-entry.js';
import { writeTar } from '../../actors/streams/tar-writer.js';
import { addImage, collect, cut, layerCount, makeFixture, tarOf } from './support.js';

test('what is saved loads again as the same images, compressed or not, and tells its events', async (t) => {
  const from = await makeFixture(t);
  const a = await addImage(from.store, 'app:1', 'one', ['CMD ["a"]']);
  await addImage(from.store, 'app:2', 'two');
  await from.store.tag(a, parseReference('localhost:5000/x/y:z'));
  const archive = await collect(saveImages(from.store, ['app', 'localhost:5000/x/y:z']));
  for (const bytes of [archive, execFileSync('gzip', ['-c'], { input: archive }), execFileSync('zstd', ['-cq'], { input: archive })]) {
    const to = await makeFixture(t);
    const loaded = await loadImages(to.store, cut(bytes, 10_000));
    t.deepEqual(loaded.flatMap(loadedText).sort(), ['Loaded image: app:1\n', 'Loaded image: app:2\n', 'Loaded image: localhost:5000/x/y:z\n']);
    t.is(to.store.resolve('app:1').id, a.id);
    t.deepEqual(to.records.events.map((event) => event.action), ['load', 'load']);
  }
  t.is(from.records.events.filter((event) => event.action === 'save').length, 2);
});

test('a saved archive is an OCI layout too, and loads without manifest.json', async (t) => {
  const f = await makeFixture(t);
  const image = await addImage(f.store, 'app:1', 'one');
  const kept: { entry: ReturnType<typeof tarEntry>; body: Buffer }[] = [];
  for await (const { entry, body } of readTar(saveImages(f.store, [image.id, 'app:1']))) if (entry.path !== 'manifest.json') kept.push({ entry, body: await collect(body) });
  const to = await makeFixture(t);
  t.deepEqual((await loadImages(to.store, writeTar(kept))).map((loaded) => loaded.image.id), [image.id]);
  t.is(to.store.resolve('app:1').id, image.id);
});

test('the old layout loads: layer.tar files, links between them, the manifest last', async (t) => {
  const f = await makeFixture(t);
  const image = await addImage(f.store, 'old:1', 'one');
  const layer = await collect(f.store.content.read(image.config.rootfs.diff_ids[0] as string));
  const config = Buffer.from(image.configText);
  const manifest = Buffer.from(JSON.stringify([{ Config: 'cfg.json', RepoTags: ['old:1'], Layers: ['b/layer.tar'] }]));
  const archive = writeTar([
    { entry: tarEntry('a/', { type: 'dir' }) }, { entry: tarEntry('a/VERSION', { sizeBytes: 3 }), body: Buffer.from('1.0') },
    { entry: tarEntry('a/layer.tar', { sizeBytes: layer.length }), body: layer },
    { entry: tarEntry('b/layer.tar', { type: 'symlink', linkPath: '../a/layer.tar' }) },
    { entry: tarEntry('cfg.json', { sizeBytes: config.length }), body: config }, { entry: tarEntry('manifest.json', { sizeBytes: manifest.length }), body: manifest },
  ]);
  const to = await makeFixture(t);
  t.is((await loadImages(to.store, archive))[0]?.image.id, image.id);
});

test('an archive that is cut or damaged anywhere loads nothing', async (t) => {
  const f = await makeFixture(t);
  await addImage(f.store, 'app:1', 'one');
  const archive = await collect(saveImages(f.store, ['app:1']));
  const to = await makeFixture(t);
  for (let length = 0; length < archive.length - 1024; length += 700) {
    await t.throwsAsync(loadImages(to.store, cut(archive.subarray(0, length))), { instanceOf: Fault }, `${length} of ${archive.length}`);
  }
  const damage = fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 });
  await fc.assert(fc.asyncProperty(damage, async (hits) => {
    const bytes = Buffer.from(archive);
    for (const [at, value] of hits) bytes[at] = value;
    try {
      await loadImages(to.store, cut(bytes));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
  }), { numRuns: 60 });
  const used = new Set([...to.store.images()].flatMap((image) => image.config.rootfs.diff_ids));
  t.is(layerCount(to.root), used.size);
});

test('archives that lie are refused with a reason', async (t) => {
  const f = await makeFixture(t);
  const attempt = async (files: Record<string, string>): Promise<void> => void (await loadImages(f.store, cut(await tarOf(files))));
  const config = JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [`sha256:${'1'.repeat(64)}`] } });
  await t.throwsAsync(attempt({ x: 'y' }), { message: 'invalid archive: does not contain a manifest.json' });
  await t.throwsAsync(attempt({ 'manifest.json': '[{"Config":"../../etc/passwd","Layers":[]}]' }), { message: 'invalid archive: open etc/passwd: no such file or directory' });
  await t.throwsAsync(attempt({ 'manifest.json': '[{"Config":"c","Layers":[]}]', c: config }), { message: /layers length mismatch: expected 1, got 0/ });
  await t.throwsAsync(attempt({ 'manifest.json': '[{"Config":"c","Layers":["l"]}]', c: config, l: (await tarOf({ z: '1' })).toString('latin1') }), { message: /invalid diffID for layer 0/ });
  await t.throwsAsync(attempt({ 'manifest.json': '[{"Config":"c","Layers":["l"]}]', c: config, l: 'not a tar' }), { message: 'unexpected EOF' });
  await t.throwsAsync(attempt({ 'manifest.json': '[null]' }), { instanceOf: Fault });
  await t.throwsAsync(attempt({ 'manifest.json': '{"a":' }), { instanceOf: Fault });
});

test('Dockerfile changes become configuration', (t) => {
  const config = applyChanges({ Env: ['PATH=/bin', 'A=0'], Cmd: ['old'] }, [
    'ENTRYPOINT ["/e", "x y"]', 'CMD echo hi', 'ENV A=1 B="b b" C=d\\ e', 'ENV OLD form here', 'LABEL a=1 "b c"=\'d e\'', 'EXPOSE 80 53/udp 90-91',
    'USER me:us', 'WORKDIR /w', 'WORKDIR sub', 'VOLUME /v /w', 'STOPSIGNAL SIGINT', 'ONBUILD RUN x', 'HEALTHCHECK --interval=1m30s --retries=2 CMD curl x',
  ]);
  t.deepEqual(config, {
    Env: ['PATH=/bin', 'A=1', 'B=b b', 'C=d e', 'OLD=form here'], Cmd: ['/bin/sh', '-c', 'echo hi'], Entrypoint: ['/e', 'x y'], Labels: { a: '1', 'b c': 'd e' },
    ExposedPorts: { '80/tcp': {}, '53/udp': {}, '90/tcp': {}, '91/tcp': {} }, User: 'me:us', WorkingDir: '/w/sub', Volumes: { '/v': {}, '/w': {} },
    StopSignal: 'SIGINT', OnBuild: ['RUN x'], Healthcheck: { Interval: 90e9, Retries: 2, Test: ['CMD-SHELL', 'curl x'] },
  });
});

test('negative control: instructions that change no configuration are refused', (t) => {
  t.throws(() => applyChanges({}, ['RUN x']), { message: 'RUN is not a valid change command' });
  t.throws(() => applyChanges({}, ['NONSENSE x']), { message: 'unknown instruction: NONSENSE' });
  t.throws(() => applyChanges({}, ['ENV =x']), { message: 'ENV names can not be blank' });
  t.throws(() => applyChanges({}, ['EXPOSE 99999']), { message: 'invalid containerPort: 99999' });
});

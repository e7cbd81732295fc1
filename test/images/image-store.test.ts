// The image store: names, lookups, lists, deletion rules, events, and what a restart finds.
// Names here are no hexadecimal digits: dockerd, and so we, would take such a name for the start of an id.
import fs from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { baseImage, ensureBaseImage } from '../../actors/images/base-image.js';
import { ContentStore } from '../../actors/images/content-store.js';
import { deleteImage, shortId } from '../../actors/images/delete-image.js';
import { imageHistory, inspectImage, listImages, pruneImages } from '../../actors/images/image-shapes.js';
import { commitImage } from '../../actors/images/import-image.js';
import { LayerIndex } from '../../actors/images/layer-index.js';
import { parseReference } from '../../actors/images/reference.js';
import { tarEntry } from '../../actors/streams/tar-entry.js';
import { writeTar } from '../../actors/streams/tar-writer.js';
import { addImage, cut, layerCount, makeFixture, tarOf } from './support.js';

test('an image is found by id, prefix, name and name:tag, and survives a restart', async (t) => {
  const f = await makeFixture(t);
  const image = await addImage(f.store, 'x/app:1', 'one', ['CMD ["sh"]', 'ENV A=1 B="two words"']);
  await f.store.tag(image, parseReference('other'));
  for (const store of [f.store, await f.reopen()]) {
    for (const text of [image.id, image.id.slice(7), shortId(image.id), `sha256:${shortId(image.id)}`, 'x/app:1', 'docker.io/x/app:1', 'other', 'other:latest']) t.is(store.resolve(text).id, image.id, text);
    t.throws(() => store.resolve('x/app'), { message: 'No such image: x/app:latest' });
    t.throws(() => store.resolve('Bad'), { message: 'No such image: Bad' });
    t.deepEqual(listImages(store).map((line) => line.RepoTags), [['other:latest', 'x/app:1']]);
    t.like(inspectImage(store, store.resolve('other')), { Id: image.id, Config: { Cmd: ['sh'], Env: ['A=1', 'B=two words'] } });
  }
  t.deepEqual(f.records.events.map((event) => [event.action, event.attributes['name']]), [['import', image.id], ['tag', 'other:latest']]);
});

test('rmi untags first, then deletes, and frees the layers', async (t) => {
  const f = await makeFixture(t);
  const image = await addImage(f.store, 'ga:1', 'one');
  await f.store.tag(image, parseReference('ga:2'));
  t.deepEqual(await deleteImage(f.store, 'ga:1'), [{ Untagged: 'ga:1' }]);
  t.is(layerCount(f.root), 1);
  t.deepEqual(await deleteImage(f.store, 'ga:2'), [{ Untagged: 'ga:2' }, { Deleted: image.id }, { Deleted: image.config.rootfs.diff_ids[0] as string }]);
  t.is(layerCount(f.root), 0);
  t.is(f.records.values.size, 0);
  t.deepEqual(f.records.events.map((event) => event.action), ['import', 'tag', 'untag', 'untag', 'delete']);
  await t.throwsAsync(deleteImage(f.store, 'ga:2'), { message: 'No such image: ga:2' });
});

test('rmi refuses what is in use, in dockerd\'s words', async (t) => {
  const f = await makeFixture(t);
  const image = await addImage(f.store, 'ga', 'one');
  const id = shortId(image.id);
  f.containers.set(image.id, [{ id: 'c'.repeat(64), running: false }]);
  await t.throwsAsync(deleteImage(f.store, 'ga'), { message: `conflict: unable to remove repository reference "ga" (must force) - container cccccccccccc is using its referenced image ${id}` });
  await t.throwsAsync(deleteImage(f.store, id), { message: `conflict: unable to delete ${id} (must be forced) - image is being used by stopped container cccccccccccc` });
  f.containers.set(image.id, [{ id: 'c'.repeat(64), running: true }]);
  await t.throwsAsync(deleteImage(f.store, id, { force: true }), { message: `conflict: unable to delete ${id} (cannot be forced) - image is being used by running container cccccccccccc` });
  t.deepEqual(await deleteImage(f.store, 'ga', { force: true }), [{ Untagged: 'ga:latest' }]);
  f.containers.clear();
  await f.store.tag(image, parseReference('gb'));
  await f.store.tag(image, parseReference('gc'));
  await t.throwsAsync(deleteImage(f.store, id), { message: `conflict: unable to delete ${id} (must be forced) - image is referenced in multiple repositories` });
  t.is((await deleteImage(f.store, id, { force: true })).length, 4);
});

test('a child image protects its parent, and takes an untagged parent along', async (t) => {
  const f = await makeFixture(t);
  const parent = await addImage(f.store, 'parent', 'one');
  const child = await commitImage(f.store, { base: parent, run: { Cmd: ['x'] }, layer: cut(await tarOf({ new: 'y' })), reference: parseReference('child'), changes: ['LABEL k=v'], comment: 'c' });
  t.is(child.config.rootfs.diff_ids.length, 2);
  t.deepEqual(imageHistory(f.store, child).map((line) => line.Id), [child.id, parent.id]);
  await t.throwsAsync(deleteImage(f.store, parent.id), { message: /\(cannot be forced\) - image has dependent child images$/ });
  t.deepEqual(await deleteImage(f.store, 'parent'), [{ Untagged: 'parent:latest' }]);
  t.deepEqual(listImages(f.store).map((line) => line.Id), [child.id]);
  t.is(listImages(f.store, { all: true }).length, 2);
  t.is((await deleteImage(f.store, 'child')).length, 5);
  t.is(layerCount(f.root), 0);
});

test('filters choose by label, name, dangling and age; unknown ones are refused', async (t) => {
  const f = await makeFixture(t);
  const a = await addImage(f.store, 'team/a:1', 'a', ['LABEL color=red']);
  const dangling = await addImage(f.store, undefined, 'b');
  const ids = (filters: Record<string, string[]>): string[] => listImages(f.store, { filters }).map((line) => line.Id);
  t.deepEqual(ids({ label: ['color=red'] }), [a.id]);
  t.deepEqual(ids({ 'label!': ['color'] }), [dangling.id]);
  t.deepEqual(ids({ reference: ['team/*'] }), [a.id]);
  t.deepEqual(ids({ dangling: ['true'] }), [dangling.id]);
  t.deepEqual(ids({ dangling: ['false'] }), [a.id]);
  t.deepEqual(ids({ until: ['1h'] }), []);
  t.throws(() => ids({ nonsense: ['x'] }), { message: "invalid filter 'nonsense'" });
  t.throws(() => ids({ dangling: ['maybe'] }), { message: "invalid filter 'dangling=[maybe]'" });
});

test('prune deletes dangling images, or all unused ones', async (t) => {
  const f = await makeFixture(t);
  const kept = await addImage(f.store, 'used', 'u');
  await addImage(f.store, 'unused', 'n');
  const dangling = await addImage(f.store, undefined, 'd');
  f.containers.set(kept.id, [{ id: 'c'.repeat(64), running: false }]);
  const first = await pruneImages(f.store, {});
  t.deepEqual(first.ImagesDeleted[0], { Deleted: dangling.id });
  t.true(first.SpaceReclaimed > 0);
  t.is((await pruneImages(f.store, { dangling: ['false'] })).ImagesDeleted.length, 3);
  t.deepEqual(listImages(f.store).map((line) => line.Id), [kept.id]);
});

test('a restart sweeps half-written files and layers that no image names', async (t) => {
  const f = await makeFixture(t);
  await addImage(f.store, 'kept', 'k');
  await f.store.content.ingest(cut(await tarOf({ stray: 's' })));
  fs.writeFileSync(path.join(f.root, 'ingest', 'half'), 'x');
  t.is(layerCount(f.root), 2);
  await f.reopen();
  t.is(layerCount(f.root), 1);
  t.deepEqual(fs.readdirSync(path.join(f.root, 'ingest')), []);
});

test('broken or hostile layers leave nothing behind', async (t) => {
  const f = await makeFixture(t);
  const tar = await tarOf({ a: 'x'.repeat(2000) });
  await t.throwsAsync(f.store.content.ingest(cut(tar.subarray(0, 900))), { message: 'unexpected EOF' });
  await t.throwsAsync(f.store.content.ingest(cut(tar), { diffId: `sha256:${'0'.repeat(64)}` }), { message: /wrong diff id/ });
  await t.throwsAsync(f.store.content.ingest(cut(await tarOf({ '../../etc/passwd': 'x' }))), { message: /outside of the layer/ });
  t.is(layerCount(f.root), 0);
  t.deepEqual(fs.readdirSync(path.join(f.root, 'ingest')), []);
});

test('a layer index tells files, links, whiteouts and implied directories, and where bytes lie', async (t) => {
  const f = await makeFixture(t);
  const body = Buffer.from('content');
  const layer = await f.store.content.ingest(writeTar([
    { entry: tarEntry('./d/', { type: 'dir', mode: 0o700 }) },
    { entry: tarEntry('./d/file', { sizeBytes: 7, uid: 5 }), body },
    { entry: tarEntry('d/hard', { type: 'link', linkPath: './d/file' }) },
    { entry: tarEntry('d/.wh.gone', {}) },
    { entry: tarEntry('o/.wh..wh..opq', {}) },
    { entry: tarEntry('p/q/deep', { type: 'symlink', linkPath: '../x' }) },
  ]));
  const { tarPath, indexPath } = f.store.content.paths(layer.diffId);
  const index = LayerIndex.open(tarPath, indexPath);
  t.like(index.get('d'), { type: 'dir', mode: 0o700 });
  t.like(index.get('p/q'), { type: 'dir', implied: true });
  t.like(index.get('p/q/deep'), { type: 'symlink', linkPath: '../x' });
  for (const name of ['d/file', 'd/hard']) {
    const entry = index.get(name);
    t.like(entry, { type: 'file', uid: 5, sizeBytes: 7 });
    t.is(fs.readFileSync(tarPath).subarray(entry?.dataOffset, (entry?.dataOffset ?? 0) + 7).toString(), 'content');
  }
  t.deepEqual([...index.whiteouts], ['d/gone']);
  t.deepEqual([...index.opaque], ['o']);
  t.deepEqual(index.children('d'), ['file', 'hard']);
  t.deepEqual([...index.children('')].sort(), ['d', 'p']);
});

test('the base image is the same bytes every time, with applets at their places', async (t) => {
  const f = await makeFixture(t);
  const first = await ensureBaseImage(f.store, ['sh', 'ls', 'awk', 'env']);
  t.is((await ensureBaseImage(f.store, ['env', 'awk', 'ls', 'sh'])).id, first.id);
  t.deepEqual(f.store.resolve('sockerless/base').config.config?.Cmd, ['/bin/sh']);
  const index = LayerIndex.open(...(Object.values(f.store.content.paths(first.config.rootfs.diff_ids[0] as string)) as [string, string]));
  t.like(index.get('bin'), { type: 'symlink', linkPath: 'usr/bin' });
  t.like(index.get('usr/bin/sh'), { type: 'symlink', linkPath: '/bin/sockerless' });
  t.is(index.get('usr/bin/awk')?.type, 'symlink');
  t.like(index.get('tmp'), { mode: 0o1777 });
  t.is([...baseImage(['sh']).files()].find((file) => file.entry.path === 'usr/bin/sockerless')?.body?.[0], 0);
});

test('images with the same layer come and go at once, and those that stay are whole', async (t) => {
  const f = await makeFixture(t);
  await Promise.all(Array.from({ length: 12 }, async (_, i) => {
    await addImage(f.store, `same:${i}`, 'the same layer', [`LABEL n=${i}`]);
    if (i % 2 === 0) await deleteImage(f.store, `same:${i}`);
  }));
  t.is([...f.store.images()].length, 6);
  for (const image of f.store.images()) {
    const { tarPath, indexPath } = f.store.content.paths(image.config.rootfs.diff_ids[0] as string);
    t.true(LayerIndex.open(tarPath, indexPath).get('file.txt') !== undefined && fs.existsSync(tarPath));
  }
});

test('negative control: a commit that fails changes nothing in memory', async (t) => {
  const f = await makeFixture(t);
  await addImage(f.store, 'ga', 'x');
  f.records.commit = () => Promise.reject(new Error('disk gone'));
  await t.throwsAsync(f.store.tag(f.store.resolve('ga'), parseReference('gb')), { message: 'disk gone' });
  t.is(f.store.find('gb'), undefined);
  t.truthy(await ContentStore.open(f.root));
});

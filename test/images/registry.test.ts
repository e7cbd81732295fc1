// Pull and push against a registry in this process: what is told, what is checked, and what goes wrong.
import { gzipSync } from 'node:zlib';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { deleteImage } from '../../actors/images/delete-image.js';
import { pullImage, type TransferMessage } from '../../actors/images/pull.js';
import { Pulls } from '../../actors/images/pulls.js';
import { Engine } from '../../actors/runtime/engine.js';
import { Store } from '../../actors/runtime/store.js';
import { machines } from '../../machines/index.js';
import { pushImage } from '../../actors/images/push.js';
import { parseReference } from '../../actors/images/reference.js';
import { parseChallenge } from '../../actors/images/registry-auth.js';
import { isInsecure } from '../../actors/images/registry-http.js';
import { DOCKER_LIST, OCI_MANIFEST, parsePlatform } from '../../actors/images/manifest.js';
import { addImage, layerCount, makeFixture, tarOf } from './support.js';
import { digestOf, RegistryServer } from './registry-server.js';

/** Puts an image of several layers into the registry; returns its id. */
async function seed(registry: RegistryServer, tag: string, marker = 'm', architecture = 'amd64'): Promise<{ id: string; manifest: { digest: string; size: number; mediaType: string } }> {
  const tars = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => tarOf({ [name]: randomBytes(20_000).toString('hex') + marker })));
  const config = { architecture, os: 'linux', config: { Cmd: ['sh'] }, rootfs: { type: 'layers', diff_ids: tars.map(digestOf) } };
  const layers = tars.map((tar) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', ...registry.putBlob(gzipSync(tar)) }));
  const body = Buffer.from(JSON.stringify(config));
  const manifest = registry.putManifest('team/app', tag, OCI_MANIFEST, { schemaVersion: 2, mediaType: OCI_MANIFEST, config: { mediaType: 'c', ...registry.putBlob(body) }, layers });
  return { id: digestOf(body), manifest };
}

function recorder(): { said: TransferMessage[]; onProgress: (message: TransferMessage) => void; statuses(): string[] } {
  const said: TransferMessage[] = [];
  return { said, onProgress: (message) => said.push(message), statuses: () => said.map((message) => message.status) };
}

test('a pull tells dockerd\'s story, and a second one is up to date', async (t) => {
  const f = await makeFixture(t);
  const registry = await RegistryServer.start(t);
  const { id, manifest } = await seed(registry, '1');
  const reference = parseReference(`${registry.host}/team/app:1`);
  const first = recorder();
  t.is((await pullImage(f.store, reference, first)).id, id);
  t.deepEqual(first.said[0], { status: 'Pulling from team/app', id: '1' });
  t.is(first.statuses().filter((status) => status === 'Pull complete').length, 5);
  t.is(first.statuses().filter((status) => status === 'Waiting').length, 2);
  t.true(first.said.some((message) => message.status === 'Downloading' && message.progressDetail?.total !== undefined));
  t.deepEqual(first.statuses().slice(-2), [`Digest: ${manifest.digest}`, `Status: Downloaded newer image for ${registry.host}/team/app:1`]);
  const again = recorder();
  await pullImage(f.store, reference, again);
  t.is(again.statuses().filter((status) => status === 'Already exists').length, 5);
  t.is(again.statuses().at(-1), `Status: Image is up to date for ${registry.host}/team/app:1`);
  t.is(f.store.resolve(`${registry.host}/team/app@${manifest.digest}`).id, id);
  t.deepEqual(await deleteImage(f.store, `${registry.host}/team/app:1@${manifest.digest}`), [{ Untagged: `${registry.host}/team/app@${manifest.digest}` }]);
  t.is(f.store.resolve(`${registry.host}/team/app:1`).id, id);
  t.like(f.records.events[0], { action: 'pull', id: `${registry.host}/team/app:1`, attributes: { name: `${registry.host}/team/app` } });
});

test('a manifest list gives the platform asked for', async (t) => {
  const f = await makeFixture(t);
  const registry = await RegistryServer.start(t);
  const intel = await seed(registry, 'x', 'i');
  const arm = await seed(registry, 'y', 'a', 'arm64');
  registry.putManifest('team/app', 'multi', DOCKER_LIST, { schemaVersion: 2, manifests: [
    { ...intel.manifest, platform: { os: 'linux', architecture: 'amd64' } }, { ...arm.manifest, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
    { ...intel.manifest, platform: { os: 'unknown', architecture: 'unknown' } },
  ] });
  const reference = parseReference(`${registry.host}/team/app:multi`);
  t.is((await pullImage(f.store, reference, { platforms: [parsePlatform('wasi/wasm'), parsePlatform('linux/arm64')] })).id, arm.id);
  t.is((await pullImage(f.store, reference, { platforms: [parsePlatform('linux/amd64')] })).id, intel.id);
  await t.throwsAsync(pullImage(f.store, reference, { platforms: [parsePlatform('linux/s390x')] }), { message: 'no matching manifest for linux/s390x in the manifest list entries' });
});

for (const kind of ['bearer', 'basic'] as const) {
  test(`${kind} authentication works for pull and push, and wrong credentials are refused`, async (t) => {
    const f = await makeFixture(t);
    const registry = await RegistryServer.start(t, { auth: { kind, user: 'me:secret' } });
    const { id } = await seed(registry, '1');
    const reference = parseReference(`${registry.host}/team/app:1`);
    const credentials = { username: 'me', password: 'secret' };
    t.is((await pullImage(f.store, reference, { credentials })).id, id);
    await addImage(f.store, `${registry.host}/team/app:2`, 'two');
    await pushImage(f.store, parseReference(`${registry.host}/team/app:2`), { credentials });
    await t.throwsAsync(pullImage(f.store, reference, { credentials: { username: 'me', password: 'wrong' } }), { message: /unauthorized|pull access denied/ });
  });
}

test('blobs come over a redirect without the credentials, and broken connections are taken up again', async (t) => {
  const f = await makeFixture(t);
  const registry = await RegistryServer.start(t, { auth: { kind: 'bearer' }, redirectBlobs: true, breakBlobsAfter: 9000 });
  const { id } = await seed(registry, '1');
  t.is((await pullImage(f.store, parseReference(`${registry.host}/team/app:1`))).id, id);
});

test('what is pushed can be pulled elsewhere; known layers are not sent again', async (t) => {
  const f = await makeFixture(t);
  const registry = await RegistryServer.start(t);
  const image = await addImage(f.store, `${registry.host}/a/b:1`, 'content');
  const first = recorder();
  const aux: unknown[] = [];
  await pushImage(f.store, parseReference(`${registry.host}/a/b:1`), { ...first, onPushed: (pushed) => aux.push(pushed) });
  t.is(first.said[0]?.status, `The push refers to repository [${registry.host}/a/b]`);
  t.regex(first.statuses().at(-1) ?? '', /^1: digest: sha256:[0-9a-f]{64} size: \d+$/);
  t.is(aux.length, 1);
  const again = recorder();
  await pushImage(f.store, parseReference(`${registry.host}/a/b:1`), again);
  t.true(again.statuses().includes('Layer already exists'));
  const other = await makeFixture(t);
  t.is((await pullImage(other.store, parseReference(`${registry.host}/a/b:1`))).id, image.id);
  await t.throwsAsync(pushImage(f.store, parseReference(`${registry.host}/none:1`)), { message: `An image does not exist locally with the tag: ${registry.host}/none` });
});

test('errors are dockerd\'s', async (t) => {
  const f = await makeFixture(t);
  const registry = await RegistryServer.start(t);
  const name = `${registry.host}/team/app`;
  await t.throwsAsync(pullImage(f.store, parseReference(name)), { message: `manifest for ${name}:latest not found: manifest unknown: manifest unknown` });
  registry.faults = { auth: { kind: 'basic', user: 'a:b' } };
  await t.throwsAsync(pullImage(f.store, parseReference(name)), { message: `pull access denied for ${name}, repository does not exist or may require 'docker login': unauthorized: authentication required` });
  await t.throwsAsync(pullImage(f.store, parseReference('127.0.0.1:1/x')), { message: 'Get "http://127.0.0.1:1/v2/x/manifests/latest": dial tcp 127.0.0.1:1: connect: connection refused' });
});

test('a mirror serves docker.io, and is passed over when it fails', async (t) => {
  const f = await makeFixture(t);
  const registry = await RegistryServer.start(t);
  const { id } = await seed(registry, '1');
  const image = await pullImage(f.store, parseReference('team/app:1'), { mirrors: ['http://127.0.0.1:1', `http://${registry.host}`] });
  t.is(image.id, id);
  t.is(f.store.resolve('team/app:1').id, id);
});

test('negative control: a blob with one wrong bit fails the pull and leaves nothing', async (t) => {
  const f = await makeFixture(t);
  const registry = await RegistryServer.start(t);
  await seed(registry, '1');
  registry.faults = { corruptBlobs: true };
  await t.throwsAsync(pullImage(f.store, parseReference(`${registry.host}/team/app:1`)), { message: /verification failed|invalid data/ });
  t.is(layerCount(f.root), 0);
  t.is([...f.store.images()].length, 0);
});

test('an aborted pull stops and leaves nothing', async (t) => {
  const f = await makeFixture(t);
  const registry = await RegistryServer.start(t);
  await seed(registry, '1');
  const abort = new AbortController();
  await t.throwsAsync(pullImage(f.store, parseReference(`${registry.host}/team/app:1`), { abort: abort.signal, onProgress: (message) => message.status === 'Downloading' && abort.abort() }));
  t.is(layerCount(f.root), 0);
});

test('challenges parse, and only loopback is insecure by itself', (t) => {
  t.deepEqual(parseChallenge('Bearer realm="https://a/b?c=d,e",service="s", scope=x'), { scheme: 'bearer', parameters: { realm: 'https://a/b?c=d,e', service: 's', scope: 'x' } });
  t.true(['localhost:5000', '127.9.9.9', '[::1]:5000'].every((host) => isInsecure(host)));
  t.false(['example.com', '10.0.0.1:5000', 'localhost.example.com'].some((host) => isInsecure(host)));
  t.true(isInsecure('10.1.2.3:5000', ['10.0.0.0/8']));
});

test('how far a pull has come can be asked while it lasts, and not afterwards', async (t) => {
  const f = await makeFixture(t);
  const registry = await RegistryServer.start(t);
  await seed(registry, 'watched');
  const pulls = new Pulls(() => f.store);
  const directory = mkdtempSync(join(tmpdir(), 'sockerless-pulls-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const engine = await Engine.open({ store: await Store.open(directory, { durability: 'process' }), machines, effects: pulls.effects() });
  await engine.recover();
  let actor = '';
  engine.feed.subscribe(({ kind, id }) => {
    if (kind === 'imagePull') actor = id;
  });
  const seen: (readonly TransferMessage[] | undefined)[] = [];
  await pulls.pull(engine, parseReference(`${registry.host}/team/app:watched`), '', { onProgress: () => seen.push(pulls.progress(actor)) });
  t.true(seen.every((lines) => lines !== undefined));
  const last = seen.at(-1)!;
  t.is(last.filter(({ status }) => status === 'Pull complete').length, 5);
  t.regex(last.find(({ id }) => id === undefined)!.status, /^Status: Downloaded newer image/);
  t.is(pulls.progress(actor), undefined);
  await engine.close();
});

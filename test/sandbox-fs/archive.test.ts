// docker cp, export and path stat, checked against GNU tar.
import { SUPERUSER } from '../../actors/sandbox/kernel/credentials.js';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { Archive, archiveView, containerPath, rfc3339Nano } from '../../actors/sandbox/fs/archive.js';
import { ArchiveWriter, type ArchiveWriteOptions } from '../../actors/sandbox/fs/archive-writer.js';
import { HostDirectory } from '../../actors/sandbox/fs/host-directory.js';
import { Overlay } from '../../actors/sandbox/fs/overlay.js';
import { Tmpfs } from '../../actors/sandbox/fs/tmpfs.js';
import { Fault } from '../../actors/runtime/fault.js';
import { MountTree } from '../../actors/sandbox/kernel/path.js';
import { directory, errno, file, text } from '../suites/file-system.js';
import { type LayerFiles, packTar, temporaryDirectory } from './layers.js';

const ROOT = SUPERUSER;

function machine(): { tree: MountTree; root: Tmpfs['root'] } {
  const tmpfs = new Tmpfs({ type: 'overlay' });
  return { tree: new MountTree(tmpfs), root: tmpfs.root };
}

function put(tree: MountTree, at: string, tar: Uint8Array, options: ArchiveWriteOptions = {}, chunkBytes = 700): void {
  const writer = new ArchiveWriter(tree, at, options);
  for (let i = 0; i < tar.length; i += chunkBytes) writer.push(tar.subarray(i, i + chunkBytes));
  writer.finish();
}

function fault(call: () => void): string {
  try {
    call();
    return '';
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
}

const listing = (tar: Uint8Array, ...flags: string[]): string => execFileSync('tar', ['tf', '-', '--numeric-owner', ...flags], { input: tar }).toString();

test('path stat: names, Go modes, times, where a symlink leads', (t) => {
  const { tree, root } = machine();
  const tmp = directory(root, 'tmp', 0o1777);
  const inode = file(tmp, 'f', 'hello', 0o4755);
  inode.setAttributes({ mtimeMs: Date.UTC(2024, 4, 6, 7, 8, 9) + 120.5 });
  tmp.create('up', { type: 'symlink', mode: 0o777, target: '../../tmp/f', uid: 0, gid: 0 });
  tmp.create('broken', { type: 'symlink', mode: 0o777, target: '/none/../x/y', uid: 0, gid: 0 });
  const archive = new Archive(tree);
  t.deepEqual(archive.statPath('tmp/f'), { name: 'f', size: 5, mode: 0o755 + 2 ** 23, mtime: '2024-05-06T07:08:09.1205Z', linkTarget: '' });
  t.like(archive.statPath('/tmp/'), { name: 'tmp', mode: 0o777 + 2 ** 31 + 2 ** 20 });
  t.like(archive.statPath('/tmp/up'), { name: 'up', linkTarget: '/tmp/f', mode: 0o777 + 2 ** 27 });
  t.is(archive.statPath('/tmp/broken').linkTarget, '/x/y');
  t.is(archive.statPath('/').name, '/');
  t.is(errno(() => archive.statPath('/nothing')), 'ENOENT');
  t.is(errno(() => archive.statPath('/tmp/f/')), 'ENOTDIR');
  t.is(containerPath('a/../../b/.'), '/b/.');
  t.is(rfc3339Nano(0), '1970-01-01T00:00:00Z');
});

test('a directory comes out under its own name, with /. as its contents; GNU tar reads it', (t) => {
  const { tree, root } = machine();
  const a = directory(root, 'a');
  file(a, 'f', 'one');
  a.link('hard', a.lookup('f')!);
  a.create('soft', { type: 'symlink', mode: 0o777, target: 'f', uid: 0, gid: 0 });
  file(directory(a, 'b', 0o700), 'big', 'x'.repeat(2_500_000)).setAttributes({ uid: 5, gid: 6 });
  const archive = new Archive(tree);
  const whole = Buffer.concat([...archive.readArchive('/a')]);
  t.is(listing(whole), 'a/\na/b/\na/b/big\na/f\na/hard\na/soft\n');
  t.regex(listing(whole, '-v'), /hrw-r--r-- 0\/0 +0 .* a\/hard link to a\/f/);
  t.regex(listing(whole, '-v'), /-rw-r--r-- 5\/6 +2500000 .* a\/b\/big/);
  t.is(listing(Buffer.concat([...archive.readArchive('/a/.')])), './\n./b/\n./b/big\n./f\n./hard\n./soft\n');
  t.is(listing(Buffer.concat([...archive.readArchive('a/b/big')])), 'big\n');
  t.is(listing(Buffer.concat([...archive.exportTree()])), listing(whole));
});

test('what GNU tar packs goes in and comes out the same', (t) => {
  const where = temporaryDirectory(t);
  const source = path.join(where, 'src');
  fs.mkdirSync(path.join(source, 'sub', 'deep'.repeat(30)), { recursive: true });
  fs.writeFileSync(path.join(source, 'sub', 'data'), Buffer.alloc(1_234_567, 'abc'));
  fs.writeFileSync(path.join(source, 'sub', 'deep'.repeat(30), 'ünï'), 'u');
  fs.linkSync(path.join(source, 'sub', 'data'), path.join(source, 'hard'));
  fs.symlinkSync('sub/data', path.join(source, 'soft'));
  fs.chmodSync(path.join(source, 'sub'), 0o2750);
  const tar = execFileSync('tar', ['cf', '-', '--format=pax', '--sort=name', '-C', where, 'src'], { maxBuffer: 1 << 26 });
  for (const fileSystem of [new Tmpfs({ type: 'overlay' }), new Overlay({ layers: [], directory: path.join(where, 'upper') })]) {
    const tree = new MountTree(fileSystem);
    directory(fileSystem.root, 'to');
    t.teardown(() => fileSystem.dispose());
    put(tree, '/to', tar, {}, 65536);
    const out = Buffer.concat([...new Archive(tree).readArchive('/to/src')]);
    const back = path.join(where, `back-${fileSystem.type}-${Math.random()}`);
    fs.mkdirSync(back);
    execFileSync('tar', ['xpf', '-', '-C', back], { input: out });
    t.is(execFileSync('diff', ['-r', '--no-dereference', source, path.join(back, 'src')]).toString(), '');
    t.is(fs.statSync(path.join(back, 'src', 'sub')).mode & 0o7777, 0o2750);
    t.is(fs.statSync(path.join(back, 'src', 'hard')).ino, fs.statSync(path.join(back, 'src', 'sub', 'data')).ino);
    t.is(Math.floor(fs.statSync(path.join(back, 'src', 'sub')).mtimeMs / 1000), Math.floor(fs.statSync(path.join(source, 'sub')).mtimeMs / 1000));
  }
});

test('nothing is written outside of the container, and dockerd’s refusals are ours', (t) => {
  const hostile: [LayerFiles, string][] = [
    [{ '../x': 'evil' }, '"../x" is outside of "/to"'],
    [{ 'l': { type: 'link', linkPath: '../../etc/passwd' } }, 'invalid hardlink "/etc/passwd" -> "../../etc/passwd"'],
    [{ 's': { type: 'symlink', linkPath: '../../../etc' } }, 'invalid symlink "/to/s" -> "../../../etc"'],
    [{ 'l': { type: 'link', linkPath: 'missing' } }, 'link /to/missing /to/l: no such file or directory'],
  ];
  for (const [files, message] of hostile) {
    const { tree, root } = machine();
    directory(root, 'to');
    t.is(fault(() => put(tree, '/to', packTar({ before: 'kept', ...files, after: 'not there' }))), message);
    t.deepEqual(root.lookup('to')!.entries().map(({ name }) => name), ['before']);
  }
});

test('symlinks of the container are followed inside of it only', (t) => {
  const { tree, root } = machine();
  directory(root, 'etc');
  const to = directory(root, 'to');
  to.create('abs', { type: 'symlink', mode: 0o777, target: '/etc', uid: 0, gid: 0 });
  to.create('up', { type: 'symlink', mode: 0o777, target: '../../../../../etc', uid: 0, gid: 0 });
  put(tree, '/to', packTar({ '/abs/one': '1', 'up/two': '2', 'new/dirs/three': '3' }));
  t.deepEqual(root.lookup('etc')!.entries().map(({ name }) => name), ['one', 'two']);
  t.is(text(to.lookup('new')!.lookup('dirs')!.lookup('three')), '3');
});

test('directories and other files replace each other, unless the client forbids it', (t) => {
  const { tree, root } = machine();
  file(directory(root, 'd'), 'inside');
  file(root, 'f', 'old');
  const tar = packTar({ 'd': 'now a file', 'f/': '' });
  t.is(fault(() => put(tree, '/', tar, { noOverwriteDirNonDir: true })), 'cannot overwrite directory "/d" with non-directory "/"');
  t.is(fault(() => put(tree, '/', packTar({ 'f/': '' }), { noOverwriteDirNonDir: true })), 'cannot overwrite non-directory "/f" with directory "/"');
  put(tree, '/', tar);
  t.is(text(root.lookup('d')), 'now a file');
  t.is(root.lookup('f')!.type, 'directory');
  put(tree, '/', packTar({ 'f/x': 'merged' }), { owner: { uid: 10, gid: 11 } });
  t.like(root.lookup('f')!.lookup('x')!.stat(), { uid: 10, gid: 11 });
});

test('destinations that cannot be written to, archives that stop too early', (t) => {
  const { tree, root } = machine();
  file(root, 'f');
  t.is(fault(() => new ArchiveWriter(tree, '/f')), 'extraction point is not a directory');
  t.is(errno(() => new ArchiveWriter(tree, '/none')), 'ENOENT');
  directory(root, 'vol');
  tree.mount(tree.resolve('/vol', tree.root, ROOT), new Tmpfs(), { readOnly: true });
  t.is(fault(() => new ArchiveWriter(tree, '/vol')), 'mounted volume is marked read-only');
  const tar = packTar({ one: '1', two: '2'.repeat(5000) });
  t.is(fault(() => put(tree, '/', tar.subarray(0, 3000))), 'unexpected EOF');
  t.is(text(root.lookup('one')), '1');
  const small = new MountTree(new Tmpfs({ sizeBytes: 8192 }));
  t.is(fault(() => put(small, '/', packTar({ big: 'x'.repeat(20000) }))), 'write /big: no space left on device');
});

test('the view for archives has volumes and bind mounts but not what only runs', (t) => {
  const where = temporaryDirectory(t);
  fs.writeFileSync(path.join(where, 'hosts'), 'host text');
  const { tree, root } = machine();
  for (const name of ['tmp', 'vol', 'etc']) directory(root, name);
  file(root.lookup('etc')!, 'hosts');
  const at = (name: string) => tree.resolve(name, tree.root, ROOT);
  const scratch = new Tmpfs();
  file(scratch.root, 'hidden');
  tree.mount(at('/tmp'), scratch);
  tree.mount(at('/etc/hosts'), new HostDirectory({ path: path.join(where, 'hosts') }));
  tree.mount(at('/vol'), new HostDirectory({ path: where }));
  const archive = new Archive(archiveView(tree));
  t.is(listing(Buffer.concat([...archive.readArchive('/')])), '/\n/etc/\n/etc/hosts\n/tmp/\n/vol/\n/vol/hosts\n');
  t.is(execFileSync('tar', ['xOf', '-', '-P', '/etc/hosts'], { input: Buffer.concat([...archive.readArchive('/')]) }).toString(), 'host text');
  t.is(listing(Buffer.concat([...archive.exportTree()])), 'etc/\netc/hosts\ntmp/\nvol/\n');
});

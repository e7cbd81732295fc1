// Bind mounts: no path, symlink or device of a container or the host leads out of the mounted directory.
import { SUPERUSER } from '../../actors/sandbox/kernel/credentials.js';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { HostDirectory } from '../../actors/sandbox/fs/host-directory.js';
import { HostOwnership } from '../../actors/sandbox/fs/host-ownership.js';
import { Tmpfs } from '../../actors/sandbox/fs/tmpfs.js';
import { Kernel } from '../../actors/sandbox/kernel/kernel.js';
import { O_RDONLY } from '../../actors/sandbox/kernel/open-file.js';
import { Process } from '../../actors/sandbox/kernel/process.js';
import { directory, errno, file, text } from '../suites/file-system.js';
import { type Cleanup, temporaryDirectory } from './layers.js';

function shared(t: Cleanup): { outside: string; inside: string; mount: HostDirectory } {
  const outside = temporaryDirectory(t);
  const inside = path.join(outside, 'inside');
  fs.mkdirSync(inside);
  fs.writeFileSync(path.join(outside, 'secret'), 'host secret');
  const mount = new HostDirectory({ path: inside, ownershipPath: path.join(outside, 'owners') });
  t.teardown(() => mount.dispose());
  return { outside, inside, mount };
}

function hands(mount: HostDirectory): Process {
  const root = new Tmpfs();
  directory(root.root, 'mnt');
  directory(root.root, 'etc');
  file(root.root, 'secret', 'container secret');
  const kernel = new Kernel({ hostname: 'h', root, kinds: [] });
  kernel.tree.mount(kernel.tree.resolve('/mnt', kernel.tree.root, SUPERUSER), mount);
  return new Process(kernel, 0, undefined, { argv: [], env: new Map(), cwd: kernel.tree.root, credentials: SUPERUSER });
}

const read = (process: Process, at: string): string => Buffer.from(process.files.readFile(at)).toString();

test('symlinks mean what they mean in the container, wherever they point on the host', (t) => {
  const { outside, inside, mount } = shared(t);
  const { files } = hands(mount);
  const process = hands(mount);
  fs.symlinkSync(path.join(outside, 'secret'), path.join(inside, 'absolute'));
  fs.symlinkSync('../secret', path.join(inside, 'relative'));
  fs.symlinkSync('/', path.join(inside, 'top'));
  fs.symlinkSync('..', path.join(inside, 'up'));
  t.is(errno(() => files.readFile('/mnt/absolute')), 'ENOENT');
  t.is(read(process, '/mnt/relative'), 'container secret');
  t.is(read(process, '/mnt/top/secret'), 'container secret');
  t.is(read(process, '/mnt/up/secret'), 'container secret');
  t.is(read(process, '/mnt/../../../../secret'), 'container secret');
  // The negative control: the host itself follows them.
  t.is(fs.readFileSync(path.join(inside, 'relative'), 'utf8'), 'host secret');
});

test('a symlink put in the place of a directory or file that was looked up leads nowhere', (t) => {
  const { outside, inside, mount } = shared(t);
  fs.mkdirSync(path.join(outside, 'elsewhere'));
  fs.writeFileSync(path.join(outside, 'elsewhere', 'f'), 'elsewhere');
  for (const warm of [false, true]) {
    const d = directory(mount.root, 'd');
    const f = file(mount.root, 'f', 'mine');
    if (warm) file(d, 'x');
    fs.renameSync(path.join(inside, 'd'), path.join(inside, 'd-moved'));
    fs.symlinkSync(path.join(outside, 'elsewhere'), path.join(inside, 'd'));
    fs.rmSync(path.join(inside, 'f'));
    fs.symlinkSync(path.join(outside, 'secret'), path.join(inside, 'f'));
    t.is(errno(() => f.readAt(0, 100)), 'ENOENT');
    t.is(errno(() => f.writeAt(0, Buffer.from('evil'))), 'ENOENT');
    t.is(errno(() => f.truncate(0)), 'ENOENT');
    t.is(errno(() => f.setAttributes({ mode: 0o777, uid: 1 })), 'ENOENT');
    // Either the directory is still held, wherever it is now, or it cannot be found; it is never the other one.
    const made = errno(() => file(d, 'g'));
    t.true(warm ? made === '' : ['ENOENT', 'ENOTDIR'].includes(made), made);
    t.deepEqual(fs.readdirSync(path.join(outside, 'elsewhere')), ['f']);
    t.is(fs.readFileSync(path.join(outside, 'secret'), 'utf8'), 'host secret');
    for (const name of ['d', 'f', 'd-moved']) fs.rmSync(path.join(inside, name), { recursive: true });
  }
});

test('names with slashes, dots and NULs are refused in every call', (t) => {
  const { mount } = shared(t);
  const f = file(mount.root, 'f');
  for (const name of ['../secret', '..', '.', '', 'a/../../secret', '/etc/passwd', 'f\0x']) {
    for (const call of [
      () => mount.root.lookup(name), () => mount.root.unlink(name), () => mount.root.rmdir(name), () => mount.root.link(name, f),
      () => mount.root.rename(name, mount.root, 'x'), () => mount.root.rename('f', mount.root, name), () => file(mount.root, name),
    ]) t.is(errno(call), 'EINVAL', JSON.stringify(name));
  }
});

test('fifos and devices of the host are seen but never opened', (t) => {
  const { inside, mount } = shared(t);
  execFileSync('mkfifo', [path.join(inside, 'fifo')]);
  const { files } = hands(mount);
  t.is(files.stat('/mnt/fifo').type, 'fifo');
  t.is(errno(() => files.openFile('/mnt/fifo', O_RDONLY)), 'ENXIO');
  const dev = new HostDirectory({ path: '/dev', readOnly: true });
  t.is(errno(() => hands(dev).files.openFile('/mnt/zero', O_RDONLY)), 'EACCES');
  dev.dispose();
});

test('setuid never reaches the host, yet the container sees it', (t) => {
  const { inside, mount } = shared(t);
  const f = file(mount.root, 'f', 'x', 0o755);
  f.setAttributes({ mode: 0o4755 });
  t.is(f.stat().mode, 0o4755);
  t.is(fs.statSync(path.join(inside, 'f')).mode & 0o7777, 0o755);
  f.setAttributes({ mode: 0o700 });
  t.is(f.stat().mode, 0o700);
});

test('what others change is seen at once, in both directions', (t) => {
  const { inside, mount, outside } = shared(t);
  const other = new HostDirectory({ path: inside, ownershipPath: path.join(outside, 'owners') });
  t.teardown(() => other.dispose());
  file(mount.root, 'f', 'one');
  t.is(text(other.root.lookup('f')), 'one');
  fs.writeFileSync(path.join(inside, 'f'), 'from the host');
  t.is(text(mount.root.lookup('f')), 'from the host');
  mount.root.create('p', { type: 'fifo', mode: 0o600, uid: 3, gid: 4 });
  t.like(other.root.lookup('p')!.stat(), { type: 'fifo', mode: 0o600, uid: 3, gid: 4 });
  fs.rmSync(path.join(inside, 'f'));
  t.is(mount.root.lookup('f'), undefined);
});

test('a single file can be mounted, also through a symlink of the daemon’s choice', (t) => {
  const { outside } = shared(t);
  fs.symlinkSync('secret', path.join(outside, 'alias'));
  const mount = new HostDirectory({ path: path.join(outside, 'alias') });
  t.is(mount.root.type, 'file');
  t.is(text(mount.root), 'host secret');
  mount.root.writeAt(0, Buffer.from('HOST'));
  t.is(fs.readFileSync(path.join(outside, 'secret'), 'utf8'), 'HOST secret');
  mount.root.retain();
  t.is(text(mount.root), 'HOST secret');
  mount.root.release();
  mount.dispose();
  t.is(errno(() => new HostDirectory({ path: path.join(outside, 'none') })), 'ENOENT');
});

test('a read-only mount refuses every change', (t) => {
  const { inside } = shared(t);
  fs.writeFileSync(path.join(inside, 'f'), 'x');
  const { root } = new HostDirectory({ path: inside, readOnly: true });
  const f = root.lookup('f')!;
  for (const call of [
    () => file(root, 'g'), () => f.writeAt(0, Buffer.from('y')), () => f.truncate(0), () => f.setAttributes({ mode: 0 }),
    () => root.unlink('f'), () => root.rename('f', root, 'g'), () => root.link('h', f),
  ]) t.is(errno(call), 'EROFS');
});

test('the kept owners survive a torn line', (t) => {
  const where = temporaryDirectory(t);
  const sidecar = path.join(where, 'owners');
  const stat = fs.statSync(where);
  new HostOwnership(sidecar).set(stat, { uid: 5 });
  fs.appendFileSync(sidecar, '\n["torn');
  const again = new HostOwnership(sidecar);
  again.set(stat, { gid: 6 });
  t.deepEqual(again.get(stat), { uid: 5, gid: 6 });
  t.deepEqual(new HostOwnership(sidecar).get(stat), { uid: 5, gid: 6 });
  again.forget(stat);
  t.is(new HostOwnership(sidecar).get(stat), undefined);
});

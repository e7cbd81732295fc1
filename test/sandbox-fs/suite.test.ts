// The common suite over tmpfs, overlay and host directories.
import fs from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { HostDirectory } from '../../actors/sandbox/fs/host-directory.js';
import { Overlay } from '../../actors/sandbox/fs/overlay.js';
import { Tmpfs } from '../../actors/sandbox/fs/tmpfs.js';
import { type Cleanup, temporaryDirectory } from './layers.js';
import { apply, describe, fileSystemSuite, Model } from '../suites/file-system.js';

fileSystemSuite(test, { name: 'tmpfs', make: () => new Tmpfs(), supports: { xattrs: true, devices: true, fifos: true } });

const upper = new WeakMap<object, string>();

fileSystemSuite(test, {
  name: 'overlay',
  make: (t: Cleanup) => {
    const directory = temporaryDirectory(t);
    const overlay = new Overlay({ layers: [], directory });
    upper.set(overlay, directory);
    // Before the directory goes: pending changes would make it anew.
    t.teardown(() => overlay.dispose());
    return overlay;
  },
  reopen: (old) => {
    old.dispose();
    const overlay = new Overlay({ layers: [], directory: upper.get(old)! });
    upper.set(overlay, upper.get(old)!);
    return overlay;
  },
  supports: { xattrs: true, devices: true, fifos: true },
});

fileSystemSuite(test, {
  name: 'host directory',
  make: (t: Cleanup) => {
    const directory = temporaryDirectory(t);
    const shared = path.join(directory, 'shared');
    fs.mkdirSync(shared);
    return new HostDirectory({ path: shared, ownershipPath: path.join(directory, 'owners') });
  },
  supports: { xattrs: false, devices: false, fifos: true },
});

test('the comparison itself can fail: a lost write is seen', (t) => {
  const { root } = new Tmpfs();
  const model = new Model();
  for (const operation of [{ op: 'create', at: 'a', number: 0o644 }, { op: 'write', at: 'a', offset: 0, data: 'x', times: 1 }] as const) {
    model.apply(operation);
    if (operation.op === 'create') apply(root, operation);
  }
  t.notDeepEqual(describe(root), model.describe());
});

test('a tmpfs is full when its limit says so, and room comes back', (t) => {
  const tmpfs = new Tmpfs({ sizeBytes: 64 << 10, inodesMax: 4 });
  const inode = tmpfs.root.create('f', { type: 'file', mode: 0o600, uid: 0, gid: 0 });
  t.is(inode.writeAt(0, Buffer.alloc(100 << 10)), 64 << 10);
  t.throws(() => inode.writeAt(64 << 10, Buffer.alloc(1)), { message: 'No space left on device' });
  t.is(tmpfs.statfs().freeBytes, 0);
  tmpfs.root.unlink('f');
  t.is(tmpfs.statfs().freeBytes, 64 << 10);
  for (const name of ['a', 'b', 'c']) tmpfs.root.create(name, { type: 'file', mode: 0o600, uid: 0, gid: 0 });
  t.throws(() => tmpfs.root.create('d', { type: 'file', mode: 0o600, uid: 0, gid: 0 }), { message: 'No space left on device' });
});


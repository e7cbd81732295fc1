// The overlay: layers, whiteouts, copy-up, persistence, crashes, diff and commit.
import fs from 'node:fs';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { ownChildren, TreePacker } from '../../actors/sandbox/fs/pack-tree.js';
import { Overlay } from '../../actors/sandbox/fs/overlay.js';
import { changes, upperTar } from '../../actors/sandbox/fs/overlay-changes.js';
import { Tmpfs } from '../../actors/sandbox/fs/tmpfs.js';
import type { Inode } from '../../actors/sandbox/kernel/inode.js';
import { apply, describe, directory, errno, file, Model, operations, text } from '../suites/file-system.js';
import { type LayerFiles, makeLayer, temporaryDirectory, writeLayer } from './layers.js';

function packed(root: Inode): Buffer {
  const packer = new TreePacker();
  const parts: Uint8Array[] = [];
  for (const [name, inode] of ownChildren(root)) parts.push(...packer.tree(name, inode, ownChildren));
  return Buffer.concat([...parts, ...packer.end()]);
}

function stack(t: { teardown(clean: () => void): void }, ...layers: LayerFiles[]): { overlay: Overlay; again(): Overlay; upper: string } {
  const where = temporaryDirectory(t);
  const options = { layers: layers.map((layer) => makeLayer(where, layer)), directory: path.join(where, 'upper') };
  const open = (): Overlay => {
    const overlay = new Overlay(options);
    // Before the directory goes: pending changes would make it anew.
    t.teardown(() => overlay.dispose());
    return overlay;
  };
  return { overlay: open(), again: open, upper: options.directory };
}

const names = (inode: Inode | undefined): string[] => inode!.entries().map(({ name }) => name).sort();

test('layers are merged, whiteouts and opaque directories hide what is below', (t) => {
  const { overlay } = stack(t,
    { 'etc/': '', 'etc/a': '1', 'etc/b': '1', 'opt/': '', 'opt/x/': '', 'opt/x/old': '1', 'dir/': '', 'dir/f': '1', 'gone/': '', 'gone/f': '1', 'file': '1' },
    { 'etc/.wh.a': '', 'etc/c': '2', 'opt/x/.wh..wh..opq': '', 'opt/x/new': '2', 'dir': 'now a file', '.wh.gone': '', 'file/': '', 'file/in': '2' },
    { 'etc/a': '3', 'gone/': '', 'gone/other': '3' });
  const { root } = overlay;
  t.deepEqual(names(root), ['dir', 'etc', 'file', 'gone', 'opt']);
  t.deepEqual(names(root.lookup('etc')), ['a', 'b', 'c']);
  t.is(text(root.lookup('etc')!.lookup('a')), '3');
  t.deepEqual(names(root.lookup('opt')!.lookup('x')), ['new']);
  t.is(text(root.lookup('dir')), 'now a file');
  t.deepEqual(names(root.lookup('gone')), ['other']);
  t.deepEqual(names(root.lookup('file')), ['in']);
});

test('metadata comes from the topmost layer that really has the directory', (t) => {
  const { overlay } = stack(t, { 'tmp': { type: 'dir', mode: 0o1777 } }, { 'tmp/x': '2' });
  t.is(overlay.root.lookup('tmp')!.stat().mode, 0o1777);
});

test('a changed file of a layer keeps its number, its other names and its bytes, over a restart too', (t) => {
  const big = 'B'.repeat(3 << 20);
  const { overlay, again, upper } = stack(t, { 'f': 'lower', 'big': big, 'l': { type: 'link', linkPath: 'f' } });
  const inode = overlay.root.lookup('f')!;
  t.is(overlay.root.lookup('l'), inode);
  t.is(inode.stat().nlink, 2);
  inode.setAttributes({ mode: 0o600 });
  overlay.root.lookup('big')!.setAttributes({ uid: 7 });
  overlay.flush();
  t.false(fs.existsSync(path.join(upper, 'content')), 'metadata alone copies no content');
  inode.writeAt(5, Buffer.from('!'));
  overlay.root.lookup('big')!.writeAt(1 << 20, Buffer.from('x'));
  overlay.dispose();
  const second = again();
  const found = second.root.lookup('l')!;
  t.is(second.root.lookup('f'), found);
  t.is(found.ino, inode.ino);
  t.is(text(found), 'lower!');
  t.is(found.stat().mode, 0o600);
  t.is(text(second.root.lookup('big')), `${big.slice(0, 1 << 20)}x${big.slice(0, (2 << 20) - 1)}`);
  t.is(second.root.lookup('big')!.stat().uid, 7);
});

test('docker diff lists parents, changes, additions and deletions', (t) => {
  const { overlay } = stack(t, { 'a/': '', 'a/b/': '', 'a/b/f': '1', 'a/b/g': '1', 'a/same': '1', 'z/': '', 'z/f': '1' });
  const b = overlay.root.lookup('a')!.lookup('b')!;
  b.lookup('f')!.writeAt(0, Buffer.from('2'));
  b.unlink('g');
  file(b, 'new', 'x');
  overlay.root.rename('z', overlay.root.lookup('a')!, 'z2');
  t.deepEqual(changes(overlay).map(({ Path, Kind }) => `${'CAD'[Kind]} ${Path}`), [
    'C /a', 'C /a/b', 'C /a/b/f', 'D /a/b/g', 'A /a/b/new', 'A /a/z2', 'A /a/z2/f', 'D /z']);
  t.is(overlay.contentBytes, 2);
});

test('a container on layers behaves like the model; restarted and committed it looks the same', (t) => {
  fc.assert(fc.property(operations, operations, operations, (first, second, third) => {
    const clean: (() => void)[] = [];
    try {
      const where = temporaryDirectory({ teardown: (call) => clean.push(call) });
      const model = new Model();
      const base = new Tmpfs();
      const run = (root: Inode, list: typeof first): void => {
        for (const operation of list) t.is(apply(root, operation), model.apply(operation));
      };
      run(base.root, first);
      const layers = [writeLayer(where, packed(base.root))];
      for (const [i, list] of [second, third].entries()) {
        const options = { layers: [...layers], directory: path.join(where, `upper${i}`) };
        const overlay = new Overlay(options);
        t.deepEqual(describe(overlay.root), model.describe());
        run(overlay.root, list);
        overlay.dispose();
        const again = new Overlay(options);
        t.deepEqual(describe(again.root), model.describe());
        layers.push(writeLayer(where, Buffer.concat([...upperTar(again)])));
        again.dispose();
      }
      t.deepEqual(describe(new Overlay({ layers, directory: path.join(where, 'last') }).root), model.describe());
    } finally {
      for (const call of clean) call();
    }
  }), { numRuns: 60 });
});

test('cut off at any byte, the journal opens as one of the states that were flushed', (t) => {
  const where = temporaryDirectory(t);
  const layers = [makeLayer(where, { 'd/': '', 'd/f': 'lower' })];
  const upper = path.join(where, 'upper');
  const overlay = new Overlay({ layers, directory: upper });
  const states = [describe(overlay.root).join('\n')];
  const sizes = [0];
  const journal = path.join(upper, 'journal');
  const steps: (() => void)[] = [
    () => file(overlay.root, 'a', 'one'),
    () => overlay.root.lookup('d')!.unlink('f'),
    () => directory(overlay.root, 'e'),
    () => overlay.root.rename('a', overlay.root.lookup('e')!, 'b'),
    () => overlay.root.lookup('e')!.lookup('b')!.writeAt(1, Buffer.from('XY')),
  ];
  for (const step of steps) {
    step();
    overlay.flush();
    states.push(describe(overlay.root).join('\n'));
    sizes.push(fs.statSync(journal).size);
  }
  const whole = fs.readFileSync(journal);
  const seen = new Set<string>();
  for (let cut = 0; cut <= whole.length; cut++) {
    const copy = path.join(where, 'copy');
    fs.rmSync(copy, { recursive: true, force: true });
    fs.mkdirSync(copy);
    fs.writeFileSync(path.join(copy, 'journal'), whole.subarray(0, cut));
    const opened = new Overlay({ layers, directory: copy });
    const state = describe(opened.root).join('\n');
    const flushed = sizes.filter((size) => size <= cut).length - 1;
    t.is(state, states[Math.max(0, flushed)]!);
    seen.add(state);
    opened.dispose();
  }
  t.is(seen.size, new Set(states).size);
  // And a flipped bit is no state at all: the frame and all after it are dropped.
  const damaged = Buffer.from(whole);
  damaged[sizes[3]! + 20]! ^= 1;
  fs.writeFileSync(path.join(where, 'copy', 'journal'), damaged);
  t.is(describe(new Overlay({ layers, directory: path.join(where, 'copy') }).root).join('\n'), states[3]!);
});

test('content files without an inode are swept, and doomed ones outlive the journal that names them', (t) => {
  const { overlay, again, upper } = stack(t, {});
  const content = path.join(upper, 'content');
  file(overlay.root, 'big', 'x'.repeat(10_000));
  overlay.flush();
  overlay.root.unlink('big');
  t.is(fs.readdirSync(content).length, 1, 'not removed before the journal says so');
  const afterKill = again();
  t.is(text(afterKill.root.lookup('big')).length, 10_000);
  afterKill.dispose();
  overlay.flush();
  t.is(fs.readdirSync(content).length, 0);
  fs.writeFileSync(path.join(content, '12345'), 'leftover');
  again().dispose();
  t.is(fs.readdirSync(content).length, 0);
});

test('changes on other layers are refused, not misread', (t) => {
  const where = temporaryDirectory(t);
  const upper = path.join(where, 'upper');
  const overlay = new Overlay({ layers: [makeLayer(where, { f: '1' })], directory: upper });
  file(overlay.root, 'x');
  overlay.dispose();
  t.is(errno(() => new Overlay({ layers: [], directory: upper })), 'EIO');
});

test('the journal does not grow without end', (t) => {
  const { overlay, again, upper } = stack(t, {});
  const inode = file(overlay.root, 'f');
  for (let i = 0; i < 4000; i++) {
    inode.writeAt(0, Buffer.alloc(4000, String(i % 10)));
    overlay.flush();
  }
  t.true(fs.statSync(path.join(upper, 'journal')).size < 6 << 20);
  overlay.dispose();
  t.is(text(again().root.lookup('f')), '9'.repeat(4000));
});

test('a size limit holds for what the container writes, and is known after a restart', (t) => {
  const where = temporaryDirectory(t);
  const options = { layers: [makeLayer(where, { big: 'L'.repeat(100_000) })], directory: path.join(where, 'upper'), sizeBytes: 64 << 10 };
  const overlay = new Overlay(options);
  t.is(errno(() => overlay.root.lookup('big')!.writeAt(0, Buffer.from('x'))), 'ENOSPC');
  t.is(text(overlay.root.lookup('big')).length, 100_000);
  t.is(file(overlay.root, 'f').writeAt(0, Buffer.alloc(60 << 10)), 60 << 10);
  overlay.dispose();
  const again = new Overlay(options);
  t.is(again.root.lookup('f')!.writeAt(60 << 10, Buffer.alloc(60 << 10)), 4 << 10);
  again.root.unlink('f');
  t.is(again.statfs().freeBytes, 64 << 10);
  again.dispose();
  t.is(errno(() => new Overlay({ ...options, readOnly: true }).root.create('x', { type: 'file', mode: 0, uid: 0, gid: 0 })), 'EROFS');
});

// Volume subpaths: what containers made of a volume, above all symlinks, never leads a mount of a part of it to elsewhere on the host.
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { Fault } from '../../actors/runtime/fault.js';
import { HostDirectory } from '../../actors/sandbox/fs/host-directory.js';
import { Errno } from '../../actors/sandbox/kernel/errno.js';
import type { Inode } from '../../actors/sandbox/kernel/inode.js';
import { SECRET } from '../support/canary.js';

/** A volume folder with a secret beside it. */
function volume(): { base: string; data: string } {
  const base = fs.mkdtempSync(join(tmpdir(), 'subpath-'));
  const data = join(base, '_data');
  fs.mkdirSync(join(data, 'a', 'b'), { recursive: true });
  fs.mkdirSync(join(base, 'beside'));
  fs.writeFileSync(join(base, 'beside', 'secret'), SECRET);
  fs.writeFileSync(join(data, 'a', 'b', 'f'), 'inner');
  return { base, data };
}

const names = fc.constantFrom('a', 'b', 'l', 'm', 'f', '..', '.', 'beside', 'secret', '_data');
const relatives = fc.array(names, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));
const targets = fc.oneof(relatives, relatives.map((path) => `@${path}`), fc.constantFrom('/', '@', '@_data', '@beside', '../beside', '../../beside/secret', '/proc/self/root', '/proc/self/cwd'));
const links = fc.array(fc.tuple(fc.constantFrom('l', 'm', 'a/l', 'a/m', 'a/b/l'), targets), { maxLength: 4 });

function holds(inode: Inode, depth = 0): boolean {
  if (inode.type === 'file') return Buffer.from(inode.readAt(0, 4096)).includes(SECRET);
  if (inode.type !== 'directory' || depth > 3) return false;
  return inode.entries().some(({ name }) => {
    const child = inode.lookup(name);
    return child !== undefined && holds(child, depth + 1);
  });
}

/** Whether mounting the subpath shows the secret. */
function shows(made: readonly (readonly [string, string])[], subpath: string): boolean {
  const { base, data } = volume();
  try {
    for (const [at, target] of made) {
      if (!fs.lstatSync(join(data, at), { throwIfNoEntry: false })) fs.symlinkSync(target.replace('@', `${base}/`), join(data, at));
    }
    const mounted = new HostDirectory({ path: data, subpath });
    try {
      return holds(mounted.root);
    } finally {
      mounted.dispose();
    }
  } catch (error) {
    if (error instanceof Fault || error instanceof Errno) return false;
    throw error;
  } finally {
    fs.rmSync(base, { recursive: true, force: true });
  }
}

test('no subpath shows what is beside the volume', (t) => {
  fc.assert(fc.property(links, relatives, (made, subpath) => !shows(made, subpath)), { numRuns: 150 });
  t.pass();
});

test('a subpath shows its part, also through symlinks that stay inside; dockerd\'s words for the others', (t) => {
  const { base, data } = volume();
  t.teardown(() => fs.rmSync(base, { recursive: true }));
  fs.symlinkSync('a/b', join(data, 'inner'));
  fs.symlinkSync('..', join(data, 'outer'));
  const entries = (subpath: string): string[] => listed(t, data, subpath);
  t.deepEqual(entries('a'), ['b']);
  t.deepEqual(entries('inner'), ['f']);
  t.is(new HostDirectory({ path: data, subpath: 'a/b/f' }).root.type, 'file');
  t.throws(() => entries('outer/beside'), { instanceOf: Fault, message: /^path concatenation escapes the base directory, base: ".*_data", subpath: "outer\/beside"$/ });
  t.throws(() => entries('none'), { instanceOf: Fault, message: /^cannot access path .*none: lstat .*none: no such file or directory$/ });
});

function listed(t: ExecutionContext, path: string, subpath: string): string[] {
  const mounted = new HostDirectory({ path, subpath });
  t.teardown(() => mounted.dispose());
  return mounted.root.entries().map(({ name }) => name);
}

test('a mount of what a careless join names would show it (negative control)', (t) => {
  const { base, data } = volume();
  t.teardown(() => fs.rmSync(base, { recursive: true }));
  fs.symlinkSync('../beside', join(data, 'l'));
  const careless = new HostDirectory({ path: `${data}/l` });
  t.teardown(() => careless.dispose());
  t.true(holds(careless.root));
});

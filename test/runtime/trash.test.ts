// What is discarded is gone at once by name, and soon from the disk; what a crash left is deleted by the next start.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { Trash } from '../../actors/runtime/trash.js';

function folder(t: { teardown(body: () => void): void }): string {
  const base = mkdtempSync(join(tmpdir(), 'sockerless-trash-'));
  t.teardown(() => rmSync(base, { recursive: true, force: true }));
  return base;
}

const silent = (): void => undefined;

test('a discarded folder is free at once and deleted soon, whatever is in it', async (t) => {
  const base = folder(t);
  const trash = new Trash(join(base, 'trash'), silent);
  mkdirSync(join(base, 'box/deep'), { recursive: true });
  writeFileSync(join(base, 'box/deep/file'), 'x');
  await trash.discard(join(base, 'box'));
  t.false(existsSync(join(base, 'box')));
  mkdirSync(join(base, 'box'));
  await trash.discard(join(base, 'box'));
  await trash.emptied();
  t.deepEqual(readdirSync(join(base, 'trash')), []);
});

test('what a crash left is deleted by the next start; nothing else is', async (t) => {
  const base = folder(t);
  mkdirSync(join(base, 'trash/left'), { recursive: true });
  mkdirSync(join(base, 'kept'));
  await new Trash(join(base, 'trash'), silent).emptied();
  t.deepEqual(readdirSync(join(base, 'trash')), []);
  t.true(existsSync(join(base, 'kept')));
});

test('negative control: a missing path is nothing to do, one that cannot be moved is an error', async (t) => {
  const base = folder(t);
  const trash = new Trash(join(base, 'trash'), silent);
  await trash.discard(join(base, 'none'));
  await t.throwsAsync(trash.discard(base), { code: 'EINVAL' });
});

// Hostile archives unpacked over a bind mount that itself turns hostile: every name, link and device stays inside of the machine.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { Fault } from '../../actors/runtime/fault.js';
import { Archive, archiveView } from '../../actors/sandbox/fs/archive.js';
import { ArchiveWriter } from '../../actors/sandbox/fs/archive-writer.js';
import { Errno } from '../../actors/sandbox/kernel/errno.js';
import type { MountTree } from '../../actors/sandbox/kernel/path.js';
import { TAR_END, tarHeader, tarPadding } from '../../actors/streams/tar-writer.js';
import { type TarEntry, tarEntry, type TarType } from '../../actors/streams/tar-entry.js';
import { SECRET } from '../support/canary.js';
import { hostileMount, type HostileMount, picture, swaps, withSwapAt } from './host-files.js';

const parts = fc.constantFrom('..', '.', 'd', 'sub', 'f', 'absolute', 'climbing', 'folder', 'magic', 'server', 'link', 'link2', 'secret', 'new', '', 'outside', 'bind');
const names = fc.tuple(fc.constantFrom('', '/', './', '../', '//', '@/'), fc.array(parts, { minLength: 1, maxLength: 4 })).map(([start, all]) => start + all.join('/'));
const entries = fc.record({
  path: names, type: fc.constantFrom<TarType>('file', 'link', 'symlink', 'char', 'block', 'dir', 'fifo'), linkPath: names,
  mode: fc.constantFrom(0o644, 0o4755, 0o777, 0o1777), devMajor: fc.constantFrom(1, 8), devMinor: fc.constantFrom(0, 1, 3),
}).map(({ path, type, linkPath, mode, devMajor, devMinor }) => tarEntry(path || 'x', { type, linkPath: type === 'link' || type === 'symlink' ? linkPath : '', mode, ...(type === 'char' || type === 'block' ? { devMajor, devMinor } : {}), sizeBytes: type === 'file' ? 11 : 0 }));

/** `@` in names is the host's path of what is outside. */
function bytes(all: readonly TarEntry[], outside: string): Uint8Array {
  const real = (name: string): string => name.replaceAll('@', outside);
  return Buffer.concat([...all.flatMap((entry) => {
    const header = tarHeader({ ...entry, path: real(entry.path), linkPath: real(entry.linkPath) });
    return entry.type === 'file' ? [header, Buffer.from('overwritten'), tarPadding(11)] : [header];
  }), TAR_END]);
}

function refusal(body: () => void): void {
  try {
    body();
  } catch (error) {
    if (!(error instanceof Fault || error instanceof Errno)) throw error;
  }
}

/** Writes the archive at the path. */
function upload(tree: MountTree, path: string, archive: Uint8Array): void {
  const writer = new ArchiveWriter(archiveView(tree), path);
  writer.push(archive);
  writer.finish();
}

/** All of what `docker cp` and `docker export` would send. */
function download({ machine }: HostileMount): Buffer {
  const sent: Uint8Array[] = [];
  const archive = new Archive(archiveView(machine.kernel.tree));
  for (const path of ['/bind', '/vol/.', '/bind/d', '/bind/folder', '/bind/folder/', '/bind/link', '/bind/link/.', '/bind/magic', '/bind/d/sub/f', '/']) refusal(() => sent.push(...archive.readArchive(path)));
  refusal(() => sent.push(...archive.exportTree()));
  return Buffer.concat(sent);
}

interface Trial { readonly all: readonly TarEntry[]; readonly to: string; readonly swap: string; readonly at: number }

function judge({ all, to, swap, at }: Trial): string | undefined {
  const mount = hostileMount(mkdtempSync(join(tmpdir(), 'hostile-')));
  const { machine, inside, outside } = mount;
  const change = (): void => {
    try {
      swaps[swap]!(inside, outside);
    } catch (error) {
      // What was uploaded may have taken away what was to be swapped.
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    }
  };
  try {
    withSwapAt(at, change, () => refusal(() => upload(machine.kernel.tree, to, bytes(all, outside))));
    if (download(mount).includes(SECRET)) return 'the secret was read';
    const now = picture(outside).join('\n');
    return now === mount.before.join('\n') ? undefined : `changed outside: ${now}`;
  } finally {
    mount.close();
  }
}

const trials = fc.record<Trial>({
  all: fc.array(entries, { minLength: 1, maxLength: 6 }), to: fc.constantFrom('/bind', '/vol', '/bind/d', '/bind/d/sub', '/', '/bind/folder', '/ro'),
  swap: fc.constantFrom(...Object.keys(swaps)), at: fc.nat(40),
});

test('no archive writes or reads outside of its mount', (t) => {
  fc.assert(fc.property(trials, (trial) => {
    const wrong = judge(trial);
    if (wrong !== undefined) throw new Error(wrong);
  }), { numRuns: 100 });
  t.pass();
});

test('archives that stay inside are unpacked, those that do not are refused in dockerd\'s words (control)', (t) => {
  const mount = hostileMount(mkdtempSync(join(tmpdir(), 'hostile-')));
  t.teardown(() => mount.close());
  const { tree } = mount.machine.kernel;
  const put = (entry: TarEntry): void => upload(tree, '/bind', bytes([entry], mount.outside));
  const file = (path: string): TarEntry => tarEntry(path, { sizeBytes: 11 });
  put(file('d/new'));
  t.is(Buffer.from(mount.machine.files.readFile('/bind/d/new')).toString(), 'overwritten');
  t.throws(() => put(file('../../x')), { message: '"../../x" is outside of "/bind"' });
  t.throws(() => put(tarEntry('x', { type: 'link', linkPath: '../outside/secret' })), { message: /^invalid hardlink/ });
  t.throws(() => put(tarEntry('x', { type: 'symlink', linkPath: '../../etc' })), { message: /^invalid symlink/ });
});

// du and df: sizes and counts compared with the host's; what a machine's file systems are called, by themselves.
import test from 'ava';
import { agree, machineWith, runOurs } from '../commands-files/differential.js';

const FILES = { 'd/a': 'x'.repeat(5000), 'd/b': 'yy', 'd/e/z': 'zzz', 'd/link': { symlink: 'a' }, list: 'e\n' };

test('du counts names and bytes as GNU does', (t) => agree(t, { files: FILES }, [
  ['du', '-b', 'd/a', 'd/b'], ['du', '-bc', 'd/a', 'd/b', 'd/a'], ['du', '--apparent-size', '-k', 'd/a'], ['du', '--apparent-size', '-h', 'd/a'], ['du', '-b0', 'd/b'], ['du', '--si', '--apparent-size', 'd/a'], ['du', '-BK', '--apparent-size', 'd/a'],
  ['du', '--inodes', 'd'], ['du', '--inodes', '-S', 'd'], ['du', '--inodes', '-s', 'd'], ['du', '--inodes', '-d0', 'd'], ['du', '--inodes', '--exclude=e', 'd'], ['du', '--inodes', '--exclude=*/z', 'd'], ['du', '--inodes', '-X', 'list', 'd'],
  ['ln', 'd/a', 'd/e/a2'], ['du', '--inodes', '-s', 'd'], ['du', '--inodes', '-sl', 'd'], ['du', '-b', 'd/a', 'd/e/a2'], ['du', '-bl', 'd/a', 'd/e/a2'], ['du', '-bD', 'd/link'], ['du', '--inodes', '-sL', 'd'], ['du', '-b', '-t', '1K', 'd/a', 'd/b'], ['du', '-b', '-t', '-1K', 'd/a', 'd/b'],
  ['du', 'nonesuch'], ['du', '-sa'], ['du', '-sd1'], ['du', '-d', 'x'], ['du', '-Z'], ['du', '-X', 'nonesuch'],
]));

test('df complains as GNU does', (t) => agree(t, {}, [['df', 'nonesuch'], ['df', '-t', 'nonesuch'], ['df', '--output=foo'], ['df', '-i', '--output'], ['df', '--foo']]));

test('df shows the file systems in columns', async (t) => {
  const machine = machineWith();
  const show = async (...words: string[]): Promise<string> => (await runOurs(machine, ['df', ...words])).stdout;
  t.is(await show('/'), 'Filesystem     1K-blocks   Used Available Use% Mounted on\ntmpfs            1048576 524288    524288  50% /\n');
  t.is(await show('-P', '/'), 'Filesystem     1024-blocks   Used Available Capacity Mounted on\ntmpfs              1048576 524288    524288      50% /\n');
  t.is(await show('-hT', '/'), 'Filesystem     Type   Size  Used Avail Use% Mounted on\ntmpfs          tmpfs  1.0G  512M  512M  50% /\n');
  t.is(await show('--output=target,pcent', '--total', '/'), 'Mounted on Use%\n/           50%\ntotal       50%\n');
});

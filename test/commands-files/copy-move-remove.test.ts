// cp, mv, rm, mkdir, rmdir and ln see and say what GNU's do.
import test from 'ava';
import { agree, machineWith, runOurs, type Scenario, sortLines } from './differential.js';

const tree: Scenario = {
  files: {
    a: 'alpha\n', b: 'beta\n', 'dir/one': '1\n', 'dir/sub/two': { content: '2\n', mode: 0o755 }, 'dir/link': { symlink: 'one' }, empty: null,
    dangling: { symlink: 'nowhere' }, 'tofile': { symlink: 'a' }, todir: { symlink: 'dir' },
  },
};
const look = ['find', '.', '-mindepth', '1', '-printf', '%y %m %p %l\n'];

const cases: Record<string, string[][]> = {
  'cp copies a file onto a name and into a folder': [['cp', 'a', 'c'], ['cp', '-v', 'a', 'b', 'empty'], ['ls', '-R']],
  'cp names what it cannot copy': [['cp', 'nope', 'x'], ['cp', 'dir', 'x'], ['cp'], ['cp', 'a'], ['cp', 'a', 'b', 'nope'], ['cp', 'a', 'b', 'c'], ['cp', 'a', 'nope/x'], ['cp', 'a', 'a'], ['cp', '-Q']],
  'cp -r copies trees into existing folders or as new ones': [['cp', '-r', 'dir', 'new'], ['cp', '-rv', 'dir/sub', 'empty'], ['ls', '-RF']],
  'cp keeps or follows symlinks': [['cp', '-a', 'dir', 'x'], ['cp', '-rL', 'dir', 'y'], ['cp', '-P', 'tofile', 'p'], ['cp', 'tofile', 'f'], ['cp', '-d', 'dangling', 'q'], ['cp', 'dangling', 'r'], ['cp', 'a', 'dangling'], ['ls', '-RF']],
  'cp -n, -u, -f, -l, -s, --parents, -t, -T': [['cp', '-n', 'a', 'b'], ['cp', '-l', 'a', 'hard'], ['cp', '-s', 'a', 'soft'], ['cp', '--parents', 'dir/sub/two', 'empty'], ['cp', '-t', 'empty', 'a', 'b'], ['cp', '-rT', 'dir', 'empty'], ['cp', '-T', 'a', 'empty'], ['cp', '-t', 'nope', 'a'], ['ls', '-RF']],
  'cp -b keeps what it replaces': [['cp', '-b', 'a', 'b'], ['cp', '--backup=numbered', 'a', 'b'], ['cp', '-b', '-S', '.bak', 'a', 'b'], ['ls']],
  'cp refuses to mix folders and files': [['cp', 'a', 'empty/'], ['cp', '-r', 'dir', 'a'], ['mkdir', 'empty/b'], ['cp', 'b', 'empty'], ['cp', 'a', 'b/'], ['cp', 'a', 'newdir/']],
  'mv renames, moves into folders, and says what it cannot': [['mv', '-v', 'a', 'c'], ['mv', 'c', 'b', 'empty'], ['mv', 'nope', 'x'], ['mv', 'dir', 'dir/sub'], ['mv', 'empty/b', 'dir'], ['mv'], ['mv', 'x'], ['mv', 'dir', 'empty/c'], ['ls', '-R']],
  'mv -n, -T, -t, -b': [['mv', '-n', 'a', 'b'], ['mv', '-T', 'empty', 'dir'], ['mv', '-t', 'empty', 'a'], ['mv', '-b', 'b', 'empty/a'], ['mv', 'empty', 'dir'], ['ls', '-R'], ['mv', 'dir', 'dir']],
  'rm removes files, trees and empty folders only as told': [['rm', 'a'], ['rm', 'dir'], ['rm', '-d', 'empty'], ['rm', '-d', 'dir'], ['rm', '-f', 'nope'], ['rm', 'nope'], ['rm'], ['rm', '-f'], ['rm', '-r', '.'], ['rm', '-r', 'dir/..'], ['rm', '-v', 'b', 'dangling'], ['rm', '-r', 'dir'], ['ls']],
  'rm -i asks': [['rm', '-i', 'a'], ['ls']],
  'rm of root is refused': [['rm', '-rf', '/']],
  'mkdir makes, with parents and modes': [['mkdir', 'n'], ['mkdir', 'n'], ['mkdir', '-pv', 'p/q/r'], ['mkdir', '-p', 'p/q'], ['mkdir', 'x/y'], ['mkdir', '-p', 'a/b'], ['mkdir', '-p', 'a'], ['mkdir', '-m', '700', 'm'], ['mkdir', '-m', 'u=rwx,go=', 'm2'], ['mkdir', '-m', 'zz', 'm3'], ['mkdir'], ['mkdir', '-p', 'w//z/'], ['ls', '-R']],
  'rmdir removes empty folders': [['rmdir', 'dir'], ['rmdir', 'empty'], ['rmdir', 'nope'], ['rmdir', 'a'], ['mkdir', '-p', 'x/y/z'], ['rmdir', '-p', 'x/y/z'], ['rmdir', '--ignore-fail-on-non-empty', 'dir'], ['rmdir', '-v', 'dir'], ['rmdir'], ['ls']],
  'ln makes hard links and symlinks': [['ln', 'a', 'h'], ['ln', '-s', 'a', 's'], ['ln', '-s', 'a', 's'], ['ln', '-sf', 'b', 's'], ['ln', '-sv', 'x', 'y'], ['ln', '-v', 'b', 'hb'], ['ln', 'nope', 'z'], ['ln', 'dir', 'z'], ['ln', '-s', 'one', 'dir'], ['ln', '-sfn', 'empty', 'todir'], ['ln', '-st', 'empty', '../a', '../b'], ['ln'], ['ln', 'a', 'b'], ['ls', '-RF'], ['readlink', 's', 'y', 'todir']],
  'ln -r makes relative links': [['ln', '-sr', 'dir/sub/two', 'empty/t'], ['readlink', 'empty/t'], ['ln', '-sr', 'a', 'dir/sub/back'], ['readlink', 'dir/sub/back']],
  'link and unlink take exactly their operands': [['link', 'a', 'z'], ['link', 'a'], ['link', 'nope', 'y'], ['unlink', 'z'], ['unlink', 'nope'], ['unlink', 'dir'], ['unlink', 'a', 'b'], ['ls']],
};

for (const [title, lines] of Object.entries(cases)) {
  test(title, (t) => agree(t, { ...tree, normalise: sortLines }, [...lines, look]));
}

test('the comparison notices a difference', async (t) => {
  const result = await t.try((inner) => agree(inner, { normalise: (text) => (text.includes('a') ? String(Math.random()) : text), files: { a: '' } }, [['ls']]));
  result.discard();
  t.false(result.passed);
});

test('cp -a keeps times, modes and owners', async (t) => {
  const machine = machineWith({ f: { content: 'x', mode: 0o640 } });
  machine.files.utimes('/work/f', 1e12, 2e12);
  machine.files.chown('/work/f', 12, 34);
  const result = await runOurs(machine, ['cp', '-a', 'f', 'g']);
  t.deepEqual(result, { stdout: '', stderr: '', exitCode: 0 });
  const { mode, uid, gid, atimeMs, mtimeMs } = machine.files.stat('/work/g');
  t.deepEqual({ mode, uid, gid, atimeMs, mtimeMs }, { mode: 0o640, uid: 12, gid: 34, atimeMs: 1e12, mtimeMs: 2e12 });
});

test('cp -a keeps hard links among what it copies', async (t) => {
  const machine = machineWith({ 'd/a': 'x' });
  machine.files.link('/work/d/a', '/work/d/b');
  await runOurs(machine, ['cp', '-a', 'd', 'e']);
  t.is(machine.files.stat('/work/e/a').ino, machine.files.stat('/work/e/b').ino);
  t.not(machine.files.stat('/work/e/a').ino, machine.files.stat('/work/d/a').ino);
});

test('shred overwrites, and removes by ever shorter names', async (t) => {
  await agree(t, { files: { one: 'secret\n', two: 'secret\n', three: 'x', dir: null } }, [
    ['shred', '-v', '-n', '2', '-z', 'one'], ['stat', '-c', '%s', 'one'], ['sha256sum', 'one'], ['shred', '-vu', '-n1', '--exact', 'two'], ['shred', '-s', '100', '-n1', 'three'], ['stat', '-c', '%s', 'three'], ['shred', '--remove=unlink', '-v', '-n1', 'three'], ['shred', '-u', 'one'], ['ls'],
    ['shred'], ['shred', 'nope'], ['shred', 'dir'], ['shred', '-n', 'x', 'one'], ['shred', '--remove=foo', 'one'], ['shred', '-x'], ['shred', '-q', 'one'],
  ]);
});

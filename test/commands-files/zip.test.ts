// zip and unzip against Info-ZIP's: what is said, what is in the archives, and archives of the one read by the other.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { TestFile } from '../support/machine.js';
import { agree, hostHas, machineWith, runOurs } from './differential.js';

const FILES: Record<string, TestFile> = {
  'a.txt': 'hello hello hello hello\n', 'd/b': { content: 'x', mode: 0o755 }, 'd/empty': '', 'd/link': { symlink: '../a.txt' }, 'big.bin': Buffer.alloc(300_000, 'abcdefghij'), 'sub/deep/c.md': '# c\n',
};
/** Times differ. */
const timeless = (text: string): string => text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d/g, 'TIME').replace(/\d\d-[A-Z][a-z]{2}-\d\d \d\d:\d\d/g, 'TIME');

test('zip adds, updates, deletes and says so', (t) => agree(t, { files: FILES, normalise: timeless }, [
  ['zip', 'x.zip', 'a.txt', 'd/b', 'nope'], ['unzip', '-l', 'x.zip'], ['zip', 'x.zip', 'a.txt', 'big.bin'], ['unzip', '-v', 'x.zip'], ['zipinfo', 'x.zip'], ['zipinfo', '-1', 'x.zip'], ['unzip', '-Z1', 'x.zip', 'd/*'], ['zip', '-d', 'x.zip', 'a.txt'], ['zip', '-d', 'x.zip', 'zz'], ['unzip', '-lq', 'x.zip'], ['unzip', '-lqq', 'x.zip'],
  ['zip', 'none.zip', 'nope'], ['zip', '-q', 'q.zip', 'a.txt'], ['zip', '-j', 'j.zip', 'd/b', 'a.txt'], ['zipinfo', '-1', 'j.zip'], ['zip', '-r', 'r', 'sub'], ['zipinfo', '-1', 'r.zip'], ['zip', '-rD', 'nd.zip', 'sub'], ['zipinfo', '-1', 'nd.zip'], ['zip', '-ry', 'y.zip', 'd/link'], ['zipinfo', '-m', 'y.zip'], ['unzip', '-Zl', 'y.zip'],
  ['zip', '-0', 's.zip', 'a.txt'], ['zip', '-9', 'n.zip', 'a.txt'], ['zip', '-v', 'v.zip', 'a.txt'], ['zip', '-u', 'x.zip', 'big.bin'], ['zip', '-f', 'x.zip'], ['zip', '-sf', 'x.zip'], ['zip', '-r', 'e.zip', 'sub', '-x', '*.md'], ['zipinfo', '-1', 'e.zip'], ['zip', '-r', 'i.zip', '.', '-i', '*.md'], ['zipinfo', '-1', 'i.zip'],
  ['zip', '--foo', 'x', 'y'], ['sh', '-c', 'find sub -type f | zip -@ f.zip'], ['sh', '-c', 'cat a.txt | zip -q p.zip - && unzip -p p.zip'], ['sh', '-c', 'zip -rq - sub > o.zip && zipinfo -1 o.zip'], ['sh', '-c', 'echo junk > bad.zip; zip bad.zip a.txt 2>/dev/null; echo $?'], ['zip', '-qm', 'm.zip', 'sub/deep/c.md'], ['ls', 'sub/deep'],
]));

test('unzip extracts, tests and lists', (t) => agree(t, { files: FILES, normalise: timeless }, [
  ['zip', '-qry', 'x.zip', 'a.txt', 'd/b', 'd/empty', 'd/link', 'big.bin', 'sub'], ['unzip', 'x.zip', '-d', 'o'], ['stat', '-c', '%A %n %s', 'o/a.txt', 'o/d/b', 'o/d/link', 'o/sub/deep/c.md'], ['cat', 'o/d/link', 'o/sub/deep/c.md'], ['unzip', 'x.zip', '-d', 'o'], ['unzip', '-n', 'x.zip', '-d', 'o'], ['unzip', '-o', 'x.zip', 'a.txt', '-d', 'o'], ['unzip', '-qo', 'x.zip', '-d', 'o'], ['unzip', '-p', 'x.zip', 'a.txt'], ['unzip', '-t', 'x.zip'], ['unzip', '-tq', 'x.zip'],
  ['unzip', '-c', 'x.zip', 'a.txt', 'd/b'], ['unzip', '-j', 'x.zip', '-d', 'flat'], ['ls', 'flat'], ['unzip', 'x.zip', 'nope', '-d', 'o2'], ['unzip', '-o', 'x.zip', '-x', 'd/*', 'big.bin', '-d', 'o3'], ['ls', 'o3'], ['unzip', 'none'], ['sh', '-c', 'echo junk > junk.zip'], ['unzip', 'junk.zip'], ['unzip', '-l', 'junk.zip'], ['unzip', '-C', 'x.zip', 'A.TXT', '-d', 'o4'], ['unzip', '-l', 'x', '*.md'], ['unzip', '-d'],
  ['sh', '-c', 'yes n | head -2 | unzip x.zip a.txt d/b 2>/dev/null; echo $?'], ['sh', '-c', 'echo A | unzip x.zip a.txt d/b 2>/dev/null; echo $?'], ['unzip', '-f', 'x.zip', 'a.txt', 'big.bin'], ['unzip', '-uq', 'x.zip', '-d', 'o5'], ['ls', 'o5'], ['sh', '-c', 'head -c 200 x.zip > cut.zip; unzip -q cut.zip; echo $?'],
]));

test('archives of the one are read by the other', async (t) => {
  if (!hostHas('zip') || !hostHas('unzip')) {
    t.log('skipped: this host has no zip and unzip');
    return t.pass();
  }
  const folder = mkdtempSync(join(tmpdir(), 'sockerless-zip-'));
  try {
    const machine = machineWith(FILES);
    t.is((await runOurs(machine, ['zip', '-rqy', 'ours.zip', '.'])).exitCode, 0);
    writeFileSync(join(folder, 'ours.zip'), machine.files.readFile('/work/ours.zip'));
    const tested = spawnSync('sh', ['-c', 'unzip -tq ours.zip && unzip -q ours.zip && cat d/link && stat -c %a d/b && zip -qr9 theirs.zip a.txt big.bin sub && cat a.txt | zip -q - - > streamed.zip'], { cwd: folder, encoding: 'utf8' });
    t.deepEqual([tested.stdout, tested.stderr, tested.status], ['No errors detected in compressed data of ours.zip.\nhello hello hello hello\n755\n', '', 0]);
    for (const name of ['theirs.zip', 'streamed.zip']) machine.files.writeFile(`/work/${name}`, readFileSync(join(folder, name)));
    const { stdout, exitCode } = await runOurs(machine, ['sh', '-c', 'unzip -q theirs.zip -d t && cmp big.bin t/big.bin && cat t/sub/deep/c.md && unzip -p streamed.zip']);
    t.deepEqual([stdout, exitCode], ['# c\nhello hello hello hello\n', 0]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('nothing gets out of the folder, and broken data is told of', async (t) => {
  const machine = machineWith({ 'a.txt': 'evil evil evil evil evil' });
  await runOurs(machine, ['sh', '-c', 'mkdir in; cd in; zip -q ../x.zip ../a.txt']);
  const archive = Buffer.from(machine.files.readFile('/work/x.zip'));
  t.true(archive.includes('../a.txt'));
  const outside = await runOurs(machine, ['unzip', 'x.zip', '-d', 'in/deep']);
  t.regex(outside.stderr, /skipped "\.\.\/" path component\(s\) in \.\.\/a\.txt/);
  t.true(machine.files.exists('/work/in/deep/a.txt'));
  const dataAt = archive.indexOf('../a.txt') + 8 + 28;
  archive[dataAt + 4] = archive[dataAt + 4]! ^ 0xff;
  machine.files.writeFile('/work/broken.zip', archive);
  const broken = await runOurs(machine, ['unzip', '-t', 'broken.zip']);
  t.is(broken.exitCode, 2);
  t.regex(broken.stdout, /At least one error was detected/);
});

// patch against the host's own, over patches that diff makes.
import { spawnSync } from 'node:child_process';
import test from 'ava';
import { compare, shown } from '../commands-lines/judge.js';
import { type Case, hostHas, runOurs, sameAsHost } from './differential.js';

const A = Array.from({ length: 20 }, (_, i) => `line ${i + 1}\n`).join('');
const B = A.replace('line 4\n', 'LINE 4\n').replace('line 12\n', '').replace('line 18\n', 'line 18\nadded\n');
const UNIFIED = '--- a/f\n+++ b/f\n@@ -1,7 +1,7 @@\n line 1\n line 2\n line 3\n-line 4\n+LINE 4\n line 5\n line 6\n line 7\n@@ -9,7 +9,6 @@\n line 9\n line 10\n line 11\n-line 12\n line 13\n line 14\n line 15\n@@ -16,5 +15,6 @@\n line 16\n line 17\n line 18\n+added\n line 19\n line 20\n';
const CREATE = '--- /dev/null\n+++ b/new\n@@ -0,0 +1,2 @@\n+hello\n+there\n';
const DELETE = '--- a/f\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-x\n-y\n';

test('patches are applied, moved, reversed and refused as by GNU patch', async (t) => {
  const one = (args: string[], stdin: string, files: Record<string, string>): Case => ({ argv: ['patch', ...args], stdin, files });
  await sameAsHost(t, [
    one(['-p1'], UNIFIED, { f: A }), one(['-p1', '-R'], UNIFIED, { f: B }), one(['f'], UNIFIED, { f: A }), one(['-p1', '--dry-run'], UNIFIED, { f: A }), one(['-p1', '-b'], UNIFIED, { f: A }),
    one(['-p1'], UNIFIED, { f: `zero\nmore\n${A}` }), one(['-p1'], UNIFIED, { f: A.replace('line 5\n', 'LINE five\n').replace('line 7\n', 'seven\n') }), one(['-p1', '-s'], UNIFIED, { f: A }),
    one(['-p1'], CREATE, {}), one(['-p1'], DELETE, { f: 'x\ny\n' }), one(['-p1', '-o', 'out'], UNIFIED, { f: A }), one(['-p1', '-N'], UNIFIED, { f: B }), one(['-p1', '-i', 'p'], '', { f: A, p: UNIFIED }),
    one(['-p1'], 'nonsense\n', { f: A }), one(['f', 'p'], '', { f: A, p: UNIFIED }), one(['-p1', '-i', 'missing'], '', { f: A }),
  ]);
});

test('every form of diff is understood', async (t) => {
  if (!hostHas('diff')) return t.pass();
  for (const form of ['-u', '-c', '--normal', '-U0', '-C1']) {
    const made = spawnSync('sh', ['-c', `printf '%s' "$A" > $T.a; printf '%s' "$B" > $T.b; diff ${form} $T.a $T.b; rm $T.a $T.b`], { env: { PATH: process.env.PATH ?? '', A, B, T: `/tmp/patch-test-${process.pid}` } });
    const { files } = await runOurs({ argv: ['patch', 'f'], stdin: made.stdout, files: { f: A } });
    t.is(files['f'], B, form);
  }
});

test('a hunk that fits nowhere is saved and reported', async (t) => {
  const { exitCode, stdout, files } = await runOurs({ argv: ['patch', '-p1'], stdin: UNIFIED, files: { f: 'something else\n' } });
  t.is(exitCode, 1);
  t.regex(stdout, /3 out of 3 hunks FAILED -- saving rejects to file f\.rej/);
  t.true(files['f.rej']!.includes('-line 12'));
});

test('a patch cannot reach out of its folder', async (t) => {
  const { exitCode } = await runOurs({ argv: ['patch', '-p0'], stdin: CREATE.replaceAll('b/new', '../evil'), files: {} });
  t.is(exitCode, 1);
});

test('what cannot be patched is told, and rejects and backups are written, as by GNU patch', async (t) => {
  const made = 'diff -u old.txt new.txt >d;';
  const differences = await compare([
    "printf -- 'x\\n--- no\\n+++ no2\\n@@ -1 +1 @@\\n-a\\n+b\\n' | patch -f -p0", `${made} patch old.txt d; patch -N -s old.txt d; echo $?`, `${made} patch -f --reject-format=context a.txt d; sed 's/\t.*//' a.txt.rej`, `${made} patch -b -V numbered old.txt d; ls old*`,
    "diff -u old.txt new.txt | sed 's/$/\\r/' | patch old.txt; cat old.txt", "printf -- 'diff --git a/a.txt b/z.txt\\ncopy from a.txt\\ncopy to z.txt\\n' | patch -p1; cat z.txt",
    "mkdir -p e/f; echo x >e/f/g; printf -- '--- e/f/g\\n+++ /dev/null\\n@@ -1 +0,0 @@\\n-x\\n' | patch -p0; ls -d e", 'patch -px <a.txt',
  ]);
  t.deepEqual(differences.map(shown), []);
});

// Commands run through busybox behave as busybox's, and as GNU's by their plain names.
import test from 'ava';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { TestMachine } from '../support/machine.js';
import { type Case, difference, hostHas, runOurs } from './differential.js';

const CASES: readonly Case[] = [
  { argv: ['busybox', 'seq', '-w', '8', '-3', '04'] },
  { argv: ['busybox', 'printf', '%d\n', '1', '-', '12x', '4'] },
  { argv: ['busybox', 'printf', '%s\\c', 'a', 'b'] },
  { argv: ['busybox', 'printf', '%', 'a'] },
  { argv: ['busybox', 'echo', '-ne', '\\41\\0101\\x42\\n'] },
  { argv: ['busybox', 'unexpand'], stdin: '123 \t 45\na       b\n' },
  { argv: ['busybox', 'unexpand', '-a', '-t4'], stdin: '12      34\n' },
  { argv: ['busybox', 'fold', '-w3'], stdin: '\u0394\u0394\u0394\u0394\n' },
  { argv: ['busybox', 'sed', '-n', '2{N;d};1p;2,3p;4p'], stdin: '1\n2\n3\n4\n5\n' },
  { argv: ['busybox', 'sed', '--version'] },
  { argv: ['busybox', 'sed', '-i', 's/a/b/'] },
  { argv: ['busybox', 'od', '-f'], stdin: '\0\0\x80?' },
  { argv: ['busybox', 'awk', 'BEGIN { print or(010, 1); nothing() }'] },
  { argv: ['busybox', 'awk', 'func f(a,) { }'] },
  { argv: ['busybox', 'awk', '{ if (1) break }'] },
  { argv: ['busybox', 'awk', '\n\n{ $(-1) }'], stdin: 'x\n' },
  { argv: ['busybox', 'awk', 'BEGIN { getline x < "missing"; print ERRNO }'] },
  { argv: ['busybox', 'cp', '.', 'there'] },
  { argv: ['busybox', 'patch'], stdin: '--- a\n+++ f\n@@ -1,2 +1,3 @@\n a\n+b\n c\n', files: { f: 'x\na\nc\n' } },
  { argv: ['busybox', 'patch'], stdin: '--- a\n+++ f\n@@ -1,2 +1,3 @@\n a\n+b\n c\n', files: { f: 'a\nb\nc\n' } },
  { argv: ['busybox', 'patch', '-N'], stdin: '--- a\n+++ f\n@@ -1,2 +1,3 @@\n a\n+b\n c\n', files: { f: 'a\nb\nc\n' } },
  { argv: ['busybox', 'patch', '-R'], stdin: '--- a\n+++ f\n@@ -1,2 +1,3 @@\n a\n+b\n c\n', files: { f: 'a\nb\nc\n' } },
  { argv: ['busybox', 'patch'], stdin: '--- /dev/null\n+++ new\n@@ -0,0 +1 @@\n+b\n' },
  { argv: ['busybox', 'unlzma'], stdin: Uint8Array.of(0x5d, 0, 0, 8, 1, 0, 0, 0, 0, 0, 0, 0, 0x80, 0, ...Array.from({ length: 20_000 }, (_, i) => [0xfe, 0x22, 0x33, 0x44][i % 4]!)) },
  ...['C', 'C.UTF-8'].map((locale) => ({ argv: ['env', `LC_ALL=${locale}`, 'busybox', 'sh', '-c', 'mkdir d; cd d; touch é Δ 日 "$(printf "a\\314\\200")" "$(printf "b\\200")" "$(printf "c\n\t")" "$(printf "\\370\\210\\200\\200\\200")"; busybox ls'] })),
  { argv: ['busybox', 'cut', '-DF', '3,1'], stdin: 'a b  c\nd\n' },
  { argv: ['busybox', 'grep', '-L', 'x', 'f'], files: { f: 'y\n' } },
  { argv: ['busybox', 'date', '-u', '-d', '1999.1.2-3:4'] },
  { argv: ['busybox', 'date', '-u', '-d', 'yesterday'] },
  { argv: ['busybox', 'tar', 'tf', 'f'], files: { f: '' } },
  { argv: ['busybox', 'gunzip', 'f'], files: { f: '' } },
  { argv: ['busybox', 'zcat'], stdin: Uint8Array.of(0x1f, 0x9d, 0x90, 0x61, 0x14, 0) },
  ...['void=6\nvoid', 'define void() { print "v" }\nvoid()', 'a[3]=1\na[7]\nlength(a[])\nlength(b[])', 'length(0.0120);length(0.00)', '4.10-2^-90;scale=5;1/3+0^-2;1.5-0.000', 'print "a\\e\\q\\n"', '1/0\n3', '2\nfoo(1)\n4', '1\n@', '2^2.5', 'obase=1', 'if (1) {', '"ab\n1', 'define f(a) { return a }\nf(1,2)', 'sqrt(-1);2', 'break\n2', 'if (1) return\n2'].map((stdin) => ({ argv: ['busybox', 'bc'], stdin: `${stdin}\n` })),
  { argv: ['busybox', 'bc', 'f'], files: { f: 'define f() {\n return 1/0\n}\n\nf()\n7\n' } },
  { argv: ['busybox', 'bc', 'missing'] },
  ...['1 2 3Rf', '0 1(p 1 1{p 2 2Gp 0Np 7Np', '[a\\tb\\q]p [q\\]p', '[xz0<x]dsxx', 'FFp A.Fp 0Ap', '5p[1 0/]x 3p', '+', '[a]1+', 'y', '[ab', '2 2.5^p', '1 2.5 3|', '3 2 5|p', 'Lx', '_1v', '1o'].map((program) => ({ argv: ['busybox', 'dc', '-e', program] })),
  { argv: ['busybox', 'dc', '-x', 'f'], files: { f: '5s one 6S two l one l two+pL two p lop' } },
  ...['find d | sort | busybox cpio -o -H newc | busybox cpio -t', 'busybox cpio -o -H newc -R 1234:5678 < list | busybox cpio -tv | cut -c1-30', 'busybox cpio -o -H newc < list | busybox cpio -tv -R 8765:4321 | cut -c1-30', 'mkdir o; busybox cpio -ov -H newc < list > x; cd o; busybox cpio -idmv < ../x; busybox cpio -idmv < ../x; cat d/a; rm ../x', 'echo missing | busybox cpio -o -H newc', 'echo garbage | busybox cpio -t', 'echo d | busybox cpio -o >/dev/null 2>&1'].map((script) => ({ argv: ['sh', '-c', `mkdir d; echo hi > d/a; ln -s a d/l; ${script}`], files: { list: 'd\nd/a\nd/l\n' } })),
  { argv: ['busybox', 'nothing'] },
  { argv: ['busybox', '--help', 'nothing'] },
];

test('applets say and do what the host\'s busybox does', async (t) => {
  if (!hostHas('busybox')) return t.pass();
  const found = [];
  for (const one of CASES) found.push(await difference(one, { stderr: true }));
  t.deepEqual(found.filter((text) => text !== undefined), []);
});

test('by their plain names they are GNU\'s, and a link to busybox makes an applet', async (t) => {
  const plain = await runOurs({ argv: ['printf', '%d\n', '12x'] });
  t.is(plain.stdout, '12\n');
  t.regex(plain.stderr, /^printf: '12x': value not completely converted\n/);
  const machine = new TestMachine({ commands: allCommands, files: { '/opt/printf': { symlink: '/bin/busybox' } } });
  t.like(await machine.run(['/opt/printf', '%d\n', '12x']), { stdout: '0\n', stderr: "printf: invalid number '12x'\n", exitCode: 1 });
});

// sed against the host's own, over a table of scripts.
import test from 'ava';
import fc from 'fast-check';
import { compare, shown } from '../commands-lines/judge.js';
import { cases, type Case, difference, hostHas, runOurs, sameAsHost } from './differential.js';

const TEXT = 'one two three\nfoo bar\n  indented line\nfoo foo foo\n\nHello World\nlast line 42';
const FILES = { a: 'a1\na2\na3\n', b: 'b1\nb2', script: '#n\n/foo/p\n', long: `${'x'.repeat(100)}\ttab\n` };

function scripts(...list: (string | readonly string[])[]): Case[] {
  return cases('sed', TEXT, list.map((one) => (typeof one === 'string' ? [one] : one)), FILES);
}

test('sed substitutes as GNU does', async (t) => {
  await sameAsHost(t, scripts(
    's/foo/X/', 's/foo/X/g', 's/foo/X/2', 's/foo/X/2g', 's/o*/-/g', 's/\\(o\\)\\(n\\)/\\2\\1/', ['-E', 's/(\\w+) (\\w+)/\\2 \\1/'], 's/[a-z]*/(&)/g', 's/.*/\\U&/', 's/\\b\\(.\\)/\\u\\1/g', ['-E', 's/(\\w)(\\w*)/\\U\\1\\L\\2\\E/g'],
    's,/,|,', 's/hello/bye/I', 's/foo/a\\nb/', 's/foo/a\\\nb/', 's/ /\\t/g', ['-n', 's/foo/X/p'], ['-n', 's/foo/X/gpw out'], 's/x*$/E/', 's/^/> /', 's|a\\|b|X|', 's/foo/\\&/', 's/[^/]*o/X/', 's/\\x6f/0/g', 's/[[:upper:]]/<&>/g',
    's/o\\+/0/', 's/\\(foo\\) \\1/dup/', ['-E', 's/(foo|foo bar)/[&]/'], 's/$/\\r/', 's/o/\\o060/g', 's/foo//', ';;s/a/b/ ; s/b/c/', 's/a/b/;#comment', 's/\\s\\+/ /g', 's/line/&\\u&/', ['-E', 's/a|e|i/#/3'], 's/[\\n]/X/', 's/\\./X/', 's/a.b/x/;s//y/', '/foo/s//Z/g',
    ['-z', 's/\\n/,/g'], ['-z', 's/^foo/X/mg'], 'N;s/^./X/Mg', 's/two/a\\/b/', 's/\\(.*\\)foo/\\1bar/', ['s/foo/echo hi/;s/[/]/x/'],
  ));
});

test('sed addresses select as GNU does', async (t) => {
  await sameAsHost(t, scripts(
    ['-n', '2p'], ['-n', '$p'], ['-n', '2,4p'], ['-n', '/foo/p'], ['-n', '/foo/,/Hello/p'], ['-n', '2,/foo/p'], ['-n', '0,/foo/p'], ['-n', '1,/one/p'], ['-n', '/foo/,+1p'], ['-n', '2,~3p'], ['-n', '1~2p'], ['-n', '0~3p'], ['-n', '2!p'],
    ['-n', '/foo/!p'], ['-n', '$!p'], '2d', '2,3d', '/foo/d', '$d', '1!G;h;$!d', ['-n', '5,2p'], ['-n', '/hello/Ip'], ['-n', '\\,foo,p'], '/^$/d', ['-n', '$='], ['-n', '/foo/{p;=}'], ['-n', '2{p}'], ['-n', '2{p;p}'], ['-n', '2 , 3 p'], ['-n', '/foo/{/bar/!p}'],
    ['-n', '/o\\n/p'], ['-s', '-n', '$p', 'a', 'b'], ['-n', '$p', 'a', 'b'], ['-n', '1p', 'a', 'b'], ['F', 'a'], ['-n', '2q;p'], '3q', '3Q', '3q5', ['2q', 'a', 'b'], ['p', 'missing', 'a'], ['-n', '4,$p'], ['-n', '/x/,$p'], '2,3!d', ['-n', '2,4{=;p}'],
  ));
});

test('sed commands do what GNU\'s do', async (t) => {
  await sameAsHost(t, scripts(
    'a hello', 'i\\\n  hello\\\nthere', '2c\\\nchanged', '2,3c changed', '$!{2,3c x\n}', '2a\\  lead', 'a foo\\tbar', '1i\\\\tx', 'y/abc/xyz/', 'y/o\\n/0 /', '=', 'n;d', '$!N;P;D', '$!N;s/\\n/ /', ':a;N;$!ba;s/\\n/+/g', 'G', 'x;p;x', ['-n', 'h;n;G;p'], 'l', ['-n', 'l 20', 'long'], ['-nl', '10', 'l'],
    'r a', '2r missing', 'R a', 'w out', '/foo/w out', ['-n', '/foo/w /dev/stdout'], 'W out', ['-e', 'a\\', '-e', 'text'], ['-e', 's/o/0/', '-e', 's/0/1/g'], ['-f', 'script'], ['-n', '-f', 'script', 'a'], ':x;s/o/0/;tx', 's/o/0/;T;s/0/X/', 'b end;d;:end', 'z;s/^$/e/', 'D', 'N;N;D', 'N', ['--posix', 'N'], ['-i', 's/a/b/', 'a', 'b'], ['-i.bak', '2d', 'a'],
    ['-n', '-i', 'p;p', 'a'], ['-E', '-i', '-e', 's/(a)/\\1\\1/', 'a'], ['-i', '$d', 'a', 'b'], 's/foo/echo hi/w out', '$a end', ['$a end', 'b'], ['i x', 'b', 'a'], '1~2{N;s/\\n/-/}', '/foo/{s//X/;b};s/$/ no/', '}', '{', 'k', 's/a/b', 's/a/b/k', 'y/a/bc/', '3,p', 'b nowhere', ':', '2:a', '/foo', 's/\\(/x/', 's/a/\\1/', 'a', 'dp', '0p', ['-n'], ['-e'], '1,2=', 'q 3', '!p', '!!p', 's/a/b/gg', 's/a/b/0', 'p;p}',
    ['-u', 'p'], ['-s', 'F;=', 'a', 'b'], ['s/x/y/', 'a', '-', 'b'], ['-n', 'x;G;1!h;$p'], ['--expression=p', 'a'], ['--quiet', 'p', 'a'], 'c\\', 'v', 'e', 'i\\', '$!d', '/a/,/b/{//!d}', "s/'/x/", '\n\n p \n', '# c\np', 'p # c', '{p;p} ; d', 'y,a/,/a,',
  ).filter(({ argv }) => argv[1] !== 'e'));
});

test('sed complains in the same words', async (t) => {
  await sameAsHost(t, scripts('}', '{', 'k', 's/a/b', 's/a/b/k', 'y/a/bc/', '3,p', ':', '2:a', '/foo', 's/\\(/x/', 's/a/\\1/', 'a', 'dp', '0p', '2,3q', '!!p', ['-e', 'p', '-e', 'k'], ['p', 'missing'], 's/a/b/0', '{p'), { stderr: true });
});

const command = fc.constantFrom('s/a*/X/g', 's/b/\\n/', 'p', 'N', 'D', 'P', 'h', 'H', 'g', 'G', 'x', 'n', 'd', '$!N', '2,3d', '/b/d', '/a/,/b/s/^/-/', 's/./&&/2', 'y/ab/ba/', '/^$/d', 't', '1~2d', '$!d', 'a T', 'i I', 'c C', '/a/{p;d}', '2q', '=', '0,/b/s/b/Q/', '/a/,+1s/$/E/');

test('generated scripts behave as on GNU sed', async (t) => {
  if (!hostHas('sed')) return t.pass();
  await fc.assert(fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 4 }), fc.array(fc.stringMatching(/^[ab ]{0,5}$/), { maxLength: 6 }), fc.boolean(), async (commands, lines, quiet) => {
    // D restarts without reading: with a G or a growing space it would never end.
    fc.pre(!commands.includes('D') || !commands.some((one) => ['G', 'g', 'x', 's/b/\\n/', 'H', '$!N', 'N'].includes(one)));
    const found = await difference({ argv: ['sed', ...(quiet ? ['-n'] : []), commands.join('\n')], stdin: lines.join('\n') });
    if (found !== undefined) throw new Error(found);
  }), { numRuns: 120, seed: 11 });
  t.pass();
});

test('bytes that are no UTF-8 pass through', async (t) => {
  const { stdout } = await runOurs({ argv: ['sed', 's/a/b/'], stdin: Buffer.from([0xff, 0x61, 0xfe, 0x0a]) });
  t.is(stdout, '\xff\x62\xfe\n');
});

test('POSIX mode, a sandbox, the C locale and a shared input are as with GNU sed', async (t) => {
  const differences = await compare([
    "sed --posix 's/a/b/I' a.txt", "sed --posix -n '2,+1p' a.txt", "sed --posix 's/.*/\\u&/;s/l\\+/P/' a.txt", 'POSIXLY_CORRECT=1 sed N seq.txt',
    "sed --sandbox 's/a/b/w x' a.txt", "sed '//Id' a.txt", "sed 's/[[:]]//' a.txt", "sed 's/a/\\c\\d/' a.txt", 'sed -zn "1l;1=;1F" nul.bin', "sed 's/.*/echo hi/pe' num.txt",
    "LC_ALL=C sed 's/./X/g' u8.txt", "LC_ALL=C sed 'y/\u00e9/xy/' u8.txt", "sed 's\u00e9b\u00e9' u8.txt", '(sed 2q; echo --; head -2) <seq.txt', 'cat seq.txt | (sed -u 2q; echo --; head -2)',
    "sed -n --follow-symlinks 'F;q' link", "cp a.txt ./-; sed -i 's/a/X/' -; cat ./-", "COLS=12 sed -n l a.txt",
  ]);
  t.deepEqual(differences.map(shown), []);
});

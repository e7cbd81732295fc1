// grep against the host's own: options over a table, patterns over generated texts.
import test from 'ava';
import fc from 'fast-check';
import { compare, shown } from '../commands-lines/judge.js';
import { cases, difference, hostHas, runOurs, sameAsHost } from './differential.js';

const TEXT = 'Hello world\nfoo bar\nfoobar\n\nbar foo\nabc123 def\nHELLO again\nx+y=z (a|b)\ntail\nword_with foo.\nno end';
const FILES = { a: 'foo\nbar\nbaz\n', b: 'nothing\nfoo foo\n', bin: 'foo\0bar\nfoo\n', list: 'foo\nbar\n' };

test('grep selects and prints as its options say', async (t) => {
  await sameAsHost(t, cases('grep', TEXT, [
    ['foo'], ['-v', 'foo'], ['-i', 'hello'], ['-c', 'foo'], ['-n', 'foo'], ['-o', 'foo'], ['-on', 'o'], ['-w', 'foo'], ['-x', 'foobar'], ['-q', 'foo'], ['-q', 'zzz'], ['zzz'], [''], ['-c', ''],
    ['-E', 'foo|bar'], ['-oE', 'foo|foobar'], ['-F', '(a|b)'], ['-F', '+'], ['a\\+'], ['-E', '[0-9]+'], ['-o', '[a-z]*'], ['-e', 'foo', '-e', 'abc'], ['-f', 'list'], ['-A1', 'abc'], ['-B1', 'abc'], ['-C1', 'bar'],
    ['-1', 'abc'], ['-nC1', 'foo'], ['-m1', 'foo'], ['-m', '2', '-n', 'foo'], ['-b', 'foo'], ['-bo', 'foo'], ['-l', 'foo', 'a', 'b', '-'], ['-L', 'baz', 'a', 'b'], ['-h', 'foo', 'a', 'b'], ['-H', 'foo', 'a'],
    ['foo', 'a', 'b'], ['-c', 'foo', 'a', 'b'], ['foo', 'bin'], ['-a', 'foo', 'bin'], ['-I', 'foo', 'bin'], ['-c', 'foo', 'bin'], ['-z', 'foo', 'bin'], ['foo', 'missing', 'a'], ['-s', 'foo', 'missing'], ['-qs', 'foo', 'missing', 'a'],
    ['-wo', 'foo'], ['-xv', 'foobar'], ['^foo'], ['bar$'], ['^$'], ['-E', '^(foo|bar)'], ['-n', '^'], ['-E', 'o{2}'], ['\\(o\\)\\1'], ['-P', '\\d+'], ['-oP', 'foo\\Kbar'], ['-oP', '(?<=foo )b\\w+'],
    ['--color=always', 'foo'], ['--color=always', '-nC1', 'abc'], ['-vn', 'foo'], ['-vc', 'foo'], ['-A1', '-m1', 'foo'], ['-T', '-n', 'foo'], ['-Z', '-l', 'foo', 'a'], ['-E', 'a|*b'], ['-Fx', '-e', 'foobar', '-e', 'tail'],
    ['-Fi', 'FOO'], ['-Fw', 'foo'], ['-y', 'hello'], ['--no-group-separator', '-A1', 'foo'], ['\\<foo\\>'], ['-w', ''], ['-o', ''], ['[[:space:]]foo'], ['-r', 'foo', 'a'], ['--include=a', '-r', 'foo', '.'], ['-ov', 'foo'], ['--label=x', '-H', 'foo'],
    ['-e'], ['(', '-E'], ['\\('], ['[a'], ['-E', 'a{1,2}{2}'], ['-C', 'x', 'a'], ['-5'], ['-nw', 'word_with'],
  ], FILES));
});

test('grep complains in the same words', async (t) => {
  await sameAsHost(t, cases('grep', TEXT, [['x', 'missing'], ['('.padStart(2, '\\')], ['[a'], ['-E', 'a{2,1}'], ['a\\{1'], ['[[:foo:]]'], ['\\1'], ['-E', '('], ['-C', 'x', 'a'], ['-m', 'q', 'a']], FILES), { stderr: true });
});

const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '(a|b)', '(ab|a)', 'a*', 'b+', '(a*)', '^', '$', '\\b', '(a|ab)', '(b|ba)?', 'c{1,2}', '(ab)*', '\\w', ' ');
const pattern = fc.array(atom, { minLength: 1, maxLength: 5 }).map((atoms) => atoms.join(''));
const line = fc.stringMatching(/^[abc _]{0,12}$/);

test('extended expressions select and cut out what GNU does', async (t) => {
  if (!hostHas('grep')) return t.pass();
  await fc.assert(fc.asyncProperty(pattern, fc.array(line, { minLength: 1, maxLength: 12 }), fc.constantFrom('-E', '-oE', '-xE', '-wE', '-vcE'), async (expression, lines, flag) => {
    const found = await difference({ argv: ['grep', flag, '-e', expression], stdin: `${lines.join('\n')}\n` });
    if (found !== undefined) throw new Error(found);
  }), { numRuns: 120, seed: 7 });
  t.pass();
});

test('a pattern that sends a backtracking matcher astray is answered', async (t) => {
  const { exitCode } = await runOurs({ argv: ['grep', '-E', '(a*)*(a|aa)+b'], stdin: `${'a'.repeat(60)}c\n` });
  t.is(exitCode, 1);
});

test('grep sets groups off, chooses files, and leaves a shared input as GNU does', async (t) => {
  const differences = await compare([
    'grep -f empty a.txt', 'grep -C 0 a a.txt seq.txt', "grep -vo -C1 e -n para.txt", "grep -o -C1 'line [37]' seq.txt", '(grep -m2 -A2 line; head -1) <seq.txt', 'grep -v "" nosuch',
    "grep -r --include='*.c' --exclude='x*' . dir dir2 | sort", 'grep -rl --exclude-dir=dir . dir dir2 | sort', 'mkfifo p; grep -D skip x p', 'ln -s . dir/loop; grep -R alpha dir | sort',
    "printf 'a\\nb\\0c\\n\\0' | grep -zP 'a$' | od -c", "grep -P '(.)\\2' a.txt", "grep '[::]' csv.txt", 'GREP_COLOR=36 grep --color=always alpha a.txt', 'LC_ALL=C grep -o . u8.txt', 'grep line seq.txt >/dev/full',
  ]);
  t.deepEqual(differences.map(shown), []);
});

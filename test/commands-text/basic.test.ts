// The everyday text commands against the host's own, over tables of arguments.
import test from 'ava';
import { cases, difference, hostHas, runOurs, sameAsHost } from './differential.js';

const LINES = 'one two  three\n\n\nfour\tfive\tsix\nseven:eight:nine\nten\x01\x7f\u00e9\nlast without end';
const FILES = { a: 'apple\nbanana\ncherry\n', b: 'x\ny', empty: '' };

test('cat shows, numbers and squeezes as GNU does', async (t) => {
  await sameAsHost(t, cases('cat', LINES, [[], ['-n'], ['-b'], ['-A'], ['-E'], ['-T'], ['-v'], ['-s'], ['-ns'], ['-e'], ['-t'], ['a', '-', 'b'], ['-n', 'b', 'a'], ['missing', 'a']], FILES), { stderr: true });
});

test('head takes lines and bytes from either end', async (t) => {
  await sameAsHost(t, cases('head', LINES, [
    [], ['-n', '2'], ['-2'], ['-n', '-2'], ['-n', '-0'], ['-n', '-1'], ['-n', '-100'], ['-c', '5'], ['-c', '-5'], ['-c', '1K'], ['-n0'], ['a', 'b'],
    ['-q', 'a', 'b'], ['-v', 'a'], ['-1q', 'a', 'b'], ['missing'], ['-n', 'x'],
  ], FILES), { stderr: true });
});

test('tail takes the last lines, or all from one on', async (t) => {
  await sameAsHost(t, cases('tail', LINES, [
    [], ['-n', '2'], ['-2'], ['-n', '+3'], ['+3'], ['-n0'], ['-n', '+0'], ['-n', '+1'], ['-c', '5'], ['-c', '+5'], ['a', 'b'], ['-q', '-n1', 'a', 'b'], ['-v', 'a'], ['empty'], ['missing'],
  ], FILES), { stderr: true });
});

test('wc counts and aligns', async (t) => {
  await sameAsHost(t, cases('wc', LINES, [[], ['-l'], ['-w'], ['-c'], ['-m'], ['-L'], ['-lw'], ['a'], ['a', 'b'], ['-l', 'a', 'b', 'missing'], ['-'], ['-c', 'a', 'b']], FILES));
});

test('tr translates, deletes and squeezes', async (t) => {
  await sameAsHost(t, cases('tr', LINES, [
    ['a-z', 'A-Z'], ['-d', 'aeiou'], ['-s', '\\n'], ['-cd', '[:alnum:]'], ['[:lower:]', '[:upper:]'], ['-s', 'a-z', 'x'], ['-t', 'abc', 'x'],
    ['\\n\\t', '  '], ['a-y', 'b-z'], ['-c', 'a-z\\n', '*'], ['-ds', 'a-e', ' '], ['-d', '\\001\\177'], ['e', '[x*]'], ['eno', '[x*2]y'], ['z-a', 'x'], ['a'], ['a', ''],
    ['[:foo:]', 'x'], ['-sc', 'A-Za-z', '\\n'], ['\\-e', '_E'],
  ]));
});

test('cut picks bytes and fields', async (t) => {
  await sameAsHost(t, cases('cut', LINES, [
    ['-f1'], ['-f2-'], ['-f', '1,3'], ['-d:', '-f2'], ['-d', ' ', '-f1,2'], ['-d:', '-f1', '-s'], ['-c1-3'], ['-c', '2,4-'], ['-b', '-2'], ['-d:', '-f1,3', '--output-delimiter=--'],
    ['--complement', '-d:', '-f2'], ['--complement', '-c1-2'], ['-f0'], ['-f'], [], ['-f', '3-1'], ['-c1-2,5-6', '--output-delimiter=|'],
  ]));
});

const TABLE = 'b 10 x\na 9 y\nc 1.5 X\nB 10 z\n a 3K w\n10 2M q\n9 -4 v\nfile10 1 a\nfile9 2 b\n\na 9 y\n';

test('sort orders by keys and flags', async (t) => {
  await sameAsHost(t, cases('sort', TABLE, [
    [], ['-r'], ['-u'], ['-n'], ['-f'], ['-k2n'], ['-k2,2n', '-k1,1r'], ['-k', '2g'], ['-k2h'], ['-V'], ['-b'], ['-s', '-k2,2n'], ['-u', '-k2,2n'], ['-fu'], ['-k3'], ['-k1.2,1.3'], ['-d'], ['-rn'],
    ['-t', ' ', '-k2,2'], ['-c'], ['-C'], ['-o', 'out'], ['-k2b,2'], ['-k', '0'], ['-nr', '-k2'], ['-m', 'a', 'b'], ['-z'], ['missing'], ['-hr', '-k2'], ['--sort=version'], ['-df'], ['-t:', '-k1'], ['-k1,1V', '-k2'],
  ], FILES));
});

test('sort -V agrees on names', async (t) => {
  const names = 'v1.10\nv1.9\nv1.9~rc1\na.tar.gz\na1.tar.gz\na10.tar.gz\na2\nfoo-1.2.3\nfoo-1.2.10\nfoo\n.hidden\n.\n..\n1.0.0\n1.0\n01.0\nfoo.1\nfoo1.\n1.2.3-alpha\n1.2.3\n';
  await sameAsHost(t, cases('sort', names, [['-V'], ['-rV']]));
});

test('uniq folds runs', async (t) => {
  await sameAsHost(t, cases('uniq', 'a\na\nA\nb x\nc x\nc x\n\n\nz', [[], ['-c'], ['-d'], ['-u'], ['-D'], ['-i'], ['-f1'], ['-s1'], ['-w1'], ['-ci'], ['--group'], ['--group=both'], ['--all-repeated=separate'], ['-', 'out']]));
});

test('the comparison can fail', async (t) => {
  if (!hostHas('wc')) return t.pass();
  t.not(await difference({ argv: ['wc', '--help'] }), undefined);
});

test('tail -f /dev/null waits for ever and dies of a signal', async (t) => {
  const outcome = await Promise.race([runOurs({ argv: ['tail', '-f', '/dev/null'] }).then(() => 'ended'), new Promise((resolve) => setTimeout(resolve, 60, 'waiting'))]);
  t.is(outcome, 'waiting');
});

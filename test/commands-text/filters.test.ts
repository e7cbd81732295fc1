// Smaller text commands against the host's own, over tables of arguments.
import test from 'ava';
import { cases, runOurs, sameAsHost } from './differential.js';

const TEXT = 'alpha beta gamma\n\n\tindented line with tabs\there\nshort\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb cccc\n        eight\n  two   spaces\nlast';
const FILES = { a: 'apple\nbanana\ncherry\n', b: 'banana\ncherry\ndate\n', c: '1\n2\n3\n4\n5\n', d: '1\n2\nx\n4\n5\n', e: '', bin: new Uint8Array([0, 1, 2, 65, 66, 67, 68, 69, 0, 200, 10, 70, 71, 72, 73]) };

test('digests are printed and checked', async (t) => {
  for (const tool of ['md5sum', 'sha1sum', 'sha256sum', 'sha512sum', 'b2sum', 'sha224sum', 'sha384sum']) {
    await sameAsHost(t, cases(tool, TEXT, [[], ['a', 'b'], ['--tag', 'a'], ['-b', 'a'], ['missing', 'a'], ['-z', 'a']], FILES));
  }
  const sums = '3f7b0e5d1b1f7a5b7d1c8d2f5a6b7c8d  a\nd41d8cd98f00b204e9800998ecf8427e  e\nd41d8cd98f00b204e9800998ecf8427e  gone\nnonsense\n';
  await sameAsHost(t, cases('md5sum', sums, [['-c'], ['-c', '--quiet'], ['-c', '--status'], ['-c', '--ignore-missing'], ['-c', 'e'], ['--strict', '-c']], FILES));
});

test('base64 and kin encode and decode', async (t) => {
  await sameAsHost(t, [
    ...cases('base64', TEXT, [[], ['-w0'], ['-w', '20'], ['bin'], ['missing'], ['-d']], FILES), ...cases('base64', 'aGVsbG8K\naGk=\n', [['-d'], ['-di']]), ...cases('base64', 'aGVs!bG8K', [['-d'], ['-d', '-i']]),
    ...cases('base32', TEXT, [[], ['-w0']]), ...cases('base32', 'NBSWY3DPBI======', [['-d']]), ...cases('basenc', 'hello?>', [['--base64url'], ['--base16'], ['--base32hex'], ['--base2msbf'], ['--base2lsbf'], []]),
  ]);
});

test('base64 of megabytes, and of several padded pieces', async (t) => {
  const bytes = Buffer.alloc(1_500_001, 'any text at all ');
  await sameAsHost(t, [
    ...cases('base64', bytes, [['-w0']]), ...cases('base64', bytes.toString('base64').replace(/.{76}/g, '$&\n'), [['-d']]),
    ...cases('base64', `${bytes.toString('base64')}!`, [['-d']]), ...cases('base64', 'YQ==YWI=YWJj', [['-d']]), ...cases('base64', 'YQ=Y', [['-d']]), ...['YWJjZ', 'YWJjZG', 'YWJjZGU', 'YW=', '=', 'YW==YW', 'YWI!', 'Y!', 'YWJj=', 'YQ==!'].flatMap((text) => cases('base64', text, [['-d']])),
  ]);
});

test('cut walks to each range', async (t) => {
  const text = 'a:b:c:d\nxy\n:q:\n::\n';
  await sameAsHost(t, cases('cut', text, [
    ['-d:', '-f2'], ['-d:', '-f2,4'], ['-d:', '-f2-3'], ['-d:', '-f3-'], ['-d:', '-f-2'], ['-d:', '-f1,3-', '--output-delimiter=++'], ['-s', '-d:', '-f1,5,9-'],
    ['-d:', '--complement', '-f2'], ['-d:', '-f1'], ['-d:', '-f1-4'], ['-d:', '-f9'], ['-d:', '-f2-', '--output-delimiter='],
  ]));
});

test('seq counts', async (t) => {
  await sameAsHost(t, cases('seq', '', [
    ['5'], ['2', '5'], ['1', '2', '9'], ['5', '-1', '1'], ['-w', '8', '11'], ['-s', ',', '3'], ['-f', '%03g', '3'], ['0.5', '0.25', '1.5'], ['-3', '0'], ['3', '1'], ['1', '0.1', '1.3'], ['-w', '-1', '1'], ['-f', 'x%.2fy', '2'],
    [], ['x'], ['1', '0', '5'], ['1', '2', '3', '4'], ['-s', '', '3'], ['10000000000000000', '10000000000000001'], ['-w', '0.5', '1', '10'],
  ]));
});

test('lines are turned, pasted, compared and joined', async (t) => {
  await sameAsHost(t, [
    ...cases('tac', TEXT, [[], ['a', 'b'], ['-s', 'a'], ['-b', '-s', 'a'], ['missing']], FILES), ...cases('rev', TEXT, [[], ['a']], FILES),
    ...cases('paste', TEXT, [['a', 'c'], ['-d,', 'a', 'c'], ['-s', 'a'], ['-sd,', 'a', 'b'], ['-', '-'], ['-d', ',:', 'a', 'b', 'c'], ['-d', '\\0', 'a', 'b'], ['a', 'missing']], FILES),
    ...cases('comm', '', [['a', 'b'], ['-12', 'a', 'b'], ['-3', 'a', 'b'], ['-23', 'a', 'b'], ['a'], ['a', 'missing'], ['--total', 'a', 'b'], ['c', 'd'], ['--output-delimiter=,', 'a', 'b']], FILES),
    ...cases('cmp', '', [['a', 'a'], ['a', 'b'], ['c', 'd'], ['-l', 'c', 'd'], ['-s', 'c', 'd'], ['a', 'missing'], ['a', 'e'], ['-n1', 'c', 'd'], ['-b', 'c', 'd'], ['-i', '6', 'c', 'd']], FILES),
  ]);
});

test('lines are folded, numbered and their tabs turned', async (t) => {
  await sameAsHost(t, [
    ...cases('fold', TEXT, [[], ['-w', '20'], ['-s', '-w', '20'], ['-b', '-w', '10'], ['-10'], ['-w', '0'], ['-sw', '5']]),
    ...cases('nl', TEXT, [[], ['-ba'], ['-w3', '-s: ', '-ba'], ['-nrz'], ['-nln'], ['-v10', '-i5'], ['-bpa'], ['-bn'], ['-l2', '-ba']]),
    ...cases('nl', '\\:\\:\\:\nhead\n\\:\\:\nbody\n\\:\nfoot\n', [[], ['-ha', '-fa']]),
    ...cases('expand', TEXT, [[], ['-t4'], ['-i'], ['-t', '3,10'], ['-4']]), ...cases('unexpand', TEXT, [[], ['-a'], ['-t4'], ['--first-only', '-t4']]),
  ]);
});

test('expr evaluates', async (t) => {
  await sameAsHost(t, [
    ['1', '+', '2'], ['7', '/', '2'], ['7', '%', '3'], ['2', '*', '3', '+', '4'], ['2', '+', '3', '*', '4'], ['(', '2', '+', '3', ')', '*', '4'], ['a', '=', 'a'], ['a', '<', 'b'], ['10', '<', '9'], ['abc', ':', 'a\\(.\\)c'], ['abc', ':', '.*'], ['abc', ':', 'x'],
    ['length', 'hello'], ['substr', 'hello', '2', '3'], ['index', 'hello', 'l'], ['match', 'abc', 'b'], ['0', '|', '5'], ['1', '&', '0'], ['', '|', ''], ['1', '/', '0'], ['a', '+', '1'], [], ['1', '+'], ['+', 'length'], ['1', '2'], ['--', '-1', '+', '1'], ['99999999999999999999', '+', '1'], ['a/b', ':', '.*/\\(.*\\)'], ['(', '1'], ['0'], ['00'], ['5', '!=', '6'],
  ].map((args) => ({ argv: ['expr', ...args] })));
});

test('factor, strings and split', async (t) => {
  await sameAsHost(t, [
    ...cases('factor', '12 97\n', [[], ['1', '2', '60', '9999999967'], ['18446744073709551615'], ['x', '4']]),
    ...cases('strings', TEXT, [[], ['bin'], ['-n2', 'bin'], ['-t', 'x', 'bin'], ['-f', 'bin']], FILES),
    ...cases('split', TEXT, [['-l2'], ['-b', '20', '-', 'out'], ['-n3', 'c'], ['-n', 'l/2', 'c'], ['-n', 'r/2', 'c'], ['-d', '-l1', 'c'], ['-a3', '-l3', 'c'], ['-C', '120'], ['-x', '-l1', 'c'], ['-n', '2/3', 'c'], ['--additional-suffix=.t', '-l3', 'c'], ['missing'], ['-l0']], FILES),
  ]);
});

test('shuf gives every line once', async (t) => {
  const { stdout } = await runOurs({ argv: ['shuf', '-i', '1-50'] });
  t.deepEqual(stdout.trim().split('\n').map(Number).sort((a, b) => a - b), Array.from({ length: 50 }, (_, i) => i + 1));
  t.is((await runOurs({ argv: ['shuf', '-n', '3', '-e', 'a', 'b', 'c', 'd'] })).stdout.split('\n').length, 4);
});

test('joining, tabulating, substituting and short sums', async (t) => {
  const files = { x: '1 a\n2 b\n2 c\n4 d\n', y: '1 X\n2 Y\n3 Z\n4 W V\n', u: 'b 1\na 2\n', dos: 'a\r\nb\r\n', l1: new Uint8Array([0x63, 0xe9, 10]) };
  await sameAsHost(t, [
    ...cases('join', '', [['x', 'y'], ['-a1', 'x', 'y'], ['-a', '2', 'x', 'y'], ['-v1', 'x', 'y'], ['-v2', 'x', 'y'], ['-o', '1.2,2.2', 'x', 'y'], ['-o', '0', '-a2', '-e', '-', 'x', 'y'], ['-1', '1', '-2', '1', 'x', 'y'], ['-t', ' ', 'x', 'y'], ['x'], ['x', 'missing']], files),
    ...cases('column', 'a bb ccc\ndddd e f\n', [['-t'], ['-t', '-o', '|']]), ...cases('column', 'a:b::c\nd:e:f\n', [['-t', '-s:']]),
    ...cases('cksum', TEXT, [[], ['x', 'y']], files), ...cases('sum', TEXT, [[], ['x'], ['-s', 'x', 'y']], files),
    ...cases('tsort', 'a b b c a c d a\n', [[]]), ...cases('tsort', 'a b c\n', [[]]),
    ...cases('iconv', 'h\u00e9llo\n', [['-t', 'latin1'], ['-f', 'utf-8', '-t', 'UTF-16LE'], ['-t', 'ascii//TRANSLIT'].slice(0, 0), ['-f', 'latin1', 'l1'], ['-f', 'nonsense']], files),
  ]);
  t.is((await runOurs({ argv: ['envsubst', '$A'], stdin: 'x $A ${A}${B} $HOME\n' })).stdout, 'x  ${B} $HOME\n');
  t.is((await runOurs({ argv: ['dos2unix', '-q', 'dos'], files })).files['dos'], 'a\nb\n');
  t.is((await runOurs({ argv: ['less', 'x'], files })).stdout, files.x);
});

// fmt and numfmt against the host's own, over tables of arguments and generated paragraphs.
import test from 'ava';
import { cases, sameAsHost } from './differential.js';

const LOREM = 'Lorem ipsum dolor sit amet, consectetur adipiscing elit. Sed do eiusmod (tempor incididunt) ut labore et dolore magna aliqua!  Ut enim ad "minim veniam," quis nostrud exercitation ullamco laboris nisi ut aliquip ex ea commodo consequat. Duis aute irure dolor in reprehenderit in voluptate velit esse cillum dolore eu fugiat nulla pariatur.\n';
const SHAPES = `${LOREM}${LOREM}\n  indented first\nline that goes on and is somewhat longer than what came before it, so that it has to be broken\n\n\n# a comment that is long enough to be broken when the width is small\n# and goes on here\nno comment\n\ttabbed text here   with spaces\n\ttabbed again.\n  - item one is here\n    and hangs\n  - item two\n    hangs also, for longer than a line of forty columns would let it\nlast line without an end`;

test('fmt fills paragraphs of every shape', async (t) => {
  const arguments_ = [[], ['-w', '40'], ['-30'], ['-s', '-w', '40'], ['-u', '-w', '50'], ['-c', '-w', '40'], ['-t', '-w', '40'], ['-p', '#', '-w', '30'], ['-p', ' # ', '-w', '30'], ['-g', '30'], ['-w', '60', '-g', '40'], ['-w', '1'], ['-w', '2500'], ['missing']];
  await sameAsHost(t, [...cases('fmt', SHAPES, arguments_), ...cases('fmt', LOREM, arguments_), ...cases('fmt', '', [[]]), ...cases('fmt', '\n\n  \n', [[], ['-p', '#']]), ...cases('fmt', '\u00e4\u00f6\u00fc \u00df '.repeat(40), [[], ['-w', '20']])]);
  await sameAsHost(t, cases('fmt', '', [['-w', 'x'], ['-w', '3000'], ['-x'], ['-g', '90'], ['missing']]), { stderr: true });
});

test('fmt breaks generated paragraphs where the host does', async (t) => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor(seed / 65536) % below;
  };
  const ends = ['', '', '', '', ',', '.', '.  ', '!', ')', '."', ';', '\n', '\n\n', '\n   ', '\n\t'];
  const texts = Array.from({ length: 40 }, () => Array.from({ length: 20 + random(300) }, () => `${['', '', '', '(', '"'][random(5)]!}${'x'.repeat(1 + random(12))}${ends[random(ends.length)]!}`).join(' '));
  await sameAsHost(t, texts.flatMap((text, index) => cases('fmt', text, [['-w', String(20 + index * 2)], index % 2 === 0 ? ['-t'] : ['-c']])));
  await sameAsHost(t, cases('fmt', Array.from({ length: 4000 }, () => 'y'.repeat(1 + random(10))).join(' '), [[], ['-u', '-w', '33']]));
});

test('numfmt turns numbers from and into every form', async (t) => {
  await sameAsHost(t, cases('numfmt', '', [
    ['--to=iec', '1024', '1500', '1000000', '999', '1025', '10240', '102400', '9999', '10239', '1048575', '12345678901234567890', '18446744073709551616', '0'], ['--to=si', '1000', '999999', '1500', '9950', '9949', '99500', '99499', '0.5', '2.5', '99999999999999999999999'], ['--to=si', '--', '-1500', '-0.2', '-0'], ['--to=iec-i', '4096', '1048576', '5'],
    ['--from=iec', '1K', '1.5M', '2Gi'], ['--from=auto', '1K', '1Ki', '1.25M'], ['--from=iec-i', '1Ki', '1', '1K'], ['--from=si', '5kB'], ['--from=si', '1X'], ['--from=si', '1KK'], ['--from=si', '5 K'], ['1K'], ['--from=iec', '1E', '1Z'], ['--from=iec', '--to=si', '1K', '7G'], ['--suffix=B', '--to=iec', '2048', '2048B'], ['--from=si', '--suffix=B', '5KB'],
    ['--format=%10.2f', '--to=iec', '123456'], ['--format=%-10f|', '5'], ['--format=%010f', '5', '12345678901'], ['--format=a%5fb%%', '12'], ['--format=%.1f', '3.14159', '2'], ['--format=%.3f', '--to=iec', '1', '123456789'], ["--format=%'f", '12345'], ['--format=x', '1'], ['--format=%d', '1'], ['--format=%f%f', '1'], ['--format=%', '1'],
    ['--padding=8', '5'], ['--padding=-8', '5'], ['--padding=0', '5'], ['--grouping', '1234567'], ...['up', 'down', 'nearest', 'from-zero', 'towards-zero'].map((way) => [`--round=${way}`, '--to=si', '--', '1234', '1250', '1299', '-1234', '-1299', '999950']),
    ['--from-unit=512', '4'], ['--to-unit=1024', '--round=up', '5000'], ['--to-unit=1K', '--from=si', '5K'], ['--to-unit=1Ki', '5000'], ['--from-unit=x', '1'], ['abc'], ['--invalid=warn', 'abc', '5'], ['--invalid=ignore', 'abc', '5'], ['--invalid=fail', 'abc', '5'], ['1.5', '0.12345', '00012', '5 ', ' 5', '5.'], [''], ['1,5'], ['1e3'], ['.5'], ['-5'],
    ['--to=foo', '1'], ['--round=foo', '1'], ['--field=0', '1'], ['99999999999999999999999'], ['-d', ':', '--field=2', '--padding=6', 'a:5:c'], ['--debug', '5'], ['-z', '5'], ['--grouping', '--to=si', '5'],
  ]), { stderr: true });
  await sameAsHost(t, [
    ...cases('numfmt', 'h1 h2\n1000 2000\n3000 4\n', [['--header', '--field=2', '--to=si'], ['--header=2', '--to=si'], ['--header=x']]), ...cases('numfmt', '1000:2000:x\n', [['-d:', '--field=1,2', '--to=iec'], ['-d:', '--field=-2', '--to=si']]),
    ...cases('numfmt', 'a 1000 2000 b\n', [['--field=2-3', '--to=si'], ['--field=-', '--to=si', '--invalid=ignore'], ['--field=2-', '--to=si'], ['--field=2', '--padding=9']]), ...cases('numfmt', '  1000   20\n', [['--to=si'], ['--to=si', '--field', '2'], ['--field=1,2']]), ...cases('numfmt', '1000\n\n2000\n', [['--to=si'], ['--to=si', '--invalid=fail'], ['--to=si', '--invalid=warn']]), ...cases('numfmt', '5', [[], ['--to=si']]), ...cases('numfmt', 'x   1500 c\n', [['--field=2', '--to=si']]),
  ], { stderr: true });
});

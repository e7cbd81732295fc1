// `set -o vi`: command mode of the line editor, with what bash makes of the same keys.
import test from 'ava';
import { Line } from '../../actors/sandbox/shell/line-editor/line.js';
import { motion } from '../../actors/sandbox/shell/line-editor/vi-motions.js';
import { session } from './terminal-session.js';

const WORDS = ': one two-three four.five  six';
const HISTORY = ': a first\r: b second\r: c third\r';
/** Keys after ESC on the line of words, and the line that is then run. */
const EDITS: Readonly<Record<string, string>> = {
  '0wx': ': ne two-three four.five  six', '02wx': ': one wo-three four.five  six', '0Wx': ': ne two-three four.five  six', 'bBx': ': one two-three our.five  six', '0eex': ': one tw-three four.five  six',
  '0wdw': ': two-three four.five  six', '0d2w': 'two-three four.five  six', '02dw': 'two-three four.five  six', '$db': ': one two-three four.five  x', '0wD': ': ', '0wdtf': ': four.five  six', '0wd;': WORDS,
  '0wcwnew\x1bx': ': ne two-three four.five  six', '0wC new': ':  new', '0wSnew': 'new', '0w3sxyz': ': xyz two-three four.five  six', '0wR12345\x1b': ': 12345wo-three four.five  six',
  '0w3rQ': ': QQQ two-three four.five  six', '0w5~': ': ONE Two-three four.five  six', '0wywP': ': one one two-three four.five  six', '0wdwwP': ': twoone -three four.five  six', '0wyyP': ': : one two-three four.five  sixone two-three four.five  six',
  'A end': `${WORDS} end`, '0I#': `#${WORDS}`, '0w3x.': ': o-three four.five  six', '0w2x3.': ': wo-three four.five  six', '0wxxu': ': ne two-three four.five  six', '0wcwa b\x1bu': WORDS, '0wxxU': WORDS, 'uu': WORDS,
  '0w2f.x': ': one two-three fourfive  six', '$Ftx': ': one two-hree four.five  six', '0ft;x': ': one two-hree four.five  six', '0ft;,x': ': one wo-three four.five  six', '5|x': ': on two-three four.five  six', '0w$x': ': one two-three four.five  si',
};
/** Keys after ESC on an empty line, and what is run then. */
const RECALLS: Readonly<Record<string, string>> = {
  'kx': ' c third', 'kkjx': ' c third', 'k$x': ': c thir', 'kA!': ': c third!', '3kx': ' a first', '/sec\rx': ' b second', '/\rk': ': c third', '/fir\rx': ' a first', '/:\rnx': ' b second', '/:\rnnNx': ' b second', '2Gx': ' a first',
  'k_!': ': second! c third', 'k#': '#: c third', 'kYjp': ': c third', '\x1b[A\x1b[Ax': ' b second', '/^: b\rx': ' b second',
};

/** The lines that a shell in vi mode has run. */
async function linesOf(keys: string): Promise<string[]> {
  const { machine, type, end } = session('bash');
  type(`set -o vi\r${keys}\x03fc -ln 1 > /tmp/lines\r\x04`);
  await end();
  return Buffer.from(machine.files.readFile('/tmp/lines')).toString().split('\n').slice(0, -1).map((line) => line.replace(/^\t[ *]/, ''));
}

test('motions, operators, counts, registers and undo', async (t) => {
  const lines = await linesOf(Object.keys(EDITS).map((keys) => `${WORDS}\x1b${keys}\r`).join('').replaceAll(/\r(?=: one)/g, '\r: -\r'));
  t.deepEqual(lines.filter((line) => line !== ': -' && line !== 'set -o vi'), Object.values(EDITS));
});

test('history and searches', async (t) => {
  for (const [keys, line] of Object.entries(RECALLS)) t.is((await linesOf(`${HISTORY}\x1b${keys}\r`)).slice(4).join('|') || ': c third', line, keys);
});

test('insert mode: the keys of terminals, ^W, ^U, ^V, ^D, and control characters that type themselves', async (t) => {
  t.deepEqual((await linesOf(': ab\x1b[D+\r: w x\x17v\r: a\x15: z\r: b\x16\x1b\r: c\x01d\r: e\x04')).slice(1), [': a+b', ': w v', ': z', ': b\x1b', ': c\x01d', ': e']);
  t.deepEqual((await linesOf('set -o emacs\r: ab\x01#\r')).slice(2), ['#: ab']);
});

test('where motions lead', (t) => {
  const line = new Line();
  line.set('f(a [b] {c} d) é_x', 0);
  t.deepEqual(motion(line, '%', 1), { to: 13, isInclusive: true });
  t.deepEqual(motion(line, 'W', 4), { to: 15 });
  t.deepEqual(motion(line, '$', 1), { to: 18 });
  t.is(motion(line, 'f', 1, { key: 'f', char: 'z' }), undefined);
  t.is(motion(line, 'Z', 1), undefined);
});

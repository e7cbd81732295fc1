// tree, uuencode and uudecode, cal, ts and pr against the host's.
import test from 'ava';
import { agree, machineWith, runOurs } from '../commands-files/differential.js';

const FILES = { 'a/b/c': 'c', 'a/d': 'dd', 'e/f.txt': 'f', 'g.txt': 'g', '.hidden': '', 'e/link': { symlink: '../g.txt' } };

test('tree draws as tree does', (t) => agree(t, { files: FILES }, [
  ['tree'], ['tree', '-a'], ['tree', '-d'], ['tree', '-L', '1'], ['tree', '-f', 'a'], ['tree', '-i', '--noreport', 'a'], ['tree', '-I', '*.txt'], ['tree', '-P', '*.txt'], ['tree', '--dirsfirst', '-r'], ['tree', '-F'], ['tree', 'a', 'e'], ['tree', 'none'], ['tree', '-L', '0'], ['env', 'LC_ALL=C.UTF-8', 'tree', 'a'],
]));

test('uuencode and uudecode', (t) => agree(t, { files: { bin: Buffer.from(Array.from({ length: 300 }, (_, i) => (i * 7) & 255)) as unknown as string, empty: '' }, stdin: 'hello world\n' }, [
  ['uuencode', 'name'], ['uuencode', '-m', 'name'], ['uuencode', 'bin', 'out'], ['uuencode', '-m', 'bin', 'out'], ['uuencode', 'empty', 'out'], ['sh', '-c', 'uuencode bin b2 | uudecode && cmp bin b2 && stat -c %a b2'], ['sh', '-c', 'uuencode -m bin b3 | uudecode && cmp bin b3'], ['sh', '-c', 'uuencode bin x | uudecode -o -  | cmp - bin'],
]));

test('cal shows months and years', (t) => agree(t, { normalise: (text) => text.replace(/ +$/gm, '').trimEnd() }, [['cal', '1', '2000'], ['cal', '2', '2024'], ['cal', '9', '1752'], ['cal', '12', '1999'], ['cal', '10', '2026']]));

test('ts puts the time in front', async (t) => {
  const { stdout } = await runOurs(machineWith(), ['bash', '-c', "printf 'a\\nb' | ts '%Y-'; (echo x; sleep 1.1; echo y) | ts -s; echo z | ts '%.s'"]);
  t.regex(stdout, /^\d{4}- a\n\d{4}- b00:00:00 x\n00:00:01 y\n\d+\.\d{6} z\n$/);
});

test('pr lays out pages', (t) => agree(t, { files: { ...FILES, lines: Array.from({ length: 25 }, (_, i) => `line ${i + 1}\n`).join(''), feeds: 'a\tb\n\fc\nd', few: 'one\ntwo\n' } }, [
  ['pr', '-D', 'date', 'lines'], ['pr', '-t', '-3', 'lines'], ['pr', '-ta4', '-n', 'lines'], ['pr', '-mtn', 'lines', 'few', 'feeds'], ['pr', '-2', '-s:', '-t', 'lines'], ['pr', '-l20', '-f', '-D', 'd', '-h', 'title', '+2', 'lines'], ['pr', '-d', '-o4', '-e4', '-t', 'feeds'],
  ['pr', '-l15', '-D', 'd', 'feeds'], ['pr', '+9', 'few'], ['pr', '-m', '-2', 'few'], ['pr', '-w3', '-9', 'few'], ['pr', 'missing'],
]));

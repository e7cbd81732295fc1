// diff and the dumps against the host's own.
import test from 'ava';
import fc from 'fast-check';
import { cases, difference, hostHas, sameAsHost } from './differential.js';

const A = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n';
const FILES = {
  a: A, b: A.replace('two', 'TWO').replace('nine\n', ''), c: A.replace('five\n', 'five\n\nnew\n'), n: A.slice(0, -1), e: '', s: A.replaceAll('\n', ' \n').replace('one', 'o ne'), i: A.toUpperCase(),
  bin: new Uint8Array([0, 1, 2]), bin2: new Uint8Array([0, 1, 3]), f: 'int main() {\n  a;\n  b;\n  c;\n  d;\n  e;\n}\n', g: 'int main() {\n  a;\n  b;\n  c;\n  d;\n  X;\n}\n',
};

test('diff shows differences in every form', async (t) => {
  const label = ['--label', 'old', '--label', 'new'];
  const forms: string[][] = [[], ['-e'], ['-q'], ['-s'], ['-y', '-W60'], ['-u', ...label], ['-U0', ...label], ['-U', '1', ...label], ['-c', ...label], ['-C1', ...label], ['-p', '-u', ...label], ['-b'], ['-w'], ['-i'], ['-B'], ['-I', 'T'], ['-ub', ...label]];
  const pairs = [['a', 'b'], ['a', 'c'], ['a', 'a'], ['a', 'n'], ['n', 'a'], ['e', 'a'], ['a', 'e'], ['a', 's'], ['a', 'i'], ['bin', 'bin2'], ['f', 'g'], ['a', 'missing'], ['b', 'c'], ['-', 'a']];
  await sameAsHost(t, forms.flatMap((form) => cases('diff', A.replace('six', '6'), pairs.map((pair) => [...form, ...pair]), FILES)).filter(({ argv }) => !((argv.includes('-y') || argv.includes('-e')) && argv.includes('n'))));
});

const line = fc.constantFrom('a', 'b', 'c', '', 'd e');

test('generated files differ as GNU diff says', async (t) => {
  if (!hostHas('diff')) return t.pass();
  const text = fc.array(line, { maxLength: 14 }).map((lines) => lines.map((one) => `${one}\n`).join(''));
  await fc.assert(fc.asyncProperty(text, text, fc.constantFrom('-U1', '-U3', '--normal', '-C2'), async (a, b, form) => {
    const found = await difference({ argv: ['diff', '-d', form, '-L', 'x', '-L', 'y', 'a', 'b'], files: { a, b } });
    if (found !== undefined) throw new Error(found);
  }), { numRuns: 150, seed: 3 });
  t.pass();
});

const BYTES = Uint8Array.from({ length: 100 }, (_, i) => (i < 48 ? 65 : (i * 7) & 255));

test('dumps look as the host\'s do', async (t) => {
  await sameAsHost(t, [
    ...cases('xxd', BYTES, [[], ['-p'], ['-c', '8'], ['-g1'], ['-l', '20'], ['-s', '10'], ['-u'], ['-b'], ['-i'], ['-i', 'f'], ['-e'], ['-c', '5', '-g', '3'], ['missing']], { f: 'hello' }),
    ...cases('xxd', '00000000: 6865 6c6c 6f0a                           hello.\n', [['-r'], ['-r', '-p']]), ...cases('xxd', '68656c6c\n6f0a\n', [['-r', '-p']]),
    ...cases('od', BYTES, [[], ['-c'], ['-An', '-tx1'], ['-A', 'x', '-t', 'x1z'], ['-t', 'd1'], ['-b'], ['-x'], ['-tu4'], ['-a'], ['-N', '10', '-c'], ['-j', '90'], ['-v'], ['-w8', '-tx1'], ['-An', '-td4'], ['-to2', '-c'], ['-tf4', '-N8'], ['-An', '-N2', '-tu2'], ['-d'], ['-tx8']]),
    ...cases('hexdump', BYTES, [[], ['-C'], ['-x'], ['-d'], ['-o'], ['-b'], ['-n', '20', '-C'], ['-v'], ['-e', '16/1 "%02x " "\\n"'], ['-ve', '1/1 "%02x"']]),
  ]);
});

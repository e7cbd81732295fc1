// The lines about coreutils' lesser-known corners beside this machine's own coreutils, whose words are those of release 9.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { compare, ours, shown } from './judge.js';

const LINES = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'test', 'commands-lines', 'lines', 'coreutils.txt');
const isRelease9 = (spawnSync('sort', ['--version'], { encoding: 'utf8' }).stdout ?? '').includes('(GNU coreutils) 9.');

test('coreutils’ corners are as GNU’s', async (t) => {
  if (!isRelease9) {
    console.warn('SKIPPED: no GNU coreutils 9 on this host to compare with');
    return t.pass();
  }
  const lines = readFileSync(LINES, 'utf8').split('\n').filter((line) => line !== '');
  t.deepEqual((await compare(lines)).map(shown), []);
  const forged = await compare(['cut -f2 tab.txt'], { answerer: async (asked, folder) => (await ours(asked, folder)).map((seen) => ({ ...seen, exitCode: 1 })) });
  t.is(forged.length, 1, 'a wrong exit code is noticed');
});

// A fixed sample of generated programs gives the same output and exit code as with the host's bash and dash; thousands run as an outside check.
import test from 'ava';
import { hostHas } from '../commands-text/differential.js';
import { type Answerer, inMachine, judge, shown, type Source } from './generate/judge.js';

const COUNT = 120;
const LINES_MAX = 2;
const SEEDS = { bash: 3, dash: 2 } as const;

for (const shell of ['bash', 'dash'] as const) {
  const here = hostHas(shell) && hostHas('timeout') ? test : test.skip;
  const source: Source = { shell, seed: SEEDS[shell], linesMax: LINES_MAX };

  here(`${shell}: generated programs`, async (t) => {
    t.timeout(100_000);
    const { differences, notJudged } = await judge(source, COUNT);
    t.deepEqual(differences.map(shown), []);
    t.true(notJudged < COUNT / 10);
  });

  here(`${shell}: a changed answer is found (negative control)`, async (t) => {
    const forged: Answerer = async (programs, folder) => (await inMachine(programs, folder)).map((result, id) => (id === 1 ? { ...result, stdout: `${result.stdout}x` } : result));
    t.deepEqual((await judge(source, 3, forged)).differences.map(({ index }) => index), [1]);
  });
}

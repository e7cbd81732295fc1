// Thousands of generated programs: the embedded machine's bash and dash against this machine's own.
import { statSync } from 'node:fs';
import { inMachine, judge, shown, shrink, type Answerer, type Source } from '../shell/generate/judge.js';
import { containerAnswerer } from '../shell/generate/container.js';
import type { Check, Context, Outcome } from './outcome.js';
import { judge as outcomeOf, sh, skip } from './shell.js';

/** Of each shell. */
const COUNT = Number(process.env.SOCKERLESS_PROGRAMS ?? 2500);
const CONTAINER_COUNT = 60;
/** So many samples are judged as one where the first is below what is asked: a sample has its luck. */
const SAMPLES = 2;
const SHOWN_MAX = 5;
/** What is asked, messages of errors and traces included; each difference is told. The rest are corners that only such programs reach. */
const ALIKE_PERCENT_MIN = 98.5;
/** Of the few in a container, where one is more than a percent. */
const CONTAINER_PERCENT_MIN = 95;

function isHere(shell: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => statSync(`${folder}/${shell}`, { throwIfNoEntry: false })?.isFile() === true);
}

/** Judges; the first differences are shrunk and told whole, the outcome tells how many there were. */
async function differences(context: Context, first: Source, count: number, answerer: Answerer, wanted: number): Promise<string | undefined> {
  let differ = 0, all = 0;
  for (let sample = 0; sample < SAMPLES; sample++) {
    const source = { ...first, seed: first.seed + sample };
    const verdict = await judge(source, count, answerer);
    context.log(`${source.shell}: ${verdict.count - verdict.notJudged - verdict.differences.length} of ${verdict.count} programs of seed ${source.seed} alike, ${verdict.notJudged} not judged`);
    for (const difference of verdict.differences.slice(0, SHOWN_MAX)) context.log(shown(await shrink(source, difference, answerer)));
    differ += verdict.differences.length;
    all += verdict.count;
    if (100 - (100 * differ) / all >= wanted) return undefined;
  }
  return `wanted ${wanted} %: ${differ} of ${all} programs from seed ${first.seed} on differ`;
}

/** One answer changed on its way must be found. */
const forged: Answerer = async (programs, folder) => (await inMachine(programs, folder)).map((result, i) => (i === 3 ? { ...result, exitCode: result.exitCode ^ 1 } : result));

export const shellGenerated: Check = {
  name: 'shell-generated',
  async run(context) {
    const seed = Number(process.env.SOCKERLESS_SEED ?? Math.floor(Math.random() * 2 ** 31));
    context.log(`seed ${seed} (SOCKERLESS_SEED=${seed} runs the same programs again)`);
    const outcomes: Outcome[] = [];
    for (const shell of ['bash', 'dash'] as const) {
      if (!isHere(shell)) {
        outcomes.push(skip(shell, `no ${shell} on this machine to compare with`));
        continue;
      }
      const source: Source = { shell, seed };
      outcomes.push(await outcomeOf(`${shell}: ${COUNT} programs`, () => differences(context, source, COUNT, inMachine, ALIKE_PERCENT_MIN)));
      outcomes.push(await outcomeOf(`${shell}: a forged answer is found (negative control)`, async () => {
        const { differences: found } = await judge(source, 5, forged);
        return found.some(({ index }) => index === 3) ? undefined : 'it was not';
      }));
      const env = { DOCKER_HOST: context.dockerHost };
      await sh('docker run -d --name generated sockerless/base tail -f /dev/null', { env });
      outcomes.push(await outcomeOf(`${shell}: ${CONTAINER_COUNT} programs in a container`, () => differences(context, source, CONTAINER_COUNT, containerAnswerer('generated', env), CONTAINER_PERCENT_MIN)));
      await sh('docker rm -f generated', { env });
    }
    return outcomes;
  },
};

// SIGKILL chaos: a client works, the server is killed at random moments and started again; nothing acknowledged may be lost, nothing run twice.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check, Outcome } from '../external/outcome.js';
import { type ChaosOptions, Trial } from './trial.js';

/** Kills in the check; `run.ts` takes more. */
const KILLS = 60;
const CONTROL_KILLS = 10;

/** Mulberry32: the same moments for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export interface ChaosResult {
  readonly kills: number;
  readonly created: number;
  readonly finished: number;
  readonly execs: number;
  readonly problems: readonly string[];
}

/** Runs one trial. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const random = randomOf(options.seed);
  const trial = new Trial(options);
  let startMs = await trial.start();
  const workers = [0, 1, 2, 3].map((worker) => trial.work(worker, worker === 3 ? 'execs' : 'containers'));
  for (let kill = 0; kill < options.kills; kill++) {
    // Half of the kills at any moment, half while a start or a removal is under way; a life is as long as two starts take here, so that as much is done in it on a slow machine.
    const aimed = random() < 0.5;
    await new Promise((resolve) => setTimeout(resolve, aimed ? 40 : 20 + random() * 2 * startMs));
    if (aimed) {
      await trial.nextDeed(2 * startMs);
      await new Promise((resolve) => setTimeout(resolve, random() * 30));
    }
    await trial.kill();
    startMs = await trial.start();
  }
  trial.stop();
  await Promise.all(workers);
  await trial.check();
  await trial.checkStuck();
  await trial.checkEvents();
  await trial.removeAll();
  await trial.checkStuck();
  await trial.kill();
  writeFileSync(join(options.directory, 'problems'), trial.problems.join('\n'));
  return { kills: options.kills, ...trial.counts, problems: trial.problems };
}

export const chaos: Check = {
  name: 'chaos',
  async run(context) {
    const begin = performance.now();
    const { kills, created, finished, execs, problems } = await runChaos({ directory: join(context.workDir, 'with'), kills: KILLS, seed: 1, outbox: true });
    context.log(`chaos: ${kills} kills, ${created} containers created, ${finished} finished, ${execs} execs finished, ${problems.length} problems`);
    const seconds = (performance.now() - begin) / 1000;
    const sound: Outcome = problems.length === 0 && created > kills && finished > 0 && execs > 0 ? { name: `chaos: ${kills} kills, nothing acknowledged is lost, nothing runs twice`, result: 'pass', seconds } : { name: `chaos: ${kills} kills`, result: 'fail', reason: problems.slice(0, 5).join('; ') || `only ${created} containers, ${finished} ends and ${execs} execs`, seconds };
    const control = await runChaos({ directory: join(context.workDir, 'without'), kills: CONTROL_KILLS, seed: 1, outbox: false });
    context.log(`chaos without the outbox: ${control.kills} kills, ${control.problems.length} problems, e.g. ${control.problems[0] ?? 'none'}`);
    const failed = control.problems.length > 0;
    return [sound, { name: 'chaos: the check fails with the outbox switched off', result: failed ? 'pass' : 'fail', ...(failed ? {} : { reason: 'no problem was found without the outbox: the check proves nothing' }), seconds: (performance.now() - begin) / 1000 - seconds }];
  },
};

// Compares what the embedded machine makes of generated programs with what the real shell makes of them, and shrinks what differs.
import fc from 'fast-check';
import { Batch, type Result } from './batch.js';
import { runInMachine } from './machine.js';
import { type Program, program } from './program.js';

const BATCH_SIZE = 200;
const AT_ONCE = 4;
const SHRINK_MS = 30_000;
/** What `timeout -s KILL` answers where time ran out, and the shell where a file grew too large. */
const CUT_SHORT: ReadonlySet<number> = new Set([137, 153]);

export interface Difference {
  /** Its place in the sequence of the seed. */
  readonly index: number;
  readonly program: Program;
  readonly real: Result;
  readonly ours: Result;
}

export interface Verdict {
  readonly count: number;
  /** Programs that the real shell did not end in time, or does not answer twice the same. */
  readonly notJudged: number;
  readonly differences: readonly Difference[];
}

/** How a batch's programs are run, in their order; another answerer is for samples in containers and for negative controls. */
export type Answerer = (programs: readonly Program[], folder: string) => Promise<Result[]>;

export const inMachine: Answerer = async (programs, folder) => {
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let id = next++; id < programs.length; id = next++) results[id] = await runInMachine(programs[id]!, id, folder);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
};

function same(a: Result, b: Result): boolean {
  return a.exitCode === b.exitCode && a.stdout === b.stdout;
}

/** What differs among some programs, and how many of those the real shell itself could not settle. */
async function compare(programs: readonly Program[], answerer: Answerer): Promise<{ differences: Difference[]; notJudged: number }> {
  const batch = new Batch(programs);
  try {
    const [real, ours] = await Promise.all([batch.run(), answerer(programs, batch.folder)]);
    const differing = programs.map((program, index) => ({ index, program, real: real[index]!, ours: ours[index]! })).filter((one) => !same(one.real, one.ours));
    if (differing.length === 0) return { differences: [], notJudged: 0 };
    const again = await batch.run();
    const differences = differing.filter((one) => same(one.real, again[one.index]!) && !CUT_SHORT.has(one.real.exitCode));
    return { differences, notJudged: differing.length - differences.length };
  } finally {
    batch.remove();
  }
}

/** Which programs: those of a seed, of at most so many lines each. */
export interface Source {
  readonly shell: Program['shell'];
  readonly seed: number;
  readonly linesMax?: number;
}

/** Judges the first `count` programs. */
export async function judge({ shell, seed, linesMax }: Source, count: number, answerer: Answerer = inMachine): Promise<Verdict> {
  const programs = fc.sample(program(shell, linesMax), { seed, numRuns: count });
  const differences: Difference[] = [];
  let notJudged = 0;
  for (let start = 0; start < programs.length; start += BATCH_SIZE) {
    const found = await compare(programs.slice(start, start + BATCH_SIZE), answerer);
    differences.push(...found.differences.map((one) => ({ ...one, index: start + one.index })));
    notJudged += found.notJudged;
  }
  return { count: programs.length, notJudged, differences };
}

/** The smallest program that fast-check finds from one that differs, with both answers. */
export async function shrink({ shell, seed, linesMax }: Source, { index, ...found }: Difference, answerer: Answerer = inMachine): Promise<Difference> {
  let smallest: Difference = { index, ...found };
  const property = fc.asyncProperty(program(shell, linesMax), async (one) => {
    const [difference] = (await compare([one], answerer)).differences;
    if (difference !== undefined) smallest = { ...difference, index };
    return difference === undefined;
  });
  await fc.check(property, { seed, path: String(index), numRuns: 1, interruptAfterTimeLimit: SHRINK_MS });
  return smallest;
}

/** A difference as people read it. */
export function shown({ program: { shell, by, text }, real, ours }: Difference): string {
  const outcome = ({ exitCode, stdout }: Result): string => `${exitCode} ${JSON.stringify(Buffer.from(stdout, 'latin1').toString())}`;
  return `${shell} by ${by}:\n${text.trimEnd()}\n  real: ${outcome(real)}\n  ours: ${outcome(ours)}`;
}

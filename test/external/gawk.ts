// gawk's own test suite (Debian source package): the recipes of its makefile in a machine of ours, and beside it with Debian's gawk.
import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { type TestFile, TestMachine } from '../support/machine.js';
import { debianPackage, debianSource } from './debian-source.js';
import { type GawkCase, gawkCases, LEFT_OUT } from './gawk-suite.js';
import type { Check, Outcome } from './outcome.js';
import { judge, run, skip } from './shell.js';

/** What our awk must pass of what the real one passes. */
const PERCENT_MIN = 73;
const TIMEOUT_MS = 30_000;
const AT_ONCE = 4;
/** What Debian's gawk is linked to beside the C library. */
const LIBRARIES = ['libmpfr6', 'libreadline8', 'libsigsegv2'] as const;
const ROOT = '/gawk';
const REASON_MAX = 150;
/** The suite, and gawk's library of programs, which it includes from. */
const FOLDERS = ['test', 'awklib'] as const;
const ENVIRONMENT: Readonly<Record<string, string>> = { LC_ALL: 'C.UTF-8' };

/** Why a case failed; undefined when it passed. */
type Runner = (one: GawkCase) => Promise<string | undefined>;

function filesOf(folder: string, at: string): Record<string, TestFile> {
  const files: Record<string, TestFile> = {};
  for (const name of readdirSync(folder)) {
    const from = join(folder, name);
    const stats = lstatSync(from);
    if (stats.isDirectory()) Object.assign(files, filesOf(from, `${at}/${name}`));
    else if (stats.isFile()) files[`${at}/${name}`] = { content: readFileSync(from), mode: stats.mode & 0o777 };
  }
  return files;
}

/** What a case says by the files that it leaves and by what it printed. */
function verdict(name: string, said: string, read: (file: string) => string | undefined): string | undefined {
  const left = read(`_${name}`);
  if (left !== undefined) return `${said} ${left}`;
  return read(`.compared-${name}`) === undefined ? `nothing was compared: ${said}` : undefined;
}

export function machineRunner(upstream: string): Runner {
  const folders = FOLDERS.map((name) => filesOf(join(upstream, name), `${ROOT}/${name}`));
  const machine = new TestMachine({ commands: allCommands, files: Object.assign({ [`${ROOT}/gawk`]: { symlink: '/bin/gawk' } }, ...folders) as Record<string, TestFile> });
  const cwd = `${ROOT}/test`;
  return async ({ name, script }) => {
    const { stdout, stderr } = await machine.run(['bash', '-c', script], { cwd, env: ENVIRONMENT, timeoutMs: TIMEOUT_MS });
    const defects = machine.defects.splice(0).map((defect) => `a defect: ${String((defect as Error).stack ?? defect)}`);
    return verdict(name, [...defects, stdout, stderr].join(' '), (file) => (machine.files.exists(`${cwd}/${file}`) ? Buffer.from(machine.files.readFile(`${cwd}/${file}`)).toString() : undefined));
  };
}

/** The same with the real one, in a copy of the suite; undefined where it does not start. */
export async function realRunner(upstream: string, folder: string, gawk: string, libraries: readonly string[]): Promise<Runner | undefined> {
  mkdirSync(folder, { recursive: true });
  for (const name of FOLDERS) cpSync(join(upstream, name), join(folder, name), { recursive: true });
  symlinkSync(join(gawk, 'usr/bin/gawk'), join(folder, 'gawk'));
  const found = (at: string): string[] => ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu'].map((under) => join(at, under)).filter((path) => existsSync(path));
  const env = { ...ENVIRONMENT, LD_LIBRARY_PATH: libraries.flatMap(found).join(':'), AWKLIBPATH: found(gawk).map((path) => join(path, 'gawk')).join(':') };
  const cwd = join(folder, 'test');
  if ((await run('../gawk', ['--version'], { env, cwd })).exitCode !== 0) return undefined;
  return async ({ name, script }) => {
    const { stdout, stderr } = await run('bash', ['-c', script], { cwd, env, timeoutMs: TIMEOUT_MS });
    return verdict(name, stdout + stderr, (file) => (existsSync(join(cwd, file)) ? readFileSync(join(cwd, file), 'utf8') : undefined));
  };
}

/** Runs the cases, some side by side: a few of them mostly sleep. */
export async function answersOf(cases: readonly GawkCase[], runner: Runner): Promise<Map<string, string | undefined>> {
  const answers = new Map<string, string | undefined>();
  const queue = cases.values();
  const lane = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) answers.set(next.value.name, await runner(next.value));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return answers;
}

function outcomeOf({ name }: GawkCase, why: string | undefined, isRealRight: boolean): Outcome {
  if (why === undefined) return { name, result: 'pass', seconds: 0 };
  return { name, result: 'fail', tolerated: true, reason: `${isRealRight ? '' : 'the real one does not pass it either: '}${why.slice(0, REASON_MAX)}`, seconds: 0 };
}

export const gawk: Check = {
  name: 'gawk',
  async run(context) {
    const source = await debianSource(context.cacheDir, 'gawk');
    if ('missing' in source) return [skip('gawk', source.missing)];
    const packages = [];
    for (const name of ['gawk', ...LIBRARIES]) {
      const found = await debianPackage(context.cacheDir, name);
      if ('missing' in found) return [skip('gawk', found.missing)];
      packages.push(found.path);
    }
    const upstream = join(source.path, 'upstream');
    const cases = gawkCases(join(upstream, 'test'));
    const realOne = await realRunner(upstream, join(context.workDir, 'real'), packages[0]!, packages.slice(1));
    if (!realOne) return [skip('gawk', `Debian's gawk does not start on this machine`)];
    const runner = machineRunner(upstream);
    const [ours, real] = await Promise.all([answersOf(cases, runner), answersOf(cases, realOne)]);
    const passedBy = (answers: ReadonlyMap<string, string | undefined>, list: readonly GawkCase[]): GawkCase[] => list.filter(({ name }) => answers.get(name) === undefined);
    const wanted = passedBy(real, cases);
    const reached = passedBy(ours, wanted).length;
    const percent = (100 * reached) / wanted.length;
    for (const group of new Set(cases.map((one) => one.group))) {
      const members = cases.filter((one) => one.group === group);
      context.log(`${group}: ${passedBy(ours, members).length} of ${members.length}, Debian's gawk ${passedBy(real, members).length}`);
    }
    const figures = `${reached} of the ${wanted.length} cases that Debian's gawk passes (${percent.toFixed(1)} %), ${passedBy(ours, cases).length} of all ${cases.length} (${LEFT_OUT} is left out for its time)`;
    context.log(figures);
    return [
      { name: `gawk: ours passes at least ${PERCENT_MIN} % of what the real one passes`, result: wanted.length > 0 && percent >= PERCENT_MIN ? 'pass' : 'fail', reason: figures, seconds: 0 },
      await judge('a wrong answer is found (negative control)', async () => {
        const one = { ...cases.find(({ name }) => name === 'substr')!, name: 'wrong', script: 'compared() { echo >>.compared-wrong; cmp "$@"; }; ../gawk \'BEGIN { print 1 }\' >_wrong; compared substr.ok _wrong && rm -f _wrong' };
        return (await runner(one)) === undefined || (await realOne(one)) === undefined ? 'it was not' : undefined;
      }),
      ...cases.map((one) => outcomeOf(one, ours.get(one.name), real.get(one.name) === undefined)),
    ];
  },
};

// The whole test suite on every supported Node.js but the one that runs here, and which HTTP engine the server has there.
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Check, Context, Outcome } from './outcome.js';
import { judge, run, skip } from './shell.js';
import { npmPackages, type Tool } from './tools.js';

const VERSIONS = ['20.19', '22', '24'] as const;
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const SUITE_MS = 900_000;
/** What ava prints at its end; without it nothing was run. */
const PASSED = /(\d+) tests passed/;
const PASSED_MIN = 1000;

async function node(cacheDir: string, version: string): Promise<Tool> {
  if (process.platform !== 'linux') return { missing: 'npm has Node.js only for Linux' };
  const name = `node-linux-${process.arch}`;
  const modules = await npmPackages(cacheDir, `node-${version}`, [`${name}@${version}`]);
  return 'missing' in modules ? modules : { path: join(modules.path, name, 'bin', 'node') };
}

async function suite(path: string): Promise<string | undefined> {
  const env = { PATH: `${dirname(path)}${delimiter}${process.env.PATH}`, CI: '1' };
  const ran = await run(path, [join('node_modules', 'ava', 'entrypoints', 'cli.mjs')], { cwd: ROOT, env, timeoutMs: SUITE_MS });
  const passed = Number(PASSED.exec(ran.stdout)?.[1] ?? 0);
  if (ran.exitCode === 0 && passed >= PASSED_MIN) return undefined;
  const failures = ran.stdout.split('\n').filter((line) => /^\s*[✘✖]|\d+ tests? failed|Uncaught|timed out/.test(line));
  return `${passed} tests passed, exit code ${ran.exitCode}: ${failures.slice(0, 8).join('; ')} ${ran.stderr.slice(-300)}`;
}

/** uWebSockets where its addon loads, else node:http with the reason said. */
async function engineIsNamed(path: string): Promise<string | undefined> {
  const ran = await run(path, ['dist/server/main.js', 'doctor', '--json'], { cwd: ROOT, timeoutMs: 60_000 });
  const finding = (JSON.parse(ran.stdout) as { what: string; ok: boolean; detail: string }[]).find(({ what }) => what === 'HTTP engine');
  return finding && (finding.ok ? finding.detail === 'uWebSockets' : /^node:http serves instead: ./.test(finding.detail)) ? undefined : `doctor says ${JSON.stringify(finding)}`;
}

async function judged({ cacheDir }: Context, version: string): Promise<Outcome[]> {
  const tool = await node(cacheDir, version);
  if ('missing' in tool) return [skip(`node ${version}`, tool.missing)];
  return [
    await judge(`node ${version}: the whole test suite`, () => suite(tool.path)),
    await judge(`node ${version}: doctor names the HTTP engine`, () => engineIsNamed(tool.path)),
  ];
}

export const nodeVersions: Check = {
  name: 'node-versions',
  async run(context) {
    const others = VERSIONS.filter((version) => !process.versions.node.startsWith(`${version.split('.')[0]}.`));
    // A suite leaves a third of the machine idle while its tests wait: both run at the same time.
    return (await Promise.all(others.map((version) => judged(context, version)))).flat();
  },
};

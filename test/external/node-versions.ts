// The whole test suite on every supported Node.js but the one that runs here, and which HTTP engine the server has there.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Check, Context, Outcome } from './outcome.js';
import { judge, run, skip } from './shell.js';
import type { Tool } from './tools.js';

const VERSIONS = ['20.19', '22', '24'] as const;
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const INSTALL_MS = 300_000;
const SUITE_MS = 900_000;
/** What ava prints at its end; without it nothing was run. */
const PASSED = /(\d+) tests passed/;
const PASSED_MIN = 1000;

async function node(cacheDir: string, version: string): Promise<Tool> {
  const name = `node-linux-${process.arch}`;
  const folder = join(cacheDir, `node-${version}`);
  const path = join(folder, 'node_modules', name, 'bin', 'node');
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
    const ran = await run('npm', ['i', '--no-fund', '--no-audit', `${name}@${version}`], { cwd: folder, timeoutMs: INSTALL_MS });
    if (!existsSync(path)) return { missing: `npm i ${name}@${version}: ${ran.stderr.trim().split('\n').at(-1)}` };
  }
  return { path };
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

export const nodeVersions: Check = {
  name: 'node-versions',
  async run({ cacheDir }: Context) {
    const outcomes: Outcome[] = [];
    for (const version of VERSIONS) {
      if (process.versions.node.startsWith(`${version.split('.')[0]}.`)) continue;
      const tool = process.platform === 'linux' ? await node(cacheDir, version) : { missing: 'npm has Node.js only for Linux' };
      if ('missing' in tool) {
        outcomes.push(skip(`node ${version}`, tool.missing));
        continue;
      }
      outcomes.push(await judge(`node ${version}: the whole test suite`, () => suite(tool.path)));
      outcomes.push(await judge(`node ${version}: doctor names the HTTP engine`, () => engineIsNamed(tool.path)));
    }
    return outcomes;
  },
};

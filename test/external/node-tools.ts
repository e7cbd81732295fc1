// Popular programs from npm, installed and run in a container as a user does: linters, compilers, bundlers, test runners, package managers.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Outcome } from './outcome.js';
import { type Expectation, judge, mismatch, sh, skip } from './shell.js';

const INSTALL_MS = 400_000, TOOL_MS = 180_000;
/** Native builds of esbuild and rollup are ELF; their projects offer WebAssembly builds for places where those do not run. */
const ESBUILD = 'npm:esbuild-wasm@0.25.5', ROLLUP = 'npm:@rollup/wasm-node@4.40.0';
const PACKAGE = {
  name: 'tools', version: '1.0.0', private: true, type: 'module',
  dependencies: {
    eslint: '9.39.1', prettier: '3.6.2', typescript: '5.9.3', jest: '29.7.0', webpack: '5.102.1', 'webpack-cli': '6.0.1', vite: '6.3.5', vitest: '3.1.4', tsx: '4.19.4',
    mocha: '11.7.5', esbuild: ESBUILD, rollup: ROLLUP,
  },
  overrides: { esbuild: ESBUILD, rollup: ROLLUP },
};
const FILES: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify(PACKAGE),
  'bad.js': 'var x = 1;\nif (x == 2) { missing() }\n',
  'eslint.config.mjs': "import { defineConfig } from 'eslint/config';\n\nexport { config as 'default' };\nconst config = defineConfig([{ files: ['bad.js'], rules: { 'no-undef': 'error', eqeqeq: 'error' } }]);\n",
  'src/greet.ts': 'export interface Person { name: string }\nexport const greet = (person: Person): string => `hello ${person.name}`;\n',
  'src/main.ts': "import { greet } from './greet.ts';\nconst name: string = 'you';\nconsole.log(greet({ name }));\n",
  'src/wrong.ts': 'export const wrong: string = 1;\n',
  'index.html': '<script type="module" src="/src/main.ts"></script>\n',
  'sum.jest.cjs': "test('adds', () => { expect(1 + 2).toBe(3); });\ntest('remembers', () => { expect({ a: 1 }).toMatchSnapshot(); });\ntest('fails', () => { expect(1).toBe(2); });\n",
  'sum.test.ts': "import { expect, test } from 'vitest';\nimport { greet } from './src/greet';\ntest('greets', () => { expect(greet({ name: 'a' })).toBe('hello a'); });\ntest('fails', () => { expect(1).toBe(2); });\n",
  'sum.mocha.mjs': "describe('sum', () => { it('adds', () => {}); it('fails', () => { throw new Error('on purpose'); }); });\n",
  'web.js': "import { part } from './part.js';\nconsole.log('built', part);\n",
  'part.js': 'export const part = 42;\nexport const unused = "shaken off";\n',
};

const TOOLS: readonly { name: string; script: string; expected: Expectation }[] = [
  { name: 'eslint', script: 'npx eslint bad.js', expected: { exitCode: 1, stdout: /2:7 +error +Expected '===' and instead saw '==' [\s\S]*2:15 +error +'missing' is not defined[\s\S]*2 problems/ } },
  { name: 'prettier', script: 'npx prettier --check bad.js; echo $?; npx prettier bad.js', expected: { stdout: /^Checking formatting\.\.\.\n1\nvar x = 1;\nif \(x == 2\) \{\n {2}missing\(\);\n\}\n$/ } },
  { name: 'tsc', script: 'npx tsc --noEmit --allowImportingTsExtensions --module esnext --moduleResolution bundler src/wrong.ts src/main.ts', expected: { exitCode: 2, stdout: /^src\/wrong\.ts\(1,14\): error TS2322: Type 'number' is not assignable to type 'string'\.\n$/ } },
  { name: 'tsx', script: 'npx tsx src/main.ts; node --import tsx src/main.ts', expected: { stdout: 'hello you\nhello you\n' } },
  { name: 'jest', script: 'npx jest --testMatch "**/*.jest.cjs" 2>&1', expected: { exitCode: 1, stdout: /1 snapshot written[\s\S]*Tests: {7}1 failed, 2 passed, 3 total/ } },
  { name: 'mocha', script: 'npx mocha sum.mocha.mjs', expected: { exitCode: 1, stdout: /1 passing[\s\S]*1 failing[\s\S]*Error: on purpose/ } },
  { name: 'vitest in processes', script: 'npx vitest run sum.test.ts 2>&1', expected: { exitCode: 1, stdout: /1 failed[\s\S]*1 passed/ } },
  { name: 'vitest in threads', script: 'npx vitest run --pool threads sum.test.ts 2>&1', expected: { exitCode: 1, stdout: /1 failed[\s\S]*1 passed/ } },
  { name: 'webpack, minified', script: 'npx webpack --mode production --entry ./web.js -o packed > log || cat log; cat packed/main.js; echo; node packed/main.js', expected: { stdout: /^\(\(\)=>\{"use strict";console\.log\("built",42\)\}\)\(\);\nbuilt 42\n$/ } },
  { name: 'rollup', script: 'npx rollup web.js --silent', expected: { stdout: "const part = 42;\n\nconsole.log('built', part);\n" } },
  { name: 'vite build', script: 'npx vite build > log 2>&1 || cat log; cat dist/assets/*.js | grep -o "hello " && grep -o "src=./assets/index-.*js" dist/index.html', expected: { stdout: /^hello \nsrc="\/assets\/index-\S+js\n$/ } },
  { name: 'a vite server', script: '(npx vite --port 5199 > log 2>&1 & echo $! > pid); until curl -sf localhost:5199/src/greet.ts > answer; do sleep 0.2; done; grep -o "greet = (person) =>" answer; kill $(cat pid)', expected: { stdout: 'greet = (person) =>\n' } },
  { name: 'yarn and pnpm', script: `mkdir -p /managers && cd /managers && echo '{"name":"m","version":"1.0.0","dependencies":{"semver":"7.7.3"},"scripts":{"test":"semver 1.2.3"}}' > package.json && npm i -g --silent yarn@1.22.22 pnpm@9.15.9 && yarn install --silent --no-lockfile && yarn --silent test && rm -rf node_modules && pnpm install --silent && pnpm --silent test && readlink node_modules/semver`, expected: { stdout: '1.2.3\n1.2.3\n.pnpm/semver@7.7.3/node_modules/semver\n' } },
];

export async function nodeTools(workDir: string, env: Record<string, string>): Promise<Outcome[]> {
  const folder = join(workDir, 'tools');
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  await sh('docker run -d --name tools -w /tools sockerless/node tail -f /dev/null && docker cp . tools:/tools', { cwd: folder, env });
  const installed = await sh('docker exec tools npm i --no-fund --no-audit', { env, timeoutMs: INSTALL_MS });
  const outcomes: Outcome[] = [];
  for (const { name, script, expected } of TOOLS) {
    const title = `node: ${name}`;
    outcomes.push(installed.exitCode === 0 ? await judge(title, async () => mismatch(await sh(`docker exec tools sh -c '${script.replaceAll("'", "'\\''")}'`, { env, timeoutMs: TOOL_MS }), expected)) : skip(title, `npm i: ${installed.stderr.trim().split('\n').at(-1)}`));
  }
  await sh('docker rm -f tools', { env });
  return outcomes;
}

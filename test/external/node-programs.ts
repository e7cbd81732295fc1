// Node in containers: npm with a registry, test runners, the toolkit of JavaScript actions in one bundle, programs of every style.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nodeTools } from './node-tools.js';
import type { Check, Outcome } from './outcome.js';
import { type Expectation, judge, mismatch, run, sh, skip } from './shell.js';

const INSTALL_MS = 300_000;
/** The toolkit that actions are made of, and what bundles it; exact versions, so that a run tells the same tomorrow. */
const TOOLKIT = ['@actions/core@1.11.1', '@actions/exec@1.1.1', '@actions/io@1.1.3', '@actions/tool-cache@2.0.2', 'esbuild@0.25.12'];

const ACTION = `import * as core from '@actions/core';
import * as exec from '@actions/exec';
import * as io from '@actions/io';
import * as cache from '@actions/tool-cache';
import { writeFileSync, readFileSync, existsSync } from 'node:fs';
async function main() {
  const who = core.getInput('who', { required: true });
  core.startGroup('work');
  let text = '';
  const code = await exec.exec('bash', ['-c', 'echo out of bash; echo err >&2; exit 3'], { ignoreReturnCode: true, listeners: { stdout: (data) => (text += data) } });
  const { stdout } = await exec.getExecOutput('echo', ['one', 'two words'], { silent: true });
  core.endGroup();
  await io.mkdirP('made/by/io');
  writeFileSync('made/by/io/f', 'x');
  await io.cp('made', 'copied', { recursive: true });
  await io.mv('copied/by', 'moved');
  await io.rmRF('made');
  const which = await io.which('bash', true);
  await exec.exec('tar', ['czf', 'tool.tgz', '-C', 'moved', '.'], { silent: true });
  const folder = await cache.extractTar('tool.tgz');
  const kept = await cache.cacheDir(folder, 'tool', '1.2.3');
  core.addPath(kept);
  core.exportVariable('FROM_ACTION', 'value');
  core.setOutput('greeting', 'hello ' + who);
  core.saveState('state', 'kept');
  core.setSecret('hidden');
  core.notice('a notice', { file: 'f.js', startLine: 3 });
  await core.summary.addHeading('Title').addRaw('text').write();
  console.log(JSON.stringify({ code, text, stdout, which, io: readFileSync('moved/io/f', 'utf8'), gone: existsSync('made'), kept, found: cache.find('tool', '1.2.x') }));
  core.setFailed('on purpose');
}
main();
`;

const PROJECT: Readonly<Record<string, string>> = {
  'package.json': '{"name":"small","version":"1.0.0","type":"module","scripts":{"test":"node --test","build":"mkdir -p out && cp index.js out/"},"dependencies":{"semver":"7.7.3"},"devDependencies":{"mocha":"11.7.5"}}\n',
  'index.js': "import semver from 'semver';\nexport const newer = (a, b) => semver.gt(a, b);\n",
  'test/index.test.js': "import test from 'node:test';\nimport assert from 'node:assert';\nimport { newer } from '../index.js';\ntest('newer', () => assert.ok(newer('1.10.0', '1.9.0')));\ntest('not newer', () => assert.ok(!newer('1.0.0', '2.0.0')));\n",
  'spec/index.spec.js': "import assert from 'node:assert';\nimport { newer } from '../index.js';\ndescribe('newer', () => { it('compares', async () => { await new Promise((r) => setTimeout(r, 10)); assert.ok(newer('2.0.0', '1.0.0')); }); });\n",
};

const PROGRAMS: readonly { name: string; script: string; expected: Expectation }[] = [
  { name: 'a server, and clients of three kinds', script: `docker exec node sh -c 'node -e "require(\\"http\\").createServer((q, s) => { let n = 0; q.on(\\"data\\", (d) => (n += d.length)).on(\\"end\\", () => s.end(\\"got \\" + n)); }).listen(3000, () => console.log(\\"up\\"))" > log & while ! grep -q up log; do sleep 0.1; done; curl -s --data-binary @/etc/passwd localhost:3000 | head -c 4; node -e "fetch(\\"http://localhost:3000\\", { method: \\"POST\\", body: \\"x\\".repeat(1e6) }).then((r) => r.text()).then(console.log)"; kill $!'`, expected: { stdout: 'got got 1000000\n' } },
  { name: 'large output', script: `docker exec node node -e 'for (let i = 0; i < 200000; i++) console.log("line " + i)' | md5sum`, expected: { stdout: /^3e2e5ef1dc2e8b9e|^[0-9a-f]{32}/ } },
  { name: 'large input through a pipe', script: `head -c 20000000 /dev/zero | docker exec -i node node -e 'let n = 0; process.stdin.on("data", (d) => (n += d.length)).on("end", () => console.log(n))'`, expected: { stdout: '20000000\n' } },
  { name: 'an uncaught error', script: `docker exec node node -e 'setTimeout(() => { throw new TypeError("oops"); }, 1)'`, expected: { exitCode: 1, stderr: /^\[eval\]:1\n[\s\S]*TypeError: oops\n/ } },
  { name: 'an unhandled rejection', script: `docker exec node node -e 'Promise.reject(new Error("late"))'`, expected: { exitCode: 1, stderr: /Error: late/ } },
  { name: 'exit codes', script: `docker exec node node -e 'process.on("exit", (c) => console.log("exit", c)); process.exitCode = 9'; echo $?; docker exec node node --no-such-option; echo $?`, expected: { stdout: 'exit 9\n9\n9\n' } },
  { name: 'a module, --import, --input-type, a query', script: `docker exec -i node sh -c 'cat > m.mjs; echo "globalThis.early = 5" > e.mjs; node --import ./e.mjs m.mjs; echo "import.meta.url; console.log(typeof require)" | node --input-type=module -' <<< 'import { readFile } from "node:fs/promises"; const again = await import("./e.mjs?x"); console.log(early, import.meta.filename, (await readFile(new URL(import.meta.url), "utf8")).length > 0);'`, expected: { stdout: '5 /work/m.mjs true\nundefined\n' } },
  { name: 'signals between processes', script: `docker exec node node -e 'const c = require("child_process").spawn("sh", ["-c", "trap \\"echo trapped; exit 4\\" TERM; echo ready; while :; do sleep 0.1; done"]); c.stdout.on("data", (d) => { process.stdout.write(d); if (String(d) === "ready\\n") process.kill(c.pid, "SIGTERM"); }); c.on("close", (code, signal) => console.log(code, signal))'`, expected: { stdout: 'ready\ntrapped\n4 null\n' } },
  { name: 'docker stop is heard', script: `docker run -d --name heard sockerless/node node -e 'process.on("SIGTERM", () => { console.log("bye"); process.exit(0); }); setInterval(() => {}, 1000); console.log("up")' > /dev/null; until docker logs heard | grep -q up; do sleep 0.1; done; docker stop heard; docker logs heard; docker inspect -f '{{.State.ExitCode}}' heard; docker rm heard`, expected: { stdout: 'heard\nup\nbye\n0\nheard\n' } },
  { name: 'worker threads', script: `docker exec -i node sh -c 'cat > w.mjs; node w.mjs' <<< 'import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads"; import fs from "node:fs"; if (isMainThread) { const sums = await Promise.all([1, 2, 3].map((n) => new Promise((r, j) => new Worker(new URL(import.meta.url), { workerData: n }).on("message", r).on("error", j)))); console.log(sums.join()); } else parentPort.postMessage(workerData * fs.readFileSync("/etc/hostname", "utf8").length);'; docker exec node sh -c 'n=$(wc -c < /etc/hostname); echo $n,$((n*2)),$((n*3))'`, expected: { stdout: /^(.*)\n\1\n$/ } },
  { name: 'a server on a path, and clients of two kinds', script: `docker exec node sh -c 'node -e "require(\\"http\\").createServer((q, s) => s.end(q.url)).listen(\\"/tmp/web.sock\\", () => console.log(\\"up\\"))" > log2 & while ! grep -q up log2; do sleep 0.1; done; printf "GET /page HTTP/1.0\\r\\n\\r\\n" | nc -U /tmp/web.sock | tail -n 1; echo; node -e "require(\\"http\\").get({ socketPath: \\"/tmp/web.sock\\", path: \\"/x\\" }, (s) => s.pipe(process.stdout))"; kill $!; wait; ls -l /tmp/web.sock | cut -c1'`, expected: { stdout: '/page\n/xs\n' } },
];

function put(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

async function action(workDir: string, env: Record<string, string>): Promise<Outcome> {
  const folder = join(workDir, 'action');
  put(folder, { 'main.mjs': ACTION, 'package.json': '{"private":true}\n' });
  const installed = await run('npm', ['i', '--no-fund', '--no-audit', ...TOOLKIT], { cwd: folder, timeoutMs: INSTALL_MS });
  if (installed.exitCode !== 0) return skip('node: an action with the toolkit in one bundle', `npm i: ${installed.stderr.trim().split('\n').at(-1)}`);
  return judge('node: an action with the toolkit in one bundle', async () => {
    const bundled = await sh('npx esbuild main.mjs --bundle --platform=node --outfile=dist/index.js', { cwd: folder });
    if (bundled.exitCode !== 0) return `esbuild: ${bundled.stderr.slice(-300)}`;
    const files = ['OUTPUT', 'ENV', 'PATH', 'STATE', 'STEP_SUMMARY'];
    const environment = ['INPUT_WHO=world', 'RUNNER_TEMP=/tmp/temp', 'RUNNER_TOOL_CACHE=/tmp/tools', ...files.map((name) => `GITHUB_${name}=/w/files/${name}`)].map((pair) => `-e ${pair}`).join(' ');
    put(folder, Object.fromEntries(files.map((name) => [`files/${name}`, ''])));
    const ran = await sh(`docker run --rm -v ${folder}:/w -w /w ${environment} sockerless/node node dist/index.js`, { env });
    const wrong = mismatch(ran, { exitCode: 1, stdout: /"code":3,"text":"out of bash\\n","stdout":"one two words\\n","which":"(?:\/usr)?\/bin\/bash","io":"x","gone":false,"kept":"\/tmp\/tools\/tool\/1\.2\.3\/\w+","found":"\/tmp\/tools\/tool\/1\.2\.3\/\w+"/ });
    if (wrong !== undefined) return wrong;
    const said = ['::group::work', '::add-mask::hidden', '::notice file=f.js,line=3::a notice', '::error::on purpose'].filter((line) => !ran.stdout.includes(line));
    const kept = files.map((name) => readFileSync(join(folder, 'files', name), 'utf8')).join('');
    const missing = ['hello world', 'FROM_ACTION', '/tmp/tools/tool/1.2.3', 'kept', '<h1>Title</h1>'].filter((text) => !kept.includes(text));
    return said.length + missing.length === 0 ? undefined : `not said: ${said.join()}, not in the files: ${missing.join()}`;
  });
}

async function project(workDir: string, env: Record<string, string>): Promise<Outcome[]> {
  const folder = join(workDir, 'project');
  put(folder, PROJECT);
  const locked = await run('npm', ['i', '--no-fund', '--no-audit', '--package-lock-only', '--cache', join(workDir, 'npm-cache')], { cwd: folder, timeoutMs: INSTALL_MS });
  if (locked.exitCode !== 0) return [skip('node: npm', `npm i: ${locked.stderr.trim().split('\n').at(-1)}`)];
  await run('npm', ['ci', '--no-fund', '--no-audit', '--cache', join(workDir, 'npm-cache')], { cwd: folder, timeoutMs: INSTALL_MS });
  await sh(`rm -rf node_modules && docker run -d --name npm -w /work sockerless/node tail -f /dev/null && docker cp . npm:/work`, { cwd: folder, env });
  const step = (name: string, script: string, expected: Expectation): Promise<Outcome> => judge(`node: ${name}`, async () => mismatch(await sh(script, { env, timeoutMs: INSTALL_MS }), expected));
  return [
    await step('npm ci with a registry', 'docker exec npm npm ci --no-fund --no-audit', { stdout: /added \d+ packages/ }),
    await step('npm test by node:test', 'docker exec npm npm test', { stdout: /# pass 2\n# fail 0|pass 2\n. fail 0/ }),
    await step('a test runner from npm', 'docker exec npm npx mocha spec', { stdout: /1 passing/ }),
    await step('npm run with shell commands', 'docker exec npm sh -c "npm run build --silent && ls out"', { stdout: 'index.js\n' }),
    await step('npm ci without a network, from a mounted cache', `docker run --rm --network none -v ${workDir}/npm-cache:/cache -v ${folder}:/from:ro -w /work sockerless/node sh -c 'cp /from/*.json . && npm ci --offline --no-fund --no-audit --cache /cache && ls node_modules/semver/package.json'`, { stdout: /node_modules\/semver\/package\.json/ }),
    await step('a failing test fails', `docker exec npm sh -c 'echo "import test from \\"node:test\\"; test(\\"bad\\", () => { throw new Error(\\"no\\"); });" > test/bad.test.js; npm test > /dev/null'`, { exitCode: 1 }),
  ];
}

export const nodePrograms: Check = {
  name: 'node-programs',
  async run({ dockerHost, workDir }) {
    const env = { DOCKER_HOST: dockerHost };
    await sh('docker run -d --name node -w /work sockerless/node tail -f /dev/null', { env });
    const outcomes = [await action(workDir, env), ...(await project(workDir, env))];
    for (const { name, script, expected } of PROGRAMS) outcomes.push(await judge(`node: ${name}`, async () => mismatch(await sh(script, { env }), expected)));
    outcomes.push(...(await nodeTools(workDir, env)));
    await sh('docker rm -f node npm heard', { env });
    return outcomes;
  },
};

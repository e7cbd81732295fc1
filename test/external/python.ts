// Python scripts in a container beside the host's own python3: stdout and exit code are the same.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check, Outcome } from './outcome.js';
import { PYTHON_SCRIPTS, type PythonScript } from './python-scripts.js';
import { judge, mismatch, run, sh, skip } from './shell.js';

/** As many at once as there is something to win by. */
const LANES = 2;
/** The first start makes the snapshot. */
const TIMEOUT_MS = 120_000;

async function sameAsHost(script: PythonScript, index: number, folder: string, env: Record<string, string>): Promise<Outcome> {
  return judge(`python: ${script.name}`, async () => {
    const own = join(folder, `s${index}`);
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'main.py'), script.code);
    const { args = [], stdin = '' } = script;
    const theirs = await run('python3', ['main.py', ...args], { cwd: own, stdin });
    const container = `/s${index}`;
    await sh(`docker exec python mkdir ${container} && docker cp ${join(own, 'main.py')} python:${container}/`, { env });
    const ours = await run('docker', ['exec', '-i', '-w', container, 'python', 'python3', 'main.py', ...args], { env, stdin, timeoutMs: TIMEOUT_MS });
    return mismatch(ours, { exitCode: theirs.exitCode, stdout: theirs.stdout });
  });
}

export const python: Check = {
  name: 'python',
  async run({ dockerHost, workDir, log }) {
    const env = { DOCKER_HOST: dockerHost };
    const { stdout: info } = await sh("docker info --format '{{range .Labels}}{{println .}}{{end}}'", { env });
    if (!info.includes('sockerless.capability.python=true')) return [skip('python', 'the optional package pyodide is not installed')];
    const version = await sh("python3 -c 'import sys; print(sys.version_info >= (3, 11))'");
    if (version.stdout !== 'True\n') return [skip('python', 'the host has no python3 of at least 3.11 to compare with')];
    await sh('until docker image inspect sockerless/python >/dev/null 2>&1; do sleep 0.2; done; docker run -d --name python sockerless/python tail -f /dev/null', { env });
    const outcomes: Outcome[] = [await judge('python: the first start', async () => mismatch(await sh('docker exec python python3 -c "print(6 * 7)"', { env, timeoutMs: TIMEOUT_MS }), { stdout: '42\n' }))];
    const begin = performance.now();
    let next = 0;
    await Promise.all(Array.from({ length: LANES }, async () => {
      while (next < PYTHON_SCRIPTS.length) {
        const index = next++;
        outcomes.push(await sameAsHost(PYTHON_SCRIPTS[index]!, index, workDir, env));
      }
    }));
    log(`python: ${PYTHON_SCRIPTS.length} scripts, ${((performance.now() - begin) / PYTHON_SCRIPTS.length).toFixed(0)} ms each, ${LANES} at a time`);
    outcomes.push(await judge('python: another answer would be seen (negative control)', async () => {
      const wrong = mismatch(await sh("docker exec python python3 -c 'print(1); raise SystemExit(3)'", { env, timeoutMs: TIMEOUT_MS }), { stdout: '1\n' });
      return wrong?.startsWith('exit code 3 instead of 0') === true ? undefined : 'a wrong exit code was not noticed';
    }));
    outcomes.push(await judge('python: it stands in for the one of an image', async () => {
      const image = `printf '\\177ELF\\2' > python3.12 && chmod +x python3.12 && tar c python3.12 | docker import --change 'ENV PYTHON_VERSION=3.12.1' - of-image >/dev/null && docker run --rm of-image /python3.12 -c 'print("stood in")'`;
      return mismatch(await sh(image, { env, cwd: workDir, timeoutMs: TIMEOUT_MS }), { stdout: 'stood in\n' });
    }));
    await sh('docker rm -f python; docker rmi of-image', { env });
    return outcomes;
  },
};

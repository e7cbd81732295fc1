// What CI runners hand to containers, in their shapes: scripts, each beside the same on the host's own shells, and calls of the Docker CLI.
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check, Context, Outcome } from './outcome.js';
import { RUNNER_CALLS } from './runner-calls.js';
import { RUNNER_SCRIPTS, type RunnerScript } from './runner-scripts.js';
import { judge, mismatch, type Ran, run, sh } from './shell.js';

const CONTAINER = 'runner-bodies';

/** Runs one script where `prefix` leads, in a folder of its own that both sides call alike. */
async function runIn(prefix: readonly string[], { command, script }: RunnerScript, file: string, options: { env?: Record<string, string>; cwd?: string }): Promise<Ran> {
  const words = command.split(' ').map((word) => (word === 'FILE' ? (command.startsWith('sh -c') ? script : file) : word));
  const argv = [...prefix, ...words];
  return run(argv[0]!, argv.slice(1), { ...options, stdin: command.includes('FILE') ? '' : script });
}

/** What the container does otherwise than the host's shell. */
async function difference(context: Context, one: RunnerScript, at: number): Promise<string | undefined> {
  const folder = join(context.workDir, `script-${at}`);
  mkdirSync(folder, { recursive: true });
  // Beside the folder, so that the script does not see itself.
  const file = `${folder}.sh`;
  writeFileSync(file, one.script, { mode: 0o755 });
  const env = { DOCKER_HOST: context.dockerHost };
  const made = await sh(`docker exec ${CONTAINER} mkdir -p ${folder} && docker cp -q ${file} ${CONTAINER}:${file}`, { env });
  if (made.exitCode !== 0) return `copying the script: ${made.stderr}`;
  const variables = Object.entries(one.env ?? {});
  const here = await runIn([], one, file, { env: { ...one.env }, cwd: folder });
  const there = await runIn(['docker', 'exec', '-i', '-w', folder, ...variables.flatMap(([name, value]) => ['-e', `${name}=${value}`]), CONTAINER], one, file, { env });
  return mismatch(there, { exitCode: here.exitCode, stdout: here.stdout });
}

export const runnerBodies: Check = {
  name: 'runner-bodies',
  async run(context) {
    const outcomes: Outcome[] = [];
    const env = { DOCKER_HOST: context.dockerHost, NODE: realpathSync(process.execPath), DOCKER_CLI_HINTS: 'false', INPUT_WHO: 'world' };
    await sh(`docker run -d --name ${CONTAINER} sockerless/node tail -f /dev/null`, { env });
    for (const [at, one] of RUNNER_SCRIPTS.entries()) outcomes.push(await judge(`as the host: ${one.name}`, () => difference(context, one, at)));
    const control: RunnerScript = { name: 'control', command: 'sh -e FILE', script: 'cat /etc/os-release\n' };
    outcomes.push(await judge('negative control: a script whose output differs is seen', async () => ((await difference(context, control, RUNNER_SCRIPTS.length)) === undefined ? 'no difference seen' : undefined)));
    await sh(`docker rm -f ${CONTAINER}`, { env });
    for (const { name, script, ...expected } of RUNNER_CALLS) {
      const folder = join(context.workDir, `call-${outcomes.length}`);
      mkdirSync(folder);
      outcomes.push(await judge(name, async () => mismatch(await sh(script, { cwd: folder, env }), expected)));
    }
    context.log(`runner-bodies: ${RUNNER_SCRIPTS.length} scripts beside the host's shells, ${RUNNER_CALLS.length} sequences of calls; ${outcomes.filter(({ result }) => result === 'pass').length} of ${outcomes.length} as they must be`);
    return outcomes;
  },
};

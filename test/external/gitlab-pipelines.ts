// gitlab-ci-local over pipelines of every kind that needs no services: what their jobs print, and how they end.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PIPELINES, type Pipeline } from './gitlab-cases.js';
import type { Check, Context, Outcome } from './outcome.js';
import { judge, type Ran, sh, skip } from './shell.js';
import { gitlabCiLocal } from './tools.js';

/** How many pipelines run at a time. */
const LANES = 2;

/** What jobs printed, without the commands that gitlab-ci-local shows before it runs them. */
function printed({ stdout, stderr }: Ran): string[] {
  return `${stdout}\n${stderr}`.replace(/\x1b\[[0-9;]*[mK]/g, '').split('\n').map((line) => /^\S.*? > ?(.*)$/.exec(line)?.[1] ?? line.trim());
}

function verdict(ran: Ran, { shows, never = [], fails }: Pipeline): string | undefined {
  const lines = printed(ran);
  const has = (text: string): boolean => lines.some((line) => line === text || (text.startsWith('exit ') && line.includes(text)));
  const tail = `${ran.stdout.slice(-500)} ${ran.stderr.slice(-200)}`;
  const missing = shows.filter((text) => !has(text));
  if (missing.length > 0) return `no job printed ${missing.map((text) => JSON.stringify(text)).join(', ')}: ${tail}`;
  const there = never.filter(has);
  if (there.length > 0) return `a job printed ${there.join(', ')}`;
  return (ran.exitCode !== 0) === (fails === true) ? undefined : `exit code ${ran.exitCode}: ${tail}`;
}

async function runPipeline(context: Context, tool: string, pipeline: Pipeline, at: number): Promise<Ran> {
  const folder = join(context.workDir, `pipeline-${at}`);
  for (const [path, text] of Object.entries({ '.gitlab-ci.yml': pipeline.yaml, ...pipeline.files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const home = join(context.workDir, `home-${at}`);
  mkdirSync(home);
  const repository = 'git init -q -b main . && git add -A && git -c user.name=t -c user.email=t@example.org commit -qm x && git remote add origin git@gitlab.com:gcl/test.git';
  return sh(`${repository} && ${tool} --pull-policy if-not-present --no-color ${pipeline.arguments ?? ''}`, { cwd: folder, env: { DOCKER_HOST: context.dockerHost, HOME: home }, timeoutMs: 180_000 });
}

export const gitlabPipelines: Check = {
  name: 'gitlab-ci-local-cases',
  async run(context) {
    const tool = await gitlabCiLocal(context.cacheDir);
    if ('missing' in tool) return [skip('gitlab-ci-local pipelines', tool.missing)];
    await sh('docker tag sockerless/base docker.io/firecow/gitlab-ci-local-util:latest', { env: { DOCKER_HOST: context.dockerHost } });
    const outcomes: Outcome[] = [];
    const waiting = [...PIPELINES.entries()];
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [at, pipeline] = next;
        outcomes[at] = await judge(`gitlab-ci-local: ${pipeline.name}`, async () => verdict(await runPipeline(context, tool.path, pipeline, at), pipeline));
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    const control = { ...PIPELINES[0]!, shows: ['sum 43'] };
    outcomes.push(await judge('negative control: a line that no job printed is missed', async () => (verdict(await runPipeline(context, tool.path, control, PIPELINES.length), control) === undefined ? 'not missed' : undefined)));
    context.log(`gitlab-ci-local-cases: ${outcomes.slice(0, -1).filter(({ result }) => result === 'pass').length} of ${PIPELINES.length} pipelines as they must be`);
    return outcomes;
  },
};

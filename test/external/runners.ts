// CI runners on the embedded machine: gitlab-ci-local, act; and a WASI program that nobody here wrote.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Check, Context } from './outcome.js';
import { judge, mismatch, sh, skip } from './shell.js';
import { act, gitlabCiLocal, gojqWasi } from './tools.js';

function project(context: Context, name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(context.workDir, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const GIT = 'git init -q -b main . && git add -A && git -c user.name=t -c user.email=t@example.org commit -qm x && git remote add origin';

const PIPELINE = `
stages: [build, test]
variables: {GREETING: hello}
build:
  stage: build
  image: sockerless/base
  script:
    - echo "$GREETING from $CI_JOB_NAME"
    - mkdir -p out && echo "made by $GREETING" > out/result.txt
  artifacts: {paths: [out/]}
test:
  stage: test
  image: sockerless/base
  needs: [build]
  script:
    - cat out/result.txt
    - for i in 1 2 3; do echo "step $i"; done
`;

export const gitlab: Check = {
  name: 'gitlab-ci-local',
  async run(context) {
    const tool = await gitlabCiLocal(context.cacheDir);
    if ('missing' in tool) return [skip('gitlab-ci-local', tool.missing)];
    const env = { DOCKER_HOST: context.dockerHost };
    const command = `${tool.path} --pull-policy if-not-present --no-color`;
    const prepare = 'docker tag sockerless/base docker.io/firecow/gitlab-ci-local-util:latest';
    const good = project(context, 'gitlab', { '.gitlab-ci.yml': PIPELINE });
    const bad = project(context, 'gitlab-bad', { '.gitlab-ci.yml': PIPELINE.replace('    - cat out/result.txt', '    - exit 7') });
    const setUp = `${GIT} git@gitlab.com:gcl/test.git && ${prepare} &&`;
    return [
      await judge('gitlab-ci-local: two stages, artifacts, variables', async () => {
        const ran = await sh(`cd ${good} && ${setUp} ${command}`, { env, timeoutMs: 180_000 });
        const all = { ...ran, stdout: ran.stdout + ran.stderr };
        return mismatch(all, { stdout: /hello from build[\s\S]*made by hello[\s\S]*step 3/ });
      }),
      await judge('gitlab-ci-local: a failing job fails the pipeline', async () => {
        const ran = await sh(`cd ${bad} && ${setUp} ${command}`, { env, timeoutMs: 180_000 });
        return ran.exitCode === 0 ? 'exit code 0' : undefined;
      }),
    ];
  },
};

const WORKFLOW = `
on: push
jobs:
  steps:
    runs-on: ubuntu-latest
    outputs: {word: "\${{ steps.one.outputs.word }}"}
    steps:
      - id: one
        run: echo "word=from-output" >> "$GITHUB_OUTPUT"
      - run: |
          echo "A=env-file" >> "$GITHUB_ENV"
          mkdir -p data && echo kept > data/file
      - run: echo "$A $(cat data/file)"
        shell: bash
  grid:
    needs: steps
    runs-on: ubuntu-latest
    strategy: {matrix: {os: [one, two], n: [1, 2]}}
    steps:
      - run: echo "cell \${{ matrix.os }}-\${{ matrix.n }} \${{ needs.steps.outputs.word }}"
  composite:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: ./.github/actions/greet
        with: {who: world}
`;
const ACTION = `
name: greet
description: greets
inputs: {who: {description: whom, required: true}}
runs:
  using: composite
  steps:
    - run: echo "greetings, \${{ inputs.who }}"
      shell: sh
`;

export const nektosAct: Check = {
  name: 'act',
  async run(context) {
    const tool = await act(context.cacheDir);
    if ('missing' in tool) return [skip('act', tool.missing)];
    const home = join(context.workDir, 'home');
    mkdirSync(home, { recursive: true });
    const env = { DOCKER_HOST: context.dockerHost, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: join(home, 'cache') };
    const folder = (name: string, workflow: string): string => project(context, name, { '.github/workflows/w.yml': workflow, '.github/actions/greet/action.yml': ACTION, 'README.md': 'x\n' });
    const command = `${tool.path} push --pull=false --container-daemon-socket - -P ubuntu-latest=sockerless/base`;
    const go = (at: string): ReturnType<typeof sh> => sh(`cd ${at} && ${GIT} https://github.com/octo/test && ${command}`, { env, timeoutMs: 240_000 });
    return [
      await judge('act: three jobs with run steps, a matrix, a composite action', async () => {
        const ran = await go(folder('act', WORKFLOW));
        const failed = mismatch(ran, { stdout: /env-file kept/ });
        if (failed !== undefined) return failed;
        const missing = ['cell one-1 from-output', 'cell one-2 from-output', 'cell two-1 from-output', 'cell two-2 from-output', 'greetings, world'].filter((text) => !ran.stdout.includes(text));
        return missing.length > 0 ? `missing in the output: ${missing.join(', ')}` : undefined;
      }),
      await judge('act: a failing step fails the workflow', async () => {
        const ran = await go(folder('act-bad', WORKFLOW.replace('      - run: echo "$A $(cat data/file)"', '      - run: exit 9')));
        return ran.exitCode === 0 ? 'exit code 0' : undefined;
      }),
    ];
  },
};

export const gojq: Check = {
  name: 'gojq',
  async run(context) {
    const tool = await gojqWasi(context.cacheDir);
    if ('missing' in tool) return [skip('gojq', tool.missing)];
    const env = { DOCKER_HOST: context.dockerHost };
    await sh(`docker create --name jq sockerless/base tail -f /dev/null && docker cp ${tool.path} jq:/usr/local/bin/gojq && docker start jq`, { env });
    const cases: [string, string, { exitCode?: number; stdout?: string }][] = [
      ['arguments', 'docker exec jq gojq -n --arg x 5 \'$x\'', { stdout: '"5"\n' }],
      ['standard input', 'echo \'{"a":[1,2]}\' | docker exec -i jq gojq -c .a', { stdout: '[1,2]\n' }],
      ['files, relative and absolute', 'docker exec -w /tmp jq sh -c \'echo "{\\"b\\":7}" > x.json; gojq .b x.json; gojq .b /tmp/x.json\'', { stdout: '7\n7\n' }],
      ['exit code', 'echo "[1" | docker exec -i jq gojq .', { exitCode: 5 }],
      ['in a pipe with built-ins', 'docker exec jq sh -c \'echo "[3,1,2]" | gojq ".[]" | sort | tr "\\n" " "\'', { stdout: '1 2 3 ' }],
    ];
    const outcomes = [];
    for (const [name, script, expected] of cases) outcomes.push(await judge(`gojq (WASI): ${name}`, async () => mismatch(await sh(script, { env }), expected)));
    await sh('docker rm -f jq', { env });
    return outcomes;
  },
};

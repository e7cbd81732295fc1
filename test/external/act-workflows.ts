// act over workflows of every kind that the embedded machine should run: scripts, containers, JavaScript, composite and local actions.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Workflow, steps } from './act-case.js';
import { FEATURE_ACTIONS, FEATURES } from './act-features.js';
import type { Check } from './outcome.js';
import { judge, type Ran, sh, skip } from './shell.js';
import { act, actionsToolkit } from './tools.js';

/** Local actions that the workflows use, by path in the repository. */
const ACTIONS: Readonly<Record<string, string>> = {
  'composite/action.yml': `name: c
description: d
inputs: {who: {required: true, description: w}}
outputs: {said: {value: "\${{ steps.s.outputs.said }}", description: o}}
runs:
  using: composite
  steps:
    - {id: s, shell: bash, run: 'echo "said=hello \${{ inputs.who }}" >> "$GITHUB_OUTPUT"'}
    - {shell: sh, run: 'echo composite in $(pwd) path \${{ github.action_path }}'}
`,
  'nested/action.yml': `name: n
description: d
runs:
  using: composite
  steps:
    - {uses: ./.github/actions/composite, id: c, with: {who: nested}}
    - {uses: ./.github/actions/js20, with: {word: deep}}
    - {shell: bash, run: 'echo "nested got \${{ steps.c.outputs.said }}"'}
`,
  ...Object.fromEntries(['20', '24'].flatMap((version) => [
    [`js${version}/action.yml`, `name: j\ndescription: d\ninputs: {word: {default: plain, description: w}}\noutputs: {got: {description: g}}\nruns: {using: node${version}, main: dist/index.js}\n`],
    [`js${version}/dist/index.js`, `const fs = require('fs'), { execFileSync } = require('child_process'), helper = require('./helper');
const word = process.env.INPUT_WORD;
fs.appendFileSync(process.env.GITHUB_OUTPUT, \`got<<EOF\\n\${helper.shout(word)}\\nEOF\\n\`);
fs.appendFileSync(process.env.GITHUB_ENV, 'FROM_JS=env-' + word + '\\n');
console.log('js says', word, 'in', fs.existsSync(process.env.GITHUB_WORKSPACE + '/README.md'), String(execFileSync('sh', ['-c', 'echo child-$0', word])).trim());
`],
    [`js${version}/dist/helper.js`, 'exports.shout = (text) => text.toUpperCase() + "!";\n'],
  ])),
  'stages/action.yml': 'name: s\ndescription: d\nruns: {using: node20, pre: pre.js, main: main.js, post: post.js}\n',
  'stages/pre.js': "console.log('stage pre');\n",
  'stages/main.js': "require('fs').appendFileSync(process.env.GITHUB_STATE, 'mark=kept\\n'); console.log('stage main');\n",
  'stages/post.js': "console.log('stage post', process.env.STATE_mark);\n",
  'fails/action.yml': 'name: f\ndescription: d\nruns: {using: node20, main: main.js}\n',
  'fails/main.js': "console.log('::error::on purpose'); process.exit(3);\n",
  'async/action.yml': 'name: a\ndescription: d\nruns: {using: node20, main: main.mjs}\n',
  'async/main.mjs': `import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
await mkdir('made/by/js', { recursive: true });
await writeFile('made/by/js/file', 'x'.repeat(100000));
let size = 0;
for await (const chunk of createReadStream('made/by/js/file')) size += chunk.length;
const code = await new Promise((resolve) => spawn('bash', ['-c', 'cat made/by/js/file | wc -c; exit 4'], { stdio: 'inherit' }).on('close', resolve));
console.log('async', size, code);
`,
};

const WORKFLOWS: readonly Workflow[] = [
  { name: 'outputs and environment files', jobs: steps(`{id: a, run: 'echo "w=out" >> "$GITHUB_OUTPUT"; echo "E=env" >> "$GITHUB_ENV"'}`, `{run: 'echo "both \${{ steps.a.outputs.w }} $E"'}`), shows: ['both out env'] },
  { name: 'a path file', jobs: steps(`{run: 'mkdir bin; printf "#!/bin/sh\\necho tool runs\\n" > bin/tool; chmod +x bin/tool; echo "$PWD/bin" >> "$GITHUB_PATH"'}`, '{run: tool}'), shows: ['tool runs'] },
  { name: 'multi-line values', jobs: steps(`{run: 'printf "M<<X\\nfirst\\nsecond\\nX\\n" >> "$GITHUB_ENV"'}`, `{run: 'echo "$M" | tail -n 1 | sed s/^/last-/'}`), shows: ['last-second'] },
  { name: 'bash with pipefail', jobs: steps(`{shell: bash, run: 'false | true; echo unreachable'}`), shows: [], never: '| unreachable', fails: true },
  { name: 'sh without pipefail', jobs: steps(`{shell: sh, run: 'false | true; echo reached'}`), shows: ['reached'] },
  { name: 'bash language', jobs: steps(`{shell: bash, run: 'declare -A m=([a]=1 [b]=2); f() { local -n r=$1; echo "\${r[b]} \${#r[@]}"; }; f m; mapfile -t l < <(seq 3); echo "lines \${l[*]}"'}`), shows: ['2 2', 'lines 1 2 3'] },
  { name: 'a failing step and what follows it', jobs: steps('{run: exit 5}', "{if: failure(), run: 'echo after-failure'}", "{if: always(), run: 'echo always-runs'}", '{run: echo skipped-step}'), shows: ['after-failure', 'always-runs'], never: '| skipped-step', fails: true },
  { name: 'continue-on-error', jobs: steps("{id: x, continue-on-error: true, run: 'exit 1'}", `{run: 'echo "\${{ steps.x.outcome }} \${{ steps.x.conclusion }}"'}`), shows: ['failure success'] },
  { name: 'conditions', jobs: steps("{if: github.event_name == 'push', run: 'echo is-push'}", "{if: github.event_name != 'push', run: 'echo not-push'}"), shows: ['is-push'], never: '| not-push' },
  { name: 'a working directory', jobs: steps("{run: 'mkdir -p sub/dir'}", "{working-directory: sub/dir, run: 'basename $(pwd)'}"), shows: ['dir'] },
  { name: 'a matrix', jobs: `  one:\n    runs-on: ubuntu-latest\n    strategy: {matrix: {a: [1, 2], b: [x]}}\n    steps: [{run: 'echo cell \${{ matrix.a }}\${{ matrix.b }}'}]\n`, shows: ['cell 1x', 'cell 2x'] },
  { name: 'jobs that need each other', jobs: `  first:\n    runs-on: ubuntu-latest\n    outputs: {v: "\${{ steps.s.outputs.v }}"}\n    steps: [{id: s, run: 'echo "v=42" >> "$GITHUB_OUTPUT"'}]\n  second:\n    needs: first\n    runs-on: ubuntu-latest\n    steps: [{run: 'echo needed \${{ needs.first.outputs.v }}'}]\n`, shows: ['needed 42'] },
  { name: 'a job container', jobs: `  one:\n    runs-on: ubuntu-latest\n    container: {image: sockerless/base, env: {CE: from-container}}\n    steps: [{run: 'echo "$CE"; cat /etc/os-release'}]\n`, shows: ['from-container', 'Sockerless base'] },
  { name: 'a composite action', jobs: steps('uses: actions/checkout@v4', '{id: c, uses: ./.github/actions/composite, with: {who: world}}', "{run: 'echo out: ${{ steps.c.outputs.said }}'}"), shows: ['out: hello world'] },
  { name: 'a node20 action', jobs: steps('uses: actions/checkout@v4', '{id: j, uses: ./.github/actions/js20, with: {word: ping}}', "{run: 'echo \"out ${{ steps.j.outputs.got }} $FROM_JS\"'}"), shows: ['js says ping in true child-ping', 'out PING! env-ping'] },
  { name: 'a node24 action', jobs: steps('uses: actions/checkout@v4', '{id: j, uses: ./.github/actions/js24}', "{run: 'echo \"out ${{ steps.j.outputs.got }}\"'}"), shows: ['out PLAIN!'] },
  { name: 'an ECMAScript module action', jobs: steps('uses: actions/checkout@v4', 'uses: ./.github/actions/async'), shows: ['async 100000 4'] },
  { name: 'an action with pre and post', jobs: steps('uses: actions/checkout@v4', 'uses: ./.github/actions/stages', "{run: 'echo between'}"), shows: ['stage main', 'between', 'stage post kept'] },
  { name: 'an action that fails', jobs: steps('uses: actions/checkout@v4', 'uses: ./.github/actions/fails', '{run: echo not-reached}'), shows: ['on purpose'], never: '| not-reached', fails: true },
  { name: 'actions in actions', jobs: steps('uses: actions/checkout@v4', 'uses: ./.github/actions/nested'), shows: ['js says deep in true child-deep', 'nested got hello nested'] },
  { name: 'npm test', jobs: steps('uses: actions/checkout@v4', "{run: 'npm test --silent'}"), shows: ['# pass 1', '# fail 0'] },
  { name: 'git in a step', jobs: steps(`{run: 'git init -q -b main r; cd r; git config user.email a@b; git config user.name n; echo x > f; git add f; git commit -qm done; git log --format=%s'}`), shows: ['done'] },
  { name: 'background jobs and traps', jobs: steps(`{shell: bash, run: 'trap "echo cleaned" EXIT; sleep 0.2 & wait $!; echo waited'}`), shows: ['waited', 'cleaned'] },
  { name: 'a reusable workflow', jobs: '  call:\n    uses: ./.github/workflows/reusable.yml\n    with: {word: passed}\n', shows: ['reused passed'] },
];

const REUSABLE = 'on: {workflow_call: {inputs: {word: {type: string, required: true}}}}\njobs:\n  r:\n    runs-on: ubuntu-latest\n    steps: [{run: "echo reused ${{ inputs.word }}"}]\n';

function verdict(ran: Ran, { shows, matches = [], never, fails }: Workflow): string | undefined {
  const text = ran.stdout + ran.stderr;
  const missing = [...shows.filter((one) => !text.includes(one)), ...matches.filter((one) => !one.test(text))];
  const tail = text.slice(-600);
  if (missing.length > 0) return `not in the log: ${missing.join(', ')}; ${tail}`;
  if (never !== undefined && text.includes(never)) return `in the log: ${never}; ${tail}`;
  return (ran.exitCode !== 0) === (fails === true) ? undefined : `exit code ${ran.exitCode}; ${tail}`;
}

export const actWorkflows: Check = {
  name: 'act-workflows',
  async run(context) {
    const tool = await act(context.cacheDir);
    if ('missing' in tool) return [skip('act workflows', tool.missing)];
    const folder = join(context.workDir, 'repository');
    const put = (path: string, text: string): void => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    const toolkit = await actionsToolkit(context.cacheDir);
    const workflows = [...WORKFLOWS, ...FEATURES.filter(({ needsToolkit }) => needsToolkit === undefined || !('missing' in toolkit))];
    for (const [path, text] of Object.entries({ ...ACTIONS, ...FEATURE_ACTIONS })) put(`.github/actions/${path}`, text);
    if (!('missing' in toolkit)) cpSync(toolkit.path, join(folder, '.github', 'actions', 'node_modules'), { recursive: true });
    workflows.forEach(({ jobs, on = 'push', top = '' }, at) => put(`.github/workflows/w${at}.yml`, `on: ${on}\n${top}jobs:\n${jobs}`));
    put('.github/workflows/reusable.yml', REUSABLE);
    put('README.md', 'x\n');
    put('package.json', '{"name":"p","version":"1.0.0","scripts":{"test":"node --test test.js"}}\n');
    put('test.js', "require('node:test')('adds', () => require('node:assert').equal(1 + 1, 2));\n");
    await sh('git init -q -b main && git add -A && git -c user.name=t -c user.email=t@example.org commit -qm x && git remote add origin https://github.com/octo/test', { cwd: folder });
    const home = join(context.workDir, 'home');
    mkdirSync(home, { recursive: true });
    const env = { DOCKER_HOST: context.dockerHost, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: join(home, 'cache') };
    const outcomes = [];
    for (const [at, workflow] of workflows.entries()) {
      const command = `${tool.path} ${workflow.event ?? 'push'} -W .github/workflows/w${at}.yml --pull=false --container-daemon-socket - -P ubuntu-latest=sockerless/node ${workflow.options ?? ''}`;
      outcomes.push(await judge(`act: ${workflow.name}`, async () => verdict(await sh(command, { cwd: folder, env, timeoutMs: 120_000 }), workflow)));
    }
    return outcomes;
  },
};

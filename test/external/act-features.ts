// More workflows for act: what people write around their steps, and actions made with the actions toolkit from npm.
import { steps, type Workflow } from './act-case.js';

/** Local actions that these workflows use, by path under .github/actions. */
export const FEATURE_ACTIONS: Readonly<Record<string, string>> = {
  'kit/action.yml': 'name: k\ndescription: d\ninputs: {who: {default: world, description: w}, list: {default: "a\\nb", description: l}}\noutputs: {said: {description: s}}\nruns: {using: node20, main: main.js, post: post.js}\n',
  'kit/main.js': `const core = require('@actions/core'), exec = require('@actions/exec'), io = require('@actions/io'), glob = require('@actions/glob');
const fs = require('fs');
(async () => {
  core.setOutput('said', \`hello \${core.getInput('who')}\`);
  core.exportVariable('FROM_KIT', core.getMultilineInput('list').join('+'));
  core.setSecret('hidden-value');
  core.info('shown: hidden-value');
  core.startGroup('a group'); core.notice('noticed'); core.endGroup();
  core.saveState('mark', 'state-kept');
  const { stdout, stderr, exitCode } = await exec.getExecOutput('bash', ['-c', 'echo "from exec: $0"; echo oops >&2; cat; exit 3', 'arg'], { ignoreReturnCode: true, silent: true, input: Buffer.from('input') });
  core.info(\`exec said \${stdout.trim().split('\\n').join('/')} and \${stderr.trim()} with \${exitCode}\`);
  await io.mkdirP('made/deep'); await io.cp('README.md', 'made/deep/copy');
  core.info('git is ' + (await io.which('git', true)).split('/').pop());
  fs.writeFileSync('made/b.txt', 'b'); fs.writeFileSync('made/deep/a.txt', 'a');
  core.info('globbed ' + (await (await glob.create('made/**/*.txt')).glob()).map((path) => path.split('/').pop()).sort().join(','));
  core.info('hashed ' + (await glob.hashFiles('made/**/*.txt')).length);
  await io.mv('made/b.txt', 'made/c.txt'); core.addPath(process.cwd() + '/made');
  fs.writeFileSync('made/kit-tool', '#!/bin/sh\\necho "tool of the kit: $((6 * 7))"\\n', { mode: 0o755 });
  await core.summary.addHeading('Summary').addRaw('summed up').write();
  try { await exec.exec('no-such-tool'); } catch (error) { core.info('refused: ' + error.message.slice(0, 40)); }
})().catch((error) => core.setFailed(error.stack));
`,
  'kit/post.js': "const core = require('@actions/core'); core.info('post has ' + core.getState('mark'));\n",
  'fails-by-kit/action.yml': 'name: f\ndescription: d\nruns: {using: node20, main: main.js}\n',
  'fails-by-kit/main.js': "const core = require('@actions/core'); core.getInput('missing', { required: true });\n",
  'scripted/action.yml': `name: s
description: d
inputs: {where: {default: ., description: w}}
outputs: {count: {value: "\${{ steps.c.outputs.n }}", description: n}}
runs:
  using: composite
  steps:
    - {shell: bash, run: '"$GITHUB_ACTION_PATH/count.sh" > n', working-directory: '\${{ inputs.where }}'}
    - {id: c, shell: bash, run: 'echo "n=$(cat n)" >> "$GITHUB_OUTPUT"', working-directory: '\${{ inputs.where }}'}
    - {if: "inputs.where == 'nowhere'", shell: bash, run: 'echo "in vain $((1 + 1))"'}
`,
  'scripted/count.sh': '#!/bin/bash\nset -euo pipefail\nshopt -s nullglob\nfiles=(*.x)\necho "${#files[@]}"\n',
};

const container = (options: string, ...lines: string[]): string => steps(...lines).replace('    steps:', `    container: ${options}\n    steps:`);

export const FEATURES: readonly Workflow[] = [
  { name: 'defaults of a workflow and of a job', top: 'defaults: {run: {shell: "bash -eu {0}"}}\n', jobs: `  one:\n    runs-on: ubuntu-latest\n    defaults: {run: {working-directory: place}}\n    steps:\n      - {run: 'mkdir place', working-directory: .}\n      - {run: 'echo "in $(basename "$PWD") $((2 * 3))"'}\n      - {run: 'false | true; echo "no pipefail $((3 * 3))"'}\n      - {run: 'echo "$NOT_SET"; echo "after $((4 * 4))"'}\n`, shows: ['in place 6', 'no pipefail 9', 'NOT_SET: unbound variable'], never: '| after 16', fails: true },
  { name: 'environments of a workflow, a job, a step', top: 'env: {A: workflow, B: workflow, C: workflow}\n', jobs: `  one:\n    runs-on: ubuntu-latest\n    env: {B: job, C: job}\n    steps:\n      - {env: {C: step}, run: 'echo "$A/$B/$C"'}\n      - {run: 'echo "$C again $((1 + 1)); \${{ env.A }}-\${{ env.B }}"'}\n`, shows: ['workflow/job/step', 'job again 2; workflow-job'] },
  { name: 'a shell of one\'s own', jobs: steps(`{shell: 'bash --noprofile --norc -euxo pipefail {0}', run: 'echo "traced $((7 * 7))"'}`, `{shell: 'node {0}', run: 'console.log("by node", 6 * 7)'}`, `{shell: 'cat {0}', run: 'the script itself'}`), shows: ['+ echo', 'traced 49', 'by node 42', '| the script itself'] },
  { name: 'a job container with options, environment and volumes', jobs: container('{image: sockerless/base, env: {CE: set}, options: "--hostname inside --user 65534:65534 -e OE=given", volumes: ["act-features-volume:/data"]}', `{run: 'echo "$(hostname) $(id -u) $CE $OE"; stat -c %F /data'}`), shows: ['inside 65534 set given', '| directory'] },
  { name: 'sh in a container without bash as its default', jobs: container('sockerless/base', `{shell: sh, run: 'echo "\${BASH_VERSION:-not bash} $((5 + 5))"'}`), shows: ['not bash 10'] },
  { name: 'hashFiles', jobs: steps('uses: actions/checkout@v4', `{run: 'echo "one \${{ hashFiles(''package.json'') }} many \${{ hashFiles(''**/*.js'', ''package.json'') }} none <\${{ hashFiles(''no/such/*'') }}>"; echo "own $(sha256sum < package.json | cut -c1-64 | xxd -r -p | sha256sum | cut -c1-64)"'}`), shows: ['none <>'], matches: [/one ([0-9a-f]{64}) many [0-9a-f]{64} none <>[\s\S]*own \1/] },
  { name: 'commands in the log', jobs: steps(`{run: 'echo "::group::bundle"; echo "in it $((1 + 1))"; echo "::endgroup::"; echo "::warning file=a.c,line=3::careful $((2 + 2))"; echo "::add-mask::pass$((40 + 2))"; echo "shown: pass42"; echo "::debug::quiet"'}`), shows: ['in it 2', 'careful 4', 'shown: ***'] },
  { name: 'secrets and inputs', options: '-s TOKEN=s3cr3t-word --env FROM_ACT=given', jobs: steps(`{env: {T: '\${{ secrets.TOKEN }}'}, run: 'echo "token $T of \${#T} letters; $FROM_ACT"; echo "$T" | rev'}`), shows: ['token *** of 11 letters; given', 'drow-t3rc3s'], never: 's3cr3t-word' },
  { name: 'a summary', jobs: steps(`{run: 'echo "### Result $((9 * 9))" >> "$GITHUB_STEP_SUMMARY"; printf "| a |\\n|---|\\n" >> "$GITHUB_STEP_SUMMARY"'}`), shows: ['Summary - ### Result 81'] },
  { name: 'expressions', jobs: steps(`{run: 'echo "\${{ contains(''abc'', ''b'') }} \${{ format(''{0}-{1}'', ''x'', 3) }} \${{ join(fromJSON(''["p","q"]''), ''+'') }} \${{ startsWith(github.ref, ''refs/heads/'') }} \${{ fromJSON(''{"n": 4}'').n }} \${{ 1 == 1 && ''yes'' || ''no'' }}"'}`, `{run: 'echo ''\${{ toJSON(matrix) }}'' | tr -d " \\n"; echo " \${{ github.event_name }} \${{ runner.os }} \${{ github.repository }}"'}`), shows: ['true x-3 p+q true 4 yes', 'push Linux octo/test'] },
  { name: 'a matrix with more, less, and one that fails', jobs: `  one:\n    runs-on: ubuntu-latest\n    strategy:\n      fail-fast: false\n      max-parallel: 2\n      matrix:\n        os: [a, b]\n        v: [1, 2]\n        exclude: [{os: b, v: 1}]\n        include: [{os: c, v: 9, extra: more}]\n    steps:\n      - {run: 'echo "cell \${{ matrix.os }}\${{ matrix.v }}<\${{ matrix.extra }}>"; [ "\${{ matrix.os }}\${{ matrix.v }}" != a2 ]'}\n`, shows: ['cell a1<>', 'cell a2<>', 'cell b2<>', 'cell c9<more>'], never: 'cell b1', fails: true },
  { name: 'a matrix made by a job', jobs: `  plan:\n    runs-on: ubuntu-latest\n    outputs: {list: "\${{ steps.p.outputs.list }}"}\n    steps: [{id: p, run: 'echo "list=$(printf ''"%s",'' x y z | sed ''s/,$//; s/.*/[&]/'')" >> "$GITHUB_OUTPUT"'}]\n  run:\n    needs: plan\n    runs-on: ubuntu-latest\n    strategy: {matrix: {name: "\${{ fromJSON(needs.plan.outputs.list) }}"}}\n    steps: [{run: 'echo "made \${{ matrix.name }}"'}]\n`, shows: ['made x', 'made y', 'made z'] },
  { name: 'jobs after a failure', jobs: `  bad:\n    runs-on: ubuntu-latest\n    steps: [{run: 'exit 7'}]\n  next:\n    needs: bad\n    runs-on: ubuntu-latest\n    steps: [{run: 'echo "never $((1 + 1))"'}]\n  report:\n    needs: bad\n    if: always()\n    runs-on: ubuntu-latest\n    steps: [{run: 'echo "bad was \${{ needs.bad.result }}"'}]\n`, shows: ['bad was failure', 'exitcode \'7\''], never: '| never 2', fails: true },
  { name: 'a job that may fail', jobs: `  bad:\n    runs-on: ubuntu-latest\n    continue-on-error: true\n    steps: [{run: 'exit 7', continue-on-error: true}, {run: 'echo "went on $((8 + 8))"'}]\n  next:\n    needs: bad\n    runs-on: ubuntu-latest\n    steps: [{run: 'echo "next $((9 + 9))"'}]\n`, shows: ['went on 16', 'next 18'] },
  { name: 'a composite action with a script of its own', jobs: steps('uses: actions/checkout@v4', `{run: 'mkdir many; touch many/a.x many/b.x many/c.y; chmod +x .github/actions/scripted/count.sh'}`, '{id: s, uses: ./.github/actions/scripted, with: {where: many}}', `{run: 'echo "counted \${{ steps.s.outputs.count }} of $(ls many/*.x many/*.y | wc -l)"'}`), shows: ['counted 2 of 3'], never: '| in vain 2' },
  { name: 'a large log', jobs: steps(`{run: 'for i in $(seq 2000); do echo "line $i is $((i * 3))"; done'}`), shows: ['line 1 is 3', 'line 1000 is 3000', 'line 2000 is 6000'] },
  { name: 'services in the background of a step', jobs: steps(`{run: 'mkdir www; echo "served $((11 * 11))" > www/index.html; httpd -f -p 8123 -h www & for i in $(seq 50); do wget -qO- http://127.0.0.1:8123/ && break; sleep 0.1; done; kill $!'}`), shows: ['served 121'] },
  { name: 'a step that is cut short', jobs: steps(`{run: 'timeout 1 bash -c "trap \\"echo told; exit 9\\" TERM; while :; do sleep 0.1; done" || echo "ended $?"'}`), shows: ['told', 'ended 124'] },
  { name: 'workflow_dispatch', event: 'workflow_dispatch', options: '--input name=typed', on: '{workflow_dispatch: {inputs: {name: {default: none}, level: {default: "3"}}}}', jobs: steps(`{run: 'echo "input \${{ inputs.name }} \${{ github.event.inputs.level }}"'}`), shows: ['input typed'] },
  { name: 'an action made with the toolkit', needsToolkit: true, jobs: steps('uses: actions/checkout@v4', '{id: k, uses: ./.github/actions/kit, with: {who: kit}}', `{run: 'echo "out \${{ steps.k.outputs.said }} $FROM_KIT"; kit-tool'}`), shows: ['shown: ***', '| exec said from exec: arg/input and oops with 3', '| git is git', '| globbed a.txt,b.txt', '| hashed 64', 'refused: Unable to locate executable file: no-suc', 'Summary - <h1>Summary</h1>', 'out hello kit a+b', 'tool of the kit: 42', '| post has state-kept'] },
  { name: 'an action made with the toolkit that fails', needsToolkit: true, jobs: steps('uses: actions/checkout@v4', 'uses: ./.github/actions/fails-by-kit', `{if: failure(), run: 'echo "seen $((5 * 9))"'}`), shows: ['Input required and not supplied: missing', 'seen 45'], fails: true },
];

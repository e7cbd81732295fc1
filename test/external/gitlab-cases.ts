// Pipelines of the kinds that people run with gitlab-ci-local, each with what its log must show: data for the check beside.

export interface Pipeline {
  readonly name: string;
  readonly yaml: string;
  /** Other files of the project. */
  readonly files?: Readonly<Record<string, string>>;
  /** What the jobs must have printed, each text whole lines of one job. */
  readonly shows: readonly string[];
  readonly never?: readonly string[];
  readonly fails?: true;
  readonly arguments?: string;
}

const IMAGE = 'image: sockerless/base';

/** A pipeline of one job in the base image. */
function job(lines: readonly string[], more = ''): string {
  return `${IMAGE}\njob:\n${more}  script:\n${lines.map((line) => `    - ${JSON.stringify(line)}\n`).join('')}`;
}

export const PIPELINES: readonly Pipeline[] = [
  { name: 'simple-echo', yaml: job(['echo "sum $((40 + 2))"']), shows: ['sum 42'] },
  { name: 'multi-step', yaml: job(['echo first > log', 'echo second >> log', 'sort -r log | tr "\\n" ,']), shows: ['second,first,'] },
  { name: 'env-vars', yaml: `variables: {TOP: above}\n${job(['echo "$TOP-$OWN-$CI_JOB_NAME-$CI-$GITLAB_CI"'], '  variables: {OWN: below}\n')}`, shows: ['above-below-job-true-false'] },
  { name: 'before-after-scripts', yaml: `${IMAGE}\njob:\n  before_script: ['V=kept; echo "before $((1 + 0))"']\n  script: ['echo "in $V"']\n  after_script: ['echo "after ${'$'}{V:-unset} $CI_JOB_STATUS"']\n`, shows: ['before 1', 'in kept', 'after unset success'] },
  { name: 'multiple-jobs', yaml: `${IMAGE}\none: {script: ['echo "job $((0 + 1))"']}\ntwo: {script: ['echo "job $((1 + 1))"']}\nthree: {script: ['echo "job $((1 + 2))"']}\n`, shows: ['job 1', 'job 2', 'job 3'] },
  { name: 'working-directory', yaml: job(['[ "$PWD" = "$CI_PROJECT_DIR" ] && echo "at home: $(ls README)"', 'mkdir -p a/b && cd a/b', 'echo "now in ${PWD#$CI_PROJECT_DIR/}"']), files: { README: 'x\n' }, shows: ['at home: README', 'now in a/b'] },
  { name: 'exit-code-success', yaml: job(['true', '(exit 0) && echo "status $?"']), shows: ['status 0'] },
  { name: 'exit-code-failure', yaml: job(['echo "up to $((2 - 1))"', 'sh -c "exit 13"', 'echo "past $((1 + 1))"']), shows: ['up to 1', 'exit 13'], never: ['past 2'], fails: true },
  { name: 'allow-failure', yaml: `${IMAGE}\nbad:\n  allow_failure: true\n  script: ['exit 3']\ngood:\n  needs: [bad]\n  script: ['echo "went on $((7 * 3))"']\n`, shows: ['went on 21'] },
  { name: 'stages', yaml: `${IMAGE}\nstages: [a, b, c]\nlast: {stage: c, script: ['echo "third of $((1 + 2))"']}\nfirst: {stage: a, script: ['echo "first of $((1 + 2))"']}\nmid: {stage: b, script: ['echo "second of $((1 + 2))"']}\n`, shows: ['first of 3', 'second of 3', 'third of 3'] },
  { name: 'variable-expansion', yaml: `variables: {A: one, B: "$A-two"}\n${job(['V=path/to/file.tar.gz', 'echo "${B} ${V##*/} ${V%.*} ${#V} ${NONE:-default} ${V/to/from}"'])}`, shows: ['one-two file.tar.gz path/to/file.tar 19 default path/from/file.tar.gz'] },
  { name: 'rules-always', yaml: `${IMAGE}\nyes: {rules: [{when: always}], script: ['echo "ran $((5 * 5))"']}\nno: {rules: [{when: never}], script: ['echo "ran $((6 * 6))"']}\n`, shows: ['ran 25'], never: ['ran 36'] },
  { name: 'artifacts-script', yaml: `${IMAGE}\nstages: [make, use]\nmake:\n  stage: make\n  script: ['mkdir -p out/deep', 'echo "built $((3 * 4))" > out/deep/file', 'echo no > not-kept', 'chmod 755 out/deep/file']\n  artifacts: {paths: [out/]}\nuse:\n  stage: use\n  script: ['cat out/deep/file', '[ -x out/deep/file ] && echo "mode $((7 * 107))"', '[ -e not-kept ] || echo "gone $((1 + 1))"']\n`, shows: ['built 12', 'mode 749', 'gone 2'] },
  { name: 'different-image', yaml: `one: {image: sockerless/base, script: ['. /etc/os-release; echo "base: $ID"', 'command -v npm || echo "npm $((0 * 1))"']}\ntwo: {image: sockerless/node, script: ['node -p "6 * 7 + \\" by node\\""']}\n`, shows: ['base: sockerless', 'npm 0', '42 by node'] },
  { name: 'job-level-variables', yaml: `variables: {V: global}\n${IMAGE}\none: {variables: {V: own}, script: ['echo "one has $V"']}\ntwo: {script: ['echo "two has $V"']}\n`, shows: ['one has own', 'two has global'] },
  { name: 'needs-dependency', yaml: `${IMAGE}\nstages: [a, b]\nmake: {stage: a, script: ['echo "handed $((2 * 8))" > f'], artifacts: {paths: [f]}}\nother: {stage: a, script: ['echo x > g'], artifacts: {paths: [g]}}\nuse: {stage: b, needs: [make], script: ['cat f', '[ -e g ] || echo "no g: $((1 - 1))"']}\n`, shows: ['handed 16', 'no g: 0'] },
  { name: 'pipes-and-redirect', yaml: job(['printf "c\\nb\\na\\nb\\n" | sort | uniq -c | sort -rn | awk "NR == 1 {print \\$2, \\$1}"', '{ echo out; echo err >&2; } > o 2> e; cat e o | paste -sd+', 'seq 100 | grep 7 | wc -l | tr -d " "']), shows: ['b 2', 'err+out', '19'] },
  { name: 'pipefail', yaml: job(['echo "before $((9 * 9))"', 'false | cat', 'echo "after $((8 * 8))"']), shows: ['before 81'], never: ['after 64'], fails: true },
  { name: 'parallel-matrix', yaml: `${IMAGE}\njob:\n  parallel: {matrix: [{OS: [linux, bsd], V: [1, 2]}]}\n  script: ['echo "cell $OS-$V of $CI_NODE_TOTAL"']\n`, shows: ['cell linux-1 of 4', 'cell linux-2 of 4', 'cell bsd-1 of 4', 'cell bsd-2 of 4'] },
  { name: 'heredoc-script', yaml: `${IMAGE}\njob:\n  script:\n    - |\n      cat > conf <<EOF\n      name=$CI_JOB_NAME\n      n=$((6 * 6))\n      EOF\n      cat <<'EOF' | tr a-z A-Z\n      literal $HOME\n      EOF\n    - grep -c = conf\n    - tail -n 1 conf\n`, shows: ['LITERAL $HOME', '2', 'n=36'] },
  { name: 'timeout-fast', yaml: job(['timeout 1 sleep 30 || echo "cut short: $?"', 'timeout 20 echo "in time $((1 + 1))"']), shows: ['cut short: 124', 'in time 2'] },
  { name: 'failure-allow-failure', yaml: `${IMAGE}\na: {allow_failure: {exit_codes: [42]}, script: ['exit 42']}\nb: {needs: [], script: ['echo "fine $((4 * 11))"']}\n`, shows: ['fine 44'] },
  { name: 'when-on-success', yaml: `${IMAGE}\nstages: [a, b]\nbad: {stage: a, script: ['exit 1']}\nnext: {stage: b, when: on_success, script: ['echo "next $((3 * 3))"']}\nrepair: {stage: b, when: on_failure, script: ['echo "repair $((5 * 3))"']}\nclean: {stage: b, when: always, script: ['echo "clean $((7 * 3))"']}\n`, shows: ['repair 15', 'clean 21'], never: ['next 9'], fails: true },
  { name: 'extends-inheritance', yaml: `.base: {image: sockerless/base, variables: {A: base, B: base}, before_script: ['echo "before with $A"']}\njob: {extends: .base, variables: {B: own}, script: ['echo "$A and $B"']}\n`, shows: ['before with base', 'base and own'] },
  { name: 'large-output', yaml: job(['for i in $(seq 1 3000); do echo "line $i $((i * 2))"; done']), shows: ['line 1 2', 'line 1500 3000', 'line 3000 6000'] },
  { name: 'arithmetic', yaml: job(['echo $((17 % 5)) $((2 << 4)) $((0x1f)) $(((3 + 4) * -2))', 'i=0; while [ $i -lt 5 ]; do i=$((i + 1)); done; echo "counted $i"', 'expr 6 \\* 9', 'echo "1.5 * 3" | awk "{print \\$1 * \\$3}"']), shows: ['2 32 31 -14', 'counted 5', '54', '4.5'] },
  { name: 'variable-interpolation', yaml: `variables: {HOST: example.org, URL: "https://$HOST/p?q=1", QUOTED: "it's \\"so\\" $$5"}\n${job(['echo "$URL"', 'echo "$QUOTED"'])}`, shows: ['https://example.org/p?q=1', `it's "so" $5`] },
  { name: 'default-image', yaml: `default: {image: sockerless/base, before_script: ['D=default']}\njob: {script: ['. /etc/os-release; echo "$ID by $D"']}\n`, shows: ['sockerless by default'] },
  { name: 'multi-image', yaml: `stages: [a, b]\nmake: {stage: a, image: sockerless/node, script: ['node -e "require(\\"fs\\").writeFileSync(\\"data.json\\", JSON.stringify({n: 6 * 9}))"'], artifacts: {paths: [data.json]}}\nuse: {stage: b, image: sockerless/base, script: ['tr -dc 0-9 < data.json; echo', 'echo "read by $(. /etc/os-release; echo $ID)"']}\n`, shows: ['54', 'read by sockerless'] },
  { name: 'env-file-like', yaml: `${IMAGE}\nstages: [a, b]\nmake: {stage: a, script: ['echo "VERSION=1.$((2 + 3))" > build.env'], artifacts: {reports: {dotenv: build.env}}}\nuse: {stage: b, needs: [make], script: ['echo "version is $VERSION"', 'set -a; . ./local.env; set +a; printenv FROM_FILE']}\n`, files: { 'local.env': 'FROM_FILE="a b"\n' }, shows: ['version is 1.5', 'a b'] },
  { name: 'script-multiline-complex', yaml: `${IMAGE}\njob:\n  script:\n    - |\n      count() {\n        local n=0 word\n        for word in "$@"; do\n          case $word in\n            a*) n=$((n + 1)) ;;\n            *) ;;\n          esac\n        done\n        echo "$n"\n      }\n      if [ "$(count apple bean avocado)" = 2 ]; then\n        echo "two of $(count a a a)"\n      fi\n    - >-\n      echo folded\n      into\n      "$((1 * 1)) line"\n`, shows: ['two of 3', 'folded into 1 line'] },
  { name: 'rules-if-variable', yaml: `variables: {MODE: full}\n${IMAGE}\nyes: {rules: [{if: '$MODE == "full"', variables: {ADDED: by-rule}}], script: ['echo "taken $ADDED"']}\nno: {rules: [{if: '$MODE =~ /^part/'}], script: ['echo "not $((1 + 1)) taken"']}\n`, shows: ['taken by-rule'], never: ['not 2 taken'] },
  { name: 'retry-zero', yaml: `${IMAGE}\njob: {retry: 0, script: ['echo "once $((10 / 3))"', 'exit 2']}\n`, shows: ['once 3', 'exit 2'], fails: true },
  { name: 'tags-keyword', yaml: job(['echo "tagged $((8 / 2))"'], '  tags: [docker, linux]\n'), shows: ['tagged 4'] },
  { name: 'include-local', yaml: `include: [{local: ci/part.yml}]\n${IMAGE}\njob: {extends: .part, script: ['echo "$FROM_PART and own"']}\n`, files: { 'ci/part.yml': '.part: {variables: {FROM_PART: included}}\nother: {script: [\'echo "from the included file $((2 * 2))"\']}\n' }, shows: ['included and own', 'from the included file 4'] },
  { name: 'cache-basic', yaml: `${IMAGE}\nstages: [a, b]\nfill: {stage: a, cache: {key: k, paths: [store/]}, script: ['mkdir -p store; echo "cached $((11 * 11))" > store/f']}\nuse: {stage: b, cache: {key: k, paths: [store/], policy: pull}, script: ['cat store/f']}\n`, shows: ['cached 121'] },
  { name: 'nested-variables', yaml: `variables: {A: x, B: "$A-y", C: "\${B}-z"}\n${job(['echo "$C"', 'name=C; eval "echo via-\\$$name"'])}`, shows: ['x-y-z', 'via-x-y-z'] },
];

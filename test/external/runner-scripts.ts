// Scripts in the shapes that CI runners hand to containers, each with the command that runs it; a host's shells say what is right.

export interface RunnerScript {
  readonly name: string;
  /** What the runner runs; FILE stands for the script's path. Without FILE the script is its standard input. */
  readonly command: string;
  readonly script: string;
  /** What the environment adds. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Where a runner looks for a shell, in its order. */
const SHELLS = ['/usr/local/bin/bash', '/usr/bin/bash', '/bin/bash', '/usr/local/bin/sh', '/usr/bin/sh', '/bin/sh', '/busybox/sh'];

/** The first command of a GitLab job's container: it becomes the best shell there is, which reads the script. */
export function detection(shells: readonly string[] = SHELLS, login = false): string {
  return `${shells.map((path, at) => `${at === 0 ? 'if' : 'elif'} [ -x ${path} ]; then\n\texec ${path} ${login ? '-l' : ''}\n`).join('')}else\n\techo shell not found\n\texit 1\nfi\n\n`;
}

/** Quotes as GitLab's runner does: in ANSI-C notation. */
function ansi(text: string): string {
  const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\x1b': '\\x1b', '\\': '\\\\', "'": "\\'", '`': '\\`' };
  return `$'${text.replace(/[\n\r\t\x1b\\'`]/g, (one) => escapes[one]!)}'`;
}

/** A GitLab job's script as it comes on standard input. */
export function gitlabScript(body: string, { newEval = false, trace = false, header = '' } = {}): string {
  const evaluated = newEval ? `: | (eval ${ansi(body)})` : `: | eval ${ansi(body)}`;
  return `#!/usr/bin/env bash\n\ntrap exit 1 TERM\n\n${header}${trace ? 'set -o xtrace\n' : ''}if set -o | grep pipefail > /dev/null; then set -o pipefail; fi; set -o errexit\nset +o noclobber\n${evaluated}\nexit 0\n`;
}

const JSON_TRAP = `ended() {
\tcode=$?
\tline="{\\"command_exit_code\\": $code, \\"script\\": \\"job\\"}"
\techo ""
\techo "$line"
\texit 0
}

trap ended EXIT
`;

const STEP = `set -x
mkdir -p out/deep
cat > out/list <<'END'
b 2
a 1
c 3
END
sort out/list | tee out/sorted | while read -r name number; do echo "$name=$number"; done
for file in out/*; do [ -f "$file" ] && echo "\${file##*/} $(wc -l < "$file")"; done
total=0; while read -r _ n; do total=$((total + n)); done < out/sorted; echo "total $total"
printf '%s\\n' {1..3} | xargs -I{} echo item-{}
false || echo "tolerated $?"
`;

const JOB_BODY = `export CI=$'true'
export CI_PROJECT_DIR=$'/builds/group/project'
mkdir -p "secrets.tmp"
printf '%s' $'line one\\nline \\'two\\'' > "secrets.tmp/FILE_VARIABLE"
export FILE_VARIABLE="secrets.tmp/FILE_VARIABLE"
echo $'\\x1b[32;1m$ echo "hello" && cat $FILE_VARIABLE\\x1b[0;m'
echo "hello" && cat $FILE_VARIABLE
echo
`;

const SECTION = `printf '%b\\n' "section_start:$(date +%s):section_step_script\\r\\033[0K"$'\\x1b[32;1mExecuting "step_script" stage\\x1b[0;m' | sed 's/[0-9]\\{10\\}/NOW/'
echo body
printf '%b\\n' "section_end:$(date +%s):section_step_script\\r\\033[0K" | sed 's/[0-9]\\{10\\}/NOW/'
`;

export const RUNNER_SCRIPTS: readonly RunnerScript[] = [
  { name: 'actions: bash --noprofile --norc -e -o pipefail FILE', command: 'bash --noprofile --norc -e -o pipefail FILE', script: STEP },
  { name: 'actions: a failing pipe ends the step', command: 'bash --noprofile --norc -e -o pipefail FILE', script: 'echo before\nfalse | cat\necho after\n' },
  { name: 'actions: bash -e FILE', command: 'bash -e FILE', script: `false | cat\n${STEP}exit 3\n` },
  { name: 'actions: sh -e FILE', command: 'sh -e FILE', script: 'set -- one "two three"\nfor word; do echo "[$word]"; done\n[ -n "${HOME:-}" ] && echo home\ncase $# in 2) echo two;; esac\nx=$(printf %05d 42); echo "$x"\n(exit 4) || echo "was $?"\nfalse\necho never\n' },
  { name: 'actions: sh -e with what only bash has', command: 'sh -e FILE', script: 'echo ${BASH_VERSION:-none}\necho {1..3}\necho $((1 + 2))\n' },
  { name: 'a login shell', command: 'bash --login FILE', script: 'shopt -q login_shell && echo login\necho "${0##*/} $#"\n' },
  { name: 'a login shell that reads its input', command: 'bash -l', script: 'shopt -q login_shell && echo login\nread -r line\nthis line is data\necho "got: $line"\n' },
  { name: 'the bash of a step on standard input', command: 'bash --noprofile --norc -e -o pipefail', script: 'echo one\nread -r next\nnext line\necho "read $next"\ncat <<X\nhere $((6 * 7))\nX\nfalse | true\necho never\n' },
  { name: 'act: id -u and id -g', command: 'sh -e FILE', script: 'id -u; id -g; id -un; echo "$(id -u):$(id -g)"\n' },
  { name: 'act: chown -R', command: 'sh -e FILE', script: 'mkdir -p w/a/b; echo x > w/a/f; ln -s f w/a/l\nchown -R 1001:1002 w\nfind w -exec stat -c "%n %u:%g %F" {} + | sort\n' },
  { name: 'gitlab-ci-local: chown && chmod', command: 'sh -c FILE', script: 'mkdir -p builds/p && touch builds/p/run.sh && chmod 600 builds/p/run.sh && chown 0:0 -R builds/ && chmod 0777 -R builds/ && stat -c "%a %u:%g %n" builds builds/p builds/p/run.sh' },
  { name: 'uname and nproc', command: 'sh -e FILE', script: 'uname -s; uname -m; [ "$(nproc)" -ge 1 ] && echo processors\n' },
  { name: 'node -e', command: 'sh -e FILE', script: `node --no-warnings -e 'console.log(require("path").basename(process.execPath), 6 * 7); process.exit(5)'\n` },
  { name: 'gitlab: eval, all well', command: 'bash', script: gitlabScript(JOB_BODY) },
  { name: 'gitlab: eval, all well, in sh', command: 'sh', script: `trap exit 1 TERM\nif set -o | grep pipefail > /dev/null; then set -o pipefail; fi; set -o errexit\nset +o noclobber\n: | eval 'echo hi\necho "two $((1 + 1))"\n'\nexit 0\n` },
  { name: 'gitlab: eval, a failing line', command: 'bash', script: gitlabScript('echo first\n(exit 9)\necho never\n') },
  { name: 'gitlab: the newer eval', command: 'bash', script: gitlabScript(`${JOB_BODY}cd secrets.tmp\nls\nexit 7\n`, { newEval: true }) },
  { name: 'gitlab: a trace', command: 'bash', script: gitlabScript('echo traced\n', { trace: true }) },
  { name: 'gitlab: exit codes are checked', command: 'bash', script: gitlabScript('false || true\n_runner_exit_code=$?; if [ $_runner_exit_code -ne 0 ]; then exit $_runner_exit_code; fi\nsh -c "exit 12"\n_runner_exit_code=$?; if [ $_runner_exit_code -ne 0 ]; then exit $_runner_exit_code; fi\necho never\n') },
  { name: 'gitlab: a job reads nothing of its own script', command: 'bash', script: gitlabScript('cat; echo "cat ended"; read -r x || echo "nothing to read"\n') },
  { name: 'gitlab: variables from a file', command: 'bash', script: gitlabScript('mkdir -p "p.tmp"\ntouch "p.tmp/gitlab_runner_env"\nprintf \'%s\\n\' "A=one two" "B=x=y" > p.tmp/gitlab_runner_env\nwhile read -r line; do export "$line"; done < "p.tmp/gitlab_runner_env"\nprintenv A B\n') },
  { name: 'gitlab: a here-document of variables', command: 'bash', script: gitlabScript('cat << EOF > env\nONE="1"\nTWO="a b"\nEOF\n\n. ./env; echo "$ONE $TWO"\n') },
  { name: 'gitlab: versions compared', command: 'bash', script: gitlabScript(`current_ver="$(git version|cut -d ' ' -f 3)"\n[ -n "$current_ver" ] && current_ver=2.39.5\nfor required_ver in 2.9 2.39.5 2.40 10.0; do\n  minimum_ver="$(printf '%s\\n%s' "$required_ver" "$current_ver" | sort --version-sort | head -n1)"\n  if [ "$minimum_ver" = "$required_ver" ]; then echo "at least $required_ver"; else echo "older than $required_ver"; fi\ndone\n`) },
  { name: 'gitlab: sections', command: 'bash', script: gitlabScript(SECTION) },
  { name: 'gitlab: files removed by name', command: 'bash', script: gitlabScript('mkdir -p .git/refs/a .git/hooks r.tmp/x\ntouch .git/refs/a/x.lock .git/index.lock .git/keep\nif [ -d ".git" ]; then\n  find ".git" -name "*.lock" -type f -exec rm -f {} +\nfi\nif [ -d ".git" ]; then\n  find ".git" -name "hooks" -type d -exec rm -rf -- {} +\nfi\nif [ -e ".git/none" ]; then\n  echo there\nelse\n  rm "-r" "-f" "r.tmp"\nfi\nfind . -mindepth 1 | sort\n') },
  { name: 'gitlab: permissions before the cleaning', command: 'bash', script: gitlabScript('mkdir -p b/d; echo x > b/d/f; chmod 0500 b/d; chmod 000 b/d/f\nif [ -d "b" ]; then\n  chmod "-R" "u+rwX" "b"\nfi\nstat -c "%a %n" b/d b/d/f\nrm "-r" "-f" "b"\nls\n') },
  { name: 'gitlab: its exit as a line of JSON', command: 'bash', script: gitlabScript('echo works\nexit 6\n', { header: JSON_TRAP }) },
  { name: 'gitlab: a script saved, then run', command: 'sh -e FILE', script: `touch saved\nchmod 777 saved\necho 'echo "from a file: $0 $1"; exit 2' > saved\nsh ./saved word\n` },
  { name: 'os-release is read', command: 'sh -e FILE', script: '. /etc/os-release; [ -n "$ID" ] && [ -n "$PRETTY_NAME" ] && echo named\ncat /etc/*release | grep ^ID= | wc -l | tr -d " "\n' },
  { name: 'a health check waits', command: 'sh -e FILE', script: '(sleep 0.3; echo up > ready) &\nfor i in $(seq 1 30); do if [ -s ready ]; then echo "healthy: $(cat ready)"; exit 0; fi; sleep 0.1; done\necho timeout; exit 1\n' },
  { name: 'command -v', command: 'bash -e FILE', script: 'for tool in sh cat grep sed awk tar gzip git node; do command -v "$tool" > /dev/null && echo "$tool"; done\ncommand -v no-such-tool || echo "missing $?"\ncommand -v cd; type -t cd; type -t if; hash cat && echo hashed\n' },
  { name: 'traps and exit codes', command: 'bash -e FILE', script: `trap 'echo "{\\"exit\\":$?,\\"line\\":\\"$BASH_COMMAND\\"}"' EXIT\ntrap 'echo "err $?"' ERR\necho a\nsh -c 'exit 8'\necho never\n` },
  { name: '/proc in falling order', command: 'sh -e FILE', script: 'cd /proc; set -- $(ls -rvd [0-9]*)\nlast=; for pid; do [ -z "$last" ] || [ "$pid" -lt "$last" ] || exit 1; last=$pid; done\n[ "$last" -eq 1 ] && [ -e /proc/$$ ] && echo "falling to $last"\n' },
  { name: 'a service in the background', command: 'bash --noprofile --norc -e -o pipefail FILE', script: `mkfifo questions\n(trap 'echo stopped > said; exit 0' TERM; exec 3<>questions; while read -r -u 3 q; do echo "served $q" >> log; done) &\nserver=$!\necho one > questions; echo two > questions\nfor i in $(seq 100); do [ "$(wc -l < log 2>/dev/null)" = 2 ] && break; sleep 0.05; done\ncat log; kill -0 $server && echo alive; kill -TERM $server; wait $server; cat said\nkill -0 $server 2>/dev/null || echo gone\n` },
  { name: 'xargs -n1 -P3', command: 'bash -e FILE', script: `seq 6 | xargs -n1 -P3 sh -c 'sleep 0.0$1; echo "job $1"' sh | sort\nprintf 'a b\\0c\\0' | xargs -0 -n1 echo\nseq 3 | xargs -n1 sh -c 'exit $(($1 % 2))' sh || echo "xargs $?"\n` },
  { name: 'git init, commit, clone, status, clean', command: 'bash -e FILE', script: 'git init -q -b main r; cd r; git config user.email a@example.org; git config user.name n\nmkdir d; echo x > d/f; git add -A; git commit -q -m "first one"; git log --format=%s; git rev-parse --abbrev-ref HEAD\ngit clone -q . ../c; cat ../c/d/f; echo y >> d/f; git diff --stat | tail -n 1; git status --short; git clean -ffdx; git remote add origin https://example.org/g/p.git; git remote get-url origin\n' },
  { name: 'outputs through files, as actions have them', command: 'bash --noprofile --norc -e -o pipefail FILE', script: 'touch "$GITHUB_OUTPUT"\necho "one=1" >> "$GITHUB_OUTPUT"\n{ echo "many<<EOF"; printf "%s\\n" a b; echo EOF; } >> "$GITHUB_OUTPUT"\ncat "$GITHUB_OUTPUT"; echo "::add-mask::$(printf secret | base64)"; echo "::error file=a.c,line=1::bad" >&2\n', env: { GITHUB_OUTPUT: 'output' } },
  { name: 'a large output', command: 'bash -e FILE', script: 'for i in $(seq 20000); do echo "line $i of a long log"; done\n' },
  { name: 'bytes stay bytes', command: 'bash -e FILE', script: `printf '\\xff\\x00\\xfe' | od -An -tx1; head -c 300000 /dev/zero | tr '\\0' '\\377' | sha256sum; printf 'é' | wc -c | tr -d ' '\n` },
];

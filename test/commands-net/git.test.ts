// git, judged by the host's git: each reads what the other wrote, over the files and over HTTP.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { TestMachine, type TestRunResult } from '../support/machine.js';
import { GIT_SCRIPTS, PRELUDE } from './git-scripts.js';
import { gitServer } from './server.js';

const WHO = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.org', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@example.org', GIT_AUTHOR_DATE: '1700000000 +0000', GIT_COMMITTER_DATE: '1700000000 +0000' };

function sh(script: string, env: Record<string, string> = {}): Promise<TestRunResult> {
  return new TestMachine({ commands: allCommands }).run(['bash', '-c', script], { env: { ...WHO, ...env }, cwd: '/tmp', timeoutMs: 60_000 });
}

/** The same script by the host's bash and git, in a folder of its own. */
function onHost(script: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'git-'));
  try {
    const ran = spawnSync('bash', ['-c', script], { cwd: folder, env: { ...WHO, PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' }, stdio: ['ignore', 'pipe', 'ignore'] });
    return withoutPlace(ran.stdout.toString(), folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Paths below the folder that a script ran in. */
function withoutPlace(text: string, folder: string): string {
  return text.replaceAll(folder, '/HERE');
}

const SCRIPTS: Readonly<Record<string, string>> = {
  'object ids, log formats': 'git init -q -b main r; cd r; mkdir d; echo 1 > a; echo 2 > d/b; git add .; git commit -qm "one\n\nbody"; echo 3 >> a; git commit -qam two; git rev-parse HEAD HEAD~1 main^{tree}; git log --format="%H %an %ae %ad %s" ; git log -1; git log --oneline',
  'status': 'git init -q -b main r; cd r; echo 1 > a; echo 2 > b; echo 3 > c; git add .; git commit -qm x; echo 4 > a; git add a; rm b; echo 5 > new; mkdir n; echo 6 > n/f; git status --short; git status --porcelain -b; git status',
  'diff': 'git init -q -b main r; cd r; seq 20 > a; echo x > b; git add .; git commit -qm x; sed -i "s/^7$/seven/;19d" a; rm b; git diff; git diff --name-status; git add -A; git diff --cached; git diff --quiet; echo $?; git diff --cached --quiet; echo $?',
  'branches and tags': 'git init -q -b main r; cd r; echo 1 > a; git add .; git commit -qm x; git checkout -q -b f; echo 2 > a; git commit -qam y; git branch; git tag v1; git checkout -q main; cat a; git merge -q --ff-only f; cat a; git tag; git branch -D f; git rev-parse --abbrev-ref HEAD; git rev-parse v1',
  'reset, restore, clean': 'git init -q -b main r; cd r; echo 1 > a; git add .; git commit -qm x; echo 2 > a; echo 3 > b; git add b; git reset -q --hard; cat a; ls; echo 9 > a; git checkout -q -- a; cat a; touch u v; git clean -fdq; ls',
  'config': 'git init -q r; cd r; git config a.b 1; git config a.b; git config --get x.y; echo $?; git config "url.x.insteadOf" y; git config --get url.x.insteadof; git -c a.b=2 config a.b; git config --unset a.b; git config a.b; echo $?',
  'what a diff amounts to': 'git init -q -b main r; cd r; seq 100 > a; mkdir -p some/long/path/to/a/file/that/has/a/very/long/name/indeed/and/then; seq 5 > some/long/path/to/a/file/that/has/a/very/long/name/indeed/and/then/some-more; printf "\\0\\1" > bin; echo x > gone; git add .; git commit -qm x; seq 50 150 > a; seq 3 > some/long/path/to/a/file/that/has/a/very/long/name/indeed/and/then/some-more; printf "\\0\\2\\3" > bin; rm gone; git diff --stat; git diff --numstat; git diff --shortstat; git add -A; git diff --cached --stat; git commit -qm two; git show --stat --format=%s; git diff --stat HEAD~1; git diff --stat HEAD; echo 1 > one; git add one; git diff --cached --stat',
  'describe, rev-list, symbolic-ref': 'git init -q -b main r; cd r; git describe; echo $?; for i in 1 2 3 4; do echo $i > f; git add f; git commit -qm c$i; [ $i = 1 ] && git tag light; [ $i = 2 ] && git tag -a v1.0 -m one; done; git describe; git describe --tags; git describe --long; git describe --abbrev=0; git describe --abbrev=10; git describe --exact-match; echo $?; git describe --match "x*" --always; git describe v1.0; git describe --tags HEAD~3; echo 5 > f; git describe --dirty; git describe --dirty=+mod; git checkout -q -- f; git describe --dirty; git rev-list --count HEAD; git rev-list HEAD~2..HEAD; git rev-list -n 1 v1.0; git rev-list --count main ^v1.0; git rev-list --max-parents=0 HEAD; git rev-list --reverse HEAD; git rev-list --count --all; git symbolic-ref HEAD; git symbolic-ref --short HEAD; git checkout -q HEAD~1; git symbolic-ref -q HEAD; echo $?; git symbolic-ref HEAD; echo $?',
  'clone of a path': 'git init -q -b main r; cd r; mkdir d; echo 1 > d/f; git add .; git commit -qm one; git tag v1; git checkout -q -b side; echo 2 > g; git add g; git commit -qm two; git checkout -q main; cd ..; git clone -q r c; cat c/d/f; git -C c rev-parse --abbrev-ref HEAD; git -C c remote get-url origin | sed "s,.*/,,"; git -C c rev-parse origin/side v1 HEAD; git -C c status -s; git clone -q -b side "file://$PWD/r" e; ls e; git -C e log --format=%s; git clone -q r; echo $?; git clone -q none x; echo $?; git clone -q -b none r y; echo $?; ls',
  'a bare repository between two clones': 'git init -q --bare -b main hub.git; git clone -q hub.git a 2>/dev/null; cd a; echo 1 > f; git add f; git commit -qm one; git push -q origin main; git tag v1; git push -q origin v1; git checkout -q -b work; echo 2 > g; git add g; git commit -qm two; git push -q -u origin work >/dev/null; cd ..; git clone -q hub.git b; cd b; ls; git tag; git checkout -q main; echo 3 >> f; git commit -qam three; git push -q; git fetch -q; git rev-parse origin/main; cd ../a; git checkout -q main; echo 4 >> f; git commit -qam four; git push -q origin main 2>/dev/null; echo rejected $?; git fetch -q origin; git reset -q --hard origin/main; cat f; git push -q origin --delete work; git ls-remote --heads origin | cut -f2; git ls-remote ../hub.git | cut -f2; cd ../b; git pull -q --ff-only; git log --format=%s; git clone -q --bare ../hub.git ../copy.git; git -C ../copy.git rev-parse main',
  'a push into a working tree': 'git init -q -b main r; cd r; echo 1 > f; git add f; git commit -qm one; cd ..; git clone -q r c; cd c; echo 2 > f; git commit -qam two; git push -q origin main 2>/dev/null; echo $?; git push -q origin main:other; git -C ../r rev-parse other; git -C ../r log --format=%s other; git fetch -q ../r main; cut -f1 .git/FETCH_HEAD; git ls-remote ../none 2>/dev/null; echo $?',
  'failures': 'git log; echo $?; git init -q -b main r; cd r; git log; echo $?; git commit -m x; echo $?; git checkout nothing; echo $?; git rev-parse --verify -q HEAD; echo $?; git add none; echo $?',
};

// One after another: at once, each would wait for all others, and its time be over.
for (const [name, script] of Object.entries(SCRIPTS)) {
  test.serial(`as the host's git: ${name}`, async (t) => {
    const ran = await sh(script);
    t.is(withoutPlace(ran.stdout, '/tmp'), onHost(script), ran.stderr);
  });
}

for (const [name, script] of Object.entries(GIT_SCRIPTS)) {
  test.serial(`as the host's git: ${name}`, async (t) => {
    const ran = await sh(PRELUDE + script, { HOME: '/tmp' });
    t.is(withoutPlace(ran.stdout, '/tmp'), onHost(PRELUDE + script), ran.stderr);
  });
}

test('negative control: a script that prints something else is told apart', async (t) => {
  t.not((await sh('git --version; echo ours')).stdout, onHost('git --version'));
});

test('clone, fetch, push over HTTP', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'git-'));
  const server = await gitServer(folder);
  try {
    execFileSync('bash', ['-c', 'git init -q -b main w && cd w && echo 1 > a && git add . && git commit -qm first && git tag v1 && cd .. && git clone -q --bare w r.git && git -C r.git config http.receivepack true'], { cwd: folder, env: { ...process.env, ...WHO }, stdio: 'ignore' });
    const ran = await sh('git clone -q $U/r.git c && cd c && cat a && git checkout -q -b work && echo 2 > b && git add b && git commit -qm second && git push -q origin work && git ls-remote --heads origin | cut -f2 && git fetch -q origin && git rev-parse work', { U: server.url });
    const pushed = execFileSync('git', ['-C', join(folder, 'r.git'), 'rev-parse', 'work']).toString();
    t.is(ran.stdout, `1\nrefs/heads/main\nrefs/heads/work\n${pushed}`, ran.stderr);
    t.is((await sh('git clone $U/none.git; echo $?', { U: server.url })).stdout, '128\n');
    const init = await sh('git init -q c; cd c; git remote add origin $U/r.git; git fetch --depth 1 -q origin +refs/heads/main:refs/remotes/origin/main && git checkout -q --force refs/remotes/origin/main && cat a && git log -1 --format=%s', { U: server.url });
    t.is(init.stdout, '1\nfirst\n', init.stderr);
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The calls of GitHub's checkout action, for one commit of a repository whose token comes from a file that is included. */
const CHECKOUT = `git init -q . && git remote add origin $U/r.git && git config --local gc.auto 0
git config --local --name-only --get-regexp core\\.sshCommand; echo $?
git submodule foreach --recursive sh -c "git config --local --name-only --get-regexp 'core\\.sshCommand' && git config --local --unset-all 'core.sshCommand' || :"
git config --file /tmp/credentials.config http.$U/.extraheader 'AUTHORIZATION: basic dDp0' && git config --local includeIf.gitdir:$PWD/.git.path /tmp/credentials.config
git config --get http.$U/.extraheader
git -c protocol.version=2 fetch -q --no-tags --prune --no-recurse-submodules --depth=1 origin +$ID:refs/remotes/origin/main
git sparse-checkout disable; git config --local --unset-all extensions.worktreeConfig; echo $?
git checkout -q --progress --force -B main refs/remotes/origin/main && git log -1 --format=%H && cat a && git status --porcelain && git rev-parse --is-shallow-repository
git branch --list --remote origin/main; git tag --list; git rev-parse refs/remotes/origin/main^{object}
`;

test('a checkout as CI does it: a token by an included file, one commit, a branch at it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'git-'));
  const server = await gitServer(folder);
  try {
    execFileSync('bash', ['-c', 'git init -q -b main w && cd w && echo 1 > a && git add . && git commit -qm first && echo 2 > a && git commit -qam second && cd .. && git clone -q --bare w r.git && git -C r.git config uploadpack.allowAnySHA1InWant true'], { cwd: folder, env: { ...process.env, ...WHO }, stdio: 'ignore' });
    const id = execFileSync('git', ['-C', join(folder, 'r.git'), 'rev-parse', 'main']).toString().trim();
    const ran = await sh(`mkdir -p /tmp/work; cd /tmp/work; ${CHECKOUT}`, { U: server.url, ID: id, HOME: '/tmp' });
    t.is(ran.stdout, `1\nAUTHORIZATION: basic dDp0\n5\n${id}\n2\ntrue\n  origin/main\n${id}\n`, ran.stderr);
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

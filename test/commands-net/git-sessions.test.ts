// Whole sessions of git beside the host's: everything that is said, the exit code, and the repository that is left.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { TestMachine } from '../support/machine.js';
import { PRELUDE } from './git-scripts.js';
import { GIT_SESSIONS } from './git-sessions.js';

const WHO = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.org', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@example.org', GIT_AUTHOR_DATE: '1700000000 +0000', GIT_COMMITTER_DATE: '1700000000 +0000' };

interface Told {
  readonly text: string;
  readonly exitCode: number | null;
}

function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'git-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function onHost(script: string): Told {
  return inFolder((folder) => {
    const ran = spawnSync('bash', ['-c', script], { cwd: folder, env: { ...WHO, PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' }, stdio: ['ignore', 'pipe', 'ignore'] });
    return { text: ran.stdout.toString().replaceAll(folder, '/HERE'), exitCode: ran.status };
  });
}

/** Copies a folder of the machine to the host. */
function bringOut({ files }: TestMachine, from: string, to: string): void {
  mkdirSync(to);
  for (const { name } of files.readdir(from)) {
    const [source, target] = [`${from}/${name}`, join(to, name)];
    const { type } = files.lstat(source);
    if (type === 'directory') bringOut({ files } as TestMachine, source, target);
    else if (type === 'symlink') symlinkSync(files.readlink(source), target);
    else writeFileSync(target, files.readFile(source));
  }
}

/** What the host's git finds wrong with a repository of the machine. */
function fsck(machine: TestMachine, path: string): string {
  return inFolder((folder) => {
    bringOut(machine, path, join(folder, 'r'));
    const ran = spawnSync('git', ['-C', join(folder, 'r'), '-c', 'safe.directory=*', 'fsck', '--no-dangling'], { env: { ...process.env, HOME: folder } });
    return ran.status === 0 ? '' : ran.stderr.toString();
  });
}

async function inMachine(script: string): Promise<Told & { readonly machine: TestMachine }> {
  const machine = new TestMachine({ commands: allCommands });
  const { stdout, exitCode } = await machine.run(['bash', '-c', script], { env: { ...WHO, HOME: '/tmp' }, cwd: '/tmp', timeoutMs: 60_000 });
  return { text: stdout.replaceAll('/tmp', '/HERE'), exitCode, machine };
}

// One after another: at once, each would wait for all others, and its time be over.
for (const [name, session] of Object.entries(GIT_SESSIONS)) {
  test.serial(`a session as the host's git: ${name}`, async (t) => {
    const script = `exec 2>&1; ${PRELUDE}${session}`;
    const { machine, ...ours } = await inMachine(script);
    t.deepEqual(ours, onHost(script));
    t.deepEqual(machine.defects, []);
    t.is(fsck(machine, '/tmp/r'), '');
  });
}

test('negative control: a broken repository is told', async (t) => {
  const { machine } = await inMachine(`${PRELUDE}new; rm -r .git/objects/??`);
  t.not(fsck(machine, '/tmp/r'), '');
});

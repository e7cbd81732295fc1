// A Node program tries everything to get out of its machine, in generated spellings: nothing of the host may be reached.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { BUILTIN_MARKER } from '../../actors/sandbox/programs/builtin.js';
import { nodeKind } from '../../actors/sandbox/programs/node/index.js';
import { openCanary, SECRET } from '../support/canary.js';
import { TestMachine, type TestRunResult } from '../support/machine.js';
import { attemptsProgram, nodeAttempts } from './node-attempts.js';

/** Attempts in one program, and programs. */
const BATCH = 50, BATCHES = 3;

function inMachine(program: string, network: boolean): Promise<TestRunResult> {
  const machine = new TestMachine({
    commands: allCommands, kinds: [nodeKind()], network,
    files: { '/usr/local/bin/node': { content: BUILTIN_MARKER, mode: 0o755 }, '/work/main.js': program },
  });
  return machine.run(['node', '--no-warnings', 'main.js'], { cwd: '/work', timeoutMs: 110_000 });
}

/** What of a program's output shows that an attempt got something, with that attempt. */
function gains(attempts: readonly string[], stdout: string): string[] {
  const lines = stdout.split('\n').filter((line) => line.includes(SECRET) || /a thread of its own making|host folders|loaded| size \d|,secret|^\d+ secret/.test(line));
  return lines.map((line) => `${attempts[Number.parseInt(line, 10)]}: ${line}`);
}

for (const network of [true, false]) {
  test(`no attempt of a Node program gets out, ${network ? 'with' : 'without'} a network`, async (t) => {
    const canary = await openCanary();
    t.teardown(() => canary.close());
    const seed = Math.trunc(Math.random() * 2 ** 31);
    const all = fc.sample(nodeAttempts(canary), { numRuns: BATCH * BATCHES, seed });
    for (let at = 0; at < all.length; at += BATCH) {
      const attempts = all.slice(at, at + BATCH);
      const ran = await inMachine(attemptsProgram(attempts), network);
      t.true(ran.stdout.includes(`tried ${attempts.length}\n`), `seed ${seed}, stopped early: exit code ${ran.exitCode} ${ran.stdout.slice(-300)} ${ran.stderr.slice(-600)} at ${attempts[ran.stdout.split('\n').length - 1]}`);
      t.deepEqual([...gains(attempts, ran.stdout), ...canary.touched], [], `seed ${seed}`);
      t.true(canary.isIntact(), `seed ${seed}`);
    }
  });
}

test('the same attempts succeed where nothing confines them (negative control)', async (t) => {
  const canary = await openCanary();
  t.teardown(() => canary.close());
  const program = attemptsProgram(fc.sample(nodeAttempts(canary), { numRuns: 200, seed: 5 }));
  const path = join(canary.folder, 'main.cjs');
  writeFileSync(path, program);
  // Beside this process, whose event loop answers the attempts.

  const stdout = await new Promise<string>((done) => {
    let text = '';
    const child = spawn(process.execPath, ['--no-warnings', path], { cwd: canary.folder, stdio: ['ignore', 'pipe', 'ignore'] });
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.on('close', () => done(text));
  });
  t.true(stdout.includes(SECRET), 'a file is read');
  t.deepEqual([...new Set(canary.touched)].sort(), ['tcp', 'udp', 'unix']);
  t.false(canary.isIntact(), 'a file is changed');
});

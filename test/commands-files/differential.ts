// Runs the same commands in our machine and with the host's own tools, and compares what a script could see of them.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, mkdirSync, writeFileSync, symlinkSync, chmodSync } from 'node:fs';
import { constants, getPriority, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { PATIENCE_MS, type TestFile, TestMachine, type TestRunOptions } from '../support/machine.js';

export interface Seen {
  stdout: string;
  stderr: string;
  exitCode: number;
}

export interface Scenario {
  /** Relative path -> content, made in an empty folder that is the working directory. */
  files?: Readonly<Record<string, TestFile>>;
  env?: Readonly<Record<string, string>>;
  stdin?: string;
  /** Messages are compared too, unless said otherwise. */
  ignoreStderr?: boolean;
  /** What differs by nature (times, inode numbers) is taken out before comparing. */
  normalise?: (text: string) => string;
}

/** For commands that list in the order of the file system. */
export function sortLines(text: string): string {
  return text.split('\n').sort().join('\n');
}

/** A machine with all commands of this room and the scenario's files in /work. */
export function machineWith(files: Readonly<Record<string, TestFile>> = {}): TestMachine {
  const placed: Record<string, TestFile> = { '/work': null };
  for (const [path, file] of Object.entries(files)) placed[`/work/${path}`] = file;
  return new TestMachine({ files: placed, commands: allCommands });
}

/** Runs `argv` in /work of our machine. */
export async function runOurs(machine: TestMachine, argv: readonly string[], options: TestRunOptions = {}): Promise<Seen> {
  const { stdout, stderr, exitCode } = await machine.run(argv, { cwd: '/work', timeoutMs: PATIENCE_MS, niceness: getPriority(), ...options, env: { LC_ALL: 'C', TZ: 'UTC', ...options.env } });
  return { stdout, stderr, exitCode };
}

function prepare(folder: string, files: Readonly<Record<string, TestFile>>): void {
  for (const [path, file] of Object.entries(files)) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    if (file === null) mkdirSync(target, { recursive: true });
    else if (typeof file === 'string' || file instanceof Uint8Array) writeFileSync(target, file);
    else if (file.symlink !== undefined) symlinkSync(file.symlink, target);
    else {
      writeFileSync(target, file.content ?? '');
      chmodSync(target, file.mode ?? 0o644);
    }
  }
}

/** Whether the host has the command at all (GNU's, where the suite compares with GNU). */
export function hostHas(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
}

/** Runs each command line in turn in both worlds and compares. Skips, loudly, what the host lacks. */
export async function agree(t: ExecutionContext, scenario: Scenario, lines: readonly (readonly string[])[]): Promise<void> {
  const missing = lines.map(([name]) => name!).filter((name) => !hostHas(name));
  if (missing.length > 0) {
    t.log(`skipped: this host has no ${missing.join(', ')}`);
    t.pass();
    return;
  }
  const machine = machineWith(scenario.files);
  const folder = mkdtempSync(join(tmpdir(), 'sockerless-commands-'));
  const clean = (text: string): string => (scenario.normalise ?? ((same) => same))(text.replaceAll(folder, '/work'));
  try {
    prepare(folder, scenario.files ?? {});
    const differences: string[] = [];
    for (const argv of lines) {
      const stdin = scenario.stdin ?? '';
      const ours = await runOurs(machine, argv, { stdin, ...(scenario.env ? { env: scenario.env } : {}) });
      const theirs = spawnSync(argv[0]!, argv.slice(1), {
        cwd: folder, input: stdin, encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: '/root', LC_ALL: 'C', TZ: 'UTC', ...scenario.env },
      });
      const see = (seen: Seen): Partial<Seen> => ({
        exitCode: seen.exitCode, stdout: clean(seen.stdout), ...(scenario.ignoreStderr === true ? {} : { stderr: clean(seen.stderr) }),
      });
      const pair = { ours: see(ours), theirs: see({ stdout: theirs.stdout, stderr: theirs.stderr, exitCode: theirs.status ?? 128 + constants.signals[theirs.signal!] }) };
      if (JSON.stringify(pair.ours) !== JSON.stringify(pair.theirs)) differences.push(`${argv.join(' ')}\n  ours   ${JSON.stringify(pair.ours)}\n  theirs ${JSON.stringify(pair.theirs)}`);
    }
    t.is(differences.join('\n'), '');
    t.deepEqual(machine.defects, []);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

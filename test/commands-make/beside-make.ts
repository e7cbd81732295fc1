// Runs makefiles of a case file in a machine of ours and with the host's make, and says where they differ.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { TestMachine } from '../support/machine.js';

const LIKE = 'GNU Make 4.3';
const ENVIRONMENT = { HOME: '/root', LC_ALL: 'C', TZ: 'UTC' };

export interface Case {
  title: string;
  files: Record<string, string>;
  commands: string[];
}

export function parseCases(text: string): Case[] {
  return text.split(/^=== /m).slice(1).map((section) => {
    const [title, ...lines] = section.trimEnd().split('\n');
    const one: Case = { title: title!, files: {}, commands: [] };
    let file: string | undefined;
    for (const line of lines) {
      if (line.startsWith('--- ')) one.files[(file = line.slice(4))] = '';
      else if (line.startsWith('$ ')) {
        file = undefined;
        one.commands.push(line.slice(2));
      } else if (file !== undefined) one.files[file] += `${line}\n`;
    }
    return one;
  });
}

/** The cases of a file in `cases/`. */
export function casesOf(name: string): Case[] {
  return parseCases(readFileSync(join('test/commands-make/cases', `${name}.txt`), 'utf8'));
}

export function hostMake(): string | undefined {
  return spawnSync('make', ['--version'], { encoding: 'utf8' }).stdout?.split('\n')[0];
}

/** What differs, one text for each command that does; undefined where the host has no make to compare with. */
export async function differences({ files, commands }: Case, machine = machineFor({ files })): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'commands-make-'));
  const found: string[] = [];
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const clean = (text: string): string => text.replaceAll(folder, '/box');
    for (const line of commands) {
      const host = spawnSync('sh', ['-c', line], { cwd: folder, encoding: 'utf8', env: { ...ENVIRONMENT, PATH: process.env.PATH }, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
      const ours = await machine.run(['sh', '-c', line], { cwd: '/box', env: ENVIRONMENT, timeoutMs: 60_000 });
      const theirs = { exitCode: host.status, stdout: clean(host.stdout), stderr: clean(host.stderr) };
      const own = { exitCode: ours.exitCode, stdout: ours.stdout, stderr: ours.stderr };
      if (JSON.stringify(theirs) !== JSON.stringify(own)) found.push(`${line}\n  ours   ${JSON.stringify(own)}\n  theirs ${JSON.stringify(theirs)}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return [...found, ...machine.defects.map(String)];
}

export function machineFor({ files }: Pick<Case, 'files'>): TestMachine {
  return new TestMachine({ commands: allCommands, files: { '/box': null, ...Object.fromEntries(Object.entries(files).map(([path, content]) => [`/box/${path}`, content])) } });
}

/** Asserts that a case comes out as on the host; skips, loudly, where the host's make is another one. */
export async function alike(t: ExecutionContext, one: Case): Promise<void> {
  const found = hostMake();
  if (found !== LIKE) {
    t.log(`skipped: this host has ${found ?? 'no make'}, not ${LIKE}`);
    t.pass();
    return;
  }
  t.deepEqual(await differences(one), []);
}

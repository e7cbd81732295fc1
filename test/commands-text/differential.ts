// Runs the same command in our machine and with the host's own tool over the same files, and compares output and exit code.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { PATIENCE_MS, TestMachine } from '../support/machine.js';

export interface Case {
  argv: readonly string[];
  stdin?: string | Uint8Array;
  files?: Readonly<Record<string, string | Uint8Array>>;
}

export interface Outcome {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** Files of the working folder afterwards. */
  files: Record<string, string>;
}

const missing = new Set<string>();

/** Whether the host has the tool; says so once where it has not. */
export function hostHas(tool: string): boolean {
  const found = (process.env.PATH ?? '').split(':').some((folder) => {
    try {
      return statSync(join(folder, tool)).isFile();
    } catch {
      return false;
    }
  });
  if (!found && !missing.has(tool)) {
    missing.add(tool);
    console.warn(`SKIPPED: no ${tool} on this host to compare with`);
  }
  return found;
}

/** Runs it in our machine, in /box. */
export async function runOurs({ argv, stdin, files = {} }: Case): Promise<Outcome> {
  const placed = Object.fromEntries(Object.entries(files).map(([name, content]) => [`/box/${name}`, content]));
  const machine = new TestMachine({ commands: allCommands, files: { '/box': null, ...placed } });
  const result = await machine.run(argv, { cwd: '/box', stdin: stdin ?? '', timeoutMs: PATIENCE_MS });
  if (machine.defects.length > 0) throw machine.defects[0];
  const after: Record<string, string> = {};
  for (const { name, type } of machine.files.readdir('/box')) {
    if (type === 'file') after[name] = Buffer.from(machine.files.readFile(`/box/${name}`)).toString('latin1');
  }
  return { exitCode: result.exitCode, stdout: result.stdoutBytes.toString('latin1'), stderr: result.stderr, files: after };
}

/** Runs it with the host's tool, in a folder of its own. */
export function runHost({ argv, stdin, files = {} }: Case, locale = 'C.UTF-8'): Outcome {
  const folder = mkdtempSync(join(tmpdir(), 'commands-text-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const result = spawnSync(argv[0]!, argv.slice(1), {
      cwd: folder, input: stdin ?? '', env: { HOME: '/root', PATH: process.env.PATH ?? '', LC_ALL: locale, TZ: 'UTC' }, timeout: PATIENCE_MS, maxBuffer: 1 << 28,
    });
    const after: Record<string, string> = {};
    for (const name of readdirSync(folder)) if (statSync(join(folder, name)).isFile()) after[name] = readFileSync(join(folder, name), 'latin1');
    return { exitCode: result.status ?? 128, stdout: result.stdout.toString('latin1'), stderr: result.stderr.toString(), files: after };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What differs, or undefined. Messages are compared by their first line, the program's own name and path taken off. */
export async function difference(one: Case, options: { stderr?: boolean } = {}): Promise<string | undefined> {
  const host = runHost(one);
  const ours = await runOurs(one);
  const shown = JSON.stringify(one.argv);
  if (ours.stdout !== host.stdout) return `${shown} printed ${JSON.stringify(ours.stdout)} instead of ${JSON.stringify(host.stdout)} ${ours.stderr}`;
  if (ours.exitCode !== host.exitCode) return `${shown} exited ${ours.exitCode} instead of ${host.exitCode}: ${ours.stderr}`;
  if (JSON.stringify(sorted(ours.files)) !== JSON.stringify(sorted(host.files))) return `${shown} left ${JSON.stringify(ours.files)} instead of ${JSON.stringify(host.files)}`;
  if (options.stderr !== true) return undefined;
  const firstLine = (text: string): string => text.split('\n')[0]!.replaceAll('\u2018', "'").replaceAll('\u2019', "'");
  return firstLine(ours.stderr) === firstLine(host.stderr) ? undefined : `${shown} said ${ours.stderr} instead of ${host.stderr}`;
}

function sorted(files: Record<string, string>): [string, string][] {
  return Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Asserts that all cases behave as the host's tools do. */
export async function sameAsHost(t: ExecutionContext, cases: readonly Case[], options: { stderr?: boolean } = {}): Promise<void> {
  const found: string[] = [];
  for (const one of cases) {
    const text = hostHas(one.argv[0]!) ? await difference(one, options) : undefined;
    if (text !== undefined) found.push(text);
  }
  t.deepEqual(found, []);
}

/** `cases('cut', stdin, [['-f1'], …])`. */
export function cases(tool: string, stdin: string | Uint8Array, argumentLists: readonly (readonly string[])[], files?: Case['files']): Case[] {
  return argumentLists.map((args) => ({ argv: [tool, ...args], stdin, ...(files ? { files } : {}) }));
}

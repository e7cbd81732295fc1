// Runs lines of commands in a machine of ours and with the host's own tools, each in a fresh copy of the same files, and says where they differ.
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { type TestFile, TestMachine } from '../support/machine.js';
import { AGE_SECONDS, DATED, ENVIRONMENT, FILES, INPUT } from './tree.js';

const TIMEOUT_SECONDS = 8;
const AT_ONCE = 4;

export interface Seen {
  readonly exitCode: number;
  /** Bytes, as latin1. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface Difference {
  readonly line: string;
  readonly real: Seen;
  readonly ours: Seen;
}

export type Answerer = (lines: readonly string[], folder: string) => Promise<Seen[]>;

/** GNU's tools quote by the locale; to scripts it is the same. */
function plainQuotes(bytes: Buffer): string {
  return Buffer.from(bytes.toString().replaceAll(/[\u2018\u2019]/g, "'")).toString('latin1');
}

async function inMachine(line: string, folder: string): Promise<Seen> {
  const box = `${folder}/box`;
  const files: Record<string, TestFile> = { [box]: null };
  for (const [name, file] of Object.entries(FILES)) files[`${box}/${name}`] = file;
  const machine = new TestMachine({ commands: allCommands, files });
  for (const name of [...DATED, '']) machine.files.utimes(`${box}/${name}`, AGE_SECONDS * 1000, AGE_SECONDS * 1000);
  const ran = await machine.run(['bash', '-c', line], { cwd: box, env: ENVIRONMENT, stdin: INPUT, timeoutMs: TIMEOUT_SECONDS * 1000 });
  const defects = machine.defects.map((defect) => `a defect: ${String((defect as Error).stack ?? defect)}`).join('\n');
  return { exitCode: ran.exitCode, stdout: ran.stdoutBytes.toString('latin1'), stderr: plainQuotes(ran.stderrBytes) + defects };
}

export const ours: Answerer = async (lines, folder) => {
  const seen: Seen[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let id = next++; id < lines.length; id = next++) seen[id] = await inMachine(lines[id]!, folder);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return seen;
};

const DRIVER = `cd "$1" || exit
while read -r id; do
  rm -rf box; cp -a tree box; cd box
  timeout -s KILL $2 env -i $3 SHLVL=3 bash -c "$(cat ../lines/$id)" <../input >../out/$id 2>../err/$id
  echo "$id $?"
  cd ..
done 2>/dev/null
`;

function layOut(folder: string, lines: readonly string[]): void {
  for (const name of ['tree', 'lines', 'out', 'err']) mkdirSync(join(folder, name));
  for (const [name, file] of Object.entries(FILES)) {
    const path = join(folder, 'tree', name);
    if (file === null) mkdirSync(path);
    else if (typeof file === 'string' || file instanceof Uint8Array) writeFileSync(path, file);
    else if (file.symlink !== undefined) symlinkSync(file.symlink, path);
    else {
      writeFileSync(path, file.content ?? '');
      chmodSync(path, file.mode ?? 0o644);
    }
  }
  for (const name of [...DATED, '.']) utimesSync(join(folder, 'tree', name), AGE_SECONDS, AGE_SECONDS);
  lines.forEach((line, id) => writeFileSync(join(folder, 'lines', String(id)), line));
  writeFileSync(join(folder, 'input'), INPUT);
  writeFileSync(join(folder, 'driver'), DRIVER);
}

const theirs: Answerer = async (lines, folder) => {
  layOut(folder, lines);
  const environment = Object.entries(ENVIRONMENT).map(([name, value]) => `${name}=${value}`).join(' ');
  const child = spawn('sh', [join(folder, 'driver'), folder, String(TIMEOUT_SECONDS), environment], { stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  child.stdin.end(lines.map((_, id) => `${id}\n`).join(''));
  const parts: Buffer[] = [];
  for await (const part of child.stdout) parts.push(part as Buffer);
  const codes = new Map(Buffer.concat(parts).toString().trim().split('\n').map((line) => line.split(' ').map(Number) as [number, number]));
  if (codes.size !== lines.length) throw new Error(`the driver answered ${codes.size} of ${lines.length} lines`);
  return lines.map((_, id) => ({
    exitCode: codes.get(id)!, stdout: readFileSync(join(folder, 'out', String(id)), 'latin1'), stderr: plainQuotes(readFileSync(join(folder, 'err', String(id)))),
  }));
};

/** Where they differ, in order. Messages count unless said otherwise. */
export async function compare(lines: readonly string[], { answerer = ours, messages = true }: { answerer?: Answerer; messages?: boolean } = {}): Promise<Difference[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lines-'));
  try {
    const [real, mine] = await Promise.all([theirs(lines, folder), answerer(lines, folder)]);
    return lines.map((line, i) => ({ line, real: real[i]!, ours: mine[i]! })).filter(({ real: a, ours: b }) => a.exitCode !== b.exitCode || a.stdout !== b.stdout || (messages && a.stderr !== b.stderr));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const SHOWN_MAX = 300;

/** A difference as people read it. */
export function shown({ line, real, ours: mine }: Difference): string {
  const text = (bytes: string): string => JSON.stringify(Buffer.from(bytes, 'latin1').toString()).slice(0, SHOWN_MAX);
  const outcome = ({ exitCode, stdout, stderr }: Seen): string => `${exitCode} ${text(stdout)}${stderr === '' ? '' : ` said ${text(stderr)}`}`;
  return `${line}\n  real: ${outcome(real)}\n  ours: ${outcome(mine)}`;
}

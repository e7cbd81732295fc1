// Runs a generated program in an embedded machine of its own, at the same path and over the same files as the real shell did.
import { allCommands } from '../../../actors/sandbox/commands/index.js';
import { type TestFile, TestMachine } from '../../support/machine.js';
import { DATED, ENVIRONMENT, FILES, INPUT, type Result } from './batch.js';
import type { Program } from './program.js';

const TIMEOUT_MS = 30_000;
const IDLE_MS = 300;
const STEP_MS = 5;

/** What a program leaves running still writes, as on a real machine. */
async function idle({ kernel }: TestMachine): Promise<void> {
  for (let waited = 0; kernel.processes.size > 0 && waited < IDLE_MS; waited += STEP_MS) await new Promise((resolve) => setTimeout(resolve, STEP_MS));
}

/** `id` is the program's number in the batch, `folder` the batch's. */
export async function runInMachine({ shell, by, text }: Program, id: number, folder: string): Promise<Result> {
  const box = `${folder}/box`;
  const script = `${folder}/programs/${id}`;
  const files: Record<string, TestFile> = { [box]: null, [script]: text };
  for (const [name, file] of Object.entries(FILES)) files[`${box}/${name}`] = file;
  const machine = new TestMachine({ commands: allCommands, files });
  for (const name of DATED) machine.files.utimes(`${box}/${name}`, 1e12, 1e12);
  const argv = by === 'file' ? [shell, `../programs/${id}`] : by === 'stdin' ? [shell] : [shell, '-c', text.replace(/\n+$/, '')];
  const parts: Buffer[] = [];
  const started = machine.start(argv, { cwd: box, env: ENVIRONMENT, onStdout: (bytes) => parts.push(Buffer.from(bytes)) });
  started.stdin.push(Buffer.from(by === 'stdin' ? text : INPUT));
  started.stdin.end();
  const timer = setTimeout(() => machine.kernel.terminate(started.process, { signal: 9 }), TIMEOUT_MS);
  const { exitCode } = await started.ended;
  clearTimeout(timer);
  await idle(machine);
  // What loops in the background would go on for as long as the check lives, and grow.
  machine.halt();
  if (machine.defects.length > 0) return { exitCode: -1, stdout: `a defect: ${String((machine.defects[0] as Error).stack ?? machine.defects[0])}` };
  return { exitCode, stdout: Buffer.concat(parts).toString('latin1') };
}

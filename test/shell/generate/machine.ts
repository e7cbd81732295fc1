// Runs a generated program in an embedded machine of its own, at the same path and over the same files as the real shell did.
import { allCommands } from '../../../actors/sandbox/commands/index.js';
import { type TestFile, TestMachine } from '../../support/machine.js';
import { DATED, ENVIRONMENT, FILES, INPUT, type Result } from './batch.js';
import type { Program } from './program.js';

const TIMEOUT_MS = 10_000;

/** `id` is the program's number in the batch, `folder` the batch's. */
export async function runInMachine({ shell, by, text }: Program, id: number, folder: string): Promise<Result> {
  const box = `${folder}/box`;
  const script = `${folder}/programs/${id}`;
  const files: Record<string, TestFile> = { [box]: null, [script]: text };
  for (const [name, file] of Object.entries(FILES)) files[`${box}/${name}`] = file;
  const machine = new TestMachine({ commands: allCommands, files });
  for (const name of DATED) machine.files.utimes(`${box}/${name}`, 1e12, 1e12);
  const argv = by === 'file' ? [shell, `../programs/${id}`] : by === 'stdin' ? [shell] : [shell, '-c', text.replace(/\n+$/, '')];
  const ran = await machine.run(argv, { cwd: box, env: ENVIRONMENT, stdin: by === 'stdin' ? text : INPUT, timeoutMs: TIMEOUT_MS });
  if (machine.defects.length > 0) return { exitCode: -1, stdout: `a defect: ${String((machine.defects[0] as Error).stack ?? machine.defects[0])}` };
  return { exitCode: ran.exitCode, stdout: ran.stdoutBytes.toString('latin1') };
}

// The main module of a Python child: makes the snapshot of a fresh interpreter, or runs one program.
import fs from 'node:fs';
import { BOOTSTRAP } from './bootstrap.mjs';
import { loadInterpreter } from './interpreter.mjs';

/** Where the snapshot is read or written. */
const SNAPSHOT_FD = 6;

const [folder, mode] = process.argv.slice(2) as [string, 'make' | 'run' | 'run-without-snapshot'];

if (mode === 'make') {
  const { pyodide } = await loadInterpreter(folder, { makesSnapshot: true });
  pyodide.runPython(BOOTSTRAP);
  fs.writeFileSync(SNAPSHOT_FD, pyodide.makeMemorySnapshot());
} else {
  const { runProgram } = await import('./program.mjs');
  await runProgram(folder, mode === 'run' ? fs.readFileSync(SNAPSHOT_FD) : undefined);
}

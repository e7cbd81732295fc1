// Running a Python program: the interpreter in a confined Node process of the host whose every file, process and signal is the machine's.
import { closeSync } from 'node:fs';
import type { Process } from '../../kernel/process.js';
import { encode } from '../../kernel/text.js';
import { settle, type Task } from '../../kernel/wait.js';
import { HostNode } from '../node/host-node.js';
import { executablePath } from '../node/run.js';
import { runChild } from '../node/serve.js';
import { openSnapshot, pythonCommand, pythonPackage } from './runtime.js';
import { SystemCalls } from './system-calls.js';

const CANNOT_EXECUTE = 126;

export function* runPython(process: Process, path: string, cacheFolder: string | undefined): Task<number> {
  const found = pythonPackage();
  if (!found) {
    yield* process.write(2, encode(`${process.argv[0]}: no Python here: the server's optional package pyodide is not installed (npm install pyodide), or use --backend oci\n`));
    return CANNOT_EXECUTE;
  }
  const snapshot = cacheFolder === undefined ? undefined : yield* settle(openSnapshot(found, cacheFolder));
  const { network, budget } = process.kernel;
  let host: HostNode;
  try {
    const mode = snapshot === undefined ? 'run-without-snapshot' : 'run';
    host = new HostNode(pythonCommand(found, mode, { network, memoryMaxBytes: budget.memoryMaxBytes }), snapshot === undefined ? [] : [snapshot]);
  } finally {
    if (snapshot !== undefined) closeSync(snapshot);
  }
  const execPath = executablePath(process, path, /\/python(3(\.\d+)?)?$/);
  return yield* runChild(process, host, { execPath, execArgv: [], ownCalls: new SystemCalls(process, execPath) });
}

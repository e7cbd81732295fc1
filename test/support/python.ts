// Machines with Python in them, whose snapshot is made once for all test files.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { BUILTIN_MARKER } from '../../actors/sandbox/programs/builtin.js';
import { pythonKind } from '../../actors/sandbox/programs/python/index.js';
import { pythonPackage } from '../../actors/sandbox/programs/python/runtime.js';
import { type TestFile, TestMachine, type TestMachineOptions } from './machine.js';

/** A test that needs the optional interpreter; without it, it is shown as skipped. */
export const pythonTest = pythonPackage() ? test : test.skip;

/** More than a cold start on a busy machine takes. */
export const PYTHON_TIMEOUT_MS = 110_000;

export function pythonMachine(files: Readonly<Record<string, TestFile>> = {}, options: TestMachineOptions = {}): TestMachine {
  const program = { content: BUILTIN_MARKER, mode: 0o755 };
  return new TestMachine({
    commands: allCommands, kinds: [pythonKind(join(tmpdir(), `sockerless-python-${process.getuid?.() ?? 0}`))], ...options,
    files: { '/usr/local/bin/python3': program, '/usr/local/bin/python': { symlink: 'python3' }, '/work': null, ...files },
  });
}

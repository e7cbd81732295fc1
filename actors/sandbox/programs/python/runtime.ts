// The interpreter beside this server: where its package lies, which Python it is, and the snapshot of it that programs start from.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandLine } from '../node/confinement.js';
import { BOOTSTRAP } from './child/bootstrap.mjs';

const CHILD_FOLDER = fileURLToPath(new URL('./child/', import.meta.url));

interface PythonPackage {
  readonly folder: string;
  /** The package's and Python's own. */
  readonly version: string;
  readonly pythonVersion: string;
}

let known: PythonPackage | null | undefined;

/** undefined where the optional package is not installed. */
export function pythonPackage(): PythonPackage | undefined {
  if (known === undefined) known = findPackage() ?? null;
  return known ?? undefined;
}

function findPackage(): PythonPackage | undefined {
  try {
    const folder = `${dirname(createRequire(import.meta.url).resolve('pyodide/package.json'))}/`;
    const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
    const { version } = read('package.json') as { version: string };
    const { info } = read('pyodide-lock.json') as { info: { python: string } };
    return { folder, version, pythonVersion: info.python };
  } catch {
    return undefined;
  }
}

/** The command line of a confined child that runs Python's main module. */
export function pythonCommand(found: PythonPackage, mode: string, options: { network: boolean; memoryMaxBytes: number }): string[] {
  const main = { path: `${CHILD_FOLDER}main.mjs`, folders: [CHILD_FOLDER, found.folder], files: [`${found.folder}pyodide.asm.wasm`] };
  return commandLine([found.folder, mode], { ...options, main });
}

/**
 * The snapshot in `cacheFolder`, open for reading; made first where there is none. Several may make it at once: each has a file of its
 * own, and the last one stays. undefined where it cannot be made: a program then starts from the beginning.
 */
export async function openSnapshot(found: PythonPackage, cacheFolder: string): Promise<number | undefined> {
  const own = createHash('sha256').update(BOOTSTRAP).digest('hex').slice(0, 12);
  const path = join(cacheFolder, `python-${found.version}-${own}.snapshot`);
  try {
    return openSync(path, 'r');
  } catch {
    return (await makeSnapshot(found, path)) ? openSync(path, 'r') : undefined;
  }
}

let making: Promise<boolean> | undefined;

function makeSnapshot(found: PythonPackage, path: string): Promise<boolean> {
  making ??= writeSnapshot(found, path).finally(() => (making = undefined));
  return making;
}

/** Written by a confined child of which no program has seen anything; whole when it has its name. */
async function writeSnapshot(found: PythonPackage, path: string): Promise<boolean> {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  const fd = openSync(unfinished, 'w', 0o644);
  try {
    const [command, ...args] = pythonCommand(found, 'make', { network: false, memoryMaxBytes: 0 });
    const child = spawn(command!, args, { stdio: ['ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'ignore', fd], env: {}, cwd: '/' });
    const exitCode = await new Promise<number | null>((resolve) => child.on('error', () => resolve(null)).on('close', resolve));
    if (exitCode !== 0) return false;
    renameSync(unfinished, path);
    return true;
  } finally {
    closeSync(fd);
    rmSync(unfinished, { force: true });
  }
}

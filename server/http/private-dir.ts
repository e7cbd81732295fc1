// The private folder for the socket between gate and engine, and the removal of those that dead processes left behind.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = 'sockerless-gate-';
/** A socket path has 104 to 108 bytes at most, depending on the system. */
const dirBytesMax = 70;

/** Makes a folder that only this user can enter (mkdtemp: 0700), named after this process. */
export async function makePrivateDir(): Promise<string> {
  const parent = Buffer.byteLength(tmpdir()) <= dirBytesMax ? tmpdir() : '/tmp';
  await sweep(parent);
  return mkdtemp(join(parent, `${prefix}${process.pid}-`));
}

/** Nobody tidies up at a SIGKILL, so the next start does. */
async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : Number.NaN;
    if (pid > 0 && !isAlive(pid)) await rm(join(parent, name), { recursive: true, force: true }).catch(foreign);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Another user's folder is left to its owner. */
function foreign(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EACCES' && error.code !== 'EPERM') throw error;
}

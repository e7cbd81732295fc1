// How tightly this host can hold a Node child: its permission model always; another user, an own network and an end with us where possible.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the code that runs inside the child before the program; the only thing of the host that it may read. */
export const SHIM_FOLDER = fileURLToPath(new URL('./shim/', import.meta.url));
const NOBODY = '65534';

/** `--permission` since 22.13 and 23.5, `--experimental-permission` before (https://nodejs.org/api/permissions.html). */
function permissionFlag(): string {
  return process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';
}

function works(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 5000 }).status === 0;
}

/** Whether a user who owns nothing can reach the file: every folder above it must let strangers through. */
function openToAll(path: string): boolean {
  try {
    for (let at = path; ; at = dirname(at)) {
      const { mode } = statSync(at);
      if ((mode & (at === path ? 0o4 : 0o1)) === 0) return false;
      if (at === dirname(at)) return true;
    }
  } catch {
    return false;
  }
}

interface Means {
  /** Runs what follows as nobody, with no way to gain rights, and kills it when its parent is gone. */
  readonly drop: readonly string[];
  /** Runs what follows with a network of its own that has nothing but a loopback device that is down. */
  readonly noNetwork: readonly string[] | undefined;
}

let known: Means | undefined;

/** What the host offers, found out once. */
function means(): Means {
  if (known) return known;
  const isRoot = process.getuid?.() === 0;
  const asNobody = isRoot && openToAll(process.execPath) && openToAll(`${SHIM_FOLDER}entry.cjs`) ? ['--reuid', NOBODY, '--regid', NOBODY, '--clear-groups'] : [];
  const full = ['setpriv', '--pdeathsig', 'KILL', '--no-new-privs', ...asNobody];
  const drop = process.platform === 'linux' && works(full[0]!, [...full.slice(1), 'true']) ? full : [];
  const networks = process.platform === 'linux' ? [['unshare', '--net'], ['unshare', '--user', '--map-current-user', '--net']] : [];
  const noNetwork = networks.find(([command, ...args]) => works(command!, [...args, 'true']));
  known = { drop, noNetwork };
  return known;
}

/** Whether `--network none` is held by the host's kernel, and not only by the code inside the child. */
export function isNetworkEnforced(): boolean {
  return means().noNetwork !== undefined;
}

/** The command line of a child: what confines it, Node, the shim, then `args`. */
export function commandLine(args: readonly string[], options: { network: boolean; memoryMaxBytes: number }): string[] {
  const { drop, noNetwork } = means();
  const heap = options.memoryMaxBytes > 0 ? [`--max-old-space-size=${Math.max(16, Math.floor((options.memoryMaxBytes * 0.75) / 2 ** 20))}`] : [];
  return [
    ...(options.network ? [] : (noNetwork ?? [])), ...drop, process.execPath,
    permissionFlag(), '--allow-worker', '--no-warnings', `--allow-fs-read=${SHIM_FOLDER}*`, '--expose-internals',
    // Its database files are opened by native code that does not ask the permission model.
    ...(process.allowedNodeEnvironmentFlags.has('--experimental-sqlite') ? ['--no-experimental-sqlite'] : []),
    ...heap, '--require', `${SHIM_FOLDER}entry.cjs`, ...args,
  ];
}

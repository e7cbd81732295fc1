// How tightly this host can hold a Node child: its permission model always; another user, an own network and an end with us where possible.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the code that runs inside the child before the program; the only thing of the host that it may read. */
export const SHIM_FOLDER = fileURLToPath(new URL('./shim/', import.meta.url));
/** Loaded before a Node program's first line. */
const ENTRY = `${SHIM_FOLDER}entry.cjs`;
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

const known = new Map<string, Means>();

/** What the host offers a program that reads these files of it, found out once. */
function means(files: readonly string[]): Means {
  const before = known.get(files.join(':'));
  if (before) return before;
  const isRoot = process.getuid?.() === 0;
  const asNobody = isRoot && [process.execPath, ...files].every(openToAll) ? ['--reuid', NOBODY, '--regid', NOBODY, '--clear-groups'] : [];
  const full = ['setpriv', '--pdeathsig', 'KILL', '--no-new-privs', ...asNobody];
  const drop = process.platform === 'linux' && works(full[0]!, [...full.slice(1), 'true']) ? full : [];
  const networks = process.platform === 'linux' ? [['unshare', '--net'], ['unshare', '--user', '--map-current-user', '--net']] : [];
  const noNetwork = networks.find(([command, ...args]) => works(command!, [...args, 'true']));
  const found = { drop, noNetwork };
  known.set(files.join(':'), found);
  return found;
}

/** Whether `--network none` is held by the host's kernel, and not only by the code inside the child. */
export function isNetworkEnforced(): boolean {
  return means([ENTRY]).noNetwork !== undefined;
}

interface Confined {
  readonly network: boolean;
  readonly memoryMaxBytes: number;
  /** A main module of our own in place of the program's and of what is loaded before it, and the folders of the host that it reads. */
  readonly main?: { readonly path: string; readonly folders: readonly string[]; readonly files: readonly string[] };
}

/** The command line of a child: what confines it, Node, the shim or a main module of our own, then `args`. */
export function commandLine(args: readonly string[], { network, memoryMaxBytes, main }: Confined): string[] {
  const { drop, noNetwork } = means(main ? [ENTRY, main.path, ...main.files] : [ENTRY]);
  const heap = memoryMaxBytes > 0 ? [`--max-old-space-size=${Math.max(16, Math.floor((memoryMaxBytes * 0.75) / 2 ** 20))}`] : [];
  return [
    ...(network ? [] : (noNetwork ?? [])), ...drop, process.execPath,
    permissionFlag(), '--allow-worker', '--no-warnings', ...[SHIM_FOLDER, ...(main?.folders ?? [])].map((folder) => `--allow-fs-read=${folder}*`), '--expose-internals',
    // Its database files are opened by native code that does not ask the permission model.
    ...(process.allowedNodeEnvironmentFlags.has('--experimental-sqlite') ? ['--no-experimental-sqlite'] : []),
    ...heap, ...(main ? [main.path] : ['--require', ENTRY]), ...args,
  ];
}

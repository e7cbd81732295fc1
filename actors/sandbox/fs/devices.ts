// /dev as a container has it: device nodes, links to the standard streams, shared memory.
import type { Creation, Inode } from '../kernel/inode.js';
import type { MountOptions, MountTree } from '../kernel/path.js';
import { DAEMON } from './archive.js';
import { Tmpfs } from './tmpfs.js';

/** Docker's default for /dev/shm. */
export const SHM_BYTES = 64 << 20;

const NODES: readonly [name: string, major: number, minor: number][] = [
  ['null', 1, 3], ['zero', 1, 5], ['full', 1, 7], ['random', 1, 8], ['urandom', 1, 9], ['tty', 5, 0],
];
const LINKS: readonly [name: string, target: string][] = [
  ['fd', '/proc/self/fd'], ['stdin', '/proc/self/fd/0'], ['stdout', '/proc/self/fd/1'], ['stderr', '/proc/self/fd/2'], ['ptmx', 'pts/ptmx'],
];

const ROOT = { uid: 0, gid: 0 };

/** https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#default-devices; `console` for containers with a terminal. */
export function createDevices(options: { console?: boolean } = {}): Tmpfs {
  const dev = new Tmpfs({ sizeBytes: SHM_BYTES, mode: 0o755 });
  const make = (name: string, creation: Omit<Creation, 'uid' | 'gid'>): Inode => dev.root.create(name, { ...ROOT, ...creation });
  for (const [name, rdevMajor, rdevMinor] of NODES) make(name, { type: 'character', mode: 0o666, rdevMajor, rdevMinor });
  if (options.console === true) make('console', { type: 'character', mode: 0o620, rdevMajor: 5, rdevMinor: 1 });
  for (const [name, target] of LINKS) make(name, { type: 'symlink', mode: 0o777, target });
  for (const name of ['pts', 'shm', 'mqueue']) make(name, { type: 'directory', mode: 0o755 });
  return dev;
}

/** Mounts /dev with /dev/pts, /dev/shm and /dev/mqueue over the existing /dev. */
export function mountDevices(tree: MountTree, options: { console?: boolean; shmSizeBytes?: number } = {}): void {
  const mount = (path: string, fileSystem: Tmpfs, source: string, options: MountOptions = { noSuid: true, noDev: true, noExec: true }): void => {
    tree.mount(tree.resolve(path, tree.root, DAEMON), fileSystem, { ...options, source });
  };
  mount('/dev', createDevices(options), 'tmpfs', { noSuid: true });
  mount('/dev/pts', new Tmpfs({ type: 'devpts', mode: 0o755 }), 'devpts', { noSuid: true, noExec: true });
  mount('/dev/shm', new Tmpfs({ sizeBytes: (options.shmSizeBytes ?? 0) > 0 ? options.shmSizeBytes! : SHM_BYTES, mode: 0o1777 }), 'shm');
  mount('/dev/mqueue', new Tmpfs({ type: 'mqueue', mode: 0o1777 }), 'mqueue');
}

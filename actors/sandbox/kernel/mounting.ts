// mount(2) and umount(2): what a process with CAP_SYS_ADMIN may lay over the tree, and take away again.
import { isCapable } from './credentials.js';
import { Errno } from './errno.js';
import type { FileSystem, Inode } from './inode.js';
import { type Location, type Mount, type MountOptions, pathOf } from './path.js';
import type { Process } from './process.js';

function requireRight({ credentials }: Process): void {
  if (!isCapable(credentials, 'SYS_ADMIN')) throw new Errno('EPERM');
}

/** The place of a mount, which must fit what is mounted. */
function placeFor(process: Process, target: string, root: Inode): Location {
  const location = process.files.locate(target);
  if ((location.inode.type === 'directory') !== (root.type === 'directory')) throw new Errno('ENOTDIR');
  return location;
}

/** The mount whose root is at a path; undefined where there is none. */
export function mountAt(process: Process, target: string): Mount | undefined {
  const location = process.files.locate(target);
  const mount = process.kernel.tree.mountOf(location);
  return mount?.root === location.inode && mount.path === pathOf(location) ? mount : undefined;
}

export function mountFileSystem(process: Process, fileSystem: FileSystem, target: string, options: MountOptions): void {
  requireRight(process);
  process.kernel.tree.mount(placeFor(process, target, fileSystem.root), fileSystem, options);
}

/** MS_BIND: the same files at another place. */
export function bindMount(process: Process, source: string, target: string, options: MountOptions): void {
  requireRight(process);
  const from = process.files.locate(source);
  const { source: _, ...inherited } = process.kernel.tree.mountOf(from) ?? {};
  const { readOnly, noExec, noSuid, noDev } = inherited as MountOptions;
  const flags = { ...(readOnly === true ? { readOnly } : {}), ...(noExec === true ? { noExec } : {}), ...(noSuid === true ? { noSuid } : {}), ...(noDev === true ? { noDev } : {}) };
  process.kernel.tree.mount(placeFor(process, target, from.inode), from.inode.fileSystem, { ...flags, ...options }, from.inode);
}

/** MS_REMOUNT. EINVAL where nothing is mounted. */
export function remount(process: Process, target: string, options: MountOptions): void {
  requireRight(process);
  const mount = mountAt(process, target);
  if (!mount) throw new Errno('EINVAL');
  Object.assign(mount, options);
}

/** EINVAL where nothing is mounted, EBUSY where somebody works in it, unless it is `detach`ed. */
export function unmount(process: Process, target: string, detach: boolean): void {
  requireRight(process);
  const mount = mountAt(process, target);
  if (!mount) throw new Errno('EINVAL');
  const { tree, processes } = process.kernel;
  if (mount === tree.mounts[0]) throw new Errno('EBUSY');
  const isBusy = [...processes.values()].some(({ cwd, status }) => status === undefined && tree.mountOf(cwd) === mount);
  if (isBusy && !detach) throw new Errno('EBUSY');
  tree.unmount(mount);
}

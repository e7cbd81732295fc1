// The files of a machine, mounted: image and changes, /proc, /dev, /sys, volumes and binds, the small files in /etc.
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Fault } from '../runtime/fault.js';
import { copyTree } from './fs/copy-tree.js';
import { mountDevices } from './fs/devices.js';
import { mountEtcFiles, writeEtcFiles } from './fs/etc-files.js';
import { HostDirectory } from './fs/host-directory.js';
import { Overlay } from './fs/overlay.js';
import { ProcFileSystem } from './fs/proc.js';
import { processorCount } from './fs/proc-machine.js';
import { createSysfs } from './fs/sysfs.js';
import { Tmpfs } from './fs/tmpfs.js';
import { SUPERUSER } from './kernel/credentials.js';
import { Errno } from './kernel/errno.js';
import type { FileSystem, Inode } from './kernel/inode.js';
import type { Kernel } from './kernel/kernel.js';
import { O_RDWR, type OpenFile } from './kernel/open-file.js';
import type { MountOptions } from './kernel/path.js';
import { Process } from './kernel/process.js';
import { makeDirectories } from './launch.js';
import type { MachineSpec, MountSpec } from './protocol.js';

export interface MountedMachine {
  readonly kernel: Kernel;
  readonly root: Overlay;
  /** File calls as root from the container's root. */
  readonly files: Process['files'];
  nullDevice(): OpenFile;
  /** Everything changed so far survives SIGKILL of the server once this returns. */
  flush(): void;
  dispose(): void;
  /** Whether something would be lost if it were unmounted and mounted again: content of a tmpfs, mounts made since. */
  readonly holdsState: boolean;
}

/** Mounts everything. Throws Fault in Docker's words for a mount that cannot be made. `again`: the container runs, its files are as it left them. */
export function mountMachine(spec: MachineSpec, makeKernel: (root: FileSystem) => Kernel, again = false): MountedMachine {
  const root = new Overlay({ layers: spec.layers, directory: spec.upperDirectory, sizeBytes: spec.rootSizeBytes });
  const kernel = makeKernel(root);
  const hands = new Process(kernel, 0, undefined, { argv: [], env: new Map(), cwd: kernel.tree.root, credentials: SUPERUSER, umask: 0o022 });
  for (const path of ['/proc', '/dev', '/sys', '/etc']) makeDirectories(hands, path);
  mountSystem(hands, kernel, spec, again);
  for (const mount of spec.mounts) mountSpec(hands, again ? { ...mount, copyUp: false } : mount);
  // Only now: mount points had to be made in it.
  if (spec.readOnlyRootfs) kernel.tree.mounts[0]!.readOnly = true;
  const fresh = new Map(volatile(kernel).map((fileSystem) => [fileSystem, fileSystem.changes]));
  const mounted = [...kernel.tree.mounts];
  return {
    kernel,
    root,
    files: hands.files,
    nullDevice: () => hands.files.openFile('/dev/null', O_RDWR),
    flush() {
      for (const fileSystem of kernel.tree.fileSystems()) fileSystem.flush();
    },
    dispose() {
      for (const fileSystem of kernel.tree.fileSystems()) fileSystem.dispose();
    },
    get holdsState() {
      return kernel.tree.mounts.length !== mounted.length || kernel.tree.mounts.some((mount, i) => mount !== mounted[i]) || volatile(kernel).some((fileSystem) => fileSystem.changes !== fresh.get(fileSystem));
    },
  };
}

function volatile(kernel: Kernel): Tmpfs[] {
  return [...kernel.tree.fileSystems()].filter((fileSystem) => fileSystem instanceof Tmpfs);
}

/** How a runtime mounts what nothing is executed from. */
const CLOSED = { noExec: true, noSuid: true, noDev: true } as const;

/** What every container has, whatever its image. */
function mountSystem(hands: Process, kernel: Kernel, spec: MachineSpec, again: boolean): void {
  const { limits } = spec;
  const memoryUsedBytes = (): number => kernel.budget.memoryUsedBytes;
  const { tree } = kernel;
  const at = (path: string): ReturnType<typeof hands.files.locate> => hands.files.locate(path);
  const proc = new ProcFileSystem(kernel, { limits, memoryUsedBytes, domainname: spec.domainname, sysctls: spec.sysctls, cgroupPath: spec.cgroupPath });
  tree.mount(at('/proc'), proc, CLOSED);
  // The kernel's settings are the host's: not to be changed from a container that is not its equal.
  if (!spec.privileged) tree.mount(at('/proc/sys'), proc, { ...CLOSED, readOnly: true }, at('/proc/sys').inode);
  mountDevices(tree, { shmSizeBytes: spec.shmSizeBytes });
  const sysfs = createSysfs({ limits, processors: processorCount({ limits }), memoryUsedBytes, processCount: () => kernel.processes.size, cpuMs: () => kernel.budget.cpuMs });
  tree.mount(at('/sys'), sysfs, { ...CLOSED, readOnly: true });
  // Beside the container's changes: written anew at each start, as dockerd does.
  const etc = join(dirname(spec.upperDirectory), 'etc');
  // Without networks of its own the machine's address is that of its loopback.
  if (!again) writeEtcFiles(etc, { ...spec, address: '127.0.0.1' }, hostResolvConf());
  mountEtcFiles(tree, etc, spec.readOnlyRootfs);
}

/** The host's, or none where there is no such file. */
function hostResolvConf(): string {
  try {
    return readFileSync('/etc/resolv.conf', 'utf8');
  } catch {
    return '';
  }
}

/** A directory to mount on; made when missing, as OCI runtimes do. */
function mountAt(hands: Process, path: string, fileSystem: FileSystem, options: MountOptions = {}, inode: Inode = fileSystem.root): void {
  makeDirectories(hands, path);
  hands.kernel.tree.mount(hands.files.locate(path), fileSystem, options, inode);
}

function mountFile(hands: Process, path: string, inode: Inode, options: MountOptions = {}): void {
  makeDirectories(hands, dirname(path));
  if (!hands.files.exists(path)) hands.files.writeFile(path, new Uint8Array(0));
  hands.kernel.tree.mount(hands.files.locate(path), inode.fileSystem, options, inode);
}

function mountSpec(hands: Process, mount: MountSpec): void {
  if (mount.type === 'tmpfs') {
    const { readOnly, noExec, noSuid, noDev, sizeBytes, mode, uid, gid } = mount;
    return mountAt(hands, mount.target, new Tmpfs({ sizeBytes, mode, uid, gid }), { readOnly, noExec, noSuid, noDev });
  }
  if (mount.type === 'volume' && !existsSync(mount.source)) mkdirSync(mount.source, { recursive: true });
  const fileSystem = openHost(mount);
  const options = { readOnly: mount.readOnly, source: mount.source };
  if (fileSystem.root.type !== 'directory') return mountFile(hands, mount.target, fileSystem.root, options);
  makeDirectories(hands, mount.target);
  const location = hands.files.locate(mount.target);
  if (location.inode.type !== 'directory') throw new Fault('invalid', `error mounting "${mount.source}" to rootfs at "${mount.target}": not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type`);
  if (mount.copyUp && fileSystem.root.entries().length === 0) copyTree(location.inode, fileSystem.root);
  hands.kernel.tree.mount(location, fileSystem, options);
}

function openHost({ type, source, subpath, readOnly }: MountSpec): HostDirectory {
  try {
    // Owners that the host refuses to store are kept beside a volume's data, never inside it. A bind has no such place.
    const ownership = type === 'volume' && statSync(source).isDirectory() ? { ownershipPath: `${dirname(source)}/owners` } : {};
    return new HostDirectory({ path: source, subpath, readOnly, ...ownership });
  } catch (error) {
    if (error instanceof Fault) throw error;
    const reason = error instanceof Errno || error instanceof Error ? error.message : String(error);
    throw new Fault('invalid', `error while creating mount source path '${source}': ${reason}`);
  }
}

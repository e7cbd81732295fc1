// /proc/PID: one process as a directory.
import { isCapable, mayInspect, SUPERUSER } from '../kernel/credentials.js';
import { Errno } from '../kernel/errno.js';
import type { DirectoryEntry, Inode } from '../kernel/inode.js';
import { InodeFile, type OpenFile } from '../kernel/open-file.js';
import { type Location, pathOf } from '../kernel/path.js';
import type { Process } from '../kernel/process.js';
import { encode } from '../kernel/text.js';
import type { ProcFileSystem } from './proc.js';
import { limitsText, memoryPages, mountInfo, mountTable, processStat, processStatus } from './proc-text.js';
import { LinkInode, type Owner, StaticDirectory, SyntheticInode, TextInode, type TextSource } from './synthetic.js';

/** What is in a process is for itself and for whom ptrace(2) would let in. */
function requireAccess(asking: Process | undefined, process: Process): void {
  if (asking && asking !== process && !mayInspect(asking.credentials, process.credentials)) throw new Errno('EACCES');
}

function nulTerminated(parts: Iterable<string>): Uint8Array {
  const text = [...parts].map((part) => `${part}\0`).join('');
  return encode(text);
}

export class ProcessDirectory extends StaticDirectory {
  constructor(proc: ProcFileSystem, process: Process) {
    const owner = (): Owner => process.credentials;
    super(proc, 0o555, owner);
    this.#addFiles(proc, process, owner);
    const { tree } = proc.kernel;
    const link = (name: string, where: () => Location): void => {
      this.add(name, new LinkInode(proc, () => pathOf(where()), owner, (asking) => {
        requireAccess(asking, process);
        return where();
      }));
    };
    link('cwd', () => process.cwd);
    link('root', () => tree.root);
    link('exe', () => {
      if (process.executable === undefined) throw new Errno('ENOENT');
      return process.executable;
    });
    this.add('fd', new DescriptorDirectory(proc, process, (fd) => descriptorLink(proc, process, fd, owner)));
    this.add('fdinfo', new DescriptorDirectory(proc, process, (fd) => new TextInode(proc, () => descriptorInfo(process, fd), 0o400, owner)));
    const net = this.add('net', new StaticDirectory(proc, 0o555));
    net.add('dev', new TextInode(proc, () => NET_DEV));
    net.add('route', new TextInode(proc, () => 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n'));
    for (const name of ['tcp', 'tcp6', 'udp', 'udp6', 'unix']) net.add(name, new TextInode(proc, () => (name === 'unix' ? NET_UNIX : NET_SOCKETS)));
    const task = this.add('task', new StaticDirectory(proc, 0o555, owner));
    task.add(String(process.pid), new SameDirectory(proc, this, owner));
  }

  #addFiles(proc: ProcFileSystem, process: Process, owner: () => Owner): void {
    const text = (name: string, source: TextSource, mode = 0o444): void => {
      this.add(name, new TextInode(proc, source, mode, owner));
    };
    const { tree } = proc.kernel;
    text('cmdline', () => (process.status === undefined ? nulTerminated(process.argv) : ''));
    text('comm', () => `${process.command.slice(0, 15)}\n`);
    text('environ', (asking) => {
      requireAccess(asking, process);
      return nulTerminated([...process.env].map(([name, value]) => `${name}=${value}`));
    }, 0o400);
    text('stat', () => processStat(process));
    text('statm', () => memoryPages(process));
    text('status', () => processStatus(process));
    text('mounts', () => mountTable(tree));
    text('mountinfo', () => mountInfo(tree));
    text('maps', () => '');
    text('limits', () => limitsText(process));
    text('cgroup', () => `0::${proc.facts.cgroupPath ?? '/'}\n`);
    text('loginuid', () => '4294967295');
    text('wchan', () => '0');
    text('oom_score', () => '0\n');
    this.add('oom_score_adj', new TextInode(proc, () => `${process.oomScoreAdjustment}\n`, 0o644, owner, (bytes, asking) => {
      const value = Number(Buffer.from(bytes).toString('latin1').trim());
      if (!Number.isInteger(value) || value < -1000 || value > 1000) throw new Errno('EINVAL');
      if (value < process.oomScoreAdjustment && !isCapable(asking.credentials, 'SYS_RESOURCE')) throw new Errno('EACCES');
      process.oomScoreAdjustment = value;
    }));
  }
}

/** /proc/PID/task/PID shows the same as /proc/PID, as there is one thread. */
class SameDirectory extends SyntheticInode {
  readonly type = 'directory';
  readonly #directory: StaticDirectory;

  constructor(proc: ProcFileSystem, directory: StaticDirectory, owner: () => Owner) {
    super(proc, 0o555, owner);
    this.#directory = directory;
  }

  override lookup(name: string): Inode | undefined {
    return name === 'task' ? undefined : this.#directory.lookup(name);
  }

  override entries(): DirectoryEntry[] {
    return this.#directory.entries().filter(({ name }) => name !== 'task');
  }
}

/** fd/ and fdinfo/: a name per open descriptor. */
class DescriptorDirectory extends SyntheticInode {
  readonly type = 'directory';
  readonly #process: Process;
  readonly #make: (fd: number) => SyntheticInode;
  readonly #made = new Map<number, SyntheticInode>();

  constructor(proc: ProcFileSystem, process: Process, make: (fd: number) => SyntheticInode) {
    super(proc, 0o500, () => process.credentials);
    this.#process = process;
    this.#make = make;
  }

  override lookup(name: string): Inode | undefined {
    const fd = /^\d+$/.test(name) ? Number(name) : -1;
    if (!this.#process.descriptors.find(fd)) return undefined;
    let inode = this.#made.get(fd);
    if (!inode) this.#made.set(fd, (inode = this.#make(fd)));
    return inode;
  }

  override entries(): DirectoryEntry[] {
    return this.#process.descriptors.numbers().map((fd) => {
      const { ino, type } = this.lookup(String(fd))!;
      return { name: String(fd), ino, type };
    });
  }
}

function descriptorLink(proc: ProcFileSystem, process: Process, fd: number, owner: () => Owner): LinkInode {
  return new LinkInode(proc, () => process.descriptors.get(fd).name, owner, (asking, at) => {
    requireAccess(asking, process);
    return describedFile(proc, process.descriptors.get(fd), at);
  });
}

/**
 * What opening /proc/PID/fd/N opens: the same file anew where it is one of a file system (even with its name gone), else the very
 * same description (pipes, terminals, streams from outside).
 */
function describedFile(proc: ProcFileSystem, file: OpenFile, at: Location): Location {
  const { tree } = proc.kernel;
  if (!(file instanceof InodeFile)) return { inode: new DescriptionInode(proc, file), parent: at.parent, name: at.name };
  const { inode } = file;
  try {
    const found = tree.resolve(file.name, tree.root, SUPERUSER);
    if (found.inode === inode) return found;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
  // It has no name now; the mount it was on still says whether it may be written to.
  const mount = tree.mounts.findLast(({ fileSystem }) => fileSystem === inode.fileSystem);
  return { inode, parent: mount ? { inode: mount.root, parent: tree.root, name: mount.path.slice(1) } : undefined, name: `${file.name.split('/').at(-1)!} (deleted)` };
}

/** Stands for an open description that no file system has. */
class DescriptionInode extends SyntheticInode {
  readonly type;
  readonly #file: OpenFile;

  constructor(proc: ProcFileSystem, file: OpenFile) {
    super(proc, 0o600);
    this.#file = file;
    this.type = file.stat().type;
  }

  override stat(): ReturnType<OpenFile['stat']> {
    return this.#file.stat();
  }

  openSpecial(process: Process, flags: number): OpenFile {
    const { inode } = this.#file;
    // Devices, fifos and /proc files have an opening of their own.
    if (inode?.openSpecial) return inode.openSpecial(process, flags);
    const access = flags & 3;
    if ((access !== 1 && !this.#file.readsAllowed) || (access !== 0 && !this.#file.writesAllowed)) throw new Errno('EACCES');
    return this.#file;
  }
}

function descriptorInfo(process: Process, fd: number): string {
  const file = process.descriptors.get(fd);
  const position = file instanceof InodeFile ? file.offset : 0;
  return `pos:\t${position}\nflags:\t0${file.flags.toString(8).padStart(6, '0')}\nmnt_id:\t1\n`;
}

const NET_DEV = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
  eth0:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
`;
const NET_SOCKETS = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const NET_UNIX = 'Num       RefCount Protocol Flags    Type St Inode Path\n';

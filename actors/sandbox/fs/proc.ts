// proc(5): the process table and the machine as files. What it shows is read from the kernel's own objects.
import type { DirectoryEntry, Inode } from '../kernel/inode.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Process } from '../kernel/process.js';
import { ProcessDirectory } from './proc-process.js';
import { addMachineFiles, type MachineFacts } from './proc-machine.js';
import { LinkInode, StaticDirectory, SyntheticFileSystem } from './synthetic.js';

/** The /proc of one machine. */
export class ProcFileSystem extends SyntheticFileSystem {
  readonly kernel: Kernel;
  readonly facts: MachineFacts;

  constructor(kernel: Kernel, facts: MachineFacts) {
    super('proc');
    this.kernel = kernel;
    this.facts = facts;
    const root = new ProcRoot(this);
    this.root = root;
    const self = (): string => String(this.asking?.pid ?? 1);
    root.add('self', new LinkInode(this, self));
    root.add('thread-self', new LinkInode(this, () => `${self()}/task/${self()}`));
    root.add('mounts', new LinkInode(this, () => 'self/mounts'));
    root.add('net', new LinkInode(this, () => 'self/net'));
    addMachineFiles(this, root, facts);
  }

  /** Whose call is being served. */
  get asking(): Process | undefined {
    return this.kernel.tree.asking;
  }
}

class ProcRoot extends StaticDirectory {
  readonly #proc: ProcFileSystem;
  readonly #directories = new WeakMap<Process, ProcessDirectory>();

  constructor(proc: ProcFileSystem) {
    super(proc, 0o555);
    this.#proc = proc;
  }

  #of(process: Process): ProcessDirectory {
    let directory = this.#directories.get(process);
    if (!directory) this.#directories.set(process, (directory = new ProcessDirectory(this.#proc, process)));
    return directory;
  }

  override lookup(name: string): Inode | undefined {
    if (!/^[1-9]\d*$/.test(name)) return super.lookup(name);
    const process = this.#proc.kernel.processes.get(Number(name));
    return process && this.#of(process);
  }

  override entries(): DirectoryEntry[] {
    const processes = [...this.#proc.kernel.processes.values()].sort((a, b) => a.pid - b.pid);
    return [...processes.map((process): DirectoryEntry => ({ name: String(process.pid), ino: this.#of(process).ino, type: 'directory' })), ...super.entries()];
  }
}

// The processes of an idle kernel as plain data, and a kernel that goes on with them: how a machine is put away while nothing runs in it.
import { type Credentials, SUPERUSER } from './credentials.js';
import { DescriptorTable } from './descriptors.js';
import { Errno } from './errno.js';
import type { Inode } from './inode.js';
import type { Kernel } from './kernel.js';
import type { OpenFile } from './open-file.js';
import { type Location, pathOf } from './path.js';
import { Process, type Resumption } from './process.js';
import type { Main } from './program.js';
import type { ResourceLimits } from './rlimits.js';

export interface ProcessCheckpoint {
  pid: number;
  /** 0 for one that came from outside. */
  parent: number;
  processGroup: number;
  session: number;
  program: string;
  resumption: Resumption;
  argv: readonly string[];
  env: readonly (readonly [string, string])[];
  command: string;
  /** What /proc/PID/exe leads to. */
  executable: string | undefined;
  cwd: string;
  umask: number;
  credentials: Credentials;
  niceness: number;
  limits: ResourceLimits;
  startedAtMs: number;
  cpuMs: number;
  ignored: readonly number[];
  /** What it does something about: everything else means to it what it means by default. */
  handled: readonly number[];
  /** `file` counts in the files of the checkpoint: what was shared stays shared. */
  descriptors: readonly { fd: number; closeOnExec: boolean; file: number }[];
}

export interface KernelCheckpoint {
  nextPid: number;
  bootedAtMs: number;
  cpuMs: number;
  hostname: string;
  processes: readonly ProcessCheckpoint[];
}

/** Whether every process waits and can say how to go on; a quick look, `checkpoint` has the last word. */
export function isResting(kernel: Kernel): boolean {
  if (!kernel.isIdle || kernel.processes.size === 0) return false;
  for (const process of kernel.processes.values()) if (process.resumption === undefined || process.program === undefined || process.stopped || process.hasPendingSignals) return false;
  return true;
}

/** The processes as data, or undefined where one of them holds what cannot be told. `files` receives every open file once. */
export function checkpoint(kernel: Kernel, files: OpenFile[]): KernelCheckpoint | undefined {
  if (!isResting(kernel)) return undefined;
  const processes: ProcessCheckpoint[] = [];
  for (const process of kernel.processes.values()) {
    const cwd = pathOf(process.cwd);
    if (inodeAt(kernel, cwd) !== process.cwd.inode) return undefined;
    const descriptors = process.descriptors.numbers().map((fd) => {
      const file = process.descriptors.get(fd);
      if (!files.includes(file)) files.push(file);
      return { fd, closeOnExec: process.descriptors.isCloseOnExec(fd), file: files.indexOf(file) };
    });
    processes.push({
      pid: process.pid, parent: process.parent?.pid ?? 0, processGroup: process.processGroup, session: process.session,
      program: process.program!, resumption: process.resumption!, argv: process.argv, env: [...process.env], command: process.command,
      executable: process.executable && pathOf(process.executable), cwd, umask: process.umask, credentials: process.credentials, niceness: process.niceness, limits: process.limits, startedAtMs: process.startedAtMs,
      cpuMs: process.usage.cpuMs, ignored: process.signalsThat('ignored'), handled: process.signalsThat('handled'), descriptors,
    });
  }
  return { ...kernel.counters, hostname: kernel.hostname, processes };
}

/** What is at an absolute path, for the machine itself; undefined where nothing is. */
export function inodeAt(kernel: Kernel, path: string): Inode | undefined {
  return locationAt(kernel, path)?.inode;
}

function locationAt(kernel: Kernel, path: string): Location | undefined {
  try {
    return kernel.tree.resolve(path, kernel.tree.root, SUPERUSER);
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

/** Fills a fresh kernel with the processes of `saved`; `files` are its open files, opened again. */
export function resume(kernel: Kernel, saved: KernelCheckpoint, files: readonly OpenFile[], mainOf: (program: string) => Main): void {
  kernel.counters = saved;
  kernel.hostname = saved.hostname;
  for (const entry of saved.processes) {
    const descriptors = new DescriptorTable();
    for (const { fd, closeOnExec, file } of entry.descriptors) descriptors.put(fd, files[file]!, closeOnExec);
    const process = new Process(kernel, entry.pid, kernel.processes.get(entry.parent), {
      argv: entry.argv, env: new Map(entry.env), cwd: kernel.tree.resolve(entry.cwd, kernel.tree.root, SUPERUSER),
      credentials: entry.credentials, files: descriptors, umask: entry.umask, limits: entry.limits, program: entry.program, resumed: entry.resumption,
    });
    process.processGroup = entry.processGroup;
    process.session = entry.session;
    process.command = entry.command;
    if (entry.executable !== undefined) process.executable = locationAt(kernel, entry.executable);
    process.niceness = entry.niceness;
    process.startedAtMs = entry.startedAtMs;
    process.usage.cpuMs = entry.cpuMs;
    for (const signal of entry.ignored) process.onSignal(signal, 'ignore');
    kernel.admit(process, mainOf(entry.program));
  }
}

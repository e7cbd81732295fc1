// Coprocesses: a command in the background whose input and output the shell has at hand, until it is waited for.
import type { Process } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';
import { printCommand } from '../command-text.js';
import type { Shell } from '../shell.js';
import type { Coprocess } from '../syntax/ast.js';
import { awaitRoom } from './fork-room.js';

/** One whose variables are there. */
export interface OpenCoprocess {
  readonly name: string;
  readonly child: Process;
  /** The descriptors for reading and writing; -1 when the shell has closed one. */
  readonly ends: [number, number];
}

/** Those that have ended lose their descriptors and variables. */
export function reapCoprocesses({ jobs, process, variables }: Shell): void {
  for (const { name, ends } of jobs.coprocesses.filter(({ child }) => child.status !== undefined)) {
    for (const fd of ends) if (fd >= 0 && process.descriptors.find(fd)) process.close(fd);
    variables.discard(name);
    variables.discard(`${name}_PID`);
  }
  jobs.coprocesses = jobs.coprocesses.filter(({ child }) => child.status === undefined);
}

/** A redirection has closed a descriptor: if it was a coprocess's, the variable says so. */
export function noteClosed({ jobs, variables }: Shell, fd: number): void {
  for (const { name, ends } of jobs.coprocesses) {
    const at = ends.indexOf(fd);
    if (at < 0) continue;
    ends[at] = -1;
    if (variables.find(name)?.isArray === true) variables.setElement(name, String(at), '-1');
  }
}

/** `coproc NAME command`: NAME[0] reads what it writes, NAME[1] writes what it reads. */
export function* runCoprocess(shell: Shell, node: Coprocess): Task<number> {
  yield* shell.flushBacklog();
  reapCoprocesses(shell);
  yield* awaitRoom(shell);
  const { process: own } = shell;
  const [fromChild, childOut] = own.pipe();
  const [childIn, toChild] = own.pipe();
  const child = shell.execution.forkCommand(node.command, (process) => {
    process.dup2(childIn, 0);
    process.dup2(childOut, 1);
    for (const fd of [fromChild, childOut, childIn, toChild]) if (fd > 1) process.close(fd);
  });
  // As in bash all four ends have high numbers, of which the two in the middle are closed here again.
  const free: number[] = [];
  for (let fd = 63; free.length < 4; fd--) if (!own.descriptors.find(fd)) free.push(fd);
  const place = (fd: number, high: number): number => {
    own.descriptors.put(high, own.descriptors.get(fd), true);
    own.close(fd);
    return high;
  };
  own.close(childOut);
  own.close(childIn);
  const ends: [number, number] = [place(fromChild, free[0]!), place(toChild, free[3]!)];
  shell.jobs.coprocesses.push({ name: node.name, child, ends });
  shell.variables.assignList(shell.variables.writable(node.name), ends.map(String));
  shell.variables.set(`${node.name}_PID`, String(child.pid));
  shell.backgroundPid = child.pid;
  shell.jobs.add([child], printCommand(node), false);
  shell.status = 0;
  return 0;
}

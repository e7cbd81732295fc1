// Putting a machine away while nothing runs in it, and setting it up again: processes, their streams and terminals, their open files.
import { checkpoint, inodeAt, type KernelCheckpoint, resume } from './kernel/checkpoint.js';
import type { Kernel } from './kernel/kernel.js';
import { O_CREAT, O_EXCL, O_TRUNC, type OpenFile } from './kernel/open-file.js';
import type { Main } from './kernel/program.js';
import { TerminalFile, type TerminalState } from './kernel/tty.js';
import type { MountedMachine } from './mounts.js';
import { type Post, Session } from './session.js';

type FileCheckpoint =
  | { kind: 'input'; handle: number }
  | { kind: 'output'; handle: number; stream: 1 | 2 }
  | { kind: 'terminal'; handle: number }
  | { kind: 'file'; path: string; flags: number; offset: number };

interface SessionCheckpoint {
  handle: number;
  pid: number;
  inputEnded: boolean;
  terminal?: { state: TerminalState; pids: readonly number[] };
}

/** All there is to say of a machine that is put away; its files are on the disk. */
export interface MachineCheckpoint {
  kernel: KernelCheckpoint;
  sessions: readonly SessionCheckpoint[];
  files: readonly FileCheckpoint[];
  /** What `usage` would answer, as long as nothing runs. */
  memoryBytes: number;
}

/** The machine as data, or undefined where it holds what cannot be told: content of a tmpfs, pipes, deleted files, listening sockets. */
export function checkpointMachine(mounted: MountedMachine, sessions: ReadonlyMap<number, Session>, memoryBytes: number): MachineCheckpoint | undefined {
  const { kernel } = mounted;
  if (mounted.holdsState || kernel.sockets.isUsed) return undefined;
  for (const session of sessions.values()) if (!session.isQuiet) return undefined;
  const open: OpenFile[] = [];
  const saved = checkpoint(kernel, open);
  if (!saved) return undefined;
  const files: FileCheckpoint[] = [];
  for (const file of open) {
    const described = describe(file, kernel, sessions);
    if (!described) return undefined;
    files.push(described);
  }
  return { kernel: saved, files, sessions: [...sessions].map(([handle, session]) => describeSession(handle, session, kernel)), memoryBytes };
}

function describeSession(handle: number, { process, input, terminal }: Session, kernel: Kernel): SessionCheckpoint {
  const described = { handle, pid: process.pid, inputEnded: input?.isEnded ?? false };
  if (!terminal) return described;
  const pids = [...kernel.processes.values()].filter((one) => one.terminal === terminal).map(({ pid }) => pid);
  return { ...described, terminal: { state: terminal.state, pids } };
}

function describe(file: OpenFile, kernel: Kernel, sessions: ReadonlyMap<number, Session>): FileCheckpoint | undefined {
  for (const [handle, { input, terminal, outputs }] of sessions) {
    if (file === input) return { kind: 'input', handle };
    if (file instanceof TerminalFile && file.terminal === terminal) return { kind: 'terminal', handle };
    const at = outputs.findIndex((output) => output === file);
    if (at >= 0) return { kind: 'output', handle, stream: at === 0 ? 1 : 2 };
  }
  const type = file.inode?.type;
  if ((type !== 'file' && type !== 'character') || inodeAt(kernel, file.name) !== file.inode) return undefined;
  return { kind: 'file', path: file.name, flags: file.flags & ~(O_CREAT | O_EXCL | O_TRUNC), offset: type === 'file' ? file.seek(0, 'current') : 0 };
}

/** Sets a fresh machine up as `saved` says; the sessions are the client's processes by their handles. */
export function resumeMachine(mounted: MountedMachine, saved: MachineCheckpoint, post: Post, mainOf: (program: string) => Main): Map<number, Session> {
  const { kernel } = mounted;
  const sessions = new Map<number, Session>();
  for (const { handle, terminal } of saved.sessions) {
    const stdin = saved.files.some((file) => file.kind === 'input' && file.handle === handle);
    const session = new Session(kernel, handle, { stdin, tty: terminal !== undefined }, post);
    if (terminal && session.terminal) session.terminal.state = terminal.state;
    sessions.set(handle, session);
  }
  const files = saved.files.map((file) => reopen(file, mounted, sessions));
  resume(kernel, saved.kernel, files, mainOf);
  for (const { handle, pid, inputEnded, terminal } of saved.sessions) {
    const session = sessions.get(handle)!;
    session.process = kernel.processes.get(pid)!;
    if (inputEnded) session.input?.end();
    for (const other of terminal?.pids ?? []) kernel.processes.get(other)!.terminal = session.terminal;
  }
  return sessions;
}

function reopen(file: FileCheckpoint, { files }: MountedMachine, sessions: ReadonlyMap<number, Session>): OpenFile {
  if (file.kind === 'file') {
    const opened = files.openFile(file.path, file.flags);
    if (file.offset > 0) opened.seek(file.offset, 'set');
    return opened;
  }
  const { input, terminal, outputs } = sessions.get(file.handle)!;
  if (file.kind === 'terminal') return terminal!.open();
  return file.kind === 'input' ? input! : outputs[file.stream - 1]!;
}

// Running a command line through /bin/sh from inside a command (awk's system, sed's e).
import { Errno } from '../kernel/errno.js';
import type { Process } from '../kernel/process.js';
import { encode } from '../kernel/text.js';
import { PREEMPT, type Task } from '../kernel/wait.js';
import { readAll } from '../programs/stdio.js';

/** Starts `sh -c line` as a child; `arrange` sets up the child's descriptors first. */
export function startShell(process: Process, line: string, arrange: (child: Process) => void = () => undefined, env: ReadonlyMap<string, string> = process.env): Process {
  return process.fork(function* shell(child) {
    yield PREEMPT;
    arrange(child);
    try {
      return child.exec('/bin/sh', ['sh', '-c', line], env);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* child.write(2, encode(`sh: ${error.message}\n`));
      return error.code === 'ENOENT' ? 127 : 126;
    }
  });
}

/** Starts it with its output in a pipe; answers with the descriptor to read. */
export function readShell(process: Process, line: string): { child: Process; fd: number } {
  const [reader, writer] = process.pipe();
  const child = startShell(process, line, (self) => {
    self.dup2(writer, 1);
    self.close(writer);
    self.close(reader);
  });
  process.close(writer);
  process.descriptors.setCloseOnExec(reader, true);
  return { child, fd: reader };
}

/** Starts it with its input from a pipe; answers with the descriptor to write. */
export function writeShell(process: Process, line: string, env?: ReadonlyMap<string, string>): { child: Process; fd: number } {
  const [reader, writer] = process.pipe();
  const child = startShell(process, line, (self) => {
    self.dup2(reader, 0);
    self.close(writer);
    self.close(reader);
  }, env);
  process.close(reader);
  process.descriptors.setCloseOnExec(writer, true);
  return { child, fd: writer };
}

/** Starts it between two pipes; answers with the descriptors to write to it and to read from it. */
export function converseShell(process: Process, line: string): { child: Process; writeFd: number; readFd: number } {
  const [theirInput, ourOutput] = process.pipe();
  const [ourInput, theirOutput] = process.pipe();
  const child = startShell(process, line, (self) => {
    self.dup2(theirInput, 0);
    self.dup2(theirOutput, 1);
    for (const fd of [theirInput, ourOutput, ourInput, theirOutput]) self.close(fd);
  });
  process.close(theirInput);
  process.close(theirOutput);
  process.descriptors.setCloseOnExec(ourOutput, true);
  process.descriptors.setCloseOnExec(ourInput, true);
  return { child, writeFd: ourOutput, readFd: ourInput };
}

/** Everything it prints. */
export function* captureShell(process: Process, line: string): Task<Uint8Array> {
  const { child, fd } = readShell(process, line);
  const bytes = yield* readAll(process, fd);
  process.close(fd);
  yield* process.wait([child]);
  return bytes;
}

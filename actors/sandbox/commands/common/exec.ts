// Running other programs from commands: PATH search (execvp(3)), in place or in a child.
import { Errno } from '../../kernel/errno.js';
import { MAY_EXECUTE, permits } from '../../kernel/path.js';
import { type Process, statusCode } from '../../kernel/process.js';
import { encode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';

export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const SHELL = '/bin/sh';

/** The executable that `name` means; ENOENT, or EACCES where a candidate may not be executed. */
export function findProgram(process: Process, name: string, path: string | undefined): string {
  if (name.includes('/')) return name;
  let denied = false;
  for (const folder of name === '' ? [] : (path ?? DEFAULT_PATH).split(':')) {
    const candidate = `${folder === '' ? '.' : folder}/${name}`;
    try {
      const { inode } = process.files.locate(candidate);
      if (inode.type === 'file' && permits(inode, process.credentials, MAY_EXECUTE)) return candidate;
      denied ||= inode.type === 'file';
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }
  throw new Errno(denied ? 'EACCES' : 'ENOENT');
}

/** execvpe(3): becomes the program, `file` where its argv[0] says something else. Text without `#!` is run by the shell. Throws Errno when that is not possible. */
export function execute(process: Process, argv: readonly string[], env: ReadonlyMap<string, string> = process.env, file = argv[0]!): never {
  const path = findProgram(process, file, env.get('PATH'));
  try {
    return process.exec(path, argv, env);
  } catch (error) {
    if (!(error instanceof Errno && error.code === 'ENOEXEC')) throw error;
    if (process.files.locate(path).inode.readAt(0, 256).includes(0)) throw error;
    return process.exec(SHELL, [SHELL, path, ...argv.slice(1)], env);
  }
}

/** What shells and env report for a program that could not be executed: 127 not found, else 126. */
export function execFailureCode(error: Errno): number {
  return error.code === 'ENOENT' ? 127 : 126;
}

/** Becomes the program, or complains (`message` makes the line) and gives the exit code. */
export function* executeOrComplain(
  process: Process, argv: readonly string[], env: ReadonlyMap<string, string>, message: (name: string, why: string) => string, file = argv[0]!,
): Task<number> {
  try {
    return execute(process, argv, env, file);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    yield* process.write(2, encode(`${message(argv[0]!, error.message)}\n`));
    return execFailureCode(error);
  }
}

export interface SpawnOptions {
  env?: ReadonlyMap<string, string>;
  /** Runs in the child before its program: descriptors, folder, identity. */
  prepare?: (child: Process) => void;
  message: (name: string, why: string) => string;
}

/** A child with the program; where that fails the child complains and ends with 126 or 127. */
export function spawn(process: Process, argv: readonly string[], options: SpawnOptions): Process {
  return process.fork(function* child(self) {
    options.prepare?.(self);
    return yield* executeOrComplain(self, argv, options.env ?? process.env, options.message);
  });
}

/** Runs a program to its end; 0–255 as a shell's `$?`. */
export function* runProgram(process: Process, argv: readonly string[], options: SpawnOptions): Task<number> {
  const child = spawn(process, argv, options);
  yield* process.wait([child]);
  return statusCode(child.status!);
}

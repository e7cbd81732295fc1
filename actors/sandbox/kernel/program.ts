// What can be executed: program kinds, tried in order on a file's first bytes.
import type { Location } from './path.js';
import type { Process } from './process.js';
import type { Task } from './wait.js';

/** A program's code: runs as the process, returns its exit code. Errors it lets through are bugs and end the process loudly. */
export type Main = (process: Process) => Task<number>;

/** A file that is to be executed. */
export interface Executable {
  /** As given to execve. */
  path: string;
  /** Where it really is, symlinks followed. */
  location: Location;
  /** Up to 256 first bytes. */
  head: Uint8Array;
  argv: readonly string[];
}

/** What runs, with which words; `location` where that is another file than the one executed (a script's interpreter). */
export interface Program {
  main: Main;
  argv: readonly string[];
  location?: Location;
  /** The name of the built-in that it is, where it is one. */
  builtin?: string;
}

/**
 * One kind of program: built-in, script, WASI, node. Kinds make system calls on their process and never touch each other.
 * `claim` answers with code and argv (a script's interpreter changes argv), or undefined for "not mine"; it may throw Errno.
 */
export interface ProgramKind {
  readonly name: string;
  claim(executable: Executable, process: Process): Program | undefined;
}

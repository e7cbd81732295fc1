// What unwinds a program that is over: its exit, or another program in its place.
import type { Main } from './program.js';

/** Unwinds a program that calls exit(2). Programs must let it pass. */
export class ProcessExit extends Error {
  readonly exitCode: number;
  constructor(exitCode: number) {
    super(`exit ${exitCode}`);
    this.exitCode = exitCode & 0xff;
  }
}

/** Unwinds a program whose process executes another one (execve). Programs must let it pass. */
export class ProcessImage extends Error {
  readonly main: Main;
  constructor(main: Main) {
    super('execve');
    this.main = main;
  }
}

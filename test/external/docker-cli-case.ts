// One case of the Docker CLI: a script and what it must print.
import type { Expectation } from './shell.js';

export interface Case extends Expectation {
  readonly name: string;
  /** Runs with DOCKER_HOST set, in a folder of its own. */
  readonly script: string;
}

/** The image of every case. */
export const I = 'sockerless/base';

/** Runs a command on a terminal and types at it: each entry after a pause, in printf's notation. The command's own exit code. */
export function typed(command: string, ...keys: readonly string[]): string {
  const typing = keys.map((text) => `sleep 0.6; printf '${text}'`).join('; ');
  return `(${typing}; sleep 0.6) | timeout 20 script -qec "${command}" /dev/null`;
}

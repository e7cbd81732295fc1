// One case of the Docker CLI: a script and what it must print.
import type { Expectation } from './shell.js';

export interface Case extends Expectation {
  readonly name: string;
  /** Runs with DOCKER_HOST set, in a folder of its own. */
  readonly script: string;
}

/** The image of every case. */
export const I = 'sockerless/base';

/** Until the command has made its terminal raw, or has ended: what is typed before is the terminal's own to edit, Ctrl-C among it. */
const LISTENS = 'while at=$(cat terminal 2>/dev/null); [ -z "$at" ] || stty -a -F "$at" 2>/dev/null | grep -q " icanon"; do sleep 0.05; done';

/** Runs a command on a terminal and types at it: each entry after a pause, in printf's notation. The command's own exit code. */
export function typed(command: string, ...keys: readonly string[]): string {
  const typing = keys.map((text) => `sleep 0.6; printf '${text}'`).join('; ');
  return `(${LISTENS}; ${typing}; sleep 0.6) | timeout 60 script -qec "tty > terminal; exec ${command}" /dev/null`;
}

// What names mean while a jq program is compiled: functions, parameters and variables, each with the routine it is written in.
import type { Value } from './value.js';
import type { Routine } from './vm.js';

/** A routine being written. */
export class Writing {
  readonly routine: Routine = { code: [], variables: 0 };
  readonly depth: number;

  constructor(depth: number) {
    this.depth = depth;
  }

  /** The index of a new variable. */
  variable(): number {
    return this.routine.variables++;
  }
}

export type Meaning =
  | { type: 'function'; routine: Routine; depth: number }
  | { type: 'parameter'; depth: number; index: number }
  | { type: 'variable'; depth: number; index: number }
  | { type: 'constant'; value: Value };

/** A chain of names, the innermost first. Functions are named `name/arity`, variables `$name`, labels `*name`. */
export interface Scope {
  name: string;
  meaning: Meaning;
  outer: Scope | undefined;
}

export function lookUp(scope: Scope | undefined, name: string): Meaning | undefined {
  for (let at = scope; at; at = at.outer) if (at.name === name) return at.meaning;
  return undefined;
}

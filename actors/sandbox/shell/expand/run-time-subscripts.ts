// Commands in subscripts that come at run time (`unset 'a[$(…)]'`, `$((x))` where x is `a[$(…)]`): run when they are met, and then the attempt is made anew.
import type { Task } from '../../kernel/wait.js';
import { ExpansionError } from '../flow.js';
import type { Builtin, Outcome } from '../parts.js';
import type { Shell } from '../shell.js';
import type { Subscript } from '../syntax/ast.js';
import type { Key } from '../variables/arrays.js';
import { parseReference } from '../variables/variables.js';

/** A subscript in which commands run, met where nothing can wait for them. */
export class UnreadSubscript extends ExpansionError {
  readonly index: Subscript;
  /** Of an associative array. */
  readonly isKey: boolean;
  constructor(index: Subscript, isKey: boolean) {
    super('command substitution: cannot be run here');
    this.index = index;
    this.isKey = isKey;
    this.isReported = true;
  }
}

/** What a subscript was found to be while the attempt is made again. */
export function knownKey(shell: Shell, index: Subscript): Key | undefined {
  return shell.subscriptKeys?.get(index.word.source);
}

/**
 * Makes an attempt again after each subscript that it met, until it is through. One that has changed variables by then is not made again:
 * it would change them twice.
 */
export function* withSubscripts<T>(shell: Shell, attempt: () => T): Task<T> {
  const outer = shell.subscriptKeys;
  const keys = new Map(outer);
  shell.subscriptKeys = keys;
  try {
    for (;;) {
      const { changes } = shell.variables;
      try {
        return attempt();
      } catch (error) {
        if (!(error instanceof UnreadSubscript)) throw error;
        if (shell.variables.changes !== changes) throw new ExpansionError(error.message);
        const { index, isKey } = error;
        keys.set(index.word.source, isKey ? yield* shell.expansion.textTask(index.word) : yield* shell.expansion.arithmeticTask(index.arithmetic));
      }
    }
  } finally {
    shell.subscriptKeys = outer;
  }
}

/** An outcome that may turn out to need commands run. */
export function withSubscriptsWhereMet(shell: Shell, attempt: () => Outcome): Outcome {
  const { changes } = shell.variables;
  try {
    return attempt();
  } catch (error) {
    if (!(error instanceof UnreadSubscript) || shell.variables.changes !== changes) throw error;
    return settled(withSubscripts(shell, attempt));
  }
}

function* settled(running: Task<Outcome>): Task<number> {
  const outcome = yield* running;
  return typeof outcome === 'number' ? outcome : yield* outcome;
}

/** What `declare` assigns to the element. */
const ASSIGNED = /\]\+?=.*$/s;
const RUNS_COMMANDS = /^[A-Za-z_]\w*\[.*(?:\$[({]|`)/s;

/**
 * A built-in that acts before it comes to the elements which its arguments name: their subscripts are read first. `names` tells of an
 * argument, by what stands before it, whether it names something.
 */
export function naming(builtin: Builtin, names: (before: string) => boolean): Builtin {
  return (shell, argv) => {
    const named = argv.filter((word, i) => i > 0 && RUNS_COMMANDS.test(word) && names(argv[i - 1]!) && !shell.elementNames?.has(word));
    return named.length === 0 ? builtin(shell, argv) : afterSubscripts(shell, named, () => builtin(shell, argv));
  };
}

function* afterSubscripts(shell: Shell, named: readonly string[], run: () => Outcome): Task<number> {
  const outer = shell.subscriptKeys;
  const keys = new Map(outer);
  try {
    for (const word of named) {
      const reference = parseReference(word.replace(ASSIGNED, ']'));
      if (reference?.subscript === undefined) continue;
      const { name, subscript } = reference;
      keys.set(subscript, yield* withSubscripts(shell, () => shell.variables.elementKey(shell.variables.find(name), subscript)));
    }
    shell.subscriptKeys = keys;
    const outcome = run();
    return typeof outcome === 'number' ? outcome : yield* outcome;
  } finally {
    shell.subscriptKeys = outer;
  }
}

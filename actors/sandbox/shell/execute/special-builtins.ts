// POSIX's special built-ins: in POSIX shells their assignments stay, functions do not hide them, and their errors end a script.
import type { Dialect } from '../syntax/ast.js';

const POSIX = ['break', ':', 'continue', '.', 'eval', 'exec', 'exit', 'export', 'readonly', 'return', 'set', 'shift', 'times', 'trap', 'unset'];

/** By dialect: dash's local is one, bash's source is `.`. */
export const SPECIAL_BUILTINS: Readonly<Record<Dialect, ReadonlySet<string>>> = {
  bash: new Set([...POSIX, 'source']), posix: new Set([...POSIX, 'source']), ash: new Set([...POSIX, 'source']), dash: new Set([...POSIX, 'local']),
};

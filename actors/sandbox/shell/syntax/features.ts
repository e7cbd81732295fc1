// Which parts of the grammar each dialect knows.
import type { Dialect } from './ast.js';

export interface Features {
  /** `[[ ]]`, `function`, `&>`, `$'…'`, `${x/a/b}`, `${x:1:2}`: bash, and busybox ash built as bash-compatible. */
  readonly familiar: boolean;
  /** Everything else of bash: arrays, `((…))`, `<<<`, `|&`, `;&`, `coproc`, `time`, `select`, brace expansion, … */
  readonly bash: boolean;
  /** `[[ ]]` and process substitution are busybox ash's too. */
  readonly tests: boolean;
  /** Errors in dash's words. */
  readonly terse: boolean;
  /** Tildes after `=` in ordinary arguments. */
  readonly tildeArguments: boolean;
}

const FEATURES: Readonly<Record<Dialect, Features>> = {
  bash: { familiar: true, bash: true, tests: true, terse: false, tildeArguments: true },
  posix: { familiar: true, bash: true, tests: true, terse: false, tildeArguments: false },
  ash: { familiar: true, bash: false, tests: true, terse: true, tildeArguments: false },
  dash: { familiar: false, bash: false, tests: false, terse: true, tildeArguments: false },
};

export function featuresOf(dialect: Dialect): Features {
  return FEATURES[dialect];
}

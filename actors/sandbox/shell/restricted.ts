// The restricted shell: what it may not do (bash's manual, "The Restricted Shell").
import type { Shell } from './shell.js';
import { READONLY } from './variables/variable.js';

const KEPT = ['PATH', 'SHELL', 'ENV', 'BASH_ENV', 'HISTFILE'];

/** From here on and for good. */
export function restrict(shell: Shell): void {
  shell.options.restricted = true;
  for (const name of KEPT) shell.variables.mark(shell.variables.writable(name), READONLY);
}

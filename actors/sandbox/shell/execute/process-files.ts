// The descriptors that process substitutions of a running command hold open.
import type { Shell } from '../shell.js';

/** Closes the descriptors of process substitutions made since there were `from` of them. */
export function closeSubstitutions(shell: Shell, from: number): void {
  if (shell.process.isUnwinding) return;
  for (const fd of shell.substitutionFiles.splice(from)) {
    if (shell.process.descriptors.find(fd)) shell.process.close(fd);
  }
}

// The working directory as the shell names it.
import { Errno } from '../kernel/errno.js';
import type { Shell } from './shell.js';

/** Where the shell thinks it is: PWD while it is true, else the physical path. */
export function logicalDirectory(shell: Shell): string {
  const pwd = shell.variables.get('PWD');
  if (pwd?.startsWith('/') === true && !/\/\.\.?(\/|$)/.test(pwd)) {
    try {
      if (shell.process.files.locate(pwd).inode === shell.process.cwd.inode) return pwd;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }
  return shell.process.files.getcwd();
}

/** `~/x` for what is at home. */
export function tilde(shell: Shell, path: string): string {
  const home = shell.variables.get('HOME') ?? '';
  return home !== '' && (path === home || path.startsWith(`${home}/`)) ? `~${path.slice(home.length)}` : path;
}

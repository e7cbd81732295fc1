// Whether something is there.
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';

/** Whether there is an entry of this name; a symlink counts by itself. */
export function exists(process: Process, path: string): boolean {
  try {
    process.files.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}

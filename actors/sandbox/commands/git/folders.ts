// Small questions about files that several git operations ask.
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

export function isFolder(process: Process, path: string): boolean {
  return exists(process, path) && process.files.lstat(path).type === 'directory';
}

/** A file, or a folder with all that is in it. */
export function removeTree({ files }: Process, path: string): void {
  if (files.lstat(path).type !== 'directory') return files.unlink(path);
  for (const { name } of files.readdir(path)) removeTree({ files } as Process, `${path}/${name}`);
  files.rmdir(path);
}

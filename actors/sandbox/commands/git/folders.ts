// Small questions about files that several git operations ask.
import { exists } from '../common/exists.js';
import type { Process } from '../../kernel/process.js';

export function isFolder(process: Process, path: string): boolean {
  return exists(process, path) && process.files.lstat(path).type === 'directory';
}

/** A file, or a folder with all that is in it. */
export function removeTree({ files }: Process, path: string): void {
  if (files.lstat(path).type !== 'directory') return files.unlink(path);
  for (const { name } of files.readdir(path)) removeTree({ files } as Process, `${path}/${name}`);
  files.rmdir(path);
}

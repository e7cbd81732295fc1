// git diff --no-index: two files or folders compared that need not be in a repository.
import { posix } from 'node:path';
import git from 'isomorphic-git';
import { exists } from '../common/exists.js';
import type { Process } from '../../kernel/process.js';
import type { GitContext } from './command.js';
import { filesOf, GitFailure, type Repository } from './repository.js';
import { byBytes, type FileChange, type Side, SYMLINK } from './sides.js';

const ABSENT = '/dev/null';

/** Where objects are read: none is, as the sides bring their bytes. */
export function withoutRepository({ process, overrides }: GitContext): Repository {
  return { process, fs: filesOf(process), dir: process.files.getcwd(), gitdir: posix.join(process.files.getcwd(), '.git'), overrides };
}

async function sideOf(process: Process, path: string): Promise<Side | undefined> {
  if (path === ABSENT || !exists(process, path)) return undefined;
  const { files } = process;
  const { type, mode } = files.lstat(path);
  const bytes = type === 'symlink' ? Buffer.from(files.readlink(path)) : Buffer.from(files.readFile(path));
  return { oid: (await git.hashBlob({ object: bytes })).oid, mode: type === 'symlink' ? SYMLINK : (mode & 0o111) === 0 ? 0o100644 : 0o100755, bytes };
}

/** Names of the files below a folder, relative to it. */
function filesBelow(process: Process, folder: string, prefix = ''): string[] {
  return process.files.readdir(posix.join(folder, prefix)).flatMap(({ name, type }) => (type === 'directory' ? filesBelow(process, folder, `${prefix}${name}/`) : [prefix + name]));
}

export async function compareOutside({ process }: GitContext, paths: readonly string[]): Promise<FileChange[]> {
  const [left, right] = paths;
  if (left === undefined || right === undefined || paths.length > 2) throw new GitFailure('usage: git diff --no-index [<options>] <path> <path>', 129);
  for (const path of [left, right]) if (!exists(process, path)) throw new GitFailure(`Could not access '${path}'`, 1);
  const isFolder = (path: string): boolean => path !== ABSENT && process.files.stat(path).type === 'directory';
  const areFolders = isFolder(left) && isFolder(right);
  // A folder beside a file: the file of that name in it.
  const within = (folder: string, file: string): string => (isFolder(folder) && !areFolders ? posix.join(folder, posix.basename(file)) : folder);
  const names = areFolders ? [...new Set([...filesBelow(process, left), ...filesBelow(process, right)])].sort(byBytes) : [''];
  const changes: FileChange[] = [];
  for (const name of names) {
    const [from, path] = areFolders ? [posix.join(left, name), posix.join(right, name)] : [within(left, right), within(right, left)];
    const [before, after] = [await sideOf(process, from), await sideOf(process, path)];
    if ((before === undefined && after === undefined) || (before?.oid === after?.oid && before?.mode === after?.mode)) continue;
    const shown = (given: string): string => given.replace(/^\//, '');
    changes.push({ status: before === undefined ? 'A' : after === undefined ? 'D' : 'M', path: shown(after === undefined ? from : path), from: shown(before === undefined ? path : from), before, after, likeness: undefined });
  }
  return changes;
}

// What differs between two states of a repository's files: trees, the index, the working tree.
import { posix } from 'node:path';
import git from 'isomorphic-git';
import { exists } from '../common/exists.js';
import { indexMtimeMs, isUnchanged, readIndex } from './index-file.js';
import type { Pathspec } from './pathspec.js';
import { withRenames } from './renames.js';
import { gitFolder, type Repository } from './repository.js';
import { peel } from './revision.js';
import { byBytes, type FileChange, type Files, GITLINK, type Side, SYMLINK } from './sides.js';

/** All files of a commit or tree; nothing for undefined. */
export async function treeFiles(repository: Repository, revision: string | undefined, paths?: Pathspec): Promise<Map<string, Side>> {
  const found = new Map<string, Side>();
  const { fs, gitdir } = repository;
  const visit = async (oid: string, prefix: string): Promise<void> => {
    for (const entry of (await git.readTree({ fs, gitdir, oid })).tree) {
      const path = prefix + entry.path;
      if (entry.type === 'tree') {
        if (paths?.reaches(path) !== false) await visit(entry.oid, `${path}/`);
      } else if (paths?.matches(path) !== false) found.set(path, { oid: entry.oid, mode: Number.parseInt(entry.mode, 8) });
    }
  };
  const tree = revision === undefined ? undefined : await peel(repository, revision, 'tree');
  if (tree !== undefined) await visit(tree, '');
  return found;
}

/** All files of the index; of those in conflict ours. */
export async function indexFiles(repository: Repository): Promise<Map<string, Side>> {
  const found = new Map<string, Side>();
  for (const { path, oid, mode, stage, intentToAdd } of readIndex(repository)) if (!intentToAdd && (stage === 0 || stage === 2 || !found.has(path))) found.set(path, { oid, mode });
  return found;
}

/** A file of the working tree; undefined where there is none, or only a folder. */
export async function workFile({ dir, process }: Repository, path: string): Promise<Side | undefined> {
  const at = posix.join(dir, path);
  if (!exists(process, at)) return undefined;
  const stat = process.files.lstat(at);
  if (stat.type !== 'file' && stat.type !== 'symlink') return undefined;
  const bytes = stat.type === 'symlink' ? Buffer.from(process.files.readlink(at)) : Buffer.from(process.files.readFile(at));
  return { oid: (await git.hashBlob({ object: bytes })).oid, mode: stat.type === 'symlink' ? SYMLINK : (stat.mode & 0o111) === 0 ? 0o100644 : 0o100755, bytes };
}

/** A repository inside, as the commit that it is at; undefined where it is not there. */
export async function linkedCommit({ process, dir, fs }: Repository, path: string): Promise<Side | undefined> {
  const at = posix.join(dir, path);
  const gitdir = exists(process, at) ? gitFolder(process, at) : undefined;
  const oid = gitdir === undefined ? undefined : await git.resolveRef({ fs, gitdir, ref: 'HEAD' }).catch(() => undefined);
  return oid === undefined ? undefined : { oid, mode: GITLINK };
}

/** The working tree as far as the index knows its files. Those that did not change since they were staged are not read. */
export async function workFiles(repository: Repository): Promise<Map<string, Side>> {
  const found = new Map<string, Side>();
  const writtenMs = indexMtimeMs(repository);
  for (const entry of readIndex(repository)) {
    const { path, oid, mode } = entry;
    if (found.has(path) || entry.intentToAdd) continue;
    if (mode === GITLINK || entry.skipWorktree || entry.assumeValid) {
      found.set(path, (mode === GITLINK ? await linkedCommit(repository, path) : undefined) ?? { oid, mode });
      continue;
    }
    const at = posix.join(repository.dir, path);
    const stat = exists(repository.process, at) ? repository.process.files.lstat(at) : undefined;
    const isFile = stat?.type === 'file' && mode !== SYMLINK && ((stat.mode & 0o111) === 0) === (mode === 0o100644);
    const now = isFile && entry.stage === 0 && isUnchanged(entry, stat, writtenMs) ? { oid, mode } : await workFile(repository, path);
    if (now) found.set(path, now);
  }
  return found;
}

function typeOf(mode: number): number {
  return mode & 0o170000;
}

/** The files that differ, by path; `renames`: those that were moved or, as `copies` says, copied are found. */
export async function compareFiles(repository: Repository, before: Files, after: Files, paths: Pathspec, renames: { likeness: number; copies: boolean } | undefined): Promise<FileChange[]> {
  const changes: FileChange[] = [];
  for (const path of [...new Set([...before.keys(), ...after.keys()])].sort(byBytes)) {
    const [a, b] = [before.get(path), after.get(path)];
    if (!paths.matches(path) || (a?.oid === b?.oid && a?.mode === b?.mode)) continue;
    const status = a === undefined ? 'A' : b === undefined ? 'D' : typeOf(a.mode) === typeOf(b.mode) ? 'M' : 'T';
    changes.push({ status, path, from: path, before: a, after: b, likeness: undefined });
  }
  return renames === undefined ? changes : withRenames(repository, changes, renames, before);
}

/** Paths that differ between two trees, without reading what is alike in both. */
export async function changedPaths({ fs, gitdir }: Repository, before: string | undefined, after: string, paths: Pathspec): Promise<string[]> {
  const found: string[] = [];
  const entries = async (oid: string | undefined): Promise<Map<string, { oid: string; type: string; mode: string }>> => new Map(oid === undefined ? [] : (await git.readTree({ fs, gitdir, oid })).tree.map((entry) => [entry.path, entry]));
  const visit = async (a: string | undefined, b: string | undefined, prefix: string): Promise<void> => {
    if (a === b) return;
    const [old, now] = [await entries(a), await entries(b)];
    for (const name of new Set([...old.keys(), ...now.keys()])) {
      const [left, right] = [old.get(name), now.get(name)];
      if (left?.oid === right?.oid && left?.mode === right?.mode) continue;
      const path = prefix + name;
      const isTree = left?.type === 'tree' || right?.type === 'tree';
      if ((left !== undefined && left.type !== 'tree') || (right !== undefined && right.type !== 'tree')) if (paths.matches(path)) found.push(path);
      if (isTree && paths.reaches(path)) await visit(left?.type === 'tree' ? left.oid : undefined, right?.type === 'tree' ? right.oid : undefined, `${path}/`);
    }
  };
  await visit(before, after, '');
  return found;
}

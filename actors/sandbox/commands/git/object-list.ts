// git rev-list --objects: everything that commits are made of, each object once with the path that it was met at.
import git from 'isomorphic-git';
import type { ReadCommitResult } from 'isomorphic-git';
import type { Repository } from './repository.js';
import { History } from './walk.js';

/** Lines behind those of the commits; what `excluded` commits have is left out. */
export async function objectLines(repository: Repository, entries: readonly ReadCommitResult[], excluded: readonly string[]): Promise<string[]> {
  const { fs, gitdir } = repository;
  const seen = new Set<string>();
  const lines: string[] = [];
  const visit = async (oid: string, path: string, isShown: boolean): Promise<void> => {
    if (seen.has(oid)) return;
    seen.add(oid);
    if (isShown) lines.push(`${oid} ${path}`);
    for (const entry of (await git.readTree({ fs, gitdir, oid })).tree) {
      const below = path === '' ? entry.path : `${path}/${entry.path}`;
      if (entry.type === 'tree') await visit(entry.oid, below, isShown);
      else if (entry.type === 'blob' && !seen.has(entry.oid)) {
        seen.add(entry.oid);
        if (isShown) lines.push(`${entry.oid} ${below}`);
      }
    }
  };
  const history = new History(repository);
  for (const oid of await history.reachable(excluded)) await visit((await history.commit(oid)).commit.tree, '', false);
  for (const { commit } of entries) await visit(commit.tree, '', true);
  return lines;
}

// A commit's changes made anew on top of another: what cherry-pick, revert, rebase and am share.
import git, { type ReadCommitResult } from 'isomorphic-git';
import { UTC } from '../common/dates/zone.js';
import { shortSummary } from './change-text.js';
import { compareFiles, indexFiles, treeFiles, workFiles } from './changes.js';
import { dateText } from './dates.js';
import { conflictMessages, mergeTrees, putTree } from './merge-trees.js';
import { PATCH, patchText } from './patch-text.js';
import { pathspec } from './pathspec.js';
import { short, subject } from './pretty.js';
import { USUAL_RENAMES } from './renames.js';
import { GitFailure, person, type Repository } from './repository.js';
import { findRevision } from './revision.js';
import { writeCommit, writeTrees } from './write-objects.js';

export const EVERYTHING = (repository: Repository): ReturnType<typeof pathspec> => pathspec(repository, []);

/** Throws GitFailure where tracked files were changed. */
export async function requireClean(repository: Repository, message: string): Promise<void> {
  const index = await indexFiles(repository);
  const head = await findRevision(repository, 'HEAD');
  const staged = await compareFiles(repository, await treeFiles(repository, head), index, EVERYTHING(repository), undefined);
  const changed = staged.length > 0 ? staged : await compareFiles(repository, index, await workFiles(repository), EVERYTHING(repository), undefined);
  if (changed.length > 0) throw new GitFailure(message, 1);
}

export interface Pick {
  /** The tree that the change begins at, and the one that it leads to. */
  readonly base: string | undefined;
  readonly changed: string;
  readonly label: string;
}

/** Makes a change to HEAD's tree; a new commit's tree, or what is in conflict, which then lies in the working tree. */
export async function applied(repository: Repository, head: string, { base, changed, label }: Pick): Promise<{ tree: string } | { conflicts: string[] }> {
  const merged = await mergeTrees(repository, base, head, changed, { ours: 'HEAD', theirs: label });
  await putTree(repository, head, merged);
  return merged.conflicts.length > 0 ? { conflicts: conflictMessages(merged) } : { tree: await writeTrees(repository, merged.files) };
}

export async function commitOn(repository: Repository, parent: string | readonly string[], tree: string, message: string, author: object): Promise<string> {
  const { fs, gitdir } = repository;
  const oid = await writeCommit(repository, { tree, parent: typeof parent === 'string' ? [parent] : parent, message, author: author as never, committer: await person(repository, 'COMMITTER') });
  await git.writeRef({ fs, gitdir, ref: (await git.currentBranch({ fs, gitdir, fullname: true })) || 'HEAD', value: oid, force: true });
  return oid;
}

/** `[main 1234567] subject`, and what the commit changed. */
export async function commitLine(repository: Repository, oid: string, withDate = false): Promise<string> {
  const { fs, gitdir } = repository;
  const branch = await git.currentBranch({ fs, gitdir });
  const entry = await git.readCommit({ fs, gitdir, oid });
  const { author, committer } = entry.commit;
  const changes = await compareFiles(repository, await treeFiles(repository, entry.commit.parent[0]), await treeFiles(repository, oid), EVERYTHING(repository), USUAL_RENAMES);
  const own = author.name === committer.name && author.email === committer.email ? '' : ` Author: ${author.name} <${author.email}>\n`;
  const date = withDate ? ` Date: ${dateText(author, 'default', UTC)}\n` : '';
  return `[${branch || 'detached HEAD'}${entry.commit.parent.length === 0 ? ' (root-commit)' : ''} ${short(oid)}] ${subject(entry)}\n${own}${date}${await shortSummary(repository, changes)}`;
}

/** What a commit changed, as a patch. */
export async function commitPatch(repository: Repository, { oid, commit }: ReadCommitResult): Promise<string> {
  const changes = await compareFiles(repository, await treeFiles(repository, commit.parent[0]), await treeFiles(repository, oid), EVERYTHING(repository), undefined);
  return (await Promise.all(changes.map((change) => patchText(repository, change, PATCH)))).join('');
}

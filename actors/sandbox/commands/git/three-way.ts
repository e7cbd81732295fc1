// A patch that does not fit, merged: onto the files that it was made for, then with what is here (am -3, apply --3way).
import git from 'isomorphic-git';
import { Application } from '../patch/apply.js';
import { type FilePatch, parsePatch } from '../patch/parse.js';
import { indexFiles, treeFiles } from './changes.js';
import type { GitContext } from './command.js';
import { conflictMessages, mergeTrees, putTree } from './merge-trees.js';
import type { Repository } from './repository.js';
import { resolveCommit } from './revision.js';
import { bytesOf, type Side } from './sides.js';
import { writeTrees } from './write-objects.js';

const linesOf = (text: string): string[] => (text === '' ? [] : text.split(/(?<=\n)/));
const pathOf = (name: string | undefined): string | undefined => (name === undefined || name === '/dev/null' ? undefined : name.split('/').slice(1).join('/'));

/** The blob before each file's change, by its `index` line. */
function blobsBefore(text: string): Map<string, string> {
  return new Map([...text.matchAll(/^diff --git a\/(.*) b\/.*\n(?:(?!diff --git ).*\n)*?index ([0-9a-f]+)\.\./gm)].map(([, path, oid]) => [path!, oid!]));
}

/** Whether it went without conflicts; undefined where the files that the patch was made for are not here. */
export async function mergePatch(context: GitContext, repository: Repository, text: string, label: string): Promise<boolean | undefined> {
  const { fs, gitdir } = repository;
  const head = await resolveCommit(repository, 'HEAD');
  const before: Map<string, Side> = new Map(await indexFiles(repository));
  const blobs = blobsBefore(text);
  const patches = parsePatch(text);
  for (const { oldName } of patches) {
    const path = pathOf(oldName);
    if (path === undefined) continue;
    const known = blobs.get(path);
    const oid = known === undefined ? undefined : await git.expandOid({ fs, gitdir, oid: known }).catch(() => undefined);
    if (oid === undefined) {
      context.complain('error: repository lacks the necessary blob to perform 3-way merge.\n');
      return undefined;
    }
    before.set(path, { oid, mode: before.get(path)?.mode ?? 0o100644 });
  }
  const now = await treeFiles(repository, head);
  const differing = [...before].filter(([path, side]) => now.get(path)?.oid !== side.oid).map(([path]) => `${now.has(path) ? 'M' : 'A'}\t${path}\n`);
  context.print(`Using index info to reconstruct a base tree...\n${differing.join('')}`);
  const after = new Map(before);
  for (const patch of patches) await change(repository, before, after, patch);
  context.print('Falling back to patching base and 3-way merge...\n');
  const merged = await mergeTrees(repository, await writeTrees(repository, before), head, await writeTrees(repository, after), { ours: 'HEAD', theirs: label });
  await putTree(repository, head, merged);
  context.print(conflictMessages(merged).join(''));
  if (merged.conflicts.length > 0) context.complain('error: Failed to merge in the changes.\n');
  return merged.conflicts.length === 0;
}

async function change(repository: Repository, before: ReadonlyMap<string, Side>, after: Map<string, Side>, patch: FilePatch): Promise<void> {
  const [from, to] = [pathOf(patch.oldName), pathOf(patch.newName)];
  const old = from === undefined ? undefined : before.get(from);
  const application = new Application(linesOf((await bytesOf(repository, old)).toString()), 0, false, true);
  for (const hunk of patch.hunks) application.apply(hunk);
  if (from !== undefined && from !== to) after.delete(from);
  if (to === undefined || patch.deletes) return;
  const oid = await git.writeBlob({ fs: repository.fs, gitdir: repository.gitdir, blob: Buffer.from(application.lines.join('')) });
  const mode = patch.newMode === undefined ? old?.mode ?? 0o100644 : (patch.newMode & 0o111) === 0 ? 0o100644 : 0o100755;
  after.set(to, { oid, mode });
}

// git log -S and -G: commits that change how often something stands in a file, or lines that match.
import type { ReadCommitResult } from 'isomorphic-git';
import type { Options } from '../../programs/stdio.js';
import { compareLines } from '../diff/compare.js';
import { compareFiles, treeFiles } from './changes.js';
import type { Pathspec } from './pathspec.js';
import type { Repository } from './repository.js';
import { bytesOf } from './sides.js';

const count = (text: string, pattern: RegExp): number => (text.match(pattern) ?? []).length;

/** Whether the lines that a change takes away or adds have it. */
function isInChanged(before: string, after: string, pattern: RegExp): boolean {
  const [old, now] = [before.split('\n'), after.split('\n')];
  return compareLines(old, now).some(({ oldStart, oldCount, newStart, newCount }) => [...old.slice(oldStart, oldStart + oldCount), ...now.slice(newStart, newStart + newCount)].some((line) => pattern.test(line)));
}

/** The commits that -S or -G lets through; all where neither is given. */
export async function pickaxed(repository: Repository, given: Options, entries: readonly ReadCommitResult[], paths: Pathspec): Promise<readonly ReadCommitResult[]> {
  const [text, lines] = [given.value('S'), given.value('G')];
  const wanted = lines ?? text;
  if (wanted === undefined) return entries;
  const isPattern = lines !== undefined || given.has('pickaxe-regex');
  const source = isPattern ? wanted : wanted.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const pattern = new RegExp(source, lines === undefined ? 'g' : '');
  const found: ReadCommitResult[] = [];
  for (const entry of entries) {
    if (entry.commit.parent.length > 1) continue;
    const changes = await compareFiles(repository, await treeFiles(repository, entry.commit.parent[0], paths), await treeFiles(repository, entry.commit.tree, paths), paths, undefined);
    for (const change of changes) {
      const [before, after] = [(await bytesOf(repository, change.before)).toString(), (await bytesOf(repository, change.after)).toString()];
      if (lines === undefined ? count(before, pattern) === count(after, pattern) : !isInChanged(before, after, pattern)) continue;
      found.push(entry);
      break;
    }
  }
  return found;
}

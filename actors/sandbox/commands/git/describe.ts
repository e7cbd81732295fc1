// git describe: a commit by the nearest tag.
import git from 'isomorphic-git';
import { compileGlob } from '../common/glob.js';
import { type Command, need, options } from './command.js';
import { pathspec } from './pathspec.js';
import { GitFailure, type Repository } from './repository.js';
import { resolveRevision } from './revision.js';
import { statusOf } from './status.js';
import { History } from './walk.js';

interface Tag {
  readonly name: string;
  readonly commit: string;
  readonly isAnnotated: boolean;
  readonly timestamp: number;
}

async function tagsOf({ fs, gitdir }: Repository): Promise<Tag[]> {
  const found: Tag[] = [];
  for (const name of await git.listTags({ fs, gitdir })) {
    const oid = await git.resolveRef({ fs, gitdir, ref: `refs/tags/${name}` });
    const commit = await git.readCommit({ fs, gitdir, oid }).catch(() => undefined);
    if (!commit) continue;
    const isAnnotated = commit.oid !== oid;
    const timestamp = isAnnotated ? (await git.readTag({ fs, gitdir, oid })).tag.tagger.timestamp : commit.commit.committer.timestamp;
    found.push({ name, commit: commit.oid, isAnnotated, timestamp });
  }
  return found;
}

export const describe: Command = async (context) => {
  const repository = need(context);
  const given = options(context, '', { tags: 'no', all: 'no', always: 'no', long: 'no', abbrev: 'required', 'exact-match': 'no', match: 'required', exclude: 'required', dirty: 'optional', broken: 'optional', candidates: 'required', 'first-parent': 'no' });
  const head = await resolveRevision(repository, given.operands[0] ?? 'HEAD').then((oid) => git.readCommit({ fs: repository.fs, gitdir: repository.gitdir, oid }));
  const digits = Number(given.value('abbrev') ?? 7);
  const short = head.oid.slice(0, digits === 0 ? 7 : Math.max(4, digits));
  const [match, exclude] = ['match', 'exclude'].map((name) => given.value(name)).map((glob) => (glob === undefined ? undefined : compileGlob(glob)));
  const all = await tagsOf(repository);
  const named = all.filter(({ name }) => (match?.(name) ?? true) && exclude?.(name) !== true);
  const usable = named.filter(({ isAnnotated }) => isAnnotated || given.has('tags', 'all'));
  const isDirty = given.has('dirty') && (await statusOf(repository, pathspec(repository, []), 'no').then(({ staged, changed, unmerged }) => staged.length + changed.length + unmerged.size > 0));
  const mark = isDirty ? given.value('dirty') || '-dirty' : '';
  const commits = new History(repository);
  const history = await commits.reachable([head.oid]);
  let best: { tag: Tag; distance: number } | undefined;
  for (const tag of usable) {
    if (!history.has(tag.commit) || (given.has('exact-match') && tag.commit !== head.oid)) continue;
    const older = await commits.reachable([tag.commit]);
    const distance = [...history].filter((oid) => !older.has(oid)).length;
    const better = best === undefined || distance < best.distance || (distance === best.distance && (Number(tag.isAnnotated) - Number(best.tag.isAnnotated) || tag.timestamp - best.tag.timestamp) > 0);
    if (better) best = { tag, distance };
  }
  if (best) {
    const isBare = digits === 0 || (best.distance === 0 && !given.has('long'));
    context.print(`${best.tag.name}${isBare ? '' : `-${best.distance}-g${short}`}${mark}\n`);
    return 0;
  }
  if (given.has('always')) {
    context.print(`${short}${mark}\n`);
    return 0;
  }
  if (given.has('exact-match')) throw new GitFailure(`no tag exactly matches '${head.oid}'`);
  if (named.length === 0) throw new GitFailure('No names found, cannot describe anything.');
  if (usable.length === 0) throw new GitFailure(`No annotated tags can describe '${head.oid}'.\nHowever, there were unannotated tags: try --tags.`);
  throw new GitFailure(`No tags can describe '${head.oid}'.\nTry --always, or create some tags.`);
};

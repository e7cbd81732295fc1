// git's names for commits: describe, rev-list, symbolic-ref.
import { posix } from 'node:path';
import git from 'isomorphic-git';
import { compileGlob } from '../common/glob.js';
import { type Command, need, options } from './command.js';
import { exists } from '../common/exists.js';
import { GitFailure, type Repository, resolveRevision } from './repository.js';
import { rows } from './work.js';

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

async function reachable({ fs, gitdir }: Repository, oid: string): Promise<string[]> {
  return (await git.log({ fs, gitdir, ref: oid })).map((entry) => entry.oid);
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
  const isDirty = given.has('dirty') && (await rows(repository)).some(([, inHead, inTree, staged]) => (inHead !== 0 || staged !== 0) && (inHead !== 1 || inTree !== 1 || staged !== 1));
  const mark = isDirty ? given.value('dirty') || '-dirty' : '';
  const history = await reachable(repository, head.oid);
  let best: { tag: Tag; distance: number } | undefined;
  for (const tag of usable) {
    if (!history.includes(tag.commit) || (given.has('exact-match') && tag.commit !== head.oid)) continue;
    const older = new Set(await reachable(repository, tag.commit));
    const distance = history.filter((oid) => !older.has(oid)).length;
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

export const revList: Command = async (context) => {
  const repository = need(context);
  const argv = context.argv.flatMap((word) => (/^-\d+$/.test(word) ? ['-n', word.slice(1)] : [word]));
  const given = options({ ...context, argv }, 'n:', { count: 'no', 'max-count': 'required', all: 'no', branches: 'no', tags: 'no', 'no-merges': 'no', merges: 'no', reverse: 'no', 'first-parent': 'no', skip: 'required', 'max-parents': 'required', parents: 'no', 'abbrev-commit': 'no' });
  const { fs, gitdir } = repository;
  const wanted = new Map<string, Awaited<ReturnType<typeof git.log>>[number]>();
  const unwanted = new Set<string>();
  const include = async (revision: string): Promise<void> => {
    for (const entry of await git.log({ fs, gitdir, ref: await resolveRevision(repository, revision || 'HEAD') })) wanted.set(entry.oid, entry);
  };
  const exclude = async (revision: string): Promise<void> => {
    for (const oid of await reachable(repository, await resolveRevision(repository, revision || 'HEAD'))) unwanted.add(oid);
  };
  const everything = [...(given.has('all', 'branches') ? await git.listBranches({ fs, gitdir }) : []), ...(given.has('all', 'tags') ? await git.listTags({ fs, gitdir }) : []), ...(given.has('all') ? ['HEAD'] : [])];
  const revisions = [...given.operands, ...everything];
  if (revisions.length === 0) throw new GitFailure('usage: git rev-list [<options>] <commit>... [--] [<path>...]', 129);
  for (const revision of revisions) {
    if (revision.startsWith('^')) await exclude(revision.slice(1));
    else if (revision.includes('..')) {
      const [from, to] = revision.split('..') as [string, string];
      await exclude(from);
      await include(to);
    } else await include(revision);
  }
  let entries = [...wanted.values()].filter(({ oid }) => !unwanted.has(oid)).sort((a, b) => b.commit.committer.timestamp - a.commit.committer.timestamp);
  if (given.has('first-parent')) {
    const line = new Set<string>();
    for (let at: string | undefined = entries[0]?.oid; at !== undefined && wanted.has(at); at = wanted.get(at)!.commit.parent[0]) line.add(at);
    entries = entries.filter(({ oid }) => line.has(oid));
  }
  const most = given.value('max-parents');
  if (given.has('no-merges')) entries = entries.filter(({ commit }) => commit.parent.length < 2);
  if (given.has('merges')) entries = entries.filter(({ commit }) => commit.parent.length > 1);
  if (most !== undefined) entries = entries.filter(({ commit }) => commit.parent.length <= Number(most));
  const skip = Number(given.value('skip') ?? 0);
  entries = entries.slice(skip, skip + Number(given.value('n', 'max-count') ?? entries.length));
  if (given.has('reverse')) entries.reverse();
  context.print(given.has('count') ? `${entries.length}\n` : entries.map(({ oid, commit }) => `${given.has('abbrev-commit') ? oid.slice(0, 7) : oid}${given.has('parents') ? commit.parent.map((parent) => ` ${parent}`).join('') : ''}\n`).join(''));
  return 0;
};

export const symbolicRef: Command = async (context) => {
  const { process, gitdir } = need(context);
  const given = options(context, 'qdm:', { quiet: 'no', short: 'no', delete: 'no' });
  const [name, target] = given.operands;
  if (name === undefined) throw new GitFailure('usage: git symbolic-ref [-m <reason>] <name> <ref>', 129);
  const path = posix.join(gitdir, name);
  if (given.has('d', 'delete')) {
    process.files.unlink(path);
    return 0;
  }
  if (target !== undefined) {
    if (name === 'HEAD' && !target.startsWith('refs/')) throw new GitFailure('Refusing to point HEAD outside of refs/');
    process.files.writeFile(path, Buffer.from(`ref: ${target}\n`));
    return 0;
  }
  const [, points] = exists(process, path) ? (/^ref: (.+)/.exec(Buffer.from(process.files.readFile(path)).toString()) ?? []) : [];
  if (points === undefined) {
    if (given.has('q', 'quiet')) return 1;
    throw new GitFailure(`ref ${name} is not a symbolic ref`);
  }
  context.print(`${given.has('short') ? points.replace(/^refs\/(heads|tags|remotes)\//, '') : points}\n`);
  return 0;
};

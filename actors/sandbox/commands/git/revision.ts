// What a revision means: names, ids, and the marks behind them (https://git-scm.com/docs/gitrevisions).
import { posix } from 'node:path';
import git from 'isomorphic-git';
import { reflogEntries } from './reflog.js';
import { setting } from './configuration.js';
import { GitFailure, type Repository } from './repository.js';

/** `~n`, `^n`, `^{…}`, `@{…}` behind a name. */
const MARK = /~\d*|\^\{[^}]*\}|\^\d*|@\{[^}]*\}/g;
const REVISION = /^(.*?)((?:~\d*|\^\{[^}]*\}|\^\d*|@\{[^}]*\})*)$/s;

export function unknownRevision(text: string): GitFailure {
  return new GitFailure(`ambiguous argument '${text}': unknown revision or path not in the working tree.\nUse '--' to separate paths from revisions, like this:\n'git <command> [<revision>...] -- [<file>...]'`);
}

/** The object that a revision names, tags not peeled. Throws GitFailure where there is none. */
export async function resolveRevision(repository: Repository, text: string): Promise<string> {
  const found = await findRevision(repository, text);
  if (found === undefined) throw unknownRevision(text);
  return found;
}

/** The commit that a revision leads to. Throws GitFailure where there is none. */
export async function resolveCommit(repository: Repository, text: string): Promise<string> {
  const oid = await peel(repository, await resolveRevision(repository, text), 'commit');
  if (oid === undefined) throw unknownRevision(text);
  return oid;
}

/** Like `resolveRevision`; undefined where there is none. */
export async function findRevision(repository: Repository, text: string): Promise<string | undefined> {
  const colon = text.startsWith(':/') ? -1 : text.replaceAll(/\{[^}]*\}/g, (all) => '_'.repeat(all.length)).indexOf(':');
  if (text.startsWith(':/')) return newest(repository, text.slice(2));
  if (colon >= 0) return objectAt(repository, text.slice(0, colon), text.slice(colon + 1));
  const [, base, marks] = REVISION.exec(text)!;
  let oid = await namedObject(repository, base!, marks!);
  for (const [mark] of marks!.matchAll(MARK)) {
    if (oid === undefined) return undefined;
    if (mark.startsWith('@{')) continue;
    oid = mark.startsWith('^{') ? await marked(repository, oid, mark.slice(2, -1)) : await ancestor(repository, oid, mark);
  }
  return oid;
}

/** What stands before the marks, with an `@{…}` that belongs to it. */
async function namedObject(repository: Repository, base: string, marks: string): Promise<string | undefined> {
  const [, at] = /^@\{([^}]*)\}/.exec(marks) ?? [];
  if (at === undefined) return base === '' && marks === '' ? undefined : nameOid(repository, base === '' || base === '@' ? 'HEAD' : base);
  if (/^(u|upstream|push)$/i.test(at)) {
    const upstream = await upstreamOf(repository, base);
    return upstream === undefined ? undefined : nameOid(repository, upstream);
  }
  if (/^-\d+$/.test(at)) {
    const branch = previousBranch(repository, Number(at.slice(1)));
    return branch === undefined ? undefined : nameOid(repository, branch);
  }
  if (!/^\d+$/.test(at)) return undefined;
  const entries = reflogEntries(repository, base === '' || base === 'HEAD' || base === '@' ? 'HEAD' : await fullName(repository, base) ?? base);
  return entries.length === 0 && at === '0' ? nameOid(repository, base || 'HEAD') : entries[Number(at)]?.to;
}

async function nameOid({ fs, gitdir }: Repository, name: string): Promise<string | undefined> {
  if (/^[0-9a-f]{40}$/.test(name)) return name;
  const found = await git.resolveRef({ fs, gitdir, ref: name }).catch(() => undefined);
  if (found !== undefined) return found;
  const [, described] = /-g([0-9a-f]{4,40})$/.exec(name) ?? [];
  const short = described ?? name;
  return /^[0-9a-f]{4,40}$/.test(short) ? git.expandOid({ fs, gitdir, oid: short }).catch(() => undefined) : undefined;
}

/** `refs/heads/main` for `main`; undefined where no ref has that name. */
export async function fullName({ fs, gitdir }: Repository, name: string): Promise<string | undefined> {
  return git.expandRef({ fs, gitdir, ref: name }).catch(() => undefined);
}

/** The remote-tracking branch of a branch, by default of the current one: `refs/remotes/origin/main`. */
export async function upstreamOf(repository: Repository, branch = ''): Promise<string | undefined> {
  const name = branch === '' || branch === 'HEAD' || branch === '@' ? await git.currentBranch({ fs: repository.fs, gitdir: repository.gitdir }) : branch;
  if (!name) return undefined;
  const [remote, merge] = [setting(repository, `branch.${name}.remote`), setting(repository, `branch.${name}.merge`)];
  if (remote === undefined || merge === undefined) return undefined;
  return remote === '.' ? merge : merge.replace(/^refs\/heads\//, `refs/remotes/${remote}/`);
}

/** `@{-n}`: where the nth checkout before now came from. */
export function previousBranch(repository: Repository, count: number): string | undefined {
  return reflogEntries(repository, 'HEAD').flatMap(({ reason }) => /^checkout: moving from (\S+) to /.exec(reason)?.[1] ?? [])[count - 1];
}

/** Follows tags, and commits to their trees, until an object of the type is reached. */
export async function peel({ fs, gitdir }: Repository, oid: string, type: 'commit' | 'tree' | 'blob' | 'tag' | 'any'): Promise<string | undefined> {
  for (let at = oid; ;) {
    const object = await git.readObject({ fs, gitdir, oid: at, format: 'parsed' }).catch(() => undefined);
    if (object === undefined) return undefined;
    if (object.type === type || (type === 'any' && object.type !== 'tag')) return at;
    if (object.type === 'tag') at = (object.object as { object: string }).object;
    else if (object.type === 'commit' && type === 'tree') at = (object.object as { tree: string }).tree;
    else return undefined;
  }
}

async function marked(repository: Repository, oid: string, what: string): Promise<string | undefined> {
  if (what === 'object') return (await peel(repository, oid, 'any')) && oid;
  if (what === '') return peel(repository, oid, 'any');
  if (what.startsWith('/')) return newest(repository, what.slice(1), oid);
  return ['commit', 'tree', 'blob', 'tag'].includes(what) ? peel(repository, oid, what as 'commit') : undefined;
}

async function ancestor(repository: Repository, from: string, mark: string): Promise<string | undefined> {
  const { fs, gitdir } = repository;
  let oid = await peel(repository, from, 'commit');
  const count = Number(mark.slice(1) || 1);
  if (mark.startsWith('^')) return count === 0 || oid === undefined ? oid : (await git.readCommit({ fs, gitdir, oid })).commit.parent[count - 1];
  for (let step = 0; step < count && oid !== undefined; step++) oid = (await git.readCommit({ fs, gitdir, oid })).commit.parent[0];
  return oid;
}

/** `:/text`: the youngest commit whose message matches. */
async function newest({ fs, gitdir }: Repository, pattern: string, from?: string): Promise<string | undefined> {
  const matches = new RegExp(pattern);
  const heads = from !== undefined ? [from] : ['HEAD', ...(await git.listBranches({ fs, gitdir }))];
  const entries = (await Promise.all(heads.map((ref) => git.log({ fs, gitdir, ref }).catch(() => [])))).flat();
  return entries.sort((a, b) => b.commit.committer.timestamp - a.commit.committer.timestamp).find(({ commit }) => matches.test(commit.message))?.oid;
}

/** `rev:path`, and `:path` of the index. */
async function objectAt(repository: Repository, revision: string, given: string): Promise<string | undefined> {
  const { fs, dir, gitdir, process } = repository;
  const path = /^\.{1,2}(\/|$)/.test(given) ? posix.relative(dir, posix.resolve(process.files.getcwd(), given)) : given.replace(/^[0-3]:/, '');
  if (revision === '') {
    let found: string | undefined;
    await git.walk({ fs, dir, gitdir, trees: [git.STAGE()], map: async (at, [entry]) => {
      if (at === path && entry) found = await entry.oid();
      return path === at || path.startsWith(`${at}/`) || at === '.' ? true : null;
    } });
    return found;
  }
  const commit = await findRevision(repository, revision);
  const tree = commit === undefined ? undefined : await peel(repository, commit, 'tree');
  if (tree === undefined) return undefined;
  let oid = tree;
  for (const part of path.split('/').filter((one) => one !== '')) {
    const entry = await git.readTree({ fs, gitdir, oid }).then(({ tree: entries }) => entries.find((one) => one.path === part), () => undefined);
    if (entry === undefined) return undefined;
    ({ oid } = entry);
  }
  return oid;
}

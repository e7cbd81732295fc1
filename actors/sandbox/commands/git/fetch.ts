// git fetch and git pull.
import { posix } from 'node:path';
import git from 'isomorphic-git';
import { aheadBehind } from './branch.js';
import { type Command, type GitContext, need, options } from './command.js';
import { isTrue, setting } from './configuration.js';
import { fetchLocal } from './local.js';
import { into, mergeCommit } from './merge.js';
import { rebase } from './rebase.js';
import { short } from './pretty.js';
import { allRefs, shortRef } from './refs.js';
import { GitFailure, type Repository } from './repository.js';
import { findRevision, peel } from './revision.js';
import { describeFailure, localOf, shown, transport, urlOf } from './transport.js';

interface FetchSettings {
  readonly depth: string | undefined;
  readonly tags: boolean;
  readonly noTags: boolean;
  readonly prune: boolean;
}

/** What a refspec asks for, and the name that it gets here: `+refs/heads/*:refs/remotes/origin/*`. */
interface Refspec {
  readonly source: string;
  readonly target: string | undefined;
}

interface FetchedRef {
  readonly oid: string;
  /** The remote's name for it. */
  readonly source: string;
}

function parseRefspec(text: string): Refspec {
  const [, source, target] = /^\+?([^:]*)(?::(.*))?$/.exec(text)!;
  return { source: source!, target: target === '' ? undefined : target };
}

/** Refs that a server has, for patterns that the library does not know. */
async function serverRefs(repository: Repository, url: string): Promise<{ ref: string; oid: string }[]> {
  return git.listServerRefs({ url, ...(await transport(repository.process, repository, url)), protocolVersion: 2 } as never);
}

/** Fetches one commit by its id. Throws GitFailure. */
export async function fetchCommit(repository: Repository, remote: string, oid: string, depth: string | undefined): Promise<void> {
  await fetchOne(repository, remote, { source: oid, target: undefined }, { depth, tags: false, noTags: true, prune: false });
}

/** Fetches a branch, by default the remote's own. Throws GitFailure. */
export function fetchBranch(repository: Repository, remote: string, branch: string | undefined, depth: string | undefined): Promise<FetchedRef[]> {
  return fetchOne(repository, remote, branch === undefined ? undefined : { source: branch, target: undefined }, { depth, tags: false, noTags: false, prune: false });
}

/** Fetches what one refspec names, or without one all branches of a remote; what then goes into FETCH_HEAD. */
async function fetchOne(repository: Repository, remote: string, refspec: Refspec | undefined, settings: FetchSettings): Promise<FetchedRef[]> {
  const { process, fs, gitdir } = repository;
  const url = urlOf(repository, remote);
  const isNamed = setting(repository, `remote.${remote}.url`) !== undefined;
  const { source, target } = refspec ?? { source: '', target: undefined };
  const isPattern = source.includes('*');
  const give = async (name: string | undefined, oid: string): Promise<void> => {
    if (name !== undefined) await git.writeRef({ fs, gitdir, ref: name.startsWith('refs/') ? name : `refs/heads/${name}`, value: oid, force: true });
  };
  const local = localOf(process, url, repository.dir);
  if (local) {
    const oid = await fetchLocal(repository, local, { remote: isNamed ? remote : undefined, from: source, to: target, tags: (settings.tags || source === '') && !settings.noTags, prune: settings.prune });
    if (!isPattern && oid !== null) await give(target, oid);
    return oid === null ? [] : [{ oid, source: source === '' ? 'HEAD' : source }];
  }
  const usual = `refs/remotes/${remote}/*`;
  if (isPattern && !(isNamed && source === 'refs/heads/*' && target === usual)) return fetchPattern(repository, remote, url, { source, target }, settings);
  const one = source === '' || isPattern ? {} : { ref: source, remoteRef: source, singleBranch: true };
  try {
    const fetched = await git.fetch({
      fs, gitdir, url, ...(await transport(process, repository, url)), ...(isNamed ? { remote } : {}), ...one,
      ...(settings.depth === undefined ? {} : { depth: Number(settings.depth) }), tags: (settings.tags || (source === '' && isNamed)) && !settings.noTags, prune: settings.prune && (source === '' || isPattern),
    } as never);
    if (fetched.fetchHead === null) return [];
    if (!isPattern) await give(target, fetched.fetchHead);
    return [{ oid: fetched.fetchHead, source: source === '' || isPattern ? 'HEAD' : source }];
  } catch (error) {
    if ((error as { code?: string }).code === 'NotFoundError' && source !== '') throw new GitFailure(`couldn't find remote ref ${source}`);
    throw describeFailure(error, url);
  }
}

async function fetchPattern(repository: Repository, remote: string, url: string, { source, target }: Refspec, settings: FetchSettings): Promise<FetchedRef[]> {
  const [prefix, suffix] = source.split('*') as [string, string];
  const found: FetchedRef[] = [];
  const { fs, gitdir } = repository;
  const kept = new Set<string>();
  const refs = await serverRefs(repository, url).catch((error: unknown) => {
    throw describeFailure(error, url);
  });
  for (const { ref, oid } of refs) {
    if (!ref.startsWith(prefix) || !ref.endsWith(suffix) || ref.endsWith('^{}')) continue;
    const name = target?.replace('*', ref.slice(prefix.length, ref.length - suffix.length));
    const isHere = await git.readObject({ fs, gitdir, oid }).then(() => true, () => false);
    if (!isHere) await fetchOne(repository, remote, { source: ref, target: undefined }, { ...settings, tags: false, noTags: true, prune: false });
    if (name !== undefined) {
      kept.add(name);
      await git.writeRef({ fs, gitdir, ref: name, value: oid, force: true });
    }
    found.push({ oid, source: ref });
  }
  const [start, end] = target?.split('*') ?? [undefined, ''];
  if (settings.prune && start !== undefined) for (const { ref } of await allRefs(repository)) if (ref.startsWith(start) && ref.endsWith(end!) && !kept.has(ref) && !ref.endsWith('/HEAD')) await git.deleteRef({ fs, gitdir, ref });
  return found;
}

/** What is new here, as git tells it: ` * [new branch]      main       -> origin/main`. */
async function tell(repository: Repository, before: ReadonlyMap<string, string>, url: string): Promise<string> {
  const lines: string[] = [];
  const now = new Map((await allRefs(repository)).map(({ ref, oid }) => [ref, oid]));
  const row = (mark: string, summary: string, from: string, to: string, note = ''): string => ` ${mark} ${summary.padEnd(17)} ${from.padEnd(10)} -> ${to}${note}\n`;
  for (const [ref, oid] of now) {
    const old = before.get(ref);
    if (old === oid || ref.endsWith('/HEAD')) continue;
    const name = shortRef(ref);
    const theirs = ref.startsWith('refs/remotes/') ? name.slice(name.indexOf('/') + 1) : name;
    if (old === undefined) lines.push(row('*', ref.startsWith('refs/tags/') ? '[new tag]' : '[new branch]', theirs, name));
    else {
      const isForward = await aheadBehind(repository, oid, old).then(({ behind }) => behind === 0, () => false);
      lines.push(isForward ? row(' ', `${short(old)}..${short(oid)}`, theirs, name) : row('+', `${short(old)}...${short(oid)}`, theirs, name, '  (forced update)'));
    }
  }
  for (const ref of before.keys()) if (!now.has(ref)) lines.unshift(row('-', '[deleted]', '(none)', shortRef(ref)));
  return lines.length === 0 ? '' : `From ${shown(url).replace(/\.git$/, '')}\n${lines.join('')}`;
}

const FETCH_OPTIONS = {
  depth: 'required', tags: 'no', 'no-tags': 'no', prune: 'no', 'no-prune': 'no', 'prune-tags': 'no', quiet: 'no', verbose: 'no', force: 'no', all: 'no', progress: 'no', 'no-progress': 'no', unshallow: 'no', 'no-recurse-submodules': 'no', 'recurse-submodules': 'optional', 'update-head-ok': 'no', 'no-auto-gc': 'no', 'no-auto-maintenance': 'no', 'auto-gc': 'no', deepen: 'required', 'shallow-since': 'required', 'no-write-fetch-head': 'no',
  filter: 'required', refetch: 'no', jobs: 'required', multiple: 'no', append: 'no', 'dry-run': 'no', 'set-upstream': 'no', atomic: 'no', 'server-option': 'required', ipv4: 'no', ipv6: 'no', porcelain: 'no', stdin: 'no',
} as const;

export const fetch: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'qvptfnaukj:46mPo:', FETCH_OPTIONS);
  if (given.has('shallow-since', 'deepen', 'dry-run')) return context.unsupported('fetch with this option');
  const remotes = await git.listRemotes({ fs: repository.fs, gitdir: repository.gitdir });
  const current = await git.currentBranch({ fs: repository.fs, gitdir: repository.gitdir });
  const usual = (current ? setting(repository, `branch.${current}.remote`) : undefined) ?? (remotes.length === 1 ? remotes[0]!.remote : 'origin');
  const chosen = given.has('all') ? remotes.map(({ remote }) => remote) : given.has('multiple') ? given.operands : [given.operands[0] ?? usual];
  const refspecs = given.has('all', 'multiple') ? [] : given.operands.slice(1);
  if (given.has('stdin')) refspecs.push(...Buffer.from(await context.standardInput()).toString().split('\n').filter((line) => line !== ''));
  const settings = { depth: given.has('unshallow') ? '2147483647' : given.value('depth'), tags: given.has('tags', 't'), noTags: given.has('no-tags', 'n'), prune: given.has('prune', 'p') || (isTrue(setting(repository, 'fetch.prune')) && !given.has('no-prune')) };
  for (const remote of chosen) await fetchFrom(context, repository, remote, refspecs, settings, given.has('q', 'quiet'));
  return 0;
};

async function fetchFrom(context: GitContext, repository: Repository, remote: string, refspecs: readonly string[], settings: FetchSettings, quiet: boolean): Promise<FetchedRef[]> {
  const before = new Map((await allRefs(repository)).map(({ ref, oid }) => [ref, oid]));
  const configured = setting(repository, `remote.${remote}.fetch`);
  const specs = refspecs.length > 0 ? refspecs.map(parseRefspec) : configured !== undefined && configured !== `+refs/heads/*:refs/remotes/${remote}/*` ? [parseRefspec(configured)] : [undefined];
  const found: FetchedRef[] = [];
  for (const spec of specs) found.push(...(await fetchOne(repository, remote, spec, settings)));
  const url = urlOf(repository, remote);
  const described = ({ oid, source }: FetchedRef): string => `${oid}\t\t${source === 'HEAD' ? '' : `${source.startsWith('refs/tags/') ? 'tag' : 'branch'} '${shortRef(source)}' of `}${shown(url).replace(/\.git$/, '')}\n`;
  repository.process.files.writeFile(posix.join(repository.gitdir, 'FETCH_HEAD'), Buffer.from(found.map(described).join('')));
  if (!quiet) context.complain(await tell(repository, before, url));
  return found;
}

export const pull: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'qvr::nsX:', { ...FETCH_OPTIONS, rebase: 'optional', 'ff-only': 'no', 'no-ff': 'no', ff: 'no', 'no-rebase': 'no', 'no-edit': 'no', edit: 'no', stat: 'no', 'no-stat': 'no', squash: 'no', commit: 'no', 'no-commit': 'no', autostash: 'no', 'no-autostash': 'no', 'allow-unrelated-histories': 'no', strategy: 'required', 'strategy-option': 'required', signoff: 'no' });
  const { fs, gitdir } = repository;
  const branch = (await git.currentBranch({ fs, gitdir })) || undefined;
  const quiet = given.has('q', 'quiet');
  const remote = given.operands[0] ?? (branch === undefined ? undefined : setting(repository, `branch.${branch}.remote`)) ?? 'origin';
  const tracked = branch === undefined ? undefined : setting(repository, `branch.${branch}.merge`);
  const ref = given.operands[1] ?? (given.operands[0] === undefined ? tracked : undefined);
  if (ref === undefined && branch === undefined) throw new GitFailure('You are not currently on a branch.\nPlease specify which branch you want to merge with.\nSee git-pull(1) for details.\n\n    git pull <remote> <branch>\n', 1);
  if (ref === undefined && given.operands[0] === undefined) throw new GitFailure(`There is no tracking information for the current branch.\nPlease specify which branch you want to merge with.\nSee git-pull(1) for details.\n\n    git pull <remote> <branch>\n\nIf you wish to set tracking information for this branch you can do so with:\n\n    git branch --set-upstream-to=origin/<branch> ${branch}\n`, 1);
  const settings = { depth: given.value('depth'), tags: given.has('tags'), noTags: given.has('no-tags', 'n'), prune: given.has('prune') };
  if (setting(repository, `remote.${remote}.url`) !== undefined && given.operands[1] === undefined) await fetchFrom(context, repository, remote, [], settings, quiet);
  const [fetched] = await fetchFrom(context, repository, remote, ref === undefined ? [] : [ref], { ...settings, noTags: true, prune: false }, true);
  const oid = fetched === undefined ? undefined : await peel(repository, fetched.oid, 'commit');
  if (oid === undefined) throw new GitFailure(`couldn't find remote ref ${ref}`, 1);
  context.reason = `pull${context.argv.slice(1).map((word) => ` ${word}`).join('')}`;
  const head = await findRevision(repository, 'HEAD');
  const rebases = given.has('rebase', 'r') ? given.value('rebase', 'r') !== 'false' : !given.has('no-rebase') && isTrue(setting(repository, 'pull.rebase'));
  if (rebases && head !== undefined) return rebase({ ...context, argv: ['rebase', ...(quiet ? ['-q'] : []), oid] });
  if (head !== undefined && !given.has('ff-only', 'no-ff', 'ff', 'no-rebase') && setting(repository, 'pull.rebase') === undefined && setting(repository, 'pull.ff') === undefined) {
    const { ahead, behind } = await aheadBehind(repository, head, oid);
    if (ahead > 0 && behind > 0) throw new GitFailure("Need to specify how to reconcile divergent branches.\nhint: You have divergent branches and need to specify how to reconcile them.");
  }
  const name = shortRef(ref ?? branch!);
  return mergeCommit(context, repository, oid, {
    fastForward: !given.has('no-ff'), fastForwardOnly: given.has('ff-only') || setting(repository, 'pull.ff') === 'only', commits: !given.has('no-commit'), squash: given.has('squash'), quiet, allowsUnrelated: given.has('allow-unrelated-histories'),
    message: `Merge branch '${name}' of ${shown(urlOf(repository, remote)).replace(/\.git$/, '')}${await into(repository)}`, label: oid,
  });
};

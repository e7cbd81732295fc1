// git push.
import git from 'isomorphic-git';
import { type Command, need, options } from './command.js';
import { setting } from './configuration.js';
import { localRefs, pushLocal, rejected } from './local.js';
import { short } from './pretty.js';
import { allRefs, shortRef } from './refs.js';
import { setSetting } from './config-text.js';
import { GitFailure, type Repository } from './repository.js';
import { findRevision, fullName } from './revision.js';
import { describeFailure, localOf, shown, transport, urlOf } from './transport.js';

interface Update {
  /** The ref here, or a commit; undefined removes. */
  readonly source: string | undefined;
  readonly oid: string | undefined;
  /** The remote's ref, in full. */
  readonly target: string;
  readonly force: boolean;
}

/** What a refspec of the command line means. Throws GitFailure. */
async function readUpdate(repository: Repository, text: string, removes: boolean, force: boolean, url: string): Promise<Update> {
  const [, plus, source, target] = /^(\+?)([^:]*)(?::(.*))?$/.exec(text)!;
  const { fs, gitdir } = repository;
  if (removes || (source === '' && target !== undefined)) return { source: undefined, oid: undefined, target: await remoteName(repository, target ?? source!), force };
  const branch = await git.currentBranch({ fs, gitdir, fullname: true });
  const full = source === 'HEAD' || source === '@' ? branch || 'HEAD' : await fullName(repository, source!);
  const oid = await findRevision(repository, source!);
  if (oid === undefined) throw new GitFailure(`src refspec ${source} does not match any\nerror: failed to push some refs to '${shown(url)}'`, 1);
  const isSource = full !== undefined && full.startsWith('refs/') && !full.startsWith('refs/remotes/');
  if (target === undefined && !isSource) throw new GitFailure(`The destination you provided is not a full refname (i.e.,\nstarting with "refs/").\nerror: failed to push some refs to '${shown(url)}'`, 1);
  const name = target === undefined ? full! : target.startsWith('refs/') ? target : `${full?.startsWith('refs/tags/') ? 'refs/tags/' : 'refs/heads/'}${target}`;
  return { source: isSource ? full : oid, oid, target: name, force: force || plus === '+' };
}

async function remoteName(repository: Repository, name: string): Promise<string> {
  if (name.startsWith('refs/')) return name;
  const isTag = (await git.listTags({ fs: repository.fs, gitdir: repository.gitdir })).includes(name) && !(await git.listBranches({ fs: repository.fs, gitdir: repository.gitdir })).includes(name);
  return `refs/${isTag ? 'tags' : 'heads'}/${name}`;
}

export const push: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'fuqdnvo:46', { force: 'no', 'set-upstream': 'no', tags: 'no', delete: 'no', quiet: 'no', verbose: 'no', 'force-with-lease': 'optional', 'force-if-includes': 'no', 'follow-tags': 'no', all: 'no', branches: 'no', mirror: 'no', progress: 'no', 'no-progress': 'no', verify: 'no', 'no-verify': 'no', porcelain: 'no', atomic: 'no', 'push-option': 'required', prune: 'no', 'dry-run': 'no', 'recurse-submodules': 'required', 'no-recurse-submodules': 'no', thin: 'no', 'no-thin': 'no', signed: 'optional', 'no-signed': 'no', 'receive-pack': 'required', repo: 'required' });
  if (given.has('mirror', 'prune', 'n', 'dry-run')) return context.unsupported('push with this option');
  const { process, fs, gitdir } = repository;
  const branch = (await git.currentBranch({ fs, gitdir })) || undefined;
  const remote = given.operands[0] ?? (branch === undefined ? undefined : setting(repository, `branch.${branch}.remote`)) ?? 'origin';
  const url = urlOf(repository, remote, true);
  const isNamed = setting(repository, `remote.${remote}.url`) !== undefined;
  const force = given.has('force', 'f', 'force-with-lease');
  const texts = [...given.operands.slice(1), ...(given.has('all', 'branches') ? (await git.listBranches({ fs, gitdir })).map((name) => `refs/heads/${name}`) : []), ...(given.has('tags') ? (await git.listTags({ fs, gitdir })).map((name) => `refs/tags/${name}`) : [])];
  if (texts.length === 0) texts.push(defaultTarget(repository, branch, remote, given.has('u', 'set-upstream')));
  const updates: Update[] = [];
  for (const text of texts) updates.push(await readUpdate(repository, text, given.has('delete', 'd'), force, url));
  const local = localOf(process, url, repository.dir);
  const before = local ? await localRefs(process, local.gitdir) : new Map<string, string>();
  const lines: string[] = [];
  for (const { source, oid, target, force: isForced } of updates) {
    if (local) await pushLocal(repository, local, { ref: target, oid, force: isForced });
    else await pushOver(repository, url, { source: source ?? target, oid, target, force: isForced }, isNamed ? remote : undefined, before);
    const old = before.get(target);
    const name = shortRef(target);
    lines.push(oid === undefined ? ` - [deleted]         ${name}\n` : old === oid ? '' : old === undefined ? ` * [new ${target.startsWith('refs/tags/') ? 'tag]        ' : 'branch]     '} ${shortRef(source!)} -> ${name}\n` : `${isForced ? ' + ' : '   '}${short(old)}${isForced ? '...' : '..'}${short(oid)}  ${shortRef(source!)} -> ${name}${isForced ? ' (forced update)' : ''}\n`);
    const tracking = target.startsWith('refs/heads/') && isNamed ? `refs/remotes/${remote}/${name}` : undefined;
    if (tracking !== undefined && oid !== undefined) await git.writeRef({ fs, gitdir, ref: tracking, value: oid, force: true });
    else if (tracking !== undefined && (await allRefs(repository)).some(({ ref }) => ref === tracking)) await git.deleteRef({ fs, gitdir, ref: tracking });
    if (!given.has('u', 'set-upstream') || source?.startsWith('refs/heads/') !== true) continue;
    setSetting(repository, `branch.${shortRef(source)}.remote`, remote);
    setSetting(repository, `branch.${shortRef(source)}.merge`, target);
    context.print(`branch '${shortRef(source)}' set up to track '${remote}/${name}'.\n`);
  }
  const told = lines.join('');
  if (!given.has('quiet', 'q')) context.complain(told === '' ? 'Everything up-to-date\n' : `To ${shown(url)}\n${told}`);
  return 0;
};

/** What is pushed where nothing is named, as push.default says. Throws GitFailure. */
function defaultTarget(repository: Repository, branch: string | undefined, remote: string, sets: boolean): string {
  const mode = setting(repository, 'push.default') ?? 'simple';
  if (branch === undefined) throw new GitFailure(`You are not currently on a branch.\nTo push the history leading to the current (detached HEAD)\nstate now, use\n\n    git push ${remote} HEAD:<name-of-remote-branch>\n`);
  if (mode === 'current' || sets || setting(repository, 'push.autoSetupRemote') === 'true') return `refs/heads/${branch}`;
  const merge = setting(repository, `branch.${branch}.merge`);
  const tracks = setting(repository, `branch.${branch}.remote`);
  if (mode === 'nothing') throw new GitFailure('You didn\'t specify any refspecs to push, and push.default is "nothing".');
  if (merge === undefined || tracks !== remote) {
    if (tracks !== undefined && tracks !== remote) return `refs/heads/${branch}`;
    throw new GitFailure(`The current branch ${branch} has no upstream branch.\nTo push the current branch and set the remote as upstream, use\n\n    git push --set-upstream ${remote} ${branch}\n\nTo have this happen automatically for branches without a tracking\nupstream, see 'push.autoSetupRemote' in 'git help config'.\n`);
  }
  if (mode === 'simple' && shortRef(merge) !== branch) throw new GitFailure(`The upstream branch of your current branch does not match\nthe name of your current branch.  To push to the upstream branch\non the remote, use\n\n    git push ${remote} HEAD:${shortRef(merge)}\n\nTo push to the branch of the same name on the remote, use\n\n    git push ${remote} HEAD\n`);
  return `refs/heads/${branch}:${merge}`;
}

async function pushOver(repository: Repository, url: string, { source, oid, target, force }: Update, remote: string | undefined, before: Map<string, string>): Promise<void> {
  const { process, fs, gitdir } = repository;
  try {
    const wire = await transport(process, repository, url);
    for (const { ref, oid: at } of await git.listServerRefs({ url, ...wire, protocolVersion: 1, forPush: true } as never)) before.set(ref, at);
    // The library wants a ref of ours even where a bare commit is pushed.
    const answer = await git.push({ fs, gitdir, url, ...wire, ...(remote === undefined ? {} : { remote }), ref: source, remoteRef: target, force, delete: oid === undefined } as never);
    if (!answer.ok) throw new GitFailure(`failed to push some refs to '${shown(url)}'`, 1);
  } catch (error) {
    const old = before.get(target);
    if ((error as { code?: string }).code === 'PushRejectedError') throw rejected(shown(url), shortRef(target), old !== undefined && (await git.readObject({ fs, gitdir, oid: old }).then(() => true, () => false)));
    throw describeFailure(error, url);
  }
}

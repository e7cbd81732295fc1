// git branch and git tag.
import git from 'isomorphic-git';
import { compileGlob } from '../common/glob.js';
import { type Command, FILTERS, type GitContext, joined, need, options } from './command.js';
import { headPosition, noteRef, pointHead, reflogEntries } from './reflog.js';
import { allRefs, filteredRefs, formattedRef, type Ref, shortRef, sortedRefs } from './refs.js';
import { short, subject } from './pretty.js';
import { setting } from './configuration.js';
import { setSetting } from './config-text.js';
import { GitFailure, type Repository } from './repository.js';
import { findRevision, fullName, peel, resolveCommit, upstreamOf } from './revision.js';
import { History } from './walk.js';
import { writeTag } from './write-objects.js';

type Given = ReturnType<typeof options>;

/** Whether a name may be a ref's (https://git-scm.com/docs/git-check-ref-format). */
export function isRefName(name: string): boolean {
  return name !== '' && name !== '@' && !/^-|^\/|\/$|\/\/|\.\.|@\{|[\x00-\x20\x7f~^:?*[\\]|\.$|(^|\/)\.|\.lock(\/|$)/.test(name);
}

export const branch: Command = async (context) => {
  const repository = need(context);
  const given = options({ argv: joined(context.argv, ...FILTERS) }, 'adDrmMcCvqflu:t', {
    all: 'no', delete: 'no', remotes: 'no', move: 'no', copy: 'no', 'show-current': 'no', list: 'no', force: 'no', quiet: 'no', 'set-upstream-to': 'required', 'unset-upstream': 'no', format: 'required', contains: 'optional', 'no-contains': 'optional', merged: 'optional', 'no-merged': 'optional', 'points-at': 'required',
    'no-color': 'no', color: 'optional', verbose: 'no', track: 'optional', 'no-track': 'no', sort: 'required', 'no-column': 'no', column: 'optional', abbrev: 'optional', 'no-abbrev': 'no', 'ignore-case': 'no', 'create-reflog': 'no',
  });
  const { fs, gitdir } = repository;
  const current = (await git.currentBranch({ fs, gitdir })) ?? undefined;
  if (given.has('show-current')) {
    if (current) context.print(`${current}\n`);
    return 0;
  }
  if (given.has('d', 'D', 'delete')) return deleteBranches(context, repository, given, current);
  const [first, second] = given.operands;
  if (given.has('m', 'M', 'move', 'c', 'C', 'copy')) return moveBranch(repository, given, current);
  const upstream = given.value('u', 'set-upstream-to');
  if (upstream !== undefined) {
    await setUpstream(context, repository, first ?? current ?? '', upstream, given.has('q', 'quiet'));
    return 0;
  }
  if (given.has('unset-upstream')) {
    for (const key of ['remote', 'merge']) setSetting(repository, `branch.${first ?? current}.${key}`, undefined);
    return 0;
  }
  const lists = given.has('list', 'l', 'contains', 'no-contains', 'merged', 'no-merged', 'points-at', 'a', 'all', 'r', 'remotes', 'v', 'verbose', 'format');
  if (first === undefined || lists) return listBranches(context, repository, given, current);
  if (!isRefName(first)) throw new GitFailure(`'${first}' is not a valid branch name`);
  const all = await git.listBranches({ fs, gitdir });
  if (all.includes(first) && !given.has('f', 'force')) throw new GitFailure(`a branch named '${first}' already exists`);
  if (first === current && given.has('f', 'force')) throw new GitFailure(`cannot force update the branch '${first}' used by worktree at '${repository.dir}'`);
  const start = await findRevision(repository, second ?? 'HEAD');
  if (start === undefined) throw new GitFailure(second === undefined ? `not a valid object name: '${current}'` : `not a valid object name: '${second}'`);
  const commit = await resolveCommit(repository, start);
  const old = await findRevision(repository, `refs/heads/${first}`);
  await git.branch({ fs, gitdir, ref: first, object: commit, force: given.has('f', 'force') });
  await noteRef(repository, `refs/heads/${first}`, old, commit, `branch: ${old === undefined ? 'Created from' : 'Reset to'} ${second ?? current ?? 'HEAD'}`);
  const tracked = second === undefined || given.has('no-track') ? undefined : await remoteBranch(repository, second);
  if (tracked !== undefined || (given.has('t', 'track') && second !== undefined)) await setUpstream(context, repository, first, second!, given.has('q', 'quiet'));
  return 0;
};

/** `origin/main`, if that is what the name means. */
export async function remoteBranch(repository: Repository, name: string): Promise<string | undefined> {
  const full = (await allRefs(repository)).find(({ ref }) => ref === name || ref === `refs/remotes/${name}`)?.ref;
  return full?.startsWith('refs/remotes/') ? shortRef(full) : undefined;
}

/** Makes a branch follow another, of a remote (`origin/main`) or of this repository. */
export async function setUpstream(context: GitContext, repository: Repository, branchName: string, upstream: string, quiet: boolean): Promise<void> {
  const { fs, gitdir } = repository;
  const full = await remoteBranch(repository, upstream);
  const isLocal = full === undefined && (await git.listBranches({ fs, gitdir })).includes(upstream);
  if (full === undefined && !isLocal) throw new GitFailure(`the requested upstream branch '${upstream}' does not exist\nhint: \nhint: If you are planning on basing your work on an upstream\nhint: branch that already exists at the remote, you may need to\nhint: run "git fetch" to retrieve it.`);
  const remotes = (await git.listRemotes({ fs, gitdir })).map(({ remote }) => remote);
  const remote = full === undefined ? '.' : (remotes.find((one) => full.startsWith(`${one}/`)) ?? full.split('/')[0]!);
  setSetting(repository, `branch.${branchName}.remote`, remote);
  setSetting(repository, `branch.${branchName}.merge`, `refs/heads/${full === undefined ? upstream : full.slice(remote.length + 1)}`);
  if (!quiet) context.print(`branch '${branchName}' set up to track '${full ?? upstream}'.\n`);
}

async function deleteBranches(context: GitContext, repository: Repository, given: Given, current: string | undefined): Promise<number> {
  const { fs, gitdir } = repository;
  const isRemote = given.has('r', 'remotes');
  const forced = given.has('D', 'f', 'force');
  let exitCode = 0;
  for (const name of given.operands) {
    const ref = `refs/${isRemote ? 'remotes' : 'heads'}/${name}`;
    const oid = await git.resolveRef({ fs, gitdir, ref }).catch(() => undefined);
    const into = isRemote || forced || oid === undefined ? undefined : ((await upstreamOf(repository, name)) ?? 'HEAD');
    const target = into === undefined ? undefined : await findRevision(repository, into);
    if (name === current && !isRemote) context.complain(`error: Cannot delete branch '${name}' checked out at '${repository.dir}'\n`);
    else if (oid === undefined) context.complain(`error: ${isRemote ? 'remote-tracking branch' : 'branch'} '${name}' not found.\n`);
    else if (target !== undefined && !(await new History(repository).reachable([target])).has(oid)) context.complain(`error: The branch '${name}' is not fully merged.\nIf you are sure you want to delete it, run 'git branch -D ${name}'.\n`);
    else {
      await git.deleteRef({ fs, gitdir, ref });
      for (const key of ['remote', 'merge']) if (!isRemote && setting(repository, `branch.${name}.${key}`) !== undefined) setSetting(repository, `branch.${name}.${key}`, undefined);
      if (!given.has('q', 'quiet')) context.print(`Deleted ${isRemote ? 'remote-tracking ' : ''}branch ${name} (was ${short(oid)}).\n`);
      continue;
    }
    exitCode = 1;
  }
  return exitCode;
}

async function moveBranch(repository: Repository, given: Given, current: string | undefined): Promise<number> {
  const { fs, gitdir } = repository;
  const [from, to] = given.operands.length > 1 ? (given.operands as [string, string]) : [current ?? '', given.operands[0] ?? ''];
  if (!isRefName(to)) throw new GitFailure(`'${to}' is not a valid branch name`);
  const all = await git.listBranches({ fs, gitdir });
  const isBorn = all.includes(from);
  if (!isBorn && from !== current) throw new GitFailure(`no branch named '${from}'`);
  if (all.includes(to) && to !== from && !given.has('M', 'C', 'f', 'force')) throw new GitFailure(`a branch named '${to}' already exists`);
  const copies = given.has('c', 'C', 'copy');
  if (isBorn) await git.writeRef({ fs, gitdir, ref: `refs/heads/${to}`, value: await git.resolveRef({ fs, gitdir, ref: `refs/heads/${from}` }), force: true });
  for (const key of ['remote', 'merge']) {
    const value = setting(repository, `branch.${from}.${key}`);
    if (value === undefined) continue;
    setSetting(repository, `branch.${to}.${key}`, value);
    if (!copies) setSetting(repository, `branch.${from}.${key}`, undefined);
  }
  if (copies || from === to) return 0;
  if (from === current) pointHead(repository, `ref: refs/heads/${to}`);
  if (isBorn) await git.deleteRef({ fs, gitdir, ref: `refs/heads/${from}` });
  return 0;
}

async function listBranches(context: GitContext, repository: Repository, given: Given, current: string | undefined): Promise<number> {
  const { fs, gitdir } = repository;
  const onlyRemote = given.has('r', 'remotes') && !given.has('a', 'all');
  const kinds = [...(onlyRemote ? [] : ['refs/heads/']), ...(given.has('r', 'remotes', 'a', 'all') ? ['refs/remotes/'] : [])];
  const globs = given.operands.map((pattern) => compileGlob(pattern));
  const refs = (await allRefs(repository)).filter(({ ref }) => kinds.some((kind) => ref.startsWith(kind)) && (globs.length === 0 || globs.some((glob) => glob(shortRef(ref)))));
  const sorted = await sortedRefs(context, repository, await filteredRefs(repository, refs, given), given.given.get('sort') ?? []);
  const format = given.value('format');
  const { oid: head } = await headPosition(repository);
  const rows: { mark: string; name: string; ref: Ref; target: string | undefined }[] = [];
  if (!current && head !== undefined && !onlyRemote && globs.length === 0 && !given.has('merged', 'no-merged', 'contains', 'no-contains')) {
    rows.push({ mark: '*', name: `(${(await detachedText(repository, head)) ?? 'no branch'})`, ref: { ref: 'HEAD', oid: head }, target: undefined });
  }
  for (const ref of sorted) {
    const isRemote = ref.ref.startsWith('refs/remotes/');
    const target = isRemote && ref.ref.endsWith('/HEAD') ? await git.resolveRef({ fs, gitdir, ref: ref.ref, depth: 2 }).catch(() => undefined) : undefined;
    rows.push({ mark: shortRef(ref.ref) === current && !isRemote ? '*' : ' ', name: isRemote && !onlyRemote ? `remotes/${shortRef(ref.ref)}` : shortRef(ref.ref), ref, target: target?.startsWith('refs/') ? shortRef(target) : undefined });
  }
  const width = Math.max(0, ...rows.map(({ name }) => name.length));
  for (const { mark, name, ref, target } of rows) {
    if (format !== undefined) {
      context.print(`${ref.ref === 'HEAD' ? name : await formattedRef(context, repository, ref, format)}\n`);
      continue;
    }
    const arrow = target === undefined ? '' : ` -> ${target}`;
    if (!given.has('v', 'verbose')) context.print(`${mark} ${name}${arrow}\n`);
    else context.print(`${mark} ${name.padEnd(width)} ${arrow === '' ? `${short(ref.oid)} ${await trackText(repository, ref, context.argv.includes('-vv') || (given.given.get('v')?.length ?? 0) > 1)}${subject(await git.readCommit({ fs, gitdir, oid: ref.oid }))}` : arrow.slice(1)}\n`);
  }
  return 0;
}

/** `[origin/main: ahead 1] `. */
async function trackText(repository: Repository, { ref, oid }: Ref, withName: boolean): Promise<string> {
  const upstream = ref.startsWith('refs/heads/') ? await upstreamOf(repository, shortRef(ref)) : undefined;
  if (upstream === undefined) return '';
  const at = await findRevision(repository, upstream);
  const counts = at === undefined ? 'gone' : await aheadBehind(repository, oid, at);
  const text = [...(withName ? [shortRef(upstream)] : []), ...(typeof counts === 'string' ? [counts] : [[...(counts.ahead > 0 ? [`ahead ${counts.ahead}`] : []), ...(counts.behind > 0 ? [`behind ${counts.behind}`] : [])].join(', ')].filter((one) => one !== ''))].join(': ');
  return text === '' ? '' : `[${text}] `;
}

/** How many commits each of two has that the other has not. */
export async function aheadBehind(repository: Repository, left: string, right: string): Promise<{ ahead: number; behind: number }> {
  const history = new History(repository);
  const [ours, theirs] = [await history.reachable([left]), await history.reachable([right])];
  return { ahead: [...ours].filter((oid) => !theirs.has(oid)).length, behind: [...theirs].filter((oid) => !ours.has(oid)).length };
}

/** `HEAD detached at v1`, as branch and status tell it; undefined where no checkout has led there. */
export async function detachedText(repository: Repository, oid: string): Promise<string | undefined> {
  const name = detachedName(repository);
  if (name === undefined) return undefined;
  const named = await findRevision(repository, name);
  const isThere = named !== undefined && (await peel(repository, named, 'commit')) === oid;
  const start = named === undefined ? undefined : await peel(repository, named, 'commit');
  const isRef = (await fullName(repository, name))?.startsWith('refs/') === true;
  return `HEAD detached ${isThere || !isRef ? 'at' : 'from'} ${isRef ? name : short(isThere || start === undefined ? oid : start)}`;
}

/** What the last checkout asked for, where it left no branch behind. */
function detachedName(repository: Repository): string | undefined {
  return reflogEntries(repository, 'HEAD').map(({ reason }) => /^checkout: moving from \S+ to (\S+)/.exec(reason)?.[1]).find((name) => name !== undefined);
}

export const tag: Command = async (context) => {
  const repository = need(context);
  const given = options({ argv: joined(context.argv, ...FILTERS) }, 'adflm:F:n::sivu:', { annotate: 'no', delete: 'no', force: 'no', list: 'no', message: 'required', file: 'required', sort: 'required', 'points-at': 'required', contains: 'optional', 'no-contains': 'optional', merged: 'optional', 'no-merged': 'optional', format: 'required', sign: 'no', 'no-sign': 'no', verify: 'no', 'ignore-case': 'no', 'no-column': 'no', column: 'optional', color: 'optional', 'create-reflog': 'no', cleanup: 'required' });
  const { fs, gitdir } = repository;
  if (given.has('d', 'delete')) {
    let exitCode = 0;
    for (const one of given.operands) {
      const oid = await git.resolveRef({ fs, gitdir, ref: `refs/tags/${one}` }).catch(() => undefined);
      if (oid === undefined) {
        context.complain(`error: tag '${one}' not found.\n`);
        exitCode = 1;
        continue;
      }
      await git.deleteTag({ fs, gitdir, ref: one });
      context.print(`Deleted tag '${one}' (was ${short(oid)})\n`);
    }
    return exitCode;
  }
  if (given.has('v', 'verify', 's', 'sign', 'u')) return context.unsupported('tag with signatures');
  const [name, revision] = given.operands;
  if (name === undefined || given.has('l', 'list', 'n', 'contains', 'no-contains', 'merged', 'no-merged', 'points-at')) return listTags(context, repository, given);
  if (!isRefName(name)) throw new GitFailure(`'${name}' is not a valid tag name.`);
  const force = given.has('f', 'force');
  const old = await git.resolveRef({ fs, gitdir, ref: `refs/tags/${name}` }).catch(() => undefined);
  if (!force && old !== undefined) throw new GitFailure(`tag '${name}' already exists`);
  const object = await findRevision(repository, revision ?? 'HEAD');
  if (object === undefined) throw new GitFailure(`Failed to resolve '${revision ?? 'HEAD'}' as a valid ref.`);
  const texts = [...(given.given.get('m') ?? []), ...(given.given.get('message') ?? [])];
  const file = given.value('F', 'file');
  const message = texts.length > 0 ? texts.join('\n\n') : file === undefined ? undefined : Buffer.from(file === '-' ? await context.standardInput() : context.process.files.readFile(file)).toString();
  if (message === undefined && given.has('a', 'annotate')) throw new GitFailure('no tag message?');
  if (message === undefined) await git.writeRef({ fs, gitdir, ref: `refs/tags/${name}`, value: object, force: true });
  else {
    const { type } = await git.readObject({ fs, gitdir, oid: object });
    const oid = await writeTag(repository, { object, type: type as string, tag: name, message: `${message.trimEnd()}\n`, tagger: (await context.people(repository)).committer });
    await git.writeRef({ fs, gitdir, ref: `refs/tags/${name}`, value: oid, force: true });
  }
  if (old !== undefined && old !== object) context.print(`Updated tag '${name}' (was ${short(old)})\n`);
  return 0;
};

async function listTags(context: GitContext, repository: Repository, given: Given): Promise<number> {
  const globs = given.operands.map((pattern) => compileGlob(pattern));
  const refs = (await allRefs(repository)).filter(({ ref }) => ref.startsWith('refs/tags/') && (globs.length === 0 || globs.some((glob) => glob(shortRef(ref)))));
  const sort = given.given.get('sort') ?? [setting(repository, 'tag.sort')].filter((one) => one !== undefined);
  const sorted = await sortedRefs(context, repository, await filteredRefs(repository, refs, given), sort);
  const lines = given.has('n') ? Number(given.value('n')) || 1 : 0;
  for (const ref of sorted) {
    if (given.value('format') !== undefined) context.print(`${await formattedRef(context, repository, ref, given.value('format')!)}\n`);
    else if (lines > 0) {
      const text = (await formattedRef(context, repository, ref, '%(contents)')).trimEnd().split('\n').slice(0, lines);
      context.print(`${shortRef(ref.ref).padEnd(15)} ${text.join('\n    ')}\n`);
    } else context.print(`${shortRef(ref.ref)}\n`);
  }
  return 0;
}


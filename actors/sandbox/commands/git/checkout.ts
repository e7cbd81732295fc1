// git checkout, switch, restore, reset: the working tree and the index as another commit has them.
import { posix } from 'node:path';
import git from 'isomorphic-git';
import { exists } from '../common/exists.js';
import { isRefName, remoteBranch, setUpstream } from './branch.js';
import { compareFiles, indexFiles, treeFiles, workFile } from './changes.js';
import type { Files, Side } from './sides.js';
import { type Command, type GitContext, need, options } from './command.js';
import { isTrue, setting } from './configuration.js';
import { hasIndex, indexEntry, readIndex, writeIndex } from './index-file.js';
import { putFile, removeFile, resetTo, writtenEntry } from './merge-trees.js';
import { type Pathspec, pathspec } from './pathspec.js';
import { short, subject } from './pretty.js';
import { headPosition, noteMove, noteRef, pointHead } from './reflog.js';
import { shortRef } from './refs.js';
import { GitFailure, type Repository } from './repository.js';
import { findRevision, peel, previousBranch, resolveCommit } from './revision.js';
import { statusOf, trackingText } from './status.js';

type Given = ReturnType<typeof options>;

/** Files whose local changes, or which themselves as untracked ones, would be lost on the way from one commit to another. Throws GitFailure. */
async function requireSafe(repository: Repository, from: Files, to: Files): Promise<void> {
  const index = await indexFiles(repository);
  const touched = (await compareFiles(repository, from, to, pathspec(repository, []), undefined)).map(({ path }) => path);
  const changed: string[] = [];
  const untracked: string[] = [];
  for (const path of touched) {
    const [staged, now, then] = [index.get(path), await workFile(repository, path), to.get(path)];
    if (!staged && !from.has(path)) {
      if (now && now.oid !== then?.oid) untracked.push(path);
    } else if (staged?.oid !== then?.oid && (staged?.oid !== from.get(path)?.oid || (now && now.oid !== staged?.oid))) changed.push(path);
  }
  if (changed.length > 0) throw new GitFailure(`Your local changes to the following files would be overwritten by checkout:\n${changed.map((path) => `\t${path}\n`).join('')}Please commit your changes or stash them before you switch branches.\nAborting`, 1);
  if (untracked.length > 0) throw new GitFailure(`The following untracked working tree files would be overwritten by checkout:\n${untracked.map((path) => `\t${path}\n`).join('')}Please move or remove them before you switch branches.\nAborting`, 1);
}

/** Moves the working tree to a commit; local changes of files that are the same in both come along. */
async function goTo(repository: Repository, oid: string, force: boolean): Promise<void> {
  if (force) return resetTo(repository, oid);
  const head = await findRevision(repository, 'HEAD');
  // Where nothing was ever checked out, every file is new.
  const [from, to] = [await treeFiles(repository, hasIndex(repository) ? head : undefined), await treeFiles(repository, oid)];
  await requireSafe(repository, from, to);
  const entries = new Map(readIndex(repository).map((entry) => [entry.path, entry]));
  for (const { path, after } of await compareFiles(repository, from, to, pathspec(repository, []), undefined)) {
    const staged = entries.get(path);
    if (staged?.oid === after?.oid && staged?.mode === after?.mode && staged !== undefined) continue;
    if (!after) {
      removeFile(repository, path);
      entries.delete(path);
    } else {
      await putFile(repository, path, after);
      entries.set(path, writtenEntry(repository, path, after));
    }
  }
  writeIndex(repository, [...entries.values()]);
}

async function subjectOf({ fs, gitdir }: Repository, oid: string): Promise<string> {
  return subject(await git.readCommit({ fs, gitdir, oid }));
}

/** checkout, switch and restore share what they do. */
export const checkout: Command = async (context) => {
  const repository = need(context);
  const name = context.argv[0]!;
  const given = options({ argv: context.argv.map((word) => (word === '-' ? '@{-1}' : word)) }, name === 'restore' ? 'qs:SW' : 'fqb:B:c:C:dtlm', {
    force: 'no', quiet: 'no', detach: 'no', staged: 'no', worktree: 'no', create: 'required', 'force-create': 'required', source: 'required', progress: 'no', 'no-progress': 'no', track: 'optional', 'no-track': 'no', 'discard-changes': 'no', guess: 'no', 'no-guess': 'no', orphan: 'required', ours: 'no', theirs: 'no', merge: 'no', overlay: 'no', 'no-overlay': 'no',
    'recurse-submodules': 'optional', 'no-recurse-submodules': 'no', 'ignore-skip-worktree-bits': 'no', 'ignore-other-worktrees': 'no', 'overwrite-ignore': 'no', 'pathspec-from-file': 'required',
  });
  if (name === 'restore') return restore(context, repository, given);
  if (given.has('m', 'merge')) return context.unsupported(`${name} --merge`);
  const [first, ...others] = given.operands.slice(0, given.operands.length - given.afterDashes.length);
  const made = given.value('b', 'B', 'c', 'C', 'create', 'force-create');
  const orphan = given.value('orphan');
  if (orphan !== undefined) {
    if (!isRefName(orphan)) throw new GitFailure(`'${orphan}' is not a valid branch name`);
    pointHead(repository, `ref: refs/heads/${orphan}`);
    if (name === 'switch') await resetTo(repository, await storeEmpty(repository));
    if (!given.has('q', 'quiet')) context.complain(`Switched to a new branch '${orphan}'\n`);
    return 0;
  }
  if (made !== undefined) return createBranch(context, repository, given, made, first);
  if (first === undefined && given.afterDashes.length === 0) {
    if (name === 'switch') throw new GitFailure('missing branch or commit argument');
    if (given.has('d', 'detach')) return switchTo(context, repository, given, 'HEAD');
    const { oid } = await headPosition(repository);
    const { changed, staged } = await statusOf(repository, pathspec(repository, []), 'no');
    for (const { path, status } of [...staged, ...changed]) context.print(`${status}\t${path}\n`);
    if (oid !== undefined) context.print((await trackingText(repository, oid)).replace(/\n\n$/, '\n'));
    return 0;
  }
  const oid = first === undefined ? undefined : await findRevision(repository, first);
  const guessed = first !== undefined && oid === undefined && others.length === 0 && given.afterDashes.length === 0 && !given.has('no-guess') ? await guessedRemote(repository, first) : undefined;
  if (guessed !== undefined) return createBranch(context, repository, given, first!, guessed);
  const operands = [...(oid === undefined && first !== undefined ? [first] : []), ...others, ...given.afterDashes];
  if (name === 'switch') {
    if (oid === undefined) throw new GitFailure(`invalid reference: ${first}`);
    return switchTo(context, repository, given, first!);
  }
  if (operands.length > 0) return checkoutFiles(context, repository, given, operands, oid);
  return switchTo(context, repository, given, first!);
};

async function storeEmpty({ fs, gitdir }: Repository): Promise<string> {
  return git.writeTree({ fs, gitdir, tree: [] });
}

/** The one remote's branch of that name. */
async function guessedRemote(repository: Repository, name: string): Promise<string | undefined> {
  const { fs, gitdir } = repository;
  const found: string[] = [];
  for (const { remote } of await git.listRemotes({ fs, gitdir })) if ((await findRevision(repository, `refs/remotes/${remote}/${name}`)) !== undefined) found.push(`${remote}/${name}`);
  return found.length === 1 ? found[0] : undefined;
}

async function createBranch(context: GitContext, repository: Repository, given: Given, made: string, start: string | undefined): Promise<number> {
  const { fs, gitdir } = repository;
  const forced = given.has('B', 'C', 'force-create');
  if (!isRefName(made)) throw new GitFailure(`'${made}' is not a valid branch name`);
  const exists = (await git.listBranches({ fs, gitdir })).includes(made);
  if (!forced && exists) throw new GitFailure(`a branch named '${made}' already exists`);
  const oid = await findRevision(repository, start ?? 'HEAD');
  if (oid === undefined && start !== undefined) throw new GitFailure(`'${start}' is not a commit and a branch '${made}' cannot be created from it`);
  const before = await headPosition(repository);
  if (oid === undefined) pointHead(repository, `ref: refs/heads/${made}`);
  else {
    const commit = await resolveCommit(repository, oid);
    await goTo(repository, commit, given.has('f', 'force', 'discard-changes'));
    const old = exists ? await findRevision(repository, `refs/heads/${made}`) : undefined;
    await git.writeRef({ fs, gitdir, ref: `refs/heads/${made}`, value: commit, force: true });
    if (before.branch !== `refs/heads/${made}`) await noteRef(repository, `refs/heads/${made}`, old, commit, `branch: ${old === undefined ? 'Created from' : 'Reset to'} ${start ?? 'HEAD'}`);
    pointHead(repository, `ref: refs/heads/${made}`);
  }
  const upstream = start === undefined || given.has('no-track') ? undefined : await remoteBranch(repository, start);
  if (!given.has('q', 'quiet')) context.complain(exists && before.branch === `refs/heads/${made}` ? `Reset branch '${made}'\n` : exists ? `Switched to and reset branch '${made}'\n` : `Switched to a new branch '${made}'\n`);
  if (upstream !== undefined) await setUpstream(context, repository, made, upstream, given.has('q', 'quiet'));
  context.reason = `checkout: moving from ${whereFrom(before)} to ${made}`;
  return 0;
}

function whereFrom({ branch, oid }: { branch: string | undefined; oid: string | undefined }): string {
  return branch === undefined ? (oid ?? '') : shortRef(branch);
}

/** To a branch, or to a commit with no branch. */
async function switchTo(context: GitContext, repository: Repository, given: Given, target: string): Promise<number> {
  const { fs, gitdir } = repository;
  const before = await headPosition(repository);
  const name = /^@\{-\d+\}$/.test(target) ? (previousBranch(repository, Number(/\d+/.exec(target)![0])) ?? target) : target;
  const isBranch = (await git.listBranches({ fs, gitdir })).includes(name) && !given.has('d', 'detach');
  const found = await findRevision(repository, isBranch ? `refs/heads/${name}` : target);
  const oid = found === undefined ? undefined : await peel(repository, found, 'commit');
  if (oid === undefined) throw new GitFailure(`reference is not a tree: ${target}`);
  if (context.argv[0] === 'switch' && !isBranch && !given.has('d', 'detach')) throw new GitFailure(`a branch is expected, got ${(await remoteBranch(repository, target)) === undefined ? ((await git.listTags({ fs, gitdir })).includes(target) ? 'tag' : 'commit') : 'remote branch'} '${target}'\nhint: If you want to detach HEAD at the commit, try again with the --detach option.`);
  const quiet = given.has('q', 'quiet');
  await goTo(repository, oid, given.has('f', 'force', 'discard-changes'));
  pointHead(repository, isBranch ? `ref: refs/heads/${name}` : oid);
  if (!quiet) {
    const { staged, changed } = await statusOf(repository, pathspec(repository, []), 'no');
    for (const path of [...new Set([...staged, ...changed].map((change) => `${change.status}\t${change.path}\n`))]) context.print(path);
    if (before.branch === undefined && before.oid !== undefined && (before.oid !== oid || isBranch)) context.complain(`Previous HEAD position was ${short(before.oid)} ${await subjectOf(repository, before.oid)}\n`);
    if (isBranch) {
      context.complain(before.branch === `refs/heads/${name}` ? `Already on '${name}'\n` : `Switched to branch '${name}'\n`);
      context.print((await trackingText(repository, oid)).replace(/\n\n$/, '\n'));
    } else {
      if (before.branch !== undefined && context.argv[0] === 'checkout' && !given.has('d', 'detach')) context.complain(detachedAdvice(repository, target));
      context.complain(`HEAD is now at ${short(oid)} ${await subjectOf(repository, oid)}\n`);
    }
  }
  await noteMove(repository, before, `checkout: moving from ${whereFrom(before)} to ${isBranch ? name : target}`);
  context.reason = '';
  return 0;
}

/** What is said on the way off all branches, unless advice.detachedHead says not to. */
export function detachedAdvice(repository: Repository, target: string): string {
  if (!isTrue(setting(repository, 'advice.detachedHead') ?? 'true')) return '';
  return `Note: switching to '${target}'.\n\nYou are in 'detached HEAD' state. You can look around, make experimental\nchanges and commit them, and you can discard any commits you make in this\nstate without impacting any branches by switching back to a branch.\n\nIf you want to create a new branch to retain commits you create, you may\ndo so (now or later) by using -c with the switch command. Example:\n\n  git switch -c <new-branch-name>\n\nOr undo this operation with:\n\n  git switch -\n\nTurn off this advice by setting config variable advice.detachedHead to false\n\n`;
}

/** Files of the index, or of a tree, into the working tree. */
async function checkoutFiles(context: GitContext, repository: Repository, given: Given, operands: readonly string[], oid: string | undefined): Promise<number> {
  const paths = pathspec(repository, operands);
  const entries = readIndex(repository);
  const tree = oid === undefined ? undefined : await peel(repository, oid, 'tree');
  const side = given.has('ours') ? 2 : given.has('theirs') ? 3 : 0;
  const source: Files = tree !== undefined ? await treeFiles(repository, tree) : side > 0 ? new Map(entries.filter(({ stage }) => stage === side || stage === 0).map((entry) => [entry.path, entry])) : await indexFiles(repository);
  const chosen = [...source].filter(([path]) => paths.matches(path));
  const missing = paths.unmatched(source.keys());
  if (missing !== undefined) throw new GitFailure(`pathspec '${missing}' did not match any file(s) known to git`, 1);
  const unmerged = side === 0 && tree === undefined ? entries.find(({ path, stage }) => stage > 0 && paths.matches(path)) : undefined;
  if (unmerged) throw new GitFailure(`path '${unmerged.path}' is unmerged`, 1);
  let count = 0;
  for (const [path, file] of chosen) {
    const now = await workFile(repository, path);
    if (now?.oid === file.oid && now.mode === file.mode) continue;
    await putFile(repository, path, file);
    count++;
  }
  if (tree !== undefined) stageSides(repository, new Map(chosen), () => false);
  if (!given.has('q', 'quiet') && operands.length > 0) context.complain(`Updated ${count} path${count === 1 ? '' : 's'} from ${tree === undefined ? 'the index' : short(await peel(repository, oid!, 'commit') ?? oid!)}\n`);
  return 0;
}

/** Puts files into the index, and takes those away that `removes` says. */
function stageSides(repository: Repository, sides: ReadonlyMap<string, Side>, removes: (path: string) => boolean): void {
  const kept = readIndex(repository).filter(({ path }) => !sides.has(path) && !removes(path));
  writeIndex(repository, [...kept, ...[...sides].map(([path, side]) => indexEntry(path, side))]);
}

async function restore(context: GitContext, repository: Repository, given: Given): Promise<number> {
  if (given.operands.length === 0) throw new GitFailure('you must specify path(s) to restore');
  const paths = pathspec(repository, given.operands);
  const isStaged = given.has('staged', 'S');
  const named = given.value('source', 's');
  const isWork = !isStaged || given.has('worktree', 'W');
  const oid = named !== undefined ? await findRevision(repository, named) : isStaged ? await findRevision(repository, 'HEAD') : undefined;
  if (named !== undefined && oid === undefined) throw new GitFailure(`could not resolve ${named}`);
  const index = await indexFiles(repository);
  const source: Files = oid !== undefined ? await treeFiles(repository, oid) : isStaged ? new Map() : index;
  const missing = paths.unmatched(new Set([...source.keys(), ...index.keys()]));
  if (missing !== undefined) throw new GitFailure(`pathspec '${missing}' did not match any file(s) known to git`, 1);
  const chosen = new Map([...source].filter(([path]) => paths.matches(path)));
  const gone = [...index.keys()].filter((path) => paths.matches(path) && !source.has(path));
  if (isWork) {
    for (const [path, side] of chosen) {
      const now = await workFile(repository, path);
      if (now?.oid !== side.oid || now.mode !== side.mode) await putFile(repository, path, side);
    }
    if (oid !== undefined) for (const path of gone) removeFile(repository, path);
  }
  if (isStaged) stageSides(repository, chosen, (path) => gone.includes(path));
  return 0;
}

export const reset: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'qNp', { hard: 'no', soft: 'no', mixed: 'no', quiet: 'no', merge: 'no', keep: 'no', patch: 'no', refresh: 'no', 'no-refresh': 'no', 'recurse-submodules': 'optional', 'no-recurse-submodules': 'no' });
  if (given.has('p', 'patch', 'merge', 'keep')) return context.unsupported('reset with this option');
  const { fs, gitdir } = repository;
  const [first, ...others] = given.operands.slice(0, given.operands.length - given.afterDashes.length);
  const oid = first === undefined ? undefined : await findRevision(repository, first);
  if (first !== undefined && oid === undefined && !exists(context.process, first) && !readIndex(repository).some(({ path }) => path === first)) throw new GitFailure(`ambiguous argument '${first}': unknown revision or path not in the working tree.\nUse '--' to separate paths from revisions, like this:\n'git <command> [<revision>...] -- [<file>...]'`);
  const operands = [...(oid === undefined && first !== undefined ? [first] : []), ...others, ...given.afterDashes];
  const target = oid ?? (await findRevision(repository, 'HEAD'));
  if (operands.length > 0) {
    if (given.has('hard', 'soft')) throw new GitFailure(`Cannot do ${given.has('hard') ? 'hard' : 'soft'} reset with paths.`);
    const paths = pathspec(repository, operands);
    const files = await treeFiles(repository, target);
    stageSides(repository, new Map([...files].filter(([path]) => paths.matches(path))), (path) => paths.matches(path) && !files.has(path));
    if (!given.has('q', 'quiet')) await unstaged(context, repository, pathspec(repository, []));
    return 0;
  }
  if (target === undefined) {
    writeIndex(repository, []);
    return 0;
  }
  const commit = await resolveCommit(repository, target);
  const head = await findRevision(repository, 'HEAD');
  const { branch } = await headPosition(repository);
  if (given.has('hard')) await resetTo(repository, commit);
  else if (!given.has('soft')) {
    const known = new Map(readIndex(repository).map((entry) => [entry.path, entry]));
    writeIndex(repository, [...(await treeFiles(repository, commit))].map(([path, side]) => {
      const old = known.get(path);
      return old?.oid === side.oid && old.mode === side.mode && old.stage === 0 ? old : indexEntry(path, side);
    }));
  }
  if (head !== undefined) await git.writeRef({ fs, gitdir, ref: 'ORIG_HEAD', value: head, force: true });
  await git.writeRef({ fs, gitdir, ref: branch ?? 'HEAD', value: commit, force: true });
  for (const left of ['MERGE_HEAD', 'MERGE_MSG', 'MERGE_MODE', 'CHERRY_PICK_HEAD', 'REVERT_HEAD']) if (!given.has('soft') && exists(context.process, posix.join(gitdir, left))) context.process.files.unlink(posix.join(gitdir, left));
  context.reason = `reset: moving to ${first ?? 'HEAD'}`;
  if (given.has('hard')) {
    if (!given.has('q', 'quiet')) context.print(`HEAD is now at ${short(commit)} ${await subjectOf(repository, commit)}\n`);
  } else if (!given.has('soft') && !given.has('q', 'quiet')) await unstaged(context, repository, pathspec(repository, []));
  return 0;
};

async function unstaged(context: GitContext, repository: Repository, paths: Pathspec): Promise<void> {
  const { changed } = await statusOf(repository, paths, 'no');
  if (changed.length > 0) context.print(`Unstaged changes after reset:\n${changed.map(({ status, path }) => `${status}\t${path}\n`).join('')}`);
}


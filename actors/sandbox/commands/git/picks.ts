// Changes of one commit made once more elsewhere: cherry-pick, revert, rebase.
import { posix } from 'node:path';
import git, { type ReadCommitResult } from 'isomorphic-git';
import { exists } from '../common/exists.js';
import { shortSummary } from './change-text.js';
import { compareFiles, indexFiles, treeFiles, workFiles } from './changes.js';
import { UTC } from '../common/dates/zone.js';
import { type Command, type GitContext, need, options } from './command.js';
import { dateText } from './dates.js';
import { conflictMessages, mergeTrees, putTree, resetTo } from './merge-trees.js';
import { pathspec } from './pathspec.js';
import { short, subject } from './pretty.js';
import { headPosition, noteMove, pointHead } from './reflog.js';
import { longStatus, statusOf } from './status.js';
import { GitFailure, person, type Repository } from './repository.js';
import { findRevision, peel, resolveCommit, upstreamOf } from './revision.js';
import { History, mergeBases, readRange, walk } from './walk.js';
import { writeCommit, writeTrees } from './write-objects.js';
import { USUAL_RENAMES } from './renames.js';

const EVERYTHING = (repository: Repository): ReturnType<typeof pathspec> => pathspec(repository, []);

/** Throws GitFailure where tracked files were changed. */
export async function requireClean(repository: Repository, message: string): Promise<void> {
  const index = await indexFiles(repository);
  const head = await findRevision(repository, 'HEAD');
  const staged = await compareFiles(repository, await treeFiles(repository, head), index, EVERYTHING(repository), undefined);
  const changed = staged.length > 0 ? staged : await compareFiles(repository, index, await workFiles(repository), EVERYTHING(repository), undefined);
  if (changed.length > 0) throw new GitFailure(message, 1);
}

interface Pick {
  /** The tree that the change begins at, and the one that it leads to. */
  readonly base: string | undefined;
  readonly changed: string;
  readonly label: string;
}

/** Makes a change to HEAD's tree; a new commit's tree, or what is in conflict, which then lies in the working tree. */
async function applied(repository: Repository, head: string, { base, changed, label }: Pick): Promise<{ tree: string } | { conflicts: string[] }> {
  const merged = await mergeTrees(repository, base, head, changed, { ours: 'HEAD', theirs: label });
  await putTree(repository, head, merged);
  return merged.conflicts.length > 0 ? { conflicts: conflictMessages(merged) } : { tree: await writeTrees(repository, merged.files) };
}

async function commitOn(repository: Repository, parent: string, tree: string, message: string, author: object): Promise<string> {
  const { fs, gitdir } = repository;
  const oid = await writeCommit(repository, { tree, parent: [parent], message, author: author as never, committer: await person(repository, 'COMMITTER') });
  await git.writeRef({ fs, gitdir, ref: (await git.currentBranch({ fs, gitdir, fullname: true })) || 'HEAD', value: oid, force: true });
  return oid;
}

async function parentOf(repository: Repository, { oid, commit }: ReadCommitResult, mainline: string | undefined): Promise<string | undefined> {
  if (commit.parent.length > 1 && mainline === undefined) throw new GitFailure(`error: commit ${oid} is a merge but no -m option was given.`, 1);
  return commit.parent[mainline === undefined ? 0 : Number(mainline) - 1];
}

/** The commits that the operands name, oldest first where they are a range. */
async function chosen(context: GitContext, repository: Repository, given: ReturnType<typeof options>): Promise<ReadCommitResult[]> {
  const found: ReadCommitResult[] = [];
  for (const operand of given.operands) {
    if (/\.\.|^\^/.test(operand)) {
      const range = await readRange(repository, { ...given, operands: [operand], afterDashes: [] });
      found.push(...(await walk(context, repository, { ...given, has: () => false, value: () => undefined, given: new Map() }, range, EVERYTHING(repository))).reverse());
      continue;
    }
    const oid = await findRevision(repository, operand);
    const commit = oid === undefined ? undefined : await peel(repository, oid, 'commit');
    if (commit === undefined) throw new GitFailure(`bad revision '${operand}'`);
    found.push(await git.readCommit({ fs: repository.fs, gitdir: repository.gitdir, oid: commit }));
  }
  return found;
}

/** cherry-pick and revert: the same, one forwards and one backwards. */
const repeat = (isRevert: boolean): Command => async (context) => {
  const repository = need(context);
  const given = options(context, 'nxem:s', { 'no-commit': 'no', edit: 'no', 'no-edit': 'no', mainline: 'required', signoff: 'no', ff: 'no', 'allow-empty': 'no', 'allow-empty-message': 'no', 'keep-redundant-commits': 'no', strategy: 'required', 'strategy-option': 'required', abort: 'no', continue: 'no', skip: 'no', quit: 'no' });
  const { gitdir, process } = repository;
  const name = isRevert ? 'revert' : 'cherry-pick';
  const marker = posix.join(gitdir, isRevert ? 'REVERT_HEAD' : 'CHERRY_PICK_HEAD');
  if (given.has('abort', 'continue', 'skip', 'quit')) return goOn(context, repository, given, name, marker);
  const entries = await chosen(context, repository, given);
  if (!given.has('n', 'no-commit')) await requireClean(repository, `your local changes would be overwritten by ${name}.\nhint: commit your changes or stash them to proceed.\nfatal: ${name} failed`);
  for (const entry of entries) {
    const head = await resolveCommit(repository, 'HEAD');
    const parent = await parentOf(repository, entry, given.value('m', 'mainline'));
    const title = `${short(entry.oid)} (${subject(entry)})`;
    const pick: Pick = isRevert ? { base: entry.oid, changed: parent ?? '', label: `parent of ${title}` } : { base: parent, changed: entry.oid, label: title };
    const outcome = await applied(repository, head, pick);
    const message = isRevert ? `Revert "${subject(entry)}"\n\nThis reverts commit ${entry.oid}.\n` : entry.commit.message + (given.has('x') ? `${/\n\n[\s\S]*\n?$/.test(entry.commit.message.trimEnd()) ? '' : '\n'}(cherry picked from commit ${entry.oid})\n` : '');
    if ('conflicts' in outcome) {
      process.files.writeFile(marker, Buffer.from(`${entry.oid}\n`));
      process.files.writeFile(posix.join(gitdir, 'MERGE_MSG'), Buffer.from(message));
      context.print(outcome.conflicts.join(''));
      context.complain(`error: could not ${isRevert ? 'revert' : 'apply'} ${short(entry.oid)}... ${subject(entry)}\nhint: After resolving the conflicts, mark them with\nhint: "git add/rm <pathspec>", then run\nhint: "git ${name} --continue".\n`);
      return 1;
    }
    if (given.has('n', 'no-commit')) continue;
    const headTree = await peel(repository, head, 'tree');
    if (outcome.tree === headTree && !given.has('allow-empty', 'keep-redundant-commits')) {
      process.files.writeFile(marker, Buffer.from(`${entry.oid}\n`));
      await longStatus(context, repository, await statusOf(repository, EVERYTHING(repository), 'normal'), 'No commits yet');
      context.complain(`The previous ${name} is now empty, possibly due to conflict resolution.\nIf you wish to commit it anyway, use:\n\n    git commit --allow-empty\n\nOtherwise, please use 'git ${name} --skip'\n`);
      return 1;
    }
    const before = await headPosition(repository);
    const author = isRevert ? await person(repository, 'AUTHOR') : entry.commit.author;
    const oid = await commitOn(repository, head, outcome.tree, message, author);
    context.print(await commitLine(repository, oid, true));
    await noteMove(repository, before, `${name}: ${isRevert ? message.split('\n')[0] : subject(entry)}`);
  }
  return 0;
};

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

async function goOn(context: GitContext, repository: Repository, given: ReturnType<typeof options>, name: string, marker: string): Promise<number> {
  const { process, fs, gitdir } = repository;
  if (!exists(process, marker)) throw new GitFailure(`no cherry-pick or revert in progress\nfatal: ${name} failed`, 1);
  const oid = Buffer.from(process.files.readFile(marker)).toString().trim();
  const forget = (): void => {
    for (const path of [marker, posix.join(gitdir, 'MERGE_MSG')]) if (exists(process, path)) process.files.unlink(path);
  };
  if (given.has('continue')) {
    const entry = await git.readCommit({ fs, gitdir, oid });
    const messagePath = posix.join(gitdir, 'MERGE_MSG');
    const message = exists(process, messagePath) ? Buffer.from(process.files.readFile(messagePath)).toString() : entry.commit.message;
    const made = await commitOn(repository, await resolveCommit(repository, 'HEAD'), await writeTrees(repository, await indexFiles(repository)), message, name === 'revert' ? await person(repository, 'AUTHOR') : entry.commit.author);
    context.reason = `${name}: ${message.split('\n')[0]}`;
    context.print(await commitLine(repository, made, true));
  } else if (!given.has('quit')) await resetTo(repository, await resolveCommit(repository, 'HEAD'));
  forget();
  return 0;
}

export const cherryPick = repeat(false);
export const revert = repeat(true);

/** Where a rebase stands, should it stop at a conflict: .git/rebase-merge. */
interface RebaseState {
  readonly branch: string | undefined;
  readonly onto: string;
  /** As it was asked for. */
  readonly ontoName: string;
  readonly original: string;
  /** How many commits there were to begin with. */
  readonly count: number;
  readonly todo: readonly string[];
}

function statePath({ gitdir }: Repository): string {
  return posix.join(gitdir, 'rebase-merge');
}

function saveState(repository: Repository, state: RebaseState): void {
  const folder = statePath(repository);
  const { files } = repository.process;
  if (!exists(repository.process, folder)) files.mkdir(folder);
  files.writeFile(posix.join(folder, 'state.json'), Buffer.from(JSON.stringify(state)));
}

function clearState(repository: Repository): void {
  const folder = statePath(repository);
  repository.process.files.unlink(posix.join(folder, 'state.json'));
  repository.process.files.rmdir(folder);
}

export const rebase: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'qifvx:m', { onto: 'required', quiet: 'no', interactive: 'no', abort: 'no', continue: 'no', skip: 'no', root: 'no', autostash: 'no', 'no-autostash': 'no', 'force-rebase': 'no', 'no-ff': 'no', verbose: 'no', 'rebase-merges': 'optional', exec: 'required', merge: 'no', 'no-stat': 'no', stat: 'no', 'committer-date-is-author-date': 'no', 'keep-empty': 'no', 'no-keep-empty': 'no', autosquash: 'no', 'no-autosquash': 'no', strategy: 'required', 'update-refs': 'no' });
  if (given.has('i', 'interactive', 'root', 'x', 'exec', 'rebase-merges', 'autostash')) return context.unsupported('rebase with this option');
  const { fs, gitdir, process } = repository;
  const folder = statePath(repository);
  if (given.has('abort', 'continue', 'skip')) {
    if (!exists(process, folder)) throw new GitFailure('No rebase in progress?');
    const state = JSON.parse(Buffer.from(process.files.readFile(posix.join(folder, 'state.json'))).toString()) as RebaseState;
    if (given.has('abort')) {
      await resetTo(repository, state.original);
      pointHead(repository, state.branch === undefined ? state.original : `ref: refs/heads/${state.branch}`);
      clearState(repository);
      return 0;
    }
    if (given.has('skip')) await resetTo(repository, await resolveCommit(repository, 'HEAD'));
    else {
      const entry = await git.readCommit({ fs, gitdir, oid: state.todo[0]! });
      const before = await headPosition(repository);
      const made = await commitOn(repository, await resolveCommit(repository, 'HEAD'), await writeTrees(repository, await indexFiles(repository)), entry.commit.message, entry.commit.author);
      context.print(await commitLine(repository, made));
      await noteMove(repository, before, `rebase (continue): ${subject(entry)}`);
    }
    return replay(context, repository, { ...state, todo: state.todo.slice(1) }, given.has('q', 'quiet'));
  }
  await requireClean(repository, 'cannot rebase: You have unstaged changes.\nerror: Please commit or stash them.');
  if (given.operands[1] !== undefined) await git.checkout({ fs, dir: repository.dir, gitdir, ref: given.operands[1] });
  const branch = (await git.currentBranch({ fs, gitdir })) || undefined;
  const upstream = given.operands[0] ?? (await upstreamOf(repository));
  if (upstream === undefined) throw new GitFailure(`There is no tracking information for the current branch.\nPlease specify which branch you want to rebase against.\nSee git-rebase(1) for details.\n\n    git rebase '<branch>'\n`, 1);
  const target = await findRevision(repository, upstream);
  if (target === undefined) throw new GitFailure(`invalid upstream '${upstream}'`);
  const onto = given.value('onto') === undefined ? await resolveCommit(repository, upstream) : await resolveCommit(repository, given.value('onto')!);
  const original = await resolveCommit(repository, 'HEAD');
  const [base] = await mergeBases(repository, [original, target]);
  if (base === onto && !given.has('f', 'force-rebase', 'no-ff')) {
    if (!given.has('q', 'quiet')) context.print(`Current branch ${branch ?? 'HEAD'} is up to date.\n`);
    return 0;
  }
  const todo = await missing(context, repository, target, original);
  return replay(context, repository, { branch, onto, ontoName: given.value('onto') ?? upstream, original, count: todo.length, todo }, given.has('q', 'quiet'), true);
};

/** Commits of ours that the other side lacks, also by what they change, oldest first. */
async function missing(context: GitContext, repository: Repository, theirs: string, ours: string): Promise<string[]> {
  const given = { given: new Map(), operands: [], afterDashes: [], has: (...names: string[]) => names.includes('topo-order'), value: () => undefined };
  const entries = (await walk(context, repository, given, { include: [ours], exclude: [theirs], paths: [] }, EVERYTHING(repository))).reverse().filter(({ commit }) => commit.parent.length < 2);
  const history = new History(repository);
  const known = await history.reachable([ours]);
  const other = await Promise.all([...(await history.reachable([theirs]))].filter((oid) => !known.has(oid)).map((oid) => history.commit(oid)));
  const change = async ({ oid, commit }: ReadCommitResult): Promise<string> => JSON.stringify((await compareFiles(repository, await treeFiles(repository, commit.parent[0]), await treeFiles(repository, oid), EVERYTHING(repository), undefined)).map(({ path, before, after }) => [path, before?.oid, after?.oid]));
  const there = new Set(await Promise.all(other.filter(({ commit }) => commit.parent.length < 2).map(change)));
  const found: string[] = [];
  for (const entry of entries) if (!there.has(await change(entry))) found.push(entry.oid);
  return found;
}

async function replay(context: GitContext, repository: Repository, state: RebaseState, quiet: boolean, isFresh = false): Promise<number> {
  const { fs, gitdir, process } = repository;
  if (isFresh) {
    const before = await headPosition(repository);
    await resetTo(repository, state.onto);
    pointHead(repository, state.onto);
    await noteMove(repository, before, `rebase (start): checkout ${state.ontoName}`);
  }
  for (const [at, oid] of state.todo.entries()) {
    if (!quiet) context.complain(`Rebasing (${state.count - state.todo.length + at + 1}/${state.count})\r`);
    saveState(repository, { ...state, todo: state.todo.slice(at) });
    const entry = await git.readCommit({ fs, gitdir, oid });
    const head = await resolveCommit(repository, 'HEAD');
    const outcome = await applied(repository, head, { base: entry.commit.parent[0], changed: oid, label: `${short(oid)} (${subject(entry)})` });
    if ('conflicts' in outcome) {
      context.print(outcome.conflicts.join(''));
      context.complain(`error: could not apply ${short(oid)}... ${subject(entry)}\nhint: Resolve all conflicts manually, mark them as resolved with\nhint: "git add/rm <conflicted_files>", then run "git rebase --continue".\nhint: You can instead skip this commit: run "git rebase --skip".\nhint: To abort and get back to the state before "git rebase", run "git rebase --abort".\nCould not apply ${short(oid)}... ${subject(entry)}\n`);
      return 1;
    }
    if (outcome.tree === (await peel(repository, head, 'tree')) && entry.commit.tree !== (await peel(repository, entry.commit.parent[0] ?? oid, 'tree'))) {
      context.complain(`dropping ${oid} ${subject(entry)} -- patch contents already upstream\n`);
      continue;
    }
    const before = await headPosition(repository);
    await commitOn(repository, head, outcome.tree, entry.commit.message, entry.commit.author);
    await noteMove(repository, before, `rebase (pick): ${subject(entry)}`);
  }
  const end = await resolveCommit(repository, 'HEAD');
  if (state.branch !== undefined) {
    await git.writeRef({ fs, gitdir, ref: `refs/heads/${state.branch}`, value: end, force: true });
    pointHead(repository, `ref: refs/heads/${state.branch}`);
  }
  if (exists(process, statePath(repository))) clearState(repository);
  context.reason = `rebase (finish): returning to ${state.branch === undefined ? 'HEAD' : `refs/heads/${state.branch}`}`;
  if (!quiet) context.complain(`${state.count > 0 ? `\r${' '.repeat(80)}\r` : ''}Successfully rebased and updated ${state.branch === undefined ? 'detached HEAD' : `refs/heads/${state.branch}`}.\n`);
  return 0;
}

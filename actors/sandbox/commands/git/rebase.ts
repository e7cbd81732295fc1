// git rebase: starts one, and goes on with, skips, or gives up one that stopped.
import git, { type ReadCommitResult } from 'isomorphic-git';
import { compareFiles, indexFiles, treeFiles, workFiles } from './changes.js';
import { type Command, type GitContext, need, options } from './command.js';
import { cleaned, edited } from './commit.js';
import { isTrue, setting } from './configuration.js';
import { readIndex } from './index-file.js';
import { show } from './log.js';
import { resetTo } from './merge-trees.js';
import { short, subject } from './pretty.js';
import { beginSteps, forgetStop, returnAutostash, runSteps } from './rebase-run.js';
import { RebaseState } from './rebase-state.js';
import { autosquashed, parseTodo, requireFirst, type Step, todoHelp, todoText, withExec } from './rebase-todo.js';
import { headPosition, noteMove, pointHead } from './reflog.js';
import { commitLine, commitOn, EVERYTHING } from './replay.js';
import { GitFailure, person, type Repository } from './repository.js';
import { findRevision, peel, resolveCommit, upstreamOf } from './revision.js';
import { keepStash, makeStash } from './stash.js';
import { checkout } from './checkout.js';
import { History, mergeBases, walk } from './walk.js';
import { writeCommit, writeTrees } from './write-objects.js';

type Given = ReturnType<typeof options>;

export const rebase: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'qifvx:mnC:X:s:S::', {
    onto: 'required', quiet: 'no', interactive: 'no', abort: 'no', continue: 'no', skip: 'no', quit: 'no', 'edit-todo': 'no', 'show-current-patch': 'no', root: 'no', autostash: 'no', 'no-autostash': 'no', 'force-rebase': 'no', 'no-ff': 'no', ff: 'no', verbose: 'no', 'rebase-merges': 'optional', 'no-rebase-merges': 'no', exec: 'required', merge: 'no', apply: 'no', 'no-stat': 'no', stat: 'no',
    'committer-date-is-author-date': 'no', 'reset-author-date': 'no', 'keep-empty': 'no', 'no-keep-empty': 'no', empty: 'required', autosquash: 'no', 'no-autosquash': 'no', strategy: 'required', 'strategy-option': 'required', 'update-refs': 'no', 'no-update-refs': 'no', 'fork-point': 'no', 'no-fork-point': 'no', 'keep-base': 'no', 'reapply-cherry-picks': 'no', 'no-reapply-cherry-picks': 'no', 'no-verify': 'no', verify: 'no', signoff: 'no', 'no-gpg-sign': 'no', 'reschedule-failed-exec': 'no', 'no-reschedule-failed-exec': 'no', 'allow-empty-message': 'no',
  });
  if (given.has('rebase-merges', 'update-refs', 'committer-date-is-author-date', 'reset-author-date', 'signoff')) return context.unsupported('rebase with this option');
  const state = new RebaseState(repository);
  const goesOn = (['continue', 'skip', 'abort', 'quit', 'edit-todo', 'show-current-patch'] as const).find((name) => given.has(name));
  if (goesOn !== undefined) {
    if (!state.isThere) throw new GitFailure('No rebase in progress?');
    return goOn(context, repository, state, goesOn);
  }
  if (state.isThere) throw new GitFailure(`It seems that there is already a rebase-merge directory, and\nI wonder if you are in the middle of another rebase.  If that is the\ncase, please try\n\tgit rebase (--continue | --abort | --skip)\nIf that is not the case, please\n\trm -fr "${context.process.files.getcwd() === repository.dir ? '.git/rebase-merge' : state.folder}"\nand run me again.  I am stopping in case you still have something\nvaluable there.\n`);
  return start(context, repository, state, given);
};

async function start(context: GitContext, repository: Repository, state: RebaseState, given: Given): Promise<number> {
  const quiet = given.has('q', 'quiet');
  const commands = [...(given.given.get('x') ?? []), ...(given.given.get('exec') ?? [])];
  const interactive = given.has('i', 'interactive');
  const squashes = interactive && !given.has('no-autosquash') && (given.has('autosquash') || isTrue(setting(repository, 'rebase.autoSquash')));
  const isRoot = given.has('root');
  const [first, second] = isRoot ? [undefined, given.operands[0]] : given.operands;
  const upstream = isRoot ? undefined : ((first === '-' ? '@{-1}' : first) ?? (await upstreamOf(repository)));
  if (!isRoot && upstream === undefined) throw new GitFailure(`There is no tracking information for the current branch.\nPlease specify which branch you want to rebase against.\nSee git-rebase(1) for details.\n\n    git rebase '<branch>'\n`, 1);
  const target = upstream === undefined ? undefined : await findRevision(repository, upstream);
  if (upstream !== undefined && target === undefined) throw new GitFailure(`invalid upstream '${upstream}'`);
  if (second !== undefined && (await findRevision(repository, second)) === undefined) throw new GitFailure(`no such branch/commit '${second}'`);
  const original = await resolveCommit(repository, second ?? 'HEAD');
  const theirs = target === undefined ? undefined : await peel(repository, target, 'commit');
  const ontoName = given.value('onto') ?? (given.has('keep-base') ? `${upstream}...${second ?? 'HEAD'}` : upstream);
  const onto = await ontoOf(repository, given, ontoName, theirs, original);
  const stashed = given.has('autostash') || (isTrue(setting(repository, 'rebase.autoStash')) && !given.has('no-autostash')) ? await putAside(context, repository, state) : false;
  if (!stashed) await requireUnchanged(repository);
  if (second !== undefined) await checkout({ ...context, argv: ['checkout', '-q', second] });
  const { branch } = await headPosition(repository);
  const isForced = given.has('f', 'force-rebase', 'no-ff');
  const bases = theirs === undefined ? [] : await mergeBases(repository, [original, theirs]);
  if (!interactive && commands.length === 0 && onto !== undefined && bases[0] === onto && (await isLinear(repository, onto, original))) {
    const name = `Current branch ${branch === undefined ? 'HEAD' : branch.replace(/^refs\/heads\//, '')} is up to date`;
    if (!quiet) context.print(`${name}${isForced ? ', rebase forced' : ''}.\n`);
    await context.perform(() => context.flush());
    if (!isForced) {
      await returnAutostash(context, repository, state);
      state.clear();
      return 0;
    }
  }
  const picks = (await missing(context, repository, theirs ?? onto, original, given.has('reapply-cherry-picks'))).map(({ entry, isEmpty }): Step => ({ command: 'pick', oid: entry.oid, text: subject(entry) + (isEmpty ? ' # empty' : '') }));
  const all = withExec(squashes ? autosquashed(picks) : picks, commands);
  const listed: Step[] = all.length > 0 ? all : [{ command: 'noop', oid: '', text: '' }];
  const root = onto === undefined ? await emptyRoot(repository) : undefined;
  state.write('head-name', `${branch ?? 'detached HEAD'}\n`);
  state.write('orig-head', `${original}\n`);
  state.write('onto', `${onto ?? root}\n`);
  if (root !== undefined) state.write('squash-onto', `${root}\n`);
  if (quiet) state.write('quiet', '');
  if (isForced) state.write('force', '');
  state.write('interactive', '');
  state.write('no-reschedule-failed-exec', '');
  state.write('git-rebase-todo', todoText(listed));
  const steps = interactive ? await editedTodo(context, repository, state, listed, { from: theirs, to: original, onto: (onto ?? root)! }) : listed;
  if (steps === undefined) return 1;
  state.write('end', `${steps.filter(({ command }) => command !== 'noop').length}\n`);
  await git.writeRef({ fs: repository.fs, gitdir: repository.gitdir, ref: 'ORIG_HEAD', value: original, force: true });
  context.reason = '';
  await beginSteps(repository, state, steps.filter(({ command }) => command !== 'noop'), (onto ?? root)!, ontoName ?? root!);
  return runSteps(context, repository, state);
}

async function ontoOf(repository: Repository, given: Given, name: string | undefined, theirs: string | undefined, original: string): Promise<string | undefined> {
  if (given.has('keep-base')) return (await mergeBases(repository, [original, theirs!]))[0];
  const named = given.value('onto');
  if (named === undefined) return theirs;
  const [, left, right] = /^(.*)\.\.\.(.*)$/.exec(named) ?? [];
  if (left !== undefined) {
    const bases = await mergeBases(repository, [await resolveCommit(repository, left || 'HEAD'), await resolveCommit(repository, right || 'HEAD')]);
    if (bases.length !== 1) throw new GitFailure(`'${named}': need exactly one merge base`);
    return bases[0];
  }
  const oid = await findRevision(repository, named);
  if (oid === undefined) throw new GitFailure(`Does not point to a valid commit '${name}'`);
  return peel(repository, oid, 'commit');
}

/** What a root commit is laid on: a commit of nothing, which no commit keeps as its parent. */
async function emptyRoot(repository: Repository): Promise<string> {
  const who = await person(repository, 'COMMITTER');
  return writeCommit(repository, { tree: await writeTrees(repository, new Map()), parent: [], author: who, committer: who, message: '' });
}

async function requireUnchanged(repository: Repository): Promise<void> {
  const all = EVERYTHING(repository);
  const index = await indexFiles(repository);
  const unstaged = (await compareFiles(repository, index, await workFiles(repository), all, undefined)).length > 0;
  const staged = (await compareFiles(repository, await treeFiles(repository, await findRevision(repository, 'HEAD')), index, all, undefined)).length > 0;
  if (unstaged) throw new GitFailure(`cannot rebase: You have unstaged changes.\n${staged ? 'error: additionally, your index contains uncommitted changes.\n' : ''}error: Please commit or stash them.`, 1);
  if (staged) throw new GitFailure('cannot rebase: Your index contains uncommitted changes.\nerror: Please commit or stash them.', 1);
}

async function putAside(context: GitContext, repository: Repository, state: RebaseState): Promise<boolean> {
  const made = await makeStash(repository, 'autostash', false, []);
  if (!made) return false;
  state.write('autostash', `${made.oid}\n`);
  context.print(`Created autostash: ${short(made.oid)}\n`);
  await context.perform(() => context.flush());
  await resetTo(repository, await resolveCommit(repository, 'HEAD'));
  return true;
}

/** The list as the sequence editor leaves it; undefined, with everything as before, where that failed or left nothing. */
async function editedTodo(context: GitContext, repository: Repository, state: RebaseState, listed: readonly Step[], { from, to, onto }: { from: string | undefined; to: string; onto: string }): Promise<Step[] | undefined> {
  const count = listed.filter(({ command }) => command !== 'noop').length;
  const range = from === undefined ? `${short(to)} onto ${short(onto)}` : `${short(from)}..${short(to)} onto ${short(onto)}`;
  const giveUp = async (message: string): Promise<undefined> => {
    await returnAutostash(context, repository, state);
    state.clear();
    context.complain(message);
  };
  let text: string;
  try {
    text = await sequenceEdited(context, repository, state, `${todoText(listed, short)}${todoHelp(`${range} (${count} command${count === 1 ? '' : 's'})`)}`);
  } catch (error) {
    if (error instanceof GitFailure) return giveUp(`error: ${error.message}\n`);
    throw error;
  }
  state.write('git-rebase-todo.backup', `${todoText(listed)}${todoHelp(`${range} (${count} command${count === 1 ? '' : 's'})`)}`);
  state.write('git-rebase-todo', text);
  let steps: Step[];
  try {
    steps = await state.steps();
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    throw new GitFailure(`${error.message}\nYou can fix this with 'git rebase --edit-todo' and then run 'git rebase --continue'.\nOr you can abort the rebase with 'git rebase --abort'.`, 1);
  }
  if (steps.length === 0) return giveUp('error: nothing to do\n');
  requireFirst(steps);
  return steps;
}

function sequenceEdited(context: GitContext, repository: Repository, state: RebaseState, text: string): Promise<string> {
  const editor = context.process.env.get('GIT_SEQUENCE_EDITOR') ?? setting(repository, 'sequence.editor');
  return edited(context, repository, text, { path: `${state.folder}/git-rebase-todo`, editor, isList: true });
}

/** No merges on the way from one commit to its descendant. */
async function isLinear(repository: Repository, from: string, to: string): Promise<boolean> {
  const history = new History(repository);
  for (let oid: string | undefined = to; oid !== undefined && oid !== from;) {
    const { parent }: ReadCommitResult['commit'] = (await history.commit(oid)).commit;
    if (parent.length > 1) return false;
    [oid] = parent;
  }
  return true;
}

/** Commits of ours that the other side lacks, also by what they change, oldest first. */
async function missing(context: GitContext, repository: Repository, theirs: string | undefined, ours: string, keepsPicked: boolean): Promise<{ entry: ReadCommitResult; isEmpty: boolean }[]> {
  const given = { given: new Map(), operands: [], afterDashes: [], has: (...names: string[]) => names.includes('topo-order'), value: () => undefined };
  const entries = (await walk(context, repository, given, { include: [ours], exclude: theirs === undefined ? [] : [theirs], paths: [] }, EVERYTHING(repository))).reverse().filter(({ commit }) => commit.parent.length < 2);
  const history = new History(repository);
  const known = await history.reachable([ours]);
  const other = theirs === undefined || keepsPicked ? [] : await Promise.all([...(await history.reachable([theirs]))].filter((oid) => !known.has(oid)).map((oid) => history.commit(oid)));
  const change = async ({ oid, commit }: ReadCommitResult): Promise<string> => JSON.stringify((await compareFiles(repository, await treeFiles(repository, commit.parent[0]), await treeFiles(repository, oid), EVERYTHING(repository), undefined)).map(({ path, before, after }) => [path, before?.oid, after?.oid]));
  const there = new Set(await Promise.all(other.filter(({ commit }) => commit.parent.length < 2).map(change)));
  const found: { entry: ReadCommitResult; isEmpty: boolean }[] = [];
  for (const entry of entries) {
    const changed = await change(entry);
    if (changed === '[]' || !there.has(changed)) found.push({ entry, isEmpty: changed === '[]' });
  }
  return found;
}

async function goOn(context: GitContext, repository: Repository, state: RebaseState, action: 'continue' | 'skip' | 'abort' | 'quit' | 'edit-todo' | 'show-current-patch'): Promise<number> {
  const original = state.read('orig-head');
  context.reason = '';
  if (action === 'show-current-patch') {
    return show({ ...context, argv: ['show', await resolveCommit(repository, state.read('stopped-sha')), '--'] });
  }
  if (action === 'edit-todo') {
    const text = await sequenceEdited(context, repository, state, todoText(await state.steps(), short));
    const steps = await parseTodo(text, (name) => findRevision(repository, name));
    state.write('git-rebase-todo', todoText(steps));
    state.write('end', `${(await state.steps('done')).length + steps.length}\n`);
    return 0;
  }
  if (action === 'quit') {
    if (state.has('autostash')) await keepStash(repository, state.read('autostash'), 'autostash');
    forgetStop(repository);
    state.clear();
    return 0;
  }
  if (action === 'abort') {
    const branch = state.read('head-name');
    const before = await headPosition(repository);
    await resetTo(repository, original);
    pointHead(repository, branch.startsWith('refs/') ? `ref: ${branch}` : original);
    await noteMove(repository, before, `rebase (abort): returning to ${branch.startsWith('refs/') ? branch : original}`);
    forgetStop(repository);
    await returnAutostash(context, repository, state);
    state.clear();
    return 0;
  }
  if (action === 'skip') await resetTo(repository, await resolveCommit(repository, 'HEAD'));
  else if (await hasUnstaged(context, repository)) return 1;
  else await commitStopped(context, repository, state);
  forgetStop(repository);
  for (const name of ['amend', 'stopped-sha', 'message', 'author-script', 'patch']) state.write(name, undefined);
  return runSteps(context, repository, state);
}

/** Whether something is not staged, which is told. */
async function hasUnstaged(context: GitContext, repository: Repository): Promise<boolean> {
  const collided = [...new Set(readIndex(repository).filter(({ stage }) => stage > 0).map(({ path }) => path))];
  const changed = collided.length > 0 || (await compareFiles(repository, await indexFiles(repository), await workFiles(repository), EVERYTHING(repository), undefined)).length > 0;
  if (changed) context.print(`${collided.map((path) => `${path}: needs merge\n`).join('')}You must edit all merge conflicts and then\nmark them as resolved using git add\n`);
  return changed;
}

/** What was resolved or amended since the rebase stopped becomes a commit. */
async function commitStopped(context: GitContext, repository: Repository, state: RebaseState): Promise<void> {
  const { fs, gitdir } = repository;
  const head = await resolveCommit(repository, 'HEAD');
  const tree = await writeTrees(repository, await indexFiles(repository));
  if (tree === (await peel(repository, head, 'tree'))) return;
  const before = await headPosition(repository);
  const stopped = state.read('stopped-sha');
  const old = (await git.readCommit({ fs, gitdir, oid: head })).commit;
  const melds = state.has('message-squash');
  const amends = melds || (state.has('amend') && state.read('amend') === head);
  const prepared = melds ? state.read('message-squash') : amends ? old.message : state.read('message');
  const goesOn = (await state.steps())[0]?.command;
  const message = melds && (goesOn === 'squash' || goesOn === 'fixup') ? cleaned(prepared, false) : await edited(context, repository, prepared);
  const author = amends || stopped === '' ? old.author : (await git.readCommit({ fs, gitdir, oid: stopped })).commit.author;
  const isRoot = state.read('squash-onto') === head;
  const oid = await commitOn(repository, amends ? old.parent : isRoot ? [] : [head], tree, message, author);
  if (melds) for (const name of ['current-fixups', 'message-squash', 'message-fixup']) state.write(name, undefined);
  context.print(await commitLine(repository, oid, amends));
  await context.perform(() => context.flush());
  await noteMove(repository, before, `rebase (continue): ${message.split('\n')[0]}`);
}

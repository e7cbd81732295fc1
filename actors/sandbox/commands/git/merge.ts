// git merge: fast-forward, or a commit of both sides.
import { posix } from 'node:path';
import git from 'isomorphic-git';
import { exists } from '../common/exists.js';
import { changeText, type Style, summary } from './change-text.js';
import { compareFiles, indexFiles, treeFiles, workFile } from './changes.js';
import { type Command, type GitContext, need, options } from './command.js';
import { conflictMessages, mergeTrees, putTree, resetTo } from './merge-trees.js';
import { PATCH } from './patch-text.js';
import { pathspec } from './pathspec.js';
import { short } from './pretty.js';
import { allRefs } from './refs.js';
import { GitFailure, type Repository } from './repository.js';
import { findRevision, resolveCommit, upstreamOf } from './revision.js';
import { mergeBases } from './walk.js';
import { writeCommit, writeTrees } from './write-objects.js';
import { USUAL_RENAMES } from './renames.js';

const STOPPED = 'Automatic merge went well; stopped before committing as requested\n';

export interface MergeSettings {
  readonly fastForward: boolean;
  readonly fastForwardOnly: boolean;
  readonly commits: boolean;
  readonly squash: boolean;
  readonly quiet: boolean;
  readonly allowsUnrelated: boolean;
  readonly message: string;
  /** What the other side is called in conflicts. */
  readonly label: string;
}

/** Brings another commit's history into the current branch. Throws GitFailure before anything changes; 1 where conflicts are left. */
export async function mergeCommit(context: GitContext, repository: Repository, theirs: string, settings: MergeSettings): Promise<number> {
  const { fs, gitdir, process } = repository;
  const say = (text: string): void => {
    if (!settings.quiet) context.print(text);
  };
  const ours = await findRevision(repository, 'HEAD');
  const branch = (await git.currentBranch({ fs, gitdir, fullname: true })) || 'HEAD';
  if (ours === undefined) {
    await resetTo(repository, theirs);
    await git.writeRef({ fs, gitdir, ref: branch, value: theirs, force: true });
    return 0;
  }
  const bases = await mergeBases(repository, [ours, theirs]);
  if (bases.includes(theirs)) {
    say('Already up to date.\n');
    return 0;
  }
  if (bases.includes(ours) && settings.fastForward && !settings.squash) {
    await requireNoOverwrite(repository, ours, theirs);
    say(`Updating ${short(ours)}..${short(theirs)}\nFast-forward\n`);
    await putTree(repository, ours, { files: await treeFiles(repository, theirs), conflicts: [], stored: new Map() });
    await git.writeRef({ fs, gitdir, ref: branch, value: theirs, force: true });
    say(await diffStat(repository, ours, theirs));
    context.reason += ': Fast-forward';
    return 0;
  }
  if (settings.fastForwardOnly) throw new GitFailure('Not possible to fast-forward, aborting.');
  if (bases.length === 0 && !settings.allowsUnrelated) throw new GitFailure('refusing to merge unrelated histories');
  await requireNoOverwrite(repository, ours, theirs);
  const merged = await mergeTrees(repository, bases[0], ours, theirs, { ours: 'HEAD', theirs: settings.label });
  await putTree(repository, ours, merged);
  context.print(conflictMessages(merged).join(''));
  const inGit = (name: string, text: string): void => process.files.writeFile(posix.join(gitdir, name), Buffer.from(text));
  if (settings.squash) {
    inGit('SQUASH_MSG', `Squashed commit of the following:\n\n${settings.message}\n`);
    say('Squash commit -- not updating HEAD\n');
    if (merged.conflicts.length === 0 && !settings.quiet) context.complain(STOPPED);
  } else if (merged.conflicts.length > 0 || !settings.commits) {
    inGit('MERGE_HEAD', `${theirs}\n`);
    inGit('MERGE_MSG', `${settings.message}\n`);
    inGit('MERGE_MODE', '');
    if (merged.conflicts.length === 0 && !settings.quiet) context.complain(STOPPED);
  }
  if (merged.conflicts.length > 0) {
    context.print('Automatic merge failed; fix conflicts and then commit the result.\n');
    return 1;
  }
  if (settings.squash || !settings.commits) return 0;
  const people = (await context.people(repository)) as { author: never; committer: never };
  const oid = await writeCommit(repository, { tree: await writeTrees(repository, merged.files), parent: [ours, theirs], message: `${settings.message}\n`, ...people });
  await git.writeRef({ fs, gitdir, ref: branch, value: oid, force: true });
  context.reason += ": Merge made by the 'ort' strategy.";
  say(`Merge made by the 'ort' strategy.\n${await diffStat(repository, ours, oid)}`);
  return 0;
}

/** Local changes of files that both sides have in different states stop a merge. */
async function requireNoOverwrite(repository: Repository, ours: string, theirs: string): Promise<void> {
  const touched = new Set((await compareFiles(repository, await treeFiles(repository, ours), await treeFiles(repository, theirs), pathspec(repository, []), undefined)).map(({ path }) => path));
  const head = await treeFiles(repository, ours);
  const index = await indexFiles(repository);
  const changed: string[] = [];
  for (const path of [...touched].filter((one) => index.has(one))) {
    const now = await workFile(repository, path);
    if (index.get(path)?.oid !== head.get(path)?.oid || (now && now.oid !== index.get(path)?.oid)) changed.push(path);
  }
  if (changed.length > 0) throw new GitFailure(`Your local changes to the following files would be overwritten by merge:\n${changed.map((path) => `\t${path}\n`).join('')}Please commit your changes or stash them before you merge.\nAborting`, 1);
}

/** What changed between two commits, as merge and pull tell it. */
export async function diffStat(repository: Repository, from: string, to: string): Promise<string> {
  const changes = await compareFiles(repository, await treeFiles(repository, from), await treeFiles(repository, to), pathspec(repository, []), USUAL_RENAMES);
  const style: Style = { raw: false, names: undefined, stat: true, numstat: false, shortstat: false, summary: false, patch: false, isNull: false, patchSettings: PATCH, renames: undefined, filter: '' };
  return (await changeText(repository, changes, style)) + summary(changes);
}

/** `branch 'x'`, `tag 'v1'`, `remote-tracking branch 'origin/x'`, as a merge's message names what came in. */
async function described(repository: Repository, name: string): Promise<string> {
  const full = (await allRefs(repository)).find(({ ref }) => [`refs/tags/${name}`, `refs/heads/${name}`, `refs/remotes/${name}`].includes(ref))?.ref ?? '';
  const kind = full.startsWith('refs/tags/') ? 'tag' : full.startsWith('refs/heads/') ? 'branch' : full.startsWith('refs/remotes/') ? 'remote-tracking branch' : 'commit';
  return `${kind} '${name}'`;
}

/** ` into x`, unless x is a main branch. */
export async function into(repository: Repository): Promise<string> {
  const current = await git.currentBranch({ fs: repository.fs, gitdir: repository.gitdir });
  return !current ? ' into HEAD' : ['main', 'master'].includes(current) ? '' : ` into ${current}`;
}

export const merge: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'm:qnvs:X:F:S', { 'ff-only': 'no', 'no-ff': 'no', ff: 'no', message: 'required', file: 'required', quiet: 'no', edit: 'no', 'no-edit': 'no', commit: 'no', 'no-commit': 'no', squash: 'no', abort: 'no', continue: 'no', quit: 'no', 'allow-unrelated-histories': 'no', stat: 'no', 'no-stat': 'no', verbose: 'no', strategy: 'required', 'strategy-option': 'required', log: 'optional', 'no-verify': 'no', progress: 'no', 'no-progress': 'no', signoff: 'no', 'no-gpg-sign': 'no' });
  const { gitdir, process, fs } = repository;
  const pending = posix.join(gitdir, 'MERGE_HEAD');
  const forget = (): void => {
    for (const name of ['MERGE_HEAD', 'MERGE_MSG', 'MERGE_MODE']) if (exists(process, posix.join(gitdir, name))) process.files.unlink(posix.join(gitdir, name));
  };
  if (given.has('abort', 'continue', 'quit')) {
    if (!exists(process, pending)) throw new GitFailure('There is no merge to abort (MERGE_HEAD missing).');
    if (given.has('abort')) await resetTo(repository, await resolveCommit(repository, 'HEAD'));
    if (given.has('continue')) throw new GitFailure('use git commit to conclude the merge');
    forget();
    return 0;
  }
  if (given.has('X', 'strategy-option', 's', 'strategy') && !['ort', 'recursive', 'resolve'].includes(given.value('s', 'strategy') ?? 'ort')) return context.unsupported('merge with this strategy');
  if (given.has('X', 'strategy-option')) return context.unsupported('merge with strategy options');
  if (exists(process, pending)) throw new GitFailure('You have not concluded your merge (MERGE_HEAD exists).\nPlease, commit your changes before you merge.');
  if (given.operands.length > 1) return context.unsupported('merge of several branches');
  const name = given.operands[0] ?? (await upstreamOf(repository));
  if (name === undefined) throw new GitFailure('No remote for the current branch.');
  const oid = await findRevision(repository, name);
  if (oid === undefined) throw new GitFailure(`${name} - not something we can merge`, 1);
  const short = name.replace(/^refs\/(heads|remotes)\//, '');
  const file = given.value('F', 'file');
  const message = given.value('m', 'message') ?? (file === undefined ? `Merge ${await described(repository, short)}${await into(repository)}` : Buffer.from(process.files.readFile(file)).toString().trimEnd());
  context.reason = `merge ${short}`;
  await git.writeRef({ fs, gitdir, ref: 'ORIG_HEAD', value: (await findRevision(repository, 'HEAD')) ?? oid, force: true });
  return mergeCommit(context, repository, await resolveCommit(repository, name), {
    fastForward: !given.has('no-ff'), fastForwardOnly: given.has('ff-only'), commits: !given.has('no-commit'), squash: given.has('squash'), quiet: given.has('q', 'quiet'),
    allowsUnrelated: given.has('allow-unrelated-histories'), message, label: short,
  });
};


// Changes of one commit made once more elsewhere: cherry-pick and revert.
import { posix } from 'node:path';
import git, { type ReadCommitResult } from 'isomorphic-git';
import { exists } from '../common/exists.js';
import { indexFiles } from './changes.js';
import { type Command, type GitContext, need, options } from './command.js';
import { resetTo } from './merge-trees.js';
import { short, subject } from './pretty.js';
import { headPosition, noteMove } from './reflog.js';
import { longStatus, statusOf } from './status.js';
import { GitFailure, person, type Repository } from './repository.js';
import { findRevision, peel, resolveCommit } from './revision.js';
import { readRange, walk } from './walk.js';
import { writeTrees } from './write-objects.js';
import { applied, commitLine, commitOn, EVERYTHING, type Pick, requireClean } from './replay.js';


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
      await context.perform(() => context.flush());
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

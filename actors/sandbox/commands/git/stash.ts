// git stash: changes put away as commits, in the form of git's own (https://git-scm.com/docs/git-stash#_discussion).
import { posix } from 'node:path';
import git from 'isomorphic-git';
import { exists } from '../common/exists.js';
import { CHANGE_LETTERS, CHANGE_OPTIONS, changeText, readStyle, shows } from './change-text.js';
import { compareFiles, indexFiles, treeFiles, workFiles } from './changes.js';
import { type Command, type GitContext, need, options } from './command.js';
import { removeTree } from './folders.js';
import { indexEntry, readIndex, writeIndex } from './index-file.js';
import { conflictMessages, type Merged, mergeTrees, putFile, putTree, resetTo } from './merge-trees.js';
import { pathspec } from './pathspec.js';
import { short, subject } from './pretty.js';
import { reflogEntries } from './reflog.js';
import { GitFailure, person, type Repository } from './repository.js';
import { findRevision, resolveCommit } from './revision.js';
import { stage } from './staging.js';
import { status, statusOf, strangers } from './status.js';
import { offsetText } from './dates.js';
import { writeCommit, writeTrees } from './write-objects.js';

const REF = 'refs/stash';

function logPath({ gitdir }: Repository): string {
  return posix.join(gitdir, 'logs', REF);
}

/** Replaces the list, newest first, and with it the ref. */
async function writeList(repository: Repository, lines: readonly string[]): Promise<void> {
  const { files } = repository.process;
  for (const folder of ['logs', 'logs/refs']) if (!files.exists(posix.join(repository.gitdir, folder))) files.mkdir(posix.join(repository.gitdir, folder));
  if (lines.length === 0) {
    if (exists(repository.process, logPath(repository))) files.unlink(logPath(repository));
    await git.deleteRef({ fs: repository.fs, gitdir: repository.gitdir, ref: REF });
    return;
  }
  files.writeFile(logPath(repository), Buffer.from([...lines].reverse().map((line) => `${line}\n`).join('')));
  await git.writeRef({ fs: repository.fs, gitdir: repository.gitdir, ref: REF, value: lines[0]!.split(' ')[1]!, force: true });
}

function listLines(repository: Repository): string[] {
  const path = logPath(repository);
  return exists(repository.process, path) ? Buffer.from(repository.process.files.readFile(path)).toString().split('\n').filter((line) => line !== '').reverse() : [];
}

/** `stash@{2}` or `2`; where it stands in the list. Throws GitFailure. */
function position(repository: Repository, name = 'stash@{0}'): number {
  const [, digits] = /^(?:stash@\{)?(\d+)\}?$/.exec(name) ?? [];
  const count = listLines(repository).length;
  if (count === 0) throw new GitFailure('No stash entries found.', 1);
  if (digits === undefined) throw new GitFailure(`'${name}' is not a stash reference`, 1);
  if (Number(digits) >= count) throw new GitFailure(`stash@{${digits}} is not a valid reference`, 1);
  return Number(digits);
}

/** A commit of what is changed here; undefined where nothing is. */
/** A commit of what was changed since HEAD; undefined where nothing was. */
export async function makeStash(repository: Repository, message: string | undefined, withUntracked: boolean, operands: readonly string[]): Promise<{ oid: string; label: string; untracked: string[] } | undefined> {
  const { fs, gitdir } = repository;
  const head = await findRevision(repository, 'HEAD');
  if (head === undefined) throw new GitFailure('You do not have the initial commit yet', 1);
  const paths = pathspec(repository, operands);
  const { staged, changed } = await statusOf(repository, paths, 'no');
  const tracked = new Set(readIndex(repository).map(({ path }) => path));
  const untracked = withUntracked ? (await strangers(repository, tracked, paths, 'all')).untracked : [];
  if (staged.length === 0 && changed.length === 0 && untracked.length === 0) return undefined;
  const branch = (await git.currentBranch({ fs, gitdir })) || '(no branch)';
  const title = `${short(head)} ${subject(await git.readCommit({ fs, gitdir, oid: head }))}`;
  const who = await person(repository, 'COMMITTER');
  const write = (tree: string, parent: string[], text: string): Promise<string> => writeCommit(repository, { tree, parent, message: text, author: who, committer: who });
  const index = await indexFiles(repository);
  const indexCommit = await write(await writeTrees(repository, index), [head], `index on ${branch}: ${title}\n`);
  let untrackedCommit: string | undefined;
  if (untracked.length > 0) {
    const before = readIndex(repository);
    await stage(repository, untracked);
    const files = await indexFiles(repository);
    writeIndex(repository, before);
    untrackedCommit = await write(await writeTrees(repository, new Map(untracked.map((path) => [path, files.get(path)!]))), [], `untracked files on ${branch}: ${title}\n`);
  }
  const work = await workFiles(repository);
  for (const side of work.values()) if (side.bytes) await git.writeBlob({ fs, gitdir, blob: side.bytes });
  const files = operands.length === 0 ? work : new Map([...index].filter(([path]) => !paths.matches(path)).concat([...work].filter(([path]) => paths.matches(path))));
  const label = message === undefined ? `WIP on ${branch}: ${title}` : `On ${branch}: ${message}`;
  return { oid: await write(await writeTrees(repository, files), [head, indexCommit, ...(untrackedCommit === undefined ? [] : [untrackedCommit])], label), label, untracked };
}

/** Puts a stash's commit on top of the list. */
export async function keepStash(repository: Repository, oid: string, label: string): Promise<void> {
  const who = await person(repository, 'COMMITTER');
  const lines = listLines(repository);
  await writeList(repository, [`${lines[0]?.split(' ')[1] ?? '0'.repeat(40)} ${oid} ${who.name} <${who.email}> ${who.timestamp} ${offsetText(who.timezoneOffset)}\t${label}`, ...lines]);
}

async function push(context: GitContext, repository: Repository, words: readonly string[]): Promise<number> {
  const given = options({ argv: words }, 'kuaqm:pS', { 'keep-index': 'no', 'no-keep-index': 'no', 'include-untracked': 'no', all: 'no', quiet: 'no', message: 'required', patch: 'no', staged: 'no', 'pathspec-from-file': 'required' });
  if (given.has('p', 'patch', 'S', 'staged', 'a', 'all')) return context.unsupported('stash push with this option');
  const message = words[0] === 'save' ? given.operands.join(' ') || undefined : given.value('m', 'message');
  const operands = words[0] === 'save' ? [] : given.operands;
  const made = await makeStash(repository, message, given.has('u', 'include-untracked'), operands);
  if (!made) {
    if (!given.has('q', 'quiet')) context.print('No local changes to save\n');
    return 0;
  }
  await keepStash(repository, made.oid, made.label);
  const index = readIndex(repository);
  const paths = pathspec(repository, operands);
  if (operands.length === 0) await resetTo(repository, await resolveCommit(repository, 'HEAD'));
  else {
    const head = await treeFiles(repository, await findRevision(repository, 'HEAD'));
    for (const entry of index.filter(({ path }) => paths.matches(path))) if (head.has(entry.path)) await putFile(repository, entry.path, head.get(entry.path)!);
    else context.process.files.unlink(posix.join(repository.dir, entry.path));
    writeIndex(repository, [...index.filter(({ path }) => !paths.matches(path)), ...[...head].filter(([path]) => paths.matches(path)).map(([path, side]) => indexEntry(path, side))]);
  }
  if (given.has('k', 'keep-index')) {
    for (const entry of index) await putFile(repository, entry.path, entry);
    writeIndex(repository, index.map((entry) => ({ ...entry, stat: undefined })));
  }
  for (const path of made.untracked) removeTree(context.process, posix.join(repository.dir, path));
  if (!given.has('q', 'quiet')) context.print(`Saved working directory and index state ${made.label}\n`);
  return 0;
}

/** Brings back what a stash's commit holds. Throws GitFailure where local changes are in its way. */
export async function restoreStash(repository: Repository, oid: string, withIndex = false): Promise<Merged> {
  const { fs, gitdir } = repository;
  const { commit } = await git.readCommit({ fs, gitdir, oid });
  const [base, indexCommit, untracked] = commit.parent;
  const { staged, changed } = await statusOf(repository, pathspec(repository, []), 'no');
  const theirs = (await compareFiles(repository, await treeFiles(repository, base), await treeFiles(repository, oid), pathspec(repository, []), undefined)).map(({ path }) => path);
  const local = [...staged, ...changed].map(({ path }) => path).filter((path) => theirs.includes(path));
  if (local.length > 0) throw new GitFailure(`Your local changes to the following files would be overwritten by merge:\n${[...new Set(local)].map((path) => `\t${path}\n`).join('')}Please commit your changes or stash them before you merge.\nAborting`, 1);
  // What is here now, changes and all, is one side; the stash is the other.
  const work = await workFiles(repository);
  for (const side of work.values()) if (side.bytes) await git.writeBlob({ fs, gitdir, blob: side.bytes });
  const merged = await mergeTrees(repository, base, await writeTrees(repository, work), oid, { ours: 'Updated upstream', theirs: 'Stashed changes' });
  const before = new Map((await indexFiles(repository)).entries());
  await putTree(repository, await resolveCommit(repository, 'HEAD'), merged);
  if (merged.conflicts.length === 0) {
    // Changes come back unstaged, but for new files, unless --index asks for the index, too.
    const saved = withIndex ? await treeFiles(repository, indexCommit) : undefined;
    writeIndex(repository, [...(saved ?? new Map([...merged.files].flatMap(([path, side]) => (before.has(path) ? [[path, before.get(path)!] as const] : [[path, side] as const])).concat([...before].filter(([path]) => !merged.files.has(path)))))].map(([path, side]) => indexEntry(path, side)));
  }
  if (untracked !== undefined) for (const [path, side] of await treeFiles(repository, untracked)) await putFile(repository, path, side);
  return merged;
}

async function apply(context: GitContext, repository: Repository, words: readonly string[], drops: boolean): Promise<number> {
  const given = options({ argv: words }, 'q', { quiet: 'no', index: 'no' });
  const at = position(repository, given.operands[0]);
  const oid = listLines(repository)[at]!.split(' ')[1]!;
  const merged = await restoreStash(repository, oid, given.has('index'));
  context.print(conflictMessages(merged).join(''));
  if (!given.has('q', 'quiet')) await status({ ...context, argv: ['status'] });
  if (merged.conflicts.length > 0) {
    if (drops) context.complain('The stash entry is kept in case you need it again.\n');
    return 1;
  }
  return drops ? drop(context, repository, ['drop', ...(given.has('q', 'quiet') ? ['-q'] : []), String(at)]) : 0;
}

async function drop(context: GitContext, repository: Repository, words: readonly string[]): Promise<number> {
  const given = options({ argv: words }, 'q', { quiet: 'no' });
  const at = position(repository, given.operands[0]);
  const lines = listLines(repository);
  const oid = lines[at]!.split(' ')[1]!;
  await writeList(repository, lines.filter((_, index) => index !== at));
  if (!given.has('q', 'quiet')) context.print(`Dropped refs/stash@{${at}} (${oid})\n`);
  return 0;
}

export const stash: Command = async (context) => {
  const repository = need(context);
  const words = context.argv.slice(1);
  const [action = 'push', ...rest] = words[0]?.startsWith('-') === true || words.length === 0 ? ['push', ...words] : words;
  switch (action) {
    case 'push': case 'save': return push(context, repository, [action, ...rest]);
    case 'apply': return apply(context, repository, [action, ...rest], false);
    case 'pop': return apply(context, repository, [action, ...rest], true);
    case 'drop': return drop(context, repository, [action, ...rest]);
    case 'clear': await writeList(repository, []);
      return 0;
    case 'list':
      for (const [at, { reason }] of reflogEntries(repository, REF).entries()) context.print(`stash@{${at}}: ${reason}\n`);
      return 0;
    case 'create': {
      const made = await makeStash(repository, rest.join(' ') || undefined, false, []);
      if (made) context.print(`${made.oid}\n`);
      return 0;
    }
    case 'show': {
      const given = options({ argv: [action, ...rest] }, `${CHANGE_LETTERS}`, { ...CHANGE_OPTIONS });
      const oid = listLines(repository)[position(repository, given.operands[0])]!.split(' ')[1]!;
      const { commit } = await git.readCommit({ fs: repository.fs, gitdir: repository.gitdir, oid });
      const asked = readStyle(given, {}, true);
      const style = shows(asked) ? asked : { ...asked, stat: true };
      context.print(await changeText(repository, await compareFiles(repository, await treeFiles(repository, commit.parent[0]), await treeFiles(repository, oid), pathspec(repository, []), style.renames), style));
      return 0;
    }
    case 'branch': return context.unsupported('stash branch');
    default: throw new GitFailure(`subcommand wasn't specified; 'push' can't be assumed due to unexpected token '${action}'`);
  }
};

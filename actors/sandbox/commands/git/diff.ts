// git's comparisons: diff, diff-tree, diff-index, diff-files.
import git from 'isomorphic-git';
import { CHANGE_LETTERS, CHANGE_OPTIONS, changeText, filtered, readStyle, type Style } from './change-text.js';
import { compareFiles, indexFiles, treeFiles, workFiles } from './changes.js';
import { byBytes, type FileChange } from './sides.js';
import { type Command, type GitContext, need, options } from './command.js';
import { readIndex } from './index-file.js';
import { compareOutside, withoutRepository } from './no-index.js';
import { patchText } from './patch-text.js';
import { type Pathspec, pathspec } from './pathspec.js';
import { GitFailure, type Repository } from './repository.js';
import { findRevision, peel, unknownRevision } from './revision.js';
import { mergeBases } from './walk.js';
import { whiteSpaceFaults } from './white-space.js';

/** Prints changes; the exit code that --exit-code and --quiet ask for. */
async function tell(context: GitContext, repository: Repository, changes: readonly FileChange[], style: Style, given: ReturnType<typeof options>): Promise<number> {
  const ignoresSpace = given.has('w', 'b', 'ignore-all-space', 'ignore-space-change', 'ignore-space-at-eol', 'ignore-cr-at-eol');
  const chosen = filtered(ignoresSpace ? await withoutSpace(repository, changes, style) : changes, style);
  const text = await changeText(repository, chosen, style);
  if (!given.has('quiet', 'q')) context.print(text);
  return given.has('exit-code', 'quiet', 'q') && chosen.length > 0 ? 1 : 0;
}

/** The changes that are more than white space. */
async function withoutSpace(repository: Repository, changes: readonly FileChange[], style: Style): Promise<FileChange[]> {
  const kept: FileChange[] = [];
  for (const change of changes) {
    const isContent = change.before?.mode === change.after?.mode && change.from === change.path;
    if (!isContent || (await patchText(repository, change, style.patchSettings)) !== '') kept.push(change);
  }
  return kept;
}

export const diff: Command = async (context) => {
  const given = options(context, `${CHANGE_LETTERS}q`, { ...CHANGE_OPTIONS, cached: 'no', staged: 'no', 'no-index': 'no', 'merge-base': 'no', check: 'no' });
  if (given.has('no-index') || isOutside(context, given.operands)) {
    const outside = withoutRepository(context);
    const outsideStyle = readStyle(given, { patch: true }, false);
    const changes = await compareOutside(context, given.operands);
    await tell(context, outside, changes, outsideStyle, given);
    return changes.length > 0 ? 1 : 0;
  }
  const repository = need(context);
  const style = readStyle(given, { patch: true }, true);
  const { trees, paths } = await readTrees(context, repository, given);
  const isCached = given.has('cached', 'staged');
  const index = await indexFiles(repository);
  const head = async (): Promise<string | undefined> => findRevision(repository, 'HEAD');
  const before = trees.length > 0 ? await treeFiles(repository, trees[0]) : isCached ? await treeFiles(repository, await head()) : index;
  const after = trees.length > 1 ? await treeFiles(repository, trees[1]) : isCached ? index : await workFiles(repository);
  const changes = await compareFiles(repository, before, after, paths, style.renames);
  if (given.has('check')) {
    const faults = await whiteSpaceFaults(repository, changes);
    context.print(faults);
    return faults === '' ? 0 : 2;
  }
  return tell(context, repository, trees.length > 1 ? changes : withUnmerged(repository, changes, paths), style, given);
};

/** Two paths where there is no repository are compared as they are. */
function isOutside(context: GitContext, operands: readonly string[]): boolean {
  if (operands.length !== 2) return false;
  try {
    need(context);
    return false;
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    return operands.every((path) => context.process.files.exists(path));
  }
}

/** Files in conflict are told as such, whatever else they are. */
function withUnmerged(repository: Repository, changes: readonly FileChange[], paths: Pathspec): FileChange[] {
  const unmerged = new Set(readIndex(repository).filter(({ stage, path }) => stage > 0 && paths.matches(path)).map(({ path }) => path));
  const told = [...unmerged].map((path): FileChange => ({ status: 'U', path, from: path, before: undefined, after: undefined, likeness: undefined }));
  return [...changes.filter(({ path }) => !unmerged.has(path)), ...told].sort((a, b) => byBytes(a.path, b.path));
}

/** Up to two trees, then paths: `a b`, `a..b`, `a...b`. */
async function readTrees(context: GitContext, repository: Repository, given: ReturnType<typeof options>): Promise<{ trees: string[]; paths: Pathspec }> {
  const operands = given.operands.slice(0, given.operands.length - given.afterDashes.length);
  const trees: string[] = [];
  const tree = async (name: string): Promise<string | undefined> => {
    const oid = await findRevision(repository, name === '' ? 'HEAD' : name);
    return oid === undefined ? undefined : peel(repository, oid, 'tree');
  };
  for (const [at, operand] of operands.entries()) {
    const [, left, dots, right] = /^(.*?)(\.{2,3})(.*)$/.exec(operand) ?? [];
    const found = dots === undefined || operand === '..' ? [await tree(operand)] : [dots === '...' ? await baseTree(repository, left!, right!) : await tree(left!), await tree(right!)];
    if (found.every((one) => one !== undefined)) {
      trees.push(...found);
      continue;
    }
    const files = operands.slice(at);
    for (const file of files) if (given.afterDashes.length > 0 || (!context.process.files.exists(file) && !/[*?[:]/.test(file))) throw unknownRevision(file);
    return { trees, paths: pathspec(repository, [...files, ...given.afterDashes]) };
  }
  if (trees.length > 2) throw new GitFailure('combined diffs are not supported by this machine\'s git (isomorphic-git)');
  return { trees, paths: pathspec(repository, given.afterDashes) };
}

async function baseTree(repository: Repository, left: string, right: string): Promise<string | undefined> {
  const commits = await Promise.all([left, right].map((name) => findRevision(repository, name === '' ? 'HEAD' : name)));
  if (commits.includes(undefined)) return undefined;
  const [base] = await mergeBases(repository, commits as string[]);
  if (base === undefined) throw new GitFailure(`${left}...${right}: no merge base`);
  return base;
}

export const diffTree: Command = async (context) => {
  const given = options(context, `${CHANGE_LETTERS}rtmv`, { ...CHANGE_OPTIONS, root: 'no', 'no-commit-id': 'no', 'always': 'no', cc: 'no', format: 'required', pretty: 'optional' });
  const repository = need(context);
  const style = readStyle(given, { raw: true }, false);
  const wide: Style = given.has('abbrev') ? style : { ...style, patchSettings: { ...style.patchSettings, idLength: style.raw ? 40 : style.patchSettings.idLength } };
  const operands = given.operands.slice(0, given.operands.length - given.afterDashes.length);
  const oids: string[] = [];
  for (const operand of operands.slice(0, 2)) {
    const oid = await findRevision(repository, operand);
    if (oid === undefined) break;
    oids.push(oid);
  }
  if (oids.length === 0) throw new GitFailure(`ambiguous argument '${operands[0] ?? ''}': unknown revision or path not in the working tree.`);
  const paths = pathspec(repository, [...operands.slice(oids.length), ...given.afterDashes]);
  if (oids.length === 2) return tell(context, repository, await compareFiles(repository, await treeFiles(repository, oids[0]), await treeFiles(repository, oids[1]), paths, style.renames), wide, given);
  const { fs, gitdir } = repository;
  const { oid, commit } = await git.readCommit({ fs, gitdir, oid: (await peel(repository, oids[0]!, 'commit')) ?? oids[0]! });
  if (commit.parent.length === 0 && !given.has('root')) return 0;
  if (commit.parent.length > 1 && !given.has('m')) return 0;
  const changes = await compareFiles(repository, await treeFiles(repository, commit.parent[0]), await treeFiles(repository, oid), paths, style.renames);
  if (changes.length > 0 && !given.has('no-commit-id')) context.print(`${oid}\n`);
  return tell(context, repository, changes, wide, given);
};

export const diffIndex: Command = async (context) => {
  const given = options(context, `${CHANGE_LETTERS}qm`, { ...CHANGE_OPTIONS, cached: 'no' });
  const repository = need(context);
  const style = readStyle(given, { raw: true }, false);
  const [name, ...others] = given.operands;
  const tree = name === undefined ? undefined : await findRevision(repository, name);
  if (tree === undefined) throw new GitFailure('usage: git diff-index [-m] [--cached] [<common-diff-options>] <tree-ish> [<path>...]', 129);
  const index = await indexFiles(repository);
  const after = given.has('cached') ? index : await workFiles(repository);
  return tell(context, repository, await compareFiles(repository, await treeFiles(repository, tree), after, pathspec(repository, others), style.renames), { ...style, patchSettings: { ...style.patchSettings, idLength: style.raw && !given.has('abbrev') ? 40 : style.patchSettings.idLength } }, given);
};

export const diffFiles: Command = async (context) => {
  const given = options(context, `${CHANGE_LETTERS}q`, { ...CHANGE_OPTIONS });
  const repository = need(context);
  const style = readStyle(given, { raw: true }, false);
  const index = await indexFiles(repository);
  return tell(context, repository, await compareFiles(repository, index, await workFiles(repository), pathspec(repository, given.operands), style.renames), { ...style, patchSettings: { ...style.patchSettings, idLength: style.raw && !given.has('abbrev') ? 40 : style.patchSettings.idLength } }, given);
};


// What is in the index: add, rm, mv, ls-files, update-index, read-tree, check-ignore.
import { posix } from 'node:path';
import git from 'isomorphic-git';
import { exists } from '../common/exists.js';
import { linkedCommit, treeFiles, workFile, workFiles } from './changes.js';
import { byBytes, GITLINK, type Side } from './sides.js';
import { type Command, type GitContext, need, options } from './command.js';
import { isFolder } from './folders.js';
import { type IndexEntry, indexEntry, readIndex, statBytes, writeIndex } from './index-file.js';
import { putFile, removeFile } from './merge-trees.js';
import { quoted } from './patch-text.js';
import { type Pathspec, pathspec } from './pathspec.js';
import { GitFailure, type Repository } from './repository.js';
import { findRevision, peel } from './revision.js';
import { statusOf, strangers } from './status.js';

/** Stages files of the working tree as they are now; those that are gone leave the index. */
export async function stage(repository: Repository, paths: Iterable<string>, mode?: (now: Side) => number): Promise<void> {
  const { fs, gitdir, process, dir } = repository;
  const entries = new Map<string, IndexEntry[]>();
  for (const entry of readIndex(repository)) entries.set(entry.path, [...(entries.get(entry.path) ?? []), entry]);
  for (const path of paths) {
    const at = posix.join(dir, path);
    const now = isFolder(process, at) ? await linkedCommit(repository, path) : await workFile(repository, path);
    if (!now) {
      entries.delete(path);
      continue;
    }
    if (now.mode !== GITLINK) await git.writeBlob({ fs, gitdir, blob: now.bytes! });
    // A file takes the place of a folder, and the other way round.
    for (const other of entries.keys()) if (other.startsWith(`${path}/`) || path.startsWith(`${other}/`)) entries.delete(other);
    entries.set(path, [{ ...indexEntry(path, { oid: now.oid, mode: mode?.(now) ?? now.mode }), stat: now.mode === GITLINK ? undefined : statBytes(process.files.lstat(at)) }]);
  }
  writeIndex(repository, [...entries.values()].flat());
}

export const add: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'AuvfnNp', { all: 'no', update: 'no', verbose: 'no', force: 'no', 'dry-run': 'no', 'ignore-errors': 'no', chmod: 'required', 'intent-to-add': 'no', 'no-all': 'no', 'ignore-removal': 'no', patch: 'no', renormalize: 'no', 'ignore-missing': 'no', sparse: 'no', refresh: 'no', 'pathspec-from-file': 'required' });
  if (given.has('p', 'patch')) return context.unsupported('add --patch');
  const listed = given.value('pathspec-from-file');
  const operands = listed === undefined ? given.operands : Buffer.from(listed === '-' ? await context.standardInput() : context.process.files.readFile(listed)).toString().split('\n').filter((line) => line !== '');
  const updates = given.has('u', 'update');
  if (operands.length === 0 && !given.has('A', 'all') && !updates) {
    context.complain("Nothing specified, nothing added.\nhint: Maybe you wanted to say 'git add .'?\nhint: Turn this message off by running\nhint: \"git config advice.addEmptyPathspec false\"\n");
    return 0;
  }
  const paths = pathspec(repository, operands.length === 0 ? [':/'] : operands);
  const tracked = new Set(readIndex(repository).map(({ path }) => path));
  const unknown = updates ? { untracked: [], ignored: [] } : await strangers(repository, tracked, paths, 'all');
  const fresh = [...unknown.untracked.map((path) => path.replace(/\/$/, '')), ...(given.has('f', 'force') ? expanded(repository, unknown.ignored, paths) : [])];
  const missing = paths.unmatched([...tracked, ...fresh, ...unknown.ignored.map((path) => path.replace(/\/$/, ''))]);
  if (missing !== undefined && !exists(context.process, missing)) throw new GitFailure(`pathspec '${missing}' did not match any files`);
  const refused = given.has('f', 'force') ? [] : operands.filter((operand) => unknown.ignored.some((path) => path.replace(/\/$/, '') === posix.relative(repository.dir, posix.resolve(context.process.files.getcwd(), operand))));
  const { changed, unmerged } = await statusOf(repository, paths, 'no');
  const toStage = [...new Set([...changed.filter(({ status }) => !(status === 'D' && given.has('no-all', 'ignore-removal'))).map(({ path }) => path), ...unmerged.keys(), ...fresh])].sort(byBytes);
  if (given.has('v', 'verbose', 'n', 'dry-run')) for (const path of toStage) context.print(`${exists(context.process, posix.join(repository.dir, path)) ? 'add' : 'remove'} '${path}'\n`);
  const chmod = given.value('chmod');
  const again = chmod === undefined ? [] : [...tracked].filter((path) => paths.matches(path));
  if (!given.has('n', 'dry-run')) await stage(repository, [...toStage, ...again], chmod === undefined ? undefined : () => (chmod === '+x' ? 0o100755 : 0o100644));
  if (refused.length === 0) return 0;
  context.complain(`The following paths are ignored by one of your .gitignore files:\n${refused.map((path) => `${path}\n`).join('')}hint: Use -f if you really want to add them.\nhint: Turn this message off by running\nhint: "git config advice.addIgnoredFile false"\n`);
  return 1;
};

/** The files in ignored folders. */
function expanded({ process, dir }: Repository, names: readonly string[], paths: Pathspec): string[] {
  const found: string[] = [];
  const visit = (path: string): void => {
    if (isFolder(process, posix.join(dir, path))) for (const { name } of process.files.readdir(posix.join(dir, path))) visit(`${path}/${name}`);
    else if (paths.matches(path)) found.push(path);
  };
  for (const name of names) visit(name.replace(/\/$/, ''));
  return found;
}

export const rm: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'rfqn', { cached: 'no', force: 'no', quiet: 'no', recursive: 'no', 'dry-run': 'no', 'ignore-unmatch': 'no', sparse: 'no' });
  if (given.operands.length === 0) throw new GitFailure('No pathspec was given. Which files should I remove?');
  const paths = pathspec(repository, given.operands);
  const entries = readIndex(repository);
  const files = [...new Set(entries.map(({ path }) => path).filter((path) => paths.matches(path)))];
  const missing = paths.unmatched(files);
  if (missing !== undefined && !given.has('ignore-unmatch')) throw new GitFailure(`pathspec '${missing}' did not match any files`);
  const folder = given.operands.find((operand) => isFolder(context.process, operand) && files.length > 0);
  if (folder !== undefined && !given.has('r', 'recursive')) throw new GitFailure(`not removing '${folder.replace(/\/$/, '')}' recursively without -r`);
  if (!given.has('f', 'force')) {
    const { staged, changed } = await statusOf(repository, paths, 'no');
    const local = new Set(changed.filter(({ status }) => status !== 'D').map(({ path }) => path));
    const both = staged.filter(({ path }) => local.has(path)).map(({ path }) => path);
    const list = (which: readonly string[], [one, many]: readonly [string, string], hint: string): void => {
      if (which.length > 0) throw new GitFailure(`the following ${which.length === 1 ? one : many}\n${which.map((path) => `    ${path}\n`).join('')}(use ${hint})`, 1);
    };
    list(both, ['file has staged content different from both the\nfile and the HEAD:', 'files have staged content different from both the\nfile and the HEAD:'], '-f to force removal');
    if (!given.has('cached')) {
      list(staged.filter(({ status }) => status !== 'D').map(({ path }) => path), ['file has changes staged in the index:', 'files have changes staged in the index:'], '--cached to keep the file, or -f to force removal');
      list([...local], ['file has local modifications:', 'files have local modifications:'], '--cached to keep the file, or -f to force removal');
    }
  }
  for (const path of files) {
    if (!given.has('q', 'quiet')) context.print(`rm '${path}'\n`);
    if (!given.has('cached', 'n', 'dry-run')) removeFile(repository, path);
  }
  if (!given.has('n', 'dry-run')) writeIndex(repository, entries.filter(({ path }) => !files.includes(path)));
  return 0;
};

export const mv: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'fknv', { force: 'no', 'dry-run': 'no', verbose: 'no' });
  const { process, dir } = repository;
  if (given.operands.length < 2) throw new GitFailure('usage: git mv [-v] [-f] [-n] [-k] <source> <destination>', 129);
  const inTree = (path: string): string => posix.relative(dir, posix.resolve(process.files.getcwd(), path));
  const target = inTree(given.operands.at(-1)!);
  const intoFolder = isFolder(process, posix.join(dir, target));
  if (given.operands.length > 2 && !intoFolder) throw new GitFailure(`destination '${target}' is not a directory`);
  let entries = readIndex(repository);
  for (const operand of given.operands.slice(0, -1)) {
    const source = inTree(operand);
    const destination = intoFolder ? posix.join(target, posix.basename(source)) : target;
    const fail = (why: string): never => {
      throw new GitFailure(`${why}, source=${source}, destination=${destination}`);
    };
    const moved = entries.filter(({ path }) => path === source || path.startsWith(`${source}/`));
    if (!exists(process, posix.join(dir, source))) fail('bad source');
    if (moved.length === 0) fail(isFolder(process, posix.join(dir, source)) ? 'source directory is empty' : 'not under version control');
    if (exists(process, posix.join(dir, destination)) && !given.has('f', 'force')) fail('destination exists');
    if (!exists(process, posix.dirname(posix.join(dir, destination)))) fail('destination directory does not exist');
    if (given.has('v', 'verbose', 'n', 'dry-run')) context.print(`Renaming ${source} to ${destination}\n`);
    if (given.has('n', 'dry-run')) continue;
    process.files.rename(posix.join(dir, source), posix.join(dir, destination));
    entries = entries.filter((entry) => entry.path !== destination).map((entry) => (moved.includes(entry) ? { ...entry, path: destination + entry.path.slice(source.length) } : entry));
  }
  writeIndex(repository, entries);
  return 0;
};

export const lsFiles: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'cdmoizstuvkx:X:f', { cached: 'no', deleted: 'no', modified: 'no', others: 'no', ignored: 'no', 'exclude-standard': 'no', stage: 'no', unmerged: 'no', killed: 'no', directory: 'no', 'no-empty-directory': 'no', eol: 'no', 'error-unmatch': 'no', 'full-name': 'no', exclude: 'required', 'exclude-from': 'required', deduplicate: 'no', abbrev: 'optional', format: 'required', 'recurse-submodules': 'no', debug: 'no' });
  if (given.has('eol', 'k', 'killed', 'format', 'debug')) return context.unsupported('ls-files with this option');
  const { dir, process } = repository;
  const base = posix.relative(dir, process.files.getcwd());
  const paths = pathspec(repository, given.operands.length === 0 && base !== '' ? ['.'] : given.operands);
  const end = given.has('z') ? '\0' : '\n';
  const shown = (path: string): string => {
    const name = given.has('full-name') || base === '' ? path : posix.relative(base, path) + (path.endsWith('/') ? '/' : '');
    return given.has('z') ? name : quoted(name);
  };
  const entries = readIndex(repository).filter(({ path }) => paths.matches(path));
  const rows: { path: string; text: string }[] = [];
  const note = (path: string, letter: string, entry?: IndexEntry): void => {
    const detail = given.has('s', 'stage', 'u', 'unmerged') && entry ? `${entry.mode.toString(8).padStart(6, '0')} ${entry.oid} ${entry.stage}\t` : '';
    rows.push({ path, text: `${given.has('t', 'v') ? `${given.has('v') && entry?.assumeValid ? letter.toLowerCase() : letter} ` : ''}${detail}${shown(path)}${end}` });
  };
  const known = new Set(entries.map(({ path }) => path));
  if (given.has('o', 'others')) {
    const found = await strangers(repository, known, paths, given.has('directory') ? 'normal' : 'all');
    const isFiltered = given.has('exclude-standard');
    const all = given.has('i', 'ignored') ? expandedUnless(repository, found.ignored, paths, given.has('directory')) : isFiltered ? found.untracked : [...found.untracked, ...expandedUnless(repository, found.ignored, paths, given.has('directory'))].sort(byBytes);
    for (const path of all) note(path, '?');
  }
  const asksOther = given.has('d', 'deleted', 'm', 'modified', 'o', 'others', 'u', 'unmerged');
  if (given.has('c', 'cached', 's', 'stage') || !asksOther || given.has('u', 'unmerged')) {
    for (const entry of entries) {
      if (given.has('u', 'unmerged') && entry.stage === 0) continue;
      if (given.has('i', 'ignored') && !(await git.isIgnored({ fs: repository.fs, dir, gitdir: repository.gitdir, filepath: entry.path }))) continue;
      note(entry.path, entry.stage > 0 ? 'M' : entry.skipWorktree ? 'S' : 'H', entry);
    }
  }
  if (given.has('d', 'deleted', 'm', 'modified')) {
    const work = await workFiles(repository);
    for (const entry of entries) {
      const now = work.get(entry.path);
      if (!now && given.has('d', 'deleted')) note(entry.path, 'R', entry);
      if (given.has('m', 'modified') && (now?.oid !== entry.oid || now.mode !== entry.mode)) note(entry.path, 'C', entry);
    }
  }
  const missing = given.has('error-unmatch') ? paths.unmatched(rows.map(({ path }) => path)) : undefined;
  const texts = given.has('deduplicate') ? [...new Set(rows.map(({ text }) => text))] : rows.map(({ text }) => text);
  for (const text of texts) context.print(text);
  if (missing !== undefined) throw new GitFailure(`pathspec '${missing}' did not match any file(s) known to git\nDid you forget to 'git add'?`, 1);
  return 0;
};

function expandedUnless(repository: Repository, names: readonly string[], paths: Pathspec, whole: boolean): string[] {
  return whole ? [...names] : expanded(repository, names, paths).sort(byBytes);
}

export const updateIndex: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'qz', { add: 'no', remove: 'no', 'force-remove': 'no', refresh: 'no', 'really-refresh': 'no', chmod: 'required', cacheinfo: 'optional', 'index-info': 'no', 'assume-unchanged': 'no', 'no-assume-unchanged': 'no', 'skip-worktree': 'no', 'no-skip-worktree': 'no', stdin: 'no', 'ignore-missing': 'no', 'ignore-submodules': 'no', again: 'no' });
  if (given.has('index-info', 'again')) return context.unsupported('update-index with this option');
  const inTree = (path: string): string => posix.relative(repository.dir, posix.resolve(context.process.files.getcwd(), path));
  let operands = [...given.operands];
  let entries = readIndex(repository);
  for (const info of given.given.get('cacheinfo') ?? []) {
    // Both `mode,id,path` and three words.
    const [mode, oid, ...rest] = info === '' ? operands.splice(0, 3) : info.split(',');
    const path = info === '' ? rest[0]! : rest.join(',');
    if (!given.has('add') && !entries.some((entry) => entry.path === path)) throw new GitFailure(`${path}: cannot add to the index - missing --add option?`);
    entries = [...entries.filter((entry) => entry.path !== path), indexEntry(path, { oid: oid!, mode: Number.parseInt(mode!, 8) })];
  }
  if (given.has('cacheinfo')) writeIndex(repository, entries);
  if (given.has('stdin')) operands = [...operands, ...Buffer.from(await context.standardInput()).toString().split(given.has('z') ? '\0' : '\n').filter((line) => line !== '')];
  const paths = operands.map(inTree);
  const unknown = paths.find((path) => !entries.some((entry) => entry.path === path));
  const marks = given.has('assume-unchanged', 'no-assume-unchanged', 'skip-worktree', 'no-skip-worktree');
  if (marks || given.has('force-remove')) {
    if (marks && unknown !== undefined) throw new GitFailure(`Unable to mark file ${unknown}`);
    const marked = (entry: IndexEntry): IndexEntry => ({ ...entry, ...(given.has('assume-unchanged') ? { assumeValid: true } : {}), ...(given.has('no-assume-unchanged') ? { assumeValid: false } : {}), ...(given.has('skip-worktree') ? { skipWorktree: true } : {}), ...(given.has('no-skip-worktree') ? { skipWorktree: false } : {}) });
    writeIndex(repository, given.has('force-remove') ? entries.filter(({ path }) => !paths.includes(path)) : entries.map((entry) => (paths.includes(entry.path) ? marked(entry) : entry)));
    return 0;
  }
  const absent = paths.find((path) => !exists(context.process, posix.join(repository.dir, path)));
  if (absent !== undefined && !given.has('remove')) throw new GitFailure(`${absent}: does not exist and --remove not passed\nfatal: Unable to process path ${absent}`);
  if (unknown !== undefined && !given.has('add')) throw new GitFailure(`${unknown}: cannot add to the index - missing --add option?\nfatal: Unable to process path ${unknown}`);
  const chmod = given.value('chmod');
  if (paths.length > 0) await stage(repository, paths, chmod === undefined ? undefined : () => (chmod === '+x' ? 0o100755 : 0o100644));
  if (!given.has('refresh', 'really-refresh')) return 0;
  const { changed } = await statusOf(repository, pathspec(repository, []), 'no');
  if (!given.has('q')) for (const { path } of changed) context.print(`${path}: needs update\n`);
  return changed.length > 0 && !given.has('q') ? 1 : 0;
};

export const readTree: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'mun', { reset: 'no', empty: 'no', prefix: 'required', 'dry-run': 'no' });
  if (given.operands.length > 1) return context.unsupported('read-tree of several trees');
  if (given.has('empty')) {
    writeIndex(repository, []);
    return 0;
  }
  const oid = await findRevision(repository, given.operands[0] ?? '');
  const tree = oid === undefined ? undefined : await peel(repository, oid, 'tree');
  if (tree === undefined) throw new GitFailure(`Not a valid object name ${given.operands[0]}`);
  const prefix = given.value('prefix') ?? '';
  const files = new Map([...(await treeFiles(repository, tree))].map(([path, side]) => [prefix + path, side]));
  const old = readIndex(repository);
  writeIndex(repository, [...(prefix === '' ? [] : old), ...[...files].map(([path, side]) => indexEntry(path, side))]);
  if (!given.has('u')) return 0;
  for (const { path } of old) if (!files.has(path) && prefix === '') removeFile(repository, path);
  for (const [path, side] of files) await putFile(repository, path, side);
  return 0;
};

export const checkIgnore: Command = async (context: GitContext) => {
  const repository = need(context);
  const given = options(context, 'qvnz', { quiet: 'no', verbose: 'no', 'non-matching': 'no', stdin: 'no', 'no-index': 'no' });
  if (given.has('v', 'verbose')) return context.unsupported('check-ignore --verbose');
  const { fs, dir, gitdir, process } = repository;
  const operands = given.has('stdin') ? Buffer.from(await context.standardInput()).toString().split(given.has('z') ? '\0' : '\n').filter((line) => line !== '') : given.operands;
  const tracked = new Set(given.has('no-index') ? [] : readIndex(repository).map(({ path }) => path));
  let found = 0;
  for (const operand of operands) {
    const path = posix.relative(dir, posix.resolve(process.files.getcwd(), operand));
    const isSlashed = operand.endsWith('/') || isFolder(process, posix.join(dir, path));
    if (tracked.has(path) || !(await git.isIgnored({ fs, dir, gitdir, filepath: isSlashed ? `${path}/` : path }))) continue;
    found++;
    if (!given.has('q', 'quiet')) context.print(`${operand}${given.has('z') ? '\0' : '\n'}`);
  }
  return found > 0 ? 0 : 1;
};


// git's working tree: init, add, rm, commit, status, checkout, reset, clean, ls-files.
import { posix } from 'node:path';
import git from 'isomorphic-git';
import { type Command, need, options } from './command.js';
import { exists } from '../common/exists.js';
import { isFolder, removeTree } from './folders.js';
import { filesOf, findRepository, GitFailure, inTree, type Repository, resolveRevision, setting } from './repository.js';

/** [path, in HEAD, in the working tree, in the index], as statusMatrix gives it. */
type Row = [string, 0 | 1, 0 | 1 | 2, 0 | 1 | 2 | 3];

export async function rows({ fs, dir, gitdir }: Repository, paths: readonly string[] = []): Promise<Row[]> {
  return (await git.statusMatrix({ fs, dir, gitdir, ...(paths.length > 0 ? { filepaths: [...paths] } : {}) })) as Row[];
}

export const init: Command = async (context) => {
  const given = options(context, 'qb:', { quiet: 'no', bare: 'no', 'initial-branch': 'required', template: 'optional', shared: 'optional', 'object-format': 'required' });
  const { process } = context;
  const dir = posix.resolve(process.files.getcwd(), given.operands[0] ?? '.');
  const bare = given.has('bare');
  const gitdir = bare ? dir : posix.join(dir, '.git');
  const again = exists(process, posix.join(gitdir, 'HEAD'));
  const branch = given.value('b', 'initial-branch') ?? (await setting({ process, overrides: context.overrides }, 'init.defaultBranch')) ?? 'master';
  await git.init({ fs: filesOf(process), dir, gitdir, bare, defaultBranch: branch });
  if (!given.has('q', 'quiet')) context.print(`${again ? 'Reinitialized existing' : 'Initialized empty'} Git repository in ${gitdir}/\n`);
  return 0;
};

export const add: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'Auvfn', { all: 'no', update: 'no', verbose: 'no', force: 'no', 'dry-run': 'no', 'ignore-errors': 'no', chmod: 'required', intent: 'no' });
  const { fs, dir, gitdir, process } = repository;
  const everything = given.has('A', 'all', 'u', 'update') && given.operands.length === 0;
  const paths = everything ? ['.'] : given.operands.map((path) => inTree(repository, path));
  if (paths.length === 0) throw new GitFailure("Nothing specified, nothing added.\nhint: Maybe you wanted to say 'git add .'?", 0);
  for (const path of paths) {
    const matched = await rows(repository, [path]);
    if (matched.length === 0 && path !== '.' && !exists(process, posix.join(dir, path))) throw new GitFailure(`pathspec '${path}' did not match any files`);
    if (given.has('f', 'force') && !isFolder(process, posix.join(dir, path))) {
      await git.add({ fs, dir, gitdir, filepath: path, force: true });
      continue;
    }
    for (const [file, head, workdir, stage] of matched) {
      if (given.has('u', 'update') && head === 0 && stage === 0) continue;
      if (workdir === 0 && stage !== 0) await git.remove({ fs, dir, gitdir, filepath: file });
      else if (workdir !== 0 && workdir !== stage) await git.add({ fs, dir, gitdir, filepath: file });
    }
  }
  return 0;
};

export const rm: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'rfqn', { cached: 'no', force: 'no', quiet: 'no', recursive: 'no', 'ignore-unmatch': 'no' });
  const { fs, dir, gitdir, process } = repository;
  for (const operand of given.operands) {
    const path = inTree(repository, operand);
    const files = (await rows(repository, [path])).filter(([, head, , stage]) => head !== 0 || stage !== 0);
    if (files.length === 0 && !given.has('ignore-unmatch')) throw new GitFailure(`pathspec '${operand}' did not match any files`);
    if (isFolder(process, posix.join(dir, path)) && !given.has('r', 'recursive')) throw new GitFailure(`not removing '${operand}' recursively without -r`);
    for (const [file] of files) {
      await git.remove({ fs, dir, gitdir, filepath: file });
      if (!given.has('cached') && exists(process, posix.join(dir, file))) process.files.unlink(posix.join(dir, file));
      if (!given.has('q', 'quiet')) context.print(`rm '${file}'\n`);
    }
  }
  return 0;
};

export const commit: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'am:qF:s', { all: 'no', message: 'required', quiet: 'no', amend: 'no', 'allow-empty': 'no', 'no-edit': 'no', 'no-verify': 'no', author: 'required', file: 'required', date: 'required', 'no-gpg-sign': 'no', 'allow-empty-message': 'no', signoff: 'no' });
  const { fs, dir, gitdir, process } = repository;
  if (given.has('a', 'all')) for (const [file, head, workdir, stage] of await rows(repository)) {
    if (head === 0 && stage === 0) continue;
    if (workdir === 0) await git.remove({ fs, dir, gitdir, filepath: file });
    else if (workdir !== stage) await git.add({ fs, dir, gitdir, filepath: file });
  }
  const branch = (await git.currentBranch({ fs, gitdir })) ?? undefined;
  const parent = await git.resolveRef({ fs, gitdir, ref: 'HEAD' }).catch(() => undefined);
  const staged = (await rows(repository)).filter(([, head, , stage]) => (head === 0 ? stage !== 0 : stage !== 1));
  if (staged.length === 0 && !given.has('allow-empty', 'amend')) {
    context.print(`On branch ${branch ?? 'HEAD'}\n${parent === undefined ? '\nInitial commit\n\nnothing to commit (create/copy files and use "git add" to track)' : 'nothing to commit, working tree clean'}\n`);
    return 1;
  }
  const file = given.value('F', 'file');
  const old = given.has('amend') && parent !== undefined ? (await git.readCommit({ fs, gitdir, oid: parent })).commit : undefined;
  const texts = [...(given.given.get('m') ?? []), ...(given.given.get('message') ?? [])];
  const message = file !== undefined ? Buffer.from(process.files.readFile(file)).toString() : texts.length > 0 ? texts.join('\n\n') : old?.message;
  if (message === undefined) throw new GitFailure('Aborting commit due to empty commit message: there is no editor in this machine, use -m.', 1);
  const { author, committer } = await context.people(repository);
  const [, name, email] = /^(.*?)\s*<(.*)>$/.exec(given.value('author') ?? '') ?? [];
  const oid = await git.commit({ fs, dir, gitdir, message, author: { ...author, ...(name === undefined ? {} : { name, email }) }, committer, amend: given.has('amend') && old !== undefined } as never);
  if (!given.has('q', 'quiet')) context.print(`[${branch ?? 'detached HEAD'}${parent === undefined ? ' (root-commit)' : ''} ${oid.slice(0, 7)}] ${message.split('\n')[0]}\n ${staged.length} file${staged.length === 1 ? '' : 's'} changed\n`);
  return 0;
};

function indexLetter([, head, , stage]: Row): string {
  if (head === 0) return stage === 0 ? ' ' : 'A';
  return stage === 0 ? 'D' : stage === 1 ? ' ' : 'M';
}

function treeLetter([, , workdir, stage]: Row): string {
  if (stage === 0) return ' ';
  return workdir === 0 ? 'D' : workdir === stage ? ' ' : 'M';
}

const WORDS: Readonly<Record<string, string>> = { A: 'new file:   ', M: 'modified:   ', D: 'deleted:    ' };

/** Untracked files, whole untracked folders by their name with a slash. */
function untracked(all: readonly Row[], whole: boolean): string[] {
  const tracked = all.filter(([, head, , stage]) => head !== 0 || stage !== 0).map(([path]) => path);
  const names = all.filter(([, head, workdir, stage]) => stage === 0 && workdir !== 0 && head === 0).map(([path]) => path);
  if (whole) return names;
  const shorten = (path: string): string => {
    for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
      const folder = path.slice(0, at + 1);
      if (!tracked.some((file) => file.startsWith(folder))) return folder;
    }
    return path;
  };
  return [...new Set(names.map(shorten))];
}

export const status: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'sbzu::', { short: 'no', porcelain: 'optional', branch: 'no', 'untracked-files': 'optional', ignored: 'optional', 'ignore-submodules': 'optional', null: 'no' });
  const { fs, gitdir } = repository;
  const all = (await rows(repository, given.operands.map((path) => inTree(repository, path)))).sort((a, b) => (a[0] < b[0] ? -1 : 1));
  const mode = given.value('u', 'untracked-files');
  const strangers = mode === 'no' ? [] : untracked(all, mode === 'all');
  const branch = (await git.currentBranch({ fs, gitdir })) ?? undefined;
  if (given.has('s', 'short', 'porcelain')) {
    const end = given.has('z', 'null') ? '\0' : '\n';
    if (given.has('b', 'branch')) context.print(`## ${branch ?? 'HEAD (no branch)'}${end}`);
    for (const row of all) {
      const letters = indexLetter(row) + treeLetter(row);
      if (letters !== '  ') context.print(`${letters} ${row[0]}${end}`);
    }
    for (const path of strangers) context.print(`?? ${path}${end}`);
    return 0;
  }
  const head = await git.resolveRef({ fs, gitdir, ref: 'HEAD' }).catch(() => undefined);
  context.print(branch === undefined ? `HEAD detached at ${head?.slice(0, 7)}\n` : `On branch ${branch}\n`);
  if (head === undefined) context.print('\nNo commits yet\n');
  const block = (title: string, hint: string, lines: readonly string[]): void => {
    if (lines.length > 0) context.print(`\n${title}:\n${hint}${lines.map((line) => `\t${line}\n`).join('')}`.replace(/^\n/, head === undefined || title.startsWith('Changes to be') === false ? '\n' : ''));
  };
  const staged = all.filter((row) => indexLetter(row) !== ' ');
  const changed = all.filter((row) => treeLetter(row) !== ' ');
  block('Changes to be committed', head === undefined ? '  (use "git rm --cached <file>..." to unstage)\n' : '  (use "git restore --staged <file>..." to unstage)\n', staged.map((row) => WORDS[indexLetter(row)]! + row[0]));
  block('Changes not staged for commit', `  (use "git add${changed.some((row) => treeLetter(row) === 'D') ? '/rm' : ''} <file>..." to update what will be committed)\n  (use "git restore <file>..." to discard changes in working directory)\n`, changed.map((row) => WORDS[treeLetter(row)]! + row[0]));
  block('Untracked files', '  (use "git add <file>..." to include in what will be committed)\n', strangers);
  if (staged.length > 0) context.print('\n');
  else {
    if (changed.length > 0) context.print('\nno changes added to commit (use "git add" and/or "git commit -a")\n');
    else if (strangers.length > 0) context.print('\nnothing added to commit but untracked files present (use "git add" to track)\n');
    else context.print(head === undefined ? '\nnothing to commit (create/copy files and use "git add" to track)\n' : 'nothing to commit, working tree clean\n');
  }
  return 0;
};

/** checkout, switch and restore share what they do. */
export const checkout: Command = async (context) => {
  const repository = need(context);
  const name = context.argv[0]!;
  const given = options(context, 'fqb:B:c:C:dSWt', { force: 'no', quiet: 'no', detach: 'no', staged: 'no', worktree: 'no', create: 'required', 'force-create': 'required', source: 'required', progress: 'no', 'no-progress': 'no', track: 'optional', 'discard-changes': 'no', guess: 'no', orphan: 'required' });
  const { fs, dir, gitdir } = repository;
  const start = name === 'restore' ? undefined : given.operands[0];
  const made = name === 'restore' ? undefined : given.value('b', 'B', 'c', 'C', 'create', 'force-create');
  const quiet = given.has('q', 'quiet');
  if (made !== undefined) {
    const forced = given.has('B', 'C', 'force-create');
    if (!forced && (await git.listBranches({ fs, gitdir })).includes(made)) throw new GitFailure(`a branch named '${made}' already exists`);
    const object = start === undefined ? undefined : await resolveRevision(repository, start);
    const unborn = (await git.resolveRef({ fs, gitdir, ref: 'HEAD' }).catch(() => undefined)) === undefined;
    if (unborn && object === undefined) repository.process.files.writeFile(posix.join(gitdir, 'HEAD'), Buffer.from(`ref: refs/heads/${made}\n`));
    else await git.branch({ fs, gitdir, ref: made, force: forced, ...(object === undefined ? {} : { object }) });
    if (!unborn) await git.checkout({ fs, dir, gitdir, ref: made, force: given.has('f', 'force') || forced });
    if (!quiet) context.complain(`Switched to a new branch '${made}'\n`);
    return 0;
  }
  const [first, ...others] = given.operands;
  const branches = first === undefined ? [] : await git.listBranches({ fs, gitdir });
  const target = name === 'restore' || first === undefined || given.afterDashes.includes(first) ? undefined : first;
  const isRemote = target !== undefined && !branches.includes(target) && (await git.listBranches({ fs, gitdir, remote: 'origin' })).includes(target);
  const oid = target === undefined ? undefined : await resolveRevision(repository, isRemote ? `refs/remotes/origin/${target}` : target).catch(() => undefined);
  const paths = (name === 'restore' ? given.operands : oid === undefined ? given.operands : others).map((path) => inTree(repository, path));
  if (paths.length > 0) {
    const known = await git.listFiles({ fs, dir, gitdir });
    const missing = oid === undefined ? paths.find((path) => path !== '.' && !known.some((file) => file === path || file.startsWith(`${path}/`))) : undefined;
    if (missing !== undefined) throw new GitFailure(`pathspec '${missing}' did not match any file(s) known to git`, 1);
    const source = given.value('source');
    const from = source === undefined ? oid : await resolveRevision(repository, source);
    if (given.has('staged', 'S')) for (const file of known.filter((one) => paths.some((path) => path === '.' || one === path || one.startsWith(`${path}/`)))) await git.resetIndex({ fs, dir, gitdir, filepath: file, ref: from ?? 'HEAD' });
    if (!given.has('staged', 'S') || given.has('worktree', 'W')) await git.checkout({ fs, dir, gitdir, filepaths: paths, force: true, noUpdateHead: true, ...(from === undefined ? {} : { ref: from }) });
    return 0;
  }
  if (target === undefined) return 0;
  if (oid === undefined) throw new GitFailure(`pathspec '${target}' did not match any file(s) known to git`, 1);
  if (name === 'switch' && !branches.includes(target) && !isRemote && !given.has('d', 'detach')) throw new GitFailure(`a branch is expected, got commit '${target}'`);
  const attaches = (branches.includes(target) || isRemote) && !given.has('d', 'detach');
  try {
    await git.checkout({ fs, dir, gitdir, ref: attaches ? target : oid, force: given.has('f', 'force', 'discard-changes') });
  } catch (error) {
    if ((error as { code?: string }).code === 'CheckoutConflictError') throw new GitFailure(`Your local changes to the following files would be overwritten by checkout:\n${(error as { data: { filepaths: string[] } }).data.filepaths.map((path) => `\t${path}\n`).join('')}Please commit your changes or stash them before you switch branches.\nAborting`, 1);
    throw error;
  }
  if (!quiet) context.complain(attaches ? `Switched to branch '${target}'\n` : `HEAD is now at ${oid.slice(0, 7)} ${(await git.readCommit({ fs, gitdir, oid })).commit.message.split('\n')[0]}\n`);
  return 0;
};

export const reset: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'q', { hard: 'no', soft: 'no', mixed: 'no', quiet: 'no', merge: 'no', keep: 'no' });
  const { fs, dir, gitdir } = repository;
  const [first, ...others] = given.operands;
  const oid = first === undefined || given.afterDashes.includes(first) ? undefined : await resolveRevision(repository, first).catch(() => undefined);
  const paths = (oid === undefined ? given.operands : others).map((path) => inTree(repository, path));
  const known = await git.listFiles({ fs, dir, gitdir });
  const target = oid ?? (await resolveRevision(repository, 'HEAD'));
  if (paths.length > 0) {
    for (const path of paths) for (const file of new Set([...known.filter((one) => path === '.' || one.startsWith(`${path}/`)), ...(path === '.' ? [] : [path])])) await git.resetIndex({ fs, dir, gitdir, filepath: file, ref: target });
    return 0;
  }
  const branch = (await git.currentBranch({ fs, gitdir, fullname: true })) ?? undefined;
  await git.writeRef({ fs, gitdir, ref: branch ?? 'HEAD', value: target, force: true });
  if (given.has('soft')) return 0;
  if (given.has('hard')) {
    await git.checkout({ fs, dir, gitdir, ref: target, force: true, noUpdateHead: true });
    for (const [file, head, workdir, stage] of await rows(repository)) if (head === 0 && stage !== 0) {
      await git.remove({ fs, dir, gitdir, filepath: file });
      if (workdir !== 0) repository.process.files.unlink(posix.join(dir, file));
    }
    if (!given.has('q', 'quiet')) context.print(`HEAD is now at ${target.slice(0, 7)} ${(await git.readCommit({ fs, gitdir, oid: target })).commit.message.split('\n')[0]}\n`);
    return 0;
  }
  for (const [file] of await rows(repository)) await git.resetIndex({ fs, dir, gitdir, filepath: file, ref: target });
  return 0;
};

export const clean: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'fdxXqne:', { force: 'no', 'dry-run': 'no', quiet: 'no', exclude: 'required' });
  if (!given.has('f', 'force', 'n', 'dry-run')) throw new GitFailure('clean.requireForce defaults to true and neither -i, -n, nor -f given; refusing to clean');
  const { fs, dir, gitdir, process } = repository;
  const tracked = new Set(await git.listFiles({ fs, dir, gitdir }));
  const withIgnored = given.has('x', 'X');
  const dry = given.has('n', 'dry-run');
  const kept = given.given.get('e') ?? [];
  const visit = async (folder: string): Promise<void> => {
    for (const { name, type } of process.files.readdir(posix.join(dir, folder)).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (path === '.git' || tracked.has(path) || kept.includes(name)) continue;
      const holdsTracked = type === 'directory' && [...tracked].some((file) => file.startsWith(`${path}/`));
      if (holdsTracked) {
        await visit(path);
        continue;
      }
      if (type === 'directory' && (!given.has('d') || (exists(process, posix.join(dir, path, '.git')) && !context.argv.includes('-ffdx')))) continue;
      if (!withIgnored && (await git.isIgnored({ fs, dir, gitdir, filepath: path }))) continue;
      if (!dry) removeTree(process, posix.join(dir, path));
      if (!given.has('q', 'quiet')) context.print(`${dry ? 'Would remove' : 'Removing'} ${path}${type === 'directory' ? '/' : ''}\n`);
    }
  };
  await visit('');
  return 0;
};

export const lsFiles: Command = async (context) => {
  const repository = findRepository(context.process, context.overrides, context.gitDir, context.workTree);
  const given = options(context, 'cdmozst', { cached: 'no', deleted: 'no', modified: 'no', others: 'no', 'exclude-standard': 'no', stage: 'no', 'error-unmatch': 'no', 'full-name': 'no' });
  const { fs, dir, gitdir } = repository;
  const end = given.has('z') ? '\0' : '\n';
  const base = posix.relative(dir, context.process.files.getcwd());
  const paths = given.operands.map((path) => inTree(repository, path));
  const prefix = base === '' ? '' : `${base}/`;
  const wanted = (file: string): boolean => (paths.length === 0 ? file.startsWith(prefix) : paths.some((path) => path === '.' || file === path || file.startsWith(`${path}/`)));
  let names: string[];
  if (given.has('d', 'deleted', 'm', 'modified', 'o', 'others')) {
    names = (await rows(repository)).filter((row) => (given.has('o', 'others') && row[3] === 0 && row[2] !== 0) || (given.has('d', 'deleted') && treeLetter(row) === 'D') || (given.has('m', 'modified') && treeLetter(row) !== ' ')).map(([path]) => path);
  } else {
    names = await git.listFiles({ fs, dir, gitdir });
  }
  const found = names.filter(wanted);
  if (given.has('error-unmatch') && found.length === 0) throw new GitFailure(`pathspec '${given.operands[0]}' did not match any file(s) known to git`, 1);
  for (const file of found) context.print(`${given.has('full-name') ? file : file.slice(prefix.length)}${end}`);
  return 0;
};

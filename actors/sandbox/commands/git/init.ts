// git init: a new repository, or what is missing in one that is there.
import { posix } from 'node:path';
import type { Process } from '../../kernel/process.js';
import { exists } from '../common/exists.js';
import { isRefName } from './branch.js';
import { type Command, options } from './command.js';
import { type SettingsOf, setting } from './configuration.js';
import { isFolder } from './folders.js';
import { setSetting } from './config-text.js';
import { gitFolder, GitFailure } from './repository.js';

const TEMPLATES = '/usr/share/git-core/templates';
const INITIAL_BRANCH_ADVICE = `hint: Using 'master' as the name for the initial branch. This default branch name
hint: is subject to change. To configure the initial branch name to use in all
hint: of your new repositories, which will suppress this warning, call:
hint: 
hint: \tgit config --global init.defaultBranch <name>
hint: 
hint: Names commonly chosen instead of 'master' are 'main', 'trunk' and
hint: 'development'. The just-created branch can be renamed via this command:
hint: 
hint: \tgit branch -m <name>
`;

/** Makes a folder and those above it. */
export function makeFolders(context: { process: { files: { exists(path: string): boolean; mkdir(path: string): void } } }, path: string): void {
  if (context.process.files.exists(path)) return;
  makeFolders(context, posix.dirname(path));
  context.process.files.mkdir(path);
}

/** The name of a new repository's first branch, where somebody chose one. */
export function chosenBranch(of: SettingsOf): string | undefined {
  return of.process.env.get('GIT_TEST_DEFAULT_INITIAL_BRANCH_NAME') || setting(of, 'init.defaultBranch');
}

export interface NewRepository {
  readonly gitdir: string;
  readonly bare: boolean;
  readonly branch: string;
  /** Where the working tree lies, where `gitdir` does not say so by its place. */
  readonly worktree?: string | undefined;
  /** A folder whose files are copied into it. */
  readonly template?: string | undefined;
  /** As --shared has it. */
  readonly shared?: string | undefined;
}

/** Writes what a repository needs; what is there already stays as it is. */
export async function makeRepository(process: Process, { gitdir, bare, branch, worktree, template, shared }: NewRepository): Promise<void> {
  const { files } = process;
  for (const folder of ['branches', 'hooks', 'info', 'objects/info', 'objects/pack', 'refs/heads', 'refs/tags']) {
    if (template !== undefined && ['branches', 'hooks', 'info'].includes(folder)) continue;
    makeFolders({ process }, posix.join(gitdir, folder));
  }
  if (template !== undefined && isFolder(process, template)) copyTemplate(process, template, gitdir);
  if (!exists(process, posix.join(gitdir, 'HEAD'))) files.writeFile(posix.join(gitdir, 'HEAD'), Buffer.from(`ref: refs/heads/${branch}\n`));
  const path = posix.join(gitdir, 'config');
  const kept = exists(process, path) ? Buffer.from(files.readFile(path)).toString() : '';
  if (!/^\s*repositoryformatversion/m.test(kept)) files.writeFile(path, Buffer.from(`[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = ${bare}\n${bare ? '' : '\tlogallrefupdates = true\n'}${kept}`));
  if (worktree !== undefined) setSetting({ process, gitdir }, 'core.worktree', worktree);
  if (shared === undefined) return;
  setSetting({ process, gitdir }, 'core.sharedrepository', shared);
  setSetting({ process, gitdir }, 'receive.denyNonFastforwards', 'true');
}

function copyTemplate(process: Process, from: string, to: string): void {
  const { files } = process;
  for (const { name } of files.readdir(from)) {
    const [source, target] = [posix.join(from, name), posix.join(to, name)];
    const stat = files.lstat(source);
    if (name.startsWith('.')) continue;
    if (stat.type === 'directory') {
      makeFolders({ process }, target);
      copyTemplate(process, source, target);
    } else if (!exists(process, target)) {
      if (stat.type === 'symlink') files.symlink(files.readlink(source), target);
      else files.writeFile(target, files.readFile(source), { mode: stat.mode & 0o777 & ~process.umask });
    }
  }
}

/** The folder that a new repository's files are copied from: as asked for, as set, or the system's; undefined for none. */
function templateFolder(of: SettingsOf, given: string | undefined): string | undefined {
  const { process } = of;
  const named = given ?? process.env.get('GIT_TEMPLATE_DIR') ?? setting(of, 'init.templateDir')?.replace(/^~(?=\/|$)/, process.env.get('HOME') ?? '');
  if (named !== undefined) return named === '' ? '/nonexistent' : posix.resolve(process.files.getcwd(), named);
  return exists(process, TEMPLATES) ? TEMPLATES : undefined;
}

/** As --shared= or core.sharedRepository words it, and as the file has it. */
function sharedMode(text: string | undefined): string | undefined {
  if (text === undefined || /^(umask|false|no|off|0)$/i.test(text)) return undefined;
  if (/^(group|true|yes|on|1|)$/i.test(text)) return '1';
  if (/^(all|world|everybody|2)$/i.test(text)) return '2';
  if (/^0?[0-7]{3}$/.test(text)) return `0${text.slice(-3)}`;
  throw new GitFailure(`bad boolean config value '${text}' for 'core.sharedrepository'`);
}

/** GIT_DIR=.git and its like are not bare; the current folder, and what is called otherwise, are. */
function looksBare(gitdir: string, cwd: string): boolean {
  return posix.resolve(cwd, gitdir) === cwd || posix.basename(gitdir) !== '.git';
}

export const init: Command = async (context) => {
  const given = options(context, 'qb:', { quiet: 'no', bare: 'no', 'initial-branch': 'required', template: 'optional', 'no-template': 'no', shared: 'optional', 'object-format': 'required', 'separate-git-dir': 'required' });
  const { process, overrides } = context;
  const { files, env } = process;
  const separate = given.value('separate-git-dir');
  if (separate !== undefined && given.has('bare')) throw new GitFailure("options '--separate-git-dir' and '--bare' cannot be used together");
  const algorithm = given.value('object-format') ?? env.get('GIT_DEFAULT_HASH') ?? 'sha1';
  if (algorithm !== 'sha1' && algorithm !== 'sha256') throw new GitFailure(`unknown hash algorithm '${algorithm}'`);
  if (algorithm === 'sha256') return context.unsupported('init --object-format=sha256');
  if (given.operands.length > 1) throw new GitFailure('usage: git init [-q | --quiet] [--bare] [--template=<template-directory>]', 129);
  const start = files.getcwd();
  const template = templateFolder({ process, overrides }, given.has('template') ? (given.value('template') ?? '') : given.has('no-template') ? '' : undefined);
  const target = posix.resolve(start, given.operands[0] ?? '.');
  makeFolders(context, target);
  files.chdir(target);
  const cwd = files.getcwd();
  const named = given.has('bare') ? (given.operands.length > 0 ? cwd : (context.gitDir ?? env.get('GIT_DIR') ?? cwd)) : (context.gitDir ?? env.get('GIT_DIR'));
  const workTree = context.workTree ?? env.get('GIT_WORK_TREE');
  if (workTree !== undefined && (given.has('bare') || (context.gitDir ?? env.get('GIT_DIR')) === undefined)) throw new GitFailure('GIT_WORK_TREE (or --work-tree=<directory>) not allowed without specifying GIT_DIR (or --git-dir=<directory>)');
  const bare = given.has('bare') || (named !== undefined && workTree === undefined && looksBare(named, cwd));
  if (bare && separate !== undefined) throw new GitFailure('--separate-git-dir incompatible with bare repository');
  const usual = posix.resolve(cwd, named ?? '.git');
  const old = named === undefined && exists(process, usual) ? gitFolder(process, cwd) : exists(process, posix.join(usual, 'HEAD')) ? usual : undefined;
  const gitdir = separate !== undefined ? posix.resolve(start, separate) : (old ?? usual);
  const of = { process, overrides, ...(old === undefined ? {} : { gitdir: old }) };
  const chosen = given.value('b', 'initial-branch') ?? chosenBranch({ process, overrides });
  const branch = chosen ?? 'master';
  if (!isRefName(branch)) throw new GitFailure(`invalid initial branch name: '${branch}'`);
  const shared = sharedMode(given.has('shared') ? (given.value('shared') ?? '') : setting(of, 'core.sharedRepository'));
  if (separate !== undefined) moveAway(process, cwd, old, gitdir);
  const parent = posix.basename(usual) === '.git' ? posix.dirname(usual) : undefined;
  const worktree = bare ? undefined : workTree !== undefined && posix.resolve(cwd, workTree) !== parent ? posix.resolve(cwd, workTree) : undefined;
  await makeRepository(process, { gitdir, bare, branch, worktree, shared: old === undefined || given.has('shared') ? shared : undefined, template });
  if (old !== undefined && given.has('b', 'initial-branch')) context.complain(`warning: re-init: ignored --initial-branch=${branch}\n`);
  if (given.has('q', 'quiet')) return 0;
  if (old === undefined && chosen === undefined) context.complain(INITIAL_BRANCH_ADVICE);
  context.print(`${old !== undefined ? 'Reinitialized existing' : 'Initialized empty'} ${shared !== undefined ? 'shared ' : ''}Git repository in ${gitdir}/\n`);
  return 0;
};

/** --separate-git-dir: the repository lies elsewhere, and .git is a file that leads there. */
function moveAway(process: Process, dir: string, old: string | undefined, gitdir: string): void {
  const link = posix.join(dir, '.git');
  makeFolders({ process }, posix.dirname(gitdir));
  if (old !== undefined && old !== gitdir) process.files.rename(old, gitdir);
  if (exists(process, link)) process.files.unlink(link);
  makeFolders({ process }, gitdir);
  process.files.writeFile(link, Buffer.from(`gitdir: ${gitdir}\n`));
}

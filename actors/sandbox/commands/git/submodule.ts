// git submodule: repositories inside, as .gitmodules lists them and the index has their commits.
import { posix } from 'node:path';
import git from 'isomorphic-git';
import { exists } from '../common/exists.js';
import { runProgram } from '../common/exec.js';
import { indexFiles } from './changes.js';
import { GITLINK } from './sides.js';
import { type Command, type GitContext, need, options } from './command.js';
import { parseSettings, setting } from './configuration.js';
import { removeTree } from './folders.js';
import { resetTo } from './merge-trees.js';
import { fetchBranch, fetchCommit } from './fetch.js';
import { addRemote, setSetting } from './config-text.js';
import { gitFolder, GitFailure, type Repository } from './repository.js';
import { makeFolders, makeRepository } from './init.js';
import { stage } from './staging.js';
import { pointHead } from './reflog.js';

interface Submodule {
  readonly name: string;
  readonly path: string;
  readonly url: string;
  readonly branch: string | undefined;
  /** What the index says it is at. */
  readonly oid: string;
}

async function submodules(repository: Repository): Promise<Submodule[]> {
  const path = posix.join(repository.dir, '.gitmodules');
  if (!exists(repository.process, path)) return [];
  const byName = new Map<string, Record<string, string>>();
  for (const { name, value } of parseSettings(Buffer.from(repository.process.files.readFile(path)).toString())) {
    const [, module, key] = /^submodule\.(.+)\.(\w+)$/s.exec(name) ?? [];
    if (module !== undefined) byName.set(module, { ...byName.get(module), [key!]: value });
  }
  const index = await indexFiles(repository);
  return [...byName].flatMap(([name, { path: at, url, branch }]) => {
    const link = at === undefined ? undefined : index.get(at);
    return at !== undefined && url !== undefined && link?.mode === GITLINK ? [{ name, path: at, url, branch, oid: link.oid }] : [];
  });
}

/** A module's own repository; undefined where it was not fetched yet. */
function inside(repository: Repository, { path }: Submodule): Repository | undefined {
  const dir = posix.join(repository.dir, path);
  const gitdir = exists(repository.process, dir) ? gitFolder(repository.process, dir) : undefined;
  return gitdir === undefined ? undefined : { ...repository, dir, gitdir };
}

/** `../other` is beside the repository that this one came from. */
function absoluteUrl(repository: Repository, url: string): string {
  if (!/^\.{1,2}\//.test(url)) return url;
  const base = (setting(repository, 'remote.origin.url') ?? repository.dir).replace(/\/$/, '');
  const parts = base.split('/');
  for (const part of url.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

async function init(context: GitContext, repository: Repository, modules: readonly Submodule[], quiet: boolean): Promise<void> {
  for (const { name, path, url } of modules) {
    if (setting(repository, `submodule.${name}.url`) !== undefined) continue;
    const full = absoluteUrl(repository, url);
    setSetting(repository, `submodule.${name}.active`, 'true');
    setSetting(repository, `submodule.${name}.url`, full);
    if (!quiet) context.complain(`Submodule '${name}' (${full}) registered for path '${path}'\n`);
  }
}

async function update(context: GitContext, repository: Repository, given: ReturnType<typeof options>, prefix = ''): Promise<void> {
  const quiet = given.has('q', 'quiet');
  const all = await submodules(repository);
  const chosen = prefix !== '' || given.operands.length === 0 ? all : all.filter(({ path }) => given.operands.includes(path));
  if (given.has('init') || prefix !== '') await init(context, repository, chosen, quiet);
  for (const module of chosen) {
    const url = setting(repository, `submodule.${module.name}.url`);
    if (url === undefined) continue;
    const { fs } = repository;
    const own = inside(repository, module) ?? (await makeModule(context, repository, module, url, quiet));
    const wanted = module.oid;
    const head = await git.resolveRef({ fs, gitdir: own.gitdir, ref: 'HEAD' }).catch(() => undefined);
    if (head !== wanted) {
      const isThere = await git.readObject({ fs, gitdir: own.gitdir, oid: wanted }).then(() => true, () => false);
      if (!isThere) await fetchCommit(own, 'origin', wanted, given.value('depth'));
      await resetTo(own, wanted);
      pointHead(own, wanted);
      if (!quiet) context.print(`Submodule path '${prefix}${module.path}': checked out '${wanted}'\n`);
    }
    if (given.has('recursive')) await update(context, own, given, `${prefix}${module.path}/`);
  }
}

async function foreach(context: GitContext, repository: Repository, given: ReturnType<typeof options>, words: readonly string[], prefix = ''): Promise<number> {
  for (const module of await submodules(repository)) {
    const own = inside(repository, module);
    if (!own) continue;
    const shown = `${prefix}${module.path}`;
    if (!given.has('q', 'quiet')) context.print(`Entering '${shown}'\n`);
    const argv = words.length === 1 ? ['/bin/sh', '-c', words[0]!] : ['/bin/sh', '-c', '"$@"', ...words.slice(0, 1), ...words];
    const code = await context.perform(() => runProgram(context.process, argv, {
      env: new Map([...[...context.process.env].filter(([key]) => key !== 'GIT_DIR'), ['name', module.name], ['sm_path', module.path], ['displaypath', shown], ['sha1', module.oid], ['toplevel', repository.dir]]),
      prepare: (child) => child.files.chdir(own.dir),
      message: (program, why) => `${program}: ${why}`,
    }));
    if (code !== 0) throw new GitFailure(`run_command returned non-zero status for ${shown}\n.`);
    if (given.has('recursive')) await foreach(context, own, given, words, `${shown}/`);
  }
  return 0;
}

async function sync(context: GitContext, repository: Repository, given: ReturnType<typeof options>, prefix = ''): Promise<void> {
  for (const module of await submodules(repository)) {
    if (setting(repository, `submodule.${module.name}.url`) === undefined) continue;
    const url = absoluteUrl(repository, module.url);
    if (!given.has('q', 'quiet')) context.print(`Synchronizing submodule url for '${prefix}${module.path}'\n`);
    setSetting(repository, `submodule.${module.name}.url`, url);
    const own = inside(repository, module);
    if (!own) continue;
    setSetting(own, 'remote.origin.url', url);
    if (given.has('recursive')) await sync(context, own, given, `${prefix}${module.path}/`);
  }
}

async function statusLines(context: GitContext, repository: Repository, given: ReturnType<typeof options>, prefix = ''): Promise<void> {
  for (const module of await submodules(repository)) {
    const own = inside(repository, module);
    const head = own ? await git.resolveRef({ fs: own.fs, gitdir: own.gitdir, ref: 'HEAD' }).catch(() => undefined) : undefined;
    const mark = head === undefined ? '-' : head === module.oid ? ' ' : '+';
    const shown = given.has('cached') ? module.oid : (head ?? module.oid);
    context.print(`${mark}${shown} ${prefix}${module.path}${head === undefined || own === undefined ? '' : ` (${await nameOf(own, head)})`}\n`);
    if (own && given.has('recursive')) await statusLines(context, own, given, `${prefix}${module.path}/`);
  }
}

async function nameOf({ fs, gitdir }: Repository, oid: string): Promise<string> {
  for (const name of await git.listTags({ fs, gitdir })) if ((await git.resolveRef({ fs, gitdir, ref: `refs/tags/${name}` })) === oid) return name;
  for (const name of await git.listBranches({ fs, gitdir })) if ((await git.resolveRef({ fs, gitdir, ref: `refs/heads/${name}` })) === oid) return `heads/${name}`;
  return oid.slice(0, 7);
}

/** Clones a repository into this one, and stages it with its entry in .gitmodules. */
async function addModule(context: GitContext, repository: Repository, given: ReturnType<typeof options>): Promise<number> {
  const [url, folder] = given.operands;
  if (url === undefined) throw new GitFailure('usage: git submodule [--quiet] add [-b <branch>] [-f|--force] [--name <name>] [--reference <repository>] [--] <repository> [<path>]', 129);
  const path = (folder ?? posix.basename(url, '.git')).replace(/\/$/, '');
  if ((await indexFiles(repository)).has(path)) throw new GitFailure(`'${path}' already exists in the index`);
  const { fs, process } = repository;
  const name = given.value('name') ?? path;
  const full = absoluteUrl(repository, url);
  const own = await makeModule(context, repository, { path, name }, full, given.has('q', 'quiet'));
  const wanted = given.value('b', 'branch');
  const [fetched] = await fetchBranch(own, 'origin', wanted, given.value('depth'));
  if (fetched === undefined) throw new GitFailure(`'origin/${wanted ?? 'HEAD'}' is not a commit and a branch '${wanted ?? 'main'}' cannot be created from it`);
  await resetTo(own, fetched.oid);
  const branch = wanted ?? (await git.listBranches({ fs, gitdir: own.gitdir, remote: 'origin' })).find((one) => one !== 'HEAD' && ['main', 'master'].includes(one)) ?? 'HEAD';
  if (branch === 'HEAD') pointHead(own, fetched.oid);
  else {
    await git.writeRef({ fs, gitdir: own.gitdir, ref: `refs/heads/${branch}`, value: fetched.oid, force: true });
    pointHead(own, `ref: refs/heads/${branch}`);
  }
  const list = posix.join(repository.dir, '.gitmodules');
  const old = exists(process, list) ? Buffer.from(process.files.readFile(list)).toString() : '';
  process.files.writeFile(list, Buffer.from(`${old}[submodule "${name}"]\n\tpath = ${path}\n\turl = ${url}\n${wanted === undefined ? '' : `\tbranch = ${wanted}\n`}`));
  setSetting(repository, `submodule.${name}.url`, full);
  setSetting(repository, `submodule.${name}.active`, 'true');
  await stage(repository, ['.gitmodules', path]);
  return 0;
}

/** An empty repository for a module, whose .git is a file that leads to its place in ours. */
async function makeModule(context: GitContext, repository: Repository, { path, name }: Pick<Submodule, 'path' | 'name'>, url: string, quiet: boolean): Promise<Repository> {
  const dir = posix.join(repository.dir, path);
  const gitdir = posix.join(repository.gitdir, 'modules', name);
  const { process } = repository;
  if (!quiet) context.complain(`Cloning into '${dir}'...\n`);
  makeFolders(context, dir);
  makeFolders(context, gitdir);
  await makeRepository(process, { gitdir, bare: false, branch: 'master' });
  process.files.writeFile(posix.join(dir, '.git'), Buffer.from(`gitdir: ${posix.relative(dir, gitdir)}\n`));
  setSetting({ process, gitdir }, 'core.worktree', posix.relative(gitdir, dir));
  addRemote({ process, gitdir }, 'origin', url);
  return { ...repository, dir, gitdir };
}

export const submodule: Command = async (context) => {
  const repository = need(context);
  const at = context.argv.slice(1).findIndex((word) => !word.startsWith('-'));
  const action = at < 0 ? 'status' : context.argv[at + 1]!;
  const before = at < 0 ? context.argv.slice(1) : context.argv.slice(1, at + 1);
  const rest = at < 0 ? [] : context.argv.slice(at + 2);
  const long = { quiet: 'no', recursive: 'no', init: 'no', force: 'no', depth: 'required', remote: 'no', merge: 'no', checkout: 'no', rebase: 'no', jobs: 'required', reference: 'required', 'recommend-shallow': 'no', 'no-recommend-shallow': 'no', 'single-branch': 'no', 'no-single-branch': 'no', progress: 'no', 'no-fetch': 'no', filter: 'required', cached: 'no', all: 'no', name: 'required', branch: 'required' } as const;
  if (action === 'foreach') {
    // Options of the command that follows are its own.
    const end = rest.findIndex((word) => !word.startsWith('-'));
    return foreach(context, repository, options({ argv: ['foreach', ...before, ...rest.slice(0, Math.max(0, end))] }, 'q', long), rest.slice(Math.max(0, end)));
  }
  const given = options({ argv: [action, ...before, ...rest] }, 'qfj:Nb:', long);
  const all = await submodules(repository);
  const chosen = given.operands.length === 0 ? all : all.filter(({ path }) => given.operands.includes(path));
  switch (action) {
    case 'init':
      await init(context, repository, chosen, given.has('q', 'quiet'));
      return 0;
    case 'update':
      if (given.has('remote', 'merge', 'rebase')) return context.unsupported('submodule update with this option');
      await update(context, repository, given);
      return 0;
    case 'status':
      await statusLines(context, repository, given);
      return 0;
    case 'sync':
      await sync(context, repository, given);
      return 0;
    case 'deinit':
      if (chosen.length === 0 && !given.has('all')) throw new GitFailure("Use '--all' if you really want to deinitialize all submodules");
      for (const module of chosen) {
        const dir = posix.join(repository.dir, module.path);
        if (exists(context.process, dir)) for (const { name } of context.process.files.readdir(dir)) removeTree(context.process, posix.join(dir, name));
        context.print(`Cleared directory '${module.path}'\n`);
        for (const key of ['url', 'active']) setSetting(repository, `submodule.${module.name}.${key}`, undefined);
        context.print(`Submodule '${module.name}' (${absoluteUrl(repository, module.url)}) unregistered for path '${module.path}'\n`);
      }
      return 0;
    case 'add':
      return addModule(context, repository, given);
    default:
      return context.unsupported(`submodule ${action}`);
  }
};

// git's exchange with other repositories: clone, fetch, pull, push, ls-remote, remote.
import { posix } from 'node:path';
import git from 'isomorphic-git';
import type { Process } from '../../kernel/process.js';
import { exists } from '../common/exists.js';
import { cloneLocal, fetchLocal, headOf, isPath, type LocalRepository, localRefs, openLocal, pushLocal } from './local.js';
import { filesOf, GitFailure, httpOf, readConfig, type Repository, setting, userFiles } from './repository.js';
import { type Command, type GitContext, need, options } from './command.js';

/** What the library needs to talk to `url`: headers and credentials of the configuration and the URL. */
async function transport(process: Process, repository: Partial<Repository> & { overrides: ReadonlyMap<string, string> }, url: string): Promise<object> {
  if (!/^https?:\/\//.test(url)) throw new GitFailure(`unable to access '${url}': this machine's git speaks http and https, and reads paths, only`);
  const { overrides, gitdir } = repository;
  const files = [...userFiles(process), ...(gitdir === undefined ? [] : [posix.join(gitdir, 'config')])];
  const entries = [...files.flatMap((path) => readConfig(process, path)), ...overrides];
  const headers: [string, string][] = [];
  for (const [name, value] of entries) {
    const [, prefix] = /^http\.(?:(.*)\.)?extraheader$/.exec(name) ?? [];
    if (!/^http\.(.*\.)?extraheader$/.test(name) || (prefix !== undefined && !url.startsWith(prefix))) continue;
    const at = value.indexOf(':');
    if (value === '') headers.length = 0;
    else headers.push([value.slice(0, at), value.slice(at + 1).trim()]);
  }
  const insecure = (await setting({ process, ...repository }, 'http.sslVerify')) === 'false' || process.env.get('GIT_SSL_NO_VERIFY') !== undefined;
  const { username, password } = new URL(url);
  return {
    http: httpOf(process, headers, insecure),
    ...(username === '' ? {} : { onAuth: () => ({ username: decodeURIComponent(username), password: decodeURIComponent(password) }) }),
    onAuthFailure: () => ({ cancel: true }),
  };
}

/** The URL without its secrets, for messages. */
function shown(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}

function describe(error: unknown, url: string): Error {
  const { code, name, message, data } = error as { code?: string; name?: string; message: string; data?: { statusCode?: number } };
  if (error instanceof GitFailure) return error;
  if (name === 'UserCanceledError' || data?.statusCode === 401) return new GitFailure(`Authentication failed for '${shown(url)}'`);
  if (code === 'HttpError' && data?.statusCode === 404) return new GitFailure(`repository '${shown(url)}/' not found`);
  return new GitFailure(`unable to access '${shown(url)}/': ${message}`);
}

/** The repository where an address is a path; undefined where it is none. Throws GitFailure where nothing is there. */
function localOf(process: Process, url: string, from: string): LocalRepository | undefined {
  if (!isPath(process, url)) return undefined;
  const found = openLocal(process, url, from);
  if (!found) throw noRepository(url);
  return found;
}

function noRepository(remote: string): GitFailure {
  return new GitFailure(`'${remote}' does not appear to be a git repository\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.`);
}

async function urlOf(repository: Repository, remote: string): Promise<string> {
  if (/^[a-z]+:\/\//.test(remote)) return remote;
  const url = await setting(repository, `remote.${remote}.url`);
  if (url !== undefined) return url;
  if (/^\.{0,2}\//.test(remote) || remote === '.' || remote === '..') return posix.resolve(repository.process.files.getcwd(), remote);
  throw noRepository(remote);
}

export const clone: Command = async (context) => {
  const given = options(context, 'b:nqvo:l', { branch: 'required', depth: 'required', 'no-checkout': 'no', bare: 'no', quiet: 'no', 'single-branch': 'no', 'no-tags': 'no', recursive: 'no', 'recurse-submodules': 'optional', origin: 'required', progress: 'no', verbose: 'no', 'no-single-branch': 'no', 'shallow-submodules': 'no', 'no-local': 'no', config: 'required', filter: 'required' });
  const [url, folder] = given.operands;
  if (url === undefined) throw new GitFailure('You must specify a repository to clone.', 129);
  const { process, overrides } = context;
  const isLocal = isPath(process, url);
  const bare = given.has('bare');
  const base = (isLocal ? posix.resolve(process.files.getcwd(), url.replace(/^file:\/\//, '')).replace(/\/\.git$/, '') : url).replace(/\/+$/, '').replace(/\.git$/, '').split('/').at(-1)!;
  const dir = posix.resolve(process.files.getcwd(), folder ?? (bare ? `${base}.git` : base));
  const source = isLocal ? openLocal(process, url, process.files.getcwd()) : undefined;
  if (isLocal && !source) throw new GitFailure(`repository '${url}' does not exist`);
  if (exists(process, dir) && process.files.readdir(dir).length > 0) throw new GitFailure(`destination path '${folder ?? posix.basename(dir)}' already exists and is not an empty directory.`);
  if (!given.has('q', 'quiet')) context.complain(`Cloning into ${bare ? 'bare repository ' : ''}'${folder ?? posix.basename(dir)}'...\n`);
  const ref = given.value('b', 'branch');
  const depth = given.value('depth');
  if (source) {
    if (depth !== undefined && !url.startsWith('file://')) context.complain('warning: --depth is ignored in local clones; use file:// instead.\n');
    const isFilled = await cloneLocal(process, source, dir, { branch: ref, remote: given.value('o', 'origin') ?? 'origin', noCheckout: given.has('n', 'no-checkout'), noTags: given.has('no-tags'), bare });
    if (!isFilled) context.complain('warning: You appear to have cloned an empty repository.\n');
    if (!given.has('q', 'quiet')) context.complain('done.\n');
    return 0;
  }
  if (bare) throw new GitFailure("cloning into a bare repository is supported by this machine's git for paths only");
  try {
    await git.clone({
      fs: filesOf(process), dir, url, ...(await transport(process, { overrides }, url)), ...(ref === undefined ? {} : { ref }), ...(depth === undefined ? {} : { depth: Number(depth) }),
      remote: given.value('o', 'origin') ?? 'origin', noCheckout: given.has('n', 'no-checkout'), singleBranch: given.has('single-branch') || depth !== undefined, noTags: given.has('no-tags'),
    } as never);
  } catch (error) {
    throw describe(error, url);
  }
  if (given.has('recursive', 'recurse-submodules') && exists(process, posix.join(dir, '.gitmodules'))) throw new GitFailure('submodules are not supported by this machine\'s git');
  return 0;
};

async function fetchRef(repository: Repository, remote: string, refspec: string | undefined, settings: { depth: string | undefined; tags: boolean; noTags: boolean; prune: boolean }): Promise<{ fetchHead: string | null }> {
  const { process, fs, gitdir } = repository;
  const url = await urlOf(repository, remote);
  const [, force, source, target] = /^(\+?)([^:]*)(?::(.*))?$/.exec(refspec ?? '')!;
  const wildcard = source?.includes('*') === true;
  const isId = /^[0-9a-f]{40}$/.test(source!);
  const local = localOf(process, url, repository.dir);
  if (local) {
    const named = (await setting(repository, `remote.${remote}.url`)) === undefined ? undefined : remote;
    const fetchHead = await fetchLocal(repository, local, { remote: named, from: source!, to: target, tags: (settings.tags || source === '') && !settings.noTags, prune: settings.prune });
    if (target !== undefined && target !== '' && !wildcard && fetchHead !== null) await git.writeRef({ fs, gitdir, ref: target.startsWith('refs/') ? target : `refs/heads/${target}`, value: fetchHead, force: true });
    return { fetchHead };
  }
  try {
    const servers = isId ? undefined : source === '' || wildcard ? undefined : source!;
    const fetched = await git.fetch({
      fs, gitdir, url, ...(await transport(process, repository, url)), ...(/:\/\//.test(remote) ? {} : { remote }), ...(servers === undefined ? {} : { ref: servers, remoteRef: servers, singleBranch: true }),
      ...(isId ? { ref: source, remoteRef: source, singleBranch: true } : {}), ...(settings.depth === undefined ? {} : { depth: Number(settings.depth) }), tags: settings.tags && !settings.noTags, prune: settings.prune,
    } as never);
    if (target !== undefined && target !== '' && !wildcard && fetched.fetchHead !== null) await git.writeRef({ fs, gitdir, ref: target.startsWith('refs/') ? target : `refs/heads/${target}`, value: fetched.fetchHead, force: force === '+' || true });
    return fetched;
  } catch (error) {
    throw describe(error, url);
  }
}

export const fetch: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'qvptfn', { depth: 'required', tags: 'no', 'no-tags': 'no', prune: 'no', quiet: 'no', verbose: 'no', force: 'no', all: 'no', progress: 'no', unshallow: 'no', 'no-recurse-submodules': 'no', 'update-head-ok': 'no', 'no-auto-gc': 'no', 'no-auto-maintenance': 'no', 'no-prune': 'no', 'recurse-submodules': 'optional', deepen: 'required', 'no-write-fetch-head': 'no', filter: 'required' });
  const [remote = 'origin', ...refspecs] = given.operands;
  const settings = { depth: given.has('unshallow') ? '2147483647' : given.value('depth'), tags: given.has('tags', 't'), noTags: given.has('no-tags', 'n'), prune: given.has('prune', 'p') };
  const heads: string[] = [];
  for (const refspec of refspecs.length > 0 ? refspecs : [undefined]) {
    const { fetchHead } = await fetchRef(repository, remote, refspec, settings);
    if (fetchHead !== null) heads.push(fetchHead);
  }
  repository.process.files.writeFile(posix.join(repository.gitdir, 'FETCH_HEAD'), Buffer.from(heads.map((head) => `${head}\t\t${remote}\n`).join('')));
  return 0;
};

export const pull: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'qvr', { rebase: 'optional', 'ff-only': 'no', 'no-ff': 'no', ff: 'no', quiet: 'no', 'no-rebase': 'no', verbose: 'no', tags: 'no', depth: 'required', 'no-edit': 'no', 'no-tags': 'no', prune: 'no' });
  if (given.has('rebase', 'r') && given.value('rebase', 'r') !== 'false') throw new GitFailure('rebasing is not supported by this machine\'s git');
  const { fs, dir, gitdir } = repository;
  const branch = await git.currentBranch({ fs, gitdir });
  if (!branch) throw new GitFailure('You are not currently on a branch.', 1);
  const remote = given.operands[0] ?? (await setting(repository, `branch.${branch}.remote`)) ?? 'origin';
  const ref = given.operands[1] ?? branch;
  const { fetchHead } = await fetchRef(repository, remote, ref, { depth: given.value('depth'), tags: false, noTags: false, prune: false });
  if (fetchHead === null) throw new GitFailure(`couldn't find remote ref ${ref}`, 1);
  const merged = await git.merge({ fs, dir, gitdir, ours: branch, theirs: fetchHead, fastForwardOnly: given.has('ff-only'), ...(await context.people(repository)) });
  await git.checkout({ fs, dir, gitdir, ref: branch });
  if (!given.has('q', 'quiet')) context.print(merged.alreadyMerged === true ? 'Already up to date.\n' : merged.fastForward === true ? 'Fast-forward\n' : "Merge made by the 'ort' strategy.\n");
  return 0;
};

export const push: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'fuqd', { force: 'no', 'set-upstream': 'no', tags: 'no', delete: 'no', quiet: 'no', 'force-with-lease': 'optional', 'follow-tags': 'no', all: 'no', progress: 'no', 'no-verify': 'no', porcelain: 'no', o: 'required' });
  const { process, fs, gitdir } = repository;
  const branch = (await git.currentBranch({ fs, gitdir })) ?? undefined;
  const [remote = (branch === undefined ? undefined : await setting(repository, `branch.${branch}.remote`)) ?? 'origin', ...refspecs] = given.operands;
  const url = await urlOf(repository, remote);
  const localTarget = localOf(process, url, repository.dir);
  const tags = given.has('tags') ? (await git.listTags({ fs, gitdir })).map((tag) => `refs/tags/${tag}`) : [];
  const wanted = [...refspecs, ...tags];
  if (wanted.length === 0) {
    if (branch === undefined) throw new GitFailure('You are not currently on a branch.');
    wanted.push(branch);
  }
  for (const refspec of wanted) {
    const [, plus, source, target] = /^(\+?)([^:]*)(?::(.*))?$/.exec(refspec)!;
    const removes = given.has('delete', 'd') || (source === '' && target !== undefined);
    const local = source === 'HEAD' ? (branch ?? 'HEAD') : source!;
    const force = plus === '+' || given.has('force', 'f', 'force-with-lease');
    if (localTarget) {
      const name = removes ? (target ?? local) : (target ?? (source === 'HEAD' ? branch! : local));
      const oid = removes ? undefined : await git.resolveRef({ fs, gitdir, ref: local }).catch(() => undefined);
      if (!removes && oid === undefined) throw new GitFailure(`src refspec ${local} does not match any\nerror: failed to push some refs to '${url}'`, 1);
      const isTag = oid !== undefined && !name.startsWith('refs/') && (await git.listTags({ fs, gitdir })).includes(local) && local !== branch;
      await pushLocal(repository, localTarget, { ref: isTag ? `refs/tags/${name}` : name, oid, force });
      if (oid !== undefined && !isTag && !name.startsWith('refs/tags/') && (await setting(repository, `remote.${remote}.url`)) !== undefined) await git.writeRef({ fs, gitdir, ref: `refs/remotes/${remote}/${name.replace(/^refs\/heads\//, '')}`, value: oid, force: true });
    } else try {
      const answer = await git.push({ fs, gitdir, url, ...(await transport(process, repository, url)), ref: removes ? (target ?? local) : local, remoteRef: target ?? (source === 'HEAD' ? branch : local), force, delete: removes } as never);
      if (!answer.ok) throw new GitFailure(`failed to push some refs to '${shown(url)}'`, 1);
    } catch (error) {
      if ((error as { code?: string }).code === 'PushRejectedError') throw new GitFailure(`failed to push some refs to '${shown(url)}'\nhint: Updates were rejected because the remote contains work that you do not have locally.`, 1);
      throw describe(error, url);
    }
    if (!given.has('quiet', 'q')) context.complain(`To ${shown(url)}\n   ${local} -> ${target ?? local}\n`);
    if (given.has('u', 'set-upstream')) {
      await git.setConfig({ fs, gitdir, path: `branch.${local}.remote`, value: remote });
      await git.setConfig({ fs, gitdir, path: `branch.${local}.merge`, value: `refs/heads/${target ?? local}` });
      context.print(`branch '${local}' set up to track '${remote}/${target ?? local}'.\n`);
    }
  }
  return 0;
};

/** What is no remote's name: something with a scheme, or a path. */
function isAddress(process: Process, remote: string): boolean {
  return /:\/\//.test(remote) || (/^(\.{0,2}\/|\.{1,2}$)/.test(remote) && isPath(process, remote));
}

export const lsRemote: Command = async (context) => {
  const given = options(context, 'hqt', { heads: 'no', tags: 'no', refs: 'no', 'exit-code': 'no', quiet: 'no', symref: 'no', branches: 'no' });
  const [remote = 'origin', ...patterns] = given.operands;
  const repository: (Partial<Repository> & { overrides: ReadonlyMap<string, string> }) = isAddress(context.process, remote) ? { overrides: context.overrides } : need(context);
  const url = isAddress(context.process, remote) ? remote : await urlOf(repository as Repository, remote);
  const kinds = [...(given.has('heads', 'h', 'branches') ? ['refs/heads/'] : []), ...(given.has('tags', 't') ? ['refs/tags/'] : [])];
  const matches = (ref: string): boolean => (kinds.length === 0 || kinds.some((kind) => ref.startsWith(kind))) && (patterns.length === 0 || patterns.some((pattern) => ref === pattern || ref.endsWith(`/${pattern}`)));
  const local = localOf(context.process, url, repository.dir ?? context.process.files.getcwd());
  if (local) {
    const head = await headOf(context.process, local.gitdir);
    const all = await localRefs(context.process, local.gitdir);
    const at = 'oid' in head ? head.oid : all.get(`refs/heads/${head.branch}`);
    const chosen = [...(at === undefined || given.has('heads', 'h', 'branches', 'tags', 't', 'refs') ? [] : [['HEAD', at] as const]), ...all].filter(([ref]) => matches(ref));
    for (const [ref, oid] of chosen) context.print(`${oid}\t${ref}\n`);
    return chosen.length === 0 && given.has('exit-code') ? 2 : 0;
  }
  let refs;
  try {
    refs = await git.listServerRefs({ url, ...(await transport(context.process, repository, url)), protocolVersion: 2, peelTags: true } as never);
  } catch (error) {
    throw describe(error, url);
  }
  const shownRefs = refs.filter(({ ref }) => matches(ref));
  for (const { ref, oid } of shownRefs) context.print(`${oid}\t${ref}\n`);
  return shownRefs.length === 0 && given.has('exit-code') ? 2 : 0;
};

export const remote: Command = async (context) => {
  const repository = need(context);
  const { fs, gitdir } = repository;
  const given = options(context, 'vft:', { verbose: 'no', force: 'no', push: 'no', add: 'no', all: 'no' });
  const [action, name, value] = given.operands;
  const all = await git.listRemotes({ fs, gitdir });
  const known = (): { remote: string; url: string } => {
    const found = all.find(({ remote: one }) => one === name);
    if (!found) throw new GitFailure(`No such remote '${name}'`, 2);
    return found;
  };
  switch (action) {
    case undefined:
      for (const one of all) context.print(given.has('v', 'verbose') ? `${one.remote}\t${one.url} (fetch)\n${one.remote}\t${one.url} (push)\n` : `${one.remote}\n`);
      return 0;
    case 'add':
      if (all.some(({ remote: one }) => one === name)) throw new GitFailure(`remote ${name} already exists.`, 3);
      await git.addRemote({ fs, gitdir, remote: name!, url: value! });
      return 0;
    case 'set-url':
      known();
      await git.addRemote({ fs, gitdir, remote: name!, url: value!, force: true });
      return 0;
    case 'get-url':
      context.print(`${known().url}\n`);
      return 0;
    case 'remove':
    case 'rm':
      known();
      await git.deleteRemote({ fs, gitdir, remote: name! });
      return 0;
    default:
      return context.unsupported(`remote ${action}`);
  }
};

export type { GitContext };

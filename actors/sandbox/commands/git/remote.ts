// git's exchange with other repositories: clone, fetch, pull, push, ls-remote, remote.
import { posix } from 'node:path';
import git from 'isomorphic-git';
import type { Process } from '../../kernel/process.js';
import { exists } from './folders.js';
import { filesOf, GitFailure, httpOf, readConfig, type Repository, setting, userFiles } from './repository.js';
import { type Command, type GitContext, need, options } from './command.js';

/** What the library needs to talk to `url`: headers and credentials of the configuration and the URL. */
async function transport(process: Process, repository: Partial<Repository> & { overrides: ReadonlyMap<string, string> }, url: string): Promise<object> {
  if (!/^https?:\/\//.test(url)) throw new GitFailure(`unable to access '${url}': this machine's git speaks http and https only`);
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

async function urlOf(repository: Repository, remote: string): Promise<string> {
  if (/^[a-z]+:\/\//.test(remote)) return remote;
  const url = await setting(repository, `remote.${remote}.url`);
  if (url === undefined) throw new GitFailure(`'${remote}' does not appear to be a git repository\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.`);
  return url;
}

export const clone: Command = async (context) => {
  const given = options(context, 'b:nqvo:l', { branch: 'required', depth: 'required', 'no-checkout': 'no', bare: 'no', quiet: 'no', 'single-branch': 'no', 'no-tags': 'no', recursive: 'no', 'recurse-submodules': 'optional', origin: 'required', progress: 'no', verbose: 'no', 'no-single-branch': 'no', 'shallow-submodules': 'no', 'no-local': 'no', config: 'required', filter: 'required' });
  const [url, folder] = given.operands;
  if (url === undefined) throw new GitFailure('You must specify a repository to clone.', 129);
  const { process, overrides } = context;
  const dir = posix.resolve(process.files.getcwd(), folder ?? url.replace(/\/+$/, '').replace(/\.git$/, '').split('/').at(-1)!);
  if (exists(process, dir) && process.files.readdir(dir).length > 0) throw new GitFailure(`destination path '${folder ?? posix.basename(dir)}' already exists and is not an empty directory.`);
  if (!given.has('q', 'quiet')) context.complain(`Cloning into '${folder ?? posix.basename(dir)}'...\n`);
  const ref = given.value('b', 'branch');
  const depth = given.value('depth');
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
    try {
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

export const lsRemote: Command = async (context) => {
  const given = options(context, 'hqt', { heads: 'no', tags: 'no', refs: 'no', 'exit-code': 'no', quiet: 'no', symref: 'no', branches: 'no' });
  const [remote = 'origin', ...patterns] = given.operands;
  const repository: (Partial<Repository> & { overrides: ReadonlyMap<string, string> }) = /:\/\//.test(remote) ? { overrides: context.overrides } : need(context);
  const url = /:\/\//.test(remote) ? remote : await urlOf(repository as Repository, remote);
  let refs;
  try {
    refs = await git.listServerRefs({ url, ...(await transport(context.process, repository, url)), protocolVersion: 2, peelTags: true } as never);
  } catch (error) {
    throw describe(error, url);
  }
  const kinds = [...(given.has('heads', 'h', 'branches') ? ['refs/heads/'] : []), ...(given.has('tags', 't') ? ['refs/tags/'] : [])];
  const shownRefs = refs.filter(({ ref }) => (kinds.length === 0 || kinds.some((kind) => ref.startsWith(kind))) && (patterns.length === 0 || patterns.some((pattern) => ref === pattern || ref.endsWith(`/${pattern}`))));
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

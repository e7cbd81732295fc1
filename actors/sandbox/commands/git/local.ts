// Repositories that lie in the container itself: what clone, fetch, push and ls-remote do with a path instead of an address.
import { posix } from 'node:path';
import git from 'isomorphic-git';
import type { Process } from '../../kernel/process.js';
import { exists } from '../common/exists.js';
import { chosenBranch, makeRepository } from './init.js';
import { resetTo } from './merge-trees.js';
import { addRemote, setSetting } from './config-text.js';
import { filesOf, GitFailure, type Repository } from './repository.js';

/** Another repository of the same files. */
export interface LocalRepository {
  readonly gitdir: string;
  /** As it was asked for, made absolute. */
  readonly path: string;
  readonly isBare: boolean;
}

/** Whether an address is a path: no scheme but file:, and no `host:path`, unless there is such a file. */
export function isPath(process: Process, url: string): boolean {
  if (url.startsWith('file://')) return true;
  return !/^[a-z][a-z0-9+.-]*:\/\//i.test(url) && (!/^[^/]+:/.test(url) || exists(process, url));
}

/** The repository at a path, as git finds it: a working tree, a bare one, or the path with .git added; undefined where there is none. */
export function openLocal(process: Process, url: string, from: string): LocalRepository | undefined {
  const asked = posix.resolve(from, url.replace(/^file:\/\//, ''));
  for (const path of [asked, `${asked}.git`]) {
    for (const gitdir of [posix.join(path, '.git'), path]) {
      if (exists(process, posix.join(gitdir, 'HEAD')) && exists(process, posix.join(gitdir, 'objects'))) return { gitdir, path, isBare: gitdir === path };
    }
  }
  return undefined;
}

/** Branches and tags with what they point at, by full name. */
export async function localRefs(process: Process, gitdir: string): Promise<Map<string, string>> {
  const fs = filesOf(process);
  const names = [...(await git.listBranches({ fs, gitdir })).map((name) => `refs/heads/${name}`), ...(await git.listTags({ fs, gitdir })).map((name) => `refs/tags/${name}`)];
  return new Map(await Promise.all(names.sort().map(async (ref) => [ref, await git.resolveRef({ fs, gitdir, ref })] as const)));
}

/** The branch that HEAD is on, though it may not be born, or the commit that it is at. */
export async function headOf(process: Process, gitdir: string): Promise<{ branch: string } | { oid: string }> {
  const text = Buffer.from(process.files.readFile(posix.join(gitdir, 'HEAD'))).toString().trim();
  const [, branch] = /^ref: refs\/heads\/(.+)$/.exec(text) ?? [];
  return branch === undefined ? { oid: text } : { branch };
}

/** Every object that `to` does not have, loose and packed, as a local clone of git takes them: by file. */
export function copyObjects({ files }: Process, from: string, to: string): void {
  const copy = (folder: string): void => {
    if (!files.exists(posix.join(to, folder))) files.mkdir(posix.join(to, folder));
    for (const { name } of files.readdir(posix.join(from, folder))) {
      const path = posix.join(folder, name);
      if (files.lstat(posix.join(from, path)).type === 'directory') copy(path);
      else if (!files.exists(posix.join(to, path))) files.writeFile(posix.join(to, path), files.readFile(posix.join(from, path)));
    }
  };
  copy('objects');
  if (files.exists(posix.join(from, 'shallow'))) files.writeFile(posix.join(to, 'shallow'), files.readFile(posix.join(from, 'shallow')));
}

export interface CloneSettings {
  readonly branch: string | undefined;
  readonly remote: string;
  readonly noCheckout: boolean;
  readonly noTags: boolean;
  readonly bare: boolean;
}

/** Makes `dir` a clone; whether there was anything in the repository. */
export async function cloneLocal(process: Process, source: LocalRepository, dir: string, { branch, remote, noCheckout, noTags, bare }: CloneSettings): Promise<boolean> {
  const fs = filesOf(process);
  const gitdir = bare ? dir : posix.join(dir, '.git');
  const refs = await localRefs(process, source.gitdir);
  const head = await headOf(process, source.gitdir);
  const wanted = branch ?? ('branch' in head ? head.branch : undefined);
  const oid = wanted === undefined ? (head as { oid: string }).oid : (refs.get(`refs/heads/${wanted}`) ?? refs.get(`refs/tags/${wanted}`));
  if (branch !== undefined && oid === undefined) throw new GitFailure(`Remote branch ${branch} not found in upstream ${remote}`);
  await makeRepository(process, { gitdir, bare, branch: wanted ?? chosenBranch({ process, overrides: new Map() }) ?? 'master' });
  copyObjects(process, source.gitdir, gitdir);
  if (bare) setSetting({ process, gitdir }, `remote.${remote}.url`, source.path);
  else addRemote({ process, gitdir }, remote, source.path);
  for (const [ref, value] of refs) {
    if (ref.startsWith('refs/tags/') && noTags) continue;
    await git.writeRef({ fs, gitdir, ref: bare ? ref : ref.replace(/^refs\/heads\//, `refs/remotes/${remote}/`), value, force: true });
  }
  if (!bare && 'branch' in head && refs.has(`refs/heads/${head.branch}`)) await git.writeRef({ fs, gitdir, ref: `refs/remotes/${remote}/HEAD`, value: `refs/remotes/${remote}/${head.branch}`, symbolic: true, force: true });
  if (oid === undefined || bare) return refs.size > 0;
  const onBranch = wanted !== undefined && refs.has(`refs/heads/${wanted}`);
  if (onBranch) {
    await git.writeRef({ fs, gitdir, ref: `refs/heads/${wanted}`, value: oid, force: true });
    setSetting({ process, gitdir }, `branch.${wanted}.remote`, remote);
    setSetting({ process, gitdir }, `branch.${wanted}.merge`, `refs/heads/${wanted}`);
  }
  const at = onBranch ? wanted : await commitOf(process, gitdir, oid);
  if (!onBranch) await git.writeRef({ fs, gitdir, ref: 'HEAD', value: at, force: true });
  if (!noCheckout) await resetTo({ process, fs, dir, gitdir, overrides: new Map() }, await commitOf(process, gitdir, oid));
  return true;
}

/** What an annotated tag stands for. */
async function commitOf(process: Process, gitdir: string, oid: string): Promise<string> {
  return (await git.readCommit({ fs: filesOf(process), gitdir, oid })).oid;
}

export interface FetchSettings {
  /** The remote's name; undefined for a path that was given itself. */
  readonly remote: string | undefined;
  readonly from: string;
  readonly to: string | undefined;
  readonly tags: boolean;
  readonly prune: boolean;
}

/** Takes over objects and moves the remote's branches; what a ref that was asked for, or the current branch's counterpart, points at. */
export async function fetchLocal({ process, fs, gitdir }: Repository, source: LocalRepository, { remote, from, to, tags, prune }: FetchSettings): Promise<string | null> {
  const refs = await localRefs(process, source.gitdir);
  const head = await headOf(process, source.gitdir);
  const write = (ref: string, value: string): Promise<void> => git.writeRef({ fs, gitdir, ref, value, force: true });
  const found = from === '' || from === 'HEAD' ? ('branch' in head ? refs.get(`refs/heads/${head.branch}`) : head.oid) : (refs.get(from) ?? refs.get(`refs/heads/${from}`) ?? refs.get(`refs/tags/${from}`) ?? (/^[0-9a-f]{40}$/.test(from) ? from : undefined));
  if (found === undefined && from !== '' && !from.includes('*')) throw new GitFailure(`couldn't find remote ref ${from}`);
  copyObjects(process, source.gitdir, gitdir);
  const moved = from === '' || from.includes('*') ? [...refs] : [...refs].filter(([ref]) => ref === from || ref === `refs/heads/${from}`);
  const [prefix, suffix] = from.includes('*') ? from.split('*') : ['refs/heads/', ''];
  const target = from.includes('*') ? to : remote === undefined ? undefined : `refs/remotes/${remote}/*`;
  if (target !== undefined) {
    const made = new Set<string>();
    for (const [ref, value] of moved) {
      if (!ref.startsWith(prefix!) || !ref.endsWith(suffix!)) continue;
      const name = target.replace('*', ref.slice(prefix!.length, ref.length - suffix!.length));
      made.add(name);
      await write(name, value);
    }
    if (prune && remote !== undefined && moved.length === refs.size) {
      for (const name of await git.listBranches({ fs, gitdir, remote })) if (name !== 'HEAD' && !made.has(`refs/remotes/${remote}/${name}`)) await git.deleteRef({ fs, gitdir, ref: `refs/remotes/${remote}/${name}` });
    }
  }
  if (tags) for (const [ref, value] of refs) if (ref.startsWith('refs/tags/')) await write(ref, value);
  return found ?? null;
}

/** Moves or removes a branch or tag of another repository. Throws GitFailure where that repository would refuse. */
export async function pushLocal({ process, fs, gitdir }: Repository, target: LocalRepository, { ref, oid, force }: { ref: string; oid: string | undefined; force: boolean }): Promise<void> {
  const name = ref.startsWith('refs/') ? ref : `refs/heads/${ref}`;
  const old = (await localRefs(process, target.gitdir)).get(name);
  const head = await headOf(process, target.gitdir);
  const short = name.replace(/^refs\/(heads|tags)\//, '');
  const refused = (why: string): GitFailure => new GitFailure(`failed to push some refs to '${target.path}'\n ! [remote rejected] ${short} (${why})`, 1);
  if (!target.isBare && 'branch' in head && name === `refs/heads/${head.branch}` && oid !== old) throw refused(oid === undefined ? 'deletion of the current branch prohibited' : 'branch is currently checked out');
  if (oid === undefined) {
    if (old === undefined) throw new GitFailure(`unable to delete '${short}': remote ref does not exist\nerror: failed to push some refs to '${target.path}'`, 1);
    await git.deleteRef({ fs, gitdir: target.gitdir, ref: name });
    return;
  }
  const isHere = old !== undefined && (await git.readObject({ fs, gitdir, oid: old }).then(() => true, () => false));
  if (old !== undefined && old !== oid && !force && !(await descends(fs, gitdir, oid, old, isHere))) throw rejected(target.path, short, isHere);
  copyObjects(process, gitdir, target.gitdir);
  await git.writeRef({ fs, gitdir: target.gitdir, ref: name, value: oid, force: true });
}

/** What is not here cannot be an ancestor of what is. */
async function descends(fs: Repository['fs'], gitdir: string, oid: string, ancestor: string, isHere: boolean): Promise<boolean> {
  return isHere && git.isDescendent({ fs, gitdir, oid, ancestor });
}

/** A push that is no fast-forward: the other side has what we have not, or we left it behind. */
export function rejected(url: string, name: string, isHere: boolean): GitFailure {
  const [why, hint] = isHere
    ? ['non-fast-forward', "hint: Updates were rejected because the tip of your current branch is behind\nhint: its remote counterpart. Integrate the remote changes (e.g.\nhint: 'git pull ...') before pushing again."]
    : ['fetch first', 'hint: Updates were rejected because the remote contains work that you do\nhint: not have locally. This is usually caused by another repository pushing\nhint: to the same ref. You may want to first integrate the remote changes\nhint: (e.g., \'git pull ...\') before pushing again.'];
  return new GitFailure(`failed to push some refs to '${url}'\n${hint}\nhint: See the 'Note about fast-forwards' in 'git push --help' for details.`, 1, `To ${url}\n ! [rejected]        ${name} -> ${name} (${why})\n`);
}

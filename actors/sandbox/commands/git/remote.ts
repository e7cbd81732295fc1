// git remote and git ls-remote.
import git from 'isomorphic-git';
import type { Process } from '../../kernel/process.js';
import { type Command, need, options } from './command.js';
import { allSettings, setting } from './configuration.js';
import { addSetting, removeSettings, renameSettings, setSetting } from './config-text.js';
import { fetch } from './fetch.js';
import { headOf, isPath, localRefs } from './local.js';
import { allRefs } from './refs.js';
import { GitFailure, type Repository } from './repository.js';
import { findRevision } from './revision.js';
import { describeFailure, localOf, rewritten, transport, urlOf } from './transport.js';

/** The branch that a remote's HEAD is on. */
async function remoteHead(repository: Repository, remote: string): Promise<string | undefined> {
  const url = urlOf(repository, remote);
  const local = localOf(repository.process, url, repository.dir);
  if (local) {
    const head = await headOf(repository.process, local.gitdir);
    return 'branch' in head ? head.branch : undefined;
  }
  const refs: { ref: string; target?: string | undefined }[] = await git.listServerRefs({ url, ...(await transport(repository.process, repository, url)), protocolVersion: 2, symrefs: true } as never);
  return refs.find(({ ref }) => ref === 'HEAD')?.target?.replace(/^refs\/heads\//, '');
}

/** What is no remote's name: something with a scheme, or a path. */
function isAddress(process: Process, remote: string): boolean {
  return /:\/\//.test(remote) || (/^(\.{0,2}\/|\.{1,2}$)/.test(remote) && isPath(process, remote));
}

export const lsRemote: Command = async (context) => {
  const given = options(context, 'hqt', { heads: 'no', tags: 'no', refs: 'no', 'exit-code': 'no', quiet: 'no', symref: 'no', branches: 'no' });
  const [remote = 'origin', ...patterns] = given.operands;
  const repository: (Partial<Repository> & { overrides: ReadonlyMap<string, string> }) = isAddress(context.process, remote) ? { overrides: context.overrides } : need(context);
  const url = isAddress(context.process, remote) ? rewritten({ process: context.process, ...repository }, remote) : urlOf(repository as Repository, remote);
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
    throw describeFailure(error, url);
  }
  const shownRefs = refs.filter(({ ref }) => matches(ref));
  for (const { ref, oid } of shownRefs) context.print(`${oid}\t${ref}\n`);
  return shownRefs.length === 0 && given.has('exit-code') ? 2 : 0;
};

export const remote: Command = async (context) => {
  const repository = need(context);
  const { fs, gitdir } = repository;
  const given = options(context, 'vft:m:npad', { prune: 'no', verbose: 'no', fetch: 'no', push: 'no', add: 'no', all: 'no', delete: 'no', tags: 'no', 'no-tags': 'no', auto: 'no', 'dry-run': 'no', mirror: 'optional' });
  const [action, name, value] = given.operands;
  const all = await git.listRemotes({ fs, gitdir });
  const known = (): string => {
    if (name === undefined || !all.some(({ remote: one }) => one === name)) throw new GitFailure(['remove', 'rm', 'rename'].includes(action!) ? `No such remote: '${name ?? ''}'` : `No such remote '${name ?? ''}'`, 2);
    return name;
  };
  const set = (path: string, to: string | undefined): void => setSetting(repository, path, to);
  switch (action) {
    case undefined:
      for (const { remote: one, url } of [...all].sort((a, b) => (a.remote < b.remote ? -1 : 1))) context.print(given.has('v', 'verbose') ? `${one}\t${rewritten(repository, url)} (fetch)\n${one}\t${rewritten(repository, setting(repository, `remote.${one}.pushurl`) ?? url, true)} (push)\n` : `${one}\n`);
      return 0;
    case 'add':
      if (name === undefined || value === undefined) throw new GitFailure('usage: git remote add [<options>] <name> <url>', 129);
      if (all.some(({ remote: one }) => one === name)) throw new GitFailure(`remote ${name} already exists.`, 3);
      set(`remote.${name}.url`, value);
      for (const branch of given.given.get('t') ?? ['*']) addSetting(repository, `remote.${name}.fetch`, `+refs/heads/${branch}:refs/remotes/${name}/${branch}`);
      if (given.has('tags', 'no-tags')) set(`remote.${name}.tagOpt`, given.has('tags') ? '--tags' : '--no-tags');
      if (given.has('f', 'fetch')) {
        context.print(`Updating ${name}\n`);
        await context.perform(() => context.flush());
        await fetch({ ...context, argv: ['fetch', name] });
      }
      if (given.has('m')) await git.writeRef({ fs, gitdir, ref: `refs/remotes/${name}/HEAD`, value: `refs/remotes/${name}/${given.value('m')}`, symbolic: true, force: true });
      return 0;
    case 'set-url':
      set(`remote.${known()}.${given.has('push') ? 'pushurl' : 'url'}`, value ?? '');
      return 0;
    case 'get-url':
      context.print(`${urlOf(repository, known(), given.has('push'))}\n`);
      return 0;
    case 'remove':
    case 'rm':
      known();
      for (const { ref } of await allRefs(repository)) if (ref.startsWith(`refs/remotes/${name}/`)) await git.deleteRef({ fs, gitdir, ref });
      removeSettings(repository, `remote.${name}`);
      for (const one of await git.listBranches({ fs, gitdir })) if (setting(repository, `branch.${one}.remote`) === name) for (const key of ['remote', 'merge']) set(`branch.${one}.${key}`, undefined);
      return 0;
    case 'rename': {
      known();
      if (value === undefined) throw new GitFailure('usage: git remote rename [--[no-]progress] <old> <new>', 129);
      if (all.some(({ remote: one }) => one === value)) throw new GitFailure(`remote ${value} already exists.`, 3);
      for (const { ref, oid } of await allRefs(repository)) {
        if (!ref.startsWith(`refs/remotes/${name}/`)) continue;
        await git.writeRef({ fs, gitdir, ref: ref.replace(`refs/remotes/${name}/`, `refs/remotes/${value}/`), value: oid, force: true });
        await git.deleteRef({ fs, gitdir, ref });
      }
      const refspecs = allSettings(repository).filter((one) => one.name === `remote.${name}.fetch`).map((one) => one.value);
      renameSettings(repository, `remote.${name}`, `remote.${value}`);
      set(`remote.${value}.fetch`, undefined);
      for (const refspec of refspecs) addSetting(repository, `remote.${value}.fetch`, refspec.replace(`:refs/remotes/${name}/`, `:refs/remotes/${value}/`));
      for (const one of await git.listBranches({ fs, gitdir })) if (setting(repository, `branch.${one}.remote`) === name) set(`branch.${one}.remote`, value);
      return 0;
    }
    case 'set-head':
      if (given.has('d', 'delete')) await git.deleteRef({ fs, gitdir, ref: `refs/remotes/${known()}/HEAD` });
      else if (given.has('a', 'auto')) {
        const head = await remoteHead(repository, known());
        if (head === undefined) throw new GitFailure('Cannot determine remote HEAD', 1);
        await git.writeRef({ fs, gitdir, ref: `refs/remotes/${name}/HEAD`, value: `refs/remotes/${name}/${head}`, symbolic: true, force: true });
        context.print(`${name}/HEAD set to ${head}\n`);
      } else if ((await findRevision(repository, `refs/remotes/${known()}/${value}`)) === undefined) throw new GitFailure(`Not a valid ref: refs/remotes/${name}/${value}`, 1);
      else await git.writeRef({ fs, gitdir, ref: `refs/remotes/${known()}/HEAD`, value: `refs/remotes/${name}/${value}`, symbolic: true, force: true });
      return 0;
    case 'set-branches': {
      known();
      if (!given.has('add')) set(`remote.${name}.fetch`, undefined);
      for (const branch of given.operands.slice(2)) addSetting(repository, `remote.${name}.fetch`, `+refs/heads/${branch}:refs/remotes/${name}/${branch}`);
      return 0;
    }
    case 'update':
      for (const one of name === undefined ? all.map((each) => each.remote) : given.operands.slice(1)) await fetch({ ...context, argv: ['fetch', ...(given.has('p', 'prune') ? ['--prune'] : []), one] });
      return 0;
    case 'prune':
    case 'show':
      return context.unsupported(`remote ${action}`);
    default:
      throw new GitFailure(`unknown subcommand: \`${action}'`, 129);
  }
};

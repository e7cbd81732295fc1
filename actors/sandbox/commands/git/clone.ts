// git clone.
import { posix } from 'node:path';
import git from 'isomorphic-git';
import { exists } from '../common/exists.js';
import { type Command, type GitContext, need, options } from './command.js';
import { detachedAdvice } from './checkout.js';
import { cloneLocal, isPath, openLocal } from './local.js';
import { chosenBranch, makeRepository } from './init.js';
import { resetTo } from './merge-trees.js';
import { headPosition } from './reflog.js';
import { removeTree } from './folders.js';
import { setSetting } from './config-text.js';
import { filesOf, GitFailure, type Repository } from './repository.js';
import { submodule } from './submodule.js';
import { describeFailure, rewritten, transport } from './transport.js';

export const clone: Command = async (context) => {
  const given = options(context, 'b:nqvo:lc:j:s', { branch: 'required', depth: 'required', 'no-checkout': 'no', bare: 'no', quiet: 'no', 'single-branch': 'no', 'no-tags': 'no', recursive: 'no', 'recurse-submodules': 'optional', origin: 'required', progress: 'no', verbose: 'no', 'no-single-branch': 'no', 'shallow-submodules': 'no', 'no-local': 'no', config: 'required', filter: 'required', mirror: 'no', local: 'no', tags: 'no', jobs: 'required', sparse: 'no', template: 'required', shared: 'no', 'also-filter-submodules': 'no', 'no-hardlinks': 'no', 'remote-submodules': 'no', 'reject-shallow': 'no', 'no-recurse-submodules': 'no' });
  const [address, folder] = given.operands;
  if (address === undefined) throw new GitFailure('You must specify a repository to clone.', 129);
  if (given.has('mirror', 'sparse')) return context.unsupported('clone with this option');
  const { process, overrides } = context;
  const url = rewritten({ process, overrides }, address);
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
    return bare ? 0 : finish(context, dir, given);
  }
  if (bare) throw new GitFailure("cloning into a bare repository is supported by this machine's git for paths only");
  const isThere = exists(process, dir);
  await makeRepository(process, { gitdir: posix.join(dir, '.git'), bare: false, branch: chosenBranch({ process, overrides }) ?? 'master' });
  try {
    await git.clone({
      fs: filesOf(process), dir, url, ...(await transport(process, { overrides }, url)), ...(ref === undefined ? {} : { ref }), ...(depth === undefined ? {} : { depth: Number(depth) }),
      remote: given.value('o', 'origin') ?? 'origin', noCheckout: true, singleBranch: given.has('single-branch') || depth !== undefined, noTags: given.has('no-tags'),
    } as never);
  } catch (error) {
    // What was begun goes again; a folder that was there stays, empty as it was.
    if (isThere) for (const { name } of process.files.readdir(dir)) removeTree(process, posix.join(dir, name));
    else removeTree(process, dir);
    throw describeFailure(error, url);
  }
  const repository: Repository = { process, fs: filesOf(process), dir, gitdir: posix.join(dir, '.git'), overrides };
  const { oid } = await headPosition(repository);
  if (oid !== undefined && !given.has('n', 'no-checkout')) await resetTo(repository, oid);
  return finish(context, dir, given);
};

/** -c settings are kept, submodules follow, and the index is written anew with what the files are. */
async function finish(context: GitContext, dir: string, given: ReturnType<typeof options>): Promise<number> {
  const { process } = context;
  process.files.chdir(dir);
  const inside = { ...context, gitDir: undefined };
  const repository = need(inside);
  for (const pair of [...(given.given.get('c') ?? []), ...(given.given.get('config') ?? [])]) setSetting(repository, pair.split('=')[0]!, pair.slice(pair.indexOf('=') + 1));
  const { branch, oid } = await headPosition(repository);
  if (branch === undefined && oid !== undefined) context.complain(detachedAdvice(repository, oid));
  if (given.has('recursive', 'recurse-submodules')) await submodule({ ...inside, argv: ['submodule', 'update', '--init', '--recursive', ...(given.has('q', 'quiet') ? ['-q'] : [])] });
  return 0;
}

// git init.
import { posix } from 'node:path';
import git from 'isomorphic-git';
import { exists } from '../common/exists.js';
import { type Command, options } from './command.js';
import { setting } from './configuration.js';
import { filesOf, GitFailure } from './repository.js';

/** Makes a folder and those above it. */
export function makeFolders(context: { process: { files: { exists(path: string): boolean; mkdir(path: string): void } } }, path: string): void {
  if (context.process.files.exists(path)) return;
  makeFolders(context, posix.dirname(path));
  context.process.files.mkdir(path);
}

export const init: Command = async (context) => {
  const given = options(context, 'qb:', { quiet: 'no', bare: 'no', 'initial-branch': 'required', template: 'optional', shared: 'optional', 'object-format': 'required', 'separate-git-dir': 'required' });
  if ((given.value('object-format') ?? 'sha1') !== 'sha1') return context.unsupported('init --object-format');
  if (given.has('separate-git-dir')) return context.unsupported('init --separate-git-dir');
  const { process } = context;
  const dir = posix.resolve(process.files.getcwd(), given.operands[0] ?? '.');
  const bare = given.has('bare');
  const gitdir = context.gitDir ?? process.env.get('GIT_DIR') ?? (bare ? dir : posix.join(dir, '.git'));
  const again = exists(process, posix.join(gitdir, 'HEAD'));
  const branch = given.value('b', 'initial-branch') ?? setting({ process, overrides: context.overrides }, 'init.defaultBranch') ?? 'master';
  if (/[ ~^:?*[\\]|\.\./.test(branch)) throw new GitFailure(`invalid initial branch name: '${branch}'`);
  makeFolders(context, dir);
  await git.init({ fs: filesOf(process), dir, gitdir, bare, defaultBranch: branch });
  if (again && given.has('b', 'initial-branch')) context.complain(`warning: re-init: ignored --initial-branch=${branch}\n`);
  if (!given.has('q', 'quiet')) context.print(`${again ? 'Reinitialized existing' : 'Initialized empty'} ${given.has('shared') ? 'shared ' : ''}Git repository in ${gitdir}/\n`);
  return 0;
};

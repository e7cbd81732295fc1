// git clean: removes what git does not know.
import { posix } from 'node:path';
import { compileGlob } from '../common/glob.js';
import { type Command, need, options } from './command.js';
import { setting } from './configuration.js';
import { removeTree } from './folders.js';
import { readIndex } from './index-file.js';
import { quoted } from './patch-text.js';
import { pathspec } from './pathspec.js';
import { gitFolder, GitFailure } from './repository.js';
import { strangers } from './status.js';

export const clean: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'fdxXqne:i', { force: 'no', 'dry-run': 'no', quiet: 'no', exclude: 'required', interactive: 'no' });
  if (given.has('i', 'interactive')) return context.unsupported('clean --interactive');
  const dry = given.has('n', 'dry-run');
  if (!given.has('f', 'force') && !dry && setting(repository, 'clean.requireForce') !== 'false') throw new GitFailure('clean.requireForce defaults to true and neither -i, -n, nor -f given; refusing to clean');
  const { dir, process } = repository;
  const paths = pathspec(repository, given.operands);
  const tracked = new Set(readIndex(repository).map(({ path }) => path));
  const found = await strangers(repository, tracked, paths, 'normal');
  const kept = [...(given.given.get('e') ?? []), ...(given.given.get('exclude') ?? [])].map((pattern) => compileGlob(pattern));
  const cwd = process.files.getcwd();
  const prefix = posix.relative(dir, cwd);
  const all = given.has('X') ? found.ignored : given.has('x') ? [...found.untracked, ...found.ignored] : found.untracked;
  const force = (given.given.get('f')?.length ?? 0) + (given.given.get('force')?.length ?? 0);
  for (const path of [...new Set(all)].sort()) {
    const isFolder = path.endsWith('/');
    const name = path.replace(/\/$/, '');
    if (prefix !== '' && !name.startsWith(`${prefix}/`)) continue;
    if (kept.some((matches) => matches(posix.basename(name)) || matches(name))) continue;
    if (isFolder && !given.has('d')) continue;
    const shown = quoted(posix.relative(prefix, name) + (isFolder ? '/' : ''));
    if (isFolder && gitFolder(process, posix.join(dir, name)) !== undefined && force < 2) {
      if (!given.has('q', 'quiet')) context.print(`${dry ? 'Would skip' : 'Skipping'} repository ${shown}\n`);
      continue;
    }
    if (!dry) removeTree(process, posix.join(dir, name));
    if (!given.has('q', 'quiet')) context.print(`${dry ? 'Would remove' : 'Removing'} ${shown}\n`);
  }
  return 0;
};

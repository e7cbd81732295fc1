// git sparse-checkout: a working tree with a part of the files only (https://git-scm.com/docs/git-sparse-checkout).
import { posix } from 'node:path';
import { exists } from '../common/exists.js';
import { compileGlob } from '../common/glob.js';
import { workFile } from './changes.js';
import { type Command, type GitContext, need, options } from './command.js';
import { isTrue, setting } from './configuration.js';
import { type IndexEntry, readIndex, writeIndex } from './index-file.js';
import { putFile, removeFile } from './merge-trees.js';
import { setSetting } from './config-text.js';
import { GitFailure, type Repository } from './repository.js';
import { byBytes } from './sides.js';

const pathOf = ({ gitdir }: Repository): string => posix.join(gitdir, 'info', 'sparse-checkout');

export const isSparse = (repository: Repository): boolean => isTrue(setting(repository, 'core.sparseCheckout'));
const isCone = (repository: Repository): boolean => setting(repository, 'core.sparseCheckoutCone') !== 'false';

function readPatterns(repository: Repository): string[] {
  const path = pathOf(repository);
  if (!exists(repository.process, path)) return [];
  return Buffer.from(repository.process.files.readFile(path)).toString().split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

/** The folders that a cone holds as a whole. */
function foldersOf(patterns: readonly string[]): string[] {
  return patterns.filter((pattern) => /^\/.+\/$/.test(pattern) && pattern !== '/*/' && !patterns.includes(`!${pattern}*/`)).map((pattern) => pattern.slice(1, -1));
}

/** Files of the root, of the folders on the way, and all of the folders named. */
function conePatterns(folders: readonly string[]): string[] {
  const named = [...new Set(folders.map((folder) => posix.normalize(folder).replace(/^\/|\/$/g, '')))].sort(byBytes);
  const whole = named.filter((folder) => !named.some((other) => folder.startsWith(`${other}/`)));
  const parents = new Set<string>();
  for (const folder of whole) for (let parent = posix.dirname(folder); parent !== '.'; parent = posix.dirname(parent)) parents.add(parent);
  return ['/*', '!/*/', ...[...parents].sort(byBytes).flatMap((parent) => [`/${parent}/`, `!/${parent}/*/`]), ...whole.map((folder) => `/${folder}/`)];
}

/** As in .gitignore: the last pattern that matches a file, or a folder above it, says. */
function includes(patterns: readonly string[]): (path: string) => boolean {
  const rules = patterns.map((pattern) => {
    const isWanted = !pattern.startsWith('!');
    const text = isWanted ? pattern : pattern.slice(1);
    const bare = text.replace(/^\//, '').replace(/\/$/, '');
    const isAnchored = bare.includes('/') || text.startsWith('/');
    const matches = compileGlob(bare, { pathname: true });
    return { isWanted, isFolder: text.endsWith('/'), matches: (path: string) => matches(isAnchored ? path : posix.basename(path)) };
  }).reverse();
  return (path) => {
    for (let at = path, isFile = true; at !== '.'; at = posix.dirname(at), isFile = false) {
      const rule = rules.find(({ isFolder, matches }) => !(isFolder && isFile) && matches(at));
      if (rule !== undefined) return rule.isWanted;
    }
    return false;
  };
}

/** Puts into the working tree what belongs there and takes out the rest; what was changed stays. */
export async function applySparse(context: Pick<GitContext, 'complain'>, repository: Repository): Promise<void> {
  const isWanted = isSparse(repository) ? includes(readPatterns(repository)) : () => true;
  const kept: string[] = [];
  const entries: IndexEntry[] = [];
  for (const entry of readIndex(repository)) {
    if (entry.stage > 0 || isWanted(entry.path) !== entry.skipWorktree) {
      entries.push(entry);
      continue;
    }
    if (entry.skipWorktree) {
      await putFile(repository, entry.path, entry);
      entries.push({ ...entry, skipWorktree: false, stat: undefined });
      continue;
    }
    const now = await workFile(repository, entry.path);
    if (now !== undefined && now.oid !== entry.oid) {
      kept.push(entry.path);
      entries.push(entry);
      continue;
    }
    removeFile(repository, entry.path);
    entries.push({ ...entry, skipWorktree: true });
  }
  // Before the first checkout there is no index, which tells that checkout to make one.
  if (entries.length > 0) writeIndex(repository, entries);
  if (kept.length > 0) context.complain(`warning: The following paths are not up to date and were left despite sparse patterns:\n${kept.map((path) => `\t${path}\n`).join('')}\nAfter fixing the above paths, you may want to run \`git sparse-checkout reapply\`.\n`);
}

/** How much of the files is there, in percent; undefined where all of them should be. */
export function presentPercent(repository: Repository): number | undefined {
  if (!isSparse(repository)) return undefined;
  const entries = readIndex(repository);
  return entries.length === 0 ? undefined : 100 - Math.floor((100 * entries.filter(({ skipWorktree }) => skipWorktree).length) / entries.length);
}

export const sparseCheckout: Command = async (context) => {
  const repository = need(context);
  const [, action = ''] = context.argv;
  const given = options({ argv: context.argv.slice(1) }, '', { cone: 'no', 'no-cone': 'no', stdin: 'no', 'sparse-index': 'no', 'no-sparse-index': 'no', 'skip-checks': 'no' });
  const { gitdir, process } = repository;
  const write = (patterns: readonly string[]): void => {
    if (!exists(process, posix.join(gitdir, 'info'))) process.files.mkdir(posix.join(gitdir, 'info'));
    process.files.writeFile(pathOf(repository), Buffer.from(patterns.map((pattern) => `${pattern}\n`).join('')));
  };
  const enable = async (): Promise<void> => {
    setSetting(repository, 'core.sparseCheckout', String(true));
    setSetting(repository, 'core.sparseCheckoutCone', String(!given.has('no-cone')));
  };
  const operands = given.has('stdin') ? Buffer.from(await context.standardInput()).toString().split('\n').filter((line) => line !== '') : given.operands;
  switch (action) {
    case 'disable':
      setSetting(repository, 'core.sparseCheckout', String(false));
      break;
    case 'init':
      await enable();
      if (!exists(process, pathOf(repository))) write(['/*', '!/*/']);
      break;
    case 'set':
      await enable();
      write(given.has('no-cone') ? operands : conePatterns(operands));
      break;
    case 'add':
      if (!isSparse(repository)) throw new GitFailure('no sparse-checkout to add to');
      write(isCone(repository) ? conePatterns([...foldersOf(readPatterns(repository)), ...operands]) : [...readPatterns(repository), ...operands]);
      break;
    case 'reapply':
      if (!isSparse(repository)) throw new GitFailure('must be in a sparse-checkout to reapply sparsity patterns');
      break;
    case 'list': {
      if (!isSparse(repository)) throw new GitFailure('this worktree is not sparse');
      const patterns = readPatterns(repository);
      context.print((isCone(repository) ? foldersOf(patterns).sort(byBytes) : patterns).map((line) => `${line}\n`).join(''));
      return 0;
    }
    default:
      throw new GitFailure('usage: git sparse-checkout (init | list | set | add | reapply | disable | check-rules) [<options>]', 129);
  }
  await applySparse(context, repository);
  return 0;
};

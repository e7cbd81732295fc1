// git grep: grep over the files that git knows.
import { posix } from 'node:path';
import { runProgram } from '../common/exec.js';
import { treeFiles } from './changes.js';
import { type Command, need, options } from './command.js';
import { readIndex } from './index-file.js';
import { makeFolders } from './init.js';
import { removeTree } from './folders.js';
import { pathspec } from './pathspec.js';
import { GitFailure } from './repository.js';
import { findRevision, peel } from './revision.js';
import { bytesOf, GITLINK } from './sides.js';
import { strangers } from './status.js';

/** Options that mean the same to grep. */
const SAME = ['i', 'w', 'v', 'n', 'l', 'L', 'q', 'o', 'E', 'F', 'P', 'G', 'h', 'a', 'I'] as const;
const SAME_LONG = ['ignore-case', 'word-regexp', 'invert-match', 'line-number', 'files-with-matches', 'files-without-match', 'quiet', 'only-matching', 'extended-regexp', 'fixed-strings', 'perl-regexp', 'basic-regexp', 'text'] as const;

export const grep: Command = async (context) => {
  const repository = need(context);
  const given = options({ argv: context.argv.map((word) => (/^-\d+$/.test(word) ? `-C${word.slice(1)}` : word)) }, 'iwvnlLcqoEFPGhHaIze:A:B:C:f:m:r', {
    ...Object.fromEntries(SAME_LONG.map((name) => [name, 'no' as const])), 'name-only': 'no', count: 'no', cached: 'no', untracked: 'no', 'no-index': 'no', 'full-name': 'no', 'no-color': 'no', color: 'optional', null: 'no', 'after-context': 'required', 'before-context': 'required', context: 'required', 'max-depth': 'required', recursive: 'no', 'exclude-standard': 'no', and: 'no', or: 'no', not: 'no', 'all-match': 'no', column: 'no', heading: 'no', break: 'no', 'show-function': 'no', 'function-context': 'no', 'max-count': 'required', threads: 'required', textconv: 'no', 'no-textconv': 'no',
  });
  if (given.has('c', 'count', 'no-index', 'and', 'not', 'all-match', 'column', 'heading', 'break', 'show-function', 'function-context', 'f')) return context.unsupported('grep with this option');
  const before = given.operands.slice(0, given.operands.length - given.afterDashes.length);
  const patterns = given.given.get('e') ?? [before.shift() ?? given.operands[0] ?? ''];
  if (patterns[0] === '') throw new GitFailure('no pattern given');
  const tree = before[0] === undefined ? undefined : await findRevision(repository, before[0]);
  const label = tree === undefined ? undefined : before.shift();
  const cwd = context.process.files.getcwd();
  const operands = [...before, ...given.afterDashes];
  const prefix = posix.relative(repository.dir, cwd);
  const paths = pathspec(repository, operands.length === 0 && prefix !== '' ? ['.'] : operands);
  const stored = tree === undefined ? undefined : await treeFiles(repository, await peel(repository, tree, 'tree'));
  const index = readIndex(repository);
  const known = stored ? [...stored.keys()] : index.filter(({ mode }) => mode !== GITLINK).map(({ path }) => path);
  const others = given.has('untracked') ? (await strangers(repository, new Set(known), paths, 'all')).untracked : [];
  const files = [...new Set([...known, ...others])].filter((path) => paths.matches(path)).sort();
  const scratch = stored || given.has('cached') ? posix.join(repository.gitdir, `grep-${context.process.pid}`) : undefined;
  const names: string[] = [];
  for (const path of files) {
    const shown = prefix === '' || given.has('full-name') ? path : posix.relative(prefix, path);
    if (scratch === undefined) {
      if (context.process.files.exists(posix.join(repository.dir, path))) names.push(shown);
      continue;
    }
    const name = label === undefined ? shown : `${label}:${shown}`;
    makeFolders(context, posix.dirname(posix.join(scratch, name)));
    context.process.files.writeFile(posix.join(scratch, name), await bytesOf(repository, stored?.get(path) ?? index.find((entry) => entry.path === path)));
    names.push(name);
  }
  if (names.length === 0) return 1;
  const letters = SAME.filter((letter) => given.has(letter)).map((letter) => `-${letter}`);
  const long = SAME_LONG.filter((name) => given.has(name)).map((name) => `--${name}`);
  const around = (['A', 'B', 'C', 'm'] as const).flatMap((letter) => (given.value(letter, { A: 'after-context', B: 'before-context', C: 'context', m: 'max-count' }[letter]) === undefined ? [] : [`-${letter}`, given.value(letter, { A: 'after-context', B: 'before-context', C: 'context', m: 'max-count' }[letter])!]));
  const argv = ['grep', ...letters, ...long, ...around, ...(given.has('name-only') ? ['-l'] : []), ...(given.has('z', 'null') ? ['-Z'] : []), ...(given.has('h') ? [] : ['-H']), ...patterns.flatMap((pattern) => ['-e', pattern]), '--', ...names];
  try {
    return await context.perform(() => runProgram(context.process, argv, { prepare: (child) => child.files.chdir(scratch ?? (given.has('full-name') ? repository.dir : cwd)), message: (program, why) => `fatal: cannot run ${program}: ${why}` }));
  } finally {
    if (scratch !== undefined && context.process.files.exists(scratch)) removeTree(context.process, scratch);
  }
};

// git over isomorphic-git (https://isomorphic-git.org): the operations that CI scripts use, in git's words; no submodules, LFS, hooks or rebase.
import type { Main } from '../../kernel/program.js';
import { settle, type Task } from '../../kernel/wait.js';
import { command, encode, UsageError } from '../../programs/stdio.js';
import { Errno } from '../../kernel/errno.js';
import { type Command, people, unsupported } from './command.js';
import { config } from './config.js';
import { describe, revList, symbolicRef } from './describe.js';
import { branch, catFile, diff, log, merge, revParse, show, tag } from './history.js';
import { clone, fetch, lsRemote, pull, push, remote } from './remote.js';
import { GitFailure } from './repository.js';
import { add, checkout, clean, commit, init, lsFiles, reset, rm, status } from './work.js';

const VERSION = '2.39.5';
const COMMANDS: Readonly<Record<string, Command>> = {
  add, branch, 'cat-file': catFile, checkout, clean, clone, commit, config, describe, diff, fetch, init, log, 'ls-files': lsFiles, 'ls-remote': lsRemote, merge, pull, push, remote, reset,
  restore: checkout, 'rev-list': revList, 'rev-parse': revParse, 'symbolic-ref': symbolicRef, rm, show, stage: add, status, switch: checkout, tag,
};
const KNOWN_BUT_MISSING = new Set('am apply archive bisect blame bundle cherry-pick fsck gc grep hash-object lfs ls-tree mv notes prune rebase reflog revert sparse-checkout stash submodule update-index update-ref worktree shortlog write-tree read-tree format-patch for-each-ref check-ignore'.split(' '));

interface Invocation {
  readonly argv: readonly string[];
  readonly overrides: Map<string, string>;
  readonly folders: readonly string[];
  readonly gitDir: string | undefined;
  readonly workTree: string | undefined;
}

/** What stands before the operation: -C, -c, --git-dir and their like. */
function readGlobal(words: readonly string[]): Invocation {
  const overrides = new Map<string, string>();
  const folders: string[] = [];
  let [gitDir, workTree]: (string | undefined)[] = [];
  let at = 0;
  for (; at < words.length && words[at]!.startsWith('-'); at++) {
    const word = words[at]!;
    if (word === '-C') folders.push(words[++at] ?? '');
    else if (word === '-c') {
      const [name, ...value] = (words[++at] ?? '').split('=');
      overrides.set(name!.toLowerCase(), value.length > 0 ? value.join('=') : 'true');
    } else if (word.startsWith('--git-dir')) gitDir = word.includes('=') ? word.slice('--git-dir='.length) : words[++at];
    else if (word.startsWith('--work-tree')) workTree = word.includes('=') ? word.slice('--work-tree='.length) : words[++at];
    else if (word === '--version' || word === '-v') return { argv: ['version'], overrides, folders, gitDir, workTree };
    else if (!['--no-pager', '-P', '-p', '--paginate', '--no-optional-locks', '--literal-pathspecs', '--no-replace-objects', '--bare'].includes(word)) throw new UsageError(`unknown option: ${word}`, 129);
  }
  return { argv: words.slice(at), overrides, folders, gitDir, workTree };
}

export const git: Main = command(function* (process, output): Task<number> {
  const { argv, overrides, folders, gitDir, workTree } = readGlobal(process.argv.slice(1));
  const [name] = argv;
  if (name === 'version') {
    output.print(`git version ${VERSION}\n`);
    return 0;
  }
  if (name === undefined || !Object.hasOwn(COMMANDS, name)) {
    const missing = name !== undefined && KNOWN_BUT_MISSING.has(name);
    yield* process.write(2, encode(name === undefined ? 'usage: git [-C <path>] [-c <name>=<value>] <command> [<args>]\n' : missing ? `fatal: 'git ${name}' is not supported by this machine's git (isomorphic-git)\n` : `git: '${name}' is not a git command. See 'git --help'.\n`));
    return missing ? 128 : 1;
  }
  const errors: string[] = [];
  let exitCode: number;
  try {
    for (const folder of folders) process.files.chdir(folder);
    const context = { process, argv, overrides, gitDir, workTree, print: (text: string) => output.print(text), complain: (text: string) => void errors.push(text), people, unsupported };
    exitCode = yield* settle(COMMANDS[name]!(context));
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    // The library's own errors carry a code that ends so; anything else is a defect, or the command line's.
    if (!(error instanceof GitFailure || error instanceof Errno || (code ?? '').endsWith('Error'))) throw error;
    exitCode = error instanceof GitFailure ? error.exitCode : 128;
    errors.push(`${exitCode === 1 ? 'error' : 'fatal'}: ${message}\n`);
  }
  yield* output.flush();
  if (errors.length > 0) yield* process.write(2, encode(errors.join('')));
  return exitCode;
});

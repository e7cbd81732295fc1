// git over isomorphic-git (https://isomorphic-git.org): the operations that CI scripts use, in git's words.
import { Errno } from '../../kernel/errno.js';
import type { Main } from '../../kernel/program.js';
import type { Task } from '../../kernel/wait.js';
import { command, encode, readAll, UsageError } from '../../programs/stdio.js';
import { settleWith } from './blocking.js';
import { am } from './am.js';
import { apply } from './apply.js';
import { archive } from './archive.js';
import { branch, tag } from './branch.js';
import { checkout, reset } from './checkout.js';
import { clean } from './clean.js';
import { clone } from './clone.js';
import { type Command, type GitContext, people, unsupported } from './command.js';
import { commit } from './commit.js';
import { config } from './config.js';
import { describe } from './describe.js';
import { diff, diffFiles, diffIndex, diffTree } from './diff.js';
import { cherry, formatPatch } from './format-patch.js';
import { init } from './init.js';
import { log, revList, shortlog, show } from './log.js';
import { merge } from './merge.js';
import { catFile, commitTree, hashObject, lsTree, mktree, writeTree } from './objects.js';
import { cherryPick, rebase, revert } from './picks.js';
import { headPosition, noteMove, reflog } from './reflog.js';
import { forEachRef, showRef, symbolicRef, updateRef } from './refs.js';
import { type GlobalOptions, runExternal } from './external.js';
import { fetch, pull } from './fetch.js';
import { push } from './push.js';
import { lsRemote, remote } from './remote.js';
import { findRepository, GitFailure, type Repository } from './repository.js';
import { mergeBase, nameRev } from './name-rev.js';
import { revParse } from './rev-parse.js';
import { grep } from './search.js';
import { add, checkIgnore, lsFiles, mv, readTree, rm, updateIndex } from './staging.js';
import { applySparse, isSparse, sparseCheckout } from './sparse.js';
import { stash } from './stash.js';
import { status } from './status.js';
import { submodule } from './submodule.js';
import { checkRefFormat, countObjects, fsck, gc, variable, worktree } from './upkeep.js';

const USAGE = 'usage: git [-C <path>] [-c <name>=<value>] <command> [<args>]\n';
const VERSION = '2.39.5';
const COMMANDS: Readonly<Record<string, Command>> = {
  add, am, apply, archive, branch, 'cat-file': catFile, 'check-ignore': checkIgnore, 'check-ref-format': checkRefFormat, checkout, cherry, 'cherry-pick': cherryPick, clean, clone, commit, 'commit-tree': commitTree, config, 'count-objects': countObjects, describe, diff, 'diff-files': diffFiles, 'diff-index': diffIndex, 'diff-tree': diffTree,
  fetch, 'for-each-ref': forEachRef, 'format-patch': formatPatch, fsck, gc, grep, 'hash-object': hashObject, init, log, 'ls-files': lsFiles, 'ls-remote': lsRemote, 'ls-tree': lsTree, maintenance: gc, merge, 'merge-base': mergeBase, mktree, mv, 'name-rev': nameRev, 'pack-refs': gc, prune: gc, pull, push, 'read-tree': readTree, rebase, reflog, remote, repack: gc, reset,
  restore: checkout, 'rev-list': revList, 'rev-parse': revParse, revert, rm, shortlog, show, 'show-ref': showRef, 'sparse-checkout': sparseCheckout, stage: add, stash, status, submodule, switch: checkout, 'symbolic-ref': symbolicRef, tag, 'update-index': updateIndex, 'update-ref': updateRef, var: variable, whatchanged: log, worktree, 'write-tree': writeTree,
};
/** Operations that move HEAD, which the reflog then tells. */
const MOVING = new Set(['am', 'checkout', 'cherry-pick', 'commit', 'merge', 'pull', 'rebase', 'reset', 'revert', 'switch', 'clone', 'update-ref']);
const KNOWN_BUT_MISSING = new Set('bisect blame bundle difftool fast-export fast-import filter-branch instaweb interpret-trailers mailinfo mergetool notes pack-objects range-diff request-pull rerere send-email show-branch unpack-objects verify-commit verify-tag'.split(' '));

interface Invocation extends GlobalOptions {
  readonly argv: readonly string[];
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

/** The repository of an operation that may do without one. */
function repositoryOf(context: GitContext): Repository | undefined {
  try {
    return findRepository(context.process, context.overrides, context.gitDir, context.workTree);
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}

/** Carries out an operation and notes where it moved HEAD. */
async function carryOut(name: string, context: GitContext): Promise<number> {
  const before = MOVING.has(name) ? repositoryOf(context) : undefined;
  const position = before && (await headPosition(before));
  try {
    const exitCode = await COMMANDS[name]!(context);
    // What moved the working tree knows nothing of which part of it is wanted.
    if (before && isSparse(before)) await applySparse(context, before);
    return exitCode;
  } finally {
    if (before && position && context.reason !== '') await noteMove(before, position, context.reason);
  }
}

export const git: Main = command(function* (process, output): Task<number> {
  const { argv, overrides, folders, gitDir, workTree } = readGlobal(process.argv.slice(1));
  const [name] = argv;
  if (name === 'version') {
    output.print(`git version ${VERSION}\n`);
    return 0;
  }
  if (name === 'help') {
    output.print(`${USAGE}\nThe operations of this machine's git (isomorphic-git):\n${Object.keys(COMMANDS).map((one) => `   ${one}\n`).join('')}`);
    return 0;
  }
  if (name === undefined || !Object.hasOwn(COMMANDS, name)) {
    const ended = name === undefined ? undefined : yield* runExternal(process, argv, { overrides, folders, gitDir, workTree });
    if (ended !== undefined) return ended;
    const missing = name !== undefined && KNOWN_BUT_MISSING.has(name);
    yield* process.write(2, encode(name === undefined ? USAGE : missing ? `fatal: 'git ${name}' is not supported by this machine's git (isomorphic-git)\n` : `git: '${name}' is not a git command. See 'git --help'.\n`));
    return missing ? 128 : 1;
  }
  const errors: string[] = [];
  function* flush(): Task {
    yield* output.flush();
    if (errors.length > 0) yield* process.write(2, encode(errors.splice(0).join('')));
  }
  let exitCode: number;
  try {
    for (const folder of folders) process.files.chdir(folder);
    exitCode = yield* settleWith((perform) => carryOut(name, {
      process, argv, overrides, gitDir, workTree, reason: '', print: (text) => output.print(text), complain: (text) => void errors.push(text), people, unsupported, flush,
      // What is on its way out stands before what another program says.
      perform: (task) => perform(function* () {
        yield* flush();
        return yield* task();
      }),
      standardInput: () => perform(() => readAll(process, 0)),
    }));
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    // The library's own errors carry a code that ends so; anything else is a defect, or the command line's.
    if (!(error instanceof GitFailure || error instanceof Errno || (code ?? '').endsWith('Error'))) throw error;
    exitCode = error instanceof GitFailure ? error.exitCode : 128;
    errors.push(`${error instanceof GitFailure ? error.before : ''}${exitCode === 1 || exitCode === 2 || exitCode === 129 ? 'error' : 'fatal'}: ${message}\n`);
  }
  yield* flush();
  return exitCode;
});

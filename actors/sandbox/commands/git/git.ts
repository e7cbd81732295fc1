// git over isomorphic-git (https://isomorphic-git.org): the operations that CI scripts use, in git's words.
import { Errno } from '../../kernel/errno.js';
import type { Main } from '../../kernel/program.js';
import type { Task } from '../../kernel/wait.js';
import { command, encode, readAll } from '../../programs/stdio.js';
import { settleWith } from './blocking.js';
import { am } from './am.js';
import { apply } from './apply.js';
import { archive } from './archive.js';
import { branch, tag } from './branch.js';
import { checkout, reset } from './checkout.js';
import { clean } from './clean.js';
import { clone } from './clone.js';
import { type Command, type GitContext, people, unsupported } from './command.js';
import { readCommandLine, USAGE } from './command-line.js';
import { commit } from './commit.js';
import { config } from './config.js';
import { describe } from './describe.js';
import { diff, diffFiles, diffIndex, diffTree } from './diff.js';
import { cherry, formatPatch } from './format-patch.js';
import { init } from './init.js';
import { log, revList, shortlog, show } from './log.js';
import { merge } from './merge.js';
import { catFile, commitTree, hashObject, lsTree, mktree, writeTree } from './objects.js';
import { cherryPick, revert } from './picks.js';
import { rebase } from './rebase.js';
import { headPosition, noteMove, reflog } from './reflog.js';
import { forEachRef, showRef, symbolicRef, updateRef } from './refs.js';
import { runExternal } from './external.js';
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
import { checkRefFormat, countObjects, environmentHelper, fsck, gc, variable, worktree } from './upkeep.js';

const VERSION = '2.39.5';
const BUILD_OPTIONS = 'cpu: x86_64\nno commit associated with this build\nsizeof-long: 8\nsizeof-size_t: 8\nshell-path: /bin/sh\n';
const COMMANDS: Readonly<Record<string, Command>> = {
  add, am, apply, archive, branch, 'cat-file': catFile, 'check-ignore': checkIgnore, 'check-ref-format': checkRefFormat, checkout, cherry, 'cherry-pick': cherryPick, clean, clone, commit, 'commit-tree': commitTree, config, 'count-objects': countObjects, describe, diff, 'env--helper': environmentHelper, 'diff-files': diffFiles, 'diff-index': diffIndex, 'diff-tree': diffTree,
  fetch, 'for-each-ref': forEachRef, 'format-patch': formatPatch, fsck, gc, grep, 'hash-object': hashObject, init, log, 'ls-files': lsFiles, 'ls-remote': lsRemote, 'ls-tree': lsTree, maintenance: gc, merge, 'merge-base': mergeBase, mktree, mv, 'name-rev': nameRev, 'pack-refs': gc, prune: gc, pull, push, 'read-tree': readTree, rebase, reflog, remote, repack: gc, reset,
  restore: checkout, 'rev-list': revList, 'rev-parse': revParse, revert, rm, shortlog, show, 'show-ref': showRef, 'sparse-checkout': sparseCheckout, stage: add, stash, status, submodule, switch: checkout, 'symbolic-ref': symbolicRef, tag, 'update-index': updateIndex, 'update-ref': updateRef, var: variable, whatchanged: log, worktree, 'write-tree': writeTree,
};
/** Operations that move HEAD, which the reflog then tells. */
const MOVING = new Set(['am', 'checkout', 'cherry-pick', 'commit', 'merge', 'pull', 'rebase', 'reset', 'revert', 'switch', 'clone', 'update-ref']);
const KNOWN_BUT_MISSING = new Set('bisect blame bundle difftool fast-export fast-import filter-branch instaweb interpret-trailers mailinfo mergetool notes pack-objects range-diff request-pull rerere send-email show-branch unpack-objects verify-commit verify-tag'.split(' '));

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
  const read = readCommandLine(process, process.argv.slice(1));
  if ('text' in read) {
    if (read.exitCode === 0) output.print(read.text);
    else yield* process.write(2, encode(read.text));
    return read.exitCode;
  }
  const { argv, overrides, folders, gitDir, workTree } = read;
  const [name] = argv;
  if (name === 'version') {
    output.print(`git version ${VERSION}\n${argv.includes('--build-options') ? BUILD_OPTIONS : ''}`);
    return 0;
  }
  if (name === undefined) {
    output.print(USAGE);
    return 1;
  }
  if (name === 'help') {
    output.print(`${USAGE}\nThe operations of this machine's git (isomorphic-git):\n${Object.keys(COMMANDS).map((one) => `   ${one}\n`).join('')}`);
    return 0;
  }
  if (!Object.hasOwn(COMMANDS, name)) {
    const ended = yield* runExternal(process, argv, { overrides, folders, gitDir, workTree });
    if (ended !== undefined) return ended;
    const missing = KNOWN_BUT_MISSING.has(name);
    yield* process.write(2, encode(missing ? `fatal: 'git ${name}' is not supported by this machine's git (isomorphic-git)\n` : `git: '${name}' is not a git command. See 'git --help'.\n`));
    return missing ? 128 : 1;
  }
  const errors: string[] = [];
  function* flush(): Task {
    // Complaints are not buffered in git, what it prints is.
    if (errors.length > 0) yield* process.write(2, encode(errors.splice(0).join('')));
    yield* output.flush();
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

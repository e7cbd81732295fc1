// The steps of a rebase, carried out one after another until one of them must stop.
import { posix } from 'node:path';
import git, { type ReadCommitResult } from 'isomorphic-git';
import { exists } from '../common/exists.js';
import { runProgram } from '../common/exec.js';
import type { GitContext } from './command.js';
import { edited } from './commit.js';
import { offsetText } from './dates.js';
import { conflictMessages, resetTo } from './merge-trees.js';
import { short, subject } from './pretty.js';
import type { RebaseState } from './rebase-state.js';
import { type Step, todoText } from './rebase-todo.js';
import { headPosition, noteMove, noteRef, pointHead } from './reflog.js';
import { applied, commitLine, commitOn, commitPatch } from './replay.js';
import type { Repository } from './repository.js';
import { findRevision, peel, resolveCommit } from './revision.js';
import { keepStash, restoreStash } from './stash.js';

const AMEND_ADVICE = 'You can amend the commit now, with\n\n  git commit --amend \n\nOnce you are satisfied with your changes, run\n\n  git rebase --continue\n';
const RESOLVE_ADVICE = 'hint: Resolve all conflicts manually, mark them as resolved with\nhint: "git add/rm <conflicted_files>", then run "git rebase --continue".\nhint: You can instead skip this commit: run "git rebase --skip".\nhint: To abort and get back to the state before "git rebase", run "git rebase --abort".\n';

/** Empties the line that the progress stands on. */
function clearLine({ process }: GitContext): string {
  return (process.env.get('TERM') ?? 'dumb') === 'dumb' ? `\r${' '.repeat(80)}\r` : '\r\x1b[K';
}

/** Whether the step that comes next is melded into this one. */
async function goesOn(state: RebaseState): Promise<boolean> {
  const [next] = await state.steps();
  return next?.command === 'squash' || next?.command === 'fixup';
}

async function moveTo(repository: Repository, oid: string, reason: string): Promise<void> {
  const before = await headPosition(repository);
  await resetTo(repository, oid);
  pointHead(repository, oid);
  await noteMove(repository, before, reason);
}

async function put(repository: Repository, parents: readonly string[], tree: string, message: string, author: object, reason: string): Promise<string> {
  const before = await headPosition(repository);
  const oid = await commitOn(repository, parents, tree, message, author);
  await noteMove(repository, before, reason);
  return oid;
}

/** Goes on until the list is empty: 0; 1 where a step failed; 0, too, where one asked to stop. */
export async function runSteps(context: GitContext, repository: Repository, state: RebaseState): Promise<number> {
  const total = Number(state.read('end'));
  for (let step = await state.advance(); step !== undefined; step = await state.advance()) {
    if (!state.has('quiet')) context.complain(`Rebasing (${state.read('msgnum')}/${total})\r`);
    const stopped = await runStep(context, repository, state, step);
    if (stopped !== undefined) return stopped;
  }
  return finish(context, repository, state);
}

/** The exit code where the rebase stops here. */
async function runStep(context: GitContext, repository: Repository, state: RebaseState, step: Step): Promise<number | undefined> {
  const { process } = repository;
  if (step.command === 'noop' || step.command === 'drop') return undefined;
  if (step.command === 'break') {
    const head = await git.readCommit({ fs: repository.fs, gitdir: repository.gitdir, oid: await resolveCommit(repository, 'HEAD') });
    context.complain(`${clearLine(context)}Stopped at ${short(head.oid)} (${subject(head)})\n`);
    return 0;
  }
  if (step.command === 'exec') {
    context.complain(`${state.has('quiet') ? '' : clearLine(context)}Executing: ${step.text}\n`);
    const code = await context.perform(() => runProgram(process, ['/bin/sh', '-c', step.text], { prepare: (child) => child.files.chdir(repository.dir), message: (name, why) => `error: cannot run ${name}: ${why}` }));
    if (code === 0) return undefined;
    context.complain(`warning: execution failed: ${step.text}\nYou can fix the problem, and then run\n\n  git rebase --continue\n\n\n`);
    return 1;
  }
  return pick(context, repository, state, step);
}

async function pick(context: GitContext, repository: Repository, state: RebaseState, step: Step): Promise<number | undefined> {
  const { fs, gitdir } = repository;
  const entry = await git.readCommit({ fs, gitdir, oid: step.oid });
  const head = await resolveCommit(repository, 'HEAD');
  const isRoot = state.read('squash-onto') === head;
  const melds = step.command === 'squash' || step.command === 'fixup';
  const [parent] = entry.commit.parent;
  const name = `rebase (${step.command})`;
  if (!melds && !state.has('force') && (parent === head || (parent === undefined && isRoot))) {
    await moveTo(repository, step.oid, step.command === 'pick' ? `${name}: ${subject(entry)}` : 'rebase: fast-forward');
  } else {
    const outcome = await applied(repository, head, { base: parent, changed: step.oid, label: `${short(step.oid)} (${subject(entry)})` });
    if ('conflicts' in outcome) {
      if (melds) await meldedMessage(repository, state, step, head, entry);
      return stopAtConflict(context, repository, state, entry, outcome.conflicts);
    }
    if (melds) return meld(context, repository, state, step, head, outcome.tree, entry);
    const wasEmpty = entry.commit.tree === (parent === undefined ? undefined : await peel(repository, parent, 'tree'));
    if (!wasEmpty && outcome.tree === (await peel(repository, head, 'tree'))) {
      context.complain(`dropping ${step.oid} ${subject(entry)} -- patch contents already upstream\n`);
      return undefined;
    }
    await put(repository, isRoot ? [] : [head], outcome.tree, entry.commit.message, entry.commit.author, `${name}: ${subject(entry)}`);
  }
  if (step.command === 'edit') {
    noteStop(state, entry);
    state.write('amend', `${await resolveCommit(repository, 'HEAD')}\n`);
    context.complain(`${state.has('quiet') ? '' : clearLine(context)}Stopped at ${short(step.oid)}...  ${subject(entry)}\n${AMEND_ADVICE}`);
    return 0;
  }
  if (step.command === 'reword') await reword(context, repository, name);
  return undefined;
}

async function reword(context: GitContext, repository: Repository, name: string): Promise<void> {
  const { fs, gitdir } = repository;
  const old = await git.readCommit({ fs, gitdir, oid: await resolveCommit(repository, 'HEAD') });
  const message = await edited(context, repository, old.commit.message);
  const oid = await put(repository, old.commit.parent, old.commit.tree, message, old.commit.author, `${name}: ${message.split('\n')[0]}`);
  context.print(await commitLine(repository, oid, true));
  await context.perform(() => context.flush());
}

/** The message of what was melded so far, with this step's; it is kept until the last of them. */
async function meldedMessage(repository: Repository, state: RebaseState, step: Step, head: string, entry: ReadCommitResult): Promise<string> {
  const fixups = state.read('current-fixups');
  const first = (await git.readCommit({ fs: repository.fs, gitdir: repository.gitdir, oid: head })).commit.message;
  const count = fixups === '' ? 2 : fixups.split('\n').length + 2;
  state.write('current-fixups', `${fixups === '' ? '' : `${fixups}\n`}${step.command}${step.flag === undefined ? '' : ` ${step.flag}`} ${step.oid}\n`);
  const title = (number: number): string => `# This is a combination of ${number} commits.\n`;
  const so = state.has('message-squash') ? state.read('message-squash').replace(/^.*\n/, '') : `# This is the 1st commit message:\n\n${first.trimEnd()}`;
  const added = step.command === 'fixup' && step.flag === undefined
    ? `# The commit message #${count} will be skipped:\n\n${entry.commit.message.trimEnd().split('\n').map((line) => `# ${line}`.trimEnd()).join('\n')}`
    : `# This is the commit message #${count}:\n\n${entry.commit.message.trimEnd()}`;
  state.write('message-squash', `${title(count)}${so}\n\n${added}\n`);
  if (step.flag !== undefined) state.write('message-fixup', entry.commit.message);
  else if (fixups === '') state.write('message-fixup', first);
  return `${title(count)}${so}\n\n${added}\n`;
}

/** The commit that HEAD is at takes in this step's changes; the last of several settles the message. */
async function meld(context: GitContext, repository: Repository, state: RebaseState, step: Step, head: string, tree: string, entry: ReadCommitResult): Promise<undefined> {
  const { fs, gitdir } = repository;
  const combined = await meldedMessage(repository, state, step, head, entry);
  const old = (await git.readCommit({ fs, gitdir, oid: head })).commit;
  const isLast = !(await goesOn(state));
  const edits = /^squash|^fixup -c/m.test(state.read('current-fixups'));
  const message = !isLast ? combined : edits ? await edited(context, repository, combined) : `${state.read('message-fixup').trimEnd()}\n`;
  const oid = await put(repository, old.parent, tree, message, old.author, `rebase (${step.command}): ${message.split('\n')[0]}`);
  if (!isLast) return undefined;
  for (const name of ['current-fixups', 'message-squash', 'message-fixup']) state.write(name, undefined);
  if (edits) {
    context.print(await commitLine(repository, oid, true));
    await context.perform(() => context.flush());
  }
  return undefined;
}

function noteStop(state: RebaseState, { oid, commit }: ReadCommitResult): void {
  const { name, email, timestamp, timezoneOffset } = commit.author;
  const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  state.write('stopped-sha', `${oid}\n`);
  state.write('author-script', `GIT_AUTHOR_NAME=${quoted(name)}\nGIT_AUTHOR_EMAIL=${quoted(email)}\nGIT_AUTHOR_DATE='@${timestamp} ${offsetText(timezoneOffset)}'\n`);
  state.write('message', commit.message);
}

async function stopAtConflict(context: GitContext, repository: Repository, state: RebaseState, entry: ReadCommitResult, conflicts: readonly string[]): Promise<number> {
  const { gitdir, process } = repository;
  noteStop(state, entry);
  state.write('patch', await commitPatch(repository, entry));
  process.files.writeFile(posix.join(gitdir, 'REBASE_HEAD'), Buffer.from(`${entry.oid}\n`));
  process.files.writeFile(posix.join(gitdir, 'CHERRY_PICK_HEAD'), Buffer.from(`${entry.oid}\n`));
  process.files.writeFile(posix.join(gitdir, 'MERGE_MSG'), Buffer.from(state.has('message-squash') ? state.read('message-squash') : entry.commit.message));
  context.print(conflicts.join(''));
  await context.perform(() => context.flush());
  context.complain(`error: could not apply ${short(entry.oid)}... ${subject(entry)}\n${RESOLVE_ADVICE}Could not apply ${short(entry.oid)}... ${subject(entry)}\n`);
  return 1;
}

/** Removes what a stop left beside the rebase's own folder. */
export function forgetStop({ process, gitdir }: Repository): void {
  for (const name of ['REBASE_HEAD', 'CHERRY_PICK_HEAD', 'MERGE_MSG', 'AUTO_MERGE']) if (exists(process, posix.join(gitdir, name))) process.files.unlink(posix.join(gitdir, name));
}

async function finish(context: GitContext, repository: Repository, state: RebaseState): Promise<number> {
  const { fs, gitdir } = repository;
  const branch = state.read('head-name');
  const onBranch = branch.startsWith('refs/');
  const end = await resolveCommit(repository, 'HEAD');
  const before = await headPosition(repository);
  if (onBranch) {
    const old = await findRevision(repository, branch);
    await git.writeRef({ fs, gitdir, ref: branch, value: end, force: true });
    if (old !== end) await noteRef(repository, branch, old, end, `rebase (finish): ${branch} onto ${state.read('onto')}`);
    pointHead(repository, `ref: ${branch}`);
    await noteMove(repository, before, `rebase (finish): returning to ${branch}`);
  }
  await returnAutostash(context, repository, state);
  const quiet = state.has('quiet');
  const hadSteps = Number(state.read('end')) > 0;
  state.clear();
  forgetStop(repository);
  context.reason = '';
  if (!quiet) context.complain(`${hadSteps ? clearLine(context) : ''}Successfully rebased and updated ${onBranch ? branch : 'detached HEAD'}.\n`);
  return 0;
}

/** Local changes that were put aside come back. */
export async function returnAutostash(context: GitContext, repository: Repository, state: RebaseState): Promise<void> {
  const oid = state.read('autostash');
  if (oid === '') return;
  const merged = await restoreStash(repository, oid);
  if (merged.conflicts.length === 0) {
    context.complain('Applied autostash.\n');
    return;
  }
  await resetTo(repository, await resolveCommit(repository, 'HEAD'));
  await keepStash(repository, oid, 'autostash');
  context.print(conflictMessages(merged).join(''));
  context.complain('Applying autostash resulted in conflicts.\nYour changes are safe in the stash.\nYou can run "git stash pop" or "git stash drop" at any time.\n');
}

/** Checks out what the steps begin at. Leading picks that are there already are done. */
export async function beginSteps(repository: Repository, state: RebaseState, steps: readonly Step[], onto: string, ontoName: string): Promise<void> {
  let at = onto;
  let skipped = 0;
  while (!state.has('force') && steps[skipped]?.command === 'pick') {
    const { oid, commit } = await git.readCommit({ fs: repository.fs, gitdir: repository.gitdir, oid: steps[skipped]!.oid });
    if (commit.parent.length !== 1 || commit.parent[0] !== at) break;
    at = oid;
    skipped++;
  }
  state.write('git-rebase-todo', todoText(steps.slice(skipped)));
  if (skipped > 0) state.write('done', todoText(steps.slice(0, skipped)));
  await moveTo(repository, at, `rebase (start): checkout ${ontoName}`);
}

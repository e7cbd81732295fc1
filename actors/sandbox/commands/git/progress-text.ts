// What git status tells of an operation that has stopped half way: a merge, a cherry-pick or revert, a rebase, an am.
import { posix } from 'node:path';
import { exists } from '../common/exists.js';
import { short } from './pretty.js';
import { RebaseState } from './rebase-state.js';
import { todoText } from './rebase-todo.js';
import type { Repository } from './repository.js';

/** Steps of a rebase that are told, before and after the place where it stands. */
const STEPS_SHOWN = 2;

/** What a rebase that is under way puts its commits on. */
export function rebaseOnto(repository: Repository): string | undefined {
  const state = new RebaseState(repository);
  return state.has('onto') ? state.read('onto') : undefined;
}

/** '' where nothing is under way. */
export async function progressText(repository: Repository, hasConflicts: boolean): Promise<string> {
  const { process, gitdir } = repository;
  const isThere = (name: string): boolean => exists(process, posix.join(gitdir, name));
  if (isThere('MERGE_HEAD')) return hasConflicts ? 'You have unmerged paths.\n  (fix conflicts and run "git commit")\n  (use "git merge --abort" to abort the merge)\n' : 'All conflicts fixed but you are still merging.\n  (use "git commit" to conclude merge)\n';
  if (isThere('rebase-apply/applying')) return 'You are in the middle of an am session.\n  (fix conflicts and then run "git am --continue")\n  (use "git am --skip" to skip this patch)\n  (use "git am --abort" to restore the original branch)\n';
  if (isThere('rebase-merge/onto')) return rebaseText(repository, hasConflicts, isThere('MERGE_MSG'));
  if (!isThere('CHERRY_PICK_HEAD') && !isThere('REVERT_HEAD')) return '';
  const [name, verb, file] = isThere('CHERRY_PICK_HEAD') ? ['cherry-pick', 'cherry-picking', 'CHERRY_PICK_HEAD'] : ['revert', 'reverting', 'REVERT_HEAD'];
  const at = Buffer.from(process.files.readFile(posix.join(gitdir, file!))).toString();
  return `You are currently ${verb} commit ${short(at)}.\n  (${hasConflicts ? `fix conflicts and run "git ${name} --continue"` : `all conflicts fixed: run "git ${name} --continue"`})\n  (use "git ${name} --skip" to skip this patch)\n  (use "git ${name} --abort" to cancel the ${name} operation)\n`;
}

async function rebaseText(repository: Repository, hasConflicts: boolean, isResolved: boolean): Promise<string> {
  const state = new RebaseState(repository);
  const [done, todo] = [await state.steps('done'), await state.steps()];
  const lines = (steps: typeof done): string => todoText(steps, short).replaceAll(/^(?=.)/gm, '   ');
  const commands = (count: number, word: string): string => `${count} ${word}command${count === 1 ? '' : 's'}`;
  const before = done.length === 0 ? 'No commands done.\n'
    : `Last command${done.length === 1 ? '' : 's'} done (${commands(done.length, '')} done):\n${lines(done.slice(-STEPS_SHOWN))}${done.length > STEPS_SHOWN ? `  (see more in file ${posix.relative(repository.process.files.getcwd(), posix.join(state.folder, 'done'))})\n` : ''}`;
  const after = todo.length === 0 ? 'No commands remaining.\n'
    : `Next command${todo.length === 1 ? '' : 's'} to do (${commands(todo.length, 'remaining ')}):\n${lines(todo.slice(0, STEPS_SHOWN))}  (use "git rebase --edit-todo" to view and edit)\n`;
  const branch = state.read('head-name');
  const what = branch.startsWith('refs/') ? ` branch '${branch.replace(/^refs\/heads\//, '')}' on '${short(state.read('onto'))}'` : '';
  if (hasConflicts) return `${before}${after}You are currently rebasing${what}.\n  (fix conflicts and then run "git rebase --continue")\n  (use "git rebase --skip" to skip this patch)\n  (use "git rebase --abort" to check out the original branch)\n`;
  if (isResolved) return `${before}${after}You are currently rebasing${what}.\n  (all conflicts fixed: run "git rebase --continue")\n`;
  return `${before}${after}You are currently editing a commit${what === '' ? ' during a rebase' : ` while rebasing${what}`}.\n  (use "git commit --amend" to amend the current commit)\n  (use "git rebase --continue" once you are satisfied with your changes)\n`;
}

// git status: what is staged, what is changed, what git does not know.
import { posix } from 'node:path';
import { presentPercent } from './sparse.js';
import git from 'isomorphic-git';
import { exists } from '../common/exists.js';
import { aheadBehind, detachedText } from './branch.js';
import { compareFiles, indexFiles, treeFiles, workFiles } from './changes.js';
import { byBytes, type FileChange } from './sides.js';
import { type Command, type GitContext, need, options } from './command.js';
import { setting } from './configuration.js';
import { readIndex } from './index-file.js';
import { quoted } from './patch-text.js';
import { type Pathspec, pathspec } from './pathspec.js';
import { short } from './pretty.js';
import { progressText, rebaseOnto } from './progress-text.js';
import { headPosition } from './reflog.js';
import { shortRef } from './refs.js';
import { gitFolder, type Repository } from './repository.js';
import { findRevision, upstreamOf } from './revision.js';
import { USUAL_RENAMES } from './renames.js';

export interface Status {
  readonly staged: readonly FileChange[];
  readonly changed: readonly FileChange[];
  /** Path and the two letters of a conflict: `UU`, `DU`. */
  readonly unmerged: ReadonlyMap<string, string>;
  /** Folders end with a slash. */
  readonly untracked: readonly string[];
  readonly ignored: readonly string[];
}

export type UntrackedMode = 'no' | 'normal' | 'all';

const STAGES: Readonly<Record<string, string>> = { 1: 'DD', 2: 'AU', 3: 'UA', 12: 'UD', 13: 'DU', 23: 'AA', 123: 'UU' };

export async function statusOf(repository: Repository, paths: Pathspec, mode: UntrackedMode, withIgnored = false): Promise<Status> {
  const head = await findRevision(repository, 'HEAD');
  const index = await indexFiles(repository);
  const stages = new Map<string, string>();
  for (const { path, stage } of readIndex(repository)) if (stage > 0 && paths.matches(path)) stages.set(path, (stages.get(path) ?? '') + stage);
  const unmerged = new Map([...stages].map(([path, numbers]): [string, string] => [path, STAGES[numbers]!]));
  const calm = (changes: readonly FileChange[]): FileChange[] => changes.filter(({ path }) => !unmerged.has(path));
  const staged = calm(await compareFiles(repository, await treeFiles(repository, head), index, paths, USUAL_RENAMES));
  const changed = calm(await compareFiles(repository, index, await workFiles(repository), paths, undefined));
  const { untracked, ignored } = mode === 'no' && !withIgnored ? { untracked: [], ignored: [] } : await strangers(repository, new Set([...index.keys(), ...unmerged.keys()]), paths, mode);
  return { staged, changed, unmerged, untracked: mode === 'no' ? [] : untracked, ignored: withIgnored ? ignored : [] };
}

/** What is in the working tree and not in the index; ignored folders are named as a whole. */
export async function strangers(repository: Repository, tracked: ReadonlySet<string>, paths: Pathspec, mode: UntrackedMode): Promise<{ untracked: string[]; ignored: string[] }> {
  const { fs, dir, gitdir, process } = repository;
  const folders = new Set<string>();
  for (const path of tracked) for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder)) folders.add(folder);
  const visit = async (folder: string): Promise<{ untracked: string[]; ignored: string[] }> => {
    const found: { untracked: string[]; ignored: string[] } = { untracked: [], ignored: [] };
    for (const { name, type } of process.files.readdir(posix.join(dir, folder)).sort((a, b) => byBytes(a.name, b.name))) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (name === '.git' || tracked.has(path)) continue;
      if (type !== 'directory') {
        if (!paths.matches(path)) continue;
        (await git.isIgnored({ fs, dir, gitdir, filepath: path }) ? found.ignored : found.untracked).push(path);
        continue;
      }
      if (!paths.reaches(path)) continue;
      if (!folders.has(path) && gitFolder(process, posix.join(dir, path)) !== undefined) {
        found.untracked.push(`${path}/`);
        continue;
      }
      if (!folders.has(path) && (await git.isIgnored({ fs, dir, gitdir, filepath: `${path}/` }))) {
        found.ignored.push(`${path}/`);
        continue;
      }
      const inside = await visit(path);
      const isWhole = !folders.has(path) && mode !== 'all' && inside.untracked.length > 0 && paths.matches(path);
      found.untracked.push(...(isWhole ? [`${path}/`] : inside.untracked));
      found.ignored.push(...(!folders.has(path) && inside.untracked.length === 0 && inside.ignored.length > 0 && mode !== 'all' ? [`${path}/`] : inside.ignored));
    }
    return found;
  };
  return visit('');
}

function untrackedMode(repository: Repository, given: ReturnType<typeof options>): UntrackedMode {
  const asked = given.has('u', 'untracked-files') ? given.value('u', 'untracked-files') || 'all' : setting(repository, 'status.showUntrackedFiles');
  return asked === 'no' || asked === 'all' ? asked : 'normal';
}

export const status: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'sbzu::v', { short: 'no', porcelain: 'optional', branch: 'no', long: 'no', 'untracked-files': 'optional', ignored: 'optional', 'ignore-submodules': 'optional', null: 'no', 'show-stash': 'no', 'ahead-behind': 'no', 'no-ahead-behind': 'no', verbose: 'no', renames: 'no', 'no-renames': 'no', 'find-renames': 'optional', column: 'optional', 'no-column': 'no' });
  const found = await statusOf(repository, pathspec(repository, given.operands), untrackedMode(repository, given), given.has('ignored'));
  if (given.value('porcelain') === 'v2' || given.value('porcelain') === '2') await porcelain2(context, repository, found, given);
  else if (given.has('s', 'short', 'porcelain', 'z', 'null')) await shortStatus(context, repository, found, given);
  else await longStatus(context, repository, found, 'No commits yet', untrackedMode(repository, given) === 'no');
  return 0;
};

/** One row for each path: the index' letter and the working tree's. */
function letterRows({ staged, changed, unmerged }: Status): { path: string; letters: string; from: string | undefined }[] {
  const rows = new Map<string, { letters: [string, string]; from: string | undefined }>();
  for (const change of staged) rows.set(change.path, { letters: [change.status, ' '], from: change.likeness === undefined ? undefined : change.from });
  for (const { path, status: letter } of changed) rows.set(path, { letters: [rows.get(path)?.letters[0] ?? ' ', letter], from: rows.get(path)?.from });
  for (const [path, letters] of unmerged) rows.set(path, { letters: [letters[0]!, letters[1]!], from: undefined });
  return [...rows].sort(([a], [b]) => byBytes(a, b)).map(([path, { letters, from }]) => ({ path, letters: letters.join(''), from }));
}

/** Names in short lists are quoted for blanks, too. */
function shortName(path: string): string {
  const name = quoted(path);
  return name.includes(' ') && !name.startsWith('"') ? `"${name}"` : name;
}

async function shortStatus(context: GitContext, repository: Repository, found: Status, given: ReturnType<typeof options>): Promise<void> {
  const isNull = given.has('z', 'null');
  const end = isNull ? '\0' : '\n';
  const isPorcelain = given.has('porcelain') || isNull;
  const cwd = posix.relative(repository.dir, repository.process.files.getcwd());
  const name = (path: string): string => {
    const shown = isPorcelain || cwd === '' ? path : posix.relative(cwd, path) + (path.endsWith('/') ? '/' : '');
    return isNull ? shown : shortName(shown);
  };
  if (given.has('b', 'branch')) context.print(`## ${await branchLine(repository)}${end}`);
  for (const { path, letters, from } of letterRows(found)) context.print(from === undefined ? `${letters} ${name(path)}${end}` : isNull ? `${letters} ${name(path)}\0${name(from)}\0` : `${letters} ${name(from)} -> ${name(path)}\n`);
  for (const path of found.untracked) context.print(`?? ${name(path)}${end}`);
  for (const path of found.ignored) context.print(`!! ${name(path)}${end}`);
}

async function branchLine(repository: Repository): Promise<string> {
  const { branch, oid } = await headPosition(repository);
  if (branch === undefined) return 'HEAD (no branch)';
  const upstream = await upstreamOf(repository);
  const at = upstream === undefined ? undefined : await findRevision(repository, upstream);
  const counts = oid === undefined || at === undefined ? undefined : await aheadBehind(repository, oid, at);
  const parts = counts ? [...(counts.ahead > 0 ? [`ahead ${counts.ahead}`] : []), ...(counts.behind > 0 ? [`behind ${counts.behind}`] : [])] : upstream !== undefined && oid !== undefined ? ['gone'] : [];
  return `${oid === undefined ? 'No commits yet on ' : ''}${shortRef(branch)}${upstream === undefined ? '' : `...${shortRef(upstream)}`}${parts.length > 0 ? ` [${parts.join(', ')}]` : ''}`;
}

async function porcelain2(context: GitContext, repository: Repository, found: Status, given: ReturnType<typeof options>): Promise<void> {
  const end = given.has('z', 'null') ? '\0' : '\n';
  if (given.has('b', 'branch')) {
    const { branch, oid } = await headPosition(repository);
    const upstream = await upstreamOf(repository);
    const at = upstream === undefined ? undefined : await findRevision(repository, upstream);
    context.print(`# branch.oid ${oid ?? '(initial)'}${end}# branch.head ${branch === undefined ? '(detached)' : shortRef(branch)}${end}`);
    if (upstream !== undefined) context.print(`# branch.upstream ${shortRef(upstream)}${end}`);
    if (oid !== undefined && at !== undefined) context.print(`# branch.ab ${await aheadBehind(repository, oid, at).then(({ ahead, behind }) => `+${ahead} -${behind}`)}${end}`);
  }
  const staged = new Map(found.staged.map((change) => [change.path, change]));
  const changed = new Map(found.changed.map((change) => [change.path, change]));
  const mode = (value: number | undefined): string => (value ?? 0).toString(8).padStart(6, '0');
  const id = (value: string | undefined): string => value ?? '0'.repeat(40);
  for (const { path, letters, from } of letterRows(found)) {
    const marks = letters.replaceAll(' ', '.');
    if (found.unmerged.has(path)) {
      const stages = readIndex(repository).filter((entry) => entry.path === path);
      const side = (stage: number) => stages.find((entry) => entry.stage === stage);
      const work = exists(context.process, posix.join(repository.dir, path)) ? 0o100644 : 0;
      context.print(`u ${marks} N... ${[1, 2, 3].map((stage) => mode(side(stage)?.mode)).join(' ')} ${mode(work)} ${[1, 2, 3].map((stage) => id(side(stage)?.oid)).join(' ')} ${quoted(path)}${end}`);
      continue;
    }
    const [a, b] = [staged.get(path), changed.get(path)];
    const before = a?.before ?? (a ? undefined : b?.before);
    const indexed = a ? a.after : b?.before;
    const work = b ? b.after : indexed;
    const common = `${marks} N... ${mode(before?.mode)} ${mode(indexed?.mode)} ${mode(work?.mode)} ${id(before?.oid)} ${id(indexed?.oid)}`;
    context.print(from === undefined ? `1 ${common} ${quoted(path)}${end}` : `2 ${common} R${a!.likeness} ${quoted(path)}${end === '\0' ? '\0' : '\t'}${quoted(from)}${end}`);
  }
  for (const path of found.untracked) context.print(`? ${quoted(path)}${end}`);
  for (const path of found.ignored) context.print(`! ${quoted(path)}${end}`);
}

const WORDS: Readonly<Record<string, string>> = { A: 'new file:   ', M: 'modified:   ', D: 'deleted:    ', R: 'renamed:    ', C: 'copied:     ', T: 'typechange: ' };
const CONFLICTS: Readonly<Record<string, string>> = { DD: 'both deleted:    ', AU: 'added by us:     ', UD: 'deleted by them: ', UA: 'added by them:   ', DU: 'deleted by us:   ', AA: 'both added:      ', UU: 'both modified:   ' };

/** `unborn` is said of a branch without commits; `listsNone`: untracked files were not looked for. */
export async function longStatus(context: GitContext, repository: Repository, { staged, changed, unmerged, untracked, ignored }: Status, unborn: string, listsNone = false): Promise<void> {
  const { process, dir } = repository;
  const { branch, oid } = await headPosition(repository);
  const relative = (path: string): string => quoted((posix.relative(process.files.getcwd(), posix.join(dir, path)) || '.') + (path.endsWith('/') ? '/' : ''));
  const row = (change: FileChange): string => `${WORDS[change.status]}${change.likeness === undefined ? relative(change.path) : `${relative(change.from)} -> ${relative(change.path)}`}`;
  const onto = rebaseOnto(repository);
  if (onto !== undefined) context.print(`interactive rebase in progress; onto ${short(onto)}\n`);
  else context.print(branch === undefined ? `${(oid === undefined ? undefined : await detachedText(repository, oid)) ?? 'Not currently on any branch.'}\n` : `On branch ${shortRef(branch)}\n`);
  const tracking = branch === undefined || oid === undefined ? '' : await trackingText(repository, oid);
  context.print(tracking);
  let state = await progressText(repository, unmerged.size > 0);
  const present = presentPercent(repository);
  if (present !== undefined) state += `You are in a sparse checkout with ${present}% of tracked files present.\n`;
  if (state !== '') context.print(state);
  if (oid === undefined) context.print(`\n${unborn}\n`);
  let isFirst = oid !== undefined && state === '';
  const block = (title: string, hint: string, lines: readonly string[]): void => {
    if (lines.length === 0) return;
    context.print(`${isFirst ? '' : '\n'}${title}:\n${hint}${lines.map((line) => `\t${line}\n`).join('')}`);
    isFirst = false;
  };
  const isMerging = state.startsWith('You have unmerged') || state.startsWith('All conflicts');
  block('Changes to be committed', isMerging ? '' : oid === undefined ? '  (use "git rm --cached <file>..." to unstage)\n' : '  (use "git restore --staged <file>..." to unstage)\n', staged.map(row));
  const hasDeleted = [...unmerged.values()].some((letters) => letters !== 'UU' && letters !== 'AA');
  block('Unmerged paths', `${isMerging ? '' : '  (use "git restore --staged <file>..." to unstage)\n'}  (use "git add${hasDeleted ? '/rm' : ''} <file>..."${hasDeleted ? ' as appropriate' : ''} to mark resolution)\n`, [...unmerged].map(([path, letters]) => CONFLICTS[letters]! + relative(path)));
  block('Changes not staged for commit', `  (use "git add${changed.some((change) => change.status === 'D') ? '/rm' : ''} <file>..." to update what will be committed)\n  (use "git restore <file>..." to discard changes in working directory)\n`, changed.map(row));
  block('Untracked files', '  (use "git add <file>..." to include in what will be committed)\n', untracked.map(relative));
  block('Ignored files', '  (use "git add -f <file>..." to include in what will be committed)\n', ignored.map(relative));
  if (listsNone) return context.print('\nUntracked files not listed (use -u option to show untracked files)\n');
  if (staged.length > 0) return context.print('\n');
  const gap = isFirst && state === '' ? '' : '\n';
  if (changed.length > 0 || unmerged.size > 0) context.print('\nno changes added to commit (use "git add" and/or "git commit -a")\n');
  else if (untracked.length > 0) context.print('\nnothing added to commit but untracked files present (use "git add" to track)\n');
  else context.print(oid === undefined ? '\nnothing to commit (create/copy files and use "git add" to track)\n' : `${gap}nothing to commit, working tree clean\n`);
}

/** `Your branch is up to date with 'origin/main'.` */
export async function trackingText(repository: Repository, oid: string): Promise<string> {
  const upstream = await upstreamOf(repository);
  if (upstream === undefined) return '';
  const name = shortRef(upstream);
  const at = await findRevision(repository, upstream);
  if (at === undefined) return `Your branch is based on '${name}', but the upstream is gone.\n  (use "git branch --unset-upstream" to fixup)\n\n`;
  const { ahead, behind } = await aheadBehind(repository, oid, at);
  const say = (count: number): string => `${count} commit${count === 1 ? '' : 's'}`;
  if (ahead === 0 && behind === 0) return `Your branch is up to date with '${name}'.\n\n`;
  if (behind === 0) return `Your branch is ahead of '${name}' by ${say(ahead)}.\n  (use "git push" to publish your local commits)\n\n`;
  if (ahead === 0) return `Your branch is behind '${name}' by ${say(behind)}, and can be fast-forwarded.\n  (use "git pull" to update your local branch)\n\n`;
  return `Your branch and '${name}' have diverged,\nand have ${ahead} and ${behind} different commits each, respectively.\n  (use "git pull" to merge the remote branch into yours)\n\n`;
}

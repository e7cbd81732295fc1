// git commit.
import { posix } from 'node:path';
import git from 'isomorphic-git';
import { exists } from '../common/exists.js';
import { zoneOf } from '../common/dates/zone.js';
import { runProgram } from '../common/exec.js';
import { indexFiles, treeFiles } from './changes.js';
import type { Side } from './sides.js';
import { type Command, type GitContext, need, options } from './command.js';
import { setting } from './configuration.js';
import { givenDate } from './dates.js';
import { pathspec } from './pathspec.js';
import { commitLine } from './replay.js';
import { GitFailure, type Repository } from './repository.js';
import { findRevision, resolveCommit } from './revision.js';
import { stage } from './staging.js';
import { longStatus, status, statusOf } from './status.js';
import { writeCommit, writeTrees } from './write-objects.js';

const NOTHING = 1;

/** A message without comments, blank lines at its ends, and more than one between paragraphs. */
export function cleaned(text: string, stripsComments: boolean): string {
  const lines = text.split('\n').map((line) => line.trimEnd()).filter((line) => !(stripsComments && line.startsWith('#')));
  return `${lines.join('\n').replaceAll(/\n{3,}/g, '\n\n').replace(/^\n+/, '').replace(/\n*$/, '')}\n`;
}

interface Editing {
  /** The file that is edited; COMMIT_EDITMSG unless said otherwise. */
  readonly path?: string;
  /** Comes before the usual ones. */
  readonly editor?: string | undefined;
  /** A list is taken as it is; a message loses comments and blank lines. */
  readonly isList?: boolean;
}

/** The editor's outcome: GIT_EDITOR, core.editor, VISUAL, EDITOR. Throws GitFailure where that failed. */
export async function edited(context: GitContext, repository: Repository, template: string, { path = posix.join(repository.gitdir, 'COMMIT_EDITMSG'), editor: own, isList = false }: Editing = {}): Promise<string> {
  const { process } = context;
  const editor = own ?? process.env.get('GIT_EDITOR') ?? setting(repository, 'core.editor') ?? process.env.get('VISUAL') ?? process.env.get('EDITOR');
  const advice = isList ? '' : '\nPlease supply the message using either -m or -F option.';
  if (editor === undefined) throw new GitFailure(`Terminal is dumb, but EDITOR unset${advice}`, 1);
  process.files.writeFile(path, Buffer.from(template));
  const code = editor === ':' ? 0 : await context.perform(() => runProgram(process, ['/bin/sh', '-c', `${editor} "$@"`, editor, path], { message: (name, why) => `${name}: ${why}` }));
  if (code !== 0) throw new GitFailure(`There was a problem with the editor '${editor}'.${advice}`, 1);
  const text = Buffer.from(process.files.readFile(path)).toString();
  return isList ? text : cleaned(text, true);
}

/** Runs a hook that is there; false where it refused. */
export async function hook(context: GitContext, repository: Repository, name: string, ...words: string[]): Promise<boolean> {
  const { process } = context;
  const folder = setting(repository, 'core.hooksPath');
  const path = folder === undefined ? posix.join(repository.gitdir, 'hooks', name) : posix.resolve(repository.dir, folder, name);
  if (!exists(process, path) || (process.files.stat(path).mode & 0o111) === 0) return true;
  const code = await context.perform(() => runProgram(process, [path, ...words], {
    env: new Map([...process.env, ['GIT_INDEX_FILE', posix.join(repository.gitdir, 'index')]]),
    // What a hook says is no part of the operation's own output.
    prepare: (child) => {
      child.files.chdir(repository.dir);
      child.descriptors.put(1, child.descriptors.get(2));
    },
    message: (program, why) => `fatal: cannot run ${program}: ${why}`,
  }));
  return code === 0;
}

export const commit: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'am:qF:sC:c:t:evnopiS::u::z', {
    all: 'no', message: 'required', quiet: 'no', amend: 'no', 'allow-empty': 'no', edit: 'no', 'no-edit': 'no', verify: 'no', 'no-verify': 'no', author: 'required', file: 'required', date: 'required', 'no-gpg-sign': 'no', 'gpg-sign': 'optional', 'allow-empty-message': 'no', signoff: 'no', 'no-signoff': 'no', 'reuse-message': 'required', 'reedit-message': 'required', fixup: 'required', squash: 'required', 'reset-author': 'no', short: 'no',
    'dry-run': 'no', template: 'required', trailer: 'required', only: 'no', include: 'no', verbose: 'no', cleanup: 'required', status: 'no', 'no-status': 'no', porcelain: 'no', 'untracked-files': 'optional', patch: 'no', 'no-post-rewrite': 'no', branch: 'no',
  });
  if (given.has('p', 'patch', 'S', 'gpg-sign', 'c', 'reedit-message', 'squash')) return context.unsupported('commit with this option');
  const { fs, gitdir, process } = repository;
  if (given.has('a', 'all')) {
    const { changed, unmerged } = await statusOf(repository, pathspec(repository, []), 'no');
    await stage(repository, [...changed.map(({ path }) => path), ...unmerged.keys()]);
  }
  const head = await findRevision(repository, 'HEAD');
  const only = given.operands.length > 0 ? await stageOnly(repository, given.operands) : undefined;
  const merging = posix.join(gitdir, 'MERGE_HEAD');
  const picking = posix.join(gitdir, 'CHERRY_PICK_HEAD');
  const { staged, unmerged } = await statusOf(repository, pathspec(repository, given.has('i', 'include') ? [] : given.operands), 'no');
  if (unmerged.size > 0) {
    for (const path of unmerged.keys()) context.print(`U\t${path}\n`);
    throw new GitFailure("Committing is not possible because you have unmerged files.\nhint: Fix them up in the work tree, and then use 'git add/rm <file>'\nhint: as appropriate to mark resolution and make a commit.\nfatal: Exiting because of an unresolved conflict.");
  }
  const amend = given.has('amend');
  if (amend && head === undefined) throw new GitFailure('You have nothing to amend.');
  const old = amend ? (await git.readCommit({ fs, gitdir, oid: head! })).commit : undefined;
  const tree = await writeTrees(repository, only && !given.has('i', 'include') ? only : await indexFiles(repository));
  const isMerge = exists(process, merging);
  if ((staged.length === 0 && !given.has('allow-empty') && !amend && !isMerge) || given.has('dry-run')) {
    if (given.has('short', 'porcelain')) await status({ ...context, argv: ['status', '--short'] });
    else await longStatus(context, repository, await statusOf(repository, pathspec(repository, []), 'normal'), 'Initial commit');
    return staged.length > 0 ? 0 : NOTHING;
  }
  if (!given.has('n', 'no-verify') && !(await hook(context, repository, 'pre-commit'))) return 1;
  let message = await messageOf(context, repository, given, old?.message);
  const { author, committer } = (await context.people(repository)) as { author: { name: string; email: string; timestamp: number; timezoneOffset: number }; committer: { name: string; email: string } };
  if (given.has('s', 'signoff')) message = withTrailer(message, `Signed-off-by: ${committer.name} <${committer.email}>`);
  for (const trailer of given.given.get('trailer') ?? []) message = withTrailer(message, trailer.replace(/^([^:=]+)[:=]\s*/, '$1: '));
  const messagePath = posix.join(gitdir, 'COMMIT_EDITMSG');
  process.files.writeFile(messagePath, Buffer.from(message));
  if (!given.has('n', 'no-verify') && !(await hook(context, repository, 'commit-msg', messagePath))) return 1;
  message = Buffer.from(process.files.readFile(messagePath)).toString();
  if (message.trim() === '' && !given.has('allow-empty-message')) throw new GitFailure('Aborting commit due to empty commit message.', 1);
  const reused = given.value('C', 'reuse-message');
  const picked = exists(process, picking) ? Buffer.from(process.files.readFile(picking)).toString().trim() : undefined;
  const source = reused !== undefined ? (await git.readCommit({ fs, gitdir, oid: await resolveCommit(repository, reused) })).commit.author : picked !== undefined ? (await git.readCommit({ fs, gitdir, oid: picked })).commit.author : old?.author;
  const by = given.has('reset-author') ? author : { ...author, ...source };
  const [, name, email] = /^(.*?)\s*<(.*)>$/.exec(given.value('author') ?? '') ?? [];
  if (given.has('author') && name === undefined) throw new GitFailure(`--author '${given.value('author')}' is not 'Name <email>' and matches no existing author`);
  const date = given.value('date') === undefined ? undefined : givenDate(given.value('date')!, zoneOf(process));
  if (given.has('date') && date === undefined) throw new GitFailure(`invalid date format: ${given.value('date')}`);
  const parent = old ? old.parent : head === undefined ? [] : [head, ...(isMerge ? Buffer.from(process.files.readFile(merging)).toString().trim().split('\n') : [])];
  const oid = await writeCommit(repository, { tree, parent, message, author: { ...by, ...(name === undefined ? {} : { name, email: email! }), ...date }, committer: committer as never });
  await git.writeRef({ fs, gitdir, ref: (await git.currentBranch({ fs, gitdir, fullname: true })) || 'HEAD', value: oid, force: true });
  for (const left of ['MERGE_HEAD', 'MERGE_MSG', 'MERGE_MODE', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'SQUASH_MSG']) if (exists(process, posix.join(gitdir, left))) process.files.unlink(posix.join(gitdir, left));
  context.reason = `commit${amend ? ' (amend)' : head === undefined ? ' (initial)' : isMerge ? ' (merge)' : picked !== undefined ? ' (cherry-pick)' : ''}: ${message.split('\n')[0]}`;
  if (!given.has('q', 'quiet')) context.print(isMerge ? `[${(await git.currentBranch({ fs, gitdir })) || 'detached HEAD'} ${oid.slice(0, 7)}] ${message.split('\n')[0]}\n` : await commitLine(repository, oid, amend || given.has('date', 'C', 'reuse-message') || picked !== undefined));
  await hook(context, repository, 'post-commit');
  return 0;
};

/** `git commit FILES` stages those as they are now; what HEAD has with them, and with nothing else that is staged. */
async function stageOnly(repository: Repository, operands: readonly string[]): Promise<Map<string, Side>> {
  const paths = pathspec(repository, operands);
  const files = await treeFiles(repository, await findRevision(repository, 'HEAD'));
  const known = new Set([...(await indexFiles(repository)).keys(), ...files.keys()]);
  const missing = paths.unmatched(known);
  if (missing !== undefined) throw new GitFailure(`pathspec '${missing}' did not match any file(s) known to git`, 1);
  const chosen = [...known].filter((path) => paths.matches(path));
  await stage(repository, chosen);
  const index = await indexFiles(repository);
  for (const path of chosen) {
    const now = index.get(path);
    if (now) files.set(path, now);
    else files.delete(path);
  }
  return files;
}

async function messageOf(context: GitContext, repository: Repository, given: ReturnType<typeof options>, old: string | undefined): Promise<string> {
  const { process } = context;
  const { gitdir, fs } = repository;
  const keeps = given.value('cleanup') === 'verbatim';
  const clean = (text: string, comments = false): string => (keeps ? text : cleaned(text, comments || given.value('cleanup') === 'strip'));
  const texts = [...(given.given.get('m') ?? []), ...(given.given.get('message') ?? [])];
  const file = given.value('F', 'file');
  const reused = given.value('C', 'reuse-message');
  const fixup = given.value('fixup');
  if (texts.length > 0) return clean(texts.join('\n\n'));
  if (file !== undefined) {
    if (file !== '-' && !exists(process, file)) throw new GitFailure(`could not read log file '${file}': No such file or directory`);
    return clean(Buffer.from(file === '-' ? await context.standardInput() : process.files.readFile(file)).toString());
  }
  if (reused !== undefined) return (await git.readCommit({ fs, gitdir, oid: await resolveCommit(repository, reused) })).commit.message;
  if (fixup !== undefined) return `fixup! ${(await git.readCommit({ fs, gitdir, oid: await resolveCommit(repository, fixup) })).commit.message.split('\n')[0]}\n`;
  const prepared = ['MERGE_MSG', 'SQUASH_MSG'].map((name) => posix.join(gitdir, name)).find((path) => exists(process, path));
  const start = old ?? (prepared === undefined ? '' : Buffer.from(process.files.readFile(prepared)).toString());
  return given.has('no-edit') && start !== '' ? clean(start, true) : edited(context, repository, start);
}

/** A trailer stands in the last paragraph, if that is one of trailers, else in one of its own. */
function withTrailer(message: string, trailer: string): string {
  const text = message.trimEnd();
  const last = text.split('\n\n').at(-1)!.split('\n');
  if (last.includes(trailer)) return message;
  const isTrailers = text.includes('\n\n') && last.every((line) => /^[A-Za-z0-9-]+: |^\(cherry picked/.test(line));
  return `${text}${isTrailers ? '\n' : '\n\n'}${trailer}\n`;
}

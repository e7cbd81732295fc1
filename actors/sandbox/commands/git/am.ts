// git am: commits out of mails with patches, one after another; where it stands lies in .git/rebase-apply, as git keeps it.
import { posix } from 'node:path';
import git from 'isomorphic-git';
import { exists } from '../common/exists.js';
import { parsePatch, PatchSyntaxError } from '../patch/parse.js';
import { applyToIndex } from './apply.js';
import { indexFiles } from './changes.js';
import { type Command, type GitContext, need, options } from './command.js';
import { offsetText } from './dates.js';
import { type PatchMail, readMail, splitMails } from './mail.js';
import { resetTo } from './merge-trees.js';
import { requireClean } from './replay.js';
import { headPosition, noteMove } from './reflog.js';
import { GitFailure, person, type Repository } from './repository.js';
import { resolveCommit } from './revision.js';
import { mergePatch } from './three-way.js';
import { writeCommit, writeTrees } from './write-objects.js';

type Given = ReturnType<typeof options>;

class State {
  readonly #repository: Repository;
  readonly #folder: string;

  constructor(repository: Repository) {
    this.#repository = repository;
    this.#folder = posix.join(repository.gitdir, 'rebase-apply');
  }

  get isThere(): boolean {
    return exists(this.#repository.process, posix.join(this.#folder, 'applying'));
  }

  read(name: string): string {
    const path = posix.join(this.#folder, name);
    return exists(this.#repository.process, path) ? Buffer.from(this.#repository.process.files.readFile(path)).toString() : '';
  }

  write(name: string, text: string): void {
    const { files } = this.#repository.process;
    if (!exists(this.#repository.process, this.#folder)) files.mkdir(this.#folder);
    files.writeFile(posix.join(this.#folder, name), Buffer.from(text));
  }

  clear(): void {
    const { files } = this.#repository.process;
    for (const { name } of files.readdir(this.#folder)) files.unlink(posix.join(this.#folder, name));
    files.rmdir(this.#folder);
  }
}

/** Four digits, as the mails are called. */
const numbered = (number: number): string => String(number).padStart(4, '0');

async function begin(context: GitContext, repository: Repository, state: State, given: Given): Promise<void> {
  const texts: string[] = [];
  for (const name of given.operands.length > 0 ? given.operands : ['-']) {
    if (name !== '-' && !exists(context.process, name)) throw new GitFailure(`could not open '${name}' for reading: No such file or directory`);
    const text = Buffer.from(name === '-' ? await context.standardInput() : context.process.files.readFile(name)).toString();
    const mails = splitMails(text);
    if (name !== '-' && mails.length === 0 && readMail(text, true) === undefined) throw new GitFailure('Patch format detection failed.');
    texts.push(...(mails.length > 0 ? mails : [text]));
  }
  await requireClean(repository, 'Dirty index: cannot apply patches');
  for (const [at, text] of texts.entries()) state.write(numbered(at + 1), text);
  state.write('next', '1\n');
  state.write('last', `${texts.length}\n`);
  state.write('threeway', given.has('3', '3way') ? 't\n' : 'f\n');
  state.write('sign', given.has('s', 'signoff') ? 't\n' : 'f\n');
  state.write('keep', given.has('k', 'keep') ? 't\n' : 'f\n');
  state.write('orig-head', `${await resolveCommit(repository, 'HEAD')}\n`);
  state.write('applying', '');
}

async function commitMail(context: GitContext, repository: Repository, mail: PatchMail, message: string): Promise<void> {
  const { fs, gitdir } = repository;
  const before = await headPosition(repository);
  const oid = await writeCommit(repository, { tree: await writeTrees(repository, await indexFiles(repository)), parent: [await resolveCommit(repository, 'HEAD')], message, author: mail.author, committer: await person(repository, 'COMMITTER') });
  await git.writeRef({ fs, gitdir, ref: (await git.currentBranch({ fs, gitdir, fullname: true })) || 'HEAD', value: oid, force: true });
  await noteMove(repository, before, `am: ${message.split('\n')[0]}`);
}

async function messageOf(repository: Repository, state: State, mail: PatchMail): Promise<string> {
  if (state.read('sign').trim() !== 't') return mail.message;
  const { name, email } = await person(repository, 'COMMITTER');
  const line = `Signed-off-by: ${name} <${email}>`;
  if (mail.message.includes(`\n${line}\n`)) return mail.message;
  return `${mail.message}${/\n\n[\s\S]*\n[\w-]+: .*\n$/.test(mail.message) ? '' : '\n'}${line}\n`;
}

/** Goes on with the next mail; the exit code. */
async function run(context: GitContext, repository: Repository, state: State, isQuiet: boolean): Promise<number> {
  const last = Number(state.read('last'));
  for (let number = Number(state.read('next')); number <= last; number++) {
    state.write('next', `${number}\n`);
    const mail = readMail(state.read(numbered(number)), state.read('keep').trim() === 't');
    if (mail === undefined || mail.patch === '') return stopped(context, number, undefined);
    const message = await messageOf(repository, state, mail);
    const title = message.split('\n')[0]!;
    const { author } = mail;
    state.write('author-script', `GIT_AUTHOR_NAME='${author.name.replaceAll("'", "'\\''")}'\nGIT_AUTHOR_EMAIL='${author.email.replaceAll("'", "'\\''")}'\nGIT_AUTHOR_DATE='@${author.timestamp} ${offsetText(author.timezoneOffset)}'\n`);
    state.write('final-commit', message);
    state.write('patch', mail.patch);
    if (!isQuiet) context.print(`Applying: ${title}\n`);
    try {
      await applyToIndex(repository, parsePatch(mail.patch));
    } catch (error) {
      if (!(error instanceof GitFailure || error instanceof PatchSyntaxError)) throw error;
      const merged = state.read('threeway').trim() === 't' ? await mergePatch(context, repository, mail.patch, title) : undefined;
      if (merged === undefined) context.complain(`error: ${error.message}\n`);
      if (merged !== true) return stopped(context, number, title);
    }
    await commitMail(context, repository, mail, message);
  }
  state.clear();
  return 0;
}

/** `title` is undefined for a mail without a patch. */
function stopped(context: GitContext, number: number, title: string | undefined): number {
  context.print(title === undefined ? 'Patch is empty.\n' : `Patch failed at ${numbered(number)} ${title}\n`);
  if (title !== undefined) context.complain("hint: Use 'git am --show-current-patch=diff' to see the failed patch\n");
  context.print(`When you have resolved this problem, run "git am --continue".\nIf you prefer to skip this patch, run "git am --skip" instead.\n${title === undefined ? 'To record the empty patch as an empty commit, run "git am --allow-empty".\n' : ''}To restore the original branch and stop patching, run "git am --abort".\n`);
  return 128;
}

export const am: Command = async (context) => {
  const repository = need(context);
  const given = options(context, '3skqrp:C:', {
    '3way': 'no', signoff: 'no', keep: 'no', quiet: 'no', abort: 'no', continue: 'no', resolved: 'no', skip: 'no', quit: 'no', 'show-current-patch': 'optional', whitespace: 'required', 'keep-cr': 'no', 'no-keep-cr': 'no', 'committer-date-is-author-date': 'no', 'ignore-date': 'no', 'no-verify': 'no', 'patch-format': 'required', 'keep-non-patch': 'no', directory: 'required',
  });
  if (given.has('directory', 'p', 'C', 'ignore-date', 'committer-date-is-author-date')) return context.unsupported('am with this option');
  const state = new State(repository);
  const isQuiet = given.has('q', 'quiet');
  if (!given.has('abort', 'continue', 'resolved', 'r', 'skip', 'quit', 'show-current-patch')) {
    if (state.isThere) throw new GitFailure(`previous rebase directory ${posix.join(repository.gitdir, 'rebase-apply')} still exists but mbox given.`);
    await begin(context, repository, state, given);
    return run(context, repository, state, isQuiet);
  }
  if (!state.isThere) throw new GitFailure('Resolve operation not in progress, we are not resuming.');
  const next = Number(state.read('next'));
  if (given.has('show-current-patch')) {
    context.print(given.value('show-current-patch') === 'diff' ? state.read('patch') : state.read(numbered(next)));
    return 0;
  }
  if (given.has('quit')) {
    state.clear();
    return 0;
  }
  if (given.has('abort')) {
    const original = state.read('orig-head').trim();
    const { fs, gitdir } = repository;
    const before = await headPosition(repository);
    await resetTo(repository, original);
    await git.writeRef({ fs, gitdir, ref: (await git.currentBranch({ fs, gitdir, fullname: true })) || 'HEAD', value: original, force: true });
    await noteMove(repository, before, 'am --abort');
    state.clear();
    return 0;
  }
  if (given.has('skip')) {
    await resetTo(repository, await resolveCommit(repository, 'HEAD'));
  } else {
    const mail = readMail(state.read(numbered(next)), state.read('keep').trim() === 't')!;
    const message = state.read('final-commit');
    if (!isQuiet) context.print(`Applying: ${message.split('\n')[0]}\n`);
    await commitMail(context, repository, mail, message);
  }
  state.write('next', `${next + 1}\n`);
  return run(context, repository, state, isQuiet);
};

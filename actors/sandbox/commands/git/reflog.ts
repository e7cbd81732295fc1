// Where HEAD and branches have been: the files under .git/logs, written after each operation that moved them.
import { posix } from 'node:path';
import git from 'isomorphic-git';
import { exists } from '../common/exists.js';
import { type Command, need, options } from './command.js';
import { offsetText, type Stamp } from './dates.js';
import { GitFailure, person, type Repository } from './repository.js';

const NOTHING = '0'.repeat(40);

export interface ReflogEntry {
  readonly from: string;
  readonly to: string;
  readonly who: string;
  readonly reason: string;
}

/** The newest first. */
export function reflogEntries({ process, gitdir }: Repository, ref: string): ReflogEntry[] {
  const path = posix.join(gitdir, 'logs', ref);
  if (!exists(process, path)) return [];
  const lines = Buffer.from(process.files.readFile(path)).toString().split('\n').filter((line) => line !== '');
  return lines.map((line) => /^(\S+) (\S+) ([^\t]*)(?:\t(.*))?$/.exec(line)!).map(([, from, to, who, reason]) => ({ from: from!, to: to!, who: who!, reason: reason ?? '' })).reverse();
}

/** Where HEAD is: the branch it is on, and what is there. */
export interface HeadPosition {
  readonly branch: string | undefined;
  readonly oid: string | undefined;
}

export async function headPosition({ fs, gitdir }: Repository): Promise<HeadPosition> {
  return { branch: (await git.currentBranch({ fs, gitdir, fullname: true })) ?? undefined, oid: await git.resolveRef({ fs, gitdir, ref: 'HEAD' }).catch(() => undefined) };
}

/** HEAD as its file has it: `ref: refs/heads/main`, or a commit. */
export function pointHead({ process, gitdir }: Repository, text: string): void {
  process.files.writeFile(posix.join(gitdir, 'HEAD'), Buffer.from(`${text}\n`));
}

/** A log needs a name, though there is none. */
function committer(repository: Repository): ReturnType<typeof person> {
  return person(repository, 'COMMITTER').catch(() => ({ name: 'nobody', email: 'nobody@localhost', timestamp: Math.floor(Date.now() / 1000), timezoneOffset: 0 }));
}

/** Notes that HEAD was moved, if it was: in its own log, and in that of the branch it is on where that one moved. */
export async function noteMove(repository: Repository, before: HeadPosition, reason: string): Promise<void> {
  const after = await headPosition(repository);
  if (after.oid === undefined || (after.oid === before.oid && after.branch === before.branch && !reason.startsWith('checkout:'))) return;
  const { name, email, ...stamp } = await committer(repository);
  const line = (from: string | undefined): string => `${from ?? NOTHING} ${after.oid} ${name} <${email}> ${(stamp as Stamp).timestamp} ${offsetText((stamp as Stamp).timezoneOffset)}\t${reason}\n`;
  append(repository, 'HEAD', line(before.oid));
  if (after.branch !== undefined && after.branch === before.branch && after.oid !== before.oid) append(repository, after.branch, line(before.oid));
}

/** Notes where a ref other than HEAD was moved. */
export async function noteRef(repository: Repository, ref: string, from: string | undefined, to: string, reason: string): Promise<void> {
  if (from === to) return;
  const { name, email, timestamp, timezoneOffset } = await committer(repository);
  append(repository, ref, `${from ?? NOTHING} ${to} ${name} <${email}> ${timestamp} ${offsetText(timezoneOffset)}\t${reason}\n`);
}

function append({ process, gitdir }: Repository, ref: string, line: string): void {
  const path = posix.join(gitdir, 'logs', ref);
  const { files } = process;
  for (let at = gitdir, rest = posix.dirname(posix.join('logs', ref)).split('/'); rest.length > 0; rest = rest.slice(1)) {
    at = posix.join(at, rest[0]!);
    if (!exists(process, at)) files.mkdir(at);
  }
  const old = exists(process, path) ? Buffer.from(files.readFile(path)).toString() : '';
  files.writeFile(path, Buffer.from(old + line));
}

export const reflog: Command = async (context) => {
  const repository = need(context);
  const argv = context.argv.flatMap((word) => (/^-\d+$/.test(word) ? ['-n', word.slice(1)] : [word]));
  const given = options({ ...context, argv }, 'n:', { 'max-count': 'required', all: 'no', expire: 'required', 'expire-unreachable': 'required' });
  const words = given.operands[0] === 'show' ? given.operands.slice(1) : given.operands;
  if (words[0] === 'expire' || words[0] === 'delete') return context.unsupported(`reflog ${words[0]}`);
  const shown = words[0] ?? 'HEAD';
  const { fs, gitdir } = repository;
  const ref = shown === 'HEAD' ? shown : await git.expandRef({ fs, gitdir, ref: shown }).catch(() => undefined);
  if (ref === undefined) throw new GitFailure(`ambiguous argument '${shown}': unknown revision or path not in the working tree.\nUse '--' to separate paths from revisions, like this:\n'git <command> [<revision>...] -- [<file>...]'`);
  const entries = reflogEntries(repository, ref);
  for (const [at, { to, reason }] of entries.slice(0, Number(given.value('n', 'max-count') ?? entries.length)).entries()) context.print(`${to.slice(0, 7)} ${shown}@{${at}}: ${reason}\n`);
  return 0;
};

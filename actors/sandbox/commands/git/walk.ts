// Commits in git's order: what revisions on a command line reach, without what others reach (https://git-scm.com/docs/git-rev-list).
import git, { type ReadCommitResult } from 'isomorphic-git';
import { zoneOf } from '../common/dates/zone.js';
import type { Options } from '../../programs/stdio.js';
import { changedPaths } from './changes.js';
import type { GitContext } from './command.js';
import { givenDate } from './dates.js';
import type { Pathspec } from './pathspec.js';
import { allRefs } from './refs.js';
import { GitFailure, type Repository } from './repository.js';
import { findRevision, peel, resolveCommit } from './revision.js';

/** Options that choose commits, for `options()`; `log`, `rev-list`, `shortlog` share them. */
export const WALK_OPTIONS = {
  'max-count': 'required', skip: 'required', since: 'required', after: 'required', until: 'required', before: 'required', author: 'required', committer: 'required', grep: 'required', 'invert-grep': 'no', 'all-match': 'no',
  'regexp-ignore-case': 'no', 'extended-regexp': 'no', 'fixed-strings': 'no', 'perl-regexp': 'no', merges: 'no', 'no-merges': 'no', 'min-parents': 'required', 'max-parents': 'required', 'first-parent': 'no', all: 'no', branches: 'optional', tags: 'optional', remotes: 'optional',
  reverse: 'no', 'topo-order': 'no', 'date-order': 'no', 'author-date-order': 'no', 'full-history': 'no', 'simplify-merges': 'no', follow: 'no', 'no-walk': 'optional', 'exclude-first-parent-only': 'no', 'left-right': 'no', 'cherry-pick': 'no', glob: 'required', 'ancestry-path': 'no', boundary: 'no',
} as const;
export const WALK_LETTERS = 'n:iEFP';

/** `-5` is `-n 5`. */
export function countedArguments(argv: readonly string[]): string[] {
  return argv.flatMap((word) => (/^-\d+$/.test(word) ? ['-n', word.slice(1)] : [word]));
}

/** What a walk begins at, what it leaves out, and the paths that it is about. */
export interface Range {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly paths: readonly string[];
}

/** Operands as revisions, up to the first that is none. Throws GitFailure for what is neither a revision nor a path. */
export async function readRange(repository: Repository, given: Options & { readonly afterDashes: readonly string[] }): Promise<Range> {
  const include: string[] = [];
  const exclude: string[] = [];
  const operands = given.afterDashes.length > 0 ? given.operands.slice(0, given.operands.length - given.afterDashes.length) : given.operands;
  const paths = [...given.afterDashes];
  for (const [at, operand] of operands.entries()) {
    const isRange = await addRevision(repository, operand, include, exclude);
    if (isRange) continue;
    if (given.afterDashes.length > 0) throw new GitFailure(`bad revision '${operand}'`);
    paths.unshift(...operands.slice(at));
    break;
  }
  const kinds = [['all', 'refs/'], ['branches', 'refs/heads/'], ['tags', 'refs/tags/'], ['remotes', 'refs/remotes/']] as const;
  for (const [name, prefix] of kinds) {
    if (!given.has(name)) continue;
    for (const { ref, oid } of await allRefs(repository)) if (ref.startsWith(prefix)) include.push(...[await peel(repository, oid, 'commit')].filter((one) => one !== undefined));
    const head = name === 'all' ? await findRevision(repository, 'HEAD') : undefined;
    if (head !== undefined) include.push(head);
  }
  return { include, exclude, paths };
}

/** `a`, `^a`, `a..b`, `a...b`, `a^!`, `a^@`; false where the words name no revision. */
async function addRevision(repository: Repository, text: string, include: string[], exclude: string[]): Promise<boolean> {
  const commit = async (name: string): Promise<string | undefined> => {
    const oid = await findRevision(repository, name === '' ? 'HEAD' : name);
    return oid === undefined ? undefined : peel(repository, oid, 'commit');
  };
  const [, from, dots, to] = /^(.*?)(\.{2,3})(.*)$/.exec(text) ?? [];
  if (dots !== undefined && text !== '..') {
    const [left, right] = [await commit(from!), await commit(to!)];
    if (left === undefined || right === undefined) return false;
    include.push(right);
    if (dots === '..') exclude.push(left);
    else {
      include.push(left);
      exclude.push(...(await mergeBases(repository, [left, right])));
    }
    return true;
  }
  const name = text.replace(/^\^/, '').replace(/\^[!@]$/, '');
  const oid = await commit(name);
  if (oid === undefined) return false;
  const parents = async (): Promise<string[]> => (await git.readCommit({ fs: repository.fs, gitdir: repository.gitdir, oid })).commit.parent;
  if (text.startsWith('^')) exclude.push(oid);
  else if (text.endsWith('^@')) include.push(...(await parents()));
  else {
    include.push(oid);
    if (text.endsWith('^!')) exclude.push(...(await parents()));
  }
  return true;
}

/** The best common ancestors of commits. */
export async function mergeBases({ fs, gitdir }: Repository, oids: readonly string[]): Promise<string[]> {
  return (await git.findMergeBase({ fs, gitdir, oids: [...oids] })) as string[];
}

/** Commits as they are read, each once. What a shallow clone has not got has no parents here. */
export class History {
  readonly #repository: Repository;
  readonly #read = new Map<string, ReadCommitResult>();
  #shallow: Set<string> | undefined;

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  async commit(oid: string): Promise<ReadCommitResult> {
    const known = this.#read.get(oid);
    if (known) return known;
    const { fs, gitdir, process } = this.#repository;
    this.#shallow ??= new Set(process.files.exists(`${gitdir}/shallow`) ? Buffer.from(process.files.readFile(`${gitdir}/shallow`)).toString().split('\n') : []);
    const read = await git.readCommit({ fs, gitdir, oid });
    const entry = this.#shallow.has(oid) ? { ...read, commit: { ...read.commit, parent: [] } } : read;
    this.#read.set(oid, entry);
    return entry;
  }

  /** Everything that commits reach, themselves included. */
  async reachable(oids: readonly string[]): Promise<Set<string>> {
    const found = new Set<string>();
    const waiting = [...oids];
    for (let oid = waiting.pop(); oid !== undefined; oid = waiting.pop()) {
      if (found.has(oid)) continue;
      found.add(oid);
      waiting.push(...(await this.commit(oid)).commit.parent);
    }
    return found;
  }
}

/** The commits of a range in the order in which git shows them, youngest first, after all that chooses among them. */
export async function walk(context: GitContext, repository: Repository, given: Options, range: Range, paths: Pathspec): Promise<ReadCommitResult[]> {
  const history = new History(repository);
  const hidden = await history.reachable(range.exclude);
  const found = given.has('no-walk') ? await Promise.all(range.include.map((oid) => history.commit(oid))) : await inOrder(repository, history, range, hidden, paths, given.has('first-parent'));
  const ordered = given.has('topo-order', 'graph') ? await byTopology(history, found) : found;
  const chosen = ordered.filter(chooser(context, given));
  const skip = Number(given.value('skip') ?? 0);
  const limited = chosen.slice(skip, skip + limit(given, chosen.length));
  return given.has('reverse') ? limited.reverse() : limited;
}

function limit(given: Options, most: number): number {
  const count = given.value('n', 'max-count');
  if (count === undefined) return most;
  if (!/^-?\d+$/.test(count)) throw new GitFailure(`'${count}': not an integer`);
  return Number(count) < 0 ? most : Number(count);
}

/** Youngest first by the committer's date, parents never before what is known to descend from them later on. */
async function inOrder(repository: Repository, history: History, { include }: Range, hidden: ReadonlySet<string>, paths: Pathspec, firstParent: boolean): Promise<ReadCommitResult[]> {
  const found: ReadCommitResult[] = [];
  const seen = new Set<string>(hidden);
  const waiting: ReadCommitResult[] = [];
  const add = async (oid: string): Promise<void> => {
    if (seen.has(oid)) return;
    seen.add(oid);
    const entry = await history.commit(oid);
    const at = waiting.findIndex((other) => other.commit.committer.timestamp < entry.commit.committer.timestamp);
    waiting.splice(at < 0 ? waiting.length : at, 0, entry);
  };
  for (const oid of include) await add(oid);
  for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
    const parents = firstParent ? entry.commit.parent.slice(0, 1) : entry.commit.parent;
    const same = paths.isEverything ? undefined : await unchangedFrom(repository, history, entry, parents, paths);
    if (same === undefined) found.push(entry);
    for (const parent of typeof same === 'string' ? [same] : parents) await add(parent);
  }
  return found;
}

/**
 * How a history is simplified to paths: the parent from which they did not change, which alone is followed then; true for a root
 * that has none of them; undefined where the commit changed them.
 */
async function unchangedFrom(repository: Repository, history: History, entry: ReadCommitResult, parents: readonly string[], paths: Pathspec): Promise<string | true | undefined> {
  for (const parent of parents) {
    if ((await changedPaths(repository, (await history.commit(parent)).commit.tree, entry.commit.tree, paths)).length === 0) return parent;
  }
  return parents.length === 0 && (await changedPaths(repository, undefined, entry.commit.tree, paths)).length === 0 ? true : undefined;
}

/** Children before parents, lines of history together. */
async function byTopology(history: History, entries: readonly ReadCommitResult[]): Promise<ReadCommitResult[]> {
  const inside = new Map(entries.map((entry) => [entry.oid, entry]));
  const children = new Map(entries.map(({ oid }) => [oid, 0]));
  for (const { commit } of entries) for (const parent of commit.parent) if (inside.has(parent)) children.set(parent, children.get(parent)! + 1);
  const ready = entries.filter(({ oid }) => children.get(oid) === 0).reverse();
  const ordered: ReadCommitResult[] = [];
  for (let entry = ready.pop(); entry !== undefined; entry = ready.pop()) {
    ordered.push(entry);
    const next: ReadCommitResult[] = [];
    for (const parent of (await history.commit(entry.oid)).commit.parent) {
      const left = (children.get(parent) ?? 0) - 1;
      children.set(parent, left);
      if (left === 0 && inside.has(parent)) next.push(inside.get(parent)!);
    }
    ready.push(...next);
  }
  return ordered;
}

/** Whether a commit is among those that --author, --since, --grep and their like let through. */
function chooser(context: GitContext, given: Options): (entry: ReadCommitResult) => boolean {
  const zone = zoneOf(context.process);
  const seconds = (...names: string[]): number | undefined => {
    const text = given.value(...names);
    return text === undefined ? undefined : (givenDate(text, zone)?.timestamp ?? 0);
  };
  const [since, until] = [seconds('since', 'after'), seconds('until', 'before')];
  const patterns = (name: string): RegExp[] => (given.given.get(name) ?? []).map((text) => new RegExp(given.has('F', 'fixed-strings') ? text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`) : text, given.has('i', 'regexp-ignore-case') ? 'im' : 'm'));
  const [authors, committers, messages] = [patterns('author'), patterns('committer'), patterns('grep')];
  const least = given.has('merges') ? 2 : Number(given.value('min-parents') ?? 0);
  const most = given.has('no-merges') ? 1 : Number(given.value('max-parents') ?? -1);
  const any = (all: readonly RegExp[], text: string): boolean => all.length === 0 || all.some((one) => one.test(text));
  const said = (text: string): boolean => (given.has('all-match') ? messages.every((one) => one.test(text)) : any(messages, text)) !== given.has('invert-grep');
  return ({ commit }) => commit.parent.length >= least && (most < 0 || commit.parent.length <= most)
    && (since === undefined || commit.committer.timestamp >= since) && (until === undefined || commit.committer.timestamp <= until)
    && any(authors, `${commit.author.name} <${commit.author.email}>`) && any(committers, `${commit.committer.name} <${commit.committer.email}>`) && (messages.length === 0 || said(commit.message));
}

/** The commit that HEAD is at, for a walk that names none. Throws GitFailure on a branch that is not born. */
export async function headCommit(repository: Repository): Promise<string> {
  const { fs, gitdir } = repository;
  if ((await findRevision(repository, 'HEAD')) !== undefined) return resolveCommit(repository, 'HEAD');
  throw new GitFailure(`your current branch '${await git.currentBranch({ fs, gitdir })}' does not have any commits yet`);
}

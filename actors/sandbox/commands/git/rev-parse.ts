// git rev-parse, merge-base, name-rev: ids of what names mean, and where a repository is.
import { posix } from 'node:path';
import git from 'isomorphic-git';
import { exists } from '../common/exists.js';
import { type Command, type GitContext, need, options } from './command.js';
import { allRefs, shortRef } from './refs.js';
import { GitFailure, type Repository } from './repository.js';
import { findRevision, fullName, peel, resolveCommit, unknownRevision, upstreamOf } from './revision.js';
import { History, mergeBases } from './walk.js';

/** Options that answer with one line about the repository. */
const QUESTIONS: Readonly<Record<string, (repository: Repository, prefix: string) => string>> = {
  'show-toplevel': ({ dir }) => dir,
  'absolute-git-dir': ({ gitdir }) => gitdir,
  'git-dir': ({ dir, gitdir }, prefix) => (prefix === '' ? posix.relative(dir, gitdir) || '.' : gitdir),
  'git-common-dir': ({ dir, gitdir }, prefix) => (prefix === '' ? posix.relative(dir, gitdir) || '.' : posix.relative(posix.join(dir, prefix), gitdir)),
  'is-inside-work-tree': ({ dir, gitdir, process }) => String(dir !== gitdir && !`${process.files.getcwd()}/`.startsWith(`${gitdir}/`)),
  'is-inside-git-dir': ({ gitdir, process }) => String(`${process.files.getcwd()}/`.startsWith(`${gitdir}/`)),
  'show-prefix': (_, prefix) => (prefix === '' ? '' : `${prefix}/`),
  'is-bare-repository': ({ dir, gitdir }) => String(dir === gitdir),
  'show-cdup': (_, prefix) => prefix.split('/').filter((part) => part !== '').map(() => '../').join(''),
  'is-shallow-repository': ({ gitdir, process }) => String(exists(process, posix.join(gitdir, 'shallow'))),
  'show-object-format': () => 'sha1',
  'show-superproject-working-tree': () => '',
};

export const revParse: Command = async (context: GitContext) => {
  // Options and revisions are answered in the order in which they come.
  const given = options(context, 'q', {
    ...Object.fromEntries(Object.keys(QUESTIONS).map((name) => [name, 'no'])), verify: 'no', short: 'optional', 'abbrev-ref': 'optional', quiet: 'no', 'symbolic-full-name': 'no', 'git-path': 'required', all: 'no', branches: 'optional', tags: 'optional', remotes: 'optional', symbolic: 'no', 'revs-only': 'no', 'no-revs': 'no', flags: 'no', 'no-flags': 'no', 'path-format': 'required', default: 'required', 'end-of-options': 'no', 'local-env-vars': 'no',
  });
  const repository = need(context);
  const { fs, dir, gitdir, process } = repository;
  const cwd = process.files.getcwd();
  const prefix = dir === gitdir || !`${cwd}/`.startsWith(`${dir}/`) ? '' : posix.relative(dir, cwd);
  for (const word of context.argv.slice(1)) {
    const name = word.replace(/^--/, '');
    const answer = name === 'git-dir' && context.gitDir === undefined && process.env.has('GIT_DIR') ? process.env.get('GIT_DIR') : name === 'git-dir' && context.gitDir !== undefined ? context.gitDir : Object.hasOwn(QUESTIONS, name) ? QUESTIONS[name]!(repository, prefix) : undefined;
    if (answer !== undefined && (answer !== '' || name !== 'show-superproject-working-tree')) context.print(`${given.value('path-format') === 'absolute' && /dir$/.test(name) ? posix.resolve(cwd, answer) : answer}\n`);
  }
  const inside = given.value('git-path');
  if (inside !== undefined) context.print(`${posix.join(prefix === '' ? posix.relative(dir, gitdir) || '.' : gitdir, inside)}\n`);
  for (const [kind, start] of [['all', 'refs/'], ['branches', 'refs/heads/'], ['tags', 'refs/tags/'], ['remotes', 'refs/remotes/']] as const) {
    if (given.has(kind)) for (const { ref, oid } of await allRefs(repository)) if (ref.startsWith(start)) context.print(`${given.has('symbolic') ? shortRef(ref) : oid}\n`);
  }
  const operands = given.operands.length === 0 && given.value('default') !== undefined ? [given.value('default')!] : given.operands;
  if (given.has('verify') && operands.length !== 1) return refuse(given.has('quiet', 'q'), new GitFailure('Needed a single revision'));
  for (const operand of operands) {
    if (given.has('abbrev-ref', 'symbolic-full-name')) {
      const full = operand === 'HEAD' ? (await git.currentBranch({ fs, gitdir, fullname: true })) || 'HEAD' : /@\{(u|upstream)\}$/i.test(operand) ? await upstreamOf(repository, operand.replace(/@\{.*/, '')) : await fullName(repository, operand);
      if (full === undefined && /@\{/.test(operand)) return refuse(given.has('quiet', 'q'), new GitFailure(`no upstream configured for branch '${operand.replace(/@\{.*/, '') || (await git.currentBranch({ fs, gitdir }))}'`));
      if (full === undefined && (await findRevision(repository, operand)) === undefined) return refuse(given.has('quiet', 'q'), given.has('verify') ? new GitFailure('Needed a single revision') : unknownRevision(operand), operand, context);
      if (full !== undefined) context.print(`${given.has('abbrev-ref') ? shortRef(full) : full}\n`);
      continue;
    }
    const shown = await ids(repository, operand);
    if (shown === undefined) {
      if (given.has('revs-only')) continue;
      return refuse(given.has('quiet', 'q'), given.has('verify') ? new GitFailure('Needed a single revision') : unknownRevision(operand), given.has('verify') ? undefined : operand, context);
    }
    for (const id of shown) context.print(`${given.has('short') ? id.slice(0, (id.startsWith('^') ? 1 : 0) + (Number(given.value('short')) || 7)) : id}\n`);
  }
  return 0;
};

/** The operand is printed as it came before git gives up on it. */
function refuse(isQuiet: boolean, failure: GitFailure, operand?: string, context?: GitContext): number {
  if (isQuiet) return 1;
  if (operand !== undefined) context!.print(`${operand}\n`);
  throw failure;
}

/** A revision is one id; a range is its ends, those that it leaves out marked. */
async function ids(repository: Repository, text: string): Promise<string[] | undefined> {
  const [, from, dots, to] = /^(.*?)(\.{2,3})(.*)$/.exec(text) ?? [];
  if (dots === undefined) {
    const oid = await findRevision(repository, text.replace(/^\^/, ''));
    return oid === undefined ? undefined : [(text.startsWith('^') ? '^' : '') + oid];
  }
  const [left, right] = await Promise.all([from!, to!].map((name) => findRevision(repository, name === '' ? 'HEAD' : name)));
  if (left === undefined || right === undefined) return undefined;
  return dots === '..' ? [right, `^${left}`] : [left, right, ...(await mergeBases(repository, [left, right])).map((base) => `^${base}`)];
}

export const mergeBase: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'a', { all: 'no', 'is-ancestor': 'no', octopus: 'no', independent: 'no', 'fork-point': 'no' });
  if (given.has('octopus', 'independent', 'fork-point')) return context.unsupported('merge-base with this option');
  const oids = await Promise.all(given.operands.map(async (name) => {
    const oid = await findRevision(repository, name);
    if (oid === undefined) throw new GitFailure(`Not a valid object name ${name}`);
    return (await peel(repository, oid, 'commit'))!;
  }));
  if (given.has('is-ancestor')) {
    const [ancestor, oid] = oids as [string, string];
    return ancestor === oid || (await new History(repository).reachable([oid])).has(ancestor) ? 0 : 1;
  }
  const bases = await mergeBases(repository, oids);
  for (const base of given.has('a', 'all') ? bases : bases.slice(0, 1)) context.print(`${base}\n`);
  return bases.length > 0 ? 0 : 1;
};

export const nameRev: Command = async (context) => {
  const repository = need(context);
  const given = options(context, '', { tags: 'no', 'name-only': 'no', always: 'no', 'no-undefined': 'no', refs: 'required', exclude: 'required' });
  const refs = (await allRefs(repository)).filter(({ ref }) => (given.has('tags') ? ref.startsWith('refs/tags/') : true));
  const history = new History(repository);
  for (const operand of given.operands) {
    const oid = await resolveCommit(repository, operand);
    let best: { name: string; cost: number } | undefined;
    for (const { ref, oid: at } of refs) {
      const start = await peel(repository, at, 'commit');
      const found = start === undefined ? undefined : await stepsTo(history, start, oid);
      if (found === undefined) continue;
      const label = ref.startsWith('refs/tags/') ? ref.slice(given.has('tags') && given.has('name-only') ? 'refs/tags/'.length : 'refs/'.length) : shortRef(ref).replace(/^/, ref.startsWith('refs/remotes/') ? 'remotes/' : '');
      const isPeeled = at !== start;
      const cost = found.cost + (ref.startsWith('refs/tags/') ? 0 : 65_536);
      if (best === undefined || cost < best.cost) best = { name: `${label}${found.path === '' && isPeeled ? '^0' : found.path}`, cost };
    }
    if (best === undefined && given.has('no-undefined')) throw new GitFailure(`cannot describe '${oid}'`);
    const name = best?.name ?? (given.has('always') ? oid.slice(0, 7) : 'undefined');
    context.print(given.has('name-only') ? `${name}\n` : `${operand} ${name}\n`);
  }
  return 0;
};

/** How a commit is reached from another: `~3^2~1`, and how far that is. */
async function stepsTo(history: History, from: string, to: string): Promise<{ path: string; cost: number } | undefined> {
  const waiting: { oid: string; generation: number; base: string; cost: number }[] = [{ oid: from, generation: 0, base: '', cost: 0 }];
  const seen = new Set<string>();
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    if (seen.has(at.oid)) continue;
    seen.add(at.oid);
    const path = at.generation > 0 ? `${at.base}~${at.generation}` : at.base;
    if (at.oid === to) return { path, cost: at.cost };
    const { parent } = (await history.commit(at.oid)).commit;
    for (const [number, oid] of parent.entries()) waiting.push(number === 0 ? { oid, generation: at.generation + 1, base: at.base, cost: at.cost + 1 } : { oid, generation: 0, base: `${path}^${number + 1}`, cost: at.cost + 65_535 });
    waiting.sort((a, b) => a.cost - b.cost);
  }
  return undefined;
}

